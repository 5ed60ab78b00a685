"""The base that reports are measured on holds what the store itself would have written."""

from itertools import groupby

from sqlalchemy import Engine
from store_help import history, rows

from benchmarks.reporting_scale.base import begin_base, seen_pages, write_base
from benchmarks.reporting_scale.market import SOURCES, listing_of, looks_of, said_at
from store.engine import writing
from store.looks import unpack
from store.terms import RoundStatus
from store.write import Recorder

SIZE = 120
LISTINGS = "SELECT source_id, id FROM listing"
LOOKS = "SELECT id, looks FROM page ORDER BY id"
PAGES = "SELECT source, url, observed_at, recorded_at, body_sha256, reader, listing_count FROM page ORDER BY id"
STATES = (
    "SELECT source_id, first_seen_at, last_seen_at, last_changed_at, last_reader, last_digest, known, title_digest, "
    "digest, observed_at, page_id FROM listing JOIN observation ON observation.id = observation_id ORDER BY source_id"
)


def test_what_is_written_straight_is_what_the_recorder_writes(new_engine):
    """But for the order of ids within a page, where the recorder writes what is new apart from what has changed."""
    straight, recorded = new_engine(), new_engine()
    write_base(straight, SIZE, seed=3)

    begin_base(recorded)
    recorder = Recorder()
    with writing(recorded) as connection:
        for seen in seen_pages(SIZE, seed=3):
            source = seen.page.source
            said = [(source, listing_of(number, 3).source_id, told) for number, _, told in seen.said]
            assert not recorder.record(connection, seen.page, said).refused
        recorder.settle(connection)

    assert history(straight) == history(recorded)
    assert rows(straight, PAGES) == rows(recorded, PAGES)
    assert rows(straight, STATES) == rows(recorded, STATES)
    assert looks_by_page(straight) == looks_by_page(recorded)


def looks_by_page(engine: Engine) -> list[list[tuple[str, int]]]:
    names = {listing_id: source_id for source_id, listing_id in rows(engine, LISTINGS)}
    return [
        sorted((names[listing_id], digest) for listing_id, digest in zip(*unpack(looks), strict=True))
        for _, looks in rows(engine, LOOKS)
    ]


def test_a_base_has_five_observations_a_listing_and_goes_on_counting(engine: Engine):
    write_base(engine, SIZE)

    assert rows(engine, "SELECT count(*) FROM listing") == [(SIZE,)]
    assert rows(engine, "SELECT count(*) FROM observation") == [(5 * SIZE,)]
    assert {row[0] for row in rows(engine, "SELECT DISTINCT source FROM listing")} == set(SOURCES)


def test_looks_follow_one_another_and_end_with_a_result():
    for number in range(200):
        listing = listing_of(number, 1)
        days = [look.day for look in looks_of(listing)]
        last = said_at(listing, listing.look_count - 1)

        assert len(days) == listing.look_count
        assert days == sorted(set(days))
        assert last.status not in (RoundStatus.UPCOMING, RoundStatus.ONGOING)
        assert (last.hammer_price is not None) is (last.status is RoundStatus.SOLD)


def test_attempts_of_one_home_come_one_after_the_other_under_one_title():
    listings = [listing_of(number, 1) for number in range(1_000)]

    homes = [list(group) for _, group in groupby(listings, key=lambda each: (each.title, each.district))]

    assert len(homes) == 500
    for home in homes:
        assert [each.attempt for each in home] == list(range(len(home)))
        assert [each.is_last for each in home] == [False] * (len(home) - 1) + [True]
