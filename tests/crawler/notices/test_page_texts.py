"""Fifty-three page texts of Alibaba against what a person read in them."""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crawler.items import Dialect, ListingItem
from crawler.normalize.details import read_extras
from crawler.normalize.record import normalize
from crawler.notices import ROUND_LABELS, STATUS_LABELS, NoticeReading, read_notice
from store.terms import Answer, Currency, FactKind

FOLDER = Path(__file__).parents[3] / "fixtures" / "notices" / "ali-page-texts"
TEXTS = {each["id"]: each["text"] for each in json.loads((FOLDER / "texts.json").read_text("utf-8"))}
EXPECTED: dict[str, dict[str, str | None]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
DIALECT = Dialect(Currency.CNY, "Asia/Shanghai", "CN", round_labels=ROUND_LABELS, status_labels=STATUS_LABELS)
SEEN = datetime(2026, 3, 13, tzinfo=UTC)


def yuan(raw: Any) -> Decimal | None:
    if raw is None:
        return None
    number, unit = re.fullmatch(r"([\d,.]+)(万?)元", raw).groups()  # type: ignore[union-attr]
    return Decimal(number.replace(",", "")) * (10_000 if unit else 1)


def square_metres(raw: Any) -> Decimal | None:
    return None if raw is None else Decimal(re.match(r"[\d,.]+", raw)[0].replace(",", ""))  # type: ignore[index]


FIELDS: dict[str, Callable[[NoticeReading], Any]] = {
    "case_number": lambda reading: reading.details.case_number,
    "appraisal_price": lambda reading: yuan(reading.listing.get("appraisal_price_raw")),
    "floor_area": lambda reading: square_metres(reading.listing.get("floor_area_raw")),
    "round": lambda reading: reading.listing.get("round_raw"),
    "result": lambda reading: {"已成交": "sold", "已流拍": "failed"}.get(str(reading.listing.get("status_raw"))),
    "hammer_price": lambda reading: yuan(reading.listing.get("hammer_price_raw")),
}
NUMBERS = {"appraisal_price", "floor_area", "hammer_price"}


class Score(NamedTuple):
    precision: float
    recall: float
    misses: list[tuple[str, Any, Any]]


def score(field: str) -> Score:
    """Precision over what was read, recall over what a person found, and every text where the two differ."""
    right, read_count, told_count = 0, 0, 0
    misses = []
    for lot_id, text in TEXTS.items():
        told: Any = EXPECTED[lot_id][field]
        told = Decimal(told) if told is not None and field in NUMBERS else told
        read = FIELDS[field](read_notice(text))
        read_count += read is not None
        told_count += told is not None
        right += told is not None and read == told
        if read != told:
            misses.append((lot_id, told, read))
    return Score(right / read_count, right / told_count, misses)


def item_of(text: str) -> ListingItem:
    reading = read_notice(text)
    return ListingItem(source_id="1", words={}, details=reading.details, **reading.listing)  # type: ignore[arg-type]


def test_every_text_has_an_expectation() -> None:
    assert TEXTS.keys() == EXPECTED.keys()
    assert len(TEXTS) == 53


@pytest.mark.parametrize("field", FIELDS)
def test_field_is_read_as_a_person_reads_it(field: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = score(field)
    with capsys.disabled():
        for lot_id, told, read in found.misses:
            sys.stdout.write(f"\n{field} of {lot_id}: a person read {told!r}, the reader {read!r}\n")
    assert found.precision >= 0.98
    assert found.recall >= 0.95


@pytest.mark.parametrize("lot_id", TEXTS)
def test_everything_read_is_accepted_by_the_normaliser(lot_id: str) -> None:
    item = item_of(TEXTS[lot_id])
    assert item.details is not None
    statement = normalize(item, DIALECT, SEEN)
    assert statement.starting_price is not None
    assert statement.seller_name is not None
    read_extras(item.details, DIALECT, SEEN)


@pytest.mark.parametrize("lot_id", TEXTS)
def test_every_quote_stands_in_the_text(lot_id: str) -> None:
    text = "".join(TEXTS[lot_id].split())
    for fact in read_notice(TEXTS[lot_id]).details.facts:
        assert "".join(fact.quote.split()) in text
        assert 0 < len(fact.quote) <= 300


ARREARS = {
    # Read by a person, 2026-11: the buyer pays, the seller pays, or it is left open; the other 30 texts say nothing.
    Answer.YES: """564300723015 571317143035 570993088158 574609156807 575418825731 578584562905 590686980590
        626830589668 626391223007 625877061550 630154674435 629758010044 629894533905 629556044453 630603229039
        630283416029 629862666367 629766626928 629113572259 629166856111 915788307470""",
    Answer.NO: "624819358486",
    Answer.NOT_KNOWN: "629256245622",
}


def test_arrears_are_told_as_a_person_reads_them_in_every_text() -> None:
    told = {lot_id: answer for answer, lot_ids in ARREARS.items() for lot_id in lot_ids.split()}
    read = {
        lot_id: fact.answer
        for lot_id, text in TEXTS.items()
        for fact in read_notice(text).details.facts
        if fact.kind is FactKind.ARREARS
    }
    assert len(told) == 23
    assert read == told


def test_lots_of_several_units_are_those_that_a_person_counts() -> None:
    titles = {lot_id: read_notice(text).listing.get("title") for lot_id, text in TEXTS.items()}
    titles["629758010044"] = "北京市东城区广渠门内大街80号9层912、915"
    counts = {
        lot_id: count
        for lot_id, text in TEXTS.items()
        if (count := read_notice(text, titles[lot_id]).details.unit_count_raw)  # type: ignore[arg-type]
    }
    assert counts == {"630259674310": "2", "571317143035": "2", "629758010044": "2"}


def test_of_the_homes_of_one_appraisal_two_that_the_title_names_are_counted_without_the_area_of_all() -> None:
    text = TEXTS["569725060697"].partition("【拍卖主信息】")[0]
    for rooms, count in (("402室", None), ("401室、402室", "2")):
        reading = read_notice(text, f"小区27号楼{rooms}")
        assert (reading.details.members, reading.details.unit_count_raw) == ((), count)
    assert "floor_area_raw" not in reading.listing


def test_homes_of_a_list_are_members_where_the_title_names_as_many() -> None:
    text = "拍卖标的：5号楼401室、402室。建筑面积:5号楼401室110.62㎡、402室98.45㎡。"
    details = read_notice(text, "小区5号楼401室、402室").details
    assert [each.title for each in details.members] == ["5号楼401室", "5号楼402室"]
    assert details.unit_count_raw == "2"


def test_one_flat_of_an_appraisal_of_many_gets_its_own_area_and_no_members() -> None:
    reading = read_notice(TEXTS["570038203095"])  # 27号楼401室, after a list of six flats
    assert reading.listing["floor_area_raw"] == "110.62㎡"
    assert reading.details.members == ()
    assert reading.details.unit_count_raw is None


def test_homes_of_a_list_are_members_where_the_title_names_none_of_them() -> None:
    text = TEXTS["569725060697"].partition("【拍卖主信息】")[0]
    reading = read_notice(text, "名下的六套住宅")
    assert [(each.title, each.floor_area_raw) for each in reading.details.members] == [
        ("31号楼404室", "110.62㎡"),
        ("29号楼404室", "109.83㎡"),
        ("27号楼404室", "110.62㎡"),
        ("27号楼402室", "109.93㎡"),
        ("27号楼401室", "110.62㎡"),
        ("17号401室", "98.45㎡"),
    ]
    assert reading.details.unit_count_raw == "6"


def test_rows_of_a_table_are_members() -> None:
    text = TEXTS["570560287331"].partition("【拍卖主信息】")[0]
    members = read_notice(text, "名下27套住宅及4套商业用房").details.members
    assert len(members) == 31
    assert (members[0].title, members[0].floor_area_raw) == ("23号楼302室", "123.67")
    assert (members[-1].title, members[-1].floor_area_raw) == ("商业1号楼B45室", "92.56")


def test_of_the_homes_of_one_appraisal_the_one_of_the_title_is_the_listing() -> None:
    text = TEXTS["569545330588"].partition("【拍卖主信息】")[0]
    reading = read_notice(text, "某小区20号楼102室")
    assert (reading.listing["floor_area_raw"], reading.details.members) == ("141.16", ())
    assert reading.details.unit_count_raw is None


def test_where_no_title_tells_which_home_is_on_sale_none_of_their_areas_is_taken() -> None:
    """The area of an estate beside the price of a flat would be a bargain that is none."""
    text = TEXTS["569545330588"].partition("【拍卖主信息】")[0]
    for title in (None, "另一小区9号楼9999室"):
        reading = read_notice(text, title)
        assert "floor_area_raw" not in reading.listing
        assert (reading.details.members, reading.details.unit_count_raw) == ((), None)


def test_two_buildings_that_the_text_does_not_sum_have_no_area() -> None:
    assert "floor_area_raw" not in read_notice(TEXTS["629862666367"]).listing  # 1886.25 and 654.5


def test_fields_of_one_page_are_read_together() -> None:
    reading = read_notice(TEXTS["629113572259"])
    assert dict(reading.listing) == {
        "title": "荣成市凤凰小区336号楼1907室",
        "round_raw": "一拍",
        "status_raw": "已成交",
        "seller_name": "荣成市人民法院",
        "starting_price_raw": "228,728.97元",
        "hammer_price_raw": "228,728.97元",
        "appraisal_price_raw": "326,755.67元",
        "starts_at_raw": "2020-11-16 10:00:00",
        "ends_at_raw": "2020-11-17 10:00:00",
        "floor_area_raw": "75.60平方米",
    }
    details = reading.details
    assert (details.case_number, details.floor, details.intended_use) == ("(2020)鲁1082执恢649号", "19", "住宅")
    assert (details.deposit_raw, details.increment_raw) == ("45,745元", "2,000元")
    assert (details.bidding_period_raw, details.extension_raw) == ("1天", "5分钟")
    assert {fact.kind: fact.answer for fact in details.facts} == {
        FactKind.VACANT_HANDOVER: Answer.NO,
        FactKind.BUYER_BEARS_ALL_TAXES: Answer.NO,
        FactKind.ARREARS: Answer.YES,
        FactKind.PRE_EMPTION: Answer.NO,
        FactKind.VIEWING: Answer.NO,
    }
