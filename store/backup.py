"""Copies of a database: taken while others write, checked before they count, and never put over what is there unasked.

SQLite is copied with its own backup call, in one snapshot: in WAL mode writers go on meanwhile. PostgreSQL is copied by
its own ``pg_dump`` and ``pg_restore``. The archive of pages and its key are files: they are named, not copied.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, select

from store.engine import reading
from store.errors import CannotWrite, SchemaMismatch, StoreError
from store.rows import CRAWL_RUN, PAGE
from store.runs import SILENCE
from store.schema import QUEUE_SCHEMA, SchemaState, migration_config, schema_state
from store.terms import RunVerdict

SQLITE, POSTGRESQL = b"SQLite format 3\0", b"PGDMP"


class Restored(NamedTuple):
    """What was put back. ``replaced``: where the database lies that stood there before."""

    is_current: bool  # else its tables are older: fapai db upgrade
    replaced: Path | None


def back_up(engine: Engine, path: Path) -> None:
    """Copy the database into a new file, while others may go on writing.

    Raises:
        CannotWrite: the file exists already, or cannot be written.
        StoreError: the database cannot be read, or PostgreSQL's own programs are missing.
    """
    if path.exists():
        raise CannotWrite(f"{path} is there already: name another file")
    draft = path.with_name(f".{path.name}.part")
    try:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, draft)
        else:
            words = ["pg_dump", "--format=custom", f"--exclude-schema={QUEUE_SCHEMA}", f"--file={draft}"]
            _run([*words, f"--dbname={_address(engine)}"], engine)
        draft.replace(path)
    except OSError as error:
        raise CannotWrite(f"the backup cannot be written to {path}: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)


def restore(engine: Engine, path: Path, *, replace: bool) -> Restored:
    """Put a backup in the place of a database.

    Raises:
        StoreError: it is no backup of this kind of database, damaged, of a newer version, or not to be read.
        CannotWrite: a database is there and ``replace`` is not set, or something is crawling into it.
    """
    kind = _kind_of(path)
    if kind != (SQLITE if engine.dialect.name == "sqlite" else POSTGRESQL):
        raise StoreError(f"{path} is no backup of a {engine.dialect.name} database")
    is_current = _is_current(_revision_in(path, kind, engine), path)
    is_there = _is_there(engine)
    if is_there and not replace:
        raise CannotWrite("there is a database already: with --replace the backup takes its place")
    if is_there:
        _require_quiet_if_sound(engine)
    if kind == SQLITE:
        return Restored(is_current, _put_sqlite(engine, path, is_there=is_there))
    clean = ["--clean", "--if-exists"] if is_there else []
    words = ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", *clean]
    _run([*words, f"--dbname={_address(engine)}", str(path)], engine)
    return Restored(is_current, None)


def _is_there(engine: Engine) -> bool:
    if engine.dialect.name != "sqlite":
        return schema_state(engine) is not SchemaState.ABSENT
    file = _file_of(engine)
    return file.is_file() and file.stat().st_size > 0


def _require_quiet_if_sound(engine: Engine) -> None:
    """A damaged database is what backups are for: nobody writes into it."""
    try:
        require_quiet(engine)
    except CannotWrite:
        raise
    except StoreError:
        return


def require_quiet(engine: Engine) -> None:
    """Go on only if no run is alive: what it writes would be lost, or point to what is moved.

    Raises:
        CannotWrite: with the sources that are being read.
    """
    run = CRAWL_RUN.c
    since = datetime.now(UTC) - SILENCE
    alive = select(run.source).where(run.verdict == RunVerdict.RUNNING, run.alive_at >= since).distinct()
    with reading(engine) as connection:
        if not connection.dialect.has_table(connection, "crawl_run"):
            return
        sources = connection.execute(alive.order_by(run.source)).scalars().all()
    if sources:
        raise CannotWrite(f"not while it is being written: {', '.join(sources)}; try again when that has ended")


def _copy_sqlite(engine: Engine, draft: Path) -> None:
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft)) as copy, closing(sqlite3.connect(_file_of(engine))) as source:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
            problem = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise CannotWrite(f"the backup failed: {error}") from None
    if problem != "ok":
        raise StoreError(f"the database is damaged, and so would be its backup: {problem}")


def _put_sqlite(engine: Engine, path: Path, *, is_there: bool) -> Path | None:
    """The old file is kept beside the new one: a wrong backup must not cost what was there."""
    target = _file_of(engine)
    draft, replaced = target.with_name(f".{target.name}.part"), None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, draft)
        if is_there:
            with suppress(sqlite3.Error), closing(sqlite3.connect(target)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            replaced = target.with_name(f"{target.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}")
            engine.dispose()
            for ending in ("-wal", "-shm", ""):
                with suppress(FileNotFoundError):
                    target.with_name(target.name + ending).replace(replaced.with_name(replaced.name + ending))
        draft.replace(target)
        with closing(sqlite3.connect(target)) as new:
            new.execute("PRAGMA journal_mode=WAL")
    except (OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        raise CannotWrite(f"the backup cannot be put in place: {error}") from None
    return replaced


def _kind_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(len(SQLITE))
    except OSError as error:
        raise StoreError(f"the backup cannot be read: {path}: {error.strerror}") from None
    kind = next((kind for kind in (SQLITE, POSTGRESQL) if head.startswith(kind)), None)
    if kind is None:
        raise StoreError(f"{path} is no backup of a database")
    return kind


def _revision_in(path: Path, kind: bytes, engine: Engine) -> str | None:
    """The version of the tables in a backup, which is checked on the way; ``None`` where it is not ours."""
    if kind == POSTGRESQL:
        words = ["pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(path)]
        lines = iter(_run(words, engine).splitlines())
        return next((next(lines, None) for line in lines if line.startswith("COPY ")), None)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            problem = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if problem != "ok":
                raise StoreError(f"the backup is damaged: {' '.join(problem.split())}")
            row = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    except sqlite3.Error as error:
        raise StoreError(f"the backup is damaged: {error}") from None
    return None if row is None else str(row[0])


def _is_current(revision: str | None, path: Path) -> bool:
    if revision is None:
        raise SchemaMismatch(f"{path} is a database of something else")
    script = ScriptDirectory.from_config(migration_config())
    try:
        script.get_revision(revision)
    except CommandError:
        raise SchemaMismatch("the backup was made by a newer fapai: install that version to use it") from None
    return revision == script.get_current_head()


def _file_of(engine: Engine) -> Path:
    database = engine.url.database
    if not database or database == ":memory:":
        raise StoreError("a database in memory has no file")
    return Path(database)


def missing_files(engine: Engine, archive_root: Path) -> tuple[int, int]:
    """How many files of the archive the database names, and how many of them are not there."""
    with reading(engine) as connection:
        names = connection.execute(select(PAGE.c.archive_file).where(PAGE.c.archive_file != "").distinct()).scalars()
        found = [(archive_root / name).is_file() for name in names]
    return len(found), found.count(False)


def _address(engine: Engine) -> str:
    """For PostgreSQL's programs; the password goes by the environment, arguments can be seen by everybody."""
    own = engine.url.difference_update_query(["password"])._replace(drivername="postgresql", password=None)
    return own.render_as_string(hide_password=False)  # ``set`` would leave a password that is to be none


def _run(words: list[str], engine: Engine) -> str:
    password = engine.url.password or engine.url.query.get("password")
    env = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    program = shutil.which(words[0])
    if program is None:
        raise StoreError(f"PostgreSQL is copied by its own program {words[0]}, which is not installed here")
    done = subprocess.run([program, *words[1:]], env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise StoreError(f"{words[0]} failed: {' '.join(done.stderr.split())[:300]}")
    return done.stdout
