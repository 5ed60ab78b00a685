"""What the companion does not do: ask a site for anything, read without leave, tell more than it must, trust a page."""

import json

from fapai.pairing import new_pairing
from reporting.web.pairing import forget_pairings, pairings_path
from tests.extension.desk import Browser, Desk
from tests.extension.recorded import (
    FIRST_ROUND,
    JD_ITEM,
    JD_SEARCH,
    SECOND_ROUND,
    as_fetch,
    case,
    jd_item_page,
    page_that_asks,
    serve_case,
)
from tests.extension.sites import Sites

HOMES = "jd_judicial/list/homes-of-fuzhou-and-quanzhou-2026-09-01"
HOMES_URL = case(HOMES)[0]
PLATFORMS = ("jd.com", "taobao.com", "alicdn.com", "gpai.net", "rmfysszc.gov.cn", "caa123.org.cn", "icbc.com.cn")


def asked_of_platforms(sites: Sites) -> list[str]:
    return [each for each in sites.asked if each.split(" ")[1].split("/")[0].endswith(PLATFORMS)]


def open_search_until_answered(browser: Browser, sites: Sites, query: str) -> None:
    """Open a search page and wait until its own script has got its answer."""
    url = serve_case(sites, HOMES)
    sites.serve(f"{JD_SEARCH}{query}", page_that_asks(as_fetch(url)))
    browser.open(f"{JD_SEARCH}{query}")
    browser.page.get_by_text(str(len(sites.pages[url.removeprefix("https://")][2].decode()))).wait_for()


def test_a_site_is_asked_for_nothing_but_what_its_page_asks_for(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, HOMES)
    sites.serve(JD_SEARCH, page_that_asks(as_fetch(url)))

    paired.open(JD_SEARCH)
    paired.title_of_badge("14")
    paired.press_button()
    paired.open(JD_ITEM.format(311023125))  # a page that is not there
    paired.press_button()

    expected = [f"GET {each.removeprefix('https://')}" for each in (JD_SEARCH, url, JD_ITEM.format(311023125))]
    assert [each for each in asked_of_platforms(sites) if "favicon" not in each] == expected


def test_reading_a_page_loads_and_runs_nothing_of_it_again(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, HOMES)
    once = """<img src="/lot.png"><video src="/lot.mp4" preload="auto"></video><fapai-lot></fapai-lot><script>
        window.made = 0; customElements.define("fapai-lot", class extends HTMLElement {
          constructor() { super(); window.made += 1; } });</script>"""
    sites.serve(JD_SEARCH, page_that_asks(as_fetch(url), once))

    paired.open(JD_SEARCH)
    pages = desk.next_batch()
    while not any("<fapai-lot>" in page["body"] for page in pages):
        pages += desk.next_batch()

    assert [each for each in asked_of_platforms(sites) if each.endswith("lot.png")] == ["GET auction.jd.com/lot.png"]
    assert [each for each in asked_of_platforms(sites) if each.endswith("lot.mp4")] == ["GET auction.jd.com/lot.mp4"]
    assert paired.page.evaluate("() => window.made") == 1


def test_the_page_gets_its_answers_whole(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, HOMES)
    length = len(sites.pages[url.removeprefix("https://")][2].decode())
    json_answer = f"""const ask = new XMLHttpRequest(); ask.responseType = "json"; ask.open("GET", {url!r});
        ask.onload = () => document.body.append(` of ${{ask.response.datas.length}}`); ask.send();"""
    sites.serve(JD_SEARCH, page_that_asks(as_fetch(url) + json_answer))

    paired.open(JD_SEARCH)

    paired.page.get_by_text(str(length)).wait_for()
    paired.page.get_by_text("of 14").wait_for()


def test_nothing_is_read_before_pairing(browser: Browser, desk: Desk, sites: Sites):
    desk.start()
    open_search_until_answered(browser, sites, "?before")

    browser.pair(desk.pairing_line())
    open_search_until_answered(browser, sites, "?after")

    browser.title_of_badge("14")
    assert [page["url"] for page in desk.next_batch()] == [HOMES_URL]
    assert len(desk.pages) == 1


