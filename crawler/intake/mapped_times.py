"""When a foreign table, or each of its rows, was seen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crawler.errors import LayoutChanged, RowRefused
from crawler.intake.tables import Cells, Table
from crawler.normalize.times import read_epoch

LONGEST_SPAN = timedelta(days=1)
MOST_LOOKS = 2_000
"""Looks in one file. Each is a page of its own, for which the whole file is read again."""

FORMS = ("iso", "epoch")
"""Forms of time beside those of strptime; ``epoch`` counts seconds, or milliseconds from 10**11 on."""


class TimeRule(NamedTuple):
    """Where a table states the time of the crawl: in columns, or in the file's name by ``in_name`` (one group).

    ``pattern`` is for strptime, or one of ``FORMS``; a bare day is taken at ``clock``. ``fixed`` (aware) serves a
    mapping for one table that tells no time, and was made once. ``is_by_row``: every row was seen at its own time,
    and ``fixed`` serves the rows that tell none.
    """

    columns: tuple[str, ...]
    pattern: str
    in_name: re.Pattern[str] | None = None
    clock: time = time()
    fixed: datetime | None = None
    is_by_row: bool = False


class TimeReader:
    """A rule for times bound to the header of one file; ``zone`` is that of times without one."""

    def __init__(self, rule: TimeRule, header: Sequence[str], zone: str) -> None:
        self._rule = rule
        self._zone = ZoneInfo(zone)
        self._column = next((header.index(name) for name in rule.columns if name in header), None)

    def read(self, cells: Cells) -> datetime | None:
        """When the row was seen, in UTC; ``None`` where it tells nothing.

        Raises:
            RowRefused: a time that is written otherwise.
        """
        cell = cells[self._column] if self._column is not None and self._column < len(cells) else None
        text = str(cell).strip() if cell else ""
        return self.parse(text) if text else None

    def parse(self, text: str) -> datetime:
        """A time in the form of the rule, in UTC.

        Raises:
            RowRefused: another form.
        """
        rule = self._rule
        try:
            if rule.pattern == "epoch":
                return read_epoch(int(text))
            moment = datetime.fromisoformat(text) if rule.pattern == "iso" else datetime.strptime(text, rule.pattern)  # noqa: DTZ007
        except ValueError:
            raise RowRefused(f"time of observation is not {rule.pattern}: {text[:40]!r}") from None
        if moment.time() == time() and moment.tzinfo is None:
            moment = datetime.combine(moment.date(), rule.clock)
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)


def find_time(rule: TimeRule, table: Table, zone: str, url: str) -> datetime | None:
    """The earliest time that the rows state; ``None`` where there is no such column, or no time in it.

    Raises:
        LayoutChanged: rows differ by more than a day, or a time is written otherwise.
    """
    times = TimeReader(rule, table.header, zone)
    try:
        moments = {moment for _, cells in table.rows if (moment := times.read(cells))}
    except RowRefused as error:
        raise LayoutChanged(error.reason, url=url) from None
    if moments and max(moments) - min(moments) > LONGEST_SPAN:
        raise LayoutChanged(f"rows seen from {min(moments)} to {max(moments)}: not one observation", url=url)
    return min(moments, default=None)


Rows = list[tuple[int, Cells]]


@dataclass(slots=True)
class Looks:
    """The rows of a table by the time at which each was seen. Those that tell none go with the first look."""

    rows: dict[datetime, Rows] = field(default_factory=dict)
    lost: Rows = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)  # why a row is lost, by its position

    def list_moments(self) -> list[datetime]:
        """The times, the earliest first."""
        return sorted(self.rows)

    def list_positions(self) -> set[int]:
        """Where the rows of all looks stand."""
        return {position for rows in (*self.rows.values(), self.lost) for position, _ in rows}

    def choose(self, observed_at: datetime) -> Rows:
        """The rows of the look that a page is: the latest not after its time, else the first."""
        moments = self.list_moments()
        if not moments:
            return self.lost
        look = max((moment for moment in moments if moment <= observed_at), default=moments[0])
        lost = self.lost if look == moments[0] else []
        return sorted([*self.rows[look], *lost], key=itemgetter(0))


def split_looks(rule: TimeRule, table: Table, zone: str, url: str) -> Looks:
    """The looks of a table whose rows tell their own times.

    Raises:
        LayoutChanged: more looks than can be told apart, or the file breaks.
    """
    times, looks = TimeReader(rule, table.header, zone), Looks()
    for position, cells in table.rows:
        try:
            moment = times.read(cells) or rule.fixed
        except RowRefused as error:
            moment, looks.reasons[position] = None, error.reason
        if moment is None:
            looks.reasons.setdefault(position, "no time of observation")
            looks.lost.append((position, cells))
        else:
            looks.rows.setdefault(moment.astimezone(UTC), []).append((position, cells))
    if len(looks.rows) > MOST_LOOKS:
        raise LayoutChanged(f"{len(looks.rows):,} times of observation, more than {MOST_LOOKS:,}", url=url)
    return looks
