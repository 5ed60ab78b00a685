"""Answers of several functions saved together under their names, as crawlers keep them: one listing each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from crawler.errors import LayoutChanged, PageRefused, RowRefused
from crawler.items import Details, ListingItem, PageContent, RefusedRow, Word
from crawler.page import Page
from crawler.parsers.jd.answers import BUNDLE_MARK, Asked, ask, check_codes, data_of, is_json, listing_id, load_json
from crawler.parsers.jd.basic import read_basic
from crawler.parsers.jd.calls import (
    ANNOUNCEMENT,
    ASSETS,
    ATTACHMENTS,
    BASIC,
    COURT_LABELS,
    DESCRIPTION,
    JUDICIAL,
    NOTICE,
    REALTIME,
    VENDOR,
    Call,
    read_call,
)
from crawler.parsers.jd.dialect import SOLD
from crawler.parsers.jd.listings import read_row, source_of_rows
from crawler.parsers.jd.realtime import read_realtime
from crawler.parsers.jd.texts import (
    parse_announcement,
    parse_attachments,
    parse_description,
    parse_notice,
    parse_vendor,
)

PARTS: Mapping[str, Callable[..., PageContent]] = {
    VENDOR: parse_vendor,
    DESCRIPTION: parse_description,
    ANNOUNCEMENT: parse_announcement,
    NOTICE: parse_notice,
    ATTACHMENTS: parse_attachments,
}


def recognises_bundle(page: Page, source: str) -> bool:
    """By the name of the first function, in a file that no call of the gateway answers."""
    if BUNDLE_MARK not in page.body or not is_json(page) or read_call(page.url).function is not None:
        return False
    return source == source_of_rows(page.body)


def parse_bundle(page: Page, source: str) -> PageContent:
    """Read every bundle of a file: ``{function: answer}``, or several such under names of their own.

    Raises:
        LayoutChanged: no JSON object, or no bundle in it.
    """
    asked = ask(page, source)
    saved = load_json(page.body) if page.http_status == 200 else None
    if not isinstance(saved, dict):
        raise asked.refusal(LayoutChanged, "no JSON object")
    bundles = {"": saved} if BASIC in saved else saved
    if not any(isinstance(each, dict) and BASIC in each for each in bundles.values()):
        raise asked.refusal(LayoutChanged, "no answers under the names of their functions")
    content = PageContent()
    for position, (name, found) in enumerate(list_parts(bundles), 1):
        try:
            content.items.append(read_bundle(asked, found) if is_bundle(found) else read_loose(asked, found))
        except (RowRefused, PageRefused) as error:
            content.refused.append(RefusedRow(position, None, error.reason, name[:200]))
    return content


def is_bundle(found: object) -> bool:
    """Whether the basic data of a listing are among these answers."""
    return isinstance(found, dict) and BASIC in found


def list_parts(bundles: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The bundles with their names; of what has no basic data each answer by itself."""
    for name, found in bundles.items():
        if (
            is_bundle(found)
            or not isinstance(found, dict)
            or not any(isinstance(each, dict) for each in found.values())
        ):
            yield name, found
        else:
            yield from ((f"{name}: {inner}", each) for inner, each in found.items())


ROW_NAMES: Mapping[str, str] = {
    "id": "id",
    "title": "title",
    "auctionStatus_id": "auctionStatus",
    "displayStatus_id": "displayStatus",
    "paimaiTimes_id": "paimaiTimes",
    "searchLabel_id": "labelSet",
    "searchCategory_id": "productCateId",
    "shopName": "shopName",
    "productAddress": "productAddress",
    "city_Name": "city",
    "currentPriceCN": "currentPriceStr",
    "marketPriceCN": "marketPrice",
    "s_time": "startTime",
    "e_time": "endTime",
}
"""A row of the list as a crawler of 2022 renamed it, by the names of the list; what it spells out beside is left."""


def read_loose(asked: Asked, found: Any) -> ListingItem:
    """A row of the list that was kept beside the answers of details.

    Raises:
        RowRefused: another answer, which does not name its listing, or a row that cannot be read.
    """
    if not isinstance(found, dict) or "id" not in found or "title" not in found:
        raise RowRefused("an answer that does not name its listing")
    row = {name: found[own] for own, name in ROW_NAMES.items() if own in found}
    labels = str(row.get("labelSet") or "")
    row["labelSet"] = labels
    source = (JUDICIAL if labels in COURT_LABELS else ASSETS) if labels else asked.listing_source
    return read_row(row, source, asked.source)


def read_bundle(asked: Asked, bundle: Any) -> ListingItem:
    """One listing from its answers: basic and realtime data before the rest, each adding what those before leave out.

    Raises:
        RowRefused: basic data or other values where they cannot be.
        PageRefused: an answer of its own is a refusal.
    """
    if not isinstance(bundle, dict) or not isinstance(bundle.get(BASIC), dict):
        raise RowRefused("basic data are no object")
    check_codes(asked, bundle[BASIC])
    data = data_of(asked, bundle[BASIC])
    source_id = listing_id(asked, data.get("paimaiId"))
    item = read_basic(data, source_id, asked)
    if isinstance(bundle.get(REALTIME), dict):
        check_codes(asked, bundle[REALTIME])
        item = merged(item, read_state(asked, data_of(asked, bundle[REALTIME]), source_id, data))
    for other in read_parts(asked, bundle, source_id, item):
        item = merged(item, other)
    return item


def read_state(asked: Asked, data: dict[str, Any], source_id: str, basic: Mapping[str, Any]) -> ListingItem:
    """The state beside its basic data: a hidden reserve (有) leaves the outcome of bids open."""
    start = basic.get("startPrice")
    item = read_realtime(data, source_id, asked, start if isinstance(start, int | float) else None)
    if item.status_raw == SOLD and basic.get("minPrice") == "有" and not data.get("confirmationUrl"):
        return item._replace(status_raw="auctionStatus 2", hammer_price_raw=None)
    return item


def read_parts(asked: Asked, bundle: Mapping[str, Any], source_id: str, item: ListingItem) -> Iterator[ListingItem]:
    """What the further answers tell, read as if each had come from its call."""
    note = {"source": item.source or asked.source}
    if item.appraisal_price_raw is None:
        note["untold"] = "appraisal_price_raw"
    for function, parse in PARTS.items():
        if isinstance(bundle.get(function), dict):
            call = Call(function, {"paimaiId": source_id}, note)
            yield from parse(replace(asked.page, body=orjson.dumps(bundle[function])), asked.source, call=call).items


def merged(item: ListingItem, other: ListingItem) -> ListingItem:
    """The first with what only the second tells."""
    values = {name: value for name, value in other._asdict().items() if is_new(getattr(item, name), value)}
    words: dict[str, Word] = {**other.words, **item.words}
    return item._replace(**{**values, "words": words, "details": merged_details(item.details, other.details)})


def merged_details(details: Details | None, other: Details | None) -> Details | None:
    """The details of both; lists of facts, bids and files one after the other."""
    if details is None or other is None:
        return details or other
    values: dict[str, Any] = {}
    for name, value in other._asdict().items():
        held = getattr(details, name)
        if isinstance(value, tuple):
            values[name] = held + value
        elif is_new(held, value):
            values[name] = value
    return details._replace(**values)


def is_new(held: object, value: object) -> bool:
    """Whether a value fills a gap."""
    return held is None and value is not None
