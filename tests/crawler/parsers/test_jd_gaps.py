"""JD beside its lists and details: one call in place of several, advertisements, saved pages, texts by themselves."""

import json
import random
import time
from typing import Any

import pytest

from crawler.errors import Blocked, EmptyShell, LayoutChanged, LoginRequired, PageRefused
from crawler.page import Page
from crawler.parsers.jd.calls import (
    ANNOUNCEMENT,
    CORE,
    DESCRIPTION,
    MERCHANTS,
    NOTICE,
    call_address,
    search_address,
)
from crawler.reading import read
from store.terms import Answer, FactKind, PageOutcome, RoundKind, RoundStatus
from tests.crawler.parsers.jd_help import NOW, READERS, answer, case, only, parse, row, search, statements

SOLD_PAGE = "jd_judicial/item_page/sold-with-its-texts"
SOLD_CORE = "jd_judicial/core/flat-sold-with-its-latest-bids"
ITEM = READERS["jd_judicial.item_page"]


def page_with(old: str, new: str) -> Page:
    """The saved page of the sold flat with something else in it."""
    page = case(SOLD_PAGE)
    body = page.text.replace(old, new)
    assert body != page.text
    return Page(body.encode(), page.url, NOW)


# One call in place of several ----------------------------------------------------------------------------------------


def test_core_data_read_as_the_two_answers_that_they_replace() -> None:
    statement, extras = statements(SOLD_CORE)["311023125"]
    assert (statement.status, statement.round_kind) == (RoundStatus.SOLD, RoundKind.FIRST_AUCTION)
    assert (statement.starting_price, statement.hammer_price) == (96_375_600, 144_855_600)
    assert (statement.bid_count, statement.applicant_count, statement.region_code) == (38, 8, "350128")
    assert extras is not None
    assert len(extras.bids) == 10


def test_end_of_core_data_is_that_of_the_state_which_extensions_move() -> None:
    data = json.loads(case(SOLD_CORE).body)["data"]
    item = only(parse(SOLD_CORE))
    assert data["priceArea"]["endTime"] != data["basicData"]["endTime"]
    assert item.ends_at_raw == item.words["endTime"] == data["priceArea"]["endTime"]


def test_block_of_another_listing_is_not_taken_for_its_own() -> None:
    body = json.loads(case(SOLD_CORE).body)
    del body["data"]["priceArea"]
    item = only(answer(body, case(SOLD_CORE).url, "jd_judicial.core"))
    assert b'"auctionStatus": 1' in case(SOLD_CORE).body
    assert (item.status_raw, item.current_price_raw, item.starting_price_raw) == (None, None, 963756.0)


def test_exception_of_the_basic_data_leaves_no_outcome() -> None:
    statement, _ = statements("jd_judicial/core/withdrawn-in-spite-of-bids")["311023125"]
    assert (statement.status, statement.hammer_price) == (RoundStatus.WITHDRAWN, None)


def test_hidden_reserve_of_core_data_leaves_the_outcome_open() -> None:
    body = json.loads(case(SOLD_CORE).body)
    body["data"]["basicData"]["minPrice"] = "有"
    item = only(answer(body, case(SOLD_CORE).url, "jd_judicial.core"))
    assert (item.status_raw, item.hammer_price_raw) == ("auctionStatus 2", None)


def test_consultant_and_bidders_of_core_data_are_not_read() -> None:
    told = repr(parse(SOLD_CORE).items)
    assert [secret for secret in ("刘××", "139××", "100200300") if secret in told] == []


def test_core_data_saved_without_their_call_are_known_by_their_own_reader_alone() -> None:
    page = Page(case(SOLD_CORE).body, "file:answer.json", NOW)
    assert b'"judicatureBasicInfoResult"' in page.body
    assert b'"accessEnsureNum"' in page.body
    assert [name for name, reader in READERS.items() if reader.recognises(page)] == ["jd_judicial.core"]


WRONG: list[Any] = [None, "", 0, -1, True, 1.5, 10**30, "x", [], [[]], {}, {"a": 1}, [None], "无", 1e308]


