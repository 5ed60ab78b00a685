"""Answers of the gateway that fill the search pages: the one list that tells the seller (``shopName``).

Form A (module data, display texts) and form B (scenes, amounts in 分), as projects describe them in 2026; none was
recorded. A browser keeps them in its HAR; this crawler does not ask the gateway itself. Both hold items of both sides.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from crawler.errors import LayoutChanged, NoSale, RowRefused
from crawler.items import Details, ListingItem, PageContent, Word
from crawler.page import Page
from crawler.parsers.ali_assets.dialect import (
    ITEM_URL,
    NO_SALE,
    SOURCE,
    as_court_item,
    published_round,
    round_number,
    sale_label,
)
from crawler.parsers.ali_assets.lists import excerpt, row_id
from crawler.parsers.ali_assets.refusals import in_own_name, refused_row
from crawler.parsers.ali_judicial.addresses import ITEM_URL as COURT_ITEM_URL
from crawler.parsers.ali_judicial.list_json import with_scheme
from crawler.parsers.ali_judicial.refusal import check_answer, refusal
from crawler.parsers.html import page_text

LIST_GATEWAY = f"{SOURCE}.list_gateway"
WRAPPED = re.compile(r"\s*(?:[\w.$]{1,80}\s*\(\s*)?(?=[{\[])")
COURTS = ("sf-item.taobao.com", "sf.taobao.com/sf_item")
CIRCLES = {"1": "一拍", "2": "二拍", "4": "变卖"}
"""``circ`` of form B. 5, -1, -2 and -4 are "other rounds": which ones no project knows."""

FORM_A_WORDS = (
    "status",
    "price",
    "priceUnit",
    "displayInitialPrice",
    "displayInitialPriceUnit",
    "displayCurrentPrice",
    "displayCurrentPriceUnit",
    "applyCnt",
    "bidCnt",
    "shopName",
)
FORM_B_WORDS = (
    "status",
    "initialPrice",
    "currentPrice",
    "consultPrice",
    "marketPrice",
    "startTime",
    "endTime",
    "circ",
    "bizType",
    "locationCode",
    "bidCnt",
    "shopName",
)
Row = Mapping[str, Any]


@in_own_name
def parse_list_gateway(page: Page) -> PageContent:
    """Read an answer of either form, bare or as a call (JSONP).

    Raises:
        PageRefused: RGV587 and other refusals, or no list of items in the answer.
    """
    check_answer(page)
    answer = load_answer(page)
    rows, total = find_rows(answer)
    if rows is None:
        raise refusal(page) or LayoutChanged("answer without a list of items", source=SOURCE, url=page.url)
    content = PageContent(stated_count=total)
    for position, row in enumerate(rows, 1):
        try:
            content.items.append(read_gateway_row(row))
        except RowRefused as error:
            content.refused.append(refused_row(position, row_id(row), error, excerpt(row)))
    if not rows and total != 0:
        raise LayoutChanged("no item, and not the number 0", source=SOURCE, url=page.url)
    return content


def load_answer(page: Page) -> Any:
    """The JSON of an answer.

    Raises:
        LayoutChanged: there is none.
    """
    text = page_text(page, SOURCE)
    found = WRAPPED.match(text)
    body = text[found.end() :].rstrip().rstrip(";").rstrip() if found else text
    if found and found[0].rstrip().endswith("("):
        body = body.removesuffix(")")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise refusal(page) or LayoutChanged(f"not JSON: {error}", source=SOURCE, url=page.url) from None


def find_rows(answer: Any) -> tuple[Sequence[Any] | None, int | None]:
    """The items of either form, and how many there are in all; ``None`` where the answer holds no list."""
    data = dig(answer, "data", "data")
    modules = dig(data, "GQL_getPageModulesData")
    if isinstance(modules, dict):
        lists = [dig(module, "items") for module in modules.values()]
        parts = [(dig(each, "schemeList"), dig(each, "totalCount")) for each in lists if isinstance(each, dict)]
    else:
        scenes = dig(data, "scenes")
        schemes = [dig(scene, "schemeList") for scene in scenes] if isinstance(scenes, list) else []
        parts = [
            (dig(scheme, "contentList"), dig(scheme, "totalCount"))
            for each in schemes
            if isinstance(each, list)
            for scheme in each
        ]
    found = [(rows, total) for rows, total in parts if isinstance(rows, list)]
    if not found:
        return None, None
    rows = [row for part, _ in found for row in part]
    totals = [total for _, written in found if (total := count(written)) is not None]
    return rows, sum(totals) if len(totals) == len(found) else None


def dig(node: Any, *path: str) -> Any:
    """What stands at a path of keys, or ``None``."""
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def read_gateway_row(row: Any) -> ListingItem:
    """Read one item of either form; form A is known by ``auctionTitle``.

    Raises:
        RowRefused: no object, without id or title, a lease, or an advertisement for interest.
    """
    if not isinstance(row, dict):
        raise RowRefused("no object")
    title = row.get("auctionTitle") or row.get("title")
    source_id = str(row.get("itemId") or "")
    if not isinstance(title, str) or not re.fullmatch(r"\d{6,16}", source_id):
        raise RowRefused("without id or title")
    seller = row.get("shopName")
    seller = seller.strip() or None if isinstance(seller, str) else None
    item = read_form_a(row, source_id) if "auctionTitle" in row else read_form_b(row, source_id)
    is_court = "sf_item" in (item.url or "") or "法院" in (seller or "")
    if not is_court and (NO_SALE.search(title) or str(row.get("statusOrder")) == "6"):
        raise NoSale(f"no sale: {title[:60]}")
    published = published_round(title) or item.round_raw
    item = item._replace(
        title=title.strip(),
        seller_name=seller,
        words=dict(item.words) | ({"轮次": published} if published else {}),
        url=item.url or (COURT_ITEM_URL if is_court else ITEM_URL).format(source_id),
        round_raw=sale_label(title, seller, published),
        details=(item.details or Details())._replace(round_number_raw=round_number(published)),
    )
    return as_court_item(item) if is_court else item


def read_form_a(row: Row, source_id: str) -> ListingItem:
    """Prices as display texts, cut like those of cards; deposit and increment in 分, areas in hundredths."""
    extra = row.get("auctionExtraMap") or {}
    has_bids = count(row.get("bidCnt")) not in (None, 0)
    current = shown(row, "displayCurrentPrice") or shown(row, "price", "priceUnit")
    url = with_scheme(row.get("auctionLink"))
    return ListingItem(
        source_id=source_id,
        words=scalars(row, FORM_A_WORDS)
        | {
            f"extra.{key}": extra[key]
            for key in ("bail", "incrementnum", "hArea")
            if isinstance(extra, dict) and is_scalar(extra.get(key)) and key in extra
        },
        url=url.partition("?")[0] if url and source_id in url.partition("?")[0] else None,
        round_raw="变卖" if "变卖" in tag_words(row.get("tagArray")) else None,
        status_raw=ended_status(row),
        starting_price_raw=shown(row, "displayInitialPrice") or (None if has_bids else current),
        current_price_raw=current,
        hammer_price_raw=current if row.get("status") == "sold" else None,
        is_price_exact=False,
        floor_area_raw=hundredths(dig(extra, "hArea"), "㎡"),
        land_area_raw=hundredths(dig(extra, "landArea"), "㎡"),
        bid_count_raw=count(row.get("bidCnt")),
        applicant_count_raw=count(row.get("applyCnt")),
        loan_raw=loan_tag(tag_words(row.get("tagArray"))),
        image_url=with_scheme(row.get("pictureUrl")),
        details=Details(
            deposit_raw=hundredths(dig(extra, "bail"), "元"), increment_raw=hundredths(dig(extra, "incrementnum"), "元")
        ),
    )


def read_form_b(row: Row, source_id: str) -> ListingItem:
    """Amounts in 分. ``initialPrice`` is taken while nobody has bid: the list JSON lets it follow the bidding."""
    extra = row.get("extraMap") or {}
    bids = count(row.get("bidCnt"))
    current = hundredths(row.get("currentPrice"), "元")
    longitude, latitude = position(row.get("coordinate"))
    categories = row.get("fcatV4Ids")
    category = categories[-1] if isinstance(categories, list) and categories else categories
    tags = tag_words(row.get("tags"))
    return ListingItem(
        source_id=source_id,
        words=scalars(row, FORM_B_WORDS),
        property_kind_raw=str(category) if isinstance(category, int | str) and category else None,
        round_raw=CIRCLES.get(str(row.get("circ"))) or ("变卖" if "变卖" in tags else None),
        status_raw=ended_status(row),
        starting_price_raw=hundredths(row.get("initialPrice"), "元") if bids == 0 else None,
        current_price_raw=current,
        appraisal_price_raw=hundredths(row.get("consultPrice"), "元"),
        market_price_raw=hundredths(row.get("marketPrice"), "元"),
        starts_at_raw=count(row.get("startTime")),
        ends_at_raw=count(row.get("endTime")),
        floor_area_raw=hundredths(dig(extra, "hArea"), "㎡"),
        land_area_raw=hundredths(dig(extra, "landArea"), "㎡"),
        bid_count_raw=bids,
        loan_raw=loan_tag(tags),
        image_url=with_scheme(row.get("picURL")),
        details=Details(
            deposit_raw=hundredths(dig(extra, "bail"), "元"),
            increment_raw=hundredths(dig(extra, "incrementnum"), "元"),
            latitude_raw=latitude,
            longitude_raw=longitude,
        ),
    )


def ended_status(row: Row) -> str | None:
    """The state, with what else the row tells of the result: an end without bids and applicants is a failure."""
    status = row.get("status")
    if status == "end" and count(row.get("bidCnt")) == 0 and count(row.get("applyCnt")) == 0:
        return "end, no bids, no applicants"
    return status if isinstance(status, str) else None


def shown(row: Row, name: str, unit: str | None = None) -> str | None:
    """A price with the unit that stands in a field of its own: 120 and 万."""
    number, unit_word = row.get(name), row.get(unit or f"{name}Unit")
    if isinstance(number, bool) or not isinstance(number, int | float | str) or not str(number).strip():
        return None
    return f"{str(number).strip()}{unit_word if isinstance(unit_word, str) else ''}"


def hundredths(written: Any, unit: str) -> str | None:
    """A whole number of 分, or of hundredths of a square metre, as a text in 元 or ㎡; 0 says nothing."""
    number = count(written)
    return f"{number // 100}.{number % 100:02d}{unit}" if number else None


def count(written: Any) -> int | None:
    """A whole number, written as such or as digits."""
    if isinstance(written, str) and len(written) < 20 and written.isascii() and written.isdigit():
        return int(written)
    return written if type(written) is int and written >= 0 else None


def position(written: Any) -> tuple[Word, Word]:
    """Longitude and latitude of ``[lng, lat]`` or "lng,lat"."""
    parts = written.split(",") if isinstance(written, str) else written
    if isinstance(parts, list) and len(parts) == 2 and all(type(part) in (int, float, str) for part in parts):
        return parts[0], parts[1]
    return None, None


def tag_words(tags: Any) -> frozenset[str]:
    """The aliases of the tags of an item."""
    named = (dig(tag, "alias") for tag in tags) if isinstance(tags, list) else ()
    return frozenset(word for word in named if isinstance(word, str))


def loan_tag(tags: Iterable[str]) -> str | None:
    """支持贷款, 可贷款, or the short 贷款."""
    return next(("可贷款" for tag in tags if "贷款" in tag), None)


def is_scalar(value: Any) -> bool:
    """Whether the words of a listing can hold it."""
    return type(value) in (str, int, float, bool)


def scalars(row: Row, names: Sequence[str]) -> dict[str, Word]:
    """The named single values of a row."""
    return {name: row[name] for name in names if is_scalar(row.get(name))}
