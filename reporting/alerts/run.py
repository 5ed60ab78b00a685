"""One run of the alerts: take note, make messages, send, bring calendars up to date. Safe to run at any time, twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from reporting.alerts.calendar_file import write_calendars
from reporting.alerts.compose import compose_messages, waiting_words
from reporting.alerts.notice import notice_news
from reporting.alerts.secret_file import read_secrets
from reporting.alerts.send import Sent, send_due
from store.engine import reading
from store.links import touched_listings


class AlertRun(NamedTuple):
    """What a run did. ``unlinked`` listings may be told as homes of their own.

    ``problems`` are sentences, and so is what ``waiting`` has on each watch that is quiet now.
    """

    news: int
    messages: int
    sent: Sent
    unlinked: int
    problems: list[str]
    waiting: list[str]


def run_alerts(engine: Engine, secrets: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> AlertRun:
    """Tell what is new.

    Args:
        engine: the database; linked, or rounds of a home are told as homes of their own.
        secrets: the file of the channels' addresses.
        clock: tells the time, aware.

    Raises:
        BadSecrets: the file cannot be read; nothing is noted as told then.
    """
    addresses = read_secrets(secrets)
    news = notice_news(engine, clock())
    messages = compose_messages(engine, clock())
    sent = send_due(engine, addresses, clock)
    problems = write_calendars(engine, clock())
    with reading(engine) as connection:
        unlinked = len(touched_listings(connection))
    return AlertRun(news, messages, sent, unlinked, problems, waiting_words(engine, clock()))
