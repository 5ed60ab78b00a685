"""What a page tells of each listing on its way into the store: believed, refused, or not normalized yet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from store.looks import digest_of
from store.statement import Extras, Statement, Words

LONGEST_ID = 120


class Refused(NamedTuple):
    """One row that was not believed."""

    position: int
    source_id: str | None
    reason: str
    excerpt: str


@dataclass(slots=True)
class Recorded:
    """What one page changed."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    refused: list[Refused] = field(default_factory=list)


class Unread(NamedTuple):
    """Words of a listing that are not normalized yet, and need not be where they are the same as last time.

    ``digest`` is that of the source's own words; ``None`` where the same words can mean another thing at another
    time ("today"), so that the normalized ones are compared. ``normalize`` may raise ``NotBelieved``.
    """

    digest: int | None
    normalize: Callable[[], Words]
    position: int | None = None  # of the row on its page, from 1; else its place among the rows given


class NotBelieved(ValueError):
    """A row that is to be quarantined; the message says why."""

    def __init__(self, reason: str, excerpt: str | None = None) -> None:
        super().__init__(reason)
        self.excerpt = excerpt or ""


class Told(NamedTuple):
    """One row of the page, normalized."""

    source: str
    source_id: str
    digest: int
    statement: Statement
    extras: Extras | None


def tell(source: str, source_id: str, words: Statement | Unread) -> Told:
    """The row normalized. Raises ``NotBelieved`` or ``Unstorable``."""
    if not 0 < len(source_id) <= LONGEST_ID:
        raise NotBelieved(f"an id of {len(source_id)} characters")
    if not source_id.isprintable():
        raise NotBelieved("an id with control characters")
    if type(words) is Unread:
        statement, extras = words.normalize()
        digest = words.digest if words.digest is not None else digest_of(statement, extras)
        return Told(source, source_id, digest, statement, extras)
    assert isinstance(words, Statement)  # noqa: S101
    return Told(source, source_id, digest_of(words), words, None)
