"""What no report prints and a page says all the same: SQL by hand over the tables of a database, one row each."""

STATE = "listing JOIN observation AS said ON said.id = listing.observation_id"
ENDS_ON = "coalesce(date(said.ends_at, '+8 hours'), said.ended_on)"

CHANGED = """
WITH changed AS (
    SELECT listing_id, round_kind AS now, lag(round_kind) OVER seen AS was,
        coalesce(asking_price, starting_price) AS price, lag(coalesce(asking_price, starting_price)) OVER seen AS before
    FROM observation WINDOW seen AS (PARTITION BY listing_id ORDER BY observed_at, id)
)
"""
"""Each state of a listing beside the one before."""

RELABELLED = f"""{CHANGED}
SELECT 'all' AS grp, count(*) AS labels, sum(price = before) AS same_price, count(DISTINCT listing_id) AS listings
FROM changed WHERE now IN ('online_sale', 'direct_sale') AND was IN ('online_sale', 'direct_sale') AND now <> was"""
"""How often a listing moved from online sale to direct sale or back, and how often at one price."""

TO_SECOND = f"""{CHANGED}
SELECT 'all' AS grp, count(*) AS moved, sum(price < before) AS fell, sum(price > before) AS rose
FROM changed WHERE was = 'first_auction' AND now = 'second_auction'"""
"""What became of the price where a listing went from the first auction to the second."""

CUT_SIZES = """
WITH price AS (
    SELECT listing_id, coalesce(asking_price, starting_price) AS now,
        lag(coalesce(asking_price, starting_price)) OVER seen AS was
    FROM observation WHERE coalesce(asking_price, starting_price) IS NOT NULL
    WINDOW seen AS (PARTITION BY listing_id ORDER BY observed_at, id)
), cut AS (SELECT listing_id, 100.0 * (was - now) / was AS percent FROM price WHERE now < was AND was > 0)
SELECT 'all' AS grp, sum(percent BETWEEN 2.45 AND 2.95) AS about_2_7, sum(percent < 10) AS small,
    sum(percent >= 33.3) AS third, count(*) AS cuts,
    (SELECT count(*) FROM (SELECT 1 FROM cut GROUP BY listing_id HAVING count(*) > 1)) AS again
FROM cut"""
"""How deep the cuts are, and how many listings were cut more than once."""

ONE_LABEL = f"""
SELECT 'all' AS grp, count(*) AS n, sum(asking_price > appraisal_price) AS dearer,
    sum(asking_price = appraisal_price) AS same, sum(asking_price < appraisal_price) AS cheaper
FROM {STATE} WHERE round_kind = 'single_notice_auction'"""
"""Where auctions by a single notice stand to the appraisal."""

SOLD_WHEN = f"""
SELECT 'all' AS grp, count(*) AS listings, sum({ENDS_ON} BETWEEN '2025-12-01' AND '2026-02-25') AS within,
    sum({ENDS_ON} < '2025-12-01') AS before, min(strftime('%Y', {ENDS_ON})) AS earliest,
    sum({ENDS_ON} < '2025-12-01' AND date(first_seen_at, '+8 hours') = '2026-02-11') AS before_of_one_day,
    sum(date(first_seen_at, '+8 hours') = '2026-02-11') AS of_one_day
FROM {STATE}"""
"""In what years the sales are that the files of three months tell."""

STARTS = f"""
WITH told AS (
    SELECT 1.0 * starting_price / appraisal_price AS share FROM {STATE}
    WHERE starting_price > 0 AND appraisal_price > 0
)
SELECT 'all' AS grp, count(*) AS n, sum(share BETWEEN 0.695 AND 0.705) AS at_70,
    sum(share BETWEEN 0.555 AND 0.565) AS at_56, sum(share < 0.555) AS lower FROM told"""
"""How many start at the two floors of the law: 70 % of the appraisal, and 80 % of that."""

ALONE = f"""
WITH told AS (
    SELECT applicant_count = 1 AS is_alone, 100.0 * (hammer_price - starting_price) / starting_price AS premium
    FROM {STATE} WHERE said.status = 'sold' AND applicant_count > 0 AND hammer_price >= starting_price
    AND starting_price > 0
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY is_alone ORDER BY premium) AS place,
        count(*) OVER (PARTITION BY is_alone) AS many FROM told
)
SELECT 'all' AS grp, sum(is_alone) AS alone, sum(is_alone AND premium = 0) AS alone_at_start,
    sum(NOT is_alone) AS others,
    avg(CASE WHEN NOT is_alone AND place IN ((many + 1) / 2, (many + 2) / 2) THEN premium END) AS median_of_others
FROM ranked"""
"""What a single registration pays over the start, and what more of them pay."""

