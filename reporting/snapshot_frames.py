"""The tables of a snapshot as pandas frames. They are read from its files, so that the numbers are the same."""

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from reporting.errors import ReportError, WrongFilter
from reporting.export import export_snapshot
from reporting.export_diff.snapshots import Snapshot, open_snapshot
from reporting.export_docs.models import table_name
from reporting.filters import parse_as_of
from reporting.snapshot import Field, Kind
from store.engine import open_engine
from store.schema import require_current

if TYPE_CHECKING:
    import pandas

FLOATS = (Kind.MONEY, Kind.AREA, Kind.DEGREES, Kind.NUMBER)


class MissingLibrary(ReportError):
    """Something that is asked for needs a library that is not installed."""


def load_frames(database: str | Path | Engine, as_of: str | None = None) -> "dict[str, pandas.DataFrame]":
    """See ``reporting.load``."""
    if find_spec("pandas") is None:
        raise MissingLibrary("frames need the extra: pip install 'fapai[frames]'")
    if isinstance(database, Path) or (isinstance(database, str) and "://" not in database):
        if as_of is not None:
            raise WrongFilter("as_of: a snapshot has a date of its own; export one as of that day")
        return _frames_of(open_snapshot(Path(database)))
    at = parse_as_of(as_of) if as_of else None
    engine = open_engine(database) if isinstance(database, str) else database
    try:
        require_current(engine)
        with TemporaryDirectory(prefix="fapai-frames-") as folder:
            export_snapshot(engine, Path(folder), at)
            return _frames_of(open_snapshot(Path(folder)))
    finally:
        if isinstance(database, str):
            engine.dispose()


def _frames_of(snapshot: Snapshot) -> "dict[str, pandas.DataFrame]":
    names = [file["name"] for file in snapshot.manifest["files"]]
    return {table_name(name): _frame(snapshot, name) for name in names}


def _frame(snapshot: Snapshot, name: str) -> "pandas.DataFrame":
    import pandas

    fields = snapshot.fields(name)
    frame = pandas.DataFrame(snapshot.rows(name), columns=[field.name for field in fields], dtype="string")
    frame = frame.mask(frame == "")
    return frame.assign(**{field.name: _typed(frame[field.name], field) for field in fields})


def _typed(column: "pandas.Series[Any]", field: Field) -> "pandas.Series[Any]":
    """The column with its type; unknown is missing. Amounts are floats, exact to 15 digits."""
    import pandas

    if field.kind in FLOATS:
        return column.astype("Float64")
    if field.kind is Kind.COUNT:
        return column.astype("Int64")
    if field.kind is Kind.FLAG:
        return column.map({"true": True, "false": False}, na_action="ignore").astype("boolean")
    if field.kind in (Kind.INSTANT, Kind.DAY):
        return pandas.to_datetime(column, format="ISO8601", utc=field.kind is Kind.INSTANT)
    return column
