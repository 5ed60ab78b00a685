"""Which homes listings are of that are not stored: what the linker says of each, found without writing anything.

Each is looked at by itself, beside all that is linked: candidates by shared keys and rooms, points, and the veto of any
listing of a home. The rules are those of ``tracking.link``; but new listings do not find each other here, nor tell
together what a place is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection

from store.identity import is_another_thing
from store.links import (
    doors_in_rooms,
    homes_by_name,
    homes_keys_and_traits,
    is_linked_by_others,
    listings_by_key,
    members_of_homes,
    other_names,
)
from store.statement import Statement
from store.terms import Judgement
from tracking.alike import ALONE, Surroundings, is_plainly_apart
from tracking.apart import has_another_value
from tracking.doors import at_no_other_door, door_of
from tracking.errors import NotLinked
from tracking.evidence import UNSURE_FROM, Decision
from tracking.keys import collector_at_rest, lasting_keys_of, unpack_places
from tracking.link import BESIDE_FEW, LARGEST_BLOCK, LINKER_VERSION
from tracking.offers import Offer, load_offers, statement_of
from tracking.places import Units, count_units
from tracking.stored_places import StoredPlaces
from tracking.traits import Traits, traits_of
from tracking.traits_packed import unpack_traits
from tracking.weighing import explain, points_of, weigh_points

NOBODY: frozenset[int] = frozenset()

AT_ONE_GO = 5_000
"""Offers that are looked up by the same queries: a page of an index that several need is read once."""


class Match(NamedTuple):
    """What was found for one offer.

    Attributes:
        offer: the one that was asked about.
        judgement: same: it is of the home; unsure: it may be; different: of none that is known.
        home: the property; of several that it would join, the surest. ``None`` also where it is stored and not linked.
        listing_id: the listing of the home that it is most like, or the offer itself where it is stored.
    """

    offer: Offer
    judgement: Judgement = Judgement.DIFFERENT
    home: int | None = None
    listing_id: int | None = None
    pair: tuple[Traits, Traits, Surroundings, int] | None = None  # offer and listing, or the other way round

    def decide(self) -> Decision | None:
        """The pair of the offer and the listing in the linker's words; ``None`` where nothing is like it."""
        if self.pair is None:
            return None
        one, other, beside, score = self.pair
        return explain(one, other, beside, weigh_points(one, other, beside, score))


def match_offers(connection: Connection, offers: Iterable[Offer]) -> Iterator[Match]:
    """What is found for each offer, in their order.

    Raises:
        NotLinked: another version of the linker linked what is stored.
    """
    if is_linked_by_others(connection, LINKER_VERSION):
        raise NotLinked("another version linked what is stored; first run: fapai link")
    arriving = iter(offers)
    while found := _match_next(connection, arriving):
        yield from found


def _match_next(connection: Connection, offers: Iterator[Offer]) -> list[Match]:
    """Of the next batch. The collector does not rest while whoever asked does something with what was found."""
    with collector_at_rest():
        return _Batch(connection, islice(offers, AT_ONE_GO)).matches()


class _Asked:
    """One offer, and what is known around it."""

    __slots__ = ("compared", "names", "near", "offer", "others", "place", "points", "traits")

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.traits = traits_of(offer)
        self.compared, self.names = lasting_keys_of(self.traits)
        self.place = self.others = NOBODY  # all names of its place, with those that it joins itself; without its own
        self.near: Sequence[Traits] = ()  # those that are compared with it and lie at no other door
        self.points: dict[int, int | None] = {}  # by listing; ``None``: a veto


Likely = tuple[int, tuple[str, str, int], Traits]
"""What a listing scores, less than nothing, and its name: so of one score the first by its name comes first."""

Room = tuple[int, str, str, bool]
"""A name of a place, building and room (``""``: not told), and whether it is a parking space."""


