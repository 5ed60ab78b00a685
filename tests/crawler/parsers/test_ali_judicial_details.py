"""Alibaba's detail pages of all eras: recorded ones, and pages made for what was never recorded."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import EmptyShell, LayoutChanged, PageRefused, RowRefused
from crawler.items import Details, FactItem, ListingItem, PageContent
from crawler.normalize.record import normalize
from crawler.notices import text_of
from crawler.page import Page
from crawler.parsers.ali_judicial import READERS
from crawler.parsers.ali_judicial.detail import generated_on
from crawler.parsers.ali_judicial.detail_phone import read_position
from crawler.parsers.ali_judicial.dialect import DIALECT
from crawler.parsers.ali_judicial.marks import take_apart
from crawler.parsers.ali_judicial.sheet import pre_emption, read_name, split_place
from crawler.parsers.ali_judicial.told import laid_under, with_told
from crawler.parsers.html import select
from store.statement import Statement
from store.terms import Answer, FactKind, RoundKind, RoundStatus

FIXTURES = Path(__file__).parents[3] / "fixtures" / "ali_judicial"
NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
BY_NAME = {reader.name.rpartition(".")[2]: reader for reader in READERS}
FAILED_2018 = "detail/first-auction-failed-2018"
SOLD_2026 = "detail/second-auction-sold-2026"
SELL_OFF_2026 = "detail/sell-off-upcoming-2026"


def page_of(case: str, **changes: Any) -> Page:
    meta = json.loads((FIXTURES / case / "meta.json").read_text("utf-8"))
    (path,) = (FIXTURES / case).glob("input.*")
    return Page(**{"body": path.read_bytes(), "url": meta["url"], "observed_at": NOW} | changes)


def parse(case: str, **changes: Any) -> PageContent:
    return BY_NAME[case.partition("/")[0]].parse(page_of(case, **changes))


def item_of(case: str, **changes: Any) -> ListingItem:
    (item,) = parse(case, **changes).items
    return item


def statement_of(case: str) -> Statement:
    return normalize(item_of(case), DIALECT, NOW)


def details_of(item: ListingItem) -> Details:
    assert item.details is not None
    return item.details


def test_failed_auction_of_2018_is_read_field_by_field() -> None:
    said = statement_of(FAILED_2018)
    assert said.title == "运城空港新区东环路以西一宗国有出让住宅用地使用权及地面4、5、8、9号楼在建工程"
    assert said.url == "https://sf.taobao.com/sf_item/557630794279.htm"
    assert (said.round_kind, said.status) == (RoundKind.FIRST_AUCTION, RoundStatus.FAILED)
    assert said.seller_name == "山西省高级人民法院"
    assert (said.region_code, said.city, said.district) == ("140802", "运城市", "盐湖区")
    assert said.address is not None
    assert said.address.startswith("山西 运城 盐湖 运城市空港新区东环路以西")
    assert (said.starting_price, said.appraisal_price, said.market_price) == (65_454_900_00, 65_454_900_00, None)
    assert (said.current_price, said.hammer_price) == (65_454_900_00, None)  # shown although nobody bid
    assert (said.deposit, said.increment) == (3_300_000_00, 50_000_00)
    assert (said.bidding_minutes, said.extension_minutes) == (24 * 60, 5)
    assert (said.bid_count, said.applicant_count, said.bidder_count) == (0, 0, None)  # 3987 looked: no bidders
    assert said.starts_at == datetime(2017, 9, 25, 2, tzinfo=UTC)
    assert said.ends_at == datetime(2017, 9, 26, 2, tzinfo=UTC)
    assert (said.latitude, said.longitude) == (35_019_149, 111_004_657)
    assert said.image_url == "https://img.alicdn.com/bao/uploaded/i1/TB1xb9ZX3kLL1JjSZFp6sa7nFXa"
    assert said.is_price_exact is True


def test_right_of_pre_emption_is_a_fact_with_its_words() -> None:
    (fact,) = details_of(item_of(FAILED_2018)).facts
    assert fact == FactItem(FactKind.PRE_EMPTION, Answer.NO, "优先购买权人：无")
    (named,) = pre_emption({"优先购买权人": "张三"})
    assert (named.answer, named.quote) == (Answer.YES, "优先购买权人：××")


def test_parts_that_are_loaded_later_are_asked_for_where_the_page_says() -> None:
    follows = {follow.reader.rpartition(".")[2]: follow for follow in parse(FAILED_2018).follows}
    assert follows.keys() == {"notice", "attachments", "description"}  # no bid, so no record of bids
    assert {follow.about for follow in follows.values()} == {"557630794279"}
    assert follows["notice"].url.endswith("get_notice_attach.htm?project_id=619653#item=557630794279")
    assert follows["description"].url.startswith("https://desc.alicdn.com/i7/550/630/557630794279/")
    for name, follow in follows.items():
        assert BY_NAME[name].recognises(Page(b"", follow.url, NOW))


def test_contacts_are_not_read() -> None:
    for case in (FAILED_2018, "detail/withdrawn"):
        assert not any(word in repr(item_of(case)) for word in ("史先生", "王法官", "186×", "139×"))


def test_page_in_gbk_reads_as_the_same_page_in_utf_8() -> None:
    in_gbk = page_of(FAILED_2018).text.encode("gb18030")
    assert b"\xe5" not in in_gbk[:200]
    assert parse(FAILED_2018, body=in_gbk) == parse(FAILED_2018)


def test_the_day_of_a_saved_page_is_that_of_its_server() -> None:
    assert generated_on(page_of(FAILED_2018).body) == datetime(2018, 3, 13, 5, 6, 7, tzinfo=UTC)
    assert generated_on(page_of(SOLD_2026).body) is None


def test_sold_second_auction_of_2026_tells_its_hammer_price_and_bids() -> None:
    said, details = statement_of(SOLD_2026), details_of(item_of(SOLD_2026))
    assert (said.round_kind, said.status) == (RoundKind.SECOND_AUCTION, RoundStatus.SOLD)
    assert (said.starting_price, said.hammer_price) == (325_279_00, 430_279_00)
    assert (said.appraisal_price, said.deposit, said.increment) == (406_598_57, 40_000_00, 3_000_00)
    assert said.ends_at == datetime(2026, 8, 28, 2, 45, 56, tzinfo=UTC)
    assert (said.bid_count, said.applicant_count, said.seller_name) == (36, 6, "连江县人民法院")
    assert (said.case_number, said.floor_area) == ("（2026）闽0122执484号", 88_88)
    assert len(details.bids) == 20
    assert details.bids[0] == ("430,279", "2026年08月28日 10:40:56", "L5386", "成交")
    assert {bid.outcome for bid in details.bids[1:]} == {"出局"}


def test_sell_off_of_2026_has_its_own_labels() -> None:
    said = statement_of(SELL_OFF_2026)
    assert (said.round_kind, said.status) == (RoundKind.SELL_OFF, RoundStatus.UPCOMING)
    assert (said.starting_price, said.deposit, said.appraisal_price) == (750_000_00, 150_000_00, 1_316_600_00)
    assert said.bidding_minutes == 60 * 24 * 60
    assert said.starts_at == datetime(2026, 9, 20, 2, tzinfo=UTC)
    assert (said.hammer_price, said.ends_at, said.bid_count) == (None, None, 0)


@pytest.mark.parametrize("case", [SOLD_2026, SELL_OFF_2026])
def test_prices_of_recommended_items_are_not_read(case: str) -> None:
    body = page_of(case).text
    start, end = body.index("<h1>"), body.index("</body>")
    shown = "<div>为您推荐</div><a>起拍价 ¥ 11万</a><div>当前价</div><div>12 元</div>"
    changed = f"{body[:start]}{shown}{body[start:end]}<div>相关推荐</div>{shown}{body[end:]}"
    assert parse(case, body=changed.encode()).items == parse(case).items


STATUSES = [
    ("withdrawn", RoundStatus.WITHDRAWN),
    ("suspended", RoundStatus.SUSPENDED),
    ("postponed", RoundStatus.POSTPONED),
    ("terminated", RoundStatus.TERMINATED),
    ("failed-nobody-bid", RoundStatus.FAILED),
    ("running-with-bids", RoundStatus.ONGOING),
    ("ended-without-result", RoundStatus.ENDED),
    ("sell-off-sold-hammer-down", RoundStatus.SOLD),
    ("data-for-scripts-fills-the-gaps", RoundStatus.SOLD),
]


@pytest.mark.parametrize(("case", "expected"), STATUSES)
def test_each_result_has_its_status_and_only_a_sale_a_hammer_price(case: str, expected: RoundStatus) -> None:
    said = statement_of(f"detail/{case}")
    assert said.status is expected
    assert said.hammer_price is None or expected is RoundStatus.SOLD


def test_a_result_that_no_table_knows_is_refused_where_it_is_converted() -> None:
    with pytest.raises(RowRefused, match="本场拍卖待裁决"):
        statement_of("detail/result-never-seen")


def test_the_start_is_told_by_the_page_while_bids_run() -> None:
    said = statement_of("detail/running-with-bids")
    assert (said.starting_price, said.current_price, said.bid_count) == (700_000_00, 755_000_00, 25)


ASKED = [
    ("running-with-bids", "bid_records", True),
    ("failed-nobody-bid", "bid_records", False),
    ("ended-without-result", "result", True),
    ("sell-off-sold-hammer-down", "result", False),
    ("second-auction-sold-2026", "bid_records", True),
    ("second-auction-sold-2026", "description", False),
    ("data-for-scripts-fills-the-gaps", "attachments", False),
]


@pytest.mark.parametrize(("case", "part", "is_asked"), ASKED)
def test_only_parts_that_bring_something_are_asked_for(case: str, part: str, is_asked: bool) -> None:
    readers = {follow.reader for follow in parse(f"detail/{case}").follows}
    assert (f"ali_judicial.{part}" in readers) is is_asked


def test_data_for_scripts_fills_only_what_the_page_leaves_out() -> None:
    said = statement_of("detail/data-for-scripts-fills-the-gaps")
    assert (said.round_kind, said.status) == (RoundKind.RE_AUCTION, RoundStatus.SOLD)
    assert (said.bid_count, said.applicant_count, said.bidder_count) == (17, 4, 3)
    assert (said.starting_price, said.market_price, said.deposit) == (700_000_00, 1_000_000_00, 70_000_00)
    assert said.hammer_price is None  # BID_CONTROL does not tell its unit
    shown = page_of("detail/data-for-scripts-fills-the-gaps").text.replace(
        "当前价", "起拍价</div><div>1 元</div><div>当前价"
    )
    item = item_of("detail/data-for-scripts-fills-the-gaps", body=shown.encode())
    assert item.starting_price_raw == "1"


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8, 0.99])
@pytest.mark.parametrize("case", [FAILED_2018, SOLD_2026, "detail_phone/first-auction-upcoming"])
def test_a_page_cut_anywhere_is_refused(case: str, share: float) -> None:
    body = page_of(case).body
    with pytest.raises(LayoutChanged):
        parse(case, body=body[: int(len(body) * share)])


def test_the_frame_of_a_page_without_its_prices_is_an_empty_shell() -> None:
    with pytest.raises(EmptyShell):
        parse("detail/without-prices")


@pytest.mark.parametrize("price", ["9" * 30, "0", "-5", "1e9"])
def test_absurd_prices_never_become_a_statement_of_another_price(price: str) -> None:
    body = page_of(FAILED_2018).text.replace("65,454,900", price)
    try:
        said = normalize(item_of(FAILED_2018, body=body.encode()), DIALECT, NOW)
    except (PageRefused, RowRefused):
        return
    assert said.starting_price in (None, 0, 5_00, 1_00)


def test_text_of_a_page_is_that_of_a_notice() -> None:
    for case in (FAILED_2018, SOLD_2026):
        markup = page_of(case).text
        assert take_apart(select(markup, source="", url="")).text == text_of(markup)


HEADINGS = [
    ("二拍 连江县敖江镇1号", "", ("连江县敖江镇1号", "二拍", None)),
    ("三拍 （三拍）吴中区1号 可贷款", "", ("（三拍）吴中区1号", "三拍", "可贷款")),
    ("【第一次拍卖】运城1号", "运城1号 -  司法拍卖 - 阿里拍卖", ("运城1号", None, None)),
    ("变卖行旧址1号 精选资产", "", ("变卖行旧址1号", None, None)),
    ("一拍 A - B号", "A - B号 - 司法拍卖 - 阿里资产", ("A - B号", "一拍", None)),
]


@pytest.mark.parametrize(("heading", "title", "expected"), HEADINGS)
def test_badges_are_no_part_of_the_name(heading: str, title: str, expected: tuple[str | None, ...]) -> None:
    assert read_name(heading, title)[1:] == expected


PLACES = [
    ("福建省 福州市 连江县\n敖江镇云坝路1号", ("福建省", "福州市", "连江县")),
    ("福建省 福州市 台江区五一中路169号", ("福建省", "福州市", None)),
    ("山西 运城 盐湖 运城市空港新区", ("山西", "运城", "盐湖")),
    ("上海 上海市 普陀区", ("上海", "上海市", "普陀区")),
    ("成大路 2552 号", (None, None, None)),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_a_district_is_told_only_where_a_blank_sets_it_apart(text: str, expected: tuple[str | None, ...]) -> None:
    place = split_place(text)
    assert (place.state, place.city, place.district) == expected
    assert place.address == " ".join(text.split())


def test_the_pages_own_fields_win_over_what_a_notice_says() -> None:
    own = ListingItem("1", {}, title="某路1号", starting_price_raw="70万", details=Details(deposit_raw="7万"))
    told = with_told(own, "案号：（2020）皖0111执1234号。起拍价：65万元，保证金：5万元。建筑面积88.21平方米。")
    assert told.starting_price_raw == "70万"
    assert details_of(told).deposit_raw == "7万"
    assert details_of(told).case_number is not None
    assert told.floor_area_raw is not None
    assert (told.title, told.address) == ("某路1号", None)


def test_of_one_kind_of_fact_the_pages_own_counts() -> None:
    own = Details(facts=(FactItem(FactKind.PRE_EMPTION, Answer.NO, "优先购买权人：无"),))
    told = Details(
        floor="3",
        facts=(
            FactItem(FactKind.PRE_EMPTION, Answer.YES, "有优先购买权人"),
            FactItem(FactKind.LEASED, Answer.NO, "无租赁"),
        ),
    )
    merged = laid_under(own, told)
    assert merged.floor == "3"
    assert [(fact.kind, fact.answer) for fact in merged.facts] == [
        (FactKind.PRE_EMPTION, Answer.NO),
        (FactKind.LEASED, Answer.NO),
    ]


def test_amounts_of_the_phone_page_are_in_fen() -> None:
    said = statement_of("detail_phone/re-auction-sold")
    assert (said.starting_price, said.hammer_price) == (2_800_000_00, 3_010_000_50)
    assert (said.appraisal_price, said.market_price) == (4_000_000_00, None)
    assert (said.deposit, said.increment) == (280_000_00, 10_000_00)
    assert (said.round_kind, said.status) == (RoundKind.RE_AUCTION, RoundStatus.SOLD)
    assert said.starts_at == datetime(2026, 6, 10, 2, tzinfo=UTC)
    assert (said.case_number, said.district) == ("（2026）沪0107执123号", "普陀区")


def test_a_phone_page_of_a_bank_is_left_to_the_other_source() -> None:
    page = page_of("detail_phone/first-auction-upcoming")
    assert BY_NAME["detail_phone"].recognises(page)
    of_a_bank = page.text.replace("人民法院", "某某银行").encode()
    assert not BY_NAME["detail_phone"].recognises(page_of("detail_phone/first-auction-upcoming", body=of_a_bank))


POSITIONS = [
    ("31.249612,121.397421", ("121.397421", "31.249612")),
    ("121.397421,31.249612", ("121.397421", "31.249612")),
    ({"lat": 31.249612, "lng": 121.397421}, ("121.397421", "31.249612")),
    ("0,0", (None, None)),
    ("51.507351,-0.127758", (None, None)),
    (None, (None, None)),
]


@pytest.mark.parametrize(("told", "expected"), POSITIONS)
def test_position_is_read_in_either_order_within_china(told: object, expected: tuple[str | None, str | None]) -> None:
    assert read_position(told) == expected


def test_a_tree_and_the_page_it_was_taken_of_say_the_same() -> None:
    trees = {item.source_id: item for item in parse("detail_text/accessibility-trees-2026").items}
    for case in (SOLD_2026, SELL_OFF_2026):
        page = item_of(case)
        tree = trees[page.source_id]
        assert tree._replace(details=None) == page._replace(details=None)
        assert details_of(tree).bids == details_of(page).bids


TEXTS = [
    ("537204227941", RoundKind.THIRD_AUCTION, 1_445_568_00, 2_005_568_00),
    ("552310861356", RoundKind.SECOND_AUCTION, 3_780_000_00, 4_110_000_00),
    ("625660290131", RoundKind.SELL_OFF, 2_442_245_60, 2_442_245_60),
]


@pytest.mark.parametrize(("source_id", "kind", "start", "hammer"), TEXTS)
def test_saved_texts_tell_round_start_and_result(source_id: str, kind: RoundKind, start: int, hammer: int) -> None:
    (item,) = [item for item in parse("detail_text/page-texts-2016-to-2020").items if item.source_id == source_id]
    said = normalize(item, DIALECT, NOW)
    assert (said.round_kind, said.status) == (kind, RoundStatus.SOLD)
    assert (said.starting_price, said.hammer_price) == (start, hammer)


def test_a_text_cut_before_its_main_part_still_tells_its_name_and_notice() -> None:
    (item,) = [item for item in parse("detail_text/page-texts-2016-to-2020").items if item.source_id == "564300723015"]
    assert (item.round_raw, item.hammer_price_raw, item.status_raw) == ("变卖", None, None)
    assert item.title == "淮安市淮安区翔宇大道190号国际商城汽车站物流中心配套服务楼南4号房"
    assert details_of(item).certificate is not None


def collected(case: str) -> dict[str, Statement]:
    items = parse(f"collected/{case}").items
    return {item.source_id: normalize(item, DIALECT, NOW) for item in items}


def test_values_of_the_page_replace_the_cut_ones_of_the_card() -> None:
    said = collected("cards-with-values-of-their-pages")["1071359675190"]
    assert (said.round_kind, said.status) == (RoundKind.SECOND_AUCTION, RoundStatus.SOLD)
    assert (said.starting_price, said.hammer_price) == (3_298_664_32, 3_308_664_32)  # 329.86万 and 330.86万 on the card
    assert (said.appraisal_price, said.is_price_exact, said.seller_name) == (5_890_472_00, True, "福州市马尾区人民法院")
    assert said.ends_at == datetime(2026, 8, 27, 2, 25, 31, tzinfo=UTC)
    assert (said.bid_count, said.applicant_count) == (11, 2)


def test_a_sell_off_without_its_price_keeps_the_cut_one_and_says_so() -> None:
    said = collected("cards-with-values-of-their-pages")
    failed, upcoming = said["1059123928005"], said["1078738913494"]
    assert (failed.round_kind, failed.starting_price, failed.is_price_exact) == (RoundKind.SELL_OFF, 1_593_000_00, True)
    assert (upcoming.starting_price, upcoming.is_price_exact) == (745_000_00, False)
    assert (upcoming.appraisal_price, upcoming.market_price) == (None, 1_330_000_00)  # as the card labels it
    assert upcoming.address is not None
    assert upcoming.address.endswith("A305")


def test_ended_with_applicants_and_no_bid_is_neither_sold_nor_failed() -> None:
    said = collected("cards-with-values-of-their-pages")["1067590571888"]
    assert (said.status, said.hammer_price, said.applicant_count) == (RoundStatus.ENDED, None, 2)


def test_a_page_taken_apart_tells_its_prices_and_the_words_of_its_table() -> None:
    said = collected("detail-page-taken-apart")["1065987562217"]
    assert (said.round_kind, said.status) == (RoundKind.SECOND_AUCTION, RoundStatus.UPCOMING)
    assert (said.starting_price, said.appraisal_price) == (296_800_00, 529_940_54)
    assert (said.deposit, said.increment, said.region_code) == (30_000_00, 2_000_00, "440703")
    assert (said.floor_area, said.built_year) == (106_87, 1999)


def test_a_cut_card_is_refused_and_the_others_are_read() -> None:
    content = parse("collected/texts-of-cards-one-cut")
    assert len(content.items) == 4
    assert {item.is_price_exact for item in content.items} == {False}
    assert [row.source_id for row in content.refused] == ["1069162324888"]
