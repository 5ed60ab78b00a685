"""What a page changes in the database: only what it says, once, and nothing that it leaves out."""

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from store_help import CURRENT, START, begin, history, look, make_page, record, record_all, rows, statement

from store.engine import writing
from store.pages import find_body, known_page
from store.rows import LISTING
from store.runs import add_sources
from store.terms import PageOutcome, PropertyKind, RoundKind
from store.told import Refused
from store.write import Recorder

FLAT = statement(
    title="Apartamento, AV. OTONIEL GOMES TAVARES, N. 925, Apto 406, BLOCO 05, MACAE - RJ",
    property_kind=PropertyKind.FLAT,
    round_kind=RoundKind.ONLINE_SALE,
    city="MACAE",
    asking_price=98_000_00,
    appraisal_price=140_000_00,
    floor_area=46_00,
)
HOUSE = statement(title="Casa, RUA IARA TEODORO DA SILVA, N. 386, CS G, VENEZA", asking_price=71_200_00)

ALL_OF_LISTING = f"SELECT {', '.join(LISTING.c.keys())} FROM listing ORDER BY id"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    begin(engine)
    return engine


def test_a_page_read_twice_changes_only_when_it_was_last_seen(engine):
    record_all(engine, [look(0, {"1": FLAT, "2": HOUSE})])
    listings = rows(engine, ALL_OF_LISTING)
    observations = rows(engine, "SELECT * FROM observation ORDER BY id")

    (result,) = record_all(engine, [look(24, {"1": FLAT, "2": HOUSE})])

    assert (result.new, result.changed, result.unchanged, result.late) == (0, 0, 2, 0)
    assert rows(engine, "SELECT * FROM observation ORDER BY id") == observations
    after = rows(engine, ALL_OF_LISTING)
    seen = list(LISTING.c.keys()).index("last_seen_at")
    assert [row[:seen] + row[seen + 1 :] for row in after] == [row[:seen] + row[seen + 1 :] for row in listings]
    assert all(row[seen] > before[seen] for row, before in zip(after, listings, strict=True))


def test_a_price_cut_adds_one_observation_and_keeps_the_first(engine):
    record_all(engine, [look(0, {"1": FLAT}), look(24, {"1": FLAT._replace(asking_price=88_200_00)})])

    assert [row[0] for row in rows(engine, "SELECT asking_price FROM observation ORDER BY observed_at")] == [
        98_000_00,
        88_200_00,
    ]
    assert rows(engine, f"SELECT asking_price, generation FROM {CURRENT}") == [(88_200_00, 1)]


def test_what_a_page_leaves_out_is_not_cleared(engine):
    """domain.md, case 5."""
    (_, result) = record_all(engine, [look(0, {"1": FLAT}), look(24, {"1": statement(asking_price=88_200_00)})])

    assert result.changed == 1
    kept = "asking_price, title, property_kind, city, appraisal_price, floor_area"
    expected = [(88_200_00, FLAT.title, "flat", "MACAE", 140_000_00, 46_00)]
    assert rows(engine, f"SELECT {kept} FROM {CURRENT}") == expected
    assert rows(engine, f"SELECT {kept} FROM observation ORDER BY observed_at DESC LIMIT 1") == expected


def test_the_bits_of_an_observation_tell_what_its_page_said_itself(engine):
    record_all(engine, [look(0, {"1": FLAT}), look(24, {"1": statement(asking_price=88_200_00)})])

    fields = statement()._fields
    stated = [row[0] for row in rows(engine, "SELECT stated FROM observation ORDER BY observed_at")]
    told = [[name for bit, name in enumerate(fields) if bits >> bit & 1] for bits in stated]
    assert told == [
        [name for name in fields if getattr(FLAT, name) is not None],
        ["currency", "asking_price", "raw"],
    ]


def test_two_readers_of_one_listing_do_not_undo_each_other(engine):
    detail = statement(title=FLAT.title, land_area=120_00, raw='{"page": "detail"}')

    results = record_all(
        engine,
        [
            look(0, {"1": FLAT}),
            look(1, {"1": detail}, "s.detail"),
            look(2, {"1": FLAT}),
            look(3, {"1": detail}, "s.detail"),
        ],
    )

    assert [result.changed for result in results] == [0, 1, 0, 0]
    assert rows(engine, f"SELECT asking_price, land_area FROM {CURRENT}") == [(98_000_00, 120_00)]
    assert rows(engine, "SELECT count(*) FROM observation") == [(2,)]


