"""Today, machines' addresses, errors as pages; over the demo's recorded pages."""

import pytest
from fastapi.testclient import TestClient


def test_today_tells_the_recorded_cut_of_a_second_auction(site: TestClient):
    page = site.get("/").text
    assert "海城花苑4、5号楼4-3204" in page
    assert "84.96\u202f万" in page
    assert "−20%" in page
    assert "二拍" in page


def test_today_speaks_english_when_asked_and_remembers_it(own_site):
    client = own_site()
    assert "2nd auction" in client.get("/?lang=en").text
    assert '<html lang="en">' in client.get("/").text


def test_a_second_visit_counts_from_the_first(own_site):
    client = own_site()
    client.get("/")
    first = client.cookies["fapai_seen"]
    client.get("/")
    assert client.cookies["fapai_seen"] == first


@pytest.mark.parametrize("value", ["", "x-y", "1-", "-", "9" * 40 + "-1"])
def test_a_spoilt_note_of_the_last_visit_is_as_none(site: TestClient, value: str):
    assert site.get("/", headers={"cookie": f"fapai_seen={value}"}).status_code == 200


def test_an_address_that_is_nowhere_is_told_in_the_language_of_the_visitor(site: TestClient):
    answer = site.get("/nothing?lang=zh")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


def test_metrics_are_those_of_the_health_report(site: TestClient):
    text = site.get("/metrics").text
    assert 'fapai_source_listings{source="br_caixa"} 426.0' in text


def test_static_files_are_kept_for_ever_by_their_digest(site: TestClient):
    page = site.get("/").text
    address = page.split('href="/static/app.css')[1].split('"')[0]
    answer = site.get(f"/static/app.css{address}")
    assert "immutable" in answer.headers["cache-control"]
    assert site.get("/static/app.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/settings.py", "vendor/../../app.py", "VERSION"])
def test_nothing_but_the_known_files_is_served(site: TestClient, name: str):
    assert site.get(f"/static/{name}").status_code == 404
