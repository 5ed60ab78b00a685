"""Sources, review and watches in a real Chromium: both languages, desktop and phone, keyboard alone, no scripts."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import begin, look, record_all

from reporting.alerts.manage import Asked, create_watch
from reporting.web.settings import Settings
from store.engine import open_engine, reading, writing
from store.links import persons_decisions
from store.manners import set_pause
from store.statement import Statement
from store.terms import ChannelKind, Currency, Judgement, PropertyKind
from store.watches import find_watch
from tests.reporting.web.browser_help import CHROMIUM, DESKTOP, PHONE, Look, assert_no_findings, both_languages, served
from tracking.linking import link_database

pytestmark = [pytest.mark.long, pytest.mark.skipif(CHROMIUM is None, reason="no browser: chromium is not installed")]
NOW = datetime(2026, 9, 5, 4, tzinfo=UTC)
"""When the pages are looked at, as in ``conftest``."""

PAGES = (
    "/sources",
    "/sources/br_caixa?fields=all",
    "/review",
    "/watches",
    "/watches/new?city=泉州市&kind=flat&min-cut=5%25",
    "/watches/edit?name=泉州",
    "/watches/remove?name=泉州",
)
BANK = {"city": "无锡市", "currency": Currency.CNY, "seller_name": "平安银行总行资产拍卖", "raw": "{}"}
BANK |= {"starts_at": NOW, "ends_at": NOW + timedelta(days=1)}  # together, so that they may be two
SHOPS = {
    "14": Statement(title="【二拍】-平安银行-江苏无锡汉江北路170号", asking_price=1_467_340_00, **BANK),  # type: ignore[arg-type]
    "116": Statement(title="【一拍】-平安银行-汉江北路170号房产", asking_price=2_096_200_00, **BANK),  # type: ignore[arg-type]
    "115": Statement(title="汉江北路119号、121号商铺", property_kind=PropertyKind.SHOP, **BANK),  # type: ignore[arg-type]
    "117": Statement(title="汉江北路119号121号房产", **BANK),  # type: ignore[arg-type]
}
HOURS = {"pace": "at_once", "speaks_at": "08:00", "speaks_on": 0, "zone": "Asia/Shanghai", "language": "zh"}


@pytest.fixture
def engine_of_all(recorded: Path, tmp_path: Path) -> Iterator[Engine]:
    """The recorded pages with a paused source, two pairs in doubt and a watch; to be written to."""
    for file in recorded.glob("homes.sqlite*"):
        shutil.copy(file, tmp_path / file.name)
    engine = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    begin(engine)
    record_all(engine, [look(0, SHOPS)])
    with writing(engine) as connection:
        set_pause(connection, "jd_judicial", NOW + timedelta(hours=30), "asked for a login")
        link_database(connection, NOW)
    feed = Asked(ChannelKind.ATOM, str(tmp_path / "feed.xml"))
    create_watch(engine, tmp_path / "secrets", "泉州", {"city": ["泉州市"], "deadline": "3d"}, HOURS, [feed], NOW)
    yield engine
    engine.dispose()


@pytest.fixture
def address(engine_of_all: Engine, recorded_settings: Settings, tmp_path: Path) -> Iterator[str]:
    places = {"secrets": tmp_path / "secrets", "feeds": tmp_path / "feeds"}
    with served(replace(recorded_settings, engine=engine_of_all, **places)) as found:
        yield found


@pytest.fixture
def watched(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens tabs, and fails at the end where one had an error or asked anybody else."""
    wrong: list[str] = []
    contexts = []

    def hear(message: Any) -> None:
        if message.type in {"error", "warning"} and "400 (Bad Request)" not in message.text:
            wrong.append(message.text)

    def see(request: Any) -> None:
        if not request.url.startswith((address, "data:")):
            wrong.append(f"asked {request.url}")

    def make(**how: Any) -> Any:
        contexts.append(browser.new_context(base_url=address, **how))
        page = contexts[-1].new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", see)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not wrong


def words_of_persons(engine: Engine) -> list[tuple[Judgement, str]]:
    with reading(engine) as connection:
        return [(each.judgement, each.author) for each in persons_decisions(connection)]


def place(page: Any) -> str:
    found: str = page.evaluate("document.activeElement.id")
    return found


