"""``getProductBasicInfo``: what a listing is. Recorded 2022-12 of a pillow; what only homes have is told."""

from collections.abc import Mapping
from typing import Any

from crawler.errors import RowRefused
from crawler.items import Details, Follow, ListingItem, PageContent, Word
from crawler.page import Page
from crawler.parsers.jd.answers import Asked, is_bare_answer, parse_answer
from crawler.parsers.jd.calls import (
    ANNOUNCEMENT,
    ATTACHMENTS,
    BASIC,
    DESCRIPTION,
    JUDICIAL,
    NOTICE,
    REALTIME,
    VENDOR,
    call_address,
    read_call,
    realtime_body,
    source_of_call,
)
from crawler.parsers.jd.dialect import BIDDING, FIXED_PRICE, PRICE_REDUCTION, round_in_title, round_number, round_word
from crawler.parsers.jd.listings import seller_label, source_of_row, source_of_rows
from crawler.parsers.jd.rows import (
    ITEM_PAGE,
    first_price,
    flagged_facts,
    image_address,
    label_ids,
    loan_word,
    text_of_word,
    words_of,
)

WORDS = (
    "title",
    "startPrice",
    "assessmentPrice",
    "ensurePrice",
    "priceLowerOffset",
    "minPrice",  # 有 or 无 here: whether there is a hidden reserve
    "startTime",
    "endTime",
    "delayedTime",
    "paimaiTimes",
    "auctionType",
    "displayStatus",
    "publishSource",
    "categoryId",
    "businessType",
    "totalStock",
    "vendorId",
    "courtVendorId",
    "shopName",
    "vendorName",
    "courtName",
    "isPriorPurchaser",
    "productId",
    "skuId",
    "albumId",
    "originalId",
    "lat",
    "lng",
)
COURT_WORDS = ("marketPrice", "loan", "purchaseRestriction")
PLACE_WORDS = ("province", "city", "county", "town", "address")
MARK = b'"judicatureBasicInfoResult"'


def recognises_basic(page: Page, source: str) -> bool:
    """By the call, or by a block that only this answer has."""
    call = read_call(page.url)
    is_basic = call.function == BASIC if call.function else is_bare_answer(page, MARK)
    return is_basic and source == (source_of_call(call) or source_of_rows(page.body))


def parse_basic(page: Page, source: str) -> PageContent:
    """Read the basic data of one listing, with its other answers to be asked next.

    Raises:
        PageRefused: as ``parse_answer``.
    """
    return parse_answer(page, source, read_basic, follows)


def read_basic(data: Mapping[str, Any], source_id: str, asked: Asked) -> ListingItem:
    """Read the basic data. The consultant's name and telephone are not read.

    Raises:
        RowRefused: without title, an unknown ``publishSource``, or lists where values should be.
    """
    court, place = part(data, "judicatureBasicInfoResult"), part(data, "productAddressResult")
    words = words_of(data, WORDS) | words_of(court, COURT_WORDS) | words_of(place, PLACE_WORDS)
    title = text_of_word(words.get("title"))
    if title is None:
        raise RowRefused("basic data without a title")
    labels = label_ids(data.get("labelList"))
    if labels:
        words["labelList"] = ",".join(labels)
    source = source_of_row(words, asked.listing_source)
    times, shown = words.get("paimaiTimes"), round_in_title(title)
    return ListingItem(
        source_id=source_id,
        words=words,
        url=ITEM_PAGE + source_id,
        title=title,
        property_kind_raw=None if words.get("categoryId") is None else str(words["categoryId"]),
        round_raw=round_word(source, times, shown, sale_form(data, words)),
        status_raw=exception_word(words),
        seller_name=next(filter(None, (text_of_word(words.get(name)) for name in SELLERS)), None),
        state_raw=text_of_word(words.get("province")),
        city_raw=text_of_word(words.get("city")),
        district_raw=text_of_word(words.get("county")),
        address=address_of(words),
        starting_price_raw=words.get("startPrice"),
        appraisal_price_raw=first_price(words.get("assessmentPrice")),
        market_price_raw=first_price(words.get("marketPrice")),
        starts_at_raw=words.get("startTime"),
        ends_at_raw=words.get("endTime"),
        loan_raw=loan_word(words.get("loan"), labels),
        image_url=first_image(data.get("paimaiImageResultList")),
        details=read_details(words, round_number(source, times, shown)),
        source=None if source == asked.source else source,
    )


