"""Hashes that are the same in every process: a board that is kept on disk must mean the same to whoever reads it."""

from collections.abc import Iterable
from hashlib import blake2b

BYTES = 8


def lasting_hash(words: Iterable[object]) -> int:
    """A signed number of 64 bits for some words or numbers; Python's own hash of words is another one in each process.

    Among a million different ones two are alike in one case of thirty million.
    """
    told = "\0".join(map(str, words)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=BYTES).digest(), "little", signed=True)
