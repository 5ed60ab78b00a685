"""One procedure: one attempt to sell, with the attempt before it where there was one."""

import re
from collections.abc import Sequence
from decimal import Decimal

from crawler.errors import RowRefused
from crawler.items import Details, ListingItem, MemberItem, Word
from crawler.parsers.ua_prozorro.dialect import DIALECT, FAILED_BANKS
from crawler.parsers.ua_prozorro.values import (
    Record,
    listed,
    mask_persons,
    objects_of,
    read_amount,
    read_object,
    read_text,
)
from store.terms import AppraisalScope

METHOD = re.compile(r"(\w+)-(\w+)")
LEASE = re.compile(r"rental|lease", re.IGNORECASE)
FLAT = re.compile(r"\bквартир", re.IGNORECASE)
HOUSE = re.compile(r"\bжитлов\w* будин", re.IGNORECASE)
NOT_A_HOME = re.compile(r"нежитлов|приміщен|гараж|земельн", re.IGNORECASE)
PERSONAL_SELLER = re.compile(r"ович\b|івн[аи]\b|ївн[аи]\b|\bФОП\b|арбітражн", re.IGNORECASE)
UNITS = {"MTK": "m2", "HAR": "公顷"}
"""Codes of units in the words that areas are read in: square metres, hectares."""

OPEN = frozenset({"active_rectification", "active_tendering"})
WON = frozenset(
    {"active_qualification", "qualification", "active_awarded", "pending_payment", "pending_admission", "complete"}
)
"""States of an auction that somebody has won: before "complete" the winner may still fall away."""

CLOSED = frozenset({"cancelled", "terminated", "unsuccessful"})
"""States of awards and contracts that came to nothing."""


def read_procedure(record: object, url: str) -> ListingItem:
    """Read one attempt to sell.

    Raises:
        RowRefused: without id, status or method, or in another currency.
    """
    if not isinstance(record, dict):
        raise RowRefused("a procedure that is no object")
    auction_id, status, method = (read_text(record, name) for name in ("auctionId", "status", "sellingMethod"))
    if not auction_id or not status or not method:
        raise RowRefused("procedure without auctionId, status or sellingMethod")
    family, form = split_method(method)
    is_lease = LEASE.search(family) is not None
    items = [item for item in listed(record, "items") if isinstance(item, dict)]
    address = read_object(items[0], "address") if items else {}
    title = mask_persons(read_text(record, "title") or "") or None
    start, result = read_amount(record, "value"), read_result(record, status)
    kind = "lease" if is_lease else read_kind(items, title)
    areas = read_areas(items)
    return ListingItem(
        source_id=auction_id,
        words=read_words(record, start, result),
        url=f"https://prozorro.sale/auction/{auction_id}",
        title=title,
        property_kind_raw=kind,
        round_raw=form,
        status_raw=status,
        seller_name=read_seller(record),
        state_raw=read_text(address, "region"),
        city_raw=read_text(address, "locality"),
        address=read_text(address, "streetAddress"),
        starting_price_raw=None if is_lease else start,
        current_price_raw=None if is_lease or status == "complete" else result,
        hammer_price_raw=result if status == "complete" and not is_lease else None,
        appraisal_price_raw=read_amount(record, "expertMonetaryValuation"),
        starts_at_raw=read_text(read_object(record, "auctionPeriod"), "startDate"),
        ends_at_raw=read_text(read_object(record, "auctionPeriod"), "endDate"),
        floor_area_raw=areas[0] if len(areas) == 1 and kind.startswith("04") else None,
        land_area_raw=areas[0] if len(areas) == 1 and kind == "06" else None,
        details=read_details(record, url, family, items, status),
    )


