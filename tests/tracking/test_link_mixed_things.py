"""Houses, spaces, shops and flats of one quarter, told in many ways, come out of increments as from nothing."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Engine, update
from store_help import begin, look, record_all, rows

from store.engine import writing
from store.rows import PROPERTY
from store.statement import Statement
from store.terms import PropertyKind, RoundKind
from tests.tracking.test_link_closure import say_a_word
from tests.tracking.test_link_increments import NOW, assert_as_from_nothing, link
from tracking.link import LINKER_VERSION

PLACES = (
    *("新华路88号金辉苑", "新华路88号金晖园", "金辉苑", "金晖园", "新华路88号", "新华路90号", "金辉苑西区"),
    *("新华路88号金辉苑东区", "硖石街道金辉苑", "金辉苑(二期)", "学府路5号"),
)
FLATS = ("3号楼1单元301室", "3号楼301室", "3幢2单元302室", "5号楼3层2号", "401室")
THINGS = (
    (PropertyKind.FLAT, FLATS),
    (PropertyKind.FLAT, FLATS),
    (PropertyKind.PARKING, ("地下车库12号车位", "13号车位", "负一层A12车位", "1号车库12号车位")),
    (PropertyKind.SHOP, ("3号楼101商铺", "102号商铺", "一层商1室")),
    (PropertyKind.HOUSE, ("3幢别墅", "8号独栋别墅", "3号别墅", "5幢")),
    (None, ("3幢301、302室", "3号楼等5套房产")),
)
SELLERS = ("海宁市人民法院", "海宁市人民法院", "平安银行嘉兴分行", "兰州银行嘉兴分行", None)
CASES = (None, None, "（2026）浙0481执1号", "（2026）浙0481执2号")


def thing(random: Random) -> Statement:
    kind, rooms = random.choice(THINGS)
    starts_at = NOW + timedelta(days=random.randrange(-300, 60))
    return Statement(
        title=random.choice(("", "海宁市", "【变卖】")) + random.choice(PLACES) + random.choice(rooms),
        city="嘉兴市",
        district=random.choice(("海宁市", "海宁市", None)),
        property_kind=random.choice((kind, kind, None)),
        seller_name=random.choice(SELLERS),
        round_kind=random.choice((RoundKind.FIRST_AUCTION, RoundKind.SECOND_AUCTION, RoundKind.SELL_OFF, None)),
        starting_price=random.choice((80_000_000, 64_000_000, 51_200_000, 70_000_000)),
        appraisal_price=random.choice((None, None, 100_000_000, 101_000_000, 250_000_000)),
        floor_area=random.choice((None, 8953, 8953, 9001, 12_000)),
        starts_at=random.choice((starts_at, None)),
        ends_at=starts_at + timedelta(days=random.choice((1, 30))),
        case_number=random.choice(CASES),
    )


@pytest.mark.parametrize("seed", [104, 107, 110])
def test_things_of_all_kinds_come_out_of_batches_as_from_nothing(engine: Engine, seed: int) -> None:
    random = Random(seed)
    begin(engine)
    names: list[str] = []
    for day in range(14):
        new = [str(len(names) + each) for each in range(random.choice((1, 1, 7, 20)))]
        again = random.sample(names, min(len(names), random.randrange(4)))
        names += new
        record_all(engine, [look(day * 24, {name: thing(random) for name in (*new, *again)})])
        link(engine)
        if day % 4 == 3:
            say_a_word(engine, random, sorted(names), day)
    link(engine)
    assert_as_from_nothing(engine)


def test_a_house_without_a_room_is_found_by_its_place(engine: Engine) -> None:
    begin(engine)
    house = {"city": "嘉兴市", "district": "海宁市", "property_kind": PropertyKind.HOUSE, "floor_area": 30_000}
    first = {
        "1": Statement(title="金辉苑3幢别墅", **house),
        "2": Statement(title="新华路88号金辉苑5幢2单元501室", city="嘉兴市", district="海宁市"),
    }
    record_all(engine, [look(0, first)])
    link(engine)
    record_all(engine, [look(24, {"3": Statement(title="新华路88号3幢别墅", **house)})])
    link(engine)
    assert_as_from_nothing(engine)


def test_homes_of_an_older_linker_are_linked_anew_by_the_next_run(engine: Engine) -> None:
    begin(engine)
    random = Random(1)
    record_all(engine, [look(0, {str(each): thing(random) for each in range(20)})])
    link(engine)
    with writing(engine) as connection:
        connection.execute(update(PROPERTY).where(PROPERTY.c.id < 5).values(linker_version=LINKER_VERSION - 1))
    record_all(engine, [look(24, {"20": thing(random)})])

    assert link(engine).listings == 21
    assert rows(engine, "SELECT DISTINCT linker_version FROM property") == [(LINKER_VERSION,)]
    assert link(engine).listings == 0
