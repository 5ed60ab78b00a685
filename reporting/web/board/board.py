"""The board: every listing as it stands, in memory, so that a search over a million of them takes milliseconds.

Sets of listings are bits (``bits.py``), orders are made once, words are looked for in one long text. A board is never
changed: when the database has changed, another one takes its place (``keeper.py``).
"""

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from reporting.money import digits_of
from reporting.web.board.bits import Bits, Order, all_bits, bits_of
from reporting.web.board.lines import Line
from store.terms import Currency

FACETS = ("state", "source", "city", "kind", "seller-kind", "round")
CENT_DIGITS = 2
"""Prices of all currencies are compared in hundredths of the whole unit, as numbers without their currency."""

DOUBTFUL = 1 << 40
"""Added to the key of a doubtful home where the best come first: it stands below all that are clean."""

WORDS_KEPT = 256
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Row(NamedTuple):
    """What the board itself tells of a listing; the rest is read for the rows that are shown."""

    listing_id: int
    home: int
    cut: int | None
    cut_amount: int | None
    discount: int | None
    unit_price: int | None
    doubts: tuple[str, ...]
    attempts: int


@dataclass
class _Columns:
    """Lines, column by column."""

    rows: list[Row] = field(default_factory=list)
    keys: dict[str, list[int | None]] = field(default_factory=lambda: defaultdict(list))
    facets: dict[str, dict[str, list[int]]] = field(
        default_factory=lambda: {name: defaultdict(list) for name in FACETS}
    )
    last: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    seen_last: datetime = LONG_AGO

    def take(self, line: Line) -> None:
        """Add a line."""
        position = len(self.rows)
        self.rows.append(
            Row(
                line.listing_id,
                line.home,
                line.cut,
                line.cut_amount,
                line.discount,
                line.unit_price,
                line.doubts,
                line.attempts,
            )
        )
        words = (line.state, line.source, line.city, line.kind, line.seller_kind, line.round_kind)
        for name, word in zip(FACETS, words, strict=True):
            if word is not None:
                self.facets[name][str(word)].append(position)
        if line.is_last:
            self.last.append(position)
        if line.place is not None:
            self.places[position] = line.place
        self.texts.append(line.text)
        self.seen_last = max(self.seen_last, line.last_seen_at)
        for name, key in _keys_of(line).items():
            self.keys[name].append(key)


def _keys_of(line: Line) -> dict[str, int | None]:
    """The key of a line in each order, the first one lowest; ``None``: it is not known."""
    below = DOUBTFUL if line.doubts else 0
    best = {"cut": line.cut, "discount": line.discount}
    return {
        **{name: None if value is None else below - value for name, value in best.items()},
        "cut-percent": None if line.cut is None else -line.cut,
        "cut-amount": _negative(_cents(line.cut_amount, line.currency)),
        "price": _cents(line.price, line.currency),
        "unit-price": _cents(line.unit_price, line.currency),
        "area": line.area,
        "ends": _seconds(line.ends_at),
        "starts": _seconds(line.starts_at),
        "new": -_since_epoch(line.first_seen_at),
        "changed": -_since_epoch(line.changed_at),
        "seen": -_since_epoch(line.last_seen_at),
    }


def _cents(amount: int | None, currency: Currency | None) -> int | None:
    return None if amount is None else amount * 10 ** (CENT_DIGITS - digits_of(currency))


def _negative(value: int | None) -> int | None:
    return None if value is None else -value


def _since_epoch(at: datetime) -> int:
    return int(at.timestamp())


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else _since_epoch(at)


class Board:
    """All listings at one moment."""

    def __init__(self, lines: Iterable[Line], now: datetime) -> None:
        columns = _Columns()
        for line in lines:
            columns.take(line)
        self.now = now
        self.count = len(columns.rows)
        self.rows: Sequence[Row] = columns.rows
        self.everything = all_bits(self.count)
        self.last_of_homes = bits_of(columns.last, self.count)
        self.placed = bits_of(columns.places, self.count)
        self.doubtful = bits_of((n for n, row in enumerate(self.rows) if row.doubts), self.count)
        self.repeated = bits_of((n for n, row in enumerate(self.rows) if row.attempts > 1), self.count)
        self.rows_seen_last = columns.seen_last
        self.places: Mapping[int, tuple[int, int]] = columns.places
        self.orders: Mapping[str, Order] = {name: Order(keys) for name, keys in columns.keys.items()}
        self._facets = {
            name: {word: bits_of(positions, self.count) for word, positions in words.items()}
            for name, words in columns.facets.items()
        }
        self._text = "\n".join(columns.texts)
        self._starts = array("q", accumulate((len(text) + 1 for text in columns.texts), initial=0))
        self._positions = {row.listing_id: n for n, row in enumerate(self.rows)}
        self.containing: Callable[[str], Bits] = lru_cache(WORDS_KEPT)(self._containing)

    def facet(self, name: str) -> Mapping[str, Bits]:
        """The listings of each word of a facet. Listings of which it is not known are in none of them."""
        return self._facets[name]

    def of_words(self, name: str, words: Iterable[str]) -> Bits:
        """The listings that have any of these words; a word that none has finds nothing."""
        found, known = 0, self._facets[name]
        for word in words:
            found |= known.get(word, 0)
        return found

    def position_of(self, listing_id: int) -> int | None:
        """Where a listing stands on the board."""
        return self._positions.get(listing_id)

    def _containing(self, word: str) -> Bits:
        """The listings with a word anywhere in title, address, place or number: two Chinese letters are a word."""
        return bits_of(self._lines_with(word), self.count)

    def _lines_with(self, word: str) -> Iterator[int]:
        starts, find = self._starts, self._text.find
        at = find(word)
        while at >= 0:
            line = bisect_right(starts, at) - 1
            yield line
            at = find(word, starts[line + 1])
