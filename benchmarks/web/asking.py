"""What the users ask for: addresses of each kind of page, with words that the base knows, by chance from a seed."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from urllib.parse import urlencode

from reporting.web.board.board import FACETS
from reporting.web.board.search import SORTS

WORDS_OF_FACET = 8
TEXTS = ("中山", "解放", "人民路", "南京", "杭州 西湖", "地下室")
PRICES = ("80万", "150万", "300万")
PAGES = (1, 1, 1, 2, 3, 10, 200)
Get = Callable[[str], str]

SHARES = {
    "today": 2,
    "search, two facets": 8,
    "search, words": 2,
    "search, sorted": 2,
    "home": 6,
    "api search": 2,
    "api home": 2,
    "map": 1,
    "sources": 1,
}
"""How often each kind is asked for, of 26 times."""


class Addresses:
    """Addresses by kind."""

    def __init__(self, facets: Mapping[str, Sequence[str]], homes: Sequence[str], seed: int) -> None:
        self._facets = facets
        self._homes = homes
        self._random = random.Random(seed)
        self._pairs = list(combinations(FACETS, 2))
        self._turn = 0

    def any(self) -> tuple[str, str]:
        """A kind by its share, and an address of it."""
        kind = self._random.choices(list(SHARES), list(SHARES.values()))[0]
        return kind, self.of(kind)

    def of(self, kind: str) -> str:
        """An address of one kind."""
        home, choose = self._random.choice(self._homes), self._random.choice
        page = choose(PAGES)
        sorted_by = {"sort": choose(SORTS), "page": page}
        makers: dict[str, Callable[[], str]] = {
            "today": lambda: "/",
            "search, two facets": lambda: _address("/search", self._pair() | sorted_by),
            "search, words": lambda: _address("/search", {"q": choose(TEXTS), "max-price": choose(PRICES)}),
            "search, sorted": lambda: _address("/search", sorted_by | {"rows": choose(("homes", "listings"))}),
            "home": lambda: f"/homes/{home}",
            "api search": lambda: _address("/api/v1/homes", self._pair() | sorted_by),
            "api home": lambda: f"/api/v1/homes/{home}",
            "map": lambda: _address("/search/points.json", self._pair() | {"zoom": 5}),
            "sources": lambda: "/sources",
        }
        return makers[kind]()

    def _pair(self) -> dict[str, str]:
        """Every pair of facets in turn, with any of their words."""
        one, other = self._pairs[self._turn % len(self._pairs)]
        self._turn += 1
        return {name: self._random.choice(self._facets[name]) for name in (one, other)}


def read_words(get: Get) -> tuple[dict[str, list[str]], list[str]]:
    """The words of each facet, the most frequent first, and homes of many kinds, off the pages of the search."""
    page = get("/search?rows=listings")
    facets = {name: _words_of(page, name)[:WORDS_OF_FACET] for name in FACETS}
    homes = {found for number in (1, 50, 1_000) for sort in SORTS for found in _homes_on(get, sort, number)}
    return facets, sorted(homes)


def _words_of(page: str, facet: str) -> list[str]:
    return [word for word in re.findall(rf'id="{facet}-([^"]+)"', page) if "&" not in word]


def _homes_on(get: Get, sort: str, number: int) -> Iterator[str]:
    yield from re.findall(r'href="/homes/(\d+)"', get(f"/search?sort={sort}&page={number}"))


def _address(path: str, words: Mapping[str, object]) -> str:
    return f"{path}?{urlencode(words)}"
