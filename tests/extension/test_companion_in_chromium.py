"""The companion in a real Chromium, on recorded pages under the platforms' own names: what it reads and tells."""

import html
from datetime import UTC, datetime

from store.terms import RoundKind
from tests.extension.desk import Browser, Desk
from tests.extension.recorded import (
    FIRST_ROUND,
    JD_ITEM,
    JD_SEARCH,
    SECOND_ROUND,
    as_fetch,
    case,
    jd_answer,
    jd_item_page,
    page_that_asks,
    serve_case,
)
from tests.extension.sites import Sites

HOMES = "jd_judicial/list/homes-of-fuzhou-and-quanzhou-2026-09-01"
COURT_LIST = "https://www.rmfysszc.gov.cn/projects.shtml"


def test_answers_that_a_page_loads_become_listings_and_a_badge(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, HOMES)
    sites.serve(JD_SEARCH, page_that_asks(as_fetch(url)))

    paired.open(JD_SEARCH)

    assert paired.title_of_badge("14") == "读到 14 套，0 套降价"
    assert len(desk.listings) == 14
    assert desk.listings["jd_judicial:311023125"]["starting_price"] == 96_375_600


def test_an_answer_to_a_prepared_request_is_read_though_the_page_reads_it_at_once(
    paired: Browser, desk: Desk, sites: Sites
):
    """JD's gateway is told by the form alone what is asked; the form of a Request can be read later only."""
    url, answer = case(HOMES)
    gateway, _, form = url.partition("?")
    sites.serve(gateway, answer, "application/json")
    ask = f"""fetch(new Request({gateway!r}, {{ method: "POST", body: new URLSearchParams({form!r}) }}))
        .then((told) => told.json()).then((told) => document.body.append(` of ${{told.datas.length}}`));"""
    sites.serve(JD_SEARCH, page_that_asks(ask))

    paired.open(JD_SEARCH)

    paired.page.get_by_text("of 14").wait_for()
    paired.title_of_badge("14")
    assert len(desk.listings) == 14


def test_a_page_that_goes_on_without_loading_is_counted_anew(paired: Browser, desk: Desk, sites: Sites):
    first, second = jd_answer(FIRST_ROUND), jd_answer(SECOND_ROUND)
    later = second.url.replace("%22page%22:1", "%22page%22:2")
    sites.serve(first.url, first.body, "application/json")
    sites.serve(later, second.body, "application/json")
    go_on = f"function goOn() {{ history.pushState(null, '', '?page=2#list'); {as_fetch(later)} }}"
    sites.serve(JD_SEARCH, page_that_asks(f"{as_fetch(first.url)} {go_on}"))
    paired.open(JD_SEARCH)
    paired.title_of_badge("1")

    paired.page.evaluate("() => goOn()")

    assert paired.title_of_badge("1↓1") == "读到 1 套，1 套降价"
    assert len(desk.listings) == 2


def test_a_list_that_is_posted_for_tells_its_cuts(paired: Browser, desk: Desk, sites: Sites):
    """Six assets of the recorded page stand there in two or three rounds, each cheaper in the second."""
    url = serve_case(sites, "rmfysszc/list/guangdong-page-1-upcoming-and-ended")
    form = "area=%E5%B9%BF%E4%B8%9C%E7%9C%81&page=1&token=secret"
    ask = f"""const ask = new XMLHttpRequest();
        ask.open("POST", {url!r});
        ask.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
        ask.onload = () => document.body.append(" " + ask.responseText.length);
        ask.send({form!r});"""
    sites.serve("https://www1.rmfysszc.gov.cn/", page_that_asks(ask))

    paired.open("https://www1.rmfysszc.gov.cn/")

    words = paired.title_of_badge("20↓6")
    assert words == "读到 20 套，6 套降价"
    (page,) = (page for page in desk.pages if page["url"].startswith(url))
    assert "area=" in page["url"]
    assert "secret" not in page["url"]


def test_a_document_is_read_as_the_browser_holds_it(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, "ali_judicial/list_json/list-page-in-gbk", "text/html; charset=GBK")

    paired.open(url)

    paired.title_of_badge("6")
    (page,) = desk.pages
    assert page["url"] == url
    assert all(name.startswith("ali_judicial:") for name in desk.listings)
    assert any("合肥" in str(each["title"]) for each in desk.listings.values())


def test_an_answer_in_a_call_is_read_beside_its_document(paired: Browser, desk: Desk, sites: Sites):
    page_url, page = case("ali_judicial/detail/second-auction-sold-2026")
    answer_url, answer = case("ali_judicial/result/sold")
    asked = f"{answer_url}&callback=jsonp7"
    sites.serve(asked, answer.replace(b"callback(", b"jsonp7("), "text/javascript")
    script = f"""window.jsonp7 = (told) => document.body.append("bids " + told.data.bidCount);
        const call = document.createElement("script"); call.src = {asked!r}; document.head.append(call);"""
    sites.serve(page_url, page.decode().replace("</body>", f"<script>{script}</script></body>"))

    paired.open(page_url)
    paired.page.get_by_text("bids 36").wait_for()  # the page's own function was called

    paired.title_of_badge("1")
    while len(desk.pages) < 2:
        desk.next_batch()
    assert {each["reader"] for each in desk.pages} == {"ali_judicial.detail", "ali_judicial.result"}
    assert desk.listings["ali_judicial:1073199694629"]["hammer_price"] == 43_027_900


