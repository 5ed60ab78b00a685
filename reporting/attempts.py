"""Attempts: every listing as it was known at a day, with its home, its place in the chain and its outcome.

What all statistics are made of. A suspended attempt that went on under a new id, and an offer shown on a second
platform, are listings of the same round: counts of rounds leave them out (``Attempt.is_own_round``).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.filters import Filters, outside_zone
from reporting.linked import Linked, load_offers_then
from store.links import observation_ids
from store.read import last_observation_ids, observations_by_id, stream_rows
from store.rows import AUCTION_ROUND, LISTING
from store.statement import CentiSqm, Minor
from store.terms import AppraisalKind, RoundStatus
from tracking.offers import Offer
from tracking.rounds import SAME_ROUND, Step, chain_rounds


class Outcome(StrEnum):
    """What became of one attempt, as far as it is known at the day asked for."""

    OPEN = "open"  # announced or going on
    SOLD = "sold"  # also where the winner did not pay later: the round itself found a buyer
    FAILED = "failed"  # nobody bid; also where the creditor then took it for the debt
    WITHDRAWN = "withdrawn"  # final for the listing, also where the court ended it (终止)
    SUSPENDED = "suspended"  # or postponed, or stopped without a word why: not final, the same round goes on
    UNKNOWN = "unknown"  # over by its time or its page, the result was not seen


OUTCOME_OF_STATUS = {
    RoundStatus.SOLD: Outcome.SOLD,
    RoundStatus.DEFAULTED: Outcome.SOLD,
    RoundStatus.FAILED: Outcome.FAILED,
    RoundStatus.TAKEN_BY_CREDITOR: Outcome.FAILED,
    RoundStatus.WITHDRAWN: Outcome.WITHDRAWN,
    RoundStatus.TERMINATED: Outcome.WITHDRAWN,
    RoundStatus.SUSPENDED: Outcome.SUSPENDED,
    RoundStatus.POSTPONED: Outcome.SUSPENDED,
    RoundStatus.HALTED: Outcome.SUSPENDED,
    RoundStatus.ENDED: Outcome.UNKNOWN,
}
KNOWN_RESULTS = frozenset((Outcome.SOLD, Outcome.FAILED))
"""The denominator of every clearance rate (domain.md, section 3)."""

ENDED = KNOWN_RESULTS | {Outcome.WITHDRAWN, Outcome.UNKNOWN}


class Further(NamedTuple):
    """What an offer does not hold, by the names of the columns of ``observation``."""

    url: str | None
    current_price: Minor | None
    market_price: Minor | None
    is_price_exact: bool | None
    appraisal_on: date | None
    ended_on: date | None
    deposit: Minor | None
    bid_count: int | None
    applicant_count: int | None
    bidder_count: int | None
    is_loan_offered: bool | None
    intended_use: str | None
    observed_at: datetime  # since then it is known to be so
    appraisal_kind: AppraisalKind | None = None
    private_area: CentiSqm | None = None
    floor: str | None = None
    built_year: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One listing at the day asked for. ``step`` and ``property_id`` are ``None`` where nothing was linked yet."""

    offer: Offer
    further: Further
    outcome: Outcome
    property_id: int | None
    step: Step | None

    @property
    def is_own_round(self) -> bool:
        """Whether it is a round of its own, not one that goes on or stands on a second platform."""
        return self.step is None or self.step.link not in SAME_ROUND

    @property
    def ends_on(self) -> date | None:
        """The day in Asia/Shanghai on which it ended or will."""
        if self.offer.ends_at is not None:
            return self.offer.ends_at.astimezone(outside_zone()).date()
        return self.further.ended_on

    @property
    def starts_on(self) -> date | None:
        """The day in Asia/Shanghai on which bidding began or will."""
        return self.offer.starts_at.astimezone(outside_zone()).date() if self.offer.starts_at else None