def test_a_page_without_listings_touches_none(engine):
    record_all(engine, [look(0, {"1": FLAT})])
    before = history(engine)

    for hour, outcome in enumerate([PageOutcome.BLOCKED, PageOutcome.EMPTY, PageOutcome.LAYOUT_CHANGED], 1):
        page = make_page(START.replace(hour=hour), body=outcome, outcome=outcome)
        record_all(engine, [(page, {})])

    assert history(engine) == before
    assert rows(engine, "SELECT outcome, listing_count FROM page ORDER BY id") == [
        ("read", 1),
        ("blocked", 0),
        ("empty", 0),
        ("layout_changed", 0),
    ]


def test_a_refused_row_is_set_aside_and_touches_no_stored_listing(engine):
    record_all(engine, [look(0, {"1": FLAT})])
    before = history(engine)
    page, _ = look(24, {})
    refused = Refused(3, "1", "asking_price_raw: absurd amount '-1'", "Apartamento, AV. OTONIEL")

    with writing(engine) as connection:
        result = record(Recorder(), connection, page, {}, [refused])

    assert result.refused == [refused]
    assert history(engine) == before
    assert rows(engine, "SELECT page_id, position, source_id, reason, excerpt FROM quarantined_row") == [
        (2, *refused),
    ]
    assert rows(engine, "SELECT refused_count FROM page ORDER BY id") == [(0,), (1,)]


def test_an_id_that_stands_twice_on_a_page_with_the_same_words_counts_once(engine):
    page, _ = look(0, {})

    with writing(engine) as connection:
        result = Recorder().record(connection, page, [("s", "1", FLAT), ("s", "1", FLAT)])

    assert (result.new, result.refused) == (1, [])
    assert rows(engine, "SELECT count(*) FROM observation") == [(1,)]


def test_an_id_that_stands_twice_on_a_page_with_other_words_is_believed_once_and_reported(engine):
    page, _ = look(0, {})

    with writing(engine) as connection:
        result = Recorder().record(connection, page, [("s", "1", FLAT), ("s", "1", HOUSE)])

    assert [(row.source_id, row.excerpt) for row in result.refused] == [("1", HOUSE.title)]
    assert rows(engine, f"SELECT title FROM {CURRENT}") == [(FLAT.title,)]
    assert rows(engine, "SELECT source_id, reason FROM quarantined_row") == [
        ("1", "the id stands twice on the page with different words")
    ]


@pytest.mark.parametrize(
    ("source_id", "reason"),
    [
        ("", "an id of 0 characters"),
        ("1" * 121, "an id of 121 characters"),
        ("17\x0042", "an id with control characters"),
        ("17\ud80042", "an id with control characters"),
    ],
)
def test_a_row_whose_id_cannot_be_stored_is_refused_and_the_rest_of_the_page_is_kept(engine, source_id, reason):
    page, _ = look(0, {})

    with writing(engine) as connection:
        result = Recorder().record(connection, page, [("s", source_id, FLAT), ("s", "2", HOUSE)])

    assert [row.reason for row in result.refused] == [reason]
    assert rows(engine, "SELECT source_id FROM listing") == [("2",)]


@pytest.mark.parametrize(
    "words",
    [
        statement(title="Casa\x00, RUA A"),
        statement(title="Casa\ud800, RUA A"),
        statement(asking_price=2**63),
        statement(bid_count=2**80),
    ],
    ids=["nul", "half a character", "more than eight bytes", "far more than eight bytes"],
)
def test_words_that_no_database_can_hold_are_refused_and_the_rest_of_the_page_is_kept(engine, words):
    page, _ = look(0, {})

    with writing(engine) as connection:
        result = Recorder().record(connection, page, [("s", "1", words), ("s", "2", HOUSE)])

    assert [(row.source_id, row.position) for row in result.refused] == [("1", 1)]
    assert "cannot be stored" in result.refused[0].reason
    assert rows(engine, "SELECT source_id FROM listing") == [("2",)]


def test_hostile_characters_in_the_account_of_a_page_do_not_stop_the_crawl(engine):
    page = make_page(START)
    hostile = replace(page, url="https://s.example/\x00", content_type="text/html\x00", reason="not JSON: \ud800")

    with writing(engine) as connection:
        record(Recorder(), connection, hostile, {}, [Refused(0, "\x00", "why \x00", "\x00 excerpt \ud800")])

    ((url, content_type, reason),) = rows(engine, "SELECT url, content_type, reason FROM page")
    assert (url, content_type, reason) == ("https://s.example/\ufffd", "text/html\ufffd", "not JSON: \ufffd")
    assert rows(engine, "SELECT source_id, excerpt FROM quarantined_row") == [("\ufffd", "\ufffd excerpt \ufffd")]


