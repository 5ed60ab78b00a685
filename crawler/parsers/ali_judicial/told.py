"""What a notice or a description tells of an item, laid under what the page says in fields of its own."""

from typing import Any

from crawler.items import Details, ListingItem
from crawler.notices import read_notice

OWN = frozenset(
    (
        *("source_id", "words", "url", "title", "address", "details", "source"),
        *("status_raw", "current_price_raw", "hammer_price_raw", "is_price_exact"),
    )
)
"""A notice is written before the sale, and often for several items of which each has its own page."""

FROM_NOTICE_ALONE = frozenset(("floor_area_raw", "private_area_raw", "land_area_raw"))
DETAILS_FROM_NOTICE_ALONE = frozenset(
    (
        "case_number",
        "appraisal_kind_raw",
        "appraisal_on_raw",
        "appraisal_scope",
        "share_raw",
        "floor",
        "intended_use",
        "built_year_raw",
        "certificate",
        "unit_count_raw",
        "facts",
        "members",
    )
)
"""What only notices tell. Prices, rounds and times are left to the pages with fields for them: one notice may announce
several rounds (2016: 拟进行三次拍卖) and several items, and is read as a look of its own, later than those pages."""


def with_told(item: ListingItem, text: str) -> ListingItem:
    """The item with what ``text`` tells where its page is silent."""
    if not text:
        return item
    told = read_notice(text, item.title)
    filled: dict[str, Any] = {
        name: value for name, value in told.listing.items() if name not in OWN and getattr(item, name) is None
    }
    return item._replace(**filled, details=laid_under(item.details or Details(), told.details))


def laid_under(own: Details, told: Details) -> Details:
    """The page's own details; where it says nothing, those that were told. Of a kind of fact the page's own count."""
    kinds = {fact.kind for fact in own.facts}
    merged = {name: told_value for name, told_value in told._asdict().items() if getattr(own, name) in (None, ())}
    merged["facts"] = own.facts + tuple(fact for fact in told.facts if fact.kind not in kinds)
    return own._replace(**merged)


def item_told(source_id: str, url: str, text: str) -> ListingItem:
    """An item of which nothing but a notice or a description was seen."""
    told = read_notice(text)
    details = {name: value for name, value in told.details._asdict().items() if name in DETAILS_FROM_NOTICE_ALONE}
    fields: dict[str, Any] = {name: value for name, value in told.listing.items() if name in FROM_NOTICE_ALONE}
    return ListingItem(source_id, {}, url, details=Details(**details))._replace(**fields)
