"""What listings and homes add to the cells of every way to tell groups apart."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from reporting.rollups.labels import FAMILIES, Groups, groups_of
from reporting.rollups.phases import Phase
from store.rollup_words import read_words
from store.rollups import MEASURES, Kept
from store.rows import title_digest

HOMES, CLAIMS = "homes", "claims"
SCOPES = (HOMES, CLAIMS)
LISTINGS, UNLINKED, LINKED_HOMES = (MEASURES.index(name) for name in ("listings", "unlinked", "homes"))
FIRST_PHASE = MEASURES.index(Phase(0).name.lower())
FOLLOWED, CUT, CUT_SUM = (MEASURES.index(name) for name in ("followed", "cut", "cut_sum"))
STEPS = tuple((MEASURES.index(f"cut_{percent}"), percent * 100) for percent in (10, 20, 30, 50))

Key = tuple[str, str, str]
"""Family, scope and label of a cell."""

Figures = list[int]
Alone = tuple[Groups, int, bool, bool, int | None]


class Tally:
    """Sums of what is added to cells and taken from them; listings that count alike are added up first."""

    def __init__(self) -> None:
        self._alone: Counter[Alone] = Counter()
        self._cells: dict[Key, Figures] = defaultdict(lambda: [0] * len(MEASURES))

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

    def cells(self) -> dict[Key, Figures]:
        """What is to be added to each cell; those that stay as they are left out."""
        for (groups, phase, is_followed, is_linked, cut), count in self._alone.items():
            if not count:
                continue
            scope = CLAIMS if groups.is_claim else HOMES
            for family, label in zip(FAMILIES, groups.labels, strict=True):
                figures = self._cells[family, scope, label]
                _add_listing(figures, cut, count, is_linked=is_linked)
                figures[LINKED_HOMES] += count * is_linked
                figures[FIRST_PHASE + phase] += count
                figures[FOLLOWED] += count * is_followed
        self._alone.clear()
        return {key: figures for key, figures in self._cells.items() if any(figures)}

    def _add_alone(self, row: Kept, sign: int) -> None:
        groups = groups_of(read_words(row.words))
        self._alone[groups, row.phase, row.is_followed, row.property_id is not None, row.cut] += sign

    def _add_home(self, home: Sequence[Kept], sign: int) -> None:
        """A home counts once in each group of its listings, and so does each of its rounds."""
        told = [(row, groups_of(read_words(row.words))) for row in home]
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
            for row, groups in told:
                _add_listing(self._cells[family, scope, groups.labels[place]], row.cut, sign, is_linked=True)
            for label in {groups.labels[place] for _, groups in told}:
                self._cells[family, scope, label][LINKED_HOMES] += sign
            for listings in rounds.values():
                first = listings[0][0]
                for label in {groups.labels[place] for _, groups in listings}:
                    figures = self._cells[family, scope, label]
                    figures[FIRST_PHASE + first.phase] += sign
                    figures[FOLLOWED] += sign * first.is_followed


def _add_listing(figures: Figures, cut: int | None, count: int, *, is_linked: bool) -> None:
    figures[LISTINGS] += count
    figures[UNLINKED] += count * (not is_linked)
    if cut is not None:
        figures[CUT] += count
        figures[CUT_SUM] += count * cut
        for place, least in STEPS:
            figures[place] += count * (cut >= least)


def cell_rows(cells: dict[Key, Figures]) -> Iterator[tuple[object, ...]]:
    """Rows for ``store.rollups.add_to_cells``."""
    for (family, scope, label), figures in cells.items():
        yield family, scope, title_digest(label), label, *figures