def wait_for_place(page: Any, name: str) -> None:
    page.wait_for_function("name => document.activeElement.id === name", arg=name)


@both_languages
def test_no_page_has_a_finding_an_error_or_a_request_to_elsewhere(
    watched: Callable[..., Any], language: str, looks: list[Look]
):
    page = watched()
    for path in PAGES:
        assert_no_findings(page, path, language, looks)


def test_pairs_are_gone_through_and_decided_by_keys_alone(watched: Callable[..., Any], engine_of_all: Engine):
    page = watched(viewport=DESKTOP)
    page.goto("/review")
    page.locator("#author").focus()
    page.keyboard.type("sjd wang")
    page.keyboard.press("Enter")
    wait_for_place(page, "pair-1")
    assert not words_of_persons(engine_of_all)
    pairs = page.locator(".pair").count()
    assert pairs > 1
    for _ in range(pairs):  # once more than there are others
        page.keyboard.press("j")
    assert place(page) == f"pair-{pairs}"
    for _ in range(pairs - 1):
        page.keyboard.press("k")
    assert place(page) == "pair-1"
    second = page.inner_text("#pair-2 thead")
    page.keyboard.press("d")
    page.wait_for_selector(".said")
    assert words_of_persons(engine_of_all) == [(Judgement.DIFFERENT, "sjd wang")]
    wait_for_place(page, "pair-1")
    assert page.inner_text("#pair-1 thead") == second
    page.keyboard.press("u")
    page.wait_for_selector(f"#pair-{pairs}")
    wait_for_place(page, "pair-1")
    assert not words_of_persons(engine_of_all)
    page.keyboard.press("s")
    page.wait_for_selector(".said")
    assert words_of_persons(engine_of_all) == [(Judgement.SAME, "sjd wang")]


def test_a_key_in_a_field_and_a_key_of_the_browser_decide_nothing(watched: Callable[..., Any], engine_of_all: Engine):
    page = watched(viewport=DESKTOP)
    page.goto("/review")
    page.fill("#author", "li")
    page.press("#author", "Enter")
    wait_for_place(page, "pair-1")
    page.keyboard.press("Alt+d")
    page.keyboard.press("Control+Shift+j")
    page.goto("/review")
    assert not words_of_persons(engine_of_all)


def test_without_scripts_a_pair_is_decided_and_taken_back(watched: Callable[..., Any], engine_of_all: Engine):
    page = watched(viewport=PHONE, java_script_enabled=False)
    page.goto("/review?lang=en")
    pairs = page.locator(".pair").count()
    page.fill("#author", "li")
    page.click("text=Keep")
    page.click("#pair-1 >> text=Two homes")
    assert words_of_persons(engine_of_all) == [(Judgement.DIFFERENT, "li")]
    assert page.locator(".pair").count() == pairs - 1
    page.click("text=Take back")
    assert page.locator(".pair").count() == pairs
    assert not words_of_persons(engine_of_all)


def test_without_scripts_a_search_becomes_a_watch(watched: Callable[..., Any], engine_of_all: Engine):
    page = watched(viewport=PHONE, java_script_enabled=False)
    page.goto("/watches/new?city=福州市&kind=flat&max-price=125万&lang=en")
    page.fill("#deadline", "soon")
    page.fill("#name", "Fuzhou")
    page.press("#name", "Enter")
    assert "--deadline: cannot read 'soon'" in page.inner_text("[role=alert]")
    page.fill("#deadline", "3d")
    page.press("#deadline", "Enter")
    assert "Added" in page.inner_text("[role=status]")
    with reading(engine_of_all) as connection:
        watch = find_watch(connection, "Fuzhou")
    assert watch
    assert watch.wishes == {"city": ["福州市"], "kind": ["flat"], "max_price": "1250000", "deadline": "3d"}


def test_a_watch_is_removed_by_keyboard_after_a_question(watched: Callable[..., Any], engine_of_all: Engine):
    page = watched(viewport=DESKTOP)
    page.goto("/watches?lang=en")
    page.locator("a", has_text="Remove").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/watches/remove*")
    page.locator("button", has_text="Remove").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/watches?done=removed")
    with reading(engine_of_all) as connection:
        assert find_watch(connection, "泉州") is None
