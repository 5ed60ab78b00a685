"""JD's lists: the rules behind the fields, on recorded rows put back into the documented envelope."""

from typing import Any

import pytest

from crawler.errors import Blocked
from crawler.parsers.jd.areas import all_cities, area_of, areas_within, find_area
from crawler.parsers.jd.calls import (
    read_call,
    search_address,
)
from crawler.parsers.jd.dialect import round_in_title, status_word
from crawler.reading import statement_of
from store.terms import RoundKind, RoundStatus, SellerKind
from tests.crawler.parsers.jd_help import COURTS, READERS, answer, case, parse, row, search, statements

# The list ----------------------------------------------------------------------------------------------------------


def test_cards_of_2026_come_out_as_their_own_pages_said() -> None:
    """2 sold, 5 failed and 4 upcoming of the eleven whose pages were kept; the other three do not tell."""
    stated = statements("jd_judicial/list/homes-of-fuzhou-and-quanzhou-2026-09-01")
    found: dict[RoundStatus | None, set[str]] = {}
    for source_id, (statement, _) in stated.items():
        found.setdefault(statement.status, set()).add(source_id)
    assert found[RoundStatus.SOLD] == {"311023125", "311109381"}
    assert found[RoundStatus.FAILED] == {"310836078", "311109363", "311036974", "310841299", "311037280"}
    assert found[RoundStatus.UPCOMING] == {
        "311192865",
        "311192862",
        "311192219",
        "311191190",
        "311191597",
        "311191296",
    }
    assert found[RoundStatus.ENDED] == {"310836342"}  # its bids are not told


def test_price_of_a_sold_lot_is_its_hammer_price_and_of_an_unsold_one_its_start() -> None:
    stated = statements("jd_judicial/list/homes-of-fuzhou-and-quanzhou-2026-09-01")
    sold, failed = stated["311023125"][0], stated["310836078"][0]
    assert (sold.starting_price, sold.hammer_price) == (96_375_600, 144_855_600)
    assert (failed.starting_price, failed.current_price, failed.hammer_price) == (128_000_000, 128_000_000, None)


def test_market_price_and_appraisal_are_two_fields() -> None:
    stated = statements("jd_judicial/list/homes-of-fuzhou-and-quanzhou-2026-09-01")
    assert (stated["310841299"][0].appraisal_price, stated["310841299"][0].market_price) == (None, 120_518_990)
    assert (stated["311023125"][0].appraisal_price, stated["311023125"][0].market_price) == (120_469_532, None)


def test_city_of_the_court_is_not_that_of_the_flat() -> None:
    """A flat in 西安 that a court in 南昌 sells (seen 2022-11)."""
    item = next(
        each
        for each in parse("jd_judicial/list/running-lots-of-2022-11-20-with-next-page").items
        if each.words["courtCityName"] == "南昌市" and each.state_raw == "陕西"
    )
    assert item.city_raw is None
    assert (item.title or "").startswith("陕西省西安市")


def test_all_forty_running_lots_of_2022_are_read_with_the_bids_their_prices_show() -> None:
    stated = statements("jd_judicial/list/running-lots-of-2022-11-20-with-next-page")
    assert len(stated) == 40
    for statement, _ in stated.values():
        assert statement.status is RoundStatus.ONGOING
        assert statement.starting_price is not None
        assert statement.current_price is not None
        assert statement.current_price >= statement.starting_price
        assert statement.hammer_price is None


def test_each_code_of_state_and_round_has_its_meaning() -> None:
    stated = statements("jd_judicial/list/each-state-and-round-code")
    said = {int(source_id) - 319000000: (each.round_kind, each.status) for source_id, (each, _) in stated.items()}
    assert said == {
        1: (RoundKind.FIRST_AUCTION, RoundStatus.UPCOMING),
        2: (RoundKind.SECOND_AUCTION, RoundStatus.ONGOING),
        3: (RoundKind.SELL_OFF, RoundStatus.SOLD),
        4: (RoundKind.FIRST_AUCTION, RoundStatus.FAILED),
        5: (RoundKind.FIRST_AUCTION, RoundStatus.WITHDRAWN),
        6: (RoundKind.FIRST_AUCTION, RoundStatus.POSTPONED),
        7: (RoundKind.SECOND_AUCTION, RoundStatus.SUSPENDED),
        8: (RoundKind.SECOND_AUCTION, RoundStatus.SUSPENDED),
        9: (RoundKind.REPEAT_AUCTION, RoundStatus.FAILED),
        10: (RoundKind.ASSET_AUCTION, RoundStatus.FAILED),
        11: (RoundKind.FIRST_AUCTION, RoundStatus.FAILED),
        12: (RoundKind.RE_AUCTION, RoundStatus.FAILED),
        13: (RoundKind.FIRST_AUCTION, RoundStatus.ENDED),  # a bid under the reserve sells nothing
        14: (None, None),
        15: (RoundKind.FIRST_AUCTION, RoundStatus.SOLD),
        16: (None, RoundStatus.ENDED),  # bids not told
    }
    assert stated["319000010"][0].round_number == 12
    assert stated["319000010"][0].seller_kind is SellerKind.BANKRUPTCY_ADMINISTRATOR
    assert stated["319000015"][0].is_loan_offered is True  # by its label, though the flag says 0


