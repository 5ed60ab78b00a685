"""The spider of each source crawls its pages over real HTTP, and the database holds what they say."""

import json
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

import pytest

from crawler.launch import run_crawl
from crawler.orders import CrawlFailed, CrawlOrders
from crawler.parsers import rmfysszc
from crawler.play import PlayedPage
from crawler.settings import PROJECT
from crawler.spiders import ali_judicial
from store.archive import Place, read_page
from tests.crawler.spiders.crawl_help import (
    FIRST_DAY,
    LIST,
    SECOND_DAY,
    Database,
    bank_list,
    case_body,
    instant,
    play,
    player_of,
)

ALI_CARDS = "ali_judicial/list_cards/{}-fuzhou-2026-08-31"


def without(row: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in names}


COUNT = re.compile(r'class="count">\d+')


def test_br_caixa_stores_each_row_of_the_lists_asked_for(database: Database) -> None:
    body = bank_list()
    rows = [line.split(";") for line in body.decode("latin-1").splitlines()[4:]]
    with player_of(play(LIST.format("MS"), body, content_type="text/csv")) as player:
        summary = database.crawl("br_caixa", player.base_url, "ms")
    assert (summary.verdict, summary.counters["listing/new"]) == ("ok", len(rows))
    assert [asked["target"] for asked in player.asked] == ["/robots.txt", "/listaweb/Lista_imoveis_MS.csv"]
    stored = {listing["source_id"]: listing for listing in database.listings}
    assert stored.keys() == {row[0].strip() for row in rows}
    for number, _, city, _, street, price, appraisal, _, _, _, link in rows:
        listing = stored[number.strip()]
        assert listing["asking_price"] == Decimal(price.replace(".", "").replace(",", ".")) * 100
        assert listing["appraisal_price"] == Decimal(appraisal.replace(".", "").replace(",", ".")) * 100
        assert (listing["address"], listing["url"]) == (street.strip(), link)
        assert listing["city"].casefold() == city.strip().casefold()
        assert listing["last_seen_at"] == instant(FIRST_DAY)
    (page,) = database.pages
    assert page["url"] == LIST.format("MS")  # the site's address, not that of the server here
    assert read_page(database.archive, Place(page["archive_file"], page["archive_offset"])).body == body


def test_an_unchanged_second_crawl_changes_only_last_seen_at(database: Database) -> None:
    body = bank_list()
    with player_of(play(LIST.format("MS"), body), play(LIST.format("MS"), body, SECOND_DAY)) as player:
        database.crawl("br_caixa", player.base_url, "MS")
        before, history = database.listings, database.observations
        player.today = SECOND_DAY
        summary = database.crawl("br_caixa", player.base_url, "MS")
    assert (summary.verdict, summary.counters["listing/unchanged"]) == ("ok", len(before))
    assert [row["last_seen_at"] for row in database.listings] == [instant(SECOND_DAY)] * len(before)
    assert [without(row, "last_seen_at") for row in database.listings] == [
        without(row, "last_seen_at") for row in before
    ]
    assert database.observations == history
    assert [page["observed_at"] for page in database.pages] == [instant(FIRST_DAY), instant(SECOND_DAY)]


def test_the_same_look_played_twice_is_known_and_does_no_harm(database: Database) -> None:
    with player_of(play(LIST.format("MS"), bank_list())) as player:
        database.crawl("br_caixa", player.base_url, "MS")
        before = database.listings
        summary = database.crawl("br_caixa", player.base_url, "MS")
    assert (summary.verdict, summary.counters["page/known"]) == ("ok", 1)
    assert (database.listings, len(database.pages)) == (before, 1)


def rmfysszc_pending() -> dict[str, str]:
    """The lots of the recorded page that have no result, with their titles."""
    cards = json.loads(case_body("rmfysszc/list/guangdong-page-1-upcoming-and-ended"))["html"].split("<div id=")[1:]
    return {card.split(" ")[0]: card.split("title='")[1].split("'")[0] for card in cards if "即将开始" in card}


