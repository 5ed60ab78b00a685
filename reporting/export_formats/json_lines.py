"""JSON Lines: one object a row. Amounts are numbers with all their decimals; unknown is null."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from reporting.export_formats.rows import read_rows
from reporting.snapshot import Field, Kind, Profile

NUMBERS = frozenset((Kind.MONEY, Kind.AREA, Kind.COUNT, Kind.DEGREES, Kind.NUMBER))
NO_JSON = frozenset(("nan", "inf", "-inf"))


def write_json_lines(source: Path, target: Path, fields: Sequence[Field], profile: Profile) -> None:
    """Write the rows of a CSV file of a snapshot as JSON Lines, in the same order."""
    parts = [(f"{json.dumps(field.name)}:", _writer(field)) for field in fields]
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for row in read_rows(source, fields, profile):
            values = (name + write(cell) for (name, write), cell in zip(parts, row, strict=True))
            file.write("{" + ",".join(values) + "}\n")


def _writer(field: Field) -> Callable[[str], str]:
    if field.kind in NUMBERS:
        return lambda cell: "null" if not cell or cell in NO_JSON else cell
    if field.kind is Kind.FLAG:
        return lambda cell: cell or "null"
    return lambda cell: json.dumps(cell, ensure_ascii=False) if cell else "null"
