"""Small databases for the buyer's reports: flats of courts, with what their notices say."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select
from store_help import begin, make_page

from reporting.filters import Filters, parse_filters
from reporting.render import Format, render
from reporting.tables import Tabular
from store.engine import writing
from store.looks import digest_of
from store.rows import CRAWL_RUN, PAGE
from store.runs import open_run
from store.statement import Context, Extras, Fact, Statement, Words
from store.terms import Answer, Currency, FactKind, PropertyKind, RoundKind, RoundStatus, RunVerdict, SellerKind
from store.told import Unread
from store.write import Recorder
from tracking.linking import link_database

DAY = datetime(2026, 9, 4, 4, tzinfo=UTC)  # noon in Shanghai
TODAY = parse_filters(as_of="2026-09-04")

Said = Statement | tuple[Statement, tuple[Fact, ...]]


def court_flat(title: str, yuan: float, **values: Any) -> Statement:
    """A flat of 100 sqm in 闽侯县 that a court offers from 2026-09-21 at 10 o'clock."""
    told: dict[str, Any] = {
        "title": title,
        "property_kind": PropertyKind.FLAT,
        "round_kind": RoundKind.FIRST_AUCTION,
        "status": RoundStatus.UPCOMING,
        "region_code": "350121",
        "city": "福州市",
        "district": "闽侯县",
        "currency": Currency.CNY,
        "starting_price": round(yuan * 100),
        "floor_area": 100_00,
        "starts_at": datetime(2026, 9, 21, 2, tzinfo=UTC),
        "ends_at": datetime(2026, 9, 22, 2, tzinfo=UTC),
        "seller_name": "闽侯县人民法院",
        "seller_kind": SellerKind.COURT,
        "raw": "{}",
    }
    return Statement(**told | values)


def second_auction(yuan: float) -> Statement:
    """The same flat as in ``FIRST_AUCTION``, offered again."""
    return court_flat(HOME, yuan, round_kind=RoundKind.SECOND_AUCTION)._replace(**CASE)


HOME = "福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元"
CASE: dict[str, Any] = {"case_number": "(2025)闽0121执1234号", "appraisal_price": 1_250_000_00}
FIRST_AUCTION = court_flat(
    HOME, 1_000_000, starts_at=DAY - timedelta(days=40), ends_at=DAY - timedelta(days=39), status=RoundStatus.FAILED
)._replace(**CASE)
"""One that failed, of a flat that ``second_auction`` offers again."""


def sold_flat(title: str, hammer: float, **values: Any) -> Statement:
    """The same, sold a week ago; its start does not matter."""
    ended = {"ends_at": datetime(2026, 8, 28, 2, tzinfo=UTC), "starts_at": datetime(2026, 8, 27, 2, tzinfo=UTC)}
    told = {"status": RoundStatus.SOLD, "hammer_price": round(hammer * 100), **ended}
    return court_flat(title, hammer, **told | values)


def fact(kind: FactKind, answer: Answer, quote: str, **values: Any) -> Fact:
    return Fact(kind, answer, quote, **values)


def record(
    engine: Engine, said: Mapping[str, Said], *, days: float = 0, source: str = "s", context: Context | None = None
) -> None:
    """One page of a source, seen so many days after ``DAY``; with a statement the facts of its notice."""
    rows = [(source, source_id, _unread(words)) for source_id, words in said.items()]
    with writing(engine) as connection:
        page = make_page(DAY + timedelta(days=days), f"{source}.detail", f"{days} {said} {context}", source=source)
        recorder = Recorder()
        recorder.record(connection, page, rows, context=context)
        recorder.settle(connection)


def look_completely(engine: Engine, said: Mapping[str, Said], *, days: float) -> None:
    """A healthy crawl of the whole source ``s``, which has one page."""
    with writing(engine) as connection:
        run = open_run(connection, "s", {"kind": "crawl"}, DAY + timedelta(days=days))
    record(engine, said, days=days)
    with writing(engine) as connection:
        page_id = connection.execute(select(func.max(PAGE.c.id))).scalar_one()
        connection.execute(PAGE.update().where(PAGE.c.id == page_id).values(crawl_run_id=run))
        ended = {"verdict": RunVerdict.OK, "finished_at": DAY + timedelta(days=days)}
        connection.execute(CRAWL_RUN.update().where(CRAWL_RUN.c.id == run).values(**ended))


def _unread(words: Said) -> Unread:
    told, facts = (words, ()) if isinstance(words, Statement) else words
    extras = Extras(facts=facts)
    return Unread(digest_of(told, extras), lambda: Words(told, extras))


def link(engine: Engine) -> None:
    with writing(engine) as connection:
        link_database(connection, DAY)


def fill(engine: Engine, said: Mapping[str, Said]) -> Engine:
    """A linked database with one page of one source."""
    begin(engine)
    record(engine, said)
    link(engine)
    return engine


def table_text(report: Tabular, width: int = 120) -> str:
    stream = io.StringIO()
    render(report, Format.TABLE, stream, width=width)
    return stream.getvalue()


def filters(**words: Any) -> Filters:
    """Filters of the day, with more words."""
    return parse_filters(**{"as_of": "2026-09-04", **words})
