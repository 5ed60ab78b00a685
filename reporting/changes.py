"""The changes report: what happened, listing by listing: cuts, new rounds, results, what is gone and what is back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import Connection

from reporting.chains import note_links
from reporting.filters import Filters
from reporting.linked import linked_listings
from reporting.money import told_amount
from reporting.tables import Column, Shape, Table
from store.read import observed_range, sightings_before
from store.terms import Currency, EventKind
from tracking.event_rows import events_of
from tracking.events import Event
from tracking.offers import Offer, load_offers

MEASURE = (
    "changes: derived from what was observed; a listing seen first is new, or a new round of a home that is known; "
    "gone: missing from two healthy complete looks at its source"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One event. The amount in whole units of ``currency``."""

    at: datetime
    kind: EventKind
    listing: str
    before: str | None
    after: str | None
    amount: Decimal | None
    percent: Decimal | None
    currency: Currency | None
    property_id: int | None
    city: str | None
    title: str | None


COLUMNS = (
    Column("at", Shape.DAY, "day"),
    Column("kind", Shape.WORD, "what"),
    Column("before", Shape.TEXT, "before", room=2, least=10),
    Column("after", Shape.TEXT, "after", room=1, least=10),
    Column("amount", Shape.MONEY, "amount", room=6),
    Column("percent", Shape.PERCENT, "%", room=5),
    Column("currency", Shape.WORD, is_in_table=False),
    Column("property_id", Shape.WORD, "home", room=7),
    Column("listing", Shape.WORD, "listing", room=4),
    Column("city", Shape.TEXT, "city", room=3, least=6),
    Column("title", Shape.TEXT, "title", least=16),
)


@dataclass(frozen=True, slots=True)
class Changes:
    """The answer."""

    rows: Sequence[Change]
    limit: int | None
    observed: tuple[datetime, datetime] | None
    notes: Sequence[str] = ()

    def table(self) -> Table:
        """The report as rows and columns."""
        first, last = self.observed or (None, None)
        return Table(COLUMNS, self.rows, MEASURE, "changes", first, last, self.limit, self.notes)


def find_changes(connection: Connection, filters: Filters, limit: int | None = 50) -> Changes:
    """What happened to the listings that are asked for, the newest first; new listings only within ``since``."""
    as_of = filters.before or datetime.now(UTC)
    sightings = None if filters.before is None else sightings_before(connection, filters.before)
    offers = {
        offer.listing_id: offer
        for offer in load_offers(connection, with_parts=False)
        if (not filters.sources or offer.source in filters.sources)
        and filters.admits(offer.city, offer.property_kind, offer.seller_kind, offer.round_kind)
    }
    linked = linked_listings(connection, sightings)
    rows = [
        _row(event, offers[event.listing_id], linked.home_of.get(event.listing_id))
        for event in events_of(connection, offers, as_of, linked.link_of)
        if filters.since is None or event.at >= filters.since
    ]
    rows.sort(key=lambda row: row.listing)
    rows.sort(key=lambda row: row.at, reverse=True)
    notes = note_links(connection, linked, "and may stand here as new though their homes are known")
    return Changes(rows, limit, observed_range(connection, filters.sources, sightings), notes)


def _row(event: Event, offer: Offer, property_id: int | None) -> Change:
    return Change(
        event.at,
        event.kind,
        f"{offer.source}:{offer.source_id}",
        event.before,
        event.after,
        told_amount(event.amount, offer.currency),
        event.percent,
        offer.currency,
        property_id,
        offer.city,
        offer.title,
    )
