"""Which listings are of one home: candidates by shared keys, decisions pair by pair, homes that nothing contradicts.

The result depends on the offers alone, never on their order: components are closed under shared keys, and inside one
all is done in the order of the listings' own names. So a component that is linked anew after a crawl comes out as it
would in a linking of everything.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice
from operator import itemgetter
from typing import Self

from store.terms import Judgement
from tracking.alike import ALONE, Surroundings, is_plainly_apart
from tracking.apart import has_another_value
from tracking.evidence import UNSURE_FROM, Decision
from tracking.keys import KeyRing, Memory, collector_at_rest, passing_keys_of
from tracking.offers import Offer
from tracking.persons_words import NO_WORDS, PersonsWord, WordsOf, by_listing, told_of
from tracking.places import Building, Places
from tracking.traits import Traits
from tracking.weighing import VETOED, Weight, explain, points_of, weigh_points

LINKER_VERSION = 6
"""Raise it with each change that may link otherwise: decisions carry it."""

UNDIVIDED = 500
"""Offers that hang together and are solved at one go; more are divided first, or their pairs fill the memory."""

LARGEST_BLOCK = 200
"""Offers that share one key and are compared each with each; beyond that a key names nothing."""


AT_ONE_GO = 5_000
"""Offers whose keys are made one after the other before they are looked up."""

SAME = Judgement.SAME  # looked up once: a member is found in a fifth of a microsecond


@dataclass(slots=True)
class Linked:
    """The home of each listing, named by the lowest id among its listings, and what was decided on the way."""

    property_of: dict[int, int] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)


def link_offers(offers: Iterable[Offer], words: Sequence[PersonsWord] = (), *, with_reasons: bool = True) -> Linked:
    """Link all offers from nothing. Without reasons: the homes alone, and no decisions."""
    with collector_at_rest():
        return link_traits(map(Memory().traits_of, offers), words, with_reasons=with_reasons)


def link_traits(arriving: Iterable[Traits], words: Sequence[PersonsWord] = (), *, with_reasons: bool = True) -> Linked:
    """Link all traits from nothing."""
    linked, words_of = Linked(), by_listing(words)
    everything: list[Traits] = []
    ring = KeyRing()
    with collector_at_rest():
        for positions in components(everything, _take_keys(arriving, everything, ring), words):
            if len(positions) == 1:
                listing_id = everything[positions[0]].listing_id
                linked.property_of[listing_id] = listing_id
                continue
            for solver in solve(everything, positions, ring, words_of):
                solver.name_homes(linked.property_of)
                if with_reasons:
                    linked.decisions.extend(solver.told())
    return linked


def _take_keys(arriving: Iterable[Traits], everything: list[Traits], ring: KeyRing) -> Iterator[Sequence[int]]:
    """The keys of each, made and looked up while its words are at hand: so it takes half the time of two runs.

    Some thousands at a time are made, and then looked up: a processor does one thing faster than two by turns.
    """
    coming = iter(arriving)
    while batch := list(islice(coming, AT_ONE_GO)):
        everything += batch
        made = list(map(passing_keys_of, batch))
        ring.extend(made)
        yield from [(*compared, *places) for compared, places in made]


def components(
    everything: Sequence[Traits], keys: Iterable[Sequence[int]], words: Sequence[PersonsWord] = ()
) -> Iterator[Sequence[int]]:
    """Positions of offers that hang together by shared keys, given in their order, or by a person's word."""
    parents: list[int] = []
    first: dict[int, int] = {}
    owner_of = first.setdefault
    for position, own in enumerate(keys):
        parents.append(position)
        root = position
        for key in own:
            owner = owner_of(key, position)
            if owner != position and parents[owner] != root and (other := _root(parents, owner)) != root:
                root, other = (root, other) if root < other else (other, root)
                parents[other] = root
        parents[position] = root
    del first, owner_of
    if words:
        positions = {traits.listing_id: position for position, traits in enumerate(everything)}
        for word in words:
            if word.one in positions and word.other in positions:
                _join(parents, positions[word.one], positions[word.other])
    groups: dict[int, list[int]] = {}
    for position, parent in enumerate(parents):
        if parent == position:
            groups[position] = [position]
        else:
            groups[_root(parents, parent)].append(position)
    yield from groups.values()


