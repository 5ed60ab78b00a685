"""Has a program begun by a process that has loaded its libraries.

``client.py ADDRESS MODULE …`` stands for ``python -m MODULE …``: it lends the program its streams, its folder and its
environment, and ends as the program ends. It is begun often, so it loads next to nothing.
"""

import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping, Sequence


class Program:
    """A program that has begun; ``server.py`` tells how it ended.

    Args:
        address: the socket of the server.
        words: the module and its arguments.
        streams: what the program reads, prints to and prints errors to.
    """

    def __init__(
        self,
        address: str,
        words: Sequence[str],
        streams: Sequence[int],
        env: Mapping[str, str],
        *,
        start_new_session: bool = False,
    ) -> None:
        order = {"words": list(words), "env": dict(env), "folder": os.getcwd(), "is_own_session": start_new_session}
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server.connect(address)
        socket.send_fds(self._server, [json.dumps(order).encode()], list(streams))
        self.pid = int(self._server.recv(100))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal, or nothing while the program runs."""
        if self.returncode is None and select.select([self._server], [], [], 0)[0]:
            return self.wait()
        return self.returncode

    def wait(self) -> int:
        """The exit code, once the program has ended."""
        if self.returncode is None:
            self.returncode = int(self._server.recv(100))
            self._server.close()
        return self.returncode


def main(address: str, *words: str) -> None:
    """Run the program on our own streams and end as it does."""
    code = Program(address, words, (0, 1, 2), os.environ).wait()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
