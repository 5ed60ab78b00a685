"""What listings and homes add to the cells of every way to tell groups apart."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from reporting.rollups.labels import (
    CLAIMS,
    CROSSED,
    FAMILIES,
    HOMES,
    KINDS,
    MONTHS,
    PLACES,
    SCOPES,
    SELLERS,
    Scoped,
    crossed_group,
    kind_groups,
    steady_groups,
)
from reporting.rollups.packed import pack_alone, pack_listing, pack_round
from store.rollup_sheets import UNITS, Way
from store.rollup_words import BETWEEN_GROUPS, LAST_OF_GROUPS
from store.rollups import Kept

LINKED_HOME = UNITS["homes"]

Cells = Mapping[Way, Mapping[str, int]]
"""All figures in one by family and scope, then by label."""


class Tally:
    """Sums of what is added to cells and taken from them.

    Listings that stand alone are added up first by several ways at once, of which there are few combinations.
    """

    def __init__(self) -> None:
        self._months: dict[tuple[Scoped, str], int] = defaultdict(int)
        self._sellers: dict[tuple[str, str], int] = defaultdict(int)  # by the words of kinds, and the name
        self._cells: dict[Way, dict[str, int]] = {
            (family, scope): defaultdict(int) for scope in SCOPES for family in FAMILIES
        }

    def add(self, rows: Iterable[Kept], sign: int = 1) -> None:
        """Add whole homes and listings that stand alone; ``sign`` -1 takes them away."""
        alone: list[Kept] = []
        homes: dict[int, list[Kept]] = defaultdict(list)
        for row in rows:
            if row.property_id is None:
                alone.append(row)
            else:
                homes[row.property_id].append(row)
        for home in homes.values():
            if len(home) == 1:
                alone += home
            else:
                self._add_home(home, sign)
        self._add_alone(alone, sign)

    def cells(self) -> Cells:
        """What is to be added to each cell; those that stay as they are left out."""
        self._spread_alone()
        told = {way: {label: packed for label, packed in cells.items() if packed} for way, cells in self._cells.items()}
        return {way: cells for way, cells in told.items() if cells}

    def _add_alone(self, rows: Iterable[Kept], sign: int) -> None:
        months, sellers = self._months, self._sellers
        for _, phase, is_followed, _, month, _, _, cut, words, _, _, property_id in rows:
            kind_words, seller_name, place = words.split(BETWEEN_GROUPS, LAST_OF_GROUPS)  # as ``read_groups`` does
            _, _, place_groups = kind_groups(kind_words)
            packed = pack_alone(cut, phase, is_followed, property_id is not None)
            if sign < 0:
                packed = -packed
            months[place_groups(place), month] += packed
            sellers[kind_words, seller_name] += packed

    def _spread_alone(self) -> None:
        """Put the sums into the cells."""
        places: dict[Scoped, int] = defaultdict(int)
        for (place, month), packed in self._months.items():
            if packed:
                scope, (city, round_kind) = place.scope, place.labels
                places[place] += packed
                self._cells[MONTHS, scope][month] += packed
                self._cells[CROSSED, scope][crossed_group(city, month, round_kind)] += packed
        sellers: dict[Scoped, int] = defaultdict(int)
        kinds: dict[Scoped, int] = defaultdict(int)
        for (kind_words, seller_name), packed in self._sellers.items():
            if packed:
                own, seller_groups, _ = kind_groups(kind_words)
                sellers[seller_groups(seller_name)] += packed
                kinds[own] += packed
        for families, sums in ((PLACES, places), (SELLERS, sellers), (KINDS, kinds)):
            for each, packed in sums.items():
                for family, label in zip(families, each.labels, strict=True):
                    self._cells[family, each.scope][label] += packed
        self._months.clear()
        self._sellers.clear()

    def _add_home(self, home: Sequence[Kept], sign: int) -> None:
        """A home counts once in each group of its listings, and so does each of its rounds."""
        owned = [row for row in home if steady_groups(row.words).places.scope == HOMES]
        self._add_told(owned, HOMES, sign)
        if len(owned) < len(home):  # what claims add to the rest
            self._add_told(home, CLAIMS, sign)
            self._add_told(owned, CLAIMS, -sign)

    def _add_told(self, told: Sequence[Kept], scope: str, sign: int) -> None:
        labels = [labels_of(row) for row in told]
        rounds: dict[int, list[int]] = defaultdict(list)
        for position, row in enumerate(told):
            rounds[row.round_id].append(position)
        for place, family in enumerate(FAMILIES):
            cells = self._cells[family, scope]
            for row, each in zip(told, labels, strict=True):
                cells[each[place]] += sign * pack_listing(row.cut, is_linked=True)
            for label in {each[place] for each in labels}:
                cells[label] += sign * LINKED_HOME
            for positions in rounds.values():
                first = told[positions[0]]
                for label in {labels[position][place] for position in positions}:
                    cells[label] += sign * pack_round(first.phase, first.is_followed)


def labels_of(row: Kept) -> Sequence[str]:
    """The groups of a listing in the order of ``FAMILIES``, empty where not told."""
    steady = steady_groups(row.words)
    city, round_kind = steady.places.labels
    crossed = crossed_group(city, row.month, round_kind)
    return (*steady.places.labels, *steady.sellers.labels, *steady.kinds.labels, row.month, crossed)
