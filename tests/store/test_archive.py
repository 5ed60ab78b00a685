"""The archive of raw pages: what is written can be read back here, by warcio, and after a full disk."""

import gzip
import random
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from store.archive import ArchivedPage, ArchiveWriter, Place, read_page
from store.errors import CannotWrite, StoreError
from store.sealing import NoKey, load_key, load_or_make_key

SEEN = datetime(2026, 3, 1, 7, 30, 15, 123_456, tzinfo=timezone(timedelta(hours=8)))
URL = "https://sf.taobao.com/item_list.htm?city=泉州&page=2"
NOISE = random.Random(1).randbytes(20_000)
BODY = "<html><title>安溪县城厢镇</title></html>".encode("gb18030")


def page(body: bytes = BODY, url: str = URL, content_type: str = "text/html; charset=gbk") -> ArchivedPage:
    return ArchivedPage(body, url, SEEN, content_type, 200)


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def write(root: Path, *pages: ArchivedPage) -> list[Place]:
    with ArchiveWriter(root, "ali_judicial", SEEN) as archive:
        return [archive.write(each, digest(each.body), "ali_judicial.list") for each in pages]


def records(root: Path, file: str) -> list[tuple[dict[str, str], bytes]]:
    """Headers of every record, as another program sees them, and its block, opened with the key."""
    with (root / file).open("rb") as stream:
        return [
            (dict(record.rec_headers.headers), opened(record.rec_headers, record.content_stream().read()))
            for record in ArchiveIterator(stream, check_digests="raise")
        ]


def opened(headers, block: bytes) -> bytes:
    body_digest = headers.get_header("Fapai-Body-Digest", "").removeprefix("sha256:")
    return zlib.decompress(load_key().unseal(block, body_digest.encode())) if block else b""


def test_a_page_comes_back_as_it_went_in(tmp_path):
    (place,) = write(tmp_path, page())

    assert read_page(tmp_path, place) == page()._replace(observed_at=SEEN.astimezone(UTC))


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 200), (b"\r\n\r\nWARC/1.1\r\n", 403), (bytes(range(256)) * 4_000, 503)],
    ids=["empty", "looks like a record", "one megabyte"],
)
def test_any_bytes_and_any_status_come_back(tmp_path, body, status):
    sent = page(body)._replace(http_status=status)
    place, _ = write(tmp_path, sent, page())

    back = read_page(tmp_path, place)

    assert (back.body, back.http_status) == (body, status)


def test_each_of_many_pages_is_found_at_its_own_place(tmp_path):
    pages = [page(f"page {number}".encode(), f"https://s.example/{number}") for number in range(50)]
    places = write(tmp_path, *pages)

    assert len({place.file for place in places}) == 1
    assert [read_page(tmp_path, place).body for place in reversed(places)] == [each.body for each in reversed(pages)]


def test_a_saved_file_comes_back_under_its_name(tmp_path):
    saved = page(url="file:saved.html", content_type="text/html")
    (place,) = write(tmp_path, saved)

    assert read_page(tmp_path, place) == saved._replace(observed_at=SEEN.astimezone(UTC))


def test_the_words_of_a_page_stand_nowhere_in_the_archive(tmp_path):
    named = "被执行人张三丰 电话13812345678".encode() * 50
    (place,) = write(tmp_path, page(named))

    file = gzip.decompress((tmp_path / place.file).read_bytes())
    assert URL.encode() in file
    assert "张三丰".encode() not in file
    assert b"13812345678" not in file
    assert zlib.compress(named)[4:40] not in file


def test_without_the_key_a_page_stays_closed_and_the_sentence_says_what_is_missing(tmp_path, monkeypatch):
    (place,) = write(tmp_path, page())
    monkeypatch.setenv("FAPAI_ARCHIVE_KEY", str(tmp_path / "elsewhere.key"))

    with pytest.raises(NoKey, match=r"the key of the archive is missing: bring it to .*elsewhere\.key"):
        read_page(tmp_path, place)
    with pytest.raises(NoKey, match="is missing"):
        write(tmp_path, page())  # a lost key is not replaced in silence
    assert not (tmp_path / "elsewhere.key").exists()
    load_or_make_key()
    with pytest.raises(NoKey, match=r"sealed with another key \([0-9a-f]{16}\)"):
        read_page(tmp_path, place)
    with pytest.raises(NoKey, match=r"sealed with another key \([0-9a-f]{16}\)"):
        write(tmp_path, page())


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path, monkeypatch):
    path = tmp_path / "config" / "archive.key"
    monkeypatch.setenv("FAPAI_ARCHIVE_KEY", str(path))

    first, second = load_or_make_key(), load_or_make_key()

    assert first == second
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["archive.key"]
    assert first.secret.hex() not in repr(first)