def test_status_that_no_table_knows_is_refused_by_name() -> None:
    page = case("jd_judicial/list/rows-of-another-window-and-rows-that-are-refused")
    reader = READERS["jd_judicial.list"]
    item = next(each for each in reader.parse(page).items if each.source_id == "319000109")
    with pytest.raises(Exception, match="unknown label 'displayStatus 4'"):
        statement_of(item, reader, page.observed_at)


def test_bad_rows_do_not_hurt_the_others() -> None:
    content = parse("jd_judicial/list/rows-of-another-window-and-rows-that-are-refused")
    assert [item.source_id for item in content.items] == ["319000101", "319000108", "319000109"]
    assert [row.position for row in content.refused] == [2, 3, 4, 5, 6, 7, 10]


def test_publish_source_of_the_row_decides_the_window_and_the_rest_is_left_to_its_own_crawl() -> None:
    content = parse("jd_judicial/list/rows-of-another-window-and-rows-that-are-refused")
    assert {item.source_id: item.source for item in content.items} == {
        "319000101": None,
        "319000108": "jd_assets",
        "319000109": None,
    }
    assert [follow.about for follow in content.follows] == ["319000101", "319000109"]
    assets = {item.source_id: item.source for item in parse("jd_assets/list/financial-assets").items}
    assert [source_id for source_id, source in assets.items() if source] == ["319100006"]
    assert assets["319100006"] == "jd_judicial"


@pytest.mark.parametrize("number", [10021357225012, 10034964494317, "100213572250", 0, -1, True, 1.5, None])
def test_number_of_the_product_is_never_taken_for_the_id(number: Any) -> None:
    content = answer(search([row(id=number)], 1), search_address(COURTS))
    assert (content.items, len(content.refused)) == ([], 1)


def test_next_page_is_asked_while_the_total_is_not_reached() -> None:
    content = parse("jd_judicial/list/running-lots-of-2022-11-20-with-next-page")
    (following,) = [follow for follow in content.follows if follow.is_next_page]
    first = read_call(case("jd_judicial/list/running-lots-of-2022-11-20-with-next-page").url)
    second = read_call(following.url)
    assert (content.stated_count, second.body) == (134, {**first.body, "page": 2})
    assert len(content.follows) == 41  # 40 rows have their details


@pytest.mark.parametrize(("number", "has_next"), [(1, True), (3, True), (4, False), (5, False)])
def test_last_page_leads_nowhere(number: int, has_next: bool) -> None:
    url = search_address({**COURTS, "page": number})
    follows = answer(search([row()], 134, number), url).follows
    assert [follow.is_next_page for follow in follows] == ([False, True] if has_next else [False])


def test_next_page_of_the_old_list_is_asked_as_the_first() -> None:
    content = parse("jd_assets/list/banks-and-agents-of-jiangsu-2020-08-23")
    (following,) = [follow for follow in content.follows if follow.is_next_page]
    assert following.url == (
        "https://auction.jd.com/getAssetsList.html?childrenCateId=12762&provinceId=12&limit=40&page=2"
    )


@pytest.mark.parametrize(
    ("total", "number", "query"),
    [(853, 1, COURTS), (853, 2, COURTS), (0, 2, COURTS), (None, 1, COURTS), (0, 1, {"publishSource": "7"})],
    ids=["first", "in-the-middle", "total-gone", "no-total", "whole-country"],
)
def test_rows_that_go_missing_are_a_refusal_never_an_empty_list(total: int | None, number: int, query: Any) -> None:
    with pytest.raises(Blocked, match="silent limiting"):
        answer(search([], total, number), search_address({**query, "page": number}))


@pytest.mark.parametrize(("total", "number"), [(0, 1), (80, 3), (81, 4)])
def test_nothing_is_nothing_where_the_answer_itself_says_so(total: int, number: int) -> None:
    content = answer(search([], total, number), search_address({**COURTS, "page": number}))
    assert (content.items, content.follows, content.stated_count) == ([], [], total)


# Banks and the asset platform --------------------------------------------------------------------------------------


