"""Reports and snapshots. ``load`` gives the tables of a snapshot to a notebook."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas
    from sqlalchemy import Engine


def load(database: "str | Path | Engine", as_of: str | None = None) -> "dict[str, pandas.DataFrame]":
    """The tables as pandas frames, by name: those that ``fapai export`` writes, with the types of their columns.

    Args:
        database: an engine, an address such as ``sqlite:///homes.sqlite``, or the folder of a snapshot.
        as_of: as known at the end of that day (Asia/Shanghai) or at an instant; for a snapshot its own date stands.

    Raises:
        MissingLibrary: pandas is not installed.
        WrongFilter: the date cannot be read, lies in the future, or is given for a snapshot.
        NotASnapshot: the folder is none.
        StoreError: the database cannot be read.
    """
    from reporting.snapshot_frames import load_frames

    return load_frames(database, as_of)
