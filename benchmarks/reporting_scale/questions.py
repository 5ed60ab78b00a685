"""Price cuts with a filter, against SQL that somebody writes by hand for the same question on the same database."""

import gc
import time
from collections.abc import Callable
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from reporting.filters import parse_filters
from reporting.price_cuts import ListingCut, PriceCutQuestion, price_cuts
from store.engine import reading

# previous is that of the row with the highest observed_at, as SQLite has it; joined the other way round, or left to the
# database, which counted no rows, it looks through all listings for each
BY_HAND = """
WITH state AS (
    SELECT l.id, l.source, l.source_id, coalesce(o.asking_price, o.starting_price) AS price, l.last_seen_at,
           o.title, o.url, o.city, o.property_kind, o.round_kind, o.appraisal_price
    FROM listing l JOIN observation o ON o.id = l.observation_id
    WHERE {condition}
), look AS (
    SELECT listing_id, observed_at, coalesce(asking_price, starting_price) AS price,
           lag(coalesce(asking_price, starting_price)) OVER (PARTITION BY listing_id ORDER BY observed_at) AS previous
    FROM observation
    WHERE listing_id IN (SELECT id FROM state) AND coalesce(asking_price, starting_price) > 0
), highest AS (
    SELECT listing_id, max(price) AS price FROM look GROUP BY listing_id
), change AS (
    SELECT listing_id, previous, max(observed_at) AS observed_at FROM look WHERE price <> previous GROUP BY listing_id
)
SELECT state.*, highest.price AS highest_price, change.previous AS previous_price, change.observed_at AS changed_at
FROM change CROSS JOIN highest ON highest.listing_id = change.listing_id CROSS JOIN state ON state.id = change.listing_id
WHERE state.price < highest.price AND {cut}
ORDER BY 1 - 1.0 * state.price / highest.price DESC
"""
CONDITIONS: dict[str, tuple[str, str, dict[str, list[str] | str]]] = {
    "source": ("l.source = 'cbex'", "true", {"source": ["cbex"]}),
    "city": ("o.city = '合肥市'", "true", {"city": ["合肥市"]}),
    "kind": ("o.property_kind = 'parking'", "true", {"kind": ["parking"]}),
    "seller-kind": ("o.seller_kind = 'city_bank'", "true", {"seller_kind": ["city_bank"]}),
    "round": ("o.round_kind = 'sell_off'", "true", {"round_kind": ["sell_off"]}),
    "min-cut": ("true", "100 * (highest.price - state.price) >= 10 * highest.price", {"min_cut": "10%"}),
    "max-price": ("true", "state.price <= 20000000", {"max_price": "20万"}),
}
"""By option: what it says of the state, what of the cut, and its words."""

Cell = tuple[str, str, Decimal, Decimal, Decimal, str]
"""Source, its id, price now, highest and before the last change, and when that was."""


def print_ratios(engine: Engine, rounds: int) -> None:
    """Ours and the hand's in turn, after a round that is not counted; the cells are compared first.

    Raises:
        RuntimeError: the cells differ.
    """
    for name, (state, cut, words) in CONDITIONS.items():
        ratios = []
        for number in range(rounds + 1):
            mine, ours = _timed(engine, lambda connection, words=words: _ours(connection, words))
            its, theirs = _timed(engine, lambda connection, state=state, cut=cut: _by_hand(connection, state, cut))
            if ours != theirs:
                raise RuntimeError(f"price cuts by {name} differ: {len(ours)} of ours, {len(theirs)} by hand")
            if not number:  # the first to ask pays for what the system has not read of the file yet
                continue
            ratios.append(mine / its)
        words_of = f"price cuts with --{name} ({len(ours):,} rows): ours / SQL by hand"
        print(f"{words_of}  {median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})  asked at most 1.5", flush=True)


def _ours(connection: Connection, words: dict[str, list[str] | str]) -> set[Cell]:
    report = price_cuts(connection, PriceCutQuestion(parse_filters(**words)))  # type: ignore[arg-type]
    return {
        (cut.source, cut.source_id, cut.price, cut.highest_price, cut.previous_price, cut.changed_at.date().isoformat())
        for cut in report.cuts
        if isinstance(cut, ListingCut)
    }


def _by_hand(connection: Connection, state: str, cut: str) -> set[Cell]:
    rows = connection.execute(text(BY_HAND.format(condition=state, cut=cut)))
    return {(row.source, row.source_id, *_amounts(row), row.changed_at[:10]) for row in rows}


def _amounts(row: Row[Any]) -> tuple[Decimal, Decimal, Decimal]:
    return Decimal(row.price) / 100, Decimal(row.highest_price) / 100, Decimal(row.previous_price) / 100


def _timed(engine: Engine, work: Callable[[Connection], set[Cell]]) -> tuple[float, set[Cell]]:
    gc.collect()
    with reading(engine) as connection:
        begun = time.process_time()
        found = work(connection)
        return time.process_time() - begun, found
