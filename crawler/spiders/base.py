"""What every spider does: ask politely, judge what came, read it, hand it over, stop at a refusal."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode, urlsplit, urlunsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.agenda import Agenda
from crawler.errors import LayoutChanged, OnlyLists, UnknownPlace
from crawler.frontier import Frontier
from crawler.items import Follow, Reader, SourceSpec
from crawler.manners import site_of
from crawler.orders import CrawlScope
from crawler.page import Page
from crawler.reading import Reading, read, refused
from crawler.redirects import judge_redirect
from crawler.robots import AskedToWait, Unreadable
from crawler.settings import is_loopback
from crawler.slices import Covered, Slice, key_of
from store.terms import PageOutcome

LONGEST_CRAWL_DELAY = 3600.0  # seconds; who asks for more does not want to be crawled
BUDGET_SPENT = "budget_spent"
MAX_BROKEN_PAGES = 3
LEFT_NOTED_EVERY = 30.0
"""Seconds between two notes of what is left: so much is asked for again after a kill."""

STOPPING = {PageOutcome.BLOCKED, PageOutcome.LOGIN_REQUIRED}
BROKEN = {PageOutcome.EMPTY_SHELL, PageOutcome.LAYOUT_CHANGED, PageOutcome.HTTP_ERROR}


class ReadPageItem(NamedTuple):
    """The one item that a page yields: a batch, because single items cost a third more time."""

    page: Page
    reader: Reader
    reading: Reading


class FailedRequest(NamedTuple):
    """A request that brought no page: time-out, refused connection, robots.txt."""

    url: str
    outcome: PageOutcome
    reason: str


class SourceSpider(scrapy.Spider):
    """Base of all spiders. A subclass names its ``spec`` and gives its first pages in ``first_pages``.

    It hands Scrapy one request at a time, lists before details, and the next one only when the page before was
    judged: with more in the queue, one is already on its way when a refusal comes.
    """

    spec: ClassVar[SourceSpec]
    recorder: Any = None  # the run's record, given by ``crawler.run``; spiders themselves never touch it
    failure: Exception | None = None  # why the run could not be recorded
    finish_reason = "not begun"
    max_list_pages = 20_000  # a pager that never ends must
    is_asked_by_place: ClassVar[bool] = True  # whether ``--city`` means anything to the source
    max_reachable: ClassVar[int | None] = None  # listings that one query can page through, where the source caps it

    def __init__(self, scope: CrawlScope | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scope = scope or CrawlScope()
        self.readers = {reader.name: reader for reader in self.spec.readers}
        sites = {site_of(urlsplit(self.spec.home_url).hostname or ""), *self.spec.further_sites}
        most_lists = self.scope.max_pages or self.max_list_pages
        self._agenda = Agenda(self.spec.readers[0].name, sites, most_lists, datetime.now(UTC))
        self._noted_at = monotonic()
        self.stop_because: str | None = None  # told by the record: the day's budget, a pause set by another crawl
        self.is_resumed = False  # whether it goes on with another one: what it does not see is not missing
        self.requests_made = 0
        self.lists_asked = 0  # of these for lists
        self.broken_pages = 0
        self.retry_after: str | None = None  # what the refusing answer said of it

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> "SourceSpider":
        """Also listen to robots.txt: Scrapy parses Crawl-delay but does not apply it."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.apply_crawl_delay, signal=signals.robots_parsed)
        return spider

    def first_pages(self) -> Iterable[Follow]:
        """The pages that the crawl begins with."""
        raise NotImplementedError

    def check_orders(self) -> None:
        """Let pass a scope that the source knows how to ask for.

        Raises:
            WrongOrder: a place that it does not know, or single listings where only lists tell of them.
        """
        if self.scope.cities and not self.is_asked_by_place:
            raise UnknownPlace(f"{self.name} cannot be asked by place: leave out --city")
        if self.scope.listings:
            self.item_pages()
        else:
            self.first_pages()

    def item_pages(self) -> list[Follow]:
        """The pages that tell the state of the listings that are asked for.

        Raises:
            OnlyLists: the source has none.
        """
        pages = self.spec.item_pages
        if pages is None:
            raise OnlyLists(f"{self.name} tells the state of a listing on its lists only: leave out --listing")
        return [follow for source_id, url in self.scope.listings for follow in pages(source_id, url)]

    def narrower(self, follow: Follow) -> Sequence[Follow]:  # noqa: ARG002
        """The first pages of the queries into which one splits that lists more than can be paged through."""
        return ()

    def check_scope(self, follow: Follow, reading: Reading) -> str | None:  # noqa: ARG002
        """What is wrong with an answer that was not asked for: some sources answer a code they do not know with
        everything. ``None``: nothing.
        """
        return None

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first of the first pages, or of those about the listings that are asked for."""
        if self.scope.listings:
            for follow in self.item_pages():
                self._agenda.note(follow)
        else:
            self._begin_lists(list(self.first_pages()))
        for request in self._next_request():
            yield request

    def request(self, follow: Follow, redirects: int = 0) -> Request:
        """A request for a page of this source; ``base_url`` replaces scheme and host only."""
        self.requests_made += 1
        self.lists_asked += self._agenda.is_list(follow)
        body = urlencode(follow.form) if follow.form is not None else None
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else None
        return Request(
            self._local(follow.url),
            method=follow.method,
            body=body,
            headers=headers,
            dont_filter=True,  # ``_note`` has done that; and a redirect may lead to the same address
            callback=self.parse,
            errback=self.fail,
            cb_kwargs={"follow": follow, "redirects": redirects},
        )

    def parse(self, response: Response, follow: Follow, redirects: int = 0) -> Iterator[Any]:
        """Read one page and go on to those it leads to."""
        if response.status in {301, 302, 303, 307, 308}:
            elsewhere = judge_redirect(response, follow, redirects)
            if isinstance(elsewhere, Follow):
                if self._is_spent():
                    raise CloseSpider(BUDGET_SPENT)
                yield self.request(elsewhere, redirects + 1)
                return
            reading = elsewhere
        else:
            reading = None
        page = self._page(response, follow)
        reader = self._reader_for(page, follow)
        reading = reading or self._read(page, reader, follow)
        if reading.outcome in STOPPING:
            self.retry_after = (response.headers.get("Retry-After") or b"").decode("latin-1") or None
        is_in_line = self._is_in_line(follow, reading)  # before the page itself is recorded
        yield ReadPageItem(page, reader, reading)
        self._agenda.note_seen(page.observed_at)
        is_stale = reading.outcome in BROKEN and self._agenda.is_rest(follow)  # of another day, and gone since
        if not is_stale:
            self._stop_if_refused(reading)
        if is_in_line:
            if is_stale or reading.outcome not in BROKEN:  # else its head stays: it is left
                self._go_on(follow, page, reading)
        else:
            self._agenda.ask_anew(follow)
        self._note_what_is_left()
        yield from self._next_request()

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end of the crawl."""
        self.finish_reason = reason

    @property
    def strangers(self) -> int:
        """How many addresses on other sites pages led to; nothing is asked of them."""
        return self._agenda.strangers

    def covered(self) -> list[Covered]:
        """What was stated and what was collected, query by query."""
        return self._agenda.slices.covered()

    def gap(self) -> str | None:
        """How much less was collected than stated, where that is too much."""
        return self._agenda.slices.gap()

    def _read(self, page: Page, reader: Reader, follow: Follow) -> Reading:
        """Read the page, and refuse it if it answers another question."""
        reading = read(page, reader)
        if not reading.listings:
            return reading
        wrong = self.check_scope(follow, reading)
        return refused(LayoutChanged(f"not what was asked for: {wrong}")) if wrong else reading

    def _go_on(self, follow: Follow, page: Page, reading: Reading) -> None:
        """Note the pages that a page leads to; a query that does not fit goes on in parts instead."""
        source_ids = [listing.source_id for listing in reading.listings]
        part = self._agenda.slices.take(follow, source_ids, reading.stated_count)
        if part is not None and self._is_split(part, reading):
            return
        is_barren = part is not None and part.is_barren
        lists = self.spec.readers[0].name
        for further in reading.follows:
            if not (self.scope.with_details or further.is_next_page or further.reader == lists):
                continue
            if not self.wants(further, page, reading) or (is_barren and further.is_next_page):
                continue
            if further.is_next_page:
                self._agenda.go_on(follow, further, source_ids, part)
            else:
                self._agenda.note(further)

    def _is_split(self, part: Slice, reading: Reading) -> bool:
        """Split a query above the source's cap; or at its end, if not as much came as was stated."""
        part.is_ended = not part.heads and not any(further.is_next_page for further in reading.follows)
        is_capped = self.max_reachable is not None and (part.stated_count or 0) > self.max_reachable
        if part.parts or part.note is not None or not (is_capped or (part.is_ended and part.gap > 0)):
            return False
        if part.barren_pages and self._is_part(part):
            part.note = "its first page brought nothing new: not split further"
            return False
        parts = self.narrower(part.first)
        if not parts:
            part.note = "more than can be paged through, and not to be split further" if is_capped else None
            return False
        part.parts = len(parts)
        self._agenda.parts.update(map(key_of, parts))
        for smaller in parts:
            self._agenda.begin(smaller)
        return is_capped

    def _is_part(self, part: Slice) -> bool:
        return key_of(part.first) in self._agenda.parts

    def wants(self, follow: Follow, page: Page, reading: Reading) -> bool:  # noqa: ARG002
        """Whether a page that ``page`` leads to is worth asking for now; a source may know when it is not."""
        return True

    def fail(self, failure: Failure) -> Iterator[FailedRequest | Request]:
        """Tell what a request without a page came to."""
        follow: Follow = failure.request.cb_kwargs["follow"]  # type: ignore[attr-defined]
        if isinstance(failure.value, Unreadable):
            yield FailedRequest(follow.url, PageOutcome.HTTP_ERROR, str(failure.value)[:300])
            raise CloseSpider("broken_pages")
        if isinstance(failure.value, AskedToWait):
            self.retry_after = failure.value.retry_after
            yield FailedRequest(follow.url, PageOutcome.BLOCKED, str(failure.value))
            raise CloseSpider("blocked")
        if isinstance(failure.value, IgnoreRequest) and "robots.txt" in str(failure.value):
            yield FailedRequest(follow.url, PageOutcome.BLOCKED, "robots.txt forbids this address")
            raise CloseSpider("blocked")
        reason = f"no answer: {type(failure.value).__name__}: {failure.value}"
        yield FailedRequest(follow.url, PageOutcome.HTTP_ERROR, reason[:300])
        self._count_broken()
        yield from self._next_request()

    def apply_crawl_delay(self, robotparser: Any, request: Request) -> None:
        """Wait as long between two requests as robots.txt asks, where that is longer than our own delay."""
        wanted = robotparser.crawl_delay(self.crawler.settings["ROBOTSTXT_USER_AGENT"])
        engine = self.crawler.engine
        if wanted is None or engine is None or is_loopback(self.scope.base_url):
            return
        seconds = float(wanted)
        if not seconds <= LONGEST_CRAWL_DELAY:
            self.stop_because = f"robots.txt asks for {seconds:,.0f} s between two requests, pages are left"
            return
        key, slot = engine.downloader._get_slot(request)
        if seconds <= slot.delay:
            return
        slot.delay = seconds
        engine.downloader.per_slot_settings[key] = {"delay": seconds}  # for when an idle slot is made anew
        throttle = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:  # it would go back to our own delay, answer by answer
            throttle.mindelay = seconds
            throttle.maxdelay = max(throttle.maxdelay, seconds)

    def feed_of(self, follow: Follow) -> str | None:  # noqa: ARG002
        """What the addresses of all pages of a feed of changes begin with; ``None`` for a list.

        A feed is read on from the last page that was recorded of it.
        """
        return None

    def left(self) -> str | None:
        """What the crawl has yet to ask, as it is kept with its run; ``None``: nothing, or nothing to go on with."""
        return None if self.scope.listings or self._reads_feeds() else self._agenda.left()

    def _note_what_is_left(self) -> None:
        """From time to time, since a crawl may be killed."""
        if self.recorder is not None and monotonic() - self._noted_at >= LEFT_NOTED_EVERY:
            self._noted_at = monotonic()
            self.recorder.note_left(self.spec.name, self.left())

    def _begin_lists(self, first_pages: Sequence[Follow]) -> None:
        """Ask for the lists; for the rest of them alone if a crawl was stopped at this very look."""
        text = None if self.recorder is None or self._reads_feeds() else self.recorder.left_before(self.spec.name)
        left = None if text is None else Frontier.from_text(text)
        if left is not None and left.is_same_look(self._agenda.begun_at):
            self.is_resumed = True
            self._agenda.take_up_the_rest(left, first_pages)
            return
        for follow in first_pages:
            self._agenda.begin(self._resumed(follow))
        if left is not None:
            self._agenda.take_up_beside(left)

    def _is_in_line(self, follow: Follow, reading: Reading) -> bool:
        """Whether a page that is asked for again still shows somebody whom this look has shown.

        If not, its list has moved by more than a page, and who stood between would be lost.
        """
        before = self._agenda.shown_before(follow)
        return before is None or any(listing.source_id in before for listing in reading.listings)

    def _reads_feeds(self) -> bool:
        return any(self.feed_of(follow) is not None for follow in self.first_pages())

    def _resumed(self, follow: Follow) -> Follow:
        feed = self.feed_of(follow)
        if feed is None or self.recorder is None:
            return follow
        last = self.recorder.last_address(self.spec.name, feed)
        self.is_resumed = self.is_resumed or last is not None
        return follow if last is None else follow._replace(url=last)

    def _next_request(self) -> Iterator[Request]:
        """The next page that is worth asking for, within the budget."""
        if self._is_spent():
            if self._agenda.lists or self._agenda.details:
                raise CloseSpider(BUDGET_SPENT)
            return
        if self._agenda.lists and not self._is_turn_of_details():
            yield self.request(self._agenda.lists.popleft())
            return
        while self._agenda.details:
            follow = self._agenda.details.popleft()
            if self._is_news(follow):
                yield self.request(follow)
                return
        if self._agenda.lists:
            yield self.request(self._agenda.lists.popleft())

    def _is_spent(self) -> bool:
        return bool(self.stop_because) or (self.scope.budget is not None and self.requests_made >= self.scope.budget)

    def _is_turn_of_details(self) -> bool:
        """Lists first; but when half of a budget is gone details come first, or they would never be asked for."""
        is_half_spent = self.scope.budget is not None and self.requests_made * 2 >= self.scope.budget
        return bool(self._agenda.details) and is_half_spent

    def _is_news(self, follow: Follow) -> bool:
        """Whether a detail can tell anything new: the list that leads to it was recorded before it is asked for.

        What is asked for by a form is not known by its address.
        """
        if follow.about is None or follow.form is not None or self.recorder is None:
            return True
        return bool(self.recorder.is_detail_due(self.spec.name, follow.about, follow.url))

    def _local(self, url: str) -> str:
        if self.scope.base_url is None:
            return url
        base, wanted = urlsplit(self.scope.base_url), urlsplit(url)
        return urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + wanted.path, wanted.query, ""))

    def _page(self, response: Response, follow: Follow) -> Page:
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return Page(response.body, follow.url, self._observed_at(response), content_type, response.status)

    def _observed_at(self, response: Response) -> datetime:
        """Now; or, from a server on this machine that plays recorded pages, the time it states (RFC 7089)."""
        stated = response.headers.get("Memento-Datetime")
        if stated and is_loopback(self.scope.base_url):
            with suppress(ValueError, OverflowError):
                return parsedate_to_datetime(stated.decode("latin-1")).astimezone(UTC)
        return datetime.now(UTC)

    def _reader_for(self, page: Page, follow: Follow) -> Reader:
        """The reader that was expected, unless the site answered in another form that we know too."""
        expected = self.readers[follow.reader]
        return next((reader for reader in (expected, *self.spec.readers) if reader.recognises(page)), expected)

    def _stop_if_refused(self, reading: Reading) -> None:
        if reading.outcome in STOPPING:
            raise CloseSpider(str(reading.outcome))
        if reading.outcome in BROKEN:
            self._count_broken()

    def _count_broken(self) -> None:
        self.broken_pages += 1
        if self.broken_pages >= MAX_BROKEN_PAGES:
            raise CloseSpider("broken_pages")
