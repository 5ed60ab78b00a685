"""The repeats report: homes that were offered more than once, through rounds, platforms and sellers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import Connection

from reporting.batches import with_parts
from reporting.chains import Chain, admits, homes_with_chains, load_chains, note_links, require_links
from reporting.filters import CLAIMS_LEFT_OUT, Filters
from reporting.linked import Linked, linked_then
from reporting.money import amount_of, percent_of, told_amount
from reporting.tables import Column, Shape, Table
from store.read import observed_range
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind
from tracking.batches import find_batches

Value = TypeVar("Value")

MEASURE = (
    "repeats: homes of at least two listings; cut: the last price against the highest comparable one of the home; "
    "a home with an open question (fapai report questions) stands below all others"
)


@dataclass(frozen=True, slots=True)
class RepeatQuestion:
    """What is asked. ``least_listings``: of a home."""

    filters: Filters = field(default_factory=Filters)
    least_listings: int = 2
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class RepeatedHome:
    """A home and what became of its price. Amounts in whole units of ``currency``."""

    property_id: int
    listings: int
    rounds: int
    sources: str
    first_price: Decimal | None
    price: Decimal | None
    highest_price: Decimal | None
    cut_percent: Decimal | None
    currency: Currency | None
    since: datetime
    last_seen_at: datetime
    round_kind: RoundKind | None
    status: RoundStatus | None
    seller_kind: SellerKind | None
    property_kind: PropertyKind | None
    city: str | None
    questions: int
    title: str | None
    url: str | None


COLUMNS = (
    Column("property_id", Shape.WORD, "home"),
    Column("cut_percent", Shape.PERCENT, "cut"),
    Column("price", Shape.MONEY, "price"),
    Column("highest_price", Shape.MONEY, "highest", room=2),
    Column("first_price", Shape.MONEY, "first", room=7, is_in_table=False),
    Column("currency", Shape.WORD, is_in_table=False),
    Column("listings", Shape.COUNT, "listings", room=3),
    Column("rounds", Shape.COUNT, "rounds", room=5),
    Column("round_kind", Shape.WORD, "last round", room=4),
    Column("status", Shape.WORD, "status", room=6),
    Column("since", Shape.DAY, "since", room=8),
    Column("last_seen_at", Shape.DAY, "seen", room=9),
    Column("questions", Shape.COUNT, "questions", room=10),
    Column("sources", Shape.TEXT, "sources", room=11, least=12),
    Column("seller_kind", Shape.WORD, "seller", room=12, is_in_table=False),
    Column("property_kind", Shape.WORD, "kind", room=13, is_in_table=False),
    Column("city", Shape.TEXT, "city", room=1, least=6),
    Column("title", Shape.TEXT, "title", least=16),
    Column("url", Shape.WORD, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class Repeats:
    """The answer."""

    rows: Sequence[RepeatedHome]
    limit: int | None
    observed: tuple[datetime, datetime] | None
    notes: Sequence[str] = ()

    def table(self) -> Table:
        """The report as rows and columns."""
        first, last = self.observed or (None, None)
        return Table(COLUMNS, self.rows, MEASURE, "homes", first, last, self.limit, self.notes)


def repeats(connection: Connection, question: RepeatQuestion) -> Repeats:
    """The homes that were offered more than once, the deepest cut first.

    Raises:
        NotLinked: nothing was linked yet.
    """
    require_links(connection)
    filters = question.filters
    then = linked_then(connection, filters)
    found = load_chains(connection, homes_with_chains(connection, question.least_listings, then), filters, then)
    chains = [
        chain
        for chain in found
        if len(chain.steps) >= question.least_listings and admits(chain, filters) and _is_cut_enough(chain, filters)
    ]
    homes = [row for row in map(_row, chains) if not filters.leaves_out(row.property_kind)]
    homes.sort(key=lambda row: (row.questions > 0, -(row.cut_percent or Decimal(0)), row.property_id))
    notes = [*_note_batches(connection, chains, then), *note_links(connection, then), *filters.price_notes()]
    if left_out := len(chains) - len(homes):
        notes.append(f"left out: {left_out:,} repeated {CLAIMS_LEFT_OUT}")
    observed = observed_range(connection, filters.sources, then.sightings if then else None)
    return Repeats(homes, question.limit, observed, notes)


def _note_batches(connection: Connection, chains: Sequence[Chain], then: Linked | None) -> list[str]:
    """A line on the homes among these that were offered last together with others among these."""
    home_of = {chain.last.listing_id: chain.property_id for chain in chains}
    offers = with_parts(connection, (chain.last for chain in chains), home_of, then)
    found = find_batches(offers.values(), home_of=home_of)
    if not found:
        return []
    homes = sum(batch.home_count for batch in found)
    many = "batch" if len(found) == 1 else "batches"
    return [f"{homes:,} of these homes are siblings offered together, in {len(found):,} {many}: fapai report batches"]


def _is_cut_enough(chain: Chain, filters: Filters) -> bool:
    present = chain.cuts.present
    currency = present.currency if present else None
    if not filters.is_within_price(told_amount(present.price, currency) if present else None, currency):
        return False
    if filters.min_cut is None:
        return True
    cut = present.since_highest_ever if present else None
    if present is None or cut is None:
        return False
    earlier = amount_of(cut.since_price, present.currency)
    return filters.min_cut.is_reached(amount_of(cut.amount, present.currency), earlier, present.currency)


def _row(chain: Chain) -> RepeatedHome:
    last, present, highest = chain.last, chain.cuts.present, chain.cuts.highest
    currency = present.currency if present else last.currency
    first = next((step.price for step in chain.cuts.steps if step.price is not None), None)
    price = present.price if present else None
    offers = [chain.offers[step.listing_id] for step in chain.steps]
    is_cut = highest is not None and price is not None and highest.amount
    return RepeatedHome(
        property_id=chain.property_id,
        listings=len(offers),
        rounds=len({(step.procedure, step.place) for step in chain.steps}),
        sources=" ".join(dict.fromkeys(offer.source for offer in offers)),
        first_price=told_amount(first, currency),
        price=told_amount(price, currency),
        highest_price=None if highest is None else amount_of(highest.amount, currency),
        cut_percent=percent_of(highest.amount - price, highest.amount) if is_cut and highest and price else None,
        currency=currency,
        since=min(offer.starts_at or offer.first_seen_at for offer in offers),
        last_seen_at=max(offer.last_seen_at for offer in offers),
        round_kind=last.round_kind,
        status=last.status,
        seller_kind=last.seller_kind,
        property_kind=_last_told([offer.property_kind for offer in offers]),
        city=_last_told([offer.city for offer in offers]),
        questions=len(chain.questions),
        title=_last_told([offer.title for offer in offers]),
        url=_last_told([chain.urls[offer.listing_id] for offer in offers]),
    )


def _last_told(values: Sequence[Value | None]) -> Value | None:
    return next((value for value in reversed(values) if value is not None), None)
