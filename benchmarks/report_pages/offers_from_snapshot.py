"""What a buyer asks, from the files of a snapshot alone: ``python offers_from_snapshot.py SNAPSHOT QUESTION [WORD]``.

``deals`` (price, appraisal and the discount to it), ``upcoming DAYS`` (starts and ends) and ``changes SINCE`` (what is new,
cuts and rises, what is gone and what is back), with columns of the reports of those names. It needs ``from_snapshot.py``
beside it, DuckDB and NumPy, and nothing of the program: every rule that the reports follow is written here a second time.
"""

import csv
import sys
from pathlib import Path

import duckdb
from from_snapshot import COUNTRY, HOMES, LONGEST, Answer, ask, open_snapshot, plain

ZONES = """coalesce(
    map {'BR-AC': 'America/Rio_Branco', 'BR-AM': 'America/Manaus', 'BR-MS': 'America/Campo_Grande',
        'BR-MT': 'America/Cuiaba', 'BR-RO': 'America/Porto_Velho', 'BR-RR': 'America/Boa_Vista'}[left(region_code, 5)],
    map {'CN': 'Asia/Shanghai', 'HK': 'Asia/Hong_Kong', 'TW': 'Asia/Taipei', 'KR': 'Asia/Seoul', 'BR': 'America/Sao_Paulo',
        'US': 'America/New_York', 'GR': 'Europe/Athens', 'UA': 'Europe/Kyiv'}[COUNTRY])""".replace("COUNTRY", COUNTRY)
"""The zone by whose clock a home is sold; states of Brazil have their own hours."""

OPEN = f"""
CREATE TABLE offer AS
SELECT state.*, source || ':' || source_id AS listing, now, {ZONES} AS zone,
    coalesce(nullif(asking_price, 0), nullif(starting_price, 0)) AS offered,
    CASE WHEN current_price > 0 AND (round_kind = 'dutch_auction' OR status = 'ongoing' AND offered > 0) THEN
        CASE WHEN round_kind = 'dutch_auction' THEN current_price ELSE greatest(current_price, offered) END
    ELSE offered END AS price,
    key IN (SELECT source || ':' || source_id || ':' || generation FROM absence WHERE back_at IS NULL) AS is_gone
FROM state CROSS JOIN known WHERE own_outcome = 'open' AND {HOMES}
"""
"""Open offers at the price that one would have to pay at least now; ``is_gone``: its source no longer shows it."""

DEALS = f"""
WITH last AS (
    SELECT * FROM offer QUALIFY row_number() OVER (
        PARTITION BY property_key
        ORDER BY coalesce(link NOT IN ('resumed', 'same_offer_elsewhere'), true) DESC, position DESC
    ) = 1
), valued AS (
    SELECT *, CASE WHEN appraisal_scope = 'lot' AND coalesce(unit_count, 1) = 1 THEN NULL ELSE nullif(appraisal_price, 0) END
        AS appraisal
    FROM last WHERE NOT is_gone AND price > 0 AND now - last_seen_at <= INTERVAL 90 DAY
        AND NOT coalesce(ends_at IS NULL AND stages IS NOT NULL AND starts_at + {LONGEST} < now, false)
)
SELECT listing, price, appraisal AS appraisal_price, 100.0 * (appraisal - price) / appraisal AS appraisal_discount_percent,
    starts_at, ends_at, last_seen_at, round_kind, city
FROM valued ORDER BY appraisal_discount_percent DESC NULLS LAST, listing
"""

UPCOMING = """
WITH deadline AS (
    SELECT *, 'start' AS what, starts_at AS moment FROM offer WHERE NOT is_gone
    UNION ALL SELECT *, 'end', ends_at FROM offer WHERE NOT is_gone
)
SELECT strftime(moment AT TIME ZONE zone, '%Y-%m-%d %H:%M') AS local_time, listing, what,
    CAST(floor(epoch(moment - now) / 3600) AS BIGINT) AS hours_left, price, deposit, applicant_count
FROM deadline WHERE moment BETWEEN now AND now + to_days({days})
UNION ALL
SELECT CAST(ended_on AS VARCHAR), listing, 'end', NULL, price, deposit, applicant_count
FROM offer WHERE NOT is_gone AND ends_at IS NULL AND (CAST(ended_on AS TIMESTAMP) AT TIME ZONE zone) <= now + to_days({days})
    AND now < (CAST(ended_on + 1 AS TIMESTAMP) AT TIME ZONE zone)
ORDER BY local_time, listing, what
"""

