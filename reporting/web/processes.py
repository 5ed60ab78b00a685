"""What processes that work beside the server have in common."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

from store.errors import StoreError


def ask_apart(
    name: str, work: Callable[[Pipe], None], message: object, begun: Callable[[BaseProcess], object], ended: str
) -> Any:
    """What a process of its own answers to one message.

    Args:
        name: of the process.
        work: what it does: reads the message from the pipe, and sends one answer into it.
        message: goes through the pipe, where no list of processes shows a password.
        begun: is given the process, which may be ended from another thread.
        ended: what to say where it was ended before it answered.

    Raises:
        StoreError: it was.
    """
    context = multiprocessing.get_context("spawn")  # a fork of a server with threads may hang
    ours, theirs = context.Pipe()
    child = context.Process(target=work, args=(theirs,), name=name, daemon=True)
    child.start()
    theirs.close()
    try:
        begun(child)
        ours.send(message)
        return ours.recv()
    except (EOFError, OSError):
        raise StoreError(ended) from None
    finally:
        ours.close()
        child.join()


def end_with_server() -> None:
    """Have this process end at once when the server does, however that was ended: nobody is left to take its answer."""
    Thread(target=_wait_for_end, name="end", daemon=True).start()


def _wait_for_end() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        wait([server.sentinel])
        os._exit(1)
