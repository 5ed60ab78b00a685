"""The rows that a linking leaves: homes, chains, keys, what is told of places, decisions; some thousands at a time."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from store.links import (
    LINKER,
    StandingDecision,
    StoredRound,
    add_decisions,
    add_keys,
    batches,
    forget_keys,
    linkers_decisions,
    observation_ids,
    put_homes,
    put_rounds,
    replace_traits,
    rounds_of_homes,
    supersede,
)
from store.terms import Judgement
from tracking.address.parts import PART_NAMES, Parts
from tracking.doors import door_of
from tracking.evidence import Decision
from tracking.keys import Keys, pack_keys
from tracking.link import LINKER_VERSION, Pair, Solver
from tracking.offers import Offer, load_offers
from tracking.rounds import Step, chain_rounds
from tracking.traits import Traits
from tracking.traits_packed import pack_traits

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


class Known(NamedTuple):
    """What a linking after a crawl starts from.

    Attributes:
        stored: what is stored of the listings that are linked again: it stays where it comes out again.
        touched: those of them, and new ones, with another state than the one that was linked, and that state.
        changed: those of the latter with other traits: what they can be found by is written anew.
    """

    stored: Mapping[int, StoredRound]
    touched: Mapping[int, int]
    changed: Collection[int]


class _Rows(NamedTuple):
    """Rows of rounds, as ``store.links.put_rounds`` takes them."""

    new: list[tuple[Any, ...]]
    moved: list[tuple[Any, ...]]
    chained: list[tuple[Any, ...]]


class Writer:
    """Collects what was solved and writes it; ``digests`` and ``offers`` are filled from outside.

    ``offers`` may lack some or all, which are read again then: a million of them are more than memory should hold.
    Without ``known`` nothing is stored, and all is new.
    """

    def __init__(self, connection: Connection, now: datetime, known: Known | None = None) -> None:
        self._connection = connection
        self._now = now
        self._known = known
        self._stored: Mapping[int, StoredRound] = known.stored if known else {}
        self._touched: Mapping[int, int] = known.touched if known else {}
        self._sizes = Counter(each.property_id for each in self._stored.values())
        self._solved: list[Solver] = []
        self._keys: dict[int, Keys] = {}
        self._found_by: list[tuple[Traits, Keys]] = []
        self._standing: dict[int, list[StandingDecision]] = {}
        self._waiting = 0
        self.digests: dict[int, int] = {}
        self.offers: dict[int, Offer] = {}
        self.done = Linking()

    def forget_keys(self, keys: Mapping[int, Keys]) -> None:
        """Take away what listings can be found by."""
        compared = [(key, each) for each, own in keys.items() for key in set(own.compared)]
        forget_keys(self._connection, compared, [(place, each) for each, own in keys.items() for place in own.places])

    def take(self, solver: Solver, keys: Mapping[int, Keys]) -> None:
        """Note what was decided of some listings, and by which keys."""
        self._solved.append(solver)
        known = self._known
        for traits in solver.members:
            if known is None or traits.listing_id in known.changed:
                own = self._keys[traits.listing_id] = keys[traits.listing_id]
                self._found_by.append((traits, own))
        self._waiting += len(solver.members)
        if self._waiting >= LISTINGS_PER_WRITE:
            self.flush()

    def standing(self, listing_ids: Iterable[int]) -> Mapping[int, Sequence[StandingDecision]]:
        """What the linker decided of these listings, by the lower id of each pair; read once for many of them."""
        unread = [each for each in listing_ids if each not in self._standing]
        self._standing.update((each, []) for each in unread)
        for decision in linkers_decisions(self._connection, unread):
            self._standing[decision.one_id].append(decision)
        return self._standing

    def flush(self) -> None:
        """Write all that waits."""
        homes = [home for solver in self._solved for home in solver.homes()]
        self._write_homes([home for home in homes if not self._stands(home)])
        compared = [row for each in self._found_by for row in _key_rows(*each)]
        add_keys(self._connection, compared, [row for each in self._found_by for row in _place_rows(*each)])
        packed = [(traits.listing_id, LINKER_VERSION, pack_traits(traits)) for traits, _ in self._found_by]
        replace_traits(self._connection, packed)
        self._write_decisions()
        self.done.listings += self._waiting
        self.done.homes += len(homes)
        self.done.linked += sum(len(each) for each in homes if len(each) > 1)
        self._waiting = 0
        for waiting in (self._solved, self._keys, self._found_by):
            waiting.clear()

    def _stands(self, home: Sequence[Traits]) -> bool:
        """Whether a home is stored as it is: of the same listings, and these in the states that they have."""
        name = min(traits.listing_id for traits in home)
        if self._sizes[name] != len(home):
            return False
        for traits in home:
            stored = self._stored.get(traits.listing_id)
            if stored is None or stored.property_id != name or traits.listing_id in self._touched:
                return False
        return True

    def _write_homes(self, homes: Sequence[Sequence[Traits]]) -> None:
        ids = [traits.listing_id for home in homes for traits in home]
        states = self._states(ids)
        offers = self._load(ids)
        properties, rows = [], _Rows([], [], [])
        for home in homes:
            parts = {traits.listing_id: traits.parts for traits in home}
            name = min(parts)
            steps = chain_rounds([offers[listing_id] for listing_id in parts])
            properties.append(_property_row(name, steps, offers, parts))
            for step in steps:
                self._put_round(rows, name, step, states[step.listing_id])
        put_rounds(self._connection, *rows)
        stored = {self._stored[each].property_id for each in ids if each in self._stored}
        put_homes(self._connection, properties, stored)
        for listing_id in ids:
            self.digests.pop(listing_id, None)
            self.offers.pop(listing_id, None)

    def _put_round(self, rows: "_Rows", name: int, step: Step, state: int) -> None:
        """Add what is not stored as it is."""
        listing_id = step.listing_id
        stored = self._stored.get(listing_id)
        if stored is not None and stored.property_id == name and listing_id not in self._keys:
            if stored.in_chain != (state, *step[1:]):
                rows.chained.append((listing_id, state, *step[1:]))
            return
        row = (listing_id, name, state, *step[1:], *self._found(listing_id))
        if stored is None:
            rows.new.append(row)
        elif stored != row:
            rows.moved.append(row)

    def _found(self, listing_id: int) -> tuple[bytes, int]:
        """The keys, packed, and the digest of a listing, as they are to be stored."""
        keys = self._keys.get(listing_id)
        if keys is None:
            stored = self._stored[listing_id]
            return stored.keys, stored.traits_digest
        return pack_keys(*keys), self.digests[listing_id]

    def _states(self, listing_ids: Collection[int]) -> Mapping[int, int]:
        """The observation that is the state of each listing."""
        if self._known is None:
            return observation_ids(self._connection, listing_ids)
        touched, stored = self._touched, self._stored
        return {each: touched[each] if each in touched else stored[each].observation_id for each in listing_ids}

    def _load(self, listing_ids: Collection[int]) -> dict[int, Offer]:
        known = {each: offer for each in listing_ids if (offer := self.offers.get(each)) is not None}
        missing = [each for each in listing_ids if each not in known]
        for offer in load_offers(self._connection, missing, with_parts=False):
            known[offer.listing_id] = offer
        return known

    def chain_again(self, property_ids: Collection[int]) -> None:
        """Make the chains of homes anew whose listings are as they were."""
        for part in batches(property_ids):
            self._chain_again(list(rounds_of_homes(self._connection, part)))

    def _chain_again(self, rounds: Sequence[StoredRound]) -> None:
        stored = {each.listing_id: each for each in rounds}
        homes: dict[int, list[StoredRound]] = {}
        for each in sorted(rounds, key=lambda each: each.position):
            homes.setdefault(each.property_id, []).append(each)
        offers = self._load(stored)
        turned: dict[int, Sequence[Step]] = {}
        chained = []
        for name, home in homes.items():
            steps = chain_rounds([offers[each.listing_id] for each in home])
            if [step.listing_id for step in steps] != [each.listing_id for each in home]:
                turned[name] = steps
            for step in steps:
                old = stored[step.listing_id]
                state = self._touched.get(step.listing_id, old.observation_id)
                if old.in_chain != (state, *step[1:]):
                    chained.append((step.listing_id, state, *step[1:]))
        put_rounds(self._connection, chained=chained)
        ids = [step.listing_id for steps in turned.values() for step in steps]
        parts = {offer.listing_id: offer.parts for offer in load_offers(self._connection, ids)} if ids else {}
        properties = [_property_row(name, steps, offers, parts) for name, steps in turned.items()]
        put_homes(self._connection, properties, turned)
        self.done.listings += len(stored)
        self.done.homes += len(homes)
        self.done.linked += sum(len(home) for home in homes.values() if len(home) > 1)

    def _write_decisions(self) -> None:
        """Supersede what is decided otherwise now; what is decided again as before stays as it stands."""
        one_ids = [traits.listing_id for solver in self._solved for traits in solver.members]
        self.standing(one_ids)
        standing = {(each.one_id, each.other_id): each for one_id in one_ids for each in self._standing.pop(one_id)}
        said_again: set[Pair] = set()

        def stands(one: int, other: int, score: int) -> bool:
            """Whether two that did not change were found to be one with as many points: for the same reasons then."""
            pair = (one, other) if one < other else (other, one)
            stored = standing.get(pair)
            if stored is None or not self._is_unchanged(one) or not self._is_unchanged(other):
                return False
            found = (stored.judgement, stored.score, stored.linker_version) == (Judgement.SAME, score, LINKER_VERSION)
            if found:
                said_again.add(pair)
            return found

        now = {(each.one, each.other): each for solver in self._solved for each in map(_in_order, solver.told(stands))}
        self.done.doubts += sum(each.judgement is Judgement.UNSURE for each in now.values())
        gone = []
        for pair, stored in standing.items():
            decision = now.get(pair)
            if decision is not None and _is_said(stored, decision):
                del now[pair]
            elif pair not in said_again:
                gone.append(stored.id)
        supersede(self._connection, gone, self._now)
        add_decisions(self._connection, [self._decision_row(decision) for decision in now.values()])
        self.done.decided += len(now)
        self.done.superseded += len(gone)

    def _is_unchanged(self, listing_id: int) -> bool:
        return listing_id in self._stored and listing_id not in self._touched

    def _decision_row(self, decision: Decision) -> tuple[Any, ...]:
        verdict = (decision.judgement, decision.score, "; ".join(decision.reasons))
        return (decision.one, decision.other, *verdict, LINKER, LINKER_VERSION, self._now, None)


def _is_said(stored: StandingDecision, decision: Decision) -> bool:
    return (stored.judgement, stored.score, stored.reasons, stored.linker_version) == (
        decision.judgement,
        decision.score,
        "; ".join(decision.reasons),
        LINKER_VERSION,
    )


def _property_row(
    name: int, steps: Sequence[Step], offers: Mapping[int, Offer], parts: Mapping[int, Parts]
) -> tuple[Any, ...]:
    """The parts of the address, each as the last listing told it that tells it."""
    newest_first = [step.listing_id for step in reversed(steps)]
    places = [offers[listing_id] for listing_id in newest_first]
    region = next((offer for offer in places if offer.region_code is not None), places[0])
    told: Sequence[Any] = parts[newest_first[0]][: len(STORED_PARTS)]  # the members stand last
    for listing_id in newest_first[1:]:
        if None not in told:
            break
        told = [mine if mine is not None else other for mine, other in zip(told, parts[listing_id], strict=False)]
    return name, len(steps), LINKER_VERSION, region.region_code, region.city, region.district, *told


def _key_rows(traits: Traits, keys: Keys) -> Iterable[tuple[int, int, int]]:
    listing_id, door = traits.listing_id, door_of(traits)
    return [(key, listing_id, door) for key in set(keys.compared)]


def _place_rows(traits: Traits, keys: Keys) -> Iterable[tuple[object, ...]]:
    told = (traits.building, traits.unit, traits.floor, traits.room, traits.is_parking)
    for place in dict.fromkeys(keys.places):
        other = next((each for each in keys.places if each != place), None)
        yield (place, traits.listing_id, other, *told)


def _in_order(decision: Decision) -> Decision:
    """The lower id first."""
    if decision.one < decision.other:
        return decision
    return decision._replace(one=decision.other, other=decision.one)
