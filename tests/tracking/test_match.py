"""Listings that are not stored find the homes that a linking would put them into; nothing is written."""

import gc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import Engine, text
from store_help import begin, look, record_all, rows

from store.engine import reading, writing
from store.statement import Statement
from store.terms import Judgement
from tests.tracking.test_link_closure import placed
from tests.tracking.test_link_increments import derived, flat, link, statements
from tracking.errors import NotLinked
from tracking.link import link_offers
from tracking.match import Match, match_offers
from tracking.offers import Offer, offer_of

SEEN = datetime(2026, 9, 5, tzinfo=UTC)
SIZE = 900
EACH = 9
NEW = 10**9


def match(engine: Engine, asked: Sequence[tuple[str, Statement]]) -> list[Match]:
    with reading(engine) as connection:
        return list(match_offers(connection, [offer_of("s", name, said, SEEN) for name, said in asked]))


def stored(engine: Engine, said: dict[str, Statement]) -> Engine:
    begin(engine)
    record_all(engine, [look(0, said)])
    link(engine)
    return engine


@pytest.fixture
def told() -> list[Statement]:
    return list(statements(SIZE, 4))


def assert_matched_as_linked(engine: Engine, base: dict[str, Statement], asked: Sequence[tuple[str, Statement]]) -> int:
    """Compare with a linking of what is stored and each one more; gives how many were found to be of a home.

    Where the one more changes the homes of the others (it tells two names of their place) a match says less.
    """
    stored(engine, base)
    ids = {str(name): each for name, each in rows(engine, "SELECT source_id, id FROM listing")}
    homes = dict(rows(engine, "SELECT listing_id, property_id FROM auction_round"))
    offers = [offer_of("s", name, said, SEEN)._replace(listing_id=ids[name]) for name, said in base.items()]
    sure = 0
    for found in match(engine, asked):
        property_of = link_offers([*offers, found.offer._replace(listing_id=NEW)]).property_of
        beside = {homes[each] for each, home in property_of.items() if home == property_of[NEW] and each != NEW}
        others = {each: home for each, home in property_of.items() if each != NEW}
        if any(home != (property_of[NEW] if homes[each] in beside else homes[each]) for each, home in others.items()):
            continue
        if found.judgement is Judgement.SAME:
            assert found.home in beside, found
        else:
            assert beside == set(), found
        sure += bool(beside)
    return sure


def test_each_is_put_into_the_home_that_a_linking_finds_for_it(engine: Engine, told: list[Statement]) -> None:
    """Of each by itself: those of the others are not stored yet."""
    base = {str(number): said for number, said in enumerate(told) if number % EACH != 7}
    asked = [(str(number), said) for number, said in enumerate(told) if number % EACH == 7]
    assert assert_matched_as_linked(engine, base, asked) > 20  # of 100: in so short a list most are offered once


@pytest.mark.parametrize("seed", range(12))
def test_so_it_is_in_estates_that_contradict_themselves(engine: Engine, seed: int) -> None:
    random = Random(seed)
    made = [flat(random) if seed % 2 else placed(flat(random), random) for _ in range(42)]
    base = {str(number): said for number, said in enumerate(made[:30])}
    assert_matched_as_linked(engine, base, [(f"new {number}", said) for number, said in enumerate(made[30:])])


def test_nothing_is_written(engine: Engine, told: list[Statement]) -> None:
    stored(engine, {str(number): said for number, said in enumerate(told[:200])})
    before = derived(engine), rows(engine, "SELECT * FROM listing")
    assert len(match(engine, [("new", said) for said in told[200:260]])) == 60
    assert (derived(engine), rows(engine, "SELECT * FROM listing")) == before


FLAT = Statement(
    title="合肥市蜀山区望江西路99号丽景花园3幢1单元1205室",
    city="合肥市",
    district="蜀山区",
    floor_area=98_60,
    appraisal_price=1_563_000_00,
    starting_price=1_250_500_00,
    raw="{}",
)


def test_a_neighbour_is_of_no_home_and_its_twin_of_another_building_neither(engine: Engine) -> None:
    stored(engine, {"1": FLAT})
    others = [
        FLAT._replace(title=f"合肥市蜀山区望江西路99号丽景花园{where}室") for where in ("3幢1单元1204", "5幢1单元1205")
    ]
    for found in match(engine, [("2", said) for said in others]):
        assert (found.judgement, found.home, found.decide()) == (Judgement.DIFFERENT, None, None)


def test_the_home_and_the_reasons_are_told(engine: Engine) -> None:
    stored(engine, {"1": FLAT})
    [found] = match(engine, [("2", FLAT._replace(starting_price=1_000_400_00))])
    [(listing_id, home)] = rows(engine, "SELECT listing_id, property_id FROM auction_round")
    assert (found.judgement, found.home, found.listing_id) == (Judgement.SAME, home, listing_id)
    decision = found.decide()
    assert decision is not None
    assert decision.judgement is Judgement.SAME
    assert "room 1205" in decision.reasons


