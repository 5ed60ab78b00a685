"""A watch takes note of what is new: each thing once, in one transaction. Nothing is sent here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from reporting.alerts.homes import Home, find_homes, load_homes, numbers_of
from reporting.alerts.keys import key_of
from reporting.alerts.news import Look, Memory, NewsKind, look_at
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
        numbers = set().union(*(each.found | each.followed for each in looking))
        homes = load_homes(connection, numbers, now)
        judge = _Judge(connection)
        looks = [(each, _look(each, homes, now, judge)) for each in looking]
    return sum(_note(engine, each, own, now) for each, own in looks)


def chains_of(connection: Connection, homes: Iterable[Home]) -> dict[int, Chain]:
    """The chains of homes with their cuts and questions, by number; those that are not linked have none."""
    every = {home.property_id: home for home in homes}
    sources = sorted({offer.source for home in every.values() for offer in home.offers})
    return {chain.property_id: chain for chain in load_chains(connection, every, Filters(sources=tuple(sources)))}


class _Judge:
    """Tells whether a home is cheaper than ever, and not for a price that cannot be right."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, home: Home) -> bool:
        chain = chains_of(self._connection, [home]).get(home.property_id)
        if chain is None or chain.cuts.present is None:
            return len(home.offers) == 1  # not linked: nothing is known but the fall itself
        return chain.cuts.present.is_lowest_ever


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


def _look(looking: _Looking, homes: Mapping[int, Home], now: datetime, judge: _Judge) -> list[Look]:
    numbers = sorted((looking.found | looking.followed) & homes.keys())
    looks = (
        look_at(homes[number], looking.wishes, looking.memory, now, judge, number in looking.found)
        for number in numbers
    )
    return [look for look in looks if look is not None]


def _note(engine: Engine, looking: _Looking, looks: list[Look], now: datetime) -> int:
    watch, events = looking.watch, [event for look in looks for event in look.events]
    changes = {}
    if looking.memory.is_first_look:
        changes["summed_up_at"] = now
        key = key_of(NewsKind.SUMMARY, watch.created_at.isoformat(), watch.summary_count)
        events.append(StoredEvent(key, ALL_HOMES, {"kind": NewsKind.SUMMARY}))
    homes = [look.home for look in looks if looking.memory.homes.get(look.home.home) != look.home]
    if not events and not homes:
        return 0
    with writing(engine) as connection:
        if not change_watch(connection, watch, **changes):
            return 0
        add_events(connection, watch.id, events, now)
        put_watch_homes(connection, watch.id, homes)
    return sum(event.news is not None for event in events)
