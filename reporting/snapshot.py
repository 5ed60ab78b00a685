"""The files of a snapshot: their columns, their rows in order of natural keys, and each value as text.

Surrogate ids, places in the archive and times of our own clock are left out, so that the same observations
give the same bytes on SQLite and PostgreSQL and whatever the order in which they arrived.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Date, Enum, Text, exists, select, type_coerce

from reporting.money import amount_text
from reporting.snapshot_privacy import WITHHELD_PLACES
from store.read import in_byte_order, stream_rows
from store.rows import LISTING, PAGE, QUARANTINED, SOURCE
from store.statement import FIELDS
from store.types import UtcDateTime


class Profile(StrEnum):
    """For whom the files are."""

    EXCEL = "excel"  # byte order mark, dangerous cells and ids behind an apostrophe
    RESEARCH = "research"  # UTF-8, every value as it is


class Kind(StrEnum):
    """What a column holds, which decides how it is written."""

    TEXT = "text"  # words of a site: guarded in the excel profile
    ID = "id"  # a name made of digits: text in the excel profile
    TERM = "term"  # a word of a closed vocabulary
    MONEY = "money"  # decimal amount in the row's currency
    AREA = "area"  # square metres, two decimals
    INSTANT = "instant"  # ISO 8601 in UTC
    DAY = "day"
    FLAG = "flag"  # true, false
    COUNT = "count"
    DEGREES = "degrees"  # decimal degrees, six decimals
    NUMBER = "number"  # as the source gives it
    FIELDS = "fields"  # names of columns, separated by spaces


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file."""

    name: str
    kind: Kind


def _said_field(name: str) -> Field:
    if name.endswith("_price") or name in {"deposit", "increment"}:
        return Field(name, Kind.MONEY)
    if name.endswith("_area"):
        return Field(f"{name}_sqm", Kind.AREA)
    return Field(name, SAID_KINDS[name])


SAID_KINDS = {
    "title": Kind.TEXT,
    "url": Kind.TEXT,
    "property_kind": Kind.TERM,
    "round_kind": Kind.TERM,
    "status": Kind.TERM,
    "seller_name": Kind.TEXT,
    "seller_kind": Kind.TERM,
    "region_code": Kind.ID,
    "city": Kind.TEXT,
    "district": Kind.TEXT,
    "address": Kind.TEXT,
    "currency": Kind.TERM,
    "is_price_exact": Kind.FLAG,
    "starts_at": Kind.INSTANT,
    "ends_at": Kind.INSTANT,
    "ended_on": Kind.DAY,
    "bid_count": Kind.COUNT,
    "applicant_count": Kind.COUNT,
    "is_loan_offered": Kind.FLAG,
    "image_url": Kind.TEXT,
    "case_number": Kind.TEXT,
    "appraisal_kind": Kind.TERM,
    "appraisal_on": Kind.DAY,
    "appraisal_scope": Kind.TERM,
    "bidding_minutes": Kind.COUNT,
    "extension_minutes": Kind.COUNT,
    "share": Kind.ID,
    "floor": Kind.ID,
    "intended_use": Kind.TEXT,
    "built_year": Kind.COUNT,
    "certificate": Kind.TEXT,
    "unit_count": Kind.COUNT,
    "published_at": Kind.INSTANT,
    "bidder_count": Kind.COUNT,
    "latitude": Kind.DEGREES,
    "longitude": Kind.DEGREES,
    "previous_source_id": Kind.ID,
    "asset_id": Kind.ID,
    "round_number": Kind.COUNT,
    "raw": Kind.TEXT,
}
KEY_FIELDS = (Field("source", Kind.TERM), Field("source_id", Kind.ID), Field("generation", Kind.COUNT))
LOOK_FIELDS = (
    Field("observed_at", Kind.INSTANT),
    Field("reader", Kind.TERM),
    Field("digest", Kind.ID),
    Field("page_sha256", Kind.TERM),
    Field("stated", Kind.FIELDS),
)
TIME_FIELDS = tuple(Field(f"{moment}_at", Kind.INSTANT) for moment in ("first_seen", "last_seen", "last_changed"))
PAGE_KEY = ("source", "observed_at", "body_sha256", "url")
PAGE_FIELDS = (
    Field("source", Kind.TERM),
    Field("observed_at", Kind.INSTANT),
    Field("body_sha256", Kind.TERM),
    Field("url", Kind.TEXT),
    Field("reader", Kind.TERM),
    Field("content_type", Kind.TEXT),
    Field("http_status", Kind.COUNT),
    Field("outcome", Kind.TERM),
    Field("reason", Kind.TEXT),
    Field("stated_count", Kind.COUNT),
    Field("listing_count", Kind.COUNT),
    Field("refused_count", Kind.COUNT),
)
QUARANTINE_FIELDS = (
    Field("source", Kind.TERM),
    Field("page_observed_at", Kind.INSTANT),
    Field("page_sha256", Kind.TERM),
    Field("page_url", Kind.TEXT),
    Field("position", Kind.COUNT),
    Field("source_id", Kind.ID),
    Field("reason", Kind.TEXT),
    Field("excerpt", Kind.TEXT),
)

