"""The outbox: messages on their way to channels. Nothing here commits; the caller owns the transaction.

A delivery is claimed before it is sent, and the claim is committed. What a killed run was at is claimed again when the
claim has ended, marked as one that may have arrived already.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, func, insert, or_, select, update

from store.rows import DELIVERY, WATCH, WATCH_CHANNEL, WATCH_EVENT, WATCH_MESSAGE
from store.terms import ChannelKind, DeliveryState

KEYS_PER_STATEMENT = 2_000
FARTHEST = timedelta(days=3)
"""No message is put off for so long: what is due later was noted by a clock that was wrong, and is due now."""


class StoredDelivery(NamedTuple):
    """One message to one channel, with its words."""

    id: int
    message_key: str
    subject: str
    body: str
    created_at: datetime
    watch_id: int
    channel_id: int
    kind: ChannelKind
    place: str
    secret: str | None
    state: DeliveryState
    attempts: int
    due_at: datetime
    is_unsure: bool
    sent_at: datetime | None
    error: str | None
    watch: str


def add_message(
    connection: Connection,
    watch_id: int,
    key: str,
    words: tuple[str, str],
    event_keys: Collection[str],
    channel_ids: Sequence[int],
    now: datetime,
) -> bool:
    """Put a message into the outbox of each channel, and note on its events that they are told.

    Args:
        connection: inside a transaction; where the answer is no it is to be rolled back.
        watch_id: whose message it is.
        key: made of what it tells.
        words: subject and body.
        event_keys: what it tells.
        channel_ids: where it goes; where there is none it counts as told all the same.
        now: the instant of the message, and when it is due.

    Returns:
        Whether all of the events were still to be told.
    """
    row = {"watch_id": watch_id, "key": key, "created_at": now, "subject": words[0], "body": words[1]}
    message_id = connection.execute(insert(WATCH_MESSAGE).values(**row).returning(WATCH_MESSAGE.c.id)).scalar_one()
    event, ordered, marked = WATCH_EVENT.c, sorted(event_keys), 0
    for start in range(0, len(ordered), KEYS_PER_STATEMENT):
        own = and_(event.watch_id == watch_id, event.event_key.in_(ordered[start : start + KEYS_PER_STATEMENT]))
        marked += connection.execute(
            update(WATCH_EVENT).where(own, event.message_id.is_(None)).values(message_id=message_id)
        ).rowcount
    waiting = {"message_id": message_id, "state": DeliveryState.PENDING, "attempts": 0, "is_unsure": False}
    rows = [{**waiting, "channel_id": channel_id, "due_at": now} for channel_id in channel_ids]
    if rows:
        connection.execute(insert(DELIVERY), rows)
    return marked == len(ordered)


def due_deliveries(connection: Connection, now: datetime) -> list[StoredDelivery]:
    """What is to be sent now, the oldest first: what waits, and what a run that was killed was at. Not of paused."""
    query = _deliveries().where(_is_due(now), WATCH.c.paused_at.is_(None))
    return [StoredDelivery._make(row) for row in connection.execute(query.order_by(DELIVERY.c.due_at, DELIVERY.c.id))]


def claim_delivery(connection: Connection, delivery_id: int, now: datetime, until: datetime) -> StoredDelivery | None:
    """Claim a delivery that is due; ``None`` where somebody else was faster."""
    own = DELIVERY.c
    was_sending = own.state == DeliveryState.SENDING
    claim = update(DELIVERY).where(own.id == delivery_id, _is_due(now))
    claimed = claim.values(
        state=DeliveryState.SENDING,
        attempts=own.attempts + 1,
        claimed_until=until,
        is_unsure=or_(own.is_unsure, was_sending),
    )
    if connection.execute(claimed).rowcount != 1:
        return None
    return StoredDelivery._make(connection.execute(_deliveries().where(own.id == delivery_id)).one())


def hold_channel(connection: Connection, channel_id: int) -> None:
    """Let nobody else hold a channel until the end of the transaction."""
    connection.execute(select(WATCH_CHANNEL.c.id).where(WATCH_CHANNEL.c.id == channel_id).with_for_update())


def note_sent(connection: Connection, delivery_id: int, now: datetime) -> None:
    """Note that a message was taken."""
    values = {"state": DeliveryState.SENT, "sent_at": now, "claimed_until": None, "error": None}
    connection.execute(update(DELIVERY).where(DELIVERY.c.id == delivery_id).values(**values))


def note_failed(
    connection: Connection, delivery_id: int, error: str, retry_at: datetime | None, *, is_unsure: bool = False
) -> None:
    """Note that a message was not taken: to be tried again then, or given up where there is no such time.

    ``is_unsure``: it may have arrived all the same.
    """
    state = DeliveryState.DEAD if retry_at is None else DeliveryState.PENDING
    values: dict[str, Any] = {"state": state, "claimed_until": None, "error": error}
    if retry_at is not None:
        values["due_at"] = retry_at
    if is_unsure:
        values["is_unsure"] = True
    connection.execute(update(DELIVERY).where(DELIVERY.c.id == delivery_id).values(**values))


def put_off(connection: Connection, delivery_id: int, due_at: datetime) -> None:
    """Let a message wait until later; not an attempt."""
    own = DELIVERY.c
    waits = and_(own.id == delivery_id, own.state == DeliveryState.PENDING)
    connection.execute(update(DELIVERY).where(waits).values(due_at=due_at))


def revive(connection: Connection, delivery_id: int, now: datetime) -> bool:
    """Let a message that was given up be tried again, as if never tried; whether it was given up."""
    own = DELIVERY.c
    dead = and_(own.id == delivery_id, own.state == DeliveryState.DEAD)
    values = {"state": DeliveryState.PENDING, "attempts": 0, "due_at": now}
    return connection.execute(update(DELIVERY).where(dead).values(**values)).rowcount == 1


def list_deliveries(
    connection: Connection, states: Collection[DeliveryState] = (), watch_id: int | None = None
) -> list[StoredDelivery]:
    """The outbox, the newest message first: of these states, or all; of one watch, or all."""
    query = _deliveries()
    if states:
        query = query.where(DELIVERY.c.state.in_(states))
    if watch_id is not None:
        query = query.where(WATCH.c.id == watch_id)
    return [StoredDelivery._make(row) for row in connection.execute(query.order_by(DELIVERY.c.id.desc()))]


def sent_to(connection: Connection, channel_id: int, also: int, most: int) -> list[StoredDelivery]:
    """The last messages that a channel has taken, and one more that it is to take; the newest first."""
    own = DELIVERY.c
    query = _deliveries().where(own.channel_id == channel_id, or_(own.state == DeliveryState.SENT, own.id == also))
    return [StoredDelivery._make(row) for row in connection.execute(query.order_by(own.id.desc()).limit(most))]


def count_deliveries(connection: Connection) -> dict[DeliveryState, int]:
    """How many messages stand in each state."""
    query = select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def _is_due(now: datetime) -> Any:
    own, wrong = DELIVERY.c, now + FARTHEST
    waits = and_(own.state == DeliveryState.PENDING, or_(own.due_at <= now, own.due_at > wrong))
    is_left = or_(own.claimed_until <= now, own.claimed_until > wrong)
    return or_(waits, and_(own.state == DeliveryState.SENDING, is_left))


def _deliveries() -> Select[Any]:
    message, channel, own = WATCH_MESSAGE.c, WATCH_CHANNEL.c, DELIVERY.c
    return (
        select(
            own.id,
            message.key,
            message.subject,
            message.body,
            message.created_at,
            message.watch_id,
            own.channel_id,
            channel.kind,
            channel.place,
            channel.secret,
            own.state,
            own.attempts,
            own.due_at,
            own.is_unsure,
            own.sent_at,
            own.error,
            WATCH.c.name,
        )
        .join_from(DELIVERY, WATCH_MESSAGE, message.id == own.message_id)
        .join(WATCH_CHANNEL, channel.id == own.channel_id)
        .join(WATCH, WATCH.c.id == message.watch_id)
    )
