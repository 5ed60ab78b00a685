"""When listings were seen last, as known at a day, and which of them a question asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reporting.attempts import ENDED, OUTCOME_OF_STATUS, Attempt
from reporting.filters import Filters
from store.read import Sightings, last_seen, observed_range, sightings_before
from store.terms import RoundKind
from tracking.law import jurisdiction_of
from tracking.offers import Offer

LONGEST_AUCTION = timedelta(days=7)
"""At least 24 hours (法释〔2016〕18号 art. 20), five days were seen; every late bid adds minutes (prior)."""

LONGEST_SELL_OFF = timedelta(days=62)
"""60 days, then 24 hours after the first valid bid (法释〔2004〕16号 art. 25, practice of the platforms)."""

LONGEST = {
    None: LONGEST_SELL_OFF,  # it may be one
    RoundKind.SELL_OFF: LONGEST_SELL_OFF,
    RoundKind.OPEN_PURCHASE: timedelta(days=93),  # 應買: three months
}


def seen_at(connection: Connection, attempts: Sequence[Attempt], sightings: Sightings | None) -> Mapping[int, datetime]:
    """By listing, when it was seen last; by the sightings where an earlier day is asked for.

    An offer itself knows only when it was seen last of all.
    """
    today = {attempt.offer.listing_id: attempt.offer.last_seen_at for attempt in attempts}
    return today if sightings is None else last_seen(connection, today, sightings)


def was_found_ended(attempt: Attempt) -> bool:
    """Whether its first look told its result: nobody saw it on offer, whatever day its page gives for the end.

    By the status alone: one that was announced, and whose end then passed without a word, was seen on offer.
    """
    status = attempt.offer.status
    told = None if status is None else OUTCOME_OF_STATUS.get(status)
    return told in ENDED and attempt.further.observed_at <= attempt.offer.first_seen_at


def observed_by(connection: Connection, filters: Filters) -> tuple[datetime, datetime] | None:
    """From when to when listings of the sources asked for were seen, by the day asked for; ``None``: not one was."""
    sightings = None if filters.before is None else sightings_before(connection, filters.before)
    return observed_range(connection, filters.sources, sightings)


def is_asked_for(offer: Offer, filters: Filters, last_seen_at: datetime) -> bool:
    """Whether the filters admit a listing, prices apart; ``since`` by when it was seen last by the day asked for."""
    return (
        (not filters.sources or offer.source in filters.sources)
        and (filters.since is None or last_seen_at >= filters.since)
        and filters.admits(offer.city, offer.property_kind, offer.seller_kind, offer.round_kind)
    )


def over_after(offer: Offer) -> datetime | None:
    """After which instant a court's round is likely over whose end is not told. Other sellers set their own time."""
    if offer.starts_at is None or offer.ends_at is not None or not jurisdiction_of(offer).has_rounds:
        return None
    return offer.starts_at + LONGEST.get(offer.round_kind, LONGEST_AUCTION)


def is_likely_over(offer: Offer, now: datetime) -> bool:
    """A court's round that began longer ago than any lasts, its end not told."""
    latest = over_after(offer)
    return latest is not None and latest < now
