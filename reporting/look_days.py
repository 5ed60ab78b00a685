"""What was looked at, day by day: the pages of each source, how they went, and what they showed of each city."""

from collections import Counter, defaultdict
from collections.abc import Iterator
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
    """What was looked at before the filters' day, at the sources asked for. Days are those of Asia/Shanghai."""
    runs = _load_runs(connection, filters)
    places, cities = _load_cities(connection, filters)
    days: dict[tuple[str, date], LookDay] = defaultdict(LookDay)
    together: dict[tuple[str, date], set[int]] = defaultdict(set)
    for page in _pages(connection, filters):
        key = page.source, day_of(page.observed_at)
        if together and key[1] > next(iter(together))[1]:
            _count_seen(together, days, places)
        run_day = days[key].runs[page.crawl_run_id]
        run_day.take(page)
        if run := runs.get(page.crawl_run_id):
            run.take_day(key[1])
        if page.looks is not None:
            ids = list(unpack(page.looks)[0])
            together[key].update(ids)
            run_day.cities.update(places.get(each) for each in ids)
    _count_seen(together, days, places)
    with_pages = {run_id for day in days.values() for run_id in day.runs}
    for run in runs.values():
        is_known = filters.before is None or run.started_at < filters.before
        if run.is_crawl and is_known and run.id not in with_pages:
            run.take_day(day_of(run.started_at))
            days[run.source, day_of(run.started_at)].runs[run.id] = RunDay()
    return Looked(runs, dict(days), cities)


def _count_seen(
    together: dict[tuple[str, date], set[int]], days: dict[tuple[str, date], LookDay], places: dict[int, City]
) -> None:
    """Count the listings of a day that is over: each once, on however many pages it stood."""
    for key, ids in together.items():
        days[key].seen.update(places.get(each) for each in ids)
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
    if filters.sources:
        query = query.where(PAGE.c.source.in_(filters.sources))
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


def _load_runs(connection: Connection, filters: Filters) -> dict[int, Run]:
    query = select(CRAWL_RUN)  # also later ones: what is captured today was observed when it was saved
    if filters.sources:
        query = query.where(CRAWL_RUN.c.source.in_(filters.sources))
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


def _load_cities(connection: Connection, filters: Filters) -> tuple[dict[int, City], dict[str, str]]:
    """The city of each listing as told last, folded, by its id; and the cities' names as they are shown."""
    query = select(LISTING.c.id, OBSERVATION.c.city).join(OBSERVATION, OBSERVATION.c.id == LISTING.c.observation_id)
    if filters.sources:
        query = query.where(LISTING.c.source.in_(filters.sources))
    places: dict[int, City] = {}
    names: dict[str, str] = {}
    for listing_id, city in connection.execute(query.order_by(LISTING.c.id)):
        places[listing_id] = None if city is None else fold_place(city)
        if city is not None:
            names.setdefault(fold_place(city), city)
    return places, names