CHANGES = """
WITH named AS (
    SELECT *, source || ':' || source_id || ':' || generation AS key, source || ':' || source_id AS listing
    FROM observation WHERE observed_at < (SELECT now FROM known)
), first AS (
    SELECT key, listing, min(observed_at) AS moment FROM named GROUP BY ALL
), told AS (
    SELECT key, listing, observed_at AS moment, currency, coalesce(is_price_exact, true)
        OR NOT list_contains(string_split(stated, ' '), 'is_price_exact') AS is_exact,
        coalesce(asking_price, starting_price) AS price, reader, digest
    FROM named WHERE coalesce(asking_price, starting_price) > 0 AND list_contains(string_split(stated, ' '),
        CASE WHEN asking_price IS NOT NULL THEN 'asking_price' ELSE 'starting_price' END)
), compared AS (
    SELECT *, lag(price) OVER look AS before, lag(is_exact) OVER look AS was_exact FROM told
    WINDOW look AS (PARTITION BY key, currency ORDER BY moment, reader, CAST(digest AS BIGINT))
), event AS (
    SELECT listing, moment, CASE
        WHEN link IS NULL OR link = 'same_offer_elsewhere' THEN 'new'
        WHEN link IN ('resumed', 'bank_relisting') THEN link ELSE 'new_round' END AS kind, NULL AS amount, NULL AS percent
    FROM first JOIN auction_round ON key = source || ':' || source_id || ':' || generation
    UNION ALL
    SELECT listing, moment, CASE WHEN price < before THEN 'cut' ELSE 'rise' END, price - before, 100.0 * (price - before) / before
    FROM compared WHERE price <> before AND (is_exact AND was_exact OR price // 100 <> before // 100)
    UNION ALL
    SELECT absence.source || ':' || absence.source_id, gone_at, 'gone', NULL, NULL FROM absence
    JOIN listing USING (source, source_id, generation)
    WHERE coalesce(status NOT IN ('sold', 'failed', 'defaulted', 'taken_by_creditor', 'withdrawn', 'terminated'), true)
    UNION ALL
    SELECT absence.source || ':' || absence.source_id, back_at, 'back', NULL, NULL FROM absence
    JOIN listing USING (source, source_id, generation) WHERE back_at IS NOT NULL
)
SELECT moment AS "at", kind, listing, amount, percent FROM event
WHERE moment >= (CAST('{since}' AS TIMESTAMP) AT TIME ZONE 'Asia/Shanghai') ORDER BY moment DESC, listing, kind
"""
"""Days of the clock of Shanghai. Prices that a page cuts to hundreds of yuan differ from others from a hundred on."""


def deals(database: duckdb.DuckDBPyConnection, _word: str) -> Answer:
    """Each open home once, at its last offer."""
    return ask(database, DEALS)


def upcoming(database: duckdb.DuckDBPyConnection, word: str) -> Answer:
    """Starts and ends within so many days."""
    return ask(database, UPCOMING.format(days=int(word or 7)))


def changes(database: duckdb.DuckDBPyConnection, word: str) -> Answer:
    """What happened since a day."""
    return ask(database, CHANGES.format(since=word or "1970-01-01"))


QUESTIONS = {"deals": deals, "upcoming": upcoming, "changes": changes}


def main() -> None:
    """Print the answer."""
    if len(sys.argv) not in {3, 4} or sys.argv[2] not in QUESTIONS:
        sys.exit(__doc__)
    database = open_snapshot(Path(sys.argv[1]))
    database.execute(OPEN)
    columns, rows = QUESTIONS[sys.argv[2]](database, sys.argv[3] if len(sys.argv) == 4 else "")
    writer = csv.writer(sys.stdout)
    writer.writerow(columns)
    writer.writerows([[plain(cell) for cell in row] for row in rows])


if __name__ == "__main__":
    main()
