"""Real rows of CAIXA in three small states on nine days of 2021, as a database.

From the tables of the project franklinbaldo/caixaaberta: all rows of AP and RR, those of AC whose price or
appraisal changed. On 2021-08-08 none of the three files has a row (an outage), on 2021-08-10 AC has none.
"""

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from store_help import Look, make_page, record_all, statement

from store.engine import writing
from store.runs import add_sources, open_run
from store.statement import Statement
from store.terms import PageOutcome, PropertyKind, RoundKind, SellerKind

OUTAGE = "2021-08-08"
STATES = ("AC", "AP", "RR")
ROUNDS = {
    "1º Leilão SFI": RoundKind.FIRST_AUCTION,
    "Venda Online": RoundKind.ONLINE_SALE,
    "Venda Direta Online": RoundKind.DIRECT_SALE,
}
KINDS = {
    "Casa": PropertyKind.HOUSE,
    "Comercial": PropertyKind.COMMERCIAL,
    "Gleba": PropertyKind.LAND,
    "Gleba Urbana": PropertyKind.LAND,
    "Loja": PropertyKind.SHOP,
    "Outros": PropertyKind.OTHER,
    "Prédio": PropertyKind.BUILDING,
    "Terreno": PropertyKind.LAND,
}
Row = dict[str, str]


@pytest.fixture(scope="session")
def caixa_rows() -> list[Row]:
    """The rows as they stand in the file, in order of time."""
    with Path(__file__).with_name("caixa-2021.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def caixa_looks(caixa_rows: list[Row]) -> list[Look]:
    """A page for each state and day, with what it said."""
    looks = []
    for day in sorted({row["day"] for row in caixa_rows} | {OUTAGE}):
        for state in STATES:
            rows = [row for row in caixa_rows if (row["day"], row["state"]) == (day, state)]
            outcome = PageOutcome.READ if rows else PageOutcome.EMPTY
            at = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(minutes=20)
            page = make_page(at, "br_caixa.csv", f"{day} {state}", outcome, "br_caixa")
            looks.append((page, {row["id"]: said_by(row) for row in rows}))
    return looks


def said_by(row: Row) -> Statement:
    return statement(
        title=f"{row['kind']}, {row['address']}",
        url=f"https://venda-imoveis.caixa.gov.br/sistema/detalhe-imovel.asp?hdnimovel={row['id']}",
        property_kind=KINDS[row["kind"]],
        round_kind=ROUNDS[row["round"]],
        seller_kind=SellerKind.STATE_BANK,
        region_code=f"BR-{row['state']}",
        city=row["city"],
        address=row["address"],
        asking_price=int(Decimal(row["price"]) * 100),
        appraisal_price=int(Decimal(row["appraisal"]) * 100),
    )


def record_looks(engine: Engine, looks: Sequence[Look], pages_per_commit: int) -> Engine:
    with writing(engine) as connection:
        add_sources(connection, {"br_caixa": "CAIXA", "rmfysszc": "人民法院诉讼资产网"})
        open_run(connection, "br_caixa", {}, datetime(2021, 9, 12, tzinfo=UTC))
    record_all(engine, looks, pages_per_commit)
    return engine


@pytest.fixture
def recorded(new_engine: Callable[[], Engine]) -> Callable[..., Engine]:
    """Records looks into a database of their own, or into the given one."""

    def make(looks: Sequence[Look], pages_per_commit: int = 1, engine: Engine | None = None) -> Engine:
        return record_looks(engine or new_engine(), looks, pages_per_commit)

    return make


@pytest.fixture
def caixa(recorded: Callable[..., Engine], caixa_looks: list[Look]) -> Engine:
    """All of it, recorded in order."""
    return recorded(caixa_looks)
