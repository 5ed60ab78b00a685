"""The commands on watches and alerts, as a user types them."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fapai.conftest import ROOT, CommandLine
from tests.reporting.alerts.alert_help import Webhook

DEMO = ROOT / "fixtures" / "demo" / "br_caixa"
ADD = ("watch", "add", "--name", "campo", "--city", "Campo Grande", "--cut", "5%")


@pytest.fixture
def day_passes(fapai: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Captures the lists of a day, and links."""
    monkeypatch.delenv("FAPAI_SECRETS", raising=False)

    def capture(day: str) -> None:
        assert fapai("capture", DEMO / f"{day}_MS.csv", "--quiet").exit_code == 0
        assert fapai("link").exit_code == 0

    return capture


def test_a_watch_is_added_told_changed_and_removed(
    fapai: CommandLine, day_passes: Callable[[str], None], tmp_path: Path
):
    day_passes("2021-07-19")
    added = fapai(*ADD, "--atom", "campo.xml")
    assert (added.exit_code, added.stdout) == (0, "watching: campo; the next fapai alert run sends one summary\n")
    run = fapai("alert", "run")
    assert (run.exit_code, run.stdout) == (
        0,
        "1 news, 1 messages made; 1 sent, 0 to be tried again, 0 given up\n",
    )
    day_passes("2021-07-28")
    assert re.match(r"\d+ news, [1-9]\d* messages made; ", fapai("alert", "run").stdout)
    assert "cheaper by" in (tmp_path / "campo.xml").read_text("utf-8")
    (listed,) = json.loads(fapai("watch", "list", "--format", "json").stdout)
    assert (listed["name"], listed["wishes"]) == ("campo", "--city Campo Grande --cut 5%")
    assert fapai("watch", "edit", "campo", "--cut", "10%", "--clear", "city", "--rename", "all").exit_code == 0
    (changed,) = json.loads(fapai("watch", "list", "--format", "json").stdout)
    assert (changed["name"], changed["wishes"]) == ("all", "--cut 10%")
    assert changed["state"] == "begins with the next run"
    assert fapai("watch", "remove", "all").stdout == "removed: all\n"
    assert json.loads(fapai("watch", "list", "--format", "json").stdout) == []
    assert (tmp_path / "campo.xml").exists()


def test_no_command_shows_the_secret_of_a_channel(fapai: CommandLine, day_passes: Callable[[str], None]):
    day_passes("2021-07-19")
    with Webhook() as webhook:
        shown = [fapai(*ADD, "--to", webhook.address)]
        shown += [fapai("watch", "test", "campo"), fapai("alert", "run")]
        shown += [fapai("watch", *words) for words in (("list",), ("show", "campo"), ("outbox",))]
        assert {each.exit_code for each in shown} == {0}
        assert [each.title for each in webhook.got] == ["[campo] a test", "[campo] watching 82 homes"]
        webhook.status = 500
        failed = fapai("watch", "test", "campo")
    assert (failed.exit_code, failed.stdout) == (1, "BAD 1: json://***: answered with HTTP 500\n")
    assert "token-of-mine" not in "".join(each.output for each in [*shown, failed])
    assert "ok  1: json://***" in shown[1].stdout


def test_an_address_is_taken_from_the_input_so_that_no_shell_remembers_it(
    fapai: CommandLine,
    day_passes: Callable[[str], None],
    new_sqlite_url: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
):
    from typer.testing import CliRunner

    from fapai.__main__ import app

    url = new_sqlite_url()
    done = CliRunner().invoke(
        app, [*ADD, "--to", "-", "--db", url], input="jsons://one.example/a\njsons://two.example\n"
    )
    assert done.exit_code == 0
    (listed,) = json.loads(fapai("watch", "list", "--format", "json", db=url).stdout)
    assert listed["channels"] == "1: jsons://***, 2: jsons://***"


def test_pausing_is_said_and_a_paused_watch_tells_nothing(fapai: CommandLine, day_passes: Callable[[str], None]):
    day_passes("2021-07-19")
    fapai(*ADD, "--atom", "campo.xml")
    assert fapai("watch", "pause", "campo").stdout == "paused: campo\n"
    assert fapai("alert", "run").stdout.startswith("0 news, ")
    assert "paused" in fapai("watch", "list").stdout
    assert fapai("watch", "resume", "campo").stdout == "watching again: campo\n"
    assert fapai("alert", "run").stdout.startswith("1 news, ")


def test_hours_are_shown_as_they_were_given(fapai: CommandLine):
    hours = ("--digest", "weekly", "--at", "7:30", "--on", "friday", "--quiet", "22:00-7:00", "--zone", "Europe/Athens")
    assert fapai(*ADD, "--icalendar", "homes.ics", *hours, "--language", "zh").exit_code == 0
    facts = fapai("watch", "show", "campo").stdout
    for words in ("weekly on friday at 07:30", "22:00-07:00 (Europe/Athens)", "language,zh"):
        assert words in facts


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("watch", "add", "--name", "x"), 2, "needs a channel"),
        (("watch", "add", "--name", "x", "--to", "mailto://"), 2, "mailto://… is no address that Apprise can use"),
        (("watch", "add", "--name", "x", "--atom", "no/such/folder.xml"), 2, "there is no folder"),
        (("watch", "add", "--name", "x", "--atom", "x.xml", "--cut", "lots"), 2, "--cut: cannot read 'lots'"),
        (("watch", "add", "--name", "x", "--atom", "x.xml", "--deadline", "soon"), 2, "--deadline: cannot read"),
        (("watch", "add", "--name", "x", "--atom", "x.xml", "--event", "slod"), 2, "the nearest is 'sold'"),
        (("watch", "add", "--name", "x", "--atom", "x.xml", "--quiet", "night"), 2, "--quiet: cannot read"),
        (("watch", "add", "--name", "x", "--atom", "x.xml", "--property", "br_caixa:1"), 1, "no listing"),
        (("watch", "add", "--name", " ", "--atom", "x.xml"), 2, "--name: give 1 to 80 letters"),
        (("watch", "show", "x"), 1, "there is no watch 'x'"),
        (("watch", "edit", "x", "--cut", "5%"), 1, "there is no watch 'x'"),
        (("watch", "outbox", "--retry", "7"), 1, "no message that was given up has the number 7"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(fapai: CommandLine, words: tuple[str, ...], code: int, said: str):
    result = fapai(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert result.stderr.startswith("fapai: ")
    assert result.stderr.count("\n") == 1


def test_a_message_that_is_given_up_ends_the_run_with_3_and_stands_in_the_outbox(
    fapai: CommandLine, day_passes: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
):
    from reporting.alerts import send

    monkeypatch.setattr(send, "WAITS", ())
    day_passes("2021-07-19")
    with Webhook() as webhook:
        webhook.status = 410
        fapai(*ADD, "--to", webhook.address)
        assert fapai("alert", "run").exit_code == 3
        webhook.status = 200
        assert "answered with HTTP 410" in fapai("watch", "outbox", "--state", "dead").stdout
        assert "pending" in fapai("watch", "outbox", "--retry", "1").stdout
        assert fapai("alert", "run").exit_code == 0
        assert len(webhook.got) == 1
    assert fapai("watch", "outbox", "--watch", "campo", "--state", "dead").stdout.count("\n") == 1
