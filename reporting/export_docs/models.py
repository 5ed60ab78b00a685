"""What the models know of a column of a snapshot: its vocabulary, its length, whether it is always there."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Enum, String, Table, Text

from reporting.snapshot import Field
from reporting.snapshot_keys import PRIMARY_KEYS
from store.base import Base
from store.rows import OBSERVATION, PAGE, SAID
from store.statement import FIELDS

OTHER_NAMES = {
    "page_sha256": "body_sha256",
    "page_source": "source",
    "page_observed_at": "observed_at",
    "page_url": "url",
}
"""Columns of ``page`` under the names that they have in other files."""

TABLE_OF_FILE = {"crawl_slice": "coverage"}
LEFT_OUT = frozenset((("link_decision.csv", "decided_at"),))
"""Always there in the database, not always in the file."""

DERIVED_TABLES = frozenset(("coverage", "absence", "late_page"))
LANGUAGES = ("en", "zh")


def table_name(file: str) -> str:
    """The name of the table: the file's without its ending."""
    return file.rsplit(".", 1)[0]


def model_column(file: str, field: Field) -> Column[Any] | None:
    """The column of the models that a column of a file is made of; ``None`` where it is derived for the snapshot."""
    name = field.name.removesuffix("_sqm") if field.name.endswith("_area_sqm") else field.name
    if name in OTHER_NAMES:
        return PAGE.c[OTHER_NAMES[name]]
    table = table_name(file)
    if table in {"listing", "observation"} and name in (FIELDS if table == "observation" else SAID):
        return OBSERVATION.c[name]
    if table == "observation" and name in {"source", "source_id", "generation"}:
        return _tables()["listing"].c[name]
    if table in DERIVED_TABLES:
        return PAGE.c.get(name)
    if table == "source" and name == "source":
        return _tables()["source"].c["name"]
    return _tables()[TABLE_OF_FILE.get(table, table)].c.get(name)


def _tables() -> Mapping[str, Table]:
    return Base.metadata.tables


def vocabulary_of(file: str, field: Field) -> type[StrEnum] | None:
    """The closed vocabulary of a column, if it has one."""
    column = model_column(file, field)
    if column is None or not isinstance(column.type, Enum):
        return None
    return column.type.enum_class  # type: ignore[return-value]  # all of ours are


def longest_of(file: str, field: Field) -> int | None:
    """How many characters a column holds at most, where the models say so."""
    column = model_column(file, field)
    if column is None or not isinstance(column.type, String) or isinstance(column.type, Text | Enum):
        return None
    return column.type.length


def is_always_told(file: str, field: Field) -> bool:
    """Whether the column of every row holds something."""
    if field.name in PRIMARY_KEYS.get(file, ()):
        return True
    column = model_column(file, field)
    if column is None or (file, field.name) in LEFT_OUT:
        return False
    return not column.nullable and not isinstance(column.type, Text)


@cache
def words(name: str) -> Mapping[str, Any]:
    """One of the files of words beside this module: columns, terms, sources."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


def meaning_of(file: str, field: Field, language: str) -> str:
    """What a column means.

    Raises:
        KeyError: nobody has said it.
    """
    table = table_name(file)
    found = words("columns").get(table, {}).get(field.name) or words("columns")["columns"][field.name]
    return str(found[LANGUAGES.index(language)])


def meaning_of_table(file: str, language: str) -> str:
    """What a row of a file is."""
    return str(words("columns")["tables"][table_name(file)][LANGUAGES.index(language)])


def unit_of(field: Field, language: str) -> str:
    """What the values are given in."""
    if field.name.endswith("_minutes"):
        return ("minutes", "分钟")[LANGUAGES.index(language)]
    if field.name.endswith("_days"):
        return ("days", "天")[LANGUAGES.index(language)]
    return str(words("columns")["units"][field.kind.value][LANGUAGES.index(language)])


def licence_note(source: str) -> str:
    """What is known of the right to use what a source publishes, in one sentence."""
    known = words("sources").get(source)
    if known is None:
        return "no licence is known: nobody has read the terms of the site; ask before you publish its texts"
    return f"{known['licence']} ({known['read']})"