class _Batch:
    """Some thousands of offers on their way."""

    def __init__(self, connection: Connection, offers: Iterable[Offer]) -> None:
        self._connection = connection
        self._asked = list(map(_Asked, offers))
        self._places = StoredPlaces(connection)
        self._named: set[int] = set()  # names of places that were read
        self._traits: dict[int, Traits] = {}
        self._linked: dict[int, tuple[int, bytes]] = {}  # home and packed keys by listing
        self._homes: dict[int, list[int]] = defaultdict(list)
        self._itself = self._read_stored()  # offers that are stored: listing, home and words, by source and id

    def matches(self) -> list[Match]:
        """What is found for each."""
        self._read_names(name for asked in self._asked for name in asked.names)
        for asked in self._asked:
            asked.place = NOBODY.union(*map(self._places.names_of, asked.names))
            asked.others = asked.place.difference(asked.names)
        self._compare(self._candidates())
        likely = list(map(self._likely, self._asked))
        self._read_units((asked, found[0][-1]) for asked, found in zip(self._asked, likely, strict=True) if found)
        self._read_homes({self._linked[other.listing_id][0] for found in likely for *_, other in found})
        return list(map(self._match, self._asked, likely))

    def _read_stored(self) -> dict[tuple[str, str], tuple[int, int | None, Statement]]:
        found: dict[tuple[str, str], tuple[int, int | None]] = {}
        names = {asked.traits.key[:2] for asked in self._asked}
        for source, name, listing_id, home in homes_by_name(self._connection, names):
            found[source, name] = listing_id, home  # of several generations the newest comes last
        said = {
            offer.listing_id: statement_of(offer)
            for offer in load_offers(self._connection, {each for each, _ in found.values()}, with_parts=False)
        }
        return {name: (each, home, said[each]) for name, (each, home) in found.items()}

    def _candidates(self) -> list[list[int]]:
        """The listings that share a key or a room with each offer, but for those that their doors tell apart."""
        blocks: dict[int, list[int]] = defaultdict(list)
        doors: dict[int, int] = {}
        for key, listing_id, door in listings_by_key(
            self._connection, {key for asked in self._asked for key in asked.compared}
        ):
            blocks[key].append(listing_id)
            doors[listing_id] = door
        for key in [key for key, block in blocks.items() if len(block) >= LARGEST_BLOCK]:  # the offer is one more
            del blocks[key]
        rooms = self._rooms()
        found = []
        for asked, in_room in zip(self._asked, rooms, strict=True):
            shared = in_room.union(*[blocks[key] for key in asked.compared if key in blocks])
            found.append(at_no_other_door(door_of(asked.traits), shared, doors) if shared else [])
        return found

    def _rooms(self) -> list[set[int] | frozenset[int]]:
        """Who tells the room of each offer under a name of its place under which no key finds it."""
        wanted = list(map(_rooms_of, self._asked))
        rooms: dict[Room, list[int]] = defaultdict(list)
        told = doors_in_rooms(self._connection, {room[:-1] for own in wanted for room in own})
        for place, listing_id, building, _, _, room, is_parking in told:
            rooms[place, building or "", room or "", bool(is_parking)].append(listing_id)
        found = [set().union(*[rooms[room] for room in own if room in rooms]) if own else NOBODY for own in wanted]
        return [each if len(each) < LARGEST_BLOCK else NOBODY for each in found]

    def _compare(self, candidates: Sequence[Collection[int]]) -> None:
        """Note what each offer is to be weighed against."""
        self._read_listings(set().union(*candidates))
        known = self._traits
        for asked, ids in zip(self._asked, candidates, strict=True):
            asked.near = [known[each] for each in ids if each in known]  # or it is gone, and left a key

    def _read_listings(self, listing_ids: Collection[int]) -> None:
        """Read homes and keys of listings, and what they were compared by; they are parsed where that is not kept."""
        unread: list[int] = []
        told = homes_keys_and_traits(self._connection, listing_ids, LINKER_VERSION)
        for listing_id, property_id, keys, traits in told:
            self._linked[listing_id] = property_id, keys
            if traits is None:
                unread.append(listing_id)
            else:
                self._traits[listing_id] = unpack_traits(traits)
        for offer in load_offers(self._connection, unread):
            self._traits[offer.listing_id] = traits_of(offer)

    def _read_names(self, names: Iterable[int]) -> None:
        """Read places under these names and all others that they have."""
        wanted = set(names) - self._named
        while wanted:
            self._named |= wanted
            told = list(other_names(self._connection, wanted))
            self._places.join(told)
            wanted = {other for _, other in told} - self._named

    def _read_units(self, pairs: Iterable[tuple[_Asked, Traits]]) -> None:
        """Read at one go what the rules will ask for of an offer and the listing that it is most like."""
        asked_for = [
            (asked, other, names[0])
            for asked, other in pairs
            if asked.names and (asked.traits.unit is None or other.unit is None) and (names := self._names_of(other))
        ]
        self._read_names(name for asked, _, name in asked_for if name not in asked.place)
        theirs = {(name, other.building) for _, other, name in asked_for}
        ours = {(name, asked.traits.building) for asked, _, _ in asked_for for name in asked.names}
        self._places.read_units(ours | theirs)

    def _names_of(self, other: Traits) -> Sequence[int]:
        """The names of the place of a listing."""
        return unpack_places(self._linked[other.listing_id][1])

    def _are_two_names(self, asked: _Asked, other: Traits) -> bool:
        """Whether an offer and a listing tell two names of one place: all that points depend on."""
        if not asked.others or asked.traits.building != other.building:
            return False
        names = self._names_of(other)
        return bool(names) and names[0] in asked.others and set(asked.names).isdisjoint(names)

    def _beside(self, asked: _Asked, other: Traits) -> Surroundings:
        """What is known of the place of an offer and a listing."""
        ours, names = asked.traits, self._names_of(other)
        if not asked.names or not names:
            return ALONE
        are_two_names = self._are_two_names(asked, other)
        if ours.unit is not None and other.unit is not None:  # then nobody asks how many there are
            return BESIDE_FEW[are_two_names][0]
        units = another = self._units_beside(asked, ours.building)
        if names[0] not in asked.place:
            self._read_names(names[:1])
            another = self._places.units_of((self._places.root(names[0]), other.building))
        elif ours.building != other.building:
            another = self._units_beside(asked, other.building)
        rooms = max(units.count_for(ours), another.count_for(other))
        return Surroundings(max(units.unit_count, another.unit_count), are_two_names, rooms)

    def _units_beside(self, asked: _Asked, building: str | None) -> Units:
        """The units of a building at the place of an offer, with what the offer tells itself."""
        traits, told = asked.traits, self._places.told
        buildings = [(name, building) for name in asked.place]
        if not all(map(told.__contains__, buildings)):
            self._places.read_units(buildings)
        shown = set().union(*map(told.__getitem__, buildings))
        if traits.unit is not None and traits.room is not None and traits.building == building:
            shown.add((traits.unit, traits.floor, traits.room))
        return count_units(shown)

    def _score(self, asked: _Asked, other: Traits) -> int | None:
        """What an offer and a listing score; ``None`` where a veto parts them."""
        one, two = _in_order(asked.traits, other)
        return points_of(one, two, BESIDE_FEW[self._are_two_names(asked, other)][0])

    def _likely(self, asked: _Asked) -> list[Likely]:
        """The listings that an offer may be of one home with, and what they score; the likeliest first."""
        found = []
        for other in asked.near:
            score = asked.points[other.listing_id] = self._score(asked, other)
            if score is not None and score >= UNSURE_FROM:
                found.append((-score, other.key, other))
        found.sort()
        return found

    def _read_homes(self, property_ids: Collection[int]) -> None:
        """Read all listings of homes."""
        for property_id, listing_id in members_of_homes(self._connection, property_ids):
            self._homes[property_id].append(listing_id)
        self._read_listings({each for home in self._homes.values() for each in home} - self._linked.keys())

    def _match(self, asked: _Asked, likely: Sequence[Likely]) -> Match:
        """Take the home of what is the same, the surest first, as ``tracking.link.Solver`` does."""
        if (itself := self._itself.get(asked.traits.key[:2])) is not None:
            listing_id, home, said = itself
            if not is_another_thing(said, statement_of(asked.offer)):
                return Match(asked.offer, Judgement.SAME, home, listing_id)
        sure: set[int] = set()  # listings that are the same by themselves
        doubtful: Match | None = None
        for penalty, _, other in likely:
            score = -penalty
            home = self._linked[other.listing_id][0]
            one, two, beside = *_in_order(asked.traits, other), self._beside(asked, other)
            found = home, other.listing_id, (one, two, beside, score)
            if weigh_points(one, two, beside, score).judgement is Judgement.SAME:
                sure.add(other.listing_id)
                if not self._is_contradicted(asked, home, sure):
                    return Match(asked.offer, Judgement.SAME, *found)
            doubtful = doubtful or Match(asked.offer, Judgement.UNSURE, *found)
        return doubtful or Match(asked.offer)

    def _is_contradicted(self, asked: _Asked, home: int, sure: Collection[int]) -> bool:
        """Whether any listing of a home cannot be of one home with an offer."""
        ours, points = asked.traits, asked.points
        for listing_id in self._homes[home]:
            other = self._traits[listing_id]
            if listing_id not in points:
                points[listing_id] = None if is_plainly_apart(ours, other) else self._score(asked, other)
            if points[listing_id] is None:
                return True
            if listing_id in sure and ours.key[0] != other.key[0]:
                continue  # it was asked already; on one platform the source's own word is stronger
            if has_another_value(*_in_order(ours, other)):
                return True
        return False


def _rooms_of(asked: _Asked) -> Sequence[Room]:
    """Where an offer lies, by the names of its place under which no key finds who lies there too.

    Under its own names the keys do, but for those of a compound that is named after its district: who leaves the
    district out has another key.
    """
    traits = asked.traits
    names = asked.place if _is_named_after_district(traits) else asked.others
    return [(name, traits.building or "", traits.room or "", traits.is_parking) for name in names]


def _is_named_after_district(traits: Traits) -> bool:
    """Whether a compound may have its district's name in front."""
    if traits.compound is None:
        return False
    return traits.district is None or traits.compound[0] == traits.district[0]


def _in_order(one: Traits, other: Traits) -> tuple[Traits, Traits]:
    """Two in the order of their names, in which the linker weighs them."""
    return (one, other) if one.key < other.key else (other, one)
