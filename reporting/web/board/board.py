"""The board: every listing as it stands, in memory, so that a search over a million of them takes milliseconds.

Sets of listings are bits (``bits.py``), orders are kept (``order.py``), numbers lie in arrays (``columns.py``), words
are looked for in one long text (``texts.py``). A board never changes under its readers: when the database has changed,
another one is made of it that reads only what has changed (``updated``), and takes its place (``keeper.py``).
"""

from __future__ import annotations  # array is not subscriptable before Python 3.12

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from reporting.buyer.comparables import Place
from reporting.linked import Linked
from reporting.money import digits_of
from reporting.web.board.answers import Answers
from reporting.web.board.bits import Bits, all_bits, bits_of, positions_of
from reporting.web.board.columns import Columns
from reporting.web.board.lasting import lasting_hash
from reporting.web.board.lines import Line, State, district_of
from reporting.web.board.order import NOT_KNOWN, Moves, Order
from reporting.web.board.texts import TextMaker, Texts
from store.terms import Currency

FACETS = ("state", "source", "city", "kind", "seller-kind", "round")
ALIKE, MARKS, CURRENCY = "alike", "marks", "currency"
"""Further words that listings are told apart by, which no search asks for."""

CENT_DIGITS = 2
"""Prices of all currencies are ordered in hundredths of the whole unit; ``priced_in`` tells them apart."""

DOUBTFUL = 1 << 40
"""Added to the key of a doubtful home where the best come first: it stands below all that are clean."""

AT_PLACES = {"compound": "compound", "district": "neighbours"}
"""The orders by places where homes are compared: by the hash of a place, of which two share one in 10^19."""

