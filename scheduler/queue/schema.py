"""Where the queue lies: Procrastinate's own tables, in a schema of their own beside ours.

Not among our migrations: the tables are those of whatever version of the library is installed, if it is at all, and
they hold nothing that is not made anew from the timetable. So the first worker makes them, and one of another version
of the library makes them anew. In a schema of their own neither Alembic nor a backup takes them for ours.
"""

from hashlib import sha256

from sqlalchemy import Connection, Engine, text

from store.engine import writing
from store.errors import StoreError
from store.schema import QUEUE_SCHEMA

LOCK = 7220111  # of PostgreSQL's advisory locks: two workers that start at once must not both make the tables
MADE = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name"


class OtherQueue(StoreError):
    """The queue is of another version of the library, and somebody works with it."""


def make_queue(engine: Engine, *, is_in_use: bool) -> None:
    """Make the tables of the queue, or make them anew where they are of another version of the library.

    Args:
        engine: of a PostgreSQL database.
        is_in_use: whether workers are alive.

    Raises:
        OtherQueue: they are of another version and in use.
        CannotWrite: the role may not make a schema.
    """
    from procrastinate.schema import SchemaManager

    tables = SchemaManager.get_schema()
    mark = f"made by fapai for Procrastinate, {sha256(tables.encode()).hexdigest()[:12]}"
    with writing(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        found = connection.execute(text(MADE), {"name": QUEUE_SCHEMA}).first()
        if found is not None and found[0] == mark:
            return
        if found is not None and is_in_use:
            raise OtherQueue("workers with another version of Procrastinate are at work: end them first")
        if found is not None:
            connection.exec_driver_sql(f"DROP SCHEMA {QUEUE_SCHEMA} CASCADE")
        connection.exec_driver_sql(f"CREATE SCHEMA {QUEUE_SCHEMA}")
        connection.exec_driver_sql(f"COMMENT ON SCHEMA {QUEUE_SCHEMA} IS '{mark}'")
        connection.exec_driver_sql(f"SET LOCAL search_path TO {QUEUE_SCHEMA}")
        _run_script(connection, tables)


def connection_words(engine: Engine) -> tuple[str, str]:
    """The address for the library's own connections, and their option that leads them to the schema of the queue."""
    own = engine.url.query.get("options", ())
    options = [own] if isinstance(own, str) else list(own)
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return address, " ".join([*options, f"-c search_path={QUEUE_SCHEMA}"])


def _run_script(connection: Connection, script: str) -> None:
    """Many statements at once: only without parameters does the driver hand them on as they are."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101
    driver.execute(script)
