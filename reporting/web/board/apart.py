"""Making a board in a process of its own, which leaves it on disk.

To read a million listings keeps a core busy for minutes, and in the server's own process every page would wait for it.
"""

import gc
import os
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from reporting.web.board.kept import own_mark, read_made, write_made
from reporting.web.board.making import make_board
from reporting.web.processes import ask_apart, end_with_server
from store.engine import open_engine, reading
from store.errors import StoreError

NICENESS = 5
"""Pages come first where there are too few cores."""


class Job(NamedTuple):
    """What is to be made: the board of a database, in a file, at an instant. ``url`` holds the password."""

    url: str
    path: Path
    now: datetime


def make_apart(job: Job, begun: Callable[[BaseProcess], object]) -> int:
    """Make a board in another process, and wait for it; how many listings were read.

    ``begun`` is given the process, which may be ended from another thread.

    Raises:
        StoreError: the database cannot be read, the board cannot be written, or the process was ended.
    """
    found = ask_apart("fapai-board", _work, job, begun, "reading the listings was ended before it was done")
    if isinstance(found, int):
        return found
    raise StoreError(found)


def _work(pipe: Pipe) -> None:
    """The child: one job, and the number of listings or the words of a failure."""
    end_with_server()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    gc.disable()  # it makes millions of small things, of which none hangs on itself, and ends soon
    try:
        pipe.send(make_kept(pipe.recv()))
    except StoreError as error:
        pipe.send(str(error))
    except OSError as error:
        pipe.send(f"the board cannot be kept: {error.strerror}")
    finally:
        pipe.close()


def make_kept(job: Job) -> int:
    """Bring the board in a file up to date, or make it anew; how many listings were read.

    Raises:
        StoreError: the database cannot be read.
        OSError: the board cannot be written.
    """
    engine = open_engine(job.url)
    mark = own_mark(engine.url.render_as_string())
    try:
        with reading(engine) as connection:
            made, count = make_board(connection, read_made(job.path, mark), job.now)
    finally:
        engine.dispose()
    write_made(job.path, made, mark)
    return count
