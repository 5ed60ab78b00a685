"""WARC files of crawlers and archiving browsers."""

import gzip
import zlib
from datetime import UTC, datetime

import pytest

from crawler.intake.arrived import CapturedPage, Skipped, Unreadable

URL = "https://example.court/lots?page=2"
SEEN = "2026-07-21T02:00:00Z"


def make_record(kind, url, headers, body):
    """The bytes of one record; a resource record holds the body alone, the others an HTTP message."""
    head = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": SEEN, "WARC-Record-ID": "<urn:uuid:1>"}
    if kind == "resource":
        head["Content-Type"], block = "text/html", body
    else:
        lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in headers.items())]
        head["Content-Type"] = f"application/http; msgtype={kind}"
        block = "\r\n".join([*lines, "", ""]).encode() + body
    head["Content-Length"] = str(len(block))
    lines = ["WARC/1.0", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


@pytest.fixture
def write_warc(tmp_path):
    """Writes records given as (type, address, headers, body) and returns the path."""

    def write(*records, name="visit.warc.gz"):
        path = tmp_path / name
        pack = gzip.compress if name.endswith(".gz") else bytes
        records = [("warcinfo", URL, {}, b"software: test"), *records]
        path.write_bytes(b"".join(pack(make_record(*record)) for record in records))
        return path

    return write


@pytest.fixture
def body(lot_html):
    return lot_html.encode("gb18030")


def chunk(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@pytest.mark.parametrize("name", ["visit.warc.gz", "visit.warc", "visit"])
def test_response_gives_page_address_and_time(write_warc, read_one, body, lot_html, name):
    headers = {"Content-Type": "text/html; charset=gbk"}
    if name == "visit":  # without a suffix it is known by its first bytes
        path = write_warc(("response", URL, headers, body), name="visit.warc")
        path = path.rename(path.with_suffix(""))
    else:
        path = write_warc(("response", URL, headers, body), name=name)
    page = read_one(path).page
    assert (page.url, page.http_status, page.content_type) == (URL, 200, "text/html; charset=gbk")
    assert page.observed_at == datetime(2026, 7, 21, 2, tzinfo=UTC)
    assert page.text == lot_html


@pytest.mark.parametrize(
    ("headers", "pack"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress),
        ({"Content-Encoding": "deflate"}, zlib.compress),
        ({"Transfer-Encoding": "chunked"}, chunk),
        ({"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}, lambda body: chunk(gzip.compress(body))),
        ({"Content-Encoding": "gzip"}, lambda body: body),  # recorders that unpack but keep the header
    ],
)
def test_packed_bodies_are_unpacked(write_warc, read_one, body, headers, pack):
    assert read_one(write_warc(("response", URL, headers, pack(body)))).page.body == body


def test_resource_record_is_a_page_too(write_warc, read_one, body):
    page = read_one(write_warc(("resource", URL, {}, body))).page
    assert (page.body, page.http_status, page.content_type) == (body, 200, "text/html")


def test_other_records_are_skipped_or_passed_over(write_warc, read, body):
    found = read(
        write_warc(
            ("response", "dns:example.court", {}, body),
            ("response", URL, {"Content-Type": "image/png"}, body),
            ("response", URL, {"Content-Type": "text/html"}, b""),
            ("request", URL, {}, b""),
        )
    )
    assert [arrived.reason for arrived in found] == ["no address on the web", "an image", "no body"]
    (nothing,) = read(write_warc())
    assert isinstance(nothing, Skipped)


@pytest.mark.parametrize("name", ["visit.warc.gz", "visit.warc"])
def test_truncated_file_gives_its_whole_pages_and_one_refusal(write_warc, read, body, name):
    path = write_warc(
        *(("response", f"{URL}{n}", {"Content-Type": "text/html"}, body * 40) for n in range(3)), name=name
    )
    whole = path.read_bytes()
    path.write_bytes(whole[:-60])
    found = read(path)
    assert [type(arrived) for arrived in found][:2] == [CapturedPage] * 2
    assert [type(arrived) for arrived in found][2:] == [Unreadable]
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        assert sum(isinstance(arrived, CapturedPage) for arrived in read(path)) < 3


def test_damaged_compression_is_told(write_warc, read, body):
    path = write_warc(*(("response", f"{URL}{n}", {}, body) for n in range(3)))
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    path.write_bytes(damaged)
    assert any(isinstance(arrived, Unreadable) for arrived in read(path))


def test_body_whose_own_compression_is_cut_is_refused(write_warc, read, body):
    packed = gzip.compress(body * 100)
    (arrived,) = read(write_warc(("response", URL, {"Content-Encoding": "gzip"}, packed[: len(packed) // 2])))
    assert isinstance(arrived, Unreadable)


def test_unknown_compression_is_told(write_warc, read, body):
    (arrived,) = read(write_warc(("response", URL, {"Content-Encoding": "zstd"}, body)))
    assert isinstance(arrived, Unreadable)
    assert "zstd" in arrived.reason


def test_archive_packed_as_one_block_is_read(write_warc, read, body, tmp_path):
    plain = write_warc(("response", URL, {}, body), ("response", f"{URL}3", {}, body), name="visit.warc")
    (tmp_path / "one.warc.gz").write_bytes(gzip.compress(plain.read_bytes()))
    assert [arrived.page.url for arrived in read(tmp_path / "one.warc.gz")] == [URL, f"{URL}3"]


@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"WARC/1.0\r\n\r\n", b"WARC/1.0\r\nWARC-Type: response\r\n\r\n"]
)
def test_what_is_no_warc_is_not_read_in_silence(tmp_path, read, content):
    (tmp_path / "visit.warc").write_bytes(content)
    (arrived,) = read(tmp_path)
    assert isinstance(arrived, Skipped | Unreadable)


def test_the_bytes_of_what_is_no_warc_are_not_quoted(tmp_path, read):
    (tmp_path / "visit.warc.gz").write_bytes(bytes(range(128, 256)) * 20)
    (arrived,) = read(tmp_path)
    assert isinstance(arrived, Unreadable)
    assert arrived.reason == "broken WARC file after 0 pages: Unknown archive format"


def test_other_gzip_files_are_skipped(tmp_path, read, body):
    (tmp_path / "2021-08-10.html.gz").write_bytes(gzip.compress(body))
    (arrived,) = read(tmp_path)
    assert isinstance(arrived, Skipped)
    assert "unpack it first" in arrived.reason
