"""Figures of standing reports from rollups: the same cells as counted from the observations, or none.

None where rollups are not kept, where the question has a filter or a day that cells do not know, or where so much has
happened since they were kept that counting is the shorter way. What has happened since is counted on the way.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from reporting.choices import By
from reporting.filters import Filters
from reporting.rollups.cells import Cells
from reporting.rollups.definition import definition
from reporting.rollups.labels import CLAIMS, HOMES, KEPT_BY, SCOPES
from reporting.rollups.phases import hour_of
from reporting.rollups.shift import shift_of_news
from reporting.rollups.upkeep import ENOUGH, difference, keep_unless_busy
from reporting.statistics.groups import ORDERS, in_order
from reporting.statistics.sample import Ground, claim_notes, link_notes, stale_notes
from store.read import observed_range
from store.rollup_news import count_news, read_news
from store.rollup_sheets import MEASURES, Sheet, read_sheets
from store.rollups import Mark, count_to_check, read_mark
from store.terms import ListingNews

MOST_NEWS = 2 * ENOUGH
"""Looks that a report counts on its way; beyond that the observations are read."""

FEW_NEWS = 500
"""Looks that each report may count anew; more are better written down once."""


class GroupFigures:
    """The groups of a question, each at its place, and a column for each figure by its name.

    The sheets of several scopes are laid over each other figure by figure, for a report asks for few of them.

    Args:
        sheets: what is kept, and what has happened since.
        names: groups that are to have a place though they may have no listing.
    """

    def __init__(self, sheets: Sequence[Sheet], names: Collection[str] = ()) -> None:
        self._first, *others = sheets
        self._labels = self._first.labels
        self._others: list[tuple[Sheet, list[int]]] = []
        self._places: dict[str, int] = {}
        if others or names:
            self._labels = list(self._labels)
            self._places = {label: place for place, label in enumerate(self._labels)}
            self._others = [(sheet, list(map(self._make_place, sheet.labels))) for sheet in others]
            for name in names:
                self._make_place(name)
        self._columns: dict[str, Sequence[int]] = {}

    def __getitem__(self, name: str) -> Sequence[int]:
        if name not in self._columns:
            self._columns[name] = self._lay_over(name)
        return self._columns[name]

    def name_of(self, place: int) -> str | None:
        """The group at a place; ``None``: not told."""
        return self._labels[place] or None

    def place_of(self, name: str) -> int:
        """Where one of the ``names`` is."""
        return self._places[name]

    def rows(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Each group that has listings, with some of its figures."""
        rows = zip(self._labels, self["listings"], *[self[name] for name in names], strict=True)
        return [(row[0] or None, *row[2:]) for row in rows if row[1]]

    def places(self, figure: str = "listings") -> list[int]:
        """Where groups are that have any of a figure."""
        column = self[figure]
        return [place for place in range(len(column)) if column[place]] if 0 in column else list(range(len(column)))

    def in_order(self, places: Iterable[int], by: By, sizes: Sequence[int]) -> list[int]:
        """Places as ``statistics.groups.in_order`` puts their groups; thousands of them without a key for each."""
        if by in ORDERS or by is By.MONTH:
            named = {self.name_of(place): place for place in places}
            return list(in_order(named, by, sizes.__getitem__).values())
        labels = self._labels
        ordered = sorted(sorted(places, key=labels.__getitem__), key=sizes.__getitem__, reverse=True)
        untold = next((position for position, place in enumerate(ordered) if not labels[place]), None)
        if untold is not None:
            ordered.append(ordered.pop(untold))
        return ordered

    def _make_place(self, label: str) -> int:
        place = self._places.setdefault(label, len(self._places))
        if place == len(self._labels):
            self._labels.append(label)
        return place

    def _lay_over(self, name: str) -> list[int]:
        column = list(self._first.column(name))
        column.extend([0] * (len(self._labels) - len(column)))
        for sheet, places in self._others:
            for place, figure in zip(places, sheet.column(name), strict=True):
                column[place] += figure
        return column


