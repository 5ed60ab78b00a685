"""Korean court auctions: the rules behind the fields, on recorded rows."""

import copy
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.capture import Capture
from crawler.errors import Blocked, EmptyShell, LayoutChanged
from crawler.items import Details, ListingItem, PageContent
from crawler.page import Page
from crawler.parsers.kr_courtauction import READERS, SPEC, daily_table, list_json
from crawler.parsers.kr_courtauction.dialect import DIALECT
from crawler.reading import statement_of
from store.engine import open_engine, reading
from store.rows import OBSERVATION
from store.schema import upgrade
from store.statement import Statement
from store.terms import AppraisalScope, PropertyKind, RoundKind, RoundStatus, SellerKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "kr_courtauction"
PAGE_2 = (FIXTURES / "list/page-2-of-gyeonggi-rows-of-four-lots/input.json").read_bytes()
FLATS = (FIXTURES / "list/last-page-first-sale-share-resale-sold/input.json").read_bytes()
LOOKS = (FIXTURES / "daily_table/four-lots-move-to-the-next-round/input.jsonl").read_bytes()
ONE_LOOK = (FIXTURES / "daily_table/one-look-2026-07-11/input.jsonl").read_bytes()
URL = "https://www.courtauction.go.kr/pgj/pgjsearch/searchControllerMain.on"
NOW = datetime(2026, 7, 1, 5, tzinfo=UTC)


def read_list(body: bytes) -> PageContent:
    return list_json.parse_list(Page(body, URL, NOW))


def read_table(body: bytes, at: datetime) -> PageContent:
    return daily_table.parse_table(Page(body, "file:looks.jsonl", at))


def statements(content: PageContent, reader: int = 0) -> list[Statement]:
    return [statement_of(item, READERS[reader], NOW).statement for item in content.items]


def rows_of(body: bytes) -> list[dict[str, Any]]:
    return list(json.loads(body)["response"]["data"]["dlt_srchResult"])


def changed(body: bytes, change: dict[str, Any], position: int = 0) -> bytes:
    """The page with some fields of one row changed."""
    page = json.loads(body)
    page["response"]["data"]["dlt_srchResult"][position] |= change
    return json.dumps(page).encode()


def details(item: ListingItem) -> Details:
    assert item.details is not None
    return item.details


def test_rows_become_lots() -> None:
    content = read_list(PAGE_2)
    assert [item.source_id for item in content.items] == list(
        dict.fromkeys(r["groupmaemulser"] for r in rows_of(PAGE_2))
    )
    assert (len(content.items), len(rows_of(PAGE_2)), content.refused, content.stated_count) == (4, 15, [], 708)


def test_start_is_the_floor_of_the_coming_sale_not_of_the_one_before() -> None:
    for lot in statements(read_list(PAGE_2)):
        (row,) = [row for row in rows_of(PAGE_2) if row["srnSaNo"] == lot.case_number][:1]
        assert lot.starting_price == int(row["notifyMinmaePrice1"]) < int(row["minmaePrice"])
        assert lot.appraisal_price is not None
        assert round(lot.starting_price * 100 / lot.appraisal_price) in {34, 49}  # after three and two falls of 30 %


def test_won_has_no_minor_unit() -> None:
    assert statements(read_list(PAGE_2))[0].starting_price == 799_540_000


def test_round_follows_from_the_failed_sales() -> None:
    rounds = [(lot.round_kind, lot.round_number) for lot in statements(read_list(FLATS))]
    assert rounds == [
        (RoundKind.FIRST_AUCTION, 1),
        (RoundKind.SECOND_AUCTION, 2),
        (RoundKind.RE_AUCTION, 4),
        (RoundKind.SECOND_AUCTION, 2),
        (RoundKind.THIRD_AUCTION, 3),
    ]
    assert DIALECT.round_labels["유찰 14회"] is RoundKind.LATER_AUCTION


def test_sale_is_at_ten_thirty_in_korea() -> None:
    lots = statements(read_list(FLATS))
    assert lots[0].starts_at == datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
    assert lots[4].starts_at is None  # a day without its hour
    assert json.loads(lots[4].raw or "")["maeGiil"] == "20260715"


def test_only_a_sold_lot_has_a_price_of_sale() -> None:
    sold = [lot for lot in statements(read_list(FLATS)) if lot.status is RoundStatus.SOLD]
    assert [(lot.hammer_price, lot.starting_price) for lot in sold] == [(251_000_000, None)]
    assert [lot.status for lot in statements(read_list(PAGE_2))] == [None] * 4


