"""Asking for some listings gives what asking for all and leaving others out gives; the others are not read."""

import json

import pytest
from sqlalchemy import Engine, event

from benchmarks.reporting_scale.base import write_base
from reporting.filters import fold_place, parse_filters
from reporting.price_cuts import ListingCut, PriceCutQuestion, price_cuts
from store.engine import reading

ASKED = [
    {"city": ["广州", "合肥"]},
    {"city": ["广州市"], "round_kind": ["direct_sale"]},
    {"kind": ["parking", "shop"]},
    {"round_kind": ["first_auction"]},
    {"seller_kind": ["city_bank", "rural_bank"]},
    {"source": ["jd_assets"], "seller_kind": ["state_bank"]},
    {"kind": ["flat"], "min_cut": "10%"},
    {"seller_kind": ["city_bank"], "as_of": "2024-03-31"},
]


@pytest.fixture
def base(engine: Engine) -> Engine:
    write_base(engine, 2_500)
    return engine


def standing_cuts(engine: Engine, asked: dict[str, object]) -> list[ListingCut]:
    with reading(engine) as connection:
        return list(price_cuts(connection, PriceCutQuestion(parse_filters(**asked))).cuts)


def test_filters_leave_out_exactly_what_does_not_match(base: Engine):
    told = 0
    for asked in ASKED:
        rest = {name: words for name, words in asked.items() if name in ("as_of", "min_cut")}
        everything = standing_cuts(base, {**rest, "seller_kind": asked.get("seller_kind", [])})
        places = set(map(fold_place, asked.get("city", [])))

        expected = [
            cut
            for cut in everything
            if (not places or fold_place(cut.city) in places)
            and ("kind" not in asked or cut.property_kind in asked["kind"])
            and ("round_kind" not in asked or cut.round_kind in asked["round_kind"])
            and ("source" not in asked or cut.source in asked["source"])
        ]

        assert standing_cuts(base, asked) == expected, asked
        told += len(expected)
    assert told > 100


def test_sellers_of_each_kind_together_are_all_sellers(base: Engine):
    """What the test above takes on trust."""
    kinds = ("court", "state_bank", "joint_stock_bank", "city_bank", "rural_bank")
    apart = [cut for kind in kinds for cut in standing_cuts(base, {"seller_kind": [kind]})]

    everything = standing_cuts(base, {})
    assert len(everything) > 100
    assert sorted(apart, key=lambda cut: (cut.source, cut.source_id)) == sorted(
        everything, key=lambda cut: (cut.source, cut.source_id)
    )


def test_a_listing_that_moved_to_the_city_since_is_of_that_city(base: Engine):
    with base.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE observation SET city = 'Nowhere' WHERE id IN (SELECT observation_id FROM listing WHERE id <= 400)"
        )

    moved = standing_cuts(base, {"city": ["nowhere"]})

    assert moved
    assert moved == [cut for cut in standing_cuts(base, {}) if cut.city == "Nowhere"]


def test_prices_of_listings_that_are_not_asked_for_are_not_read(base: Engine):
    """The database is asked for the histories of a few, by their ids: numbers, or on SQLite one list of them."""
    asked: list[int] = []

    @event.listens_for(base, "before_cursor_execute")
    def _note(_connection, _cursor, statement, parameters, _context, _many):
        if "ORDER BY observation.listing_id" in statement:
            values = parameters.values() if isinstance(parameters, dict) else parameters
            asked.append(sum(len(json.loads(each)) if str(each).startswith("[") else 1 for each in values))

    cuts = standing_cuts(base, {"city": ["广州"]})

    assert cuts
    assert sum(asked) >= len(cuts)
    assert sum(asked) < 120, "of 2,500 listings, 40 are in the city and a few more values are in the query"
