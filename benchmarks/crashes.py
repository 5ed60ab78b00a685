"""kill -9 at random moments of crawl, link, export and alert over the recorded sites: ``python -m benchmarks.crashes``.

The pages of the demo are crawled twice, date by date: once undisturbed, and once with commands that are killed, with
all the processes they have started, before each is run to its end. Then the two databases must hold the same: every
table of their snapshots, byte for byte, a sound database, each page in the archive, and the same news told of a watch on
all homes, each in one message that was sent and stands once in its feed. SQLite; PostgreSQL as well where
``FAPAI_TEST_POSTGRESQL`` names a server.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from uuid import uuid4

from sqlalchemy import create_engine, func, inspect, make_url, select, text

from crawler.play import Player, load_pages
from fapai.demo import Stop, recorded_pages
from store.archive import Place, read_page
from store.engine import open_engine, reading, writing
from store.rows import CRAWL_RUN, DELIVERY, PAGE, WATCH_EVENT
from store.runs import DIED
from store.terms import DeliveryState

SERVER = "FAPAI_TEST_POSTGRESQL"
ARCHIVE = "FAPAI_ARCHIVE"
WITHOUT_RUNS = ("README.txt", "manifest.json")
"""Files of a snapshot that tell how it was made, not what is known."""


@dataclass
class Trial:
    """One database that the played sites are crawled into. ``took``: seconds of each command, to aim the kills."""

    folder: Path
    database: str
    player: Player
    took: dict[str, float] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    survived: Counter[str] = field(default_factory=Counter)

    def commands(self, stop: Stop) -> Iterator[tuple[str, list[str]]]:
        """What is run on a date, with names."""
        cities = [word for city in stop.cities for word in ("--city", city)]
        pages = [] if stop.max_pages is None else ["--max-pages", str(stop.max_pages)]
        details = [] if stop.with_details else ["--no-details"]
        yield "crawl", ["crawl", stop.source, *cities, *pages, *details, "--base-url", self.player.base_url]
        yield "link", ["link"]
        yield "export", ["export", str(self.folder / "snapshot"), "--force"]
        yield "alert", ["alert", "run"]

    def watch_everything(self) -> None:
        """Have the news of all homes written to a feed."""
        self.run(
            "watch", ["watch", "add", "--name", "all", "--cut", "1%", "--event", "new_round", "--atom", str(self.feed)]
        )

    @property
    def feed(self) -> Path:
        """Where the news are written."""
        return self.folder / "news.xml"

    def run(self, name: str, words: Sequence[str]) -> None:
        """Run a command to its end."""
        begun = time.monotonic()
        done = subprocess.run(self._command(words), env=self._environment(), capture_output=True, check=False)
        self.took[name] = time.monotonic() - begun
        if done.returncode not in (0, 3):  # 3: an outage is among the recorded dates
            raise SystemExit(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr.decode()[-2000:]}")

    def kill(self, name: str, words: Sequence[str], after: float) -> bool:
        """Begin a command and kill it and its children after some seconds; whether it had not ended by then."""
        quiet = subprocess.DEVNULL
        child = subprocess.Popen(self._command(words), env=self._environment(), stdout=quiet, stderr=quiet)
        try:
            child.wait(after)
            self.survived[name] += 1
            return False
        except subprocess.TimeoutExpired:
            for process in family_of(child.pid):
                with_no_matter(process)
            child.wait()
            self.killed[name] += 1
            return True

    def let_leases_end(self) -> None:
        """Let the minutes pass for which a site, or a message, is kept from others after the last sign of life."""
        engine = open_engine(self.database)
        if inspect(engine).has_table(CRAWL_RUN.name):
            with writing(engine) as connection:
                long_ago = datetime(2000, 1, 1, tzinfo=UTC)
                connection.execute(CRAWL_RUN.update().values(alive_at=long_ago))
                claimed = DELIVERY.c.claimed_until.is_not(None)
                connection.execute(DELIVERY.update().where(claimed).values(claimed_until=long_ago))
        engine.dispose()

    def crawls_ended(self) -> int:
        """How many crawls have closed their record."""
        engine = open_engine(self.database)
        count = 0
        if inspect(engine).has_table(CRAWL_RUN.name):
            ended = select(func.count()).where(
                CRAWL_RUN.c.finished_at.is_not(None), CRAWL_RUN.c.reason.is_distinct_from(DIED)
            )
            with reading(engine) as connection:
                count = connection.execute(ended).scalar_one()
        engine.dispose()
        return count

    def _command(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "fapai", *words, "--db", self.database]

    def _environment(self) -> dict[str, str]:
        return os.environ | {ARCHIVE: str(self.folder / "pages"), "FAPAI_ARCHIVE_KEY": str(self.folder / "key")}


def with_no_matter(process: int) -> None:
    """Kill a process; one that has just ended is as well."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def family_of(process: int) -> list[int]:
    """A process and all that it has started, as the system tells (Linux)."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):  # it has ended meanwhile
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    family = [process]
    for each in family:
        family += children.get(each, [])
    return family


def play(trial: Trial, stops: Sequence[Stop], kills: int, random: Random, took: dict[str, float]) -> None:
    """Go through the dates; ``kills`` commands in all are killed before they are run."""
    left = kills
    for place, stop in enumerate(stops):
        trial.player.today = stop.on
        here = left // (len(stops) - place)
        left -= here
        commands = dict(trial.commands(stop))
        kills_of = Counter("crawl" if turn % 2 else random.choice(list(commands)) for turn in range(here))
        for name, words in commands.items():
            before = trial.crawls_ended()
            for turn in range(kills_of[name]):
                is_killed = False
                while not is_killed:  # a command may end before its moment: on a busy machine none takes as before
                    is_killed = trial.kill(name, words, random.uniform(0.05, 1.0) * took[name])
                    trial.let_leases_end()
                if stop.max_pages is not None and trial.crawls_ended() > before:
                    left += kills_of[name] - turn - 1
                    break  # killed when its record was closed; once more, it would ask for the pages after these
            else:
                trial.run(name, words)
        if not place:
            trial.watch_everything()
            trial.run("alert", commands["alert"])


def problems_of(trial: Trial) -> Iterator[str]:
    """What is wrong in a database: its own integrity, and pages that the archive does not give back."""
    command = trial._command(["db", "check"])
    done = subprocess.run(command, env=trial._environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"db check: {done.stdout}{done.stderr}"
    engine = open_engine(trial.database)
    os.environ["FAPAI_ARCHIVE_KEY"] = str(trial.folder / "key")
    with reading(engine) as connection:
        for row in connection.execute(select(PAGE)):
            page = read_page(trial.folder / "pages", Place(row.archive_file, row.archive_offset))
            if sha256(page.body).hexdigest() != row.body_sha256:
                yield f"page {row.id}: the archive gives another body"
    engine.dispose()


News = tuple[str, bool, str]
"""The key of an event, whether it was told, and of which home it is."""


def news_of(trial: Trial) -> tuple[set[News], list[str]]:
    """What the watch took note of, and what is wrong with its messages."""
    engine = open_engine(trial.database)
    with reading(engine) as connection:
        rows = connection.execute(select(WATCH_EVENT).where(WATCH_EVENT.c.home != ""))  # the summary has no home
        news = {(row.event_key, row.message_id is not None, row.home) for row in rows}
        states = Counter(str(state) for state in connection.execute(select(DELIVERY.c.state)).scalars())
    engine.dispose()
    entries = re.findall(r"<entry>.*?<id>(.*?)</id>", trial.feed.read_text("utf-8"), re.DOTALL)
    faults = [f"{count} messages are {state}" for state, count in states.items() if state != DeliveryState.SENT]
    if len(entries) != len(set(entries)) or len(entries) != states.total():
        faults.append(
            f"{len(entries)} entries in the feed, {len(set(entries))} different, of {states.total()} messages"
        )
    return news, faults


def differences(one: Path, other: Path) -> Iterator[str]:
    """Files of two snapshots that are not the same, with some of the lines that only one of them has."""
    files = {path.name for folder in (one, other) for path in folder.iterdir()} - set(WITHOUT_RUNS)
    for name in sorted(files):
        ours, theirs = one / name, other / name
        if not (ours.exists() and theirs.exists()) or ours.read_bytes() != theirs.read_bytes():
            yield f"{name} differs: {'; '.join(lines_of_one(ours, theirs))}"


def lines_of_one(ours: Path, theirs: Path) -> Iterator[str]:
    """The first lines of a file that another has not, both ways."""
    lines = [Counter(path.read_text("utf-8").splitlines()) if path.exists() else Counter() for path in (ours, theirs)]
    for name, mine, others in (("undisturbed", *lines), ("killed", *reversed(lines))):
        only = list((mine - others).elements())
        yield f"{len(only)} lines only when {name} {[line[:300] for line in only[:3]]}"


@contextmanager
def database_for(folder: Path, server: str | None) -> Iterator[str]:
    """The address of an empty database: a file, or one of its own on the server, dropped afterwards."""
    if server is None:
        yield f"sqlite:///{folder / 'fapai.sqlite'}"
        return
    name = f"fapai_crashes_{uuid4().hex[:8]}"
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def measure(server: str | None, kills: int, seed: int) -> bool:
    """One undisturbed run and one with kills; prints what came of them. Whether all is as it should be."""
    root = recorded_pages()
    index = root / "demo" / "index.json"
    pages = load_pages(root, index)
    with tempfile.TemporaryDirectory() as folder, Player(pages) as player:
        stops = [stop for stop in stops_of(index) if stop.file is None]
        trials: list[Trial] = []
        told: list[tuple[set[News], list[str]]] = []
        faults: list[str] = []
        for name, count in (("undisturbed", 0), ("killed", kills)):
            place = Path(folder) / name
            place.mkdir()
            with database_for(place, server) as database:
                trial = Trial(place, database, player)
                play(trial, stops, count, Random(seed), trials[0].took if trials else {})
                faults += [f"{name}: {each}" for each in problems_of(trial)]
                trials.append(trial)
                told.append(news_of(trial))
        faults += differences(*(each.folder / "snapshot" for each in trials))
        faults += [
            f"{trial.folder.name}: {each}" for trial, (_, wrong) in zip(trials, told, strict=True) for each in wrong
        ]
        for trial, mine, others in ((trials[0], told[0][0], told[1][0]), (trials[1], told[1][0], told[0][0])):
            faults += [f"only when {trial.folder.name}: {each}" for each in mine - others]
        killed, survived = trials[1].killed, trials[1].survived
    shares = ", ".join(f"{killed[name]} of {name}" for name in sorted(killed))
    count = sum(is_told for _, is_told, _ in told[0][0])
    name = "SQLite" if server is None else "PostgreSQL"
    print(f"{name}: {killed.total()} killed ({shares}), {survived.total()} had ended")
    right = f"the same tables, a sound database, every page in the archive, the same {count} news told once"
    print("  WRONG:" if faults else f"  {right}")
    for fault in faults[:20]:
        print(f"  ! {fault}")
    return not faults


def stops_of(index: Path) -> list[Stop]:
    """The dates of the demo, in order."""
    import json

    entries = json.loads(index.read_text("utf-8"))["stops"]
    return sorted((Stop.from_index(entry) for entry in entries), key=lambda stop: (stop.on, stop.source))


def main() -> None:
    """Measure on each database that there is. Exit 1 if something was lost, doubled or changed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    servers = [None, os.environ[SERVER]] if SERVER in os.environ else [None]
    results = [measure(server, options.kills, options.seed) for server in servers]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
