"""A watch takes note of what is new: each thing once, in one transaction. Nothing is sent here."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from reporting.alerts.homes import Home, find_homes, load_homes, numbers_of
from reporting.alerts.keys import key_of
from reporting.alerts.news import Look, Memory, NewsKind, fell, look_at
from reporting.alerts.wishes import Wishes, read_wishes
from reporting.chains import Chain, load_chains
from reporting.filters import Filters
from store.engine import reading, writing
from store.watches import (
    StoredEvent,
    StoredWatch,
    add_events,
    change_watch,
    known_events,
    load_watch_homes,
    load_watches,
    put_watch_homes,
)

HOMES_AT_ONCE = 50_000
"""Some 300 MB. Each part passes over the pages once, to see what is gone (``tracking.absences``)."""

ALL_HOMES = ""
"""In place of a home, for what is said of all of them."""


class _Looking(NamedTuple):
    """A watch with what it knows, and the homes that it looks at."""

    watch: StoredWatch
    wishes: Wishes
    memory: Memory
    found: set[int]
    followed: set[int]


def notice_news(engine: Engine, now: datetime) -> int:
    """Let every watch that is not paused take note of what is new to it; gives how much is to be told.

    All watches share one pass over the listings. A watch that somebody changed meanwhile is left for the next run.
    """
    with reading(engine) as connection:
        looking = _begin(connection)
        looks: list[list[Look]] = [[] for _ in looking]
        numbers = sorted(set().union(*(each.found | each.followed for each in looking)))
        for start in range(0, len(numbers), HOMES_AT_ONCE):
            homes = load_homes(connection, numbers[start : start + HOMES_AT_ONCE], now)
            lowest = lowest_ever(connection, _cheaper_now(looking, homes))
            for each, own in zip(looking, looks, strict=True):
                own.extend(_look(each, homes, now, lowest))
    return sum(_note(engine, each, own, now) for each, own in zip(looking, looks, strict=True))


def chains_of(connection: Connection, homes: Iterable[Home]) -> dict[int, Chain]:
    """The chains of homes with their cuts and questions, by number; those that are not linked have none."""
    every = {home.property_id: home for home in homes}
    if not every:
        return {}
    sources = sorted({offer.source for home in every.values() for offer in home.offers})
    return {chain.property_id: chain for chain in load_chains(connection, every, Filters(sources=tuple(sources)))}


def lowest_ever(connection: Connection, homes: Iterable[Home]) -> set[int]:
    """Those of the homes that never were cheaper; of one that is not linked nothing is known but its fall."""
    every = list(homes)
    chains = chains_of(connection, every)
    present = {number: chain.cuts.present for number, chain in chains.items()}
    return {
        home.property_id
        for home in every
        if home.property_id not in chains or ((cuts := present[home.property_id]) is not None and cuts.is_lowest_ever)
    }


def _begin(connection: Connection) -> list[_Looking]:
    watches = [watch for watch in load_watches(connection) if watch.paused_at is None]
    wishes = {watch.id: read_wishes(watch.wishes) for watch in watches}
    found = find_homes(connection, wishes)
    looking = []
    for watch in watches:
        homes = load_watch_homes(connection, watch.id)
        memory = Memory(known_events(connection, watch.id), homes, watch.summed_up_at is None)
        inside = numbers_of(connection, [key for key, home in homes.items() if home.is_inside])
        looking.append(_Looking(watch, wishes[watch.id], memory, found[watch.id], set(inside.values())))
    return looking


def _cheaper_now(looking: Iterable[_Looking], homes: Mapping[int, Home]) -> list[Home]:
    """Homes that cost less than at the last look of a watch that tells the lowest price ever: the chains to read."""
    asking = [each for each in looking if each.wishes.is_lowest_told]
    return [home for home in homes.values() if any(fell(home, each.memory.homes) for each in asking)]


def _look(looking: _Looking, homes: Mapping[int, Home], now: datetime, lowest: Collection[int]) -> list[Look]:
    looks = []
    for number in sorted((looking.found | looking.followed) & homes.keys()):
        is_found, is_lowest = number in looking.found, number in lowest
        look = look_at(homes[number], looking.wishes, looking.memory, now, is_found=is_found, is_lowest_ever=is_lowest)
        if look is not None:
            looks.append(look)
    return looks


def _note(engine: Engine, looking: _Looking, looks: list[Look], now: datetime) -> int:
    watch, events = looking.watch, [event for look in looks for event in look.events]
    changes = {}
    if looking.memory.is_first_look:
        changes["summed_up_at"] = now
        key = key_of(NewsKind.SUMMARY, watch.created_at.isoformat(), watch.summary_count)
        events.append(StoredEvent(key, ALL_HOMES, {"kind": NewsKind.SUMMARY}))
    every = [home for look in looks for home in (look.home, *look.joined)]
    homes = [home for home in every if looking.memory.homes.get(home.home) != home]
    if not events and not homes:
        return 0
    with writing(engine) as connection:
        if not change_watch(connection, watch, **changes):
            return 0
        add_events(connection, watch.id, events, now)
        put_watch_homes(connection, watch.id, homes)
    return sum(event.news is not None for event in events)
