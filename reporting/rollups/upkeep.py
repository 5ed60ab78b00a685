"""Keeping rollups: after each crawl, capture or linking; from nothing where there are none.

Derived, so that any of it can be thrown away: ``keep`` makes anew what is not there, ``rebuild`` all of it, and
``problems`` tells where what is kept is not what counting anew gives. A run that was killed before it came here has
left its news, which the next one takes up.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Engine

from reporting.rollups.cells import SCOPES, Figures, Key, Tally, cell_rows
from reporting.rollups.labels import FAMILIES
from reporting.rollups.shift import Shift, shift_of_listings, shift_of_news
from store.engine import reading, writing
from store.rollup_news import News, drop_news, read_news
from store.rollups import (
    MEASURES,
    Kept,
    add_to_cells,
    every_listing_id,
    forget_rollups,
    kept_rows,
    lock_rollups,
    read_cells,
    read_mark,
    write_kept,
    write_mark,
)
from store.terms import ListingNews

VERSION = 1
"""Raise it with each change of what is kept, or of what the words of a listing count for: all is counted anew then."""

LISTINGS_AT_ONCE = 20_000
COMPARED = ("property_id", "round_id", "phase", "is_followed", "cut", "words")
"""What does not depend on when it was counted."""


def keep(engine: Engine, now: datetime) -> None:
    """Bring rollups up to what is known, in a transaction of their own.

    Raises:
        CannotWrite: the database cannot be written; the news stay for the next time.
    """
    with writing(engine) as connection:
        lock_rollups(connection)
        mark, news = read_mark(connection), read_news(connection)
        if news is None or mark is None or mark.version != VERSION or news.asks_for_all:
            _count_anew(connection, now)
        else:
            _apply(connection, shift_of_news(connection, news, now))
            if news.ids[ListingNews.LINKED]:
                write_mark(connection, VERSION)
        if news is not None:
            drop_news(connection, news.row_ids)


def rebuild(engine: Engine, now: datetime) -> None:
    """Count all anew."""
    with writing(engine) as connection:
        lock_rollups(connection)
        news = read_news(connection)
        _count_anew(connection, now)
        if news is not None:
            drop_news(connection, news.row_ids)


def _apply(connection: Connection, shift: Shift) -> None:
    write_kept(connection, shift.gone, shift.changed)
    add_to_cells(connection, list(cell_rows(difference(shift))))


def difference(shift: Shift) -> dict[Key, Figures]:
    """What a shift adds to the cells."""
    tally = Tally()
    tally.add(shift.before.values(), -1)
    tally.add(shift.after.values())
    return tally.cells()


def _count_anew(connection: Connection, now: datetime) -> None:
    forget_rollups(connection)
    tally = Tally()
    for shift in _everything(connection, now):
        write_kept(connection, (), list(shift.after.values()))
        tally.add(shift.after.values())
    add_to_cells(connection, list(cell_rows(tally.cells())))
    write_mark(connection, VERSION)


def _everything(connection: Connection, now: datetime) -> Iterator[Shift]:
    """The rows of all listings made anew, some thousands at a time, homes never divided."""
    ids = every_listing_id(connection)
    done: set[int] = set()
    for start in range(0, len(ids), LISTINGS_AT_ONCE):
        part = [each for each in ids[start : start + LISTINGS_AT_ONCE] if each not in done]
        shift = shift_of_listings(connection, part, now)
        done.update(each for each in shift.after if each > ids[min(start + LISTINGS_AT_ONCE, len(ids)) - 1])
        yield shift


def problems(engine: Engine, now: datetime) -> list[str]:
    """Where what is kept is not what counting anew gives; empty also where nothing is kept."""
    with reading(engine) as connection:
        mark, news = read_mark(connection), read_news(connection)
        if mark is None or mark.version != VERSION or news is None or news.asks_for_all:
            return []
        return list(_differences(connection, news, now))


def _differences(connection: Connection, news: News, now: datetime) -> Iterator[str]:
    shift = shift_of_news(connection, news, now)
    tally, wrong, count = Tally(), 0, 0
    for anew in _everything(connection, now):
        kept = {row.listing_id: row for row in kept_rows(connection, "listing_id", anew.after)} | shift.after
        wrong += sum(not _count_alike(kept.get(each), row) for each, row in anew.after.items())
        count += len(anew.after)
        tally.add(anew.after.values())
    if wrong:
        yield f"{wrong} listings of rollups are not as counted anew: run fapai db rollups --rebuild"
    cells = stored_cells(connection)
    for key, figures in difference(shift).items():
        cells[key] = [one + other for one, other in zip(cells.get(key, [0] * len(MEASURES)), figures, strict=True)]
    told = {key: figures for key, figures in cells.items() if any(figures)}
    expected = tally.cells()
    different = sum(told.get(key) != expected.get(key) for key in told.keys() | expected.keys())
    if different:
        yield f"{different} cells of rollups are not as counted anew: run fapai db rollups --rebuild"


def _count_alike(kept: Kept | None, anew: Kept) -> bool:
    return kept is not None and all(getattr(kept, name) == getattr(anew, name) for name in COMPARED)


def stored_cells(connection: Connection) -> dict[Key, Figures]:
    """Every cell as it is kept."""
    return {
        (family, scope, label): list(figures)
        for family in FAMILIES
        for label, scope, *figures in read_cells(connection, family, SCOPES, MEASURES)
    }
