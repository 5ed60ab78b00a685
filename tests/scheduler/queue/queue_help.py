"""What the tests of workers share: a site that can hold its answers back, machines to work on, and time that passes."""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from signal import SIGKILL
from threading import Event, Lock, Thread
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import URL, Engine, make_url, select, text
from sqlalchemy.exc import OperationalError

from crawler.parsers import hk_aaproperty, hk_chungsen, hkma
from crawler.play import PlayedPage, Player, _Handler, _Server
from crawler.sources import source_specs
from store.engine import open_engine, reading, writing
from store.rows import CRAWL_RUN, TARGET
from store.runs import add_sources
from store.schema import QUEUE_SCHEMA
from store.targets import Planned, put_targets
from store.terms import LookReason, TargetKind
from tests.crawler.spiders.crawl_help import case_body, play

CHUNGSEN, AAPROPERTY, HKMA = "hk_chungsen", "hk_aaproperty", "hkma"
ADDRESSES = {
    CHUNGSEN: (hk_chungsen.LIST_URL, "hk_chungsen/list/areas-in-feet-and-prices-in-wan"),
    AAPROPERTY: (hk_aaproperty.LIST_URL, "hk_aaproperty/list/lots-of-two-auctions"),
    HKMA: (hkma.list_page().url, "hkma/negative_equity/five-quarters"),
}
SOURCES = {urlsplit(address).path: source for source, (address, _) in ADDRESSES.items()}
LONGEST_WAIT = 90
BOTH_SCHEMAS = f"SET LOCAL search_path TO {QUEUE_SCHEMA}, public"
"""The queue's own triggers name their tables without it."""

NEW_NETWORK = 0x40000000  # CLONE_NEWNET


class Clock:
    """A clock that is put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Site(Player):
    """Plays one page for each source, counts the requests that a source gets at once, and holds answers on demand."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        super().__init__(self._page(source, now) for source in ADDRESSES)
        self.today = now.date()
        self.asked_for: Counter[str] = Counter()
        self.most_at_once: Counter[str] = Counter()
        self._at_once: Counter[str] = Counter()
        self._count = Lock()
        self._arrived = {source: Event() for source in ADDRESSES}
        self._may_go = {source: Event() for source in ADDRESSES}
        for each in self._may_go.values():
            each.set()

    @staticmethod
    def _page(source: str, now: datetime) -> PlayedPage:
        address, case = ADDRESSES[source]
        kind = "application/json" if source == HKMA else "text/html"
        return play(address, case_body(case), now.date(), memento=now, content_type=kind)

    def hold(self, source: str) -> None:
        """Answer nothing about a source until it is let go."""
        self._may_go[source].clear()

    def let_go(self, source: str) -> None:
        self._may_go[source].set()

    def wait_for(self, source: str) -> None:
        """Until the source is asked for."""
        assert self._arrived[source].wait(LONGEST_WAIT), f"{source} was not asked for"

    def answer(self, target: str, form: bytes | None = None) -> PlayedPage | None:
        source = SOURCES.get(urlsplit(target).path)
        if source is None:
            return super().answer(target, form)
        with self._count:
            self.asked_for[source] += 1
            self._at_once[source] += 1
            self.most_at_once[source] = max(self.most_at_once[source], self._at_once[source])
        self._arrived[source].set()
        self._may_go[source].wait(LONGEST_WAIT)
        page = super().answer(target, form)
        with self._count:
            self._at_once[source] -= 1
        return page

    @contextmanager
    def also_at(self, listening: socket.socket) -> Iterator[None]:
        """Serve on another socket too."""
        server = _Server(("127.0.0.1", 0), partial(_Handler, self), bind_and_activate=False)
        server.socket.close()
        server.socket, server.server_address = listening, listening.getsockname()
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()


