"""The difference between two snapshots as a report: every change with its consolidated record, and the totals."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reporting.export_diff.changes import Change, Key
from reporting.export_diff.compare import Difference, compare_snapshots
from reporting.export_diff.snapshots import Snapshot, open_snapshot
from reporting.snapshot import Field
from reporting.tables import Column, Shape, Table

MEASURE = (
    "difference: rows of the second snapshot against the first, by their natural keys; re_identified: the same thing "
    "under another name; record: as it stands now, or as it was known last"
)
COLUMNS = (
    Column("table", Shape.WORD, "table"),
    Column("change", Shape.WORD, "change"),
    Column("former_key", Shape.TEXT, "was", room=1, least=16),
    Column("key", Shape.TEXT, "is", room=2, least=16),
    Column("columns", Shape.TEXT, "columns", room=3),
    Column("before", Shape.TEXT, "before", is_in_table=False),
    Column("record", Shape.TEXT, "record", is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change in words; ``before`` and ``record`` are JSON objects by column, without what is unknown."""

    table: str
    change: str
    former_key: str
    key: str
    columns: str
    before: str
    record: str
    currency: None = None


@dataclass(frozen=True, slots=True)
class SnapshotDifference:
    """The answer."""

    difference: Difference
    one: Snapshot
    other: Snapshot
    limit: int | None = None

    def table(self) -> Table:
        """The report as rows and columns."""
        rows = [_row(each, self.other.fields(each.file)) for each in self.difference.changes]
        return Table(COLUMNS, rows, MEASURE, "changes", limit=self.limit, notes=self._notes())

    def _notes(self) -> Sequence[str]:
        notes = [
            f"{name}: {total.before:,} rows + {total.added:,} added - {total.removed:,} removed = {total.after:,}; "
            f"{total.changed:,} changed, {total.reidentified:,} re-identified"
            for name, total in self.difference.totals.items()
            if total.before or total.after
        ]
        for told in ("as_of", "version", "linker_version", "methodology_version", "location"):
            before, after = self.one.manifest.get(told), self.other.manifest.get(told)
            if before != after:
                notes.append(f"{told}: {before} in the first, {after} in the second")
        notes += [
            f"{late['pages']:,} pages of {late['source']} came after the date of the second: see late_page.csv"
            for late in self.other.manifest.get("late_pages", ())
        ]
        return notes


def diff_snapshots(one: Path, other: Path, limit: int | None = None) -> SnapshotDifference:
    """What changed from one snapshot to another.

    Raises:
        NotASnapshot: one of the folders is no snapshot, or was changed.
    """
    first, second = open_snapshot(one), open_snapshot(other)
    return SnapshotDifference(compare_snapshots(first, second), first, second, limit)


def _row(change: Change, fields: Sequence[Field]) -> ChangeRow:
    differing = change.changed_columns(fields)
    return ChangeRow(
        change.file.removesuffix(".csv"),
        change.kind.value,
        _text(change.former_key),
        _text(change.key),
        " ".join(differing),
        _json({column: before for column, (before, _) in differing.items()}),
        _json({field.name: cell for field, cell in zip(fields, change.record, strict=True) if cell}),
    )


def _text(key: Key | None) -> str:
    return "" if key is None else ":".join(key)


def _json(values: dict[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""
