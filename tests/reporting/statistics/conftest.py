"""Eight homes counted by hand, and real rows of Alibaba.

``ali-titles-2020.txt``: the ids and rounds of the 5,999 titles that the project MondayPink/SF_Taobao read on
2020-05-01. ``ali-sold-2026-01.csv``: prices and places (no addresses) of the homes sold on two days of January 2026,
from the daily files of the project aiaimimi0920/dieleme.
"""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from store_help import make_page, record_all

from store.engine import writing
from store.runs import add_sources, open_run
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind
from tests.reporting.statistics.statistics_help import FIRST, SECOND, SELL_OFF, Homes, Said, lot, make

HERE = Path(__file__).parent
BANK = "兰州银行股份有限公司七里河支行"

HOMES: Homes = (
    (("s", "1a"), ("s", "1b"), ("t", "1b-elsewhere")),
    (("s", "2a"), ("s", "2b")),
    (("s", "3"),),
    (("s", "4"),),
    (("s", "5"),),
    (("s", "6a"), ("s", "6b"), ("s", "6c"), ("t", "6-bank")),
    (("s", "7"),),
)
"""Listing t:8 is not linked."""

SEEN: Said = {
    # Failed, then sold in the second; the second stood on another platform too, which did not tell its result.
    ("s", "1a"): lot(0, FIRST, RoundStatus.FAILED, starting_price=100_000_00, appraisal_price=125_000_00),
    ("s", "1b"): lot(
        30, SECOND, RoundStatus.SOLD, starting_price=80_000_00, appraisal_price=125_000_00, hammer_price=90_000_00
    ),
    ("t", "1b-elsewhere"): lot(30, SECOND, RoundStatus.ENDED, starting_price=80_000_00, appraisal_price=125_000_00),
    # Suspended, and failed when it went on under a new id: one round.
    ("s", "2a"): lot(3, FIRST, RoundStatus.SUSPENDED, starting_price=70_000_00),
    ("s", "2b"): lot(20, FIRST, RoundStatus.FAILED, starting_price=70_000_00),
    ("s", "3"): lot(5, FIRST, RoundStatus.WITHDRAWN),
    ("s", "4"): lot(6, FIRST, None),  # over, its result was not seen
    ("s", "5"): lot(200, FIRST, RoundStatus.UPCOMING, city="福州市", region_code="350102", district="鼓楼区"),
    # Failed three times; a bank took it and sells it itself.
    ("s", "6a"): lot(1, FIRST, RoundStatus.FAILED, starting_price=50_000_00),
    ("s", "6b"): lot(31, SECOND, RoundStatus.FAILED, starting_price=40_000_00),
    ("s", "6c"): lot(60, SELL_OFF, RoundStatus.TAKEN_BY_CREDITOR, starting_price=40_000_00),
    ("t", "6-bank"): lot(
        100,
        RoundKind.DIRECT_SALE,
        RoundStatus.ONGOING,
        asking_price=39_000_00,
        ends_at=None,
        seller_name=BANK,
        seller_kind=SellerKind.CITY_BANK,
    ),
    ("s", "7"): lot(2, FIRST, RoundStatus.SOLD, starting_price=60_000_00, hammer_price=66_000_00, bidder_count=1),
    ("t", "8"): lot(7, None, None, city=None, district=None, property_kind=None, seller_name=None, seller_kind=None),
}


@pytest.fixture
def eight_homes(engine: Engine) -> Engine:
    """The eight homes as last seen 110 days after day 0: on 2026-06-20."""
    return make(engine, [(110, SEEN)], HOMES)


ROUNDS = {
    "第一次拍卖": RoundKind.FIRST_AUCTION,
    "第二次拍卖": RoundKind.SECOND_AUCTION,
    "变卖": RoundKind.SELL_OFF,
    "再次拍卖": RoundKind.REPEAT_AUCTION,
    "重新拍卖": RoundKind.RE_AUCTION,
}


def real_titles() -> dict[str, Statement]:
    """By id, what the page of 2020 said of rounds."""
    lines = (HERE / "ali-titles-2020.txt").read_text("utf-8").splitlines()
    return {
        each: Statement(round_kind=ROUNDS[line.split()[0]], seller_kind=SellerKind.COURT, raw="{}")
        for line in lines
        for each in line.split()[1:]
    }


def real_sales() -> dict[str, Statement]:
    """By id, the homes sold on two days."""
    with (HERE / "ali-sold-2026-01.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: _sale(row) for row in csv.DictReader(file)}


def _sale(row: dict[str, str]) -> Statement:
    def number(name: str) -> int | None:
        return int(row[name]) if row[name] else None

    return Statement(
        property_kind=PropertyKind.FLAT,
        status=RoundStatus(row["status"]) if row["status"] else None,
        seller_kind=SellerKind.COURT,
        region_code=row["region"] or None,
        city=row["city"] or None,
        district=row["district"] or None,
        currency=Currency.CNY,
        starting_price=number("start"),
        appraisal_price=number("appraisal"),
        hammer_price=number("hammer"),
        applicant_count=number("applicants"),
        ended_on=date.fromisoformat(row["ended_on"]) if row["ended_on"] else None,
        raw="{}",
    )


def _record(engine: Engine, at: datetime, said: dict[str, Statement]) -> None:
    with writing(engine) as connection:
        add_sources(connection, {"ali_judicial": "阿里拍卖"})
        open_run(connection, "ali_judicial", {}, at)
    record_all(engine, [(make_page(at, "ali_judicial.mapped", str(at), source="ali_judicial"), said)])


@pytest.fixture
def ali_titles(engine: Engine) -> Engine:
    """5,999 listings of 2020, not linked."""
    _record(engine, datetime(2020, 5, 1, 15, 59, tzinfo=UTC), real_titles())
    return engine


@pytest.fixture
def ali_sales(engine: Engine) -> Engine:
    """292 homes sold on 2026-01-05 and 06, not linked."""
    _record(engine, datetime(2026, 1, 6, 15, 59, tzinfo=UTC), real_sales())
    return engine
