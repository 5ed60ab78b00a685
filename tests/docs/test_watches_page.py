"""The page on watches tells of the options, events, times and schemes that there are."""

import re
from pathlib import Path

import typer

from fapai.__main__ import app
from reporting.alerts.apprise_channel import KEYED, check_address
from reporting.alerts.calendar_file import ALARMS
from reporting.alerts.compose import MOST_AT_ONCE
from reporting.alerts.feed import MESSAGES
from reporting.alerts.send import CLAIM, WAITS
from reporting.alerts.words import phrases
from store.terms import EventKind

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "watches.md").read_text("utf-8")
WATCH = typer.main.get_command(app).commands["watch"]  # type: ignore[attr-defined]


def test_every_option_that_the_page_names_is_there() -> None:
    options = {option for command in WATCH.commands.values() for each in command.params for option in each.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) <= options


def test_the_page_names_every_event() -> None:
    told = PAGE.partition("The events are those")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", told)) == set(EventKind)


def test_every_address_that_the_page_shows_is_one_that_can_be_used() -> None:
    shown = re.findall(r"^\| [^|]+ \| `(\w+://[^`]+)` \|$", PAGE, re.MULTILINE)
    assert len(shown) == 7
    token = {"BOT_TOKEN": "123456789:abcdefg_hijklmnop-abcdefghijklmnop", "CHAT_ID": "12315544"}
    for address in shown:
        whole = re.sub("|".join(token), lambda found: token[found[0]], address)
        assert check_address(whole) == whole.partition("://")[0]


def test_the_page_tells_the_times_and_limits_that_hold() -> None:
    minutes = [int(wait.total_seconds() // 60) for wait in WAITS]
    assert minutes == [1, 5, 15, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60]
    assert "after 1, 5, 15 and 60 minutes, then 3, 6, 12 and 24 hours; after nine attempts" in PAGE
    assert (CLAIM.total_seconds(), MOST_AT_ONCE, MESSAGES) == (300, 10, 100)
    assert "leaves a claim of five\n   minutes" in PAGE
    assert "More than ten homes" in PAGE
    assert {what: [alarm.total_seconds() // 3600 for alarm in alarms] for what, alarms in ALARMS.items()} == {
        "start": [24, 1],
        "end": [24, 1],
        "deposit": [72, 24],
        "viewing": [72, 24],
        "viewing_last": [72, 24],
    }
    assert "(`json`, `xml`, `form`)" in PAGE
    assert {scheme.removesuffix("s") for scheme in KEYED} == {"json", "xml", "form"}
    assert phrases("en")["unsure"].split(":")[0].split(".")[0] in PAGE
