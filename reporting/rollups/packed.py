"""What listings, rounds and homes count for, as the figures of a cell in one whole number (``store.rollup_sheets``)."""

from bisect import bisect_right
from functools import lru_cache

from reporting.rollups.phases import Phase
from store.rollup_sheets import UNITS
from store.rollups import NOT_CUT

PHASES = tuple(UNITS[phase.name.lower()] for phase in Phase)
STEPS = (10, 20, 30, 50)
LEAST_CUTS = tuple(percent * 100 for percent in STEPS)
CUTS = tuple(
    UNITS["cut"] + sum(UNITS[f"cut_{percent}"] for percent in STEPS[:reached]) for reached in range(len(STEPS) + 1)
)
"""A cut that reaches so many of the steps."""


def pack_listing(cut: int, *, is_linked: bool) -> int:
    """What a listing counts for; ``cut`` in hundredths of a percent, or ``NOT_CUT``."""
    listing = UNITS["listings"] + (0 if is_linked else UNITS["unlinked"])
    return listing if cut == NOT_CUT else listing + CUTS[bisect_right(LEAST_CUTS, cut)] + cut * UNITS["cut_sum"]


@lru_cache(maxsize=256)
def pack_round(phase: int, is_followed: int) -> int:
    """What a round counts for."""
    return UNITS["rounds"] + PHASES[phase] + is_followed * UNITS["followed"]


@lru_cache(maxsize=16_384)
def pack_alone(cut: int, phase: int, is_followed: int, is_linked: bool) -> int:
    """What a listing counts for that is the only one of its home, or of none."""
    home = UNITS["homes"] if is_linked else 0
    return pack_listing(cut, is_linked=is_linked) + home + pack_round(phase, is_followed)
