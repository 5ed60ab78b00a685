"""Writing what is said beside the statements (``store.statement.Extras`` and ``Context``)."""

from collections.abc import Iterable

from sqlalchemy import Connection

from store.bulk import driver_query, insert_rows
from store.rows import EXTRA_TABLES, MARKET_PRICE, SERIES_POINT
from store.statement import Context
from store.told import Told


def write_extras(connection: Connection, reader: str, told_rows: Iterable[Told]) -> None:
    """What is said beside the statements: stored once for the words of a look, however often they are seen."""
    for told in told_rows:
        if told.extras is None:
            continue
        for name, table in EXTRA_TABLES.items():
            said = getattr(told.extras, name)
            key = (told.source, told.source_id, reader, told.digest)
            sql = f"DELETE FROM {table.name} WHERE source = ? AND source_id = ? AND reader = ? AND digest = ?"
            driver_query(connection, sql, key)
            if said:
                columns = ("source", "source_id", "reader", "digest", "position", *said[0]._fields)
                insert_rows(connection, table, columns, [(*key, place, *words) for place, words in enumerate(said, 1)])


def write_context(connection: Connection, page_id: int, context: Context) -> None:
    """Write the series and market prices of one page."""
    for table, rows in ((SERIES_POINT, context.points), (MARKET_PRICE, context.prices)):
        if rows:
            insert_rows(connection, table, ("page_id", *rows[0]._fields), [(page_id, *row) for row in rows])
