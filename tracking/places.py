"""What listings tell together of a place: its names, and the units of its buildings.

Three things of a pair are not told by the pair: whether a unit that one leaves out matters, in how many units the room
may be, and whether a compound and a road number are one place. All listings of the place tell it, linked or not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from tracking.traits import Traits

LEAST_DOORS = 4
"""Ends of rooms that must be known before a building is believed to count its rooms on from unit to unit."""

TWINS_OF_A_STOCK = 3
"""Rooms shown in two units of a building from which on all of its flats are believed to be for sale."""

Building = tuple[int, str | None]
"""One name of the place under which all are gathered, and the building in it."""


class Telling(NamedTuple):
    """What one listing with a room tells of its place. ``names``: keys of the names that it uses."""

    listing_id: int
    names: tuple[int, ...]
    building: str | None
    unit: str | None
    floor: str | None
    room: str | None
    is_parking: bool


def telling_of(traits: Traits, names: Sequence[int]) -> Telling:
    """What an offer tells of the place with these names."""
    told = (traits.building, traits.unit, traits.floor, traits.room, traits.is_parking)
    return Telling(traits.listing_id, tuple(names), *told)


Door = Traits | Telling
"""What tells of a listing with a room where it lies in its place."""


class Units(NamedTuple):
    """The units of a building: how many a room of it can be in, and in how many those are that are in several."""

    unit_count: int = 0
    by_room: Mapping["FloorAndRoom", int] = {}
    is_stock: bool = False

    def count_for(self, door: Door) -> int:
        """In how many units the room of a listing in the building may be: where a stock is sold, in two."""
        return 2 if self.is_stock else self.by_room.get((door.floor, door.room), 1)


FloorAndRoom = tuple[str | None, str | None]
"""The floor, where the number does not hold it, and the number."""

NO_UNITS = Units()


Shown = tuple[str | None, str | None, str | None]
"""Unit, floor and room of a listing that tells at least the first and the last."""

Room = tuple[Building, str | None, bool]
"""A room of a building, or a parking space."""


class Places:
    """Places under all their names. What is added together must hold all listings of its places, of each name."""

    crowded: Collection[Room] = ()
    """Rooms that more listings tell than are compared with each other, where that is found out elsewhere."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}
        self._names: dict[int, frozenset[int]] = {}  # by root, where there are several
        self._buildings: dict[Building, Building] = {}
        self._shown: dict[Building, list[Shown]] = {}
        self._units: dict[Building, Units] = {}

    def add(self, names: Sequence[Sequence[int]], doors: Sequence[Door]) -> list[Building | None]:
        """What the listings of some more places tell; the building of each, ``None`` where it names no place.

        Args:
            names: of the place, by listing.
            doors: where in it.
        """
        self.join(set(map(tuple, names)))
        buildings = list(map(self.building_of, names, doors))
        for building, door in zip(buildings, doors, strict=True):
            if building is not None and door.unit is not None and door.room is not None:
                self._shown.setdefault(building, []).append((door.unit, door.floor, door.room))
        return buildings

    def join(self, names: Iterable[Sequence[int]]) -> None:
        """Names that are those of one place, together."""
        for own in names:
            if len(own) > 1:
                first = self.root(own[0])
                for name in own[1:]:
                    self._join(first, self.root(name))

    def building_of(self, names: Sequence[int], door: Door) -> Building | None:
        """The building of a listing; the same tuple for all of one. ``None`` where it names no place."""
        if not names:
            return None
        name = names[0]
        building = self.root(name) if name in self._parents else name, door.building
        return self._buildings.setdefault(building, building)

    def _join(self, root: int, other: int) -> None:
        if root != other:
            self._names[root] = self.names_of(root) | self.names_of(other)
            self._parents[other] = root

    def root(self, name: int) -> int:
        """The name under which all names of its place are gathered."""
        parents = self._parents
        while (parent := parents.get(name, name)) != name:
            name = parent
        return name

    def names_of(self, name: int) -> frozenset[int]:
        """All names of the place with this one."""
        root = self.root(name)
        return self._names.get(root) or frozenset((root,))

    def units_of(self, building: Building) -> Units:
        """The units of a building, as far as listings show them."""
        found = self._units.get(building)
        if found is None:
            found = self._units[building] = count_units(self._shown_in(building))
        return found

    def _shown_in(self, building: Building) -> Iterable[Shown]:
        return self._shown.get(building, ())


def count_units(shown: Iterable[Shown]) -> Units:
    """Of a building in which rooms are counted on from unit to unit a room can be in one.

    101 and 102 in unit 1, 103 and 104 in unit 2: then no two units have rooms with one end.
    """
    doors: dict[str, set[str]] = defaultdict(set)  # units by ends of rooms
    rooms: dict[FloorAndRoom, set[str]] = defaultdict(set)
    for unit, floor, room in set(shown):
        if unit is not None and room is not None:
            doors[room[-2:]].add(unit)
            rooms[floor, room].add(unit)
    if not doors:
        return NO_UNITS
    units = set().union(*doors.values())
    if len(doors) >= LEAST_DOORS and all(len(each) == 1 for each in doors.values()):
        return Units(min(len(units), 1))
    twins = {room: len(each) for room, each in rooms.items() if len(each) > 1}
    return Units(len(units), twins, len(twins) >= TWINS_OF_A_STOCK)
