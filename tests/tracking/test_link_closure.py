"""What a crawl touches is found whole: houses that are told otherwise, keys that too many share, persons' words."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Engine
from store_help import begin, look, record_all, rows

from store.engine import writing
from store.statement import Statement
from store.terms import Judgement
from tests.tracking.test_link_increments import NOW, assert_as_from_nothing, derived, flat, link
from tracking import closure
from tracking import link as solving
from tracking.words import add_word

ESTATES = [
    "荆江路111号中央半岛小区",
    "中央半岛小区",
    "荆江路111号",
    "荆江路111号江畔人家",
    "江畔人家",
    "江陵大道2号江畔人家",
]
"""Two estates of which the names are told together by some: so their houses are one, or are not."""


def retold(said: Statement, random: Random) -> Statement:
    """The same listing as if it had always been of another house, unit or room, or under another name."""
    chance = random.random()
    if chance < 0.3:
        return said._replace(starting_price=said.starting_price and said.starting_price - 100)
    other = flat(random)
    if chance < 0.6:
        return said._replace(title=other.title)
    return placed(said._replace(title=other.title, floor_area=other.floor_area), random)


def placed(said: Statement, random: Random) -> Statement:
    """A flat in one of the estates."""
    unit = random.choice(["", "1单元", "2单元", "3单元"])
    room = random.choice(["301室", "302室", "401室", "402室", "2层2号"])
    return said._replace(title=f"郝穴镇{random.choice(ESTATES)}{random.choice(['', '19栋', '20栋'])}{unit}{room}")


def crawl(engine: Engine, day: int, said: Mapping[str, Statement]) -> None:
    record_all(engine, [look(day * 24, dict(said))])
    link(engine)


def play(engine: Engine, random: Random, count: int = 60) -> None:
    """All arrive in batches of any size and order, and with each batch some that are known are told otherwise."""
    coming = {str(number): placed(flat(random), random) for number in range(count)}
    names = random.sample(sorted(coming), count)
    begin(engine)
    known: dict[str, Statement] = {}
    day = 0
    while names:
        size = random.choice([1, 2, 7, 20])
        batch = {name: coming[name] for name in names[:size]}
        del names[:size]
        batch |= {name: retold(known[name], random) for name in random.sample(sorted(known), len(known) // 8)}
        known |= batch
        crawl(engine, day, batch)
        say_a_word(engine, random, sorted(known), day)
        day += 1
    link(engine)


def say_a_word(engine: Engine, random: Random, names: list[str], day: int) -> None:
    """Now and then a person tells two listings together or apart, or takes it back."""
    if len(names) > 10 and random.random() < 0.3:
        ids = [row[0] for row in rows(engine, "SELECT id FROM listing ORDER BY id")]
        pair = tuple(map(str, random.sample(ids, 2)))
        judgement = random.choice(list(Judgement))
        with writing(engine) as connection:
            add_word(connection, (pair[0], pair[1]), judgement, "li", "seen", NOW + timedelta(days=day))


@pytest.mark.parametrize("seed", range(6))
def test_houses_told_otherwise_in_batches_of_any_order_come_out_as_from_nothing(engine: Engine, seed: int) -> None:
    play(engine, Random(seed))
    assert_as_from_nothing(engine)


@pytest.mark.parametrize("seed", [0, 1, 2, 35])
def test_a_key_that_too_many_share_is_found_out_in_increments_too(
    engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (closure, solving):
        monkeypatch.setattr(module, "LARGEST_BLOCK", 3)
    play(engine, Random(seed))
    assert_as_from_nothing(engine)


@pytest.mark.parametrize("seed", range(2))
def test_what_another_version_wrote_is_read_from_the_address_again(
    engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    said = {str(number): placed(flat(random), random) for number in range(30)}
    begin(engine)
    crawl(engine, 0, dict(list(said.items())[:20]))
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE link_traits SET linker_version = 0, told = '[]'")
    crawl(engine, 1, dict(list(said.items())[20:]))
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM link_traits")
    found = derived(engine)
    link(engine, rebuild=True)
    for table, stored in derived(engine).items():
        assert table == "link_traits" or found[table] == stored, table


def test_a_neighbour_in_another_house_of_the_estate_is_not_linked_again(engine: Engine) -> None:
    """An estate may have hundreds of flats on sale: a new one has to do with those of its own room."""
    house = Statement(city="荆州市", district="江陵县", floor_area=14_265, seller_name="江陵县人民法院")
    titles = [f"中央半岛小区{building}栋1单元{floor}01室" for building in (19, 20) for floor in (3, 4, 5, 6)]
    said = {title: house._replace(title=title, floor_area=9_000 + len(title)) for title in titles}
    begin(engine)
    crawl(engine, 0, said)
    record_all(engine, [look(24, {"again": house._replace(title=f"一拍 {titles[0]}", floor_area=9_012)})])
    done = link(engine)
    assert done.listings <= 2
    assert_as_from_nothing(engine)


def test_two_names_of_an_estate_join_its_flats_while_somebody_tells_them_together(engine: Engine) -> None:
    """The listing that tells both is of another house, and tells one of them only when it is seen again."""
    flat_on_sale = Statement(city="荆州市", district="江陵县", seller_name="江陵县人民法院", floor_area=14_200)
    names = [f"{place}19栋1单元402室" for place in ("中央半岛小区", "荆江路111号")]
    house = Statement(city="荆州市", district="江陵县")
    both, one = "荆江路111号中央半岛小区20栋1单元301室", "荆江路111号20栋1单元301室"
    begin(engine)
    crawl(engine, 0, {name: flat_on_sale._replace(title=name) for name in names})
    homes = [len(derived(engine)["property"])]
    for day, title in enumerate((both, one), 1):
        crawl(engine, day, {"another": house._replace(title=title)})
        homes.append(len(derived(engine)["property"]))
        assert_as_from_nothing(engine)
    assert homes == [2, 2, 3]
