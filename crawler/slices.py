"""How much of a query was collected: what the source states against what came, and splitting what does not fit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode

from crawler.items import Follow

TOLERATED_SHARE = 0.01
TOLERATED_FEW = 2
"""A list moves while it is paged: so much may come twice or slip through without being a gap."""


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
    is_ended: bool = False
    note: str | None = None

    @property
    def gap(self) -> int:
        """How many more or fewer were collected than stated; 0 within what a moving list explains."""
        if self.stated_count is None:
            return 0
        gap = self.stated_count - len(self.collected)
        return gap if abs(gap) > max(TOLERATED_FEW, self.stated_count * TOLERATED_SHARE) else 0

    def covered(self) -> Covered:
        """The record of it."""
        words = {"url": self.first.url, "form": urlencode(self.first.form or {})}
        note = self.note
        if note is None and not self.is_ended:
            note = "not paged to its end"
        if note is None and self.gap:
            note = f"{abs(self.gap)} {'fewer' if self.gap > 0 else 'more'} than stated"
        return Covered(words, self.stated_count, len(self.collected), note)


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

    def begin(self, follow: Follow) -> None:
        """Note the first page of a query."""
        self._of[key_of(follow)] = part = Slice(follow)
        self._all.append(part)

    def go_on(self, page: Follow, following: Follow) -> None:
        """Note that ``following`` is a further page of the query of ``page``."""
        part = self._of.get(key_of(page))
        if part is not None:
            self._of[key_of(following)] = part

    def take(self, page: Follow, source_ids: Iterable[str], stated_count: int | None) -> Slice | None:
        """Count what a page brought; ``None`` for a page that belongs to no query."""
        part = self._of.get(key_of(page))
        if part is not None:
            part.collected.update(source_ids)
            if stated_count is not None:
                part.stated_count = stated_count
        return part

    def covered(self) -> list[Covered]:
        """Every query, in the order in which they began."""
        return [part.covered() for part in self._all]
