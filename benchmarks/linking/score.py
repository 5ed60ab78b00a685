"""How far the found properties agree with the known homes, counted over pairs without making the pairs.

A pair of listings is right when both sides call it one home, false when only the linker does, missed when only the
truth does. Where ``n`` listings of one home stand in one property there are ``n * (n - 1) / 2`` right pairs: counting
the cells of the table homes x properties takes one walk over the listings.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Cell = tuple[int, int]  # home, property


class Torn(NamedTuple):
    """A property with listings of several homes, or a home in several properties."""

    number: int  # of the property, or of the home
    listings: tuple[int, ...]  # one of each part, the largest part first
    wrong_pairs: int  # false ones, or missed ones


@dataclass(frozen=True, slots=True)
class Score:
    """The counts, and where the wrong ones come from, worst first."""

    listings: int
    homes: int
    properties: int
    right_pairs: int
    found_pairs: int
    true_pairs: int
    false_merges: tuple[Torn, ...]  # properties
    missed: tuple[Torn, ...]  # homes
    largest: tuple[tuple[int, int], ...]  # property, listings in it

    @property
    def precision(self) -> float:
        """Right pairs of the found ones; 1 where none is found."""
        return self.right_pairs / self.found_pairs if self.found_pairs else 1.0

    @property
    def recall(self) -> float:
        """Right pairs of the true ones; 1 where there is none."""
        return self.right_pairs / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.found_pairs + self.true_pairs
        return 2 * self.right_pairs / both if both else 1.0

    @property
    def siblings_joined(self) -> int:
        """Properties that hold two different homes or more."""
        return len(self.false_merges)


def measure(homes: Iterable[tuple[int, int]], property_of: Mapping[int, int]) -> Score:
    """``homes``: listing ids with the homes they are of. A listing without a property stands alone."""
    cells: Counter[Cell] = Counter()
    first: dict[Cell, int] = {}
    alone = min(property_of.values(), default=0) - 1
    for listing, home in homes:
        found = property_of.get(listing)
        if found is None:
            found, alone = alone, alone - 1
        cells[home, found] += 1
        first.setdefault((home, found), listing)
    by_home, by_property = _margin(cells, 0), _margin(cells, 1)
    return Score(
        cells.total(),
        len(by_home),
        len(by_property),
        sum(map(_pairs, cells.values())),
        sum(map(_pairs, by_property.values())),
        sum(map(_pairs, by_home.values())),
        _torn(cells, first, by_property, 1),
        _torn(cells, first, by_home, 0),
        tuple(by_property.most_common(10)),
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _margin(cells: Counter[Cell], side: int) -> Counter[int]:
    sums: Counter[int] = Counter()
    for cell, count in cells.items():
        sums[cell[side]] += count
    return sums


def _torn(cells: Counter[Cell], first: dict[Cell, int], sums: Counter[int], side: int) -> tuple[Torn, ...]:
    """The homes, or the properties, of more than one cell."""
    parts: defaultdict[int, list[Cell]] = defaultdict(list)
    for cell, count in cells.items():
        if count < sums[cell[side]]:
            parts[cell[side]].append(cell)
    torn = []
    for number, found in parts.items():
        found.sort(key=lambda cell: (-cells[cell], first[cell]))
        wrong = _pairs(sums[number]) - sum(_pairs(cells[cell]) for cell in found)
        torn.append(Torn(number, tuple(first[cell] for cell in found), wrong))
    return tuple(sorted(torn, key=lambda each: (-each.wrong_pairs, each.listings)))
