"""The parts of a crawl in words: what an address asks for, without the signs that addresses need."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes, urlsplit

NAMES = {
    "area": "place",
    "city": "city",
    "province": "province",
    "location_code": "place",
    "locationCodes": "place",
    "category": "category",
    "auction_start_from": "starts_from",
    "auction_start_to": "starts_to",
    "timeRangeStart": "ends_from",
    "timeRangeEnd": "ends_to",
    "startPrice": "price_from",
    "endPrice": "price_to",
    "labelSet": "label",
    "sorder": "list",
}
"""Words of the sites' addresses (2026-11) by the keys of ``words/sources.toml``, there with ``part_`` before them."""

OF_ADDRESSES_ALONE = frozenset(("page", "auction_start_seg"))


def asked_words(part: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a part asks for: keys of the catalogue, else the site's own names, with what is asked; empty words left out.

    ``part``: as a crawl notes it, the address and the form of its first page. An address that asks for nothing is told
    by the name of its file.
    """
    if "url" not in part:
        return list(part.items())
    address = urlsplit(part["url"])
    pairs = [*_pairs(address.query), *_pairs(part.get("form", ""))]
    told = {NAMES.get(name, name): value for name, value in pairs if value not in {"", "0"} or name == "sorder"}
    told = {name: value for name, value in told.items() if name not in OF_ADDRESSES_ALONE}
    if not told and (file := PurePosixPath(address.path).stem):
        return [("file", file)]
    return list(told.items())


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        yield _plain(name), _plain(value)


def _plain(word: str) -> str:
    """Without escapes: those of sf.taobao.com are of GB 18030 (2026-11), those of the others of UTF-8."""
    told = unquote_to_bytes(word.replace("+", " "))
    try:
        return told.decode()
    except UnicodeDecodeError:
        return told.decode("gb18030", "replace")
