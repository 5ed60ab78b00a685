"""Sightings, packed: which listings a page showed, and the digest of what it said of each.

A row for each sighting would cost more than everything else that an unchanged page causes (40 B-tree inserts
for one page), and is needed only when a page arrives later than younger ones.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import sys
from array import array
from collections.abc import Sequence
from hashlib import blake2b

import orjson

from store.statement import Statement


class Unstorable(ValueError):
    """Words that the databases cannot hold."""


def digest_of(statement: Statement) -> int:
    """A 64-bit digest of everything that was said, as a signed integer.

    Raises:
        Unstorable: a NUL (PostgreSQL has none in texts), half a surrogate pair, or a number beyond 53 bits.
    """
    try:
        body = orjson.dumps(tuple(statement), option=orjson.OPT_STRICT_INTEGER)
    except TypeError as error:
        raise Unstorable(f"words that cannot be stored: {error}") from None
    if b"\\u0000" in body and any("\0" in value for value in statement if isinstance(value, str)):
        raise Unstorable("words that cannot be stored: a NUL character")
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


def pack(pairs: Sequence[tuple[int, int]]) -> bytes:
    """``(listing id, digest)`` pairs as bytes: all ids, then all digests, 64-bit little-endian."""
    ids = array("q", [pair[0] for pair in pairs])
    ids.extend([pair[1] for pair in pairs])
    return _little(ids).tobytes()


def unpack(packed: bytes) -> tuple[array[int], array[int]]:
    """The ids and the digests, in step."""
    both = array("q")
    both.frombytes(packed)
    both = _little(both)
    half = len(both) // 2
    return both[:half], both[half:]


def _little(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values.byteswap()
    return values
