"""Figures of standing reports from rollups: the same cells as counted from the observations, or none.

None where rollups are not kept, where the question has a filter or a day that cells do not know, or where so much has
happened since they were kept that counting is the shorter way. What has happened since is counted on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from reporting.choices import By
from reporting.filters import Filters
from reporting.rollups.cells import CLAIMS, HOMES
from reporting.rollups.labels import KEPT_BY
from reporting.rollups.phases import hour_of
from reporting.rollups.shift import shift_of_news
from reporting.rollups.upkeep import VERSION, difference
from reporting.statistics.sample import Ground, claim_notes, link_notes, stale_notes
from store.rollup_news import read_news
from store.rollups import MEASURES, ids_to_check, read_cells, read_mark
from store.rows import PAGE, SOURCE

MOST_NEWS = 2_000
"""Listings that a report counts on its way; beyond that the observations are read."""

ROUNDS = slice(MEASURES.index("open"), MEASURES.index("followed"))
NOTHING_KEPT = [0] * len(MEASURES)


class Cell:
    """The figures of one group, by name; ``rounds`` and the two outcomes that notes divide are summed."""

    __slots__ = ("_figures",)

    def __init__(self, figures: Sequence[int]) -> None:
        self._figures = figures

    def __getitem__(self, name: str) -> int:
        return self._figures[PLACES[name]]

    @property
    def rounds(self) -> int:
        """Rounds, wherever they stand."""
        return sum(self._figures[ROUNDS])

    @property
    def open(self) -> int:
        """Open rounds, whether or not anybody has seen them lately."""
        return self["open"] + self["stale"]

    @property
    def unknown(self) -> int:
        """Rounds of which the result is unknown, whether or not they told their end."""
        return self["unknown"] + self["untold"]


PLACES = {name: place for place, name in enumerate(MEASURES)}


@dataclass(frozen=True, slots=True)
class KeptFigures:
    """The groups of one question, all of them together, and what a report tells of where they are from."""

    groups: dict[str | None, Cell]
    total: Cell
    left_out: int  # listings of claims and vehicles, where those are left out
    ground: Ground


def kept_figures(
    connection: Connection, by: By, filters: Filters, *, of_homes: bool, family: str | None = None
) -> KeptFigures | None:
    """The figures of a question, or ``None`` where it must be answered from the observations.

    Args:
        connection: open for reading.
        by: what tells the groups apart.
        filters: what is asked for.
        of_homes: leave out what is no home (``Filters.leaves_out``).
        family: another way to tell groups apart, in the place of ``by``.
    """
    if by not in KEPT_BY or filters != Filters():
        return None
    now = datetime.now(UTC)
    cells = _cells(connection, (family or str(by), str(By.ALL)), now)
    if cells is None:
        return None
    scopes = (HOMES,) if of_homes else (HOMES, CLAIMS)
    groups, everything = _summed(cells[0], scopes), _summed(cells[1], scopes)
    total = everything.get("all", Cell(NOTHING_KEPT))
    claims = _summed(cells[1], (CLAIMS,)).get("all") if of_homes else None
    left_out = claims["listings"] if claims else 0
    return KeptFigures(groups, total, left_out, _ground(connection, total, left_out))


def kept_labels(connection: Connection, family: str) -> set[str] | None:
    """The groups of another way to tell listings apart; ``None`` where nothing is kept."""
    cells = _cells(connection, (family,), datetime.now(UTC))
    return None if cells is None else {label for label in _summed(cells[0], (HOMES, CLAIMS)) if label is not None}


Scoped = dict[tuple[str, str], Sequence[int]]
"""Figures by scope and label."""


def _cells(connection: Connection, families: Sequence[str], now: datetime) -> list[Scoped] | None:
    mark = read_mark(connection)
    if mark is None or mark.version != VERSION:
        return None
    news = read_news(connection, MOST_NEWS)
    if news is None or news.asks_for_all:
        return None
    due = ids_to_check(connection, hour_of(now))
    if news.size + len(due) > MOST_NEWS:
        return None
    found: list[Scoped] = [
        {(row[1], row[0]): row[2:] for row in read_cells(connection, family, (HOMES, CLAIMS), MEASURES)}
        for family in families
    ]
    if news.size or due:
        for (family, scope, label), figures in difference(shift_of_news(connection, news, now)).items():
            for place, wanted in enumerate(families):
                if family == wanted:
                    _add(found[place], (scope, label), figures)
    return found


def _add(cells: Scoped, key: tuple[str, str], figures: Sequence[int]) -> None:
    known = cells.get(key)
    cells[key] = figures if known is None else [one + other for one, other in zip(known, figures, strict=True)]


def _summed(cells: Scoped, scopes: Sequence[str]) -> dict[str | None, Cell]:
    """By group, ``None`` where not told; groups without listings are left out."""
    by_label: dict[str, Sequence[int]] = {}
    for (scope, label), figures in cells.items():
        if scope in scopes:
            known = by_label.get(label)
            by_label[label] = (
                figures if known is None else [one + other for one, other in zip(known, figures, strict=True)]
            )
    listings = PLACES["listings"]
    return {label or None: Cell(figures) for label, figures in by_label.items() if figures[listings]}


def _ground(connection: Connection, total: Cell, left_out: int) -> Ground:
    mark = read_mark(connection)
    homes = total["homes"] + total["unlinked"]
    notes = (
        *link_notes(mark.linker_version if mark else None, homes, total["unlinked"]),
        *stale_notes(total.open, total["stale"], total["untold"]),
        *claim_notes(left_out),
    )
    return Ground(_observed(connection), notes)


def _observed(connection: Connection) -> tuple[datetime, datetime] | None:
    """From when to when listings were seen: by the pages that showed any, whose index knows the first and the last."""
    found: list[datetime] = []
    told = select(PAGE.c.observed_at).where(PAGE.c.listing_count > 0).limit(1)
    for source in connection.execute(select(SOURCE.c.name)).scalars():
        own = told.where(PAGE.c.source == source)
        for query in (own.order_by(PAGE.c.observed_at), own.order_by(PAGE.c.observed_at.desc())):
            found.extend(connection.execute(query).scalars())
    return (min(found), max(found)) if found else None
