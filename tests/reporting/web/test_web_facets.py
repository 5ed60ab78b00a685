"""Facets on the page of the search: the most frequent words first, the others unfold, each once."""

from collections import Counter

from fastapi.testclient import TestClient
from lxml import html

from reporting.web.pages.search import WORDS_SHOWN


def links_of(page: str, within: str) -> list[str]:
    """The names of the words of a facet in some part of the page."""
    return [str(each) for each in html.fromstring(page).xpath(f"//aside//{within}/a/@id") if each.startswith("city-")]


def test_a_facet_shows_its_most_frequent_words_and_unfolds_the_others(site: TestClient):
    page = site.get("/search").text
    shown, unfolded = links_of(page, "details/ul/li"), links_of(page, "details[@class='rest']/ul/li")
    assert len(shown) - len(unfolded) == WORDS_SHOWN
    assert set(unfolded) < set(shown)
    cities = site.get("/api/v1/homes").json()["facets"]["city"]
    frequent = sorted(cities, key=lambda city: (-cities[city], city))[:WORDS_SHOWN]
    assert [each for each in shown if each not in unfolded] == [f"city-{city}" for city in frequent]


def test_a_chosen_word_stands_first_and_no_word_twice(site: TestClient):
    page = site.get("/search?city=altos&city=福州").text
    ids = [str(each) for each in html.fromstring(page).xpath("//@id")]
    assert not [name for name, count in Counter(ids).items() if count > 1]
    assert set(links_of(page, "details/ul/li")[:2]) == {"city-altos", "city-福州"}
