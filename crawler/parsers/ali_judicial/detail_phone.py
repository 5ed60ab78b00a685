"""Detail pages for the phone (pages-fast.m.taobao.com, ``dzc-detail``): the page's state as JSON, amounts in fen.

Told in 2026-05..07, not recorded: the names of the fields are known, how they are nested is not, so each is looked for
through the objects. ``titleTag.preTags`` is the best place for the round. The same form serves the asset side; a page
without the word 法院 is left to the source for that.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from crawler.errors import EmptyShell, LayoutChanged
from crawler.items import Details, ListingItem, PageContent, Word
from crawler.page import Page
from crawler.parsers.ali_judicial import addresses as at
from crawler.parsers.ali_judicial.answers import find_value, yuan_of_fen
from crawler.parsers.ali_judicial.dialect import DIALECT, SOURCE
from crawler.parsers.ali_judicial.lazy import read_files
from crawler.parsers.ali_judicial.refusal import check_whole, refusal
from crawler.parsers.ali_judicial.sheet import split_place
from crawler.parsers.html import page_text
from store.terms import RoundStatus

DETAIL_PHONE = f"{SOURCE}.detail_phone"
STATE_MARK = b"dzc-detail-ssr"
STATE = re.compile(r"__ICE_SUSPENSE_LOADER__\.set\(\s{0,20}['\"]dzc-detail-ssr['\"]\s{0,20},\s{0,20}(?=\{)")
COURT_MARKS = ("法院".encode(), b"\\u6cd5\\u9662")
ITEM_IN_ADDRESS = re.compile(r"[?&]itemId=([0-9]{6,16})(?![0-9])")
NUMBER = re.compile(r"[0-9]{1,3}\.[0-9]{2,12}")
NORTH, EAST = (3.0, 54.0), (73.0, 136.0)  # degrees between which China lies

WORDS = (
    "startPrice",
    "consultPrice",
    "marketPrice",
    "foregiftPrice",
    "incrementPrice",
    "currentPriceLong",
    "bidStatus",
    "startTime",
    "endTime",
    "caseNumber",
    "location",
    "auctionAddress",
    "applyNum",
    "catId",
    "projectId",
)


def recognises_detail_phone(page: Page) -> bool:
    """By the address or the name of its state, unless the state names no court."""
    if STATE_MARK in page.body:
        return any(mark in page.body for mark in COURT_MARKS)
    return at.PHONE_ADDRESS.match(page.url) is not None


def parse_detail_phone(page: Page) -> PageContent:
    """Read the state of a phone page.

    Raises:
        PageRefused: as ``open_state``.
    """
    return PageContent(items=[read_item(*open_state(page))])


def open_state(page: Page) -> tuple[str, str, Any]:
    """The number and the title of the item, and the state.

    Raises:
        PageRefused: a wall, the empty skeleton, the page of another item, or one without its state.
    """
    check_whole(page)
    state = read_state(page)
    title = find_value(state, "title") or find_value(state, "itemTitle")
    if not isinstance(title, str) or "测试请不要拍" in title:
        raise EmptyShell("skeleton without an item", source=SOURCE, url=page.url)
    addressed = ITEM_IN_ADDRESS.search(page.url)
    told = str(find_value(state, "itemId") or (addressed[1] if addressed else ""))
    if not re.fullmatch("[0-9]{6,16}", told) or (addressed and addressed[1] != told):
        raise LayoutChanged(f"page without an item, or of another: {told[:20]!r}", source=SOURCE, url=page.url)
    return told, title, state


def read_state(page: Page) -> Any:
    """The object that the page hands to its scripts.

    Raises:
        PageRefused: there is none, or it is no JSON.
    """
    text = page_text(page, SOURCE)
    found = STATE.search(text)
    if not found:
        raise refusal(page) or EmptyShell("phone page without its state", source=SOURCE, url=page.url)
    try:
        return json.JSONDecoder().raw_decode(text, found.end())[0]
    except (ValueError, RecursionError) as error:
        raise LayoutChanged(f"state that is no JSON: {str(error)[:80]}", source=SOURCE, url=page.url) from None


def read_item(source_id: str, title: str, state: Any) -> ListingItem:
    """The listing that the state tells."""
    told = {name: find_value(state, name) for name in WORDS}
    words: dict[str, Word] = {name: value for name, value in told.items() if isinstance(value, str | int)}
    status = f"bidStatus {words['bidStatus']}" if "bidStatus" in words else None
    is_sold = DIALECT.status_labels.get(status or "") is RoundStatus.SOLD
    current = yuan_of_fen(told["currentPriceLong"])
    place = split_place(text_in(words, "location") or "")
    longitude, latitude = read_position(find_value(state, "latlong"))
    return ListingItem(
        source_id=source_id,
        words=words,
        url=at.ITEM_URL.format(source_id),
        title=title.strip(),
        round_raw=read_round(state),
        status_raw=status,
        seller_name=read_seller(state),
        state_raw=place.state,
        city_raw=place.city,
        district_raw=place.district,
        address=text_in(words, "auctionAddress") or place.address,
        starting_price_raw=yuan_of_fen(told["startPrice"]),
        current_price_raw=current,
        hammer_price_raw=current if is_sold else None,
        appraisal_price_raw=yuan_of_fen(told["consultPrice"]),
        market_price_raw=yuan_of_fen(told["marketPrice"]),
        is_price_exact=True,
        starts_at_raw=words.get("startTime"),
        ends_at_raw=words.get("endTime"),
        applicant_count_raw=words.get("applyNum"),
        details=Details(
            case_number=text_in(words, "caseNumber"),
            deposit_raw=yuan_of_fen(told["foregiftPrice"]),
            increment_raw=yuan_of_fen(told["incrementPrice"]),
            longitude_raw=longitude,
            latitude_raw=latitude,
            attachments=tuple(read_files(find_value(state, "attachmentList"))),
        ),
    )


def text_in(words: dict[str, Word], name: str) -> str | None:
    """A value where it is text that says something."""
    value = words.get(name)
    return value if isinstance(value, str) and value.strip() else None


def read_round(state: Any) -> str | None:
    """The first tag before the title that names a round; else the first, for the table of labels to refuse."""
    tags = find_value(find_value(state, "titleTag"), "preTags")
    texts = [tag.get("value") for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    values = [text for text in texts if isinstance(text, str) and text.strip()]
    return next((text for text in values if text in DIALECT.round_labels), values[0] if values else None)


def read_seller(state: Any) -> str | None:
    """The court: the unit in charge, else the seller's account."""
    name = find_value(find_value(state, "associatedUnit"), "orgName") or find_value(state, "sellerNick")
    return name if isinstance(name, str) and name.strip() else None


def read_position(told: Any) -> tuple[str | None, str | None]:
    """Longitude and latitude: which number is which can be told within China, whatever their order."""
    values = list(told.values()) if isinstance(told, dict) else [told]
    degrees = list(_degrees_in(values))
    if len(degrees) != 2:
        return None, None
    north, east = sorted(degrees, key=float)
    if NORTH[0] <= float(north) <= NORTH[1] and EAST[0] <= float(east) <= EAST[1]:
        return east, north
    return None, None


def _degrees_in(values: list[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str | float):
            yield from NUMBER.findall(str(value)[:60])
