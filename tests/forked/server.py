"""A process that has loaded the program's libraries and becomes the program, in a fork, whenever it is asked to.

Loading takes most of the time of a short command. What is forked runs like ``python -m MODULE …``: in a process of
its own, with streams, folder and environment of its own, and its threads, its functions for the end and its output
come to their end as Python's do. The crawls that it begins are forks too. The server ends when its standard input ends.
"""

import atexit
import gc
import json
import os
import runpy
import select
import socket
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

from crawler import launch
from crawler.normalize.divisions import load_gazetteer
from crawler.normalize.privacy import mask_closely
from crawler.sources import all_readers
from tests.forked.processes import Processes

PROGRAMS = ("fapai.__main__", "crawler.run")
LOADED_LATE = (
    "alembic.command",
    "crawler.capture",
    "crawler.launch",
    "crawler.lean",
    "crawler.pipelines",
    "cryptography.hazmat.primitives.ciphers.aead",
    "playwright.async_api",
    "protego",
    "pydantic.plugin._loader",
    "reporting.alerts.manage",
    "reporting.export",
    "reporting.price_cuts",
    "reporting.render",
    "reporting.rollups.upkeep",
    "scrapy.core.downloader.handlers._aiohttp",
    "scrapy.core.engine",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.downloadermiddlewares.retry",
    "scrapy.extensions.logcount",
    "scrapy.extensions.memusage",
    "scrapy.pqueues",
    "scrapy.squeues",
    "store.schema",
    "tracking.linking",
    "typer._adapters",
    "uvloop",
)
"""What many commands and crawls need, and load only then."""
LARGEST_ORDER = 1 << 18  # bytes


def load() -> None:
    """Load the programs' libraries; the programs themselves are run anew each time."""
    for name in PROGRAMS:
        import_module(name)
        del sys.modules[name]
    for name in LOADED_LATE:
        with suppress(ModuleNotFoundError):  # of an extra
            import_module(name)
    all_readers()
    mask_closely("张三")  # compiles its patterns
    load_gazetteer()
    gc.collect()
    gc.freeze()  # so that a fork does not copy all pages when it looks for garbage


def serve(listener: socket.socket) -> dict[str, Any]:
    """Fork for every order until nobody is there; gives the order, in a fork that is to carry it out."""
    running: dict[int, tuple[int, socket.socket]] = {}
    while True:
        ready, _, _ = select.select([listener, sys.stdin, *running], [], [])
        if sys.stdin in ready:
            sys.exit()
        for ended in running.keys() & set(ready):
            tell_end(ended, *running.pop(ended))
        if listener not in ready:
            continue
        connection, _ = listener.accept()
        message, streams, _, _ = socket.recv_fds(connection, LARGEST_ORDER, 3)
        child = os.fork()
        if child == 0:
            for held in (listener, connection, *(other for _, other in running.values())):
                held.close()
            order: dict[str, Any] = json.loads(message)
            take_up(order, streams)
            return order
        for stream in streams:
            os.close(stream)
        connection.send(str(child).encode())
        running[os.pidfd_open(child)] = child, connection


def tell_end(watch: int, child: int, connection: socket.socket) -> None:
    """Tell who asked for it how a program ended."""
    os.close(watch)
    _, status = os.waitpid(child, 0)
    with suppress(BrokenPipeError), connection:  # whoever asked may have gone
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())


def take_up(order: dict[str, Any], streams: list[int]) -> None:
    """Take the streams, the folder and the environment of the order."""
    if order["is_own_session"]:
        os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["env"])


def main() -> None:
    """Load, serve the socket whose number is the argument, and in a fork run what is asked for."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    address = listener.getsockname()
    load()
    module, *sys.argv[1:] = serve(listener)["words"]
    vars(launch)["subprocess"] = Processes(address)
    code = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        code = end.code or 0
    leave(code)


def leave(code: int) -> NoReturn:
    """End as Python does, but leave what was loaded as it is: to take it apart would first copy nearly all of it."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
