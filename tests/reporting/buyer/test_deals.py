"""Deals: four discounts that never stand for one another, and nothing doubtful on top."""

import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import begin

from reporting.buyer.deals import Deal, DealQuestion, DiscountTo, find_deals
from reporting.filters import parse_filters
from reporting.render import Format, render
from store.engine import reading
from store.statement import Context, MarketPrice
from store.terms import (
    Answer,
    AppraisalKind,
    AppraisalScope,
    Currency,
    FactKind,
    PropertyKind,
    RoundKind,
    RoundStatus,
    SellerKind,
)
from tests.reporting.buyer.buyer_help import (
    TODAY,
    court_flat,
    fact,
    fill,
    filters,
    link,
    look_completely,
    record,
    sold_flat,
    table_text,
)

ASKED = DealQuestion(TODAY)
HOME = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元"
SOLD = {
    f"sold-{number}": sold_flat(f"福州市闽侯县上街镇国宾大道{number}号{number}幢{number}01室", 10_000 * number)
    for number in range(80, 130, 10)
}
"""Five flats of 100 sqm, sold for 8,000 to 12,000 yuan a sqm: the median is 10,000."""


def deals(engine: Engine, question: DealQuestion = ASKED) -> list[Deal]:
    with reading(engine) as connection:
        return list(find_deals(connection, question).rows)


def only_deal(engine: Engine, question: DealQuestion = ASKED) -> Deal:
    (deal,) = deals(engine, question)
    return deal


def test_the_four_discounts_are_each_against_their_own_price(engine: Engine) -> None:
    begin(engine)
    home = court_flat(
        HOME,
        900_000,
        appraisal_price=1_250_000_00,
        appraisal_kind=AppraisalKind.ONLINE_INQUIRY,
        appraisal_on=date(2026, 5, 1),
    )
    record(engine, {"1": home, **SOLD}, days=-20)
    market = MarketPrice("南屿滨江城", "2026-08-01", 15_000_00, Currency.CNY, "deals", city="福州")
    record(engine, {}, source="t", days=-10, context=Context((), (market,)))
    record(engine, {"1": home._replace(starting_price=720_000_00, round_kind=None)}, days=-1)
    link(engine)
    deal = only_deal(engine)
    assert (deal.price, deal.unit_price) == (720_000, 7_200)
    assert (deal.appraisal_discount_percent, deal.appraisal_price) == (Decimal("42.40"), 1_250_000)
    assert (deal.appraisal_kind, deal.appraisal_on) == (AppraisalKind.ONLINE_INQUIRY, date(2026, 5, 1))
    assert (deal.comparable_discount_percent, deal.comparable_unit_price) == (28, 10_000)
    assert (deal.comparable_count, deal.comparable_against) == (5, "sold, district")
    assert (deal.market_discount_percent, deal.market_price, deal.market_count) == (52, 1_500_000, 1)
    assert deal.market_against == "t, deals, 2026-08-01"
    assert (deal.highest_discount_percent, deal.highest_price) == (20, 900_000)


def test_a_discount_that_cannot_be_told_stays_empty_and_takes_no_other_ones_place(engine: Engine) -> None:
    deal = only_deal(fill(engine, {"1": court_flat(HOME, 900_000)}))
    assert [
        deal.appraisal_discount_percent,
        deal.comparable_discount_percent,
        deal.market_discount_percent,
        deal.highest_discount_percent,
    ] == [None] * 4
    assert (deal.comparable_against, deal.comparable_count) == ("insufficient data", 0)


def test_too_few_homes_are_insufficient_data_and_no_number(engine: Engine) -> None:
    few = dict(list(SOLD.items())[:4])
    fill(engine, {"1": court_flat(HOME, 700_000), **few})
    deal = only_deal(engine)
    assert (deal.comparable_discount_percent, deal.comparable_unit_price, deal.comparable_count) == (None, None, 4)
    with reading(engine) as connection:
        assert "insufficient data (4)" in table_text(find_deals(connection, ASKED))