WORDS_KEPT = 256
ANSWERS_KEPT = 128
"""Each holds a set of listings: of a million 125 kB."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)
Words = Mapping[str, Mapping[str, Bits]]


def _words_of(line: Line) -> Iterator[tuple[str, str]]:
    """The words of a line: facets, and marks that it has or has not."""
    told = (line.state, line.source, line.city, line.kind, line.seller_kind, line.round_kind)
    for name, word in (*zip(FACETS, told, strict=True), (ALIKE, line.alike), (CURRENCY, line.currency)):
        if word is not None:
            yield name, str(word)
    marks = {"last": line.is_last, "placed": line.place, "doubtful": line.doubts, "repeated": line.attempts > 1}
    yield from ((MARKS, name) for name, has in marks.items() if has)


def _keys_of(line: Line) -> dict[str, int]:
    """The key of a line in each order, the first one lowest."""
    below = DOUBTFUL if line.doubts else 0
    told = {
        "cut": None if line.cut is None else below - line.cut,
        "discount": None if line.discount is None else below - line.discount,
        "cut-percent": None if line.cut is None else -line.cut,
        "cut-amount": _negative(_cents(line.cut_amount, line.currency)),
        "price": _cents(line.price, line.currency),
        "unit-price": _cents(line.unit_price, line.currency),
        "area": line.area,
        "ends": _seconds(line.ends_at),
        "starts": _seconds(line.starts_at),
        "new": -_since_epoch(line.first_seen_at),
        "changed": -_since_epoch(line.changed_at),
        "seen": seen_key(line.last_seen_at),
        "ended": line.ended_on,
        "district": None if line.district is None else lasting_hash(line.district),
        **dict.fromkeys(AT_PLACES.values()),
        **{AT_PLACES[place[0]]: lasting_hash(place) for place in line.places},
    }
    return {name: NOT_KNOWN if key is None else key for name, key in told.items()}


def seen_key(at: datetime) -> int:
    """The key of the order ``seen``: the last one first."""
    return -_since_epoch(at)


def _cents(amount: int | None, currency: Currency | None) -> int | None:
    return None if amount is None else amount * 10 ** (CENT_DIGITS - digits_of(currency))


def _negative(value: int | None) -> int | None:
    return None if value is None else -value


def _since_epoch(at: datetime) -> int:
    return int(at.timestamp())


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else _since_epoch(at)


class Parts(NamedTuple):
    """What a board is made of."""

    now: datetime
    rows_seen_last: datetime
    rows: Columns
    texts: Texts
    orders: Mapping[str, Order]
    words: Words


class Board:
    """All listings at one moment. Positions are in the order of the ids of listings.

    ``then``: the homes of an earlier day, where it is a board of that day.
    """

    then: Linked | None = None

    def __init__(self, lines: Iterable[Line], now: datetime, then: Linked | None = None) -> None:
        self.then = then
        columns, texts = Columns(), TextMaker()
        keys: dict[str, array[int]] = defaultdict(lambda: array("q"))
        words: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("i"))
        self.rows_seen_last = LONG_AGO
        for place, line in enumerate(lines):
            columns.append(line)
            texts.append(line.text)
            for name, key in _keys_of(line).items():
                keys[name].append(key)
            for pair in _words_of(line):
                words[pair].append(place)
            self.rows_seen_last = max(self.rows_seen_last, line.last_seen_at)
        ids = columns.array("listing_id")
        order = sorted(range(len(ids)), key=ids.__getitem__)
        position_of = array("i", sorted(range(len(order)), key=order.__getitem__))
        self.now = now
        self.rows: Columns = columns.ordered(order)
        self.texts = texts.made(order)
        self.orders: Mapping[str, Order] = {
            name: Order(array("q", map(each.__getitem__, order))) for name, each in keys.items()
        }
        self._words: Words = _by_name(
            (pair, bits_of(map(position_of.__getitem__, places), len(order))) for pair, places in words.items()
        )
        self._settle()

    @classmethod
    def of_parts(cls, parts: Parts) -> Board:
        """A board that was taken apart."""
        made = cls.__new__(cls)
        made.now, made.rows_seen_last, made.rows, made.texts, made.orders, made._words = parts
        made._settle()
        return made

    def parts(self) -> Parts:
        """What a board is made of, so that it can be kept."""
        return Parts(self.now, self.rows_seen_last, self.rows, self.texts, self.orders, self._words)

    def _settle(self) -> None:
        """What follows from the rest."""
        self.count = len(self.rows)
        self.everything = all_bits(self.count)
        self.containing: Callable[[str], Bits] = lru_cache(WORDS_KEPT)(self._containing)
        self._numbered = lru_cache(len(FACETS))(self._number_words)
        self.answers: Answers[Any] = Answers(ANSWERS_KEPT)

    def updated(self, lines: Iterable[Line], seen: Mapping[int, datetime], now: datetime) -> Board:
        """Another board, in which some lines stand in the place of those of the same listings, and further ones.

        Args:
            lines: of listings whose ids are known, or higher than all that are.
            seen: by position, when listings were seen last of which nothing else has changed.
            now: the moment of it.
        """
        made = copy(self)
        made.now = now
        made.rows = self.rows.copy()
        at: dict[int, Line] = {}
        for line in sorted(lines, key=lambda each: each.listing_id):
            known = self.position_of(line.listing_id)
            if known is None:
                at[len(made.rows)] = line
                made.rows.append(line)
            else:
                at[known] = line
                made.rows.put(known, line)
        made.rows_seen_last = max([self.rows_seen_last, *(each.last_seen_at for each in at.values()), *seen.values()])
        made.texts = self.texts.updated({position: line.text for position, line in at.items()})
        made._words = self._words_with(at)
        made.orders = self._orders_with(at, seen, len(made.rows))
        made._settle()
        return made

    def _words_with(self, at: Mapping[int, Line]) -> Words:
        count = max([self.count, *(position + 1 for position in at)])
        others = ~bits_of(at, count)
        came: dict[tuple[str, str], list[int]] = defaultdict(list)
        for position, line in at.items():
            for pair in _words_of(line):
                came[pair].append(position)
        pairs = {(name, word) for name, words in self._words.items() for word in words} | set(came)
        return _by_name(
            ((name, word), self._words.get(name, {}).get(word, 0) & others | bits_of(came[name, word], count))
            for name, word in sorted(pairs)
        )

    def _orders_with(self, at: Mapping[int, Line], seen: Mapping[int, datetime], count: int) -> dict[str, Order]:
        keys = {position: _keys_of(line) for position, line in at.items()}
        moves = self._moves(at, count)
        orders = self.orders or {name: Order(()) for each in keys.values() for name in each}
        found = {}
        for name, order in orders.items():
            if name == "seen":
                later = {position: seen_key(when) for position, when in seen.items()}
                later |= {position: each[name] for position, each in keys.items()}
                found[name] = order.moved(self._moves(later, count)._replace(keys=list(later.items())))
            else:
                own = [(position, each[name]) for position, each in keys.items()]
                found[name] = order.moved(moves._replace(keys=own))
        return found

    def _moves(self, positions: Iterable[int], count: int) -> Moves:
        moved = [position for position in positions if position < self.count]
        stays = bytearray(b"\1" * self.count)
        for position in moved:
            stays[position] = 0
        return Moves(bytes(stays), bits_of(moved, self.count), (), count)

    def priced_in(self, currency: Currency) -> Bits:
        """The listings whose amounts are in this currency."""
        return self.of_words(CURRENCY, (str(currency),))

    def facet(self, name: str) -> Mapping[str, Bits]:
        """The listings of each word of a facet. Listings of which it is not known are in none of them."""
        return self._words.get(name, {})

    def count_words(self, name: str, bits: Bits, positions: Sequence[int] | None = None) -> Mapping[str, int]:
        """How many of a set have each word of a facet; words that none has may be left out.

        ``positions``: of the set, where they are few: these are looked at, and not every word of the facet.
        """
        if positions is None:
            return {word: (members & bits).bit_count() for word, members in self.facet(name).items()}
        words, numbers = self._numbered(name)
        return {
            words[number]: count for number, count in Counter(map(numbers.__getitem__, positions)).items() if number
        }

    def _number_words(self, name: str) -> tuple[Sequence[str], array[int]]:
        """The words of a facet, and for each position the number of its word; 0: not known."""
        numbers, words = array("i", bytes(4 * self.count)), [""]
        for number, (word, bits) in enumerate(self.facet(name).items(), start=1):
            words.append(word)
            for position in positions_of(bits, self.count):
                numbers[position] = number
        return words, numbers

    def prepare(self) -> None:
        """Reckon now what the first questions would wait for: some seconds of a million listings."""
        for name in FACETS:
            self._numbered(name)
        for name, order in self.orders.items():
            if name not in AT_PLACES.values() and name != "district":  # of these only equal keys are looked for
                order.prepare()

    def of_words(self, name: str, words: Iterable[str]) -> Bits:
        """The listings that have any of these words; a word that none has finds nothing."""
        found, known = 0, self.facet(name)
        for word in words:
            found |= known.get(word, 0)
        return found

    @property
    def last_of_homes(self) -> Bits:
        """The last listing of each home."""
        return self.of_words(MARKS, ("last",))

    @property
    def placed(self) -> Bits:
        """Listings with coordinates."""
        return self.of_words(MARKS, ("placed",))

    @property
    def doubtful(self) -> Bits:
        """Listings of homes about which there is a question."""
        return self.of_words(MARKS, ("doubtful",))

    @property
    def repeated(self) -> Bits:
        """Listings of homes that were offered more than once."""
        return self.of_words(MARKS, ("repeated",))

    def in_district(self, city: str, district: str) -> Bits:
        """The listings in a district of a city."""
        order = self.orders.get("district")
        return bits_of(order.having(lasting_hash(district_of(city, district))), self.count) if order else 0

    def at_place(self, place: Place) -> Sequence[int]:
        """The positions of the listings at a place where homes are compared."""
        order = self.orders.get(AT_PLACES[place[0]])
        return order.having(lasting_hash(place)) if order else ()

    def due(self, now: datetime) -> list[int]:
        """Listings that may be over, or unseen for too long, by time alone."""
        at = _since_epoch(now)
        checks, ids = self.rows.array("check_at"), self.rows.array("listing_id")
        return [listing_id for listing_id, check in zip(ids, checks, strict=True) if NOT_KNOWN < check <= at]

    def unseen(self) -> set[int]:
        """Listings that nobody has seen for too long to call them open."""
        ids = self.rows.array("listing_id")
        return {ids[each] for each in positions_of(self.of_words("state", (State.UNSEEN,)), self.count)}

    def position_of(self, listing_id: int) -> int | None:
        """Where a listing stands on the board."""
        ids = self.rows.array("listing_id")
        position = bisect_left(ids, listing_id)
        return position if position < len(ids) and ids[position] == listing_id else None

    def _containing(self, word: str) -> Bits:
        """The listings with a word anywhere in title, address, place or number: two Chinese letters are a word."""
        return bits_of(self.texts.with_word(word), self.count)


def _by_name(pairs: Iterable[tuple[tuple[str, str], Bits]]) -> Words:
    """By name and word; words that no listing has are left out."""
    found: dict[str, dict[str, Bits]] = defaultdict(dict)
    for (name, word), bits in pairs:
        if bits:
            found[name][word] = bits
    return dict(found)
