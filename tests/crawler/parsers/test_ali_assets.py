"""Alibaba's asset side: who sells tells how it is sold; a counted cut is no court round; bids alone prove no sale."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import LayoutChanged, UnknownLabel
from crawler.items import ListingItem, PageContent
from crawler.normalize.record import normalize
from crawler.page import Page
from crawler.parsers import ali_assets
from crawler.parsers.ali_assets.dialect import DIALECT, published_round, round_number, sale_label
from store.statement import Statement
from store.terms import FactKind, PropertyKind, RoundKind, RoundStatus, SellerKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "ali_assets"
READERS = {reader.name.partition(".")[2]: reader for reader in ali_assets.READERS}


def page_of(case: str) -> Page:
    meta = json.loads((FIXTURES / case / "meta.json").read_text("utf-8"))
    (path,) = (FIXTURES / case).glob("input.*")
    return Page(path.read_bytes(), meta["url"], datetime.fromisoformat(meta["now"]))


def read(case: str, page: Page | None = None) -> PageContent:
    return READERS[case.partition("/")[0]].parse(page or page_of(case))


def statement(item: ListingItem, case: str) -> Statement:
    return normalize(item, DIALECT, page_of(case).observed_at)


def only(case: str) -> Statement:
    (item,) = read(case).items
    return statement(item, case)


# Who sells, and how ------------------------------------------------------------------------------------------------

CAPTURED = "list_gateway/form-a-banks-agents-and-asset-companies"


def test_of_the_captured_sales_thirty_five_are_a_banks_direct_sales() -> None:
    rows = [statement(item, CAPTURED) for item in read(CAPTURED).items]
    assert Counter(row.round_kind for row in rows) == {RoundKind.DIRECT_SALE: 35, RoundKind.ASSET_AUCTION: 11}
    assert Counter(row.seller_kind for row in rows) == {
        SellerKind.JOINT_STOCK_BANK: 34,
        SellerKind.STATE_BANK: 1,
        SellerKind.ASSET_MANAGER: 3,
        SellerKind.AGENT: 8,
    }


def test_the_count_of_a_bank_is_kept_and_is_no_court_round() -> None:
    rows = [statement(item, CAPTURED) for item in read(CAPTURED).items]
    assert Counter(row.round_number for row in rows if row.round_kind is RoundKind.DIRECT_SALE) == {1: 26, 2: 8, 3: 1}
    words = {item.source_id: item.words.get("轮次") for item in read(CAPTURED).items}
    assert words["603115498302"] == "第三次"


def test_every_cut_of_a_home_is_a_listing_of_its_own() -> None:
    items = read(CAPTURED).items
    assert len({item.source_id for item in items}) == 46
    assert all(item.details and item.details.previous_source_id is None for item in items)


SALES = [
    ("【第三次】某路1号", "中国民生银行武汉分行", "第三次", RoundKind.DIRECT_SALE),
    ("某路1号", "贵州农信", None, RoundKind.DIRECT_SALE),
    ("某路1号", "汇丰银行（中国）有限公司", "降价拍", RoundKind.DIRECT_SALE),
    ("（破）某路1号", "中国工商银行玉林分行", "二拍", RoundKind.ASSET_AUCTION),
    ("某路1号", "某某银行破产管理人", "一拍", RoundKind.ASSET_AUCTION),
    ("某路1号", "东莞市第一人民法院", "二拍", RoundKind.SECOND_AUCTION),
    ("某路1号", "东莞市第一人民法院", "变卖", RoundKind.SELL_OFF),
    ("某路1号", "东莞市第一人民法院", None, None),
    ("某路1号", "中国信达浙江省分公司", "一拍", RoundKind.ASSET_AUCTION),
    ("某路1号", "陕西西部拍卖有限公司", None, RoundKind.ASSET_AUCTION),
    ("某路1号", "江苏资产管理有限公司", "降价拍", RoundKind.DUTCH_AUCTION),
    ("某路1号", "被执行人中国银行弋阳支行", None, RoundKind.ASSET_AUCTION),
    ("某路1号", None, "第三次", None),
    ("（破）某路1号", None, None, RoundKind.ASSET_AUCTION),
]


@pytest.mark.parametrize(("title", "seller", "published", "kind"), SALES)
def test_the_seller_tells_how_it_is_sold(
    title: str, seller: str | None, published: str | None, kind: RoundKind | None
) -> None:
    label = sale_label(title, seller, published)
    assert (None if label is None else DIALECT.round_labels[label]) is kind


ROUNDS = [
    ("【第三次】【西部拍卖】神木镇", "第三次", 3),
    ("【东风拍卖】【第2次拍卖】沙发", "第2次拍卖", 2),
    ("【第十二次拍卖】专利", "第十二次拍卖", 12),
    ("（二拍）义乌", "二拍", 2),
    ("【第二十次】x", "第二十次", 20),
    ("【降价拍】x", "降价拍", None),
    ("【变卖】x", "变卖", None),
    ("【第0次】x", "第0次", None),
    ("三拍路12号", None, None),
    ("（最后一拍）x", None, None),
]


@pytest.mark.parametrize(("title", "published", "number"), ROUNDS)
def test_the_round_is_read_from_brackets_and_counted(title: str, published: str | None, number: int | None) -> None:
    assert published_round(title) == published
    assert round_number(published) == number


# Lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "count"),
    [
        ("list_json/banks-agents-and-asset-companies-2018-2020", 46),
        ("list_cards/full-page-of-bankruptcies", 40),
        ("list_cards/last-page-of-one-city", 5),
        ("list_cards/bank-homes-leases-and-advertisements", 4),
        ("list_json/bids-prove-no-sale", 4),
    ],
)
def test_every_listing_of_the_lists_can_be_stored(case: str, count: int) -> None:
    rows = [statement(item, case) for item in read(case).items]
    assert len(rows) == count
    assert all(row.title and row.status and row.url for row in rows)


def test_a_list_without_sellers_tells_the_kind_of_sale_of_bankruptcies_alone() -> None:
    for item in read("list_json/banks-agents-and-asset-companies-2018-2020").items:
        assert (item.seller_name, item.round_raw) == (None, None)
    items = read("list_cards/full-page-of-bankruptcies").items
    kinds = Counter((item.title or "").startswith("（破）") for item in items if item.round_raw)
    assert kinds == {True: sum((item.title or "").startswith("（破）") for item in items)}


def test_bids_of_an_ended_item_prove_no_sale_and_no_hammer_price() -> None:
    case = "list_json/bids-prove-no-sale"
    with_bids, without, running, upcoming = (statement(item, case) for item in read(case).items)
    assert (with_bids.status, with_bids.hammer_price, with_bids.starting_price) == (RoundStatus.ENDED, None, None)
    assert without.status is RoundStatus.ENDED
    assert (running.starting_price, running.current_price) == (None, 7_600_000_000)
    assert upcoming.starting_price == 220_000_000


def test_card_that_ended_without_bid_and_applicant_has_failed() -> None:
    case = "list_cards/last-page-of-one-city"
    rows = [statement(item, case) for item in read(case).items]
    assert [row.status for row in rows if row.applicant_count == 0] == [RoundStatus.FAILED] * 4
    assert [row.status for row in rows if row.applicant_count] == [RoundStatus.ENDED]


def test_leases_and_advertisements_are_refused_by_name() -> None:
    refused = read("list_cards/bank-homes-leases-and-advertisements").refused
    assert [row.reason for row in refused] == ["no sale: 首年租金", "no sale: 意向报名"]
    (lease,) = read("detail/lease-is-no-sale").refused
    assert lease.source_id == "900000002004"


TITLES = {
    "招商雍景湾5栋1201室": True,
    "福州招商局花园3幢": True,
    "已出租的商铺，承租人为某公司": True,
    "沿街商铺公开招租": False,
    "【招商】温泉北路的房地产": False,
    "温泉北路房地产招商公告": False,
    "十年租赁权": False,
}


@pytest.mark.parametrize(("title", "is_sale"), TITLES.items())
def test_a_lease_is_told_from_a_home_in_an_estate_of_that_name(title: str, *, is_sale: bool) -> None:
    page = page_of("list_json/items-saved-without-their-page")
    (row, *_) = json.loads(page.body)
    content = READERS["list_json"].parse(replace(page, body=json.dumps([row | {"title": title}]).encode()))
    assert (len(content.items), len(content.refused)) == ((1, 0) if is_sale else (0, 1))


def test_an_item_of_a_court_among_them_goes_to_the_courts_source() -> None:
    case = "list_cards/bank-homes-leases-and-advertisements"
    (court,) = (item for item in read(case).items if item.source)
    assert (court.source, court.source_id) == ("ali_judicial", "1077898047577")
    assert statement(court, case).seller_kind is SellerKind.COURT
    assert court.url not in {follow.url for follow in read(case).follows}


def test_the_page_of_every_item_is_asked_for_because_only_it_tells_the_seller() -> None:
    content = read("list_cards/full-page-of-bankruptcies")
    details = [follow.url for follow in content.follows if follow.reader == "ali_assets.detail"]
    assert details == [item.url for item in content.items]


def test_a_full_page_of_the_search_has_a_next_one_and_another_has_none() -> None:
    full, last = page_of("list_cards/full-page-of-bankruptcies"), page_of("list_cards/last-page-of-one-city")
    for at, following in (("1", "page=2"), ("9", "page=10"), ("x", None), ("", "page=2")):
        page = replace(full, url=full.url.replace("page=1", f"page={at}"))
        pages = [follow.url for follow in READERS["list_cards"].parse(page).follows if follow.is_next_page]
        assert [url.rpartition("&")[2] for url in pages] == ([following] if following else [])
    assert not any(follow.is_next_page for follow in READERS["list_cards"].parse(last).follows)


def test_the_next_page_asks_for_the_same_things() -> None:
    (following,) = (follow for follow in read("list_cards/full-page-of-bankruptcies").follows if follow.is_next_page)
    asked = page_of("list_cards/full-page-of-bankruptcies").url
    assert sorted(following.url.replace("page=2", "page=1").split("&")) == sorted(asked.split("&"))


def test_a_list_of_another_place_than_asked_for_is_refused_and_the_right_one_is_read() -> None:
    whole = page_of("list_cards/whole-country-for-an-unknown-code")
    with pytest.raises(LayoutChanged, match="asked for 南京市"):
        READERS["list_cards"].parse(whole)
    unasked = replace(whole, url=whole.url.partition("#")[0])
    assert len(READERS["list_cards"].parse(unasked).items) == 5


def test_amounts_of_form_b_are_in_fen_and_its_rows_are_exact() -> None:
    case = "list_gateway/form-b-of-both-sides"
    row = statement(read(case).items[0], case)
    assert (row.starting_price, row.market_price, row.deposit, row.increment) == (
        41_200_000,
        68_670_000,
        4_000_000,
        200_000,
    )
    assert (row.floor_area, row.longitude, row.latitude) == (11_050, 106_710_000, 26_590_000)
    assert (row.property_kind, row.round_number) == (PropertyKind.FLAT, 3)
    with_bids = statement(read(case).items[1], case)
    assert (with_bids.starting_price, with_bids.current_price) == (None, 58_937_576)


def test_a_state_that_no_table_holds_is_refused_where_it_is_converted() -> None:
    case = "list_gateway/form-b-of-both-sides"
    with pytest.raises(UnknownLabel, match="frozen"):
        statement(read(case).items[-1], case)


def test_the_answer_of_the_gateway_reads_the_same_bare_and_in_a_call() -> None:
    page = page_of(CAPTURED)
    bare = replace(page, body=page.body.removeprefix(b"mtopjsonp1(").removesuffix(b")"))
    assert READERS["list_gateway"].parse(bare) == READERS["list_gateway"].parse(page)


def test_list_in_gbk_reads_as_the_same_list_in_utf_8() -> None:
    page = page_of("list_json/banks-agents-and-asset-companies-2018-2020")
    in_gbk = replace(page, body=page.body.decode().replace('charset="utf-8"', 'charset="gbk"').encode("gb18030"))
    assert READERS["list_json"].parse(in_gbk) == READERS["list_json"].parse(page)


# Pages of items ----------------------------------------------------------------------------------------------------


def test_the_bank_building_of_the_capture_field_by_field() -> None:
    row = only("detail/bank-building-sold-2019")
    assert (row.title, row.seller_name) == ("陆川县温泉镇温泉北路的房地产", "中国工商银行玉林分行")
    assert (row.seller_kind, row.round_kind, row.round_number) == (SellerKind.STATE_BANK, RoundKind.DIRECT_SALE, 1)
    assert (row.status, row.hammer_price) == (RoundStatus.SOLD, 551_000_000)
    assert (row.starting_price, row.appraisal_price) == (550_000_000, 1_100_000_000)
    assert row.starts_at == datetime(2019, 11, 19, 2, tzinfo=UTC)
    assert row.ends_at == datetime(2019, 11, 20, 2, tzinfo=UTC)
    assert (row.city, row.is_price_exact, row.bidding_minutes) == ("玉林市", True, 1440)


ADMINISTRATOR, AUCTION = SellerKind.BANKRUPTCY_ADMINISTRATOR, RoundKind.ASSET_AUCTION
SELLERS = [
    ("agent-sells-a-flat-for-the-third-time", SellerKind.AGENT, AUCTION, 3, RoundStatus.UPCOMING),
    ("asset-company-sells-loans", SellerKind.ASSET_MANAGER, AUCTION, 1, RoundStatus.SOLD),
    ("bankruptcy-with-a-market-price-2020", ADMINISTRATOR, AUCTION, 2, RoundStatus.FAILED),
    ("let-flat-of-a-rural-bank-2026", SellerKind.RURAL_BANK, RoundKind.DIRECT_SALE, 3, RoundStatus.UPCOMING),
    ("price-that-falls", SellerKind.ASSET_MANAGER, RoundKind.DUTCH_AUCTION, None, RoundStatus.ONGOING),
    ("fixed-price-of-a-bank", SellerKind.CITY_BANK, RoundKind.DIRECT_SALE, None, RoundStatus.ONGOING),
]


@pytest.mark.parametrize(("case", "seller", "kind", "number", "status"), SELLERS)
def test_each_seller_sells_in_his_way(
    case: str, seller: SellerKind, kind: RoundKind, number: int | None, status: RoundStatus
) -> None:
    row = only(f"detail/{case}")
    assert (row.seller_kind, row.round_kind, row.round_number, row.status) == (seller, kind, number, status)


def test_a_market_price_is_no_appraisal_and_other_items_prices_are_not_read() -> None:
    row = only("detail/bankruptcy-with-a-market-price-2020")
    assert (row.market_price, row.appraisal_price) == (95_970_000, None)
    assert (row.starting_price, row.deposit, row.increment) == (58_937_576, 8_000_000, 500_000)


def test_a_fixed_price_is_an_asking_price() -> None:
    row = only("detail/fixed-price-of-a-bank")
    assert (row.asking_price, row.starting_price) == (9_800_000, None)


def test_a_description_in_the_page_tells_area_certificate_and_lease() -> None:
    (item,) = read("detail/let-flat-of-a-rural-bank-2026").items
    assert item.details is not None
    row = only("detail/let-flat-of-a-rural-bank-2026")
    assert (row.floor_area, row.certificate) == (11_050, "黔（2021）云岩区不动产权第0012345号")
    assert FactKind.LEASED in {fact.kind for fact in item.details.facts}


def test_a_description_that_is_loaded_later_is_asked_for_with_its_item_behind_the_address() -> None:
    (old,) = read("detail/bank-building-sold-2019").follows
    assert old.url.startswith("https://desc.alicdn.com/")
    (new,) = read("detail/bank-in-components-2026").follows
    assert new.url.startswith("https://detail-ext.taobao.com/json/get_auction_desc_content.do?item_id=900000003004&")
    for follow in (old, new):
        assert follow.reader == "ali_assets.description"
        assert READERS["description"].recognises(Page(b"", follow.url, datetime.now(UTC)))
    assert read("detail/let-flat-of-a-rural-bank-2026").follows == []


def test_a_description_belongs_to_the_item_behind_its_address() -> None:
    row = only("description/table-as-html-in-json")
    assert (row.url, row.floor_area) == ("https://zc-item.taobao.com/auction/900000002001.htm", 11_050)
    assert only("description/text-assigned-by-a-script").floor_area == 10_132


def test_contacts_are_not_read() -> None:
    for case in (FIXTURES / "detail").iterdir():
        if (case / "expected.json").exists():
            for item in read(f"detail/{case.name}").items:
                assert "经理" not in str(item)
                assert "139××" not in str(item)
