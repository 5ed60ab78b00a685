"""What the figures of rollups mean, as one digest: rollups that were kept by another definition are counted anew.

The digest is of the source text of all that decides in which cell a listing counts and as what. A changed comment may
cost one count too many; a changed label can never go by unseen.
"""

from functools import cache
from hashlib import blake2b
from importlib.resources import files

DEFINING = {
    "reporting": ("attempts.py", "filters.py", "seen.py"),
    "reporting.rollups": (
        "cells.py",
        "homes.py",
        "labels.py",
        "offers.py",
        "packed.py",
        "phases.py",
        "prices.py",
        "shift.py",
    ),
    "reporting.statistics": (
        "clearance.py",
        "groups.py",
        "looks.py",
        "published.py",
        "published_counts.toml",
        "sample.py",
    ),
    "store": ("rollup_looks.py", "rollup_offers.py", "rollup_sheets.py", "rollup_words.py", "statement.py", "terms.py"),
    "tracking": ("law.py", "offers.py", "price_changes.py", "rounds.py"),
}
"""Files by package. A test holds that what they import is among them, or has no say."""


@cache
def definition() -> str:
    """The digest of this version of the program, 32 hexadecimal digits."""
    return digest_of({f"{package}/{name}": _text(package, name) for package in DEFINING for name in DEFINING[package]})


def digest_of(texts: dict[str, bytes]) -> str:
    """The digest of texts by their names."""
    digest = blake2b(digest_size=16)
    for name, text in sorted(texts.items()):
        digest.update(b"%s %d\n" % (name.encode(), len(text)))
        digest.update(text)
    return digest.hexdigest()


def _text(package: str, name: str) -> bytes:
    return files(package).joinpath(name).read_bytes()
