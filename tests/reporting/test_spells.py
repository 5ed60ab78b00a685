"""Spells: how long homes are on offer, and how that ends. Court chains are those of the fixtures."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from reporting.attempts import Attempt, Further, outcome_of
from reporting.spells import Ending, Looks, Spell, looks_at, spells_of
from store.terms import RoundStatus
from tests.tracking.chain_cases import at, chains_of, offer
from tracking.offers import Offer
from tracking.rounds import chain_rounds

NOW = datetime(2026, 11, 1, tzinfo=UTC)
EARLY, LATE = date(2015, 1, 1), date(2026, 9, 1)  # when the looking began, and the last look


def home_of(offers: list[Offer], told_at: dict[int, str] | None = None, *, linked: bool = True) -> list[Attempt]:
    """The attempts of one home. ``told_at``: when the present state was first seen, if not at the last look."""
    by_id = {each.listing_id: each for each in offers}
    attempts = []
    for step in chain_rounds(offers):
        each = by_id[step.listing_id]
        told = at(told_at[step.listing_id]) if told_at else each.last_seen_at
        further = Further(**{**dict.fromkeys(Further._fields), "observed_at": told})
        outcome = outcome_of(each, None, NOW)
        attempts.append(Attempt(each, further, outcome, 1 if linked else None, step if linked else None))
    return attempts


def measure(offers: list[Offer], told_at: dict[int, str] | None = None, **further: Any) -> list[Spell | None]:
    home = home_of(offers, told_at, **further)
    last = {each.listing_id: each.last_seen_at for each in offers}
    places = [(each.source, None) for each in offers]
    return list(spells_of(home, Looks(dict.fromkeys(places, EARLY), dict.fromkeys(places, LATE), last)))


def lengths(spells: list[Spell | None]) -> list[tuple[int, bool, int, Ending | None] | None]:
    return [spell and (spell.days, spell.is_sold, spell.ended_days, spell.ending) for spell in spells]


def chongqing(**of_first: Any) -> list[Offer]:
    """双桥区双南路62号附7号: failed twice in 2018, sold in the sell-off; the pages of 2020 tell no ends."""
    first, second, third = chains_of("ali-court-2017_2019.json")["双南路62号"]
    return [
        first._replace(**{"published_at": at("2017-12-04"), **of_first}),
        second,
        third._replace(ends_at=at("2018-07-13")),
    ]


def test_a_home_sold_in_the_third_attempt_took_the_time_of_all_three() -> None:
    assert lengths(measure(chongqing())) == [(221, True, 221, Ending.SOLD)]


def test_a_sale_whose_day_is_not_told_by_a_page_of_two_years_later_has_no_length() -> None:
    first, second, third = chongqing()
    undated = third._replace(ends_at=None)
    assert lengths(measure([first, second, undated])) == [None]
    seen_open = undated._replace(first_seen_at=at("2018-07-01"))
    assert lengths(measure([first, second, seen_open], dict.fromkeys((1, 2, 3), "2018-07-20"))) == [
        (228, True, 228, Ending.SOLD)
    ]


def test_a_page_read_years_later_does_not_keep_a_failed_home_on_offer_for_years() -> None:
    first, second = chains_of("ali-court-2017_2019.json")["金开大道7幢1-4"]
    announced = first._replace(published_at=at("2018-06-30"))
    assert second.first_seen_at.year == 2020
    assert lengths(measure([announced, second])) == [(90, False, 90, None)]  # to 2018-09-28


def test_what_was_announced_and_ended_without_a_word_was_on_offer_until_its_end() -> None:
    """Florida 2025: "upcoming" from its first look on, never another word, and past its day nobody knows the result."""
    (first, *_) = chongqing()
    auction = first._replace(
        status=RoundStatus.UPCOMING,
        published_at=None,
        first_seen_at=at("2025-01-04"),
        last_seen_at=at("2025-01-14"),
        starts_at=None,
        ends_at=at("2025-01-16"),
    )
    assert lengths(measure([auction], {auction.listing_id: "2025-01-04"})) == [(10, False, 10, None)]
    found_over = auction._replace(status=RoundStatus.ENDED)
    assert lengths(measure([found_over], {auction.listing_id: "2025-01-04"})) == [None]


def test_a_home_without_a_first_notice_is_left_out() -> None:
    assert lengths(measure(chongqing(published_at=None))) == [None]


def test_a_home_that_was_first_seen_at_its_second_round_is_left_out() -> None:
    second, sell_off = chains_of("ali-court-2017_2019.json")["车位015"]
    assert lengths(measure([second._replace(published_at=at("2019-02-01")), sell_off])) == [None]
    alone = [second._replace(published_at=at("2019-02-01"))]
    assert lengths(measure(alone, linked=False)) == [None]


@pytest.mark.parametrize(
    ("first_look", "seen", "starts", "days"),
    [
        ("2026-01-01", "2026-02-01", "2026-03-05", 59),  # new on the site, before bidding began
        ("2026-02-01", "2026-02-01", "2026-03-05", None),  # there at the first look
        ("2026-01-01", "2026-03-06", "2026-03-05", None),  # first seen too late
        ("2026-01-01", "2026-02-01", None, 59),  # a direct sale
    ],
)
def test_the_first_look_is_the_first_notice_only_where_it_could_see_it(
    first_look: str, seen: str, starts: str | None, days: int | None
) -> None:
    one = offer(1, first_seen_at=seen, last_seen_at="2026-04-01", starts_at=starts, status="ongoing")
    place = one.source, None
    looks = Looks({place: date.fromisoformat(first_look)}, {place: LATE}, {1: one.last_seen_at})
    (spell,) = spells_of(home_of([one]), looks)
    assert (spell and spell.days) == days


@pytest.mark.parametrize(("seen", "days"), [("2025-12-02", None), ("2025-12-01", None), ("2025-11-20", 11)])
def test_a_list_of_sales_shows_no_home_from_its_first_notice_on(seen: str, days: int | None) -> None:
    """Alibaba's 982108408314 of 成都市: sold on 2025-12-01 as its daily list tells, seen then or a day later."""
    sold = offer(1, first_seen_at=seen, last_seen_at="2025-12-02", status="sold", source_id="982108408314")
    (attempt,) = home_of([sold])
    attempt = replace(attempt, further=attempt.further._replace(ended_on=date(2025, 12, 1)))
    place = sold.source, None
    looks = Looks({place: date(2025, 11, 1)}, {place: LATE}, {1: sold.last_seen_at})
    assert [spell and spell.days for spell in spells_of([attempt], looks)] == [days]


