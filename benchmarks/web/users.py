"""Users that ask, read for a while, and ask again, each over one connection that is kept."""

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from threading import Lock, Thread

from benchmarks.web.asking import Addresses


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: how long until its last byte, in seconds, and its bytes as they came over the wire."""

    kind: str
    address: str
    status: int
    took: float
    size: int


class Tab:
    """One connection that is kept, as a browser keeps it."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, kind: str, address: str, *, is_packed: bool = True) -> tuple[Answer, bytes]:
        """Ask, and read to the end."""
        begun = time.monotonic()
        try:
            answer = self._answer(address, is_packed)
        except (BrokenPipeError, ConnectionResetError, RemoteDisconnected):
            self._connection.close()  # the server ends what was idle for a while; a browser asks once more
            answer = self._answer(address, is_packed)
        body = answer.read()
        return Answer(kind, address, answer.status, time.monotonic() - begun, len(body)), body

    def _answer(self, address: str, is_packed: bool) -> HTTPResponse:
        self._connection.request("GET", address, headers={"accept-encoding": "gzip"} if is_packed else {})
        return self._connection.getresponse()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def play(port: int, addresses: Addresses, users: int, seconds: float, thinks: tuple[float, float]) -> list[Answer]:
    """The answers to so many users, for so long; each thinks between two times before every question."""
    answers: list[Answer] = []
    lock, ends = Lock(), time.monotonic() + seconds

    def use(number: int) -> None:
        chance, tab = random.Random(number), Tab(port)
        time.sleep(chance.uniform(0, thinks[1]))
        while time.monotonic() < ends:
            with lock:
                kind, address = addresses.any()
            answer, _ = tab.ask(kind, address)
            with lock:
                answers.append(answer)
            time.sleep(chance.uniform(*thinks))
        tab.close()

    _run_together([Thread(target=use, args=(number,)) for number in range(users)])
    return answers


def _run_together(threads: Iterable[Thread]) -> None:
    threads = list(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
