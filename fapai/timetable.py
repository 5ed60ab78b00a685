"""Commands of the timetable: schedule run, worker, on, off, plan, status."""

import logging
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fapai.options import UNHEALTHY, Database, OutputFormat, open_database, show, told_in_one_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Engine

    from reporting.tables import Table

app = typer.Typer(
    help="The timetable: what is fetched when, and the service that does it.\n\nExample: fapai schedule status",
    no_args_is_help=True,
)

STATUS = "status: listings that have looks of their own to come; overdue: due, not begun; requests of the site's day"
NO_QUEUE = "workers share a queue on PostgreSQL: pip install 'fapai[queue]', and --db postgresql://HOST/NAME"
BUDGET_NOTE = "dropped: looks that the day's budget of the site does not allow; the most urgent go first"

Sources = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Put these sources on the timetable.")]
Named = Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Sources by name.")]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="Ask this server in place of the sites.")
]
Hours = Annotated[float, typer.Option("--hours", min=0.01, help="A crawl that takes longer is ended.")]
Memory = Annotated[int, typer.Option("--memory-mb", min=256, help="Address space of a crawl.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Tell what is done.")]


@app.command()
def run(
    sources: Sources = None,
    base_url: BaseUrl = None,
    hours: Hours = 8,
    memory_mb: Memory = 2048,
    verbose: Verbose = False,
    db: Database = None,
) -> None:
    """Keep the timetable until told to end (Ctrl-C, SIGTERM): crawl what is due, link what came.

    A second service on the same database waits until the first has gone.

    Example: fapai schedule run br_caixa rmfysszc
    """
    from fapai.collect import check_sources
    from scheduler.crawling import Limits
    from scheduler.service import TICK, Service
    from scheduler.ticking import Ticks

    _log(verbose)
    with told_in_one_sentence():
        check_sources(sources or [])
        engine = open_database(db, make_if_absent=True)
        service = Service(engine, Limits(timedelta(hours=hours), memory_mb * 1024**2), base_url)
        service.add(sources or [])
        ticks = Ticks(service.tick, TICK)

        def end(_signal: int, _frame: FrameType | None) -> None:
            ticks.shutdown()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        try:
            ticks.start()
        finally:
            service.stop()


@app.command()
def worker(
    sources: Sources = None,
    concurrency: Annotated[int, typer.Option(min=1, max=32, help="So many sites are asked at the same time.")] = 3,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="End when nothing is due any more.")] = False,
    base_url: BaseUrl = None,
    hours: Hours = 8,
    memory_mb: Memory = 2048,
    verbose: Verbose = False,
    db: Database = None,
) -> None:
    """Do the work of the timetable as one of several workers, on as many machines, that share a PostgreSQL.

    In place of schedule run: while a service keeps the timetable, workers wait, and the other way round.

    Example: fapai schedule worker br_caixa rmfysszc --concurrency 2
    """
    from fapai.collect import check_sources

    _log(verbose)
    with told_in_one_sentence():
        check_sources(sources or [])
        engine = _open_queue(db)
        from scheduler.crawling import Limits
        from scheduler.queue.worker import Worker

        limits = Limits(timedelta(hours=hours), memory_mb * 1024**2, concurrency)
        one = Worker(engine, limits, base_url)
        one.add(sources or [])
        is_healthy = one.run(until_empty=until_empty)
    if until_empty and not is_healthy:
        raise typer.Exit(UNHEALTHY)


def _open_queue(db: str | None) -> "Engine":
    """The engine of a database that can hold a queue.

    Raises:
        StoreError: it is not PostgreSQL, cannot be opened, or the library of the queue is not installed.
    """
    from importlib.util import find_spec

    from store.engine import default_url
    from store.errors import StoreError

    address = db or default_url()
    if not address.startswith(("postgresql", "postgres:")) or find_spec("procrastinate") is None:
        raise StoreError(NO_QUEUE)
    return open_database(address, make_if_absent=True)


def _log(verbose: bool) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("scheduler").setLevel(logging.INFO if verbose else logging.WARNING)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it tells of each try; we tell how it ended


@app.command()
def on(sources: Named, db: Database = None) -> None:
    """Put sources on the timetable, or back on it; whoever keeps it begins with them.

    Example: fapai schedule on br_caixa rmfysszc
    """
    from crawler.sources import source_specs
    from fapai.collect import check_sources
    from scheduler.timetable import put_on
    from store.engine import writing

    with told_in_one_sentence():
        check_sources(sources)
        with writing(open_database(db, make_if_absent=True)) as connection:
            put_on(connection, source_specs(), sources, datetime.now(UTC))
    typer.echo(f"on the timetable: {', '.join(sources)}")