@pytest.mark.parametrize(("told_at", "expected"), [("2025-12-07", None), ("2025-12-09", (1, True, 1, Ending.SOLD))])
def test_a_home_whose_first_look_tells_its_sale_was_not_seen_on_offer(told_at: str, expected: Any) -> None:
    """Alibaba's 987915230853 stands in the list of 2025-12-07 as sold on the 8th: no look was before its sale."""
    sold = offer(1, first_seen_at="2025-12-07", last_seen_at="2025-12-09", status="sold", source_id="987915230853")
    (attempt,) = home_of([sold], {1: told_at})
    attempt = replace(attempt, further=attempt.further._replace(ended_on=date(2025, 12, 8)))
    place = sold.source, None
    looks = Looks({place: date(2025, 11, 1)}, {place: LATE}, {1: sold.last_seen_at})
    assert lengths(list(spells_of([attempt], looks))) == [expected]


def test_the_first_look_is_that_of_the_city_since_a_crawl_may_begin_with_another() -> None:
    seen = [("杭州市", "2026-01-01"), ("合肥", "2026-03-01"), ("合肥市", "2026-02-01"), (None, "2026-02-05")]
    homes = [home_of([offer(n, city=city, first_seen_at=day)]) for n, (city, day) in enumerate(seen, 1)]
    attempts = [attempt for home in homes for attempt in home]
    looks = looks_at(attempts, {number: at("2026-04-01") for number in range(1, 5)})
    assert looks.first == {
        ("ali_judicial", "杭州"): date(2026, 1, 1),
        ("ali_judicial", "合肥"): date(2026, 2, 1),
        ("ali_judicial", None): date(2026, 2, 5),
    }
    assert set(looks.final.values()) == {date(2026, 4, 1)}


