"""The load asks for every pair of facets and every kind of page, with words that the pages themselves offer."""

from itertools import combinations
from urllib.parse import parse_qs, urlsplit

from starlette.testclient import TestClient

from benchmarks.web.asking import SHARES, Addresses, read_words
from reporting.web.board.board import FACETS


def test_every_pair_of_facets_comes_in_turn_and_every_address_is_answered(site: TestClient):
    facets, homes = read_words(lambda address: site.get(address).text)
    assert set(facets) == set(FACETS)
    assert "br_caixa" in facets["source"]
    addresses = Addresses(facets, homes, seed=1)
    pairs = list(combinations(FACETS, 2))
    asked = [parse_qs(urlsplit(addresses.of("search, two facets")).query) for _ in pairs]
    assert [tuple(name for name in FACETS if name in words) for words in asked] == pairs
    for kind in SHARES:
        assert site.get(addresses.of(kind)).status_code == 200
    kinds = {addresses.any()[0] for _ in range(300)}
    assert kinds == set(SHARES)