def test_nothing_is_read_while_paused(paired: Browser, desk: Desk, sites: Sites):
    paired.options.click("#pause")
    paired.options.wait_for_selector("#pause[data-paused=yes]")
    open_search_until_answered(paired, sites, "?while")

    paired.options.bring_to_front()
    paired.options.click("#pause")
    paired.options.wait_for_selector("#pause[data-paused='']")
    open_search_until_answered(paired, sites, "?after")

    paired.title_of_badge("14")
    assert len(desk.pages) == 1


def test_secrets_of_the_user_stay_in_the_browser(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, HOMES)
    asked = f"{url}&h5st=20260901%3Bsecret&x-api-eid-token=secret&t=1"
    sites.serve(asked, sites.pages[url.removeprefix("https://")][2], "application/json")
    fields = """<input name="_tb_token_" type="hidden" value="secret"><input type="password" value="secret">
        <input name="loginId" value="secret"><input name="keyword" value="鼓浪屿">"""
    sites.serve(JD_SEARCH, page_that_asks(as_fetch(asked), fields))

    paired.open(JD_SEARCH)
    paired.title_of_badge("14")
    pages = desk.next_batch()
    while not any("鼓浪屿" in page["body"] for page in pages):
        pages += desk.next_batch()

    (document,) = (page["body"] for page in pages if "鼓浪屿" in page["body"])
    assert "secret" not in document.partition("<script>")[0]
    assert "loginId" in document
    assert not any("secret" in page["url"] for page in pages)
    assert any(page["url"] == f"{url}&t=1" for page in pages)


def test_a_page_that_was_open_before_the_pause_is_not_read_on(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, HOMES)
    sites.serve(JD_SEARCH, page_that_asks(f"function goOn() {{ {as_fetch(url)} }}"))
    paired.open(JD_SEARCH)
    while not any(page["url"] == JD_SEARCH for page in desk.next_batch()):
        pass
    paired.options.click("#pause")
    paired.options.wait_for_selector("#pause[data-paused=yes]")

    paired.page.evaluate("() => goOn()")
    paired.page.get_by_text(str(len(sites.pages[url.removeprefix("https://")][2].decode()))).wait_for()
    paired.options.bring_to_front()
    paired.options.click("#pause")
    paired.options.wait_for_selector("#pause[data-paused='']")
    captcha = serve_case(sites, "ali_judicial/list_json/captcha-page")
    paired.open(captcha)
    paired.title_of_badge("!")

    assert desk.listings == {}
    assert [page["outcome"] for page in desk.pages] == ["blocked"]


def test_a_page_can_neither_hear_nor_forge_what_is_handed_over(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, HOMES)
    forge = f"""window.heard = [];
        addEventListener("message", (event) => window.heard.push(String(event.data)), true);
        const channel = new MessageChannel();
        const forged = {{ url: {JD_ITEM.format(1)!r}, posted: null, body: "forged", status: 200,
                          contentType: "text/html", observedAt: new Date().toISOString() }};
        window.postMessage("fapai-companion", "*", [channel.port2]);
        channel.port1.postMessage(forged);
        window.postMessage(forged, "*");"""
    page = page_that_asks(as_fetch(url)).replace("<head>", f"<head><script>{forge}</script>")
    sites.serve(JD_SEARCH, page)

    paired.open(JD_SEARCH)
    paired.title_of_badge("14")

    pages = desk.next_batch()
    assert not any(page["body"] == "forged" for page in pages)
    assert paired.page.evaluate("() => window.heard") == ["fapai-companion", "[object Object]"]  # its own two


def test_the_panel_cannot_be_read_by_the_page(paired: Browser, desk: Desk, sites: Sites):
    for round_ in (FIRST_ROUND, SECOND_ROUND):
        sites.serve(JD_ITEM.format(round_.source_id), jd_item_page(round_))
    paired.open(JD_ITEM.format(FIRST_ROUND.source_id))
    paired.title_of_badge("1")
    paired.open(JD_ITEM.format(SECOND_ROUND.source_id))
    paired.panel()

    seen = "() => { const h = document.querySelector('fapai-companion-panel'); return [h.shadowRoot, h.innerHTML]; }"
    assert paired.page.evaluate(seen) == [None, ""]