@pytest.mark.parametrize(
    ("status", "seen", "is_lost"),
    [
        ("ongoing", "2026-08-31", True),
        ("ongoing", "2026-09-01", False),
        ("failed", "2026-08-31", True),
        ("withdrawn", "2026-08-31", False),
    ],
)
def test_a_home_without_a_result_that_was_not_there_at_the_last_look_is_lost(
    status: str, seen: str, is_lost: bool
) -> None:
    one = offer(1, published_at="2026-01-01", first_seen_at="2026-01-05", last_seen_at=seen, status=status)
    (spell,) = measure([one._replace(ends_at=at("2026-08-30"))], {1: "2026-08-31"})
    assert spell is not None
    assert spell.is_lost is is_lost


def rounds(*told: dict[str, Any]) -> list[Offer]:
    """Listings of one home of a court in 2026, the first published on new year's day."""
    first, *others = told
    return [
        offer(1, published_at="2026-01-01", round_kind="first_auction", first_seen_at="2026-01-05", **first),
        *(offer(number, **each) for number, each in enumerate(others, 2)),
    ]


SOLD = {"starts_at": "2026-02-01", "ends_at": "2026-02-02", "status": "sold", "last_seen_at": "2026-02-10"}


def test_a_winner_who_does_not_pay_has_not_bought() -> None:
    later = {"starts_at": "2026-04-01", "ends_at": "2026-04-02", "last_seen_at": "2026-04-10"}
    again = {"round_kind": "re_auction", "status": "sold", **later}
    assert lengths(measure(rounds(SOLD, again))) == [(91, True, 91, Ending.SOLD)]
    defaulted = SOLD | {"status": "defaulted"}
    assert lengths(measure(rounds(defaulted))) == [(32, False, 32, None)]


def test_a_home_that_is_sold_and_comes_back_begins_another_spell() -> None:
    back = {
        "starts_at": "2026-09-10",
        "published_at": "2026-08-01",
        "first_seen_at": "2026-08-02",
        "last_seen_at": "2026-08-31",
        "status": "upcoming",
        "round_kind": "first_auction",
    }
    assert lengths(measure(rounds(SOLD, back))) == [(32, True, 32, Ending.SOLD), (30, False, 30, None)]


def test_the_same_sale_on_a_second_platform_is_no_second_spell() -> None:
    price = {"starting_price": 1_062_000_00}
    elsewhere = SOLD | price | {"source": "jd_judicial"}
    assert lengths(measure(rounds(SOLD | price, elsewhere))) == [(32, True, 32, Ending.SOLD)]


def test_the_creditor_ends_it_for_the_court_and_his_own_sale_is_still_the_sale() -> None:
    taken = SOLD | {"status": "taken_by_creditor"}
    bank = {
        "seller_kind": "state_bank",
        "round_kind": "direct_sale",
        "source": "jd_assets",
        "starts_at": "2026-06-01",
        "first_seen_at": "2026-06-01",
        "last_seen_at": "2026-07-01",
        "ends_at": "2026-06-30",
        "status": "sold",
    }
    assert lengths(measure(rounds(taken, bank))) == [(180, True, 32, Ending.TAKEN_BY_CREDITOR)]
    assert lengths(measure(rounds(taken))) == [(32, False, 32, Ending.TAKEN_BY_CREDITOR)]


def test_only_a_home_that_does_not_come_back_was_withdrawn() -> None:
    withdrawn = SOLD | {"status": "withdrawn"}
    resumed = {"starts_at": "2026-03-01", "status": "ongoing", "last_seen_at": "2026-03-20"}
    assert lengths(measure(rounds(withdrawn))) == [(32, False, 32, Ending.WITHDRAWN)]
    assert lengths(measure(rounds(withdrawn, resumed))) == [(78, False, 78, None)]


def test_days_that_contradict_one_another_give_no_length() -> None:
    first = offer(1, published_at="2026-03-01", first_seen_at="2026-03-02", ends_at="2026-02-01", status="sold")
    assert lengths(measure([first])) == [None]
