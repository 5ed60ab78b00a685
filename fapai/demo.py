"""The demo: recorded pages of several years, played date by date to the real spiders, into a database of their own."""

import json
import os
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, func, select

from crawler.launch import Waiting, run_crawl
from crawler.orders import CrawlOrders
from crawler.play import BadIndex, Player, load_pages
from crawler.recording import RunSummary
from fapai.demo_homes import tell_homes
from fapai.demo_words import Narrator
from fapai.keeping import keep_rollups
from reporting.export import export_snapshot
from reporting.price_cuts import PriceCutQuestion, price_cuts
from store.engine import open_engine, reading, writing
from store.errors import StoreError
from store.rows import LISTING
from store.schema import upgrade
from store.terms import RunVerdict
from tracking.linking import link_database
from tracking.price_changes import price_changes

MARKER = "fapai-demo.json"
DATABASE = "fapai.sqlite"
ARCHIVE = "fapai.pages"
SNAPSHOT = "snapshot"
READY = 2  # processes that load their libraries while another one crawls: one a core halves the whole time
CUTS_SHOWN = 12


class CannotPlay(StoreError):
    """The demo has no place to go, or not the pages that it plays."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One date of one source: a crawl of its played pages, or the reading of a saved file."""

    on: date
    source: str
    told: str
    cities: tuple[str, ...] = ()
    max_pages: int | None = None
    with_details: bool = True
    is_outage: bool = False
    file: str | None = None
    mapping: str | None = None

    @classmethod
    def from_index(cls, entry: dict[str, Any]) -> Self:
        """A stop as the index has it."""
        return cls(**entry | {"on": date.fromisoformat(entry["on"]), "cities": tuple(entry.get("cities", ()))})


NOTICES = Stop(
    on=date(2026, 8, 28),
    source="ali_judicial",
    told="Two homes with their notices, as a browser's accessibility trees: read as fapai capture reads them.",
    file="ali_judicial/detail_text/accessibility-trees-2026/input.json",
)
"""The only details of the demo. Read and not crawled: one more process would cost a second."""


def recorded_pages() -> Path:
    """The folder of recorded pages: in the installed package, else in the checkout.

    Raises:
        CannotPlay: it is in neither.
    """
    here = Path(__file__).parent
    for folder in (here / "recorded", here.parent / "fixtures"):
        if (folder / "demo" / "index.json").is_file():
            return folder
    raise CannotPlay("the recorded pages are missing from this installation")


def play_demo(keep: Path | None, then: Callable[[str], None] | None = None) -> bool:
    """Play everything, print what comes of it, and leave database, archive and snapshot in ``keep``.

    Without ``keep`` they lie in a new temporary folder. Interrupted, it removes what it has made. Gives whether
    every run went as it should: well, or badly on a day of outage. ``then`` is what is done with the address of the
    finished database; nothing that happens there removes it.

    Raises:
        StoreError: no place to write, or nothing to play.
    """
    root = recorded_pages()
    index = root / "demo" / "index.json"
    try:
        pages = load_pages(root, index)
    except BadIndex as error:
        raise CannotPlay(str(error)) from None
    played = [Stop.from_index(entry) for entry in json.loads(index.read_text("utf-8"))["stops"]]
    stops = sorted([*played, NOTICES], key=lambda stop: stop.on)
    narrator = Narrator(sys.stdout)
    with DemoFolder(keep) as place, _without_other_archive(), Player(pages) as player:
        engine = open_engine(place.database_url)
        upgrade(engine)
        narrator.open(len(stops), len({stop.source for stop in stops}), stops[0].on, stops[-1].on)
        unexpected = _play(stops, player, engine, place, root, narrator)
        with writing(engine) as connection:
            linking = link_database(connection, datetime.now(UTC))
        keep_rollups(engine)
        with reading(engine) as connection:
            narrator.tell_cuts(price_cuts(connection, PriceCutQuestion(limit=CUTS_SHOWN)))
            tell_homes(narrator, linking, connection)
            narrator.tell_notice(connection)
        narrator.tell_snapshot(export_snapshot(engine, place.path / SNAPSHOT))
        engine.dispose()
    narrator.close(place.path, place.database_url, is_temporary=keep is None)
    if then is not None:
        then(place.database_url)
    return not unexpected


