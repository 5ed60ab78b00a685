"""What Chromium itself saves is read like the answers it was made from: HAR, MHTML, saved pages, folders and zips.

Chromium has no way to "save page as" without its dialogue, so that form is made here from Chromium's own markup as the
dialogue does it (156): addresses whole, a note of the page's own on top, its charset kept, a folder of parts beside it.
"""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.capture import Capture, FileResult
from crawler.page import Page
from crawler.parsers import rmfysszc
from crawler.play import PlayedPage, Player
from crawler.reading import read
from crawler.recording import RunRecorder
from crawler.sources import recognise
from tests.crawler.browser.browser_help import lead_all_hosts_to, listings_told, without_https
from tests.crawler.spiders.crawl_help import FIRST_DAY, SECOND_DAY, Database, case_body, case_note, play

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, CDPSession
    from playwright.sync_api import Page as Tab

CASES = {
    "gbk": ("ali_judicial/list_json/list-page-in-gbk", "text/html;charset=GBK"),
    "cards": ("ali_judicial/list_cards/ended-fuzhou-2026-08-31", "text/html"),
    "state": ("rmfysszc/status/sold", "text/plain;charset=UTF-8"),
    "courts": ("rmfysszc/list/guangdong-page-1-upcoming-and-ended", "application/json;charset=UTF-8"),
}
FORM = rmfysszc.list_form(1, "广东省")
TOLD_BY_USER = datetime(2026, 11, 20, 4, tzinfo=UTC)
SAVE_AS = """() => {
    for (const name of ["href", "src"])
        for (const each of document.querySelectorAll(`[${name}]`)) each.setAttribute(name, each[name]);
    return [document.characterSet, document.documentElement.outerHTML];
}"""
ASK = "([url, form]) => fetch(url, {method: 'POST', body: new URLSearchParams(form)}).then(answer => answer.text())"
OWN_PAGE = "http://www1.rmfysszc.gov.cn/own"
WITH_TAG = {"ETag": '"one"', "Cache-Control": "no-cache"}


@dataclass(frozen=True)
class Saved:
    """A folder of what the browser saved of the pages played to it, and when."""

    folder: Path
    pages: Mapping[str, PlayedPage]
    begun: datetime
    ended: datetime


def played() -> dict[str, PlayedPage]:
    """The pages of the cases, at addresses without a certificate."""
    return {
        name: play(
            without_https(case_note(case, "url")),
            case_body(case),
            content_type=content_type,
            form=FORM if name == "courts" else None,
        )
        for name, (case, content_type) in CASES.items()
    }


@pytest.fixture(scope="module")
def saved(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Saved:
    """One visit to all pages, each saved in every way."""
    from playwright.sync_api import sync_playwright

    folder, pages, begun = tmp_path_factory.mktemp("saved"), played(), datetime.now(UTC)
    own = play(OWN_PAGE, "<title>own</title>")
    same = PlayedPage(SECOND_DAY, pages["gbk"].address, b"", status=304, headers=WITH_TAG)
    first = PlayedPage(FIRST_DAY, same.address, pages["gbk"].body, pages["gbk"].content_type, headers=WITH_TAG)
    with Player([*pages.values(), own, first, same]) as player, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, chromium_sandbox=False, args=lead_all_hosts_to(player.base_url)
        )
        visit = browser.new_context(record_har_path=folder / "visit.har", record_har_content="embed")
        tab = visit.new_page()
        save_all(tab, visit.new_cdp_session(tab), pages, folder)
        tab.goto(OWN_PAGE)
        tab.evaluate(ASK, [pages["courts"].address, dict(FORM)])
        visit.close()
        again = browser.new_context(record_har_path=folder / "again.har", record_har_content="embed")
        look_twice(again, player, same.address)
        again.close()
        browser.close()
    return Saved(folder, pages, begun, datetime.now(UTC))


def save_all(tab: "Tab", session: "CDPSession", pages: Mapping[str, PlayedPage], folder: Path) -> None:
    """Save the pages that are asked for by address, as MHTML and as a saved page."""
    for name in ("gbk", "cards", "state"):
        visit_page(tab, pages[name].address)
        mhtml = session.send("Page.captureSnapshot", {"format": "mhtml"})["data"]
        (folder / f"{name}.mhtml").write_bytes(mhtml.encode())
        charset, markup = tab.evaluate(SAVE_AS)
        (folder / f"{name}.html").write_bytes(save_page_as(name, tab.url, charset, markup))
        parts = folder / f"{name}_files"
        parts.mkdir()
        (parts / "index.js.下载").write_text("window.a = 1;")
        (parts / "saved_resource.html").write_text("<!DOCTYPE html><html><head></head><body></body></html>")


def save_page_as(name: str, url: str, charset: str, markup: str) -> bytes:
    """A page as the dialogue writes it."""
    rewritten = re.sub(r'src="[^"]*"', f'src="./{name}_files/index.js.下载"', markup)
    note = f"<!-- saved from url=({len(url):04d}){url} -->"
    return f"<!DOCTYPE html>\n{note}\n{rewritten}".encode(charset, "xmlcharrefreplace")


def visit_page(tab: "Tab", url: str) -> None:
    """Stay on a page until its body is there: the recording loses it when the tab goes on at once."""
    answer = tab.goto(url)
    assert answer is not None
    answer.body()


def look_twice(visit: "BrowserContext", player: Player, url: str) -> None:
    """The second time the server says that nothing has changed."""
    tab = visit.new_page()
    visit_page(tab, url)
    player.today = SECOND_DAY
    visit_page(tab, url)


def capture(database: Database, *paths: Path, at: datetime | None = None) -> list[FileResult]:
    return list(Capture(database.engine, database.archive, paths, None, at))