def read_details(record: Record, url: str, family: str, items: Sequence[Record], status: str) -> Details:
    """What stands beside price and place: the chain of attempts first."""
    expert = read_amount(record, "expertMonetaryValuation")
    sellers = ["dgf"] if url.startswith(FAILED_BANKS) else [family] if family in DIALECT.seller_labels else []
    scope = AppraisalScope.LOT if len(items) > 1 else AppraisalScope.UNIT
    return Details(
        seller_kind_raw=next(iter(sellers), None),
        appraisal_kind_raw=None if expert is None else "expertMonetaryValuation",
        appraisal_scope=None if expert is None else scope,
        deposit_raw=read_amount(record, "guarantee"),
        increment_raw=read_amount(record, "minimalStep"),
        published_at_raw=read_text(record, "datePublished"),
        bidder_count_raw=len(listed(record, "bids")) if "bids" in record and status not in OPEN else None,
        previous_source_id=read_text(record, "previousAuctionId"),
        asset_id=read_text(record, "lotId"),
        round_number_raw=record.get("tenderAttempts") if isinstance(record.get("tenderAttempts"), int) else None,
        members=read_members(items),
    )


def split_method(method: str) -> tuple[str, str]:
    """Family and form of landRental-english.

    Raises:
        RowRefused: another form.
    """
    if found := METHOD.fullmatch(method):
        return found[1], found[2]
    raise RowRefused(f"sellingMethod: not family and form: {method[:60]!r}")


def read_kind(items: Sequence[Record], title: str | None) -> str:
    """The class of the things sold, by their CAV codes; a flat or a house in class 04 by the title."""
    groups = {(read_text(read_object(item, "classification"), "id") or "")[:2] for item in items}
    for group in ("05", "04", "06"):  # land under a house is no lot of land
        if group in groups:
            break
    else:
        return "other"
    if group == "04" and title and not NOT_A_HOME.search(title):
        return "04 flat" if FLAT.search(title) else "04 house" if HOUSE.search(title) else group
    return group


def read_areas(items: Sequence[Record]) -> list[str]:
    """The areas of the things sold that are told in square metres or hectares."""
    areas = []
    for item in items:
        unit, quantity = read_text(read_object(item, "unit"), "code"), item.get("quantity")
        if unit in UNITS and isinstance(quantity, int | float) and not isinstance(quantity, bool):
            areas.append(f"{Decimal(str(quantity)):f}{UNITS[unit]}")
    return areas


def read_members(items: Sequence[Record]) -> tuple[MemberItem, ...]:
    """The things sold together, where there are several."""
    if len(items) < 2:
        return ()
    named = [(read_text(item, "description"), read_areas([item])) for item in items]
    return tuple(MemberItem(mask_persons(title[:500]), next(iter(areas), None)) for title, areas in named if title)


def read_seller(record: Record) -> str | None:
    """The organiser, unless its name is a person's."""
    name = read_text(read_object(record, "sellingEntity"), "name")
    return None if name is None or PERSONAL_SELLER.search(name) else name


def read_result(record: Record, status: str) -> Word:
    """What the winner pays: by the contract, before it is signed by the award."""
    if status not in WON:
        return None
    for name in ("contracts", "awards"):
        standing = [each for each in objects_of(record, name) if read_text(each, "status") not in CLOSED]
        amounts = [amount for each in standing if (amount := read_amount(each, "value")) is not None]
        if amounts:
            return amounts[-1]
    return None


def read_words(record: Record, start: Word, result: Word) -> dict[str, Word]:
    """The words that are kept beside the converted values; no names."""
    names = ("_id", "auctionId", "previousAuctionId", "tenderAttempts", "lotId", "sellingMethod", "status")
    dates = ("datePublished",)
    words: dict[str, Word] = {name: record.get(name) for name in (*names, *dates) if is_word(record.get(name))}
    words |= {f"{name}.{end}": read_text(read_object(record, name), end) for name, end in PERIODS}
    words |= {"value": start, "result": result}
    words |= {name: read_amount(record, name) for name in AMOUNTS}
    return {name: value for name, value in words.items() if value is not None}


PERIODS = [(name, end) for name in ("tenderPeriod", "auctionPeriod") for end in ("startDate", "endDate")]
AMOUNTS = ("minimalStep", "guarantee", "registrationFee", "expertMonetaryValuation", "normativeMonetaryValuation")


def is_word(value: object) -> bool:
    """Whether a value can be stored as it is."""
    return isinstance(value, str | int | float | bool)
