"""Rates and ratios with their intervals of 95 %, or nothing where the sample is too small to say anything.

A share of counts has Wilson's interval. Ratios of sums, and medians, have the percentile interval of a bootstrap whose
seed is fixed and whose input is sorted first: the same rows give the same figures, whatever their order. Only the
standard library is needed.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import floor, sqrt
from random import Random
from statistics import median
from typing import NamedTuple

from reporting.money import HUNDREDTH, percent_of

LEAST_SAMPLE = 10
"""Under ten cases nothing is said: at ten, Wilson's interval of one half still spans 53 of 100 points."""

INSUFFICIENT = "insufficient data"

NORMAL_975 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

RESAMPLES = 1_000
SEED = 20_170_101
BLOCKS = 1_000
"""Beyond so many pairs, sums of random blocks are drawn instead of pairs: the spread of the ratio stays the same,
and a million sales take no longer than a thousand."""

Pair = tuple[int, int]


class Estimate(NamedTuple):
    """A figure and its interval; all ``None`` where the sample is too small."""

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None

    @property
    def remark(self) -> str:
        """Empty, or why there is no figure."""
        return INSUFFICIENT if self.value is None else ""


NO_ESTIMATE = Estimate(None, None, None)


def estimate_share(part: int, whole: int) -> Estimate:
    """A share of counts in percent with Wilson's interval."""
    if whole < LEAST_SAMPLE:
        return NO_ESTIMATE
    low, high = wilson_interval(part, whole)
    return Estimate(percent_of(part, whole), _percent(low), _percent(high))


def wilson_interval(part: int, whole: int) -> tuple[float, float]:
    """The interval of 95 % of a share (E. B. Wilson, 1927), as fractions between 0 and 1.

    Raises:
        ZeroDivisionError: whole is zero.
    """
    share, square = part / whole, NORMAL_975**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = NORMAL_975 / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    # At the ends the formula is 0 and 1 but for rounding.
    return (0.0 if part == 0 else middle - half), (1.0 if part == whole else middle + half)


def estimate_ratio(pairs: Sequence[Pair]) -> Estimate:
    """The sum of all parts in percent of the sum of all wholes."""
    if len(pairs) < LEAST_SAMPLE:
        return NO_ESTIMATE
    low, high = bootstrap_ratio(pairs)
    parts, wholes = sum(part for part, _ in pairs), sum(whole for _, whole in pairs)
    return Estimate(percent_of(parts, wholes), _percent(low), _percent(high))


def estimate_median(pairs: Sequence[Pair]) -> Estimate:
    """The median of part / whole, in percent."""
    if len(pairs) < LEAST_SAMPLE:
        return NO_ESTIMATE
    ratios = sorted(part / whole for part, whole in pairs)
    low, high = bootstrap_median(ratios)
    return Estimate(_percent(median(ratios)), _percent(low), _percent(high))


def bootstrap_ratio(pairs: Sequence[Pair]) -> tuple[float, float]:
    """The interval of sum of parts / sum of wholes, when as many pairs are drawn again and again with replacement.

    Raises:
        ZeroDivisionError: the wholes are not all above zero.
    """
    random = Random(SEED)  # noqa: S311  # a sample, no secret
    blocks = _blocks(sorted(pairs), random)
    parts, wholes = [part for part, _ in blocks], [whole for _, whole in blocks]
    positions = range(len(blocks))
    drawn = []
    for _ in range(RESAMPLES):
        sample = random.choices(positions, k=len(positions))
        drawn.append(sum(map(parts.__getitem__, sample)) / sum(map(wholes.__getitem__, sample)))
    return _percentiles(drawn)


def bootstrap_median(values: Sequence[float]) -> tuple[float, float]:
    """The interval of the median, when as many values are drawn again and again with replacement.

    Only the middle of each sample is drawn, not the whole of it: the m-th smallest of n uniform draws has the
    distribution Beta(m, n - m + 1), and the next above it lies Beta(1, n - m) of the way from there to 1.
    """
    random = Random(SEED)  # noqa: S311  # a sample, no secret
    ordered = sorted(values)
    count = len(ordered)
    rank = (count + 1) // 2
    drawn = []
    for _ in range(RESAMPLES):
        place = random.betavariate(rank, count - rank + 1)
        middle = _at(ordered, place)
        if count % 2 == 0:
            place += (1 - place) * random.betavariate(1, count - rank)
            middle = (middle + _at(ordered, place)) / 2
        drawn.append(middle)
    return _percentiles(drawn)


def _at(ordered: Sequence[float], place: float) -> float:
    """The value at a place between 0 and 1."""
    return ordered[min(floor(place * len(ordered)), len(ordered) - 1)]


def _blocks(pairs: Sequence[Pair], random: Random) -> Sequence[Pair]:
    if len(pairs) <= BLOCKS:
        return pairs
    shuffled = list(pairs)
    random.shuffle(shuffled)
    dealt = (shuffled[start::BLOCKS] for start in range(BLOCKS))
    return [(sum(part for part, _ in block), sum(whole for _, whole in block)) for block in dealt]


def _percentiles(drawn: list[float]) -> tuple[float, float]:
    """Those of 2.5 and 97.5 %, straight between two neighbours (type 7 of Hyndman and Fan, as in NumPy)."""
    drawn.sort()
    return _percentile(drawn, 0.025), _percentile(drawn, 0.975)


def _percentile(ordered: Sequence[float], share: float) -> float:
    position = share * (len(ordered) - 1)
    before = floor(position)
    after = min(before + 1, len(ordered) - 1)
    return ordered[before] + (ordered[after] - ordered[before]) * (position - before)


def _percent(fraction: float) -> Decimal:
    return (Decimal(fraction) * 100).quantize(HUNDREDTH, ROUND_HALF_UP)
