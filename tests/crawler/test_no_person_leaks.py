"""Made-up persons go through the whole road, page to export, and are looked for in every byte that is left behind."""

import gzip
import io
import json
import logging
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from crawler.page import Page
from crawler.reading import read
from crawler.recording import RunRecorder
from crawler.sources import find_reader
from fapai.__main__ import app
from store.engine import open_engine
from store.terms import PageOutcome
from tests.crawler.made_up_people import SENTENCES, SOMEBODY, TITLES, Person, persons, planted

FIXTURES = Path(__file__).parents[2] / "fixtures"
LIST_PAGE = FIXTURES / "ali_judicial" / "list_json" / "sell-offs-of-2020-with-next-page" / "input.html"
PAGE_TEXTS = FIXTURES / "ali_judicial" / "detail_text" / "page-texts-2016-to-2020" / "input.json"
BUNDLE = FIXTURES / "jd_judicial" / "bundle" / "flat-sold-with-its-text" / "input.json"
DESCRIPTION = FIXTURES / "jd_judicial" / "description" / "flat-with-its-certificate"
DETAIL = FIXTURES / "ali_judicial" / "detail" / "first-auction-failed-2018"

MAPPING = """
name = "leak-test"
about = "A table with columns for persons"
format = "csv"
source = "leak_test"
currency = "CNY"
country = "CN"
time_zone = "Asia/Shanghai"
kept = ["联系人", "联系电话", "身份证号", "备注", "所有权人"]
status_labels = { "在售" = "ongoing" }

[id]
column = "编号"

[columns]
title = "名称"
address = "地址"
seller_name = "出让人"
status_raw = "状态"
asking_price_raw = "价格"
"""


def plant_in_texts(value: object, sentences: Iterator[str]) -> object:
    """A JSON value with a sentence behind each longer Chinese text."""
    if isinstance(value, dict):
        return {key: plant_in_texts(each, sentences) for key, each in value.items()}
    if isinstance(value, list):
        return [plant_in_texts(each, sentences) for each in value]
    if isinstance(value, str) and len(re.findall("[一-鿿]", value)) >= 30:
        return re.sub(r"(?=</p></div>$|</p>$|$)", next(sentences), value, count=1)
    return value


def entry(url: str, body: str, kind: str, at: str) -> dict[str, object]:
    """A page as the developer tools of a browser save it."""
    content = {"mimeType": kind, "text": body}
    return {"startedDateTime": at, "request": {"url": url}, "response": {"status": 200, "content": content}}


def notice_of(person: Person) -> str:
    return "".join(planted(text, person) for text in SENTENCES)


def endless(lines: list[str]) -> Iterator[str]:
    while True:
        yield from lines


def har_of(people: list[Person], at: str) -> str:
    """A recording of pages of several sources, each naming persons in its texts."""
    person, notes = people[0], endless([notice_of(each) for each in people])
    titles = [planted(text, each) for each in people for text in TITLES]
    listed = LIST_PAGE.read_text("utf-8")
    fresh = endless(titles)
    listed = re.sub(r'"title":"[^"]*"', lambda _: f'"title":{json.dumps(next(fresh), ensure_ascii=False)}', listed)
    listed = listed.replace('"id":626233079595,', "", 1)
    listed = listed.replace('"status":"doing"', f'"status":"竞得人：{person.name}"', 1)
    listed = listed.replace('"consultPrice":', f'"consultPrice":"电话{person.mobile}","was":', 1)
    listed = listed.replace('"catNames":""', f'"catNames":"","联系人":"{person.name}"', 1)
    asked = f"https://sf.taobao.com/item_list.htm?category=50025969&mobile={quote(person.mobile)}&contact={quote(person.name)}"
    detail = DETAIL.joinpath("input.html").read_text("utf-8").replace("</p>", f"{next(notes)}</p>")
    texts = json.dumps(plant_in_texts(json.loads(PAGE_TEXTS.read_bytes()), notes), ensure_ascii=False)
    bundle = json.dumps(plant_in_texts(json.loads(BUNDLE.read_bytes()), notes), ensure_ascii=False)
    described = json.dumps(plant_in_texts(json.loads(DESCRIPTION.joinpath("input.json").read_bytes()), notes))
    wall = f"<html><p>{next(notes)}</p><script id='sf-item-list-data'>{{'data': [{person.name}</script>"
    state = f"<div>竞得人：{person.name}{person.mobile}</div>"
    return json.dumps(
        {
            "log": {
                "entries": [
                    entry("https://otc.cbex.com/sfpm/detail/prjBidInfo?xmid=1", state, "text/html", at),
                    entry(asked, listed, "text/html; charset=utf-8", at),
                    entry("https://sf.taobao.com/sf_item/557630794279.htm", detail, "text/html", at),
                    entry("https://sf.taobao.com/texts.json", texts, "application/json", at),
                    entry("https://paimai.jd.com/311109381", bundle, "application/json", at),
                    entry(
                        json.loads(DESCRIPTION.joinpath("meta.json").read_bytes())["url"],
                        described,
                        "application/json",
                        at,
                    ),
                    entry(f"https://sf.taobao.com/item_list.htm?tel={person.mobile}", wall, "text/html", at),
                    entry(f"https://example.com/?phone={person.mobile}", next(notes), "text/html", at),
                ]
            }
        },
        ensure_ascii=False,
    )


