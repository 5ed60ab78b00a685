"""Which listings a question can be about, found by the database: so that a city is read and not the whole country."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, func, select

from reporting.cities import may_be_in
from reporting.filters import Filters, fold_place
from store.links import batches
from store.read import driver_rows
from store.rows import AUCTION_ROUND, LISTING, OBSERVATION

MOST_SHARE = 0.5
"""Of all listings: where more are asked for, looking them up one by one takes longer than reading everything."""


def listings_that_say(connection: Connection, filters: Filters) -> list[int] | None:
    """Ids of the listings that the filters admit by their present words, prices apart.

    ``None``: by these words none is left out, or the words of an earlier day are asked for.
    """
    if filters.before is not None or not asked_conditions(connection, filters):
        return None
    if filters == Filters(sources=filters.sources, since=filters.since):
        return [row[0] for row in connection.execute(_ids_of(filters.sources)).all()]
    return [listing_id for part in ids_that_say(connection, filters) for listing_id in part]


def ids_that_say(connection: Connection, filters: Filters) -> Iterator[list[int]]:
    """The same ids as they are found, a few thousand at a time: what is looked at next of these was read just now."""
    state, cities = OBSERVATION.c, set(map(fold_place, filters.cities))
    query = select(LISTING.c.id, state.city).join(OBSERVATION, state.id == LISTING.c.observation_id)
    for rows in driver_rows(connection, query.where(*asked_conditions(connection, filters))):
        yield [row[0] for row in rows if not cities or (row[1] is not None and fold_place(row[1]) in cities)]


def homes_that_say(connection: Connection, filters: Filters) -> list[int] | None:
    """Ids of all listings of the homes that have a listing which ``listings_that_say`` tells, in their order.

    ``None`` where that is everything, or most of it.
    """
    ids = listings_that_say(connection, filters)
    if ids is None:
        return None
    count = connection.execute(select(func.count()).select_from(LISTING)).scalar_one()
    if len(ids) > MOST_SHARE * count:
        return None
    link = AUCTION_ROUND.c
    homes = _values(connection, link.property_id, link.listing_id, ids)
    return sorted(_values(connection, link.listing_id, link.property_id, homes).union(ids))


def asked_conditions(
    connection: Connection, filters: Filters, city_names: Collection[str] | None = None
) -> list[ColumnElement[bool]]:
    """What holds of a listing and its state that the filters admit by their words, and of some other cities' too.

    Names of cities are folded in full by ``fold_place`` alone. Prices, and when it was seen, are not looked at.
    ``city_names``: as they are stored, where it is known which of them may be asked for.
    """
    said = OBSERVATION.c
    asked = {
        said.property_kind: filters.kinds,
        said.seller_kind: filters.seller_kinds,
        said.round_kind: filters.rounds,
    }
    conditions: list[ColumnElement[bool]] = [column.in_(values) for column, values in asked.items() if values]
    if filters.sources:
        conditions.append(LISTING.c.id.in_(_ids_of(filters.sources)))
    if city_names is not None:
        conditions.append(said.city.in_(sorted(city_names)))
    elif filters.cities:
        conditions.append(may_be_in(connection, said.city, filters.cities))
    return conditions


def _ids_of(sources: Collection[str]) -> Select[Any]:
    """The listings of some sources, of which SQLite makes a sorted list.

    In the order of ids rows lie side by side, in that of the index of sources each on a page of its own: half the time.
    """
    own = LISTING.alias("own")
    return select(own.c.id).where(own.c.source.in_(sources))


def _values(connection: Connection, wanted: Column[Any], known: Column[Any], ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for part in batches(ids):
        found.update(connection.execute(select(wanted).where(known.in_(part))).scalars())
    return found
