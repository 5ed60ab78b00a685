"""What the web face is handed for the companion in a browser: reading what it sends, and whose page an address is."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Engine

from crawler.intake.arrived import CapturedPage, FoundPage, Skipped, Unreadable
from crawler.intake.files import take_in
from crawler.intake.posted import FORM_TYPE, with_posted
from crawler.normalize.privacy import mask_address, mask_excerpt
from crawler.parsers.ali_assets.detail import DETAIL_ADDRESS as ALI_ASSET
from crawler.parsers.ali_judicial.addresses import DETAIL_ADDRESS as ALI_COURT
from crawler.parsers.ali_judicial.addresses import ITEM_IN_ADDRESS, PHONE_ADDRESS
from crawler.parsers.gpai import LOT_ADDRESS as GPAI
from crawler.parsers.jd.item_page import ADDRESS as JD
from crawler.parsers.rmfysszc.lot_page import LOT_ADDRESS as RMFYSSZC
from crawler.reading import Reading, read
from crawler.recording import RunRecorder, RunSummary, bad_rows
from crawler.sources import all_readers, source_specs
from reporting.web.companion import Companion
from reporting.web.pairing import pairings_path
from reporting.web.sent_pages import SentPage, TakenPage
from store.engine import archive_root, writing
from store.links import touched_listings
from store.told import Recorded
from tracking.linking import link_database

CAA123 = re.compile(r"/(?:caa-web-ws/ws/0\.1/)?lot/(\d{1,19})(?:\.html)?(?:[?#]|$)")
ICBC = re.compile(r"[?&]prodId=([0-9A-Za-z]{4,40})(?:[&#]|$)")
MOST_TO_LINK = 5_000
"""Listings that wait to be linked; more are left to ``fapai link``: a user waits for the answer, others to write."""

AHEAD = timedelta(minutes=5)
"""How far a browser's clock may be ahead of ours: both are of one machine."""


class Address(NamedTuple):
    """The form of the addresses of a platform's lots, and the sources that they can be of."""

    host: str  # or a name within it
    form: re.Pattern[str]
    sources: tuple[str, ...]


ADDRESSES = (
    Address("taobao.com", ALI_COURT, ("ali_judicial",)),
    Address("taobao.com", ALI_ASSET, ("ali_assets",)),
    Address("jd.com", JD, ("jd_judicial", "jd_assets")),
    Address("gpai.net", GPAI, ("gpai",)),
    Address("rmfysszc.gov.cn", RMFYSSZC, ("rmfysszc",)),
    Address("caa123.org.cn", CAA123, ("caa123",)),
    Address("icbc.com.cn", ICBC, ("icbc",)),
)


def names_of(url: str) -> list[str]:
    """The listings (``SOURCE:ID``) that a page's address can be of; none where it tells no lot.

    北交互联 is not among them: its addresses name a lot otherwise than its answers do.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return []
    names = []
    for address in ADDRESSES:
        if (host == address.host or host.endswith(f".{address.host}")) and (found := address.form.search(url)):
            told = next(filter(None, found.groups()))
            names += [f"{source}:{told}" for source in address.sources]
    if PHONE_ADDRESS.match(url) and (item := ITEM_IN_ADDRESS.search(url)):
        names += [f"{source}:{item[1] or item[2]}" for source in ("ali_judicial", "ali_assets")]
    return names


def companion_of(engine: Engine, *, is_read_only: bool = False) -> Companion:
    """What ``reporting.web.companion`` asks for, on a database; a server for reading only takes no pages."""
    url = engine.url.render_as_string(hide_password=False)
    take = None if is_read_only else PageTaker(engine, archive_root(url))
    return Companion(engine, pairings_path(url), take, names_of)


class PageTaker:
    """Takes batches of pages from a browser as ``fapai capture`` takes saved files, and links what is new.

    One batch at a time; a batch is one run of each of its sources. Pages that no reader knows are not kept.
    """

    def __init__(self, engine: Engine, archive: Path) -> None:
        self._engine = engine
        self._archive = archive
        self._readers = all_readers()
        self._titles = {name: spec.title for name, spec in source_specs().items()}
        self._one_at_a_time = Lock()

    def __call__(self, pages: Sequence[SentPage]) -> list[TakenPage]:
        """Read and record a batch, in its order.

        Raises:
            StoreError: the database or the archive cannot be written. Pages before it may be in; they are known then.
        """
        now = datetime.now(UTC)
        with self._one_at_a_time:
            scope = {"kind": "capture", "mapping": None, "by": "companion"}
            recorder = RunRecorder(self._engine, self._archive, scope, self._titles, seconds_per_commit=60)
            try:
                taken = [self._take(recorder, page, now) for page in pages]
                summaries = [] if all(page.outcome == "skipped" for page in taken) else recorder.close()
            except BaseException as error:
                recorder.roll_back(error)
                raise
            if any(_brings_news(summary) for summary in summaries):
                self._link(now)
        return taken

    def _take(self, recorder: RunRecorder, sent: SentPage, now: datetime) -> TakenPage:
        if sent.observed_at > now + AHEAD:
            return TakenPage("unreadable", "the browser's clock is ahead of ours")
        taken = TakenPage("skipped", "no reader knows this page")
        for arrived in take_in(found_page(sent), self._readers, is_given=False, at=None):
            if isinstance(arrived, Skipped):
                return TakenPage("skipped", arrived.reason)
            if isinstance(arrived, Unreadable):
                return TakenPage("unreadable", mask_excerpt(arrived.reason))
            taken = _with_more(taken, _record(recorder, arrived))
        return taken

    def _link(self, now: datetime) -> None:
        with writing(self._engine) as connection:
            if len(touched_listings(connection)) <= MOST_TO_LINK:
                link_database(connection, now)


def found_page(sent: SentPage) -> FoundPage:
    """The page as intake knows those of a HAR file; what was posted becomes a part of the address."""
    asked = {"method": "GET"} if sent.posted is None else _posted(sent.posted)
    url = with_posted(sent.url, asked)
    body = sent.body.encode("utf-8", "replace")
    return FoundPage(sent.url, url, body, (), sent.observed_at, sent.content_type, sent.status)


def _posted(form: str) -> dict[str, object]:
    return {"method": "POST", "postData": {"mimeType": FORM_TYPE, "text": form}}


def _record(recorder: RunRecorder, arrived: CapturedPage) -> TakenPage:
    page = replace(arrived.page, url=mask_address(arrived.page.url))  # before anything logs it
    reading = read(page, arrived.reader)
    recorded = recorder.take(page, arrived.reader, reading)
    names = tuple(dict.fromkeys(_believed_names(reading, recorded)))
    if recorded is None:
        return TakenPage("known", reading.reason, names)
    return TakenPage(reading.outcome, reading.reason, names, len(bad_rows(reading, recorded)))


def _believed_names(reading: Reading, recorded: Recorded | None) -> Iterable[str]:
    refused = set() if recorded is None else {row.source_id for row in recorded.refused}
    return (f"{source}:{source_id}" for source, source_id, _ in reading.listings if source_id not in refused)


def _with_more(one: TakenPage, other: TakenPage) -> TakenPage:
    """A page of several looks is one page to the browser."""
    if one.outcome == "skipped":
        return other
    names = tuple(dict.fromkeys((*one.listings, *other.listings)))
    return TakenPage(other.outcome, other.reason or one.reason, names, one.refused_count + other.refused_count)


def _brings_news(summary: RunSummary) -> bool:
    return any(summary.counters.get(f"listing/{word}") for word in ("new", "changed", "late"))
