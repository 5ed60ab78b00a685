"""Zip archives: members, dates, and archives made to harm."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from crawler.intake import containers
from crawler.intake.arrived import CapturedPage, Skipped, Unreadable


def test_member_is_dated_by_its_own_name_before_that_of_the_archive(write_zip, read, lot_html):
    path = write_zip("2021-07-19.zip", {"a.html": lot_html, "b-2021-07-30.html": lot_html})
    first, second = read(path)
    assert first.page.observed_at == datetime(2021, 7, 19, 4, tzinfo=UTC)
    assert second.page.observed_at == datetime(2021, 7, 30, 4, tzinfo=UTC)
    assert first.page.url == "file:2021-07-19.zip!/a.html"
    assert first.origin == f"{path}!/a.html"


def test_names_that_climb_out_write_nothing_and_stay_harmless(write_zip, read, lot_html, tmp_path):
    path = write_zip("2021-07-19.zip", {"../../up.html": lot_html, "/etc/abs.html": lot_html, "C:\\win.html": lot_html})
    before = sorted(tmp_path.rglob("*"))
    found = read(path)
    assert {arrived.page.url for arrived in found} == {
        "file:2021-07-19.zip!/up.html",
        "file:2021-07-19.zip!/etc/abs.html",
        "file:2021-07-19.zip!/win.html",
    }
    assert sorted(tmp_path.rglob("*")) == before


def test_terminal_codes_in_a_member_name_are_made_visible(write_zip, read, lot_html):
    (arrived,) = read(write_zip("2021-07-19.zip", {"a\x1b[2Jb.html": lot_html}))
    assert arrived.origin.endswith("a?[2Jb.html")


def test_bomb_is_not_unpacked(write_zip, read):
    (arrived,) = read(write_zip("2021-07-19.zip", {"bomb.html": b"\0" * 30_000_000}))
    assert isinstance(arrived, Unreadable)
    assert "200 times" in arrived.reason


@pytest.mark.parametrize(("limit", "value"), [("MAX_ARCHIVE_BYTES", 100), ("MAX_MEMBERS", 2)])
def test_archive_over_a_limit_is_refused_as_a_whole(write_zip, read, monkeypatch, limit, value):
    monkeypatch.setattr(containers, limit, value)
    (arrived,) = read(write_zip("2021-07-19.zip", {f"{number}.html": b"x" * 50 for number in range(3)}))
    assert isinstance(arrived, Unreadable)
    assert "not unpacked" in arrived.reason


def test_member_that_lies_about_its_size_gives_no_more_than_it_states(write_zip, read):
    path = write_zip("2021-07-19.zip", {"a.html": b"x" * 5_000_000})
    body = path.read_bytes().replace((5_000_000).to_bytes(4, "little"), (50_000).to_bytes(4, "little"))
    path.write_bytes(body)
    (arrived,) = read(path)
    assert isinstance(arrived, Unreadable)


def test_archive_in_an_archive_is_skipped(write_zip, read):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("page.html", "x")
    (arrived,) = read(write_zip("2021-07-19.zip", {"inner.zip": inner.getvalue()}))
    assert isinstance(arrived, Skipped)
    assert "archive inside" in arrived.reason


def test_encrypted_member_is_refused_and_the_others_are_read(write_zip, read, lot_html):
    path = write_zip("2021-07-19.zip", {"a.html": lot_html, "b.html": lot_html})
    body = bytearray(path.read_bytes())
    entry = body.index(b"PK\x01\x02")
    body[entry + 8] |= 1  # the flag of encryption in the directory entry of a.html
    path.write_bytes(body)
    locked, open_one = read(path)
    assert isinstance(locked, Unreadable)
    assert "encrypted" in locked.reason
    assert isinstance(open_one, CapturedPage)


def test_broken_archives_are_refused_by_name(tmp_path, write_zip, read, lot_html):
    good = write_zip("2021-07-19.zip", {"a.html": lot_html * 50}).read_bytes()
    (tmp_path / "2021-07-19.zip").unlink()
    (tmp_path / "cut.zip").write_bytes(good[: len(good) // 2])
    damaged = bytearray(good)
    damaged[60] ^= 0xFF
    (tmp_path / "damaged-2021-07-20.zip").write_bytes(damaged)
    (tmp_path / "no.zip").write_bytes(b"PK but no archive")
    found = read(tmp_path)
    assert [type(arrived) for arrived in found] == [Unreadable] * 3
    assert "cut.zip" in found[0].origin
    assert found[1].origin.endswith("damaged-2021-07-20.zip!/a.html")


def test_containers_inside_a_zip_are_opened(write_zip, read_one, lot_html):
    content = {"mimeType": "text/html", "text": lot_html}
    entry = {"request": {"url": "https://example.court/1"}, "startedDateTime": "2026-07-21T10:00:00Z"}
    har = json.dumps({"log": {"entries": [entry | {"response": {"status": 200, "content": content}}]}})
    arrived = read_one(write_zip("saved.zip", {"visit.har": har}))
    assert arrived.page.url == "https://example.court/1"
    assert arrived.page.observed_at == datetime(2026, 7, 21, 10, tzinfo=UTC)
