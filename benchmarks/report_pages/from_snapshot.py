"""The figures of the reports from the files of a snapshot alone: ``python from_snapshot.py SNAPSHOT QUESTION [BY]``.

It stands by itself: copy it beside a snapshot (``fapai export``, profile ``research``), on a machine with DuckDB and NumPy
(``pip install duckdb numpy``). It prints CSV with the columns of ``fapai report QUESTION --by BY --format csv``; empty is
not told. Ends of bootstrap intervals come of other draws than the program's: they agree in what they say, not in every digit.
"""

import csv
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import numpy

TYPES = {
    "number": "DECIMAL(24, 6)",
    "integer": "BIGINT",
    "datetime": "TIMESTAMPTZ",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "string": "VARCHAR",
}
NEEDED = ("listing.csv", "observation.csv", "auction_round.csv", "coverage.csv", "absence.csv")
LEAST = 10  # cases behind a figure
SHANGHAI = timezone(timedelta(hours=8))
EPOCH = datetime.fromtimestamp(0, SHANGHAI)
RESAMPLES = 1_000

COUNTRY = """CASE
    WHEN regexp_full_match(region_code, '[0-9]+') THEN 'CN' WHEN region_code <> '' THEN left(region_code, 2)
    WHEN regexp_matches(source, '^(cn|hk|tw|br|kr|us|gr|ua)_') THEN upper(left(source, 2))
    ELSE coalesce(map {'HKD': 'HK', 'TWD': 'TW', 'BRL': 'BR', 'KRW': 'KR', 'USD': 'US', 'EUR': 'GR', 'UAH': 'UA'}[currency],
        'CN')
END"""
STAGES = f"""CASE
    WHEN seller_kind = 'court' AND {COUNTRY} = 'CN' THEN
        CASE WHEN coalesce(starts_at, ends_at, published_at) < TIMESTAMPTZ '2017-01-01 00:00:00+00'
            THEN ['first_auction', 'second_auction', 'third_auction', 'sell_off']
            ELSE ['first_auction', 'second_auction', 'sell_off'] END
    WHEN seller_kind = 'court' AND {COUNTRY} IN ('TW', 'KR')
        THEN ['first_auction', 'second_auction', 'third_auction', 'later_auction']
    WHEN seller_kind LIKE '%bank' AND {COUNTRY} = 'BR' THEN ['first_auction', 'second_auction']
END"""
"""The rounds that the law counts, in their order; those of Taiwan and Korea have no end. NULL where it counts none."""

LONGEST = """CASE WHEN round_kind IS NULL OR round_kind = 'sell_off' THEN INTERVAL 62 DAY
    WHEN round_kind = 'open_purchase' THEN INTERVAL 93 DAY ELSE INTERVAL 7 DAY END"""
"""How long a round of a court lasts at most: one that began longer ago and never told its end is over."""

STATE = f"""
CREATE TABLE state AS
WITH RECURSIVE placed AS (
    SELECT source || ':' || source_id || ':' || generation AS key, property_key, position, procedure, place, link, previous_key
    FROM auction_round
), same(key, root) AS (
    SELECT key, key FROM placed WHERE coalesce(link NOT IN ('resumed', 'same_offer_elsewhere'), true)
    UNION ALL
    SELECT placed.key, same.root FROM placed JOIN same ON placed.previous_key = same.key
    WHERE placed.link IN ('resumed', 'same_offer_elsewhere')
), said AS (
    SELECT source, source_id, generation, arg_min(coalesce(status, ''), (observed_at, reader, CAST(digest AS BIGINT)))
        IN ('sold', 'defaulted', 'failed', 'taken_by_creditor', 'withdrawn', 'terminated', 'ended') AS was_over
    FROM observation GROUP BY ALL
)
SELECT listing.*, placed.*, was_over, coalesce(same.root, placed.key) AS root,
    coalesce(CAST(ends_at AS DATE), ended_on) AS ends_on, {STAGES} AS stages,
    CASE
        WHEN status IN ('sold', 'defaulted') THEN 'sold'
        WHEN status IN ('failed', 'taken_by_creditor') THEN 'failed'
        WHEN status IN ('withdrawn', 'terminated') THEN 'withdrawn'
        WHEN status IN ('suspended', 'postponed', 'halted') THEN 'suspended'
        WHEN status = 'ended' THEN 'unknown'
        WHEN coalesce(ends_at, CAST(ended_on + 1 AS TIMESTAMPTZ)) <= now THEN 'unknown'
        ELSE 'open'
    END AS own_outcome,
    CASE
        WHEN own_outcome <> 'open' OR ends_at IS NOT NULL OR ended_on IS NOT NULL THEN own_outcome
        WHEN coalesce(status, 'upcoming') = 'upcoming' AND coalesce(starts_at <= now, true)
            AND now - last_seen_at > INTERVAL 31 DAY THEN 'unknown'
        WHEN starts_at + {LONGEST} < now AND {STAGES} IS NOT NULL THEN 'unknown'
        ELSE 'open'
    END AS outcome
FROM listing CROSS JOIN known
JOIN said USING (source, source_id, generation)
JOIN placed ON placed.key = listing.source || ':' || listing.source_id || ':' || listing.generation
LEFT JOIN same ON same.key = placed.key
"""
"""Every listing with its home, the listing that its round began with, and what became of it; times are of Shanghai.

``own_outcome`` is by what its page tells of status and end; ``outcome`` does not take for open what can no longer be.
"""

