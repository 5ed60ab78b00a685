"""What is a change of price and what is not (domain.md, sections 3 and 5)."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from store_help import START, begin, look, record_all, statement

from store.engine import reading
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus
from tracking.price_changes import PriceChange, appraisal_changes, price_changes, price_histories

HOME = {"title": "Casa, Av. Governador Edmundo Pinto, N. 960", "property_kind": PropertyKind.HOUSE, "city": "CAPIXABA"}


def home(**values: object) -> Statement:
    return statement(**{**HOME, **values})


def card(yuan: int) -> Statement:
    """A price as the Ali cards of 2026 give it: cut to 0.01 万."""
    return home(currency=Currency.CNY, asking_price=yuan // 100 * 100 * 100, is_price_exact=False)


def detail(yuan: int) -> Statement:
    return home(currency=Currency.CNY, asking_price=yuan * 100)


def changes_of(engine: Engine, *said: Statement | None, **question: object) -> list[PriceChange]:
    """Record one statement a day about one id (``None``: the row is missing that day) and ask for its changes."""
    begin(engine)
    days = [look(24 * day, {"other": home(), **({"1": words} if words else {})}) for day, words in enumerate(said)]
    record_all(engine, days)
    with reading(engine) as connection:
        return list(price_changes(connection, **question))


def moves(changes: list[PriceChange]) -> list[tuple[int, int]]:
    return [(change.previous_price, change.price) for change in changes]


def test_each_change_of_the_asking_price_is_told_with_what_was_before(engine: Engine):
    prices = [100_00, 120_00, 90_00, 90_00, 95_00]

    found = changes_of(engine, *(home(asking_price=price) for price in prices))

    assert moves(found) == [(100_00, 120_00), (120_00, 90_00), (90_00, 95_00)]
    assert [(change.observed_at - START).days for change in found] == [1, 2, 4]
    assert [(change.previous_observed_at - START).days for change in found] == [0, 1, 2]
    assert [change.highest_price for change in found] == [100_00, 120_00, 120_00]
    assert [(change.highest_observed_at - START).days for change in found] == [0, 1, 1]
    assert {(change.source, change.source_id, change.generation, change.currency) for change in found} == {
        ("s", "1", 1, "BRL")
    }


def test_a_price_is_as_old_as_the_first_look_that_told_it_and_a_start_at_nothing_is_none(engine: Engine):
    (change,) = changes_of(engine, home(starting_price=0), home(starting_price=90_00), home(starting_price=80_00))

    assert (change.previous_price, change.price) == (90_00, 80_00)
    assert (change.previous_observed_at - START).days == 1
    assert (change.highest_observed_at - START).days == 1


def test_the_starting_price_counts_where_there_is_no_asking_price(engine: Engine):
    assert moves(changes_of(engine, home(starting_price=850_360_00), home(starting_price=620_000_00))) == [
        (850_360_00, 620_000_00)
    ]


def test_the_asking_price_goes_before_the_starting_price(engine: Engine):
    said = [
        home(starting_price=100_00, asking_price=200_00),
        home(starting_price=50_00, asking_price=200_00),
        home(starting_price=40_00),
        home(asking_price=180_00),
    ]

    assert moves(changes_of(engine, *said)) == [(200_00, 180_00)]


def test_a_history_tells_when_the_highest_price_was_seen_first_in_its_latest_stretch(engine: Engine):
    prices = [120_00, 120_00, 90_00, 120_00, 120_00, 100_00, 95_00, 95_00]
    changes_of(engine, *(home(asking_price=price) for price in prices))

    with reading(engine) as connection:
        (history,) = price_histories(connection)
    assert (history.price, history.previous_price, history.highest_price) == (95_00, 100_00, 120_00)
    instants = (history.changed_at, history.previous_observed_at, history.highest_observed_at)
    assert [(instant - START).days for instant in instants] == [6, 5, 3]


def test_bids_results_labels_and_missing_prices_are_no_price_events(engine: Engine):
    said = [
        home(starting_price=100_00, round_kind=RoundKind.ONLINE_SALE),
        home(starting_price=100_00, round_kind=RoundKind.DIRECT_SALE),
        home(starting_price=100_00, current_price=130_00, bid_count=3),
        None,
        home(round_kind=RoundKind.ONLINE_SALE),
        home(starting_price=100_00, hammer_price=90_00, status=RoundStatus.SOLD),
    ]

    assert changes_of(engine, *said) == []


def test_a_change_that_happened_while_the_row_was_missing_is_one_change(engine: Engine):
    found = changes_of(engine, home(asking_price=100_00), None, None, home(asking_price=70_00))

    assert moves(found) == [(100_00, 70_00)]
    assert found[0].observed_at == START + timedelta(days=3)


def test_another_currency_is_no_change_but_each_currency_has_its_own(engine: Engine):
    said = [
        home(asking_price=100_00, currency=Currency.HKD),
        home(asking_price=85_00, currency=Currency.CNY),
        home(asking_price=90_00, currency=Currency.HKD),
    ]

    found = changes_of(engine, *said)

    assert [(change.currency, change.previous_price, change.price) for change in found] == [
        (Currency.HKD, 100_00, 90_00)
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([detail(1_250_503), card(1_250_503)], []),
        ([card(1_250_503), detail(1_250_503)], []),
        ([detail(1_250_503), card(1_250_503), detail(1_250_503)], []),
        ([detail(1_250_503), card(1_250_503), detail(1_250_580)], [(125_050_300, 125_058_000)]),
        ([detail(1_250_503), card(1_100_077)], [(125_050_300, 110_000_000)]),
        ([detail(1_250_503), card(1_100_077), detail(1_100_077)], [(125_050_300, 110_000_000)]),
        ([card(1_250_503), card(1_250_400)], [(125_050_000, 125_040_000)]),
        ([card(1_250_503), home(currency=Currency.CNY), detail(1_250_503)], []),
        ([card(1_250_503), home(currency=Currency.CNY, starting_price=140_000_000), detail(1_250_503)], []),
    ],
)
def test_a_cut_figure_is_no_change_against_the_exact_one(
    engine: Engine, said: list[Statement], expected: list[tuple[int, int]]
):
    """The pages alternate between two readers; a bid more each day makes every look an observation."""
    begin(engine)
    readers = ["s.detail" if words.is_price_exact is None else "s.card" for words in said]
    days = enumerate(zip(said, readers, strict=True))
    record_all(engine, [look(24 * day, {"1": words._replace(bid_count=day)}, reader) for day, (words, reader) in days])

    with reading(engine) as connection:
        assert moves(list(price_changes(connection))) == expected


def test_the_present_price_is_the_exact_one_when_it_is_known(engine: Engine):
    changes_of(engine, detail(1_250_503), card(1_100_077), detail(1_100_077))

    with reading(engine) as connection:
        (standing,) = price_histories(connection)

    assert (standing.price, standing.highest_price) == (110_007_700, 125_050_300)


def test_another_thing_under_the_same_id_is_no_cut(engine: Engine):
    shop = statement(
        title="Loja, RUA CORONEL DINIZ", property_kind=PropertyKind.SHOP, city="ITABORAI", asking_price=10_00
    )

    assert changes_of(engine, home(asking_price=100_00), shop) == []


def test_looks_of_one_instant_follow_the_bytes_of_their_readers_on_every_database(engine: Engine):
    """A database that sorts by language would put a.list before Z.list."""
    begin(engine)
    record_all(
        engine,
        [
            look(0, {"1": home(asking_price=100_00)}, "a.list"),
            look(0, {"1": home(asking_price=90_00)}, "Z.list"),
            look(0, {"1": home(asking_price=80_00)}, "a_list"),
        ],
        pages_per_commit=3,
    )

    with reading(engine) as connection:
        assert moves(list(price_changes(connection))) == [(90_00, 100_00), (100_00, 80_00)]


def test_what_was_observed_at_the_bound_or_later_is_left_out(engine: Engine):
    said = [home(asking_price=price) for price in (100_00, 90_00, 80_00)]

    assert moves(changes_of(engine, *said, before=START + timedelta(days=2))) == [(100_00, 90_00)]


def test_only_the_sources_asked_for_are_looked_at(engine: Engine):
    said = [home(asking_price=100_00), home(asking_price=90_00)]

    assert changes_of(engine, *said, sources=["t"]) == []
    with reading(engine) as connection:
        assert len(list(price_changes(connection, sources=["s", "t"]))) == 1


def test_the_appraisal_has_changes_of_its_own(engine: Engine):
    said = [home(asking_price=90_00, appraisal_price=value) for value in (200_00, 200_00, 150_00)]

    assert changes_of(engine, *said) == []
    with reading(engine) as connection:
        assert moves(list(appraisal_changes(connection))) == [(200_00, 150_00)]


def test_a_history_stands_where_the_price_was_left(engine: Engine):
    prices = [100_00, 120_00, 80_00, 120_00, 90_00, 95_00]
    changes_of(engine, *(home(asking_price=price) for price in prices))

    with reading(engine) as connection:
        (standing,) = price_histories(connection)

    assert (standing.price, standing.highest_price) == (95_00, 120_00)
    assert standing.highest_observed_at == START + timedelta(days=3), "the later of its two stretches"
    assert standing.previous_price == 90_00
