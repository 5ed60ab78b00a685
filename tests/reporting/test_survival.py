"""Time to sale: the estimates against another library, and the report on a database of homes.

The other library is loaded where it is needed: every process that collects the tests would else wait for it.
"""

import builtins
import io
import json
import random
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import START, begin, look, record_all

from reporting.choices import Group
from reporting.filters import parse_filters
from reporting.plots.survival import plot_survival
from reporting.render import Format, render
from reporting.spells import Ending, Spell
from reporting.survival import StatisticsMissing, SurvivalQuestion, TimeToSale, estimate, stairs, time_to_sale
from store.engine import reading, writing
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind
from tracking.linking import link_database

DAY_0 = datetime(2026, 1, 5, 2, tzinfo=UTC)


def spells(days: Sequence[int], endings: Sequence[Ending | None]) -> list[Spell]:
    return [Spell((), day, ending is Ending.SOLD, day, ending) for day, ending in zip(days, endings, strict=True)]


def drawn(count: int, *, ties: bool) -> list[Spell]:
    """Spells by chance: a half sold, a tenth each taken and withdrawn."""
    chance = random.Random(20261122)
    days = [chance.randrange(1, 60) for _ in range(count)] if ties else chance.sample(range(1, 5_000), count)
    kinds: list[Ending | None] = [Ending.SOLD, Ending.TAKEN_BY_CREDITOR, Ending.WITHDRAWN, None]
    return spells(days, chance.choices(kinds, (5, 1, 1, 3), k=count))


# The estimates ----------------------------------------------------------------------------------------------------


def test_five_homes_counted_by_hand() -> None:
    """Of 5 one is sold on day 10; of the 3 followed further one on day 30: 4/5, then 4/5 x 2/3."""
    curve = estimate("all", spells([10, 20, 30, 30, 40], [Ending.SOLD, None, Ending.SOLD, None, None]))
    assert [(point.day, round(point.unsold, 12)) for point in curve.points] == [
        (10, 0.8),
        (30, round(0.8 * 2 / 3, 12)),
    ]
    assert [point.day for point in stairs(curve)] == [0, 10, 30, 40]
    assert curve.median == (None, 10, None)


def test_creditor_and_withdrawal_compete_with_the_sale_by_hand() -> None:
    """The 3 left after day 20 share 3/4: a sale then takes a third of it."""
    curve = estimate(
        "all", spells([10, 20, 30, 40], [Ending.SOLD, Ending.WITHDRAWN, Ending.SOLD, Ending.TAKEN_BY_CREDITOR])
    )
    last = {ending: steps[-1][1] for ending, steps in curve.incidence.items()}
    assert last == pytest.approx({Ending.SOLD: 0.5, Ending.WITHDRAWN: 0.25, Ending.TAKEN_BY_CREDITOR: 0.25})


@pytest.mark.parametrize("ties", [False, True])
def test_kaplan_meier_and_its_interval_agree_with_lifelines(ties: bool) -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    sample = drawn(300, ties=ties)
    curve = estimate("all", sample)
    other = KaplanMeierFitter().fit([spell.days for spell in sample], [spell.is_sold for spell in sample])
    bounds = other.confidence_interval_
    assert len(curve.points) > 50
    for point in curve.points:
        assert point.unsold == pytest.approx(other.predict(point.day), abs=1e-12)
        if point.low is not None:
            assert (point.low, point.high) == pytest.approx(tuple(bounds.loc[point.day]), abs=1e-9)
    low, high = median_survival_times(bounds).iloc[0]
    assert curve.median == (other.median_survival_time_, low, high)


@pytest.mark.parametrize("ending", list(Ending))
def test_aalen_johansen_agrees_with_lifelines(ending: Ending) -> None:
    """Without ties: lifelines breaks them by chance."""
    from lifelines import AalenJohansenFitter

    sample = drawn(300, ties=False)
    steps = estimate("all", sample).incidence[ending]
    codes = [list(Ending).index(spell.ending) + 1 if spell.ending else 0 for spell in sample]
    wanted = list(Ending).index(ending) + 1
    other = AalenJohansenFitter(calculate_variance=False).fit(
        [spell.ended_days for spell in sample], codes, event_of_interest=wanted
    )
    shares = other.cumulative_density_.iloc[:, 0]
    assert len(steps) > 100
    for day, share in steps:
        assert share == pytest.approx(shares.loc[day], abs=1e-12)


def test_the_endings_and_the_homes_left_are_all_of_them() -> None:
    curve = estimate("all", drawn(200, ties=True))
    gone = sum(steps[-1][1] for steps in curve.incidence.values())
    assert 0 < gone <= 1


@pytest.mark.parametrize("endings", [[None] * 3, [Ending.SOLD] * 3, []])
def test_nothing_sold_and_everything_sold_are_estimates_too(endings: list[Ending | None]) -> None:
    curve = estimate("all", spells([5, 6, 7][: len(endings)], endings))
    assert [point.unsold for point in curve.points][-1:] == ([0.0] if endings and endings[0] else [])
    assert all(0 <= share <= 1 for steps in curve.incidence.values() for _, share in steps)


