"""SQL by hand over the tables of a database: the same figures as the reports, without any of their code.

Each query gives a row for each group: ``grp`` and the figures by the names of the report's columns. ``:now`` is the
end of the day asked for, in UTC. Percentages have two decimals, amounts are in whole units of the currency.
"""

STATE = """
WITH RECURSIVE same(listing_id, root) AS (
    SELECT listing_id, listing_id FROM auction_round
    WHERE link IS NULL OR link NOT IN ('resumed', 'same_offer_elsewhere')
    UNION ALL
    SELECT later.listing_id, same.root
    FROM auction_round AS later JOIN same ON later.previous_listing_id = same.listing_id
    WHERE later.link IN ('resumed', 'same_offer_elsewhere')
), state AS (
    SELECT listing.id AS listing_id, listing.source, listing.first_seen_at, place.property_id, same.root, said.title,
        said.round_kind, said.property_kind, said.status, said.region_code, said.city, said.currency,
        said.starting_price, said.asking_price, said.hammer_price, said.appraisal_price, said.is_price_exact,
        said.applicant_count,
        coalesce(date(said.ends_at, '+8 hours'), said.ended_on) AS ends_on,
        coalesce((
            SELECT first.status FROM observation AS first WHERE first.listing_id = listing.id
            ORDER BY first.observed_at, first.id LIMIT 1
        ) IN ('sold', 'defaulted', 'failed', 'taken_by_creditor', 'withdrawn', 'terminated', 'ended'), 0) AS was_over,
        CASE
            WHEN said.status IN ('sold', 'defaulted') THEN 'sold'
            WHEN said.status IN ('failed', 'taken_by_creditor') THEN 'failed'
            WHEN said.status IN ('withdrawn', 'terminated') THEN 'withdrawn'
            WHEN said.status IN ('suspended', 'postponed', 'halted') THEN 'suspended'
            WHEN said.status = 'ended' THEN 'unknown'
            WHEN coalesce(datetime(said.ends_at), datetime(said.ended_on, '+1 day', '-8 hours')) <= :now THEN 'unknown'
            WHEN coalesce(said.status, 'upcoming') = 'upcoming' AND said.ends_at IS NULL AND said.ended_on IS NULL
                AND coalesce(datetime(said.starts_at) <= :now, 1)
                AND julianday(:now) - julianday(listing.last_seen_at) > 31 THEN 'unknown'
            ELSE 'open'
        END AS outcome
    FROM listing
    JOIN observation AS said ON said.id = listing.observation_id
    LEFT JOIN auction_round AS place ON place.listing_id = listing.id
    LEFT JOIN same ON same.listing_id = listing.id
)
"""
"""What every listing is known to be last, with its home and the listing that its round began with.

What told no end, and at most that it was announced, is open as long as it is seen, and a month beyond.
"""

HOMES = "coalesce(property_kind NOT IN ('loan', 'vehicle'), 1)"
"""Rates and ratios are of homes; counts are of everything that was listed."""

ALL, ROUND, KIND = "'all'", "coalesce(round_kind, 'not told')", "coalesce(property_kind, 'not told')"
SOURCE = "source"
ROUND_BY_TITLE = """CASE
    WHEN title LIKE '%【第一次拍卖】%' THEN 'first_auction' WHEN title LIKE '%【第二次拍卖】%' THEN 'second_auction'
    WHEN title LIKE '%【变卖】%' THEN 'sell_off' WHEN title LIKE '%【再次拍卖】%' THEN 'repeat_auction'
    WHEN title LIKE '%【重新拍卖】%' THEN 're_auction' ELSE 'not told' END"""
"""By the words of the titles, whatever the program has read in them."""
CITY = """coalesce(CASE WHEN region_code GLOB '[A-Z]*' THEN city || ' (' || region_code || ')' ELSE city END,
    'not told')"""


def counts(group: str) -> str:
    """Listings, rounds and homes of each group."""
    return f"""{STATE}
    SELECT {group} AS grp, count(*) AS listings, count(DISTINCT root) AS rounds, count(DISTINCT property_id) AS homes
    FROM state GROUP BY grp"""


