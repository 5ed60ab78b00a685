"""The other formats of a snapshot. All are made from the finished CSV files, so the values cannot differ."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from reporting.errors import CannotWriteSnapshot
from reporting.snapshot import Field, Profile
from reporting.snapshot_files import fields_of_files


class OtherFormat(StrEnum):
    """What a snapshot can be written in beside CSV."""

    XLSX = "xlsx"  # one workbook, a sheet for each table
    PARQUET = "parquet"  # one file for each table
    JSONL = "jsonl"  # one file for each table, one object a line


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A file in another format. ``cut_cells``: texts that the format could not hold whole."""

    name: str
    cut_cells: int = 0


WORKBOOK = "snapshot.xlsx"
ONE_FOR_EACH = (OtherFormat.PARQUET, OtherFormat.JSONL)


def name_in(file: str, other: OtherFormat) -> str:
    """The name of a table's file in a format that has one for each."""
    return f"{file.removesuffix('.csv')}.{other}"


OTHER_NAMES = (WORKBOOK, *(name_in(file, each) for each in ONE_FOR_EACH for file in fields_of_files(with_runs=True)))
LIBRARIES = {OtherFormat.PARQUET: ("duckdb", "Parquet needs the extra: pip install 'fapai[analytics]'")}


def require_libraries(formats: Collection[OtherFormat]) -> None:
    """Go on only where the formats can be written, before anything is read.

    Raises:
        CannotWriteSnapshot: a library is missing.
    """
    for each in formats:
        library, words = LIBRARIES.get(each, ("", ""))
        if library and find_spec(library) is None:
            raise CannotWriteSnapshot(words)


def write_formats(
    folder: Path, fields: Mapping[str, Sequence[Field]], profile: Profile, formats: Collection[OtherFormat]
) -> tuple[OtherFile, ...]:
    """Write the tables of a folder in other formats too.

    Raises:
        CannotWriteSnapshot: a table does not go into a format; it is named.
    """
    written: list[OtherFile] = []
    if OtherFormat.XLSX in formats:
        from reporting.export_formats.workbook import write_workbook

        written.append(OtherFile(WORKBOOK, write_workbook(folder, WORKBOOK, fields, profile)))
    if OtherFormat.PARQUET in formats:
        from reporting.export_formats.parquet import write_parquet

        for name, columns in fields.items():
            write_parquet(folder / name, folder / name_in(name, OtherFormat.PARQUET), columns, profile)
            written.append(OtherFile(name_in(name, OtherFormat.PARQUET)))
    if OtherFormat.JSONL in formats:
        from reporting.export_formats.json_lines import write_json_lines

        for name, columns in fields.items():
            write_json_lines(folder / name, folder / name_in(name, OtherFormat.JSONL), columns, profile)
            written.append(OtherFile(name_in(name, OtherFormat.JSONL)))
    return tuple(written)
