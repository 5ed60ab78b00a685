"""Keys of what happened: the same at every reading, whatever was read or linked again in between.

Events are derived, not stored: ``tracking.event_rows`` tells them anew from the observations. So a key is made of
what the source says, never of our row numbers or of when we looked: the listing as its site names it, what happened,
what came of it, and the how manieth time that was. When a page of an earlier day arrives late, what was told keeps its
key, though it may have happened earlier than was thought.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import orjson

from store.terms import EventKind
from tracking.events import Event

KEY_BYTES = 16
ABSENCES = frozenset((EventKind.GONE, EventKind.BACK))
FIRST = "first"
"""In place of the kind of a listing's first event: how it follows another one may become known later."""


def key_of(*parts: object) -> str:
    """A key of 32 hexadecimal digits, made of texts and numbers."""
    return blake2b(orjson.dumps([str(part) for part in parts]), digest_size=KEY_BYTES).hexdigest()


def keyed_events(listing: str, events: Iterable[Event]) -> Iterator[tuple[str, Event]]:
    """Each event of one listing with its key; all its events in their order, or the count of equal ones is wrong."""
    seen: Counter[tuple[object, ...]] = Counter()
    for position, event in enumerate(events):
        if position == 0:
            yield key_of(FIRST, listing), event
            continue
        what = (event.kind, _outcome(event))
        seen[what] += 1
        yield key_of(listing, *what, seen[what]), event


def _outcome(event: Event) -> object:
    """What tells an event from others of its kind."""
    if event.kind in ABSENCES:
        return event.before  # when it was seen last
    return event.at.isoformat() if event.kind is EventKind.ENDED_UNKNOWN else event.after
