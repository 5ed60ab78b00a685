"""What Alibaba's detail pages load later: notices, descriptions, files, bids and results; and hostile answers."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from crawler.errors import LayoutChanged, PageRefused
from crawler.items import PageContent
from crawler.normalize.details import read_extras
from crawler.normalize.record import normalize
from crawler.page import Page
from crawler.parsers.ali_judicial import READERS
from crawler.parsers.ali_judicial.addresses import item_of
from crawler.parsers.ali_judicial.answers import as_json, read_assigned, without_call, yuan_of_fen
from crawler.parsers.ali_judicial.dialect import DIALECT
from store.terms import RoundStatus

FIXTURES = Path(__file__).parents[3] / "fixtures" / "ali_judicial"
NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
BY_NAME = {reader.name.rpartition(".")[2]: reader for reader in READERS}
ADDRESSES = {
    "detail": "https://sf-item.taobao.com/sf_item/557630794279.htm",
    "detail_phone": "https://pages-fast.m.taobao.com/wow/z/app/pm/dzc-ice/dzc-detail?itemId=557630794279",
    "detail_text": "file:items.json",
    "collected": "file:cards.json",
    "notice": "https://sf.taobao.com/json/get_notice_attach.htm?project_id=619653#item=557630794279",
    "description": "https://detail-ext.taobao.com/json/get_auction_desc_content.do?item_id=557630794279",
    "attachments": "https://sf.taobao.com/json/get_gov_attach.htm?id=557630794279",
    "bid_records": "https://sf.taobao.com/json/get_bid_records.htm?id=557630794279&records_type=pageRecords",
    "bid_log": "file:557630794279.csv",
    "result": "https://sf-item.taobao.com/json/get_bid_detail.htm?id=557630794279",
}


def parse(case: str) -> PageContent:
    meta = json.loads((FIXTURES / case / "meta.json").read_text("utf-8"))
    (path,) = (FIXTURES / case).glob("input.*")
    return BY_NAME[case.partition("/")[0]].parse(Page(path.read_bytes(), meta["url"], NOW))


def read(reader: str, body: bytes, url: str | None = None) -> PageContent | PageRefused:
    """What a reader makes of a body; anything but content or a named refusal fails the test."""
    page = Page(body, url or ADDRESSES[reader], NOW)
    BY_NAME[reader].recognises(page)
    try:
        return BY_NAME[reader].parse(page)
    except PageRefused as error:
        refused = error
    assert (refused.source, refused.url) == ("ali_judicial", page.url)
    return refused


ITEMS = [
    (ADDRESSES["notice"], "557630794279"),
    ("https://sf.taobao.com/notice_detail/17937539.htm?item_id=1065987562217", "1065987562217"),
    ("https://desc.alicdn.com/i7/550/630/557630794279/TB1aVq.desc%7Cvar%5Edesc%3Blang%5Egbk", "557630794279"),
    (ADDRESSES["bid_records"] + "&currentPage=2", "557630794279"),
]


@pytest.mark.parametrize(("url", "expected"), ITEMS)
def test_a_later_part_belongs_to_the_item_in_its_address(url: str, expected: str) -> None:
    assert item_of(Page(b"", url, NOW)) == expected


@pytest.mark.parametrize("url", ["https://sf.taobao.com/json/get_notice_attach.htm?project_id=619653", "file:1.json"])
def test_a_later_part_without_its_item_is_refused(url: str) -> None:
    with pytest.raises(LayoutChanged, match="names no item"):
        item_of(Page(b"", url, NOW))


def test_a_description_in_gbk_script_and_in_json_read_alike() -> None:
    assert parse("description/script-in-gbk").items == parse("description/answer-of-2026").items


def test_a_notice_alone_tells_neither_price_nor_round_nor_time() -> None:
    """It may announce several rounds and items; the pages with fields for these tell them."""
    text = "本次拍卖为第二次拍卖，起拍价：65万元，保证金：5万元，将于2026年11月04日10时开始。建筑面积88.21平方米。"
    content = read("notice", f"null({json.dumps({'content': text})})".encode())
    assert isinstance(content, PageContent)
    (item,) = content.items
    assert item.details is not None
    assert item.floor_area_raw is not None
    assert (item.title, item.round_raw, item.status_raw, item.starting_price_raw) == (None, None, None, None)
    assert (item.starts_at_raw, item.appraisal_price_raw, item.details.deposit_raw) == (None, None, None)


def test_files_that_come_with_a_notice_are_kept_by_name_and_address() -> None:
    (item,) = parse("notice/with-list-of-files").items
    assert item.details is not None
    assert item.details.attachments[0] == ("评估报告.pdf", "https://sf.taobao.com/download_attach.do?attach_id=1155")


@pytest.mark.parametrize("case", ["notice/empty", "description/nothing-told", "attachments/no-files"])
def test_an_answer_that_says_nothing_is_empty_not_refused(case: str) -> None:
    assert parse(case) == PageContent()


def test_bids_of_bare_javascript_are_read_and_the_next_page_named() -> None:
    content = parse("bid_records/first-page-of-thirty-six-bids")
    (item,) = content.items
    extras = read_extras(item.details, DIALECT, NOW) if item.details else None
    assert extras is not None
    assert len(extras.bids) == 20
    first = extras.bids[0]
    assert (first.amount, first.bidder, first.outcome) == (430_279_00, "L5386", "成交")
    assert first.placed_at == datetime(2026, 8, 28, 2, 40, 56, tzinfo=UTC)
    assert [(follow.url[-14:], follow.about) for follow in content.follows] == [("&currentPage=2", "1073199694629")]
    assert not content.follows[0].is_next_page  # the list's pages are those
    assert parse("bid_records/last-page").follows == []


@pytest.mark.parametrize(("total", "following"), [(41, 1), (40, 0)])
def test_a_full_last_page_of_bids_leads_to_no_further_one(total: int, following: int) -> None:
    bid = "{status:-1,price:'1,000',alias:'B2',date:'2026年08月28日 10:00:00'}"
    body = f"{{records:[{','.join([bid] * 20)}],totalCnt:{total}}}".encode()
    content = read("bid_records", body, ADDRESSES["bid_records"] + "&currentPage=2")
    assert isinstance(content, PageContent)
    assert len(content.follows) == following


def test_the_same_bids_are_told_by_the_page_the_record_and_the_log() -> None:
    page, record, log = (
        parse(case).items[0].details
        for case in (
            "detail/second-auction-sold-2026",
            "bid_records/first-page-of-thirty-six-bids",
            "bid_log/named-by-its-item",
        )
    )
    assert page is not None
    assert record is not None
    assert log is not None
    assert page.bids == record.bids == log.bids


def test_an_exported_log_of_44_bids_is_read_when_its_name_is_the_items_number() -> None:
    body = (FIXTURES / "bid_log" / "exported-2026-05-names-no-item" / "input.csv").read_bytes()
    assert BY_NAME["bid_log"].recognises(Page(body, "file:x.csv", NOW))
    content = read("bid_log", body, "file:1078081130484.csv")
    assert isinstance(content, PageContent)
    (item,) = content.items
    assert item.source_id == "1078081130484"
    assert item.details is not None
    assert len(item.details.bids) == 44
    assert content.refused == []


@pytest.mark.parametrize("name", ["file:bids.csv", "file:20260526.csv", "file:1078081130484-1073199694629.csv"])
def test_a_log_whose_name_tells_no_item_or_two_is_refused(name: str) -> None:
    body = (FIXTURES / "bid_log" / "exported-2026-05-names-no-item" / "input.csv").read_bytes()
    refused = read("bid_log", body, name)
    assert isinstance(refused, LayoutChanged)
    assert "name the file by the item's number" in refused.reason


def test_result_tells_sold_and_failed_in_fen() -> None:
    (sold,), (failed,) = parse("result/sold").items, parse("result/failed").items
    said = normalize(sold, DIALECT, NOW)
    assert (said.status, said.hammer_price, said.bid_count) == (RoundStatus.SOLD, 430_279_00, 36)
    said = normalize(failed, DIALECT, NOW)
    assert (said.status, said.hammer_price, said.bid_count) == (RoundStatus.FAILED, None, 0)


def test_codes_that_contradict_tell_nothing() -> None:
    content = parse("result/codes-that-contradict")
    assert content.items == []
    assert [row.source_id for row in content.refused] == ["900000000402"]


@pytest.mark.parametrize(
    ("fen", "yuan"), [(43027900, "430279.00"), (5, "0.05"), ("1200", "12.00"), (0, None), (None, None), (True, None)]
)
def test_fen_are_written_as_yuan(fen: object, yuan: str | None) -> None:
    assert yuan_of_fen(fen) == yuan


def test_javascript_becomes_json_without_touching_its_texts() -> None:
    script = """{a:1,'b':"x{y:2}",c:'it\\'s \\u4e2d',d:[{e_f:null}]}"""
    assert json.loads(as_json(script)) == {"a": 1, "b": "x{y:2}", "c": "it's 中", "d": [{"e_f": None}]}


@pytest.mark.parametrize("text", ['null({"a":1})', 'callback({"a":1});', ' jsonp1 ({"a":1}) ;\n', '{"a":1}'])
def test_calls_are_unwrapped(text: str) -> None:
    assert without_call(text).strip() == '{"a":1}'


def test_assigned_texts_are_unescaped_and_cut_ones_are_none() -> None:
    assert read_assigned("var desc='<p>a\\'b<\\/p>\\u4e2d\\ud800';\n") == "<p>a'b</p>中�"
    assert read_assigned("var desc='<p>") is None
    assert read_assigned("var desc='") is None


each_reader = pytest.mark.parametrize("reader", sorted(ADDRESSES))
MARKS = [
    b"null(",
    b")",
    b"callback({",
    b"var desc='",
    b"';",
    b'{"content":"',
    b"records:[{status:1,price:'1',alias:'H1',date:'",
    b'"data":{"govStatus":2,',
    b"window.__ICE_SUSPENSE_LOADER__.set('dzc-detail-ssr',{",
    b"<html><h1>",
    "起拍价: ¥120万".encode(),
    "本场已结束！成交价 12 元".encode(),
    b'<input id="J_ItemId" value="557630794279">',
    b'<script class="J_COMPONENT">%7B%22AUCTION_RULE%22%3A%7B%22bidRuleFields%22%3A%5B1%5D%7D%7D</script>',
    '[{"url":"https://sf-item.taobao.com/sf_item/557630794279.htm","context":"【拍卖主信息】'.encode(),
    '"tree":["heading \\"一拍 x\\""]}]'.encode(),
    "状态,竞买号,价格,时间\n".encode(),
    b'"\\\x00\xff',
    b"</script></html>",
]
pieces = st.lists(st.one_of(st.binary(max_size=30), st.sampled_from(MARKS)), max_size=10).map(b"".join)


@settings(max_examples=200, deadline=None)
@given(body=pieces)
def test_random_answers_end_in_content_or_a_named_refusal(body: bytes) -> None:
    for reader in ADDRESSES:
        note(reader)
        read(reader, body)


RECORDED = [
    "detail/first-auction-failed-2018",
    "detail/second-auction-sold-2026",
    "detail/data-for-scripts-fills-the-gaps",
    "detail_phone/first-auction-upcoming",
    "detail_text/accessibility-trees-2026",
    "collected/cards-with-values-of-their-pages",
    "notice/with-list-of-files",
    "description/script-in-gbk",
    "bid_records/first-page-of-thirty-six-bids",
    "bid_log/named-by-its-item",
    "result/sold",
]


@pytest.mark.parametrize("case", RECORDED)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_mutated_pages_end_in_content_or_a_named_refusal(case: str, data: st.DataObject) -> None:
    (path,) = (FIXTURES / case).glob("input.*")
    body = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = min(len(body), start + data.draw(st.integers(0, 200)))
        body[start:end] = data.draw(st.one_of(st.binary(max_size=20), st.sampled_from(MARKS)))
    read(case.partition("/")[0], bytes(body))


FLOODS = {
    "brackets": b"[" * 10_000_000,
    "braces": b'{"a":' * 2_000_000,
    "braces-in-a-call": b"null(" + b'{"a":' * 300_000,
    "quotes": b"{a:'" + b"\\'" * 900_000,
    "open-quotes": b"\"'" * 900_000,
    "names": b"{" + b"a" * 1_900_000,
    "blanks": b" " * 10_000_000,
    "blanks-in-a-call": b"null" + b" " * 1_900_000,
    "escapes": b"var desc='" + b"\\" * 1_900_001,
    "labels": b"<html><h1>x</h1>" + "起 拍 价 : ".encode() * 100_000 + b"</html>",
    "badges": b"<html><h1>" + " 可贷款".encode() * 100_000 + b"</h1></html>",
    "descriptions": "<html><h1>x</h1>起拍价: 1".encode() + "<p>标的物介绍</p>".encode() * 100_000 + b"</html>",
    "state": b"<html><script>__ICE_SUSPENSE_LOADER__.set('dzc-detail-ssr'," + b'{"a":' * 500_000 + b"</html>",
    "components": b"<html>" + b'<script class="J_COMPONENT">%7B</script>' * 50_000 + b"</html>",
    "rows": b"[" + b"1," * 900_000 + b"1]",
}


@each_reader
@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_megabytes_of_nonsense_end_quickly(reader: str, flood: bytes) -> None:
    start = time.process_time()
    read(reader, flood)
    assert time.process_time() - start < 5.0