def test_lot_that_began_on_the_page_before_tells_no_title() -> None:
    first = read_list(PAGE_2).items[0]
    assert rows_of(PAGE_2)[0]["mokmulSer"] == "2"
    assert (first.title, first.address, first.floor_area_raw) == (None, None, None)
    assert first.city_raw == "양주시"


def test_lot_that_may_go_on_is_not_taken_for_a_single_flat() -> None:
    page = json.loads(FLATS)
    page["response"]["data"]["dma_pageInfo"]["totalCnt"] = "6"
    *others, last = read_list(json.dumps(page).encode()).items
    assert (details(last).appraisal_scope, last.floor_area_raw) == (None, None)
    assert {details(item).appraisal_scope for item in others} == {AppraisalScope.UNIT}


def test_members_are_buildings_and_never_parcels() -> None:
    house = read_list(PAGE_2).items[1]
    buildings = [row for row in rows_of(PAGE_2) if row["srnSaNo"] == "2024타경89197" and row["lclsUtilCd"] == "20000"]
    assert len(details(house).members) == len(buildings) == 2
    assert [member.floor_area_raw for member in details(house).members] == [
        "97.2㎡",
        None,
    ]  # two floors are not added up


def test_share_is_read_and_its_owner_is_not() -> None:
    content = read_list(FLATS)
    assert statements(content)[1].share == "1/2"
    stored = json.dumps([item._asdict() for item in content.items + read_list(PAGE_2).items], ensure_ascii=False)
    assert "×××" in FLATS.decode()
    assert "×××" not in stored
    assert "redacted" not in stored


@pytest.mark.parametrize("code", ["boCd", "saNo", "maemulSer", "mokmulSer", "groupmaemulser"])
def test_row_without_its_lot_is_refused_and_the_others_read(code: str) -> None:
    content = read_list(changed(FLATS, {code: ""}))
    assert (len(content.items), [row.position for row in content.refused]) == (4, [1])


def test_use_that_no_table_knows_refuses_the_lot() -> None:
    content = read_list(changed(FLATS, {"dspslUsgNm": "목욕탕"}))
    with pytest.raises(Exception, match="unknown label '목욕탕'"):
        statement_of(content.items[0], READERS[0], NOW)
    assert statements(read_list(FLATS))[0].property_kind is PropertyKind.FLAT


def test_ban_with_status_200_is_a_refusal_even_beside_rows() -> None:
    page = json.loads(PAGE_2)
    page["response"]["data"]["ipcheck"] = False
    with pytest.raises(Blocked):
        read_list(json.dumps(page).encode())


def test_no_rows_are_empty_only_where_none_are_counted() -> None:
    page = json.loads(PAGE_2)
    page["response"]["data"]["dlt_srchResult"] = []
    with pytest.raises(EmptyShell):
        read_list(json.dumps(page).encode())
    page["response"]["data"]["dma_pageInfo"]["groupTotalCount"] = 0
    assert read_list(json.dumps(page).encode()) == PageContent(stated_count=0)


def test_answer_reads_the_same_with_and_without_its_request() -> None:
    assert read_list(json.dumps(json.loads(PAGE_2)["response"]).encode()) == read_list(PAGE_2)


@pytest.mark.parametrize("value", [None, 7, [], {}, "x" * 5000])
@pytest.mark.parametrize("field", ["yuchalCnt", "gamevalAmt", "maeGiil", "srnSaNo", "printSt", "maejibun", "mulBigo"])
def test_a_strange_value_hurts_its_own_lot_only(field: str, value: object) -> None:
    content = read_list(changed(FLATS, {field: value}))
    assert len(content.items) + len(content.refused) == 5
    assert content.items[-4:] == read_list(FLATS).items[-4:]


def test_source_is_read_from_files_only() -> None:
    assert "never crawled" in SPEC.robots
    assert not [follow for body in (PAGE_2, FLATS) for follow in read_list(body).follows]


# The daily table ---------------------------------------------------------------------------------------------------


def test_floor_of_the_table_is_one_round_behind_and_not_taken() -> None:
    rows = [json.loads(line) for line in ONE_LOOK.splitlines()]
    assert {"0회", "2회", "3회"} <= {row["failed_count_shown"] for row in rows}
    for row, item in zip(rows, read_table(ONE_LOOK, NOW).items, strict=True):
        assert (item.starting_price_raw, item.words["low_krw"]) == (None, row["low_krw"])
        assert row["failed_count_shown"] != "0회" or row["low_krw"] == item.appraisal_price_raw


