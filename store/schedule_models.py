"""The tables of the timetable: what is to be fetched next, and who is at it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key
from store.terms import LookReason, TargetKind
from store.types import UtcDateTime, closed, one_of


class Target(Base):
    """Something that is to be fetched: all lists of a source, or the pages about one of its listings.

    Who works on it holds a lease: until ``leased_until`` it is nobody else's, then it is due again.
    """

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("source", "kind", "source_id"),
        Index(None, "next_due"),
        one_of("kind", TargetKind),
        one_of("reason", LookReason),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.name"))
    kind: Mapped[TargetKind] = mapped_column(closed(TargetKind))
    source_id: Mapped[str] = mapped_column(String(120))  # of the listing; "" for the lists of the source
    url: Mapped[str | None] = mapped_column(Text)
    next_due: Mapped[datetime | None] = mapped_column(UtcDateTime)  # never again where none
    reason: Mapped[LookReason] = mapped_column(closed(LookReason))
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last look at it by itself
    attempts: Mapped[int] = mapped_column(default=0)  # since the last one that came to its end
    leased_by: Mapped[str | None] = mapped_column(String(120))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Lease(Base):
    """What only one may do at a time, on whatever machine: keep the timetable, crawl a source, ask a site."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