def table_of(people: list[Person], price: int) -> str:
    """A table with columns for persons, a row whose status names one, and one whose columns are shifted."""
    titles = [planted(text, person) for person in people for text in TITLES]
    lines = ["编号,名称,地址,出让人,状态,价格,联系人,联系电话,身份证号,备注,所有权人"]
    for number, (person, title) in enumerate(zip(people, titles, strict=False), 1):
        kept = f"{person.name},{person.mobile},{person.identity},邮箱{person.mail}，账号{person.card},{person.other}"
        lines.append(f"{number},{title.replace(',', ' ')},合肥市蜀山区望江西路99号,{person.name},在售,{price},{kept}")
        lines.append(f"9{number},合肥市庐阳区8号,合肥市,某银行,{person.name},{price},{kept}")
        lines.append(f"8{number},合肥市庐阳区9号,合肥市,某银行,在售,联系人{person.name}{person.mobile},{kept}")
    return "\n".join(lines) + "\n"


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """All that any logger says at DEBUG."""
    said, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(said), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def bytes_left(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that is left, compressed ones also unpacked."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            body = path.read_bytes()
            yield path.name, body
            if path.name.endswith(".gz"):
                yield f"{path.name} unpacked", gzip.decompress(body)


def forms_of(secret: str) -> set[bytes]:
    """The secret in the encodings in which it may be left."""
    escaped = json.dumps(secret)[1:-1]
    return {
        secret.encode(),
        secret.encode("gb18030"),
        secret.encode("utf-16-le"),
        escaped.encode(),
        quote(secret).encode(),
    }


def around(form: bytes, body: bytes) -> str:
    """What stands around the first place where it was found."""
    place = body.index(form)
    return body[max(0, place - 60) : place + len(form) + 30].decode("utf-8", "replace")


def save_pages(folder: Path, people: list[Person]) -> None:
    """What a user may have saved on two days: recordings, tables of somebody else, half a file."""
    (folder / "leak-test.toml").write_text(MAPPING, "utf-8")
    for day, price in enumerate((900_000, 800_000), 1):
        recording, table = har_of(people, f"2026-03-0{day}T10:00:00+08:00"), table_of(people, price)
        (folder / f"pages-{day}.har").write_text(recording, "utf-8")
        (folder / f"table_2026-03-0{day}.csv").write_text(table, "utf-8")
        download = entry(
            f"https://bank.example/offers.csv?phone={quote(people[0].mobile)}",
            table.replace("备注", "没有规则的列"),
            "text/csv",
            f"2026-03-0{day}T11:00:00+08:00",
        )
        (folder / f"tables-{day}.har").write_text(json.dumps({"log": {"entries": [download]}}), "utf-8")
    (folder / "broken_2026-03-01.html").write_text(recording[5000:9000], "utf-8")


def run_everything(folder: Path, template: Path, people: list[Person]) -> Iterator[tuple[str, bytes]]:
    """Capture, report, diagnose and export; then all that was said and all that is left."""
    saved, left = folder / "saved", folder / "left"
    saved.mkdir()
    left.mkdir()
    save_pages(saved, people)
    shutil.copy(template, left / "homes.sqlite")
    pages, tables = sorted(map(str, saved.glob("pages-*"))), sorted(map(str, saved.glob("table*")))
    commands = (
        ("capture", *pages, str(saved / "broken_2026-03-01.html")),
        ("capture", "--format", "json", *pages),
        ("capture", "--mapping", str(saved / "leak-test.toml"), *tables),
        ("reparse", "--mapping", str(saved / "leak-test.toml")),
        ("report", "price-cuts", "--all"),
        ("report", "price-cuts", "--all", "--format", "json"),
        ("doctor",),
        ("doctor", "--coverage"),
        ("sources",),
        ("export", str(left / "research")),
        ("export", str(left / "excel"), "--profile", "excel"),
    )
    env = {"FAPAI_DB": f"sqlite:///{left / 'homes.sqlite'}", "FAPAI_ARCHIVE": str(left / "archive"), "COLUMNS": "400"}
    for command in commands:
        result = CliRunner().invoke(app, list(command), env=env)
        assert result.exit_code in {0, 3}, (command, result.output, result.exception)
        yield f"{command[:2]} stdout", result.stdout.encode()
        yield f"{command[:2]} stderr", result.stderr.encode()
    with sqlite3.connect(left / "homes.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    yield from bytes_left(left)


def assert_nobody_in(left: list[tuple[str, bytes]], people: list[Person]) -> None:
    secrets = {(secret, form) for person in people for secret in person.secrets() for form in forms_of(secret)}
    found = {(place, secret, around(form, body)) for place, body in left for secret, form in secrets if form in body}
    assert not found, "\n".join(map(str, sorted(found)))


@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(persons(), min_size=3, max_size=3))
def test_no_person_is_found_in_what_is_stored_said_logged_or_exported(
    sqlite_template: Path, people: list[Person]
) -> None:
    with TemporaryDirectory() as folder, everything_logged() as said:
        left = list(run_everything(Path(folder), sqlite_template, people))
    left.append(("log", said.getvalue().encode()))
    assert_nobody_in(left, people)
    stored = next(body for place, body in left if place == "homes.sqlite")
    assert all(f"被执行人{person.name[0]}".encode() in stored for person in people)
    assert "名下位于合肥市蜀山区望江西路99号3幢1205室".encode() in stored  # nothing is gone but the persons


def test_the_pages_of_the_test_are_read_and_refused(sqlite_template: Path, tmp_path: Path) -> None:
    """The test above would find nothing in a database that holds nothing."""
    list(run_everything(tmp_path, sqlite_template, [SOMEBODY] * 3))
    with sqlite3.connect(tmp_path / "left" / "homes.sqlite") as connection:
        listings = dict(connection.execute("SELECT source, count(*) FROM listing GROUP BY source").fetchall())
        quotes = "".join(quote for (quote,) in connection.execute("SELECT quote FROM fact"))
        holders = {holder for (holder,) in connection.execute("SELECT holder FROM fact")}
        refused = "".join(map(str, connection.execute("SELECT reason, excerpt FROM quarantined_row").fetchall()))
        reasons = "".join(str(reason) for (reason,) in connection.execute("SELECT reason FROM page"))
        addresses = "".join(url for (url,) in connection.execute("SELECT url FROM page"))
    assert listings["ali_judicial"] >= 30
    assert listings["leak_test"] == 3
    assert listings["jd_judicial"] >= 1
    assert "被执行人张××居住使用" in quotes
    assert "张××" in holders
    assert "unknown label '张××'" in refused
    assert "竞得人：张××138××××××××" in reasons
    assert quote("138××××××××") in addresses


def test_a_crawl_stores_no_person_of_addresses_and_failures(sqlite_template: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(sqlite_template, tmp_path / "homes.sqlite"))
    engine = open_engine(f"sqlite:///{database}")
    recorder = RunRecorder(engine, tmp_path / "archive", {"kind": "crawl"}, {})
    address = f"https://sf.taobao.com/item_list.htm?page=1&mobile={SOMEBODY.mobile}&contact={quote(SOMEBODY.name)}"
    page = Page(LIST_PAGE.read_bytes(), address, datetime(2026, 3, 1, tzinfo=UTC), "text/html")
    reader = find_reader("ali_judicial.list_json")
    recorder.take(page, reader, read(page, reader))
    recorder.note_failure("ali_judicial", PageOutcome.BLOCKED, f"{address}: 联系人{SOMEBODY.name}{SOMEBODY.mobile}")
    assert not recorder.is_detail_due("ali_judicial", "625658025048", address)
    recorder.note_partial("jd_judicial", f"stopped at {SOMEBODY.mail}")
    recorder.close(crashed=f"被执行人{SOMEBODY.name}")
    engine.dispose()
    assert_nobody_in(list(bytes_left(tmp_path)), [SOMEBODY])
