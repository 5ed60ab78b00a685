"""Whether a crawl still reads what it used to read: of how many listings each field was told, run against run.

A site that renames one element, or a parser that is half broken, takes away a field and nothing else: every page is
read, every listing is there, and the appraisals are gone. What was told is counted as it comes from the page
(``field/NAME/missing`` among the counters of a run), before anything older is laid under it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from store.rows import CRAWL_RUN, PAGE
from store.terms import RunVerdict

LEAST_LISTINGS = 20
RUNS_COMPARED = 5
USUAL = 0.5
"""A field is expected where at least so many listings told it."""

FALL = 0.5
"""Told by less than this share of the usual one, it has fallen."""

MIX = 0.1
"""Runs are compared whose listings came from the same kinds of pages, but for this share: details tell more."""

ALARM_LASTS = timedelta(days=14)
"""Then what a source tells now is what it tells: it may have dropped the field for good."""


class Fall(NamedTuple):
    """A field that a run hardly told any more. Shares from 0 to 1."""

    field: str
    usual: float
    now: float

    def __str__(self) -> str:
        return f"{self.field} {self.usual:.0%} -> {self.now:.0%}"


class Fill(NamedTuple):
    """What one run read: how many listings from which kinds of pages, and of how many each field was missing."""

    by_reader: Mapping[str, int]
    missing: Mapping[str, int]

    @property
    def listings(self) -> int:
        """All that were read, from whatever kind of page."""
        return sum(self.by_reader.values())

    def share(self, field: str) -> float:
        """Of how many listings a field was told, from 0 to 1."""
        return max(0.0, 1 - self.missing.get(field, 0) / self.listings)

    def is_like(self, other: "Fill") -> bool:
        """Whether both came from the same mix of pages."""
        readers = self.by_reader.keys() | other.by_reader.keys()
        shares = ((each.by_reader.get(name, 0) / each.listings for each in (self, other)) for name in readers)
        return sum(abs(one - two) for one, two in shares) / 2 <= MIX


def fallen_fields(connection: Connection, run_id: int, counters: Mapping[str, Any], now: datetime) -> list[Fall]:
    """The fields that a crawl told of less than half as many listings as the last healthy crawls like it.

    Empty where it read too little, or nothing is there to compare it with.
    """
    run = CRAWL_RUN.c
    source, scope = connection.execute(select(run.source, run.scope).where(run.id == run_id)).one()
    if scope.get("kind") != "crawl":  # what somebody saves by hand is never the same
        return []
    fill = fills_of(connection, {run_id: counters}).get(run_id)
    if fill is None:
        return []
    usual = list(_usual_fills(connection, source, run_id, scope, fill, now))
    if not usual:
        return []
    names = {name for each in (fill, *usual) for name in each.missing}
    falls = (Fall(name, median(each.share(name) for each in usual), fill.share(name)) for name in sorted(names))
    return [fall for fall in falls if fall.usual >= USUAL and fall.now < fall.usual * FALL]


def fills_of(connection: Connection, runs: Mapping[int, Mapping[str, Any]]) -> dict[int, Fill]:
    """What runs read, by id, of those that read enough; given are the counters of each."""
    page = PAGE.c
    query = select(page.crawl_run_id, page.reader, func.sum(page.listing_count)).where(page.crawl_run_id.in_(runs))
    by_run: dict[int, dict[str, int]] = {}
    for run_id, reader, listings in connection.execute(query.group_by(page.crawl_run_id, page.reader)):
        if listings:
            by_run.setdefault(run_id, {})[reader] = int(listings)
    fills = {run_id: Fill(by_reader, _missing(runs[run_id])) for run_id, by_reader in by_run.items()}
    return {run_id: fill for run_id, fill in fills.items() if fill.listings >= LEAST_LISTINGS}


def _missing(counters: Mapping[str, Any]) -> dict[str, int]:
    parts = ((name.split("/"), count) for name, count in counters.items())
    return {words[1]: int(count) for words, count in parts if words[0] == "field" and words[-1] == "missing"}


def _usual_fills(
    connection: Connection, source: str, before: int, scope: Mapping[str, Any], like: Fill, now: datetime
) -> Iterator[Fill]:
    """The last healthy crawls that asked for the same and read the same mix of pages, the youngest first.

    What another city or a front page tells is another thing (Ali's front page of 2018 told kinds, a list does not).
    """
    run = CRAWL_RUN.c
    is_old_news = (run.verdict == RunVerdict.FIELDS_FELL) & (run.finished_at < now - ALARM_LASTS)
    query = select(run.id, run.scope, run.counters).where(
        run.source == source, run.id < before, or_(run.verdict == RunVerdict.OK, is_old_news)
    )
    rows: Sequence[Any] = connection.execute(query.order_by(run.id.desc()).limit(10 * RUNS_COMPARED)).all()
    fills = fills_of(connection, {row.id: row.counters for row in rows if _asks(row.scope) == _asks(scope)})
    alike = [fill for _, fill in sorted(fills.items(), reverse=True) if fill.is_like(like)]
    yield from alike[:RUNS_COMPARED]


def _asks(scope: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a crawl asked for: its scope, but not how many single listings."""
    return {**scope, "listings": bool(scope.get("listings"))}
