"""A listing that turns out to be none leaves nothing behind: what was linked beside it is linked as if it never was."""

from random import Random

import pytest
from sqlalchemy import Engine
from store_help import begin, look, record_all, rows

from store.statement import Statement
from tests.tracking.test_link_closure import placed
from tests.tracking.test_link_increments import assert_as_from_nothing, derived, flat, link

HERE = Statement(title="中央半岛小区19栋1单元402室", city="荆州市", floor_area=90_00)
THERE = Statement(title="中央半岛20栋2单元301室", city="荆州市", floor_area=142_65)


def listings(engine: Engine) -> int:
    return int(rows(engine, "SELECT count(*) FROM listing")[0][0])


def test_an_old_page_that_makes_two_things_one_leaves_no_trace_of_the_second(engine: Engine) -> None:
    """The id 1 seemed to be given to another flat, by its size; a page between them told the title without a size."""
    begin(engine)
    record_all(engine, [look(0, {"1": HERE}), look(48, {"1": THERE, "2": THERE})])
    link(engine)
    assert (listings(engine), len(derived(engine)["property"])) == (3, 2)
    record_all(engine, [look(24, {"1": THERE._replace(floor_area=None)})])
    assert listings(engine) == 2
    link(engine)
    assert rows(engine, "SELECT DISTINCT listing_id FROM link_key ORDER BY listing_id") == [(1,), (2,)]
    record_all(engine, [look(72, {"3": THERE})])
    link(engine)
    assert_as_from_nothing(engine)


def test_two_names_of_an_estate_are_told_together_no_more_when_the_one_listing_that_did_is_gone(engine: Engine) -> None:
    begin(engine)
    sale = Statement(city="荆州市", district="江陵县", seller_name="江陵县人民法院", floor_area=142_00)
    names = {name: sale._replace(title=f"{name}19栋1单元402室") for name in ("中央半岛小区", "荆江路111号")}
    other = HERE._replace(title="中央半岛小区21栋1单元501室", appraisal_price=100_00)
    both = other._replace(title="荆江路111号中央半岛小区20栋1单元301室", floor_area=142_65, appraisal_price=300_00)
    nothing_else = {"floor_area": None, "appraisal_price": None}
    record_all(engine, [look(0, names | {"1": other}), look(48, {"1": both})])
    link(engine)
    assert (listings(engine), rows(engine, "SELECT max(listing_count) FROM property")) == (4, [(2,)])
    later = {24: both._replace(**nothing_else), 72: other._replace(**nothing_else)}
    record_all(engine, [look(hour, {"1": said}) for hour, said in later.items()])
    assert listings(engine) == 3
    link(engine)
    assert_as_from_nothing(engine)
    assert rows(engine, "SELECT max(listing_count) FROM property") == [(1,)]


@pytest.mark.parametrize("seed", range(3))
def test_listings_that_old_pages_take_away_come_out_as_if_they_had_never_been(engine: Engine, seed: int) -> None:
    """Ids that tell another flat on a later day; then the page of a day between them, without a size."""
    random = Random(seed)
    first = {str(number): placed(flat(random), random)._replace(floor_area=90_00) for number in range(24)}
    again = {name: placed(flat(random), random)._replace(floor_area=142_65) for name in list(first)[:12]}
    begin(engine)
    record_all(engine, [look(0, first), look(48, again)])
    link(engine)
    before = listings(engine)
    for hour, name in enumerate(again, 20):
        record_all(engine, [look(hour, {name: again[name]._replace(floor_area=None)})])
        link(engine)
    assert listings(engine) < before
    assert_as_from_nothing(engine)
