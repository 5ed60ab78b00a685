"""What listings tell together of a place: its names, and the units of its buildings.

Two things of a pair are not told by the pair: whether a unit that one leaves out matters, and whether a compound and
a road number are one place. Both are known by all listings of the place, linked or not.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tracking.traits import Traits

LEAST_DOORS = 4
"""Ends of rooms that must be known before a building is believed to count its rooms on from unit to unit."""

Building = tuple[int, str | None]
"""One name of the place under which all are gathered, and the building in it."""


class Telling(NamedTuple):
    """What one listing with a room tells of its place. ``names``: keys of the names that it uses."""

    listing_id: int
    names: tuple[int, ...]
    building: str | None
    unit: str | None
    room: str | None
    is_parking: bool


def telling_of(traits: Traits, names: Sequence[int]) -> Telling:
    """What an offer tells of the place with these names."""
    return Telling(traits.listing_id, tuple(names), traits.building, traits.unit, traits.room, traits.is_parking)


class Places:
    """Places under all their names. What is added together must hold all listings of its places, of each name."""

    def __init__(self, tellings: Iterable[Telling] = ()) -> None:
        self._parents: dict[int, int] = {}
        self._names: dict[int, frozenset[int]] = {}  # by root, where there are several
        self._doors: dict[Building, dict[str, set[str]]] = {}  # units by ends of rooms
        self._unit_counts: dict[Building, int] = {}
        self.add([telling for telling in tellings if telling.names])

    def add(self, tellings: Sequence[Telling]) -> list[Building]:
        """What the listings of some more places tell; the building of each."""
        for telling in tellings:
            if len(telling.names) > 1:
                first = self.root(telling.names[0])
                for name in telling.names[1:]:
                    self._join(first, self.root(name))
        buildings = []
        for telling in tellings:
            building = self.building_of(telling)
            buildings.append(building)
            if telling.unit is not None and telling.room is not None:
                doors = self._doors.setdefault(building, {})
                doors.setdefault(telling.room[-2:], set()).add(telling.unit)
        return buildings

    def _join(self, root: int, other: int) -> None:
        if root != other:
            self._parents[other] = root
            self._names[root] = self.names_of((root, None)) | self.names_of((other, None))

    def root(self, name: int) -> int:
        """The name under which all names of its place are gathered."""
        parents = self._parents
        while (parent := parents.get(name, name)) != name:
            name = parent
        return name

    def names_of(self, building: Building) -> frozenset[int]:
        """All names of the place in which a building stands."""
        root = building[0]
        return self._names.get(root) or frozenset((root,))

    def building_of(self, telling: Telling) -> Building:
        """The building of a listing that names its place."""
        return self.root(telling.names[0]), telling.building

    def unit_count(self, building: Building) -> int:
        """How many units a room of the building can be in."""
        count = self._unit_counts.get(building)
        if count is None:
            count = self._unit_counts[building] = _count_units(self._doors.get(building, {}))
        return count


def _count_units(doors: dict[str, set[str]]) -> int:
    """One where rooms are counted on from unit to unit.

    101 and 102 in unit 1, 103 and 104 in unit 2: then no two units have rooms with one end.
    """
    units = set().union(*doors.values())
    runs_on = len(doors) >= LEAST_DOORS and all(len(each) == 1 for each in doors.values())
    return min(len(units), 1) if runs_on else len(units)
