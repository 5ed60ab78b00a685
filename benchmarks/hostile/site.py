"""The hostile site: true answers, and between them every way of a server to answer badly."""

import json
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from threading import Lock
from urllib.parse import parse_qs, urlsplit

from benchmarks.hostile.world import NOTHING_FOUND, Lot, list_answer, lot_page, now, status_answer
from benchmarks.made_site import ROBOTS, MadeSite, Visit

WALL = "<!DOCTYPE html><html><body><h1>很抱歉，您的访问存在异常！</h1><form id='captcha'></form></body></html>"
ELSEWHERE = "http://login.example.invalid/passport"
SLOW_BODY_SECONDS = 20
HANGS_SECONDS = 45  # longer than the crawler waits

ILLS: Mapping[str, int] = {
    "hang": 3,
    "reset": 4,
    "cut off": 4,
    "slow body": 3,
    "HTTP 500": 4,
    "HTTP 502": 3,
    "garbled charset": 4,
    "wrong charset told": 3,
    "empty list": 4,
    "empty body": 3,
    "nested brackets": 2,
    "HTTP 429": 1,
    "captcha": 1,
    "redirect off site": 1,
    "robots forbid": 1,
    "robots break": 2,
}
"""Ways to answer badly, and how often one is taken before another. Those that say stop are rarer: they end a day."""


@dataclass(slots=True)
class Asked:
    """One request, and how it was answered.

    ``is_given_up``: the crawler had closed the connection before the site came to it. A busy machine may take longer to
    hand a request over than the crawler waits (30 s, which at ``--speed 120`` is a quarter of a second).
    """

    at: datetime
    target: str
    answer: str
    is_given_up: bool = False


@dataclass
class Site(MadeSite):
    """Serves the lots on a free port while it is entered; until ``hostile_until`` one answer in ``one_in`` is bad."""

    lots: Sequence[Lot]
    hostile_until: datetime
    one_in: int
    random: Random
    asked: list[Asked] = field(default_factory=list)
    ills: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def reply(self, visit: Visit, form: bytes | None) -> None:
        """Answer well, or by one of the ills."""
        at = now()  # then the look: who is not gone yet asks again a whole delay after this instant
        ill = self.choose(visit.path, at, is_given_up=_is_closed(visit))
        body = self.truth(visit.path, form)
        if body is None:
            visit.send("", 404)
        elif ill in BADLY:
            BADLY[ill](visit, body)
        else:
            visit.send(body)

    def choose(self, target: str, at: datetime, *, is_given_up: bool = False) -> str:
        """How a request that has just come is answered: well, or by one of the ills."""
        with self._lock:
            ill = self._ill(urlsplit(target).path) if now() < self.hostile_until else "well"
            self.asked.append(Asked(at, target, ill, is_given_up))
            self.ills[ill] += 1
            return ill

    def _ill(self, path: str) -> str:
        if self.random.randrange(self.one_in):
            return "well"
        is_robots, is_list = path == ROBOTS, "ProjectHandle" in path
        fitting = {
            name: weight
            for name, weight in ILLS.items()
            if name.startswith("robots") == is_robots and (is_list or name != "empty list")
        }
        return self.random.choices(list(fitting), list(fitting.values()))[0]

    def truth(self, target: str, form: bytes | None) -> str | None:
        """The healthy body for a request; ``None`` where the site has no such page."""
        parts = urlsplit(target)
        lots = {str(lot.number): lot for lot in self.lots if lot.status_at(now())}
        if parts.path == ROBOTS:
            return "User-agent: *\nAllow: /\n"
        if "ProjectHandle" in parts.path and form is not None:
            return list_answer(self.lots, int(parse_qs(form.decode()).get("page", ["1"])[0]), now())
        if "Finish" in parts.path and (lot := lots.get(parse_qs(parts.query).get("oid", [""])[0])):
            return status_answer(lot, now())
        if "rm_obj" in parts.path and (lot := lots.get(parts.path.rpartition("/")[2].removesuffix(".shtml"))):
            return lot_page(lot)
        return None


def _is_closed(visit: Visit) -> bool:
    """Whether who asked has closed the connection."""
    try:
        return not visit.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _hang(visit: Visit, _body: str) -> None:
    time.sleep(HANGS_SECONDS)
    visit.close_connection = True


def _reset(visit: Visit, _body: str) -> None:
    visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    visit.connection.close()
    visit.close_connection = True


def _cut_off(visit: Visit, body: str) -> None:
    sent = body.encode()
    visit.send(sent[: len(sent) // 2], length=len(sent))
    visit.close_connection = True


def _slowly(visit: Visit, body: str) -> None:
    sent = body.encode()
    visit.send(sent[:10], length=len(sent))
    time.sleep(SLOW_BODY_SECONDS)
    visit.wfile.write(sent[10:])


BADLY: Mapping[str, Callable[[Visit, str], None]] = {
    "hang": _hang,
    "reset": _reset,
    "cut off": _cut_off,
    "slow body": _slowly,
    "HTTP 500": lambda visit, _: visit.send("<h1>500</h1>", 500),
    "HTTP 502": lambda visit, _: visit.send("<h1>Bad Gateway</h1>", 502),
    "garbled charset": lambda visit, body: visit.send(body.encode("gb18030")),
    "wrong charset told": lambda visit, body: visit.send(body, kind="text/html; charset=iso-8859-1"),
    "empty list": lambda visit, _: visit.send(json.dumps({"html": NOTHING_FOUND, "page": ""})),
    "empty body": lambda visit, _: visit.send(""),
    "nested brackets": lambda visit, _: visit.send('{"html":' + "[" * 200_000),
    "HTTP 429": lambda visit, _: visit.send("", 429, headers={"Retry-After": "3600"}),
    "captcha": lambda visit, _: visit.send(WALL),
    "redirect off site": lambda visit, _: visit.send("", 302, headers={"Location": ELSEWHERE}),
    "robots forbid": lambda visit, _: visit.send("User-agent: *\nDisallow: /\n", kind="text/plain"),
    "robots break": lambda visit, _: visit.send("", 503),
}
