"""Channels of Apprise: mail, WeCom, DingTalk, Feishu, ServerChan, Telegram, webhooks. The extra ``alerts``.

A half-written address is refused by Apprise without a word (2.2.0): it must be tried when it is added, not when a
message waits. What Apprise logs can hold tokens, so only the number of an HTTP answer is taken from it.
"""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from reporting.alerts.errors import BadChannel, NotTaken
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


class Postman:
    """Sends messages; keeps the channels of one run open, so that each keeps its pace."""

    def __init__(self) -> None:
        self._open: dict[str, Any] = {}

    def send(self, url: str, subject: str, body: str, key: str) -> None:
        """Send one message.

        Args:
            url: the address of the channel.
            subject: one line.
            body: plain text.
            key: the same whenever the same message is sent again; webhooks get it as ``Idempotency-Key``.

        Raises:
            NotTaken: the channel did not take it.
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
            is_taken = _apprise().Apprise([channel]).notify(body=body, title=subject, body_format="text")
        if not is_taken:
            codes = [found[1] for words in heard if (found := ANSWER.search(words))]
            raise NotTaken(f"answered with HTTP {codes[-1]}" if codes else "no answer, or a refusal")


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
    with warnings.catch_warnings():  # 2.2.0 imports imghdr, which Python 3.13 no longer has
        warnings.simplefilter("ignore", DeprecationWarning)
        apprise.Apprise.instantiate("json://localhost")  # loads all of its channels
    return apprise


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise logs meanwhile. It goes nowhere else: it can hold the address."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    logger, ear = logging.getLogger("apprise"), Ear(logging.WARNING)
    was_passed_on, logger.propagate = logger.propagate, False
    logger.addHandler(ear)
    try:
        yield heard
    finally:
        logger.removeHandler(ear)
        logger.propagate = was_passed_on
