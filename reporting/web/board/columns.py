"""What the board knows of each listing as numbers in arrays: forty bytes where objects would take four hundred."""

from __future__ import annotations  # array is not subscriptable before Python 3.12

from array import array
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reporting.web.board.lines import Compared, Line
from reporting.web.board.order import NOT_KNOWN
from store.statement import CentiSqm, Minor

NOWHERE = -(1 << 31)

COMPARED: dict[Compared | None, int] = {Compared.SOLD: 1, Compared.OFFERED: 2}
"""How the column ``compared`` tells it; 0: by nothing."""

TYPES = {
    "listing_id": "q",
    "home": "q",
    "cut": "q",
    "cut_amount": "q",
    "discount": "q",
    "unit_price": "q",
    "attempts": "i",
    "doubts": "H",
    "area": "q",
    "compared": "b",
    "compared_price": "q",
    "ended_on": "i",
    "check_at": "q",
    "latitude": "i",
    "longitude": "i",
}


class Row(NamedTuple):
    """What the board itself tells of a listing; the rest is read for the rows that are shown."""

    listing_id: int
    home: int
    cut: int | None
    cut_amount: int | None
    discount: int | None
    unit_price: int | None
    doubts: tuple[str, ...]
    attempts: int


class Columns:
    """The rows of a board, by position."""

    def __init__(self) -> None:
        self._arrays = {name: array(code) for name, code in TYPES.items()}
        self._doubts: list[tuple[str, ...]] = []
        self._numbers: dict[tuple[str, ...], int] = {}

    @classmethod
    def of_parts(cls, arrays: Mapping[str, array[int]], doubts: Sequence[tuple[str, ...]]) -> Columns:
        """Rows that were taken apart."""
        made = cls()
        made._arrays, made._doubts = dict(arrays), list(doubts)
        made._numbers = {each: number for number, each in enumerate(made._doubts)}
        return made

    @property
    def arrays(self) -> Mapping[str, array[int]]:
        """All columns."""
        return self._arrays

    @property
    def doubts(self) -> Sequence[tuple[str, ...]]:
        """What the numbers in the column ``doubts`` stand for."""
        return self._doubts

    def __len__(self) -> int:
        return len(self._arrays["home"])

    def __getitem__(self, position: int) -> Row:
        arrays = self._arrays
        return Row(
            arrays["listing_id"][position],
            arrays["home"][position],
            self.known("cut", position),
            self.known("cut_amount", position),
            self.known("discount", position),
            self.known("unit_price", position),
            self._doubts[arrays["doubts"][position]],
            arrays["attempts"][position],
        )

    def known(self, name: str, position: int) -> int | None:
        """One number; ``None`` is not known."""
        value = self._arrays[name][position]
        return None if value == NOT_KNOWN else value

    def array(self, name: str) -> array[int]:
        """One column."""
        return self._arrays[name]

    def append(self, line: Line) -> None:
        """Add a line."""
        for name, value in self._values(line).items():
            self._arrays[name].append(value)

    def put(self, position: int, line: Line) -> None:
        """Put a line in the place of another."""
        for name, value in self._values(line).items():
            self._arrays[name][position] = value

    def copy(self) -> Columns:
        """Another one of the same rows, to be changed."""
        made = Columns()
        made._arrays = {name: values[:] for name, values in self._arrays.items()}
        made._doubts, made._numbers = self._doubts[:], dict(self._numbers)
        return made

    def ordered(self, order: Sequence[int]) -> Columns:
        """The same rows in another order."""
        made = self.copy()
        made._arrays = {
            name: array(TYPES[name], map(values.__getitem__, order)) for name, values in self._arrays.items()
        }
        return made

    def _values(self, line: Line) -> dict[str, int]:
        latitude, longitude = line.place or (NOWHERE, NOWHERE)
        return {
            "listing_id": line.listing_id,
            "home": line.home,
            "cut": _told(line.cut),
            "cut_amount": _told(line.cut_amount),
            "discount": _told(line.discount),
            "unit_price": _told(line.unit_price),
            "attempts": line.attempts,
            "doubts": self._number_of(line.doubts),
            "area": _told(line.area),
            "compared": COMPARED.get(line.compared, 0),
            "compared_price": _told(line.compared_price),
            "ended_on": line.ended_on or 0,
            "check_at": _told(line.check_at),
            "latitude": latitude,
            "longitude": longitude,
        }

    def _number_of(self, doubts: tuple[str, ...]) -> int:
        number = self._numbers.setdefault(doubts, len(self._doubts))
        if number == len(self._doubts):
            self._doubts.append(doubts)
        return number


def _told(value: int | Minor | CentiSqm | None) -> int:
    return NOT_KNOWN if value is None else value