def _root(parents: list[int], position: int) -> int:
    while parents[position] != position:
        parents[position] = parents[parents[position]]
        position = parents[position]
    return position


def _join(parents: list[int], one: int, other: int) -> None:
    one, other = _root(parents, one), _root(parents, other)
    if one != other:
        parents[max(one, other)] = min(one, other)


def solve(
    everything: Sequence[Traits],
    positions: Sequence[int],
    ring: KeyRing,
    words: WordsOf = NO_WORDS,
    places: Places | None = None,
) -> Iterator["Solver"]:
    """Divide what hangs together into homes, one after the other of the parts that are compared among themselves.

    Args:
        everything: all offers.
        positions: those that hang together.
        ring: the keys of all offers.
        words: what persons decided.
        places: what is known of their places; where ``None``, what these listings tell.
    """
    if 1 < len(positions) <= UNDIVIDED:
        keys = [everything[position].key for position in positions]
        positions = [positions[at] for at in sorted(range(len(keys)), key=keys.__getitem__)]
    members = [everything[position] for position in positions]
    survey = Survey(members, list(map(ring.places, positions)), places)
    own_words = told_of(members, words)
    if len(members) <= UNDIVIDED:
        yield Solver(members, own_words, survey, ring, positions).run()
        return
    for part in components(members, survey.keys_with_rooms(map(ring.compared, positions)), own_words):
        if len(part) == 1:
            yield Solver([members[part[0]]], (), survey, ring, [positions[part[0]]])
            continue
        ordered = sorted(part, key=lambda at: members[at].key)
        own = [members[at] for at in ordered]
        told = told_of(own, words)
        yield Solver(own, told, survey.of(ordered), ring, [positions[at] for at in ordered]).run()


Pair = tuple[int, int]
Stands = Callable[[int, int, int], bool]


