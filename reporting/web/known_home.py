"""What is known of the home behind a page: its earlier rounds, and how far its price has come down.

A listing counts as cut when it asks less than the dearest comparable price its home ever asked: in an earlier round, on
another platform, or under the same id.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from reporting.chains import Chain, NotLinked, load_chains
from reporting.filters import Filters
from reporting.ladder import Ladder, NoSuchHome, Rung, load_ladder
from reporting.money import amount_of
from store.rows import AUCTION_ROUND
from store.terms import Currency, RoundKind, RoundStatus
from tracking.cuts import StepCuts
from tracking.words import UnknownListing, find_listing


@dataclass(frozen=True, slots=True)
class KnownRound:
    """One attempt to sell the home. Amounts in whole units of ``currency``; ``place`` is procedure.round."""

    listing: str
    url: str | None
    place: str
    round_kind: RoundKind | None
    status: RoundStatus | None
    starts_at: datetime | None
    ends_at: datetime | None
    price: Decimal | None
    hammer_price: Decimal | None
    currency: Currency | None
    cut_percent: Decimal | None  # against the round before
    is_this: bool


@dataclass(frozen=True, slots=True)
class KnownCut:
    """From the dearest comparable price of the home to what this listing asks; percent of the earlier price."""

    price: Decimal
    amount: Decimal
    percent: Decimal
    days: int | None


@dataclass(frozen=True, slots=True)
class KnownHome:
    """What a small panel beside a page can tell.

    ``cut`` is ``None`` where the price never fell, or where what is known does not compare. ``question_count``: what in
    the data cannot be right; where there is any, a cut is no bargain before somebody has looked.
    """

    listing: str
    title: str | None
    property_id: int
    first_seen_at: datetime
    rounds: Sequence[KnownRound]
    cut: KnownCut | None
    is_lowest_ever: bool
    question_count: int


def find_known_home(connection: Connection, names: Iterable[str]) -> KnownHome | None:
    """The home of the first of these listings (``SOURCE:ID``) that is known and linked; ``None`` where none is."""
    for name in names:
        try:
            found = load_ladder(connection, name, Filters())
        except (UnknownListing, NotLinked, NoSuchHome):
            continue
        return _known_home(found, find_listing(connection, name))
    return None


def cut_listings(connection: Connection, names: Collection[str]) -> set[str]:
    """Those of these listings (``SOURCE:ID``) that ask less than their home ever did. Of what is not linked, none."""
    asked = {listing_id: name for name in names if (listing_id := _listing_id(connection, name)) is not None}
    query = select(AUCTION_ROUND.c.property_id).where(AUCTION_ROUND.c.listing_id.in_(asked))
    homes = set(connection.execute(query).scalars())
    if not homes:
        return set()
    steps = (step for chain in load_chains(connection, homes, Filters()) for step in chain.cuts.steps)
    return {asked[step.listing_id] for step in steps if step.listing_id in asked and _is_cut(step)}


def _listing_id(connection: Connection, name: str) -> int | None:
    try:
        return find_listing(connection, name)
    except UnknownListing:
        return None


def _is_cut(step: StepCuts) -> bool:
    return step.since_highest_ever is not None and step.since_highest_ever.amount > 0


def _known_home(found: Ladder, listing_id: int) -> KnownHome:
    chain = found.chain
    offer = chain.offers[listing_id]
    step = next(each for each in chain.cuts.steps if each.listing_id == listing_id)
    this = f"{offer.source}:{offer.source_id}"
    return KnownHome(
        this,
        offer.title,
        chain.property_id,
        min(each.first_seen_at for each in chain.offers.values()),
        [_known_round(rung, this) for rung in found.rungs],
        _known_cut(chain, step),
        step.is_lowest_ever,
        len(chain.questions),
    )


def _known_round(rung: Rung, this: str) -> KnownRound:
    return KnownRound(
        rung.listing,
        rung.url,
        rung.place,
        rung.round_kind,
        rung.status,
        rung.starts_at,
        rung.ends_at,
        rung.price,
        rung.hammer_price,
        rung.currency,
        rung.cut_percent,
        rung.listing == this,
    )


def _known_cut(chain: Chain, step: StepCuts) -> KnownCut | None:
    cut = step.since_highest_ever
    if cut is None or cut.amount <= 0:
        return None
    currency = chain.offers[step.listing_id].currency
    return KnownCut(amount_of(cut.since_price, currency), amount_of(cut.amount, currency), cut.percent, cut.days)
