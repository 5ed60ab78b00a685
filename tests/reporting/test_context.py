"""Context: Hong Kong's negative equity and price index beside the bank-owned listings of the same quarter."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import make_page

from reporting.context import ContextQuestion, ContextReport, ContextRow, context, period_before, period_of
from reporting.errors import WrongFilter
from reporting.filters import parse_filters
from reporting.render import Format, render
from store.engine import reading, writing
from store.runs import add_sources, open_run
from store.statement import Context, SeriesPoint, Statement
from store.terms import Currency, SellerKind
from store.write import Recorder
from tracking.linking import link_database

LOANS, SHARE = "hkma.negative_equity.loans", "hkma.negative_equity.loans_share"
INDEX = "hk_rvd.price_index.quarterly.all_classes"
# As the authorities published them: hkma.gov.hk (residential mortgage loans in negative equity), rvd.gov.hk (1.4Q).
PUBLISHED: Mapping[str, Mapping[str, float]] = {
    LOANS: {"2024-Q1": 32073.0, "2024-Q2": 30288.0, "2024-Q3": 40713.0, "2024-Q4": 38389.0, "2025-Q1": 40741.0},
    SHARE: {"2024-Q4": 6.5, "2025-Q1": 6.88},
}
INDICES = {"2024-Q2": 305.9, "2024-Q3": 292.5, "2024-Q4": 290.6, "2025-Q1": 285.9}
UNITS = {LOANS: "loans", SHARE: "%", INDEX: "index"}
PUBLISHED_AT = datetime(2025, 6, 8, 4, tzinfo=UTC)


def points(series: str, values: Mapping[str, float]) -> list[SeriesPoint]:
    return [SeriesPoint(series, period, value, UNITS.get(series, "index"), series) for period, value in values.items()]


def record_page(
    engine: Engine,
    source: str,
    at: datetime,
    told: Sequence[SeriesPoint] = (),
    said: Mapping[str, Statement] | None = None,
) -> None:
    page = make_page(at, f"{source}.list", f"{at}{told}{said}", source=source)
    with writing(engine) as connection:
        recorder = Recorder()
        rows = [(source, each, words) for each, words in (said or {}).items()]
        recorder.record(connection, page, rows, (), Context(tuple(told)) if told else None)
        recorder.settle(connection)


def home(number: int, seller: SellerKind | None = SellerKind.BANK) -> Statement:
    """A bank-owned flat in Hong Kong, its price in cents."""
    words: dict[str, Any] = {"currency": Currency.HKD, "asking_price": 5_880_000_00, "seller_kind": seller}
    return Statement(**words, title=f"荃灣德士古道{number}號金德工業大廈{number}樓A室", raw="{}")


@pytest.fixture
def hong_kong(engine: Engine) -> Engine:
    """Two bank-owned homes seen in two quarters, a third in the second; one of an untold seller, one of a court."""
    with writing(engine) as connection:
        titles = dict.fromkeys(("hkma", "hk_rvd", "hk_chungsen", "hk_aaproperty", "br_caixa"), "title")
        add_sources(connection, titles)
        open_run(connection, "hkma", {}, PUBLISHED_AT)
    sold_by_court, untold = home(8, SellerKind.COURT), home(9, None)
    first = {"1": home(1), "2": home(2), "8": sold_by_court, "9": untold}
    record_page(engine, "hk_chungsen", datetime(2024, 9, 30, tzinfo=UTC), said=first)
    record_page(engine, "hk_chungsen", datetime(2025, 1, 10, tzinfo=UTC), said={"1": home(1), "3": home(3)})
    bank = Statement(currency=Currency.BRL, seller_kind=SellerKind.STATE_BANK, asking_price=1, raw="{}")
    record_page(engine, "br_caixa", datetime(2024, 6, 1, tzinfo=UTC), said={"7": bank})
    record_page(engine, "hk_rvd", PUBLISHED_AT, points(INDEX, INDICES))
    record_page(engine, "hkma", PUBLISHED_AT, [each for name in PUBLISHED for each in points(name, PUBLISHED[name])])
    return engine


def ask(engine: Engine, *series: str, country: str | None = None, **words: Any) -> ContextReport:
    with reading(engine) as connection:
        return context(connection, ContextQuestion(parse_filters(**words), series, country))


def row_of(report: ContextReport, period: str) -> ContextRow:
    (row,) = (row for row in report.rows if row.period == period)
    return row


def text_of(report: ContextReport) -> str:
    stream = io.StringIO()
    render(report, Format.TABLE, stream, width=200)
    return stream.getvalue()


def test_negative_equity_stands_as_published_with_its_change(hong_kong: Engine) -> None:
    report = ask(hong_kong, LOANS)
    assert [row.period for row in report.rows] == ["2025-Q1", "2024-Q4", "2024-Q3", "2024-Q2", "2024-Q1"]
    row = row_of(report, "2025-Q1")
    assert (row.value, row.unit, row.change, row.change_percent) == (40741, "loans", 2352, Decimal("6.13"))
    assert (row.country, row.source) == ("HK", "hkma")
    first = row_of(report, "2024-Q1")
    assert (first.change, first.change_percent) == (None, None)
    assert "40,741" in text_of(report)


def test_a_share_changes_by_points_and_an_index_by_percent(hong_kong: Engine) -> None:
    share = row_of(ask(hong_kong, SHARE), "2025-Q1")
    assert (share.value, share.change, share.change_percent) == (Decimal("6.88"), Decimal("0.38"), None)
    index = row_of(ask(hong_kong, INDEX), "2025-Q1")
    assert (index.value, index.change_percent) == (Decimal("285.9"), Decimal("-1.62"))


def test_a_change_over_a_missing_period_is_none(hong_kong: Engine) -> None:
    record_page(hong_kong, "hkma", PUBLISHED_AT + timedelta(days=900), points(LOANS, {"2025-Q4": 26_000.0}))
    assert row_of(ask(hong_kong, LOANS), "2025-Q4").change is None


def test_bank_owned_listings_of_the_same_country_stand_beside(hong_kong: Engine) -> None:
    report = ask(hong_kong, INDEX)
    beside = {row.period: row.listings for row in report.rows}
    assert beside == {"2025-Q1": 2, "2024-Q4": None, "2024-Q3": 2, "2024-Q2": None}
    assert report.untold == 1
    assert "1 listings do not tell their seller and are not counted as bank-owned" in text_of(report)


def test_homes_are_counted_only_where_listings_are_linked(hong_kong: Engine) -> None:
    assert row_of(ask(hong_kong, INDEX), "2025-Q1").homes is None
    assert "nothing is linked yet" in text_of(ask(hong_kong, INDEX))
    with writing(hong_kong) as connection:
        link_database(connection, PUBLISHED_AT)
    assert row_of(ask(hong_kong, INDEX), "2025-Q1").homes == 2


def test_another_kind_of_seller_or_another_country_can_stand_beside(hong_kong: Engine) -> None:
    assert row_of(ask(hong_kong, INDEX, seller_kind=["court"]), "2024-Q3").listings == 1
    assert row_of(ask(hong_kong, INDEX, country="BR"), "2024-Q2").listings == 1


def test_a_revision_counts_from_the_day_it_was_published(hong_kong: Engine) -> None:
    record_page(hong_kong, "hk_rvd", PUBLISHED_AT + timedelta(days=30), points(INDEX, {"2025-Q1": 286.6}))
    assert row_of(ask(hong_kong, INDEX), "2025-Q1").value == Decimal("286.6")
    assert row_of(ask(hong_kong, INDEX, as_of="2025-06-30"), "2025-Q1").value == Decimal("285.9")


def test_a_listing_that_is_seen_again_later_does_not_change_the_answer_for_an_earlier_day(hong_kong: Engine) -> None:
    later = datetime(2025, 6, 9, tzinfo=UTC)
    before = [row.listings for row in ask(hong_kong, INDEX, as_of="2025-06-08").rows]
    record_page(hong_kong, "hk_chungsen", later, said={"2": home(2)})
    assert [row.listings for row in ask(hong_kong, INDEX, as_of="2025-06-08").rows] == before
    assert row_of(ask(hong_kong, INDEX), "2025-Q1").listings == 3


def test_any_series_is_found_by_the_beginning_of_its_name(hong_kong: Engine) -> None:
    assert {row.series for row in ask(hong_kong, "hkma").rows} == {LOANS, SHARE}
    assert {row.series for row in ask(hong_kong, LOANS).rows} == {LOANS}  # not loans_share
    assert {row.series for row in ask(hong_kong).rows} == {LOANS, SHARE, INDEX}
    assert {row.series for row in ask(hong_kong, source=["hk_rvd"]).rows} == {INDEX}


def test_a_series_that_is_not_there_is_refused_with_the_nearest(hong_kong: Engine) -> None:
    with pytest.raises(
        WrongFilter, match=r"no 'hkma.negative_equity.loan', the nearest is 'hkma.negative_equity.loans"
    ):
        ask(hong_kong, "hkma.negative_equity.loan")


def test_a_database_without_series_says_so(engine: Engine) -> None:
    assert "no series was read" in text_of(ask(engine))
    with pytest.raises(WrongFilter, match="no series was read yet"):
        ask(engine, "hkma")


@pytest.mark.parametrize(
    ("text", "first", "last", "before"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-01"),
        ("2024-01", date(2024, 1, 1), date(2024, 1, 31), "2023-12"),
        ("2024-Q1", date(2024, 1, 1), date(2024, 3, 31), "2023-Q4"),
        ("2024-Q4", date(2024, 10, 1), date(2024, 12, 31), "2024-Q3"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "2023"),
    ],
)
def test_a_period_has_days_and_one_before(text: str, first: date, last: date, before: str) -> None:
    assert (period_of(text), period_before(text)) == ((first, last), before)


@pytest.mark.parametrize("text", ["2024-13", "2024-Q5", "2024/25", "0000", ""])
def test_what_is_no_period_has_no_days(text: str) -> None:
    assert (period_of(text), period_before(text)) == (None, None)
