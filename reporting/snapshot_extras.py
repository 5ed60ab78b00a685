"""The files of a snapshot beside listings and their histories: facts, bids, members, attachments, context."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, exists, select

from reporting.snapshot import Field, Kind, plain_column
from store.read import in_byte_order, stream_rows
from store.rows import ATTACHMENT, BID, FACT, LISTING, LOT_MEMBER, MARKET_PRICE, OBSERVATION, PAGE, SERIES_POINT

WORDS_FIELDS = (
    Field("source", Kind.TERM),
    Field("source_id", Kind.ID),
    Field("reader", Kind.TERM),
    Field("digest", Kind.ID),
    Field("position", Kind.COUNT),
)
"""Which words of which listing these belong to: ``observation.csv`` has when they were said."""

SEEN_FIELDS = (
    Field("page_source", Kind.TERM),
    Field("page_observed_at", Kind.INSTANT),
    Field("page_sha256", Kind.TERM),
)

EXTRA_FILES: Mapping[str, tuple[Field, ...]] = {
    "fact.csv": (
        *WORDS_FIELDS,
        Field("kind", Kind.TERM),
        Field("answer", Kind.TERM),
        Field("quote", Kind.TEXT),
        Field("holder", Kind.TEXT),
        Field("amount", Kind.MONEY),
        Field("rank", Kind.COUNT),
        Field("currency", Kind.TERM),
        Field("starts_on", Kind.DAY),
        Field("starts_at", Kind.INSTANT),
        Field("ends_on", Kind.DAY),
        Field("ends_at", Kind.INSTANT),
    ),
    "bid.csv": (
        *WORDS_FIELDS,
        Field("amount", Kind.MONEY),
        Field("currency", Kind.TERM),
        Field("placed_at", Kind.INSTANT),
        Field("bidder", Kind.TEXT),
        Field("outcome", Kind.TEXT),
    ),
    "lot_member.csv": (
        *WORDS_FIELDS,
        Field("title", Kind.TEXT),
        Field("floor_area_sqm", Kind.AREA),
        Field("appraisal_price", Kind.MONEY),
        Field("currency", Kind.TERM),
        Field("certificate", Kind.TEXT),
    ),
    "attachment.csv": (*WORDS_FIELDS, Field("name", Kind.TEXT), Field("url", Kind.TEXT)),
    "series_point.csv": (
        Field("series", Kind.TERM),
        Field("period", Kind.ID),
        Field("value", Kind.NUMBER),
        Field("unit", Kind.TEXT),
        Field("title", Kind.TEXT),
        *SEEN_FIELDS,
    ),
    "market_price.csv": (
        Field("place", Kind.TEXT),
        Field("period", Kind.ID),
        Field("price_per_sqm", Kind.MONEY),
        Field("currency", Kind.TERM),
        Field("basis", Kind.TEXT),
        Field("city", Kind.TEXT),
        Field("district", Kind.TEXT),
        Field("region_code", Kind.ID),
        Field("latitude", Kind.DEGREES),
        Field("longitude", Kind.DEGREES),
        Field("url", Kind.TEXT),
        *SEEN_FIELDS,
    ),
}

WORDS_TABLES = {"fact.csv": FACT, "bid.csv": BID, "lot_member.csv": LOT_MEMBER, "attachment.csv": ATTACHMENT}
CONTEXT_TABLES = {"series_point.csv": SERIES_POINT, "market_price.csv": MARKET_PRICE}


def extra_rows(connection: Connection, name: str, before: datetime | None) -> Iterator[Sequence[Any]]:
    """The rows of one of ``EXTRA_FILES``, as known by an instant, in the order of their keys."""
    if name in WORDS_TABLES:
        return _words_rows(connection, WORDS_TABLES[name], EXTRA_FILES[name], before)
    return _context_rows(connection, CONTEXT_TABLES[name], EXTRA_FILES[name], before)


def _words_rows(
    connection: Connection, table: Table, fields: Sequence[Field], before: datetime | None
) -> Iterator[Sequence[Any]]:
    columns = table.c
    query = select(*(plain_column(connection, columns[_column_name(field)]) for field in fields))
    if before is not None:
        said = (
            select(OBSERVATION.c.id)
            .join(LISTING, LISTING.c.id == OBSERVATION.c.listing_id)
            .where(
                LISTING.c.source == columns.source,
                LISTING.c.source_id == columns.source_id,
                OBSERVATION.c.reader == columns.reader,
                OBSERVATION.c.digest == columns.digest,
                OBSERVATION.c.observed_at < before,
            )
        )
        query = query.where(exists(said))
    names = (in_byte_order(connection, columns[name]) for name in ("source", "source_id", "reader"))
    return stream_rows(connection, query.order_by(*names, columns.digest, columns.position))


def _context_rows(
    connection: Connection, table: Table, fields: Sequence[Field], before: datetime | None
) -> Iterator[Sequence[Any]]:
    own = [plain_column(connection, table.c[field.name]) for field in fields[: -len(SEEN_FIELDS)]]
    seen = [plain_column(connection, PAGE.c[name]) for name in ("source", "observed_at", "body_sha256")]
    query = select(*own, *seen).join(PAGE, PAGE.c.id == table.c.page_id)
    if before is not None:
        query = query.where(PAGE.c.observed_at < before)
    name = table.c.series if table is SERIES_POINT else table.c.place
    order: list[ColumnElement[Any]] = [in_byte_order(connection, name), in_byte_order(connection, table.c.period)]
    order += [
        in_byte_order(connection, PAGE.c.source),
        PAGE.c.observed_at,
        in_byte_order(connection, PAGE.c.body_sha256),
    ]
    return stream_rows(connection, query.order_by(*order, table.c.id))


def _column_name(field: Field) -> str:
    return field.name.removesuffix("_sqm")
