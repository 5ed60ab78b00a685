"""The places around what changed, as they were when they were linked and as they are, read piece by piece.

A place may have hundreds of listings. Of most of them only the names matter; of a building who tells a unit, where a
rule asks for its units; of a room who tells it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from store.links import (
    doors_in_rooms,
    place_names,
    place_rows,
    told_in_buildings,
    told_of_places,
)
from tracking.keys import Keys
from tracking.places import Building, Room, Shown, Telling, Units
from tracking.stored_places import StoredPlaces

Edge = tuple[int, int]
"""Two names that one listing tells of its place."""


ToldRoom = tuple[int, str | None, str | None, str | None, str | None]
"""A name of a place, the building in it, then unit, floor and room."""


class _PlacesNow(StoredPlaces):
    """The same as they are now: what is stored without what is lost, and what is new."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.lost: set[ToldRoom] = set()
        self.new: dict[Building, set[Shown]] = defaultdict(set)  # by each name of the place

    def _shown_in(self, building: Building) -> Iterable[Shown]:
        root, number = building
        shown = set(super()._shown_in(building))
        if self.lost:
            kept = ((name, each) for name in self.names_of(root) for each in self.told[name, number])
            shown = {each for name, each in kept if (name, number, *each) not in self.lost}
        for name in self.names_of(root):
            shown |= self.new.get((name, number), set())
        return shown


