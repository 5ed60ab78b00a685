"""Crawls and commands in forks of a process that has loaded their libraries, in place of Python begun anew.

Only on Linux; elsewhere the tests begin real processes, and in some tests everywhere.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self, TextIO

from tests.forked import client
from tests.forked.client import Program

CHECKOUT = Path(__file__).parents[2]
PIPE = subprocess.PIPE


class Processes:
    """Stands in for the module ``subprocess`` where a crawl is begun: begins the same command in a fork.

    Args:
        address: the socket of the server.
    """

    PIPE = PIPE

    def __init__(self, address: str) -> None:
        self.address = address

    def shell_words(self) -> str:
        """What begins a fork from a shell: the words of a module and its arguments follow."""
        return f'"{sys.executable}" -I -S "{client.__file__}" "{self.address}"'

    def Popen(  # noqa: N802  # as in subprocess
        self,
        command: Sequence[str],
        *,
        stdin: int,
        stdout: int,
        text: bool,
        encoding: str,
        start_new_session: bool,
        env: Mapping[str, str],
    ) -> "Child":
        """Begin ``python … -m MODULE …`` with pipes for input and output."""
        assert command[0] == sys.executable
        assert (stdin, stdout, text) == (PIPE, PIPE, True)
        words = command[command.index("-m") + 1 :]
        env = {**env, "SSL_CERT_FILE": os.devnull}  # every crawl reads the system's twice, and no test asks for one
        return Child(self.address, words, env, encoding, start_new_session=start_new_session)


class Child:
    """As much of ``subprocess.Popen`` as a crawl's parent uses."""

    def __init__(
        self, address: str, words: Sequence[str], env: Mapping[str, str], encoding: str, *, start_new_session: bool
    ) -> None:
        their_input, our_input = os.pipe()
        our_output, their_output = os.pipe()
        streams = (their_input, their_output, sys.__stderr__.fileno() if sys.__stderr__ else 2)
        self._program = Program(address, words, streams, env, start_new_session=start_new_session)
        os.close(their_input)
        os.close(their_output)
        self.stdin: TextIO = open(our_input, "w", encoding=encoding)  # noqa: SIM115
        self.stdout: TextIO = open(our_output, encoding=encoding)  # noqa: SIM115
        self.pid = self._program.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stdout.close()
        self.stdin.close()
        self._program.wait()

    def poll(self) -> int | None:
        """The exit code, if the process has ended."""
        return self._program.poll()

    def terminate(self) -> None:
        """Ask the process to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End the process at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


@contextmanager
def fork_server() -> Iterator[Processes]:
    """A server, gone at the end; also when this process is killed."""
    with (
        TemporaryDirectory(prefix="fapai-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener,
    ):
        address = f"{folder}/forks"
        listener.bind(address)
        listener.listen(20)
        number = listener.fileno()
        command = [sys.executable, "-P", "-m", "tests.forked.server", str(number)]
        env = os.environ | {"PYTHONPATH": str(CHECKOUT)}
        # Its output is a pipe, since that of a fork may be one, and Python looks once only whether it can be sought in.
        with subprocess.Popen(
            command, stdin=PIPE, stdout=PIPE, pass_fds=[number], env=env, start_new_session=True
        ) as server:
            yield Processes(address)
            assert server.stdin is not None
            server.stdin.close()
