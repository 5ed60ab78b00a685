"""New listings are solved against what stands, and come out as if all had been weighed."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine
from store_help import begin, look, record_all

from store.links import StandingDecision
from store.statement import Statement
from store.terms import Judgement
from tests.tracking.scale_cases import KINDS_OF_THINGS, POOLS, numbered
from tests.tracking.test_link_closure import placed
from tests.tracking.test_link_increments import assert_as_from_nothing, flat, link, statements
from tracking import linking, newcomers
from tracking.closure import Closure
from tracking.link import LINKER_VERSION, Solver, Survey
from tracking.newcomers import Contradicts, Newcomers, hold_together
from tracking.traits import Traits


def in_order(traits: Sequence[Traits]) -> list[Traits]:
    return sorted(traits, key=lambda each: each.key)


def nowhere(members: Sequence[Traits]) -> Survey:
    """A survey of places of which nothing is known, whoever is there."""
    return Survey(members, [()] * len(members))


class WholeSolver(Solver):
    """Compares each with each: which keys they share is no question here."""

    def candidates(self) -> list[tuple[int, int]]:
        return list(combinations(range(len(self.members)), 2))


def solve_whole(traits: Sequence[Traits]) -> Solver:
    members = in_order(traits)
    return WholeSolver(members, (), nowhere(members)).run()


class Stood(NamedTuple):
    """What a linking left: the home of each listing, and the decisions."""

    homes: dict[int, int]
    decisions: list[StandingDecision]


def stood(solver: Solver) -> Stood:
    homes: dict[int, int] = {}
    solver.name_homes(homes)
    told = [
        StandingDecision(
            number, *sorted((each.one, each.other)), each.judgement, each.score, "; ".join(each.reasons), LINKER_VERSION
        )
        for number, each in enumerate(solver.told(), 1)
    ]
    return Stood(homes, told)


def outcome(solver: Solver) -> tuple[dict[int, int], list[tuple[Any, ...]]]:
    left = stood(solver)
    return left.homes, [each[1:] for each in left.decisions]


def likenesses(random: Random) -> list[Traits]:
    """One thing as some listings tell it that differ in a few traits."""
    thing = random.choice(list(KINDS_OF_THINGS.values()))
    names = ["floor_area", "appraisal", "price", "seller", "district", "opens", "unit", "kind", "asset_id", "key"]
    told = []
    for _ in range(random.randrange(3, 9)):
        changed = random.sample(names, random.choice([0, 1, 1, 2]))
        told.append(thing._replace(**{name: random.choice(POOLS[name]) for name in changed}))
    random.shuffle(told)
    return numbered(told)


def test_new_listings_beside_homes_come_out_as_if_all_were_weighed() -> None:
    """Of thousands of made-up groups; where a new one contradicts what stands, it says so and decides nothing."""
    random = Random(8)
    welcomed = refused = 0
    for _ in range(4_000):
        traits = likenesses(random)
        known = len(traits) - random.choice([1, 1, 2])
        before = stood(solve_whole(traits[:known]))
        if not hold_together(before.decisions, before.homes):
            continue
        members = in_order(traits)
        near = [(new.listing_id, each.listing_id) for new in traits[known:] for each in traits if each is not new]
        try:
            solver = Newcomers(members, nowhere(members), near, before.homes, before.decisions).run()
        except Contradicts:
            refused += 1
            continue
        welcomed += 1
        assert outcome(solver) == outcome(solve_whole(traits))
    assert welcomed > 1_500
    assert refused > 50


def test_homes_in_doubt_or_of_another_version_or_not_whole_are_not_taken_as_they_stand() -> None:
    homes = {1: 1, 2: 1, 3: 3}
    same = StandingDecision(9, 1, 2, Judgement.SAME, 14, "", LINKER_VERSION)
    assert hold_together([same], homes)
    assert not hold_together([], homes)
    assert not hold_together([same._replace(judgement=Judgement.UNSURE)], homes)
    assert not hold_together([same._replace(linker_version=LINKER_VERSION - 1)], homes)
    assert not hold_together([same._replace(other_id=3)], homes)
    assert not hold_together([same._replace(other_id=4)], homes)


class Welcomes:
    """Counts how many groups were solved against what stands, and how many could not be."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done = self.refused = 0
        self._welcome = linking._welcome
        monkeypatch.setattr(linking, "_welcome", self)

    def __call__(self, closure: Closure, group: Sequence[int], standing: Any) -> Newcomers | None:
        found = self._welcome(closure, group, standing)
        if len(group) > 1 and found is None:
            self.refused += 1
        elif len(group) > 1:
            self.done += 1
        return found


def arrive(engine: Engine, said: Sequence[Statement], random: Random) -> None:
    """All come once, in batches of any size, and each batch is linked."""
    coming = list(enumerate(said))
    random.shuffle(coming)
    begin(engine)
    day = 0
    while coming:
        size = random.choice([1, 2, 5, 15])
        batch = {str(number): each for number, each in coming[:size]}
        del coming[:size]
        record_all(engine, [look(day * 24, batch)])
        link(engine)
        day += 1


def flats(random: Random, count: int) -> Iterator[Statement]:
    """Flats of two houses of an estate with two addresses, and as many that tell their unit, size and value."""
    for number in range(count):
        yield flat(random) if number % 2 else placed(flat(random), random)


@pytest.mark.parametrize("seed", [0, 1, 6, 16])
def test_batches_of_new_flats_of_one_estate_come_out_as_from_nothing(
    engine: Engine, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    welcomes = Welcomes(monkeypatch)
    arrive(engine, list(flats(random, 70)), random)
    assert_as_from_nothing(engine)
    assert welcomes.done
    assert welcomes.refused


def test_batches_of_new_listings_of_a_town_come_out_as_from_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    welcomes = Welcomes(monkeypatch)
    arrive(engine, list(statements(260, seed=15)), Random(15))
    assert_as_from_nothing(engine)
    assert welcomes.done > 15


def test_homes_that_stand_are_not_weighed_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flat that was offered six times is offered once more: six pairs are weighed, and not the fifteen others."""
    flat_on_sale = Statement(
        title="中央半岛小区19栋1单元402室", city="荆州市", district="江陵县", floor_area=14_265, asset_id="A-7"
    )
    begin(engine)
    record_all(engine, [look(0, {str(number): flat_on_sale for number in range(6)})])
    link(engine)
    solved: list[Newcomers] = []
    run = newcomers.Newcomers.run

    def run_and_note(solver: Newcomers) -> Newcomers:
        solved.append(run(solver))
        return solved[-1]

    monkeypatch.setattr(newcomers.Newcomers, "run", run_and_note)
    record_all(engine, [look(24, {"again": flat_on_sale})])
    assert link(engine).homes == 1
    assert [len(solver.points) for solver in solved] == [5 + 6]
    assert_as_from_nothing(engine)