def test_rounds_of_a_bank_are_auctions_outside_the_law_counted_by_their_titles() -> None:
    """溪南新村376-1-101 of 平安银行: three rounds in one list, cut at will (seen 2020-08)."""
    stated = statements("jd_assets/list/banks-and-agents-of-jiangsu-2020-08-23")
    rounds = {each.round_number: each for each, _ in stated.values() if "溪南新村" in str(each.title)}
    assert {number: each.current_price for number, each in rounds.items()} == {
        1: 88_660_000,
        2: 62_060_000,
        3: 58_850_000,
    }
    assert {each.round_kind for each in rounds.values()} == {RoundKind.ASSET_AUCTION}
    assert {each.seller_kind for each in rounds.values()} == {SellerKind.JOINT_STOCK_BANK}
    assert rounds[2].starting_price == 62_060_000  # nobody has bid
    assert rounds[3].starting_price is None  # 4 bids: the price is no longer the start


def test_account_name_in_place_of_the_seller_is_nobody() -> None:
    sellers = [item.seller_name for item in parse("jd_assets/list/banks-and-agents-of-jiangsu-2020-08-23").items]
    assert sellers.count(None) == 2
    assert "jd_pop_account" not in sellers


def test_form_of_a_sale_is_told_by_stages_and_increment() -> None:
    kinds = {
        name: next(iter(statements(f"jd_assets/basic/{name}").values()))[0].round_kind
        for name in ("pillow-of-an-auction-house", "bank-without-an-increment", "price-falls-in-stages")
    }
    assert kinds == {
        "pillow-of-an-auction-house": RoundKind.ASSET_AUCTION,
        "bank-without-an-increment": RoundKind.DIRECT_SALE,
        "price-falls-in-stages": RoundKind.DUTCH_AUCTION,
    }


def test_sellers_are_known_by_their_names() -> None:
    stated = statements("jd_assets/list/financial-assets")
    assert [each.seller_kind for each, _ in stated.values()] == [
        SellerKind.RURAL_BANK,
        SellerKind.JOINT_STOCK_BANK,
        SellerKind.BANKRUPTCY_ADMINISTRATOR,
        SellerKind.AGENT,
        SellerKind.RURAL_BANK,
        SellerKind.COURT,
        SellerKind.ASSET_MANAGER,
    ]


def test_zero_is_no_appraisal_and_no_starting_price() -> None:
    """assessmentPrice and minPrice are 0.0 for commercial sellers: the start is the price nobody has bid on yet."""
    stated = statements("jd_assets/list/financial-assets")
    assert {each.appraisal_price for each, _ in stated.values()} == {None}
    assert stated["319100001"][0].starting_price == 120_000_000
    assert stated["319100007"][0].starting_price is None


# Titles, outcomes, areas -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("【一拍】-平安银行-溪南新村376-1-101", ("一拍", 1)),
        ("VR【变卖】泉州市丰泽区", ("变卖", None)),
        ("【第8次拍卖】专利", ("第四次及以后", 8)),
        ("（第十二次拍卖）专利", ("第四次及以后", 12)),
        ("(第二次拍卖)房产", ("二拍", 2)),
        ("[三拍]房产", ("三拍", 3)),
        ("【国茂拍卖 SQ H005】宿迁市", (None, None)),
        ("【融侨5月购房季】淮安", (None, None)),
    ],
)
def test_round_stands_in_the_brackets_of_a_title(title: str, expected: tuple[str | None, int | None]) -> None:
    assert round_in_title(title) == expected


def test_outcome_follows_from_state_bids_price_and_proofs() -> None:
    assert status_word(2, 1, 0) == "auctionStatus 2, failed"
    assert status_word(2, 1, "7") == "auctionStatus 2, sold"
    assert status_word(2, 1, 3, price=90, reserve=100) == "auctionStatus 2"
    assert status_word(2, 1, 3, price=90, reserve=100, is_confirmed=True) == "auctionStatus 2, sold"
    assert status_word(2, 1, 3, is_blown=True) == "auctionStatus 2, failed"
    assert status_word(2, 5, 3) == "displayStatus 5"  # withdrawn in spite of bids
    assert status_word(2, None, None) == "auctionStatus 2"
    assert status_word(None, 1, 0) is None


def test_areas_are_those_of_the_table() -> None:
    assert (len(areas_within(None)), len(all_cities())) == (33, 453)
    assert len({area.city_id for area in all_cities()}) == 453
    assert find_area("福建省", "福州市") == area_of(16, 1303) == area_of("", "1303")
    assert find_area("甘肃省", "甘南藏族自治州") == area_of(28, 2564)
    assert find_area("北京市", "朝阳区") == area_of(1, 72)
    assert find_area("新疆维吾尔自治区", "双河市") is None
    assert all(find_area(area.province, area.city) == area for area in all_cities() if area.province != "港澳")
