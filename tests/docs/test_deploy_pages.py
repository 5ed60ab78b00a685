"""The files for servers call commands that there are, and the manual names files, commands and metrics that exist."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from crawler.sources import source_specs, spider_names
from fapai.__main__ import app

ROOT = Path(__file__).parents[2]
DEPLOY, MANUAL = ROOT / "docs" / "deploy", ROOT / "docs" / "run-it.md"
UNIT = (DEPLOY / "fapai.service").read_text("utf-8")
PROGRAM = "/opt/fapai/venv/bin/fapai"


def check_usage(words: list[str]) -> None:
    """Raises where the command line would call it wrong usage."""
    command, own = typer.main.get_command(app), list(words)
    while hasattr(command, "commands"):
        command = command.commands[own.pop(0)]
    command.make_context(" ".join(words), own)


def blocks_of(page: Path) -> list[str]:
    blocks = re.findall(r"^```text\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_every_fapai_command_of_the_manual_is_right_usage() -> None:
    called = [line.partition("as-fapai ")[2] for line in blocks_of(MANUAL) if line.startswith("as-fapai ")]
    called += re.findall(r"`as-fapai ([^`]+)`", MANUAL.read_text("utf-8"))
    assert len(called) > 10
    for line in called:
        check_usage(shlex.split(line))


def test_the_sources_of_the_manual_can_be_crawled_and_are_not_walled() -> None:
    (line,) = (line for line in blocks_of(MANUAL) if "schedule on" in line)
    named = [word for word in line.split() if word in source_specs()]
    assert len(named) == 2
    assert set(named) <= spider_names()
    assert not any(source_specs()[name].is_walled for name in named)


def test_the_metrics_of_the_manual_are_written() -> None:
    written = (ROOT / "reporting" / "metrics.py").read_text("utf-8")
    for name in re.findall(r"fapai_source_[a-z_]+", MANUAL.read_text("utf-8")):
        assert name.removesuffix("_timestamp_seconds") in written, name


def test_the_unit_starts_what_the_manual_installs() -> None:
    started = re.findall(r"^ExecStart(?:Pre)?=(.+)$", UNIT, re.MULTILINE)
    assert [line.split()[0] for line in started] == [PROGRAM, PROGRAM]
    assert PROGRAM in MANUAL.read_text("utf-8")
    for line in started:
        check_usage(shlex.split(line)[1:])


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "fapai.service"
    unit.write_text(UNIT.replace(PROGRAM, "/bin/true"), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_container_and_the_cluster_call_commands_that_there_are() -> None:
    container = (DEPLOY / "Containerfile").read_text("utf-8")
    (words,) = re.findall(r"^CMD \[(.+)\]$", container, re.MULTILINE)
    check_usage(re.findall(r'"([^"]+)"', words))
    (words,) = re.findall(r"^ +args: \[(.+)\]$", (DEPLOY / "cronjob.yaml").read_text("utf-8"), re.MULTILINE)
    check_usage(re.findall(r'"([^"]+)"', words))
    assert "concurrencyPolicy: Forbid" in (DEPLOY / "cronjob.yaml").read_text("utf-8")
    for name in re.findall(r"^COPY (?!--from)(\S+)|-r (\S+\.lock)", container, re.MULTILINE):
        assert (ROOT / (name[0] or name[1])).exists()


def test_the_page_on_ways_to_run_it_names_every_file() -> None:
    named = re.findall(r"^\| `([\w.-]+)` \|", (DEPLOY / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in DEPLOY.iterdir() if path.name != "README.md")
