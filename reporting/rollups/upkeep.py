"""Keeping rollups: after each crawl, capture or linking; from nothing where there are none.

Derived, so that any of it can be thrown away: ``keep`` makes anew what is not there, ``rebuild`` all of it, and
``problems`` tells where what is kept is not what counting anew gives. A run that was killed before it came here has
left its news, which the next one takes up.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import product

from sqlalchemy import Connection, Engine

from reporting.rollups.cells import Cells, Tally
from reporting.rollups.definition import definition
from reporting.rollups.labels import FAMILIES, PART_OF, SCOPES
from reporting.rollups.shift import Shift, shift_of_listings, shift_of_news
from store.engine import reading, writing
from store.errors import CannotWrite
from store.rollup_news import News, count_news, drop_news, read_news
from store.rollup_sheets import add_to_sheets, read_sheet
from store.rollups import (
    Kept,
    every_listing_id,
    forget_rollups,
    keeping_unless_busy,
    kept_rows,
    lock_rollups,
    read_mark,
    write_kept,
    write_mark,
)
from store.terms import ListingNews

LISTINGS_AT_ONCE = 20_000
ENOUGH = 50_000
"""Looks after which a crawl keeps rollups: most listings are looked at several times by then, and counted once."""

OF_LOOKS = {ListingNews.CHANGED, ListingNews.SEEN}
COMPARED = ("property_id", "round_id", "phase", "is_followed", "cut", "month", "words", "story")
"""What does not depend on when it was counted."""


def keep(engine: Engine, now: datetime, enough: int = 0) -> None:
    """Bring rollups up to what is known, in a transaction of their own.

    Args:
        engine: the database.
        now: the instant that outcomes are judged at.
        enough: fewer looks than these are left to the next time, or to the report that finds them.

    Raises:
        CannotWrite: the database cannot be written; the news stay for the next time.
    """
    if enough and _may_wait(engine, enough):
        return
    with writing(engine) as connection:
        lock_rollups(connection)
        _keep(connection, now)


def keep_unless_busy(engine: Engine, now: datetime) -> bool:
    """The same for a report that has found many news; whether it was done, and not somebody else writing."""
    try:
        with keeping_unless_busy(engine) as connection:
            _keep(connection, now)
    except CannotWrite:
        return False
    return True


def _may_wait(engine: Engine, enough: int) -> bool:
    with reading(engine) as connection:
        mark, sizes = read_mark(connection), count_news(connection)
    is_kept = mark is not None and mark.definition == definition()
    return is_kept and sizes.keys() <= OF_LOOKS and sum(sizes.values()) < enough


def _keep(connection: Connection, now: datetime) -> None:
    with _without_collector():
        mark, news = read_mark(connection), read_news(connection)
        if news is None or mark is None or mark.definition != definition() or news.asks_for_all:
            _count_anew(connection, now)
        else:
            _apply(connection, shift_of_news(connection, news, now))
            if news.ids[ListingNews.LINKED]:
                write_mark(connection, definition())
        if news is not None:
            drop_news(connection, news.row_ids)


@contextmanager
def _without_collector() -> Iterator[None]:
    """No search for cycles, of which none are made here: beside a crawl's own objects it took a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def rebuild(engine: Engine, now: datetime) -> None:
    """Count all anew."""
    with writing(engine) as connection, _without_collector():
        lock_rollups(connection)
        news = read_news(connection)
        _count_anew(connection, now)
        if news is not None:
            drop_news(connection, news.row_ids)


def _apply(connection: Connection, shift: Shift) -> None:
    write_kept(connection, shift.gone, shift.new, shift.changed)
    add_to_sheets(connection, difference(shift), PART_OF)


def difference(shift: Shift) -> Cells:
    """What a shift adds to the cells."""
    tally = Tally()
    tally.add(shift.before.values(), -1)
    tally.add(shift.after.values())
    return tally.cells()


def _count_anew(connection: Connection, now: datetime) -> None:
    forget_rollups(connection)
    tally = Tally()
    for shift in _everything(connection, now):
        write_kept(connection, (), shift.new, ())
        tally.add(shift.after.values())
    add_to_sheets(connection, tally.cells(), PART_OF)
    write_mark(connection, definition())


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
    with reading(engine) as connection, _without_collector():
        mark, news = read_mark(connection), read_news(connection)
        if mark is None or mark.definition != definition() or news is None or news.asks_for_all:
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
    different = _count_different(connection, difference(shift), tally.cells())
    if different:
        yield f"{different} cells of rollups are not as counted anew: run fapai db rollups --rebuild"


def _count_different(connection: Connection, since: Cells, expected: Cells) -> int:
    """Cells that are not, with what has happened since, as they are to be."""
    different = 0
    for way in product(FAMILIES, SCOPES):
        sheet = read_sheet(connection, way)
        sheet.add(since.get(way, {}))
        kept = dict(sheet.cells())
        anew = expected.get(way, {})
        different += sum(kept.get(label) != anew.get(label) for label in kept.keys() | anew.keys())
    return different


def _count_alike(kept: Kept | None, anew: Kept) -> bool:
    return kept is not None and all(getattr(kept, name) == getattr(anew, name) for name in COMPARED)
