"""With a filter only the homes are read that it can ask for, and the statistics stay those of everything read."""

import pytest
from sqlalchemy import Engine

from reporting.asked_homes import homes_that_say, listings_that_say
from reporting.choices import By
from reporting.filters import Filters, parse_filters
from reporting.statistics import sample as reading_of_samples
from reporting.statistics.counts import CountQuestion, count
from reporting.statistics.sample import Sample, load_sample
from store.engine import reading
from store.terms import PropertyKind, RoundStatus
from tests.reporting.statistics.statistics_help import FIRST, SECOND, ask, lot, make, text_of

SHOP, PARKING = PropertyKind.SHOP, PropertyKind.PARKING
LOAN = {"property_kind": PropertyKind.LOAN}
SAID = {
    ("s", "1"): lot(0, FIRST, RoundStatus.FAILED),
    ("t", "1-again"): lot(40, SECOND, RoundStatus.UPCOMING, city="合肥"),
    ("s", "2"): lot(5, FIRST, RoundStatus.SOLD, city="São Paulo", property_kind=SHOP),
    ("s", "3"): lot(6, SECOND, RoundStatus.UPCOMING, city="SAO PAULO"),
    ("s", "4"): lot(6, SECOND, RoundStatus.UPCOMING, city=None, property_kind=PARKING),
    ("s", "5"): lot(7, FIRST, RoundStatus.UPCOMING, city="兰州市", **LOAN),
    ("s", "6"): lot(7, FIRST, RoundStatus.UPCOMING, **LOAN),
    **{("t", str(number)): lot(7, None, None, city="福州市") for number in range(8)},
}
ASKED = [
    {"source": ["t"], "city": ["合肥"]},
    {"city": ["合肥"]},
    {"city": ["sao paulo", "兰州"]},
    {"kind": ["shop", "parking"]},
    {"round_kind": ["second_auction"]},
    {"seller_kind": ["court"], "city": ["合肥市"], "since": "2026-03-01"},
    {"city": ["nowhere"]},
]


@pytest.fixture
def market(engine: Engine) -> Engine:
    return make(engine, [(0, SAID)], [[("s", "1"), ("t", "1-again")], [("s", "2")], [("s", "3")]])


def sample_of(engine: Engine, filters: Filters) -> Sample:
    with reading(engine) as connection:
        return load_sample(connection, filters)


def plain(sample: Sample) -> object:
    return sample.homes, sample.notes, sample.observed


@pytest.mark.parametrize("words", ASKED)
def test_what_is_read_of_a_part_is_what_it_is_of_everything(
    market: Engine, monkeypatch: pytest.MonkeyPatch, words: dict[str, list[str]]
) -> None:
    filters = parse_filters(**words)  # type: ignore[arg-type]
    of_a_part = sample_of(market, filters)
    monkeypatch.setattr(reading_of_samples, "homes_that_say", lambda *_: None)
    assert plain(of_a_part) == plain(sample_of(market, filters))
    assert bool(of_a_part.homes) is (words != {"city": ["nowhere"]})


def test_whole_homes_are_read_though_one_of_their_listings_is_asked_for(market: Engine) -> None:
    """What became of a first auction may stand on another platform."""
    filters = parse_filters(source=["t"], city=["合肥"])
    with reading(market) as connection:
        assert len(listings_that_say(connection, filters) or ()) == 1
        assert len(homes_that_say(connection, filters) or ()) == 2
    (home,) = sample_of(market, filters).homes
    assert [len(each.listings) for each in home.rounds] == [1, 1]
    assert [len(each.asked) for each in home.rounds] == [0, 1]


def test_most_of_everything_and_an_earlier_day_are_read_as_a_whole(market: Engine) -> None:
    with reading(market) as connection:
        for words in ({"seller_kind": ["court"]}, {"since": "2026-03-01"}, {"city": ["合肥"], "as_of": "2026-04-01"}):
            assert homes_that_say(connection, parse_filters(**words)) is None  # type: ignore[arg-type]


def test_of_claims_only_those_are_told_that_were_asked_for(market: Engine) -> None:
    """Beneath the figures of one city the claims of another were counted too."""
    everywhere, hefei, shanghai = (
        [note for note in sample_of(market, parse_filters(**words)).notes if note.startswith("left out")]
        for words in ({}, {"city": ["合肥"]}, {"city": ["上海"]})
    )
    assert [note.split(" ")[2] for note in (*everywhere, *hefei)] == ["2", "1"]
    assert shanghai == []


def test_a_city_that_is_there_gets_no_note_and_a_misspelt_one_names_the_nearest(market: Engine) -> None:
    right, folded, wrong = (
        text_of(ask(market, count, CountQuestion(parse_filters(city=[city]), By.SOURCE)))
        for city in ("合肥", "sao paulo", "福卅市")
    )
    assert "--city" not in right + folded
    assert "no listing is in '福卅市'; the nearest is '福州市'" in wrong
