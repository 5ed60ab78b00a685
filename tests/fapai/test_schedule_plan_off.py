"""``fapai schedule plan`` on a timetable from which a source was taken off."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.fapai.conftest import CommandLine


def test_the_plan_tells_programs_since_when_a_source_is_off(fapai: CommandLine):
    assert fapai("schedule", "on", "gpai", "hk_chungsen").exit_code == 0
    assert fapai("schedule", "off", "gpai").exit_code == 0
    told = fapai("schedule", "plan", "--format", "json")
    rows = json.loads(told.stdout)
    (off,) = [row for row in rows if row["source"] == "gpai"]
    assert off["off_since"] is not None
    assert (off["begins_at"], off["reason"], off["looks"], off["requests"]) == (None, None, 0, 0)
    assert {row["off_since"] for row in rows if row["source"] == "hk_chungsen"} == {None}
    table = list(csv.DictReader(io.StringIO(fapai("schedule", "plan", "--format", "csv").stdout)))
    assert [bool(row["off_since"]) for row in table if row["source"] == "gpai"] == [True]


def test_a_source_that_this_version_does_not_know_can_be_taken_off(fapai: CommandLine, tmp_path: Path):
    """It was put on by a version that came later."""
    url = f"sqlite:///{tmp_path / 'later.sqlite'}"
    assert fapai("schedule", "on", "gpai", db=url).exit_code == 0
    with closing(sqlite3.connect(tmp_path / "later.sqlite")) as database, database:
        database.execute("UPDATE source SET name = 'of_later'")
        database.execute("UPDATE target SET source = 'of_later'")
    off = fapai("schedule", "off", "of_later", db=url)
    assert (off.exit_code, off.stdout) == (0, "off the timetable: of_later; back by fapai schedule on\n")
    unknown = fapai("schedule", "off", "gpay", db=url)
    assert (unknown.exit_code, unknown.stderr) == (2, "fapai: no source is called gpay: did you mean gpai?\n")
    known = fapai("schedule", "off", "gpai", db=url)
    assert (known.exit_code, known.stderr) == (1, "fapai: gpai is not on the timetable\n")
