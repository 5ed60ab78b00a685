"""Rates, ratios and medians with their intervals, held against SciPy and statsmodels.

Both are loaded where they are needed: every process that collects the tests would else wait for them.
"""

from decimal import Decimal
from itertools import product
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.statistics.intervals import (
    NO_ESTIMATE,
    bootstrap_median,
    bootstrap_ratio,
    estimate_median,
    estimate_ratio,
    estimate_share,
    wilson_interval,
)
from tests.reporting.statistics.conftest import real_sales

SALES = [
    (sale.hammer_price, sale.appraisal_price)
    for sale in real_sales().values()
    if sale.hammer_price and sale.appraisal_price
]


@pytest.mark.parametrize(
    ("part", "whole"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 17), (511, 1_037), (7_912, 7_917)]
)
def test_the_interval_of_a_share_is_that_of_statsmodels(part: int, whole: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    assert wilson_interval(part, whole) == pytest.approx(proportion_confint(part, whole, method="wilson"), abs=1e-12)


def test_a_share_is_told_in_percent() -> None:
    assert estimate_share(5, 10) == (Decimal("50.00"), Decimal("23.66"), Decimal("76.34"))
    assert estimate_share(0, 12)[:2] == (0, 0)


def test_under_ten_cases_nothing_is_said() -> None:
    assert estimate_share(9, 9) == estimate_ratio([(1, 2)] * 9) == estimate_median([(1, 2)] * 9) == NO_ESTIMATE
    assert NO_ESTIMATE.remark == "insufficient data"
    assert estimate_ratio([(1, 2)] * 10) == (50, 50, 50)


def test_real_sales_give_the_interval_of_scipy() -> None:
    """Both are random: their ends differ by less than a tenth of the interval."""
    from scipy.stats import bootstrap

    hammer, appraisal = np.array(SALES, dtype=float).T
    assert len(hammer) == 224

    def ratio(part: np.ndarray, whole: np.ndarray, axis: int) -> np.ndarray:
        return part.sum(axis=axis) / whole.sum(axis=axis)

    settings = {"method": "percentile", "n_resamples": 9_999, "rng": np.random.default_rng(7)}
    of_sums = bootstrap((hammer, appraisal), ratio, paired=True, vectorized=True, **settings).confidence_interval
    of_median = bootstrap((hammer / appraisal,), np.median, **settings).confidence_interval
    for ours, theirs in (
        (bootstrap_ratio(SALES), of_sums),
        (bootstrap_median([part / whole for part, whole in SALES]), of_median),
    ):
        assert ours == pytest.approx(tuple(theirs), abs=(theirs.high - theirs.low) / 10)


def test_sums_of_blocks_have_the_interval_of_single_pairs() -> None:
    """8,280 pairs are dealt into 1,000 blocks; the interval is that of SciPy on the pairs themselves."""
    from scipy.stats import bootstrap

    rng = np.random.default_rng(11)
    many = [SALES[position] for position in rng.integers(0, len(SALES), 8_280)]
    part, whole = np.array(many, dtype=float).T
    theirs = bootstrap(
        (part, whole),
        lambda part, whole, axis: part.sum(axis=axis) / whole.sum(axis=axis),
        paired=True,
        method="percentile",
        n_resamples=1_000,
        batch=100,
        rng=rng,
    ).confidence_interval
    assert bootstrap_ratio(many) == pytest.approx(tuple(theirs), abs=(theirs.high - theirs.low) / 8)


@pytest.mark.parametrize("values", [[1.0, 2.0, 4.0, 8.0, 16.0], [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]], ids=["odd", "even"])
def test_the_median_is_drawn_as_if_whole_samples_were(values: list[float]) -> None:
    """Against every sample that there is: 3,125 and 46,656 of them."""
    every = sorted(median(sample) for sample in product(values, repeat=len(values)))
    share_below = np.searchsorted(every, bootstrap_median(values), side="left") / len(every)
    share_up_to = np.searchsorted(every, bootstrap_median(values), side="right") / len(every)
    assert share_below[0] <= 0.03
    assert share_up_to[0] >= 0.02
    assert share_below[1] <= 0.98
    assert share_up_to[1] >= 0.97


@settings(max_examples=30)
@given(st.permutations(SALES[:40]))
def test_the_order_of_sales_changes_no_figure(shuffled: list[tuple[int, int]]) -> None:
    assert estimate_ratio(shuffled) == estimate_ratio(SALES[:40])
    assert estimate_median(shuffled) == estimate_median(SALES[:40])


@given(st.integers(10, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_lies_within_its_interval(counts: tuple[int, int]) -> None:
    share = estimate_share(*counts)
    assert share.low is not None
    assert share.value is not None
    assert share.high is not None
    assert 0 <= share.low <= share.value <= share.high <= 100
