"""All figures of a cell in one whole number, side by side: one addition adds them all, signs and borrows included."""

from bisect import bisect_right
from functools import lru_cache
from struct import Struct

from reporting.rollups.phases import Phase
from store.rollup_sheets import COUNTS, MEASURES

COUNT_BITS = 32
UNITS = {name: 1 << COUNT_BITS * place for place, name in enumerate(MEASURES)}
"""One of each figure. The last, a sum, stands above all others and is twice as wide."""

PHASES = tuple(UNITS[phase.name.lower()] for phase in Phase)
STEPS = (10, 20, 30, 50)
LEAST_CUTS = tuple(percent * 100 for percent in STEPS)
CUTS = tuple(
    UNITS["cut"] + sum(UNITS[f"cut_{percent}"] for percent in STEPS[:reached]) for reached in range(len(STEPS) + 1)
)
"""A cut that reaches so many of the steps."""

LIFT = sum(UNITS[name] << COUNT_BITS - 1 for name in COUNTS) + (UNITS[MEASURES[-1]] << 2 * COUNT_BITS - 1)
FIELDS = Struct(f"<{len(COUNTS)}iq")


def unpack(packed: int) -> tuple[int, ...]:
    """The figures in the order of ``MEASURES``.

    Lifted by half of its range no field is negative, so that none has borrowed of the next; the same bits turned over
    make it a number with a sign again.
    """
    return FIELDS.unpack(((packed + LIFT) ^ LIFT).to_bytes(FIELDS.size, "little"))


def pack_listing(cut: int | None, *, is_linked: bool) -> int:
    """What a listing counts for; ``cut`` in hundredths of a percent."""
    listing = UNITS["listings"] + (0 if is_linked else UNITS["unlinked"])
    return listing if cut is None else listing + _pack_cut(cut)


@lru_cache(maxsize=256)
def pack_round(phase: int, is_followed: int) -> int:
    """What a round counts for."""
    return UNITS["rounds"] + PHASES[phase] + is_followed * UNITS["followed"]


def pack_alone(cut: int | None, phase: int, is_followed: int, is_linked: bool) -> int:
    """What a listing counts for that is the only one of its home, or of none."""
    alone = _pack_uncut(phase, is_followed, is_linked)
    return alone if cut is None else alone + _pack_cut(cut)


@lru_cache(maxsize=256)
def _pack_uncut(phase: int, is_followed: int, is_linked: bool) -> int:
    home = UNITS["homes"] if is_linked else 0
    return pack_listing(None, is_linked=is_linked) + home + pack_round(phase, is_followed)


def _pack_cut(cut: int) -> int:
    return CUTS[bisect_right(LEAST_CUTS, cut)] + cut * UNITS["cut_sum"]
