"""PostgreSQL databases with today's tables, emptied after a test and given to the next: to make one anew is slow."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import OperationalError

from store.engine import open_engine

SHAPE = text(
    """
    WITH own AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
    things AS (
      SELECT concat_ws(' ', 'relation', relnamespace::regnamespace, relname, relkind, reloptions) AS words
        FROM pg_class WHERE relnamespace IN (SELECT oid FROM own)
      UNION ALL
      SELECT concat_ws(' ', 'column', attrelid::regclass, attname, atttypid, atttypmod, attnotnull, attstattarget)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace IN (SELECT oid FROM own)
      UNION ALL
      SELECT concat_ws(' ', 'default', adrelid::regclass, adnum, pg_get_expr(adbin, adrelid)) FROM pg_attrdef
      UNION ALL
      SELECT concat_ws(' ', 'constraint', conrelid::regclass, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace IN (SELECT oid FROM own)
      UNION ALL
      SELECT concat_ws(' ', 'index', pg_get_indexdef(pg_index.indexrelid))
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace IN (SELECT oid FROM own)
      UNION ALL
      SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL
      SELECT concat_ws(' ', 'function', pronamespace::regnamespace, proname, prosrc)
        FROM pg_proc WHERE pronamespace IN (SELECT oid FROM own)
      UNION ALL
      SELECT concat_ws(' ', 'settings', setrole, setconfig) FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
      UNION ALL
      SELECT concat_ws(' ', 'extension', extname, extversion) FROM pg_extension
    )
    SELECT md5(string_agg(words, ';' ORDER BY words)) || (SELECT string_agg(version_num, ',') FROM alembic_version)
      FROM things
    """
)
"""All that a test may have changed but rows: a database that differs in it is not given away again."""
EMPTY = text(
    """
    DO $$
    DECLARE
      name text; filled text[] := '{}'; has_rows boolean; bytes bigint := 0;
    BEGIN
      FOR name IN SELECT oid::regclass FROM pg_class
          WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO has_rows;
        IF has_rows THEN
          filled := filled || name;
          bytes := bytes + pg_table_size(name::regclass);
        END IF;
      END LOOP;
      IF bytes > 1000000 THEN
        EXECUTE format('TRUNCATE %s CASCADE', array_to_string(filled, ','));
      ELSIF bytes > 0 THEN
        EXECUTE (
          SELECT format('WITH %s SELECT', string_agg(format('_%s AS (DELETE FROM %s)', number, emptied), ','))
            FROM unnest(filled) WITH ORDINALITY AS each (emptied, number)
        );
      END IF;
      PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
        WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
    END $$
    """
)
"""Takes all rows at once, so that none refers to one that is gone, and lets numbers begin anew.

To truncate makes all files of the tables and their indexes anew, which costs fifty times as much as a few rows do.
"""
OTHERS_OUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@contextmanager
def admin_of(server: URL) -> Iterator[Connection]:
    """A connection to the server itself, each statement its own transaction."""
    engine = open_engine(server.render_as_string(hide_password=False)).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def database(server: URL, template: str) -> Iterator[URL]:
    """A database made out of a template, gone at the end."""
    name = f"fapai_{uuid4().hex}"
    with admin_of(server) as admin:
        admin.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield server.set(database=name)
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


class Pool:
    """The databases of one process of tests; ``opened`` ends them.

    Each has a connection that stays open for emptying it: a new one would read the server's catalogues again, which
    takes ten times as long as all that is asked here.

    Args:
        server: where they are made.
        template: the database with today's tables and no rows.
    """

    def __init__(self, server: URL, template: URL, opened: ExitStack) -> None:
        self._server, self.template, self._opened = server, template, opened
        with admin_of(template) as connection:
            self._shape = _shape_of(connection)
        self._keepers: dict[URL, Connection] = {}
        self._free: list[URL] = []

    def take(self) -> URL:
        """A database with today's tables and no rows."""
        if self._free:
            return self._free.pop()
        url = self._opened.enter_context(database(self._server, str(self.template.database)))
        self._keepers[url] = self._opened.enter_context(admin_of(url))
        return url

    def give_back(self, url: URL) -> None:
        """Empty a database for another test, unless this one changed more than rows or ended all connections."""
        keeper = self._keepers[url]
        try:
            keeper.execute(OTHERS_OUT)
            is_the_same = _shape_of(keeper) == self._shape
        except OperationalError:
            is_the_same = False
        if not is_the_same:
            keeper.close()
            return
        keeper.execute(EMPTY)
        self._free.append(url)


def _shape_of(connection: Connection) -> str:
    return str(connection.execute(SHAPE).scalar_one())
