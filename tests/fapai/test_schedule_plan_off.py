"""``fapai schedule plan`` on a timetable from which a source was taken off."""

import csv
import io
import json

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
