"""The rounds of homes with several listings, counted by ``reporting.statistics`` itself."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from reporting.attempts import Attempt, Outcome, by_home, load_attempts, outcome_of
from reporting.filters import Filters
from reporting.rollups.phases import PHASE_OF_OUTCOME, RESULTS, Phase
from reporting.statistics.clearance import was_followed
from reporting.statistics.sample import Round, Seen, make_home
from tracking.offers import Offer
from tracking.rounds import do_overlap

NOW_AND_ALWAYS = 0
"""An hour to look again that has always come."""


def rounds_of_homes(
    connection: Connection, members: Mapping[int, int], now: datetime
) -> Iterator[tuple[int, int, int, int, bool]]:
    """For each listing its round, where that stands, whether it was seen coming, whether a look alone may change it.

    Args:
        connection: open for reading.
        members: all listings of some homes, with their homes.
        now: the instant that outcomes are judged at.
    """
    attempts = [
        replace(each, outcome=outcome_of(each.offer, each.further.ended_on, now))
        for each in load_attempts(connection, Filters(), list(members))
    ]
    seen = Seen(now, {each.offer.listing_id: each.offer.last_seen_at for each in attempts})
    for listings in by_home(attempts):
        depends = _depends_on_looks([each.offer for each in listings])
        for each in make_home(listings, (), seen).rounds:
            phase = _phase(each, seen)
            is_followed = int(phase in RESULTS and was_followed(each))
            for attempt in each.listings:
                yield attempt.offer.listing_id, each.first.offer.listing_id, int(phase), is_followed, depends


def _phase(each: Round, seen: Seen) -> Phase:
    phase = PHASE_OF_OUTCOME[each.outcome]
    if phase is Phase.OPEN and all(map(seen.is_stale, each.listings)):
        return Phase.STALE
    if phase is Phase.UNKNOWN and any(_is_open(listing) for listing in each.listings):
        return Phase.UNTOLD
    return phase


def _is_open(attempt: Attempt) -> bool:
    return attempt.outcome is Outcome.OPEN


def _depends_on_looks(offers: Sequence[Offer]) -> bool:
    """Whether two offers become one attempt on two platforms as soon as they are seen at one time.

    Where their own dates do not tell, ``tracking.rounds`` asks when they were seen, which a look moves that says
    nothing new. Once they overlap they always do.
    """
    by_price: dict[object, list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer.price is not None:
            by_price[offer.price, offer.currency].append(offer)
    return any(
        one.source != other.source and not do_overlap(one, other) and not (_is_dated(one) and _is_dated(other))
        for alike in by_price.values()
        for place, one in enumerate(alike)
        for other in alike[place + 1 :]
    )


def _is_dated(offer: Offer) -> bool:
    return offer.starts_at is not None or offer.ends_at is not None
