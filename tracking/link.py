"""Which listings are of one home: candidates by shared keys, decisions pair by pair, homes that nothing contradicts.

The result depends on the offers alone, never on their order: components are closed under shared keys, and inside one
all is done in the order of the listings' own names. So a component that is linked anew after a crawl comes out as it
would in a linking of everything.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import NamedTuple

from store.terms import Judgement
from tracking.alike import ALONE, Surroundings, is_plainly_apart
from tracking.apart import has_another_value
from tracking.candidates import key_words, keys_of, place_keys_of, place_words
from tracking.evidence import Decision, decide
from tracking.offers import Offer
from tracking.traits import Traits, traits_of

LINKER_VERSION = 2
"""Raise it with each change that may link otherwise: decisions carry it."""

LARGEST_BLOCK = 200
"""Offers that share one key and are compared each with each; beyond that a key names nothing."""


TWINS_OF_A_STOCK = 3
"""Rooms shown in two units of a building from which on all of its flats are believed to be for sale."""

LEAST_DOORS = 4
"""Ends of rooms that must be known before a building is believed to count its rooms on from unit to unit."""


class PersonsWord(NamedTuple):
    """What a person decided about two listings; it wins over everything."""

    one: int
    other: int
    is_same: bool


@dataclass(slots=True)
class Linked:
    """The home of each listing, named by the lowest id among its listings, and what was decided on the way."""

    property_of: dict[int, int] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)


def link_offers(offers: Iterable[Offer], words: Sequence[PersonsWord] = ()) -> Linked:
    """Link all offers from nothing."""
    return link_traits([traits_of(offer) for offer in offers], words)


def link_traits(everything: Sequence[Traits], words: Sequence[PersonsWord] = ()) -> Linked:
    """Link all traits from nothing."""
    linked = Linked()
    for members in components(everything, map(all_keys_of, everything), words):
        solve(members, words, linked)
    return linked


def all_keys_of(traits: Traits) -> list[int]:
    """What joins an offer to others: the keys by which it is compared, and those of its building."""
    return [*keys_of(traits), *place_keys_of(traits)]


def components(
    everything: Sequence[Traits], keys: Iterable[Iterable[int]], words: Sequence[PersonsWord] = ()
) -> Iterator[list[Traits]]:
    """Offers that hang together by shared keys, given in the order of the offers, or by a person's word."""
    parents = array("i", range(len(everything)))
    first: dict[int, int] = {}
    for position, own in enumerate(keys):
        for key in own:
            owner = first.setdefault(key, position)
            if owner != position:
                _join(parents, owner, position)
    if words:
        positions = {traits.listing_id: position for position, traits in enumerate(everything)}
        for word in words:
            if word.one in positions and word.other in positions:
                _join(parents, positions[word.one], positions[word.other])
    first.clear()
    groups: dict[int, list[Traits]] = defaultdict(list)
    for position, traits in enumerate(everything):
        groups[_root(parents, position)].append(traits)
    yield from groups.values()


def _root(parents: "array[int] | list[int]", position: int) -> int:
    while parents[position] != position:
        parents[position] = parents[parents[position]]
        position = parents[position]
    return position


def _join(parents: "array[int] | list[int]", one: int, other: int) -> None:
    one, other = _root(parents, one), _root(parents, other)
    if one != other:
        parents[max(one, other)] = min(one, other)


def solve(members: Sequence[Traits], words: Sequence[PersonsWord], linked: Linked) -> None:
    """Divide one component into homes and note the decisions."""
    if len(members) == 1:
        linked.property_of[members[0].listing_id] = members[0].listing_id
        return
    solver = _Solver(sorted(members, key=lambda traits: traits.key), words)
    solver.run()
    for home in solver.homes():
        name = min(traits.listing_id for traits in home)
        linked.property_of.update((traits.listing_id, name) for traits in home)
    linked.decisions.extend(solver.told())


Pair = tuple[int, int]


