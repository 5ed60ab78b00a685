"""When listings were missing from their source: told by complete looks alone, never by a failed or a partial crawl.

A complete look is a healthy crawl of the whole source. It takes the time from its first page to its last; whatever
any page shows in that time, of whichever run, is not missing. A list that says of itself that it is empty tells
nothing of what it held when it was read last (domain.md, section 5, case 3).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from store.looks import unpack
from store.rows import CRAWL_RUN, LISTING, PAGE
from store.terms import PageOutcome, RunVerdict
from tracking.events import Absence

IDS_PER_QUERY = 5_000
PAGES_PER_FETCH = 50  # a page may show thousands of listings

FIRST = LISTING.alias("first")
"""The first generation of a listing: under its id pages keep what they showed."""


class CompleteLook(NamedTuple):
    """The time that a healthy crawl of a whole source took, by its pages."""

    begins_at: datetime
    ends_at: datetime


def find_absences(
    connection: Connection, listing_ids: Collection[int] | None, as_of: datetime
) -> dict[int, list[Absence]]:
    """The absences of listings, of all where ``listing_ids`` is ``None``, as they were known at an instant.

    A listing is absent from the end of the second complete look that did not show it, one after the other. Those that
    never were have no entry.
    """
    looks = {source: found for source, found in complete_looks(connection, as_of).items() if len(found) > 1}
    if not looks:
        return {}
    watches = {
        source: _Watch(ids, looks[source]) for source, ids in _first_ids(connection, list(looks), listing_ids).items()
    }
    if not watches:
        return {}
    _pass_pages(connection, as_of, watches)
    by_id = {first_id: found for watch in watches.values() for first_id, found in watch.finish().items()}
    return _by_generation(by_id, _later_generations(connection, list(watches)))


def complete_looks(connection: Connection, as_of: datetime) -> dict[str, list[CompleteLook]]:
    """The complete looks at each source that had ended at an instant, in their order."""
    runs = select(CRAWL_RUN.c.id, CRAWL_RUN.c.scope, CRAWL_RUN.c.counters).where(CRAWL_RUN.c.verdict == RunVerdict.OK)
    whole = [run_id for run_id, scope, counters in connection.execute(runs) if is_complete(scope, counters)]
    found: dict[str, list[CompleteLook]] = defaultdict(list)
    for ids in _batches(whole):
        query = (
            select(PAGE.c.source, func.min(PAGE.c.observed_at), func.max(PAGE.c.observed_at))
            .where(PAGE.c.crawl_run_id.in_(ids))
            .group_by(PAGE.c.source, PAGE.c.crawl_run_id)
        )
        for source, begins_at, ends_at in connection.execute(query):
            if ends_at <= as_of:
                found[source].append(CompleteLook(begins_at, ends_at))
    return {source: _merge(sorted(looks)) for source, looks in found.items()}


def is_complete(scope: Mapping[str, Any], counters: Mapping[str, Any]) -> bool:
    """Whether a healthy run asked for a whole source: the scope as ``crawler.orders.CrawlScope`` words it.

    A run of which a page was recorded before, by another run, is not whole by its own pages; nor is one that read a
    feed of changes on from where it was left, or asked for single listings.
    """
    is_bounded = scope.get("cities") or scope.get("max_pages") is not None or scope.get("listings")
    is_whole = scope.get("kind") == "crawl" and not is_bounded
    return is_whole and not counters.get("page/known") and not counters.get("feed/resumed")


def _merge(looks: Iterable[CompleteLook]) -> list[CompleteLook]:
    """Looks that overlap are one: what slips through both may be the same moment of the source."""
    merged: list[CompleteLook] = []
    for look in looks:
        if merged and look.begins_at <= merged[-1].ends_at:
            merged[-1] = CompleteLook(merged[-1].begins_at, max(merged[-1].ends_at, look.ends_at))
        else:
            merged.append(look)
    return merged


@dataclass(slots=True)
class _Watch:
    """One source's listings, by their first generations, while its pages pass in order of time."""

    own: set[int]
    looks: list[CompleteLook]
    _next: int = 0
    _known: set[int] = field(default_factory=set)
    _shown: set[int] = field(default_factory=set)  # in the look under way
    _missed: set[int] = field(default_factory=set)  # by the look before
    _last_seen: dict[int, datetime] = field(default_factory=dict)
    _gone: dict[int, datetime] = field(default_factory=dict)
    _absences: dict[int, list[Absence]] = field(default_factory=lambda: defaultdict(list))

    def see(self, first_ids: set[int], at: datetime) -> None:
        """Take what a page showed."""
        self.excuse(first_ids, at)
        if not self._gone.keys().isdisjoint(first_ids):
            for first_id in self._gone.keys() & first_ids:
                gone_at = self._gone.pop(first_id)
                self._absences[first_id].append(Absence(self._last_seen[first_id], gone_at, at))
        self._known |= first_ids
        self._missed -= first_ids
        self._last_seen.update(dict.fromkeys(first_ids, at))

    def excuse(self, first_ids: Iterable[int], at: datetime) -> None:
        """Take that the look under way says nothing of these."""
        while self._next < len(self.looks) and self.looks[self._next].ends_at < at:
            self._end_look()
        if self._next < len(self.looks) and self.looks[self._next].begins_at <= at:
            self._shown.update(first_ids)

    def finish(self) -> dict[int, list[Absence]]:
        """All absences, after the last page."""
        while self._next < len(self.looks):
            self._end_look()
        for first_id, gone_at in self._gone.items():
            self._absences[first_id].append(Absence(self._last_seen[first_id], gone_at))
        return self._absences

    def _end_look(self) -> None:
        missing = self._known - self._shown
        missing.difference_update(self._gone)
        again = missing & self._missed
        self._gone.update(dict.fromkeys(again, self.looks[self._next].ends_at))
        self._missed = missing - again
        self._shown = set()
        self._next += 1


