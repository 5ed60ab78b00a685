"""The second snapshot out of the first and the changes between them: what makes a diff believable."""

from collections import Counter
from collections.abc import Iterable

from reporting.export_diff.changes import Change, ChangeKind, Key
from reporting.export_diff.snapshots import Row, Snapshot
from reporting.snapshot_keys import ORDERS, order_of_rows


def apply_changes(snapshot: Snapshot, name: str, changes: Iterable[Change]) -> list[Row]:
    """The rows of a file after the changes, in their order.

    Raises:
        KeyError: a change is about a row that the snapshot does not have.
    """
    fields = snapshot.fields(name)
    positions = [position for column in ORDERS[name] for position, each in enumerate(fields) if each.name == column]
    rows: dict[tuple[Key, int], Row] = {}
    seen: Counter[Key] = Counter()
    for row in snapshot.rows(name) if name in snapshot.files else ():
        key = tuple(row[position] for position in positions)
        rows[key, seen[key]] = row
        seen[key] += 1
    mine = [each for each in changes if each.file == name]
    for each in mine:  # all that goes first: a name can be given to another row
        if each.kind is not ChangeKind.ADDED and each.former_key is not None:
            del rows[each.former_key, each.occurrence]
    for each in mine:
        if each.kind is not ChangeKind.REMOVED and each.key is not None and each.after is not None:
            rows[each.key, each.occurrence] = each.after
    order = order_of_rows(name, fields)
    return [row for _, row in sorted(rows.items(), key=lambda item: (order(item[1]), item[0][1]))]
