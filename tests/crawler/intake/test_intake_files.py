"""Files, folders and names: what is read, skipped and refused, and which time a page gets."""

import os
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from crawler.errors import MissingPath
from crawler.intake.arrived import CapturedPage, Skipped, Unreadable
from crawler.intake.files import read_paths

NOON = datetime(2026, 7, 21, 12, tzinfo=UTC)


def test_bare_date_in_the_name_is_noon_in_the_zone_of_the_source(tmp_path, read_one, lot_html):
    page = tmp_path / "list-2021-08-10.html"
    page.write_text(lot_html, "gb18030")
    arrived = read_one(page)
    assert arrived.page.observed_at == datetime(2021, 8, 10, 4, tzinfo=UTC)
    assert arrived.page.url == "file:list-2021-08-10.html"
    assert arrived.reader.name == "example_court.list"
    assert "法拍" in arrived.page.text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("20210810.html", datetime(2021, 8, 10, 4, tzinfo=UTC)),
        ("2026-07-21T00-00.html", datetime(2026, 7, 20, 16, tzinfo=UTC)),
        ("2026-07-21 00.05.html", datetime(2026, 7, 20, 16, 5, tzinfo=UTC)),
        ("20260721T000000Z.html", datetime(2026, 7, 21, tzinfo=UTC)),
        ("page 2026-07-21T10-00.html", datetime(2026, 7, 21, 2, tzinfo=UTC)),
        ("2026-07-21_10-05-30.html", datetime(2026, 7, 21, 2, 5, 30, tzinfo=UTC)),
        ("20260721T100000Z.html", datetime(2026, 7, 21, 10, tzinfo=UTC)),
        ("2026-07-21 and again 20260721.html", datetime(2026, 7, 21, 4, tzinfo=UTC)),
    ],
)
def test_times_in_names(tmp_path, read_one, lot_html, name, expected):
    (tmp_path / name).write_text(lot_html, "utf-8")
    assert read_one(tmp_path / name).page.observed_at == expected


def test_look_of_a_bare_day_stands_between_those_of_its_morning_and_its_evening(tmp_path, read, lot_html):
    names = ["2026-07-20T23-59", "2026-07-21T09-00", "2026-07-21", "2026-07-21T15-00", "2026-07-22T00-00"]
    for name in names:
        (tmp_path / f"{name}.html").write_text(lot_html, "utf-8")
    looks = sorted(read(tmp_path), key=lambda arrived: arrived.page.observed_at)
    assert [arrived.page.url for arrived in looks] == [f"file:{name}.html" for name in names]


def test_file_tells_the_same_time_whenever_it_was_copied(tmp_path, read_one, lot_html):
    page = tmp_path / "2026-07-21.html"
    page.write_text(lot_html, "utf-8")
    first = read_one(page).page.observed_at
    os.utime(page, (datetime(2026, 7, 21, 20, tzinfo=UTC).timestamp(),) * 2)
    assert read_one(page).page.observed_at == first == datetime(2026, 7, 21, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["2025-07.html", "lots.html", "20211399.html", "RS_2026-07-01_to_2026-08-05.html", "1555533682007.html"]
)
def test_page_without_a_time_is_refused_and_the_sentence_says_what_to_do(tmp_path, read, lot_html, name):
    (tmp_path / name).write_text(lot_html, "utf-8")
    (arrived,) = read(tmp_path / name)
    assert isinstance(arrived, Unreadable)
    assert "--observed-at" in arrived.reason


def test_given_time_serves_only_pages_that_tell_none(tmp_path, read, lot_html):
    (tmp_path / "a-2021-08-10.html").write_text(lot_html, "utf-8")
    (tmp_path / "b.html").write_text(lot_html, "utf-8")
    dated, undated = read(tmp_path, observed_at=NOON.astimezone(timezone(timedelta(hours=8))))
    assert dated.page.observed_at.date().isoformat() == "2021-08-10"
    assert undated.page.observed_at == NOON
    assert undated.page.observed_at.tzinfo is UTC


def test_given_time_without_a_zone_is_refused(tmp_path, readers):
    with pytest.raises(ValueError, match="zone"):
        read_paths([tmp_path], readers=readers, observed_at=NOON.replace(tzinfo=None))


