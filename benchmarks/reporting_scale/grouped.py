"""Counts and clearance with a filter, against SQL that somebody writes by hand for the same groups.

Rollups are kept first, as they are after every crawl; how each round stands comes from them. The hand's SQL takes every
listing for a round of its own and every word for true: it knows neither stale offers, nor rounds that go on elsewhere.
"""

import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from sqlalchemy import Connection, Engine, text

from reporting.choices import By
from reporting.filters import Filters, parse_filters
from reporting.rollups import upkeep
from reporting.rollups.standing import standing_clearance, standing_counts
from reporting.statistics.clearance import ClearanceQuestion
from reporting.statistics.counts import CountQuestion
from store.engine import reading
from store.schema import upgrade

COUNTS = """
SELECT o.seller_name, count(*) FROM listing l JOIN observation o ON o.id = l.observation_id
WHERE {condition} GROUP BY o.seller_name
"""
CLEARANCE = """
SELECT o.city || ', ' || coalesce(strftime('%Y-%m', coalesce(o.starts_at, o.ends_at, o.published_at), '+8 hours'),
       'not told') || ', ' || o.round_kind, count(*), sum(o.status = 'sold'), sum(o.status = 'failed')
FROM listing l JOIN observation o ON o.id = l.observation_id
WHERE {condition} AND o.property_kind NOT IN ('loan', 'vehicle') GROUP BY 1
"""
CONDITIONS = {
    "source": ("l.source = 'cbex'", {"source": ["cbex"]}),
    "city": ("o.city = '合肥市'", {"city": ["合肥市"]}),
    "kind": ("o.property_kind = 'parking'", {"kind": ["parking"]}),
    "seller-kind": ("o.seller_kind = 'city_bank'", {"seller_kind": ["city_bank"]}),
    "round": ("o.round_kind = 'sell_off'", {"round_kind": ["sell_off"]}),
}
Groups = set[tuple[object, ...]]


def print_grouped(engine: Engine, rounds: int) -> None:
    """Ours and the hand's in turn, after a round that is not counted; the groups are compared first.

    Raises:
        RuntimeError: the groups differ.
    """
    upgrade(engine)
    upkeep.keep(engine, datetime.now(UTC))
    for name, (condition, words) in CONDITIONS.items():
        filters = parse_filters(**words)  # type: ignore[arg-type]
        for what, ours, sql in (("counts by seller", _counts, COUNTS), ("clearance", _clearance, CLEARANCE)):
            ratios = []
            for number in range(rounds + 1):
                mine, found = _timed(engine, lambda connection, ask=ours, filters=filters: ask(connection, filters))
                its, theirs = _timed(engine, _by_hand(sql.format(condition=condition)))
                if found != theirs:
                    raise RuntimeError(f"{what} with --{name} differ: {len(found)} of ours, {len(theirs)} by hand")
                if number:  # the first to ask pays for what the system has not read of the file yet
                    ratios.append(mine / its)
            told = f"{what} with --{name} ({len(found):,} groups, SQL by hand {its:.2f} CPU-s)"
            span = f"({min(ratios):.2f}-{max(ratios):.2f})"
            print(f"{told}: ours / SQL by hand  {median(ratios):.2f} {span}  asked at most 1.5", flush=True)


def _counts(connection: Connection, filters: Filters) -> Groups:
    found = standing_counts(connection, CountQuestion(filters, By.SELLER))
    return {(row.group, row.listings) for row in found.rows if row.listings}


def _clearance(connection: Connection, filters: Filters) -> Groups:
    found = standing_clearance(connection, ClearanceQuestion(filters, By.CITY_MONTH_ROUND))
    return {(row.group, row.rounds, row.sold, row.failed) for row in found.rows}


def _by_hand(sql: str) -> Callable[[Connection], Groups]:
    return lambda connection: {tuple(row) for row in connection.execute(text(sql))}


def _timed(engine: Engine, work: Callable[[Connection], Groups]) -> tuple[float, Groups]:
    gc.collect()
    with reading(engine) as connection:
        begun = time.process_time()
        found = work(connection)
        return time.process_time() - begun, found