def _play(
    stops: list[Stop], player: Player, engine: Engine, place: "DemoFolder", root: Path, narrator: Narrator
) -> list[RunSummary]:
    """Go from stop to stop; gives the runs that went otherwise than they should."""
    unexpected = []
    cuts_before: Counter[str] = Counter()
    with _Processes(sum(stop.file is None for stop in stops)) as processes:
        for source, group in groupby(stops, lambda stop: stop.source):
            narrator.tell_source(source)
            for stop in group:
                narrator.tell_recording(stop.told)
                player.today = stop.on
                summary = _read_file(stop, root, engine, place) if stop.file else processes.crawl(stop, player, place)
                with reading(engine) as connection:
                    known, cuts = _count_listings(connection, source), _count_cuts(connection, source)
                narrator.tell_run(stop.on, summary, known, cuts - cuts_before[source], is_outage=stop.is_outage)
                cuts_before[source] = cuts
                if (summary.verdict == RunVerdict.OK) == stop.is_outage:
                    unexpected.append(summary)
    return unexpected


def _count_listings(connection: Connection, source: str) -> int:
    return connection.execute(select(func.count()).where(LISTING.c.source == source)).scalar_one()


def _count_cuts(connection: Connection, source: str) -> int:
    return sum(change.cut_amount > 0 for change in price_changes(connection, sources=[source]))


def _read_file(stop: Stop, root: Path, engine: Engine, place: "DemoFolder") -> RunSummary:
    from crawler.capture import Capture
    from crawler.intake.mapping import load_mapping

    assert stop.file is not None  # noqa: S101
    mapping = load_mapping(stop.mapping) if stop.mapping else None
    capture = Capture(engine, place.path / ARCHIVE, [root / stop.file], mapping)
    list(capture)
    (summary,) = capture.summaries
    return summary


class _Processes:
    """Crawling processes, a few of them always getting ready."""

    def __init__(self, count: int) -> None:
        self._still_to_start = count
        self._ready: deque[Waiting] = deque()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._ready:
            self._ready.popleft().dismiss()

    def crawl(self, stop: Stop, player: Player, place: "DemoFolder") -> RunSummary:
        """Crawl in the process that has waited longest."""
        process = self._ready.popleft()
        self._start()
        orders = CrawlOrders(
            stop.source, place.database_url, stop.cities, stop.max_pages, stop.with_details, player.base_url
        )
        return run_crawl(orders, waiting=process)

    def _start(self) -> None:
        while self._still_to_start and len(self._ready) < READY:
            self._still_to_start -= 1
            self._ready.append(Waiting())


class DemoFolder:
    """The folder of one demo. Whatever else lies there is never touched.

    Raises:
        CannotPlay: on entering, a folder that holds other things than a former demo, or that cannot be made.
    """

    def __init__(self, keep: Path | None) -> None:
        self._keep = keep
        self.path = Path()
        self._is_made_here = False

    @property
    def database_url(self) -> str:
        """The database of the demo."""
        return f"sqlite:///{self.path / DATABASE}"

    def __enter__(self) -> Self:
        try:
            if self._keep is None:
                self.path = Path(tempfile.mkdtemp(prefix="fapai-demo-"))
                self._is_made_here = True
            else:
                self.path = self._keep.absolute()
                self._take_over()
            (self.path / MARKER).write_text('{"made_by": "fapai demo"}\n', "utf-8")
        except OSError as error:
            raise CannotPlay(f"the demo cannot be written to {self.path}: {error.strerror}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            return
        self._clear()
        (self.path / MARKER).unlink(missing_ok=True)
        if self._is_made_here and not any(self.path.iterdir()):
            self.path.rmdir()

    def _take_over(self) -> None:
        if not self.path.exists():
            self.path.mkdir(parents=True)
            self._is_made_here = True
            return
        if not self.path.is_dir():
            raise CannotPlay(f"{self.path} is a file: name a folder")
        if (self.path / MARKER).is_file():
            self._clear()
        elif any(self.path.iterdir()):
            raise CannotPlay(f"{self.path} holds other things: name an empty folder, or one of a former demo")

    def _clear(self) -> None:
        """Remove database, archive and snapshot, and nothing else, not even from their folders."""
        for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
            (self.path / name).unlink(missing_ok=True)
        for pattern in (f"{ARCHIVE}/*/*.warc.gz", f"{SNAPSHOT}/*.csv", f"{SNAPSHOT}/README.txt"):
            for path in self.path.glob(pattern):
                path.unlink()
        (self.path / SNAPSHOT / "manifest.json").unlink(missing_ok=True)
        for name in (f"{ARCHIVE}/*", ARCHIVE, SNAPSHOT):
            for path in self.path.glob(name):
                if path.is_dir() and not any(path.iterdir()):
                    path.rmdir()


@contextmanager
def _without_other_archive() -> Iterator[None]:
    """The archive named by ``FAPAI_ARCHIVE`` is not the demo's."""
    named = os.environ.pop("FAPAI_ARCHIVE", None)
    try:
        yield
    finally:
        if named is not None:
            os.environ["FAPAI_ARCHIVE"] = named