class Surveys:
    """Places before and now, where some listings tell otherwise than before, or for the first time.

    Args:
        connection: to what is stored, which is as it was.
        old: what the listings told that changed, by their ids.
        new: what they tell now.
    """

    def __init__(self, connection: Connection, old: Mapping[int, Telling], new: Mapping[int, Telling]) -> None:
        self._connection = connection
        self._moved = {each for each in old.keys() | new.keys() if old.get(each) != new.get(each)}
        self._old = [telling for listing_id, telling in old.items() if listing_id in self._moved]
        self._new = [telling for listing_id, telling in new.items() if listing_id in self._moved]
        self.before = StoredPlaces(connection)
        self.now = _PlacesNow(connection)
        self.now.told = self.before.told  # read once for both
        self._new_edges: dict[int, list[int]] = defaultdict(list)
        for one, other in _edges_of(self._new):
            self._new_edges[one].append(other)
            self._new_edges[other].append(one)
        self._read: set[int] = set()
        self._used: set[int] = set()  # names that some stored listing tells
        self._edges: set[Edge] = set()
        self._gone = self._find_gone()
        self.read(name for told in (old, new) for telling in told.values() for name in telling.names)
        self._rooms: dict[Room, tuple[list[int], list[int]]] = {}
        self._kept: set[ToldRoom] = set()  # what others tell of the rooms that were looked up
        self._look_up({*map(self.room_of, self._new), *self.left_rooms()})
        self._touched = self._find_touched()

    def _find_touched(self) -> set[Building]:
        """Buildings, by each name, of which a room in a unit is told that was not, or is not told any more."""
        self.now.lost = set(_told_rooms(self._old)) - self._kept
        fresh = set(_told_rooms(self._new)) - self._kept
        for name, number, unit, floor, room in fresh:
            self.now.new[name, number].add((unit, floor, room))
        return {(name, number) for name, number, *_ in fresh | self.now.lost}

    def _find_gone(self) -> set[Edge]:
        """Pairs of names that nobody tells together any more."""
        lost = set(_edges_of(self._old)) - set(_edges_of(self._new))
        for place, listing_id, other, *_ in place_rows(self._connection, {edge[0] for edge in lost}):
            if other is not None and listing_id not in self._moved:
                lost.discard((place, other))
        return lost

    def read(self, names: Iterable[int]) -> None:
        """Read places under these names and all others that they have."""
        wanted = set(names) - self._read
        edges: set[Edge] = set()
        fresh: set[int] = set()
        while wanted:
            self._read |= wanted
            others: set[int] = set()
            for name, other in place_names(self._connection, wanted):
                self._used.add(name)
                if other is not None:
                    edges.add((name, other) if name < other else (other, name))
                    others.add(other)
            for name in wanted & self._new_edges.keys():
                others.update(self._new_edges[name])
            fresh |= wanted
            wanted = others - self._read
        self._edges |= edges
        self.before.join(edges)
        self.now.join(edges - self._gone)
        self.now.join((name, other) for name in fresh & self._new_edges.keys() for other in self._new_edges[name])

    def affected(self) -> set[int]:
        """Listings that tell what they told, and of whose place other facts are known than before."""
        return self._in_other_company() | self._beside_other_units()

    def _in_other_company(self) -> set[int]:
        """Those whose building under all its names is now that of more listings, or of less."""
        changed = self._gone | {edge for edge in _edges_of(self._new) if edge not in self._edges}
        names = {name for edge in changed for end in edge for name in self._all_names_of(end)}
        if not self._gone and len({self.before.root(name) for name in names & self._used}) < 2:
            return set()
        both: dict[int, tuple[Building, Building]] = {}
        were: dict[Building, set[Building]] = defaultdict(set)
        are: dict[Building, set[Building]] = defaultdict(set)
        for place, listing_id, _, building, *_ in place_rows(self._connection, names):
            if listing_id not in self._moved:
                before, now = (self.before.root(place), building), (self.now.root(place), building)
                both[listing_id] = before, now
                were[now].add(before)
                are[before].add(now)
        return {each for each, (before, now) in both.items() if len(were[now]) > 1 or len(are[before]) > 1}

    def _all_names_of(self, name: int) -> frozenset[int]:
        return self.before.names_of(name) | self.now.names_of(name)

    def _beside_other_units(self) -> set[int]:
        """Those for which the building, or the room in it, has another number of units."""
        touched = {(other, number) for name, number in self._touched for other in self._all_names_of(name)}
        self.before.read_units(touched)
        other = {each for each in touched if self._units_before(each) != self._units_now(each)}
        found = set()
        for row in told_in_buildings(self._connection, {(name, building or "") for name, building in other}):
            telling = _telling(row)
            if telling.listing_id not in self._moved:
                here = telling.names[0], telling.building
                before, now = self._units_before(here), self._units_now(here)
                if before.unit_count != now.unit_count or before.count_for(telling) != now.count_for(telling):
                    found.add(telling.listing_id)
        return found

    def _units_before(self, building: Building) -> Units:
        return self.before.units_of((self.before.root(building[0]), building[1]))

    def _units_now(self, building: Building) -> Units:
        return self.now.units_of((self.now.root(building[0]), building[1]))

    def room_of(self, telling: Telling) -> Room:
        """The room of a listing, as it is now, under the name that gathers all others."""
        return (self.now.root(telling.names[0]), telling.building), telling.room, telling.is_parking

    def left_rooms(self) -> set[Room]:
        """Rooms that listings told that tell otherwise now, under each of the names that they used."""
        return {
            ((self.now.root(name), telling.building), telling.room, telling.is_parking)
            for telling in self._old
            for name in telling.names
        }

    def in_rooms(self, rooms: Collection[Room]) -> dict[Room, tuple[list[int], list[int]]]:
        """Who tells these rooms: before, and now. Their names must be read."""
        self._look_up(rooms - self._rooms.keys())
        return {room: self._rooms[room] for room in rooms}

    def _look_up(self, rooms: Collection[Room]) -> None:
        found: dict[Room, tuple[list[int], list[int]]] = {room: ([], []) for room in rooms}
        wanted = {
            (name, building or "", room or "")
            for (root, building), room, _ in rooms
            for name in self.now.names_of(root)
        }
        seen: set[tuple[Room, int]] = set()  # a listing with two names stands under both
        for place, listing_id, building, unit, floor, number, is_parking in doors_in_rooms(self._connection, wanted):
            is_moved = listing_id in self._moved
            if unit is not None and not is_moved:
                self._kept.add((place, building, unit, floor, number))
            room = (self.now.root(place), building), number, bool(is_parking)
            if room in found and (room, listing_id) not in seen:
                seen.add((room, listing_id))
                before, now = found[room]
                before.append(listing_id)
                if not is_moved:
                    now.append(listing_id)
        for telling in self._new:
            room = self.room_of(telling)
            if room in found:
                found[room][1].append(telling.listing_id)
        self._rooms |= found


def _told_rooms(tellings: Iterable[Telling]) -> Iterator[ToldRoom]:
    for telling in tellings:
        if telling.unit is not None and telling.room is not None:
            for name in telling.names:
                yield name, telling.building, telling.unit, telling.floor, telling.room


def _edges_of(tellings: Iterable[Telling]) -> Iterator[Edge]:
    for telling in tellings:
        if len(telling.names) > 1:
            one, other = telling.names
            yield (one, other) if one < other else (other, one)


def _telling(row: Sequence[Any]) -> Telling:
    place, listing_id, other, building, unit, floor, room, is_parking = row
    names = (place,) if other is None else (place, other)
    return Telling(listing_id, names, building, unit, floor, room, bool(is_parking))


def stored_tellings(connection: Connection, keys: Mapping[int, Keys]) -> dict[int, Telling]:
    """What listings told of their places when they were linked, by their keys."""
    told = {(own.places[0], listing_id): own.places for listing_id, own in keys.items() if own.places}
    found = {}
    for row in told_of_places(connection, told):
        telling = _telling(row)
        found[telling.listing_id] = telling._replace(names=tuple(dict.fromkeys(told[row[0], row[1]])))
    return found
