"""What was asked for and cannot be meant: a source that is not there, a misspelt city, a day before the first look."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, func, select

from reporting.cities import is_plainly_in
from reporting.errors import WrongFilter
from reporting.filters import Filters, day_of, fold_place, nearest
from store.rows import LISTING, OBSERVATION, SOURCE


def require_sources(connection: Connection, sources: Sequence[str]) -> None:
    """See that something is known of each source.

    Raises:
        WrongFilter: one is not known; the nearest is named.
    """
    known = list(connection.execute(select(SOURCE.c.name).order_by(SOURCE.c.name)).scalars())
    for source in sources:
        if source not in known:
            meant = f"the nearest is {nearest(source, known)!r}" if known else "nothing was read yet"
            raise WrongFilter(f"--source: nothing is known of {source!r}, {meant}")


def filter_notes(connection: Connection, filters: Filters) -> Iterator[str]:
    """What to tell of filters that leave nothing in. A city that stands nowhere is no error: no list holds them."""
    if filters.as_of is not None:
        first = connection.execute(select(func.min(LISTING.c.first_seen_at))).scalar()
        if first is not None and first >= filters.as_of.before:
            words = f"nothing was observed by then; the first observation is of {day_of(first)}"
            yield f"--as-of {filters.as_of.text}: {words}"
    if filters.cities:
        yield from _city_notes(connection, filters.cities)


def _city_notes(connection: Connection, cities: Sequence[str]) -> Iterator[str]:
    if _are_told(connection, cities):
        return
    told = connection.execute(select(OBSERVATION.c.city).distinct().where(OBSERVATION.c.city.is_not(None))).scalars()
    known = {fold_place(city): city for city in sorted(told)}
    for city in cities:
        if fold_place(city) not in known and (meant := nearest(fold_place(city), list(known))) is not None:
            yield f"--city: no listing is in {city!r}; the nearest is {known[meant]!r}"


def _are_told(connection: Connection, cities: Sequence[str]) -> bool:
    """Whether some listing was plainly in each: else every observation must be looked at, to name the nearest city."""
    city = OBSERVATION.c.city
    found = (connection.execute(select(city).where(is_plainly_in(city, [each])).limit(1)).first() for each in cities)
    return all(found)
