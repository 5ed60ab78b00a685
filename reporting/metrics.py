"""Health as Prometheus reads it: the text exposition format 0.0.4, one family after the other.

https://prometheus.io/docs/instrumenting/exposition_formats/: a family has HELP and TYPE lines, then its samples; labels
are quoted, with backslash, quote and line feed escaped; the text ends with a line feed. Times are seconds since 1970.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from store.health import SourceHealth, source_health
from store.rows import TARGET
from store.terms import RunVerdict

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float]


class Family(NamedTuple):
    """One metric with all its samples."""

    name: str
    kind: str  # gauge or counter
    help: str
    samples: list[Sample]


def metrics_text(connection: Connection, now: datetime) -> str:
    """Every family that has a sample."""
    health = source_health(connection)
    families = [*_families(health, now), _overdue(connection, now)]
    return "".join(_lines(family) for family in families if family.samples)


def _families(health: Mapping[str, SourceHealth], now: datetime) -> Iterator[Family]:
    states = {name: each.state(now) for name, each in health.items()}
    yield Family(
        "fapai_source_healthy",
        "gauge",
        "1 if the source was read well and in time.",
        [({"source": name}, float(state == RunVerdict.OK)) for name, state in states.items()],
    )
    yield Family(
        "fapai_source_state",
        "gauge",
        "1 for the state of the source: the verdict of its last run, stale or never_run.",
        [({"source": name, "state": state.value}, 1.0) for name, state in states.items()],
    )
    paused = {name: each.paused_until for name, each in health.items()}
    yield Family(
        "fapai_source_paused",
        "gauge",
        "1 if the source is left alone now.",
        [({"source": name}, float(until is not None and until > now)) for name, until in paused.items()],
    )
    yield _times("fapai_source_last_run", "began", {name: each.last_run_at for name, each in health.items()})
    yield _times(
        "fapai_source_last_healthy_run",
        "that was healthy began",
        {name: each.last_healthy_at for name, each in health.items()},
    )
    yield from _counts(health)


def _counts(health: Mapping[str, SourceHealth]) -> Iterator[Family]:
    numbers: tuple[tuple[str, str, dict[str, int | None]], ...] = (
        ("listings", "Listings that are known.", {name: each.listings for name, each in health.items()}),
        ("stale_listings", "Not seen since the last whole crawl.", {name: each.stale for name, each in health.items()}),
        ("stated_listings", "Stated by the lists of the last crawl.", {n: each.stated for n, each in health.items()}),
        ("collected_listings", "Brought by these lists.", {name: each.collected for name, each in health.items()}),
    )
    for name, words, values in numbers:
        samples: list[Sample] = [({"source": each}, float(n)) for each, n in values.items() if n is not None]
        yield Family(f"fapai_source_{name}", "gauge", words, samples)
    runs: list[Sample] = [
        ({"source": name, "verdict": verdict.value}, float(count))
        for name, each in health.items()
        for verdict, count in sorted(each.runs.items())
        if verdict is not RunVerdict.RUNNING  # it will be another verdict: a counter never falls
    ]
    yield Family("fapai_runs_total", "counter", "Runs that have ended, by verdict.", runs)
    fill: list[Sample] = [
        ({"source": name, "field": field}, share) for name, each in health.items() for field, share in each.fill.items()
    ]
    words = "Share of the listings of the last crawl that told a field, of fields that were missing at all."
    yield Family("fapai_field_told_ratio", "gauge", words, fill)


def _times(name: str, words: str, instants: Mapping[str, datetime | None]) -> Family:
    samples: list[Sample] = [({"source": each}, at.timestamp()) for each, at in instants.items() if at is not None]
    return Family(f"{name}_timestamp_seconds", "gauge", f"When the last run {words}.", samples)


def _overdue(connection: Connection, now: datetime) -> Family:
    query = select(TARGET.c.source, func.count()).where(TARGET.c.next_due <= now)
    rows = connection.execute(query.group_by(TARGET.c.source).order_by(TARGET.c.source))
    samples: list[Sample] = [({"source": source}, float(count)) for source, count in rows]
    return Family("fapai_targets_overdue", "gauge", "Looks of the timetable that are due and not made.", samples)


def _lines(family: Family) -> str:
    help_text = family.help.replace("\\", "\\\\").replace("\n", "\\n")
    head = f"# HELP {family.name} {help_text}\n# TYPE {family.name} {family.kind}\n"
    return head + "".join(f"{family.name}{{{_labels(labels.items())}}} {value!r}\n" for labels, value in family.samples)


def _labels(labels: Iterable[tuple[str, str]]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