@pytest.mark.parametrize(
    ("values", "question"),
    [
        ({"starting_price": 650_000_00, "appraisal_price": 1_000_000_00}, "under_floor"),  # case 8: 65 %
        ({"appraisal_price": 900_000_000_00, "appraisal_scope": AppraisalScope.LOT, "unit_count": 1}, "lot_appraisal"),
        ({"appraisal_price": 1_000_000_00, "appraisal_on": date(2024, 1, 1)}, "stale_appraisal"),
        ({"starting_price": 1_00, "seller_kind": SellerKind.COMPANY, "appraisal_price": 1_000_000_00}, "nominal_price"),
    ],
)
def test_what_is_doubtful_stands_below_the_smallest_clean_discount(
    engine: Engine, values: dict[str, Any], question: str
) -> None:
    clean = court_flat("福州市闽侯县上街镇马保路56号国屿新村27号楼404单元", 950_000, appraisal_price=1_000_000_00)
    without = court_flat("福州市闽侯县荆溪镇龙溪锦城23号楼803单元", 1_000_000)
    doubtful = court_flat(HOME, 700_000, **values)
    fill(engine, {"doubtful": doubtful, "clean": clean, "without": without})
    rows = deals(engine)
    assert [row.listing for row in rows] == ["s:clean", "s:without", "s:doubtful"]
    assert question in rows[-1].doubts.split(", ")
    assert rows[0].doubts == ""


def test_a_second_start_thirty_percent_under_the_first_is_below_floor_and_last(engine: Engine) -> None:
    begin(engine)
    first = court_flat(HOME, 1_000_000, case_number="(2025)闽0121执1234号", appraisal_price=1_250_000_00)
    over = {"status": RoundStatus.FAILED, "starts_at": None, "ends_at": TODAY.before}
    record(engine, {"1": first._replace(**over)}, days=-40)
    second = first._replace(starting_price=700_000_00, round_kind=RoundKind.SECOND_AUCTION)
    clean = court_flat("福州市闽侯县上街镇马保路56号国屿新村27号楼404单元", 950_000, appraisal_price=1_000_000_00)
    record(engine, {"2": second, "3": clean})
    link(engine)
    rows = deals(engine, replace(ASKED, by=DiscountTo.HIGHEST))
    assert [row.listing for row in rows] == ["s:3", "s:2"]
    assert rows[1].tags == "below floor"
    assert "over_cut" in rows[1].doubts


def test_a_half_share_has_its_tag_no_unit_price_and_stands_below_whole_homes(engine: Engine) -> None:
    whole = court_flat("福州市闽侯县上街镇马保路56号国屿新村27号楼404单元", 950_000, appraisal_price=1_000_000_00)
    half = court_flat(f"{HOME}二分之一产权份额", 350_000, appraisal_price=500_000_00)
    fill(engine, {"half": half, "whole": whole, **SOLD})
    rows = deals(engine)
    assert [row.listing for row in rows] == ["s:whole", "s:half"]
    assert (rows[1].tags, rows[1].unit_price) == ("share 1/2", None)
    assert (rows[1].comparable_discount_percent, rows[1].comparable_against) == (None, "not comparable")


def test_the_appraisal_of_a_lot_is_not_held_against_the_price_of_a_unit(engine: Engine) -> None:
    lot = {"appraisal_price": 90_000_000_00, "appraisal_scope": AppraisalScope.LOT}
    deal = only_deal(fill(engine, {"1": court_flat(HOME, 700_000, unit_count=1, **lot)}))
    assert (deal.appraisal_discount_percent, deal.appraisal_price) == (None, None)
    assert deal.tags == "appraisal of a lot"


def test_several_units_are_a_lot_and_have_no_unit_price(engine: Engine) -> None:
    deal = only_deal(fill(engine, {"1": court_flat(HOME, 7_000_000, unit_count=12), **SOLD}))
    assert (deal.tags, deal.unit_price, deal.comparable_against) == ("lot of 12", None, "not comparable")


def test_what_the_notice_warns_of_are_tags(engine: Engine) -> None:
    facts = (
        fact(FactKind.OCCUPIED, Answer.YES, "是否已腾空 未腾空"),
        fact(FactKind.LEASED, Answer.YES, "租赁情况 有租赁"),
        fact(FactKind.BUYER_BEARS_ALL_TAXES, Answer.NO, "税费各自承担"),
    )
    fill(engine, {"1": (court_flat(HOME, 900_000), facts)})
    assert only_deal(engine).tags == "leased, occupied"


def test_facts_are_those_known_on_the_day(engine: Engine) -> None:
    begin(engine)
    record(engine, {"1": court_flat(HOME, 900_000)}, days=-3)
    leased = fact(FactKind.LEASED, Answer.YES, "租赁情况 有租赁")
    record(engine, {"1": (court_flat(HOME, 900_000), (leased,))}, days=-1)
    vacated = fact(FactKind.LEASED, Answer.NO, "租赁情况 无")
    record(engine, {"1": (court_flat(HOME, 900_000), (vacated,))}, days=2)
    link(engine)
    days = ("2026-09-02", "2026-09-04", "2026-09-07")
    told = [only_deal(engine, DealQuestion(parse_filters(as_of=day))).tags for day in days]
    assert told == ["", "leased", ""]


