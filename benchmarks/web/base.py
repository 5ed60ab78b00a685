"""The base of the load: that of ``benchmarks.reporting_scale`` with its homes linked, made once for each size."""

import shutil
from datetime import timedelta
from pathlib import Path

from benchmarks.reporting_scale.base import SEED, base_folder, sqlite_base
from benchmarks.reporting_scale.market import DAYS, FIRST_DAY
from store.engine import open_engine, writing
from store.schema import upgrade
from tracking.linking import link_database

LINKED_AT = FIRST_DAY + timedelta(days=DAYS)


def linked_base(size: int, seed: int = SEED) -> Path:
    """The SQLite file of the linked base; made where it is not there yet, which takes ten minutes for a million."""
    path = base_folder() / f"linked-{size}-{seed}.sqlite"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        shutil.copyfile(sqlite_base(size, seed), unfinished)
        engine = open_engine(f"sqlite:///{unfinished}")
        upgrade(engine)
        with writing(engine) as connection:
            link_database(connection, LINKED_AT)
        engine.dispose()
        unfinished.rename(path)
    return path