def test_a_listing_that_is_stored_is_itself_however_little_it_says_now(engine: Engine) -> None:
    stored(engine, {"1": FLAT})
    [found] = match(engine, [("1", Statement(starting_price=1_000_400_00, raw="{}"))])
    [(listing_id, home)] = rows(engine, "SELECT listing_id, property_id FROM auction_round")
    assert (found.judgement, found.home, found.listing_id, found.decide()) == (
        Judgement.SAME, home, listing_id, None,
    )  # fmt: skip


ELSEWHERE = FLAT._replace(
    title="福州市鼓楼区五一北路110号海关大楼7幢2单元801室",
    city="福州市",
    district="鼓楼区",
    floor_area=66_20,
    appraisal_price=2_100_000_00,
)


def test_an_id_that_stands_for_another_thing_now_is_of_the_home_of_that(engine: Engine) -> None:
    stored(engine, {"1": FLAT, "2": ELSEWHERE})
    [found] = match(engine, [("1", ELSEWHERE)])
    [(home,)] = rows(
        engine, "SELECT property_id FROM auction_round JOIN listing ON id = listing_id WHERE source_id = '2'"
    )
    assert (found.judgement, found.home) == (Judgement.SAME, home)
    [(_, linked_by_name)] = put_and_link(engine, {"1": ELSEWHERE})
    assert linked_by_name == home


def put_and_link(engine: Engine, said: dict[str, Statement]) -> list[tuple[int, int]]:
    """The newest generation of each id, and its home, once they are stored."""
    record_all(engine, [look(30, said)])
    link(engine)
    newest = "SELECT max(id) FROM listing GROUP BY source_id"
    names = ", ".join(f"'{name}'" for name in said)
    wanted = f"SELECT listing_id, property_id FROM auction_round JOIN listing ON id = listing_id WHERE id IN ({newest})"
    return rows(engine, f"{wanted} AND source_id IN ({names})")


def test_what_is_stored_and_not_linked_yet_is_itself_of_no_home(engine: Engine) -> None:
    stored(engine, {"1": FLAT})
    record_all(engine, [look(30, {"2": ELSEWHERE})])
    [found] = match(engine, [("2", ELSEWHERE)])
    [(listing_id,)] = rows(engine, "SELECT id FROM listing WHERE source_id = '2'")
    assert (found.judgement, found.home, found.listing_id) == (Judgement.SAME, None, listing_id)


def test_what_another_version_linked_is_not_compared_with(engine: Engine) -> None:
    stored(engine, {"1": FLAT})
    with writing(engine) as connection:
        connection.execute(text("UPDATE property SET linker_version = 1"))
    with pytest.raises(NotLinked, match="fapai link"):
        match(engine, [("2", FLAT)])


@pytest.mark.parametrize("lost", ["UPDATE link_key SET door = 0", "DELETE FROM link_traits"])
def test_what_is_not_kept_of_what_is_linked_is_made_anew(engine: Engine, told: list[Statement], lost: str) -> None:
    stored(engine, {str(number): said for number, said in enumerate(told) if number % EACH != 7})
    asked = [(str(number), said) for number, said in enumerate(told) if number % EACH == 7]
    before = match(engine, asked)
    with writing(engine) as connection:
        connection.execute(text(lost))
    assert match(engine, asked) == before
    assert any(found.judgement is Judgement.SAME for found in before)


def test_keys_that_are_left_of_a_listing_that_is_gone_lead_nowhere(engine: Engine) -> None:
    stored(engine, {"1": FLAT})
    with writing(engine) as connection:
        for table in ("link_traits", "auction_round"):
            connection.execute(text(f"DELETE FROM {table}"))
    [found] = match(engine, [("2", FLAT)])
    assert (found.judgement, found.home) == (Judgement.DIFFERENT, None)


def test_of_no_offers_nothing_is_asked(engine: Engine) -> None:
    stored(engine, {"1": FLAT})
    assert match(engine, []) == []


def test_garbage_is_collected_while_somebody_looks_at_what_was_found(engine: Engine) -> None:
    """And after one who stopped looking, or whose offers end with an error."""
    stored(engine, {"1": FLAT})

    def failing() -> Iterator[Offer]:
        yield offer_of("s", "2", FLAT, SEEN)
        raise ValueError("no more")

    with reading(engine) as connection:
        one, other = (match_offers(connection, [offer_of("s", "2", FLAT, SEEN)]) for _ in range(2))
        assert next(one).judgement is next(other).judgement is Judgement.SAME
        assert gc.isenabled()
        with pytest.raises(ValueError, match="no more"):
            next(match_offers(connection, failing()))
        assert gc.isenabled()
