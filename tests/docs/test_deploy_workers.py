"""The files for workers call commands that there are, hold what Kubernetes and systemd ask for, and fit the manual."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from crawler.sources import spider_names
from fapai.__main__ import app
from scheduler.crawling import GRACE, Limits

ROOT = Path(__file__).parents[2]
DEPLOY, MANUAL = ROOT / "docs" / "deploy", ROOT / "docs" / "run-it.md"
UNIT, OTHER_UNIT = DEPLOY / "fapai-worker.service", DEPLOY / "fapai.service"
PROGRAM = "/opt/fapai/venv/bin/fapai"


def check_usage(words: list[str]) -> None:
    """Raises where the command line would call it wrong usage."""
    command, own = typer.main.get_command(app), list(words)
    while hasattr(command, "commands"):
        command = command.commands[own.pop(0)]
    command.make_context(" ".join(words), own)


def settings_of(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def cron_job() -> dict[str, Any]:
    (found,) = yaml.safe_load_all((DEPLOY / "worker-cronjob.yaml").read_text("utf-8"))
    return found


def test_the_unit_of_a_worker_starts_commands_that_there_are_and_takes_the_place_of_the_service() -> None:
    settings = settings_of(UNIT)
    for line in (*settings["ExecStartPre"], *settings["ExecStart"]):
        program, *words = shlex.split(line)
        assert program == PROGRAM
        check_usage(words)
    assert settings["Conflicts"] == [OTHER_UNIT.name]
    assert int(settings["TimeoutStopSec"][0]) > GRACE.total_seconds()
    assert settings["EnvironmentFile"] == ["/etc/default/fapai"]


def test_the_unit_of_a_worker_is_shut_in_as_that_of_the_service() -> None:
    worker, service = settings_of(UNIT), settings_of(OTHER_UNIT)
    for name in service.keys() - {"Description", "Environment", "EnvironmentFile", "ExecStart", "After"}:
        assert worker[name] == service[name], name


def test_systemd_finds_nothing_wrong_with_the_unit_of_a_worker(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for each in (UNIT, OTHER_UNIT):
        (tmp_path / each.name).write_text(each.read_text("utf-8").replace(PROGRAM, "/bin/true"), "utf-8")
    command = ["systemd-analyze", "verify", tmp_path / UNIT.name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_cron_job_has_the_fields_of_batch_v1_and_no_others() -> None:
    job = cron_job()
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert job["spec"].keys() <= {
        "schedule",
        "timeZone",
        "concurrencyPolicy",
        "startingDeadlineSeconds",
        "suspend",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
        "jobTemplate",
    }
    assert re.fullmatch(r"\*/\d+( \*){4}", job["spec"]["schedule"])
    assert job["spec"]["concurrencyPolicy"] in {"Allow", "Forbid", "Replace"}
    work = job["spec"]["jobTemplate"]["spec"]
    assert work.keys() <= {"backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "template"}
    assert work["activeDeadlineSeconds"] > Limits().time.total_seconds() + GRACE.total_seconds()
    pod = work["template"]["spec"]
    assert pod["restartPolicy"] in {"Never", "OnFailure"}
    assert pod["terminationGracePeriodSeconds"] > GRACE.total_seconds()
    volumes = {each["name"] for each in pod["volumes"]}
    for container in (*pod["initContainers"], *pod["containers"]):
        assert {each["name"] for each in container.get("volumeMounts", [])} <= volumes
        assert {"FAPAI_DB"} <= {each["name"] for each in container["env"]}


def test_the_cron_job_calls_commands_that_there_are_and_names_sources_that_are_crawled() -> None:
    pod = cron_job()["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    calls = [container["args"] for container in (*pod["initContainers"], *pod["containers"])]
    for words in calls:
        check_usage(words)
    (worker,) = (words for words in calls if words[:2] == ["schedule", "worker"])
    assert "--until-empty" in worker
    assert {word for word in worker[2:] if re.fullmatch(r"[a-z]+_?[a-z]+", word)} <= spider_names()


def test_the_manual_installs_what_the_unit_of_a_worker_starts() -> None:
    manual = MANUAL.read_text("utf-8")
    assert f"docs/deploy/{UNIT.name} /etc/systemd/system/" in manual
    assert "pip install '/opt/fapai/src[queue]'" in manual
    (folder,) = (line.partition("=")[2] for line in settings_of(UNIT)["Environment"] if "ARCHIVE=" in line)
    assert f"`{folder}`" in manual
