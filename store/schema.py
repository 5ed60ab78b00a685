"""The version of a database's tables, and bringing it up to the program's."""

import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from store.engine import reading, writing
from store.errors import CannotWrite, SchemaMismatch

if TYPE_CHECKING:  # Alembic is a third of a second of every command's start, and only an upgrade needs it
    from alembic.config import Config

BROKEN_POINTERS = {
    "listings without any observation": (
        "SELECT count(*) FROM listing WHERE NOT EXISTS "
        "(SELECT 1 FROM observation WHERE observation.listing_id = listing.id)"
    ),
    "listings whose state is no observation of theirs": (
        "SELECT count(*) FROM listing LEFT JOIN observation ON observation.id = listing.observation_id "
        "WHERE observation.listing_id IS NULL OR observation.listing_id <> listing.id"
    ),
}
"""What no foreign key guards, and how many are found."""

QUEUE_SCHEMA = "fapai_queue"
"""The schema of PostgreSQL in which workers keep their queue: no table of ours, and no part of a backup.

It holds nothing of its own: what is due are rows of ours, and whoever works makes the queue anew from them.
"""

NO_DATABASE = "there is no database yet: run a crawl or a capture first, or fapai db upgrade"


class SchemaState(StrEnum):
    """How a database's tables stand to the program."""

    CURRENT = "current"
    ABSENT = "absent"  # an empty database
    OLDER = "older"
    NEWER = "newer"  # or made by something else: its revision is unknown here
    FOREIGN = "foreign"  # tables, but not ours


def migrations_folder() -> Path:
    """The migrations in the installed package, else those of the checkout."""
    installed = Path(__file__).parent / "migrations"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "alembic"


@cache
def known_revisions() -> tuple[str, ...]:
    """The revisions of the migrations from the first to the newest, by the names of their files."""
    files = (re.match(r"(\d{4})_\w+\.py$", file.name) for file in (migrations_folder() / "versions").iterdir())
    return tuple(sorted(found[1] for found in files if found))


def migration_config() -> "Config":
    """Settings for Alembic's own functions; no file is read."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config


def schema_state(engine: Engine) -> SchemaState:
    """Compare the database's revision with the newest one known here."""
    with reading(engine) as connection:
        tables = set(inspect(connection).get_table_names())
        revision = _revision(connection) if "alembic_version" in tables else None
    if revision is None:
        return SchemaState.FOREIGN if tables - {"alembic_version", "sqlite_sequence"} else SchemaState.ABSENT
    if revision == known_revisions()[-1]:
        return SchemaState.CURRENT
    return SchemaState.OLDER if revision in known_revisions() else SchemaState.NEWER


def _revision(connection: Connection) -> str | None:
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def upgrade(engine: Engine) -> None:
    """Bring the tables to the program's version; makes them in an empty database.

    Raises:
        SchemaMismatch: the database is newer than the program, or not ours.
        CannotWrite: it cannot be written.
    """
    state = schema_state(engine)
    if state is SchemaState.NEWER:
        raise SchemaMismatch("the database was made by a newer fapai: install that version to use it")
    if state is SchemaState.FOREIGN:
        raise SchemaMismatch("the database holds tables of something else: name another one with --db")
    if engine.dialect.name == "sqlite":
        _switch_to_wal(engine)
    from alembic import command

    config = migration_config()
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":  # two programs that start at once must not both make the tables
            connection.execute(text("SELECT pg_advisory_xact_lock(7220110)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_current(engine: Engine, *, make_if_absent: bool = False) -> None:
    """Go on only with tables of the program's own version.

    Raises:
        SchemaMismatch: with the sentence that tells what to do.
    """
    state = schema_state(engine)
    if state is SchemaState.CURRENT:
        return
    if state is SchemaState.ABSENT and make_if_absent:
        upgrade(engine)
        return
    sentences = {
        SchemaState.ABSENT: NO_DATABASE,
        SchemaState.OLDER: "the database was made by an older fapai: run fapai db upgrade",
        SchemaState.NEWER: "the database was made by a newer fapai: install that version to use it",
        SchemaState.FOREIGN: "the database holds tables of something else: name another one with --db",
    }
    raise SchemaMismatch(sentences[state])


def _switch_to_wal(engine: Engine) -> None:
    """Readers and one writer at once; the mode stays with the file. It cannot be set inside a transaction."""
    try:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()
    except (DBAPIError, engine.dialect.loaded_dbapi.Error) as error:  # the second comes from the driver itself
        raise CannotWrite(f"the database cannot be written: {getattr(error, 'orig', error)}") from None


def integrity_problems(engine: Engine) -> list[str]:
    """What the database itself finds wrong: broken pages, rows that point nowhere. Empty when sound."""
    problems: list[str] = []
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.execute(text("PRAGMA integrity_check")).scalars()
            problems += [row for row in rows if row != "ok"]
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            problems += [f"row {row[1]} of {row[0]} points to a missing row of {row[2]}" for row in broken]
        for words, sql in BROKEN_POINTERS.items():
            found = connection.execute(text(sql)).scalar_one()
            if found:
                problems.append(f"{found} {words}")
    return problems
