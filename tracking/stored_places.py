"""Places as stored listings tell them, read piece by piece: of a place may be hundreds of listings."""

from collections.abc import Iterable

from sqlalchemy import Connection

from store.links import doors_in_units
from tracking.places import Building, Places, Shown


class StoredPlaces(Places):
    """Places whose units are read when they are asked for."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self.told: dict[Building, set[Shown]] = {}  # by each name of the place

    def read_units(self, buildings: Iterable[Building]) -> None:
        """Read those of many buildings at once."""
        told = self.told
        named = ((name, number) for root, number in buildings for name in self.names_of(root))
        wanted = {building for building in named if building not in told}
        if not wanted:
            return
        self.told.update((each, set()) for each in wanted)
        rows = doors_in_units(self._connection, {(name, number or "") for name, number in wanted})
        for name, number, unit, floor, room in rows:
            self.told[name, number].add((unit, floor, room))

    def _shown_in(self, building: Building) -> Iterable[Shown]:
        root, number = building
        self.read_units((building,))
        return set().union(*(self.told[name, number] for name in self.names_of(root)))