def test_a_lot_that_moves_to_its_second_sale_does_not_keep_the_start_of_the_first(tmp_path: Path) -> None:
    """Pyeongtaek, 2025타경42822 in two looks of 2026: nobody bid, and the table tells the floor before."""
    first = {
        "snapshot": "2026-07-10T22:58:50+00:00",
        "case_no": "2025타경42822",
        "court": "평택지원",
        "address": "경기도 평택시 포승읍 내기리 23-5",
        "area": "114~367㎡·34~111평",
        "appraisal_krw": 901494240,
        "low_krw": 901494240,
        "discount_pct_shown": 0,
        "failed_count_shown": "0회",
        "sale_date": "20260713",
    }
    second = first | {
        "snapshot": "2026-08-07T22:32:35+00:00",
        "failed_count_shown": "1회",
        "sale_date": "20260824",
    }
    file = tmp_path / "looks.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in (first, second)), "utf-8")
    history = history_of(tmp_path, file)
    assert [(row.round_number, row.starting_price, row.appraisal_price) for row in history] == [
        (1, None, 901_494_240),
        (2, None, 901_494_240),
    ]


def test_lots_move_to_the_next_round_under_the_same_id() -> None:
    first = read_table(LOOKS, datetime(2026, 7, 20, tzinfo=UTC))
    second = read_table(LOOKS, datetime(2026, 8, 20, tzinfo=UTC))
    assert {item.source_id for item in first.items} == {item.source_id for item in second.items}
    assert [lot.round_number for lot in statements(first, 1)] == [4] * 4
    assert [lot.round_number for lot in statements(second, 1)] == [5] * 4
    assert {str(lot.ended_on) for lot in statements(second, 1)} == {"2026-08-24"}


def test_rows_of_another_look_are_passed_over() -> None:
    content = read_table(LOOKS, datetime(2026, 8, 20, tzinfo=UTC))
    assert (content.refused, content.passed_over) == ([], {1, 2, 3, 4})


def test_looks_of_a_file_are_instants_in_their_order() -> None:
    """00:01 on 07-11 in Korea is before 22:58 on 07-10 in UTC."""
    korean = LOOKS.replace(b"2026-08-07T22:32:35+00:00", b"2026-07-11T00:01:46+09:00")
    assert [str(look) for look in daily_table.looks_in(korean)] == [
        "2026-07-10 15:01:46+00:00",
        "2026-07-10 22:58:50+00:00",
    ]
    assert read_table(korean, datetime(2026, 7, 20, tzinfo=UTC)).passed_over == {5, 6, 7, 8}
    assert [str(look.date()) for look in daily_table.looks_in(ONE_LOOK)] == ["2026-07-10"]
    assert daily_table.looks_in(b"[" * 100_000 + b"\n\xff") == []


def test_a_line_that_cannot_be_read_is_refused_once_in_a_file_of_several_looks() -> None:
    body = LOOKS + b"no line\n"
    refused = [read_table(body, look).refused for look in daily_table.looks_in(body)]
    assert [[row.position for row in rows] for rows in refused] == [[9], []]


def history_of(folder: Path, file: Path) -> Sequence[Any]:
    """The observations that a capture of a file leaves in a database, in order of time."""
    engine = open_engine(f"sqlite:///{folder}/fapai.sqlite")
    upgrade(engine)
    results = list(Capture(engine, folder / "pages", [file]))
    assert not any(result.refused for result in results)
    with reading(engine) as connection:
        history = connection.execute(select(OBSERVATION).order_by(OBSERVATION.c.observed_at)).all()
    engine.dispose()
    return history


def test_all_looks_of_a_file_are_history_without_being_told_when_they_were_seen(tmp_path: Path) -> None:
    history = history_of(tmp_path, FIXTURES / "daily_table" / "four-lots-move-to-the-next-round" / "input.jsonl")
    assert [(row.observed_at.month, row.round_number) for row in history] == [(7, 4)] * 4 + [(8, 5)] * 4


def test_four_units_of_one_case_are_four_lots() -> None:
    items = read_table(LOOKS, NOW).items
    assert {details(item).case_number for item in items} == {"2025타경41814"}
    assert len({item.source_id for item in items}) == 4
    assert statements(read_table(LOOKS, NOW), 1)[0].seller_kind is SellerKind.COURT


def test_a_range_of_areas_is_no_area() -> None:
    areas = {item.words["area"]: item.floor_area_raw for item in read_table(LOOKS, NOW).items}
    assert areas == {"991~1090㎡·300~330평": None, "120㎡·36.3평": "120㎡"}


def test_nested_lines_are_refused_and_do_not_reach_the_stack() -> None:
    content = read_table(copy.copy(ONE_LOOK) + b"[" * 1_000_000, NOW)
    assert (len(content.items), len(content.refused)) == (17, 1)
    with pytest.raises(LayoutChanged):
        read_table(b"[" * 1_000_000, NOW)
