"""A board on disk, so that a server that starts again shows it at once instead of reading every listing.

The file is one line of JSON that names the parts and their bytes, the parts themselves one after another as they lie in
memory, and the SHA-256 of all that. It says for which database it was made and by which code: whoever reads prices or
links otherwise makes another board. A file that is not whole, or not one's own, is no board.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import hashlib
import json
import logging
import os
import sys
from array import array
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import reporting
import store
import tracking
from reporting.web.board.board import Board, Parts
from reporting.web.board.changes import Marks
from reporting.web.board.columns import TYPES, Columns
from reporting.web.board.making import Made, Stamp
from reporting.web.board.order import Order
from reporting.web.board.texts import Texts

log = logging.getLogger(__name__)

FORMAT = 1
LONGEST_HEAD = 1 << 24
DIGEST_BYTES = hashlib.sha256().digest_size
PIECE = 1 << 20
ORDER_TYPES = "iqi"
MARKS = tuple(name for name in Marks.__dataclass_fields__ if name != "writes")
ESCAPES = "surrogatepass"
"""What a site sent may hold half a letter."""


class _Part(NamedTuple):
    """``kind``: the type code of an array, or ``text`` or ``bits``."""

    name: str
    kind: str
    content: Any


def own_mark(database_url: str) -> str:
    """What a file must be marked with: the database, without its password, and the code that reads it."""
    told = (FORMAT, database_url, _code_mark(), sys.implementation.cache_tag, sys.byteorder)
    return hashlib.sha256(repr(told).encode()).hexdigest()


@cache
def _code_mark() -> str:
    """A digest of the code that a board is made by: all rooms below the pages, and this folder."""
    found, here = hashlib.sha256(), Path(__file__).parent
    for room in (reporting, store, tracking):
        folder = Path(str(room.__file__)).parent
        for file in sorted(folder.rglob("*.py")):
            if here.parent not in file.parents or here in file.parents:
                found.update(f"{file.relative_to(folder)}\n".encode())
                found.update(file.read_bytes())
    return found.hexdigest()


def write_made(path: Path, made: Made, mark: str) -> None:
    """Put a board in the place of the one that is there.

    Raises:
        OSError: it cannot be written; what was there is as it was.
    """
    parts = [part._replace(content=_plain(part)) for part in _parts_of(made)]
    sizes = [(part.name, part.kind, memoryview(part.content).nbytes) for part in parts]
    head = json.dumps({"mark": mark, "told": _told_of(made), "parts": sizes}).encode() + b"\n"
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    found = hashlib.sha256()
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for content in (head, *(part.content for part in parts)):
                found.update(content)
                file.write(content)
            file.write(found.digest())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def read_made(path: Path, mark: str) -> Made | None:
    """The board in a file; ``None`` where there is none, or none of this mark, or one that is not whole."""
    try:
        with path.open("rb") as file:
            line = file.readline(LONGEST_HEAD)
            head = json.loads(line)
            if head["mark"] != mark:
                return None
            parts, digest = _read_parts(file, head["parts"], line)
            if file.read() != digest:
                raise ValueError("its digest is another one")
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        log.warning("%s is no board (%s): all listings are read", path.name, error)
        return None
    return _made_of(head["told"], parts)


def _plain(part: _Part) -> Any:
    """The bytes of a part, not copied where it is an array."""
    if part.kind == "text":
        return part.content.encode("utf-8", ESCAPES)
    return part.content.to_bytes(_bytes_of(part.content), "little") if part.kind == "bits" else part.content


def _bytes_of(bits: int) -> int:
    return -(-bits.bit_length() // 8)


def _read_parts(file: BinaryIO, sizes: Sequence[tuple[str, str, int]], head: bytes) -> tuple[dict[str, Any], bytes]:
    """The parts by name, and the digest of them and the head."""
    found, parts = hashlib.sha256(head), {}
    for name, kind, size in sizes:
        content: Any
        if kind == "text":
            content = "".join(_read_text(file, size, found.update))
        elif kind == "bits":
            content = file.read(size)
            found.update(content)
            content = int.from_bytes(content, "little")
        else:
            content = array(kind)
            content.fromfile(file, size // content.itemsize)
            found.update(content)
        parts[name] = content
    return parts, found.digest()


def _read_text(file: BinaryIO, size: int, note: Callable[[bytes], object]) -> Iterator[str]:
    """A text in pieces: to decode a hundred million letters at once stopped every request for a fifth of a second."""
    decoder = getincrementaldecoder("utf-8")(ESCAPES)
    while size:
        piece = file.read(min(size, PIECE))
        if not piece:
            raise EOFError("it ends too early")
        note(piece)
        size -= len(piece)
        yield decoder.decode(piece, final=not size)


def _parts_of(made: Made) -> Iterator[_Part]:
    board = made.board.parts()
    for name, values in board.rows.arrays.items():
        yield _Part(f"row {name}", TYPES[name], values)
    text, lengths, slots = board.texts.parts()
    yield _Part("text", "text", text)
    yield _Part("lengths", lengths.typecode, lengths)
    yield _Part("slots", slots.typecode, slots)
    for name, order in board.orders.items():
        for number, (kind, values) in enumerate(zip(ORDER_TYPES, order.parts(), strict=True)):
            yield _Part(f"order {name} {number}", kind, values)
    for number, (name, word) in enumerate(_words_of(board)):
        yield _Part(f"word {number}", "bits", board.words[name][word])
    for name in MARKS:
        yield _Part(f"mark {name}", "q", getattr(made.marks, name))


def _words_of(board: Parts) -> list[tuple[str, str]]:
    return [(name, word) for name, words in board.words.items() for word in words]


def _told_of(made: Made) -> dict[str, Any]:
    """What is small enough for the head."""
    board = made.board.parts()
    return {
        "now": board.now.isoformat(),
        "rows_seen_last": board.rows_seen_last.isoformat(),
        "doubts": board.rows.doubts,
        "orders": list(board.orders),
        "words": _words_of(board),
        "writes": made.marks.writes,
        "stamp": made.stamp,
    }


def _made_of(told: dict[str, Any], parts: dict[str, Any]) -> Made:
    words: dict[str, dict[str, int]] = {}
    for number, (name, word) in enumerate(told["words"]):
        words.setdefault(name, {})[word] = parts[f"word {number}"]
    orders = {
        name: Order.of_parts(*(parts[f"order {name} {number}"] for number in range(len(ORDER_TYPES))))
        for name in told["orders"]
    }
    board = Parts(
        datetime.fromisoformat(told["now"]),
        datetime.fromisoformat(told["rows_seen_last"]),
        Columns.of_parts({name: parts[f"row {name}"] for name in TYPES}, [tuple(each) for each in told["doubts"]]),
        Texts(parts["text"], parts["lengths"], parts["slots"]),
        orders,
        words,
    )
    marks = Marks(**{name: parts[f"mark {name}"] for name in MARKS}, writes=told["writes"])
    return Made(Board.of_parts(board), marks, Stamp(*told["stamp"]))
