"""A search on the board: what an address asks for, and what is found, with the counts of every facet."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import NamedTuple

from starlette.datastructures import QueryParams

from reporting.errors import WrongFilter
from reporting.filters import Filters, fold_place, parse_term
from reporting.web.board.bits import Bits, positions_of
from reporting.web.board.board import CENT_DIGITS, Board
from reporting.web.board.lines import HUNDREDTHS, State
from reporting.web.query import WrongWord, choice_of, number_of, read_filters, word_of, words_of
from store.terms import NO_HOMES

SORTS = ("cut", "discount", "price", "unit-price", "ends", "starts", "new", "changed", "area")
"""Each also with a minus before it, for the other direction."""

PAGE = 50
MOST_ROWS = 200
HOMES, LISTINGS = "homes", "listings"
SQUARE_METRES = 100

LISTINGS_LIKE_A_WORD = 300
"""To look at so many listings takes as long as to cut one word with a million (0.15 and 45 microseconds, 2026-11)."""


@dataclass(frozen=True)
class Search:
    """What is asked. ``scope``: one row for each home (its last listing), or for each listing."""

    filters: Filters = field(default_factory=Filters)
    states: tuple[State, ...] = ()
    words: tuple[str, ...] = ()
    least_area: int | None = None
    most_area: int | None = None
    scope: str = HOMES
    sort: str = "cut"
    page: int = 1
    size: int = PAGE


class FacetWord(NamedTuple):
    """One word of a facet: how many it would find beside all that is asked for in other facets."""

    word: str
    found: int
    is_chosen: bool


@dataclass(frozen=True)
class Found:
    """The answer. ``homes`` and ``listings`` are counted, whatever a row is; ``bits`` is what the rows are of."""

    search: Search
    bits: Bits
    homes: int
    listings: int
    unplaced: int
    left_out: int
    facets: Mapping[str, Sequence[FacetWord]]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.homes if self.search.scope == HOMES else self.listings

    @property
    def pages(self) -> int:
        """How many pages they make."""
        return max(1, math.ceil(self.count / self.search.size))


def read_search(query: QueryParams) -> Search:
    """The search in an address.

    Raises:
        WrongWord: a word cannot be read.
    """
    sort = choice_of(query, "sort", (*SORTS, *(f"-{sort}" for sort in SORTS)), "cut")
    return Search(
        read_filters(query),
        tuple(_state(word) for word in words_of(query, "state")),
        tuple((word_of(query, "q") or "").casefold().split()),
        _area(query, "min-area"),
        _area(query, "max-area"),
        choice_of(query, "rows", (HOMES, LISTINGS), HOMES),
        sort,
        number_of(query, "page", 1, 10_000_000, 1),
        number_of(query, "limit", 1, MOST_ROWS, PAGE),
    )


def _state(word: str) -> State:
    try:
        return parse_term(State, "state", word)
    except WrongFilter as error:
        raise WrongWord("state", word, str(error)) from None


def _area(query: QueryParams, name: str) -> int | None:
    word = word_of(query, name)
    if word is None:
        return None
    number = Decimal(word) if word.isascii() and word.replace(".", "", 1).isdigit() and len(word) < 10 else None
    if number is None:
        raise WrongWord(name, word, f"--{name}: cannot read {word!r}; give square metres such as 89.5")
    return int(number * SQUARE_METRES)


def find(board: Board, search: Search) -> Found:
    """Everything on the board that is asked for. A listing of which something is not known does not match it."""
    asked = replace(search, sort=SORTS[0], page=1, size=PAGE)  # these change nothing in what is found
    found: Found = board.answers.get(asked, lambda: _find(board, asked))
    return replace(found, search=search)


def _find(board: Board, search: Search) -> Found:
    chosen = _chosen(search)
    parts = {name: board.of_words(name, words) for name, words in chosen.items() if words}
    rest = _ranges(board, search)
    claims = board.of_words("kind", map(str, NO_HOMES))
    homes_only = board.everything if search.filters.kinds else board.everything & ~claims
    bits = reduce(and_, parts.values(), rest & homes_only)
    last = bits & board.last_of_homes
    scope = last if search.scope == HOMES else bits
    whole = board.last_of_homes if search.scope == HOMES else board.everything
    counting, facets = _Counting(board), {}
    for name, words in chosen.items():
        others = reduce(and_, (part for other, part in parts.items() if other != name), rest & whole)
        facets[name] = counting.facet(name, words, others if name == "kind" else others & homes_only)
    left_out = 0 if search.filters.kinds else (reduce(and_, parts.values(), rest & whole) & claims).bit_count()
    unplaced = (scope & ~board.placed).bit_count()
    return Found(search, scope, last.bit_count(), bits.bit_count(), unplaced, left_out, facets)


def _chosen(search: Search) -> dict[str, tuple[str, ...]]:
    """The words of each facet that are asked for."""
    filters = search.filters
    return {
        "state": tuple(map(str, search.states)),
        "source": filters.sources,
        "city": tuple(map(fold_place, filters.cities)),
        "kind": tuple(map(str, filters.kinds)),
        "seller-kind": tuple(map(str, filters.seller_kinds)),
        "round": tuple(map(str, filters.rounds)),
    }


def _ranges(board: Board, search: Search) -> Bits:
    """What words, amounts, areas and days leave."""
    filters, orders, bits = search.filters, board.orders, board.everything
    for word in search.words:
        bits &= board.containing(word)
    if not board.count:
        return bits
    if filters.max_price is not None:
        bits &= board.priced_in(filters.max_price.currency)
        bits &= orders["price"].below(int(filters.max_price.amount * 10**CENT_DIGITS) + 1)
    if filters.min_cut is not None and filters.min_cut.percent is not None:
        bits &= orders["cut-percent"].below(1 - math.ceil(filters.min_cut.percent * HUNDREDTHS))
    if filters.min_cut is not None and filters.min_cut.price is not None:
        bits &= board.priced_in(filters.min_cut.price.currency)
        bits &= orders["cut-amount"].below(1 - math.ceil(filters.min_cut.price.amount * 10**CENT_DIGITS))
    if filters.since is not None:
        bits &= orders["seen"].below(1 - math.ceil(filters.since.timestamp()))
    if search.most_area is not None:
        bits &= orders["area"].below(search.most_area + 1)
    if search.least_area is not None:
        bits &= orders["area"].known & ~orders["area"].below(search.least_area)
    return bits


class _Counting:
    """Counts the words of facets; those of which nothing is chosen are counted over the same listings."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._bits: Bits | None = None
        self._positions: list[int] = []

    def facet(self, name: str, chosen: Sequence[str], others: Bits) -> list[FacetWord]:
        """The words of a facet, the most frequent first; a chosen one stands there though it finds nothing."""
        counts = self._board.count_words(name, others, self._positions_of(name, others))
        words = {*chosen, *(word for word, count in counts.items() if count)}
        counted = [FacetWord(word, counts.get(word, 0), word in chosen) for word in words]
        return sorted(counted, key=lambda each: (-each.found, each.word))

    def _positions_of(self, name: str, others: Bits) -> Sequence[int] | None:
        """The positions of a set where to look at them is cheaper than to cut it with each word of a facet."""
        if others.bit_count() >= LISTINGS_LIKE_A_WORD * len(self._board.facet(name)):
            return None
        if others != self._bits:
            self._bits, self._positions = others, positions_of(others, self._board.count)
        return self._positions


def positions_on_page(board: Board, found: Found) -> list[int]:
    """Where the rows of the page stand on the board, in the order that is asked for."""
    search = found.search
    if not board.count:
        return []
    order = board.orders[search.sort.removeprefix("-")]
    start = (search.page - 1) * search.size
    return order.page(found.bits, start, search.size, is_reversed=search.sort.startswith("-"))


def all_positions(board: Board, found: Found) -> Sequence[int]:
    """Where all rows stand, in the order that is asked for."""
    if not board.count:
        return []
    order = board.orders[found.search.sort.removeprefix("-")]
    return list(order.members(found.bits, is_reversed=found.search.sort.startswith("-")))
