"""The way of a bargain hunter: a flat in one city under a price, its rounds, a watch for it, its calendar."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from fastapi.testclient import TestClient

Site = Callable[..., TestClient]


def links(page: str, beginning: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'href="([^"]+)"', page) if each.startswith(beginning)]


def fields(page: str) -> dict[str, str]:
    """What a form would post as it stands: its token, its lines and the boxes that are ticked."""
    form = page[page.index('class="watch-form"') :]
    inputs = re.findall(r"<input ([^>]*)>", form)
    told = [
        dict(re.findall(r'(\w[\w-]*)="([^"]*)"', each)) | ({"on": ""} if "checked" in each else {}) for each in inputs
    ]
    kept = [each for each in told if each.get("type") != "checkbox" or "on" in each]
    return {each["name"]: unescape(each.get("value", "")) for each in kept if each.get("name")}


def test_from_a_search_to_a_calendar_on_a_phone(own_site: Site):
    client = own_site()
    found = client.get("/search?city=泉州&kind=flat&max-price=100万&min-area=60&max-area=150").text
    home = links(found, "/homes/")[0]
    page = client.get(home).text
    assert 'id="ladder"' in page

    (watch,) = links(page, "/watches/new")
    form = client.get(watch).text
    told = fields(form)
    assert told["property"] == home.removeprefix("/homes/")
    assert told["name"].endswith(told["property"])
    added = client.post("/watches", data=told)

    assert added.url.path == "/watches"
    (calendar,) = (each for each in links(added.text, "/feeds/") if each.endswith(".ics"))
    subscribed = client.get(calendar)
    assert subscribed.status_code == 200
    assert subscribed.text.startswith("BEGIN:VCALENDAR")


def test_a_shared_server_offers_no_watch(own_site: Site):
    client = own_site(is_read_only=True)
    home = links(client.get("/search").text, "/homes/")[0]

    assert links(client.get(home).text, "/watches/new") == []


@pytest.mark.parametrize("words", ["两居", "三室一厅", "2bed"])
def test_who_asks_for_rooms_and_finds_nothing_is_told_to_ask_for_the_area(site: TestClient, words: str):
    page = site.get(f"/search?q={words}&kind=flat&lang=zh").text

    assert "几室几厅很少有来源写明" in page
    (by_area,) = (each for each in links(page, "/search?") if "min-area=60" in each)
    assert "q=" not in by_area
    assert "kind=flat" in by_area
    assert links(site.get(by_area).text, "/homes/")


def test_other_words_that_find_nothing_get_no_such_advice(site: TestClient):
    assert "几室几厅" not in site.get("/search?q=没有这样的小区&lang=zh").text