def test_behind_the_last_look_nothing_is_told_however_many_were_sold() -> None:
    """Ten of eleven are sold by day 10; the eleventh is seen until day 50 only."""
    curve = estimate("all", spells([*range(1, 11), 50], [Ending.SOLD] * 10 + [None]))
    seen, beyond = TimeToSale([curve], 0, True, SurvivalQuestion(horizons=(50, 51)), None).rows
    assert (seen.sold_percent, seen.first_sold_percent) == (Decimal("90.91"), Decimal("90.91"))
    assert (beyond.sold_percent, beyond.first_sold_percent, beyond.remark) == (None, None, "insufficient data")


def test_where_all_are_sold_the_share_stays_told() -> None:
    curve = estimate("all", spells(range(1, 13), [Ending.SOLD] * 12))
    (row,) = TimeToSale([curve], 0, True, SurvivalQuestion(horizons=(365,)), None).rows
    assert (row.at_risk, row.sold_percent, row.first_sold_percent) == (0, Decimal(100), Decimal(100))


# The report -------------------------------------------------------------------------------------------------------


def flat(number: int, **values: object) -> Statement:
    """A flat of a court in Hefei, announced for the 60th day."""
    return Statement(
        **{
            "title": f"合肥市蜀山区望江西路99号天街花园3幢1单元{number + 100}室",
            "property_kind": PropertyKind.FLAT,
            "region_code": "340104",
            "city": "合肥市",
            "currency": Currency.CNY,
            "starting_price": 1_062_000_00,
            "round_kind": RoundKind.FIRST_AUCTION,
            "status": RoundStatus.UPCOMING,
            "starts_at": DAY_0 + timedelta(days=60),
            "ends_at": DAY_0 + timedelta(days=61),
            "seller_kind": SellerKind.COURT,
            "case_number": f"(2025)皖0104执{number}号",
            "raw": "{}",
            **values,
        }
    )


def record_day(engine: Engine, day: int, said: dict[str, Statement]) -> None:
    record_all(engine, [look((DAY_0 - START) / timedelta(hours=1) + 24 * day, said)])


@pytest.fixture
def homes(engine: Engine) -> Engine:
    """Twelve flats on day 1, one of which stood there on day 0: of the others 6 are sold on day 61, 5 fail.

    The failed ones are offered again; one is withdrawn, and two are seen no more from day 90 on.
    """
    begin(engine)
    record_day(engine, 0, {"0": flat(0)})
    record_day(engine, 1, {str(number): flat(number) for number in range(12)})
    ended = {str(n): flat(n, status=RoundStatus.SOLD if n % 2 else RoundStatus.FAILED) for n in range(12)}
    record_day(engine, 62, ended)
    again = {
        "round_kind": RoundKind.SECOND_AUCTION,
        "starting_price": 849_600_00,
        "starts_at": DAY_0 + timedelta(days=100),
        "ends_at": DAY_0 + timedelta(days=101),
    }
    second = {f"{number}b": flat(number, **again) for number in range(2, 12, 2)}
    record_day(engine, 90, second)
    later = {name: words for name, words in second.items() if name in {"2b", "4b", "6b"}}
    later["6b"] = later["6b"]._replace(status=RoundStatus.WITHDRAWN)
    record_day(engine, 95, later)
    with writing(engine) as connection:
        link_database(connection, DAY_0 + timedelta(days=96))
    return engine


def ask(
    engine: Engine, by: Group | None = None, horizons: Sequence[int] = (30, 61, 85, 365), **words: Any
) -> TimeToSale:
    with reading(engine) as connection:
        return time_to_sale(connection, SurvivalQuestion(parse_filters(**words), by, horizons))


def text_of(report: TimeToSale) -> str:
    stream = io.StringIO()
    render(report, Format.TABLE, stream, width=200)
    return stream.getvalue()


def test_homes_are_followed_over_their_rounds_and_censored_where_last_seen(homes: Engine) -> None:
    report = ask(homes)
    (curve,) = report.curves
    days = sorted((spell.days, spell.is_sold) for spell in curve.spells)
    assert days == [(60, True)] * 6 + [(89, False)] * 2 + [(94, False)] * 3
    assert report.left_out == 1  # the home that stood there at the first look
    assert "the first notice was seen of 11 of 12" in text_of(report)


def test_shares_are_told_as_far_as_homes_were_followed(homes: Engine) -> None:
    early, sold, late, beyond = ask(homes).rows
    assert (early.sold_percent, early.at_risk, early.remark) == (Decimal("0.00"), 11, None)
    assert (sold.sold_percent, sold.at_risk) == (Decimal("54.55"), 5)
    assert sold.low_percent is not None
    assert sold.high_percent is not None
    assert sold.low_percent < sold.sold_percent < sold.high_percent
    assert (late.first_sold_percent, late.first_withdrawn_percent) == (Decimal("54.55"), Decimal("0.00"))
    assert (beyond.sold_percent, beyond.at_risk, beyond.remark) == (None, 0, "insufficient data")
    assert {row.median_days for row in (early, sold, late)} == {60}
    assert (sold.homes, sold.sold, sold.withdrawn, sold.taken_by_creditor) == (11, 6, 1, 0)


