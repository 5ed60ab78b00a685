"""A later round under the same id begins anew: what the earlier one told is in its history, not in the new state."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from store_help import CURRENT, begin, look, record_all, rows

from store.next_round import OF_ONE_ROUND, begins_next_round, left_behind
from store.statement import FIELDS, Statement
from store.terms import Currency, RoundKind, RoundStatus, SellerKind

KOREA = Statement(  # 2025타경42822 of the court of Pyeongtaek: first sale on 2026-07-13, second on 2026-08-24
    title="경기도 평택시 포승읍 내기리 23-5",
    region_code="KR-41",
    city="평택시",
    seller_kind=SellerKind.COURT,
    case_number="2025타경42822",
    currency=Currency.KRW,
    appraisal_price=830_000_000,
    starting_price=830_000_000,
    round_kind=RoundKind.FIRST_AUCTION,
    round_number=1,
    ended_on=date(2026, 7, 13),
    raw="{}",
)
SECOND = KOREA._replace(
    round_kind=RoundKind.SECOND_AUCTION, round_number=2, starting_price=581_000_000, ended_on=date(2026, 8, 24)
)
FLORIDA = Statement(  # CACE-24-001313: set for 2025-01-08, set again for 2025-03-12
    title="7408 FAIRFAX DR",
    region_code="US-FL",
    city="TAMARAC",
    currency=Currency.USD,
    round_kind=RoundKind.JUDICIAL_AUCTION,
    status=RoundStatus.UPCOMING,
    ended_on=date(2025, 1, 8),
    raw="{}",
)


def state(engine: Engine, *names: str) -> tuple[object, ...]:
    ((*found,),) = rows(engine, f"SELECT {', '.join(names)} FROM {CURRENT}")
    return tuple(found)


def history(engine: Engine, *names: str) -> list[tuple[object, ...]]:
    return rows(engine, f"SELECT {', '.join(names)} FROM observation ORDER BY observed_at")


def test_a_second_auction_does_not_bear_the_result_of_the_first(engine: Engine) -> None:
    """Another page of the court told that the first failed; the daily table tells numbers and days, and no results."""
    begin(engine)
    failed = KOREA._replace(status=RoundStatus.FAILED, bid_count=0)
    looks = [look(0, {"1": KOREA}), look(24, {"1": failed}, "s.result"), look(48, {"1": SECOND})]

    record_all(engine, looks)

    assert state(engine, "status", "starting_price", "bid_count", "round_number") == (None, 581_000_000, None, 2)
    assert history(engine, "status", "starting_price", "bid_count") == [
        (None, 830_000_000, None),
        ("failed", 830_000_000, 0),
        (None, 581_000_000, None),
    ], "the history of the first stays as it was"


def test_what_is_of_the_home_is_carried_into_the_next_round(engine: Engine) -> None:
    begin(engine)
    measured = KOREA._replace(floor_area=120_00, appraisal_price=830_000_000, case_number="2025타경42822")
    bare = Statement(title=KOREA.title, round_number=2, ended_on=date(2026, 8, 24), raw="{}")

    record_all(engine, [look(0, {"1": measured}), look(24, {"1": bare})])

    assert state(engine, "floor_area", "appraisal_price", "city") == (120_00, 830_000_000, "평택시")
    assert state(engine, "starting_price", "round_number") == (None, 2), (
        "its start is not known, the first's is not its"
    )


def test_a_sale_that_was_set_again_is_not_sold(engine: Engine) -> None:
    """A winner who does not pay: the court sets another day under the same id and number."""
    begin(engine)
    sold = SECOND._replace(status=RoundStatus.SOLD, hammer_price=600_000_000)
    again = SECOND._replace(ended_on=date(2026, 10, 5))

    record_all(engine, [look(0, {"1": SECOND}), look(24, {"1": sold}, "s.result"), look(48, {"1": again})])

    assert state(engine, "status", "hammer_price", "starting_price") == (None, None, 581_000_000)


def test_a_new_day_of_an_auction_that_is_told_as_coming_keeps_no_hammer_price(engine: Engine) -> None:
    begin(engine)
    sold = FLORIDA._replace(status=RoundStatus.SOLD, hammer_price=250_000_00)
    again = FLORIDA._replace(ended_on=date(2025, 3, 12))

    record_all(engine, [look(0, {"1": FLORIDA}), look(24, {"1": sold}, "s.result"), look(48, {"1": again})])

    assert state(engine, "status", "hammer_price") == ("upcoming", None)


def test_a_list_that_leaves_results_out_does_not_take_one_back(engine: Engine) -> None:
    """The same round on the same day: what a detail page told stands, also where the end comes minutes later."""
    begin(engine)
    sold = KOREA._replace(
        status=RoundStatus.SOLD, hammer_price=900_000_000, ends_at=datetime(2026, 7, 13, 2, tzinfo=UTC)
    )
    bare = Statement(title=KOREA.title, ends_at=datetime(2026, 7, 13, 2, 5, tzinfo=UTC), raw="{}")
    over = Statement(title=KOREA.title, status=RoundStatus.ENDED, raw="{}")

    record_all(engine, [look(0, {"1": KOREA}), look(24, {"1": sold}, "s.detail"), look(48, {"1": bare})])
    assert state(engine, "status", "hammer_price") == ("sold", 900_000_000)
    record_all(engine, [look(72, {"1": over}, "s.other")])
    assert state(engine, "hammer_price") == (900_000_000,)


def test_an_older_page_of_the_first_round_that_comes_late_is_its_history(engine: Engine) -> None:
    begin(engine)
    failed = KOREA._replace(status=RoundStatus.FAILED)

    record_all(engine, [look(48, {"1": SECOND}), look(24, {"1": failed}), look(0, {"1": KOREA})])

    assert history(engine, "status", "starting_price") == [
        (None, 830_000_000),
        ("failed", 830_000_000),
        (None, 581_000_000),
    ]
    assert state(engine, "status", "round_number") == (None, 2)


@pytest.mark.parametrize(
    ("before", "now", "is_later"),
    [
        ({"round_number": 4}, {"round_number": 5}, True),
        ({"round_number": 5}, {"round_number": 4}, False),
        ({"round_number": 5}, {}, False),
        ({"round_kind": "first_auction"}, {"round_kind": RoundKind.SELL_OFF}, True),
        ({"round_kind": "second_auction"}, {"round_kind": RoundKind.FIRST_AUCTION}, False),
        ({"round_kind": "online_sale"}, {"round_kind": RoundKind.DIRECT_SALE}, False),
        ({"round_kind": "first_auction", "round_number": 2}, {"round_kind": RoundKind.SECOND_AUCTION}, True),
        ({"status": "failed", "ended_on": "2026-07-13"}, {"ended_on": date(2026, 8, 24)}, True),
        ({"status": "failed", "ends_at": "2026-07-13 02:00:00.000000"}, {"ended_on": date(2026, 7, 14)}, False),
        ({"status": "upcoming", "ended_on": "2026-07-13"}, {"ended_on": date(2026, 8, 24)}, False),
        ({"status": "suspended", "ended_on": "2026-07-13"}, {"ended_on": date(2026, 8, 24)}, False),
        ({"status": "sold", "ended_on": "2026-07-13"}, {}, False),
    ],
)
def test_a_later_round_is_told_by_its_number_its_kind_or_a_day_behind_a_result(before, now, is_later) -> None:
    """Of the state before, times and terms are as the driver of SQLite gives them."""
    assert begins_next_round(Statement(**before), Statement(**now)) is is_later


def test_every_field_that_is_left_behind_is_one() -> None:
    assert OF_ONE_ROUND.issubset(FIELDS)
    assert left_behind(Statement(), Statement()) == frozenset()
