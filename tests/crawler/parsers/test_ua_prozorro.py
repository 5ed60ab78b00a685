"""Prozorro.Sale: the rules behind the fields. Nothing was recorded: the objects follow the field maps."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import Blocked, LayoutChanged, UnknownLabel
from crawler.items import Details, ListingItem, PageContent
from crawler.page import Page
from crawler.parsers import ua_prozorro
from crawler.parsers.ua_prozorro import feed
from crawler.reading import statement_of
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "ua_prozorro"
NOW = datetime(2026, 9, 22, 7, tzinfo=UTC)
URL = "https://procedure.prozorro.sale/api/search/byDateModified/2026-09-01T00:00:00.000Z?limit=100"
STATES = json.loads((FIXTURES / "feed/each-status/input.json").read_bytes())
KINDS = json.loads((FIXTURES / "feed/kinds-leases-and-a-third-attempt/input.json").read_bytes())
FLAT = STATES[1]


def parse(rows: object, url: str = URL) -> PageContent:
    return feed.parse_feed(Page(json.dumps(rows).encode(), url, NOW))


def read_one(**change: Any) -> ListingItem:
    (item,) = parse([{**FLAT, **change}]).items
    return item


def state(item: ListingItem) -> Statement:
    return statement_of(item, ua_prozorro.READERS[0], NOW).statement


def details(item: ListingItem) -> Details:
    assert item.details is not None
    return item.details


def by_method(method: str) -> Statement:
    (row,) = [row for row in KINDS if row["sellingMethod"] == method]
    return state(parse([row]).items[0])


def test_every_state_has_its_term() -> None:
    told = {item.status_raw: state(item).status for item in parse(STATES).items}
    assert len(told) == 11
    assert [name for name, status in told.items() if status is RoundStatus.SOLD] == ["complete"]
    assert (told["unsuccessful"], told["cancelled"]) == (RoundStatus.FAILED, RoundStatus.TERMINATED)
    with pytest.raises(UnknownLabel, match="active_dreaming"):
        state(read_one(status="active_dreaming"))


def test_attempt_names_the_one_before_it_by_its_own_id() -> None:
    third = state(parse(KINDS).items[0])
    assert (third.previous_source_id, third.round_number, third.asset_id) == ("BRE001-UA-20260301-10002", 3, "lot-21")
    assert parse(STATES).items[1].source_id == third.previous_source_id  # what the id of that listing is
    assert state(read_one(previousAuctionId="")).previous_source_id is None


def test_price_of_sale_is_the_standing_contracts_and_of_a_sold_one_alone() -> None:
    hammers = {item.status_raw: state(item).hammer_price for item in parse(STATES).items}
    assert {name: price for name, price in hammers.items() if price} == {"complete": 140_000_025}
    awards = {item.status_raw for item in parse(STATES).items if state(item).current_price == 140_000_000}
    assert awards == {"active_qualification", "qualification", "active_awarded", "pending_payment", "pending_admission"}


def test_prices_are_in_hryvnia_and_exact() -> None:
    told = state(read_one())
    assert (told.currency, told.starting_price) == (Currency.UAH, 125_000_050)
    assert (told.deposit, told.increment, told.appraisal_price) == (12_500_000, 1_250_000, 150_000_000)


@pytest.mark.parametrize("value", [{"amount": 1, "currency": "USD"}, {"amount": "1"}, {"amount": True}, [1], "1"])
def test_an_amount_in_another_form_or_currency_refuses_the_row(value: object) -> None:
    content = parse([{**FLAT, "value": value}, STATES[0]])
    assert [row.source_id for row in content.refused] == [FLAT["auctionId"]]
    assert len(content.items) == 1


def test_rent_is_no_price() -> None:
    for method in ("landRental-english", "legitimatePropertyLease-english"):
        lease = by_method(method)
        assert (lease.starting_price, lease.current_price, lease.hammer_price) == (None, None, None)
        assert lease.property_kind is PropertyKind.OTHER
        assert json.loads(lease.raw or "")["value"] > 0


def test_dutch_auction_is_a_kind_and_no_round() -> None:
    told = by_method("smallPrivatization-dutch")
    assert (told.round_kind, told.round_number) == (RoundKind.DUTCH_AUCTION, 1)
    with pytest.raises(UnknownLabel, match="sealed"):
        state(read_one(sellingMethod="basicSell-sealed"))


def test_classes_decide_the_kind() -> None:
    kinds = [state(item).property_kind for item in parse(KINDS).items]
    assert kinds == [
        PropertyKind.HOUSE,  # with its land
        PropertyKind.OTHER,
        PropertyKind.OTHER,
        None,  # a shop in a block of flats: real estate, no more is told
        PropertyKind.LAND,
        PropertyKind.COMMERCIAL,
        PropertyKind.OTHER,
        PropertyKind.OTHER,
        PropertyKind.FLAT,
    ]
    assert state(read_one()).property_kind is PropertyKind.FLAT


def test_flat_outside_class_04_is_not_taken_for_a_home() -> None:
    loan = read_one(items=[{"classification": {"id": "07110000-9"}}], title={"uk_UA": "Кредит під заставу квартири"})
    assert state(loan).property_kind is PropertyKind.OTHER


def test_place_is_that_of_the_thing_not_of_the_organiser() -> None:
    told = state(read_one())
    assert (told.city, told.address) == ("Біла Церква", "вул. Київська, 10, кв. 5")
    assert FLAT["sellingEntity"]["address"]["locality"]["uk_UA"] == "Львів"


def test_area_in_hectares_and_in_square_metres() -> None:
    areas = [state(item) for item in parse(KINDS).items]
    assert areas[4].land_area == 100_000  # 0.1 ha in hundredths of a square metre
    assert state(read_one()).floor_area == 5_240
    assert areas[8].floor_area is None  # two flats
    assert [member.floor_area_raw for member in details(parse(KINDS).items[8]).members] == ["40m2", "55.5m2"]


def test_persons_are_not_kept() -> None:
    person = {"uk_UA": "Арбітражний керуючий Шевчук Іван Петрович"}
    named = read_one(
        sellingEntity={"name": person}, title={"uk_UA": "Квартира, належить Шевчуку Івану Петровичу, Київ"}
    )
    assert named.seller_name is None
    assert named.title == "Квартира, належить ××××××× ××××× ×××××××××, Київ"
    assert "Шевчук" not in json.dumps(named._asdict(), ensure_ascii=False)
    assert read_one().seller_name == 'ТОВ "Банкрут"'


def test_bidders_are_counted_once_they_can_have_bid() -> None:
    counts = {item.status_raw: state(item).bidder_count for item in parse(STATES).items}
    assert (counts["active_tendering"], counts["unsuccessful"], counts["complete"]) == (None, 0, 2)


def test_fund_that_guarantees_deposits_is_known_by_its_site() -> None:
    bank = parse([FLAT], URL.replace("//procedure", "//dgf-procedure"))
    assert state(bank.items[0]).seller_kind is SellerKind.GOVERNMENT
    assert state(read_one()).seller_kind is SellerKind.BANKRUPTCY_ADMINISTRATOR
    assert bank.follows[0].url.startswith("https://dgf-procedure.prozorro.sale/api/search/byDateModified/")


# The feed ----------------------------------------------------------------------------------------------------------


def test_feed_goes_on_a_millisecond_behind_its_last_change() -> None:
    (following,) = parse(STATES).follows
    assert STATES[-1]["dateModified"] == "2026-09-01T06:00:11.123456Z"
    assert following.url == URL.replace("00:00:00.000", "06:00:11.124")
    assert following.is_next_page


def test_refused_rows_do_not_hold_the_feed_up() -> None:
    rows = [STATES[0], {**STATES[1], "status": None}]
    assert parse(rows).follows == parse(STATES[:2]).follows


def test_end_of_the_feed_leads_nowhere() -> None:
    assert parse([]) == PageContent()
    with pytest.raises(LayoutChanged):
        parse([], "file:saved.json")


def test_feed_that_would_turn_back_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="where to go on"):
        parse(STATES, URL.replace("2026-09-01", "2026-10-01"))
    with pytest.raises(LayoutChanged, match="where to go on"):
        parse([{**FLAT, "dateModified": "yesterday"}])


@pytest.mark.parametrize(
    ("since", "text"),
    [
        (date(2021, 1, 1), "2021-01-01T00:00:00.000Z"),
        (datetime(2026, 9, 1, 6, 0, 11, 124_999, tzinfo=UTC), "2026-09-01T06:00:11.124Z"),
        (datetime(2026, 9, 1, 9, tzinfo=timezone(timedelta(hours=3))), "2026-09-01T06:00:00.000Z"),
        (datetime(2026, 9, 1, 9), "2026-09-01T09:00:00.000Z"),  # noqa: DTZ001
    ],
)
def test_address_of_the_feed_is_in_utc(since: date, text: str) -> None:
    assert (
        ua_prozorro.feed_page(since).url
        == f"https://procedure.prozorro.sale/api/search/byDateModified/{text}?limit=100"
    )


def test_one_procedure_reads_as_it_does_in_the_feed() -> None:
    alone = feed.parse_procedure(Page(json.dumps(FLAT).encode(), "file:procedure.json", NOW))
    assert alone.items == parse([FLAT]).items


@pytest.mark.parametrize("status", [403, 429])
def test_too_many_requests_stop_the_source(status: int) -> None:
    for reader in ua_prozorro.READERS:
        with pytest.raises(Blocked):
            reader.parse(Page(b"[]", URL, NOW, http_status=status))


@pytest.mark.parametrize("field", sorted(FLAT))
@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [None], {"uk_UA": 7}, {"amount": None}])
def test_a_strange_value_hurts_its_own_row_only(field: str, value: object) -> None:
    content = parse([{**FLAT, field: value}, STATES[0]])
    assert len(content.items) + len(content.refused) == 2
    assert content.items[-1].source_id == STATES[0]["auctionId"]
