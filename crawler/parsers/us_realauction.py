"""RealAuction county sites of Florida ({county}.realforeclose.com, .realtaxdeed.com): cards as one project saved them.

A file is a JSON list of the cards in the "waiting" area of some 36 counties (Super-Fast-Buyers/auctions-scraper).
Notes, dated:
- Keys changed in the two months in which that crawler was broken (2025-02-20 to 04-19): case, zipcode and certificate
  became case_, zip and certificate_. They are read into one name, so that the words do not change with them.
- ``{}`` (to 2025-04-19) and a lone ``auction_date`` (from 04-21) are cards that the crawler failed to read. A file of
  nothing else, or ``[]``, tells nothing: EmptyShell.
- ``parcel_id`` is "Property Appraiser" on 37 % of the foreclosures: the text of a link, read in place of the number.
  Other words tell what is sold instead: TIMESHARE, LIQUOR LICENSE, TRUCK.
- The site's own number of an auction is not in the files. Case and parcel name a listing, and stay when a sale is set
  for another day; where the parcel is not told, the case alone. Counties give the same case numbers (2025-0013TD), no
  two the same parcel. Blanks in a case number are the county's own and stay: of 16 numbers that are written with and
  without them, all 14 with an address are homes in two counties (2024CA000206 in Clay, 2024 CA 000206 in Escambia).
- A file may show one home on two days at once: set for 08/05 and for 08/08/2025 (502025CA000245XXXAMB, 2025-05-13 to
  06-26, then for the first alone). The later card is a listing of its own, ``<case>/<parcel>/2``, if parcel or street
  say that it is the same home; of a case without both it may be another one (2025 10654 CICI: 1451 N NOVA ROAD and
  2012 TONI STREET), and is refused.
- ``final_judgment_amount`` is the debt and ``plaintiff_max_bid`` what the creditor will bid: neither is a price of
  ours. ``assessed_value`` is the county property appraiser's valuation for taxes, not a market price.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

from crawler.errors import Blocked, EmptyShell, LayoutChanged, RowRefused
from crawler.items import Details, Dialect, Expectation, ListingItem, PageContent, Reader, RefusedRow, SourceSpec
from crawler.page import Page
from crawler.parsers.html import page_json, refusal_by_status
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

logger = logging.getLogger(__name__)

SOURCE = "us_realauction"
CARDS = f"{SOURCE}.cards"
WAITING = "W"

DIALECT = Dialect(
    currency=Currency.USD,
    time_zone="UTC",  # of the names of the files; cards tell days alone
    country="US",
    round_labels={"FORECLOSURE": RoundKind.JUDICIAL_AUCTION, "TAXDEED": RoundKind.OUT_OF_COURT_AUCTION},
    seller_labels={"FORECLOSURE": SellerKind.COURT, "TAXDEED": SellerKind.GOVERNMENT},
    status_labels={
        WAITING: RoundStatus.UPCOMING,  # the area of the day's list
        "3rd Party Bidder": RoundStatus.SOLD,  # this and those below: told, in no file yet
        "Plaintiff": RoundStatus.TAKEN_BY_CREDITOR,
        "Canceled": RoundStatus.WITHDRAWN,
        "Cancelled": RoundStatus.WITHDRAWN,
        "Redeemed": RoundStatus.WITHDRAWN,  # the owner has paid the tax
    },
    kind_labels={
        "Property Appraiser": None,
        "MULTIPLE PARCELS": None,
        "MULTIPLE PARCEL": None,
        "MULITPLE PARCELS": None,
        "MULITPLE PARCEL": None,
        "SEE FINAL JUDGMENT": None,
        "CONFIDENTIAL": None,
        "MOBILE HOME": PropertyKind.HOUSE,
        "TIMESHARE": PropertyKind.OTHER,
        "TIMESARE": PropertyKind.OTHER,
        "PERSONAL PROPERTY": PropertyKind.OTHER,
        "LIQUOR LICENSE": PropertyKind.OTHER,
        "BEVERAGE LICENSE": PropertyKind.OTHER,
        "ALCOHOLIC BEVERAGE LICENSE": PropertyKind.OTHER,
        "ALCOHOLIC LICENSE": PropertyKind.OTHER,
        "TRUCK": PropertyKind.VEHICLE,
        "AIRCRAFT": PropertyKind.VEHICLE,
        "LIEN": PropertyKind.LOAN,
        "LEIN": PropertyKind.LOAN,
        "STUDENT LOAN": PropertyKind.LOAN,
    },
)

NAMES = {
    **{name: name for name in ("auction_type", "final_judgment_amount", "opening_bid", "parcel_id", "alternate_key")},
    **{name: name for name in ("property_address", "street_address", "city", "state", "assessed_value")},
    **dict.fromkeys(("case", "case_"), "case"),
    **dict.fromkeys(("certificate", "certificate_"), "certificate"),
    **dict.fromkeys(("zipcode", "zip"), "zip"),
    **dict.fromkeys(("plaintiff_max_bid", "plaintiff_max\nbid"), "plaintiff_max_bid"),
    "property_app._market_value": "assessed_value",
    "auction_date": "auction_date",
}
"""Every key of the files, and the one name under which it is read."""

FILE_NAME = re.compile(r"(?:^|[/:_])(?:foreclose|taxdeed)(?:_[0-9a-f]{7,40})?\.json$")
CARD_MARKS = (b'"auction_type"', b'"final_judgment_amount"', b'"opening_bid"')
US_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
NO_ADDRESS = re.compile(
    r"(?:0+ )?UNASSIGNED LOCATION.*|NO (?:SITUS|STREET|ST|PHYSICAL ADDRESS)|(?:\w+ -)?NO ADDRESS\b.*|NOT ASSIGNED"
    r"|UNKNOWN|PROPERTY LOCATION IS NOT AVAIL.*|ACCESS UNDETERMINED|CORNER LOT|VACANT|N/?A"
)
NO_CITY = frozenset({"COUNTY", "UNINCORPORATED COUNTY", "UNINCORPORATED"})
CITY_AND_ZIP = re.compile(r"([A-Z][A-Z .'-]*?)(?:, ?FL ?- ?\d{5}(?:-\d{4})?|(?<=[A-Z])\d{5})")
ZIP_BEHIND = re.compile(r"[ ,]+(?:FL ?-? ?)?\d{5}(?:-\d{4})?$")
STATE = re.compile(r"[A-Z]{2}")
NOT_STATED = "$0.00"

Card = Mapping[str, str]


def recognises_cards(page: Page) -> bool:
    """By the keys of the cards, or by the name of the file where it holds none."""
    if page.body[:20].lstrip()[:1] != b"[":
        return False
    return FILE_NAME.search(page.url) is not None or sum(mark in page.body for mark in CARD_MARKS) >= 2


def parse_cards(page: Page) -> PageContent:
    """Read one snapshot. Repeated cards are refused: the first of a listing counts, and each further day of one home.

    Raises:
        PageRefused: HTML, another form, or a list without a single card that was read.
    """
    content = PageContent()
    seen: dict[str, tuple[int, Card]] = {}
    unknown: set[str] = set()
    for position, row in enumerate(read_rows(page), 1):
        source_id = None
        try:
            card = read_card(row, unknown)
            item = read_listing(card)
            item = item._replace(source_id=name_day(item.source_id, card, seen))
            source_id = item.source_id
            check_first(source_id, card, seen)
            seen[source_id] = position, card
            content.items.append(item)
        except RowRefused as refusal:
            content.refused.append(RefusedRow(position, source_id, refusal.reason, str(row)[:200]))
    if unknown:
        logger.warning("%s: keys that no table knows: %s", CARDS, ", ".join(sorted(unknown)))
    return content


def read_rows(page: Page) -> list[Any]:
    """The rows of the file.

    Raises:
        PageRefused: no list, or nothing in it but cards that were not read.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    if page.body.lstrip()[:1] == b"<":
        raise Blocked("HTML in place of the cards", source=SOURCE, url=page.url)
    rows = page_json(page, SOURCE)
    if not isinstance(rows, list) or page.http_status != 200:
        raise LayoutChanged(f"HTTP status {page.http_status}, no list of cards", source=SOURCE, url=page.url)
    if all(isinstance(row, dict) and not row.keys() - {"auction_date"} for row in rows):
        raise EmptyShell(f"{len(rows)} cards, not one of them read by the crawler", source=SOURCE, url=page.url)
    if not any(isinstance(row, dict) and ("case" in row or "case_" in row) for row in rows):
        raise LayoutChanged("not one row with a case number", source=SOURCE, url=page.url)
    return rows