HOMES = "coalesce(property_kind NOT IN ('loan', 'vehicle'), true)"
"""Rates and ratios are of homes; counts are of everything."""

GROUPS = {
    "all": "'all'",
    "source": "source",
    "round": "round_kind",
    "kind": "property_kind",
    "city": "CASE WHEN regexp_matches(region_code, '^[A-Z]') THEN city || ' (' || region_code || ')' ELSE city END",
}

COUNTS = """
SELECT {group} AS "group", count(*) AS listings, count(DISTINCT root) AS rounds, count(DISTINCT property_key) AS homes
FROM state GROUP BY 1 ORDER BY listings DESC, 1
"""

CLEARANCE = f"""
WITH told AS (
    SELECT {{group}} AS "group", count(DISTINCT root) AS rounds,
        count(*) FILTER (outcome NOT IN ('open', 'suspended')) AS ended, count(*) FILTER (outcome = 'sold') AS sold,
        count(*) FILTER (outcome = 'failed') AS failed, count(*) FILTER (outcome = 'withdrawn') AS withdrawn,
        count(*) FILTER (outcome = 'suspended') AS suspended, count(*) FILTER (outcome = 'unknown') AS unknown,
        count(*) FILTER (outcome = 'open') AS open, count(*) FILTER (outcome IN ('sold', 'failed')) AS n,
        count(*) FILTER (
            outcome IN ('sold', 'failed') AND NOT was_over AND CAST(first_seen_at AS DATE) < ends_on) AS followed
    FROM state WHERE {HOMES} GROUP BY 1
)
SELECT *, CASE WHEN n >= {LEAST} THEN 100.0 * sold / n END AS rate_percent,
    CASE WHEN ended > 0 THEN 100.0 * n / ended END AS coverage_percent FROM told ORDER BY rounds DESC, 1
"""

PRICED = """
SELECT *, coalesce(asking_price, starting_price) AS price FROM observation
WHERE coalesce(asking_price, starting_price) IS NOT NULL
"""
"""The latest of several words of one moment is the one with the largest digest."""

EVERY_CUT = f"""
WITH priced AS ({PRICED}), changed AS (
    SELECT *, lag(price) OVER listing AS previous_price FROM priced
    WINDOW listing AS (PARTITION BY source, source_id, generation ORDER BY observed_at, reader, CAST(digest AS BIGINT))
)
SELECT source, source_id, observed_at, previous_price, price, previous_price - price AS cut_amount,
    100.0 * (previous_price - price) / previous_price AS cut_percent
FROM changed WHERE price < previous_price ORDER BY observed_at, source, source_id
"""

STANDING_CUTS = f"""
WITH priced AS ({PRICED}), last AS (
    SELECT source, source_id, generation, arg_max(price, (observed_at, reader, CAST(digest AS BIGINT))) AS price,
        max(price) AS highest_price
    FROM priced GROUP BY ALL
)
SELECT source, source_id, price, 100.0 * (highest_price - price) / highest_price AS cut_percent,
    highest_price - price AS cut_amount, highest_price
FROM last WHERE price < highest_price ORDER BY cut_percent DESC, cut_amount DESC, source, source_id
"""

