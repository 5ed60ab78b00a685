"""Taiwan's court auctions: rows into lots, rounds without end, and an empty crawl that says nothing."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import EmptyShell, LayoutChanged, RowRefused
from crawler.items import PageContent, Reader
from crawler.page import Page
from crawler.parsers.tw_judicial import READERS, SPEC, lots, weekly
from crawler.parsers.tw_judicial.case_report import generated_on as article_day
from crawler.reading import read, statement_of
from crawler.sources import spider_names
from store.statement import Extras, Statement
from store.terms import Answer, Currency, FactKind, PageOutcome, PropertyKind, RoundKind, RoundStatus, SellerKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tw_judicial"
NOW = datetime(2026, 9, 16, 2, tzinfo=UTC)
QUERY, ROWS, WEEKLY, REPORT = READERS
QUERY_URL = "https://aomp109.judicial.gov.tw/judbp/wkw/WHD1A02/QUERY.htm"


def body_of(case: str) -> bytes:
    (path,) = (FIXTURES / case).glob("input.*")
    return path.read_bytes()


def parse(reader: Reader, body: bytes) -> PageContent:
    return reader.parse(Page(body, QUERY_URL if reader is QUERY else "file:saved", NOW))


def converted(reader: Reader, body: bytes) -> dict[str, tuple[Statement, Extras | None]]:
    words = {item.source_id: statement_of(item, reader, NOW) for item in parse(reader, body).items}
    return {key: (each.statement, each.extras) for key, each in words.items()}


def answer_of(*rows: dict[str, Any], **counts: int) -> bytes:
    info = {"totalNum": len(rows), "pageSize": 100, "pageNum": 1} | counts
    return json.dumps({"status": "SUCCESS", "pageInfo": info, "data": rows}).encode()


def real_row(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(body_of("query/three-lots-of-two-cases"))["data"][0]
    return row | changes


# The chain -----------------------------------------------------------------------------------------------------------

REPORTED = {1: 8_200_000, 10: 5_170_000, 14: 4_220_000, 15: 4_010_000}


def test_fifteen_rounds_are_fifteen_listings_with_their_numbers_and_reserve_prices() -> None:
    rows = [row for row, _ in converted(QUERY, body_of("query/fifteen-rounds-of-one-case")).values()]
    assert [row.round_number for row in rows] == list(range(1, 16))
    prices = {row.round_number: row.starting_price or 0 for row in rows}
    assert {number: prices[number] for number in REPORTED} == {n: price * 100 for n, price in REPORTED.items()}
    assert sorted(prices.values(), reverse=True) == list(prices.values())
    assert len({row.asset_id for row in rows}) == len({row.case_number for row in rows}) == 1
    assert [row.round_kind for row in rows[:3]] == [
        RoundKind.FIRST_AUCTION,
        RoundKind.SECOND_AUCTION,
        RoundKind.THIRD_AUCTION,
    ]
    assert {row.round_kind for row in rows[3:]} == {RoundKind.LATER_AUCTION}
    assert [row.status for row in rows] == [RoundStatus.FAILED] * 14 + [None]


def test_a_reported_case_gives_all_its_rounds_and_only_the_prices_that_were_told() -> None:
    rows = [row for row, _ in converted(REPORT, body_of("case_report/miaoli-15-rounds-four-prices")).values()]
    assert [row.round_number for row in rows] == list(range(1, 16))
    told = {row.round_number: row.starting_price for row in rows if row.starting_price is not None}
    assert told == {number: price * 100 for number, price in REPORTED.items()}
    assert {row.asset_id for row in rows} == {"3107699"}
    assert {(row.region_code, row.city, row.district) for row in rows} == {("TW-MIA", "苗栗縣", "苑裡")}
    assert {(row.property_kind, row.seller_kind) for row in rows} == {(PropertyKind.HOUSE, SellerKind.COURT)}
    assert {row.currency for row in rows} == {Currency.TWD, None}


def test_the_right_of_the_co_owners_is_quoted() -> None:
    (extras, *_) = [
        extras for _, extras in converted(REPORT, body_of("case_report/miaoli-15-rounds-four-prices")).values()
    ]
    assert extras is not None
    ((kind, answer, quote, *_),) = extras.facts
    assert (kind, answer, quote) == (FactKind.PRE_EMPTION, Answer.YES, "共有人12人有優先承買權")


def test_two_rounds_of_one_lot_are_two_listings_of_one_thing() -> None:
    rows = converted(ROWS, body_of("weekly_rows/28-rows-of-two-weeks"))
    chain = {key: row for key, (row, _) in rows.items() if row.case_number == "113執字第000545號"}
    first, second = sorted(chain.values(), key=lambda row: row.round_number or 0)
    assert len(chain) == 2
    assert (first.round_number, first.starting_price, first.ended_on) == (1, 92_400_00, date(2026, 8, 20))
    assert (second.round_number, second.starting_price, second.ended_on) == (2, 74_000_00, date(2026, 10, 8))
    assert first.asset_id == second.asset_id
    assert (first.land_area, second.land_area) == (6500, None)  # round 2 leaves one of five areas out


def test_the_courts_answer_and_the_weekly_file_know_the_same_thing() -> None:
    rows = converted(ROWS, body_of("weekly_rows/28-rows-of-two-weeks")).values()
    answer = converted(QUERY, body_of("query/three-lots-of-two-cases")).values()
    assert {row.asset_id for row, _ in answer} < {row.asset_id for row, _ in rows}


# Rows into lots ------------------------------------------------------------------------------------------------------


def test_28_rows_are_12_lots_and_none_is_refused() -> None:
    content = parse(ROWS, body_of("weekly_rows/28-rows-of-two-weeks"))
    assert (len(content.items), content.refused) == (12, [])
    assert [statement_of(item, ROWS, NOW).statement.seller_name for item in content.items].count(
        "臺灣臺北地方法院"
    ) == 8


def test_the_lots_price_is_not_summed_over_its_parcels() -> None:
    rows = [row for row, _ in converted(ROWS, body_of("weekly_rows/28-rows-of-two-weeks")).values()]
    taipei = 4_930_000 + 770_000 + 1_406_000 + 1_490_000 + 2_430_000 + 2_600_000 + 3_040_000 + 1_260_000
    assert sum(row.starting_price or 0 for row in rows) == (789_900 + 92_400 + 74_000 + 221_200 + taipei) * 100
    assert [row.starting_price for row in rows if row.case_number == "113執字第000130號"] == [789_900_00]


def test_one_case_with_one_id_at_the_project_has_eight_lots_by_their_prices() -> None:
    rows = [row for row, _ in converted(ROWS, body_of("weekly_rows/28-rows-of-two-weeks")).values()]
    taipei = [row for row in rows if row.case_number == "111司執字第016918號"]
    assert len({row.starting_price for row in taipei}) == len({row.asset_id for row in taipei}) == len(taipei) == 8
    assert {row.region_code for row in taipei} == {"TW-TPE"}
    assert {row.district for row in taipei} == {"大安區", "中正區", "萬華區", "信義區"}


def test_the_share_is_that_of_the_building_and_never_lost() -> None:
    rows = converted(ROWS, body_of("weekly_rows/28-rows-of-two-weeks"))
    shares = {row.title: row.share for row, _ in rows.values()}
    assert shares["敦化南路二段37巷2弄5號地下"] == "1/6"  # its land: 126分之1
    assert shares["連江縣北竿鄉大坵段 小段 81號 等4筆"] == "1/3"
    assert shares["連江縣東引鄉東引西段 小段 1248號 等5筆"] == "1"
    long = shares["仁愛路四段101號地下三樓"]  # 4800000分之34461
    numerator, denominator = map(int, str(long).split("/"))
    assert numerator / denominator == pytest.approx(34461 / 4800000, abs=1e-8)
    assert None not in shares.values()


def test_land_and_building_of_one_lot_have_their_own_areas() -> None:
    rows = converted(QUERY, body_of("query/three-lots-of-two-cases"))
    row, extras = rows["TPD/111/司執/016918/1151012/甲"]
    assert (row.floor_area, row.land_area, row.property_kind) == (7300, 26000, None)
    assert extras is not None
    assert extras.members == ()  # one building with its land is one home
    _, extras = rows["LCD/113/執/000545/1150820/1"]
    assert extras is not None
    assert [member.title for member in extras.members][:2] == [
        "連江縣東引鄉東引西段 小段 1248號 (權利範圍 全部)",
        "連江縣東引鄉東引西段 小段 1251號 (權利範圍 全部)",
    ]


def test_a_lot_that_the_page_cuts_tells_nothing_of_its_parcels_and_keeps_its_id() -> None:
    whole = parse(QUERY, body_of("query/three-lots-of-two-cases")).items
    ends = parse(QUERY, body_of("query/lot-cut-by-the-end-of-the-page")).items
    begins = parse(QUERY, body_of("query/lot-begun-on-the-page-before")).items
    assert [item.source_id for item in ends] == [item.source_id for item in whole[:2]]
    assert [item.source_id for item in begins] == [item.source_id for item in whole[1:]]
    for item in (ends[1], begins[0]):
        assert item.details is not None
        assert (item.title, item.floor_area_raw, item.land_area_raw, item.details.asset_id) == (None, None, None, None)
        assert item.starting_price_raw == "4930000"
    assert (ends[0], begins[1].source_id) == (whole[0], whole[2].source_id)


def test_a_cut_lot_without_its_number_is_refused() -> None:
    rows = [real_row(landno=f"{number}號", batchno="") for number in (1, 2)]
    content = parse(QUERY, answer_of(*rows, totalNum=5, pageSize=2))
    assert content.items == []
    assert ["goes on on another page" in row.reason for row in content.refused] == [True, True]
    (item,) = parse(QUERY, answer_of(*rows)).items
    assert item.source_id == "LCD/113/執/000545/1150820/連江縣東引鄉東引西段 小段 1號"  # by its place


def test_names_of_fields_may_be_in_capital_letters() -> None:
    row = real_row()
    capital = {name.upper(): value for name, value in row.items()}
    assert parse(QUERY, answer_of(capital)) == parse(QUERY, answer_of(row))


# Words ---------------------------------------------------------------------------------------------------------------


def test_states_kinds_of_sale_and_handover_are_read_from_the_courts_words() -> None:
    rows = converted(QUERY, body_of("query/states-and-kinds-of-sale"))
    told = {key[-1]: (row.round_kind, row.round_number, row.status, row.hammer_price) for key, (row, _) in rows.items()}
    first = (RoundKind.FIRST_AUCTION, 1)
    assert told == {
        "1": (*first, RoundStatus.HALTED, None),
        "2": (*first, RoundStatus.WITHDRAWN, None),
        "3": (RoundKind.OPEN_PURCHASE, 4, None, None),
        "4": (*first, RoundStatus.SOLD, 101_000_00),
        "5": (*first, RoundStatus.TAKEN_BY_CREDITOR, None),
        "6": (*first, None, None),
        "7": (*first, None, None),  # 停拍後續行拍賣: it only begins like a state
        "8": (RoundKind.LATER_AUCTION, 4, None, None),
        "9": (RoundKind.LATER_AUCTION, 4, None, None),
    }
    facts = {key[-1]: extras.facts[0] for key, (_, extras) in rows.items() if extras}
    assert (facts["9"].kind, facts["9"].answer, facts["9"].quote) == (FactKind.VACANT_HANDOVER, Answer.YES, "點交")
    assert (facts["1"].answer, facts["1"].quote) == (Answer.NO, "不點交")
    assert (facts["3"].answer, facts["3"].quote) == (Answer.NOT_KNOWN, "如備註")


def test_remarks_are_not_kept_for_they_may_name_persons() -> None:
    content = parse(
        QUERY, answer_of(real_row(rmk="停拍：債務人王大明聲請", debtor="王大明"), real_row(crmno="", rmk="王大明"))
    )
    assert (len(content.items), len(content.refused)) == (1, 1)
    assert content.items[0].status_raw == "停拍"
    assert "王大明" not in repr(content)


@pytest.mark.parametrize(
    ("label", "spelled", "number"),
    [
        ("第1拍", "第1拍", 1),
        ("第二次拍賣", "第2拍", 2),
        ("第3次", "第3拍", 3),
        ("第 4 拍", "第4拍起", 4),
        ("第十拍", "第4拍起", 10),
        ("第十五次拍賣", "第4拍起", 15),
        ("第二十拍", "第4拍起", 20),
        ("第127拍", "第4拍起", 127),
        ("應買公告", "應買公告", None),
        ("第零拍", "第零拍", None),
        ("第0拍", "第0拍", None),
        ("一拍", "一拍", None),
        (None, None, None),
    ],
)
def test_rounds_are_numbers_without_an_end(label: str | None, spelled: str | None, number: int | None) -> None:
    assert (lots.spell_round(label), lots.round_number(label)) == (spelled, number)


def test_a_round_that_nobody_knows_is_refused() -> None:
    (item,) = parse(QUERY, answer_of(real_row(salenostr="第零拍"))).items
    with pytest.raises(RowRefused, match="round_raw: unknown label '第零拍'"):
        statement_of(item, QUERY, NOW)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("1151012", date(2026, 10, 12)),
        ("0991231", date(2010, 12, 31)),
        ("991231", date(2010, 12, 31)),
        ("115/10/12", date(2026, 10, 12)),
        ("2026-10-12", date(2026, 10, 12)),
    ],
)
def test_days_are_years_of_the_republic(raw: str, day: date) -> None:
    (item,) = parse(QUERY, answer_of(real_row(saledate=raw))).items
    assert statement_of(item, QUERY, NOW).statement.ended_on == day


@pytest.mark.parametrize("raw", ["1151312", "1150230", "115", "十月"])
def test_impossible_days_refuse_their_lot(raw: str) -> None:
    (item,) = parse(QUERY, answer_of(real_row(saledate=raw))).items
    with pytest.raises(RowRefused, match="ends_at_raw"):
        statement_of(item, QUERY, NOW)


@pytest.mark.parametrize(
    ("raw", "spelled"),
    [
        ("全部", "全部"),
        ("126分之1", "126分之1"),
        ("10000分之125", "1/80"),
        ("4800000分之34461", "0.717938%"),
        ("48000000分之209988", "0.437475%"),
        ("0000分之1", "0000分之1"),
        ("公同共有", "公同共有"),
        (None, None),
    ],
)
def test_long_shares_are_shortened(raw: str | None, spelled: str | None) -> None:
    assert lots.spell_share(raw) == spelled


# Answers that say nothing --------------------------------------------------------------------------------------------


def test_an_empty_crawl_says_nothing_about_any_lot() -> None:
    body = body_of("weekly/week-28-crawl-that-came-back-empty")
    with pytest.raises(EmptyShell, match="22 courts"):
        parse(WEEKLY, body)
    assert read(Page(body, "file:saved", NOW), WEEKLY).outcome is PageOutcome.EMPTY_SHELL


def test_a_question_without_results_is_empty_and_no_block() -> None:
    for body in (body_of("query/nothing-found"), "<html>不合法的查詢</html>".encode()):
        assert parse(QUERY, body) == PageContent()
        assert read(Page(body, QUERY_URL, NOW), QUERY).outcome is PageOutcome.EMPTY


def test_an_answer_without_rows_that_counts_some_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="no rows"):
        parse(QUERY, answer_of(totalNum=8298))
    assert parse(QUERY, answer_of(totalNum=0)) == PageContent()


@pytest.mark.parametrize("length", [1, 200, 2_000, 6_000])
def test_a_cut_answer_is_refused(length: int) -> None:
    with pytest.raises(LayoutChanged):
        parse(QUERY, body_of("query/fifteen-rounds-of-one-case")[:length])


def test_a_cut_table_loses_rows_and_no_more() -> None:
    body = body_of("weekly_rows/28-rows-of-two-weeks")
    content = parse(ROWS, body[: body.rindex(b"\n", 0, -2) + 60])
    assert (len(content.refused), len(content.items)) == (1, 12)


# Their times, and the way that is closed -----------------------------------------------------------------------------


def test_files_tell_when_they_were_made() -> None:
    assert weekly.generated_on(body_of("weekly_rows/28-rows-of-two-weeks")) == date(2026, 9, 15)
    assert weekly.generated_on(body_of("weekly/week-28-crawl-that-came-back-empty")) == date(2026, 7, 14)
    assert weekly.generated_on(body_of("weekly_rows/header-without-rows")) is None
    assert weekly.generated_on(b'{"meta": 3}') is None
    assert article_day(body_of("case_report/miaoli-15-rounds-four-prices")) == date(2026, 1, 26)
    assert article_day(b"[]") is None


def test_a_table_without_times_counts_as_made_at_the_end_of_its_last_week() -> None:
    lines = body_of("weekly_rows/28-rows-of-two-weeks").decode().splitlines()
    first_week = "\n".join(line for line in lines if not line.startswith("2026-W37"))
    assert weekly.generated_on(first_week.encode()) == date(2026, 8, 16)  # the Sunday of week 33


def test_there_is_no_spider_since_robots_txt_forbids_it() -> None:
    assert SPEC.name not in spider_names()
    assert SPEC.robots == "forbids it: captures only"
