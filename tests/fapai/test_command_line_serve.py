"""``fapai serve``: where it listens, who may ask, and that it answers."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from fapai.__main__ import app
from fapai.serve import make_settings
from store.engine import open_engine

ROOT = Path(__file__).parents[2]


def test_others_are_let_near_only_with_a_password(new_sqlite_url: Callable[[], str]):
    result = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", "--db", new_sqlite_url()])
    assert result.exit_code == 2
    assert "password-file" in result.output


def test_a_port_that_is_taken_is_told_in_one_sentence(new_sqlite_url: Callable[[], str]):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["serve", "--port", port, "--db", new_sqlite_url()])
    assert result.exit_code == 1
    assert f"cannot listen at 127.0.0.1:{port}" in result.output


def test_the_names_under_which_it_may_be_asked_are_loopback_and_those_given(
    new_sqlite_url: Callable[[], str], tmp_path: Path
):
    password = tmp_path / "password"
    password.write_text("long enough", "utf-8")
    password.chmod(0o600)
    engine = open_engine(new_sqlite_url())
    settings = make_settings(engine, "0.0.0.0", True, password, ["Homes.example"])
    assert settings.hosts == ("127.0.0.1", "localhost", "[::1]", "homes.example")
    assert settings.is_read_only
    assert settings.password_hash is not None
    assert "long enough" not in repr(settings)
    with pytest.raises(typer.BadParameter):
        make_settings(engine, "192.0.2.1", False, None, [])
    engine.dispose()


def test_it_serves_until_it_is_interrupted(new_sqlite_url: Callable[[], str]):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "FAPAI_DB": new_sqlite_url()}
    command = [sys.executable, "-m", "fapai", "serve", "--port", "0"]
    with subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", process.stderr.readline())
        assert found
        with urllib.request.urlopen(f"{found[0]}healthz", timeout=60) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["content-security-policy"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
