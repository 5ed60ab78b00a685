"""One difference between two snapshots, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reporting.export_diff.snapshots import Row
from reporting.snapshot import Field

Key = tuple[str, ...]


class ChangeKind(StrEnum):
    """What became of a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REIDENTIFIED = "re_identified"  # the same thing under another name


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is not the same in both snapshots.

    Attributes:
        file: the table.
        kind: what became of it.
        former_key: its name in the first snapshot. Of an added home: the one that it was part of.
        key: its name in the second. Of a removed home: the one that its listings are of now.
        before: the row in the first, as plain text; ``None`` where it was added.
        after: the row in the second; ``None`` where it was removed.
        occurrence: among rows that nothing but their order tells apart, from 0.
    """

    file: str
    kind: ChangeKind
    former_key: Key | None
    key: Key | None
    before: Row | None
    after: Row | None
    occurrence: int = 0

    @property
    def record(self) -> Row:
        """The consolidated record: as it stands now, or as it was known last."""
        row = self.before if self.after is None else self.after
        assert row is not None  # noqa: S101  # one of the two is there
        return row

    def changed_columns(self, fields: Sequence[Field]) -> Mapping[str, tuple[str, str]]:
        """The values before and after of the columns that differ; empty for rows that are in one snapshot only."""
        if self.before is None or self.after is None:
            return {}
        pairs = zip(fields, self.before, self.after, strict=True)
        return {field.name: (before, after) for field, before, after in pairs if before != after}


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows a table has in both, and how the one number comes out of the other."""

    before: int
    after: int
    added: int
    removed: int
    changed: int
    reidentified: int

    @property
    def is_reconciled(self) -> bool:
        """Whether rows before, plus added, less removed, are the rows after."""
        return self.before + self.added - self.removed == self.after