def test_rows_of_two_sources_on_one_page_are_kept_apart(engine):
    page, _ = look(0, {})
    with writing(engine) as connection:
        result = Recorder().record(connection, page, [("s", "1", FLAT), ("t", "1", HOUSE)])
    assert result.new == 2

    recorder = Recorder()
    later, _ = look(24, {"later": FLAT})
    cut = HOUSE._replace(asking_price=60_000_00)
    with writing(engine) as connection:
        result = recorder.record(connection, later, [("t", "1", cut), ("s", "1", FLAT)])

    assert (result.changed, result.unchanged) == (1, 1)
    assert rows(engine, f"SELECT source, title, asking_price FROM {CURRENT} ORDER BY source") == [
        ("s", FLAT.title, 98_000_00),
        ("t", HOUSE.title, 60_000_00),
    ]


def test_a_late_row_of_the_second_source_of_a_page_is_folded_in(engine):
    recorder = Recorder()
    pages = [look(hour, {"at": statement(bid_count=hour)})[0] for hour in (2, 1)]
    for page, price in zip(pages, (50_00, 60_00), strict=True):
        with writing(engine) as connection:
            recorder.record(connection, page, [("s", "1", FLAT), ("t", "9", HOUSE._replace(asking_price=price))])
            recorder.settle(connection)

    assert rows(
        engine,
        "SELECT o.asking_price FROM observation o JOIN listing l ON l.id = o.listing_id WHERE l.source = 't' "
        "ORDER BY o.observed_at",
    ) == [(60_00,), (50_00,)]
    assert rows(engine, f"SELECT asking_price FROM {CURRENT} WHERE source = 't'") == [(50_00,)]


def test_after_a_rollback_and_forget_nothing_of_the_page_is_left_and_it_can_come_again(engine):
    recorder = Recorder()
    record_all(engine, [look(0, {"1": FLAT})], recorder=recorder)
    cut = look(24, {"1": FLAT._replace(asking_price=88_200_00), "2": HOUSE})
    before = history(engine)

    with suppress(InterruptedError), writing(engine) as connection:
        record(recorder, connection, *cut)
        raise InterruptedError
    recorder.forget()
    assert history(engine) == before

    (result,) = record_all(engine, [cut], recorder=recorder)
    assert (result.new, result.changed) == (1, 1)
    assert rows(engine, f"SELECT asking_price FROM {CURRENT} ORDER BY id") == [(88_200_00,), (71_200_00,)]


def test_a_look_is_known_by_its_instant_its_address_and_its_body(engine):
    page, said = look(0, {"1": FLAT})
    record_all(engine, [(page, said)])
    same = ("s", page.observed_at, page.body_sha256, page.url)

    with writing(engine) as connection:
        assert known_page(connection, *same) == 0
        for position, other in enumerate(("t", START.replace(hour=5), "0" * 64, "https://s.example/other")):
            assert known_page(connection, *same[:position], other, *same[position + 1 :]) is None


def test_a_page_with_a_very_long_address_is_recorded_and_known_again(engine):
    """A HAR file may hold an address of any length; PostgreSQL cannot index one of more than 2.7 KB."""
    noise = "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(5_000))
    page = replace(make_page(START), url=f"https://s.example/?q={noise}")

    with writing(engine) as connection:
        record(Recorder(), connection, page, {"1": FLAT})
        assert known_page(connection, "s", page.observed_at, page.body_sha256, page.url) == 0

    ((url,),) = rows(engine, "SELECT url FROM page")
    assert page.url.startswith(url)
    assert 1_990 < len(url.encode()) <= 2_000


def test_the_first_place_of_a_body_is_found(engine):
    page, said = look(0, {"1": FLAT})
    record_all(engine, [(page, said)])

    with writing(engine) as connection:
        found = find_body(connection, page.body_sha256)
        assert find_body(connection, "0" * 64) is None

    assert found == (page.url, page.observed_at, "a.warc.gz", 0)


def test_a_source_takes_its_newest_title(engine):
    with writing(engine) as connection:
        add_sources(connection, {"s": "CAIXA", "u": "U"})

    assert rows(engine, "SELECT name, title FROM source ORDER BY name") == [("s", "CAIXA"), ("t", "T"), ("u", "U")]
