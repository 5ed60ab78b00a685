"""List pages whose items stand as JSON in the page.

``<script id="sf-item-list-data">`` on list pages (2019 to 2026-08); the front page of 2018 had several such blocks,
told by their class. Pages are GBK, copies of them often UTF-8.

Each row tells how long ago it began (``timeToStart``), and so when the server wrote the page.

``initialPrice`` follows the bidding: in all 18 items of 2018 that had bids it equals ``currentPrice``. So it is the
starting price only while nobody has bid.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

import orjson

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.ali_judicial.addresses import details_of
from crawler.parsers.ali_judicial.dialect import DIALECT, SOURCE, round_in_title
from crawler.parsers.ali_judicial.paging import next_page, stated_count
from crawler.parsers.ali_judicial.refusal import check_answer, check_rows, check_whole, page_without_items
from crawler.parsers.html import page_json

logger = logging.getLogger(__name__)

LIST_JSON = f"{SOURCE}.list_json"
MARK = b"sf-item-list-data"
BLOCK_ID = re.compile(rb"""\bid\s*=\s*["']?([\w-]+)""")
WORDS = (
    "status",
    "initialPrice",
    "currentPrice",
    "consultPrice",
    "marketPrice",
    "sellOff",
    "start",
    "end",
    "bidCount",
    "applyCount",
    "supportLoans",
)
IGNORED_KEYS = frozenset(
    (
        "mnNotice",
        "credit",
        "timeToStart",
        "timeToEnd",
        "viewerCount",
        "delayCount",
        "catNames",
        "collateralCatName",
        "xmppVersion",
        "buyRestrictions",
        "supportOrgLoan",
        "trackParams",
    )
)
KNOWN_KEYS = IGNORED_KEYS.union(WORDS, ("id", "title", "itemUrl", "picUrl"))
SCALARS = frozenset({str, int, float, bool, type(None)})
OTHER_SOURCE = "//zc-item.taobao.com/"  # the asset side: banks, administrators, leases
START = re.compile(rb'"start"\s{0,9}:\s{0,9}([0-9]{13})(?![0-9])')
TIME_TO_START = re.compile(rb'"timeToStart"\s{0,9}:\s{0,9}(-?[0-9]{1,13})(?![0-9])')
LATEST_CLOCK = 4_000_000_000_000  # milliseconds: the year 2096
LARGEST_SPREAD = 5_000  # milliseconds; within 5 in the list of 2020, equal on the front page of 2018


def generated_on(body: bytes) -> datetime | None:
    """The server's clock: ``start`` less ``timeToStart``, where all rows agree on it."""
    starts, distances = START.findall(body), TIME_TO_START.findall(body)
    if not starts or len(starts) != len(distances):
        return None
    clocks = [int(start) - int(distance) for start, distance in zip(starts, distances, strict=True)]
    if max(clocks) - min(clocks) > LARGEST_SPREAD or not 0 < max(clocks) < LATEST_CLOCK:
        return None
    return datetime.fromtimestamp(max(clocks) / 1000, UTC)


def is_bare_json(page: Page) -> bool:
    """Whether the body is JSON by its first character."""
    return page.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def data_blocks(page: Page) -> list[tuple[str | None, int, int]]:
    """The blocks of items of a page: the id of each where it tells a category, and where its JSON stands.

    Raises:
        LayoutChanged: a block has no end.
    """
    body, blocks = page.body, []
    at = body.find(MARK)
    while at != -1:
        tag = body.rfind(b"<script", max(0, at - 200), at)
        end = at + len(MARK)
        if tag != -1 and body.find(b">", tag, at) == -1:  # else only mentioned, in code or a comment
            start = body.find(b">", at) + 1
            end = body.find(b"</script", start) if start else -1
            if end == -1:
                raise LayoutChanged("data block without an end", source=SOURCE, url=page.url)
            found = BLOCK_ID.search(body, tag, start)
            blocks.append((found[1].decode() if found and found[1] != MARK else None, start, end))
        at = body.find(MARK, end)
    return blocks


def load_rows(page: Page, start: int, end: int) -> list[Any]:
    """The items of one block: ``{"data": [...]}`` or ``[...]``.

    Raises:
        LayoutChanged: it is neither, or has far too many.
    """
    block = page.body[start:end]
    try:
        loaded = orjson.loads(block)
    except orjson.JSONDecodeError:  # also for GBK: orjson reads nothing but UTF-8
        loaded = page_json(replace(page, body=block), SOURCE)
    rows = loaded.get("data") if isinstance(loaded, dict) else loaded
    if not isinstance(rows, list):
        raise LayoutChanged("data block without a list of items", source=SOURCE, url=page.url)
    check_rows(rows, page)
    return rows


