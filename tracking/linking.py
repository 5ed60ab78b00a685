"""Linking a database: everything from nothing, or only what a crawl touched. Both leave the same rows.

What is derived of a listing depends on its component alone: all listings that hang together by shared keys or a
person's word. So a linking after a crawl takes the listings with a new state, all that share a key with their old or
new states, and so on until nothing is added, and makes these components anew.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from struct import pack, unpack

from sqlalchemy import Connection

from store.links import (
    LINKER,
    add_decisions,
    add_links,
    forget_links,
    forget_links_of,
    linked_keys,
    linkers_decisions,
    listings_with_keys,
    observation_ids,
    persons_decisions,
    supersede,
    touched_listings,
)
from store.terms import Judgement
from tracking.address.parts import PART_NAMES
from tracking.evidence import Decision
from tracking.link import LINKER_VERSION, Linked, PersonsWord, all_keys_of, components, solve
from tracking.offers import Offer, load_offers
from tracking.rounds import Step, chain_rounds
from tracking.traits import Traits, traits_of

LISTINGS_PER_WRITE = 20_000
STORED_PARTS = tuple(name for name in PART_NAMES if name != "members")


@dataclass(slots=True)
class Linking:
    """What one linking did."""

    listings: int = 0  # looked at
    homes: int = 0  # that these are of
    linked: int = 0  # listings that are not the only one of their home
    decided: int = 0  # new decisions
    superseded: int = 0
    doubts: int = 0  # pairs that wait for a person


def link_database(connection: Connection, now: datetime, *, rebuild: bool = False) -> Linking:
    """Link what is new or changed, or everything from nothing. Does not commit."""
    words = [
        PersonsWord(each.one_id, each.other_id, each.judgement is Judgement.SAME)
        for each in persons_decisions(connection)
    ]
    writer = _Writer(connection, now, is_fresh=rebuild)
    if rebuild:
        forget_links(connection)
        wanted: set[int] | None = None
    else:
        wanted = _closure(connection, words)
        if not wanted:
            return writer.done
        writer.forget(wanted)
    everything: list[Traits] = []
    for offer in load_offers(connection, wanted):
        everything.append(traits_of(offer))
        writer.keys[offer.listing_id] = _packed(all_keys_of(everything[-1]))
    own_keys = (_unpacked(writer.keys[traits.listing_id]) for traits in everything)
    for members in components(everything, own_keys, words):
        writer.take(members, words)
    writer.flush()
    return writer.done


def _packed(keys: Sequence[int]) -> bytes:
    return pack(f"<{len(keys)}q", *keys)


def _unpacked(keys: bytes) -> tuple[int, ...]:
    return unpack(f"<{len(keys) // 8}q", keys)


def _closure(connection: Connection, words: Sequence[PersonsWord]) -> set[int]:
    """All listings whose links can be other than they are stored."""
    touched = touched_listings(connection)
    beside: dict[int, set[int]] = defaultdict(set)
    for word in words:
        beside[word.one].add(word.other)
        beside[word.other].add(word.one)
    if not touched:
        return touched
    known: set[int] = set()
    keys: set[int] = {key for offer in load_offers(connection, touched) for key in all_keys_of(traits_of(offer))}
    asked: set[int] = set()
    fresh = set(touched)
    while fresh:
        known |= fresh
        for packed in linked_keys(connection, fresh).values():
            keys.update(_unpacked(packed))
        found = listings_with_keys(connection, keys - asked)
        asked |= keys
        found.update(other for listing_id in fresh for other in beside.get(listing_id, ()))
        fresh = found - known
    return known


class _Writer:
    """Collects solved components and writes some thousands of listings at a time."""

    def __init__(self, connection: Connection, now: datetime, *, is_fresh: bool) -> None:
        self._connection = connection
        self._now = now
        self._is_fresh = is_fresh
        self._waiting: dict[int, Traits] = {}
        self._linked = Linked()
        self.keys: dict[int, bytes] = {}
        self.done = Linking()

    def forget(self, listing_ids: Collection[int]) -> None:
        """Take away what was derived of these listings."""
        old = linked_keys(self._connection, listing_ids)
        rows = ((key, listing_id) for listing_id, packed in old.items() for key in _unpacked(packed))
        forget_links_of(self._connection, listing_ids, rows)

    def take(self, members: Sequence[Traits], words: Sequence[PersonsWord]) -> None:
        """Solve a component."""
        solve(members, words, self._linked)
        self._waiting.update((traits.listing_id, traits) for traits in members)
        if len(self._waiting) >= LISTINGS_PER_WRITE:
            self.flush()

    def flush(self) -> None:
        """Write all that waits."""
        if not self._waiting:
            return
        homes: dict[int, list[int]] = defaultdict(list)
        for listing_id, name in self._linked.property_of.items():
            homes[name].append(listing_id)
        states = observation_ids(self._connection, self._waiting)
        offers = {offer.listing_id: offer for offer in load_offers(self._connection, self._waiting, with_parts=False)}
        properties, rounds = [], []
        for name, listing_ids in homes.items():
            steps = chain_rounds([offers[listing_id] for listing_id in listing_ids])
            properties.append(self._property_row(name, steps, offers))
            rounds += [self._round_row(name, step, states[step.listing_id]) for step in steps]
        own_keys = [(key, each) for each in self._waiting for key in dict.fromkeys(_unpacked(self.keys[each]))]
        add_links(self._connection, properties, rounds, own_keys)
        self._write_decisions()
        self.done.listings += len(self._waiting)
        self.done.homes += len(homes)
        self.done.linked += sum(len(each) for each in homes.values() if len(each) > 1)
        for listing_id in self._waiting:
            del self.keys[listing_id]
        self._waiting.clear()
        self._linked = Linked()

    def _property_row(self, name: int, steps: Sequence[Step], offers: dict[int, Offer]) -> tuple[object, ...]:
        """The parts of the address, each as the last listing told it that tells it."""
        newest_first = [step.listing_id for step in reversed(steps)]
        places = [offers[listing_id] for listing_id in newest_first]
        region = next((offer for offer in places if offer.region_code is not None), places[0])
        parts = [self._waiting[listing_id].parts for listing_id in newest_first]
        told = [
            next((value for each in parts if (value := getattr(each, part)) is not None), None) for part in STORED_PARTS
        ]
        return name, len(steps), LINKER_VERSION, region.region_code, region.city, region.district, *told

    def _round_row(self, name: int, step: Step, state: int) -> tuple[object, ...]:
        return (
            step.listing_id,
            name,
            state,
            step.position,
            step.procedure,
            step.place,
            step.link,
            step.previous_listing_id,
            step.gap_days,
            step.contradiction,
            self.keys[step.listing_id],
        )

    def _write_decisions(self) -> None:
        """Supersede what is decided otherwise now; what is decided again as before stays as it stands."""
        now = {(each.one, each.other): each for each in map(_in_order, self._linked.decisions)}
        gone = []
        for stored in linkers_decisions(self._connection, self._waiting):
            decision = now.get((stored.one_id, stored.other_id))
            if decision is not None and (stored.judgement, stored.score, stored.reasons, stored.linker_version) == (
                decision.judgement,
                decision.score,
                "; ".join(decision.reasons),
                LINKER_VERSION,
            ):
                del now[stored.one_id, stored.other_id]
            else:
                gone.append(stored.id)
        supersede(self._connection, gone, self._now)
        add_decisions(self._connection, [self._decision_row(decision) for decision in now.values()])
        self.done.decided += len(now)
        self.done.superseded += len(gone)
        self.done.doubts += sum(each.judgement is Judgement.UNSURE for each in self._linked.decisions)

    def _decision_row(self, decision: Decision) -> tuple[object, ...]:
        reasons = "; ".join(decision.reasons)
        verdict = (decision.judgement, decision.score, reasons)
        return (decision.one, decision.other, *verdict, LINKER, LINKER_VERSION, self._now, None)


def _in_order(decision: Decision) -> Decision:
    """The lower id first."""
    if decision.one < decision.other:
        return decision
    return decision._replace(one=decision.other, other=decision.one)
