"""The rules of what is news, on homes that are made for each rule."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reporting.alerts.homes import Home, Said, name_of
from reporting.alerts.keys import keyed_events
from reporting.alerts.news import Look, Memory, NewsKind, look_at
from reporting.alerts.wishes import describe, read_wishes, without, words_of
from reporting.errors import WrongFilter
from reporting.filters import parse_filters
from store.terms import EventKind
from store.watches import StoredHome
from tests.tracking.chain_cases import offer
from tracking.events import Event

NOW = datetime(2026, 9, 4, 12, tzinfo=UTC)
SEEN = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = Said(None, None, None, None)


def home(*listings: dict[str, Any], events: tuple[Event, ...] = (), exact: bool | None = None) -> Home:
    """A home with these listings, each seen first on 2026-01-01."""
    offers = [
        offer(number, **{"starting_price": 100_000_00, **told}) for number, told in enumerate(listings or ({},), 1)
    ]
    keys = {each.listing_id: name_of(each) for each in offers}
    own = [Event(each.listing_id, EventKind.NEW, SEEN) for each in offers] + list(events)
    keyed = [
        pair for each in keys for pair in keyed_events(keys[each], [event for event in own if event.listing_id == each])
    ]
    said = dict.fromkeys(keys, NOTHING._replace(is_price_exact=exact))
    return Home(1, keys[1], offers, keys, keyed, said)


def known(each: Home, price: int | None = 100_000_00, **changed: Any) -> Memory:
    """A watch that knows a home with all that has happened to it, at a price."""
    values = {"currency": "CNY", "lot": "1 of 1", "told_price": price, "seen_price": price} | changed
    stored = StoredHome(each.key, is_inside=True, entries=1, **values)
    return Memory({key for key, _ in each.events}, {each.key: stored}, is_first_look=False)


def look(
    each: Home, memory: Memory, *, is_found: bool = True, is_lowest_ever: bool = False, **words: Any
) -> Look | None:
    return look_at(each, read_wishes(words), memory, NOW, is_found=is_found, is_lowest_ever=is_lowest_ever)


def told(found: Look | None) -> list[str]:
    assert found is not None
    return [str(event.news["kind"]) for event in found.events if event.news is not None]


@pytest.mark.parametrize(
    ("price", "cut", "expected"),
    [
        (95_000_00, "5%", ["fall"]),
        (95_000_01, "5%", []),
        (50_000_00, "5万", ["fall"]),
        (50_000_01, "50000", []),
        (100_000_00, "5%", []),
        (120_000_00, "5%", []),
    ],
)
def test_a_fall_is_told_from_the_threshold_on(price: int, cut: str, expected: list[str]):
    assert told(look(home({"starting_price": price}), known(home()), cut=cut)) == expected


def test_after_a_fall_the_next_is_counted_from_the_price_that_was_told():
    found = look(home({"starting_price": 90_000_00}), known(home()), cut="10%")
    assert found is not None
    assert (found.home.told_price, found.home.seen_price) == (90_000_00, 90_000_00)


def test_a_fall_under_the_threshold_is_kept_to_be_added_up_and_a_rise_is_the_new_measure():
    small = look(home({"starting_price": 96_000_00}), known(home()), cut="10%")
    risen = look(home({"starting_price": 130_000_00}), known(home()), cut="10%")
    assert small is not None
    assert risen is not None
    assert (small.home.told_price, small.home.seen_price) == (100_000_00, 96_000_00)
    assert risen.home.told_price == 130_000_00


def test_a_rise_arms_the_same_fall_again_however_often():
    """A bank that goes from a million to 900,000, back, and down again: three falls of one listing."""
    cheap, dear = home({"starting_price": 90_000_00}), home()
    memory, falls = known(dear), []
    for each in (cheap, cheap, dear, cheap, dear, cheap):
        found = look(each, memory, cut="10%")
        assert found is not None
        falls += [event.event_key for event in found.events if event.news and event.news["kind"] == NewsKind.FALL]
        noted = {event.event_key for event in found.events}
        memory = Memory({*memory.known, *noted}, {each.key: found.home}, is_first_look=False)
    assert len(falls) == len(set(falls)) == 3


@pytest.mark.parametrize("other", [{"currency": "HKD"}, {"share": "1/2"}, {"unit_count": 12}])
def test_a_price_of_something_else_is_no_fall(other: dict[str, Any]):
    found = look(home({"starting_price": 50_000_00, **other}), known(home()), cut="5%", lowest_ever=True)
    assert told(found) == []
    assert found is not None
    assert found.home.told_price == 50_000_00


def test_a_price_that_the_page_cuts_or_does_not_tell_leaves_what_was_known():
    for each in (home({"starting_price": 50_000_00}, exact=False), home({"starting_price": None})):
        found = look(each, known(home()), cut="5%")
        assert told(found) == []
        assert found is not None
        assert found.home.told_price == 100_000_00


def test_the_next_round_of_a_home_is_a_fall_of_its_price():
    rounds = home({"status": "failed"}, {"starting_price": 80_000_00, "round_kind": "second_auction"})
    assert told(look(rounds, known(rounds), cut="20%")) == ["fall"]


def test_the_lowest_price_is_told_when_it_comes_and_not_again():
    lower = home({"starting_price": 99_000_00})
    first = look(lower, known(home()), lowest_ever=True, is_lowest_ever=True)
    assert told(first) == ["lowest"]
    assert first is not None
    memory = known(lower, 99_000_00)
    again = memory._replace(known={*memory.known, *(event.event_key for event in first.events)})
    assert told(look(lower, again, lowest_ever=True, is_lowest_ever=True)) == []
    assert told(look(lower, known(home()), lowest_ever=True, is_lowest_ever=False)) == []


def test_the_first_look_notes_everything_and_tells_nothing():
    soon = home({"starts_at": "2026-09-05", "status": "upcoming"}, events=(Event(1, EventKind.FAILED, NOW),))
    found = look(soon, Memory(frozenset(), {}, is_first_look=True), deadline="3d", events=["new", "failed"])
    assert told(found) == []
    assert found is not None
    assert len(found.events) == 3


def test_the_first_look_after_a_change_tells_nothing_of_homes_that_were_watched_before():
    each = home({"starting_price": 50_000_00, "status": "failed"}, events=(Event(1, EventKind.FAILED, NOW),))
    found = look(each, known(home())._replace(is_first_look=True), cut="5%", events=["failed"])
    assert told(found) == []
    assert found is not None
    assert len(found.events) == 1


def test_a_home_that_comes_to_match_is_one_piece_of_news_with_all_that_was_before():
    sold = home(events=(Event(1, EventKind.FAILED, NOW),))
    found = look(sold, Memory(frozenset(), {}, is_first_look=False))
    assert told(found) == ["match"]
    assert found is not None
    assert len(found.events) == 3


def test_a_home_that_comes_back_into_the_search_is_told_again():
    each = home()
    memory = known(each)
    outside = memory.homes[each.key]._replace(is_inside=False)
    found = look(each, memory._replace(homes={each.key: outside}))
    assert told(found) == ["match"]
    assert found is not None
    assert found.home.entries == 2


def test_a_home_that_leaves_the_search_is_told_once_more_and_then_no_longer():
    each = home(events=(Event(1, EventKind.RISE, NOW, "CNY 100000.00", "CNY 200000.00", 100_000_00),))
    memory = known(home())
    found = look(each, memory, is_found=False)
    assert told(found) == ["event"]
    assert found is not None
    assert not found.home.is_inside
    assert look(each, memory._replace(homes={each.key: found.home}), is_found=False) is None


def test_a_home_that_linking_parts_from_another_is_not_new():
    """Its listing is known under the other home."""
    each = home()
    assert told(look(each, Memory({key for key, _ in each.events}, {}, is_first_look=False))) == []


def test_homes_that_linking_joins_keep_what_is_known_of_them():
    joined = home({"status": "failed"}, {"starting_price": 60_000_00})
    second = joined.keys[2]
    stored = StoredHome(second, True, 1, "CNY", "1 of 1", 90_000_00, 90_000_00)  # type: ignore[arg-type]
    found = look(joined, Memory({key for key, _ in joined.events}, {second: stored}, is_first_look=False), cut="5%")
    assert told(found) == ["fall"]
    assert found is not None
    assert (found.home.home, found.home.told_price) == (joined.key, 60_000_00)


@pytest.mark.parametrize(
    ("status", "starts", "expected"),
    [
        ("upcoming", "2026-09-07T12:00:00", ["deadline"]),
        ("upcoming", "2026-09-07T12:00:01", []),
        ("upcoming", "2026-09-04T12:00:00", []),
        (None, "2026-09-05", ["deadline"]),
        ("withdrawn", "2026-09-05", []),
        ("sold", "2026-09-05", []),
    ],
)
def test_a_deadline_is_told_in_time_for_what_is_offered_still(status: str | None, starts: str, expected: list[str]):
    each = home({"status": status, "starts_at": starts})
    assert told(look(each, known(each), deadline="3d")) == expected


def test_late_bids_do_not_tell_an_end_twice_and_another_day_does():
    each = home({"status": "ongoing", "ends_at": "2026-09-05T02:00:00"})
    first = look(each, known(each), deadline="3d")
    assert first is not None
    memory = known(each)
    memory = memory._replace(known={*memory.known, *(event.event_key for event in first.events)})
    extended = home({"status": "ongoing", "ends_at": "2026-09-05T02:25:00"})
    moved = home({"status": "ongoing", "ends_at": "2026-09-06T02:00:00"})
    assert told(look(extended, memory, deadline="3d")) == []
    assert told(look(moved, memory, deadline="3d")) == ["deadline"]


def test_what_is_gone_from_its_source_has_no_deadline():
    gone = (Event(1, EventKind.GONE, NOW - timedelta(days=1), "2026-08-01"),)
    each = home({"status": "upcoming", "starts_at": "2026-09-05"}, events=gone)
    back = home({"status": "upcoming", "starts_at": "2026-09-05"}, events=(*gone, Event(1, EventKind.BACK, NOW, "x")))
    assert told(look(each, known(each), deadline="3d")) == []
    assert told(look(back, known(back), deadline="3d")) == ["deadline"]


def test_a_watch_with_a_threshold_tells_other_events_only_where_they_are_named():
    failed = home(events=(Event(1, EventKind.FAILED, NOW), Event(1, EventKind.RESUMED, NOW)))
    assert told(look(failed, known(home()), cut="5%")) == []
    assert told(look(failed, known(home()), cut="5%", events=["failed"])) == ["event"]
    assert told(look(failed, known(home()))) == ["event", "event"]


def test_wishes_are_shown_as_the_options_that_they_came_from_and_can_be_taken_back():
    filters = parse_filters(city=["福州市"], round_kind=["sell_off"], max_price="125万")
    words = words_of(filters) | {"cut": "5%", "lowest_ever": True, "deadline": "3d", "events": ["sold"]}
    shown = "--city 福州市 --round sell_off --max-price 1250000 --cut 5% --lowest-ever --deadline 3d --event sold"
    assert describe(words) == shown
    assert describe(without(words, ["city", "round", "max-price", "cut", "event"])) == "--lowest-ever --deadline 3d"
    assert describe({}) == "everything"
    with pytest.raises(WrongFilter, match="--clear"):
        without(words, ["town"])


@pytest.mark.parametrize(
    "words",
    [{"cut": ""}, {"cut": "much"}, {"deadline": "0d"}, {"deadline": "3w"}, {"events": ["gonne"]}, {"kind": ["x"]}],
)
def test_wishes_that_cannot_be_read_are_refused(words: dict[str, Any]):
    with pytest.raises(WrongFilter):
        read_wishes(words)


def test_every_kind_of_news_has_its_place_in_a_message():
    from reporting.alerts.compose import WEIGHT

    assert WEIGHT.keys() == set(NewsKind)
