"""Open data of Hong Kong as series: negative equity of mortgages, price and rent indices."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import Blocked, LayoutChanged
from crawler.items import PageContent
from crawler.page import Page
from crawler.parsers import hk_rvd, hkma
from store.statement import SeriesPoint

FIXTURES = Path(__file__).parents[3] / "fixtures"
MONTHLY = "https://www.rvd.gov.hk/datagovhk/1.4M.csv"


def page_of(body: bytes | str, url: str, status: int = 200) -> Page:
    return Page(body if isinstance(body, bytes) else body.encode(), url, datetime(2026, 6, 8, tzinfo=UTC), "", status)


def parse_case(case: str) -> PageContent:
    folder = FIXTURES / case
    (body,) = folder.glob("input.*")
    page = page_of(body.read_bytes(), json.loads((folder / "meta.json").read_text("utf-8"))["url"])
    return hkma.parse(page) if case.startswith("hkma") else hk_rvd.parse(page)


def points_of(content: PageContent) -> dict[tuple[str, str], SeriesPoint]:
    assert content.context is not None
    return {(point.series, point.period): point for point in content.context.points}


def test_five_quarters_are_thirty_points() -> None:
    content = parse_case("hkma/negative_equity/five-quarters")
    points = points_of(content)
    assert (len(points), content.refused, content.items, content.follows) == (30, [], [], [])
    newest = {series: point.value for (series, period), point in points.items() if period == "2025-Q1"}
    assert newest == {
        "hkma.negative_equity.loans": 40_741,
        "hkma.negative_equity.loans_share": 6.88,  # a text in the answer
        "hkma.negative_equity.amount": 205_881,
        "hkma.negative_equity.amount_share": 10.95,
        "hkma.negative_equity.unsecured_amount": 16_402,
        "hkma.negative_equity.loan_to_value": 1.09,
    }
    assert points["hkma.negative_equity.amount", "2024-Q1"].unit == "million HKD"


def test_a_quarter_that_is_not_as_known_hurts_no_other() -> None:
    content = parse_case("hkma/negative_equity/records-that-are-not-as-known")
    told = {key: point.value for key, point in points_of(content).items()}
    assert told == {
        ("hkma.negative_equity.loans", "2026-Q1"): 1000,
        ("hkma.negative_equity.loan_to_value", "2026-Q1"): 1.05,  # the share is null: not told, not 0
    }
    assert [row.position for row in content.refused] == [2, 3, 4, 5]


def test_a_full_page_of_quarters_leads_to_the_next() -> None:
    records = [{"end_of_quarter": f"{1000 + n}-Q1", "outstanding_loans": n} for n in range(hkma.PAGE_SIZE)]
    body = json.dumps({"header": {"success": True}, "result": {"records": records}})
    (follow,) = hkma.parse(page_of(body, hkma.list_page().url)).follows
    assert follow.url == f"{hkma.API_URL}?pagesize=1000&offset=1000"
    assert hkma.parse(page_of(body, "file:saved.json")).follows == []


def test_months_stand_with_their_classes_and_a_dash_is_no_value() -> None:
    points = points_of(parse_case("hk_rvd/index/price-index-by-month"))
    assert points["hk_rvd.price_index.monthly.class_a", "1993-01"].value == 90.4
    assert points["hk_rvd.price_index.monthly.all_classes", "1993-03"].value == 86.0
    of_class_e = {period: point.value for (series, period), point in points.items() if series.endswith("class_e")}
    assert of_class_e == {"1993-02": 77.3}  # - and a blank say nothing; Z is a remark on few transactions


def test_quarters_of_the_raw_file_and_of_the_long_form_are_one_series() -> None:
    points = points_of(parse_case("hk_rvd/index/rent-index-by-quarter"))
    assert points["hk_rvd.rent_index.quarterly.class_a", "1979-Q4"].value == 25.6
    assert points["hk_rvd.rent_index.quarterly.classes_a_b_c", "1980-Q1"].value == 30.8


def test_a_line_that_is_not_as_known_hurts_no_other() -> None:
    content = parse_case("hk_rvd/index/lines-that-are-not-as-known")
    assert set(points_of(content)) == {
        ("hk_rvd.price_index.monthly.class_a", "2026-01"),
        ("hk_rvd.price_index.monthly.all_classes", "2026-01"),
    }
    assert [row.position for row in content.refused] == [4, 5, 6, 7, 8]


def test_a_saved_file_is_known_by_its_name_and_a_long_form_is_not() -> None:
    assert hk_rvd.recognises(page_of("", "file:1.3Q.csv"))
    assert hk_rvd.recognises(page_of("", "https://www.rvd.gov.hk/datagovhk/1.3Q.csv?v=2"))
    assert not hk_rvd.recognises(page_of("", "file:rvd_price_index_quarterly.csv"))
    assert not hk_rvd.recognises(page_of("", "file:11.3Q.csv"))


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_is_blocked(status: int) -> None:
    for parse, url in ((hkma.parse, hkma.API_URL), (hk_rvd.parse, MONTHLY)):
        with pytest.raises(Blocked):
            parse(page_of("", url, status))


BROKEN = [
    b"",
    b"[" * 10_000_000,
    b"\xff\xfe\x00\x01",
    b"null",
    b"[1]",
    b'{"header": {"success": "true"}, "result": {"records": []}}',
    b'{"header": {"success": true}, "result": {"records": {}}}',
    b'{"header": {"success": true}}',
    b"<html>captcha</html>",
    b"a\n" + b'"' * 99 + b"\n",
    b"title\nMonth,Class A\n",
    b"title\nMonth,Class A,Class B\n",
    b"title\nYear,Class A,Class A - Remarks\n",
    b"title\n" + b"Month,Class A,Class A - Remarks," * 5 + b"\n01-2026\0,1,\n",
]


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_such_answer_is_a_changed_layout(body: bytes) -> None:
    for parse, url in ((hkma.parse, hkma.API_URL), (hk_rvd.parse, MONTHLY)):
        with pytest.raises(LayoutChanged) as caught:
            parse(page_of(body, url))
        assert caught.value.url == url
