"""Pages of a megabyte that hold nothing but small things: refused by name before they fill the memory."""

from datetime import UTC, datetime

import pytest

from crawler.errors import LayoutChanged
from crawler.page import Page
from crawler.parsers.html import select
from crawler.sources import find_reader

AT = datetime(2026, 11, 1, tzinfo=UTC)
TAIWAN_HEAD = "snapshot_week,court_code,case_no,type,auction_round,auction_date,location,min_price_ntd\n"
GYEONGGI_ROW = '{"snapshot": "2026-07-11T00:00:00+00:00", "low_krw": 1}\n'


def parse(reader: str, body: str, content_type: str = "text/csv") -> object:
    return find_reader(reader).parse(Page(body.encode(), "https://example.org/file", AT, content_type, 200))


def test_markup_of_a_quarter_million_tags_is_refused_before_a_tree_is_made():
    with pytest.raises(LayoutChanged, match="250000 tags"):
        select("<p>x" * 250_000, source="ali_assets", url="https://example.org/")


def test_a_page_with_more_tags_than_any_seen_is_still_read():
    assert len(select("<p>x" * 20_000, source="ali_assets", url="https://example.org/").css("p")) == 20_000


def test_half_a_million_rows_of_a_weekly_table_are_refused():
    with pytest.raises(LayoutChanged, match="500001 lines"):
        parse("tw_judicial.weekly_rows", TAIWAN_HEAD + "1\n" * 500_000)


def test_half_a_million_lines_of_a_daily_table_are_refused():
    with pytest.raises(LayoutChanged, match="500001 lines"):
        parse("kr_courtauction.daily_table", GYEONGGI_ROW + "1\n" * 500_000, "application/json")


def test_a_code_that_is_a_list_is_told_without_its_content():
    with pytest.raises(LayoutChanged) as refusal:
        parse("jd_assets.announcement", '{"code": ' + "[" * 500 + "]" * 500 + "}", "application/json")
    assert refusal.value.reason.startswith("code list")
