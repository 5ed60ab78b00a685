"""One measurement of one linker on made-up listings, in a process of its own: ``python -m benchmarks.linking.measure``.

Prints one JSON object. CPU is that of the process and all its threads (user + system). The listings are made in between, in
batches, outside the clock; the collector of garbage stands still while they are made, so that its work on what the
linker holds is counted with the linker.
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

import argparse
import json
import resource
import sys
import time
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from benchmarks.linking.generate import Labelled, generate
from benchmarks.linking.score import Score, measure
from tracking.address.parts import NO_PARTS
from tracking.keys import collector_at_rest
from tracking.offers import Offer, make_offer

BATCH = 5_000


@dataclass
class Figures:
    """What one run cost and reached. CPU in seconds, memory in MB."""

    system: str
    size: int
    parse_cpu: float = 0.0
    link_cpu: float = 0.0
    peak_mb: int = 0
    precision: float = 0.0
    recall: float = 0.0
    f1: float = 0.0
    siblings_joined: int = 0
    largest: int = 0
    note: str = ""
    wrong: list[str] = field(default_factory=list)  # the first wrong merges and misses, in words

    def take(self, score: Score) -> None:
        """Keep what the score says."""
        self.precision, self.recall, self.f1 = score.precision, score.recall, score.f1
        self.siblings_joined = score.siblings_joined
        self.largest = score.largest[0][1] if score.largest else 0


@dataclass
class Feed:
    """Listings as offers, one after the other: what is parsed is timed apart from what is made."""

    size: int
    seed: int
    homes: array[int] = field(default_factory=lambda: array("q"))  # by listing id, from 1
    made_cpu: float = 0.0
    parse_cpu: float = 0.0

    def __iter__(self) -> Iterator[Offer]:
        arriving = generate(self.size, self.seed)
        while batch := self._make(arriving):
            started = time.process_time()
            offers = [make_offer(*row.state) for row in batch]
            self.parse_cpu += time.process_time() - started
            batch.clear()
            yield from offers

    def _make(self, arriving: Iterator[Labelled]) -> list[Labelled]:
        started = time.process_time()
        with collector_at_rest():
            batch = list(islice(arriving, BATCH))
        self.homes.extend(row.home for row in batch)
        self.made_cpu += time.process_time() - started
        return batch

    def labels(self) -> Iterator[tuple[int, int]]:
        """Listing ids and homes."""
        return enumerate(self.homes, 1)


def measure_ours(size: int, seed: int, wrong: int = 0) -> Figures:
    """Our linker."""
    from tracking.link import link_offers

    figures, feed = Figures("ours", size), Feed(size, seed)
    started = time.process_time()
    property_of = link_offers(feed, with_reasons=False).property_of
    figures.link_cpu = time.process_time() - started - feed.made_cpu - feed.parse_cpu
    figures.parse_cpu, figures.peak_mb = feed.parse_cpu, peak_mb()
    score = measure(feed.labels(), property_of)
    figures.take(score)
    figures.wrong = _in_words(score, size, seed, wrong)
    return figures


def _in_words(score: Score, size: int, seed: int, count: int) -> list[str]:
    """The first wrong merges and misses, with their texts: the listings are made once more."""
    torn = [("JOINED", each) for each in score.false_merges[:count]] + [
        ("MISSED", each) for each in score.missed[:count]
    ]
    wanted = {number for _, each in torn for number in each.listings[:4]}
    if not wanted:
        return []
    told = {row.state[0]: _tell(row.state) for row in generate(size, seed) if row.state[0] in wanted}
    return [
        f"{word} {each.wrong_pairs}: " + " | ".join(told[number] for number in each.listings[:4]) for word, each in torn
    ]


def _tell(state: tuple[Any, ...]) -> str:
    offer = Offer._make((*state, NO_PARTS))
    area = "-" if offer.floor_area is None else f"{offer.floor_area / 100:g}"
    appraisal = "-" if offer.appraisal_price is None else f"{offer.appraisal_price // 100}"
    place = f"{offer.city or '-'}/{offer.district or '-'}"
    case = offer.case_number or offer.seller_name
    return f"#{offer.listing_id} {offer.title} ({offer.address or '-'}) {place} {area} sqm, valued {appraisal}, {case}"


def peak_mb() -> int:
    """The most memory that the process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """One run; the figures as JSON on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("system", choices=["ours", "splink", "splink-labels"])
    parser.add_argument("size", type=int)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--wrong", type=int, default=0, help="so many wrong merges and misses in words (ours)")
    options = parser.parse_args()
    if options.system == "ours":
        figures = measure_ours(options.size, options.seed, options.wrong)
    else:
        from benchmarks.linking.peer import measure_peer

        figures = measure_peer(options.size, options.seed, with_labels=options.system == "splink-labels")
    json.dump(asdict(figures), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
