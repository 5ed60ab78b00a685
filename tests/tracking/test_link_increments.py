"""A linking after each crawl leaves what a linking from nothing leaves, on made-up listings of whole estates."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import begin, look, record_all, rows

from benchmarks.linking.generate import generate
from store.engine import writing
from store.statement import FIELDS, Statement
from store.terms import RoundStatus
from tracking.link_rows import Linking
from tracking.linking import link_database
from tracking.offers import Offer

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TOLD = [name for name in Offer._fields if name in FIELDS]
TABLES = {
    "auction_round": "listing_id",
    "property": "id",
    "link_key": "key, listing_id",
    "link_place": "place, listing_id",
}


def statements(size: int, seed: int) -> Iterator[Statement]:
    """What the generator says of listings, without those whose compound is large."""
    for row in generate(size, seed):
        told = dict(zip(Offer._fields, row.state, strict=False))
        yield Statement(**{name: told[name] for name in TOLD})


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


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_a_linking_after_each_crawl_leaves_what_one_from_nothing_leaves(engine: Engine, seed: int) -> None:
    random = Random(seed)
    everything = list(statements(700, seed))
    random.shuffle(everything)
    said = {str(number): each for number, each in enumerate(everything)}
    begin(engine)
    record_all(engine, [look(0, dict(list(said.items())[:350]))])
    link(engine)
    for crawl in range(1, 6):
        names = random.sample(sorted(said), 25)
        said |= {name: changed(said[name], random, everything) for name in names}
        new = {str(number): said[str(number)] for number in range(350 + 50 * (crawl - 1), 350 + 50 * crawl)}
        record_all(engine, [look(crawl * 24, {name: said[name] for name in names} | new)])
        link(engine)
    assert_as_from_nothing(engine)
