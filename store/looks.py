"""Sightings, packed: which listings a page showed, and the digest of what it said of each.

A row for each sighting would cost more than everything else that an unchanged page causes (40 B-tree inserts
for one page), and is needed only when a page arrives later than younger ones.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import sys
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import orjson

from store.statement import Extras, Statement

DETAILS_FROM = Statement._fields.index("case_number")
NOTHING_TOLD = (None,) * (len(Statement._fields) - DETAILS_FROM - 1)


class Unstorable(ValueError):
    """Words that the databases cannot hold."""


def digest_of(statement: Statement, extras: Extras | None = None) -> int:
    """A 64-bit digest of everything that was said, as a signed integer.

    Raises:
        Unstorable: a NUL (PostgreSQL has none in texts), half a surrogate pair, or a number beyond 53 bits.
    """
    try:
        said = _told(statement, extras)
        body = orjson.dumps(said, _plain_tuple, option=orjson.OPT_STRICT_INTEGER)
    except TypeError as error:
        raise Unstorable(f"words that cannot be stored: {error}") from None
    if b"\\u0000" in body and _has_nul(said):
        raise Unstorable("words that cannot be stored: a NUL character")
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


def _told(statement: Statement, extras: Extras | None) -> tuple[object, ...]:
    """What the digest is made of. Without details it is what 0.1 knew, so that the digests of then stay the same."""
    details = statement[DETAILS_FROM:-1]
    if extras is None and details == NOTHING_TOLD:
        return (*statement[:DETAILS_FROM], statement.raw)
    return (*statement, extras)


def _plain_tuple(value: object) -> tuple[object, ...]:
    """orjson writes tuples, but no named ones."""
    if isinstance(value, tuple):
        return tuple(value)
    raise TypeError(f"a {type(value).__name__}")


def _has_nul(said: Iterable[object]) -> bool:
    return any(
        "\0" in value if isinstance(value, str) else isinstance(value, tuple) and _has_nul(value) for value in said
    )


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