def record_answers(database: Database, pages: Mapping[str, PlayedPage], moments: Mapping[str, datetime]) -> None:
    """Record the answers themselves, as they went to the browser, seen when the saved ones were."""
    recorder = RunRecorder(database.engine, database.archive, {"kind": "capture"}, {})
    for name, moment in moments.items():
        page = Page(pages[name].body, pages[name].address, moment, pages[name].content_type)
        reader = recognise(page)
        assert reader is not None
        recorder.take(page, reader, read(page, reader))
    recorder.close()


def without_form(url: str) -> str:
    """The address asked for; what was posted to it is kept behind a ``#``."""
    return url.partition("#")[0]


def moments_of(database: Database, saved: Saved, *names: str) -> dict[str, datetime]:
    """When each page was seen; its address stands in the database."""
    at = {without_form(row["url"]): row["observed_at"] for row in database.pages}
    assert at.keys() == {saved.pages[name].address for name in names}
    return {name: at[saved.pages[name].address] for name in names}


FORMS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "a HAR file": (["visit.har"], ("gbk", "cards", "state", "courts")),
    "MHTML files": (["cards.mhtml", "state.mhtml"], ("cards", "state")),
    "saved pages": (["gbk.html", "cards.html", "state.html"], ("gbk", "cards", "state")),
}


@pytest.mark.parametrize(("files", "names"), FORMS.values(), ids=FORMS.keys())
def test_what_chromium_saved_says_what_the_pages_said(
    saved: Saved, new_database: Callable[[], Database], files: list[str], names: tuple[str, ...]
) -> None:
    database, direct = new_database(), new_database()
    results = capture(database, *(saved.folder / file for file in files), at=TOLD_BY_USER)
    assert [result for result in results if result.is_trouble] == []
    moments = moments_of(database, saved, *names)
    record_answers(direct, saved.pages, moments)
    assert listings_told(database) == listings_told(direct) != []


@pytest.mark.parametrize("file", ["visit.har", "cards.mhtml", "state.mhtml"])
def test_the_time_of_saving_is_that_of_the_visit_and_not_what_the_user_says(
    saved: Saved, database: Database, file: str
) -> None:
    capture(database, saved.folder / file, at=TOLD_BY_USER)
    seen = [row["observed_at"] for row in database.pages]
    assert seen
    assert all(saved.begun.replace(microsecond=0) <= moment <= saved.ended for moment in seen)


def test_a_saved_page_tells_no_time_so_the_user_is_asked_for_it(saved: Saved, new_database: Any) -> None:
    without, told = new_database(), new_database()
    (result,) = capture(without, saved.folder / "cards.html")
    assert (result.outcome, result.is_trouble) == ("unreadable", True)
    assert "--observed-at" in (result.reason or "")
    capture(told, saved.folder / "cards.html", at=TOLD_BY_USER)
    assert [row["observed_at"] for row in told.pages] == [TOLD_BY_USER]


def test_mhtml_loses_data_in_scripts_which_is_told_and_is_no_empty_list(saved: Saved, database: Database) -> None:
    assert b"sf-item-list-data" in (saved.folder / "gbk.html").read_bytes()
    assert b"sf-item-list-data" not in (saved.folder / "gbk.mhtml").read_bytes()
    (result,) = capture(database, saved.folder / "gbk.mhtml")
    assert (result.outcome, result.is_trouble) == ("empty_shell", True)
    assert database.listings == []


def test_a_request_that_got_no_answer_is_no_trouble(saved: Saved, database: Database) -> None:
    results = capture(database, saved.folder / "visit.har")
    unanswered = [result for result in results if result.reason == "no answer came"]
    assert unanswered
    assert {result.outcome for result in unanswered} == {"skipped"}


def test_a_page_that_has_not_changed_is_seen_a_second_time(saved: Saved, database: Database) -> None:
    results = [result for result in capture(database, saved.folder / "again.har") if "item_list" in result.origin]
    assert [(result.outcome, result.listings, result.reason) for result in results] == [("read", 6, None)] * 2
    first, second = (row["observed_at"] for row in database.pages)
    assert first < second
    assert {row["last_seen_at"] for row in database.listings} == {second}


def fill_folder(saved: Saved, folder: Path) -> Path:
    """All that was saved, but for the file that has lost its data."""
    for path in saved.folder.rglob("*"):
        if path.is_file() and path.name not in {"gbk.mhtml", "again.har"}:
            copy = folder / path.relative_to(saved.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return folder


@pytest.mark.parametrize("is_zipped", [False, True], ids=["folder", "zip"])
def test_a_folder_and_a_zip_of_everything_are_read_whole(
    saved: Saved, new_database: Any, tmp_path: Path, is_zipped: bool
) -> None:
    database, direct = new_database(), new_database()
    path = fill_folder(saved, tmp_path / "everything")
    if is_zipped:
        files = [file for file in path.rglob("*") if file.is_file()]
        path = tmp_path / "everything.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.relative_to(tmp_path / "everything"))
    results = capture(database, path, at=TOLD_BY_USER)
    assert [result for result in results if result.is_trouble] == []
    # HAR: all four; MHTML: two; saved pages: three
    assert len([result for result in results if result.outcome == "read"]) == 4 + 2 + 3
    rows = sorted(database.pages, key=lambda row: row["observed_at"])
    last = {without_form(row["url"]): row["observed_at"] for row in rows}
    record_answers(direct, saved.pages, {name: last[page.address] for name, page in saved.pages.items()})
    assert {row["source_id"] for row in database.listings} == {row["source_id"] for row in direct.listings}
    assert listings_told(database) == listings_told(direct)