def rmfysszc_lot_pages(lots: dict[str, str], day: date = FIRST_DAY) -> list[PlayedPage]:
    """The page of each lot, as a public project describes it."""
    body = case_body("rmfysszc/lot/first-auction-with-notice").decode()
    return [
        play(
            f"https://www.rmfysszc.gov.cn/statichtml/rm_obj/{lot}.shtml",
            body.replace("惠州市惠阳区淡水大埔村昶园2幢1单元20层03号房", title),
            day,
        )
        for lot, title in lots.items()
    ]


def test_rmfysszc_does_not_ask_for_the_state_of_lots_that_have_not_begun(database: Database) -> None:
    area, cases = "广东省", ("guangdong-page-1-upcoming-and-ended", "one-page-past-the-end")
    day = date(2022, 11, 10)  # all upcoming lots of the page start later
    lists = [
        play(rmfysszc.LIST_URL, case_body(f"rmfysszc/list/{case}"), day, form=rmfysszc.list_form(number, area))
        for number, case in enumerate(cases, 1)
    ]
    with player_of(*lists, *rmfysszc_lot_pages(rmfysszc_pending(), day)) as player:
        player.today = day
        summary = database.crawl("rmfysszc", player.base_url, area)
    assert (summary.verdict, len(database.listings)) == ("ok", 20)
    assert not any("Finish" in asked["target"] for asked in player.asked)


def test_rmfysszc_reads_lots_their_states_and_the_page_past_the_end(database: Database) -> None:
    area, cases = "广东省", ("guangdong-page-1-upcoming-and-ended", "one-page-past-the-end")
    lists = [
        play(rmfysszc.LIST_URL, case_body(f"rmfysszc/list/{case}"), form=rmfysszc.list_form(number, area))
        for number, case in enumerate(cases, 1)
    ]
    cards = json.loads(lists[0].body)["html"].split("<div id=")[1:]
    pending = rmfysszc_pending()
    answers = {lot: f"({{state:'1',price:'{number}.5'}})" for number, lot in enumerate(pending, 1)}
    states = [
        play(f"https://www.rmfysszc.gov.cn/Object/Finish.shtml?oid={lot}", body, memento=instant(FIRST_DAY, 13))
        for lot, body in answers.items()
    ]
    with player_of(*lists, *states, *rmfysszc_lot_pages(pending)) as player:
        summary = database.crawl("rmfysszc", player.base_url, area)
    assert (summary.verdict, summary.counters["page/read"]) == ("ok", 1 + 2 * len(pending))
    stored = {listing["source_id"]: listing for listing in database.listings}
    assert len(stored) == len(cards) == 20
    assert Counter(listing["status"] for listing in stored.values()) == {
        "ongoing": len(pending),
        "failed": sum("已流标" in card for card in cards),
        "sold": sum("已成交" in card for card in cards),
    }
    for number, lot in enumerate(pending, 1):
        assert stored[lot]["current_price"] == (number * 10 + 5) * 1000 * 100  # n.5 万 in fen
        assert stored[lot]["starting_price"]  # said by the list, not cleared by the status
        assert stored[lot]["round_kind"] == "first_auction"  # said by the page of the lot alone


def test_rmfysszc_without_details_asks_for_lists_only(database: Database) -> None:
    cases = ("guangdong-page-1-upcoming-and-ended", "one-page-past-the-end")
    lists = [
        play(rmfysszc.LIST_URL, case_body(f"rmfysszc/list/{case}"), form=rmfysszc.list_form(number))
        for number, case in enumerate(cases, 1)
    ]
    with player_of(*lists) as player:
        summary = database.crawl("rmfysszc", player.base_url, with_details=False)
    assert summary.verdict == "ok"
    assert {asked["target"] for asked in player.asked} == {"/robots.txt", "/ProjectHandle.shtml"}