SAID_FIELDS = tuple(map(_said_field, FIELDS))
"""What is known of a listing, as ``observation.csv`` has it. The last, ``raw``, is not in ``listing.csv``."""

FILES: Mapping[str, tuple[Field, ...]] = {
    "source.csv": (Field("source", Kind.TERM), Field("title", Kind.TEXT)),
    "listing.csv": (*KEY_FIELDS, *TIME_FIELDS, *SAID_FIELDS[:-1]),
    "observation.csv": (*KEY_FIELDS, *LOOK_FIELDS, *SAID_FIELDS),
    "page.csv": PAGE_FIELDS,
    "quarantined_row.csv": QUARANTINE_FIELDS,
}

Cells = Callable[[Sequence[Any]], list[str]]
"""A row of a query as the cells of a CSV line, quoted after RFC 4180 where they must be."""


@dataclass(frozen=True, slots=True)
class Edition:
    """For whom, and how exactly the place is told."""

    profile: Profile = Profile.RESEARCH
    is_coarse: bool = False  # building and room are withheld, coordinates are rounded to about a kilometre


def cells_of(name: str, fields: Sequence[Field], edition: Edition) -> Cells:
    """How the rows of a file are written. By hand: ``csv.writer`` takes twice the time of all the rest."""
    writers = writers_of(edition)
    withheld = WITHHELD_PLACES.get(name, frozenset()) if edition.is_coarse else frozenset()
    steps = [
        (position, _nothing if field.name in withheld else writers[field.kind])
        for position, field in enumerate(fields)
        if field.kind in writers or field.name in withheld
    ]
    money = [position for position, field in enumerate(fields) if field.kind is Kind.MONEY]
    currency = next((position for position, field in enumerate(fields) if field.name == "currency"), 0)

    def cells(row: Sequence[Any]) -> list[str]:
        values: list[Any] = ["" if value is None else value for value in row]
        for position, write in steps:
            value = values[position]
            if value != "":
                values[position] = write(value)
        for position in money:
            value = values[position]
            if value != "":
                values[position] = amount_text(value, values[currency] or None)
        return values

    return cells


def writers_of(edition: Edition) -> dict[Kind, Callable[[Any], str]]:
    """How a value of each kind becomes a cell, but for money, which needs its currency, and words of ours."""
    coarse: dict[Kind, Callable[[Any], str]] = {Kind.DEGREES: _coarse_degrees} if edition.is_coarse else {}
    return _WRITERS | (_GUARDED if edition.profile is Profile.EXCEL else {}) | coarse


def _nothing(_value: Any) -> str:
    return ""


def _coarse_degrees(value: int) -> str:
    """To hundredths of a degree: 1.1 km from south to north."""
    return f"{round(value, -4) / 1_000_000:.6f}"


MUST_BE_QUOTED = re.compile(r'[",\r\n]')


def quote_text(value: str) -> str:
    """The words as one cell."""
    if MUST_BE_QUOTED.search(value) is None:
        return value
    return '"' + value.replace('"', '""') + '"'