@app.command()
def off(sources: Named, db: Database = None) -> None:
    """Take sources off the timetable until they are put back on; what goes on at one goes on to its end.

    Nothing that is known of them is lost, and a crawl by hand is made as before.

    Example: fapai schedule off br_caixa
    """
    from fapai.collect import check_sources
    from scheduler.timetable import NotOnTimetable, take_off
    from store.engine import writing

    with told_in_one_sentence():
        try:
            with writing(open_database(db)) as connection:
                take_off(connection, sources, datetime.now(UTC))
        except NotOnTimetable:
            check_sources(sources)  # a wrong name is told with the nearest
            raise
    typer.echo(f"off the timetable: {', '.join(sources)}; back by fapai schedule on")


@app.command()
def plan(
    days: Annotated[int, typer.Option(min=1, max=90, help="How far to look ahead.")] = 1,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show what will be asked of each site, hour by hour, why, and what falls out of the budget.

    Example: fapai schedule plan --days 2
    """
    from crawler.sources import source_specs
    from reporting.tables import Column, Shape, Table
    from scheduler.outlook import plan as look_ahead
    from store.engine import reading
    from store.manners import sources_off

    columns = (
        Column("source", Shape.WORD, "source"),
        Column("begins_at", Shape.MINUTE, "hour"),
        Column("reason", Shape.WORD, "why"),
        Column("looks", Shape.COUNT, "looks"),
        Column("requests", Shape.COUNT, "requests"),
        Column("dropped", Shape.COUNT, "dropped", room=1),
        Column("off_since", Shape.MINUTE, "off since", room=2),
    )
    with told_in_one_sentence():
        with reading(open_database(db)) as connection:
            hours = look_ahead(connection, source_specs(), datetime.now(UTC), days)
            off = sources_off(connection)
        measure = f"plan: every look of the next {days * 24} hours, if each is made when it is due and nothing changes"
        show(_Shown(Table(columns, hours, measure, "hours of a source", notes=[BUDGET_NOTE, *_off_notes(off)])), output)


@app.command()
def status(output: OutputFormat = None, db: Database = None) -> None:
    """Show where each source on the timetable stands: last and next look, health, budget, who is at it.

    Example: fapai schedule status
    """
    from crawler.sources import source_specs
    from reporting.tables import Column, Shape, Table
    from scheduler.outlook import standings
    from scheduler.queue.standing import queue_standing
    from store.engine import reading

    columns = (
        Column("source", Shape.WORD, "source"),
        Column("health", Shape.WORD, "last run"),
        Column("last_run_at", Shape.MINUTE, "at"),
        Column("next_due", Shape.MINUTE, "next"),
        Column("reason", Shape.WORD, "why"),
        Column("listings", Shape.COUNT, "listings", room=2),
        Column("overdue", Shape.COUNT, "overdue", room=1),
        Column("requests_today", Shape.COUNT, "today", room=3),
        Column("budget", Shape.COUNT, "budget", room=4),
        Column("paused_until", Shape.MINUTE, "paused until", room=5),
        Column("paused_why", Shape.TEXT, "because", room=6, least=16),
        Column("leased_by", Shape.TEXT, "crawled by", room=7, least=12),
        Column("leased_until", Shape.MINUTE, "lease ends", room=8),
        Column("queued", Shape.WORD, "queued", room=9),
        Column("off_since", Shape.MINUTE, "off since", room=10),
    )
    with told_in_one_sentence():
        with reading(open_database(db)) as connection:
            now = datetime.now(UTC)
            queue = queue_standing(connection, now)
            rows = standings(connection, source_specs(), now, queue.by_source if queue else {})
        off = {row.source: row.off_since for row in rows if row.off_since is not None}
        notes = [*_empty_note(rows), *_off_notes(off), *([queue.words()] if queue else [])]
        show(_Shown(Table(columns, rows, STATUS, "sources on the timetable", notes=notes)), output)


def _empty_note(rows: "Sequence[Any]") -> "Sequence[str]":
    return [] if rows else ["nothing is on the timetable: fapai schedule on SOURCE"]


def _off_notes(off: "Mapping[str, datetime]") -> list[str]:
    """The sources that a person took off: their looks wait, and are in no plan."""
    from reporting.filters import day_of

    return [f"off since {day_of(since)}: {name} (back by fapai schedule on {name})" for name, since in off.items()]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A table that is a report."""

    content: "Table"

    def table(self) -> "Table":
        """The table itself."""
        return self.content
