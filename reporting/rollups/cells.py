"""What listings and homes add to the cells of every way to tell groups apart."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from reporting.rollups.labels import FAMILIES, Groups, groups_of
from reporting.rollups.phases import Phase
from store.rollup_sheets import MEASURES, Way
from store.rollups import Kept

HOMES, CLAIMS = "homes", "claims"
SCOPES = (HOMES, CLAIMS)
LISTINGS, UNLINKED, LINKED_HOMES, ROUNDS = map(MEASURES.index, ("listings", "unlinked", "homes", "rounds"))
FIRST_PHASE = MEASURES.index(Phase(0).name.lower())
FOLLOWED, CUT, CUT_SUM = map(MEASURES.index, ("followed", "cut", "cut_sum"))
STEPS = tuple((MEASURES.index(f"cut_{percent}"), percent * 100) for percent in (10, 20, 30, 50))
NOTHING_COUNTED = [0] * len(MEASURES)

Figures = list[int]
Cells = Mapping[Way, Mapping[str, Figures]]
"""Figures by family and scope, then by label."""


class Tally:
    """Sums of what is added to cells and taken from them; listings of the same groups are added up first."""

    def __init__(self) -> None:
        self._alone: dict[Groups, Figures] = defaultdict(NOTHING_COUNTED.copy)
        self._cells: dict[Way, dict[str, Figures]] = {
            (family, scope): defaultdict(NOTHING_COUNTED.copy) for scope in SCOPES for family in FAMILIES
        }

    def add(self, rows: Iterable[Kept], sign: int = 1) -> None:
        """Add whole homes and listings that stand alone; ``sign`` -1 takes them away."""
        homes: dict[int, list[Kept]] = defaultdict(list)
        for row in rows:
            if row.property_id is None:
                self._add_alone(row, sign)
            else:
                homes[row.property_id].append(row)
        for home in homes.values():
            if len(home) == 1:
                self._add_alone(home[0], sign)
            else:
                self._add_home(home, sign)

    def cells(self) -> Cells:
        """What is to be added to each cell; those that stay as they are left out."""
        by_scope = {scope: [self._cells[family, scope] for family in FAMILIES] for scope in SCOPES}
        for groups, figures in self._alone.items():
            moved = [(place, figure) for place, figure in enumerate(figures) if figure]
            if moved:
                for cells, label in zip(by_scope[CLAIMS if groups.is_claim else HOMES], groups.labels, strict=True):
                    cell = cells[label]
                    for place, figure in moved:
                        cell[place] += figure
        self._alone.clear()
        told = {
            way: {label: figures for label, figures in cells.items() if any(figures)}
            for way, cells in self._cells.items()
        }
        return {way: cells for way, cells in told.items() if cells}

    def _add_alone(self, row: Kept, sign: int) -> None:
        figures = self._alone[groups_of(row.words)]
        is_linked = row.property_id is not None
        _add_listing(figures, row.cut, sign, is_linked=is_linked)
        figures[LINKED_HOMES] += sign * is_linked
        _add_round(figures, row, sign)

    def _add_home(self, home: Sequence[Kept], sign: int) -> None:
        """A home counts once in each group of its listings, and so does each of its rounds."""
        told = [(row, groups_of(row.words)) for row in home]
        owned = [(row, groups) for row, groups in told if not groups.is_claim]
        self._add_told(owned, HOMES, sign)
        if len(owned) < len(told):  # what claims add to the rest
            self._add_told(told, CLAIMS, sign)
            self._add_told(owned, CLAIMS, -sign)

    def _add_told(self, told: Sequence[tuple[Kept, Groups]], scope: str, sign: int) -> None:
        rounds: dict[int, list[tuple[Kept, Groups]]] = defaultdict(list)
        for row, groups in told:
            rounds[row.round_id].append((row, groups))
        for place, family in enumerate(FAMILIES):
            cells = self._cells[family, scope]
            for row, groups in told:
                _add_listing(cells[groups.labels[place]], row.cut, sign, is_linked=True)
            for label in {groups.labels[place] for _, groups in told}:
                cells[label][LINKED_HOMES] += sign
            for listings in rounds.values():
                for label in {groups.labels[place] for _, groups in listings}:
                    _add_round(cells[label], listings[0][0], sign)


def _add_listing(figures: Figures, cut: int | None, sign: int, *, is_linked: bool) -> None:
    figures[LISTINGS] += sign
    figures[UNLINKED] += sign * (not is_linked)
    if cut is not None:
        figures[CUT] += sign
        figures[CUT_SUM] += sign * cut
        for place, least in STEPS:
            figures[place] += sign * (cut >= least)


def _add_round(figures: Figures, first: Kept, sign: int) -> None:
    figures[ROUNDS] += sign
    figures[FIRST_PHASE + first.phase] += sign
    figures[FOLLOWED] += sign * first.is_followed
