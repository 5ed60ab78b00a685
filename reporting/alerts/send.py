"""Sending what waits in the outbox, so that each message reaches each channel once, whatever is killed when.

Each delivery goes through three steps, the first and the last of them committed transactions:

1. claim: ``pending`` becomes ``sending`` until some minutes from now;
2. send;
3. note: ``sent``, or ``pending`` again with a later time, or ``dead``.

A run that is killed before 2 has sent nothing, one that is killed after 2 has, and nobody can tell the two apart. The
next run sends such a message again, when the claim has ended: a deadline that is not told costs more than a message
that is read twice. It is the same message with the same key, so once it is for whoever can tell: a webhook by the
header ``Idempotency-Key``, a feed by the id of its entry. Mail and chats cannot; there the message says that it may
have come before, and carries its number.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine

from reporting.alerts.apprise_channel import Postman
from reporting.alerts.errors import NotTaken, PerhapsTaken
from reporting.alerts.feed import MESSAGES, feed_of
from reporting.alerts.files import replace_file
from reporting.alerts.hours import Hours, is_quiet, quiet_until
from reporting.alerts.words import phrases
from store.engine import reading, writing
from store.outbox import (
    StoredDelivery,
    claim_delivery,
    due_deliveries,
    hold_channel,
    note_failed,
    note_sent,
    put_off,
    sent_to,
)
from store.terms import ChannelKind
from store.watches import StoredWatch, load_watches

CLAIM = timedelta(minutes=5)
"""Longer than a channel has for one message (``apprise_channel.PATIENCE_SECONDS``)."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""After each attempt that failed; after the last one a message is given up: nearly two days."""

SHORT_NUMBER = 8


class Sent(NamedTuple):
    """How many messages were taken, were not and wait, and were given up."""

    taken: int
    failed: int
    dead: int


def send_due(engine: Engine, secrets: Mapping[str, str], clock: Callable[[], datetime]) -> Sent:
    """Send all that is due; a message to a watch that is quiet now waits for the end of that.

    ``clock`` is asked for each message: a hundred slow ones take longer than a claim holds, and run into quiet hours.
    """
    with reading(engine) as connection:
        watches = {watch.id: watch for watch in load_watches(connection)}
        due = due_deliveries(connection, clock())
    postman, counts = Postman(), [0, 0, 0]
    for delivery in due:
        watch, now = watches.get(delivery.watch_id), clock()
        is_silent = secrets.get(delivery.secret or "") in postman.silent
        if watch is None or is_silent or _must_wait(engine, delivery, watch, now):
            continue
        with writing(engine) as connection:
            claimed = claim_delivery(connection, delivery.id, now, now + CLAIM)
        if claimed is not None:
            counts[_send(engine, claimed, watch, secrets, postman, clock)] += 1
    return Sent(*counts)


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; ``None`` after the last."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def numbered(delivery: StoredDelivery, language: str) -> str:
    """The body with its number, and first that it may have come before, where that is so."""
    say = phrases(language)
    number = say["number"].format(number=delivery.message_key[:SHORT_NUMBER])
    parts = [say["unsure"]] if delivery.is_unsure else []
    return "\n\n".join([*parts, delivery.body, number])


def delivery_key(delivery: StoredDelivery) -> str:
    """What names a message on its way to one channel, however often it is sent."""
    return f"{delivery.message_key}-{delivery.channel_id}"


def _must_wait(engine: Engine, delivery: StoredDelivery, watch: StoredWatch, now: datetime) -> bool:
    hours = Hours.of(watch)
    if delivery.kind is not ChannelKind.APPRISE or not is_quiet(hours, now):
        return False
    with writing(engine) as connection:
        put_off(connection, delivery.id, quiet_until(hours, now))
    return True


def _send(
    engine: Engine,
    delivery: StoredDelivery,
    watch: StoredWatch,
    secrets: Mapping[str, str],
    postman: Postman,
    clock: Callable[[], datetime],
) -> int:
    """Send what is claimed and note what came of it; gives the place of the count in ``Sent``."""
    try:
        if delivery.kind is ChannelKind.ATOM:
            _write_feed(engine, delivery, watch, clock())
            return 0
        _hand_over(delivery, watch, secrets, postman)
    except NotTaken as refusal:
        wait, is_unsure = retry_after(delivery.attempts), isinstance(refusal, PerhapsTaken)
        again = None if wait is None else clock() + wait
        with writing(engine) as connection:
            note_failed(connection, delivery.id, str(refusal), again, is_unsure=is_unsure)
        return 2 if wait is None else 1
    with writing(engine) as connection:
        note_sent(connection, delivery.id, clock())
    return 0


def _write_feed(engine: Engine, delivery: StoredDelivery, watch: StoredWatch, now: datetime) -> None:
    """Write the feed and note it in one transaction: of two runs neither leaves out what the other has just sent."""
    with writing(engine) as connection:
        hold_channel(connection, delivery.channel_id)
        messages = sent_to(connection, delivery.channel_id, delivery.id, MESSAGES)
        replace_file(delivery.place, feed_of(watch.name, delivery.channel_id, messages))
        note_sent(connection, delivery.id, now)


def _hand_over(delivery: StoredDelivery, watch: StoredWatch, secrets: Mapping[str, str], postman: Postman) -> None:
    url = secrets.get(delivery.secret or "")
    if url is None:
        raise NotTaken("its address is missing in the file of secrets")
    postman.send(url, delivery.subject, numbered(delivery, watch.language), delivery_key(delivery))