def test_fewer_than_ten_homes_give_no_share_but_are_counted(homes: Engine) -> None:
    rows = ask(homes, round_kind=["second_auction"]).rows
    assert {(row.homes, row.sold, row.lost, row.sold_percent, row.median_days, row.remark) for row in rows} == {
        (5, 0, 2, None, None, "insufficient data")
    }
    assert "insufficient data" in text_of(ask(homes, round_kind=["second_auction"]))


def test_a_site_that_never_tells_results_does_not_show_that_nothing_is_sold(caixa: Engine) -> None:
    """CAIXA takes down what it has sold: of nine homes that were new some are gone, none is known to be sold."""
    report = ask(caixa, horizons=(7, 30))
    assert {(row.sold, row.sold_percent, row.first_sold_percent, row.remark) for row in report.rows} == {
        (0, None, None, "no result is known")
    }
    (curve,) = report.curves
    assert len(curve.spells) == 9
    assert 0 < report.rows[0].lost < len(curve.spells)
    assert "the shares are too low" in text_of(report)
    many = TimeToSale([estimate("all", spells([30] * 40, [None] * 40))], 0, True, SurvivalQuestion(), None)
    assert {row.remark for row in many.rows} == {"no result is known"}
    assert plot_survival(many)["series"] == []


def test_a_home_is_asked_for_by_any_of_its_listings_and_measured_over_all(homes: Engine) -> None:
    (curve,) = ask(homes, round_kind=["second_auction"]).curves
    assert sorted(spell.days for spell in curve.spells) == [89, 89, 94, 94, 94]


def test_groups_stand_apart_the_largest_first(homes: Engine) -> None:
    assert [(curve.group, len(curve.spells)) for curve in ask(homes, Group.KIND).curves] == [("flat", 11)]
    assert [curve.group for curve in ask(homes, Group.SELLER_KIND).curves] == ["court"]


@pytest.mark.parametrize("words", [{"city": ["福州"]}, {"source": ["t"]}, {"since": "2026-05-01"}])
def test_what_was_not_asked_for_gives_no_curve(homes: Engine, words: dict[str, Any]) -> None:
    report = ask(homes, **words)
    assert (report.curves, report.left_out, report.rows) == ([], 0, [])


def test_as_of_an_earlier_day_nothing_of_later_is_known(homes: Engine) -> None:
    (curve,) = ask(homes, as_of="2026-01-20").curves
    assert sorted((spell.days, spell.is_sold) for spell in curve.spells) == [(0, False)] * 11


def test_without_links_a_note_says_that_listings_are_counted(engine: Engine) -> None:
    begin(engine)
    record_day(engine, 0, {"0": flat(0)})
    record_day(engine, 1, {"1": flat(1)})
    assert "nothing is linked yet: run fapai link; until then each listing counts as a home" in text_of(ask(engine))


def test_the_report_is_written_as_files_too(homes: Engine) -> None:
    stream = io.StringIO()
    render(ask(homes), Format.JSON, stream)
    rows = json.loads(stream.getvalue())
    assert [row["sold_percent"] for row in rows] == [0.0, 54.55, 54.55, None]


def test_without_statsmodels_the_sentence_names_the_extra(homes: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def without(wanted: str, *further: Any) -> Any:
        if wanted.startswith("statsmodels"):
            raise ImportError(wanted)
        return real(wanted, *further)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StatisticsMissing, match=re.escape("pip install 'fapai[statistics]'")):
        ask(homes)


# The plot ---------------------------------------------------------------------------------------------------------


def test_the_plot_of_one_group_steps_with_its_interval_and_the_first_endings(homes: Engine) -> None:
    option = plot_survival(ask(homes))
    series = {each["name"]: each for each in option["series"]}
    assert json.loads(json.dumps(option)) == option
    assert series["unsold"]["data"] == [[0, 100.0], [60, 45.4545], [94, 45.4545]]
    assert series["unsold"]["step"] == "end"
    assert set(option["legend"]["data"]) == {"95 % interval", "unsold", "first: sold", "first: withdrawn"}
    low, height = series["95 % interval, below"]["data"][0], series["95 % interval"]["data"][0]
    assert low[0] == height[0] == 60
    assert low[1] < 45.4545 < low[1] + height[1]
    assert "n = 11 homes" in option["title"]["subtext"]


def test_the_plot_leaves_out_groups_that_are_too_small(homes: Engine, tmp_path: Path) -> None:
    option = plot_survival(ask(homes, round_kind=["second_auction"]))
    assert option["series"] == []
    sample = drawn(40, ties=True)
    two = TimeToSale([estimate("flat", sample), estimate("house", sample[:9])], 0, True, SurvivalQuestion(), None)
    assert [each["name"] for each in plot_survival(two)["series"]][-1] != "house"
    three = TimeToSale([estimate("flat", sample), estimate(None, sample[:20])], 0, True, SurvivalQuestion(), None)
    assert [each["name"] for each in plot_survival(three)["series"]] == ["flat (n = 40)", "not told (n = 20)"]
