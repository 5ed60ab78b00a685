"""The rows that a linking leaves: homes, chains, keys, what is told of places, decisions; some thousands at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from store.links import (
    LINKER,
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
    supersede,
)
from store.terms import Judgement
from tracking.address.parts import PART_NAMES, Parts
from tracking.evidence import Decision
from tracking.keys import Keys, pack_keys
from tracking.link import LINKER_VERSION, Solver
from tracking.offers import Offer, load_offers
from tracking.rounds import Step, chain_rounds
from tracking.traits import Traits

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
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._waiting: dict[int, Traits] = {}
        self._homes: dict[int, int] = {}
        self._keys: dict[int, Keys] = {}
        self._found_by: list[tuple[Traits, Keys]] = []
        self._decisions: list[Decision] = []
        self.digests: dict[int, int] = {}
        self.offers: dict[int, Offer] = {}
        self.done = Linking()

    def forget(self, listing_ids: Collection[int], keys: Mapping[int, Keys]) -> None:
        """Take away the homes of listings, and what those can be found by whose keys are given."""
        forget_homes(self._connection, listing_ids)
        compared = [(key, each) for each, own in keys.items() for key in set(own.compared)]
        forget_keys(self._connection, compared, [(place, each) for each, own in keys.items() for place in own.places])

    def take(self, solver: Solver, keys: Mapping[int, Keys], is_new: Collection[int]) -> None:
        """Note what was decided of some listings; of those that are new, what they can be found by."""
        solver.name_homes(self._homes)
        self._decisions.extend(solver.told())
        self._keys.update(keys)
        for traits in solver.members:
            self._waiting[traits.listing_id] = traits
            if traits.listing_id in is_new:
                self._found_by.append((traits, keys[traits.listing_id]))
        if len(self._waiting) >= LISTINGS_PER_WRITE:
            self.flush()

    def flush(self) -> None:
        """Write all that waits."""
        if not self._waiting:
            return
        homes: dict[int, list[int]] = defaultdict(list)
        for listing_id, name in self._homes.items():
            homes[name].append(listing_id)
        states = observation_ids(self._connection, self._waiting)
        offers = self._load(self._waiting)
        parts = {listing_id: traits.parts for listing_id, traits in self._waiting.items()}
        properties, rounds = [], []
        for name, listing_ids in homes.items():
            steps = chain_rounds([offers[listing_id] for listing_id in listing_ids])
            properties.append(_property_row(name, steps, offers, parts))
            for step in steps:
                packed = pack_keys(*self._keys[step.listing_id])
                rounds.append(_round_row(name, step, states[step.listing_id], packed, self.digests[step.listing_id]))
        add_homes(self._connection, properties, rounds)
        compared = [(key, traits.listing_id) for traits, own in self._found_by for key in set(own.compared)]
        add_keys(self._connection, compared, [row for each in self._found_by for row in _place_rows(*each)])
        self._write_decisions()
        self.done.listings += len(self._waiting)
        self.done.homes += len(homes)
        self.done.linked += sum(len(each) for each in homes.values() if len(each) > 1)
        for listing_id in self._waiting:
            self.digests.pop(listing_id, None)
            self.offers.pop(listing_id, None)
        for waiting in (self._waiting, self._homes, self._keys, self._found_by, self._decisions):
            waiting.clear()

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
        now = {(each.one, each.other): each for each in map(_in_order, self._decisions)}
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
        self.done.doubts += sum(each.judgement is Judgement.UNSURE for each in self._decisions)

    def _decision_row(self, decision: Decision) -> tuple[Any, ...]:
        verdict = (decision.judgement, decision.score, "; ".join(decision.reasons))
        return (decision.one, decision.other, *verdict, LINKER, LINKER_VERSION, self._now, None)


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
