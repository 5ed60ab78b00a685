"""A query that does not fit is asked for in parts; what was stated and what came is kept; nothing is asked in vain."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, TextResponse
from sqlalchemy import Engine, select

from crawler.items import Dialect, Expectation, Follow, ListingItem, PageContent, Reader, SourceSpec
from crawler.orders import CrawlScope
from crawler.page import Page
from crawler.reading import Reading, read
from crawler.recording import RunRecorder
from crawler.spiders.base import ReadPageItem, SourceSpider
from store.engine import open_engine, reading, writing
from store.manners import add_requests, pause_of, requests_on, set_pause
from store.rows import COVERAGE
from store.runs import add_sources
from store.terms import Currency, PageOutcome

PER_PAGE = 2
DIALECT = Dialect(Currency.CNY, "Asia/Shanghai", "CN")


def parse_list(page: Page) -> PageContent:
    answer: Any = page.json
    items = [ListingItem(lot["id"], {}, title=lot["title"], starting_price_raw=lot["price"]) for lot in answer["lots"]]
    content = PageContent(items, stated_count=answer["total"])
    content.follows = [
        Follow(f"https://toy.example/lot/{item.source_id}", "toy.detail", about=item.source_id) for item in items
    ]
    if answer["next"]:
        content.follows.append(Follow(answer["next"], "toy.list", is_next_page=True))
    return content


def parse_detail(page: Page) -> PageContent:
    lot: Any = page.json
    return PageContent([ListingItem(lot["id"], {}, title=lot["title"], floor_area_raw=lot["area"])])


SPEC = SourceSpec(
    "toy",
    "Toy",
    "https://toy.example/",
    "Lots of a site that lists at most four of a query.",
    Expectation(1, 100),
    (
        Reader("toy.list", "toy", DIALECT, lambda page: b'"lots"' in page.body, parse_list),
        Reader("toy.detail", "toy", DIALECT, lambda page: b'"area"' in page.body, parse_detail),
    ),
)


class ToySpider(SourceSpider):
    name = "toy"
    spec = SPEC
    max_reachable: ClassVar[int | None] = 4

    def first_pages(self) -> Iterable[Follow]:
        return [Follow(f"https://toy.example/list?city={city}", "toy.list") for city in self.scope.cities or ("",)]

    def narrower(self, follow: Follow) -> Sequence[Follow]:
        if "city=&" in follow.url or follow.url.endswith("city="):
            return [Follow(f"https://toy.example/list?city={city}", "toy.list") for city in ("east", "west")]
        return ()

    def check_scope(self, follow: Follow, reading: Reading) -> str | None:
        asked = parse_qs(urlsplit(follow.url).query).get("city")
        strangers = [each for each in reading.listings if asked and not each.source_id.startswith(asked[0])]
        return f"{len(strangers)} lots of another place" if strangers else None


class Site:
    """Answers the spider's requests; of one query it shows four lots and no more."""

    def __init__(self, **lots: int) -> None:
        self.lots = {
            f"{city}-{number}": {"title": f"{city} lot {number}", "price": 100 + number}
            for city, count in lots.items()
            for number in range(count)
        }
        self.missing: set[str] = set()
        self.knows_places = True
        self.asked: list[str] = []

    def answer(self, url: str) -> dict[str, Any]:
        self.asked.append(url.removeprefix("https://toy.example/"))
        parts = urlsplit(url)
        if parts.path.startswith("/lot/"):
            source_id = parts.path.rpartition("/")[2]
            return {"id": source_id, "title": self.lots[source_id]["title"], "area": "89.5"}
        query = parse_qs(parts.query)
        city, page = query.get("city", [""])[0], int(query.get("page", ["1"])[0])
        found = [key for key in self.lots if key.startswith(city) or not self.knows_places]
        shown = [key for key in found if key not in self.missing][: ToySpider.max_reachable]
        here = shown[(page - 1) * PER_PAGE : page * PER_PAGE]
        following = f"https://toy.example/list?city={city}&page={page + 1}" if shown[page * PER_PAGE :] else None
        return {"total": len(found), "next": following, "lots": [{"id": key, **self.lots[key]} for key in here]}


