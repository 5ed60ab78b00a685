"""Whatever happens to listings and homes, and in whatever order: figures from rollups are those of the observations."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from store_help import begin, make_page, record, rows

from reporting.choices import By
from reporting.filters import Filters, parse_filters
from reporting.rollups import answer, upkeep
from reporting.rollups.cut_groups import CutGroupQuestion, counted_cut_groups, cut_groups
from reporting.rollups.labels import KEPT_BY, PART_OF
from reporting.rollups.standing import standing_clearance, standing_counts
from reporting.statistics.clearance import ClearanceQuestion, clearance
from reporting.statistics.counts import CountQuestion, count
from reporting.statistics.looks import LONGEST_PAUSE
from store.engine import BUSY_TIMEOUT_MS, reading, writing
from store.links import put_rounds
from store.rollup_news import LONG_UNSEEN, note_news
from store.rollup_sheets import MEASURES, UNITS, add_to_sheets, read_sheet, unpack
from store.rollups import ROWS_AT_ONCE, lock_rollups
from store.rows import AUCTION_ROUND, LISTING
from store.statement import Statement
from store.terms import Currency, ListingNews, PropertyKind, RoundKind, RoundStatus, SellerKind
from store.write import Recorder

NOW = datetime.now(UTC).replace(microsecond=0)
CITIES = ("合肥市", "福州市", "Bom Jesus", "", None)
SELLERS = (
    (SellerKind.COURT, "合肥市蜀山区人民法院"),
    (SellerKind.STATE_BANK, "中国工商银行股份有限公司 合肥分行"),
    (SellerKind.RURAL_BANK, "四川 农信"),
    (SellerKind.CITY_BANK, "兰州银行股份有限公司七里河支行"),
    (None, None),
)
REGIONS = ("340104", "510104", "BR-SP", None)
STATUSES = (*RoundStatus, None, None, RoundStatus.UPCOMING, RoundStatus.ONGOING)


def said(chance: random.Random, title: str) -> Statement:
    kind, seller = chance.choice(SELLERS)
    start = NOW + timedelta(days=chance.choice((-200, -70, -30, -3, 3, 40)))
    price = chance.choice((0, 100_000_000, 80_000_000, 80_000_050, 56_000_000, 41_234_567))
    asks = chance.random() < 0.3
    return Statement(
        title=title,
        property_kind=chance.choice((PropertyKind.FLAT, PropertyKind.FLAT, None, *PropertyKind)),
        city=chance.choice(CITIES),
        region_code=chance.choice(REGIONS),
        round_kind=chance.choice((RoundKind.FIRST_AUCTION, RoundKind.SECOND_AUCTION, RoundKind.SELL_OFF, None)),
        status=chance.choice(STATUSES),
        seller_kind=kind,
        seller_name=seller,
        currency=chance.choice((Currency.CNY, Currency.CNY, Currency.CNY, Currency.BRL, None)),
        asking_price=price if asks else None,
        starting_price=None if asks or chance.random() < 0.2 else price,
        is_price_exact=chance.choice((None, None, True, False)),
        starts_at=chance.choice((start, start, None)),
        ends_at=chance.choice((start + timedelta(days=1), None)),
        ended_on=chance.choice((None, None, start.date())),
        published_at=chance.choice((None, start - timedelta(days=30))),
        case_number=chance.choice((None, "(2026)皖0104执1号")),
        applicant_count=chance.randrange(3),
        raw="{}",
    )


def look(
    engine: Engine,
    chance: random.Random,
    recorder: Recorder,
    sources: tuple[str, ...] = ("s", "t"),
    at: datetime | None = None,
    **alike: Any,
) -> None:
    """One page of a source, of any time in the last half year, with a few listings; an id may name another thing.

    ``alike``: what all of them say.
    """
    at = at or NOW - timedelta(hours=chance.randrange(1, 24 * 180))
    source = chance.choice(sources)
    page = replace(make_page(at, f"{source}.list", str(chance.random()), source=source), recorded_at=NOW)
    words = {}
    for number in chance.sample(range(12), 4):
        other = chance.random() < 0.1
        words[str(number)] = said(chance, "某路9号车位" if other else f"某小区{number}幢101室")._replace(**alike)
    with writing(engine) as connection:
        record(recorder, connection, page, words)
        recorder.settle(connection)


def link_some(engine: Engine, chance: random.Random) -> None:
    """Put a few listings together, or apart, as a linking would."""
    with writing(engine) as connection:
        rows = connection.execute(LISTING.select()).all()
        chosen = chance.sample(rows, min(len(rows), chance.choice((1, 2, 3))))
        if not chosen:
            return
        ids = [row.id for row in chosen]
        connection.execute(AUCTION_ROUND.delete().where(AUCTION_ROUND.c.listing_id.in_(ids)))
        note_news(connection, ListingNews.LINKED, ids)
        if chance.random() < 0.8:
            home = min(row.id for row in chosen)
            listings = [(row.id, home, row.observation_id, place, 1, place) for place, row in enumerate(chosen, 1)]
            put_rounds(connection, [(*row, None, None, None, None, b"", 0) for row in listings], ())


def assert_same(engine: Engine) -> None:
    with reading(engine) as connection:
        for by in KEPT_BY:
            ours, theirs = (
                ask(connection, ClearanceQuestion(by=by, limit=None)) for ask in (standing_clearance, clearance)
            )
            assert list(ours.rows) == list(theirs.rows)
            assert ours.table().notes == theirs.table().notes
            assert ours.sample.observed == theirs.sample.observed
            ours, theirs = (ask(connection, CountQuestion(by=by, limit=None)) for ask in (standing_counts, count))
            assert list(ours.rows) == list(theirs.rows)
            assert ours.table().notes == theirs.table().notes
            ours, theirs = (
                ask(connection, CutGroupQuestion(by=by, limit=None)) for ask in (cut_groups, counted_cut_groups)
            )
            assert list(ours.rows) == list(theirs.rows)


@pytest.mark.parametrize("seed", range(6))
def test_figures_are_the_same_after_any_looks_links_and_upkeeps(engine, seed):
    chance, recorder = random.Random(seed), Recorder()
    begin(engine)
    for _ in range(40):
        step = chance.random()
        if step < 0.6:
            look(engine, chance, recorder)
        elif step < 0.75:
            link_some(engine, chance)
        else:
            upkeep.keep(engine, NOW)
            assert upkeep.problems(engine, NOW) == []
    assert_same(engine)
    upkeep.keep(engine, NOW)
    assert is_answered_from_rollups(engine)
    assert_same(engine)
    assert upkeep.problems(engine, NOW) == []


@pytest.mark.parametrize("seed", range(4))
def test_figures_are_the_same_after_looks_in_order_whose_prices_news_tell(engine, seed):
    """Several looks at a listing between two upkeeps, and none that comes late."""
    chance, recorder = random.Random(seed), Recorder()
    begin(engine)
    upkeep.keep(engine, NOW)
    for hours_ago in range(60, 0, -1):
        look(engine, chance, recorder, at=NOW - timedelta(hours=hours_ago))
        if chance.random() < 0.15:
            upkeep.keep(engine, NOW)
            assert upkeep.problems(engine, NOW) == []
        if chance.random() < 0.05:
            link_some(engine, chance)
    assert is_answered_from_rollups(engine)
    assert_same(engine)
    upkeep.keep(engine, NOW)
    assert_same(engine)
    assert upkeep.problems(engine, NOW) == []


def kept(engine: Engine, *names: str) -> tuple[int, ...]:
    """Figures of all listings together, as they are kept."""
    with reading(engine) as connection:
        ((_, packed),) = read_sheet(connection, ("all", "homes")).cells()
    figures = dict(zip(MEASURES, unpack(packed), strict=True))
    return tuple(figures[name] for name in names)


def is_answered_from_rollups(engine: Engine) -> bool:
    with reading(engine) as connection:
        return answer.kept_figures(connection, By.CITY, Filters(), of_homes=True) is not None


def test_news_are_counted_on_the_way_of_a_report_before_anybody_keeps_them(engine):
    chance, recorder = random.Random(11), Recorder()
    begin(engine)
    look(engine, chance, recorder)
    upkeep.keep(engine, NOW)
    before = rows(engine, "SELECT * FROM rollup_sheet ORDER BY family, scope, part")
    for _ in range(8):
        look(engine, chance, recorder)

    assert is_answered_from_rollups(engine)
    assert_same(engine)
    assert rows(engine, "SELECT * FROM rollup_sheet ORDER BY family, scope, part") == before


def test_without_rollups_or_with_a_filter_the_observations_are_counted(engine):
    begin(engine)
    look(engine, random.Random(3), Recorder())

    assert not is_answered_from_rollups(engine)
    assert_same(engine)
    upkeep.keep(engine, NOW)
    with reading(engine) as connection:
        for words in ({"city": ["合肥市"]}, {"as_of": "2026-09-01"}, {"kind": ["flat"]}, {"min_cut": "10%"}):
            filters = parse_filters(**words)
            assert answer.kept_figures(connection, By.CITY, filters, of_homes=True) is None
        assert answer.kept_figures(connection, By.STATUS, Filters(), of_homes=True) is None


def test_more_news_than_a_report_counts_on_its_way_are_left_to_the_observations(engine, monkeypatch):
    begin(engine)
    upkeep.keep(engine, NOW)
    look(engine, random.Random(3), Recorder())
    monkeypatch.setattr(answer, "MOST_NEWS", 3)

    assert not is_answered_from_rollups(engine)


def test_a_crawl_leaves_few_news_to_the_next_one_but_never_those_of_links(engine):
    begin(engine)
    chance, recorder = random.Random(3), Recorder()
    upkeep.keep(engine, NOW, enough=9)  # nothing was kept before: it is counted, however little it is
    assert is_answered_from_rollups(engine)
    for hours_ago, left in ((9, 1), (8, 2), (7, 0)):  # of four looks each
        look(engine, chance, recorder, ("s",), NOW - timedelta(hours=hours_ago))
        upkeep.keep(engine, NOW, enough=9)
        assert rows(engine, "SELECT count(*) FROM rollup_news") == [(left,)]

    with writing(engine) as connection:
        note_news(connection, ListingNews.LINKED, [1])
    upkeep.keep(engine, NOW, enough=9)
    assert rows(engine, "SELECT count(*) FROM rollup_news") == [(0,)]
    assert_same(engine)


def test_a_report_that_finds_many_news_has_them_kept_for_the_next_one(engine, monkeypatch):
    begin(engine)
    upkeep.keep(engine, NOW)
    look(engine, random.Random(3), Recorder())
    monkeypatch.setattr(answer, "FEW_NEWS", 3)

    assert is_answered_from_rollups(engine)
    assert rows(engine, "SELECT count(*) FROM rollup_news") == [(0,)]
    assert upkeep.problems(engine, NOW) == []
    assert_same(engine)


def test_a_report_does_not_wait_for_another_writer_and_answers_all_the_same(engine, monkeypatch):
    begin(engine)
    upkeep.keep(engine, NOW)
    look(engine, random.Random(3), Recorder())
    monkeypatch.setattr(answer, "FEW_NEWS", 3)
    with writing(engine) as other:
        lock_rollups(other)
        assert not upkeep.keep_unless_busy(engine, NOW)
        assert is_answered_from_rollups(engine)
        assert_same(engine)
    assert rows(engine, "SELECT count(*) FROM rollup_news") == [(1,)]

    assert upkeep.keep_unless_busy(engine, NOW)
    assert rows(engine, "SELECT count(*) FROM rollup_news") == [(0,)]


def test_whoever_may_not_wait_leaves_connections_that_do(engine):
    """The pool hands them on: a crawl must wait for its turn to write, not fail at once."""
    begin(engine)
    assert upkeep.keep_unless_busy(engine, NOW)
    if engine.dialect.name == "sqlite":
        assert rows(engine, "PRAGMA busy_timeout") == [(BUSY_TIMEOUT_MS,)]
    with ThreadPoolExecutor(1) as pool, writing(engine) as connection:
        lock_rollups(connection)
        waiting = pool.submit(upkeep.keep, engine, NOW)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.2)
    waiting.result()


def test_time_alone_makes_an_open_round_unknown(engine):
    """A list of what is for sale tells no state: 31 days after a look nobody knows, and a look brings it back."""
    begin(engine)
    words = Statement(title="某小区1幢101室", asking_price=100, raw="{}")
    recorder = Recorder()
    see_at(engine, recorder, NOW - timedelta(days=40), NOW - timedelta(days=40), words)
    upkeep.keep(engine, NOW - timedelta(days=39))
    assert kept(engine, "open", "untold") == (1, 0)

    assert_same(engine)
    upkeep.keep(engine, NOW)
    assert kept(engine, "open", "untold") == (0, 1)

    see_at(engine, recorder, NOW - timedelta(days=1), NOW, words)
    assert_same(engine)
    upkeep.keep(engine, NOW)
    assert kept(engine, "open", "untold") == (1, 0)


def see_at(engine: Engine, recorder: Recorder, at: datetime, recorded_at: datetime, words: Statement) -> None:
    page = replace(make_page(at, body=str(at)), recorded_at=recorded_at)
    with writing(engine) as connection:
        record(recorder, connection, page, {"1": words})
        recorder.settle(connection)


def test_a_price_that_rose_and_fell_between_two_upkeeps_is_a_cut(engine):
    begin(engine)
    recorder, day = Recorder(), timedelta(days=1)
    for before_now, price in ((9, 100), (8, None), (7, 125), (6, 100)):
        at = NOW - before_now * day
        if price is None:
            upkeep.keep(engine, NOW)
            continue
        words = Statement(title="某小区1幢101室", asking_price=price * 100, currency=Currency.CNY, raw="{}")
        see_at(engine, recorder, at, NOW, words)
    upkeep.keep(engine, NOW)

    assert kept(engine, "cut", "cut_sum", "cut_20", "cut_30") == (1, 2000, 1, 0)
    assert_same(engine)


@pytest.mark.parametrize(
    "last",
    [
        {},
        {"starting_price": 0},
        {"asking_price": 9_000, "is_price_exact": False},
        {"round_kind": RoundKind.SECOND_AUCTION},  # another round, whose price is not told yet
    ],
)
def test_several_looks_of_which_the_last_tells_no_plain_price_count_as_their_history_does(engine, last):
    begin(engine)
    recorder = Recorder()
    first = {"round_kind": RoundKind.FIRST_AUCTION}
    told = [first | {"starting_price": 12_500}, first | {"starting_price": 10_000}, first | last]
    for days, prices in zip((9, 8, 7), told, strict=True):
        words = Statement(title="某小区1幢101室", currency=Currency.CNY, raw="{}", **prices)
        see_at(engine, recorder, NOW - timedelta(days=days), NOW, words)
    upkeep.keep(engine, NOW)

    assert upkeep.problems(engine, NOW) == []
    assert_same(engine)


def test_what_is_kept_wrong_is_told_and_made_anew(engine):
    begin(engine)
    look(engine, random.Random(3), Recorder())
    upkeep.keep(engine, NOW)
    with writing(engine) as connection:
        add_to_sheets(connection, {("all", "homes"): {"all": UNITS["listings"]}}, PART_OF)
        connection.exec_driver_sql("UPDATE rollup_listing SET words = 'x' || words")

    told = upkeep.problems(engine, NOW)
    assert [words.split(" of rollups")[0] for words in told] == ["4 listings", "1 cells"]
    upkeep.rebuild(engine, NOW)
    assert upkeep.problems(engine, NOW) == []
    assert_same(engine)


def test_rollups_of_another_definition_answer_nothing_until_they_are_counted_anew(engine, monkeypatch):
    begin(engine)
    see_at(engine, Recorder(), NOW, NOW, Statement(title="某小区1幢101室", city="合肥市", asking_price=100, raw="{}"))
    with monkeypatch.context() as former:
        former.setattr(upkeep, "definition", lambda: "0" * 32)
        former.setattr(answer, "definition", lambda: "0" * 32)
        upkeep.keep(engine, NOW)
        assert is_answered_from_rollups(engine)

    assert not is_answered_from_rollups(engine)
    assert_same(engine)
    upkeep.keep(engine, NOW)
    assert is_answered_from_rollups(engine)
    assert kept(engine, "listings") == (1,)


def test_more_listings_than_one_statement_takes_are_kept_as_few_are(engine):
    """First as new ones, then changed; some of them linked, and an odd number of either."""
    chance, recorder, count = random.Random(4), Recorder(), 3 * ROWS_AT_ONCE
    begin(engine)
    upkeep.keep(engine, NOW)
    for hours_ago, linked in ((9, 0), (8, ROWS_AT_ONCE + 3)):
        see = replace(make_page(NOW - timedelta(hours=hours_ago), body=str(hours_ago)), recorded_at=NOW)
        with writing(engine) as connection:
            words = {str(number): said(chance, f"某小区{number}幢101室") for number in range(count)}
            record(recorder, connection, see, words)
            recorder.settle(connection)
            listings = connection.execute(LISTING.select()).all()[:linked]
            homes = [(row.id, row.id, row.observation_id, 1, 1, 1, None, None, None, None, b"", 0) for row in listings]
            put_rounds(connection, homes, ())
        upkeep.keep(engine, NOW)
        assert rows(engine, "SELECT count(*), count(property_id) FROM rollup_listing") == [(count, linked)]
        assert upkeep.problems(engine, NOW) == []
        assert_same(engine)


def test_two_who_keep_rollups_at_once_lose_no_cell(engine):
    begin(engine)
    upkeep.keep(engine, NOW)
    chance = random.Random(5)
    with ThreadPoolExecutor(2) as pool:
        for _ in range(6):
            for source in ("s", "t"):
                look(engine, chance, Recorder(), (source,))
            for done in [pool.submit(upkeep.keep, engine, NOW) for _ in range(2)]:
                done.result()

    assert rows(engine, "SELECT count(*) FROM rollup_news") == [(0,)]
    assert upkeep.problems(engine, NOW) == []
    assert_same(engine)


def test_the_store_tells_of_every_look_after_a_pause_that_statistics_take_for_long():
    assert LONG_UNSEEN < LONGEST_PAUSE