@lru_cache(maxsize=65_536)
def instant_text(value: datetime | str) -> str:
    """ISO 8601 with Z, from an aware instant or from the text that SQLite holds (UTC, six decimals)."""
    if isinstance(value, str):
        return value.removesuffix(".000000").replace(" ", "T") + "Z"
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


@lru_cache(maxsize=4_096)
def stated_text(bits: int) -> str:
    """The fields that a look told, out of their bits."""
    return " ".join(field.name for position, field in enumerate(SAID_FIELDS) if bits >> position & 1)


# A cell that a spreadsheet would run as a formula, also behind blanks or in full width. One that begins with an
# apostrophe gets another, so that taking one away always gives the words as they were.
DANGEROUS = re.compile(r"\s*[=+\-@＝＋－＠']|[\t\r\n]")


def guard_text(value: str) -> str:
    """The words with an apostrophe before them where a spreadsheet would not take them as words."""
    return f"'{value}" if DANGEROUS.match(value) else value


_WRITERS: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: quote_text,
    Kind.ID: lambda value: quote_text(str(value)),
    Kind.INSTANT: instant_text,
    Kind.AREA: lambda value: amount_text(value, None),
    Kind.DAY: str,
    Kind.FLAG: lambda value: "true" if value else "false",
    Kind.COUNT: str,
    Kind.NUMBER: repr,
    Kind.DEGREES: lambda value: f"{value / 1_000_000:.6f}",
    Kind.FIELDS: stated_text,
}
_GUARDED: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: lambda value: quote_text(guard_text(value)),
    Kind.ID: lambda value: quote_text(f"'{value}"),
}


def source_rows(connection: Connection, before: datetime | None) -> Iterable[Sequence[Any]]:
    """The sources of which a page or a listing was seen."""
    page_seen = exists().where(PAGE.c.source == SOURCE.c.name, *_before(PAGE.c.observed_at, before))
    listing_seen = exists().where(LISTING.c.source == SOURCE.c.name, *_before(LISTING.c.first_seen_at, before))
    name = in_byte_order(connection, SOURCE.c.name)
    return connection.execute(select(SOURCE.c.name, SOURCE.c.title).where(page_seen | listing_seen).order_by(name))


def page_rows(connection: Connection, before: datetime | None) -> Iterator[Sequence[Any]]:
    """The looks at addresses."""
    columns = [plain_column(connection, PAGE.c[field.name]) for field in PAGE_FIELDS]
    query = select(*columns).where(*_before(PAGE.c.observed_at, before)).order_by(*_page_order(connection))
    return stream_rows(connection, query)


def quarantined_rows(connection: Connection, before: datetime | None) -> Iterator[Sequence[Any]]:
    """The rows that were not believed."""
    own = [QUARANTINED.c[name] for name in ("position", "source_id", "reason", "excerpt")]
    query = (
        select(*(plain_column(connection, PAGE.c[name]) for name in PAGE_KEY), *own)
        .join(PAGE, PAGE.c.id == QUARANTINED.c.page_id)
        .where(*_before(PAGE.c.observed_at, before))
        .order_by(
            *_page_order(connection),
            QUARANTINED.c.position,
            *(in_byte_order(connection, column) for column in own[1:]),
        )
    )
    return stream_rows(connection, query)


def plain_column(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it: building enumerations and times for millions of cells costs the most."""
    is_text = isinstance(column.type, Enum) or (
        connection.dialect.name == "sqlite" and isinstance(column.type, UtcDateTime | Date)
    )
    return type_coerce(column, Text) if is_text else column


def _page_order(connection: Connection) -> tuple[ColumnElement[Any], ...]:
    return (
        in_byte_order(connection, PAGE.c.source),
        PAGE.c.observed_at,
        in_byte_order(connection, PAGE.c.body_sha256),
        in_byte_order(connection, PAGE.c.url),
    )


def _before(column: Column[Any], before: datetime | None) -> list[ColumnElement[bool]]:
    return [] if before is None else [column < before]