def test_ali_judicial_reads_json_lists_in_gbk_next_pages_and_cards(database: Database) -> None:
    address = f"{ali_judicial.LIST_URL}&sorder="
    running, last = (
        COUNT.sub('class="count">35', case_body(f"ali_judicial/list_json/{case}").decode())
        for case in ("sell-offs-of-2020-with-next-page", "last-list-page-without-next")
    )
    upcoming, ended = (case_body(ALI_CARDS.format(state)) for state in ("upcoming", "ended"))
    pages = [
        play(f"{address}0", running.encode("gb18030"), content_type="text/html; charset=GBK"),
        play(
            f"{ali_judicial.LIST_URL}&city={quote('合肥'.encode('gb18030'))}&page=2",
            last,
            memento=instant(FIRST_DAY, 13),
        ),
        play(f"{address}1", upcoming, memento=datetime.fromisoformat("2026-08-31T20:00:00+08:00")),
        play(f"{address}2", ended, memento=datetime.fromisoformat("2026-08-31T20:00:00+08:00")),
    ]
    ids = set(re.findall(r'"id":\s*(\d+)', running + last))
    ids |= set(re.findall(r"sf_item/(\d+)\.htm", (upcoming + ended).decode()))
    with player_of(*pages) as player:
        summary = database.crawl("ali_judicial", player.base_url, with_details=False, max_pages=4)
    assert (summary.verdict, summary.reason) == ("ok", None)
    assert {listing["source_id"] for listing in database.listings} == ids
    assert {page["reader"] for page in database.pages} == {"ali_judicial.list_json", "ali_judicial.list_cards"}
    titles = [listing["title"] for listing in database.listings if listing["round_kind"] == "sell_off"]
    assert len(titles) >= 32
    assert all("合肥" in title for title in titles)


def test_max_pages_bounds_the_lists(database: Database) -> None:
    running = case_body("ali_judicial/list_json/sell-offs-of-2020-with-next-page")
    with player_of(play(f"{ali_judicial.LIST_URL}&sorder=0", running)) as player:
        summary = database.crawl("ali_judicial", player.base_url, max_pages=1, with_details=False)
    assert (summary.verdict, summary.counters["page/read"]) == ("ok", 1)
    assert len(player.asked) == 2  # robots.txt and the one list


def test_the_spider_says_who_asks(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAPAI_CONTACT", "https://tracker.example/about")
    with player_of(play(LIST.format("MS"), bank_list(3))) as player:
        run_crawl(CrawlOrders("br_caixa", database.url, ("MS",), base_url=player.base_url))
    assert [asked["User-Agent"] for asked in player.asked] == [f"{PROJECT} (+https://tracker.example/about)"] * 2
    assert player.asked[1]["Accept-Language"].startswith("zh-CN")
    assert "Cookie" not in player.asked[1]


def test_a_scope_that_the_source_does_not_know_is_told_before_anything_is_asked(database: Database) -> None:
    with player_of() as player, pytest.raises(CrawlFailed, match="no state is called XX"):
        database.crawl("br_caixa", player.base_url, "XX")
    assert player.asked == []
    assert database.runs == []


def test_a_lot_with_a_bad_date_is_refused_and_the_crawl_goes_on(database: Database) -> None:
    area, cases = "广东省", ("guangdong-page-1-upcoming-and-ended", "one-page-past-the-end")
    bodies = [case_body(f"rmfysszc/list/{case}") for case in cases]
    bodies[0] = bodies[0].replace("11月24日10:00".encode(), "13月45日10:00".encode(), 1)
    day = date(2022, 11, 10)
    lists = [
        play(rmfysszc.LIST_URL, body, day, form=rmfysszc.list_form(number, area))
        for number, body in enumerate(bodies, 1)
    ]
    with player_of(*lists) as player:
        player.today = day
        summary = database.crawl("rmfysszc", player.base_url, area, with_details=False)
    assert (summary.verdict, summary.counters["row/refused"], len(database.listings)) == ("rows_refused", 1, 19)
    assert len(database.pages) == 2