SELLERS = ("shopName", "courtName", "vendorName")


def read_details(words: Mapping[str, Word], number: int | None) -> Details:
    """What lists do not tell."""
    return Details(
        seller_kind_raw=seller_label(words),
        deposit_raw=words.get("ensurePrice"),
        increment_raw=words.get("priceLowerOffset"),
        extension_raw=whole_minutes(words.get("delayedTime")),
        latitude_raw=words.get("lat"),
        longitude_raw=words.get("lng"),
        round_number_raw=number,
        facts=flagged_facts(words),
    )


def first_image(images: object) -> str | None:
    """The address of the first picture."""
    first = images[0] if isinstance(images, list) and images else None
    return image_address(first.get("imagePath")) if isinstance(first, dict) else None


def address_of(words: Mapping[str, Word]) -> str | None:
    """The address as lists write it, with the county before it (万源市 + 万源市人民法院停车场, seen 2022-11)."""
    parts = [text_of_word(words.get(name)) for name in ("county", "town", "address")]
    return "".join(filter(None, parts)) if parts[-1] else None


def part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A block of the answer; an empty one where it is missing.

    Raises:
        RowRefused: it is no object.
    """
    block = data.get(name) or {}
    if not isinstance(block, dict):
        raise RowRefused(f"{name} is no object")
    return block


def whole_minutes(word: Word) -> Word:
    """Minutes as JD counts them; 5.0 is 5."""
    return int(word) if isinstance(word, float) and word.is_integer() else word


def exception_word(words: Mapping[str, Word]) -> str | None:
    """Withdrawn, postponed, suspended; the normal state tells nothing, the rest stands in the realtime answer."""
    exception = words.get("displayStatus")
    return None if exception is None or str(exception) == "1" else f"displayStatus {exception}"


def sale_form(data: Mapping[str, Any], words: Mapping[str, Word]) -> str | None:
    """How an asset is sold outside the courts, as far as fields tell.

    Stages of reduction make it a 降价拍. No field for a fixed price is known: an increment of 0 lets nobody bid
    against another, so that is a sale at the price asked (a guess of the dossier; ``auctionType`` is not explained).
    """
    rule = part(data, "paimaiGroupReduceBasicInfoResult").get("reduceStageRule")
    if rule:
        return PRICE_REDUCTION
    increment = words.get("priceLowerOffset")
    if increment is None:
        return None
    return FIXED_PRICE if first_price(increment) is None else BIDDING


def follows(asked: Asked, item: ListingItem, data: Mapping[str, Any]) -> list[Follow]:
    """The other answers about the listing; the seller's own only where his name is not told here."""
    number, source = int(item.source_id), item.source or asked.source
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        (REALTIME, "realtime", dict(realtime_body(item.source_id))),
        (DESCRIPTION, "description", {"paimaiId": number, "source": 5}),
        (ANNOUNCEMENT, "announcement", {"paimaiId": number, **named(data, "albumId")}),
        (NOTICE, "notice", {"paimaiId": number}),
        (ATTACHMENTS, "attachments", {"paimaiId": number, "custom": 9, "source": 0}),
    ]
    if item.seller_name is None:
        vendor = data.get("courtVendorId") or data.get("vendorId")
        publisher = data.get("publishSource") or (7 if source == JUDICIAL else 9)
        if isinstance(vendor, int | str):
            bodies.append((VENDOR, "vendor", {"publishSource": publisher, "vendorId": vendor, "paimaiId": number}))
    untold = {"untold": "appraisal_price_raw"} if item.appraisal_price_raw is None else {}
    return [
        Follow(call_address(function, body, source=source, **untold), f"{asked.source}.{reader}", about=item.source_id)
        for function, reader, body in bodies
    ]


def named(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A number of the answer under its own name, where there is one."""
    value = data.get(name)
    return {name: value} if isinstance(value, int) and value else {}
