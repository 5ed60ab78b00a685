"""The rows that a linking leaves: homes, chains, keys, what is told of places, decisions; some thousands at a time."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from store.links import (
    LINKER,
    LinkedState,
    StandingDecision,
    add_decisions,
    add_homes,
    add_keys,
    add_rounds,
    forget_homes,
    forget_keys,
    forget_rounds,
    linkers_decisions,
    observation_ids,
    replace_homes,
    replace_traits,
    supersede,
)
from store.terms import Judgement
from tracking.address.parts import PART_NAMES, Parts
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


class Writer:
    """Collects what was solved and writes it; ``digests`` and ``offers`` are filled from outside.

    ``offers`` may lack some or all, which are read again then: a million of them are more than memory should hold.
    ``stored``: what is written already of the listings that are linked again, and stays where it comes out again;
    ``touched``: those of them with another state than the one that was linked.
    """

    def __init__(
        self,
        connection: Connection,
        now: datetime,
        stored: Mapping[int, LinkedState] = {},
        touched: Collection[int] = frozenset(),
    ) -> None:
        self._connection = connection
        self._now = now
        self._stored = stored
        self._touched = touched
        self._sizes = Counter(state.property_id for state in stored.values())
        self._solved: list[Solver] = []
        self._keys: dict[int, Keys] = {}
        self._found_by: list[tuple[Traits, Keys]] = []
        self._waiting = 0
        self.digests: dict[int, int] = {}
        self.offers: dict[int, Offer] = {}
        self.done = Linking()

    def forget_keys(self, keys: Mapping[int, Keys]) -> None:
        """Take away what listings can be found by."""
        compared = [(key, each) for each, own in keys.items() for key in set(own.compared)]
        forget_keys(self._connection, compared, [(place, each) for each, own in keys.items() for place in own.places])

    def take(self, solver: Solver, keys: Mapping[int, Keys], is_new: Collection[int]) -> None:
        """Note what was decided of some listings; of those that are new, what they can be found by."""
        self._solved.append(solver)
        self._keys.update(keys)
        for traits in solver.members:
            if traits.listing_id in is_new:
                self._found_by.append((traits, keys[traits.listing_id]))
        self._waiting += len(solver.members)
        if self._waiting >= LISTINGS_PER_WRITE:
            self.flush()

    def flush(self) -> None:
        """Write all that waits."""
        homes = [home for solver in self._solved for home in solver.homes()]
        self._write_homes([home for home in homes if not self._stands(home)])
        compared = [(key, traits.listing_id) for traits, own in self._found_by for key in set(own.compared)]
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
            state = self._stored.get(traits.listing_id)
            if state is None or state.property_id != name or traits.listing_id in self._touched:
                return False
        return True

    def _write_homes(self, homes: Sequence[Sequence[Traits]]) -> None:
        ids = [traits.listing_id for home in homes for traits in home]
        forget_homes(self._connection, [each for each in ids if each in self._stored])
        states = observation_ids(self._connection, ids)
        offers = self._load(ids)
        properties, rounds = [], []
        for home in homes:
            parts = {traits.listing_id: traits.parts for traits in home}
            name = min(parts)
            steps = chain_rounds([offers[listing_id] for listing_id in parts])
            properties.append(_property_row(name, steps, offers, parts))
            for step in steps:
                packed = pack_keys(*self._keys[step.listing_id])
                rounds.append(_round_row(name, step, states[step.listing_id], packed, self.digests[step.listing_id]))
        add_homes(self._connection, properties, rounds)
        for listing_id in ids:
            self.digests.pop(listing_id, None)
            self.offers.pop(listing_id, None)

    def _load(self, listing_ids: Collection[int]) -> dict[int, Offer]:
        known = {each: offer for each in listing_ids if (offer := self.offers.get(each)) is not None}
        missing = [each for each in listing_ids if each not in known]
        for offer in load_offers(self._connection, missing, with_parts=False):
            known[offer.listing_id] = offer
        return known

    def chain_again(self, rounds: Sequence[tuple[Any, ...]]) -> None:
        """Make the chains of homes anew whose listings are as they were; ``rounds``: their rows, home by home."""
        batch: list[list[tuple[Any, ...]]] = []
        count = 0
        for _, home in groupby(rounds, key=lambda row: row[1]):
            batch.append(list(home))
            count += len(batch[-1])
            if count >= LISTINGS_PER_WRITE:
                self._chain_again(batch)
                batch, count = [], 0
        self._chain_again(batch)

    def _chain_again(self, homes: Sequence[Sequence[tuple[Any, ...]]]) -> None:
        stored = {row[0]: row for home in homes for row in home}
        states = observation_ids(self._connection, stored)
        offers = self._load(stored)
        turned: dict[int, Sequence[Step]] = {}
        rows = []
        for home in homes:
            steps = chain_rounds([offers[row[0]] for row in home])
            if [step.listing_id for step in steps] != [row[0] for row in home]:
                turned[home[0][1]] = steps
            for step in steps:
                old = stored[step.listing_id]
                row = _round_row(old[1], step, states[step.listing_id], *old[-2:])
                if row != tuple(old):
                    rows.append(row)
        forget_rounds(self._connection, [row[0] for row in rows])
        ids = [step.listing_id for steps in turned.values() for step in steps]
        parts = {offer.listing_id: offer.parts for offer in load_offers(self._connection, ids)} if ids else {}
        add_rounds(self._connection, rows)
        replace_homes(self._connection, [_property_row(name, steps, offers, parts) for name, steps in turned.items()])
        self.done.listings += len(stored)
        self.done.homes += len(homes)
        self.done.linked += sum(len(home) for home in homes if len(home) > 1)

    def _write_decisions(self) -> None:
        """Supersede what is decided otherwise now; what is decided again as before stays as it stands."""
        one_ids = [traits.listing_id for solver in self._solved for traits in solver.members]
        standing = {(each.one_id, each.other_id): each for each in linkers_decisions(self._connection, one_ids)}
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
    read = [parts[listing_id] for listing_id in newest_first]
    told = [next((value for each in read if (value := getattr(each, part)) is not None), None) for part in STORED_PARTS]
    return name, len(steps), LINKER_VERSION, region.region_code, region.city, region.district, *told


def _round_row(name: int, step: Step, state: int, packed: bytes, digest: int) -> tuple[Any, ...]:
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
        packed,
        digest,
    )


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