def test_bank_list_is_dated_by_its_title_line(tmp_path, read_one):
    title = " Lista de Imóveis da Caixa;;Data de geração:;08/01/2026;;"
    header = " N° do imóvel;UF;Cidade;Bairro;Endereço;Preço;Valor de avaliação;Desconto;Descrição;"
    header += "Modalidade de venda;Link de acesso"
    page = tmp_path / "Lista_imoveis_SP.csv"
    page.write_bytes(f"\n{title}\n{header}\n\n".encode("latin-1"))
    assert read_one(page, observed_at=NOON).page.observed_at == datetime(2026, 1, 8, 3, tzinfo=UTC)


def test_missing_path_is_told_before_anything_is_read(tmp_path, readers):
    with pytest.raises(MissingPath, match="nothing-here"):
        read_paths([tmp_path, tmp_path / "nothing-here.html"], readers=readers)
    with pytest.raises(FileNotFoundError, match=r"\*\.har"):
        read_paths([tmp_path / "*.har"], readers=readers)


def test_pattern_is_expanded_in_order(tmp_path, read, lot_html):
    for day in (12, 10, 11):
        (tmp_path / f"2021-08-{day}.html").write_text(lot_html, "utf-8")
    (tmp_path / "note.txt").write_text("x")
    found = read(f"{tmp_path}/*.html")
    assert [arrived.page.url for arrived in found] == [f"file:2021-08-{day}.html" for day in (10, 11, 12)]


def test_address_does_not_depend_on_where_the_user_stands(tmp_path, read_one, lot_html, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "2021-08-10.html").write_text(lot_html, "utf-8")
    urls = set()
    for place, given in (
        (tmp_path, "sub"),
        (tmp_path, "sub/2021-08-10.html"),
        (tmp_path / "sub", "."),
        ("/", tmp_path),
    ):
        monkeypatch.chdir(place)
        urls.add(read_one(given).page.url)
    assert urls == {"file:2021-08-10.html"}


def test_everything_else_is_skipped_by_name_with_its_reason(tmp_path, read):
    for name in ("logo.png", "site.css", "font.woff2", "app.js", "notes.html", "sheet.xlsx"):
        (tmp_path / name).write_bytes(b"something")
    reasons = {Path(arrived.origin).name: arrived.reason for arrived in read(tmp_path)}
    assert reasons == {
        "logo.png": "an image",
        "site.css": "a style sheet or a map of scripts",
        "font.woff2": "a font",
        "app.js": "a script",
        "notes.html": "no reader knows this page",
        "sheet.xlsx": "no reader knows this page",
    }


def test_answer_wrapped_in_a_script_call_is_a_page(tmp_path, read_one):
    (tmp_path / "2021-08-10.js").write_text('callback({"起拍价": 1})', "utf-8")
    assert read_one(tmp_path / "2021-08-10.js").page.content_type == "text/javascript"


def test_links_that_go_in_circles_end(tmp_path, read, lot_html):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "2021-08-10.html").write_text(lot_html, "utf-8")
    (tmp_path / "in" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "in" / "broken").symlink_to(tmp_path / "gone")
    kinds = {Path(arrived.origin).name: type(arrived) for arrived in read(tmp_path)}
    assert kinds == {"up": Skipped, "broken": Unreadable, "2021-08-10.html": CapturedPage}


def test_pipe_does_not_block(tmp_path, read):
    os.mkfifo(tmp_path / "2021-08-10.html")
    (arrived,) = read(tmp_path)
    assert arrived == Skipped(str(tmp_path / "2021-08-10.html"), "not a regular file")


def test_empty_and_oversized_files_are_refused(tmp_path, read, monkeypatch):
    (tmp_path / "a-2021-08-10.html").write_bytes(b" \n")
    with (tmp_path / "b-2021-08-10.html").open("wb") as huge:
        huge.truncate(64 * 2**20 + 1)
    empty, large = read(tmp_path)
    assert isinstance(empty, Unreadable)
    assert "empty" in empty.reason
    assert isinstance(large, Unreadable)
    assert "64 MiB" in large.reason


def test_pages_are_read_one_at_a_time(tmp_path, readers, write_zip, lot_html):
    body = lot_html.encode() + os.urandom(2_000_000)
    for number in range(8):
        write_zip(f"2021-08-1{number}.zip", {f"{member}.html": body for member in range(3)})
    tracemalloc.start()
    count = sum(isinstance(arrived, CapturedPage) for arrived in read_paths([tmp_path], readers=readers))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 24
    assert peak < 15_000_000  # 48 MB in all