def test_any_value_in_any_place_of_core_data_is_read_or_refused() -> None:
    whole = json.loads(case(SOLD_CORE).body)
    data = whole["data"]
    blocks = [
        whole,
        data,
        data["basicData"],
        data["priceArea"],
        data["imageVideoArea"],
        data["priceArea"]["bidList"][0],
    ]
    reader, url = READERS["jd_judicial.core"], case(SOLD_CORE).url
    outcomes = set()
    for block in blocks:
        for name in list(block):
            kept = block[name]
            for wrong in WRONG:
                block[name] = wrong
                reading = read(Page(json.dumps(whole, default=str).encode(), url, NOW), reader)
                outcomes.add(reading.outcome)
                assert {found.source_id for found in reading.listings} <= {"311023125"}
            block[name] = kept
    assert PageOutcome.EMPTY not in outcomes


@pytest.mark.parametrize("basic", [None, {}, [], "x", {"paimaiId": 311023125}, {"title": ["x"], "startPrice": 1}])
def test_core_data_without_a_listing_are_refused(basic: Any) -> None:
    url = call_address(CORE, {"paimaiId": 311023125})
    with pytest.raises(LayoutChanged):
        answer({"code": 0, "data": {"basicData": basic, "imageVideoArea": {}}}, url, "jd_judicial.core")


@pytest.mark.parametrize("listing", [10034964494317, "10021357225012", True, {}, [311023125]])
def test_core_data_with_a_number_of_the_product_are_refused(listing: Any) -> None:
    body = {"code": 0, "data": {"basicData": {"paimaiId": listing, "title": "x"}}}
    with pytest.raises(LayoutChanged):
        answer(body, call_address(CORE, {"paimaiId": 311023125}), "jd_judicial.core")


# Advertisements ------------------------------------------------------------------------------------------------------


def test_advertisements_are_refused_by_name_and_never_become_listings() -> None:
    for name in ("are-no-sale", "saved-without-their-address", "that-the-search-brought"):
        content = parse(f"jd_assets/list/advertisements-{name}")
        assert (content.items, content.follows, content.stated_count) == ([], [], None)
        assert content.refused
        assert all(each.reason.startswith("no sale: 招商") for each in content.refused)


def test_telephone_of_an_advertisement_is_not_kept() -> None:
    assert b"consultTel" in case("jd_assets/list/advertisements-are-no-sale").body
    assert "0595" not in repr(parse("jd_assets/list/advertisements-are-no-sale"))


def test_advertisement_among_sales_hurts_none_of_them() -> None:
    rows = [row(), {"id": 5012345, "name": "某房产招商", "merchantsStatus": 1}, row(id=319000002)]
    content = answer(search(rows, 3), search_address({"publishSource": "7", "provinceId": 16}))
    assert [item.source_id for item in content.items] == ["319000001", "319000002"]
    assert [(each.position, each.source_id) for each in content.refused] == [(2, "5012345")]
    assert (content.stated_count, len(content.follows)) == (3, 2)


def test_builder_named_merchants_is_no_advertisement() -> None:
    """招商雍景湾 is a place to live."""
    content = answer(search([row(title="招商雍景湾3幢1205室")], 1), search_address({"publishSource": "7"}))
    assert len(content.items) == 1


@pytest.mark.parametrize("body", [{"code": 0}, {"code": 0, "datas": None}, {"code": 0, "datas": [], "totalItem": 9}])
def test_advertisements_that_do_not_come_are_a_refusal(body: Any) -> None:
    with pytest.raises(Blocked, match="silent limiting"):
        answer(body, call_address(MERCHANTS, {"page": 1, "projectType": 2}), "jd_assets.list")


# Saved pages ---------------------------------------------------------------------------------------------------------


def test_saved_page_tells_what_its_words_say() -> None:
    statement, extras = statements(SOLD_PAGE)["311023125"]
    assert statement.title == "福建省平潭县竹屿湖中路16号长福麒麟海湾三期7#楼4005室"
    assert (statement.status, statement.round_kind) == (RoundStatus.SOLD, RoundKind.FIRST_AUCTION)
    assert (statement.starting_price, statement.hammer_price) == (96_375_600, 144_855_600)
    assert (statement.appraisal_price, statement.deposit) == (120_469_532, 10_000_000)
    assert (statement.floor_area, statement.bid_count, statement.applicant_count) == (14_354, 38, 8)
    assert extras is not None
    assert [each.name for each in extras.attachments] == ["评估报告.pdf"]


