"""Saved HTML and MHTML: where the address and the time come from."""

from datetime import UTC, datetime
from email.encoders import encode_base64, encode_quopri
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart

import pytest

from crawler.intake.arrived import CapturedPage, Skipped, Unreadable
from crawler.intake.saved import find_address

URL = "https://example.court/lots?page=2&city=x"


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (f"<!-- saved from url=(0042){URL} -->", URL),
        ("<!-- saved from url=(0014)about:internet -->", None),
        (f'<link rel="canonical" href="{URL.replace("&", "&amp;")}">', URL),
        (f"<link href='{URL}' rel=canonical>", URL),
        ('<link rel="canonical" href="//example.court/x">', "https://example.court/x"),
        ('<link rel="canonical" href="/x">', None),
        (f'<meta property="og:url" content="{URL}"/>', URL),
        (f'<!-- saved from url=(0042){URL} --><link rel="canonical" href="https://other/">', URL),
        (f'<link rel="canonical" href="x"><meta property="og:url" content="{URL}">', URL),
        ('<link rel="stylesheet" href="https://other/canonical.css">', None),
        ("<p>nothing</p>", None),
    ],
)
def test_address_inside_a_saved_page(mark, expected):
    assert find_address(f"<!DOCTYPE html><html><head>{mark}</head>".encode()) == expected


def test_search_for_an_address_ends_on_hostile_pages():
    for piece in (b"<link ", b"<link rel=canonical ", b"<meta property=og:url ", b"<!-- saved from url=(0042)"):
        assert find_address(piece * 60_000) is None


def test_saved_page_carries_its_address(tmp_path, read_one, lot_html):
    (tmp_path / "2021-08-10.html").write_text(f"<!-- saved from url=(0042){URL} -->\n{lot_html}", "gb18030")
    assert read_one(tmp_path / "2021-08-10.html").page.url == URL


def test_single_file_notes_address_and_time(tmp_path, read_one, lot_html):
    note = (
        f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Tue Jul 21 2026 10:00:00 GMT+0800 (CST)\n-->"
    )
    (tmp_path / "lots.html").write_text(f"<!DOCTYPE html> <html><{note}{lot_html}", "utf-8")
    page = read_one(tmp_path / "lots.html").page
    assert (page.url, page.observed_at) == (URL, datetime(2026, 7, 21, 2, tzinfo=UTC))


def make_part(body, content_type, location, encode=encode_quopri):
    main, sub = content_type.partition(";")[0].split("/")
    part = MIMENonMultipart(main, sub)
    part.replace_header("Content-Type", content_type)
    part["Content-Location"] = location
    part.set_payload(body)
    encode(part)
    return part


@pytest.fixture
def write_mhtml(tmp_path):
    def write(*parts, name="lots.mhtml", date="Tue, 21 Jul 2026 10:00:00 +0800"):
        message = MIMEMultipart("related")
        message["Snapshot-Content-Location"] = URL
        message["Date"] = date
        for part in parts:
            message.attach(part)
        path = tmp_path / name
        path.write_bytes(message.as_bytes())
        return path

    return write


@pytest.mark.parametrize("encode", [encode_quopri, encode_base64])
def test_mhtml_keeps_bytes_charset_address_and_time(write_mhtml, read_one, lot_html, encode):
    body = lot_html.encode("gb18030")
    page = read_one(write_mhtml(make_part(body, "text/html; charset=gbk", URL, encode))).page
    assert page.body.rstrip() == body
    assert page.declared_charset == "gbk"
    assert (page.url, page.observed_at) == (URL, datetime(2026, 7, 21, 2, tzinfo=UTC))


def test_mhtml_frames_are_pages_and_pictures_are_skipped(write_mhtml, read, lot_html):
    body = lot_html.encode()
    found = read(
        write_mhtml(
            make_part(body, "text/html", "cid:main@mhtml.blink"),
            make_part(b"\x89PNG", "image/png", "https://example.court/logo.png", encode_base64),
            make_part(body, "text/html", "https://example.court/frame"),
            make_part(body, "text/html", "cid:frame@mhtml.blink"),
            name="visit.mht",
        )
    )
    assert [getattr(arrived, "reason", None) or arrived.page.url for arrived in found] == [
        URL,
        "an image",
        "https://example.court/frame",
        "file:visit.mht!/3",
    ]


def test_mhtml_without_a_date_takes_that_of_its_name(write_mhtml, read_one, lot_html):
    path = write_mhtml(make_part(lot_html.encode(), "text/html", URL), date="soon", name="2021-08-10.mhtml")
    assert read_one(path).page.observed_at == datetime(2021, 8, 10, 4, tzinfo=UTC)


def test_mhtml_that_is_cut_refuses_its_last_part(write_mhtml, read, lot_html):
    body = lot_html.encode()
    path = write_mhtml(make_part(body, "text/html", URL), make_part(body * 9, "text/html", f"{URL}3"))
    path.write_bytes(path.read_bytes()[:-300])
    whole, cut = read(path)
    assert isinstance(whole, CapturedPage)
    assert isinstance(cut, Unreadable)
    assert "cut" in cut.reason


def test_mhtml_is_known_by_its_content(write_mhtml, read_one, lot_html):
    assert read_one(write_mhtml(make_part(lot_html.encode(), "text/html", URL), name="lots.eml")).page.url == URL


@pytest.mark.parametrize("content", [b"", b"From: x", b"Content-Type: multipart/related; boundary=a\r\n\r\nno parts"])
def test_broken_mhtml_is_refused(tmp_path, read, content):
    (tmp_path / "lots.mhtml").write_bytes(content)
    (arrived,) = read(tmp_path)
    assert isinstance(arrived, Unreadable)


def test_empty_part_is_skipped(write_mhtml, read):
    (arrived,) = read(write_mhtml(make_part(b"", "text/html", URL)))
    assert isinstance(arrived, Skipped)
