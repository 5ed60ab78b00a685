"""Coverage: for each source, city and day what was stated, what was collected, and where nobody looked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from reporting.choices import Detail
from reporting.filters import Filters, day_of, fold_place, last_day
from reporting.look_days import City, LookDay, Looked, Run, RunDay, load_look_days
from reporting.tables import Column, Shape, Table
from store.terms import PageOutcome, RunVerdict

DAY = timedelta(days=1)
REFUSALS = frozenset((PageOutcome.BLOCKED, PageOutcome.LOGIN_REQUIRED))
REFUSED_RUNS = frozenset((RunVerdict.BLOCKED, RunVerdict.LOGIN_REQUIRED))
TOLD = frozenset((PageOutcome.READ, PageOutcome.EMPTY))
HEALTHY = frozenset((RunVerdict.OK, RunVerdict.EMPTY))
MEASURE = (
    "coverage: for each source, city and day (Asia/Shanghai) the listings that the source stated (of whole lists) and "
    "the different ones collected; gap: no look that would have shown it, which says nothing of what was there; "
    "blocked is never empty; fallen: less than half of the last sound day"
)


class State(StrEnum):
    """How well a day is known."""

    COMPLETE = "complete"  # as many as stated, but for what a moving list explains
    SHORT = "short"  # fewer than stated, or not paged to the end
    UNSTATED = "unstated"  # collected, but the source does not say of how many
    FALLEN = "fallen"  # less than half of the last sound day, and nothing stated: an outage, or another list
    EMPTY = "empty"  # the source itself says: nothing here
    UNHEALTHY = "unhealthy"  # no page could be read, or the crawl is not to be trusted
    BLOCKED = "blocked"  # a wall, a login or a refusal on that day
    GAP = "gap"  # nobody looked, or not where it would have stood


SUDDEN_FALL = 0.5
"""As for a crawl's own verdict (domain.md, case 4: from 80 rows to 9)."""

SOUND = frozenset((State.COMPLETE, State.UNSTATED))
ZERO_IS_TOLD = frozenset((State.COMPLETE, State.UNSTATED, State.EMPTY))
"""Where nothing seen means that nothing was there: everything was looked through."""


@dataclass(frozen=True, slots=True)
class CoverageQuestion:
    """What is asked."""

    filters: Filters = field(default_factory=Filters)
    by: Detail = Detail.CITY
    limit: int | None = 60


@dataclass(frozen=True, slots=True)
class CoveredDay:
    """One day, or a stretch of days on which nobody looked. ``None``: not told, or it cannot be told of a city.

    ``stated`` and ``missing`` are of whole lists; ``collected`` counts each listing once. ``pages`` are those that
    could have shown it, ``refused_pages`` and ``failed_pages`` among them.
    """

    source: str
    city: str | None
    day: date
    until: date
    days: int
    state: State
    stated: int | None
    collected: int | None
    missing: int | None
    pages: int
    refused_pages: int
    failed_pages: int
    why: str | None
    currency: None = None


COLUMNS = (
    Column("source", Shape.WORD, "source"),
    Column("city", Shape.TEXT, "city", least=6),
    Column("day", Shape.WORD, "day"),
    Column("until", Shape.WORD, "until", room=3),
    Column("days", Shape.COUNT, "days", room=4),
    Column("state", Shape.WORD, "state"),
    Column("stated", Shape.COUNT, "stated"),
    Column("collected", Shape.COUNT, "collected"),
    Column("missing", Shape.COUNT, "missing", room=2),
    Column("pages", Shape.COUNT, "pages", room=5),
    Column("refused_pages", Shape.COUNT, "refused", room=6),
    Column("failed_pages", Shape.COUNT, "failed", room=7),
    Column("why", Shape.TEXT, "why", room=1),
)


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """The answer."""

    rows: Sequence[CoveredDay]
    limit: int | None

    def table(self) -> Table:
        """The report as rows and columns; beneath, how many days of each source are known."""
        notes = [*self._summary()]
        return Table(COLUMNS, self.rows, MEASURE, "rows of days", limit=self.limit, notes=notes)

    def _summary(self) -> Iterator[str]:
        by_source: dict[str, dict[date, set[State]]] = {}
        for row in self.rows:
            for number in range(row.days):
                by_source.setdefault(row.source, {}).setdefault(row.day + number * DAY, set()).add(row.state)
        for source, days in sorted(by_source.items()):
            looked = Counter(state for states in days.values() for state in states)
            dark = sum(states == {State.GAP} for states in days.values())
            blocked = f", blocked on {looked[State.BLOCKED]:,}" if looked[State.BLOCKED] else ""
            yield f"{source}: looked at on {len(days) - dark:,} of {len(days):,} days{blocked}; gaps on {dark:,}"


