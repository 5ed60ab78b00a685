"""The sources page tells of each crawled site how often it was asked today and how often it may be."""

import re
from collections.abc import Callable
from datetime import date

from fastapi.testclient import TestClient

from crawler.sources import source_specs
from fapai.serve import budgets_of_sites
from reporting.web.settings import Budget
from store.engine import writing
from store.manners import add_requests

Site = Callable[..., TestClient]


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def asked(client: TestClient, day: date, count: int) -> None:
    with writing(client.app.state.settings.engine) as connection:  # type: ignore[attr-defined]
        add_requests(connection, "br_caixa", day, count)


def test_todays_use_stands_beside_the_budget(own_site: Site):
    client = own_site(budgets={"br_caixa": Budget(2_000, "America/Sao_Paulo")})
    asked(client, date(2026, 9, 5), 350)

    for path in ("/sources?lang=en", "/sources/br_caixa?lang=en"):
        assert "350 / 2,000" in text_of(client.get(path).text), path
    body = client.get("/api/v1/sources/br_caixa").json()["source"]
    assert (body["requests_today"], body["requests_per_day"]) == (350, 2_000)


def test_what_was_asked_yesterday_is_not_todays_use(own_site: Site):
    """At noon of the fifth in Shanghai it is still the fifth in Brazil, and the fourth is over."""
    client = own_site(budgets={"br_caixa": Budget(2_000, "America/Sao_Paulo")})
    asked(client, date(2026, 9, 4), 1_999)

    page = text_of(client.get("/sources?lang=en").text)
    assert "0 / 2,000" in page
    assert "last asked on 2026-09-04: 1,999" in page


def test_the_day_is_that_of_the_sites_own_calendar(own_site: Site):
    """04:00 UTC: 23:00 of the day before on the west coast."""
    client = own_site(budgets={"br_caixa": Budget(100, "America/Los_Angeles")})
    asked(client, date(2026, 9, 4), 40)

    assert client.get("/api/v1/sources/br_caixa").json()["source"]["requests_today"] == 40


def test_a_source_that_nobody_crawls_has_no_budget(own_site: Site):
    client = own_site(budgets={})

    body = client.get("/api/v1/sources/br_caixa").json()["source"]
    assert (body["requests_today"], body["requests_per_day"]) == (None, None)


def test_the_budgets_of_the_server_are_those_that_crawls_keep():
    budgets = budgets_of_sites()

    assert budgets["br_caixa"] == Budget(source_specs()["br_caixa"].requests_per_day, "America/Sao_Paulo")
    assert budgets["gpai"].requests == 300
    assert "tw_judicial" in source_specs()
    assert "tw_judicial" not in budgets  # read from saved pages alone
