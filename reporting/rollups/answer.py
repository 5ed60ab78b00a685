"""Figures of standing reports from rollups: the same cells as counted from the observations, or none.

None where rollups are not kept, where the question has a filter or a day that cells do not know, or where so much has
happened since they were kept that counting is the shorter way. What has happened since is counted on the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from reporting.choices import By
from reporting.filters import Filters
from reporting.rollups.cells import CLAIMS, HOMES, SCOPES, Cells
from reporting.rollups.definition import definition
from reporting.rollups.labels import KEPT_BY
from reporting.rollups.phases import hour_of
from reporting.rollups.shift import shift_of_news
from reporting.rollups.upkeep import difference
from reporting.statistics.groups import ORDERS, in_order
from reporting.statistics.sample import Ground, claim_notes, link_notes, stale_notes
from store.bulk import as_instant, driver_query
from store.rollup_news import read_news
from store.rollup_sheets import MEASURES, Sheet, read_sheet
from store.rollups import Mark, ids_to_check, read_mark

MOST_NEWS = 2_000
"""Listings that a report counts on its way; beyond that the observations are read."""

OBSERVED = """
SELECT (SELECT observed_at FROM page WHERE page.source = source.name AND listing_count > 0
        ORDER BY observed_at LIMIT 1),
       (SELECT observed_at FROM page WHERE page.source = source.name AND listing_count > 0
        ORDER BY observed_at DESC LIMIT 1)
FROM source
"""


class GroupFigures:
    """The groups of a question, each at its place, and a column for each figure by its name."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def __getitem__(self, name: str) -> Sequence[int]:
        return self._sheet.column(name)

    def name_of(self, place: int) -> str | None:
        """The group at a place; ``None``: not told."""
        return self._sheet.labels[place] or None

    def rows(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """Each group that has listings, with some of its figures."""
        rows = zip(self._sheet.labels, self["listings"], *[self[name] for name in names], strict=True)
        return [(row[0] or None, *row[2:]) for row in rows if row[1]]

    def places(self, figure: str = "listings") -> list[int]:
        """Where groups are that have any of a figure."""
        column = self[figure]
        return [place for place in range(len(column)) if column[place]] if 0 in column else list(range(len(column)))

    def in_order(self, places: list[int], by: By, size: str) -> list[int]:
        """Places as ``statistics.groups.in_order`` puts their groups; thousands of them without a key for each."""
        labels, sizes = self._sheet.labels, self[size]
        if by in ORDERS or by is By.MONTH:
            named = {self.name_of(place): place for place in places}
            return list(in_order(named, by, sizes.__getitem__).values())
        ordered = sorted(sorted(places, key=labels.__getitem__), key=sizes.__getitem__, reverse=True)
        untold = next((position for position, place in enumerate(ordered) if not labels[place]), None)
        if untold is not None:
            ordered.append(ordered.pop(untold))
        return ordered


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

    def figures(self, by: By, *, of_homes: bool, family: str | None = None) -> KeptFigures:
        """The figures of a question.

        Args:
            by: what tells the groups apart.
            of_homes: leave out what is no home (``Filters.leaves_out``).
            family: another way to tell groups apart, in the place of ``by``.
        """
        scopes = (HOMES,) if of_homes else SCOPES
        total = self._totals(scopes)
        left_out = self._totals((CLAIMS,))["listings"] if of_homes else 0
        return KeptFigures(GroupFigures(self._sheet(family or str(by), scopes)), total, self._ground(total, left_out))

    def labels(self, family: str) -> set[str]:
        """The groups of another way to tell listings apart."""
        figures = GroupFigures(self._sheet(family, SCOPES))
        return {name for place in figures.places() if (name := figures.name_of(place)) is not None}

    def _totals(self, scopes: Sequence[str]) -> Mapping[str, int]:
        sheet = self._sheet(str(By.ALL), scopes)
        return {name: sum(sheet.column(name)) for name in MEASURES}

    def _sheet(self, family: str, scopes: Sequence[str]) -> Sheet:
        first, *others = scopes
        sheet = read_sheet(self._connection, (family, first))
        for scope in others:
            sheet.add(dict(read_sheet(self._connection, (family, scope)).cells()))
        for scope in scopes:
            sheet.add(self._since.get((family, scope), {}))
        return sheet

    def _ground(self, total: Mapping[str, int], left_out: int) -> Ground:
        homes = total["homes"] + total["unlinked"]
        notes = (
            *link_notes(self._mark.linker_version, homes, total["unlinked"]),
            *stale_notes(total["open"] + total["stale"], total["stale"], total["untold"]),
            *claim_notes(left_out),
        )
        return Ground(_observed(self._connection), notes)


def open_rollups(connection: Connection) -> Rollups | None:
    """What is kept, or ``None`` where the observations must be counted: it is not kept, not by today's definition, or
    too much has happened since.
    """
    now = datetime.now(UTC)
    mark = read_mark(connection)
    if mark is None or mark.definition != definition():
        return None
    news = read_news(connection, MOST_NEWS)
    if news is None or news.asks_for_all:
        return None
    due = ids_to_check(connection, hour_of(now))
    if news.size + len(due) > MOST_NEWS:
        return None
    since = difference(shift_of_news(connection, news, now)) if news.size or due else {}
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


def _observed(connection: Connection) -> tuple[datetime, datetime] | None:
    """From when to when listings were seen: by the pages that showed any, whose index knows the first and the last."""
    told = [tuple(map(as_instant, row)) for row in driver_query(connection, OBSERVED, ()) if row[0] is not None]
    return (min(first for first, _ in told), max(last for _, last in told)) if told else None
