"""What the notices of listings say, each with its own sentence, as known at a day."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, select

from store.rows import FACT, LISTING, OBSERVATION
from store.statement import Minor
from store.terms import Answer, Currency, FactKind

IDS_PER_QUERY = 5_000


class Said(NamedTuple):
    """One question that a notice answers. ``amount`` in minor units of ``currency``."""

    answer: Answer
    quote: str
    amount: Minor | None = None
    currency: Currency | None = None


Facts = Mapping[FactKind, Said]
NO_FACTS: Facts = {}


def load_facts(
    connection: Connection, listing_ids: Collection[int], before: datetime | None = None
) -> dict[int, dict[FactKind, Said]]:
    """The facts of each listing that has any: of each kind what was said last, before an instant if one is given."""
    found: dict[int, dict[FactKind, Said]] = {}
    ordered = sorted(listing_ids)
    for start in range(0, len(ordered), IDS_PER_QUERY):
        query = _query(before).where(LISTING.c.id.in_(ordered[start : start + IDS_PER_QUERY]))
        for row in connection.execute(query):
            said = Said(row.answer, row.quote, row.amount, row.currency)
            found.setdefault(row.id, {})[row.kind] = said  # later looks come later
    return found


def _query(before: datetime | None) -> Select[Any]:
    """The facts of every look at a listing that changed something, the earliest look first."""
    fact, listing, look = FACT.c, LISTING.c, OBSERVATION.c
    of_listing = and_(fact.source == listing.source, fact.source_id == listing.source_id)
    of_look = and_(look.listing_id == listing.id, look.reader == fact.reader, look.digest == fact.digest)
    query = (
        select(listing.id, fact.kind, fact.answer, fact.quote, fact.amount, fact.currency)
        .join_from(FACT, LISTING, of_listing)
        .join(OBSERVATION, of_look)
        .order_by(look.observed_at, look.id, fact.position.desc())
    )
    return query if before is None else query.where(look.observed_at < before)
