"""The page of one home, archived pages, and their API; over the recorded pages."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import Engine, select

from reporting.web.app import create_app
from reporting.web.settings import Settings
from store.engine import open_engine, reading
from store.rows import AUCTION_ROUND, LISTING
from tests.reporting.buyer.buyer_help import court_flat, fill
from tests.reporting.test_viewings_shown import A_RANGE, FROM_A_DAY, HOME, NOBODY, OTHER, RANGE
from tests.reporting.web.conftest import NOW

Site = Callable[..., TestClient]
FIRST, SECOND = "jd_judicial:311018607", "jd_judicial:311215642"


def test_both_rounds_their_cut_and_the_legal_floor_are_told(site: TestClient):
    page = site.get(f"/homes/{SECOND}").text
    for words in ("106.20\u202f万", "84.96\u202f万", "106.11\u202f万", "−20%", "一拍", "二拍", "变卖"):
        assert words in page, words


def test_a_listing_a_number_and_the_first_listing_name_the_same_home(site: TestClient, recorded_engine: Engine):
    with reading(recorded_engine) as connection:
        query = select(LISTING.c.id, AUCTION_ROUND.c.property_id).join(
            AUCTION_ROUND, AUCTION_ROUND.c.listing_id == LISTING.c.id
        )
        listing_id, home = connection.execute(query.where(LISTING.c.source_id == SECOND.partition(":")[2])).one()
    names = (str(listing_id), str(home), FIRST, SECOND)
    assert {site.get(f"/api/v1/homes/{name}").json()["home"] for name in names} == {home}


def test_a_number_leads_to_the_page_that_it_was_read_from(site: TestClient):
    page = site.get(f"/homes/{SECOND}").text
    number = re.search(r'class="source" href="(/pages/\d+)"', page)
    assert number
    archived = site.get(number[1]).text
    assert "jd_judicial" in archived
    assert " sandbox " in archived


def test_an_archived_page_can_run_nothing_and_load_nothing(site: TestClient):
    answers = [site.get(f"/pages/{number}/body") for number in range(1, 40)]
    found = [answer for answer in answers if answer.status_code == 200]
    assert len(found) > 20
    for answer in found:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("sandbox; default-src 'none'")
        assert "script-src" not in policy
        assert "allow-" not in policy
        assert answer.headers["content-type"].startswith(("text/html", "text/plain"))


@pytest.mark.parametrize("path", ["/pages/999999", "/pages/0", "/homes/99999999", "/homes/jd_judicial:0", "/homes/x:1"])
def test_what_is_not_known_is_not_found(site: TestClient, path: str):
    assert site.get(path).status_code == 404


def test_a_notice_is_quoted_with_its_own_sentence(site: TestClient):
    page = site.get("/homes/ali_judicial:1073199694629").text
    assert "<q>被法院查封</q>" in page
    assert "430,279" in page or "43.03" in page


def test_when_a_home_is_shown_is_told_with_the_sentence_of_its_notice(
    recorded_settings: Settings, new_sqlite_url: Callable[[], str]
):
    engine = open_engine(new_sqlite_url())
    flats = ((HOME, A_RANGE), (OTHER, NOBODY), (f"{OTHER[:-6]}804单元", FROM_A_DAY))
    fill(engine, {str(number): (court_flat(title, 800_000), (said,)) for number, (title, said) in enumerate(flats, 1)})
    with TestClient(create_app(replace(recorded_settings, engine=engine))) as client:
        shown, not_shown, begun = (client.get(f"/homes/s:{number}").text for number in "123")
        english = client.get("/homes/s:1?lang=en").text
    assert f"看样 <b>2026-09-07 周一 至 2026-09-18 周五 17:00</b></dt><dd><q>{RANGE}</q>" in shown
    assert "viewing <b>2026-09-07 Mon to 2026-09-18 Fri 17:00</b>" in english
    assert "看样 <b>2026-09-15 周二 起</b>" in begun
    assert f"看样 <b>否</b></dt><dd><q>{NOBODY.quote}</q>" in not_shown
    engine.dispose()


@pytest.mark.parametrize(("days", "state", "is_past"), [(0, None, False), (400, "久未再见", True)])
def test_an_offer_that_nobody_saw_of_late_stands_as_on_the_other_pages(
    recorded_settings: Settings, days: int, state: str | None, is_past: bool
):
    later = replace(recorded_settings, clock=lambda: NOW + timedelta(days=days))
    with TestClient(create_app(later)) as client:
        (row,) = client.get("/api/v1/homes", params={"q": SECOND.partition(":")[2]}).json()["rows"]
        page = html.fromstring(client.get(f"/homes/{SECOND}").text)
    status = page.xpath("string(//dt[text()='状态']/following-sibling::dd[1])")
    coming = page.xpath("string(//dt[text()='最早日期']/following-sibling::dd[1])")
    assert (row["state"] == "unseen") is (state is not None)
    assert (state or "") in status
    assert ("来源所写：即将开始" in status) is is_past
    assert ("已过" in coming) is is_past


def test_the_outlook_says_how_few_there_are_instead_of_a_number(site: TestClient):
    (row,) = site.get("/api/v1/homes", params={"q": "豪景花苑"}).json()["rows"]
    page = site.get(f"/homes/{row['home']}/outlook").text
    assert "至少需要 30 轮" in page
    assert "<b>—</b>" in page


def test_the_outlook_on_a_page_of_its_own_names_its_home_and_leads_back(site: TestClient):
    page = html.fromstring(site.get(f"/homes/{SECOND}/outlook").text)
    home = html.fromstring(site.get(f"/homes/{SECOND}").text).xpath("string(//h1)")
    assert home in page.xpath("string(//h1)")
    (back,) = page.xpath("//main//a/@href")
    assert html.fromstring(site.get(back).text).xpath("string(//h1)") == home


def test_two_listings_are_told_apart_by_a_button(own_site: Site):
    client = own_site()
    page = client.get(f"/homes/{SECOND}").text
    token = page.split('name="_token" value="')[1].split('"')[0]
    home = client.get(f"/api/v1/homes/{FIRST}").json()["home"]
    form = {"_token": token, "one": FIRST, "other": SECOND}
    assert client.post(f"/homes/{home}/apart", data=form, follow_redirects=False).status_code == 303
    assert client.get(f"/api/v1/homes/{SECOND}").json()["home"] != home


def test_a_decision_of_a_program_is_noted_and_wins(own_site: Site):
    client = own_site()
    word = {"one": FIRST, "other": SECOND, "judgement": "different", "author": "researcher", "because": "other flat"}
    assert client.post("/api/v1/decisions", json=word).status_code == 201
    assert client.get(f"/api/v1/homes/{SECOND}").json()["home"] != client.get(f"/api/v1/homes/{FIRST}").json()["home"]
    unknown = client.post("/api/v1/decisions", json=word | {"one": "jd_judicial:0"})
    assert unknown.status_code == 404


def test_a_decision_from_another_site_is_refused(own_site: Site):
    client = own_site()
    word = {"one": FIRST, "other": SECOND, "judgement": "different", "author": "a"}
    answer = client.post("/api/v1/decisions", json=word, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("language", "unit"), [("zh", "万元"), ("en", "CN¥ thousand")])
def test_the_axis_of_prices_is_named_as_amounts_are_written_beside_it(site: TestClient, language: str, unit: str):
    page = html.fromstring(site.get(f"/homes/{SECOND}?lang={language}").text)
    (plot,) = page.xpath("//figure//script/text()")
    assert json.loads(plot)["yAxis"]["name"] == unit


def test_amounts_of_the_plot_are_of_the_unit_that_its_axis_names(site: TestClient):
    shown = {}
    for language in ("zh", "en"):
        page = html.fromstring(site.get(f"/homes/{SECOND}?lang={language}").text)
        option = json.loads(page.xpath("//figure//script/text()")[0])
        shown[language] = {series["name"]: series["data"] for series in option["series"]}
    assert shown["zh"]["价格"] == [106.2, 84.96]
    assert shown["en"]["Price"] == [1062, 849.6]
    assert shown["en"]["Lawful band"] == [pytest.approx(10 * each) for each in shown["zh"]["法定区间"]]
