"""Sources and runs: health, pauses, stated against collected, the last pages; over the demo's recorded pages."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from reporting.web.languages import Language, words_in
from reporting.web.terms import field_text
from store.engine import writing
from store.manners import add_coverage, add_requests, set_off, set_pause
from store.runs import close_run, open_run
from store.targets import take_lease
from store.terms import FactKind, RunVerdict

Site = Callable[..., TestClient]
NOW = datetime(2026, 9, 5, 4, tzinfo=UTC)
"""When the pages are looked at, as in ``conftest``."""


def engine_of(client: TestClient) -> Engine:
    engine: Engine = client.app.state.settings.engine  # type: ignore[attr-defined]
    return engine


def test_every_source_stands_with_its_listings_and_its_verdict(site: TestClient):
    page = site.get("/sources").text
    assert 'href="/sources/br_caixa"' in page
    assert "426" in page
    assert "没有抓取在进行" in page


def test_a_paused_source_stands_first_with_its_reason(own_site: Site):
    client = own_site()
    with writing(engine_of(client)) as connection:
        set_pause(connection, "jd_judicial", NOW + timedelta(hours=30), "asked for a login <b>now</b>")
    page = client.get("/sources?lang=en").text
    assert "jd_judicial is left alone until 2026-09-06 Sun 18:00" in page
    assert "asked for a login &lt;b&gt;now&lt;/b&gt;" in page
    assert page.index("jd_judicial is left alone") < page.index("/sources/br_caixa")
    first = client.get("/api/v1/sources").json()["sources"][0]
    assert (first["source"], first["paused_until"]) == ("jd_judicial", "2026-09-06T10:00:00Z")


def test_a_pause_that_is_over_is_none(own_site: Site):
    client = own_site()
    with writing(engine_of(client)) as connection:
        set_pause(connection, "jd_judicial", NOW - timedelta(minutes=1), "it refused")
    assert {each["paused_until"] for each in client.get("/api/v1/sources").json()["sources"]} == {None}


def test_a_crawl_that_spent_its_budget_is_told_with_what_it_stated_and_collected(own_site: Site):
    client = own_site()
    with writing(engine_of(client)) as connection:
        run = open_run(connection, "br_caixa", {"kind": "crawl"}, NOW - timedelta(hours=2))
        add_coverage(connection, run, [({"state": "MS"}, 312, 300, "the list moved while it was paged")])
        add_requests(connection, "br_caixa", date(2026, 9, 5), 2_000)
        counters = {"page/read": 8, "listing/seen": 300, "listing/new": 4}
        reason = "the budget of 2,000 requests a day is spent"
        close_run(connection, run, NOW - timedelta(hours=1), RunVerdict.BELOW_EXPECTATION, reason, counters)
    page = client.get("/sources/br_caixa?lang=en").text
    assert "312 / 300" in page
    assert "the day&#39;s budget is spent" in page
    assert "the list moved while it was paged" in page
    body = client.get("/api/v1/sources/br_caixa").json()
    assert (body["source"]["stated"], body["source"]["collected"], body["source"]["requests"]) == (312, 300, 2_000)
    assert body["source"]["is_budget_spent"]
    assert (body["runs"][0]["kind"], body["runs"][0]["is_whole"], body["runs"][0]["seen"]) == ("crawl", True, 300)


def test_what_a_source_does_not_state_is_null_and_a_dash(site: TestClient):
    body = site.get("/api/v1/sources/jd_judicial").json()["source"]
    assert (body["stated"], body["requests"], body["next_due"], body["leased_by"]) == (None, None, None, None)
    assert "— / —" in site.get("/sources/jd_judicial").text


def test_a_lease_tells_who_is_at_the_site(own_site: Site):
    client = own_site()
    with writing(engine_of(client)) as connection:
        assert take_lease(connection, "site:br_caixa", "host-7", NOW + timedelta(minutes=10), NOW)
    assert "由 host-7 占用，最迟到 2026-09-05 周六 12:10" in client.get("/sources").text
    assert client.get("/api/v1/sources").json()["leases"][0]["holder"] == "host-7"


def test_the_last_pages_lead_to_the_archived_ones(site: TestClient):
    pages = site.get("/api/v1/sources/ali_judicial").json()["pages"]
    assert [each["observed_at"] for each in pages] == sorted((each["observed_at"] for each in pages), reverse=True)
    address = f"/pages/{pages[0]['id']}"
    assert f'href="{address}"' in site.get("/sources/ali_judicial").text
    assert 'sandbox title="' in site.get(address).text


def test_fields_are_counted_where_that_is_asked_for(site: TestClient):
    assert "<code>title</code>" not in site.get("/sources/br_caixa").text
    assert "<code>title</code>" in site.get("/sources/br_caixa?fields=all").text


def test_a_source_that_was_never_read_is_not_found(site: TestClient):
    assert site.get("/sources/nobody").status_code == 404
    assert site.get("/api/v1/sources/nobody").json()["detail"] == "no source 'nobody' was ever read: fapai sources"


def test_a_source_that_was_switched_off_says_so_and_since_when(own_site: Site):
    client = own_site()
    with writing(engine_of(client)) as connection:
        set_off(connection, "br_caixa", NOW - timedelta(days=2))
    page = client.get("/sources?lang=en").text
    assert "br_caixa was switched off on 2026-09-03 Thu 12:00" in page
    assert "off since 2026-09-03 Thu 12:00" in page
    assert "fapai schedule on br_caixa" in client.get("/sources/br_caixa").text
    told = {each["source"]: each["off_since"] for each in client.get("/api/v1/sources").json()["sources"]}
    assert told["br_caixa"] == "2026-09-03T04:00:00Z"
    assert told["jd_judicial"] is None


@pytest.mark.parametrize(
    ("field", "zh", "en"),
    [
        ("floor_area_raw 37%", "建筑面积 37%", "building area 37%"),
        ("case_number", "案号", "number of the court case"),
        ("nobody_knows_it", "nobody_knows_it", "nobody_knows_it"),
    ],
)
def test_a_field_is_told_as_the_codebook_tells_it(field: str, zh: str, en: str):
    assert field_text(words_in(Language.ZH), field) == zh
    assert field_text(words_in(Language.EN), field) == en


@pytest.mark.parametrize("kind", FactKind)
def test_a_kind_of_fact_is_told_as_a_term(kind: FactKind):
    assert field_text(words_in(Language.ZH), f"fact {kind}") == words_in(Language.ZH).term(kind)