def load_bare(page: Page) -> list[tuple[str | None, list[Any]]]:
    """The items of JSON that was saved without its page: of one block, or of several by their ids.

    Raises:
        LayoutChanged: it is neither, or has far too many.
    """
    loaded = page_json(page, SOURCE)
    if isinstance(loaded, dict) and loaded and DIALECT.kind_labels.keys() >= loaded.keys():
        blocks = [(block_id, rows) for block_id, rows in loaded.items() if isinstance(rows, list)]
        check_rows([row for _, rows in blocks for row in rows], page)
        return blocks
    return [(None, load_rows(page, 0, len(page.body)))]


def parse_list_json(page: Page) -> PageContent:
    """Read a list page with its data blocks, or the JSON of one saved without its page.

    Raises:
        PageRefused: no list, a block that cannot be read, or no item in any block and no words that say so.
    """
    content = PageContent()
    if is_bare_json(page):
        check_answer(page)
        row_count = sum(read_rows(rows, block_id, content) for block_id, rows in load_bare(page))
    else:
        check_whole(page)
        blocks = data_blocks(page)
        row_count = sum(read_rows(load_rows(page, start, end), block_id, content) for block_id, start, end in blocks)
        first, last = (blocks[0][1], blocks[-1][2]) if blocks else (0, 0)
        content.stated_count = stated_count(page, first, last)
        content.follows = [*details_of(content.items), *next_page(page, LIST_JSON, last)]
    return content if row_count else page_without_items(page, content.stated_count)


def read_rows(rows: Sequence[Any], block_id: str | None, content: PageContent) -> int:
    """Read the items of one block into ``content``. Gives their number.

    What cannot be read becomes a refused row; items of the asset side belong to another source and are passed over.
    """
    unknown_keys: set[str] = set()
    before = len(content.items) + len(content.refused) + len(content.passed_over)
    for position, row in enumerate(rows, before + 1):
        try:
            item = read_row(row, block_id)
        except RowRefused as error:
            row_id = row.get("id") if isinstance(row, dict) else None
            source_id = str(row_id) if isinstance(row_id, int | str) else None
            content.refused.append(RefusedRow(position, source_id, error.reason, orjson.dumps(row).decode()[:200]))
            continue
        if not KNOWN_KEYS.issuperset(row):
            unknown_keys.update(row.keys() - KNOWN_KEYS)
        if item.url is not None and OTHER_SOURCE in item.url:
            content.passed_over.add(position)
        else:
            content.items.append(item)
    if unknown_keys:
        logger.warning("%s: keys that no table knows: %s", LIST_JSON, ", ".join(sorted(unknown_keys)))
    return len(rows)


def read_row(row: Any, block_id: str | None) -> ListingItem:
    """Read one item of the list JSON.

    Raises:
        RowRefused: no object, without id, title or status, or with values where they cannot be.
    """
    if not isinstance(row, dict):
        raise RowRefused("no object")
    words = {name: row[name] for name in WORDS if name in row}
    item_id, title, status = row.get("id"), row.get("title"), row.get("status")
    if type(item_id) is not int and not (type(item_id) is str and item_id.isascii() and item_id.isdigit()):
        raise RowRefused("id is no number")
    if type(title) is not str or not title or type(status) is not str or not status:
        raise RowRefused("without title or status")
    if not SCALARS.issuperset(map(type, words.values())):
        raise RowRefused("a list or an object stands where one value should be")
    source_id = str(item_id)
    bids = words.get("bidCount")
    if bids is not None and type(bids) is not int:
        raise RowRefused("bidCount is no number")
    is_done = status == "done"
    if is_done and bids is not None:
        status = "done, with bids" if bids else "done, no bids"
    start, end = words.get("start"), words.get("end")
    if isinstance(start, int) and isinstance(end, int) and end <= start:
        end = None  # no end time yet
    loans = words.get("supportLoans")
    return ListingItem(
        source_id=source_id,
        words=words,
        url=address(row.get("itemUrl"), source_id),
        title=unescape(title).strip(),
        property_kind_raw=block_id,
        round_raw="sellOff" if words.get("sellOff") is True else round_in_title(title),
        status_raw=status,
        starting_price_raw=None if bids != 0 else words.get("initialPrice"),
        current_price_raw=words.get("currentPrice"),
        hammer_price_raw=words.get("currentPrice") if is_done and bids else None,
        appraisal_price_raw=words.get("consultPrice") or None,  # 0: none
        market_price_raw=words.get("marketPrice") or None,
        starts_at_raw=start,
        ends_at_raw=end,
        bid_count_raw=bids,
        applicant_count_raw=words.get("applyCount"),
        loan_raw=None if loans is None else str(loans),
        image_url=with_scheme(row.get("picUrl")),
    )


def with_scheme(address: object) -> str | None:
    """An address as the list writes it (``//host/path``), with its scheme."""
    if type(address) is not str or not address:
        return None
    return "https:" + address if address.startswith("//") else address


def address(written: object, source_id: str) -> str | None:
    """The address of an item.

    Raises:
        RowRefused: it is the address of another item.
    """
    url = with_scheme(written)
    if url is not None and source_id not in url:
        raise RowRefused(f"address of another item: {url[:80]!r}")
    return url
