"""Slow requests in the log, each with what it waited for: a thread, the processor, or what others held."""

import gc
import logging
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import quote

from reporting.web.security import App, Receive, Scope, Send

log = logging.getLogger(__name__)

SLOW = 0.2  # seconds
LONGEST = 200


@dataclass(slots=True)
class Watch:
    """One request. Seconds of ``time.monotonic``, and of the processor time of the thread that works on it."""

    began: float = field(default_factory=time.monotonic)
    taken_up: float | None = None
    left: float | None = None
    processor_began: float = 0.0
    processor_ended: float = 0.0

    def work(self) -> None:
        """Note that a thread is at work; told whenever something is begun or done."""
        self.left, self.processor_ended = time.monotonic(), time.thread_time()
        if self.taken_up is None:
            self.taken_up, self.processor_began = self.left, self.processor_ended


WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


def note_work() -> None:
    """Note that the thread of a request is at work on it."""
    watch = WATCH.get()
    if watch is not None:
        watch.work()


class SlowLog:
    """The outermost layer: measures each request, and logs the slow ones."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._at_work = 0
        self._collecting = _Collecting()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch, collected = Watch(), self._collecting.seconds
        self._at_work += 1
        token = WATCH.set(watch)
        try:
            await self._app(scope, receive, send)
        finally:
            WATCH.reset(token)
            took = time.monotonic() - watch.began
            if took >= SLOW:
                log.info("%s", _told(scope, watch, took, self._collecting.seconds - collected, self._at_work))
            self._at_work -= 1


def _told(scope: Scope, watch: Watch, took: float, collected: float, at_work: int) -> str:
    taken_up, left = watch.taken_up or watch.began, watch.left or watch.began
    worked = left - taken_up
    processor = watch.processor_ended - watch.processor_began
    parts = {
        "until a thread took it up": taken_up - watch.began,
        "on the processor": processor,
        "for others, the disk or a lock": max(0.0, worked - processor),
        "until it was sent": took - (left - watch.began),
        "collecting garbage meanwhile": collected,
    }
    told = ", ".join(f"{seconds * 1e3:.0f} ms {what}" for what, seconds in parts.items())
    path = quote(scope["path"])[:LONGEST]  # without what is looked for, and without signs that would make lines
    return f"{scope['method']} {path} took {took * 1e3:.0f} ms: {told}; {at_work} requests at once"


class _Collecting:
    """How long all collections of garbage took so far: while one goes on nothing else does."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, told: dict[str, int]) -> None:  # noqa: ARG002  # as gc calls it
        if phase == "start":
            self._began = time.monotonic()
        else:
            self.seconds += time.monotonic() - self._began
