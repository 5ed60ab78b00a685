"""From a search one finds the way to what was saved of it."""

import re
from collections.abc import Callable

from fastapi.testclient import TestClient

Site = Callable[..., TestClient]


def test_a_saved_search_leads_to_the_saved_watches(own_site: Site):
    client = own_site()
    token = re.search(r'name="_token" value="([0-9a-f]+)"', client.get("/search").text)
    assert token
    form = {"_token": token[1], "name": "浦东两居", "kind": "flat"}

    page = client.post("/search/watch", data=form).text

    assert re.search(r'role="status">[^<]*浦东两居[^<]*<a href="/watches">', page)
    assert "浦东两居" in client.get("/watches").text


def test_the_form_that_saves_a_search_leads_there_too(site: TestClient):
    assert re.search(r'action="/search/watch".*?<a href="/watches">', site.get("/search").text, re.DOTALL)
