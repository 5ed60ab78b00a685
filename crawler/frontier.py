"""What a crawl has yet to ask, as text: kept with its run, so that the next one goes on where this one was stopped.

Of a list that is in the middle its last page is kept, not the next one: lists move while nobody looks, and a page that
is asked for again shows how far.
"""

import json
from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from crawler.items import Follow
from crawler.slices import Key, Slice

SAME_LOOK = timedelta(hours=12)
"""So long a crawl that was stopped is the same look at its source, of which only the rest is asked for."""

FORM = 1


class Head(NamedTuple):
    """The last page of a list that was read, and whom it showed."""

    page: Follow
    source_ids: tuple[str, ...]


class PartLeft(NamedTuple):
    """A query as far as it got. ``heads``: where it is to be gone on with."""

    first: Follow
    is_asked: bool
    stated_count: int | None
    collected_count: int
    is_ended: bool
    barren_pages: int
    note: str | None
    parts: int
    heads: tuple[Head, ...]

    @classmethod
    def of(cls, part: Slice, rest: Container[Key]) -> Self:
        """The state of a query. Where what another day left was gone on with (``rest``), that alone is left again:
        from its beginning the list is read each day.
        """
        heads = {key: head for key, head in part.heads.items() if key in rest} or part.heads
        return cls(
            part.first,
            part.is_asked,
            part.stated_count,
            part.collected_count,
            part.is_ended,
            part.barren_pages,
            part.note,
            part.parts,
            tuple(Head(page, tuple(sorted(ids))) for page, ids in heads.values()),
        )

    def slice(self) -> Slice:
        """The query again, which counts nobody twice whom its last pages showed."""
        shown = {source_id for head in self.heads for source_id in head.source_ids}
        return Slice(
            self.first,
            self.stated_count,
            shown,
            self.is_asked,
            self.is_ended,
            self.barren_pages,
            self.note,
            self.parts,
            counted_before=self.collected_count - len(shown),
        )


class Frontier(NamedTuple):
    """What was left. ``begun_at``: of the first crawl of this look; ``seen_since``: when its first page was seen."""

    begun_at: datetime
    seen_since: datetime
    pages_asked: int  # of lists, without those that are left
    parts: Sequence[PartLeft]
    lists: Sequence[Follow]  # list pages of no query
    details: Sequence[Follow]

    @property
    def has_more(self) -> bool:
        """Whether anything is left."""
        return bool(self.lists or self.details or any(part.heads or not part.is_asked for part in self.parts))

    def is_same_look(self, now: datetime) -> bool:
        """Whether a crawl that begins now only asks for the rest."""
        return timedelta() <= now - self.begun_at < SAME_LOOK

    def to_text(self) -> str:
        """As it is kept."""
        words = {
            "form": FORM,
            "begun_at": self.begun_at.isoformat(),
            "seen_since": self.seen_since.isoformat(),
            "pages_asked": self.pages_asked,
            "parts": [[*part[:-1], [list(head) for head in part.heads]] for part in self.parts],
            "lists": list(self.lists),
            "details": list(self.details),
        }
        return json.dumps(words, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """From what was kept; ``None`` where another version of the program kept it in another form."""
        words = json.loads(text)
        if words.get("form") != FORM:
            return None
        return cls(
            datetime.fromisoformat(words["begun_at"]),
            datetime.fromisoformat(words["seen_since"]),
            words["pages_asked"],
            [_part(each) for each in words["parts"]],
            [Follow(*each) for each in words["lists"]],
            [Follow(*each) for each in words["details"]],
        )


def _part(words: list[Any]) -> PartLeft:
    first, *state, heads = words
    where = tuple(Head(Follow(*page), tuple(ids)) for page, ids in heads)
    return PartLeft._make([Follow(*first), *state, where])