def _pass_pages(connection: Connection, as_of: datetime, watches: Mapping[str, _Watch]) -> None:
    """Show all pages to the watches. A page may tell of listings of other sources than its own."""
    emptied = set(
        connection.execute(select(PAGE.c.url).where(PAGE.c.outcome == PageOutcome.EMPTY).distinct()).scalars()
    )
    held: dict[str, set[int]] = {}  # by those addresses that were empty once, what they showed last
    wanted = set().union(*(watch.own for watch in watches.values()))
    for source, url, at, packed in connection.execute(_pages_query(as_of)):
        shown = wanted.intersection(unpack(packed)[0]) if packed else set()
        if url in emptied:
            if packed:
                held[url] = shown
            elif source in watches:
                watches[source].excuse(held.get(url, ()), at)
        own = watches.get(source)
        if own is not None and shown:
            foreign = shown - own.own
            own.see(shown - foreign if foreign else shown, at)
            shown = foreign
        if shown:
            for other in watches.values():
                other.see(shown & other.own, at)


def _pages_query(as_of: datetime) -> Select[Any]:
    """Pages that showed listings or said that there are none; those of one instant in an order that does not depend
    on which came first.
    """
    return (
        select(PAGE.c.source, PAGE.c.url, PAGE.c.observed_at, PAGE.c.looks)
        .where(PAGE.c.observed_at <= as_of, or_(PAGE.c.looks.is_not(None), PAGE.c.outcome == PageOutcome.EMPTY))
        .order_by(PAGE.c.observed_at, PAGE.c.outcome, PAGE.c.body_sha256)
        .execution_options(yield_per=PAGES_PER_FETCH)
    )


def _first_ids(
    connection: Connection, sources: Collection[str], listing_ids: Collection[int] | None
) -> dict[str, set[int]]:
    """The first generations of the listings, by source."""
    found: dict[str, set[int]] = defaultdict(set)
    if listing_ids is None:
        every = select(LISTING.c.source, LISTING.c.id).where(LISTING.c.source.in_(sources), LISTING.c.generation == 1)
        for source, first_id in connection.execute(every):
            found[source].add(first_id)
        return found
    named = select(LISTING.c.source, FIRST.c.id).join(FIRST, _is_first()).where(LISTING.c.source.in_(sources))
    for ids in _batches(sorted(listing_ids)):
        for source, first_id in connection.execute(named.where(LISTING.c.id.in_(ids))):
            found[source].add(first_id)
    return found


def _later_generations(connection: Connection, sources: Collection[str]) -> dict[int, list[tuple[datetime, int]]]:
    """By first generation, when each later one began, and its id."""
    query = (
        select(FIRST.c.id, LISTING.c.first_seen_at, LISTING.c.id)
        .join(FIRST, _is_first())
        .where(LISTING.c.source.in_(sources), LISTING.c.generation > 1)
        .order_by(LISTING.c.generation)
    )
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for first_id, began_at, listing_id in connection.execute(query):
        found[first_id].append((began_at, listing_id))
    return found


def _by_generation(
    absences: Mapping[int, list[Absence]], later: Mapping[int, list[tuple[datetime, int]]]
) -> dict[int, list[Absence]]:
    """Each absence under the listing that was seen last before it. It is not back where another thing has its id."""
    found: dict[int, list[Absence]] = defaultdict(list)
    for first_id, spans in absences.items():
        for span in spans:
            listing_id, is_back = first_id, span.back_at is not None
            for began_at, later_id in later.get(first_id, ()):
                if began_at <= span.last_seen_at:
                    listing_id = later_id
                elif span.back_at is not None and began_at <= span.back_at:
                    is_back = False
            found[listing_id].append(span if is_back else span._replace(back_at=None))
    return found


def _is_first() -> ColumnElement[bool]:
    return and_(FIRST.c.source == LISTING.c.source, FIRST.c.source_id == LISTING.c.source_id, FIRST.c.generation == 1)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), IDS_PER_QUERY):
        yield ids[start : start + IDS_PER_QUERY]
