"""The history of one listing as a pure function of everything that was seen of it.

Taking looks in the order of their time, whatever the order of their arrival, makes the history order-free:
the fast road (``store.write``) applies ``advance`` to the newest look, the slow road folds all of them again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import NamedTuple

from store.identity import is_another_thing
from store.next_round import left_behind
from store.statement import FIELDS, Statement

PLACES = {name: place for place, name in enumerate(FIELDS)}


class Look(NamedTuple):
    """What one page said of one listing. The order of the fields is the order of looks."""

    observed_at: datetime
    reader: str
    digest: int
    page_sha256: str
    page_id: int
    statement: Statement


class Change(NamedTuple):
    """A row of ``observation``: the state from ``observed_at`` on."""

    observed_at: datetime
    page_id: int
    reader: str
    digest: int
    stated: int
    state: Statement


@dataclass(slots=True)
class Generation:
    """One thing behind one id: its state after the looks so far, and the changes on the way."""

    state: Statement
    first_seen_at: datetime
    last_seen_at: datetime
    last_changed_at: datetime
    last_reader: str
    last_digest: int
    observation_id: int | None = None  # the stored row of the state; None where a change is to be written
    heads: dict[str, int] = field(default_factory=dict)  # reader -> digest of its latest look
    changes: list[Change] = field(default_factory=list)


def fold(looks: Iterable[Look]) -> list[Generation]:
    """All generations of one id, from all its looks."""
    generations: list[Generation] = []
    for look in sorted(looks, key=lambda look: look[:4]):
        current = generations[-1] if generations else None
        following = advance(current, look)
        if following is not current:
            generations.append(following)
    return generations


def advance(current: Generation | None, look: Look) -> Generation:
    """Take one look that is not older than any before it. A new object means: another thing has the id now."""
    if current is None or is_another_thing(current.state, look.statement):
        change = _change(look, look.statement)
        return Generation(
            look.statement,
            look.observed_at,
            look.observed_at,
            look.observed_at,
            look.reader,
            look.digest,
            heads={look.reader: look.digest},
            changes=[change],
        )
    if current.heads.get(look.reader) != look.digest:
        current.state = lay_over(current.state, look.statement)
        current.changes.append(_change(look, current.state))
        current.last_changed_at = look.observed_at
        current.heads[look.reader] = look.digest
    current.last_seen_at = look.observed_at
    current.last_reader, current.last_digest = look.reader, look.digest
    return current


def _change(look: Look, state: Statement) -> Change:
    return Change(look.observed_at, look.page_id, look.reader, look.digest, stated_bits(look.statement), state)


def lay_over(before: Statement, now: Statement) -> Statement:
    """The known state: what is told now, and where nothing is told, what was known. ``raw`` is always now's.

    What is of an earlier round is not known of a later one (``store.next_round``).
    """
    known = [old if new is None else new for old, new in zip(before, now, strict=True)]
    known[-1] = now.raw
    for name in left_behind(before, now):
        place = PLACES[name]
        known[place] = now[place]
    return Statement._make(known)


def stated_bits(statement: Statement) -> int:
    """Bit n is set where field n was told."""
    return _bits(tuple([value is not None for value in statement]))


@cache
def _bits(told: tuple[bool, ...]) -> int:
    return sum(1 << position for position, is_told in enumerate(told) if is_told)


def own_words(state: Statement, stated: int) -> Statement:
    """The look's own words, out of the known state and the bits."""
    return Statement._make(value if stated >> position & 1 else None for position, value in enumerate(state))