def read_card(row: object, unknown: set[str]) -> Card:
    """The filled cells of a row under the names of ``NAMES``; other keys are added to ``unknown``.

    Raises:
        RowRefused: no object, a value that is no text, or a card that the crawler did not read.
    """
    if not isinstance(row, dict):
        raise RowRefused("a row that is no object")
    if not row.keys() - {"auction_date"}:
        raise RowRefused(
            "only a date: a card that was not read" if row else "an empty object: a card that was not read"
        )
    unknown.update(row.keys() - NAMES.keys())
    card: dict[str, str] = {}
    for key, name in NAMES.items():
        value = row.get(key)
        if not isinstance(value, str | None):
            raise RowRefused(f"{key}: no text: {str(value)[:40]!r}")
        if value and (text := " ".join(value.split())):
            card.setdefault(name, text)
    return card


def name_day(source_id: str, card: Card, seen: Mapping[str, tuple[int, Card]]) -> str:
    """The id of a card: that of the listing, or one for a further day for which the same home is set."""
    number, name = 1, source_id
    while name in seen and is_another_day(card, seen[name][1]):
        number += 1
        name = f"{source_id}/{number}"
    return name


def is_another_day(card: Card, other: Card) -> bool:
    """Whether two cards of one case set one home for two days: its parcel is told, or both tell one street."""
    days = card.get("auction_date"), other.get("auction_date")
    if None in days or days[0] == days[1]:
        return False
    street = card.get("street_address") or card.get("property_address")
    is_one_street = street is not None and street == (other.get("street_address") or other.get("property_address"))
    return is_one_street or read_parcel(card)[0] is not None


