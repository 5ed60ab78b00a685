"""A person's word joins and parts listings of whatever kinds: kept figures stay those of the observations.

What a source calls a claim or a vehicle may be the home that another sells. It is asked for by its kind alone, and
tells all the same what became of the round that both are of.
"""

import random
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import Engine
from store_help import begin

from reporting.choices import By
from reporting.filters import Filters
from reporting.rollups import upkeep
from reporting.rollups.standing import standing_clearance
from reporting.statistics.clearance import ClearanceQuestion, clearance
from store.engine import reading, writing
from store.rows import LISTING
from store.terms import NO_HOMES, Currency, Judgement, PropertyKind, RoundStatus
from store.write import Recorder
from tests.reporting.rollups.test_parts_are_what_reading_counts import any_filters, is_the_same
from tests.reporting.rollups.test_rollups_are_what_reports_count import NOW, assert_same, is_answered_from_rollups, look
from tests.reporting.statistics.statistics_help import FIRST, lot, make
from tests.tracking.test_link_increments import link
from tracking.words import add_word

FLAT, LOAN = PropertyKind.FLAT, PropertyKind.LOAN
ONE_OFFER = {
    "asking_price": None,
    "starting_price": 70_000_000,
    "currency": Currency.CNY,
    "starts_at": NOW - timedelta(days=9),
    "ends_at": NOW - timedelta(days=8),
}
"""On two platforms it is one round."""

WORDS = (Judgement.SAME, Judgement.SAME, Judgement.SAME, Judgement.DIFFERENT, Judgement.UNSURE)


def say(engine: Engine, chance: random.Random) -> None:
    """A few words of a person, and what the linker makes of them."""
    with writing(engine) as connection:
        ids = [str(row.id) for row in connection.execute(LISTING.select())]
        for _ in range(chance.randrange(1, 6)):
            one, other = chance.sample(ids, 2)
            add_word(connection, (one, other), chance.choice(WORDS), "me", "", NOW)
    link(engine)


@pytest.mark.parametrize("seed", range(4))
def test_figures_are_the_same_whatever_kinds_a_person_joins_and_parts(engine: Engine, seed: int) -> None:
    chance, recorder = random.Random(seed), Recorder()
    begin(engine)
    look(engine, chance, recorder)
    for _ in range(30):
        step = chance.random()
        if step < 0.5:
            look(engine, chance, recorder, **(ONE_OFFER if chance.random() < 0.9 else {}))
        elif step < 0.8:
            say(engine, chance)
        else:
            upkeep.keep(engine, NOW)
            assert upkeep.problems(engine, NOW) == []
    assert is_answered_from_rollups(engine)
    assert_same(engine)
    upkeep.keep(engine, NOW)
    assert_same(engine)
    assert upkeep.problems(engine, NOW) == []
    with reading(engine) as connection:
        answered = [is_the_same(connection, any_filters(chance), chance.choice(list(By))) for _ in range(30)]
    assert sum(answered) > 20


@pytest.fixture
def one_round(engine: Engine) -> Engine:
    """Of each two kinds a home, one listing of which failed and one of which was sold, at one time on two platforms."""
    said, homes = {}, []
    for one, other in product(PropertyKind, repeat=2):
        home = [("s", f"{one} {other}"), ("t", f"{one} {other}")]
        outcomes = (one, RoundStatus.FAILED), (other, RoundStatus.SOLD)
        for each, (kind, status) in zip(home, outcomes, strict=True):
            said[each] = lot(0, FIRST, status, property_kind=kind, starting_price=70_000_000)
        homes.append(home)
    make(engine, [(-1, said)], homes)
    upkeep.keep(engine, NOW)
    return engine


def test_a_round_ends_as_its_claim_did_and_counts_where_it_has_a_home(one_round: Engine) -> None:
    kinds = len(PropertyKind)
    homes = kinds**2 - len(NO_HOMES) ** 2
    asked_for = {
        Filters(): homes,
        Filters(sources=("s",)): kinds * (kinds - len(NO_HOMES)),
        Filters(kinds=(FLAT,)): 2 * kinds - 1,
        Filters(kinds=(LOAN,)): 2 * kinds - 1,
    }
    with reading(one_round) as connection:
        for filters, rounds in asked_for.items():
            question = ClearanceQuestion(filters, By.ALL)
            for found in (standing_clearance(connection, question), clearance(connection, question)):
                assert [(row.rounds, row.sold, row.failed) for row in found.rows] == [(rounds, rounds, 0)], filters
        assert all(is_the_same(connection, filters, by) for filters in asked_for if filters != Filters() for by in By)
