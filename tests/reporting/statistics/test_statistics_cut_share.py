"""The cut share: by hand on twelve homes of a bank, and on real lists of CAIXA counted again from their rows."""

import re
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import Engine

from reporting.filters import parse_filters
from reporting.render import Format
from reporting.statistics.cut_share import CutShareQuestion, cut_share
from store.engine import writing
from store.links import add_decisions
from store.statement import Statement
from store.terms import Judgement, PropertyKind, RoundKind, RoundStatus, SellerKind
from tests.reporting.statistics.statistics_help import DAY_0, FIRST, SECOND, ask, lot, make, text_of
from tracking.words import find_listing

THEN = parse_filters(as_of="2026-08-01")
MARCH_22, APRIL_11, APRIL_26, JUNE_10, JULY_5 = 20, 40, 55, 100, 125
"""Days after 2026-03-02."""


def sale(yuan: int, **values: object) -> Statement:
    """A flat that a bank sells directly, without an end."""
    bank = {"seller_kind": SellerKind.CITY_BANK, "seller_name": "兰州银行", "starts_at": None, "ends_at": None}
    return lot(0, RoundKind.DIRECT_SALE, None, asking_price=yuan * 100, **bank, **values)


def bank_homes() -> list[tuple[float, dict[tuple[str, str], Statement]]]:
    """Twelve homes at 100,000 yuan.

    In April 0, 1 and 2 are cut, 0 twice; 4, 7 and 8 are listed again for less, 6 for more. In July 5 is cut, 6 comes
    under its first price, 7 and 8 are raised above it. One look of April misses home 11.
    """
    homes = {("s", str(number)): sale(100_000) for number in range(12)}
    april = homes | {("s", "0"): sale(90_000), ("s", "1"): sale(90_000), ("s", "2"): sale(99_999)}
    april |= {("s", "3"): sale(110_000), ("s", "6-again"): sale(105_000)}
    late = april | {("s", "0"): sale(80_000), ("s", "4-again"): sale(95_000), ("s", "7-again"): sale(95_000)}
    late |= {("s", "8-again"): sale(95_000), ("s", "new"): sale(50_000)}
    july = late | {("s", "5"): sale(1), ("s", "6-again"): sale(95_000), ("s", "7-again"): sale(105_000)}
    july |= {("s", "8-again"): sale(105_000)}
    del april["s", "11"]
    return [(MARCH_22, homes), (APRIL_11, april), (APRIL_26, late), (JUNE_10, late), (JULY_5, july)]


AGAIN = ("4", "6", "7", "8")
HOMES = [[("s", str(number))] for number in range(12) if str(number) not in AGAIN]
HOMES += [[("s", name), ("s", f"{name}-again")] for name in AGAIN] + [[("s", "new")]]


def say_that_they_came_again(engine: Engine) -> None:
    """A person's word of the first day: for an earlier day homes are linked from what was known then."""
    with writing(engine) as connection:
        for name in AGAIN:
            one, other = sorted(find_listing(connection, f"s:{each}") for each in (name, f"{name}-again"))
            add_decisions(connection, [(one, other, Judgement.SAME, None, "", "me", None, DAY_0, None)])


def told(engine: Engine, **words: object) -> dict[str | None, tuple[object, ...]]:
    found = ask(engine, cut_share, CutShareQuestion(parse_filters(**{"as_of": "2026-08-01", **words})))
    return {row.group: (row.days, row.n, row.cut, row.rate_percent, row.remark) for row in found.rows}


def test_homes_cut_within_a_month_are_counted_once_and_a_gap_is_no_zero(engine: Engine) -> None:
    make(engine, bank_homes(), HOMES)
    months = {month: (*values[:3], str(values[3]), values[4]) for month, values in told(engine).items()}
    assert months == {
        "2026-03": (1, None, None, "None", "gap: not looked at"),  # nothing is known of its start
        "2026-04": (2, 12, 6, "50.00", ""),
        "2026-05": (0, None, None, "None", "gap: not looked at"),
        "2026-06": (1, None, None, "None", "gap: not looked at"),  # the last look before it was in April
        "2026-07": (1, 13, 2, "15.38", "at least: not looked at after 2026-07-05"),
    }


def test_people_are_shown_the_newest_months_first_and_files_hold_the_series_as_time_goes(engine: Engine) -> None:
    make(engine, bank_homes(), HOMES)
    report = ask(engine, cut_share, CutShareQuestion(parse_filters(as_of="2026-08-01"), limit=2))
    months = re.compile(r"^2026-\d\d", re.MULTILINE)
    assert months.findall(text_of(report)) == ["2026-07", "2026-06"]
    every = ["2026-03", "2026-04", "2026-05", "2026-06", "2026-07"]
    assert months.findall(text_of(report, Format.CSV)) == every