def clearance(group: str) -> str:
    """Rounds of each group by what became of them, and of how many of the results the round was seen coming."""
    return f"""{STATE}
    SELECT {group} AS grp, count(DISTINCT root) AS rounds,
        sum(outcome NOT IN ('open', 'suspended')) AS ended, sum(outcome = 'sold') AS sold,
        sum(outcome = 'failed') AS failed, sum(outcome = 'withdrawn') AS withdrawn,
        sum(outcome = 'suspended') AS suspended, sum(outcome = 'unknown') AS unknown, sum(outcome = 'open') AS open,
        CASE WHEN sum(outcome IN ('sold', 'failed')) >= 10
            THEN 100.0 * sum(outcome = 'sold') / sum(outcome IN ('sold', 'failed')) END AS rate_percent,
        CASE WHEN sum(outcome NOT IN ('open', 'suspended')) > 0
            THEN 100.0 * sum(outcome IN ('sold', 'failed')) / sum(outcome NOT IN ('open', 'suspended'))
            END AS coverage_percent,
        sum(outcome IN ('sold', 'failed') AND NOT was_over
            AND coalesce(date(first_seen_at, '+8 hours') < ends_on, 0)) AS followed
    FROM state WHERE {HOMES} GROUP BY grp"""


def ratios(group: str) -> str:
    """Starts, asking prices and hammer prices against appraisals, and hammer prices against starts."""
    return f"""{STATE}, usable AS (
        SELECT *, {group} AS of_group, CASE currency WHEN 'KRW' THEN 1 ELSE 100.0 END AS minor FROM state
        WHERE is_price_exact IS NOT 0 AND {HOMES}
        AND NOT coalesce(status = 'sold' AND hammer_price > 0 AND hammer_price < starting_price, 0)
    ), pair AS (
        SELECT of_group || ' start' AS grp, 0 AS of_sold, starting_price AS part, appraisal_price AS whole, * FROM usable
        UNION ALL SELECT of_group || ' asking', 0, asking_price, appraisal_price, * FROM usable
        UNION ALL SELECT of_group || ' realisation', 1, hammer_price, appraisal_price, * FROM usable
        UNION ALL SELECT of_group || ' premium', 1,
            CASE WHEN hammer_price > 0 THEN hammer_price - starting_price END, starting_price, * FROM usable
    ), eligible AS (
        SELECT *, coalesce(whole > 0 AND part IS NOT NULL AND (part > 0 OR grp LIKE '% premium'), 0) AS tells
        FROM pair WHERE NOT of_sold OR outcome = 'sold'
    ), ranked AS (
        SELECT *, 1.0 * part / whole AS share,
            row_number() OVER (PARTITION BY grp, tells ORDER BY 1.0 * part / whole) AS place,
            count(*) OVER (PARTITION BY grp, tells) AS many
        FROM eligible
    )
    SELECT grp, count(DISTINCT root) AS eligible, sum(tells) AS n,
        sum(CASE WHEN tells THEN part / minor END) AS part_sum,
        sum(CASE WHEN tells THEN whole / minor END) AS whole_sum,
        CASE WHEN sum(tells) >= 10
            THEN 100.0 * sum(CASE WHEN tells THEN part END) / sum(CASE WHEN tells THEN whole END) END AS sum_percent,
        CASE WHEN sum(tells) >= 10
            THEN 100.0 * avg(CASE WHEN tells AND place IN ((many + 1) / 2, (many + 2) / 2) THEN share END)
            END AS median_percent
    FROM ranked GROUP BY grp HAVING sum(tells) > 0"""


REGISTRATIONS = f"""{STATE}, told AS (
    SELECT applicant_count AS many, row_number() OVER (ORDER BY applicant_count) AS place, count(*) OVER () AS n
    FROM state WHERE outcome = 'sold' AND applicant_count > 0 AND {HOMES}
)
SELECT 'all registrations' AS grp, (SELECT count(DISTINCT root) FROM state WHERE outcome = 'sold' AND {HOMES}) AS sold,
    count(*) AS n, sum(many) AS total, sum(many = 1) AS single,
    CASE WHEN count(*) >= 10 THEN 100.0 * sum(many = 1) / count(*) END AS rate_percent,
    CASE WHEN count(*) >= 10 THEN avg(many) END AS mean,
    CASE WHEN count(*) >= 10 THEN avg(CASE WHEN place IN ((n + 1) / 2, (n + 2) / 2) THEN many END) END AS median
FROM told HAVING count(*) > 0"""

