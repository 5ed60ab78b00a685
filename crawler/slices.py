"""How much of a query was collected: what the source states against what came, and splitting what does not fit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from crawler.items import Follow

TOLERATED_SHARE = 0.01
TOLERATED_FEW = 2
"""A list moves while it is paged: so much may come twice or slip through without being a gap."""

TOLERATED_GAP = 0.1
"""Of all that the queries of a crawl stated: with more missing, a crawl is below what is expected of it."""

MOST_BARREN_PAGES = 3
"""Pages in a row without a listing that this crawl had not seen: the pager goes round, or answers with the same."""


class Covered(NamedTuple):
    """One query at the end of a crawl, as it is stored."""

    slice: Mapping[str, str]
    stated_count: int | None
    collected_count: int
    note: str | None


@dataclass(slots=True)
class Slice:
    """One query: its first page and all that pages on from it."""

    first: Follow
    stated_count: int | None = None
    collected: set[str] = field(default_factory=set)
    is_asked: bool = False
    is_ended: bool = False
    barren_pages: int = 0
    note: str | None = None
    parts: int = 0  # into which it was split
    counted_before: int = 0  # by the crawl that this one goes on with
    heads: "dict[Key, tuple[Follow, set[str]]]" = field(default_factory=dict)
    """Pages that were led to and did not come yet: the page before each of them, and whom that showed."""

    is_news: bool = False  # whether its last page showed somebody whom this crawl had not seen

    @property
    def collected_count(self) -> int:
        """How many it brought so far."""
        return self.counted_before + len(self.collected)

    @property
    def is_barren(self) -> bool:
        """Whether further pages of it bring nothing new."""
        return self.barren_pages >= MOST_BARREN_PAGES

    @property
    def gap(self) -> int:
        """How many more or fewer were collected than stated; 0 within what a moving list explains."""
        if self.stated_count is None:
            return 0
        gap = self.stated_count - self.collected_count
        return gap if abs(gap) > max(TOLERATED_FEW, self.stated_count * TOLERATED_SHARE) else 0

    def covered(self) -> Covered:
        """The record of it."""
        words = {"url": self.first.url, "form": urlencode(self.first.form or {})}
        note = f"asked for again in {self.parts} parts" if self.parts else self.note
        if note is None and not self.is_ended:
            note = (
                f"{MOST_BARREN_PAGES} pages in a row brought nothing new" if self.is_barren else "not paged to its end"
            )
        if note is None and self.gap:
            note = f"{abs(self.gap)} {'fewer' if self.gap > 0 else 'more'} than stated"
        return Covered(words, self.stated_count, self.collected_count, note)


Key = tuple[str, str]
"""Address and form of a request."""


def key_of(follow: Follow) -> Key:
    """What makes two requests the same."""
    return follow.url, urlencode(follow.form) if follow.form else ""


class Slices:
    """The queries of one crawl, and which page belongs to which."""

    def __init__(self) -> None:
        self._of: dict[Key, Slice] = {}
        self._all: list[Slice] = []
        self._seen: set[str] = set()  # by any query

    def begin(self, follow: Follow) -> None:
        """Note the first page of a query."""
        self.put(Slice(follow))

    def put(self, part: Slice) -> None:
        """Note a query, by its first page."""
        self._of[key_of(part.first)] = part
        self._all.append(part)

    def drop(self, part: Slice) -> None:
        """Forget a query and what it counted: it is asked for anew."""
        self._all.remove(part)
        self._of = {key: other for key, other in self._of.items() if other is not part}

    @property
    def all(self) -> Sequence[Slice]:
        """Every query, in the order in which they began."""
        return self._all

    def has(self, page: Follow) -> bool:
        """Whether a page belongs to a query."""
        return key_of(page) in self._of

    def part_of(self, page: Follow) -> Slice | None:
        """The query to which a page belongs."""
        return self._of.get(key_of(page))

    def join(self, part: Slice, page: Follow, source_ids: Iterable[str]) -> None:
        """Note a page from which a query is gone on with, and whom it showed when it was read before."""
        self._of[key_of(page)] = part
        part.heads[key_of(page)] = page, set(source_ids)

    def go_on(self, page: Follow, following: Follow, source_ids: Iterable[str]) -> None:
        """Note that ``following`` is a further page of the query of ``page``, which showed these listings."""
        part = self._of.get(key_of(page))
        if part is not None:
            self._of[key_of(following)] = part
            part.heads[key_of(following)] = page, set(source_ids)

    def take(self, page: Follow, source_ids: Iterable[str], stated_count: int | None) -> Slice | None:
        """Count what a page brought; ``None`` for a page that belongs to no query."""
        part = self._of.get(key_of(page))
        if part is not None:
            here = set(source_ids)
            part.is_asked = True
            part.heads.pop(key_of(page), None)
            part.is_news = bool(here - self._seen)
            part.barren_pages = 0 if part.is_news else part.barren_pages + 1
            part.collected |= here
            self._seen |= here
            if stated_count is not None:
                part.stated_count = stated_count
        return part

    def covered(self) -> list[Covered]:
        """Every query that was asked for, in the order in which they began."""
        return [part.covered() for part in self._all if part.is_asked]

    def gap(self) -> str | None:
        """How much less came than was stated, if it is too much for a healthy crawl; queries that were split do not
        count, their parts do.
        """
        told = [part for part in self._all if part.is_asked and not part.parts and part.stated_count is not None]
        stated = sum(part.stated_count or 0 for part in told)
        collected = sum(min(part.collected_count, part.stated_count or 0) for part in told)
        if collected >= stated * (1 - TOLERATED_GAP):
            return None
        return f"{collected:,} of {stated:,} stated listings were collected"
