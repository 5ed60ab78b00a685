"""Lines put down in one order and taken up in another, of which only a few megabytes are in memory.

An index brings the rows of a large table in any order, but not cheaply: each is a step into a file of gigabytes. Here
the lines lie in as many heaps as the memory asks for, each a stretch of the order that is wanted.
"""

import os
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile

IN_MEMORY = 24 * 1024 * 1024
"""Bytes that wait to be written."""

END = b"\0"
"""Between lines: the only character that no text of the database holds (``store.looks.Unstorable``)."""


class Spool:
    """Lines in numbered heaps, in a file that nobody else sees and that is gone with the program."""

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  # closed with the spool
        self._waiting: dict[int, list[bytes]] = defaultdict(list)
        self._places: dict[int, array[int]] = defaultdict(lambda: array("q"))  # of each heap: beginnings and sizes
        self._end = 0

    def put(self, lines: Iterable[tuple[int, bytes]], heaps: "array[int]") -> None:
        """Put down lines, each with its key; ``heaps`` has the heap of each key."""
        size = 0
        waiting = self._waiting
        for key, line in lines:
            waiting[heaps[key]].append(line)
            size += len(line)
            if size > IN_MEMORY:
                self._write()
                size = 0

    def take(self, heap: int) -> Iterator[bytes]:
        """The lines of a heap, in the order in which they were put down."""
        places = self._places.pop(heap, array("q"))
        for begin, size in zip(places[::2], places[1::2], strict=True):
            yield from os.pread(self._file.fileno(), size, begin).split(END)
        yield from self._waiting.pop(heap, ())

    def close(self) -> None:
        """Give the room on the disk back."""
        self._file.close()

    def _write(self) -> None:
        for heap, lines in sorted(self._waiting.items()):
            block = END.join(lines)
            self._places[heap].extend((self._end, len(block)))
            self._file.seek(self._end)
            written = 0
            while written < len(block):
                written += self._file.write(memoryview(block)[written:])
            self._end += len(block)
        self._waiting.clear()
