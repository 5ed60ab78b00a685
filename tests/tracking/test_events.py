"""What is an event and what is not (domain.md, sections 1, 2 and 5)."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_help import START, Look, begin, empty_tables, look, make_page, record_all, rows, statement

from crawler.page import Page
from crawler.reading import read, statement_of
from crawler.sources import find_reader
from store.engine import reading, writing
from store.runs import add_sources
from store.terms import Currency, EventKind, PropertyKind, RoundKind, RoundLink, RoundStatus
from tracking.event_rows import events_of
from tracking.events import BITS, Event, Sight, is_moved_by_bids, price_words, tell_events
from tracking.price_changes import price_changes

LATER = datetime(2030, 1, 1, tzinfo=UTC)
DEMO = Path(__file__).parents[2] / "fixtures" / "demo"
FIRST, SECOND, SELL_OFF = RoundKind.FIRST_AUCTION, RoundKind.SECOND_AUCTION, RoundKind.SELL_OFF
UPCOMING, ONGOING, ENDED = RoundStatus.UPCOMING, RoundStatus.ONGOING, RoundStatus.ENDED
SOLD, FAILED, WITHDRAWN = RoundStatus.SOLD, RoundStatus.FAILED, RoundStatus.WITHDRAWN
SUSPENDED, POSTPONED, HALTED = RoundStatus.SUSPENDED, RoundStatus.POSTPONED, RoundStatus.HALTED


def at(day: float, minutes: float = 0) -> datetime:
    return START + timedelta(days=day, minutes=minutes)


def sight(day: float, **known: Any) -> Sight:
    """A sight so many days after the start that stated all that is known."""
    stated = sum(BITS[name] for name, value in known.items() if value is not None and name in BITS)
    return Sight(at(day), stated, **known)


def told(*sights: Sight, as_of: datetime = LATER, link: RoundLink | None = None) -> list[Event]:
    """The events after the first one."""
    first, *rest = tell_events(7, sights, as_of, link)
    assert first.at == sights[0].observed_at
    return rest


def told_of(*statuses: RoundStatus | None) -> list[tuple[str, int, str | None, str | None]]:
    """Kind, day, before and after of the events of these statuses, seen one a day."""
    events = told(*(sight(day, status=status) for day, status in enumerate(statuses)))
    return [(str(event.kind), (event.at - START).days, event.before, event.after) for event in events]


class TestTheFirstSight:
    def test_it_is_new_and_its_state_is_no_news(self):
        found = sight(0, price=90_00, status=SOLD, starts_at=at(-9), ends_at=at(-8), round_kind=SECOND)

        assert tell_events(7, [found], LATER) == [Event(7, EventKind.NEW, START)]

    @pytest.mark.parametrize(
        ("link", "kind"),
        [
            (RoundLink.NEXT_ROUND, EventKind.NEW_ROUND),
            (RoundLink.SELL_OFF_AFTER_FAILURE, EventKind.NEW_ROUND),
            (RoundLink.RE_AUCTION_AFTER_DEFAULT, EventKind.NEW_ROUND),
            (RoundLink.NEW_PROCEDURE, EventKind.NEW_ROUND),
            (RoundLink.TAKEN_BY_CREDITOR, EventKind.NEW_ROUND),
            (RoundLink.BANK_RELISTING, EventKind.BANK_RELISTING),
            (RoundLink.SAME_OFFER_ELSEWHERE, EventKind.NEW),
            (RoundLink.RESUMED, EventKind.RESUMED),
        ],
    )
    def test_the_link_to_the_listing_before_says_what_it_is(self, link: RoundLink, kind: EventKind):
        assert tell_events(7, [sight(0)], LATER, link) == [Event(7, kind, START, None, str(link))]

    def test_every_link_has_an_event(self):
        for link in RoundLink:
            assert len(tell_events(7, [sight(0)], LATER, link)) == 1


class TestPrices:
    def test_a_cut_and_a_rise_tell_amount_and_share(self):
        cny = Currency.CNY
        prices = [106_200_000, 84_960_000, 90_000_000]  # a chain of 2026: the second start is 0.80 of the first

        assert told(*(sight(day, price=price, currency=cny) for day, price in enumerate(prices))) == [
            Event(7, EventKind.CUT, at(1), "CNY 1062000.00", "CNY 849600.00", -21_240_000, Decimal("-20.00")),
            Event(7, EventKind.RISE, at(2), "CNY 849600.00", "CNY 900000.00", 5_040_000, Decimal("5.93")),
        ]

    def test_a_price_that_is_not_told_is_no_event_and_hides_none(self):
        (cut,) = told(sight(0, price=100_00), sight(1), sight(2, price=100_00), sight(3), sight(4, price=70_00))

        assert (cut.kind, cut.at, cut.amount) == (EventKind.CUT, at(4), -30_00)

    def test_a_first_price_after_the_first_sight_is_no_event(self):
        assert told(sight(0), sight(1, price=100_00)) == []

    def test_each_currency_is_compared_with_itself(self):
        hkd, cny = Currency.HKD, Currency.CNY
        said = [(100_00, hkd), (85_00, cny), (90_00, hkd), (85_00, cny)]

        (cut,) = told(*(sight(day, price=price, currency=money) for day, (price, money) in enumerate(said)))

        assert (cut.before, cut.after) == ("HKD 100.00", "HKD 90.00")

    def test_a_page_that_cuts_prices_makes_no_cut(self):
        exact, card = sight(0, price=125_050_300), sight(1, price=125_050_000, is_exact=False)

        assert told(exact, card) == told(card, exact) == told(exact, card, exact._replace(observed_at=at(2))) == []
        (cut,) = told(card, exact._replace(observed_at=at(2)), sight(3, price=125_050_200))
        assert cut.amount == -100, "the exact figure is the one that is known"

    def test_a_won_has_no_cents(self):
        assert price_words(412_000_000, Currency.KRW) == "KRW 412000000"
        assert price_words(5, None) == "0.05"


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (SUSPENDED, "suspended"),
            (HALTED, "suspended"),
            (POSTPONED, "postponed"),
            (WITHDRAWN, "withdrawn"),
            (RoundStatus.TERMINATED, "withdrawn"),
            (SOLD, "sold"),
            (FAILED, "failed"),
            (RoundStatus.DEFAULTED, "failed"),
            (RoundStatus.TAKEN_BY_CREDITOR, "debt_settlement"),
        ],
    )
    def test_a_status_makes_its_event_once(self, status: RoundStatus, kind: str):
        assert told_of(UPCOMING, status, status, status) == [(kind, 1, "upcoming", str(status))]
        assert told_of(None, status) == [(kind, 1, None, str(status))]
        assert told_of(status, status) == []

    def test_begin_and_end_of_bidding_are_no_events(self):
        assert told_of(None, UPCOMING, ONGOING) == []

    def test_a_result_that_is_lost_and_seen_again_is_one_event(self):
        assert [each[0] for each in told_of(ONGOING, SOLD, ENDED, SOLD)] == ["sold"]
        assert [each[0] for each in told_of(ONGOING, FAILED, ENDED, FAILED)] == ["failed"]

    def test_going_back_to_live_is_a_resumption(self):
        assert told_of(UPCOMING, WITHDRAWN, UPCOMING) == [
            ("withdrawn", 1, "upcoming", "withdrawn"),
            ("resumed", 2, "withdrawn", "upcoming"),
        ]
        assert [each[0] for each in told_of(SUSPENDED, ONGOING, SUSPENDED, ONGOING)] == [
            "resumed",
            "suspended",
            "resumed",
        ]

    def test_a_halt_that_is_not_named_adds_nothing_to_one_that_was(self):
        assert [each[0] for each in told_of(ONGOING, POSTPONED, HALTED, WITHDRAWN, HALTED)] == [
            "postponed",
            "withdrawn",
        ]

    def test_a_winner_who_does_not_pay_undoes_the_sale(self):
        assert told_of(ONGOING, SOLD, RoundStatus.DEFAULTED)[1:] == [("failed", 2, "sold", "defaulted")]

    def test_a_page_that_has_not_caught_up_resumes_nothing(self):
        """A list still says 正在进行 after the detail has told the result."""
        said = [(0, ONGOING), (3, SOLD), (3.1, ONGOING), (4, SOLD)]

        events = told(*(sight(day, status=status, ends_at=at(2)) for day, status in said))

        assert [event.kind for event in events] == [EventKind.SOLD]

    def test_a_sale_that_is_set_aside_can_be_sold_again(self):
        said = [(0, ONGOING, 2), (3, SOLD, 2), (30, UPCOMING, 60), (61, SOLD, 60)]

        events = told(*(sight(day, status=status, ends_at=at(end)) for day, status, end in said))

        assert [str(event.kind) for event in events] == ["sold", "end_moved", "resumed", "sold"]


class TestTimes:
    def test_another_start_and_another_end_are_events(self):
        before, after = {"starts_at": at(30), "ends_at": at(31)}, {"starts_at": at(40), "ends_at": at(41)}

        assert told(sight(0, **before), sight(1, **after), as_of=at(2)) == [
            Event(7, EventKind.START_MOVED, at(1), "2021-08-18T00:00:00+00:00", "2021-08-28T00:00:00+00:00"),
            Event(7, EventKind.END_MOVED, at(1), "2021-08-19T00:00:00+00:00", "2021-08-29T00:00:00+00:00"),
        ]

    def test_a_time_that_was_not_known_has_not_moved(self):
        assert told(sight(0), sight(1, starts_at=at(30), ends_at=at(31)), sight(2), as_of=at(3)) == []

    def test_seconds_that_only_one_page_tells_are_no_move(self):
        minute, second = {"starts_at": at(30), "ends_at": at(31, 59)}, {"starts_at": at(30), "ends_at": at(31, 59.983)}

        assert told(sight(0, **minute), sight(1, **second), sight(2, **minute), as_of=at(3)) == []

    def test_another_day_of_the_end_is_a_move(self):
        """Florida tells the day of a sale without its time."""
        assert told(sight(0, ended_on=date(2025, 3, 4)), sight(9, ended_on=date(2025, 4, 8)), as_of=at(10)) == [
            Event(7, EventKind.END_MOVED, at(9), "2025-03-04", "2025-04-08")
        ]

    @pytest.mark.parametrize(
        ("is_by_bids", "seen", "moved_by", "known"),
        [
            (True, 2, 4, {"status": ONGOING, "bid_count": 3}),
            (True, 2, 4, {"status": ONGOING}),
            (True, 2, 4, {}),
            (True, 24 * 60, 97, {"status": SOLD, "bid_count": 61}),
            (True, 24 * 60, 97, {"status": SOLD}),
            (True, 24 * 60, 97, {"status": ENDED}),
            (True, 8, 12, {"status": ONGOING, "bid_count": 2, "extension_minutes": 10}),
            (False, 8, 15, {"status": ONGOING, "bid_count": 2, "extension_minutes": 5}),
            (False, 24 * 60, 97, {"status": SOLD, "bid_count": 4}),
            (False, 24 * 60, 97, {"status": FAILED}),
            (False, 24 * 60, 97, {"status": ENDED, "bid_count": 0}),
            (False, 24 * 60, 97, {"status": SUSPENDED}),
            (False, 2, 60, {"status": ONGOING}),
            (False, -60, 5, {"status": ONGOING, "bid_count": 9}),
            (False, -60, 5, {"status": UPCOMING}),
            (False, 30 * 24 * 60, 7 * 24 * 60, {"status": SOLD}),
            (False, 0, -30, {"status": ONGOING, "bid_count": 2}),
        ],
    )
    def test_late_bids_move_the_end_by_minutes_and_no_further(
        self, is_by_bids: bool, seen: float, moved_by: float, known: dict[str, Any]
    ):
        """Minutes after the old end at which the look is made, and by which the end has moved."""
        before = sight(0, status=UPCOMING, ends_at=at(5))
        after = sight(5 + seen / 1440, ends_at=at(5, moved_by), **known)

        moves = [event for event in told(before, after) if event.kind == EventKind.END_MOVED]

        assert (moves == []) is is_by_bids

    @pytest.mark.parametrize(
        ("is_by_bids", "seen", "new_end", "known"),
        [
            (True, 20, 20.9, {"status": ONGOING, "bid_count": 1}),
            (True, 20, 20.9, {"status": ONGOING}),
            (True, 59.9, 60.8, {"status": ONGOING, "bid_count": 1}),
            (True, 90, 21.02, {"status": SOLD}),
            (False, 20, 20.9, {"status": ONGOING, "bid_count": 0}),
            (False, 20, 25, {"status": ONGOING, "bid_count": 1}),
            (False, 20, 120, {"status": UPCOMING}),
            (False, 90, 75, {"status": SOLD, "bid_count": 1}),
        ],
    )
    def test_the_first_bid_of_a_sell_off_sets_its_end(
        self, is_by_bids: bool, seen: float, new_end: float, known: dict[str, Any]
    ):
        """Days; the sell-off runs for 60."""
        now = sight(seen, round_kind=SELL_OFF, ends_at=at(new_end), **known)

        assert is_moved_by_bids(at(60), at(new_end), now) is is_by_bids
        assert not is_moved_by_bids(at(60), at(new_end), now._replace(round_kind=FIRST)) or new_end > 60


class TestTheEnd:
    def test_it_is_unknown_once_it_has_passed_and_until_a_result_is_seen(self):
        running, sold = sight(0, status=ONGOING, ends_at=at(2)), sight(9, status=SOLD, ends_at=at(2))
        ended = Event(7, EventKind.ENDED_UNKNOWN, at(2), "ongoing", None)

        assert told(running, as_of=at(1.9)) == []
        assert told(running, as_of=at(2)) == [ended]
        assert told(running, as_of=at(8)) == [ended]
        assert [event.kind for event in told(running, sold, as_of=at(10))] == [EventKind.SOLD]

    def test_it_stands_in_its_place_before_what_was_seen_later(self):
        events = told(sight(0, ends_at=at(2), price=90_00), sight(3, ends_at=at(2), price=80_00))

        assert [(str(event.kind), event.at) for event in events] == [("ended_unknown", at(2)), ("cut", at(3))]

    def test_that_it_had_passed_when_the_listing_was_found_is_no_news(self):
        assert told(sight(0, ends_at=at(-1)), sight(1, ends_at=at(-1), price=1)) == []
        assert told(sight(0, status=ENDED), sight(1, status=ENDED, price=1)) == []

    @pytest.mark.parametrize("status", [SUSPENDED, POSTPONED, WITHDRAWN, HALTED, FAILED])
    def test_what_is_halted_or_decided_does_not_end_unknown(self, status: RoundStatus):
        assert told(sight(0, status=status, ends_at=at(2))) == []

    def test_a_source_that_says_ended_without_the_result_ends_it(self):
        (early,) = told(sight(0, status=ONGOING, ends_at=at(60)), sight(3, status=ENDED, ends_at=at(60)))
        (late,) = told(sight(0, status=ONGOING, ends_at=at(2)), sight(3, status=ENDED, ends_at=at(2)))
        (bare,) = told(sight(0, status=SUSPENDED), sight(3, status=ENDED))

        assert [event.at for event in (early, late, bare)] == [at(3), at(2), at(3)]
        assert {event.kind for event in (early, late, bare)} == {EventKind.ENDED_UNKNOWN}

    def test_a_hammer_price_is_a_result(self):
        assert told(sight(0, ends_at=at(2)), sight(3, ends_at=at(2), hammer_price=90_00)) == []

    def test_a_day_ends_at_midnight(self):
        sale = sight(0, ended_on=date(2021, 7, 22))

        assert told(sale, as_of=at(3.9)) == []
        assert [event.at for event in told(sale, as_of=at(4))] == [at(4)]

    def test_an_end_that_moved_has_not_passed(self):
        assert [event.kind for event in told(sight(0, ends_at=at(2)), sight(1, ends_at=at(9)), as_of=at(5))] == [
            EventKind.END_MOVED
        ]


class TestRoundsOfOneId:
    def test_the_second_auction_under_the_same_id_is_a_new_round(self):
        """CAIXA goes on under the same id; its dates are those of the new round, not moved ones."""
        first = sight(0, round_kind=FIRST, price=100_00, status=ONGOING, starts_at=at(0), ends_at=at(3))
        second = sight(5, round_kind=SECOND, price=60_00, status=UPCOMING, starts_at=at(10), ends_at=at(13))

        assert [(event.kind, event.before, event.after) for event in told(first, second, as_of=at(6))] == [
            (EventKind.CUT, "100.00", "60.00"),
            (EventKind.NEW_ROUND, "first_auction", "second_auction"),
        ]

    def test_other_words_for_the_same_way_of_sale_are_no_round(self):
        """CAIXA, 2021-08-10: 'Venda Direta Online' of the day before is 'Venda Online'."""
        ways = [RoundKind.DIRECT_SALE, RoundKind.ONLINE_SALE, RoundKind.DIRECT_SALE, RoundKind.OPEN_TENDER]

        assert told(*(sight(day, round_kind=way) for day, way in enumerate(ways))) == []

    @pytest.mark.parametrize("kind", [RoundKind.RE_AUCTION, RoundKind.JUDICIAL_AUCTION, FIRST, None])
    def test_a_kind_without_a_place_or_a_lower_one_is_no_round(self, kind: RoundKind | None):
        assert told(sight(0, round_kind=SECOND), sight(1, round_kind=kind)) == []
        assert told(sight(0, round_kind=None), sight(1, round_kind=kind)) == []

    def test_a_failed_lot_that_comes_back_in_the_next_round_is_not_resumed(self):
        """Korea counts the failures of a lot under one id (流拍 is 유찰)."""
        said = [(1, UPCOMING), (1, FAILED), (2, UPCOMING), (2, FAILED), (3, FAILED)]
        sights = [sight(day, round_number=number, status=status) for day, (number, status) in enumerate(said)]

        assert [str(event.kind) for event in told(*sights)] == [
            "failed",
            "new_round",
            "failed",
            "new_round",
            "failed",
        ]

    def test_kind_and_number_of_one_round_make_one_event_in_either_order(self):
        first = sight(0, round_kind=FIRST, round_number=1)
        by_kind = sight(1, round_kind=SECOND)._replace(round_number=1)  # known from before
        by_number = sight(1, round_number=2)._replace(round_kind=FIRST)
        both, third = sight(2, round_kind=SECOND, round_number=2), sight(3, round_kind=SECOND, round_number=3)

        assert [event.at for event in told(first, by_kind, both, third)] == [at(1), at(3)]
        assert [event.at for event in told(first, by_number, both, third)] == [at(1), at(3)]


TITLES = ("德化县宝美街702", "【第二次拍卖】德化县宝美街702", None)
a_statement = st.builds(
    statement,
    title=st.sampled_from(TITLES),
    currency=st.sampled_from([Currency.CNY, Currency.CNY, None]),
    asking_price=st.sampled_from([None, None, 0, 100_00_00, 100_50_00, 90_00_00]),
    starting_price=st.sampled_from([None, 100_00_00, 100_00_50, 80_00_00]),
    is_price_exact=st.sampled_from([None, None, False]),
    status=st.sampled_from([None, *RoundStatus]),
    round_kind=st.sampled_from([None, FIRST, SECOND, SELL_OFF]),
    round_number=st.sampled_from([None, 1, 2]),
    starts_at=st.sampled_from([None, at(1), at(2)]),
    ends_at=st.sampled_from([None, at(3), at(3, 4), at(4)]),
    ended_on=st.sampled_from([None, None, date(2021, 7, 23)]),
    bid_count=st.sampled_from([None, 0, 2]),
    hammer_price=st.sampled_from([None, None, 120_00_00]),
)
a_page = st.tuples(
    st.integers(0, 6),  # the day of the look: several pages may share one
    st.sampled_from(["s.list", "s.detail", "Z.list"]),
    st.dictionaries(st.sampled_from(["1", "2", "3"]), a_statement, min_size=1),
)
some_pages = st.lists(a_page, min_size=2, max_size=9).map(
    lambda pages: [(make_page(at(day), reader, str(number)), said) for number, (day, reader, said) in enumerate(pages)]
)


def events_by_name(engine: Engine, as_of: datetime = LATER, only: list[int] | None = None) -> dict[str, list[Event]]:
    """The events of each listing under a name that does not depend on the order of arrival, without their ids."""
    names = {row[0]: f"{row[1]}/{row[2]}" for row in rows(engine, "SELECT id, source_id, generation FROM listing")}
    found: dict[str, list[Event]] = {}
    with reading(engine) as connection:
        for event in events_of(connection, only, as_of, {}):
            found.setdefault(names[event.listing_id], []).append(event._replace(listing_id=0))
    return found


@pytest.fixture
def engines(new_engine):
    return new_engine(), new_engine()


def test_any_order_of_arrival_gives_the_same_events_and_each_listing_has_its_own(engines):
    in_order, shuffled = engines

    @settings(max_examples=80 if in_order.dialect.name == "sqlite" else 15)
    @given(pages=some_pages, as_of=st.integers(0, 8), data=st.data())
    def check(pages: list[Look], as_of: int, data: st.DataObject):
        for engine in engines:
            empty_tables(engine)
            begin(engine)
        record_all(in_order, sorted(pages, key=lambda pair: pair[0].observed_at))
        record_all(shuffled, data.draw(st.permutations(pages)), data.draw(st.integers(1, 4)))

        together = events_by_name(in_order, at(as_of))

        assert events_by_name(shuffled, at(as_of)) == together
        alone = [events_by_name(in_order, at(as_of), [row[0]]) for row in rows(in_order, "SELECT id FROM listing")]
        assert {name: events for each in alone for name, events in each.items()} == together
        assert price_events(in_order) == expected_price_events(in_order)

    check()


def price_events(engine: Engine) -> list[tuple[int, datetime, int]]:
    with reading(engine) as connection:
        events = events_of(connection, None, LATER, {})
        return [(event.listing_id, event.at, event.amount) for event in events if event.amount is not None]


def expected_price_events(engine: Engine) -> list[tuple[int, datetime, int]]:
    with reading(engine) as connection:
        return [(change.listing_id, change.observed_at, -change.cut_amount) for change in price_changes(connection)]


def test_what_was_observed_after_the_instant_asked_for_does_not_count(engine: Engine):
    home = statement(title="德化县宝美街702", status=ONGOING, starting_price=90_00, ends_at=at(2))
    begin(engine)
    record_all(engine, [look(0, {"1": home}), look(24 * 5, {"1": home._replace(status=SOLD), "2": home})])

    def kinds(day: float) -> dict[str, list[str]]:
        return {name: [str(event.kind) for event in events] for name, events in events_by_name(engine, at(day)).items()}

    assert kinds(-1) == {}
    assert kinds(1) == {"1/1": ["new"]}
    assert kinds(4) == {"1/1": ["new", "ended_unknown"]}
    assert kinds(5) == {"1/1": ["new", "sold"], "2/1": ["new"]}


def test_another_thing_under_a_used_id_is_new_and_no_cut(engine: Engine):
    begin(engine)
    home = statement(title="Casa, Av. Governador Edmundo Pinto, N. 960", city="CAPIXABA", asking_price=100_00)
    shop = statement(
        title="Loja, RUA CORONEL DINIZ", property_kind=PropertyKind.SHOP, city="ITABORAI", asking_price=10_00
    )
    record_all(engine, [look(0, {"1": home}), look(24, {"1": shop})])

    assert events_by_name(engine) == {
        "1/1": [Event(0, EventKind.NEW, START)],
        "1/2": [Event(0, EventKind.NEW, at(1))],
    }


def test_the_chain_tells_which_listings_are_later_rounds(engine: Engine):
    begin(engine)
    home = statement(title="德化县宝美街702", starting_price=90_00)
    record_all(engine, [look(0, {"1": home}), look(24, {"2": home}), look(48, {"3": home})])
    ids = dict(rows(engine, "SELECT source_id, id FROM listing"))
    chain = {ids["2"]: RoundLink.NEXT_ROUND, ids["3"]: RoundLink.SELL_OFF_AFTER_FAILURE}

    with reading(engine) as connection:
        events = list(events_of(connection, None, LATER, chain))

    assert [(event.listing_id, str(event.kind), event.after) for event in events] == [
        (ids["1"], "new", None),
        (ids["2"], "new_round", "next_round"),
        (ids["3"], "new_round", "sell_off_after_failure"),
    ]


def caixa_looks() -> list[Look]:
    """The recorded lists of CAIXA, two states on fourteen days of 2021, as they were read."""
    reader = find_reader("br_caixa.list")
    looks = []
    for entry in json.loads((DEMO / "index.json").read_text("utf-8"))["pages"]:
        if "br_caixa" not in entry["file"]:
            continue
        body = (DEMO.parent / entry["file"]).read_bytes()
        page = Page(body, entry["address"], datetime.fromisoformat(entry["memento"]).astimezone(UTC))
        said = {
            listing.source_id: statement_of(listing.item, reader, page.observed_at).statement
            for listing in read(page, reader).listings
        }
        looks.append((make_page(page.observed_at, reader.name, entry["file"], source="br_caixa"), said))
    return looks


def test_two_states_of_caixa_in_2021_have_these_events(engine: Engine):
    begin(engine)
    with writing(engine) as connection:
        add_sources(connection, {"br_caixa": "CAIXA"})
    record_all(engine, caixa_looks(), pages_per_commit=30)

    events = [event for told in events_by_name(engine).values() for event in told]
    counted = {kind: sum(event.kind == kind for event in events) for kind in {event.kind for event in events}}

    assert counted == {
        EventKind.NEW: 426,
        EventKind.CUT: 128,
        EventKind.RISE: 46,
        EventKind.NEW_ROUND: 30,  # 17 to the second auction, 13 from there to a sale; not 808 between two ways of sale
    }
    assert price_events(engine) == expected_price_events(engine)
    some = [row[0] for row in rows(engine, "SELECT id FROM listing WHERE id % 37 = 0")]
    assert events_by_name(engine, only=some).items() <= events_by_name(engine).items()
