"""By which columns the rows of each file of a snapshot are ordered and named, and how their text is compared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reporting.snapshot import Field, Kind

LISTING_KEY = ("source", "source_id", "generation")
WORDS_KEY = ("source", "source_id", "reader", "digest", "position")
PAGE_KEY = ("source", "observed_at", "body_sha256", "url")
SEEN_KEY = ("page_source", "page_observed_at", "page_sha256")

PRIMARY_KEYS: Mapping[str, tuple[str, ...]] = {
    "source.csv": ("source",),
    "listing.csv": LISTING_KEY,
    "observation.csv": (*LISTING_KEY, "observed_at", "reader", "digest"),
    "page.csv": PAGE_KEY,
    "fact.csv": WORDS_KEY,
    "bid.csv": WORDS_KEY,
    "lot_member.csv": WORDS_KEY,
    "attachment.csv": WORDS_KEY,
    "property.csv": ("property_key",),
    "auction_round.csv": LISTING_KEY,
    "link_decision.csv": ("one_key", "other_key", "author"),
    "coverage.csv": ("source", "seen_on"),
    "absence.csv": (*LISTING_KEY, "gone_at"),
    "late_page.csv": PAGE_KEY,
}
"""The columns that name a row; files that are not here can hold rows that nothing but their order tells apart."""

ORDERS: Mapping[str, tuple[str, ...]] = {
    **PRIMARY_KEYS,
    "quarantined_row.csv": ("source", "page_observed_at", "page_sha256", "page_url", "position"),
    "series_point.csv": ("series", "period", *SEEN_KEY),
    "market_price.csv": ("place", "period", *SEEN_KEY),
    "crawl_run.csv": ("source", "started_at"),
    "crawl_slice.csv": ("source", "started_at"),
}
"""What the rows are sorted by; rows that are equal in it keep the order in which they were written."""

Order = tuple[Any, ...]


def order_of_rows(name: str, fields: Sequence[Field]) -> Callable[[Sequence[str]], Order]:
    """Gives for a row of plain cells what it is sorted by, so that text compares as the values do."""
    positions = {field.name: (position, _comparer(field)) for position, field in enumerate(fields)}
    steps = [positions[column] for column in ORDERS[name]]
    return lambda row: tuple(compare(row[position]) for position, compare in steps)


def _comparer(field: Field) -> Callable[[str], Any]:
    if field.name.endswith("_key"):
        return _key_order
    if field.kind is Kind.COUNT or field.name == "digest":
        return lambda text: int(text) if text else -1
    if field.kind is Kind.INSTANT:
        return _instant_order
    return str.encode


def _key_order(text: str) -> tuple[bytes, bytes, int]:
    """A listing's name ``source:source_id:generation``: ids may hold colons, the others do not."""
    source, _, rest = text.partition(":")
    source_id, _, generation = rest.rpartition(":")
    return source.encode(), source_id.encode(), int(generation or 0)


def _instant_order(text: str) -> str:
    """With all decimals: a second without them comes before its parts."""
    plain = text.removesuffix("Z")
    return plain if "." in plain or not plain else f"{plain}.000000"
