"""What a report gives to be rendered: rows with described columns, and the words that belong beneath them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, Protocol


class Shape(Enum):
    """How the values of a column are shown in a table for people."""

    TEXT = "text"  # free words: cut with … where room is short
    WORD = "word"  # an id or a term: never cut
    MONEY = "money"  # Decimal, in the currency of its row
    PERCENT = "percent"  # Decimal
    COUNT = "count"  # int
    DAY = "day"  # an instant of which the day in Asia/Shanghai is shown
    MINUTE = "minute"  # an instant of which day and time in Asia/Shanghai are shown


@dataclass(frozen=True, slots=True)
class Column:
    """One field of the rows. ``heading`` is for tables; files use ``name``.

    ``room`` tells what goes first where a terminal is narrow: the column with the largest number. ``least`` is
    how far the words of a text column may be cut before that.
    """

    name: str
    shape: Shape
    heading: str = ""
    room: int = 0
    least: int = 10
    is_in_table: bool = True
    is_in_file: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows (objects with an attribute for each column, and ``currency``), and what is told beneath them."""

    columns: Sequence[Column]
    rows: Sequence[Any]
    measure: str  # one line: what is counted and how
    noun: str  # what a row is, in the plural
    observed_from: datetime | None = None
    observed_to: datetime | None = None
    limit: int | None = None  # of rows in a table for people; files hold all
    notes: Sequence[str] = ()
    is_newest_last: bool = False  # files keep the order of time; people are shown the newest rows first

    @property
    def rows_shown(self) -> Sequence[Any]:
        """The rows in the order in which people read them, no more than the limit."""
        rows = self.rows[::-1] if self.is_newest_last else self.rows
        return rows[: self.limit]


class Tabular(Protocol):
    """A report that can be rendered."""

    def table(self) -> Table:
        """The report as rows and columns."""
        ...


@dataclass(frozen=True, slots=True)
class Noted:
    """A report with more to be told beneath it."""

    report: Tabular
    notes: Sequence[str]

    def table(self) -> Table:
        """The report's own table; what it tells itself is not told twice."""
        table = self.report.table()
        further = (note for note in self.notes if note not in table.notes)
        return replace(table, notes=(*table.notes, *further))