def test_hostile_words_are_text_in_the_panel_and_lead_nowhere(paired: Browser, desk: Desk, sites: Sites):
    sites.serve(JD_SEARCH, page_that_asks(""))
    paired.open(JD_SEARCH)
    hostile = "<img src=x onerror=alert(1)>"
    names = ("listing", "round_kind", "status", "currency", "place")
    each = {**dict.fromkeys(names, hostile), "place": "1.1", "url": "javascript:alert(1)", "is_this": False}
    each |= {"price": "1", "hammer_price": hostile, "cut_percent": hostile, "starts_at": None, "ends_at": None}
    home = {"listing": hostile, "rounds": [each, each | {"is_this": True}], "cut": None, "question_count": 1}

    paired.in_reader(f"fapaiPanel.show({json.dumps(home)}, true)")

    assert hostile in paired.panel()
    host = "chrome.dom.openOrClosedShadowRoot(document.querySelector('fapai-companion-panel'))"
    assert paired.in_reader(f"{host}.querySelectorAll('img, a').length") == 0


def test_a_pairing_that_was_ended_is_told_and_pages_wait(paired: Browser, desk: Desk, sites: Sites):
    path = pairings_path(desk.engine.url.render_as_string())
    assert forget_pairings(path) == 1
    url = serve_case(sites, HOMES)
    sites.serve(JD_SEARCH, page_that_asks(as_fetch(url)))

    paired.open(JD_SEARCH)
    assert "重新配对" in paired.title_of_badge("!")
    assert desk.listings == {}
    paired.pair(new_pairing(desk.engine, desk.port))

    assert len(desk.listings) == 14


def test_a_server_for_reading_only_is_told_as_such(paired: Browser, desk: Desk, sites: Sites):
    desk.stop()
    desk.start(is_read_only=True)

    paired.open(serve_case(sites, "ali_judicial/list_json/captcha-page"))

    assert paired.title_of_badge("!") == "这里的 fapai 只供查看，不收页面"


def test_a_pairing_line_that_leads_elsewhere_is_refused(browser: Browser, desk: Desk):
    browser.options.bring_to_front()
    for line in (
        "http://example.com/#abcdefghijklmnopqrstuvwxyz",
        "http://127.0.0.1.example.com:80/#abcdefghijklmnopqrst",
    ):
        browser.options.fill("#line", line)
        browser.options.click("button[type=submit]")
        browser.options.get_by_text("这不是配对行").wait_for()

    browser.options.get_by_text("尚未配对").wait_for()


def test_the_options_show_what_was_sent_and_axe_finds_nothing(paired: Browser, desk: Desk, sites: Sites):
    from axe_playwright_python.sync_playwright import Axe

    captcha = serve_case(sites, "ali_judicial/list_json/captcha-page")
    paired.open(captcha)
    paired.title_of_badge("!")
    paired.options.bring_to_front()
    row = paired.options.locator("#log tbody tr").first
    row.wait_for()

    assert "验证页" in row.inner_text()
    assert "sf.taobao.com/item_list.htm" in row.inner_text()
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390)):
        paired.options.emulate_media(color_scheme=scheme)
        paired.options.set_viewport_size({"width": width, "height": 800})
        found = Axe().run(paired.options).response["violations"]
        assert [each["id"] for each in found] == []


def test_what_was_sent_can_be_forgotten(paired: Browser, desk: Desk, sites: Sites):
    paired.open(serve_case(sites, "ali_judicial/list_json/captcha-page"))
    paired.title_of_badge("!")
    paired.options.bring_to_front()
    paired.options.locator("#log tbody tr").first.wait_for()

    paired.options.click("#forget")

    paired.options.wait_for_selector("#log-empty")
    kept = paired.worker.evaluate("() => chrome.storage.local.get(['log', 'counts'])")
    assert kept["log"] == []
    assert kept["counts"]["pages"] == 0