def test_a_standing_bid_is_the_price_and_not_the_start(engine: Engine) -> None:
    begun = {"starts_at": TODAY.before, "ends_at": None, "status": RoundStatus.ONGOING}
    home = court_flat(HOME, 700_000, current_price=900_000_00, appraisal_price=1_000_000_00, **begun)
    deal = only_deal(fill(engine, {"1": home}))
    assert (deal.price, deal.appraisal_discount_percent) == (900_000, 10)


def test_a_bid_over_the_highest_price_is_no_discount_to_it(engine: Engine) -> None:
    begin(engine)
    home = court_flat(HOME, 900_000, round_kind=None, seller_kind=SellerKind.CITY_BANK)
    record(engine, {"1": home}, days=-9)
    cut = home._replace(starting_price=720_000_00, status=RoundStatus.ONGOING)
    record(engine, {"1": cut}, days=-2)
    record(engine, {"1": cut._replace(current_price=950_000_00)}, days=-1)
    link(engine)
    assert only_deal(engine, DealQuestion(parse_filters(as_of="2026-09-02"))).highest_discount_percent == 20
    assert only_deal(engine).highest_discount_percent is None


def test_the_price_of_a_dutch_auction_is_where_it_has_fallen_to(engine: Engine) -> None:
    falls = {"round_kind": RoundKind.DUTCH_AUCTION, "status": RoundStatus.ONGOING, "seller_kind": SellerKind.CITY_BANK}
    deal = only_deal(fill(engine, {"1": court_flat(HOME, 700_000, current_price=500_000_00, **falls)}))
    assert deal.price == 500_000


def test_an_appraisal_shown_once_more_as_market_price_is_none(engine: Engine) -> None:
    same = court_flat(HOME, 700_000, market_price=1_000_000_00, appraisal_price=1_000_000_00)
    other = court_flat("福州市闽侯县荆溪镇龙溪锦城23号楼803单元", 700_000, market_price=875_000_00)
    rows = {row.listing: row for row in deals(fill(engine, {"same": same, "other": other}))}
    assert rows["s:same"].market_discount_percent is None
    assert (rows["s:other"].market_discount_percent, rows["s:other"].market_against) == (
        20,
        "s, as the listing says, 2026-09-04",
    )


def test_offers_that_are_over_or_unseen_for_long_are_left_out_with_their_number(engine: Engine) -> None:
    begin(engine)
    record(engine, {"old": court_flat(HOME, 700_000, starts_at=None, ends_at=None)}, days=-91)
    over = court_flat("福州市闽侯县荆溪镇龙溪锦城23号楼803单元", 700_000, starts_at=court_flat("", 1).starts_at)
    begun = over._replace(starts_at=datetime_days_before(9), ends_at=None)
    no_price = court_flat("福州市闽侯县上街镇马保路56号国屿新村27号楼404单元", 0)
    sold = sold_flat("福州市闽侯县上街镇国宾大道1号1幢101室", 700_000)
    record(engine, {"begun": begun, "none": no_price, "sold": sold})
    link(engine)
    with reading(engine) as connection:
        found = find_deals(connection, ASKED)
        assert found.rows == []
        text = table_text(found)
    assert "left out: 1 not seen in the 90 days before" in text
    assert "left out: 1 begun too long ago to be open, their end not told" in text
    assert "left out: 1 without a price" in text


def test_an_older_listing_that_stands_is_the_deal_where_the_last_one_is_missing(engine: Engine) -> None:
    """A bank that lists its flat twice and takes one page down still sells it."""
    begin(engine)
    bank = {"round_kind": None, "seller_kind": SellerKind.CITY_BANK, "seller_name": "福建海峡银行", "ends_at": None}
    older = court_flat(HOME, 900_000, starts_at=datetime_days_before(30), **bank)
    last = court_flat(HOME, 800_000, starts_at=datetime_days_before(9), **bank)
    alone = court_flat("福州市闽侯县荆溪镇龙溪锦城23号楼803单元", 700_000)
    record(engine, {"older": older, "last": last, "alone": alone}, days=-8)
    link(engine)
    assert {deal.listing for deal in deals(engine)} == {"s:last", "s:alone"}

    look_completely(engine, {"older": older}, days=-2)
    look_completely(engine, {"older": older}, days=-1)
    with reading(engine) as connection:
        found = find_deals(connection, ASKED)
    assert [(deal.listing, deal.price) for deal in found.rows] == [("s:older", 900_000)]
    assert "left out: 1 missing from their source" in table_text(found)