def test_a_description_that_a_script_sets_is_read(paired: Browser, desk: Desk, sites: Sites):
    page_url, page = case("ali_judicial/detail/second-auction-sold-2026")
    url, text = case("ali_judicial/description/script-in-gbk")
    sites.serve(url, text, "text/javascript; charset=GBK")
    sites.serve(page_url, page.decode().replace("</body>", f'<script src="{html.escape(url)}"></script></body>'))

    paired.open(page_url)

    paired.title_of_badge("2")  # the description is that of another item
    words = str(desk.listings["ali_judicial:552310861356"])
    assert "2016）苏0508执恢316号" in words


def test_the_second_round_of_a_home_shows_the_first_and_the_cut(paired: Browser, desk: Desk, sites: Sites):
    for round_ in (FIRST_ROUND, SECOND_ROUND):
        sites.serve(JD_ITEM.format(round_.source_id), jd_item_page(round_))
    paired.open(JD_ITEM.format(FIRST_ROUND.source_id))
    paired.title_of_badge("1")

    paired.open(JD_ITEM.format(SECOND_ROUND.source_id))

    assert paired.title_of_badge("1↓1") == "读到 1 套，1 套降价"
    lines = paired.panel()
    assert lines[:3] == ["fapai 已知 2 次上拍", "×", "↓ 20%"]
    assert lines[3] == "现价 84.96\xa0万，比最高价 106.2\xa0万低 21.24\xa0万，为历史最低"
    assert lines[4:6] == ["一拍", "106.2\xa0万"]
    assert lines[lines.index("二拍") :][:2] == ["二拍", "84.96\xa0万"]
    assert "↓ 20%" in lines[lines.index("二拍") :]
    assert desk.listings[f"jd_judicial:{SECOND_ROUND.source_id}"]["round_kind"] == RoundKind.SECOND_AUCTION


def test_a_known_page_shows_its_panel_before_it_is_read_again(paired: Browser, desk: Desk, sites: Sites):
    """A page that is a frame without its data cannot be read; its address is known all the same."""
    sites.serve(jd_answer(FIRST_ROUND, SECOND_ROUND).url, jd_answer(FIRST_ROUND, SECOND_ROUND).body, "application/json")
    sites.serve(JD_SEARCH, page_that_asks(as_fetch(jd_answer(FIRST_ROUND, SECOND_ROUND).url)))
    paired.open(JD_SEARCH)
    paired.title_of_badge("2↓1")
    sites.serve(JD_ITEM.format(SECOND_ROUND.source_id), page_that_asks(""))

    paired.open(JD_ITEM.format(SECOND_ROUND.source_id))

    assert "↓ 20%" in paired.panel()


def test_a_closed_panel_stays_closed_until_the_button_is_pressed(paired: Browser, desk: Desk, sites: Sites):
    for round_ in (FIRST_ROUND, SECOND_ROUND):
        sites.serve(JD_ITEM.format(round_.source_id), jd_item_page(round_))
    paired.open(JD_ITEM.format(FIRST_ROUND.source_id))
    paired.title_of_badge("1")
    paired.open(JD_ITEM.format(SECOND_ROUND.source_id))
    paired.title_of_badge("1↓1")
    paired.panel()

    paired.press_in_panel("button")
    assert paired.page.locator("fapai-companion-panel").count() == 0

    paired.press_button()
    assert "↓ 20%" in paired.panel()


def test_a_home_of_one_attempt_gets_no_panel(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, "jd_judicial/item_page/not-begun-as-a-browser-held-it")

    paired.open(url)
    paired.title_of_badge("1")
    paired.press_button()  # whoever asks for it sees it

    assert paired.panel()[0].startswith("fapai 首次见于")


def test_the_words_are_english_in_an_english_browser(new_browser, desk: Desk, sites: Sites):
    browser = new_browser("en")
    desk.start()
    browser.pair(desk.pairing_line())
    for round_ in (FIRST_ROUND, SECOND_ROUND):
        sites.serve(JD_ITEM.format(round_.source_id), jd_item_page(round_))
    browser.open(JD_ITEM.format(FIRST_ROUND.source_id))
    browser.title_of_badge("1")

    browser.open(JD_ITEM.format(SECOND_ROUND.source_id))

    assert browser.title_of_badge("1↓1") == "1 listings read, 1 of them cut"
    assert browser.panel()[3] == "¥212,400 below its highest price, ¥1,062,000; now ¥849,600, the lowest ever"


def test_pages_wait_while_fapai_does_not_run_and_keep_their_time(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, HOMES)
    sites.serve(JD_SEARCH, page_that_asks(as_fetch(url)))
    desk.stop()

    paired.open(JD_SEARCH)
    assert "fapai 没有运行" in paired.title_of_badge("…")
    paired.options.bring_to_front()
    paired.options.wait_for_selector("#state[data-mood=bad]")
    seen_by = datetime.now(UTC)
    desk.start()
    paired.options.click("#send")
    paired.options.wait_for_selector("#state[data-mood=good]")

    assert len(desk.listings) == 14
    assert all(page["observed_at"] < seen_by for page in desk.pages)


def test_a_captcha_page_is_told_and_is_no_empty_list(paired: Browser, desk: Desk, sites: Sites):
    url = serve_case(sites, "ali_judicial/list_json/captcha-page")

    paired.open(url)

    assert paired.title_of_badge("!") == "本页是验证页，没有读到房源"
    assert [page["outcome"] for page in desk.pages] == ["blocked"]
    assert desk.listings == {}