class _Solver:
    """One component on its way. Positions are those of ``members``, which are in the order of their names."""

    def __init__(self, members: Sequence[Traits], words: Sequence[PersonsWord]) -> None:
        self.members = members
        self.home_of = list(range(len(members)))
        self.inside: dict[int, list[int]] = {position: [position] for position in range(len(members))}
        self.cache: dict[Pair, Decision] = {}
        self.same: list[Decision] = []
        self.doubts: dict[Pair, Decision] = {}
        self.parted: set[Pair] = set()
        self.surveyed = _Survey(members)
        at = {traits.listing_id: position for position, traits in enumerate(members)}
        self.words: list[tuple[Pair, bool]] = sorted(
            (_pair(at[word.one], at[word.other]), word.is_same) for word in words if word.one in at and word.other in at
        )

    def run(self) -> None:
        self.parted = {pair for pair, is_same in self.words if not is_same}
        for pair, is_same in self.words:
            if is_same:
                self._merge(*pair)
        members = self.members
        decisions = [
            (pair, self.decide(pair))
            for pair in self.candidates()
            if not is_plainly_apart(members[pair[0]], members[pair[1]])
        ]
        likely = [(pair, decision) for pair, decision in decisions if decision.judgement is not Judgement.DIFFERENT]
        likely.sort(key=lambda item: (-item[1].score, item[0]))
        for pair, decision in likely:
            self._take(pair, decision)

    def candidates(self) -> list[Pair]:
        """Pairs that share a key, each once."""
        blocks: dict[Hashable, list[int]] = defaultdict(list)
        for position, traits in enumerate(self.members):
            for words in key_words(traits):
                blocks[words].append(position)
        for room, position in self.surveyed.rooms():
            blocks[room].append(position)
        pairs: set[Pair] = set()
        for block in blocks.values():
            if 1 < len(block) <= LARGEST_BLOCK:
                pairs.update(combinations(dict.fromkeys(block), 2))
        return sorted(pairs)

    def decide(self, pair: Pair) -> Decision:
        """The decision about two members by themselves, made once."""
        found = self.cache.get(pair)
        if found is None:
            one, other = self.members[pair[0]], self.members[pair[1]]
            found = self.cache[pair] = decide(one, other, self.surveyed.beside(*pair))
        return found

    def _take(self, pair: Pair, decision: Decision) -> None:
        """Merge two homes, unless it is doubtful or something in them contradicts."""
        one, other = self.home_of[pair[0]], self.home_of[pair[1]]
        if one == other:
            return
        is_sure = decision.judgement is Judgement.SAME
        doubt = self._contradiction(one, other) if is_sure else ""
        if doubt or not is_sure:
            homes = _pair(one, other)
            reasons = (doubt, *decision.reasons) if doubt else decision.reasons
            self.doubts.setdefault(homes, decision._replace(judgement=Judgement.UNSURE, reasons=reasons))
            return
        self.same.append(decision)
        self._merge(*pair)

    def _merge(self, one: int, other: int) -> None:
        kept, gone = sorted((self.home_of[one], self.home_of[other]))
        if kept == gone:
            return
        for position in self.inside[gone]:
            self.home_of[position] = kept
        self.inside[kept] += self.inside.pop(gone)

    def _contradiction(self, one: int, other: int) -> str:
        """Why two homes cannot be one although two of their listings seem to be."""
        for ours, theirs in product(self.inside[one], self.inside[other]):
            pair = _pair(ours, theirs)
            if pair in self.parted:
                return "a person told them apart"
            decision = self.decide(pair)
            if decision.is_vetoed:
                return f"other listings of them contradict: {decision.reasons[0]}"
            if has_another_value(self.members[ours], self.members[theirs]):
                return "other listings of them are of two values, or of two owners"
        return ""

    def homes(self) -> Iterator[list[Traits]]:
        """The members, home by home."""
        for positions in self.inside.values():
            yield [self.members[position] for position in positions]

    def told(self) -> Iterator[Decision]:
        """The decisions that made the homes, and the doubts that are left between them."""
        yield from self.same
        seen: set[Pair] = set()
        at = {traits.listing_id: position for position, traits in enumerate(self.members)}
        for decision in self.doubts.values():
            homes = _pair(self.home_of[at[decision.one]], self.home_of[at[decision.other]])
            if homes[0] != homes[1] and homes not in seen:
                seen.add(homes)
                yield decision


class _Survey:
    """What the listings of a component tell together of its buildings: their units, and their addresses."""

    def __init__(self, members: Sequence[Traits]) -> None:
        self.members = members
        self.names = [tuple(place_words(traits)) for traits in members]
        self.parents = list(range(len(members)))  # of buildings under all their names, as positions of members
        first: dict[str, int] = {}
        for position, names in enumerate(self.names):
            for name in names:
                _join(self.parents, first.setdefault(name, position), position)
        self.doors: dict[Hashable, dict[str, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )  # units by ends of rooms
        self.units: dict[tuple[Hashable, str | None, str | None], set[str]] = defaultdict(set)  # by building and room
        for position, traits in enumerate(members):
            if traits.unit is not None and traits.room is not None and self.names[position]:
                building = self._building(position)
                self.doors[building][traits.room[-2:]].add(traits.unit)
                self.units[building, traits.room, traits.floor].add(traits.unit)
        twins = Counter(key[0] for key, units in self.units.items() if len(units) > 1)
        self.stocks = {building for building, count in twins.items() if count >= TWINS_OF_A_STOCK}

    def _building(self, position: int) -> tuple[int, str | None]:
        return _root(self.parents, position), self.members[position].building

    def beside(self, one: int, other: int) -> Surroundings:
        """What is known of the place of two members."""
        if not self.names[one] or not self.names[other]:
            return ALONE
        ours, theirs = self._building(one), self._building(other)
        room_unit_count = max(self._room_unit_count(one), self._room_unit_count(other))
        if ours != theirs:
            return Surroundings(max(self._unit_count(ours), self._unit_count(theirs)), room_unit_count=room_unit_count)
        is_one_place = set(self.names[one]).isdisjoint(self.names[other])
        return Surroundings(self._unit_count(ours), is_one_place, room_unit_count)

    def _room_unit_count(self, position: int) -> int:
        """In how many units the room of a member may be: in as many as are shown, or two where a stock is sold."""
        building = self._building(position)
        if building in self.stocks:
            return 2
        traits = self.members[position]
        return len(self.units.get((building, traits.room, traits.floor), ()))

    def _unit_count(self, building: Hashable) -> int:
        """How many units a room of the building can be in: one where rooms are counted on from unit to unit.

        101 and 102 in unit 1, 103 and 104 in unit 2: then no two units have rooms with one end.
        """
        doors = self.doors[building]
        units = set().union(*doors.values())
        runs_on = len(doors) >= LEAST_DOORS and all(len(each) == 1 for each in doors.values())
        return min(len(units), 1) if runs_on else len(units)

    def rooms(self) -> Iterator[tuple[Hashable, int]]:
        """Members by building, under whatever name, and room."""
        for position, traits in enumerate(self.members):
            if self.names[position]:
                yield (self._building(position), traits.room, traits.is_parking), position


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
