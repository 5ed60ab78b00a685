"""What a crawl touched, and what hangs on it: the listings of which the homes can be other than they are stored.

A listing's home depends on the listings that it is compared with, theirs in turn, and on three facts of its place that
others tell as well: the units of its building, those of its room, and the names of the place (``tracking.places``).
Where these facts are as they were, the rest of the place needs no look.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from store.links import LinkedState, linked_states, listings_with_keys, place_rows
from tracking.keys import NO_KEYS, KeyRing, Keys, lasting_keys_of, unpack_keys
from tracking.link import PersonsWord
from tracking.places import Building, Places, Telling, Units, telling_of
from tracking.traits import Traits

Room = tuple[Building, str | None, bool]


class Closure:
    """Grows from listings with other traits than they were linked with, or new ones, until nothing is added."""

    def __init__(self, connection: Connection, changed: Mapping[int, Traits], words: Iterable[PersonsWord]) -> None:
        self._connection = connection
        self._changed = changed
        self.keys = {listing_id: lasting_keys_of(traits) for listing_id, traits in changed.items()}
        self.old_keys: dict[int, Keys] = {}
        self.states: dict[int, LinkedState] = {}  # what listings were linked by; none of those that were not
        self.wanted: set[int] = set()
        self._beside: dict[int, set[int]] = defaultdict(set)
        for word in words:
            self._beside[word.one].add(word.other)
            self._beside[word.other].add(word.one)
        self._surveys = _Surveys(connection, changed, self.keys)
        self._asked: set[int] = set()

    @property
    def places(self) -> Places:
        """The places of all that is found, as they are now."""
        return self._surveys.now.places

    def listings(self, also: Collection[int] = ()) -> set[int]:
        """All listings to link anew: the changed ones, ``also``, and what hangs on them."""
        fresh = {*self._changed, *also}
        self._learn(fresh)
        fresh |= self._surveys.affected()
        known: set[int] = set()
        while fresh:
            known |= fresh
            self._learn(fresh)
            fresh = self._beside_of(fresh) - known
        self.wanted = known
        return known

    def joining(self, ring: KeyRing) -> Iterator[Sequence[int]]:
        """The keys of each offer on a ring, and its place under the name that gathers all others."""
        for position, own in enumerate(ring):
            places = ring.places(position)
            if places:
                own.append(self.places.root(places[0]))
            yield own

    def _learn(self, listing_ids: Collection[int]) -> None:
        """Read the keys of listings, and all that is told of their places."""
        unknown = [each for each in listing_ids if each not in self.old_keys]
        states = linked_states(self._connection, unknown)
        self.states.update(states)
        for listing_id in unknown:
            state = states.get(listing_id)
            self.old_keys[listing_id] = unpack_keys(state.keys) if state else NO_KEYS
            self.keys.setdefault(listing_id, self.old_keys[listing_id])
        both = (self.keys, self.old_keys)
        self._surveys.read({name for keys in both for listing_id in unknown for name in keys[listing_id].places})

    def _beside_of(self, listing_ids: Collection[int]) -> set[int]:
        """Those that share a key, a room or a person's word with these, now or before."""
        both = (self.keys, self.old_keys)
        keys = {key for own in both for listing_id in listing_ids for key in own[listing_id].compared}
        found = listings_with_keys(self._connection, keys - self._asked)
        self._asked |= keys
        for listing_id in listing_ids:
            found |= self._beside.get(listing_id, set())
            found.update(self._surveys.in_room_of(listing_id))
        return found


class _Survey:
    """Places at one time: who tells what."""

    def __init__(self) -> None:
        self.places = Places()
        self.rooms: dict[int, Room] = {}
        self._tellings: dict[int, Telling] = {}
        self._in_room: dict[Room, list[int]] = {}

    def add(self, tellings: Sequence[Telling]) -> None:
        """What all listings of some more places tell."""
        buildings = self.places.add([telling.names for telling in tellings], tellings)
        for building, telling in zip(buildings, tellings, strict=True):
            if building is None:
                continue
            room = self.rooms[telling.listing_id] = building, telling.room, telling.is_parking
            self._in_room.setdefault(room, []).append(telling.listing_id)
            self._tellings[telling.listing_id] = telling

    def in_room_of(self, listing_id: int) -> Sequence[int]:
        """The listings of the same room."""
        room = self.rooms.get(listing_id)
        return self._in_room[room] if room else ()

    def knows_of(self, building: Building) -> tuple[frozenset[int], Units]:
        """All that is known of a building."""
        return self.places.names_of(building), self.places.units_of(building)

    def facts_of(self, listing_id: int) -> tuple[frozenset[int], int, int]:
        """What a listing's home depends on beside the listings that it is compared with."""
        building, places = self.rooms[listing_id][0], self.places
        units = places.units_of(building)
        return places.names_of(building), units.unit_count, units.count_for(self._tellings[listing_id])


class _Surveys:
    """The places that matter, as they were when they were linked, and as they are."""

    def __init__(self, connection: Connection, changed: Mapping[int, Traits], keys: Mapping[int, Keys]) -> None:
        self._connection = connection
        self._new = {
            listing_id: telling_of(traits, keys[listing_id].places)
            for listing_id, traits in changed.items()
            if keys[listing_id].places
        }
        self._changed = changed
        self._new_by_name: dict[int, list[Telling]] = defaultdict(list)
        for telling in self._new.values():
            for name in telling.names:
                self._new_by_name[name].append(telling)
        self._read: set[int] = set()
        self.before, self.now = _Survey(), _Survey()

    def read(self, names: Iterable[int]) -> None:
        """Read places, with all their other names."""
        stored: dict[int, Telling] = {}
        new: dict[int, Telling] = {}
        wanted = set(names) - self._read
        while wanted:
            self._read |= wanted
            others: set[int] = set()
            for telling in _tellings(place_rows(self._connection, wanted)):
                stored[telling.listing_id] = telling
                others.update(telling.names)
            for name in wanted:
                for telling in self._new_by_name.get(name, ()):
                    new[telling.listing_id] = telling
                    others.update(telling.names)
            wanted = others - self._read
        self.before.add(list(stored.values()))
        kept = [each for listing_id, each in stored.items() if listing_id not in self._changed]
        self.now.add([*kept, *new.values()])

    def affected(self) -> set[int]:
        """Listings that did not change and of whose place other facts are known than before."""
        before, now, changed = self.before, self.now, self._changed
        is_known_alike: dict[tuple[Building, Building], bool] = {}
        found = set()
        for listing_id, room in now.rooms.items():
            if listing_id in changed:
                continue
            both = before.rooms[listing_id][0], room[0]
            is_alike = is_known_alike.get(both)
            if is_alike is None:  # asked once for all listings of a building
                is_alike = is_known_alike[both] = before.knows_of(both[0]) == now.knows_of(both[1])
            if not is_alike and before.facts_of(listing_id) != now.facts_of(listing_id):
                found.add(listing_id)
        return found

    def in_room_of(self, listing_id: int) -> Iterator[int]:
        """The listings of the same room, now or before."""
        yield from self.before.in_room_of(listing_id)
        yield from self.now.in_room_of(listing_id)


def _tellings(rows: Iterable[tuple[Any, ...]]) -> Iterator[Telling]:
    for place, listing_id, other, building, unit, floor, room, is_parking in rows:
        names = (place,) if other is None else (place, other)
        yield Telling(listing_id, names, building, unit, floor, room, bool(is_parking))
