"""Watches on pages: added from a search, changed, tried, taken away; secrets stay secret; over the recorded pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import Engine, select

from reporting.alerts.manage import Asked, create_watch
from store.engine import reading, writing
from store.outbox import add_message, claim_delivery, note_failed
from store.rows import LISTING, OBSERVATION
from store.terms import ChannelKind, DeliveryState
from store.watches import StoredWatch, find_watch, load_channels

NOW = datetime(2026, 9, 5, 4, tzinfo=UTC)
"""When the pages are looked at, as in ``conftest``."""

TOKEN = re.compile(r'name="_token" value="([0-9a-f]+)"')
SECRET = "discord://123456789012345678/NOT-A-REAL-TOKEN-of-anybody"
Site = Callable[..., TestClient]


def engine_of(client: TestClient) -> Engine:
    engine: Engine = client.app.state.settings.engine  # type: ignore[attr-defined]
    return engine


def post(client: TestClient, path: str, **words: str | list[str]):
    found = TOKEN.search(client.get("/watches/new").text)
    assert found
    return client.post(path, data={"_token": found[1], **words}, follow_redirects=False)


def in_english(client: TestClient) -> TestClient:
    """Refusals as the command line words them; Chinese pages tell them in Chinese."""
    client.cookies.set("fapai_language", "en")
    return client


def watch_of(client: TestClient, name: str) -> StoredWatch | None:
    with reading(engine_of(client)) as connection:
        return find_watch(connection, name)


def add_quanzhou(client: TestClient, **words: str | list[str]) -> None:
    told = {"name": "泉州住宅", "city": "泉州市", "kind": "flat", "atom": "yes", "icalendar": "yes", **words}
    assert post(client, "/watches", **told).headers["location"] == "/watches?done=added"


def test_the_form_is_filled_by_the_address_of_a_search(site: TestClient):
    page = site.get("/watches/new?city=泉州市&city=福州市&kind=flat&min-cut=10%25&max-price=125万").text
    assert 'value="泉州市, 福州市"' in page
    assert 'name="kind" value="flat" checked' in page
    assert 'id="cut" name="cut" value="10%"' in page
    assert 'id="max-price" name="max-price" value="125万"' in page


def test_a_watch_has_the_words_that_the_command_line_would_keep(own_site: Site):
    client = own_site()
    add_quanzhou(client, city="泉州市，福州市", cut="5%", deadline="3d", quiet="22:00-7:30", **{"max-price": "125万"})
    watch = watch_of(client, "泉州住宅")
    assert watch
    assert watch.wishes == {
        "city": ["泉州市", "福州市"],
        "kind": ["flat"],
        "max_price": "1250000",
        "cut": "5%",
        "deadline": "3d",
    }
    assert (watch.quiet_from, watch.quiet_to, watch.zone) == ("22:00", "07:30", "Asia/Shanghai")
    page = client.get("/watches").text
    assert "泉州市, 福州市" in page
    assert "住宅" in page


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"cut": "cheap"}, "cut：无法识别“cheap”"),
        ({"deadline": "soon"}, "deadline：无法识别“soon”；写天数或小时数，例如 3d 或 12h"),
        ({"quiet": "night"}, "quiet：无法识别"),
        ({"zone": "Moon/Base"}, "--zone: there is no &#39;Moon/Base&#39;"),
        ({"kind": "castle"}, "castle"),
        ({"to": "nonsense", "atom": ""}, "what was given is no address that Apprise can use"),
        ({"to": "tgram://"}, "tgram://… is no address that Apprise can use"),
        ({"atom": "", "icalendar": ""}, "a watch needs a channel"),
        ({"property": "br_caixa:404", "city": "", "kind": ""}, "没有挂牌“br_caixa:404”"),
        ({"property": "1"}, "--property: a home is watched whatever it costs"),
        ({"name": "x" * 81}, "--name: give 1 to 80 letters"),
    ],
)
def test_what_the_command_line_refuses_is_refused_with_its_sentence(
    own_site: Site, words: dict[str, str], sentence: str
):
    client = own_site()
    told = {"name": "one", "city": "泉州市", "kind": "flat", "atom": "yes"} | words
    answer = post(client, "/watches", **told)
    assert answer.status_code in {400, 404}
    assert sentence in answer.text
    assert 'value="泉州市"' in answer.text or not told["city"]
    assert client.get("/api/v1/watches").json() == []


def test_a_second_watch_of_a_name_is_refused(own_site: Site):
    client = own_site()
    add_quanzhou(client)
    answer = post(client, "/watches", name="泉州住宅", atom="yes")
    assert answer.status_code == 409
    assert "there is a watch &#39;泉州住宅&#39; already" in answer.text


def test_a_secret_address_is_shown_nowhere(own_site: Site):
    client = own_site()
    add_quanzhou(client, to=SECRET)
    for path in ("/watches", "/watches/edit?name=泉州住宅", "/api/v1/watches", "/watches/remove?name=泉州住宅"):
        text = client.get(path).text
        assert "NOT-A-REAL" not in text
        assert "1234567890" not in text
    assert "discord://***" in client.get("/watches").text
    refused = post(client, "/watches", name="泉州住宅", to=SECRET)
    assert refused.status_code == 409
    assert "NOT-A-REAL" not in refused.text


def test_no_page_lets_a_file_be_named(own_site: Site, tmp_path):
    client = own_site()
    add_quanzhou(client, atom=str(tmp_path / "elsewhere.xml"))
    with reading(engine_of(client)) as connection:
        places = [each.place for each in load_channels(connection)]
    assert all(re.fullmatch(r".*/feeds/[0-9a-f]{24}\.(xml|ics)", place) for place in places)
    assert str(tmp_path) not in client.get("/watches").text


def test_a_watch_is_changed_and_told_anew_where_it_is_for_something_else(own_site: Site):
    client = own_site()
    add_quanzhou(client)
    form = {
        "was": "泉州住宅",
        "name": "福州",
        "city": "福州市",
        "event": ["cut", "sold"],
        "digest": "weekly",
        "on": "friday",
    }
    assert post(client, "/watches/edit", **form).headers["location"] == "/watches?done=changed"
    watch = watch_of(client, "福州")
    assert watch
    assert (watch.wishes, watch.pace, watch.speaks_on) == ({"city": ["福州市"], "events": ["cut", "sold"]}, "weekly", 4)
    assert watch.summary_count == 2
    assert watch_of(client, "泉州住宅") is None


def test_the_form_of_a_watch_saved_as_it_is_changes_nothing(own_site: Site):
    client = own_site()
    add_quanzhou(client, cut="5%", **{"lowest-ever": "yes"})
    before = watch_of(client, "泉州住宅")
    page = client.get("/watches/edit?name=泉州住宅").text
    fields = dict(re.findall(r'<input id="([\w-]+)" name="[\w-]+"(?: required maxlength="80")? value="([^"]*)"', page))
    boxes = re.findall(r'name="([\w-]+)" value="([\w-]+)" checked', page)
    form = {"was": "泉州住宅", **fields, **dict(boxes), "digest": "at_once", "on": "monday", "language": "zh"}
    assert post(client, "/watches/edit", **form).status_code == 303
    after = watch_of(client, "泉州住宅")
    assert before
    assert after
    assert (after.wishes, after.summary_count, after.zone) == (before.wishes, 1, before.zone)


def test_the_last_channel_cannot_be_dropped(own_site: Site):
    client = own_site()
    add_quanzhou(client, icalendar="")
    with reading(engine_of(client)) as connection:
        channel = load_channels(connection)[0]
    form = {"was": "泉州住宅", "name": "泉州住宅", "city": "泉州市", "drop-channel": str(channel.id)}
    refused = post(client, "/watches/edit", **form)
    assert refused.status_code == 400
    assert "关注至少要有一个渠道：请先另加一个，或暂停关注" in refused.text
    assert post(client, "/watches/edit", **form, icalendar="yes").status_code == 303
    with reading(engine_of(client)) as connection:
        assert [each.kind for each in load_channels(connection)] == [ChannelKind.ICALENDAR]


def test_a_watch_is_paused_and_goes_on(own_site: Site):
    client = own_site()
    add_quanzhou(client)
    assert post(client, "/watches/pause", name="泉州住宅").status_code == 303
    assert "已暂停" in client.get("/watches").text
    assert post(client, "/watches/resume", name="泉州住宅").status_code == 303
    watch = watch_of(client, "泉州住宅")
    assert watch
    assert watch.paused_at is None


def test_a_watch_is_removed_only_after_the_question(own_site: Site):
    client = own_site()
    add_quanzhou(client)
    page = client.get("/watches/remove?name=泉州住宅").text
    assert "删除关注“泉州住宅”？" in page
    assert watch_of(client, "泉州住宅")
    assert post(client, "/watches/remove", name="泉州住宅").headers["location"] == "/watches?done=removed"
    assert watch_of(client, "泉州住宅") is None


@pytest.mark.parametrize("path", ["/watches/pause", "/watches/resume", "/watches/remove", "/watches/test"])
def test_a_watch_that_is_not_there_is_said_to_be_so(own_site: Site, path: str):
    answer = post(own_site(), path, name="nobody")
    assert answer.status_code == 409
    assert "there is no watch &#39;nobody&#39;" in answer.text


def test_the_feed_and_the_calendar_have_addresses_and_nothing_else_is_given_out(own_site: Site):
    client = own_site()
    add_quanzhou(client)
    addresses = sorted(set(re.findall(r'href="(/feeds/[^"]+)"', client.get("/watches").text)))
    assert len(addresses) == 2
    before = [client.get(each) for each in addresses]
    assert [each.status_code for each in before] == [200, 200]  # empty, but there: a phone may subscribe at once
    assert sum("BEGIN:VCALENDAR" in each.text and "泉州住宅" in each.text for each in before) == 1
    assert not any("BEGIN:VEVENT" in each.text or "<entry>" in each.text for each in before)
    tested = post(client, "/watches/test", name="泉州住宅")
    assert tested.text.count("正常") == 2
    kinds = {client.get(each).headers["content-type"] for each in addresses}
    assert kinds == {"application/atom+xml; charset=utf-8", "text/calendar; charset=utf-8"}
    assert any("BEGIN:VCALENDAR" in client.get(each).text for each in addresses)
    secret = client.app.state.settings.feeds / f"{'0' * 24}.xml"  # type: ignore[attr-defined]
    secret.write_text("of no watch")
    for name in (secret.name, "../secrets", "..%2fsecrets", "%2e%2e%2fsecrets"):
        assert client.get(f"/feeds/{name}").status_code == 404


def test_a_channel_is_tried_and_its_failure_is_told_without_its_address(own_site: Site):
    taken: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.path)
            self.send_response(200 if self.path.startswith("/good") else 403)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        client, host = own_site(), f"json://127.0.0.1:{server.server_port}"
        add_quanzhou(client, atom="", icalendar="", to=f"{host}/good/secret {host}/bad/secret")
        page = post(client, "/watches/test", name="泉州住宅").text
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert sorted(taken) == ["/bad/secret", "/good/secret"]
    assert "answered with HTTP 403" in page
    assert "/secret" not in page
    assert "正常" in page


def test_a_message_that_was_given_up_is_shown_with_its_reason_and_tried_again(own_site: Site):
    client = own_site()
    engine = engine_of(client)
    secrets = client.app.state.settings.secrets  # type: ignore[attr-defined]
    hours = {"pace": "at_once", "speaks_at": "08:00", "speaks_on": 0, "zone": "Asia/Shanghai", "language": "zh"}
    create_watch(engine, secrets, "one", {}, hours, [Asked(ChannelKind.APPRISE, SECRET)], NOW)
    with writing(engine) as connection:
        watch = find_watch(connection, "one")
        assert watch
        channel = load_channels(connection, watch.id)[0]
        add_message(connection, watch.id, "key", ("降价 <b>5%</b>", "body"), (), [channel.id], NOW)
        claimed = claim_delivery(connection, 1, NOW, NOW + timedelta(minutes=1))
        assert claimed
        note_failed(connection, claimed.id, "answered with HTTP 404", None)
    page = client.get("/watches").text
    assert "已放弃的消息" in page
    assert "降价 &lt;b&gt;5%&lt;/b&gt;" in page
    assert "answered with HTTP 404" in page
    assert post(client, "/watches/retry", delivery="1").headers["location"] == "/watches?done=retried"
    assert "待发 1" in client.get("/watches").text
    assert "no message that was given up has the number 1" in post(client, "/watches/retry", delivery="1").text
    assert client.get("/api/v1/outbox").json()[0]["state"] == DeliveryState.PENDING


def test_a_server_for_reading_changes_no_watch(own_site: Site):
    client = own_site(is_read_only=True)
    assert "<form" not in client.get("/watches").text
    assert "<form" not in client.get("/watches/new").text
    for path in ("", "/edit", "/pause", "/resume", "/remove", "/test", "/retry"):
        assert client.post(f"/watches{path}", data={"name": "one"}).status_code == 403
    for method, path in (("POST", ""), ("PUT", "/one"), ("PATCH", "/one"), ("DELETE", "/one"), ("POST", "/one/test")):
        body = {"paused": True} if method == "PATCH" else {"name": "one", "atom": True}
        assert client.request(method, f"/api/v1/watches{path}", json=body).status_code == 403


def test_a_program_adds_changes_pauses_tries_and_removes_a_watch(own_site: Site):
    client = own_site()
    body = {"name": "a/b", "city": ["Campo Grande"], "max_price": "300000", "cut": "5%", "atom": True, "to": [SECRET]}
    made = client.post("/api/v1/watches", json=body)
    assert made.status_code == 201
    assert made.json()["wishes"] == {"city": ["Campo Grande"], "max_price": "300000", "cut": "5%"}
    assert "NOT-A-REAL" not in made.text
    assert [each["kind"] for each in made.json()["channels"]] == ["apprise", "atom"]
    assert client.patch("/api/v1/watches/a/b", json={"paused": True}).json()["paused_at"] == "2026-09-05T04:00:00Z"
    changed = client.put("/api/v1/watches/a/b", json={"name": "b", "lowest_ever": True, "digest": "daily"})
    assert (changed.json()["name"], changed.json()["wishes"]) == ("b", {"lowest_ever": True})
    assert len(changed.json()["channels"]) == 2
    feed = changed.json()["channels"][1]
    dropped = client.put("/api/v1/watches/b", json={"name": "b", "drop_channels": [made.json()["channels"][0]["id"]]})
    assert [each["id"] for each in dropped.json()["channels"]] == [feed["id"]]
    assert client.post("/api/v1/watches/b/test", json={}).json() == [{"channel": feed["id"], "error": None}]
    assert client.get(feed["address"]).status_code == 200
    assert client.request("DELETE", "/api/v1/watches/b", json={}).status_code == 204
    assert client.get("/api/v1/watches").json() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x"}, 400),
        ({"name": "x", "atom": True, "cut": "cheap"}, 400),
        ({"name": "x", "atom": True, "file": "/etc/passwd"}, 400),
        ({"name": "x", "to": ["nonsense"]}, 400),
        ({"atom": True}, 400),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_in_words(own_site: Site, body: dict[str, object], status: int):
    answer = own_site().post("/api/v1/watches", json=body)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_browser_of_another_site_changes_no_watch(own_site: Site):
    client = own_site()
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/api/v1/watches", json={"name": "x", "atom": True}, headers=headers).status_code == 403
        assert client.post("/watches", data={"name": "x", "atom": "yes"}, headers=headers).status_code == 403
    assert client.get("/api/v1/watches").json() == []


def test_a_watched_home_stands_there_by_its_title_and_leads_to_its_page(own_site: Site):
    client, name = own_site(), "jd_judicial:311018607"
    added = post(client, "/watches", name="一套", atom="yes", property=name)
    assert added.headers["location"] == "/watches?done=added"

    (link,) = html.fromstring(client.get("/watches").text).xpath("//dt[text()='单套房产']/following-sibling::dd[1]/a")
    with reading(engine_of(client)) as connection:
        query = select(OBSERVATION.c.title).join(LISTING, LISTING.c.observation_id == OBSERVATION.c.id)
        title = connection.execute(query.where(LISTING.c.source_id == name.partition(":")[2])).scalar_one()

    assert link.text == title
    assert client.get(link.get("href")).status_code == 200


def test_a_watched_home_whose_listing_is_gone_stands_there_by_its_name(own_site: Site):
    client = own_site()
    post(client, "/watches", name="一套", atom="yes", property="jd_judicial:311018607")
    with writing(engine_of(client)) as connection:
        connection.exec_driver_sql("UPDATE watch SET wishes = replace(wishes, '311018607', '4')")

    page = html.fromstring(client.get("/watches").text)

    assert page.xpath("string(//dt[text()='单套房产']/following-sibling::dd[1])") == "jd_judicial:4:1"
