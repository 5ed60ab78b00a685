"""What every spider does: ask politely, judge what came, read it, hand it over, stop at a refusal."""

from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawler.errors import Blocked, LayoutChanged, LoginRequired, OnlyLists, UnknownPlace
from crawler.items import Follow, Reader, SourceSpec
from crawler.manners import site_of
from crawler.orders import CrawlScope
from crawler.page import Page
from crawler.reading import Reading, read, refused
from crawler.robots import AskedToWait, Unreadable
from crawler.settings import is_loopback
from crawler.slices import Covered, Slice, Slices, key_of
from store.terms import PageOutcome

MAX_REDIRECTS = 3
LONGEST_CRAWL_DELAY = 3600.0  # seconds; who asks for more does not want to be crawled
BUDGET_SPENT = "budget_spent"
MAX_BROKEN_PAGES = 3
STOPPING = {PageOutcome.BLOCKED, PageOutcome.LOGIN_REQUIRED}
BROKEN = {PageOutcome.EMPTY_SHELL, PageOutcome.LAYOUT_CHANGED, PageOutcome.HTTP_ERROR}
LOGIN_MARKS = ("login", "passport", "signin")


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
        self._lists: deque[Follow] = deque()
        self._details: deque[Follow] = deque()
        self._known: set[tuple[str, str]] = set()  # address and form of all that was asked or waits for it
        self._slices = Slices()
        self._parts: set[tuple[str, str]] = set()  # first pages of the queries into which others were split
        self._sites = {site_of(urlsplit(self.spec.home_url).hostname or ""), *self.spec.further_sites}
        self.strangers = 0  # addresses on other sites: nothing is asked of them
        self.stop_because: str | None = None  # told by the record: the day's budget, a pause set by another crawl
        self.is_resumed = False  # whether a feed is read on, so that only what is new comes
        self.pages_asked = 0
        self.requests_made = 0
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
                self._note(follow)
        else:
            for follow in self.first_pages():
                self._begin(self._resumed(follow))
        for request in self._next_request():
            yield request

    def request(self, follow: Follow, redirects: int = 0) -> Request:
        """A request for a page of this source; ``base_url`` replaces scheme and host only."""
        self.requests_made += 1
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
            elsewhere = self._judge_redirect(response, follow, redirects)
            if isinstance(elsewhere, Request):
                yield elsewhere
                return
            reading = elsewhere
        else:
            reading = None
        page = self._page(response, follow)
        reader = self._reader_for(page, follow)
        reading = reading or self._read(page, reader, follow)
        if reading.outcome in STOPPING:
            self.retry_after = (response.headers.get("Retry-After") or b"").decode("latin-1") or None
        yield ReadPageItem(page, reader, reading)
        self._stop_if_refused(reading)
        self._go_on(follow, page, reading)
        yield from self._next_request()

    def closed(self, reason: str) -> None:
        """Called by Scrapy at the end of the crawl."""
        self.finish_reason = reason

    def covered(self) -> list[Covered]:
        """What was stated and what was collected, query by query."""
        return self._slices.covered()

    def gap(self) -> str | None:
        """How much less was collected than stated, where that is too much."""
        return self._slices.gap()

    def _read(self, page: Page, reader: Reader, follow: Follow) -> Reading:
        """Read the page, and refuse it if it answers another question."""
        reading = read(page, reader)
        if not reading.listings:
            return reading
        wrong = self.check_scope(follow, reading)
        return refused(LayoutChanged(f"not what was asked for: {wrong}")) if wrong else reading

    def _go_on(self, follow: Follow, page: Page, reading: Reading) -> None:
        """Note the pages that a page leads to; a query that does not fit goes on in parts instead."""
        part = self._slices.take(follow, (listing.source_id for listing in reading.listings), reading.stated_count)
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
                self._slices.go_on(follow, further)
            self._note(further)

    def _is_split(self, part: Slice, reading: Reading) -> bool:
        """Split a query above the source's cap; or at its end, if not as much came as was stated."""
        part.is_ended = not any(further.is_next_page for further in reading.follows)
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
        self._parts.update(map(key_of, parts))
        for smaller in parts:
            self._begin(smaller)
        return is_capped

    def _is_part(self, part: Slice) -> bool:
        return key_of(part.first) in self._parts

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

    def _resumed(self, follow: Follow) -> Follow:
        feed = self.feed_of(follow)
        if feed is None or self.recorder is None:
            return follow
        last = self.recorder.last_address(self.spec.name, feed)
        self.is_resumed = self.is_resumed or last is not None
        return follow if last is None else follow._replace(url=last)

    def _begin(self, follow: Follow) -> None:
        """Note the first page of a query."""
        if key_of(follow) not in self._known and self._is_list(follow):
            self._slices.begin(follow)
        self._note(follow)

    def _is_list(self, follow: Follow) -> bool:
        return follow.is_next_page or follow.reader == self.spec.readers[0].name

    def _note(self, follow: Follow) -> None:
        """Put a page into its queue unless it was there before or the scope leaves it out."""
        key = key_of(follow)
        if key in self._known or not self._is_own(follow.url):
            return
        if self._is_list(follow):
            if self.pages_asked >= (self.scope.max_pages or self.max_list_pages):
                return
            self.pages_asked += 1
            self._lists.append(follow)
        else:
            self._details.append(follow)
        self._known.add(key)

    def _is_own(self, url: str) -> bool:
        """Whether an address lies on the source's own sites: a page must not send a crawl anywhere else."""
        try:
            parts = urlsplit(url)
            is_own = parts.scheme in {"http", "https"} and site_of(parts.hostname or "") in self._sites
        except ValueError:
            is_own = False
        self.strangers += not is_own
        return is_own

    def _next_request(self) -> Iterator[Request]:
        """The next page that is worth asking for, within the budget."""
        if self._is_spent():
            if self._lists or self._details:
                raise CloseSpider(BUDGET_SPENT)
            return
        if self._lists and not self._is_turn_of_details():
            yield self.request(self._lists.popleft())
            return
        while self._details:
            follow = self._details.popleft()
            if self._is_news(follow):
                yield self.request(follow)
                return
        if self._lists:
            yield self.request(self._lists.popleft())

    def _is_spent(self) -> bool:
        return bool(self.stop_because) or (self.scope.budget is not None and self.requests_made >= self.scope.budget)

    def _is_turn_of_details(self) -> bool:
        """Lists first; but when half of a budget is gone details come first, or they would never be asked for."""
        return bool(self._details) and self.scope.budget is not None and self.requests_made * 2 >= self.scope.budget

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

    def _judge_redirect(self, response: Response, follow: Follow, redirects: int) -> Request | Reading:
        """The request that goes on within the site, or the refusal that the redirect is."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        try:
            target = urlsplit(urljoin(follow.url, location))
            here, own_hosts = urlsplit(follow.url), {urlsplit(follow.url).hostname, urlsplit(response.url).hostname}
        except ValueError:
            return refused(Blocked(f"redirected to what is no address: {location[:200]}"))
        where = urlunsplit(target)[:200]
        if any(mark in f"{target.hostname}{target.path}".lower() for mark in LOGIN_MARKS):
            return refused(LoginRequired(f"redirected to {where}"))
        if target.hostname not in own_hosts:
            return refused(Blocked(f"redirected off the site to {where}"))
        if redirects >= MAX_REDIRECTS:
            return refused(Blocked(f"redirected more than {MAX_REDIRECTS} times, to {where}"))
        if self._is_spent():
            raise CloseSpider(BUDGET_SPENT)
        own = urlunsplit((here.scheme, here.netloc, target.path, target.query, ""))
        return self.request(follow._replace(url=own, method="GET", form=None), redirects + 1)

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
