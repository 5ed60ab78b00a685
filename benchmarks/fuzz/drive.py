"""Feeds one reader with spoilt pages for some seconds, in a process of its own (``python -m benchmarks.fuzz`` starts it).

With atheris the code is instrumented and pages that reach new code are kept and spoilt further; it uses our mutators
beside its own. Without it the same mutators spoil the recorded pages by chance.
"""

import argparse
import logging
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

from benchmarks.fuzz.mutators import MUTATORS, mutate
from benchmarks.fuzz.specimens import pack, pages_of, unpack

ROOMS = ["crawler", "store.told", "store.looks"]
LONGEST_PACKED = 1_010_000


def main() -> None:
    """Fuzz one reader and write the report; or read one saved page and print what that takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--seed", type=int, default=None, help="of the driver without atheris")
    parser.add_argument("--plain", action="store_true", help="without atheris, even where it is installed")
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if options.plain or find_spec("atheris") is None:
        _by_chance(
            options.reader,
            options.seconds,
            SystemRandom().getrandbits(32) if options.seed is None else options.seed,
            options.folder,
        )
    else:
        _by_coverage(options.reader, options.seconds, options.folder)


def _by_chance(name: str, seconds: float, seed: int, folder: Path) -> None:
    from benchmarks.fuzz.tally import Tally
    from crawler.sources import all_readers, find_reader

    reader, chance = find_reader(name), Random(seed)
    tally = Tally(reader, all_readers(), f"chance, seed {seed}", folder)
    pages = pages_of(reader)
    end = time.process_time() + seconds
    while time.process_time() < end:
        tally.read(mutate(chance.choice(pages), chance.choices(MUTATORS, k=chance.choice((1, 1, 2, 3))), chance))
    tally.write(folder / "report.json")


def _by_coverage(name: str, seconds: float, folder: Path) -> None:
    import atheris  # type: ignore[import-untyped, unused-ignore]

    with atheris.instrument_imports(include=ROOMS):
        from benchmarks.fuzz.tally import Tally
        from crawler.sources import all_readers, find_reader

        readers = all_readers()
        reader = find_reader(name)
    tally = Tally(reader, readers, "atheris", folder)
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, page in enumerate(pages_of(reader)):
        (corpus / str(number)).write_bytes(pack(page))
    end = time.process_time() + seconds

    def read_one(packed: bytes) -> None:
        tally.read(unpack(packed))
        if time.process_time() > end:
            tally.write(folder / "report.json")
            sys.stdout.flush()
            os._exit(0)

    def spoil(packed: bytes, max_size: int, seed: int) -> bytes:
        chance = Random(seed)
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(packed, max_size))
        mutators: list[Any] = chance.choices(MUTATORS, k=chance.choice((1, 1, 2)))
        return pack(mutate(unpack(packed), mutators, chance))[:max_size]

    limits = [
        f"-max_len={LONGEST_PACKED}",
        "-len_control=0",
        "-timeout=120",
        "-rss_limit_mb=0",
        "-verbosity=0",
        "-print_final_stats=0",
    ]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/", str(corpus)], read_one, custom_mutator=spoil)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
