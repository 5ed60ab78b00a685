"""Small databases whose every number can be counted by hand, and ways to make them and to ask them."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select
from store_help import begin, make_page, record_all

from reporting.render import Format, render
from reporting.tables import Tabular
from store.engine import reading, writing
from store.rows import AUCTION_ROUND, LISTING, PROPERTY
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

DAY_0 = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 10 o'clock in Shanghai
LATER = datetime(2030, 1, 1, tzinfo=UTC)  # by the clock of whoever asks how things stood in years to come
FIRST, SECOND, SELL_OFF = RoundKind.FIRST_AUCTION, RoundKind.SECOND_AUCTION, RoundKind.SELL_OFF

NO_KEYS = bytes(1)  # as a linker stores that a listing has none

Said = Mapping[tuple[str, str], Statement]  # by source and id
Homes = Sequence[Sequence[tuple[str, str]]]  # the listings of each home


def lot(day: int, round_kind: RoundKind | None, status: RoundStatus | None, **values: Any) -> Statement:
    """A flat that a court of Hefei sells, with its start so many days after day 0 and its end a day later."""
    return Statement(
        **{
            "title": "某小区1幢101室",
            "property_kind": PropertyKind.FLAT,
            "region_code": "340104",
            "city": "合肥市",
            "district": "蜀山区",
            "currency": Currency.CNY,
            "round_kind": round_kind,
            "status": status,
            "starts_at": DAY_0 + timedelta(days=day),
            "ends_at": DAY_0 + timedelta(days=day + 1),
            "seller_name": "合肥市蜀山区人民法院",
            "seller_kind": SellerKind.COURT,
            "raw": "{}",
            **values,
        }
    )


def see(engine: Engine, day: float, said: Said) -> None:
    """Record a page of each source, seen so many days after day 0."""
    at = DAY_0 + timedelta(days=day)
    for source in sorted({source for source, _ in said}):
        words = {each: statement for (own, each), statement in said.items() if own == source}
        page = make_page(at, f"{source}.list", f"{day}{sorted(words.items())}", source=source)
        record_all(engine, [(page, words)])


def link(engine: Engine, homes: Homes) -> None:
    """Link these listings as a linker would have: each home by the lowest id among its listings."""
    with writing(engine) as connection:
        rows = connection.execute(select(LISTING.c.source, LISTING.c.source_id, LISTING.c.id, LISTING.c.observation_id))
        known = {(row.source, row.source_id): row for row in rows}
        for home in homes:
            listings = [known[each] for each in home]
            property_id = min(row.id for row in listings)
            connection.execute(insert(PROPERTY).values(id=property_id, listing_count=len(listings), linker_version=1))
            for position, row in enumerate(listings, 1):
                connection.execute(
                    insert(AUCTION_ROUND).values(
                        listing_id=row.id,
                        property_id=property_id,
                        observation_id=row.observation_id,
                        position=position,
                        procedure=1,
                        place=position,
                        keys=NO_KEYS,
                        traits_digest=0,
                    )
                )


def make(engine: Engine, looks: Iterable[tuple[float, Said]], homes: Homes) -> Engine:
    """A database of these looks, in the given order of arrival, with its homes."""
    begin(engine)
    for day, said in looks:
        see(engine, day, said)
    link(engine, homes)
    return engine


def ask(engine: Engine, report: Any, question: Any) -> Any:
    """What a report answers."""
    with reading(engine) as connection:
        return report(connection, question)


def text_of(report: Tabular, output: Format = Format.TABLE) -> str:
    """A report as it is printed."""
    stream = io.StringIO()
    render(report, output, stream, width=240)
    return stream.getvalue()


def figures(rows: Iterable[Any], *names: str) -> dict[str | None, tuple[Any, ...]]:
    """Some columns of each row, by its group."""
    return {row.group: tuple(getattr(row, name) for name in names) for row in rows}