PAIRS = f"""
WITH usable AS (
    SELECT * REPLACE (
        CASE WHEN appraisal_scope = 'lot' AND coalesce(unit_count, 1) = 1 THEN NULL ELSE appraisal_price END
        AS appraisal_price
    ), {{group}} AS "group" FROM state
    WHERE is_price_exact IS DISTINCT FROM false AND {HOMES}
    AND NOT coalesce(status = 'sold' AND hammer_price > 0 AND hammer_price < starting_price, false)
), pair AS (
    SELECT "group", 1 AS place, 'start' AS ratio, currency, root, starting_price AS part, appraisal_price AS whole
    FROM usable
    UNION ALL SELECT "group", 2, 'asking', currency, root, asking_price, appraisal_price FROM usable
    UNION ALL SELECT "group", 3, 'realisation', currency, root, hammer_price, appraisal_price
    FROM usable WHERE outcome = 'sold'
    UNION ALL SELECT "group", 4, 'premium', currency, root,
        CASE WHEN hammer_price > 0 THEN hammer_price - starting_price END, starting_price
    FROM usable WHERE outcome = 'sold'
    UNION ALL SELECT "group", 5, 'discount', currency, root,
        market_price - coalesce(nullif(asking_price, 0), nullif(starting_price, 0)), market_price FROM usable
)
SELECT "group", ratio, any_value(currency) FILTER ({{told}}) AS currency, count(DISTINCT root) AS eligible,
    count(*) FILTER ({{told}}) AS n, sum(part) FILTER ({{told}}) AS part_sum, sum(whole) FILTER ({{told}}) AS whole_sum,
    list(CAST(part AS DOUBLE) ORDER BY part, whole) FILTER ({{told}}) AS parts,
    list(CAST(whole AS DOUBLE) ORDER BY part, whole) FILTER ({{told}}) AS wholes
FROM pair GROUP BY "group", place, ratio HAVING n > 0 ORDER BY "group", place
"""
TOLD = "whole > 0 AND part IS NOT NULL AND (part > 0 OR ratio IN ('premium', 'discount'))"

NUMBERS = f"""
SELECT {{group}} AS "group", 'registrations' AS number, count(DISTINCT root) AS sold,
    count(*) FILTER (applicant_count > 0) AS n, coalesce(sum(applicant_count), 0) AS total,
    count(*) FILTER (applicant_count = 1) AS single,
    list(CAST(applicant_count AS DOUBLE)) FILTER (applicant_count > 0) AS parts
FROM state WHERE outcome = 'sold' AND {HOMES} GROUP BY 1 HAVING n > 0 ORDER BY 1
"""

REPEATS = f"""
SELECT property_key, count(*) AS listings, arg_max(city, position) FILTER (city IS NOT NULL) AS city
FROM state WHERE {HOMES} GROUP BY 1 HAVING listings > 1 ORDER BY listings DESC, property_key
"""

DAYS = """
SELECT source, seen_on AS day, page_count AS pages, listing_count AS rows_listed, refused_count AS rows_refused
FROM coverage ORDER BY source, day
"""


def main() -> None:
    """Print the answer."""
    if len(sys.argv) not in {3, 4}:
        sys.exit(__doc__)
    folder, question = Path(sys.argv[1]), sys.argv[2]
    by = sys.argv[3] if len(sys.argv) == 4 else "all"
    if question not in QUESTIONS or by not in GROUPS:
        sys.exit(f"questions: {', '.join(QUESTIONS)}; by: {', '.join(GROUPS)}")
    columns, rows = QUESTIONS[question](open_snapshot(folder), GROUPS[by])
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows([[plain(cell) for cell in row] for row in rows])


def open_snapshot(folder: Path) -> duckdb.DuckDBPyConnection:
    """The tables, each column of the type that ``datapackage.json`` gives it, and ``state``.

    Ends the program if a file is not the one that the manifest names.
    """
    manifest, package = (
        json.loads((folder / name).read_text("utf-8")) for name in ("manifest.json", "datapackage.json")
    )
    for file in manifest["files"]:
        if hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest() != file["sha256"]:
            sys.exit(f"{file['name']} is not the file of the manifest")
    database = duckdb.connect()
    database.execute("SET TimeZone = 'Asia/Shanghai'")
    for resource in package["resources"]:
        if resource["path"] in NEEDED:
            _read(database, folder / resource["path"], resource["schema"]["fields"])
    database.execute("CREATE TABLE known AS SELECT CAST($now AS TIMESTAMPTZ) AS now", {"now": manifest["known_before"]})
    database.execute(STATE)
    return database