def test_a_month_that_is_not_over_says_so(engine: Engine) -> None:
    make(engine, bank_homes(), HOMES)
    assert told(engine, as_of="2026-04-15")["2026-04"][4] == "month not over"


def test_what_was_seen_later_does_not_open_a_home_for_an_earlier_reader(engine: Engine) -> None:
    """At the end of March nobody knew that the homes would be seen again, on April 15 not that 11 would be."""
    make(engine, bank_homes(), HOMES)
    say_that_they_came_again(engine)
    assert told(engine, as_of="2026-04-15")["2026-04"][1:3] == (11, 3)
    assert told(engine, as_of="2026-04-30")["2026-04"][1:3] == (12, 6)
    assert set(told(engine, as_of="2026-03-31")) == {"2026-03"}
    first_of_april = told(engine, as_of="2026-04-11T09:00:00+08:00")
    assert "2026-04" not in first_of_april


def test_without_links_a_cheaper_listing_is_no_cut(engine: Engine) -> None:
    make(engine, bank_homes(), [])
    assert told(engine)["2026-04"][1:3] == (12, 3)
    assert "nothing is linked yet" in text_of(ask(engine, cut_share, CutShareQuestion(THEN)))


def test_a_home_that_is_cheaper_than_the_claim_before_it_was_not_cut(engine: Engine) -> None:
    """A person joined both: what a bank asks for a debt is many times what it asks for the home that secures it."""
    first = {("s", "flat"): sale(100_000)}
    claimed = first | {("s", "claim"): sale(8_000_000, property_kind=PropertyKind.LOAN)}
    again = claimed | {("s", "flat-again"): sale(110_000)}
    make(engine, [(MARCH_22, first), (MARCH_22 + 3, claimed), (APRIL_11, again)], [list(again)])
    assert told(engine)["2026-04"][1:3] == (1, 0)
    assert told(engine, kind=["flat"])["2026-04"][1:3] == (1, 0)


def test_an_auction_is_open_until_its_end_and_a_sold_one_never_was(engine: Engine) -> None:
    """Open on April 1: ten that are seen in April too, and one that runs until April 21 by its own word.

    Not: one that ended in March, whether its result was seen in April or never; nor those found sold or failed.
    """
    runs = {("s", str(number)): lot(20, FIRST, None, starting_price=100, ends_at=None) for number in range(10)}
    runs |= {("s", "sold"): lot(10, FIRST, RoundStatus.SOLD, starting_price=100, ends_at=None)}
    ended = lot(20, FIRST, RoundStatus.UPCOMING, starting_price=100)
    said = {
        **runs,
        ("s", "until-april"): lot(49, FIRST, RoundStatus.UPCOMING, starting_price=100),
        ("s", "never"): ended,
        ("s", "late"): ended,
        ("s", "failed"): lot(10, FIRST, RoundStatus.FAILED, starting_price=100),
    }
    later = runs | {
        ("s", "late"): ended._replace(status=RoundStatus.FAILED),
        ("s", "failed-second"): lot(45, SECOND, RoundStatus.UPCOMING, starting_price=80),
    }
    homes = [[each] for each in said if each[1] != "failed"] + [[("s", "failed"), ("s", "failed-second")]]
    make(engine, [(MARCH_22, said), (APRIL_11, later)], homes)
    assert told(engine)["2026-04"][1:3] == (11, 0)
    assert told(engine, as_of="2026-04-15")["2026-04"][1:3] == (11, 0)


def test_the_share_of_caixa_is_that_of_its_lists(caixa: Engine, caixa_rows: list[dict[str, str]]) -> None:
    """Lists of three states on nine days of 2021: open at the start of August is what was listed before and after."""
    seen: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in sorted(caixa_rows, key=lambda row: row["day"]):
        seen[row["id"]].append((row["day"], float(row["price"])))
    opened = [rows for rows in seen.values() if rows[0][0] < "2021-08-01" <= rows[-1][0]]
    cut = [
        rows for rows in opened if any(now[1] < before[1] and now[0][:7] == "2021-08" for before, now in pairwise(rows))
    ]
    found = ask(caixa, cut_share, CutShareQuestion(parse_filters(source=["br_caixa"])))
    august = {row.group: row for row in found.rows}["2021-08"]
    assert (august.n, august.cut) == (len(opened), len(cut))
    assert august.n > 10
    assert august.cut > 0
    assert found.sample.observed[0] < datetime(2021, 8, 1, tzinfo=UTC)