class Solver:
    """One component on its way. Positions are those of ``members``, which are in the order of their names."""

    def __init__(
        self,
        members: Sequence[Traits],
        words: Sequence[PersonsWord],
        survey: "Survey | None" = None,
        ring: KeyRing | None = None,
        at_ring: Sequence[int] = (),
    ) -> None:
        self.members = members
        self.home_of = list(range(len(members)))
        self.inside: dict[int, list[int]] = {position: [position] for position in range(len(members))}
        self.points: dict[Pair, int | None] = {}
        self.cache: dict[Pair, Weight] = {}
        self.same: list[Pair] = []
        self.doubts: dict[Pair, tuple[Pair, Pair | None]] = {}  # by homes: the pair, and a pair that contradicts
        self.parted: set[Pair] = set()
        self.surveyed = survey or Survey(members)
        self.ring = ring
        self.at_ring = at_ring  # where the keys of each member are on the ring
        self.words: list[tuple[Pair, bool]] = []
        if words:
            at = {traits.listing_id: position for position, traits in enumerate(members)}
            told = [word for word in words if word.one in at and word.other in at]
            self.words = sorted((_pair(at[word.one], at[word.other]), word.is_same) for word in told)

    def run(self) -> Self:
        """Join what is the same, the surest first."""
        if len(self.members) == 1:
            return self
        self.parted = {pair for pair, is_same in self.words if not is_same}
        for pair, is_same in self.words:
            if is_same:
                self._merge(*pair)
        likely = self._likely()
        likely.sort(key=itemgetter(0), reverse=True)  # stable: of one score, the first pair first
        home_of = self.home_of
        for _, pair in likely:
            if home_of[pair[0]] != home_of[pair[1]]:
                self._take(pair, self.decide(pair))
        return self

    def _likely(self) -> list[tuple[int, Pair]]:
        """Pairs that may be of one home, and what they score, in their order."""
        members, points, beside = self.members, self.points, self.surveyed.beside
        found: list[tuple[int, Pair]] = []
        for pair in self.candidates():
            if pair not in points:  # here and not by ``score``: of two pairs one is plainly apart
                at, other_at = pair
                one, other = members[at], members[other_at]
                is_apart = is_plainly_apart(one, other)
                points[pair] = None if is_apart else points_of(one, other, beside(at, other_at))
            score = points[pair]
            if score is not None and score >= UNSURE_FROM:
                found.append((score, pair))
        return found

    def candidates(self) -> list[Pair]:
        """Pairs that share a key, each once and in order."""
        first: dict[Hashable, int] = {}
        blocks: dict[Hashable, list[int]] = {}
        first_of, block_of = first.setdefault, blocks.setdefault
        for position, keys in enumerate(self._keys()):
            for key in keys:
                other = first_of(key, position)
                if other != position:
                    block_of(key, [other]).append(position)
        for room, position in self.surveyed.rooms():
            other = first_of(room, position)
            if other != position:
                block_of(room, [other]).append(position)
        several = set(map(tuple, blocks.values()))
        if len(several) == 1 and len(alone := several.pop()) <= LARGEST_BLOCK:
            return list(combinations(alone, 2))  # in order already
        pairs: set[Pair] = set()
        for block in several:
            if len(block) <= LARGEST_BLOCK:
                pairs.update(combinations(block, 2))
        return sorted(pairs)

    def _keys(self) -> Iterable[Sequence[int]]:
        if self.ring is None:
            return (passing_keys_of(traits).compared for traits in self.members)
        return map(self.ring.compared, self.at_ring)

    def score(self, pair: Pair) -> int | None:
        """What two members score by themselves, found once; ``None`` where a veto parts them."""
        if pair in self.points:
            return self.points[pair]
        one, other = self.members[pair[0]], self.members[pair[1]]
        is_apart = is_plainly_apart(one, other)
        found = self.points[pair] = None if is_apart else points_of(one, other, self.surveyed.beside(*pair))
        return found

    def decide(self, pair: Pair) -> Weight:
        """What two members weigh by themselves, found once."""
        found = self.cache.get(pair)
        if found is None:
            one, other = self.members[pair[0]], self.members[pair[1]]
            score = self.score(pair)
            found = VETOED if score is None else weigh_points(one, other, self.surveyed.beside(*pair), score)
            self.cache[pair] = found
        return found

    def _take(self, pair: Pair, weight: Weight) -> None:
        """Merge the homes of a pair, which are two, unless it is doubtful or something in them contradicts."""
        one, other = self.home_of[pair[0]], self.home_of[pair[1]]
        is_sure = weight.judgement is SAME
        against = self._contradiction(one, other) if is_sure else None
        if against or not is_sure:
            self.doubts.setdefault(_pair(one, other), (pair, against))
            return
        self.same.append(pair)
        self._merge(*pair)

    def _merge(self, one: int, other: int) -> None:
        kept, gone = _pair(self.home_of[one], self.home_of[other])
        if kept == gone:
            return
        moved = self.inside.pop(gone)
        for position in moved:
            self.home_of[position] = kept
        self.inside[kept] += moved

    def _contradiction(self, one: int, other: int) -> Pair | None:
        """Two listings for which two homes cannot be one although two of their listings seem to be."""
        for ours in self.inside[one]:
            for theirs in self.inside[other]:
                pair = (ours, theirs) if ours < theirs else (theirs, ours)
                if self.contradicts(pair):
                    return pair
        return None

    def contradicts(self, pair: Pair) -> bool:
        """Whether two members cannot be of one home, whatever else speaks for it: a veto, a person, two values."""
        points = self.points
        score = points[pair] if pair in points else self.score(pair)
        if score is None or pair in self.parted:
            return True
        one, other = self.members[pair[0]], self.members[pair[1]]
        known = self.cache.get(pair)
        if known is not None and known.judgement is SAME and one.key[0] != other.key[0]:
            return False  # it was asked already; on one platform the source's own word is stronger
        return has_another_value(one, other)

    def homes(self) -> Iterator[list[Traits]]:
        """The members, home by home."""
        for positions in self.inside.values():
            yield [self.members[position] for position in positions]

    def name_homes(self, property_of: dict[int, int]) -> None:
        """Note the home of each member: its lowest id."""
        members = self.members
        for positions in self.inside.values():
            if len(positions) == 1:
                name = members[positions[0]].listing_id
                property_of[name] = name
                continue
            listing_ids = [members[position].listing_id for position in positions]
            property_of.update(dict.fromkeys(listing_ids, min(listing_ids)))

    def told(self, stands: "Stands | None" = None) -> Iterator[Decision]:
        """The decisions that made the homes, and the doubts that are left between them, with their reasons.

        ``stands`` is asked by two ids and the score whether a decision that made a home is known with its reasons: it
        is not told again then.
        """
        for pair in self.same:
            one, other = self.members[pair[0]].listing_id, self.members[pair[1]].listing_id
            if stands is None or not stands(one, other, self.decide(pair).score):
                yield self._explain(pair)
        seen: set[Pair] = set()
        for pair, against in self.doubts.values():
            homes = _pair(self.home_of[pair[0]], self.home_of[pair[1]])
            if homes[0] == homes[1] or homes in seen:
                continue
            seen.add(homes)
            decision = self._explain(pair)
            reasons = decision.reasons if against is None else (self._explain_doubt(against), *decision.reasons)
            yield decision._replace(judgement=Judgement.UNSURE, reasons=reasons)

    def _explain(self, pair: Pair) -> Decision:
        one, other = pair
        return explain(self.members[one], self.members[other], self.surveyed.beside(one, other), self.decide(pair))

    def _explain_doubt(self, pair: Pair) -> str:
        if pair in self.parted:
            return "a person told them apart"
        if self.decide(pair).is_vetoed:
            return f"other listings of them contradict: {self._explain(pair).reasons[0]}"
        return "other listings of them are of two values, or of two owners"


