"""What happened has the same key at every reading: a key is what keeps a message from being sent twice."""

from datetime import UTC, datetime, timedelta

import pytest

from reporting.alerts.keys import keyed_events
from store.terms import EventKind
from tracking.events import Event

START = datetime(2021, 7, 19, tzinfo=UTC)
HOME = "br_caixa:1555533682007:1"


def event(
    kind: EventKind, hours: float, before: str | None = None, after: str | None = None, listing: int = 1
) -> Event:
    return Event(listing, kind, START + timedelta(hours=hours), before, after)


def keys(*events: Event, listing: str = HOME) -> list[str]:
    return [key for key, _ in keyed_events(listing, events)]


FIRST = event(EventKind.NEW, 0)
CUT = event(EventKind.CUT, 216, "BRL 233615.48", "BRL 196000.00")
RISE = event(EventKind.RISE, 300, "BRL 196000.00", "BRL 233615.48")
AGAIN = event(EventKind.CUT, 400, "BRL 233615.48", "BRL 196000.00")


def test_our_own_numbers_and_instants_are_no_part_of_a_key():
    later = [FIRST._replace(listing_id=9), CUT._replace(listing_id=9, at=CUT.at + timedelta(days=1))]
    assert keys(FIRST, CUT) == keys(*later)


def test_a_price_that_was_seen_between_two_others_later_leaves_the_last_cut_its_key():
    between = event(EventKind.CUT, 100, "BRL 233615.48", "BRL 210000.00")
    rest = event(EventKind.CUT, 216, "BRL 210000.00", "BRL 196000.00")
    assert set(keys(FIRST, CUT)) < set(keys(FIRST, between, rest))


def test_the_same_cut_after_a_rise_is_another_one():
    found = keys(FIRST, CUT, RISE, AGAIN)
    assert len(set(found)) == 4
    assert found[:2] == keys(FIRST, CUT)


def test_how_a_listing_first_came_has_one_key_whatever_linking_makes_of_it():
    (new,), (round_two,) = keys(FIRST), keys(event(EventKind.NEW_ROUND, 0, None, "next_round"))
    assert new == round_two


def test_an_absence_is_told_apart_by_when_the_listing_was_seen_last():
    def gone(seen: str, hours: float) -> Event:
        return event(EventKind.GONE, hours, seen)

    one, other = gone("2021-08-01T00:00:00+00:00", 400), gone("2021-09-01T00:00:00+00:00", 1200)
    assert keys(FIRST, one)[1] == keys(FIRST, one._replace(at=one.at + timedelta(hours=3)))[1]
    assert len(set(keys(FIRST, one, other))) == 3


@pytest.mark.parametrize("other", ["br_caixa:1555533682007:2", "br_caixa:155553368200:71", "gpai:1555533682007:1"])
def test_two_listings_share_no_key(other: str):
    assert set(keys(FIRST, CUT)).isdisjoint(keys(FIRST, CUT, listing=other))