def datetime_days_before(days: int) -> Any:
    from datetime import timedelta

    assert TODAY.before is not None
    return TODAY.before - timedelta(days=days)


def test_the_same_offer_on_two_platforms_is_one_row(engine: Engine) -> None:
    begin(engine)
    home = court_flat(HOME, 700_000, case_number="(2025)闽0121执1234号", appraisal_price=1_000_000_00)
    record(engine, {"1": home})
    record(engine, {"9": home}, source="t")
    link(engine)
    assert len(deals(engine)) == 1
    assert only_deal(engine, DealQuestion(filters(source=["t"]))).listing == "t:9"


def test_totals_do_not_change_with_limit_or_order(engine: Engine) -> None:
    homes = {
        str(number): court_flat(f"福州市闽侯县上街镇{number}路{number}号{number}幢101室", 700_000 + number)
        for number in range(1, 8)
    }
    fill(engine, homes)
    with reading(engine) as connection:
        few, every = (find_deals(connection, replace(ASKED, limit=limit)) for limit in (2, None))
        other = find_deals(connection, replace(ASKED, by=DiscountTo.MARKET))
        stream = StringIO(newline="")
        render(few, Format.CSV, stream)
    assert len(few.rows) == len(every.rows) == len(other.rows) == 7
    assert len(list(csv.DictReader(StringIO(stream.getvalue())))) == 7
    assert "5 more: raise --limit" in table_text(few)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ({"max_price": "70万"}, 1),
        ({"max_price": "699999"}, 0),
        ({"min_cut": "10%"}, 1),
        ({"min_cut": "40%"}, 0),
        ({"kind": ["shop"]}, 0),
        ({"city": ["福州"]}, 1),
    ],
)
def test_deals_are_filtered_but_compared_with_all(engine: Engine, words: dict[str, Any], count: int) -> None:
    begin(engine)
    home = court_flat(HOME, 1_000_000, round_kind=None, seller_kind=SellerKind.CITY_BANK)
    record(engine, {"1": home, **SOLD}, days=-5)
    record(engine, {"1": home._replace(starting_price=700_000_00)}, days=-1)
    link(engine)
    rows = deals(engine, DealQuestion(filters(**words)))
    assert len(rows) == count
    assert all(row.comparable_count == 5 for row in rows)


def test_without_links_homes_are_listed_and_the_table_says_so(engine: Engine) -> None:
    begin(engine)
    record(engine, {"1": court_flat(HOME, 700_000, appraisal_price=1_000_000_00)})
    with reading(engine) as connection:
        found = find_deals(connection, ASKED)
    assert [row.appraisal_discount_percent for row in found.rows] == [30]
    assert "1 listings are not linked" in table_text(found)


def test_land_and_shops_are_never_held_against_flats(engine: Engine) -> None:
    shop = court_flat(HOME, 700_000, property_kind=PropertyKind.SHOP)
    unknown = court_flat("福州市闽侯县荆溪镇龙溪锦城23号楼803单元", 700_000, property_kind=None)
    land = court_flat("福州市闽侯县荆溪镇光明村一宗土地使用权", 700_000, property_kind=PropertyKind.LAND)
    rows = deals(fill(engine, {"shop": shop, "unknown": unknown, "land": land, **SOLD}))
    told = {row.listing: (row.comparable_against, row.comparable_count) for row in rows}
    assert told == {
        "s:shop": ("insufficient data", 0),
        "s:unknown": ("not comparable", None),
        "s:land": ("not comparable", None),
    }


def test_a_deal_is_written_as_json_with_amounts_as_numbers(engine: Engine) -> None:
    fill(engine, {"1": court_flat(HOME, 700_000.5, appraisal_price=1_000_000_00)})
    stream = StringIO()
    with reading(engine) as connection:
        render(find_deals(connection, ASKED), Format.JSON, stream)
    (row,) = json.loads(stream.getvalue())
    assert (row["price"], row["appraisal_discount_percent"]) == (700_000.5, 30.0)
    assert row["starts_at"] == "2026-09-21T10:00:00+08:00"
    assert "comparable_shown" not in row