def coverage(connection: Connection, question: CoverageQuestion) -> CoverageReport:
    """Every day from a source's first page (or ``since``) to the last page of any source asked for, or ``as_of``."""
    filters = question.filters
    looked = load_look_days(connection, filters)
    if not looked.days:
        return CoverageReport([], question.limit)
    last = last_day(filters.before) if filters.before else max(day for _, day in looked.days)
    rows: list[CoveredDay] = []
    for source in sorted({source for source, _ in looked.days}):
        first = min(day for name, day in looked.days if name == source)
        if filters.since is not None:
            first = max(first, day_of(filters.since))
        for place in _places(looked, source, question):
            days = [_covered(looked, source, place, day) for day in _days(first, last)]
            rows += _with_gaps(list(_with_falls(days)) if place.is_whole else days)
    return CoverageReport(rows, question.limit)


@dataclass(frozen=True, slots=True)
class Place:
    """A city of a source, folded; ``is_whole``: all of the source."""

    city: City
    is_whole: bool


def _places(looked: Looked, source: str, question: CoverageQuestion) -> list[Place]:
    """The whole source; or every city that it was seen with or asked for, by name, the unknown one last.

    A source that was never seen with any, since it was blocked from the start, is told as a whole.
    """
    if question.by is Detail.SOURCE:
        return [Place(None, is_whole=True)]
    own = [day for (name, _), day in looked.days.items() if name == source]
    cities: set[City] = {city for day in own for city in day.seen}
    runs = [run for day in own for run_id in day.runs if (run := looked.runs.get(run_id))]
    cities |= {city for run in runs for city in run.cities}
    if not cities and not question.filters.cities:
        return [Place(None, is_whole=True)]
    if question.filters.cities:
        cities &= set(map(fold_place, question.filters.cities))
    return [Place(city, is_whole=False) for city in sorted(cities, key=lambda city: (city is None, city or ""))]


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _covered(looked: Looked, source: str, place: Place, day: date) -> CoveredDay:
    look = looked.days.get((source, day), LookDay())
    runs = [
        (run, of_day)
        for run_id, of_day in look.runs.items()
        if (run := looked.runs.get(run_id))
        and (place.is_whole or run.asks_for(place.city) or place.city in of_day.cities)
    ]
    outcomes: Counter[PageOutcome] = sum((of_day.outcomes for _, of_day in runs), Counter())
    seen = look.seen.total() if place.is_whole else look.seen[place.city]
    listed = _listed(runs, seen)
    state = _state([run for run, _ in runs], outcomes, seen, listed)
    refused, told = (sum(outcomes[each] for each in kinds) for kinds in (REFUSALS, TOLD))
    is_whole_list = place.is_whole or all(run.cities == {place.city} for run, _ in runs)
    return CoveredDay(
        source=source,
        city=None if place.city is None else looked.cities.get(place.city, place.city),
        day=day,
        until=day,
        days=1,
        state=state,
        stated=listed.stated if is_whole_list else None,
        collected=seen if seen or state in ZERO_IS_TOLD else None,
        missing=listed.missing if is_whole_list else None,
        pages=outcomes.total(),
        refused_pages=refused,
        failed_pages=outcomes.total() - refused - told,
        why=_why(runs, day, state),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """What the lists of a day stated and lack. ``None``: one of them stated nothing."""

    stated: int | None
    missing: int | None
    is_short: bool


def _listed(runs: Sequence[tuple[Run, RunDay]], seen: int) -> Listed:
    """By the queries of the last crawl of each scope; of captured pages only if all state one number.

    Two numbers may be of two lists, and a crawl of everything holds those of single cities.
    """
    crawls = {run.cities: run for run, _ in sorted(runs, key=lambda each: each[0].id) if run.is_crawl}
    if not crawls:
        numbers = {number for _, of_day in runs for number in of_day.stated}
        stated = numbers.pop() if len(numbers) == 1 else None
        missing = None if stated is None else max(0, stated - seen)
        return Listed(stated, missing, is_short=bool(missing))
    last = [crawls[frozenset()]] if frozenset() in crawls else list(crawls.values())
    told = [(run.stated, run.collected) for run in last if run.stated is not None]
    is_short = any(run.notes for run in last)
    if len(told) < len(last):
        return Listed(None, None, is_short)
    return Listed(sum(own for own, _ in told), sum(max(0, own - brought) for own, brought in told), is_short)


def _state(runs: Sequence[Run], outcomes: Counter[PageOutcome], seen: int, listed: Listed) -> State:
    verdicts = {run.verdict for run in runs if run.is_crawl}
    if not runs:
        return State.GAP
    if any(outcomes[each] for each in REFUSALS) or verdicts & REFUSED_RUNS:
        return State.BLOCKED
    if not any(outcomes[each] for each in TOLD) or verdicts - HEALTHY:
        return State.UNHEALTHY
    if listed.is_short:
        return State.SHORT
    if seen == 0 and not outcomes[PageOutcome.READ]:
        return State.EMPTY
    return State.UNSTATED if listed.stated is None else State.COMPLETE


def _why(runs: Sequence[tuple[Run, RunDay]], day: date, state: State) -> str | None:
    """In the runs' own words, each once: what their pages of that day say, and on its last day what the run says."""
    if state in {State.GAP, State.COMPLETE, State.EMPTY}:
        return None
    words: list[str] = []
    for run, of_day in runs:
        whole = [*_run_words(run)] if run.last_on == day else []
        words += [*whole, *(reason for reason in of_day.reasons if not any(reason in each for each in whole))]
        if of_day.refused_rows:
            words.append(f"rows refused: {of_day.refused_rows:,}")
    return "; ".join(dict.fromkeys(words)) or None


def _run_words(run: Run) -> Iterator[str]:
    """What is said of a whole run. A capture of many days repeats what the first bad page or row among them says."""
    if run.is_crawl or run.first_on == run.last_on or run.verdict is RunVerdict.CRASHED:
        yield from filter(None, (run.reason or _verdict_words(run), *run.notes))


def _verdict_words(run: Run) -> str | None:
    return run.verdict.replace("_", " ") if run.is_crawl and run.verdict not in HEALTHY else None


def _with_falls(days: Sequence[CoveredDay]) -> Iterator[CoveredDay]:
    """The days of a whole source; those of a sudden fall are no measure for the ones behind them."""
    sound: CoveredDay | None = None
    for day in days:
        before = sound.collected or 0 if sound else 0
        if sound and day.state is State.UNSTATED and (day.collected or 0) < SUDDEN_FALL * before:
            words = f"{before:,} on {sound.day}"
            yield replace(day, state=State.FALLEN, why="; ".join(filter(None, (words, day.why))))
            continue
        if day.state in SOUND:
            sound = day
        yield day


def _with_gaps(days: Sequence[CoveredDay]) -> Iterator[CoveredDay]:
    """Days in a row on which nobody looked as one."""
    gap: CoveredDay | None = None
    for day in days:
        if day.state is State.GAP:
            gap = replace(gap, until=day.day, days=gap.days + 1) if gap else day
            continue
        if gap:
            yield gap
            gap = None
        yield day
    if gap:
        yield gap
