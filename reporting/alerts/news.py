"""What of a home is news to a watch: pure, from what the watch knew and how the home stands.

Rules:

- The first look tells nothing by itself: all that was there is noted as known, and one summary is sent.
- A home that comes to be among those that are watched for is one piece of news, with whatever happened to it before.
  One that merely got another number, because linking parted or joined it, is none.
- A fall of the price is counted from the price that was told last. Small falls add up until they reach the threshold,
  and a rise arms it again, also for the same fall. Prices are compared only in one currency, for one share and number
  of units.
- A deadline is told once for each listing and day: late bids move an end by minutes.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any, NamedTuple

from reporting.alerts.homes import Asked, Home, is_within_price
from reporting.alerts.keys import key_of
from reporting.alerts.wishes import Wishes
from reporting.filters import outside_zone
from reporting.money import amount_of
from store.terms import EventKind
from store.watches import StoredEvent, StoredHome
from tracking.events import Event


class NewsKind(StrEnum):
    """What is told."""

    SUMMARY = "summary"  # of all homes, when a watch begins
    MATCH = "match"  # a home has come to be among those that are watched for
    EVENT = "event"  # something happened to a listing
    FALL = "fall"  # the price fell by the threshold since it was told
    LOWEST = "lowest"  # cheaper than ever
    DEADLINE = "deadline"  # a start or an end is near


class Look(NamedTuple):
    """What a watch takes from one look at a home: what it notes, and how it knows the home from now on.

    ``joined``: the same under the numbers of homes that linking has joined to it; it may part them again.
    """

    events: list[StoredEvent]
    home: StoredHome
    joined: Sequence[StoredHome] = ()


class Memory(NamedTuple):
    """What a watch knows. ``homes`` by their keys; ``is_first_look`` until the first summary."""

    known: Collection[str]
    homes: Mapping[str, StoredHome]
    is_first_look: bool


def look_at(
    home: Home, wishes: Wishes, memory: Memory, now: datetime, *, is_found: bool, is_lowest_ever: bool
) -> Look | None:
    """What one look at a home brings.

    Args:
        home: as it stands.
        wishes: what is watched and told.
        memory: what the watch knows.
        now: the instant of the look.
        is_found: whether the filters let the home in.
        is_lowest_ever: whether nothing comparable in its chain was cheaper; needed only where ``fell`` says so.

    Returns:
        ``None`` where the home is none of those that are watched for, and was none at the last look.
    """
    before = _known_as(home, memory.homes)
    is_inside = is_found and is_within_price(home, wishes)
    was_inside = before is not None and before.is_inside
    if not is_inside and not was_inside:
        return None
    entries = (before.entries if before else 0) + (is_inside and not was_inside)
    fresh = [pair for pair in home.events if pair[0] not in memory.known and _is_wanted(*pair, home, wishes)]
    noted: list[StoredEvent]
    if memory.is_first_look or not was_inside:
        noted = [StoredEvent(key, home.key, None) for key, _ in fresh]
        if not memory.is_first_look and EventKind.NEW in wishes.events and _is_new(home, before, memory):
            noted.append(_match(home, entries))
    else:
        noted = [StoredEvent(key, home.key, _event_words(event, home)) for key, event in fresh]
    if was_inside and before is not None and not memory.is_first_look:
        noted += _price_news(home, before, wishes, memory, is_lowest_ever)
    noted += _deadlines(home, wishes, now, is_told=not memory.is_first_look and is_inside)
    unknown = {each.event_key: each for each in noted if each.event_key not in memory.known}
    known = _remember(home, before, wishes, is_inside, entries)
    others = [memory.homes[key] for key in home.keys.values() if key in memory.homes and key != home.key]
    joined = [known._replace(home=other.home, entries=other.entries) for other in others]
    return Look(list(unknown.values()), known, joined)


def fell(home: Home, homes: Mapping[str, StoredHome]) -> bool:
    """Whether a home costs less than at the last look."""
    before = _known_as(home, homes)
    return before is not None and home.asked is not None and _is_cheaper(before, home.asked)


def _known_as(home: Home, homes: Mapping[str, StoredHome]) -> StoredHome | None:
    """How the watch knows it: under its number, else under that of another of its listings."""
    if home.key in homes:
        return homes[home.key]
    return next((homes[key] for key in home.keys.values() if key in homes), None)


def _is_wanted(key: str, event: Event, home: Home, wishes: Wishes) -> bool:
    return event.kind in wishes.events or (key in home.first_keys and EventKind.NEW in wishes.events)


def _is_new(home: Home, before: StoredHome | None, memory: Memory) -> bool:
    """Not where linking parted a home that the watch knows: then all of its listings are known."""
    return before is not None or any(key not in memory.known for key in home.first_keys)


def _match(home: Home, entries: int) -> StoredEvent:
    key = key_of(NewsKind.MATCH, home.key, entries)
    return StoredEvent(key, home.key, {"kind": NewsKind.MATCH, "entries": entries})


def _event_words(event: Event, home: Home) -> dict[str, Any]:
    return {
        "kind": NewsKind.EVENT,
        "event": event.kind,
        "at": event.at.isoformat(),
        "before": event.before,
        "after": event.after,
        "percent": None if event.percent is None else str(event.percent),
        "listing": home.keys[event.listing_id],
    }


def _price_news(
    home: Home, before: StoredHome, wishes: Wishes, memory: Memory, is_lowest_ever: bool
) -> Iterator[StoredEvent]:
    asked = home.asked
    if asked is None or not _compares(before, asked):
        return
    listing = home.keys[home.last.listing_id]
    words = {"price": asked.amount, "currency": asked.currency, "listing": listing}
    if wishes.cut is not None and before.told_price and _is_fall(before.told_price, asked, wishes):
        key = _fall_key(memory, listing, before.told_price, asked.amount)
        yield StoredEvent(key, home.key, {"kind": NewsKind.FALL, "from": before.told_price, **words})
    if wishes.is_lowest_told and is_lowest_ever and _is_cheaper(before, asked):
        key = key_of(NewsKind.LOWEST, listing, asked.amount)
        yield StoredEvent(key, home.key, {"kind": NewsKind.LOWEST, "from": before.seen_price, **words})


def _fall_key(memory: Memory, listing: str, told_price: int, price: int) -> str:
    """Of the first such fall that was not told yet: what is compared with is noted together with what is told, so a
    fall that is seen again is another one.
    """
    keys = (key_of(NewsKind.FALL, listing, told_price, price, *([time] if time else [])) for time in count())
    return next(key for key in keys if key not in memory.known)


def _compares(before: StoredHome, asked: Asked) -> bool:
    return (before.currency, before.lot) == (asked.currency, asked.lot)


def _is_cheaper(before: StoredHome, asked: Asked) -> bool:
    return _compares(before, asked) and before.seen_price is not None and asked.amount < before.seen_price


def _is_fall(told_price: int, asked: Asked, wishes: Wishes) -> bool:
    earlier, now = (amount_of(price, asked.currency) for price in (told_price, asked.amount))
    return wishes.cut is not None and now < earlier and wishes.cut.is_reached(earlier - now, earlier, asked.currency)


def _remember(home: Home, before: StoredHome | None, wishes: Wishes, is_inside: bool, entries: int) -> StoredHome:
    """How the watch knows the home from now on. What tells no price leaves the prices as they were known."""
    asked = home.asked
    if asked is None:
        if before is not None:
            return before._replace(home=home.key, is_inside=is_inside, entries=entries)
        return StoredHome(home.key, is_inside, entries, None, "", None, None)
    told = asked.amount
    if before is not None and _compares(before, asked) and before.told_price is not None:
        is_rise = asked.amount > before.told_price
        told = asked.amount if is_rise or _is_fall(before.told_price, asked, wishes) else before.told_price
    return StoredHome(home.key, is_inside, entries, asked.currency, asked.lot, told, asked.amount)


def _deadlines(home: Home, wishes: Wishes, now: datetime, *, is_told: bool) -> Iterator[StoredEvent]:
    if wishes.deadline is None:
        return
    for offer in home.live:
        listing = home.keys[offer.listing_id]
        for what, at in (("start", offer.starts_at), ("end", offer.ends_at)):
            if at is not None and now < at <= now + wishes.deadline:
                key = key_of(NewsKind.DEADLINE, listing, what, at.astimezone(outside_zone()).date())
                words = {"kind": NewsKind.DEADLINE, "what": what, "at": at.isoformat(), "listing": listing}
                yield StoredEvent(key, home.key, words if is_told else None)
