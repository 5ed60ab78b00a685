"""What is forked from a server does what Python begun anew does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.launch import Waiting, run_crawl
from crawler.orders import CrawlFailed, CrawlOrders
from tests.forked.processes import CHECKOUT, Processes, fork_server

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only"),
    pytest.mark.usefixtures("forked_crawls"),
]


@pytest.fixture
def forks(processes: Processes | None) -> Processes:
    assert processes is not None
    return processes


def run(begin: str, arguments: str, folder: Path, **env: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a shell command that begins with these words."""
    done = subprocess.run(
        ["sh", "-c", f"{begin} {arguments}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), **env},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "arguments",
    ["sources", "report nonsense", "report price-cuts --all --db sqlite:///absent.sqlite", "sources > told.csv"],
    ids=["done", "wrong usage", "failed", "into a file"],
)
def test_a_fork_ends_and_says_as_python_does(forks: Processes, tmp_path: Path, arguments: str) -> None:
    anew = run(f"{sys.executable} -m fapai", arguments, tmp_path)
    files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert run(f"{forks.shell_words()} fapai", arguments, tmp_path) == anew
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == files


def test_threads_and_functions_for_the_end_of_a_fork_come_to_their_end(forks: Processes, tmp_path: Path) -> None:
    ended = run(forks.shell_words(), "tests.forked.slow_end", tmp_path)
    assert ended == run(f"{sys.executable} -m", "tests.forked.slow_end", tmp_path)
    assert ended == (3, "the thread\nthe end\n", "")


def test_a_fork_has_the_folder_and_the_environment_of_who_asks(forks: Processes, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        url = f"sqlite:///{name}.sqlite"
        assert run(f"{forks.shell_words()} fapai", "db upgrade", tmp_path / name, FAPAI_DB=url)[0] == 0
    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.glob("*/*.sqlite")) == [
        "one/one.sqlite",
        "two/two.sqlite",
    ]


def test_a_crawl_in_a_fork_that_is_killed_is_told_as_such(tmp_path: Path) -> None:
    waiting = Waiting()
    assert waiting.exit_code is None
    waiting.kill()
    with pytest.raises(CrawlFailed, match=f"exit code {-signal.SIGKILL}"):
        run_crawl(CrawlOrders("br_caixa", f"sqlite:///{tmp_path / 'homes.sqlite'}"), waiting=waiting)
    assert waiting.exit_code == -signal.SIGKILL


def test_a_crawl_in_a_fork_that_is_not_needed_ends_by_itself() -> None:
    waiting = Waiting()
    waiting.dismiss()
    assert waiting.exit_code == 0


@pytest.fixture
def own_server() -> Iterator[Processes]:
    with fork_server() as begun:
        yield begun


def test_a_fork_outlives_neither_its_end_nor_keeps_another_from_beginning(own_server: Processes) -> None:
    command = [sys.executable, "-m", "crawler.run"]
    children = [
        own_server.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=each,
            env=os.environ,
        )
        for each in (True, False)
    ]
    own, ours = (os.getsid(child.pid) for child in children)
    assert own == children[0].pid
    assert ours != children[1].pid
    for child in children:
        with child:
            assert child.poll() is None
        assert child.poll() == 0
        assert not Path(f"/proc/{child.pid}").exists()
