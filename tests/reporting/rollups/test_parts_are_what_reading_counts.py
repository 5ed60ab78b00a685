"""With any filter, what the database groups beside rollups is what reading every home gives."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine
from store_help import begin

from reporting.choices import By
from reporting.errors import WrongFilter
from reporting.filters import Filters, parse_filters
from reporting.rollups import asked, upkeep
from reporting.rollups.asked import asked_clearance, asked_counts
from reporting.rollups.standing import standing_clearance, standing_counts
from reporting.statistics import sample
from reporting.statistics.clearance import ClearanceQuestion, clearance
from reporting.statistics.counts import CountQuestion, count
from store.engine import reading, writing
from store.rollups import forget_rollups
from store.terms import Currency, PropertyKind, RoundStatus, SellerKind
from store.write import Recorder
from tests.reporting.rollups.test_rollups_are_what_reports_count import NOW, link_some, look
from tests.reporting.statistics.statistics_help import DAY_0, FIRST, SECOND, lot, make
from tracking.law import BANKS

CITIES = ("合肥", "福州市", "bom jesus", "nowhere")


def any_filters(chance: random.Random) -> Filters:
    """Some of the filters at once, each with one or two of its words."""
    asked_for: dict[str, object] = {}
    words = {
        "source": ("s", "t"),
        "city": CITIES,
        "kind": ("flat", "shop", "loan", "vehicle"),
        "seller_kind": [*map(str, SellerKind)][:5],
        "round_kind": ("first_auction", "second_auction", "sell_off"),
    }
    for name in chance.sample(sorted(words), chance.choice((1, 1, 2))):
        asked_for[name] = chance.sample(words[name], chance.choice((1, 2)))
    if chance.random() < 0.2:
        asked_for["since"] = (NOW - timedelta(days=chance.randrange(90))).isoformat()
    return parse_filters(**asked_for)


def fill(engine: Engine, chance: random.Random, looks: int = 30) -> Recorder:
    recorder = Recorder()
    begin(engine)
    for _ in range(looks):
        if chance.random() < 0.7:
            look(engine, chance, recorder)
        else:
            link_some(engine, chance)
    return recorder


def is_the_same(connection: Connection, filters: Filters, by: By) -> bool:
    """Whether both ways agree; ``False`` where the short one does not answer."""
    counts, rates = (CountQuestion(filters, by, None), ClearanceQuestion(filters, by, limit=None))
    for ours, theirs in (
        (asked_counts(connection, counts), count(connection, counts)),
        (asked_clearance(connection, rates), clearance(connection, rates)),
    ):
        if ours is None:
            return False
        assert list(ours.rows) == list(theirs.rows), (filters, by)
        assert list(ours.table().notes) == list(theirs.table().notes), (filters, by)
        assert ours.sample.observed == theirs.sample.observed
    return True


@pytest.mark.parametrize("seed", range(4))
def test_any_filters_give_what_reading_every_home_gives(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)
    recorder = fill(engine, chance)
    upkeep.keep(engine, NOW)
    ways = list(By)
    with reading(engine) as connection:
        answered = [is_the_same(connection, any_filters(chance), chance.choice(ways)) for _ in range(40)]
    assert sum(answered) > 30
    for _ in range(3):
        look(engine, chance, recorder)
        link_some(engine, chance)
    with reading(engine) as connection:  # what has happened since is counted on the way
        answered = [is_the_same(connection, any_filters(chance), chance.choice(ways)) for _ in range(30)]
    assert sum(answered) > 20


OLD = datetime(1988, 7, 31, 15, 30, tzinfo=UTC)  # half an hour past midnight in Shanghai, whose clocks were put forward
MARKET = {
    ("s", "paused"): lot(0, FIRST, RoundStatus.SUSPENDED),
    ("s", "goes on"): lot(20, FIRST, RoundStatus.SOLD),
    ("s", "twice"): lot(5, FIRST, RoundStatus.UPCOMING, seller_name="合肥市 蜀山区人民法院", starting_price=70_000_000),
    ("t", "twice"): lot(5, None, RoundStatus.UPCOMING, city="合肥", starting_price=70_000_000, published_at=DAY_0),
    ("s", "claim"): lot(6, FIRST, RoundStatus.UPCOMING, property_kind=PropertyKind.LOAN),
    ("t", "car"): lot(6, None, RoundStatus.SOLD, property_kind=PropertyKind.VEHICLE, city="São Paulo"),
    ("t", "abroad"): lot(6, SECOND, RoundStatus.FAILED, city="SAO PAULO", region_code="BR-SP", currency=Currency.BRL),
    ("t", "in brackets"): lot(6, SECOND, None, city="Santa Fé (Norte)", region_code="BR-SP", currency=Currency.BRL),
    ("t", "old"): lot(6, SECOND, RoundStatus.FAILED, starts_at=OLD, ends_at=OLD + timedelta(days=1)),
    ("t", "by day"): lot(6, None, None, starts_at=None, ends_at=None, ended_on=date(2026, 5, 1), district=None),
    ("t", "untold"): lot(6, None, None, starts_at=None, ends_at=None, city=None, seller_name=None, seller_kind=None),
}
HOMES = [[("s", "paused"), ("s", "goes on")], [("s", "twice"), ("t", "twice")], [("t", "abroad")], [("t", "by day")]]
PARTS = [
    {"source": ["t"]},
    {"source": ["s", "t"], "city": ["合肥市"]},
    {"city": ["sao paulo", "合肥"]},
    {"city": ["santa fe (norte)"]},
    {"city": ["santa fe"]},
    {"round_kind": ["first_auction"]},
    {"kind": ["flat", "loan"]},
    {"seller_kind": ["court"]},
    {"since": "2026-03-02"},
]


@pytest.fixture
def market(engine: Engine) -> Engine:
    make(engine, [(0, MARKET)], HOMES)
    upkeep.keep(engine, datetime.now(UTC))
    return engine


@pytest.mark.parametrize("by", list(By))
def test_rounds_of_several_listings_claims_and_names_that_fall_together_count_alike(market: Engine, by: By) -> None:
    with reading(market) as connection:
        assert all(is_the_same(connection, parse_filters(**words), by) for words in PARTS)  # type: ignore[arg-type]


def test_a_round_counts_once_though_two_of_its_listings_are_asked_for(market: Engine) -> None:
    with reading(market) as connection:
        found = asked_counts(connection, CountQuestion(parse_filters(city=["合肥"]), By.SOURCE))
        rates = asked_clearance(connection, ClearanceQuestion(parse_filters(source=["s"]), By.ALL))
    assert found is not None
    assert rates is not None
    assert {row.group: (row.listings, row.rounds) for row in found.rows} == {"s": (4, 3), "t": (3, 3)}
    assert found.together == "together: 7 listings, 5 rounds, 3 homes"
    assert [(row.rounds, row.sold, row.suspended) for row in rates.rows] == [(2, 1, 0)]


def test_a_part_is_counted_without_reading_a_single_home(market: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_homes(*_: object) -> None:
        raise AssertionError("homes are read")

    monkeypatch.setattr(sample, "load_attempts", read_homes)
    with reading(market) as connection:
        filters = parse_filters(source=["t"], city=["合肥"])
        assert len(standing_counts(connection, CountQuestion(filters)).rows) == 1
        assert len(standing_clearance(connection, ClearanceQuestion(filters)).rows) == 2


def test_what_rollups_cannot_know_is_read(market: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = parse_filters(source=["t"])
    with reading(market) as connection:
        assert asked_clearance(connection, ClearanceQuestion(asked_for, per_home=True)) is None
        assert asked_counts(connection, CountQuestion(parse_filters(source=["t"], as_of="2026-03-02"))) is None
        all_banks = parse_filters(seller_kind=[*map(str, BANKS), "court"])
        assert asked_counts(connection, CountQuestion(all_banks, By.SELLER)) is None, "published numbers stand beside"
        with pytest.raises(WrongFilter, match="nothing is known of 'tt', the nearest is 't'"):
            asked_counts(connection, CountQuestion(parse_filters(source=["tt"])))
        monkeypatch.setattr(asked, "MOST_NEWS", -1)
        assert asked_counts(connection, CountQuestion(asked_for)) is None
    with writing(market) as connection:
        forget_rollups(connection)
    monkeypatch.undo()
    with reading(market) as connection:
        assert asked_counts(connection, CountQuestion(asked_for)) is None
