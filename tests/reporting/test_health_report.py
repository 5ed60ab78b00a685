"""Health as reports and as metrics: what ran, what went wrong, what was stated and what came."""

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reporting.health import health_report, weekly_digest
from reporting.metrics import Family, _lines, metrics_text
from reporting.render import Format, render
from store.engine import open_engine, reading, writing
from store.manners import add_coverage, add_requests, set_pause
from store.runs import add_sources, close_run, open_run
from store.schema import upgrade
from store.targets import Planned, put_targets
from store.terms import LookReason, RunVerdict, SourceState, TargetKind

NOW = datetime(2026, 9, 8, 2, tzinfo=UTC)
DAY = timedelta(days=1)
CRAWL = {"kind": "crawl", "cities": [], "max_pages": None}
BLOCKED = 'a captcha stood there: "请拖动滑块"\nC:\\'


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A week of three sources: one well, one that refused, one that nobody ran."""
    opened = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    upgrade(opened)
    with writing(opened) as connection:
        add_sources(connection, {"ali_judicial": "阿里", "br_caixa": "CAIXA", "icbc": "工行"})
        for days, verdict, counters in [
            (9, RunVerdict.OK, {"page/read": 1, "listing/seen": 5, "listing/new": 5}),
            (3, RunVerdict.OK, {"page/read": 2, "listing/seen": 400, "listing/new": 12, "listing/changed": 3}),
            (1, RunVerdict.OK, {"page/read": 2, "listing/seen": 401, "listing/new": 1, "row/refused": 0}),
        ]:
            run = open_run(connection, "br_caixa", CRAWL, NOW - days * DAY)
            close_run(connection, run, NOW - days * DAY + DAY / 24, verdict, None, counters)
            rows = [({"url": "MS"}, 300, 290, None), ({"url": "PR"}, 900, 100, "asked for again in 2 parts")]
            add_coverage(connection, run, rows)
        run = open_run(connection, "ali_judicial", CRAWL, NOW - DAY)
        close_run(connection, run, NOW, RunVerdict.BLOCKED, BLOCKED, {"page/blocked": 1})
        add_requests(connection, "br_caixa", (NOW - 9 * DAY).date(), 500)
        add_requests(connection, "br_caixa", (NOW - DAY).date(), 27)
        set_pause(connection, "ali_judicial", NOW + DAY, BLOCKED)
    yield opened
    opened.dispose()


def test_each_source_stands_by_its_last_run_and_the_reason_is_told_beneath(engine: Engine) -> None:
    with reading(engine) as connection:
        report = health_report(connection, NOW)
    rows = {row.source: row for row in report.rows}
    assert {name: row.state for name, row in rows.items()} == {
        "ali_judicial": RunVerdict.BLOCKED,
        "br_caixa": RunVerdict.OK,
        "icbc": SourceState.NEVER_RUN,
    }
    assert (rows["br_caixa"].runs, rows["br_caixa"].healthy_runs) == (3, 3)
    assert rows["ali_judicial"].paused_until == NOW + DAY
    assert report.table().notes == [f"ali_judicial: blocked: {BLOCKED}"]


def test_stated_is_set_against_collected_and_a_query_asked_for_in_parts_counts_by_its_parts(engine: Engine) -> None:
    with reading(engine) as connection:
        (row,) = (row for row in health_report(connection, NOW).rows if row.source == "br_caixa")
    assert (row.stated, row.collected) == (300, 290)


def test_a_source_of_the_timetable_that_was_not_read_well_for_days_is_stale(engine: Engine) -> None:
    lists = Planned("br_caixa", TargetKind.LISTS, "", None, NOW, LookReason.LISTS)
    with writing(engine) as connection:
        put_targets(connection, [lists])
    for later, state in [(DAY / 2, RunVerdict.OK), (3 * DAY, SourceState.STALE)]:
        with reading(engine) as connection:
            (row,) = (row for row in health_report(connection, NOW + later).rows if row.source == "br_caixa")
        assert row.state == state


def test_the_digest_counts_the_runs_of_seven_days_and_no_others(engine: Engine) -> None:
    with reading(engine) as connection:
        digest = weekly_digest(connection, NOW)
    rows = {row.source: row for row in digest.rows}
    bank, ali = rows["br_caixa"], rows["ali_judicial"]
    assert (bank.runs, bank.healthy_runs, bank.pages, bank.seen, bank.new, bank.changed) == (2, 2, 4, 801, 13, 3)
    assert (bank.requests, bank.stated, bank.collected) == (27, 600, 580)
    assert (ali.runs, ali.healthy_runs, ali.unhealthy) == (1, 0, "blocked 1")
    assert "icbc" not in rows


@pytest.mark.parametrize("weekly", [True, False])
def test_both_can_be_read_by_people_and_by_programs(engine: Engine, weekly: bool) -> None:
    with reading(engine) as connection:
        report = weekly_digest(connection, NOW) if weekly else health_report(connection, NOW)
    table, data = StringIO(), StringIO()
    render(report, Format.TABLE, table)
    render(report, Format.JSON, data)
    assert "br_caixa" in table.getvalue()
    assert {row["source"] for row in json.loads(data.getvalue())} >= {"br_caixa", "ali_judicial"}


# Metrics ----------------------------------------------------------------------------------------------------------

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"({NAME})(\{{{LABEL}(?:,{LABEL})*\}})? (\S+)")


def checked(text: str) -> dict[str, float]:
    """The samples by name and labels, after what promtool checks: each family once, HELP and TYPE first, no sample
    twice, counters end in ``_total``, units in full at the end.
    """
    assert text.endswith("\n")
    samples: dict[str, float] = {}
    families: list[str] = []
    lines = iter(text[:-1].split("\n"))
    for line in lines:
        if line.startswith("# HELP "):
            name, words = line.removeprefix("# HELP ").split(" ", 1)
            assert words.endswith(".")
            kind = re.fullmatch(rf"# TYPE {name} (gauge|counter)", next(lines))
            assert kind is not None, line
            assert (kind[1] == "counter") == name.endswith("_total")
            families.append(name)
        else:
            found = SAMPLE.fullmatch(line)
            assert found is not None, line
            assert found[1] == families[-1]
            assert found[0].rpartition(" ")[0] not in samples
            samples[found[0].rpartition(" ")[0]] = float(found[3])
    assert len(families) == len(set(families))
    return samples


def test_metrics_are_in_the_text_format_of_prometheus_and_say_what_the_report_says(engine: Engine) -> None:
    with reading(engine) as connection:
        samples = checked(metrics_text(connection, NOW))
    assert samples['fapai_source_healthy{source="br_caixa"}'] == 1
    assert samples['fapai_source_healthy{source="ali_judicial"}'] == 0
    assert samples['fapai_source_state{source="icbc",state="never_run"}'] == 1
    assert samples['fapai_source_paused{source="ali_judicial"}'] == 1
    assert samples['fapai_runs_total{source="br_caixa",verdict="ok"}'] == 3
    assert samples['fapai_source_stated_listings{source="br_caixa"}'] == 300
    assert samples['fapai_source_last_run_timestamp_seconds{source="br_caixa"}'] == (NOW - DAY).timestamp()
    assert not any("icbc" in name and "timestamp" in name for name in samples)  # unknown is no zero
    assert all(math.isfinite(value) for value in samples.values())


def test_a_run_that_goes_on_is_no_counter_that_would_fall_when_it_ends(engine: Engine) -> None:
    with writing(engine) as connection:
        open_run(connection, "icbc", CRAWL, NOW)
    with reading(engine) as connection:
        samples = checked(metrics_text(connection, NOW))
    assert not any('verdict="running"' in name for name in samples)


def test_what_labels_may_not_hold_is_escaped() -> None:
    text = _lines(Family("fapai_x", "gauge", "What\nit is.", [({"source": 'a"b\\c\nd'}, 1.0)]))
    assert text == '# HELP fapai_x What\\nit is.\n# TYPE fapai_x gauge\nfapai_x{source="a\\"b\\\\c\\nd"} 1.0\n'
    checked(text)


def test_metrics_of_a_database_without_sources_are_empty(tmp_path: Path) -> None:
    opened = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    upgrade(opened)
    with reading(opened) as connection:
        assert metrics_text(connection, NOW) == ""
    opened.dispose()
