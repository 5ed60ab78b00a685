"""Alibaba judicial auctions: the rules behind the fields, on recorded pages."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import Blocked, LayoutChanged, LoginRequired, RowRefused
from crawler.intake.arrived import CapturedPage
from crawler.intake.files import read_paths
from crawler.items import PageContent
from crawler.page import Page
from crawler.parsers.ali_judicial import READERS, SPEC, list_json, read_card, refusal
from crawler.parsers.ali_judicial.dialect import DIALECT
from store.terms import RoundKind, RoundStatus

FIXTURES = Path(__file__).parents[3] / "fixtures" / "ali_judicial"
NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
LIST_URL = "https://sf.taobao.com/item_list.htm?page=1"
JSON_READER, CARD_READER = READERS[:2]


def body_of(case: str) -> bytes:
    (path,) = (FIXTURES / case).glob("input.*")
    return path.read_bytes()


def read_json(body: bytes, url: str = LIST_URL) -> PageContent:
    return JSON_READER.parse(Page(body, url, NOW))


def next_pages(content: PageContent) -> list[str]:
    return [follow.url for follow in content.follows if follow.is_next_page]


def read_cards(case: str) -> PageContent:
    return CARD_READER.parse(Page(body_of(f"list_cards/{case}"), "file:saved.html", NOW))


CARD_CASES = [
    ("upcoming-quanzhou-2026-08-31", 20),
    ("ended-quanzhou-2026-08-31", 11),
    ("upcoming-fuzhou-2026-08-31", 15),
    ("ended-fuzhou-2026-08-31", 15),
    ("ended-2026-09-01-one-still-running", 14),
    ("cards-2026-08-27-with-estate-names", 24),
]


@pytest.mark.parametrize(("case", "count"), CARD_CASES)
def test_every_recorded_card_is_read_with_labels_that_the_tables_hold(case: str, count: int) -> None:
    content = read_cards(case)
    assert (len(content.items), content.refused) == (count, [])
    for item in content.items:
        assert item.status_raw in DIALECT.status_labels
        assert item.loan_raw is None or item.loan_raw in DIALECT.loan_labels
        assert item.appraisal_price_raw or item.market_price_raw
        assert item.is_price_exact is False


def test_starting_price_of_the_list_is_told_only_while_nobody_has_bid() -> None:
    items = read_json(body_of("list_json/front-page-2018-with-six-blocks")).items
    with_bids = [item for item in items if item.bid_count_raw]
    assert len(with_bids) == 18
    assert all(item.starting_price_raw is None for item in with_bids)
    assert all(item.words["initialPrice"] == item.words["currentPrice"] for item in with_bids)
    assert all(item.starting_price_raw is not None for item in items if not item.bid_count_raw)


def test_zero_is_no_appraisal_and_no_market_price() -> None:
    items = {item.source_id: item for item in read_json(body_of("list_json/front-page-2018-with-six-blocks")).items}
    land = items["567102015852"]
    assert (land.appraisal_price_raw, land.market_price_raw) == (None, 258123.0)
    bankrupt = items["566938824574"]
    assert (bankrupt.appraisal_price_raw, bankrupt.market_price_raw) == (None, None)


def test_html_entities_in_titles_are_decoded() -> None:
    titles = [item.title for item in read_json(body_of("list_json/front-page-2018-with-six-blocks")).items]
    assert "淮南市田家庵区山南新区志高新城·凯旋首府5栋104室住房" in titles
    assert not any("&" in title for title in titles if title)


def test_page_in_gbk_reads_as_the_same_page_in_utf_8() -> None:
    in_gbk = body_of("list_json/list-page-in-gbk")
    in_utf_8 = in_gbk.decode("gbk").encode()
    assert in_gbk != in_utf_8
    assert read_json(in_gbk) == read_json(in_utf_8)


def test_words_hold_nothing_that_changes_with_every_look() -> None:
    items = read_json(body_of("list_json/sell-offs-of-2020-with-next-page")).items
    volatile = {"viewerCount", "timeToStart", "timeToEnd", "xmppVersion", "trackParams"}
    assert not any(volatile & item.words.keys() for item in items)


STATUS_OF_LABEL = [
    ("todo", 0, RoundStatus.UPCOMING),
    ("doing", 3, RoundStatus.ONGOING),
    ("done", 1, RoundStatus.SOLD),
    ("done", 0, RoundStatus.ENDED),
    ("done", None, RoundStatus.ENDED),
    ("failure", 0, RoundStatus.FAILED),
    ("break", 0, RoundStatus.SUSPENDED),
    ("revocation", 0, RoundStatus.WITHDRAWN),
]


def one_row(**changes: object) -> bytes:
    row = json.loads(body_of("list_json/items-saved-without-their-page"))["data"][0]
    return json.dumps([row | changes]).encode()


@pytest.mark.parametrize(("status", "bids", "expected"), STATUS_OF_LABEL)
def test_status_code_and_bids_together_tell_the_status(status: str, bids: int | None, expected: RoundStatus) -> None:
    (item,) = read_json(one_row(status=status, bidCount=bids)).items
    assert item.status_raw is not None
    assert DIALECT.status_labels[item.status_raw] is expected
    assert (item.hammer_price_raw is not None) == (expected is RoundStatus.SOLD)


def test_a_status_that_is_only_told_stays_out_of_the_table() -> None:
    (item,) = read_json(one_row(status="closed")).items
    assert item.status_raw not in DIALECT.status_labels


ROUND_OF_TITLE = [
    ("【第一次拍卖】合肥市某路1号", RoundKind.FIRST_AUCTION),
    ("【第一次】合肥市某路1号", RoundKind.FIRST_AUCTION),
    ("【第二次拍卖】（二拍）合肥市某路1号", RoundKind.SECOND_AUCTION),
    ("【第三次】【西部拍卖】合肥市某路1号", RoundKind.THIRD_AUCTION),
    ("【再次拍卖】（破）合肥市某路1号", RoundKind.REPEAT_AUCTION),
    ("【重新拍卖】合肥市某路1号", RoundKind.RE_AUCTION),
    ("【VR全景】【变卖】合肥市某路1号", RoundKind.SELL_OFF),
]


@pytest.mark.parametrize(("title", "expected"), ROUND_OF_TITLE)
def test_round_is_read_from_the_prefix_of_the_title(title: str, expected: RoundKind) -> None:
    (item,) = read_json(one_row(title=title, sellOff=False)).items
    assert item.round_raw is not None
    assert DIALECT.round_labels[item.round_raw] is expected
    assert item.title == title


@pytest.mark.parametrize(
    "title", ["【红旗VR】小型轿车", "（破）国泰广场", "（最后一拍）石狮市南洋路", "变卖行旧址1号", "合肥市某路【变卖】"]
)
def test_other_brackets_tell_no_round(title: str) -> None:
    (item,) = read_json(one_row(title=title, sellOff=False)).items
    assert item.round_raw is None


def test_a_round_that_was_never_seen_is_passed_on_to_be_signalled() -> None:
    (item,) = read_json(one_row(title="【第四次拍卖】合肥市某路1号", sellOff=False)).items
    assert item.round_raw == "第四次拍卖"
    assert item.round_raw not in DIALECT.round_labels


def test_items_of_the_asset_side_belong_to_another_source() -> None:
    assert read_json(one_row(id=1, itemUrl="//zc-item.taobao.com/auction/1.htm")) == PageContent(passed_over={1})
    items = read_json(body_of("list_json/each-status-and-round-prefix")).items
    assert "900000000011" not in [item.source_id for item in items]


def test_each_card_of_a_page_of_both_sides_is_read_refused_or_counted_as_the_other_sources() -> None:
    content = read_cards("court-cards-among-asset-cards")
    assert [item.source_id for item in content.items] == ["1080815552076", "1077886071541"]
    assert [(row.position, row.source_id) for row in content.refused] == [(4, "1080814864251")]
    assert content.passed_over == {1, 3, 6}
    assert {item.source for item in content.items} == {None}
    assert all("zc-item" not in follow.url for follow in content.follows)


def test_each_row_of_a_list_of_both_sides_is_accounted_for() -> None:
    content = read_json(body_of("list_json/each-status-and-round-prefix"))
    assert len(content.passed_over) == 1
    positions = content.passed_over | {row.position for row in content.refused}
    assert len(content.items) + len(positions) == 11


def test_a_page_of_asset_cards_alone_is_empty_for_the_courts_and_not_a_refusal() -> None:
    body = body_of("list_cards/court-cards-among-asset-cards").replace(
        b"sf-item.taobao.com/sf_item/", b"zc-item.taobao.com/auction/"
    )
    content = CARD_READER.parse(Page(body, "https://zc-paimai.taobao.com/wow/pm/default/pc/zichansearch?page=1", NOW))
    assert (content.items, content.refused, content.passed_over) == ([], [], {1, 2, 3, 4, 5, 6})


CLOCKS = [
    ("list_json/front-page-2018-with-six-blocks", datetime(2018, 5, 6, 10, 1, 50, tzinfo=UTC)),
    ("list_json/sell-offs-of-2020-with-next-page", datetime(2020, 10, 11, 0, 7, 35, 103_000, tzinfo=UTC)),
    ("list_json/items-saved-without-their-page", datetime(2020, 10, 11, 0, 7, 35, 100_000, tzinfo=UTC)),
    ("list_json/each-status-and-round-prefix", None),  # put together of rows of different days
    ("list_json/nothing-found", None),
]


@pytest.mark.parametrize(("case", "clock"), CLOCKS)
def test_rows_that_tell_how_long_ago_they_began_tell_when_the_page_was_written(
    case: str, clock: datetime | None
) -> None:
    assert list_json.generated_on(body_of(case)) == clock


def test_a_saved_front_page_is_dated_by_its_rows_whatever_its_name_says(tmp_path: Path) -> None:
    saved = tmp_path / "front-page-2021-01-01.html"
    saved.write_bytes(body_of("list_json/front-page-2018-with-six-blocks"))
    (arrived,) = read_paths([saved], readers=READERS)
    assert isinstance(arrived, CapturedPage)
    assert arrived.page.observed_at == datetime(2018, 5, 6, 10, 1, 50, tzinfo=UTC)
    running = [item for item in arrived.reader.parse(arrived.page).items if item.status_raw == "doing"]
    assert running
    for item in running:  # nothing that runs has ended by then
        assert isinstance(item.ends_at_raw, int)
        assert datetime.fromtimestamp(item.ends_at_raw / 1000, UTC) > arrived.page.observed_at


def test_unknown_keys_are_logged_and_the_row_is_read(caplog: pytest.LogCaptureFixture) -> None:
    assert len(read_json(one_row(auctionRound=2)).items) == 1
    assert "auctionRound" in caplog.text


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_page_cut_anywhere_is_refused_because_its_next_link_may_be_lost(share: float) -> None:
    whole = body_of("list_json/sell-offs-of-2020-with-next-page")
    with pytest.raises(LayoutChanged):
        read_json(whole[: int(len(whole) * share)])


def test_healthy_pages_with_a_login_link_and_captcha_in_scripts_are_no_refusal() -> None:
    for case in ("list_json/front-page-2018-with-six-blocks", "list_json/sell-offs-of-2020-with-next-page"):
        body = body_of(case)
        assert "亲，请登录".encode() in body
        assert refusal(Page(body, LIST_URL, NOW)) is None


@pytest.mark.parametrize("status", [403, 405, 418, 420, 429])
def test_refusing_status_blocks_whatever_the_body_says(status: int) -> None:
    page = Page(body_of("list_json/sell-offs-of-2020-with-next-page"), LIST_URL, NOW, http_status=status)
    with pytest.raises(Blocked):
        JSON_READER.parse(page)


LOGIN_ADDRESSES = [
    "https://login.taobao.com/member/login.jhtml?redirectURL=x",
    "https://login.m.taobao.com/login.htm",
    "https://login.tmall.com/?a=1",
    "https://passport.taobao.com/havanaone/login/login.htm",
    "https://sec.taobao.com/query.htm",
]


@pytest.mark.parametrize("url", LOGIN_ADDRESSES)
def test_landing_on_a_login_address_asks_for_an_account(url: str) -> None:
    assert isinstance(refusal(Page(b"<html></html>", url, NOW)), LoginRequired)


def test_a_login_address_inside_the_query_is_no_login() -> None:
    url = "https://sf.taobao.com/item_list.htm?from=https://login.taobao.com/"
    assert refusal(Page(b"<html></html>", url, NOW)) is None


SOLD_CARD = [
    "福州市某路1号",
    "某小区 | 88.21m² | 福清 | 福州",
    "当前价",
    "¥",
    "51.78",
    "万",
    "(6次出价)",
    "评估价",
    "¥ ",
    "88.9万",
]
SOLD_CARD += ["结束", "2026年09月01日", "2422", "次围观", "2", "人报名", "司法拍卖", "已结束"]


def test_card_in_lines_reads_without_its_page() -> None:
    item = read_card("1072327343924", "https://sf-item.taobao.com/sf_item/1072327343924.htm", SOLD_CARD)
    assert item.hammer_price_raw == "51.78万"
    assert item.starting_price_raw is None
    assert item.appraisal_price_raw == "88.9万"
    assert (item.floor_area_raw, item.district_raw, item.city_raw) == ("88.21m²", "福清", "福州")
    assert DIALECT.status_labels[item.status_raw or ""] is RoundStatus.SOLD


def test_place_line_in_pieces_reads_as_one() -> None:
    pieces = [SOLD_CARD[0], "某小区", "|", "88.21m²", "|", "福清", "|", "福州", *SOLD_CARD[2:]]
    assert read_card("1", "u", pieces) == read_card("1", "u", SOLD_CARD)


@pytest.mark.parametrize("length", range(len(SOLD_CARD)))
def test_card_cut_after_any_line_is_refused(length: int) -> None:
    with pytest.raises(RowRefused):
        read_card("1072327343924", "u", SOLD_CARD[:length])


@pytest.mark.parametrize("line", ["学区房", "距结束", "3", "另有起拍价"])
def test_line_that_no_rule_knows_refuses_the_card(line: str) -> None:
    for at in (0, 2, 7, 10, 17):
        with pytest.raises(RowRefused):
            read_card("1", "u", [*SOLD_CARD[:at], line, *SOLD_CARD[at:]])


ENDED_WITHOUT_BIDS = [("0", RoundStatus.FAILED), ("1", RoundStatus.ENDED), ("12", RoundStatus.ENDED)]


@pytest.mark.parametrize(("applicants", "expected"), ENDED_WITHOUT_BIDS)
def test_ended_card_without_bids_failed_only_if_nobody_applied(applicants: str, expected: RoundStatus) -> None:
    lines = [applicants if line == "2" else line for line in SOLD_CARD if line != "(6次出价)"]
    item = read_card("1", "u", lines)
    assert DIALECT.status_labels[item.status_raw or ""] is expected
    assert item.starting_price_raw == "51.78万"
    assert item.hammer_price_raw is None


def test_running_card_with_bids_tells_neither_start_nor_result() -> None:
    items = read_cards("ended-2026-09-01-one-still-running").items
    (running,) = [item for item in items if item.status_raw == "正在进行"]
    assert (running.starting_price_raw, running.hammer_price_raw) == (None, None)
    assert (running.current_price_raw, running.ends_at_raw) == ("94.45万", "今天10:17")


def test_spec_names_its_own_readers() -> None:
    assert SPEC.is_walled
    assert {reader.source for reader in SPEC.readers} == {SPEC.name}


CAROUSELS = ['href="javascript:;"', 'href="#"', 'href="//sf.taobao.com/calendar.htm"', ""]


@pytest.mark.parametrize("href", CAROUSELS)
def test_arrow_of_a_carousel_is_not_the_next_page(href: str) -> None:
    body = body_of("list_json/last-list-page-without-next")
    with_arrow = body.replace(
        b'<em class="page-total">', f'<a class="next" {href}>&gt;</a><em class="page-total">'.encode()
    )
    assert with_arrow != body
    assert next_pages(read_json(with_arrow)) == []


def test_next_page_of_a_saved_file_leads_to_the_site() -> None:
    content = read_json(body_of("list_json/list-page-in-gbk"), "file:saved.html")
    assert [url.startswith("https://sf.taobao.com/item_list.htm?") for url in next_pages(content)] == [True]


def test_next_page_at_an_address_that_is_none_refuses_the_page() -> None:
    body = body_of("list_json/list-page-in-gbk").replace(
        b'href="//sf.taobao.com/item_list.htm', b'href="//[sf.taobao.com'
    )
    with pytest.raises(LayoutChanged):
        read_json(body)


@pytest.mark.parametrize("case", ["list_json/sell-offs-of-2020-with-next-page", "list_cards/ended-fuzhou-2026-08-31"])
def test_a_list_names_the_detail_page_of_each_listing_before_its_next_page(case: str) -> None:
    read = read_json(body_of(case)) if "json" in case else read_cards(case.rpartition("/")[2])
    details = [follow for follow in read.follows if not follow.is_next_page]
    assert {follow.reader for follow in details} == {"ali_judicial.detail"}
    assert [(follow.about, follow.url) for follow in details] == [(item.source_id, item.url) for item in read.items]
    assert read.follows[: len(details)] == details


FIRST_LIST = "list_json/front-page-2018-with-six-blocks"


@pytest.mark.parametrize(("case", "count"), [(FIRST_LIST, 34), ("list_json/sell-offs-of-2020-with-next-page", 32)])
def test_every_item_of_the_recorded_lists_is_read(case: str, count: int) -> None:
    content = read_json(body_of(case))
    assert (len(content.items), content.refused) == (count, [])


def test_all_61_cards_of_august_2026_are_read() -> None:
    cases = [case for case, _ in CARD_CASES if case.startswith(("upcoming-", "ended-fuzhou", "ended-quanzhou"))]
    assert sum(len(read_cards(case).items) for case in cases) == 61


def test_blocks_saved_without_their_page_read_as_the_page_does() -> None:
    page = body_of("list_json/front-page-2018-with-six-blocks").decode()
    found = re.findall(r'class="sf-item-list-data"\s+id="([\w-]+)"\s*>(.*?)</script', page, re.DOTALL)
    blocks = {block_id: json.loads(data)["data"] for block_id, data in found}
    assert len(blocks) == 6
    assert read_json(json.dumps(blocks).encode(), "file:blocks.json").items == read_json(page.encode()).items
