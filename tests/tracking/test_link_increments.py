"""A linking after each crawl leaves what a linking from nothing leaves, on made-up listings of whole estates."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import begin, look, record_all, rows

from benchmarks.linking.generate import generate
from store.engine import writing
from store.statement import Statement
from store.terms import RoundKind, RoundStatus
from tracking.link_rows import Linking
from tracking.linking import link_database
from tracking.offers import STATE, Offer

NOW = datetime(2026, 9, 1, tzinfo=UTC)
Change = Callable[[Statement, Random, list[Statement]], Statement]
TABLES = {
    "auction_round": "listing_id",
    "property": "id",
    "link_key": "key, listing_id",
    "link_place": "place, listing_id",
    "link_traits": "listing_id",
}


def statements(size: int, seed: int) -> Iterator[Statement]:
    """What the generator says of listings, without those whose compound is large."""
    for row in generate(size, seed):
        told = dict(zip(Offer._fields, row.state, strict=False))
        yield Statement(**{name: told[name] for name in STATE})


def link(engine: Engine, *, rebuild: bool = False) -> Linking:
    with writing(engine) as connection:
        return link_database(connection, NOW, rebuild=rebuild)


def derived(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows that tracking derives; the decisions that stand, without their numbers."""
    found = {table: rows(engine, f"SELECT * FROM {table} ORDER BY {order}") for table, order in TABLES.items()}
    standing = "FROM link_decision WHERE superseded_at IS NULL"
    found["decisions"] = sorted(rows(engine, f"SELECT one_id, other_id, judgement, score, reasons {standing}"))
    return found


def assert_as_from_nothing(engine: Engine) -> None:
    bit_by_bit = derived(engine)
    done = link(engine, rebuild=True)
    from_nothing = derived(engine)
    for table, stored in from_nothing.items():
        assert bit_by_bit[table] == stored, table
    assert (done.decided, done.superseded) == (0, 0)


def changed(said: Statement, random: Random, others: list[Statement]) -> Statement:
    """A listing as a later page tells it: mostly another price or state, sometimes another day, or another thing."""
    chance = random.random()
    if chance < 0.5:
        return said._replace(asking_price=random.randrange(10**6, 10**8), status=RoundStatus.FAILED)
    if chance < 0.65 and said.starts_at and said.ends_at:
        later = timedelta(days=random.randrange(1, 300))
        return said._replace(starts_at=said.starts_at + later, ends_at=said.ends_at + later)
    other = random.choice(others)
    return said._replace(title=other.title, address=other.address, floor_area=other.floor_area, city=other.city)


def flat(random: Random) -> Statement:
    """A flat of two houses in 中央半岛, which has two addresses; often without its unit, its size or its road."""
    unit = random.choice(["", "1单元", "1单元", "2单元", "2单元"])
    room = random.choice(["{}02室", "{}01室", "{}层2号", "{}层3号"]).format(random.randrange(3, 7))
    place = random.choice(["荆江路111号中央半岛小区", "中央半岛小区", "中央半岛", "荆江路111号"])
    is_court = random.random() < 0.7
    kinds = [RoundKind.FIRST_AUCTION, RoundKind.SECOND_AUCTION, RoundKind.SELL_OFF]
    starts_at = NOW + timedelta(days=random.randrange(60))
    return Statement(
        title=f"郝穴镇{place}{random.choice(['19栋', '19栋', '20栋'])}{unit}{room}",
        city="荆州市",
        district="江陵县",
        seller_name="江陵县人民法院" if is_court else random.choice(["平安银行荆州分行", "兰州银行荆州分行"]),
        round_kind=random.choice(kinds) if is_court else None,
        starting_price=random.choice([25_547_200, 20_437_760, 19_900_000]),
        appraisal_price=random.choice([None, None, 31_934_000, 36_496_000]),
        floor_area=random.choice([None, 14_265, 14_265, 9_000]),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=random.choice([1, 30])),
    )


def put_down(said: Statement, random: Random, others: list[Statement]) -> Statement:
    """A flat at the price to which the law lets it fall or below, or another flat: an id that was used again."""
    if random.random() < 0.5:
        return said._replace(starting_price=20_437_760 if said.starting_price != 20_437_760 else 19_900_000)
    return said._replace(title=random.choice(others).title, floor_area=random.choice(others).floor_area)


def play(engine: Engine, everything: list[Statement], random: Random, change: Change) -> None:
    """Half of all is there; then five crawls of which each brings a tenth anew and some others as they are now."""
    said = {str(number): each for number, each in enumerate(everything)}
    tenth = len(everything) // 10
    begin(engine)
    record_all(engine, [look(0, dict(list(said.items())[: 5 * tenth]))])
    link(engine)
    for crawl in range(1, 6):
        names = random.sample(sorted(said), len(everything) // 28)
        said |= {name: change(said[name], random, everything) for name in names}
        first = (4 + crawl) * tenth
        new = {str(number): said[str(number)] for number in range(first, first + tenth)}
        record_all(engine, [look(crawl * 24, {name: said[name] for name in names} | new)])
        link(engine)


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_a_linking_after_each_crawl_leaves_what_one_from_nothing_leaves(engine: Engine, seed: int) -> None:
    random = Random(seed)
    everything = list(statements(700, seed))
    random.shuffle(everything)
    play(engine, everything, random, changed)
    assert_as_from_nothing(engine)


@pytest.mark.parametrize("seed", [0, 2, 6, 9])
def test_units_and_values_that_siblings_tell_later_part_and_join_what_is_linked(engine: Engine, seed: int) -> None:
    random = Random(seed)
    play(engine, [flat(random) for _ in range(90)], random, put_down)
    assert_as_from_nothing(engine)


def test_a_stock_that_is_put_on_sale_parts_what_leaves_out_the_unit_from_all_of_its_flats(engine: Engine) -> None:
    """中央半岛: from three rooms on that two units of one house show, 402 may be that of either."""
    house = Statement(city="荆州市", district="江陵县", floor_area=14_265, seller_name="江陵县人民法院")
    names = ["1单元402室", "402室", "2单元501室"]
    stock = [f"{unit}单元{floor}01室" for floor in (3, 5, 6) for unit in (1, 2)]
    said = {name: house._replace(title=f"中央半岛小区19栋{name}") for name in names + stock}
    begin(engine)
    record_all(engine, [look(0, {name: said[name] for name in names})])
    link(engine)
    assert len(derived(engine)["property"]) == 2
    record_all(engine, [look(24, {name: said[name] for name in stock})])
    link(engine)
    assert len(derived(engine)["property"]) == len(said)
    assert_as_from_nothing(engine)