class Survey:
    """What is known of the places of the members of a component: by the members themselves, or by more than these."""

    def __init__(
        self,
        members: Sequence[Traits],
        names: Sequence[Sequence[int]] | None = None,
        places: Places | None = None,
        buildings: Sequence[Building | None] | None = None,
    ) -> None:
        self.members = members
        self.names = [passing_keys_of(traits).places for traits in members] if names is None else names
        self.places = Places() if places is None else places
        if buildings is not None:
            self.buildings = buildings
        elif places is None:
            self.buildings = self.places.add(self.names, members)
        else:
            self.buildings = list(map(places.building_of, self.names, members))

    def of(self, some: Sequence[int]) -> "Survey":
        """The same for some of the members, in this order."""
        members, names, buildings = self.members, self.names, self.buildings
        return Survey(
            [members[at] for at in some], [names[at] for at in some], self.places, [buildings[at] for at in some]
        )

    def beside(self, one: int, other: int) -> Surroundings:
        """What is known of the place of two members."""
        ours, theirs = self.buildings[one], self.buildings[other]
        if ours is None or theirs is None:
            return ALONE
        names, others = self.names[one], self.names[other]
        is_one_place = names is not others and ours == theirs and set(names).isdisjoint(others)
        first, second = self.members[one], self.members[other]
        if first.unit is not None and second.unit is not None:  # then nobody asks how many there are
            return BESIDE_FEW[is_one_place][0]
        units = another = self.places.units_of(ours)
        if ours != theirs:
            another = self.places.units_of(theirs)
        if units.unit_count <= 1 and another.unit_count <= 1:  # then nobody asks for the room's
            return BESIDE_FEW[is_one_place][max(units.unit_count, another.unit_count)]
        rooms = max(units.count_for(first), another.count_for(second))
        return Surroundings(max(units.unit_count, another.unit_count), is_one_place, rooms)

    def keys_with_rooms(self, keys: Iterable["array[int]"]) -> Iterator[Sequence[int]]:
        """The keys of each member, and one of its room."""
        for building, member, own in zip(self.buildings, self.members, keys, strict=True):
            if building is not None:
                own.append(hash((building, member.room, member.is_parking)))
            yield own

    def rooms(self) -> Iterator[tuple[Hashable, int]]:
        """Members by building, under whatever name, and room."""
        crowded = self.places.crowded
        for position, building in enumerate(self.buildings):
            if building is not None:
                member = self.members[position]
                room = building, member.room, member.kind == "parking"
                if not crowded or room not in crowded:
                    yield room, position


BESIDE_FEW = tuple(tuple(Surroundings(count, is_one_place) for count in (0, 1)) for is_one_place in (False, True))
"""What is known of nearly all places, by whether two names are of one and by the number of units."""


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