SOLD_AGAIN = f"""
WITH sale AS (
    SELECT property_id, starting_price, min(listing.source_id) AS id, {ENDS_ON} AS ends_on
    FROM {STATE} JOIN auction_round AS place ON place.listing_id = listing.id GROUP BY listing.id
), home AS (
    SELECT property_id, count(*) AS sales, count(DISTINCT starting_price) AS starts, min(ends_on) AS first_on,
        max(ends_on) AS last_on
    FROM sale GROUP BY property_id HAVING sales > 1
)
SELECT 'all' AS grp, count(*) AS homes, sum(starts = 1) AS same_start, sum(first_on = last_on) AS on_one_day FROM home"""
"""Of the homes that stand more than once in a list of sales, how many at one start, how many on one day."""

DAYS_SET = """
WITH days AS (
    SELECT listing_id, max(round_kind) AS kind, count(DISTINCT ended_on) AS days FROM observation GROUP BY listing_id
)
SELECT 'all' AS grp, sum(kind = 'judicial_auction' AND days > 0) AS foreclosures,
    sum(kind = 'judicial_auction' AND days > 1) AS foreclosures_again,
    sum(kind = 'out_of_court_auction' AND days > 0) AS deeds, sum(kind = 'out_of_court_auction' AND days > 1) AS deeds_again,
    sum(days = 0) AS without, max(days) AS most,
    100.0 * sum(kind = 'judicial_auction' AND days > 1) / sum(kind = 'judicial_auction' AND days > 0) AS percent_again,
    100.0 * sum(kind = 'out_of_court_auction' AND days > 1) / sum(kind = 'out_of_court_auction' AND days > 0)
        AS deeds_percent_again
FROM days"""
"""For how many different days each auction was set."""

PARCELS = f"""
WITH foreclosure AS (
    SELECT case_number, instr(source_id, '/') = 0 AS is_bare FROM {STATE} WHERE round_kind = 'judicial_auction'
)
SELECT 'all' AS grp, count(*) AS listings, sum(is_bare) AS bare, count(DISTINCT case_number) AS cases,
    sum(is_bare AND case_number IN (SELECT case_number FROM foreclosure WHERE NOT is_bare)) AS twice
FROM foreclosure"""
"""Foreclosures whose parcel is not told, and how many of their cases stand there with a parcel too."""

DEED_STARTS = f"""
WITH told AS (
    SELECT 1.0 * starting_price / appraisal_price AS share FROM {STATE}
    WHERE round_kind = 'out_of_court_auction' AND starting_price > 0 AND appraisal_price > 0
)
SELECT 'all' AS grp, count(*) AS n, sum(share < 0.1) AS under_tenth, sum(share > 1) AS over_value FROM told"""
"""Opening bids of tax deeds against the county's value."""

REFUSED = """
SELECT 'all' AS grp, count(*) AS rows_refused, sum(reason LIKE 'only a date%' OR reason LIKE 'an empty object%') AS unread,
    (SELECT sum(listing_count) FROM page) AS rows_read, (SELECT count(*) FROM page WHERE outcome = 'empty_shell') AS shells
FROM quarantined_row"""
"""Rows that were not believed, and files that held nothing."""

NEXT_ROUND = """
WITH lots AS (
    SELECT listing_id, julianday(max(ended_on)) - julianday(min(ended_on)) AS days,
        max(round_number) - min(round_number) AS rounds
    FROM observation GROUP BY listing_id
)
SELECT 'all' AS grp, count(*) AS lots, sum(rounds = 1 AND days > 0) AS moved,
    CAST(min(CASE WHEN days > 0 THEN days END) AS INTEGER) AS soonest, CAST(max(days) AS INTEGER) AS latest FROM lots"""
"""Lots that came back one round further on, and how many days after the first day they are to be sold."""

FAILED_BEFORE = f"""
SELECT 'all' AS grp, 100.0 * sum(title LIKE '%【第二次拍卖】%' OR title LIKE '%【变卖】%') / count(*) AS percent
FROM {STATE}"""
"""How many are second auctions or sell-offs, by the words of their titles: before each of these an auction has failed."""

ADDRESSES = f"""
SELECT 'all' AS grp, count(*) AS n, sum(address IS NULL) AS without FROM {STATE} WHERE round_kind = 'judicial_auction'"""
"""Foreclosures whose address no look has told."""

BROKEN_IDS = """
SELECT 'all' AS grp, count(*) AS rows_refused, count(DISTINCT page_id) AS days FROM quarantined_row
WHERE reason LIKE 'no identifier%'"""
"""Rows that name no listing."""