def load_attempts(
    connection: Connection,
    filters: Filters,
    listing_ids: Collection[int] | None = None,
    then: Linked | None = None,
) -> list[Attempt]:
    """The listings that are asked for, as known at the filters' day, in the order of their ids.

    Chains are made of all listings of a home, also those that the filters leave out, from what was known then.
    ``since`` keeps what was seen since then.

    Args:
        connection: open for reading.
        filters: what is asked for.
        listing_ids: only these: whole homes, or their chains are cut short; all where ``None``.
        then: listings by their homes as known at the filters' day. With it homes, and when offers were seen last, are
            those of then, as a snapshot of that day has them; without it both are today's.
    """
    before = filters.before
    states = _states(connection, listing_ids, before)
    offers = list(load_offers_then(connection, states, then))
    further = observations_by_id(connection, states.values(), ("listing_id", *Further._fields))
    words = {row.listing_id: Further(*row[-len(Further._fields) :]) for row in further.values()}
    homes = _homes_today(connection, listing_ids) if then is None else then.home_of
    steps = _steps(offers, homes)
    now = before or datetime.now(UTC)
    return [
        Attempt(
            offer,
            words[offer.listing_id],
            outcome_of(offer, words[offer.listing_id].ended_on, now),
            homes.get(offer.listing_id),
            steps.get(offer.listing_id),
        )
        for offer in offers
        if _is_asked_for(offer, filters)
    ]


def outcome_of(offer: Offer, ended_on: date | None, now: datetime) -> Outcome:
    """What became of an attempt. Past its end it is unknown, not open, until a result is seen (domain.md, case 6)."""
    if offer.status in OUTCOME_OF_STATUS:
        return OUTCOME_OF_STATUS[offer.status]
    end = offer.ends_at
    if end is None and ended_on is not None:
        end = datetime.combine(ended_on + timedelta(days=1), time(), outside_zone())
    return Outcome.UNKNOWN if end is not None and end <= now else Outcome.OPEN


def by_home(attempts: Sequence[Attempt]) -> Iterator[list[Attempt]]:
    """The attempts of each home in the order of its chain; a listing that is not linked stands alone."""
    homes: dict[tuple[bool, int], list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        is_linked = attempt.property_id is not None
        homes[is_linked, attempt.property_id or attempt.offer.listing_id].append(attempt)
    for key in sorted(homes):
        yield sorted(homes[key], key=lambda each: (each.step.position if each.step else 0, each.offer.listing_id))


def _states(connection: Connection, listing_ids: Collection[int] | None, before: datetime | None) -> dict[int, int]:
    """The observation that is the state of each listing at the instant; today's is noted at the listing itself."""
    if before is None:
        if listing_ids is not None:
            return observation_ids(connection, listing_ids)
        return {row[0]: row[1] for row in stream_rows(connection, select(LISTING.c.id, LISTING.c.observation_id))}
    if listing_ids is None:
        listing_ids = list(connection.execute(select(LISTING.c.id).where(LISTING.c.first_seen_at < before)).scalars())
    return last_observation_ids(connection, listing_ids, before)


def _homes_today(connection: Connection, listing_ids: Collection[int] | None) -> Mapping[int, int]:
    link = AUCTION_ROUND.c
    query = select(link.listing_id, link.property_id)
    query = query if listing_ids is None else query.where(link.listing_id.in_(listing_ids))
    return {row.listing_id: row.property_id for row in connection.execute(query)}


def _steps(offers: Sequence[Offer], homes: Mapping[int, int]) -> dict[int, Step]:
    together: dict[int, list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer.listing_id in homes:
            together[homes[offer.listing_id]].append(offer)
    return {step.listing_id: step for group in together.values() for step in chain_rounds(group)}


def _is_asked_for(offer: Offer, filters: Filters) -> bool:
    return (
        (not filters.sources or offer.source in filters.sources)
        and (filters.since is None or offer.last_seen_at >= filters.since)
        and filters.admits(offer.city, offer.property_kind, offer.seller_kind, offer.round_kind)
    )
