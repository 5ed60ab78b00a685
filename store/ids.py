"""Fresh ids, taken before the rows are written: a page names its listings before they exist."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, Table

from store.bulk import driver_query

MOST_AHEAD = 1_000


class FreshIds:
    """Ids for one writer, asked for ahead of need.

    A question for each page costs as much as its row (PostgreSQL: 0.6 ms with the answer, 2026-11). So:

    - SQLite: nobody else writes before the transaction ends; one question serves all its pages.
    - PostgreSQL: a sequence gives no number twice, whatever is rolled back. As many are asked for ahead as were
      taken before, so that a writer leaves fewer unused than it used, and never more than ``MOST_AHEAD``.
    """

    def __init__(self) -> None:
        self._next: dict[str, int] = {}  # SQLite: by table, in this transaction
        self._ahead: dict[str, list[int]] = defaultdict(list)  # PostgreSQL: asked for and not taken yet
        self._taken: dict[str, int] = defaultdict(int)

    def take(self, connection: Connection, table: Table, count: int) -> Sequence[int]:
        """So many ids, rising."""
        if not count:
            return ()
        if connection.dialect.name == "postgresql":
            return self._from_sequence(connection, table.name, count)
        first = self._next.get(table.name) or reserve_ids(connection, table, 1)[0]
        self._next[table.name] = first + count
        return range(first, first + count)

    def end_transaction(self) -> None:
        """Before each commit: on SQLite others may write now."""
        self._next.clear()

    def _from_sequence(self, connection: Connection, name: str, count: int) -> Sequence[int]:
        ahead = self._ahead[name]
        missing = count - len(ahead)
        if missing > 0:
            ahead += _next_of_sequence(connection, name, missing + min(self._taken[name], MOST_AHEAD))
        self._taken[name] += count
        taken, self._ahead[name] = ahead[:count], ahead[count:]
        return taken


def reserve_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """So many fresh ids, for a writer that needs them once."""
    if not count:
        return ()
    if connection.dialect.name == "postgresql":
        return _next_of_sequence(connection, table.name, count)
    ((highest,),) = driver_query(connection, f"SELECT coalesce(max(id), 0) FROM {table.name}", ())
    return range(int(highest) + 1, int(highest) + count + 1)


def _next_of_sequence(connection: Connection, name: str, count: int) -> list[int]:
    """The sequence is looked up once, not for each number."""
    sql = (
        f"WITH own AS MATERIALIZED (SELECT pg_get_serial_sequence('{name}', 'id')::regclass AS sequence) "
        "SELECT nextval(sequence) FROM own, generate_series(1, ?)"
    )
    return [row[0] for row in driver_query(connection, sql, (count,))]
