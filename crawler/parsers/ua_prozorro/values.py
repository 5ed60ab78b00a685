"""Values of Prozorro.Sale's objects: texts in several languages, amounts, inner objects and lists."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from crawler.errors import RowRefused
from crawler.items import Word
from crawler.parsers.ua_prozorro.dialect import DIALECT

Record = Mapping[str, Any]

PERSON = re.compile(r"(?:[А-ЯІЇЄҐ][\w'’-]+ ){2}[А-ЯІЇЄҐ][\w'’]*(?:ович|івн|ївн)\w*")
"""Surname, first name and patronymic, in any case of the grammar."""


def mask_persons(text: str) -> str:
    """The text with full names of persons replaced by × of the same length."""
    return PERSON.sub(lambda found: re.sub(r"\S", "×", found[0]), text)


def read_amount(record: Record, name: str) -> Word:
    """An amount: {amount, currency}, or a bare number.

    Raises:
        RowRefused: in another currency, or no number.
    """
    value = record.get(name)
    if isinstance(value, dict):
        currency = value.get("currency", DIALECT.currency)
        if currency != DIALECT.currency:
            raise RowRefused(f"{name}: in {str(currency)[:20]!r}")
        value = value.get("amount")
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise RowRefused(f"{name}: no amount: {str(value)[:40]!r}")


def read_text(record: Record, name: str) -> str | None:
    """A text; of several languages the Ukrainian one."""
    value = record.get(name)
    if isinstance(value, dict):
        value = value.get("uk_UA") or value.get("en_US")
    return value.strip() or None if isinstance(value, str) else None


def read_object(record: Record, name: str) -> Record:
    """An inner object; an empty one where there is none."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def listed(record: Record, name: str) -> list[Any]:
    """An inner list; an empty one where there is none."""
    value = record.get(name)
    return value if isinstance(value, list) else []


def objects_of(record: Record, name: str) -> Iterator[Record]:
    """The objects of an inner list."""
    return (each for each in listed(record, name) if isinstance(each, dict))


def read_instant(value: object) -> datetime | None:
    """An aware instant from ISO 8601, ``None`` from anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None