def test_words_of_the_notice_and_of_other_items_do_not_replace_those_of_the_page() -> None:
    item = only(parse(SOLD_PAGE))
    text = case(SOLD_PAGE).text
    assert "起拍价：96万元" in text
    assert "起拍价：￥1<" in text
    assert (item.starting_price_raw, item.details and item.details.deposit_raw) == ("963,756", "100,000")
    assert item.status_raw == "已成交"


def test_state_that_the_page_does_not_spell_out_follows_from_its_bids() -> None:
    item = only(ITEM.parse(page_with("已成交</em><span>成交价", "已结束</em><span>当前价")))
    assert (item.status_raw, item.hammer_price_raw) == ("auctionStatus 2, sold", "1,448,556")
    page = page_with("已成交</em><span>成交价", "已结束</em><span>当前价").text.replace("出价记录(38)", "出价记录(0)")
    item = only(ITEM.parse(Page(page.encode(), case(SOLD_PAGE).url, NOW)))
    assert (item.status_raw, item.hammer_price_raw) == ("auctionStatus 2, failed", None)
    page = page.replace("出价记录(0)", "竞买记录")
    assert only(ITEM.parse(Page(page.encode(), case(SOLD_PAGE).url, NOW))).status_raw == "auctionStatus 2"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("已撤回", RoundStatus.WITHDRAWN),
        ("已暂缓", RoundStatus.POSTPONED),
        ("已中止", RoundStatus.SUSPENDED),
        ("进行中", RoundStatus.ONGOING),
    ],
)
def test_each_state_of_a_page_has_its_meaning_and_no_hammer_price(word: str, status: RoundStatus) -> None:
    (found,) = read(page_with("已成交</em>", f"{word}</em>"), ITEM).listings
    assert (found.item.status_raw, found.item.hammer_price_raw) == (word, None)
    assert ITEM.dialect.status_labels[word] is status


def test_page_of_courts_with_a_hundred_bids_holds_no_bidders_code() -> None:
    assert "100200301" in case(SOLD_PAGE).text
    assert "100200301" not in repr(parse(SOLD_PAGE).items)


@pytest.mark.parametrize(
    ("name", "refusal", "words"),
    [
        ("frame-without-data", EmptyShell, "HAR"),
        ("address-not-told", LayoutChanged, "HAR"),
        ("sale-of-a-bank", LayoutChanged, "HAR"),
        ("prices-not-found", LayoutChanged, "HAR"),
        ("captcha", Blocked, "验证码"),
        ("cut-in-the-middle", LayoutChanged, "without its end"),
    ],
)
def test_page_that_cannot_be_read_is_refused_with_what_to_do(name: str, refusal: type[PageRefused], words: str) -> None:
    with pytest.raises(refusal, match=words):
        parse(f"jd_judicial/item_page/{name}")


def test_page_of_another_build_is_refused_and_a_login_is_one() -> None:
    mark = "<!-- saved from url=(0031)https://paimai.jd.com/311023125 -->"
    for text, refusal in (("旧版页面", LayoutChanged), ("请登录后继续", LoginRequired), ("", LayoutChanged)):
        page = Page(f"{mark}<html><body><p>{text}</p></body></html>".encode(), "https://paimai.jd.com/311023125", NOW)
        assert ITEM.recognises(page)
        with pytest.raises(refusal):
            ITEM.parse(page)


def test_frame_in_a_recording_is_left_to_the_answers_beside_it() -> None:
    shells = (
        '<html><div id="app"></div></html>',
        '<html><h1 class="pm-name"></h1><div id="pmMainFloor"></div></html>',
        '<html><h1 class="pm-name"><span>{{title}}</span></h1></html>',
        '{"code":0}',
    )
    for shell in shells:
        assert not ITEM.recognises(Page(shell.encode(), "https://paimai.jd.com/311023125", NOW))
    other = page_with("京东拍卖", "别处")
    assert not ITEM.recognises(Page(other.body, "https://auctions.example/311023125", NOW))


def test_saved_page_is_refused_at_every_length_and_never_empty() -> None:
    page = case(SOLD_PAGE)
    for length in range(1, len(page.body.rstrip()) - 6, 37):
        with pytest.raises(PageRefused):
            ITEM.parse(Page(page.body[:length], page.url, NOW))