def _read(database: duckdb.DuckDBPyConnection, path: Path, fields: list[dict[str, Any]]) -> None:
    typed = ", ".join(f'CAST("{field["name"]}" AS {TYPES[field["type"]]}) AS "{field["name"]}"' for field in fields)
    text = {field["name"]: "VARCHAR" for field in fields}
    form = "auto_detect=false, header=true, quote='\"', escape='\"', nullstr='', max_line_size=67108864"
    database.execute(f"CREATE TABLE {path.stem} AS SELECT {typed} FROM read_csv('{path}', {form}, columns={text})")


Answer = tuple[Sequence[str], Sequence[Sequence[Any]]]


def ask(database: duckdb.DuckDBPyConnection, sql: str) -> Answer:
    """The names of the columns, and the rows. DuckDB itself gives instants only where another library is installed."""
    found = database.sql(sql)
    instants = {place for place, kind in enumerate(found.types) if str(kind) == "TIMESTAMP WITH TIME ZONE"}
    plain = (f'epoch_us("{name}")' if place in instants else f'"{name}"' for place, name in enumerate(found.columns))
    rows = found.project(", ".join(plain)).fetchall()
    return found.columns, [
        [_instant(cell) if place in instants else cell for place, cell in enumerate(row)] for row in rows
    ]


def _instant(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def ratios(database: duckdb.DuckDBPyConnection, group: str) -> Answer:
    """Of sums, and the median of rounds, each with the interval of a bootstrap."""
    names, rows = ask(database, PAIRS.format(group=group, told=TOLD))
    figures = ("sum_percent", "sum_low_percent", "sum_high_percent")
    medians = ("median_percent", "median_low_percent", "median_high_percent")
    answer = []
    for row in rows:
        parts, wholes = numpy.array(row[-2]), numpy.array(row[-1])
        draw = _draws(len(parts))
        of_sums = [_ratio(parts, wholes), *_ends([_ratio(parts[each], wholes[each]) for each in draw])]
        shares = parts / wholes
        of_median = [numpy.median(shares), *_ends([numpy.median(shares[each]) for each in draw])]
        enough = len(parts) >= LEAST
        answer.append([*row[:-2], *([100 * each if enough else None for each in (*of_sums, *of_median)])])
    return [*names[:-2], *figures, *medians], answer


def competition(database: duckdb.DuckDBPyConnection, group: str) -> Answer:
    """How many registered for what was sold."""
    names, rows = ask(database, NUMBERS.format(group=group))
    answer = []
    for *row, parts in rows:
        numbers = numpy.array(parts)
        low, high = _ends([numbers[each].mean() for each in _draws(len(numbers))])
        figures = (numbers.mean(), low, high, numpy.median(numbers), 100 * (numbers == 1).mean())
        answer.append([*row, *(each if len(parts) >= LEAST else None for each in figures)])
    return [*names[:-1], "mean", "mean_low", "mean_high", "median", "rate_percent"], answer


def _ratio(parts: Any, wholes: Any) -> Any:
    return parts.sum() / wholes.sum()


def _draws(count: int) -> list[Any]:
    """As many positions as there are, drawn with replacement, again and again."""
    generator = numpy.random.default_rng(1)
    return [generator.integers(0, count, count) for _ in range(RESAMPLES)]


def _ends(drawn: list[Any]) -> tuple[Any, Any]:
    low, high = numpy.percentile(drawn, [2.5, 97.5])
    return low, high


def plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.isoformat()
    return f"{cell:.4f}" if isinstance(cell, float) else cell


def _by(sql: str) -> Callable[[duckdb.DuckDBPyConnection, str], Answer]:
    return lambda database, group: ask(database, sql.format(group=group))


QUESTIONS: dict[str, Callable[[duckdb.DuckDBPyConnection, str], Answer]] = {
    "counts": _by(COUNTS),
    "clearance": _by(CLEARANCE),
    "ratios": ratios,
    "competition": competition,
    "price-cuts": _by(STANDING_CUTS),
    "every-price-cut": _by(EVERY_CUT),
    "repeats": _by(REPEATS),
    "days": _by(DAYS),
}

if __name__ == "__main__":
    main()