def check_first(source_id: str, card: Card, seen: Mapping[str, tuple[int, Card]]) -> None:
    """Let pass the first card of a listing.

    Raises:
        RowRefused: this is another one; which fields differ is told.
    """
    if source_id not in seen:
        return
    position, first = seen[source_id]
    differing = sorted(name for name in first.keys() | card.keys() if first.get(name) != card.get(name))
    if not differing:
        raise RowRefused(f"repeats row {position}")
    told = "another one of the same case and parcel as" if "/" in source_id else "its parcel is not told, nor that of"
    raise RowRefused(f"{told} row {position}: other {', '.join(differing)}")


def read_listing(card: Card) -> ListingItem:
    """Read one card.

    Raises:
        RowRefused: without case or type, or a day in another form.
    """
    case, kind = card.get("case"), card.get("auction_type")
    if not case or not kind:
        raise RowRefused("card without case or type")
    parcel, word = read_parcel(card)
    address, city = read_place(card)
    state = card.get("state", "")
    return ListingItem(
        source_id="/".join(part for part in (case, parcel) if part),
        words=card,
        title=address,  # the town beside it changes: SAINT PETERSBURG, later TIERRA VERDE
        property_kind_raw=word,
        round_raw=kind,
        status_raw=WAITING,
        state_raw=state if STATE.fullmatch(state) else None,
        city_raw=city,
        address=address,
        starting_price_raw=read_amount(card, "opening_bid"),
        appraisal_price_raw=read_amount(card, "assessed_value"),
        ends_at_raw=read_day(card.get("auction_date")),
        details=Details(
            seller_kind_raw=kind,
            case_number=case,
            asset_id=parcel,
        ),
    )


def read_parcel(card: Card) -> tuple[str | None, str | None]:
    """The number of the parcel, or the word that stands in its place. Tax deeds of one county have another key."""
    told = card.get("parcel_id") or card.get("alternate_key")
    if told is None:
        return None, None
    return (told, None) if any(char.isdigit() for char in told) else (None, told)


def read_amount(card: Card, name: str) -> str | None:
    """An amount; $0.00 stands for one that is not stated."""
    return None if card.get(name) == NOT_STATED else card.get(name)


def read_day(day: str | None) -> str | None:
    """The day of the sale, 01/22/2025 as 2025-01-22; its time is not told.

    Raises:
        RowRefused: another form.
    """
    if day is None:
        return None
    if found := US_DAY.fullmatch(day):
        return f"{found[3]}-{found[1]}-{found[2]}"
    raise RowRefused(f"auction_date: not MM/DD/YYYY: {day[:40]!r}")


def read_place(card: Card) -> tuple[str | None, str | None]:
    """Street and city. Some counties write the ZIP behind either, or the city in place of the street."""
    street = card.get("street_address") or card.get("property_address", "")
    city = ZIP_BEHIND.sub("", card.get("city", "")).strip(" ,")
    if any(char.isdigit() for char in city) or city in NO_CITY:  # a ZIP, or a second street
        city = ""
    if found := CITY_AND_ZIP.fullmatch(street):
        return None, city or found[1].strip()
    street = ZIP_BEHIND.sub("", street)
    return (None if NO_ADDRESS.fullmatch(street) else street or None), city or None


READERS = (Reader(CARDS, SOURCE, DIALECT, recognises_cards, parse_cards, is_timeless=True),)

SPEC = SourceSpec(
    name=SOURCE,
    title="RealAuction (foreclosures and tax deeds, Florida)",
    home_url="https://www.realauction.com/",
    about="Court foreclosures and tax deeds of some 36 counties of Florida: one project's snapshots of 2025.",
    expects=Expectation(at_least=1_500, at_most=4_000),  # 1,900 foreclosures and 500 tax deeds wait at a time
    readers=READERS,
    fixtures="recorded",
    sale_kinds="court foreclosure, tax deed",
    robots="not read by anybody: never crawled, saved files only",
)