@pytest.mark.parametrize("content", [b"", b"not base64!", b"c2hvcnQ="])
def test_a_file_that_is_no_key_is_told(tmp_path, monkeypatch, content):
    (tmp_path / "archive.key").write_bytes(content)
    monkeypatch.setenv("FAPAI_ARCHIVE_KEY", str(tmp_path / "archive.key"))

    with pytest.raises(NoKey, match="is no key of an archive"):
        load_or_make_key()


def test_a_record_moved_under_another_digest_does_not_open(tmp_path):
    key = load_or_make_key()

    with pytest.raises(ValueError, match="not what was sealed"):
        key.unseal(key.seal(BODY, b"one digest"), b"another digest")


def test_pages_archived_before_there_was_a_key_can_still_be_read(tmp_path):
    answer = b"HTTP/1.1 200 -\r\nContent-Type: text/html; charset=gbk\r\n\r\n" + BODY
    lines = [
        "WARC/1.1",
        "WARC-Type: response",
        "WARC-Record-ID: <urn:uuid:175edeba-0bba-4018-a187-e5cb4b60e1ba>",
        "WARC-Date: 2026-02-28T23:30:15.123456Z",
        f"WARC-Target-URI: {URL}",
        f"WARC-Payload-Digest: sha256:{digest(BODY)}",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(answer)}",
    ]
    record = "\r\n".join(lines).encode() + b"\r\n\r\n" + answer + b"\r\n\r\n"
    (tmp_path / "old.warc.gz").write_bytes(gzip.compress(record))

    assert read_page(tmp_path, Place("old.warc.gz", 0)) == page()._replace(observed_at=SEEN.astimezone(UTC))


def test_another_program_reads_address_time_reader_and_a_digest_that_is_right(tmp_path):
    (place,) = write(tmp_path, page())

    ((headers, payload),) = records(tmp_path, place.file)

    assert payload == BODY
    assert headers["WARC-Type"] == "resource"
    assert headers["WARC-Target-URI"] == URL
    assert headers["WARC-Date"] == "2026-02-28T23:30:15.123456Z"
    assert headers["Fapai-Body-Digest"] == f"sha256:{digest(BODY)}"
    assert headers["Fapai-Reader"] == "ali_judicial.list"


def test_a_wrong_digest_is_noticed(tmp_path):
    with ArchiveWriter(tmp_path, "s", SEEN) as archive:
        place = archive.write(page(), digest(b"something else"), "s.list")

    with pytest.raises(StoreError, match="damaged"):
        read_page(tmp_path, place)


def test_a_body_seen_again_is_a_short_record_that_names_the_first(tmp_path):
    with ArchiveWriter(tmp_path, "s", SEEN) as archive:
        body = bytes(range(256)) * 100
        archive.write(page(body), digest(body), "s.list")
        again = page(body, "https://s.example/again")._replace(observed_at=SEEN + timedelta(days=1))
        place = archive.write_revisit(again, digest(body), "s.list", URL, SEEN)

    _, (headers, payload) = records(tmp_path, place.file)
    assert payload == b""
    assert headers["WARC-Type"] == "revisit"
    assert headers["WARC-Profile"].endswith("/revisit/identical-payload-digest")
    assert headers["WARC-Target-URI"] == "https://s.example/again"
    assert headers["WARC-Refers-To-Target-URI"] == URL
    assert headers["WARC-Refers-To-Date"] == "2026-02-28T23:30:15.123456Z"
    assert headers["WARC-Payload-Digest"] == f"sha256:{digest(body)}"
    with pytest.raises(StoreError, match="no page in the archive"):
        read_page(tmp_path, place)


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\r\n\r\n"])
def test_line_breaks_in_address_and_type_forge_no_headers(tmp_path, line_break):
    forged = f"{line_break}WARC-Type: warcinfo{line_break}Content-Length: 1"
    hostile = page(url=f"https://s.example/{forged}", content_type=f"text/html{forged}")
    first, second = write(tmp_path, hostile, page())

    (headers, payload), (_, after) = records(tmp_path, first.file)

    assert (headers["WARC-Type"], payload, after) == ("resource", BODY, BODY)
    assert read_page(tmp_path, first).body == BODY
    assert read_page(tmp_path, first).http_status == 200
    assert read_page(tmp_path, second).body == BODY


