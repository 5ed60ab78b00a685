"""``datapackage.json``: the files of a snapshot for programs that know nothing of this one (Data Package 2.0)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reporting.export_docs.models import (
    is_always_told,
    licence_note,
    longest_of,
    meaning_of,
    meaning_of_table,
    table_name,
    unit_of,
    vocabulary_of,
)
from reporting.snapshot import Edition, Field, Kind, Profile
from reporting.snapshot_keys import LISTING_KEY, PRIMARY_KEYS
from reporting.snapshot_privacy import WITHHELD_PLACES
from reporting.snapshot_tracking import PERSON
from store.links import LINKER

SCHEMA = "https://datapackage.org/profiles/2.0/{}.json"
TYPES = {
    Kind.MONEY: "number",
    Kind.AREA: "number",
    Kind.DEGREES: "number",
    Kind.NUMBER: "number",
    Kind.COUNT: "integer",
    Kind.INSTANT: "datetime",
    Kind.DAY: "date",
    Kind.FLAG: "boolean",
}
FOREIGN_KEYS: Mapping[str, Sequence[tuple[tuple[str, ...], str, tuple[str, ...]]]] = {
    "listing.csv": ((("source",), "source", ("source",)),),
    "observation.csv": ((LISTING_KEY, "listing", LISTING_KEY),),
    "page.csv": ((("source",), "source", ("source",)),),
    "absence.csv": ((LISTING_KEY, "listing", LISTING_KEY),),
    "auction_round.csv": (
        (LISTING_KEY, "listing", LISTING_KEY),
        (("property_key",), "property", ("property_key",)),
    ),
}
GUARDED = frozenset((Kind.TEXT, Kind.ID))
DEGREES = {"latitude": 90, "longitude": 180}


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One file as the manifest describes it."""

    name: str
    sha256: str
    byte_count: int
    rows: int
    columns: tuple[str, ...]


def data_package(
    files: Sequence[WrittenFile],
    fields: Mapping[str, Sequence[Field]],
    sources: Mapping[str, str],
    edition: Edition,
    version: str,
) -> str:
    """The descriptor as JSON.

    Args:
        files: what was written.
        fields: the columns of each file.
        sources: titles of the sources by name.
        edition: of the snapshot.
        version: of the program.
    """
    content = {
        "$schema": SCHEMA.format("datapackage"),
        "name": "fapai-snapshot",
        "title": "Foreclosed homes on sale: listings, rounds, homes",
        "version": version,
        "sources": [
            {"title": title, "description": f"{name}: {licence_note(name)}"} for name, title in sources.items()
        ],
        "resources": [_resource(file, fields[file.name], edition) for file in files],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _resource(file: WrittenFile, fields: Sequence[Field], edition: Edition) -> dict[str, Any]:
    return {
        "$schema": SCHEMA.format("dataresource"),
        "name": table_name(file.name).replace("_", "-"),
        "type": "table",
        "path": file.name,
        "description": meaning_of_table(file.name, "en"),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig" if edition.profile is Profile.EXCEL else "utf-8",
        "bytes": file.byte_count,
        "hash": f"sha256:{file.sha256}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": _schema(file.name, fields, edition),
    }


def _schema(file: str, fields: Sequence[Field], edition: Edition) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": SCHEMA.format("tableschema"),
        "fields": [_field(file, field, edition) for field in fields],
        "missingValues": [""],
    }
    if file in PRIMARY_KEYS:
        schema["primaryKey"] = list(PRIMARY_KEYS[file])
    if file in FOREIGN_KEYS:
        schema["foreignKeys"] = [
            {"fields": list(own), "reference": {"resource": table, "fields": list(theirs)}}
            for own, table, theirs in FOREIGN_KEYS[file]
        ]
    return schema


def _field(file: str, field: Field, edition: Edition) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "type": TYPES.get(field.kind, "string"),
        "title": meaning_of(file, field, "zh"),
        "description": f"{meaning_of(file, field, 'en')} ({unit_of(field, 'en')})",
    }
    constraints = _constraints(file, field, edition)
    return described | ({"constraints": constraints} if constraints else {})


def _constraints(file: str, field: Field, edition: Edition) -> dict[str, Any]:
    """What holds for every value; nothing is promised of a column that the edition leaves empty."""
    if edition.is_coarse and field.name in WITHHELD_PLACES.get(file, ()):
        return {}
    found: dict[str, Any] = {}
    if is_always_told(file, field):
        found["required"] = True
    vocabulary = vocabulary_of(file, field)
    if vocabulary is not None:
        found["enum"] = [term.value for term in vocabulary]
    elif (file, field.name) == ("link_decision.csv", "author"):
        found["enum"] = [LINKER, PERSON]
    longest = longest_of(file, field)
    is_guarded = edition.profile is Profile.EXCEL and field.kind in GUARDED
    if longest is not None and not is_guarded and TYPES.get(field.kind) is None:
        found["maxLength"] = longest
    if field.name in DEGREES:
        found |= {"minimum": -DEGREES[field.name], "maximum": DEGREES[field.name]}
    return found