def crawl(
    site: Site,
    recorder: RunRecorder | None = None,
    *cities: str,
    at: int = 1,
    spider_class: type[ToySpider] = ToySpider,
    keep: list[ToySpider] | None = None,
    **scope: Any,
) -> tuple[ToySpider, list[ReadPageItem]]:
    """Ask as Scrapy would: one request after the other, each page recorded before the next one is asked for."""
    scope.setdefault("with_details", recorder is not None)
    spider = spider_class(CrawlScope(cities, **scope))
    if keep is not None:
        keep.append(spider)
    spider.recorder = recorder
    for follow in spider.first_pages():
        spider._agenda.begin(follow)
    waiting: list[Request] = list(spider._next_request())
    pages = []
    while waiting:
        request = waiting.pop(0)
        body = json.dumps(site.answer(request.url)).encode()
        moment = datetime(2026, 3, at, tzinfo=UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        response = TextResponse(request.url, body=body, headers={"Memento-Datetime": moment}, request=request)
        for result in spider.parse(response, **request.cb_kwargs):
            if isinstance(result, Request):
                waiting.append(result)
            else:
                pages.append(result)
                if recorder is not None:
                    page = Page(result.page.body, result.page.url, datetime(2026, 3, at, len(pages), tzinfo=UTC))
                    recorder.take(page, result.reader, result.reading)
    return spider, pages


def told(spider: ToySpider) -> list[tuple[str, int | None, int, str | None]]:
    return [(str(part["url"]).rpartition("?")[2], *rest) for part, *rest in spider.covered()]


def test_a_query_within_the_cap_is_paged_to_its_end() -> None:
    spider, pages = crawl(Site(east=3), None, "east")
    assert told(spider) == [("city=east", 3, 3, None)]
    assert sum(len(page.reading.listings) for page in pages) == 3


def test_a_query_above_the_cap_is_asked_for_in_parts() -> None:
    site = Site(east=4, west=3)
    spider, _ = crawl(site)
    assert site.asked == [
        "list?city=",
        "list?city=east",
        "list?city=west",
        "list?city=east&page=2",
        "list?city=west&page=2",
    ]
    assert told(spider) == [
        ("city=", 7, 2, "asked for again in 2 parts"),
        ("city=east", 4, 4, None),
        ("city=west", 3, 3, None),
    ]


def test_a_query_of_which_less_came_than_was_stated_is_asked_for_in_parts() -> None:
    site = Site(east=2, west=2)
    site.missing = {"east-0", "east-1", "west-0"}
    spider, _ = crawl(site)
    assert told(spider)[0] == ("city=", 4, 1, "asked for again in 2 parts")


def test_what_cannot_be_split_further_is_collected_as_far_as_it_goes_and_says_so() -> None:
    spider, _ = crawl(Site(east=9), None, "east")
    assert told(spider) == [("city=east", 9, 4, "more than can be paged through, and not to be split further")]


def test_a_gap_beyond_what_a_moving_list_explains_is_told() -> None:
    site = Site(east=4)
    site.missing = {"east-0", "east-1", "east-2"}
    assert told(crawl(site, None, "east")[0]) == [("city=east", 4, 1, "3 fewer than stated")]
    site.missing = {"east-0", "east-1"}
    assert told(crawl(site, None, "east")[0]) == [("city=east", 4, 2, None)]


def test_a_query_that_was_not_paged_to_its_end_is_no_gap_but_says_so() -> None:
    spider, _ = crawl(Site(east=4), None, "east", max_pages=1)
    assert told(spider) == [("city=east", 4, 2, "not paged to its end")]


def test_an_answer_with_everything_to_a_place_the_site_does_not_know_is_refused() -> None:
    site = Site(east=2, west=2)
    site.knows_places = False
    _, (page,) = crawl(site, None, "wset")
    assert (page.reading.outcome, page.reading.listings) == (PageOutcome.LAYOUT_CHANGED, [])
    assert page.reading.reason == "not what was asked for: 2 lots of another place"


def test_a_pager_that_goes_round_is_left_after_three_pages_without_news() -> None:
    class Round(Site):
        def answer(self, url: str) -> dict[str, Any]:
            number = len(self.asked) + 1
            return {
                **super().answer(url.split("&", maxsplit=1)[0]),
                "next": f"https://toy.example/list?city=east&page={number + 1}",
            }

    site = Round(east=2)
    spider, _ = crawl(site, None, "east")
    assert len(site.asked) == 1 + 3
    assert told(spider) == [("city=east", 2, 2, "3 pages in a row brought nothing new")]


def test_a_part_whose_first_page_brings_nothing_new_is_not_split_again() -> None:
    class Deep(ToySpider):
        def narrower(self, follow: Follow) -> Sequence[Follow]:
            return [Follow(f"{follow.url}{letters}", "toy.list") for letters in ("e", "ea")]

    class Deaf(Site):  # whatever is asked for, it shows the same
        def answer(self, url: str) -> dict[str, Any]:
            return {**super().answer("https://toy.example/list?city="), "next": None}

    site = Deaf(east=9)
    spider, _ = crawl(site, spider_class=Deep)
    assert len(site.asked) == 1 + 2
    assert [note for *_, note in told(spider)] == [
        "asked for again in 2 parts",
        *["its first page brought nothing new: not split further"] * 2,
    ]


def test_only_queries_that_were_asked_for_are_told_of() -> None:
    site = Site(east=2, west=2)
    with pytest.raises(CloseSpider):
        crawl(site, None, "east", "west", budget=1, keep=(kept := []))
    assert [part for part, *_ in told(kept[0])] == ["city=east"]


def test_a_crawl_that_brings_much_less_than_was_stated_says_so() -> None:
    site = Site(east=9, west=2)
    spider, _ = crawl(site)
    assert spider.gap() == "6 of 11 stated listings were collected"
    assert crawl(Site(east=4, west=4))[0].gap() is None


def test_half_of_a_budget_is_kept_for_details() -> None:
    site = Site(east=4, west=4)
    with pytest.raises(CloseSpider):
        crawl(site, None, "east", "west", budget=4, with_details=True)
    assert site.asked == ["list?city=east", "list?city=west", "lot/east-0", "lot/east-1"]


def test_nothing_is_asked_beyond_the_budget() -> None:
    site = Site(east=4)
    with pytest.raises(CloseSpider) as closed:
        crawl(site, None, "east", budget=1)
    assert closed.value.reason == "budget_spent"
    assert site.asked == ["list?city=east"]


@pytest.fixture
def recorder(sqlite_file: Path) -> RunRecorder:
    return open_recorder(sqlite_file)


@pytest.fixture
def sqlite_file(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "toy.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return path


def open_recorder(path: Path) -> RunRecorder:
    return RunRecorder(open_engine(f"sqlite:///{path}"), path.with_suffix(".pages"), {"kind": "crawl"}, {"toy": "Toy"})


def test_details_are_asked_for_what_is_new_or_changed_and_not_again(sqlite_file: Path) -> None:
    site = Site(east=2)

    def details_asked(day: int) -> list[str]:
        site.asked.clear()
        recorder = open_recorder(sqlite_file)
        crawl(site, recorder, "east", at=day)
        recorder.close()
        return [address for address in site.asked if address.startswith("lot/")]

    assert details_asked(1) == ["lot/east-0", "lot/east-1"]
    assert details_asked(2) == []
    site.lots["east-1"]["price"] = 90
    assert details_asked(3) == ["lot/east-1"]
    assert details_asked(4) == []
    site.lots["east-2"] = {"title": "east lot 2", "price": 300}
    assert details_asked(5) == ["lot/east-2"]


def test_coverage_is_kept_with_the_run(sqlite_file: Path) -> None:
    recorder = open_recorder(sqlite_file)
    spider, _ = crawl(Site(east=3), recorder, "east")
    recorder.note_coverage("toy", spider.covered())
    (summary,) = recorder.close()
    with reading(open_engine(f"sqlite:///{sqlite_file}")) as connection:
        (row,) = connection.execute(select(COVERAGE)).all()
    assert row.crawl_run_id == summary.run_id
    assert (row.slice, row.stated_count, row.collected_count, row.note) == (
        {"url": "https://toy.example/list?city=east", "form": ""},
        3,
        3,
        None,
    )


def test_a_run_that_ended_early_is_not_judged_as_a_whole_one(recorder: RunRecorder) -> None:
    crawl(Site(east=3), recorder, "east")
    recorder.note_partial("toy", "the budget of 4 requests is spent, pages are left")
    (summary,) = recorder.close()
    assert (summary.verdict, summary.reason) == (
        "below_expectation",
        "the budget of 4 requests is spent, pages are left",
    )


def test_a_pause_holds_until_its_end_and_a_longer_one_stays(engine: Engine) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with writing(engine) as connection:
        add_sources(connection, {"toy": "Toy"})
        assert pause_of(connection, "toy", noon) is None
        set_pause(connection, "toy", noon.replace(hour=16), "captcha")
        set_pause(connection, "toy", noon.replace(hour=14), "slider")
        pause = pause_of(connection, "toy", noon)
        assert pause is not None
        assert pause == (noon.replace(hour=16), "captcha")
        assert pause_of(connection, "toy", noon.replace(hour=16)) is None


def test_requests_are_counted_by_the_day(engine: Engine) -> None:
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    with writing(engine) as connection:
        add_sources(connection, {"toy": "Toy"})
        for day, count in ((first, 7), (second, 1), (first, 3)):
            add_requests(connection, "toy", day, count)
        assert [requests_on(connection, "toy", day) for day in (first, second, date(2026, 3, 3))] == [10, 1, 0]


@pytest.mark.parametrize(
    "stranger",
    [
        "https://evil.example.org/lot/1",
        "http://127.0.0.1:8080/admin",
        "http://169.254.169.254/latest/meta-data",
        "ftp://toy.example/lot/1",
        "https://toy.example.evil.com/lot/1",
        "https://[broken/lot/1",
        "//toy.example/lot/1",
    ],
)
def test_a_page_sends_the_crawl_to_no_other_site(stranger: str) -> None:
    spider = ToySpider(CrawlScope())
    spider._agenda.note(Follow(stranger, "toy.detail"))
    spider._agenda.note(Follow("https://deep.toy.example/lot/1", "toy.detail"))
    assert [request.url for request in spider._next_request()] == ["https://deep.toy.example/lot/1"]
    assert list(spider._next_request()) == []
    assert spider.strangers == 1


@pytest.mark.parametrize("total", [-1, 10**12, 2**63, -(10**12)])
def test_a_total_that_cannot_be_one_is_not_believed(total: int) -> None:
    site = Site(east=3)
    answer = site.answer
    site.answer = lambda url: {**answer(url), "total": total}  # type: ignore[method-assign]
    spider, _ = crawl(site, None, "east")
    assert told(spider) == [("city=east", None, 3, None)]


def test_a_detail_that_failed_is_asked_for_again(sqlite_file: Path) -> None:
    site = Site(east=1)
    recorder = open_recorder(sqlite_file)
    crawl(site, recorder, "east", with_details=False)
    page = Page(b"gone wrong", "https://toy.example/lot/east-0", datetime(2026, 3, 2, tzinfo=UTC), "", 500)
    recorder.take(page, SPEC.readers[1], read(page, SPEC.readers[1]))
    assert recorder.is_detail_due("toy", "east-0", page.url)
    good = Page(json.dumps(site.answer(page.url)).encode(), page.url, datetime(2026, 3, 3, tzinfo=UTC))
    recorder.take(good, SPEC.readers[1], read(good, SPEC.readers[1]))
    recorder.close()
    assert not open_recorder(sqlite_file).is_detail_due("toy", "east-0", page.url)
