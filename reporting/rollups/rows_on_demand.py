"""Rows of a report that are made when they are asked for: of thousands of groups a table for people shows fifty."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

Row = TypeVar("Row")


class RowsOnDemand(Sequence[Row], Generic[Row]):
    """As many rows as there are places, each made from its place."""

    def __init__(self, places: Sequence[int], make: Callable[[int], Row]) -> None:
        self._places = places
        self._make = make

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, position: int) -> Row: ...

    @overload
    def __getitem__(self, position: slice) -> list[Row]: ...

    def __getitem__(self, position: int | slice) -> Row | list[Row]:
        """The row at a position; a list of those of a slice."""
        if isinstance(position, slice):
            return [self._make(place) for place in self._places[position]]
        return self._make(self._places[position])
