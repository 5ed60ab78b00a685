"""What persons decided about pairs of listings: given one by one, or shared as CSV."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from store.errors import StoreError
from store.links import LINKER, add_decisions, persons_decisions, supersede_pair, unlink
from store.pages import storable
from store.rows import LISTING
from store.terms import Judgement

COLUMNS = ("one", "other", "judgement", "author", "because", "decided_at")
LONGEST_AUTHOR = 80


class UnknownListing(StoreError):
    """No listing has this number or name."""


class SameListing(StoreError):
    """Two names of which one word is to be said are of one listing."""


class BadWords(StoreError):
    """A file of decisions cannot be read."""


def find_listing(connection: Connection, name: str) -> int:
    """The id of a listing by its number, ``SOURCE:ID``, or ``SOURCE:ID:GENERATION``; the newest generation.

    Raises:
        UnknownListing: there is none.
    """
    listing = LISTING.c
    query = select(listing.id).order_by(listing.generation.desc()).limit(1)
    source, is_named, source_id = name.strip().partition(":")
    if not is_named:
        number = int(source) if source.isascii() and source.isdigit() and len(source) < 19 else -1
        found = connection.execute(query.where(listing.id == number)).scalar()
    else:
        found = connection.execute(query.where(listing.source == source, listing.source_id == source_id)).scalar()
        whole, _, generation = source_id.rpartition(":")
        if found is None and generation.isascii() and generation.isdigit() and len(generation) < 5:
            exact = query.where(listing.source == source, listing.source_id == whole)
            found = connection.execute(exact.where(listing.generation == int(generation))).scalar()
    if found is None:
        raise UnknownListing(f"no listing {name[:80]!r}: give its number, or SOURCE:ID as in the reports")
    return int(found)


def add_word(
    connection: Connection, pair: tuple[str, str], judgement: Judgement, author: str, because: str, now: datetime
) -> None:
    """Record what a person says of two listings; ``UNSURE`` takes earlier words back.

    Raises:
        UnknownListing: one of them is unknown.
        SameListing: both names are of one listing.
        StoreError: the author has no name.
    """
    one, other = sorted(find_listing(connection, name) for name in pair)
    if one == other:
        raise SameListing("both are the same listing")
    author = " ".join(str(storable(author)).split())[:LONGEST_AUTHOR]
    if not author or author == LINKER:
        raise StoreError(f"an author needs a name, and not {LINKER}")
    supersede_pair(connection, one, other, now)
    if judgement is not Judgement.UNSURE:
        reasons = " ".join(str(storable(because)).split())
        add_decisions(connection, [(one, other, judgement, None, reasons, author, None, now, None)])
    unlink(connection, (one, other))


def written_words(connection: Connection) -> Iterator[tuple[str, ...]]:
    """What persons decided, as rows in the order of ``COLUMNS``; listings by source and id."""
    for word in persons_decisions(connection):
        names = (_name_of(connection, word.one_id), _name_of(connection, word.other_id))
        yield (*names, str(word.judgement), word.author, word.reasons, word.decided_at.isoformat())


def _name_of(connection: Connection, listing_id: int) -> str:
    listing = LISTING.c
    query = select(listing.source, listing.source_id, listing.generation).where(listing.id == listing_id)
    source, source_id, generation = connection.execute(query).one()
    return f"{source}:{source_id}:{generation}"


def read_words(connection: Connection, path: Path, now: datetime) -> int:
    """Take the decisions in a file as ``written_words`` gives them; gives their number.

    Raises:
        BadWords: the file cannot be read, or a row of it; named by its line. Nothing is taken then.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeError, csv.Error) as error:
        raise BadWords(f"{path} cannot be read: {error}") from None
    for line, row in enumerate(rows, 2):
        try:
            judgement = Judgement((row.get("judgement") or "").strip())
            pair = ((row.get("one") or "").strip(), (row.get("other") or "").strip())
            add_word(connection, pair, judgement, row.get("author") or "", row.get("because") or "", now)
        except (ValueError, StoreError) as error:
            raise BadWords(f"{path}, line {line}: {error}") from None
    return len(rows)
