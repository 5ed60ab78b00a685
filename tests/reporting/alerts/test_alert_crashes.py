"""Killed (SIGKILL) at every step of a run: afterwards each message has reached each channel, and once."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import Engine, delete, insert, select

from reporting.alerts.manage import Asked, create_watch
from reporting.alerts.send import CLAIM
from reporting.alerts.words import phrases
from store.engine import reading, writing
from store.models import Base
from store.terms import ChannelKind, DeliveryState
from tests.reporting.alerts import crash_child
from tests.reporting.alerts.alert_help import AT_ONCE, Webhook, day, outbox, run

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]
WATCH_TABLES = [
    table
    for table in Base.metadata.sorted_tables
    if table.name.startswith("watch") or table.name in {"delivery", "calendar_entry"}
]
NEVER = 1_000_000
UNKNOWABLE = {
    "sqlite": ("sent", "to be noted", "noted", "to be committed"),  # its BEGIN is a statement
    "postgresql": ("sent", "to be noted", "to be committed"),
}
"""Killed at these steps a run leaves a message that has arrived, and nobody who knows it."""
ATOM = "{http://www.w3.org/2005/Atom}"
Rows = dict[str, list[Mapping[str, Any]]]


def saved(engine: Engine) -> Rows:
    """All rows on watches."""
    with reading(engine) as connection:
        return {table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in WATCH_TABLES}


def put_back(engine: Engine, rows: Rows) -> None:
    with writing(engine) as connection:
        for table in reversed(WATCH_TABLES):
            connection.execute(delete(table))
        for table in WATCH_TABLES:
            if rows[table.name]:
                connection.execute(insert(table), rows[table.name])


@contextmanager
def killable_runs(engine: Engine, secrets: Path) -> Iterator[Callable[[int, datetime], str]]:
    """Runs of the alerts that are killed at a step; gives what the program says of each."""
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-W", "ignore", str(crash_child.__file__), url, str(secrets)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        stdin, stdout = child.stdin, child.stdout

        def run_killed(step: int, now: datetime) -> str:
            stdin.write(f"{step} {now.isoformat()}\n")
            stdin.flush()
            return stdout.readline().strip()

        yield run_killed
        stdin.close()


@pytest.mark.timeout(600)
def test_killed_at_any_step_a_run_tells_everything_once(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: Callable[[str, str], None], tmp_path: Path
):
    """Who receives a message twice can tell by its key; only what was being sent when the run died comes twice."""
    feed, calendar = tmp_path / "feed.xml", tmp_path / "homes.ics"
    channels = [
        Asked(ChannelKind.APPRISE, webhook.address),
        Asked(ChannelKind.ATOM, str(feed)),
        Asked(ChannelKind.ICALENDAR, str(calendar)),
    ]
    create_watch(homes, secrets, "w", {"cut": "15%"}, AT_ONCE, channels, day("07-01"))
    run(homes, secrets, day("07-20"))
    pass_days("07-28", "07-28")
    before, feed_before, now = saved(homes), feed.read_bytes(), day("07-28")
    later = now + CLAIM + timedelta(minutes=1)

    run(homes, secrets, now)
    expected = Counter(each.key for each in webhook.got[1:])
    entries = ids_in(feed)
    assert len(expected) > 1
    assert set(expected.values()) == {1}

    repeats = []
    with killable_runs(homes, secrets) as run_killed:
        for step in range(1, NEVER):
            put_back(homes, before)
            feed.write_bytes(feed_before)
            calendar.unlink(missing_ok=True)
            webhook.got.clear()
            said = run_killed(step, now)
            if said != "killed":
                break
            run(homes, secrets, now + timedelta(seconds=1))  # at once, while the claim of the dead still holds
            run(homes, secrets, later)
            came = Counter(each.key for each in webhook.got)
            assert came.keys() == expected.keys(), step
            assert {each.state for each in outbox(homes)} == {DeliveryState.SENT}, step
            assert ids_in(feed) == entries, step
            assert calendar.exists(), step
            repeats += [key for key, times in came.items() if times > 1]
            warned = [each.key for each in webhook.got if phrases("en")["unsure"] in each.message]
            assert set(warned) >= {key for key, times in came.items() if times > 1}, step
            assert sum(came.values()) <= len(expected) + 1, step
    assert said == f"done {step - 1}", said
    assert step > 40
    assert Counter(repeats) == Counter({key: len(UNKNOWABLE[homes.dialect.name]) for key in expected})


def ids_in(feed: Path) -> list[str]:
    """The ids of the entries, the newest first."""
    entries = ElementTree.parse(feed).getroot().findall(f"{ATOM}entry")
    return [str(entry.findtext(f"{ATOM}id")) for entry in entries]
