"""The tables of watches and of what they told.

Nothing here holds a secret: the address of a channel lies in a file of its own (``reporting.alerts.secret_file``).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key
from store.terms import ChannelKind, Currency, DeliveryState, Pace
from store.types import UtcDateTime, closed, one_of


class Watch(Base):
    """A saved search, or one home. ``wishes`` holds what is watched and told, as ``reporting.alerts.wishes`` words it.

    ``version`` goes up with every change and every look, so that of two that work from the same state one gives way.
    ``summary_count`` is the number of summaries that were asked for; the next run sends one while ``summed_up_at`` is
    empty.
    """

    __tablename__ = "watch"
    __table_args__ = (UniqueConstraint("name"), one_of("pace", Pace))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    wishes: Mapped[dict[str, Any]]
    language: Mapped[str] = mapped_column(String(2))
    pace: Mapped[Pace] = mapped_column(closed(Pace))
    speaks_at: Mapped[str] = mapped_column(String(5))  # of a digest, by the clock of the zone
    speaks_on: Mapped[int] = mapped_column(SmallInteger)  # the day of a weekly digest, Monday is 0
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_to: Mapped[str | None] = mapped_column(String(5))
    zone: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    summary_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    summed_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    spoke_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WatchChannel(Base):
    """Where the messages of a watch go. ``place`` is a file, or the scheme of an address.

    ``secret`` is the name under which the secret file holds the whole address.
    """

    __tablename__ = "watch_channel"
    __table_args__ = (one_of("kind", ChannelKind),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watch.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ChannelKind] = mapped_column(closed(ChannelKind))
    place: Mapped[str] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(String(32))


class WatchHome(Base):
    """How a watch knows a home: by the listing that its number is, ``SOURCE:ID:GENERATION``.

    ``told_price`` (minor units) is what the next price is compared with, ``seen_price`` the one of the last look;
    both hold for this currency, share and number of units only.
    """

    __tablename__ = "watch_home"
    __table_args__ = (one_of("currency", Currency),)

    watch_id: Mapped[int] = mapped_column(ForeignKey("watch.id", ondelete="CASCADE"), primary_key=True)
    home: Mapped[str] = mapped_column(String(180), primary_key=True)
    is_inside: Mapped[bool]  # whether it was among what is watched for at the last look
    entries: Mapped[int]  # how often it came to be
    currency: Mapped[Currency | None] = mapped_column(closed(Currency))
    lot: Mapped[str] = mapped_column(Text)
    told_price: Mapped[int | None] = mapped_column(BigInteger)
    seen_price: Mapped[int | None] = mapped_column(BigInteger)


class WatchMessage(Base):
    """What a watch said at once. ``key`` is made of what it tells: the same news never make a second message."""

    __tablename__ = "watch_message"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watch.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class WatchEvent(Base):
    """One thing that a watch took note of, once for ever: the primary key is what keeps it from being told twice.

    ``news`` is what is to be told (``reporting.alerts.news``), empty for what was known before the watch began.
    ``message_id`` is the message that told it.
    """

    __tablename__ = "watch_event"
    __table_args__ = (Index(None, "message_id"),)

    watch_id: Mapped[int] = mapped_column(ForeignKey("watch.id", ondelete="CASCADE"), primary_key=True)
    event_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    home: Mapped[str] = mapped_column(String(180))
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    news: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("watch_message.id", ondelete="SET NULL"))


class Delivery(Base):
    """The outbox: one message to one channel.

    ``is_unsure`` is set where a run ended between the sending and its note: the message may have arrived already.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "channel_id"),
        Index(None, "state", "due_at"),
        one_of("state", DeliveryState),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("watch_message.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("watch_channel.id", ondelete="CASCADE"), index=True)
    state: Mapped[DeliveryState] = mapped_column(closed(DeliveryState))
    attempts: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_unsure: Mapped[bool]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)


class CalendarEntry(Base):
    """One entry of a calendar as it was written last; ``sequence`` goes up when ``content`` changes (RFC 5545)."""

    __tablename__ = "calendar_entry"

    channel_id: Mapped[int] = mapped_column(ForeignKey("watch_channel.id", ondelete="CASCADE"), primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[dict[str, Any]]
