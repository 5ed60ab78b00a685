"""What was looked at, day by day: the pages of each source, how they went, and what they showed of each city."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.filters import Filters, day_of, fold_place
from store.looks import unpack
from store.rows import COVERAGE, CRAWL_RUN, LISTING, OBSERVATION, PAGE
from store.terms import PageOutcome, RunVerdict

City = str | None
SPLIT = "asked for again in "
"""How the note of a query begins whose parts were asked for in its place (``crawler.slices``)."""


@dataclass(slots=True)
class Run:
    """One crawl or capture. ``cities``: what it asked for, folded; empty is everywhere, unless it ``is_bounded``.

    ``stated`` and ``collected`` are sums over its queries; ``stated`` is ``None`` where one stated nothing.
    ``first_on`` and ``last_on``: the days of its pages. A capture of one evening may hold the pages of many years.
    """

    id: int
    source: str
    started_at: datetime
    is_crawl: bool
    is_bounded: bool  # to some pages of each list
    cities: frozenset[str]
    verdict: RunVerdict
    reason: str | None
    stated: int | None = None
    collected: int = 0
    notes: list[str] = field(default_factory=list)
    first_on: date | None = None
    last_on: date | None = None

    def take_day(self, day: date) -> None:
        """Note a day of a page, in their order."""
        self.first_on = self.first_on or day
        self.last_on = day

    def asks_for(self, city: City) -> bool:
        """Whether a crawl would have shown listings of the city. A capture shows what somebody saved."""
        return self.is_crawl and (city in self.cities or not (self.cities or self.is_bounded))


@dataclass(slots=True)
class RunDay:
    """What one run did on one day. ``stated``: the different numbers that its pages gave for their whole list.

    ``reasons``: why pages of that day were not read, or not whole, each once.
    """

    outcomes: Counter[PageOutcome] = field(default_factory=Counter)
    stated: set[int] = field(default_factory=set)
    cities: set[City] = field(default_factory=set)
    reasons: dict[str, None] = field(default_factory=dict)
    refused_rows: int = 0

    def take(self, page: "_Page") -> None:
        """Count a page."""
        self.outcomes[page.outcome] += 1
        self.refused_rows += page.refused_count
        if page.stated_count is not None:
            self.stated.add(page.stated_count)
        if page.reason is not None:
            self.reasons[page.reason] = None


@dataclass(slots=True)
class LookDay:
    """One source on one day: its runs, and how many listings of each city were seen."""

    runs: dict[int, RunDay] = field(default_factory=lambda: defaultdict(RunDay))
    seen: Counter[City] = field(default_factory=Counter)


class Looked(NamedTuple):
    """All days of the sources asked for. ``cities``: the names as shown, by their folded form."""

    runs: dict[int, Run]
    days: dict[tuple[str, date], LookDay]
    cities: dict[str, str]


def load_look_days(connection: Connection, filters: Filters) -> Looked:
    """What was looked at before the filters' day, at the sources asked for. Days are those of Asia/Shanghai.

    A page is a look at every source whose listings it shows: one table may hold those of several.
    """
    runs = _load_runs(connection)
    places, cities = _load_places(connection)
    days: dict[tuple[str, date], LookDay] = defaultdict(LookDay)
    together: dict[tuple[str, date], set[int]] = defaultdict(set)
    for page in _pages(connection, filters):
        day = day_of(page.observed_at)
        if together and day > next(iter(together))[1]:
            _count_seen(together, days, places)
        if run := runs.get(page.crawl_run_id):
            run.take_day(day)
        for source, ids in _by_source(page, places).items():
            if filters.sources and source not in filters.sources:
                continue
            run_day = days[source, day].runs[page.crawl_run_id]
            run_day.take(page if source == page.source else page.as_seen_beside())
            run_day.cities.update(places[each].city for each in ids if each in places)
            together[source, day].update(ids)
    _count_seen(together, days, places)
    _add_runs_without_pages(days, runs, filters)
    return Looked(runs, dict(days), cities)


class Where(NamedTuple):
    """Where a listing stands: its source, and its city as told last, folded."""

    source: str
    city: City


def _by_source(page: "_Page", places: Mapping[int, Where]) -> dict[str, list[int]]:
    """What a page showed, by source; its own source is always among them."""
    shown: dict[str, list[int]] = {page.source: []}
    for listing_id in unpack(page.looks)[0] if page.looks is not None else ():
        where = places.get(listing_id)
        shown.setdefault(where.source if where else page.source, []).append(listing_id)
    return shown


def _add_runs_without_pages(days: dict[tuple[str, date], LookDay], runs: Mapping[int, Run], filters: Filters) -> None:
    """Crawls that were refused or broke before their first page."""
    with_pages = {run_id for day in days.values() for run_id in day.runs}
    for run in runs.values():
        is_known = filters.before is None or run.started_at < filters.before
        is_asked_for = not filters.sources or run.source in filters.sources
        if run.is_crawl and is_known and is_asked_for and run.id not in with_pages:
            run.take_day(day_of(run.started_at))
            days[run.source, day_of(run.started_at)].runs[run.id] = RunDay()


def _count_seen(
    together: dict[tuple[str, date], set[int]], days: dict[tuple[str, date], LookDay], places: Mapping[int, Where]
) -> None:
    """Count the listings of a day that is over: each once, on however many pages it stood."""
    for key, ids in together.items():
        days[key].seen.update(places[each].city if each in places else None for each in ids)
    together.clear()


def _pages(connection: Connection, filters: Filters) -> Iterator["_Page"]:
    columns = (
        PAGE.c.source,
        PAGE.c.observed_at,
        PAGE.c.crawl_run_id,
        PAGE.c.outcome,
        PAGE.c.stated_count,
        PAGE.c.looks,
        PAGE.c.reason,
        PAGE.c.refused_count,
    )
    query = select(*columns).order_by(PAGE.c.observed_at).execution_options(yield_per=50)
    if filters.before is not None:
        query = query.where(PAGE.c.observed_at < filters.before)
    for row in connection.execute(query):
        yield _Page(*row)


class _Page(NamedTuple):
    source: str
    observed_at: datetime
    crawl_run_id: int
    outcome: PageOutcome
    stated_count: int | None
    looks: bytes | None
    reason: str | None
    refused_count: int

    def as_seen_beside(self) -> "_Page":
        """For another source that it shows: its numbers, reasons and refused rows are of its own source."""
        return self._replace(stated_count=None, reason=None, refused_count=0)


def _load_runs(connection: Connection) -> dict[int, Run]:
    query = select(CRAWL_RUN)  # also later ones: what is captured today was observed when it was saved
    runs = {
        row.id: Run(
            row.id,
            row.source,
            row.started_at,
            row.scope.get("kind") == "crawl",
            row.scope.get("max_pages") is not None,
            frozenset(map(fold_place, row.scope.get("cities") or ())),
            row.verdict,
            row.reason,
        )
        for row in connection.execute(query)
    }
    _add_queries(connection, runs)
    return runs


def _add_queries(connection: Connection, runs: dict[int, Run]) -> None:
    """What the queries of each run stated and brought, without those that their parts stand for."""
    is_told: dict[int, bool] = {}
    for row in connection.execute(select(COVERAGE).order_by(COVERAGE.c.id)):
        run = runs.get(row.crawl_run_id)
        if run is None or (row.note or "").startswith(SPLIT):
            continue
        is_told[run.id] = is_told.get(run.id, True) and row.stated_count is not None
        run.stated = (run.stated or 0) + row.stated_count if is_told[run.id] else None
        run.collected += row.collected_count
        if row.note:
            run.notes.append(row.note)


def _load_places(connection: Connection) -> tuple[dict[int, Where], dict[str, str]]:
    """Where each listing stands, by its id; and the cities' names as they are shown."""
    query = select(LISTING.c.id, LISTING.c.source, OBSERVATION.c.city)
    query = query.join(OBSERVATION, OBSERVATION.c.id == LISTING.c.observation_id).order_by(LISTING.c.id)
    places: dict[int, Where] = {}
    names: dict[str, str] = {}
    for listing_id, source, city in connection.execute(query):
        places[listing_id] = Where(source, None if city is None else fold_place(city))
        if city is not None:
            names.setdefault(fold_place(city), city)
    return places, names
