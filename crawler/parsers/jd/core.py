"""``getWareCoreDataBff``: the one answer that a page of 2026 is made of, in place of basic data, state and pictures.

Told by one project (2026), never recorded: of its blocks ``basicData`` and ``imageVideoArea`` are known by name, and it
is asked with the window of bids of the realtime call. So fields are looked for under the names that they have in the
answers which it replaces: first in ``basicData``, then in the blocks beside and within it. Lists are not entered: they
may hold other listings.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import ListingItem, PageContent
from crawler.page import Page
from crawler.parsers.jd.answers import (
    CORE_MARK,
    Asked,
    ask,
    data_of,
    is_bare_answer,
    listing_id,
    load_answer,
    written_id,
)
from crawler.parsers.jd.basic import first_image, read_basic
from crawler.parsers.jd.bundles import merged, read_state
from crawler.parsers.jd.calls import CORE, read_call, source_of_call
from crawler.parsers.jd.listings import source_of_rows
from crawler.parsers.jd.realtime import WORDS as STATE_WORDS

BASIC_DATA, PICTURES = "basicData", "imageVideoArea"
MOST_BLOCKS = 500

FAR = (
    "startPrice",
    "assessmentPrice",
    "ensurePrice",
    "priceLowerOffset",
    "minPrice",
    "delayedTime",
    "paimaiTimes",
    "displayStatus",
    "publishSource",
    "vendorId",
    "courtVendorId",
    "shopName",
    "vendorName",
    "courtName",
    "isPriorPurchaser",
    "judicatureBasicInfoResult",
    "productAddressResult",
    "labelList",
    "paimaiImageResultList",
    "paimaiGroupReduceBasicInfoResult",
)
"""Names that mean one thing wherever they stand. A title, a time or a place of another block may be another's."""

FAR_STATE = (
    "bidCount",
    "bidList",
    "accessNum",
    "accessEnsureNum",
    "confirmationUrl",
    "paimaiGroupReduceRealTimeResult",
)


def recognises_core(page: Page, source: str) -> bool:
    """By the call, or by the block that only this answer has."""
    call = read_call(page.url)
    is_core = call.function == CORE if call.function else is_bare_answer(page, CORE_MARK)
    return is_core and source == (source_of_call(call) or source_of_rows(page.body))


def parse_core(page: Page, source: str) -> PageContent:
    """Read a listing with its state and its latest bids.

    Raises:
        PageRefused: a refusal, no ``basicData``, or data that cannot be those of a listing.
    """
    asked = ask(page, source)
    answer = load_answer(asked)
    if answer is None:
        return PageContent()
    data = data_of(asked, answer)
    basic = data.get(BASIC_DATA)
    if not isinstance(basic, dict) or not basic:
        raise asked.refusal(LayoutChanged, f"answer without its {BASIC_DATA}")
    source_id = listing_id(asked, basic.get("paimaiId", data.get("paimaiId")))
    try:
        return PageContent(items=[read_core(asked, source_id, basic, data)])
    except RowRefused as error:
        raise asked.refusal(LayoutChanged, error.reason) from None


def read_core(asked: Asked, source_id: str, basic: Mapping[str, Any], data: Mapping[str, Any]) -> ListingItem:
    """The listing that the blocks tell together; without its state where no block has one.

    Raises:
        RowRefused: without title, an unknown ``publishSource``, or lists where values should be.
    """
    blocks = list_blocks(source_id, basic, data)
    state = next((block for block in blocks if block.get("auctionStatus") is not None), None)
    whole = {**find_values(blocks, FAR), **told_values(basic)}
    if state and state.get("endTime"):  # extensions and the first bid of a sell-off move it
        whole["endTime"] = state["endTime"]
    item = read_basic(whole, source_id, asked)
    if item.image_url is None:
        item = item._replace(image_url=first_picture(data.get(PICTURES)))
    if state is None:
        return item
    told = {name: whole[name] for name in STATE_WORDS if name in whole}
    standing = {**told, **find_values(blocks, FAR_STATE), **told_values(state)}
    if item.status_raw is not None:  # withdrawn, postponed, suspended: there is no outcome beside it
        standing["displayStatus"] = whole["displayStatus"]
    return merged(item, read_state(asked, standing, source_id, whole))._replace(source=item.source)


def list_blocks(source_id: str, basic: Mapping[str, Any], data: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """``basicData`` and all other objects, the nearest first; those that name another listing are left out."""
    waiting: deque[Mapping[str, Any]] = deque([basic, data])
    found: list[Mapping[str, Any]] = []
    while waiting and len(found) < MOST_BLOCKS:
        block = waiting.popleft()
        if block.get("paimaiId") is None or written_id(block["paimaiId"]) == source_id:
            found.append(block)
            waiting.extend(each for each in block.values() if isinstance(each, dict) and each is not basic)
    return found


def told_values(block: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a block that say something."""
    return {name: value for name, value in block.items() if value is not None and value != ""}


def find_values(blocks: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """The values of these names, each from the first block that tells it."""
    values: dict[str, Any] = {}
    for block in blocks:
        for name in names:
            if name not in values and block.get(name) not in (None, ""):
                values[name] = block[name]
    return values


def first_picture(area: object) -> str | None:
    """The address of the first picture of the area: its lists of pictures are known by ``imagePath`` alone."""
    lists = [each for each in area.values() if isinstance(each, list)] if isinstance(area, dict) else [area]
    return next(filter(None, map(first_image, lists)), None)
