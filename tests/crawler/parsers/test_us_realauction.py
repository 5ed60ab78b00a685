"""RealAuction cards of Florida: the rules behind the fields, on recorded cards."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import EmptyShell, UnknownLabel
from crawler.items import Details, ListingItem, PageContent
from crawler.page import Page
from crawler.parsers import us_realauction
from crawler.reading import statement_of
from store.statement import Statement
from store.terms import PropertyKind, RoundKind, RoundStatus, SellerKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "us_realauction" / "cards"
NOW = datetime(2025, 9, 1, tzinfo=UTC)
(READER,) = us_realauction.READERS
OLD = json.loads((FIXTURES / "foreclosures-2025-01-02" / "input.json").read_bytes())
NEW = json.loads((FIXTURES / "foreclosures-2025-04-23-with-new-keys" / "input.json").read_bytes())
TAX = json.loads((FIXTURES / "tax-deeds-2025-01-02" / "input.json").read_bytes())
CARD = {
    "auction_type": "FORECLOSURE",
    "case_": "522019CA000452XXCICI",
    "final_judgment_amount": "$219,123.16",
    "parcel_id": "163217908280190090",
    "property_address": "243 3RD ST W",
    "city": "TIERRA VERDE",
    "state": "FL",
    "zip": "33715",
    "plaintiff_max_bid": "Hidden",
    "auction_date": "02/25/2025",
}


def parse(rows: object, url: str = "file:2025-05-03T1158_foreclose_01d16e26.json") -> PageContent:
    return us_realauction.parse_cards(Page(json.dumps(rows).encode(), url, NOW))


def read_one(**change: Any) -> ListingItem:
    (item,) = parse([{**CARD, **change}]).items
    return item


def state(item: ListingItem) -> Statement:
    return statement_of(item, READER, NOW).statement


def details(item: ListingItem) -> Details:
    assert item.details is not None
    return item.details


@pytest.mark.parametrize("rows", [OLD, NEW, TAX])
def test_every_row_is_read_or_refused_with_its_place(rows: list[Any]) -> None:
    content = parse(rows)
    refused = [row.position for row in content.refused]
    assert len(content.items) + len(refused) == len(rows)
    assert sorted(set(refused)) == refused
    assert all(state(item).case_number for item in content.items)


def test_case_numbers_with_and_without_blanks_are_those_of_two_counties() -> None:
    homes = {item.source_id: item.city_raw for item in parse(OLD).items if "000206" in item.source_id}
    assert homes == {
        "2024CA000206/34-04-25-008153-321-00": "MIDDLEBURG",
        "2024 CA 000206/491S305002008006": "PENSACOLA",
    }


def test_same_case_number_with_another_parcel_is_another_home() -> None:
    deeds = [
        {**CARD, "case_": "2025-0013TD", "parcel_id": parcel} for parcel in ("200823-002167-005-00", "108356-1000")
    ]
    content = parse(deeds)
    assert (len({item.source_id for item in content.items}), content.refused) == (2, [])


def test_sale_set_for_another_day_is_the_same_listing() -> None:
    days = ["02/25/2025", "04/29/2025", "06/17/2025", "08/20/2025", "08/21/2025", "10/29/2025"]
    looks = [read_one(auction_date=day) for day in days]
    assert {look.source_id for look in looks} == {"522019CA000452XXCICI/163217908280190090"}
    assert [state(look).ended_on for look in looks][::5] == [date(2025, 2, 25), date(2025, 10, 29)]


def test_home_that_one_file_sets_for_two_days_is_two_sales_with_one_parcel() -> None:
    content = parse([{**CARD, "auction_date": day} for day in ("08/20/2025", "08/21/2025", "08/21/2025")])
    days = {item.source_id.rpartition("/")[2]: state(item).ended_on for item in content.items}
    assert days == {"163217908280190090": date(2025, 8, 20), "2": date(2025, 8, 21)}
    assert {details(item).asset_id for item in content.items} == {"163217908280190090"}
    assert [row.reason for row in content.refused] == ["repeats row 2"]


def test_case_without_a_parcel_is_one_home_on_two_days_only_at_one_street() -> None:
    """2024CA000709 and 2025 10654 CICI, cards of 2025-06-14 and 2025-08-02."""
    first = {**CARD, "case_": "2024CA000709", "parcel_id": "Property Appraiser", "property_address": "135 E CITRUS ST"}
    later = first | {"auction_date": "08/28/2025"}
    assert [item.source_id for item in parse([first, later]).items] == ["2024CA000709", "2024CA000709/2"]
    for street in ("2012 TONI STREET", ""):
        content = parse([first, later | {"property_address": street}])
        assert len(content.items) == 1
        assert content.refused[0].reason.startswith("its parcel is not told, nor that of row 1: other auction_date")


def test_words_do_not_change_when_the_crawler_renames_its_keys() -> None:
    old = {
        {"case_": "case", "zip": "zipcode", "plaintiff_max_bid": "plaintiff_max\nbid"}.get(key, key): value
        for key, value in CARD.items()
    }
    assert parse([old]).items == parse([CARD]).items


def test_text_of_a_link_is_no_parcel() -> None:
    item = read_one(parcel_id="Property Appraiser")
    assert (item.source_id, details(item).asset_id) == ("522019CA000452XXCICI", None)
    assert state(item).property_kind is None


def test_word_in_place_of_the_parcel_tells_the_kind() -> None:
    kinds = {word: state(read_one(parcel_id=word)).property_kind for word in ("TRUCK", "LEIN", "TIMESARE")}
    assert kinds == {"TRUCK": PropertyKind.VEHICLE, "LEIN": PropertyKind.LOAN, "TIMESARE": PropertyKind.OTHER}
    with pytest.raises(UnknownLabel, match="SPACE STATION"):
        state(read_one(parcel_id="SPACE STATION"))


def test_debt_and_bid_of_the_creditor_are_no_prices() -> None:
    item = read_one(plaintiff_max_bid="$150,000.00")
    told = state(item)
    assert (told.starting_price, told.current_price, told.market_price, told.appraisal_price) == (
        None,
        None,
        None,
        None,
    )
    assert (item.words["final_judgment_amount"], item.words["plaintiff_max_bid"]) == ("$219,123.16", "$150,000.00")


def test_tax_deed_starts_at_its_opening_bid() -> None:
    deed = state(read_one(auction_type="TAXDEED", opening_bid="$7,383.99", assessed_value="$14,800.00"))
    assert (deed.starting_price, deed.appraisal_price, deed.market_price) == (738_399, 1_480_000, None)
    assert (deed.round_kind, deed.seller_kind) == (RoundKind.OUT_OF_COURT_AUCTION, SellerKind.GOVERNMENT)
    assert state(read_one()).seller_kind is SellerKind.COURT


def test_zero_means_not_stated() -> None:
    told = state(read_one(opening_bid="$0.00", assessed_value="$0.00"))
    assert (told.starting_price, told.appraisal_price) == (None, None)


def test_county_property_appraisers_own_key_is_the_same_value() -> None:
    item = read_one(**{"property_app._market_value": "$342,300.00"})
    assert (state(item).appraisal_price, item.words["assessed_value"]) == (34_230_000, "$342,300.00")


def test_alternate_key_stands_for_the_parcel() -> None:
    keyed = [item for item in parse(TAX).items if "alternate_key" in item.words]
    assert keyed
    assert all(details(item).asset_id == item.words["alternate_key"] for item in keyed)


PLACES = [
    ({"city": "CORAL SPRINGS, 33065"}, ("243 3RD ST W", "CORAL SPRINGS")),
    ({"city": "HYPOLUXO, FL- 33462-7016"}, ("243 3RD ST W", "HYPOLUXO")),
    ({"city": "37818 GLADES LANE"}, ("243 3RD ST W", None)),
    ({"city": "COUNTY"}, ("243 3RD ST W", None)),
    ({"city": "", "property_address": "TAMPA, FL- 33604"}, (None, "TAMPA")),
    ({"city": "", "property_address": "TAMPA33604"}, (None, "TAMPA")),
    ({"city": "", "property_address": "HICKS ST 32533"}, ("HICKS ST", None)),
    ({"property_address": "200 BLK HANCOCK LN 32503"}, ("200 BLK HANCOCK LN", "TIERRA VERDE")),
    ({"property_address": "1 A ST 32505", "street_address": "1 A ST"}, ("1 A ST", "TIERRA VERDE")),
    ({"property_address": "00 UNASSIGNED LOCATION RE"}, (None, "TIERRA VERDE")),
    ({"property_address": "NO ADDRESS - 065N301105003002"}, (None, "TIERRA VERDE")),
    ({"property_address": "NO SITUS"}, (None, "TIERRA VERDE")),
    ({"property_address": "UNKNOWN"}, (None, "TIERRA VERDE")),
    ({"property_address": "NORTH SITUS RD"}, ("NORTH SITUS RD", "TIERRA VERDE")),
]


@pytest.mark.parametrize(("change", "place"), PLACES)
def test_street_and_city_are_told_apart(change: dict[str, str], place: tuple[str | None, str | None]) -> None:
    told = state(read_one(**change))
    assert (told.address, told.city) == place
    assert told.title == told.address  # a city alone names no home


def test_zip_in_place_of_the_state_is_no_state() -> None:
    assert state(read_one(state="34652")).region_code is None
    assert state(read_one()).region_code == "US-FL"


def test_waiting_auctions_are_upcoming_and_results_have_their_labels() -> None:
    labels = us_realauction.DIALECT.status_labels
    assert state(read_one()).status is RoundStatus.UPCOMING
    assert labels["Plaintiff"] is RoundStatus.TAKEN_BY_CREDITOR
    assert labels["3rd Party Bidder"] is RoundStatus.SOLD


def test_first_card_of_a_listing_counts_and_the_reason_tells_the_rest() -> None:
    rows = [CARD, CARD, {**CARD, "plaintiff_max_bid": "$150,000.00"}]
    content = parse(rows)
    assert [item.words["plaintiff_max_bid"] for item in content.items] == ["Hidden"]
    assert [row.reason for row in content.refused] == [
        "repeats row 1",
        "another one of the same case and parcel as row 1: other plaintiff_max_bid",
    ]


def test_timeshares_of_one_case_cannot_be_told_apart() -> None:
    shares = [{**CARD, "parcel_id": "TIMESHARE", "final_judgment_amount": amount} for amount in ("$1.00", "$2.00")]
    (refused,) = parse(shares).refused
    assert refused.reason == "its parcel is not told, nor that of row 1: other final_judgment_amount"


@pytest.mark.parametrize("rows", [[], [{}], [{}, {"auction_date": "04/23/2025"}]])
def test_a_file_without_one_card_says_nothing_of_any_auction(rows: list[Any]) -> None:
    with pytest.raises(EmptyShell):
        parse(rows)


def test_cards_that_were_not_read_are_refused_among_others() -> None:
    content = parse([{}, CARD, {"auction_date": "04/23/2025"}])
    assert (len(content.items), [row.position for row in content.refused]) == (1, [1, 3])


def test_keys_that_no_table_knows_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    parse([{**CARD, "sold_to": "x"}, {**CARD, "case_": "2", "sold_to": "y"}])
    assert [record.getMessage() for record in caplog.records] == [
        "us_realauction.cards: keys that no table knows: sold_to"
    ]


@pytest.mark.parametrize("name", ["2025-03-01T0413_taxdeed_d863c2ae.json", "foreclose.json"])
def test_empty_file_is_known_by_its_name(name: str) -> None:
    assert READER.recognises(Page(b"[]", f"file:2025-03.zip!/{name}", NOW))
    assert not READER.recognises(Page(b"[]", "file:houses.json", NOW))


@pytest.mark.parametrize("field", sorted(CARD))
@pytest.mark.parametrize("value", [7, [], {}, True])
def test_a_value_that_is_no_text_refuses_its_row_only(field: str, value: object) -> None:
    content = parse([{**CARD, field: value}, {**CARD, "parcel_id": "1"}])
    assert ([item.source_id[-2:] for item in content.items], len(content.refused)) == (["/1"], 1)
