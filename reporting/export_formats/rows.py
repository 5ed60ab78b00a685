"""Reading the CSV files of a snapshot back: each cell as the plain text of its value, empty where unknown."""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from reporting.snapshot import Field, Kind, Profile

GUARDED = (Kind.TEXT, Kind.ID)
APOSTROPHE = "'"


def read_rows(path: Path, fields: Sequence[Field], profile: Profile) -> Iterator[list[str]]:
    """The rows below the heading, without the apostrophes of the excel profile."""
    csv.field_size_limit(sys.maxsize)  # the raw words of a page can be longer than 128 kB
    guarded = [position for position, field in enumerate(fields) if field.kind in GUARDED]
    is_excel = profile is Profile.EXCEL
    with path.open(encoding="utf-8-sig" if is_excel else "utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            if is_excel:
                for position in guarded:
                    row[position] = row[position].removeprefix(APOSTROPHE)
            yield row