@dataclass(frozen=True, slots=True)
class KeptFigures:
    """The groups of one question, and what a report tells of where they are from."""

    groups: GroupFigures
    total: Mapping[str, int]  # all groups together, by the names of figures
    ground: Ground


class Rollups:
    """What is kept, with what has happened since, as one report sees it."""

    def __init__(self, connection: Connection, mark: Mark, since: Cells) -> None:
        self._connection = connection
        self._mark = mark
        self._since = since

    def figures(self, by: By, *, of_homes: bool, family: str | None = None, names: Collection[str] = ()) -> KeptFigures:
        """The figures of a question.

        Args:
            by: what tells the groups apart.
            of_homes: leave out what is no home (``Filters.leaves_out``).
            family: another way to tell groups apart, in the place of ``by``.
            names: groups that are to have a place though they may have no listing.
        """
        scopes = (HOMES,) if of_homes else SCOPES
        everything = self._sheets(str(By.ALL), SCOPES)
        total = {name: sum(sum(everything[scope].column(name)) for scope in scopes) for name in MEASURES}
        left_out = sum(everything[CLAIMS].column("listings")) if of_homes else 0
        groups = GroupFigures(list(self._sheets(family or str(by), scopes).values()), names)
        return KeptFigures(groups, total, self._ground(total, left_out))

    def labels(self, family: str) -> set[str]:
        """The groups of another way to tell listings apart."""
        figures = GroupFigures(list(self._sheets(family, SCOPES).values()))
        return {name for place in figures.places() if (name := figures.name_of(place)) is not None}

    def _sheets(self, family: str, scopes: Collection[str]) -> dict[str, Sheet]:
        """By scope, with what has happened since."""
        sheets = read_sheets(self._connection, family, scopes)
        for scope, sheet in sheets.items():
            sheet.add(self._since.get((family, scope), {}))
        return sheets

    def _ground(self, total: Mapping[str, int], left_out: int) -> Ground:
        homes = total["homes"] + total["unlinked"]
        notes = (
            *link_notes(self._mark.linker_version, homes, total["unlinked"]),
            *stale_notes(total["open"] + total["stale"], total["stale"], total["untold"]),
            *claim_notes(left_out),
        )
        return Ground(observed_range(self._connection), notes)


def open_rollups(connection: Connection) -> Rollups | None:
    """What is kept, or ``None`` where the observations must be counted: it is not kept, not by today's definition, or
    too much has happened since.

    Where much has happened since, it is also kept, so that the next report need not count it: not by this
    connection, which only reads, and not if that would mean to wait for another writer.
    """
    now = datetime.now(UTC)
    mark = read_mark(connection)
    if mark is None or mark.definition != definition():
        return None
    sizes = count_news(connection)
    if ListingNews.EVERYTHING in sizes:
        return None
    size = sum(sizes.values()) + count_to_check(connection, hour_of(now))
    if size > FEW_NEWS:
        keep_unless_busy(connection.engine, now)
    if size > MOST_NEWS:
        return None
    news = read_news(connection) if size else None
    since = difference(shift_of_news(connection, news, now)) if news is not None else {}
    return Rollups(connection, mark, since)


def is_kept(by: By, filters: Filters) -> bool:
    """Whether rollups can know the answer."""
    return by in KEPT_BY and filters == Filters()


def kept_figures(connection: Connection, by: By, filters: Filters, *, of_homes: bool) -> KeptFigures | None:
    """The figures of a question, or ``None`` where it must be answered from the observations.

    Args:
        connection: open for reading.
        by: what tells the groups apart.
        filters: what is asked for.
        of_homes: leave out what is no home (``Filters.leaves_out``).
    """
    rollups = open_rollups(connection) if is_kept(by, filters) else None
    return None if rollups is None else rollups.figures(by, of_homes=of_homes)
