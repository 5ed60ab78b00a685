"""The ladder of one home as a plot: prices over the bands that the law gives their rounds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import START, begin, look, record_all

from reporting.filters import parse_filters
from reporting.ladder import Ladder, ladder
from reporting.plots.draw import to_svg
from reporting.plots.ladder import plot_ladder
from store.engine import writing
from store.statement import Statement
from store.terms import RoundKind, RoundStatus, SellerKind
from tests.reporting.court_flats import court_flat
from tracking.linking import link_database

DAY_0 = datetime(2026, 3, 2, 2, tzinfo=UTC)
HOME = "合肥市蜀山区望江西路99号天街花园3幢1单元1205室"


def attempt(day: int, yuan: int, kind: RoundKind, status: RoundStatus, **values: object) -> Statement:
    """An attempt to sell the home, with its start so many days after the first one."""
    return court_flat(HOME, yuan, DAY_0 + timedelta(days=day), round_kind=kind, status=status, **values)


def ladder_of(engine: Engine, *attempts: Statement) -> Ladder:
    begin(engine)
    hours = (DAY_0 - START) / timedelta(hours=1)
    record_all(engine, [look(hours, {str(number): words for number, words in enumerate(attempts, 1)})])
    with writing(engine) as connection:
        link_database(connection, DAY_0)
        return ladder(connection, "s:1", parse_filters())


def series_of(option: dict[str, Any]) -> dict[str, list[Any]]:
    return {each["name"]: each["data"] for each in option["series"]}


def test_prices_stand_over_their_lawful_bands_in_wan(engine: Engine) -> None:
    """A cut of a fifth, then the sell-off at the same start: its band is a line."""
    option = plot_ladder(
        ladder_of(
            engine,
            attempt(0, 1_062_000, RoundKind.FIRST_AUCTION, RoundStatus.FAILED),
            attempt(25, 849_600, RoundKind.SECOND_AUCTION, RoundStatus.FAILED),
            attempt(60, 849_600, RoundKind.SELL_OFF, RoundStatus.SOLD, hammer_price=861_600_00),
        )
    )
    series = series_of(option)
    assert option["title"]["text"] == HOME
    assert option["xAxis"]["data"] == [
        "1.1\nfirst auction\n2026-03-02",
        "1.2\nsecond auction\n2026-03-27",
        "1.3\nsell off\n2026-05-01",
    ]
    assert option["yAxis"]["name"] == "万 CNY"
    assert series["price"] == [106.2, 84.96, 84.96]
    assert series["floor"] == [105.0, 84.96, 84.96]
    assert series["lawful band"] == pytest.approx([45.0, 21.24, 0.0])
    assert series["sold at"] == [None, None, 86.16]


def test_a_bank_is_bound_by_no_band(engine: Engine) -> None:
    bank = {"seller_kind": SellerKind.STATE_BANK, "seller_name": "中国工商银行合肥分行", "case_number": None}
    option = plot_ladder(ladder_of(engine, attempt(0, 830_000, RoundKind.DIRECT_SALE, RoundStatus.ONGOING, **bank)))
    assert series_of(option)["lawful band"] == [None]
    assert series_of(option)["price"] == [83.0]


def test_words_of_a_title_cannot_break_out_of_the_picture(engine: Engine) -> None:
    hostile = {"title": f"{HOME}</text><script>x</script>"}
    option = plot_ladder(
        ladder_of(engine, attempt(0, 830_000, RoundKind.FIRST_AUCTION, RoundStatus.ONGOING, **hostile))
    )
    assert "<script" not in to_svg(option)


def test_the_days_are_those_of_shanghai(engine: Engine) -> None:
    late = {"starts_at": datetime(2026, 3, 2, 17, tzinfo=UTC)}
    option = plot_ladder(ladder_of(engine, attempt(0, 830_000, RoundKind.FIRST_AUCTION, RoundStatus.ONGOING, **late)))
    assert option["xAxis"]["data"] == ["1.1\nfirst auction\n2026-03-03"]