class Machine:
    """Where a worker runs; ``prefix`` leads a command there."""

    def __init__(self, url: str, base_url: str, prefix: Sequence[str] = ()) -> None:
        self._url = url
        self._base_url = base_url
        self._prefix = prefix

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A worker, as it is called from a shell."""
        command = [*self._prefix, sys.executable, "-m", "fapai", "schedule", "worker", "--verbose", *words]
        env = os.environ | {"FAPAI_DB": self._url}
        return subprocess.Popen(
            [*command, "--base-url", self._base_url],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env=env,
        )

    def work_until_empty(self, *words: str) -> str:
        """What a worker says that ends by itself."""
        with self.start("--until-empty", *words) as process:
            said = process.communicate(timeout=LONGEST_WAIT)[1]
        assert process.returncode in {0, 3}, said
        return said


@contextmanager
def two_machines(url: str, site: Site) -> Iterator[list[Machine]]:
    """Two network namespaces that share the socket file of the database alone, where root may make them; else here."""
    by_file = socket_address(url)
    if by_file is None or os.geteuid() or shutil.which("ip") is None:
        yield [Machine(url, site.base_url) for _ in range(2)]
        return
    port = urlsplit(site.base_url).port
    assert port is not None
    with ExitStack() as opened:
        names = [opened.enter_context(_namespace(f"fapai-{uuid4().hex[:8]}")) for _ in range(2)]
        for name in names:
            opened.enter_context(site.also_at(_listen_in(name, port)))
        yield [Machine(by_file, site.base_url, ["ip", "netns", "exec", name]) for name in names]


def socket_address(url: str) -> str | None:
    """The same database by the server's socket file, which reaches into every network namespace."""
    engine = open_engine(url)
    with reading(engine) as connection:
        folder = str(connection.execute(text("SHOW unix_socket_directories")).scalar_one()).split(",")[0].strip()
    engine.dispose()
    if not folder:
        return None
    named = make_url(url)
    where = {"host": folder, "port": str(named.port or 5432)}
    by_file = URL.create("postgresql", named.username, named.password, database=named.database, query=where)
    address = by_file.render_as_string(hide_password=False)
    return address if _answers(address) else None


def _answers(url: str) -> bool:
    engine = open_engine(url)
    try:
        engine.connect().close()
    except OperationalError:
        return False
    finally:
        engine.dispose()
    return True


@contextmanager
def _namespace(name: str) -> Iterator[str]:
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def _listen_in(name: str, port: int) -> socket.socket:
    """A socket that listens in another network namespace: it belongs to that of the thread that makes it."""
    made: list[socket.socket] = []

    def make() -> None:
        namespace = os.open(f"/run/netns/{name}", os.O_RDONLY)
        assert ctypes.CDLL(None, use_errno=True).setns(namespace, NEW_NETWORK) == 0, os.strerror(ctypes.get_errno())
        os.close(namespace)
        listening = socket.socket()
        listening.bind(("127.0.0.1", port))
        listening.listen()
        made.append(listening)

    thread = Thread(target=make)
    thread.start()
    thread.join()
    return made[0]


def die(process: subprocess.Popen[str]) -> None:
    """As when the machine loses its power: the worker and what it has started are gone at once."""
    children = [
        int(child)
        for task in Path(f"/proc/{process.pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    for each in (process.pid, *children):
        os.kill(each, SIGKILL)
    process.wait()


def put_due(engine: Engine, *sources: str) -> None:
    """The lists of sources are due, the first one for the longest.

    They have been tried before, so that planning leaves them where they are, in the quiet hours of their sites too.
    """
    now = datetime.now(UTC)
    with writing(engine) as connection:
        add_sources(connection, {name: source_specs()[name].title for name in sources})
        for position, source in enumerate(sources):
            due = now - timedelta(hours=1, minutes=-position)
            put_targets(connection, [Planned(source, TargetKind.LISTS, "", None, due, LookReason.LISTS)])
        connection.execute(TARGET.update().values(attempts=1))


def let_pass(engine: Engine, time: timedelta) -> None:
    """As if so much time had passed: every promise and every sign of life is so much older."""
    instants = (
        ("lease", "until"),
        ("target", "leased_until"),
        ("crawl_run", "alive_at"),
        ("procrastinate_workers", "last_heartbeat"),
        ("procrastinate_jobs", "scheduled_at"),
    )
    with writing(engine) as connection:
        connection.execute(text(BOTH_SCHEMAS))
        for table, column in instants:
            connection.execute(text(f"UPDATE {table} SET {column} = {column} - :time"), {"time": time})


def verdicts(engine: Engine, source: str) -> list[str]:
    """How the runs of a source ended, the first one first."""
    query = select(CRAWL_RUN.c.verdict).where(CRAWL_RUN.c.source == source).order_by(CRAWL_RUN.c.id)
    with reading(engine) as connection:
        return list(connection.execute(query).scalars())


def jobs(engine: Engine) -> list[tuple[str, str | None, str, int]]:
    """Task, lock, state and attempts of the jobs in the queue, but for the minutes of the timetable."""
    query = f"SELECT task_name, lock, status::text, attempts FROM {QUEUE_SCHEMA}.procrastinate_jobs "
    with reading(engine) as connection:
        rows = connection.execute(text(query + "WHERE task_name NOT IN ('keep', 'tell') ORDER BY id")).all()
    return [tuple(row) for row in rows]
