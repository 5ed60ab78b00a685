"""Linking a database: what hangs together becomes one home, at once or bit by bit; persons have the last word."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_help import START, Look, begin, empty_tables, look, record_all, rows

from store.engine import reading, writing
from store.errors import StoreError
from store.statement import Statement
from store.terms import Currency, Judgement, PropertyKind, RoundKind, RoundStatus
from tracking.explain import explain_pair
from tracking.linking import Linking, link_database
from tracking.words import BadWords, UnknownListing, add_word, read_words, written_words

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def flat(title: str, price: int, day: int, **values: object) -> Statement:
    """A flat of a court in Hefei; prices in yuan, days after the start."""
    return Statement(
        **{
            "title": title,
            "property_kind": PropertyKind.FLAT,
            "region_code": "340104",
            "city": "合肥市",
            "district": "蜀山区",
            "currency": Currency.CNY,
            "starting_price": price * 100,
            "starts_at": START + timedelta(days=day),
            "ends_at": START + timedelta(days=day + 1),
            "seller_name": "合肥市蜀山区人民法院",
            **values,
        }
    )


FIRST = flat("合肥市蜀山区望江西路99号天街花园3幢1单元1205室", 1_062_000, 0, round_kind=RoundKind.FIRST_AUCTION)
SECOND = flat("【二拍】蜀山区望江西路99号天街花园3号楼1-1205室", 849_600, 25, round_kind=RoundKind.SECOND_AUCTION)
SELL_OFF = flat("（变卖）望江西路99号天街花园3栋1单元1205房产", 849_600, 50, round_kind=RoundKind.SELL_OFF)
NEIGHBOUR = flat("合肥市蜀山区望江西路99号天街花园3幢1单元1206室", 1_062_000, 0, round_kind=RoundKind.FIRST_AUCTION)
OTHER_UNIT = flat("合肥市蜀山区望江西路99号天街花园3幢2单元1205室", 1_062_000, 0, round_kind=RoundKind.FIRST_AUCTION)
PARKING = flat("望江西路99号天街花园地下车位1205号", 90_000, 0, property_kind=PropertyKind.PARKING)
HALF = flat("合肥市蜀山区望江西路99号天街花园3幢1单元1205室50%份额", 531_000, 80, share="1/2")
SAYS_NOTHING = flat("房地产", 1_062_000, 0)
ALL = {
    "first": FIRST,
    "second": SECOND,
    "sell-off": SELL_OFF,
    "neighbour": NEIGHBOUR,
    "other-unit": OTHER_UNIT,
    "parking": PARKING,
    "half": HALF,
    "nothing": SAYS_NOTHING,
    "nothing-either": SAYS_NOTHING,
}


def link(engine: Engine, *, rebuild: bool = False) -> Linking:
    with writing(engine) as connection:
        return link_database(connection, NOW, rebuild=rebuild)


def homes(engine: Engine) -> set[frozenset[str]]:
    """The listings, home by home."""
    found: dict[int, set[str]] = {}
    sql = "SELECT property_id, source_id FROM auction_round JOIN listing ON listing.id = listing_id"
    for property_id, source_id in rows(engine, sql):
        found.setdefault(property_id, set()).add(source_id)
    return {frozenset(each) for each in found.values()}


def derived(engine: Engine) -> list[list[Sequence[object]]]:
    """Everything derived, without the numbers that depend on the order of arrival."""
    chains = rows(
        engine,
        "SELECT l.source_id, l.generation, r.position, r.procedure, r.place, r.link, p.source_id, r.gap_days, "
        "r.contradiction FROM auction_round r JOIN listing l ON l.id = r.listing_id "
        "LEFT JOIN listing p ON p.id = r.previous_listing_id",
    )
    decisions = rows(
        engine,
        "SELECT a.source_id, b.source_id, judgement, score, reasons FROM link_decision "
        "JOIN listing a ON a.id = one_id JOIN listing b ON b.id = other_id WHERE superseded_at IS NULL",
    )
    parts = rows(
        engine,
        "SELECT listing_count, city, road, number, compound, building, unit, room, parking, share, unit_count "
        "FROM property",
    )
    keys = rows(engine, "SELECT key, source_id FROM link_key JOIN listing ON listing.id = listing_id")
    unordered = [(*sorted(each[:2]), *each[2:]) for each in decisions]
    return [sorted(each, key=repr) for each in (chains, unordered, parts, keys)]


def record(engine: Engine, said: dict[str, Statement], hour: float = 0) -> None:
    record_all(engine, [look(hour, said)])


@pytest.fixture
def linked(engine: Engine) -> Engine:
    begin(engine)
    record(engine, ALL)
    link(engine)
    return engine


def test_the_rounds_of_a_flat_are_one_home_and_nothing_else_is(linked: Engine) -> None:
    alone = {frozenset({name}) for name in ALL if name not in {"first", "second", "sell-off"}}
    assert homes(linked) == {frozenset({"first", "second", "sell-off"}), *alone}


def test_the_chain_of_a_home_is_kept_in_order(linked: Engine) -> None:
    sql = (
        "SELECT source_id, position, link, gap_days FROM auction_round JOIN listing ON listing.id = listing_id "
        "WHERE source_id IN ('first', 'second', 'sell-off') ORDER BY position"
    )
    assert rows(linked, sql) == [
        ("first", 1, None, None),
        ("second", 2, "next_round", 24),
        ("sell-off", 3, "sell_off_after_failure", 24),
    ]


def test_a_home_keeps_the_parts_of_its_address(linked: Engine) -> None:
    sql = (
        "SELECT listing_count, city, road, number, compound, building, unit, room FROM property WHERE listing_count > 1"
    )
    assert rows(linked, sql) == [(3, "合肥市", "望江西路", "99", "天街花园", "3", "1", "1205")]


def test_linking_again_changes_nothing_and_looks_at_nothing(linked: Engine) -> None:
    before = derived(linked)
    assert link(linked) == Linking()
    assert derived(linked) == before
    again = link(linked, rebuild=True)
    assert (again.decided, again.superseded) == (0, 0)
    assert derived(linked) == before


def test_a_person_s_word_parts_and_joins_and_survives_a_rebuilding(linked: Engine) -> None:
    with writing(linked) as connection:
        add_word(connection, ("s:first", "s:second"), Judgement.DIFFERENT, "somebody", "the plan shows two", NOW)
        add_word(connection, ("s:first", "s:parking"), Judgement.SAME, "somebody", "", NOW)
    link(linked)
    found = homes(linked)
    assert frozenset({"first", "parking"}) <= next(home for home in found if "first" in home)
    assert not any({"first", "second"} <= home for home in found)
    link(linked, rebuild=True)
    assert homes(linked) == found
    with writing(linked) as connection:
        add_word(connection, ("s:first", "s:second"), Judgement.UNSURE, "somebody", "", NOW)
        add_word(connection, ("s:first", "s:parking"), Judgement.UNSURE, "somebody", "", NOW)
    link(linked)
    assert frozenset({"first", "second", "sell-off"}) in homes(linked)


def test_a_person_s_no_alone_parts_what_the_linker_would_join(linked: Engine) -> None:
    with writing(linked) as connection:
        add_word(connection, ("s:first", "s:second"), Judgement.DIFFERENT, "somebody", "the plan shows two", NOW)
    link(linked)
    assert not any({"first", "second"} <= home for home in homes(linked))


def test_those_that_a_listing_leaves_behind_are_linked_anew(linked: Engine) -> None:
    """The first of a home turns out to lie elsewhere: nothing that it says now leads to the others."""
    elsewhere = FIRST._replace(title="合肥市蜀山区黄山路7号碧水名邸8幢2单元301室", starting_price=1_062_000_01)
    record(linked, {"first": elsewhere}, hour=24)
    link(linked)
    bit_by_bit = derived(linked)
    link(linked, rebuild=True)
    assert derived(linked) == bit_by_bit
    assert frozenset({"second", "sell-off"}) in homes(linked)


def test_every_decision_is_kept_when_it_is_superseded(linked: Engine) -> None:
    count = "SELECT count(*) FROM link_decision WHERE superseded_at IS {}"
    standing = rows(linked, count.format("NULL"))
    record(linked, {"second": SECOND._replace(title="合肥市蜀山区望江西路99号天街花园3号楼1-1207室")}, hour=24)
    done = link(linked)
    assert done.superseded > 0
    assert rows(linked, count.format("NOT NULL")) == [(done.superseded,)]
    assert rows(linked, count.format("NULL")) != standing
    assert frozenset({"first", "sell-off"}) in homes(linked)


def test_words_are_shared_as_a_file(linked: Engine, tmp_path: Path) -> None:
    with writing(linked) as connection:
        add_word(connection, ("s:first", "s:half"), Judgement.SAME, "somebody", "=the half", NOW)
        written = list(written_words(connection))
        add_word(connection, ("s:first", "s:half"), Judgement.UNSURE, "somebody", "", NOW)
        assert list(written_words(connection)) == []
    file = tmp_path / "words.csv"
    lines = ["one,other,judgement,author,because,decided_at", *(",".join(row) for row in written)]
    file.write_text("\n".join(lines), "utf-8")
    with writing(linked) as connection:
        assert read_words(connection, file, NOW) == 1
        assert [row[:5] for row in written_words(connection)] == [row[:5] for row in written]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one,other,judgement,author\ns:first,s:nobody,same,x\n", "line 2: no listing 's:nobody'"),
        ("one,other,judgement,author\ns:first,s:second,perhaps,x\n", "line 2: 'perhaps'"),
        ("one,other,judgement,author\ns:first,s:first,same,x\n", "line 2: both are the same listing"),
        ("one,other,judgement,author\ns:first,s:second,same,linker\n", "line 2: an author needs a name"),
        ("nothing\nof\nthis\n", "line 2: ''"),
    ],
)
def test_a_file_of_words_that_cannot_be_read_is_told_by_its_line(
    linked: Engine, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "words.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(BadWords, match=words), writing(linked) as connection:
        read_words(connection, file, NOW)


def test_an_unknown_listing_is_told_by_its_name(linked: Engine) -> None:
    for name in ("s:none", "99999", "first", "", "9" * 40):
        with pytest.raises(UnknownListing), writing(linked) as connection:
            add_word(connection, (name, "s:first"), Judgement.SAME, "somebody", "", NOW)
    with pytest.raises(StoreError, match="same listing"), writing(linked) as connection:
        add_word(connection, ("s:first", "s:first:1"), Judgement.SAME, "somebody", "", NOW)


def test_explaining_tells_the_verdict_the_parts_and_the_reasons(linked: Engine) -> None:
    with reading(linked) as connection:
        one_home = explain_pair(connection, "s:first", "s:second")
        neighbours = explain_pair(connection, "s:first", "s:neighbour")
    assert one_home[0].startswith("one home: number ")
    assert "building 3 (3号楼)" in one_home[2]
    assert "room 1205" in one_home[3]
    assert neighbours[0].startswith("two homes: ")
    assert "never one: room 1205 against 1206" in neighbours[3]
    assert max(len(one_home), len(neighbours)) <= 5


# Order of arrival ---------------------------------------------------------------------------------------------------

DRIFTING = [
    FIRST,
    SECOND,
    SELL_OFF,
    NEIGHBOUR,
    OTHER_UNIT,
    flat("望江西路99号3幢1205室", 1_062_000, 10),
    flat("天街花园3幢1205室", 1_000_000, 10, case_number="(2020)皖0104执1234号", appraisal_price=150_000_000),
    flat("天街花园3幢1单元1205室", 900_000, 90, case_number="(2020)皖0104执1234号", appraisal_price=150_000_000),
    HALF,
    PARKING,
    SAYS_NOTHING,
]
LOOKS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(DRIFTING), st.booleans()), min_size=1, max_size=10
)


def pages(told: Iterable[tuple[str, Statement, bool]]) -> list[tuple[Look, bool]]:
    return [(look(hour, {name: said}), links) for hour, (name, said, links) in enumerate(told)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=LOOKS)
def test_linking_crawl_by_crawl_gives_what_linking_from_nothing_gives(engine: Engine, told: list) -> None:
    empty_tables(engine)
    begin(engine)
    for page, links in pages(told):
        record_all(engine, [page])
        if links:
            link(engine)
    link(engine)
    bit_by_bit = derived(engine)
    link(engine, rebuild=True)
    assert derived(engine) == bit_by_bit


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=LOOKS, chance=st.randoms(use_true_random=False))
def test_the_order_in_which_pages_arrive_does_not_matter(engine: Engine, told: list, chance) -> None:  # type: ignore[no-untyped-def]
    outcomes = []
    arriving = pages(told)
    for _ in range(2):
        empty_tables(engine)
        begin(engine)
        record_all(engine, [page for page, _ in arriving])
        link(engine)
        outcomes.append(derived(engine))
        chance.shuffle(arriving)
    assert outcomes[0] == outcomes[1]


def test_the_result_is_no_sale_of_two_homes_at_once(linked: Engine) -> None:
    """Statuses do not link: two failed lots are two lots."""
    failed = {
        "a": SAYS_NOTHING._replace(status=RoundStatus.FAILED),
        "b": SAYS_NOTHING._replace(status=RoundStatus.FAILED),
    }
    record(linked, failed, hour=48)
    link(linked)
    assert {frozenset({"a"}), frozenset({"b"})} <= homes(linked)
