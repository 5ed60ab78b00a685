"""Channels of Apprise: mail, WeCom, DingTalk, Feishu, ServerChan, Telegram, webhooks. The extra ``alerts``.

A half-written address is refused by Apprise without a word (2.2.0): it must be tried when it is added, not when a
message waits. What Apprise logs can hold tokens, so only the number of an HTTP answer is taken from it. Its own limits
are for each read: who answers a byte every three seconds holds it for ever, and with it all messages behind.
"""

import logging
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from reporting.alerts.errors import BadChannel, NotTaken, PerhapsTaken
from reporting.errors import ReportError

SCHEME = re.compile(r"([a-z0-9]+)://", re.IGNORECASE)
ANSWER = re.compile(r"error[ =:]+(\d{3})\b")
KEY_HEADER = "Idempotency-Key"
KEYED = frozenset(("json", "jsons", "xml", "xmls", "form", "forms"))
"""Webhooks take a header of ours, so that who receives a message twice can tell."""


class NoApprise(ReportError):
    """The extra is not installed."""


def check_address(url: str) -> str:
    """The scheme of an address that Apprise can use. Nothing is sent.

    Raises:
        BadChannel: it cannot use it; the address itself is not repeated.
        NoApprise: the extra is not installed.
    """
    found = SCHEME.match(url.strip())
    scheme = found[1].lower() if found else None
    if scheme is None or _open(url) is None:
        named = f"{scheme}://…" if scheme else "what was given"
        raise BadChannel(f"{named} is no address that Apprise can use: see `apprise --details` and docs/watches.md")
    return scheme


PATIENCE_SECONDS = 120.0
"""For one message; a claim in the outbox holds for longer."""


class Postman:
    """Sends messages; keeps the channels of one run open, so that each keeps its pace.

    Args:
        patience: seconds that a channel has for one message.

    Attributes:
        silent: the addresses that took longer: what else is for them would keep all others waiting.
    """

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._open: dict[str, Any] = {}
        self._patience = patience
        self.silent: set[str] = set()

    def send(self, url: str, subject: str, body: str, key: str) -> None:
        """Send one message.

        Args:
            url: the address of the channel.
            subject: one line.
            body: plain text.
            key: the same whenever the same message is sent again; webhooks get it as ``Idempotency-Key``.

        Raises:
            NotTaken: the channel did not take it.
            PerhapsTaken: it has not ended its answer.
        """
        try:
            if url not in self._open:
                self._open[url] = _open(url)
        except NoApprise as error:
            raise NotTaken(str(error)) from None
        channel = self._open[url]
        if channel is None:
            raise NotTaken("Apprise cannot use the address any more")
        if SCHEME.match(url)[1].lower() in KEYED:  # type: ignore[index]  # it was opened
            channel.headers[KEY_HEADER] = key
        with _overheard() as heard:
            is_taken = self._notify(channel, subject, body)
        if is_taken is None:
            del self._open[url]  # what goes on in it goes on
            self.silent.add(url)
            raise PerhapsTaken(f"no whole answer within {self._patience:g} seconds")
        if not is_taken:
            codes = [found[1] for words in heard if (found := ANSWER.search(words))]
            raise NotTaken(f"answered with HTTP {codes[-1]}" if codes else "no answer, or a refusal")

    def _notify(self, channel: Any, subject: str, body: str) -> bool | None:
        """Whether it was taken; ``None`` where that takes too long."""
        answers: list[bool] = []

        def ask() -> None:
            answers.append(bool(_apprise().Apprise([channel]).notify(body=body, title=subject, body_format="text")))

        asking = threading.Thread(target=ask, daemon=True)  # it must not keep a process alive
        asking.start()
        asking.join(self._patience)
        if asking.is_alive():
            return None
        return bool(answers and answers[0])


def _open(url: str) -> Any:
    """A channel; ``None`` where Apprise cannot use the address. What is too long is cut: one message stays one."""
    apprise = _apprise()
    with _overheard():
        channel = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if channel is not None:
        channel.overflow_mode = apprise.OverflowMode.TRUNCATE
    return channel


@cache
def _apprise() -> Any:
    try:
        import apprise
    except ModuleNotFoundError:
        raise NoApprise("channels of Apprise need the extra: pip install 'fapai[alerts]'") from None
    logger = logging.getLogger("apprise")
    logger.propagate = False  # what it logs goes nowhere, also when a channel that was given up ends at last
    logger.addHandler(logging.NullHandler())
    with warnings.catch_warnings():  # 2.2.0 imports imghdr, which Python 3.13 no longer has
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise.Apprise.instantiate("json://localhost")  # loads all of its channels
    return apprise


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise logs meanwhile; it can hold the address."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    logger, ear = logging.getLogger("apprise"), Ear(logging.WARNING)
    logger.addHandler(ear)
    try:
        yield heard
    finally:
        logger.removeHandler(ear)
