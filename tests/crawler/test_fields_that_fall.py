"""A field that a site stops telling is an alarm, and says so against the last healthy crawls of the same pages."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from crawler.orders import CrawlScope
from crawler.page import Page
from crawler.reading import read
from crawler.recording import RunRecorder, RunSummary
from crawler.sources import find_reader
from store.engine import open_engine, reading, writing
from store.fill_rates import ALARM_LASTS
from store.health import source_health
from store.rows import CRAWL_RUN
from store.schema import upgrade
from store.terms import RunVerdict, SourceState

LOTS = Path(__file__).parents[2] / "fixtures" / "rmfysszc" / "list" / "guangdong-page-1-upcoming-and-ended"
BODY = (LOTS / "input.json").read_bytes()
APPRAISAL = re.compile("<p>评估值<span>.*?</span></p>".encode())
APPRAISED = len(APPRAISAL.findall(BODY))
BEGIN = datetime(2022, 11, 15, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHOLE = dict(CrawlScope().words())


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    upgrade(opened)
    yield opened
    opened.dispose()


def crawl(engine: Engine, hour: int, body: bytes = BODY, scope: dict[str, object] = WHOLE) -> RunSummary:
    """A run that reads one page of the list of Guangdong."""
    reader = find_reader("rmfysszc.list")
    recorder = RunRecorder(engine, Path(str(engine.url.database)).with_suffix(".pages"), scope, {})
    page = Page(body, "https://www.rmfysszc.gov.cn/ProjectHandle.shtml", BEGIN + hour * HOUR, "application/json", 200)
    recorder.take(page, reader, read(page, reader))
    (summary,) = recorder.close()
    return summary


def without_appraisals(share: float) -> bytes:
    """The same page, but so many of its lots do not tell their appraisal."""
    return APPRAISAL.sub(b"", BODY, round(APPRAISED * share))


def test_an_appraisal_that_nearly_all_had_and_hardly_one_has_now_makes_a_run_unhealthy(engine: Engine) -> None:
    assert [crawl(engine, hour).verdict for hour in range(3)] == [RunVerdict.OK] * 3
    summary = crawl(engine, 3, without_appraisals(0.95))
    assert summary.verdict is RunVerdict.FIELDS_FELL
    assert summary.reason is not None
    assert summary.reason.startswith("hardly told any more: appraisal_price_raw ")
    with reading(engine) as connection:
        health = source_health(connection)["rmfysszc"]
    assert (health.last_verdict, health.reason) == (RunVerdict.FIELDS_FELL, summary.reason)
    assert health.fill["appraisal_price_raw"] < 0.2


def test_a_field_that_fell_by_less_than_half_is_no_alarm(engine: Engine) -> None:
    crawl(engine, 0)
    assert crawl(engine, 1, without_appraisals(0.4)).verdict is RunVerdict.OK


def test_the_first_crawl_of_a_source_has_nothing_to_fall_from(engine: Engine) -> None:
    assert crawl(engine, 0, without_appraisals(1)).verdict is RunVerdict.OK


def test_what_somebody_saves_by_hand_is_not_compared(engine: Engine) -> None:
    crawl(engine, 0)
    assert crawl(engine, 1, without_appraisals(1), {"kind": "capture"}).verdict is RunVerdict.OK


def test_runs_of_other_kinds_of_pages_are_not_compared(engine: Engine) -> None:
    """Details tell more than lists: a crawl of lists alone has not lost what only details told."""
    crawl(engine, 0)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE page SET reader = 'rmfysszc.lot'")
    assert crawl(engine, 1, without_appraisals(1)).verdict is RunVerdict.OK


def test_runs_that_asked_for_another_place_are_not_compared(engine: Engine) -> None:
    crawl(engine, 0)
    assert crawl(engine, 1, without_appraisals(1), WHOLE | {"cities": ["广东省"]}).verdict is RunVerdict.OK


def test_an_unhealthy_run_does_not_become_what_is_usual_until_the_alarm_is_old(engine: Engine) -> None:
    crawl(engine, 0)
    assert [crawl(engine, hour, without_appraisals(1)).verdict for hour in (1, 2)] == [RunVerdict.FIELDS_FELL] * 2
    with writing(engine) as connection:
        long_ago = datetime.now(UTC) - ALARM_LASTS - HOUR
        connection.execute(update(CRAWL_RUN).values(finished_at=long_ago))
    assert crawl(engine, 3, without_appraisals(1)).verdict is RunVerdict.OK


def test_a_source_on_no_timetable_is_not_stale_however_long_ago_it_was_read(engine: Engine) -> None:
    crawl(engine, 0)
    with reading(engine) as connection:
        health = source_health(connection)["rmfysszc"]
    assert health.state(datetime.now(UTC) + timedelta(days=400)) is RunVerdict.OK
    assert SourceState.STALE not in RunVerdict
