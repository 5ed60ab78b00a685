"""The doubtful pairs as the page of review shows them, and what one person said of them of late."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.review import DoubtfulPair, Side
from store.links import persons_decisions
from store.rows import LISTING
from store.terms import Judgement, PropertyKind, RoundKind, RoundStatus

TERMS: dict[str, type[StrEnum]] = {"kind": PropertyKind, "round": RoundKind, "status": RoundStatus}
"""Fields whose values are words of a closed vocabulary."""

NAMED_ABOVE = frozenset(("listing", "title", "page"))
"""Fields that stand in the head of each side."""


NEXT_PART = re.compile(r", (?=[a-z_]+ )")
MEMBERS = re.compile(r"members \((.+)\)")
"""Several rooms of one lot, as Python writes them: ``members ('101', '102')``."""


class Compare(StrEnum):
    """How two sides stand to each other; what only one tells neither agrees nor differs."""

    SAME = "same"
    DIFFERENT = "different"
    ONE_TELLS = "one_tells"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of both listings. ``None``: not told."""

    name: str
    one: str | StrEnum | None
    other: str | StrEnum | None
    compare: Compare


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A pair with its lines, those that differ first, and the addresses that the sites gave."""

    pair: DoubtfulPair
    lines: Sequence[Line]
    urls: tuple[str | None, str | None]


class Said(NamedTuple):
    """What a person said of two listings, by their names."""

    one: str
    other: str
    judgement: Judgement
    author: str
    because: str
    decided_at: datetime


def shown_pair(pair: DoubtfulPair) -> ShownPair:
    """A pair as it is shown."""
    lines = [_line(side) for side in pair.sides if side.field not in NAMED_ABOVE]
    urls = next(((side.one, side.other) for side in pair.sides if side.field == "page"), (None, None))
    order = list(Compare)
    lines.sort(key=lambda line: (line.compare is not Compare.DIFFERENT, order.index(line.compare)))
    return ShownPair(pair, lines, urls)


def said_by(connection: Connection, limit: int, author: str | None = None, since: datetime | None = None) -> list[Said]:
    """What persons said and nobody took back, the last word first: one person or all, from an instant on or ever."""
    words = [
        each
        for each in persons_decisions(connection)
        if author in {None, each.author} and (since is None or each.decided_at >= since)
    ]
    last = words[::-1][:limit]
    names = _names(connection, (number for each in last for number in (each.one_id, each.other_id)))
    return [
        Said(names[each.one_id], names[each.other_id], each.judgement, each.author, each.reasons, each.decided_at)
        for each in last
    ]


def _line(side: Side) -> Line:
    one, other = (_shown(side.field, word) for word in (side.one, side.other))
    agree = side.do_agree
    compare = Compare.ONE_TELLS if agree is None else Compare.SAME if agree else Compare.DIFFERENT
    return Line(side.field.replace(" ", "_"), one, other, compare)


def _shown(field: str, word: str | None) -> str | StrEnum | None:
    """A word of a vocabulary as such; the parts of an address, each a sentence of its own."""
    if not word:
        return word
    if field == "read as":
        named = MEMBERS.sub(lambda found: "members " + found[1].replace("'", "").strip(","), word)
        return NEXT_PART.sub("; ", named)
    return TERMS[field](word) if field in TERMS else word


def _names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    listing = LISTING.c
    query = select(listing.id, listing.source, listing.source_id).where(listing.id.in_(sorted(set(ids))))
    return {row.id: f"{row.source}:{row.source_id}" for row in connection.execute(query)}
