"""What of a listing's state tells its group, as columns that a database can group by, and the labels made of them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, String, Text, and_, case, cast, func, type_coerce

from reporting.choices import By
from reporting.statistics.groups import city_label, crossed_label, month_at, seller_label
from store.bulk import as_instant
from store.rows import LISTING, OBSERVATION
from store.terms import Currency
from tracking.offers import country_of

MONTH_LENGTH = len("2026-03")
DAYLIGHT_SAVING_UNTIL = datetime(1992, 1, 1, tzinfo=UTC)
"""Since then Asia/Shanghai is eight hours ahead all year."""

CODE_OF_CHINA = "0"
"""In place of every code of a region of the mainland, of which no label depends."""


def _district_label(city: str | None, region: str | None, district: str | None) -> str | None:
    place = city_label(city, region)
    return f"{place} {district}" if place and district else None


def _month_label(month: str | None) -> str | None:
    """A month as the database made it, or an instant of the years in which clocks were put forward."""
    return month if month is None or len(month) == MONTH_LENGTH else month_at(as_instant(month))


COUNTRY_WORDS = ("region", "source", "currency")
LABELS: Mapping[By, tuple[tuple[str, ...], Callable[..., str | None]]] = {
    By.ALL: ((), lambda: "all"),
    By.SOURCE: (("source",), lambda source: source),
    By.SELLER: (("seller_name",), seller_label),
    By.SELLER_CLASS: (("seller_kind",), lambda kind: kind),
    By.CITY: (("city", "region"), city_label),
    By.DISTRICT: (("city", "region", "district"), _district_label),
    By.MONTH: (("month",), _month_label),
    By.KIND: (("property_kind",), lambda kind: kind),
    By.ROUND: (("round_kind",), lambda kind: kind),
    By.STATUS: (("status",), lambda status: status),
    By.CITY_MONTH_ROUND: (
        ("city", "region", "month", "round_kind"),
        lambda city, region, month, kind: crossed_label(city_label(city, region), _month_label(month), kind),
    ),
}
"""The columns that a way to tell groups apart needs, and what makes the label of them (``statistics.groups``)."""


def word_columns(connection: Connection, names: tuple[str, ...]) -> list[ColumnElement[Any]]:
    """The columns of these names, over ``listing`` and the ``observation`` that is its state."""
    made: dict[str, Callable[[], ColumnElement[Any]]] = {
        "source": lambda: LISTING.c.source,
        "region": _region,
        "month": lambda: _month(connection),
    }
    return [(made[name]() if name in made else type_coerce(OBSERVATION.c[name], Text)).label(name) for name in names]


def country_of_words(region: str | None, source: str, currency: str | None) -> str:
    """The country of listings with these words."""
    return country_of(region, source, None if currency is None else Currency(currency))


def _region() -> ColumnElement[str]:
    """The code of a region abroad; one of plain digits is of the mainland."""
    code = type_coerce(OBSERVATION.c.region_code, Text)
    return case((and_(code != "", func.ltrim(code, "0123456789") == ""), CODE_OF_CHINA), else_=code)


def _month(connection: Connection) -> ColumnElement[str]:
    """``2026-03`` in Asia/Shanghai of the start, else of the end, else of the notice, else of the day it ended."""
    state = OBSERVATION.c
    told: ColumnElement[datetime] = func.coalesce(state.starts_at, state.ends_at, state.published_at)
    if connection.dialect.name == "postgresql":
        month = func.to_char(func.timezone("Asia/Shanghai", told), "YYYY-MM")
        return case((told.is_not(None), month), else_=func.to_char(state.ended_on, "YYYY-MM"))
    words = func.strftime("%Y-%m", type_coerce(told, String), "+8 hours")
    by_instant = case((told < DAYLIGHT_SAVING_UNTIL, type_coerce(told, String)), else_=words)
    day: Column[Any] = state.ended_on
    return case((told.is_not(None), by_instant), else_=func.substr(cast(day, String), 1, MONTH_LENGTH))