def test_mutated_pages_and_answers_raise_nothing_but_refusals() -> None:
    chance = random.Random(5)
    for name in (SOLD_PAGE, SOLD_CORE, "jd_assets/list/advertisements-are-no-sale"):
        page, reader = case(name), READERS[".".join(name.split("/")[:2])]
        for _ in range(150):
            body = bytearray(page.body)
            for _ in range(chance.randint(1, 12)):
                place = chance.randrange(len(body))
                body[place : place + chance.randint(0, 30)] = chance.choice(
                    [b"", b"<", b'"', b"{}", b"[[", b"\xff", b"9"]
                )
            mutated = Page(bytes(body), page.url, NOW)
            reader.recognises(mutated)
            reading = read(mutated, reader)
            assert all(found.source_id in {"311023125"} for found in reading.listings)


@pytest.mark.parametrize("text", ["<div>" * 2_000_000, "<b class=pm-name>" * 300_000, "<" * 5_000_000])
def test_huge_pages_are_refused_soon(text: str) -> None:
    page = Page(f"<!-- saved from url=(1)x -->{text}</html>".encode(), "https://paimai.jd.com/311023125", NOW)
    start = time.process_time()
    ITEM.recognises(page)
    ITEM.recognises(Page(text.encode(), page.url, NOW))
    with pytest.raises(PageRefused):
        ITEM.parse(page)
    assert time.process_time() - start < 5


# Texts by themselves -------------------------------------------------------------------------------------------------


def test_notice_by_itself_is_kept_under_its_listing_with_its_sentences() -> None:
    item = only(parse("jd_judicial/announcement/captured-without-a-title"))
    assert (item.source_id, item.title, item.source) == ("311109381", None, None)
    assert item.details is not None
    facts = {fact.kind: (fact.answer, fact.quote) for fact in item.details.facts}
    assert facts[FactKind.LEASED] == (Answer.YES, "该房屋现已出租，租赁期限至2028年12月31日")
    assert facts[FactKind.VACANT_HANDOVER][0] is Answer.NO
    assert all(quote in case("jd_judicial/announcement/captured-without-a-title").text for _, quote in facts.values())


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("处置单位：平安银行股份有限公司，权利来源：某法院以物抵债裁定", "jd_assets"),
        ("委托方：中国信达资产管理股份有限公司。", "jd_assets"),
        ("我行不承担过户费用。", "jd_assets"),
        ("某市人民法院关于房产的公告。抵押权人：某银行股份有限公司，委托人：某某评估公司", None),
        ("本院不负责清场。", None),
        ("总建筑面积：144.51㎡", None),
        ("某公司管理人将于2026年9月公开拍卖", None),
    ],
)
def test_text_whose_call_does_not_tell_the_window_goes_to_its_seller(text: str, source: str | None) -> None:
    for function, form in ((DESCRIPTION, "description"), (NOTICE, "notice")):
        url = call_address(function, {"paimaiId": 319100010})
        item = only(answer({"code": 0, "data": f"<p>{text}</p>"}, url, f"jd_judicial.{form}"))
        assert (item.source_id, item.source) == ("319100010", source)


def test_window_that_the_call_tells_is_not_asked_of_the_text() -> None:
    url = call_address(DESCRIPTION, {"paimaiId": 319100010}, source="jd_judicial")
    item = only(answer({"code": 0, "data": "<p>我行</p>"}, url, "jd_judicial.description"))
    assert item.source is None


@pytest.mark.parametrize("form", ["description", "announcement"])
def test_text_saved_without_its_call_is_refused_by_name(form: str) -> None:
    page = case(f"jd_judicial/{form}/saved-without-its-call")
    reader = READERS[f"jd_judicial.{form}"]
    for body in (page.body, json.dumps(json.loads(page.body)).encode()):
        saved = Page(body, page.url, NOW)
        assert [name for name, each in READERS.items() if each.recognises(saved)] == [reader.name]
        with pytest.raises(LayoutChanged, match="paimaiId"):
            reader.parse(saved)


def test_announcement_by_its_album_alone_is_refused() -> None:
    body = {"code": 0, "data": {"id": 1, "title": "拍卖公告", "content": "<p>本院</p>"}, "message": "成功"}
    with pytest.raises(LayoutChanged, match="paimaiId"):
        answer(body, call_address(ANNOUNCEMENT, {"albumId": 2779803}), "jd_judicial.announcement")