@pytest.mark.parametrize("source", ["../../etc/passwd", "a/b", "中国", "x y\n"])
def test_a_source_of_any_name_stays_inside_the_archive(tmp_path, source):
    root = tmp_path / "archive"
    with ArchiveWriter(root, source, SEEN) as archive:
        place = archive.write(page(), digest(BODY), "s.list")

    assert (root / place.file).resolve().parent == (root / "2026").resolve()
    assert read_page(root, place).body == BODY


def test_two_runs_at_the_same_second_write_files_of_their_own(tmp_path):
    (first,), (second,) = write(tmp_path, page()), write(tmp_path, page())

    assert first.file != second.file


def test_a_run_that_gets_no_page_leaves_no_file(tmp_path):
    write(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_large_file_is_followed_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr("store.archive.ROTATE_AT", 100)
    pages = [page(f"page {number}".encode() * 20) for number in range(3)]

    places = write(tmp_path, *pages)

    assert len({place.file for place in places}) == 3
    assert [read_page(tmp_path, place).body for place in places] == [each.body for each in pages]


def test_what_was_written_can_be_read_before_the_run_ends(tmp_path):
    with ArchiveWriter(tmp_path, "s", SEEN) as archive:
        place = archive.write(page(), digest(BODY), "s.list")
        assert read_page(tmp_path, place).body == BODY


def test_every_record_is_a_gzip_member_of_its_own(tmp_path):
    first, second = write(tmp_path, page(b"one"), page(b"two", "https://s.example/two"))

    packed = (tmp_path / first.file).read_bytes()

    assert b"https://s.example/two" in gzip.decompress(packed[second.offset :])


@pytest.mark.parametrize("place", [Place("2026/missing.warc.gz", 0), Place("2026", 0)])
def test_a_missing_file_is_told_in_one_sentence(tmp_path, place):
    write(tmp_path, page())

    with pytest.raises(StoreError, match=rf"cannot be read: {place.file}: (No such file|Is a directory)"):
        read_page(tmp_path, place)


def test_a_place_inside_a_record_is_told_in_one_sentence(tmp_path):
    (place,) = write(tmp_path, page())

    with pytest.raises(StoreError, match=r"^the archive of pages is damaged at 2026/ali_judicial-\S+:7$"):
        read_page(tmp_path, place._replace(offset=7))


@pytest.mark.parametrize("left", [0, 5, 100, 400, 5_000, 19_990])
def test_a_file_that_was_cut_off_is_told_and_gives_no_part_of_a_page(tmp_path, left):
    (place,) = write(tmp_path, page(NOISE))
    file = tmp_path / place.file
    file.write_bytes(file.read_bytes()[:left])

    with pytest.raises(StoreError, match="the archive"):
        read_page(tmp_path, place)


@pytest.mark.parametrize("position", [0, 12, 600, 10_000])
def test_a_damaged_byte_is_told_and_gives_no_other_page(tmp_path, position):
    (place,) = write(tmp_path, page(NOISE))
    file = tmp_path / place.file
    packed = bytearray(file.read_bytes())
    packed[position] ^= 0xFF
    file.write_bytes(packed)

    with pytest.raises(StoreError, match="the archive"):
        read_page(tmp_path, place)


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path):
    (tmp_path / "archive").write_text("a file stands where the folder should be")

    with pytest.raises(CannotWrite, match=r"^the archive of pages cannot be written: \w[^\n]+$"):
        write(tmp_path / "archive", page())


FULL_DISK = """
import os, resource, sys
from datetime import datetime, UTC
from hashlib import sha256
from pathlib import Path
from store.archive import ArchivedPage, ArchiveWriter
from store.errors import CannotWrite

def page(body):
    return ArchivedPage(body, "https://s.example/", datetime(2026, 3, 1, tzinfo=UTC), "text/html", 200)

resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
with ArchiveWriter(Path(sys.argv[1]), "s", datetime(2026, 3, 1, tzinfo=UTC)) as archive:
    for body in (b"first", os.urandom(200_000), b"last"):
        try:
            place = archive.write(page(body), sha256(body).hexdigest(), "s.list")
            print(place.file, place.offset)
        except CannotWrite as error:
            print(error)
"""


def test_a_full_disk_is_told_and_leaves_no_half_record_behind(tmp_path):
    child = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True)

    first, told, last = child.stdout.splitlines()
    assert told == "the archive of pages cannot be written: File too large"
    assert [payload for _, payload in records(tmp_path, first.split()[0])] == [b"first", b"last"]
    for line, body in ((first, b"first"), (last, b"last")):
        file, offset = line.split()
        assert read_page(tmp_path, Place(file, int(offset))).body == body
