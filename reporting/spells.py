"""Spells: how long each home was on offer until it was sold, and how it ended otherwise (domain.md, section 3).

A spell runs over the whole chain of a home, from its first notice to its sale; a home that is offered again after a
sale begins another. Where its beginning was not seen the spell has no length, and is counted as left out: the homes
that stood on a site when it was first looked at had been there nobody knows how long, and those that were first seen
at a later round had failed before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import takewhile

from reporting.attempts import Attempt, Outcome
from reporting.filters import day_of, fold_place
from reporting.seen import was_found_ended
from store.terms import RoundLink, RoundStatus
from tracking.rounds import counted_round

Place = tuple[str, str | None]
"""Source and city: crawls may take one city after the other, and each begins with what has long been there."""


class Ending(StrEnum):
    """How a spell ends, if it has ended. These exclude one another: the first one counts."""

    SOLD = "sold"
    TAKEN_BY_CREDITOR = "taken_by_creditor"
    WITHDRAWN = "withdrawn"  # and not offered again


@dataclass(frozen=True, slots=True)
class Spell:
    """One home from its first notice on, in whole days.

    ``days`` lead to the sale, past a creditor who takes the home and sells it himself, or to the day until which it
    is known to be unsold. ``ended_days`` lead to the first ending of any kind, or to the same day. ``is_lost``: it has
    not ended as far as anybody told, and is not seen any more.
    """

    attempts: Sequence[Attempt]
    days: int
    is_sold: bool
    ended_days: int
    ending: Ending | None
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Looks:
    """The first and the last day on which anything was seen of a source in a city; when each listing was seen last."""

    first: Mapping[Place, date]
    final: Mapping[Place, date]
    last: Mapping[int, datetime]


def spells_of(home: Sequence[Attempt], looks: Looks) -> Iterator[Spell | None]:
    """The spells of one home, whose attempts come in the order of its chain; ``None`` where the beginning is unknown.

    Args:
        home: all its attempts, not only those that were asked for.
        looks: by source and by listing.
    """
    rest = list(home)
    while rest:
        sale = next((index for index in range(len(rest)) if _is_final_sale(rest, index)), None)
        spell = rest if sale is None else _with_twins(rest, sale)
        rest = rest[len(spell) :]
        yield _measure(spell, None if sale is None else spell[sale], looks)


def _is_final_sale(home: Sequence[Attempt], index: int) -> bool:
    """Sold, and not to a winner who did not pay."""
    if home[index].offer.status is not RoundStatus.SOLD:
        return False
    following = home[index + 1] if index + 1 < len(home) else None
    return following is None or not _follows_as(following, RoundLink.RE_AUCTION_AFTER_DEFAULT)


def _follows_as(attempt: Attempt, link: RoundLink) -> bool:
    return attempt.step is not None and attempt.step.link is link


def _with_twins(home: Sequence[Attempt], sale: int) -> list[Attempt]:
    """Up to the sale, and the same offer on other platforms behind it."""
    behind = takewhile(lambda each: _follows_as(each, RoundLink.SAME_OFFER_ELSEWHERE), home[sale + 1 :])
    return [*home[: sale + 1], *behind]


def _measure(spell: Sequence[Attempt], sale: Attempt | None, looks: Looks) -> Spell | None:
    """``None`` where a day that it needs is not known, or its days contradict one another."""
    begun = _begun_on(spell[0], looks)
    until = _ended_on(sale) if sale else max(_unsold_until(attempt, looks) for attempt in spell)
    ending = _ending(spell, sale)
    ended = _ended_as(ending, spell, until)
    if begun is None or until is None or ended is None or min(until, ended) < begun:
        return None
    is_lost = ending is None and all(
        day_of(looks.last[attempt.offer.listing_id]) < looks.final[_place(attempt)] for attempt in spell
    )
    return Spell(spell, (until - begun).days, sale is not None, (ended - begun).days, ending, is_lost)


def _ending(spell: Sequence[Attempt], sale: Attempt | None) -> Ending | None:
    if any(_is_taken(attempt) for attempt in spell):  # what ends it for the court; a sale behind it is the creditor's
        return Ending.TAKEN_BY_CREDITOR
    if sale is not None:
        return Ending.SOLD
    return Ending.WITHDRAWN if _is_withdrawn(spell) else None


def _ended_as(ending: Ending | None, spell: Sequence[Attempt], until: date | None) -> date | None:
    """The day of the first ending; without one, the day until which the home is known to be unsold."""
    if ending is Ending.TAKEN_BY_CREDITOR:
        taken = next(attempt for attempt in spell if _is_taken(attempt))
        return _ended_on(taken) if taken.offer.status is RoundStatus.TAKEN_BY_CREDITOR else _offered_on(taken)
    return _ended_on(spell[-1]) if ending is Ending.WITHDRAWN else until


def _is_taken(attempt: Attempt) -> bool:
    """The page says that the creditor took it, or he is the one who offers it now."""
    return attempt.offer.status is RoundStatus.TAKEN_BY_CREDITOR or _follows_as(attempt, RoundLink.TAKEN_BY_CREDITOR)


def _begun_on(first: Attempt, looks: Looks) -> date | None:
    """The day of the first notice: as published, else of the first look, if that was not too late to see it."""
    offer = first.offer
    place = first.step.place if first.step else counted_round(offer) or 1
    if place > 1:
        return None
    seen = offer.first_seen_at
    if offer.published_at is not None and offer.published_at <= seen:
        return day_of(offer.published_at)
    is_new = day_of(seen) > looks.first[_place(first)]
    return day_of(seen) if is_new and _is_seen_in_time(first) else None


def _is_seen_in_time(first: Attempt) -> bool:
    """Whether the first look was not behind the start or the end; of an end without its hour, on a day before it.

    A list of sales shows a home on the day of its sale: it was on offer for weeks that nobody saw.
    """
    offer = first.offer
    if was_found_ended(first):
        return False
    if offer.ends_at is None and first.ends_on is not None and day_of(offer.first_seen_at) >= first.ends_on:
        return False
    return all(offer.first_seen_at <= at for at in (offer.starts_at, offer.ends_at) if at is not None)


def _unsold_until(attempt: Attempt, looks: Looks) -> date:
    """The last day on which it is known to be unsold: a page that is read years later tells of its own end only."""
    seen_on = day_of(looks.last[attempt.offer.listing_id])
    if attempt.outcome in {Outcome.OPEN, Outcome.SUSPENDED}:
        return seen_on
    return min(seen_on, attempt.ends_on or attempt.starts_on or day_of(attempt.offer.first_seen_at))


def _ended_on(attempt: Attempt) -> date | None:
    """The day of its end, else of the look that first told it; ``None`` if already the first look did."""
    told_at = attempt.further.observed_at
    if attempt.ends_on is not None:
        return min(attempt.ends_on, day_of(told_at))
    return day_of(told_at) if told_at > attempt.offer.first_seen_at else None


def _offered_on(attempt: Attempt) -> date:
    offer = attempt.offer
    return day_of(min(at for at in (offer.published_at, offer.starts_at, offer.first_seen_at) if at is not None))


def _is_withdrawn(spell: Sequence[Attempt]) -> bool:
    """Every listing of the last round was withdrawn."""
    last = spell[-1].step
    if last is None:
        return spell[-1].outcome is Outcome.WITHDRAWN
    place = (last.procedure, last.place)
    ones = (attempt for attempt in spell if attempt.step and (attempt.step.procedure, attempt.step.place) == place)
    return all(attempt.outcome is Outcome.WITHDRAWN for attempt in ones)


def looks_at(attempts: Sequence[Attempt], last: Mapping[int, datetime]) -> Looks:
    """From all attempts, also those not asked for, and when each listing was seen last."""
    first: dict[Place, date] = {}
    final: dict[Place, date] = {}
    for attempt in attempts:
        place, offer = _place(attempt), attempt.offer
        seen_on, last_on = day_of(offer.first_seen_at), day_of(last[offer.listing_id])
        first[place] = min(seen_on, first.get(place, seen_on))
        final[place] = max(last_on, final.get(place, last_on))
    return Looks(first, final, last)


def _place(attempt: Attempt) -> Place:
    city = attempt.offer.city
    return attempt.offer.source, None if city is None else fold_place(city)
