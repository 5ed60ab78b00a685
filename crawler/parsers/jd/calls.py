"""The calls of JD's gateway: addresses made, and read back from the pages that came from them.

Seen in the requests of public projects: ``api.m.jd.com/api?appid=&functionId=&body=<JSON>``, GET or POST, plain JSON
without ``jsonp``. Signatures (h5st) and cookies were left out by all but one of them up to 2026-09; they are never
made here, and an answer that asks for them is a refusal.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson

from crawler.items import Follow

GATEWAY = "https://api.m.jd.com/api"
SEARCH = "paimai_unifiedSearch"
MOBILE_SEARCH = "getSearchData"
OLD_LIST = "getAssetsList"
MERCHANTS = "paimai_searchMerchantsProduct"
CORE = "getWareCoreDataBff"
BASIC = "getProductBasicInfo"
REALTIME = "getPaimaiRealTimeData"
DESCRIPTION = "queryProductDescription"
ANNOUNCEMENT = "queryAnnouncement"
NOTICE = "queryNotice"
VENDOR = "queryVendorInfo"
ATTACHMENTS = "queryAttachFilesForIntro"

JUDICIAL = "jd_judicial"
ASSETS = "jd_assets"

PUBLISHERS = {7: JUDICIAL, 9: ASSETS, 10: ASSETS, 0: None}
"""``publishSource``: 7 courts; 9 commercial, financial, state; 10 bankruptcy; 0 stands beside 9 in a filter."""

COURT_LABELS = frozenset({"1027", "1028"})  # 诉讼资产, 刑案资产
BIDS_A_PAGE = 10
OLD_LIST_ADDRESS = re.compile(r"https?://auction\.jd\.com/getAssetsList\.html")


class Call(NamedTuple):
    """What an address asks for. ``note`` is its fragment: what we know of the listing, never sent."""

    function: str | None = None
    body: Mapping[str, Any] = {}
    note: Mapping[str, str] = {}


ADVERTISEMENTS = "2"
"""``projectType`` of 招商 in the search; 1 are projects with bidding."""

NO_CALL = Call()
NOTED = ("source", "untold")


def read_call(url: str) -> Call:
    """The call of an address; an empty one where it is none of the gateway's. Never raises.

    Pages call by GET and by POST: what was posted stands in the fragment of an address that a browser recorded.
    """
    try:
        parts = urlsplit(url)
        if OLD_LIST_ADDRESS.match(url):
            return Call(OLD_LIST, dict(parse_qsl(parts.query)), dict(parse_qsl(parts.fragment)))
        if "functionId=" not in parts.query and "functionId=" not in parts.fragment:
            return NO_CALL
        told = dict(parse_qsl(parts.fragment, max_num_fields=50))
        asked = told | dict(parse_qsl(parts.query, max_num_fields=50))
        body = orjson.loads(asked["body"]) if asked.get("body") else {}
    except ValueError:  # also orjson's; an address is cut off, or not ours
        return NO_CALL
    note = {name: told[name] for name in NOTED if name in told}
    return (
        Call(asked["functionId"], body if isinstance(body, dict) else {}, note) if asked.get("functionId") else NO_CALL
    )


def call_address(function: str, body: Mapping[str, Any], **note: str) -> str:
    """The address of a call; ``note`` becomes its fragment."""
    written = quote(orjson.dumps(body).decode(), safe=",:")
    fragment = f"#{urlencode(note)}" if note else ""
    return f"{GATEWAY}?appid=paimai&functionId={function}&body={written}{fragment}"


def source_of_publisher(publisher: object) -> str | None:
    """The source that a ``publishSource`` belongs to; ``None`` where it tells none."""
    if isinstance(publisher, str) and publisher.isdecimal() and len(publisher) < 4:
        publisher = int(publisher)
    return PUBLISHERS.get(publisher) if isinstance(publisher, int) else None


def source_of_call(call: Call) -> str | None:
    """The shop window that a call asks, as far as the address tells."""
    if (noted := call.note.get("source")) in {JUDICIAL, ASSETS}:
        return noted
    if call.function in {OLD_LIST, MERCHANTS}:
        return ASSETS
    if call.function == MOBILE_SEARCH:
        return JUDICIAL  # its page is judicature_search_home
    if source := source_of_publisher(call.body.get("publishSource")):
        return source
    if call.function == SEARCH and (labels := str(call.body.get("labelSet") or "")):
        return JUDICIAL if COURT_LABELS.issuperset(labels.split(",")) else ASSETS
    return None


SEARCH_BODY: Mapping[str, Any] = {
    "apiType": 12,
    "page": 1,
    "pageSize": 40,
    "reqSource": 0,
    "keyword": "",
    "provinceId": "",
    "cityId": "",
    "countyId": "",
    "multiPaimaiStatus": "",
    "multiDisplayStatus": "",
    "multiPaimaiTimes": "",
    "childrenCateId": "",
    "currentPriceRangeStart": "",
    "currentPriceRangeEnd": "",
    "timeRangeTime": "endTime",
    "timeRangeStart": "",
    "timeRangeEnd": "",
    "loan": "",
    "purchaseRestriction": "",
    "orgId": "",
    "orgType": "",
    "sortField": 8,
    "projectType": 1,
    "labelSet": "",
    "publishSource": "",
    "defaultLabelSet": "",
}
"""The body of the desktop page (2022 to 2026): 40 rows a page, all filters open, projects with bidding only."""


def search_address(query: Mapping[str, Any]) -> str:
    """The address of one page of the list; ``query`` names what differs from the page's own defaults."""
    return call_address(SEARCH, {**SEARCH_BODY, **query})


def next_page_address(url: str, call: Call, page_number: int) -> str:
    """The address of another page of the list that ``url`` is a page of."""
    if call.function == OLD_LIST:
        head, _, _ = url.partition("?")
        return f"{head}?{urlencode({**call.body, 'page': page_number})}"
    return call_address(call.function or SEARCH, {**call.body, "page": page_number}, **call.note)


def realtime_body(listing_id: str, start: int = 0) -> dict[str, int]:
    """The call for the state of a listing with ten of its bids, newest first, from the one at ``start``."""
    window = {"end": start + BIDS_A_PAGE - 1, "start": start}
    return {
        "paimaiId": int(listing_id),
        "source": 0,
        **window,
        "priceReductionRecordStart": 0,
        "priceReductionRecordEnd": 20,
    }


def state_pages(source: str) -> Callable[[str, str | None], Sequence[Follow]]:
    """For ``SourceSpec.item_pages``: the calls for the basic data and for the state of a listing."""

    def pages(listing: str, _url: str | None) -> Sequence[Follow]:
        asked = ((BASIC, "basic", {"paimaiId": int(listing)}), (REALTIME, "realtime", realtime_body(listing)))
        return [
            Follow(call_address(function, body, source=source), f"{source}.{reader}")
            for function, reader, body in asked
        ]

    return pages
