"""HAR files of a browser's developer tools."""

import base64
import json
from datetime import UTC, datetime

import pytest

from crawler.intake.arrived import CapturedPage, Skipped, Unreadable

URL = "https://example.court/lots?page=2"


def entry(content, url=URL, started="2026-07-21T10:00:00.123+08:00", status=200):
    return {
        "startedDateTime": started,
        "request": {"method": "GET", "url": url},
        "response": {"status": status, "content": content},
    }


@pytest.fixture
def write_har(tmp_path):
    def write(*entries, name="visit.har"):
        path = tmp_path / name
        path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), "utf-8")
        return path

    return write


def test_text_is_unicode_whatever_its_type_says(write_har, read_one, lot_html):
    arrived = read_one(write_har(entry({"mimeType": "text/html; charset=gbk", "text": lot_html})))
    assert arrived.page.text == lot_html
    assert arrived.page.content_type == "text/html; charset=utf-8"
    assert arrived.page.observed_at == datetime(2026, 7, 21, 2, 0, 0, 123000, tzinfo=UTC)
    assert (arrived.page.url, arrived.page.http_status) == (URL, 200)


def test_base64_body_keeps_its_bytes_and_charset(write_har, read_one, lot_html):
    body = lot_html.encode("gb18030")
    content = {"mimeType": "text/html; charset=gbk", "text": base64.b64encode(body).decode(), "encoding": "base64"}
    page = read_one(write_har(entry(content, status=503))).page
    assert page.body == body
    assert page.text == lot_html
    assert page.http_status == 503


@pytest.mark.parametrize(
    "started", ["2026-07-21T02:00:00Z", "2026-07-21T10:00:00.0000000+08:00", "2026-07-20T23:00:00-03:00"]
)
def test_times_of_all_browsers_are_the_same_instant(write_har, read_one, lot_html, started):
    page = read_one(write_har(entry({"mimeType": "text/html", "text": lot_html}, started=started))).page
    assert page.observed_at == datetime(2026, 7, 21, 2, tzinfo=UTC)


def test_time_of_the_entry_wins_over_the_name_of_the_file(write_har, read_one, lot_html):
    page = read_one(write_har(entry({"mimeType": "text/html", "text": lot_html}), name="2021-01-01.har")).page
    assert page.observed_at.year == 2026


def test_entry_without_a_zone_is_no_instant(write_har, read, lot_html):
    har = write_har(entry({"mimeType": "text/html", "text": lot_html}, started="2026-07-21T10:00:00"))
    (arrived,) = read(har)
    assert isinstance(arrived, Unreadable)
    assert "--observed-at" in arrived.reason


def test_what_is_no_page_is_skipped_each_with_its_reason(write_har, read, lot_html):
    found = read(
        write_har(
            entry({"mimeType": "image/png", "text": "iVBORw0KGgo=", "encoding": "base64"}, url="https://x/logo"),
            entry({"mimeType": "application/javascript", "text": "var a"}, url="https://x/app.js"),
            entry({"mimeType": "text/css", "text": "a {}"}),
            entry({"mimeType": "text/html", "size": 4000}),
            entry({"mimeType": "text/html", "text": ""}, status=302),
            entry({"mimeType": "text/html", "text": lot_html}, url="data:text/html,x"),
            entry({"mimeType": "text/html", "text": "<p>other</p>"}),
        )
    )
    assert all(isinstance(arrived, Skipped) for arrived in found)
    assert [arrived.reason for arrived in found] == [
        "an image",
        "a script",
        "a style sheet or a map of scripts",
        "the body was not recorded",
        "no body",
        "no address on the web",
        "no reader knows this page",
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        None,
        7,
        {"request": {}},
        {"request": {"url": 5}},
        {"request": {"url": URL}},
        {"request": {"url": URL}, "response": {"content": {"text": "x"}}},
        {"request": {"url": URL}, "response": {"status": "many", "content": {"text": "x"}}},
        {"request": {"url": URL}, "response": {"status": 200, "content": {"text": 5}}},
        {"request": {"url": URL}, "response": {"status": 200, "content": "x"}},
        {"request": {"url": URL}, "response": {"status": 200, "content": {"text": "%", "encoding": "base64"}}},
        {"request": {"url": URL}, "response": {"status": 200, "content": {"text": "x", "encoding": "rot13"}}},
    ],
)
def test_broken_entry_is_refused_and_the_next_one_is_read(write_har, read, lot_html, broken):
    bad, good = read(write_har(broken, entry({"mimeType": "text/html", "text": lot_html})))
    assert isinstance(bad, Unreadable)
    assert isinstance(good, CapturedPage)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"log": {}}', b'{"log": {"entries": {}}}', b"[]", b"\xff\xfe{", b'{"log": ' * 1_200_000]
)
def test_broken_file_is_one_refusal(tmp_path, read, body):
    (tmp_path / "visit.har").write_bytes(body)  # the last one: 10 MB of nesting
    (arrived,) = read(tmp_path)
    assert isinstance(arrived, Unreadable)
    assert "broken HAR" in arrived.reason


def test_lone_surrogate_does_not_lose_the_file(write_har, read_one, lot_html):
    assert "法拍" in read_one(write_har(entry({"mimeType": "text/html", "text": lot_html + "\ud800"}))).page.text


def test_har_is_known_by_its_content(write_har, read_one, lot_html):
    assert read_one(write_har(entry({"mimeType": "text/html", "text": lot_html}), name="saved.json")).page.url == URL