EVERY_CUT = """
WITH price AS (
    SELECT listing_id, coalesce(asking_price, starting_price) AS now,
        lag(coalesce(asking_price, starting_price)) OVER (PARTITION BY listing_id ORDER BY observed_at, id) AS was
    FROM observation WHERE coalesce(asking_price, starting_price) IS NOT NULL
)
SELECT 'all' AS grp, count(*) AS cuts, count(DISTINCT listing_id) AS listings,
    coalesce(sum(was - now), 0) / 100.0 AS amount, coalesce(sum(2 * now <= was), 0) AS halved
FROM price WHERE now < was AND was > 0"""

STANDING_CUTS = """
WITH price AS (
    SELECT listing_id, coalesce(asking_price, starting_price) AS now,
        max(coalesce(asking_price, starting_price)) OVER (PARTITION BY listing_id) AS highest,
        row_number() OVER (PARTITION BY listing_id ORDER BY observed_at DESC, id DESC) AS age
    FROM observation WHERE coalesce(asking_price, starting_price) IS NOT NULL
)
SELECT 'all' AS grp, count(*) AS listings, coalesce(sum(highest - now), 0) / 100.0 AS amount,
    coalesce(sum(2 * now <= highest), 0) AS halved, coalesce(max(100.0 * (highest - now) / highest), 0) AS deepest
FROM price WHERE age = 1 AND now < highest"""

REPEATS = f"""{STATE}, home AS (
    SELECT property_id, count(*) AS many FROM state GROUP BY property_id HAVING count(*) > 1 AND min({HOMES})
)
SELECT 'all' AS grp, count(*) AS homes, coalesce(sum(many), 0) AS listings, coalesce(max(many), 0) AS most FROM home"""

FUNNEL = f"""{STATE}, told AS (
    SELECT state.*, CASE
        WHEN round_kind IN ('first_auction', 'second_auction', 'sell_off', 're_auction') THEN round_kind
        WHEN round_kind IN ('third_auction', 'later_auction') THEN round_kind
        WHEN round_kind IS NOT NULL THEN 'other_auction' ELSE 'not_told' END AS stage,
        EXISTS (
            SELECT 1 FROM auction_round AS own JOIN auction_round AS later ON later.property_id = own.property_id
            WHERE own.listing_id = state.listing_id AND later.position > own.position
        ) AS came_again,
        EXISTS (
            SELECT 1 FROM auction_round AS own JOIN auction_round AS first ON first.property_id = own.property_id
            WHERE own.listing_id = state.listing_id AND first.position < own.position
        ) AS was_before
    FROM state WHERE {HOMES}
)
SELECT stage AS grp, count(DISTINCT root) AS rounds, sum(was_before) AS seen_before, sum(outcome = 'sold') AS sold,
    sum(outcome = 'unknown') AS unknown, sum(outcome = 'open') AS open,
    sum(outcome NOT IN ('open', 'sold', 'unknown')) AS n,
    sum(outcome NOT IN ('open', 'sold', 'unknown') AND came_again) AS again
FROM told GROUP BY grp"""

COVERAGE = """
WITH day AS (
    SELECT date(observed_at, '+8 hours') AS day, count(*) AS pages, sum(listing_count) AS collected,
        max(outcome IN ('read', 'empty')) AS is_read
    FROM page GROUP BY 1
)
SELECT 'all' AS grp, count(*) AS days, sum(NOT is_read) AS unread,
    CAST(julianday(date(:now)) - julianday(min(day)) + 1 AS INTEGER) - count(*) AS gaps,
    sum(pages) AS pages, min(CASE WHEN is_read THEN collected END) AS least
FROM day"""

SPAN = f"SELECT grp, days, gaps, days + gaps AS span FROM ({COVERAGE})"
