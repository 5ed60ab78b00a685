"""Rows as records for programs: JSON and CSV of searches, the same fields in both."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import orjson
from sqlalchemy import Connection

from reporting.filters import Filters, outside_zone
from reporting.money import told_amount
from reporting.snapshot import guard_text
from reporting.web.board.board import Board
from reporting.web.rows import HomeRow, load_rows

ROWS_AT_ONCE = 500
HUNDRED = Decimal(100)


def record_of(row: HomeRow) -> dict[str, Any]:
    """One row. Amounts in whole units of ``currency``, percent, square metres; times with their offset."""
    offer, further = row.attempt.offer, row.attempt.further
    return {
        "home": row.number,
        "listing": f"{offer.source}:{offer.source_id}",
        "source": offer.source,
        "title": offer.title,
        "city": offer.city,
        "district": offer.district,
        "property_kind": offer.property_kind,
        "seller_kind": offer.seller_kind,
        "round_kind": offer.round_kind,
        "status": offer.status,
        "state": row.state,
        "currency": offer.currency,
        "price": told_amount(row.price, offer.currency),
        "unit_price": told_amount(row.unit_price, offer.currency),
        "cut_percent": None if row.cut is None else Decimal(row.cut) / HUNDRED,
        "appraisal_price": told_amount(offer.appraisal_price, offer.currency),
        "appraisal_kind": further.appraisal_kind,
        "appraisal_discount_percent": row.discount.percent,
        "floor_area_sqm": None if offer.floor_area is None else Decimal(offer.floor_area) / HUNDRED,
        "starts_at": offer.starts_at,
        "ends_at": offer.ends_at,
        "first_seen_at": offer.first_seen_at,
        "last_seen_at": offer.last_seen_at,
        "listings": row.attempts,
        "doubts": " ".join(doubt.value for doubt in row.doubts),
        "url": further.url,
    }


FIELDS: Sequence[str] = (
    *("home", "listing", "source", "title", "city", "district", "property_kind", "seller_kind", "round_kind", "status"),
    *("state", "currency", "price", "unit_price", "cut_percent", "appraisal_price", "appraisal_kind"),
    *("appraisal_discount_percent", "floor_area_sqm", "starts_at", "ends_at", "first_seen_at", "last_seen_at"),
    *("listings", "doubts", "url"),
)


def all_records(
    connection: Connection, board: Board, positions: Sequence[int], filters: Filters, now: datetime
) -> Iterator[dict[str, Any]]:
    """The records of many rows, read some at a time."""
    for start in range(0, len(positions), ROWS_AT_ONCE):
        part = positions[start : start + ROWS_AT_ONCE]
        yield from map(record_of, load_rows(connection, board, part, filters, now))


def csv_parts(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """CSV (RFC 4180, UTF-8 with a mark for Excel), row by row; no cell is taken for a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(FIELDS)
    for record in records:
        writer.writerow([_cell(record[name]) for name in FIELDS])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def json_parts(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """A JSON array, an object a line; amounts are numbers with all their decimals."""
    yield b"["
    for position, record in enumerate(records):
        yield (b",\n" if position else b"\n") + orjson.dumps({name: plain(record[name]) for name in FIELDS})
    yield b"\n]\n"


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        return orjson.Fragment(f"{value:f}")
    if isinstance(value, datetime):
        return value.astimezone(outside_zone()).isoformat()
    return value.value if isinstance(value, Enum) else value


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(outside_zone()).isoformat()
    if isinstance(value, Enum):
        return value.value
    return guard_text(value) if isinstance(value, str) else value
