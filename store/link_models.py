"""The tables of tracking: homes, the places of listings in their chains, and what was decided about pairs.

All but the words of persons is derived, and can be made anew from nothing.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key
from store.terms import Judgement, RoundLink
from store.types import UtcDateTime, closed, one_of


class Property(Base):
    """One home (or parking space, shop, lot) behind its listings; derived, see ``tracking.link``.

    Its id is the lowest id among its listings, so every id that ever named a home resolves: to the home that the
    listing of that id belongs to now (``auction_round.property_id``). The parts of the address are those of
    ``tracking.address.parts``, each from the listing that tells it last.
    """

    __tablename__ = "property"

    id: Mapped[int] = mapped_column(
        Key, ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    listing_count: Mapped[int]
    linker_version: Mapped[int] = mapped_column(index=True)
    region_code: Mapped[str | None] = mapped_column(String(12))
    city: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    town: Mapped[str | None] = mapped_column(Text)
    road: Mapped[str | None] = mapped_column(Text)
    lane: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    compound: Mapped[str | None] = mapped_column(Text)
    phase: Mapped[str | None] = mapped_column(Text)
    block: Mapped[str | None] = mapped_column(Text)
    building: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)
    floor: Mapped[str | None] = mapped_column(Text)
    room: Mapped[str | None] = mapped_column(Text)
    parking: Mapped[str | None] = mapped_column(Text)
    lot: Mapped[str | None] = mapped_column(Text)
    share: Mapped[str | None] = mapped_column(Text)
    unit_count: Mapped[int | None]


class AuctionRound(Base):
    """The place of one listing in the chain of its home; derived, see ``tracking.rounds``.

    ``observation_id`` and ``keys`` tell which state of the listing was linked, and by which keys: how many names
    its place has, their keys, then those by which it is compared, eight bytes each.
    """

    __tablename__ = "auction_round"
    __table_args__ = (one_of("link", RoundLink),)

    listing_id: Mapped[int] = mapped_column(
        Key, ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    property_id: Mapped[int] = mapped_column(BigInteger, index=True)
    observation_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]  # in the chain of the home, from 1
    procedure: Mapped[int]  # from 1: a new one begins with another case, another seller, or after a sale
    place: Mapped[int]  # of the round in its procedure, from 1
    link: Mapped[RoundLink | None] = mapped_column(closed(RoundLink))
    previous_listing_id: Mapped[int | None] = mapped_column(BigInteger)
    gap_days: Mapped[int | None]
    contradiction: Mapped[str | None] = mapped_column(Text)
    keys: Mapped[bytes] = mapped_column(LargeBinary)
    traits_digest: Mapped[int] = mapped_column(BigInteger)  # of all in the state that its home depends on


class LinkKey(Base):
    """What a listing can be found by when others are linked (``tracking.candidates``): four million rows a million.

    ``door``: where in its place it lies (``tracking.doors``); 0: not told.
    No foreign key: a row of a listing that is gone costs a look that finds nothing, the index for a key costs more.
    """

    __tablename__ = "link_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    listing_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    door: Mapped[int] = mapped_column(BigInteger, server_default="0")


HAS_TWO_NAMES = text("other_place IS NOT NULL")


class LinkPlace(Base):
    """What a listing with a room tells of its place, under each of at most two names (``tracking.places``).

    Those of one place lie together, so that its units and names are read without its listings. No foreign key, as with
    ``link_key``.
    """

    __tablename__ = "link_place"
    __table_args__ = (
        Index(None, "place", "other_place", sqlite_where=HAS_TWO_NAMES, postgresql_where=HAS_TWO_NAMES),
        {"sqlite_with_rowid": False},
    )

    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    listing_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    other_place: Mapped[int | None] = mapped_column(BigInteger)  # its other name
    building: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)
    floor: Mapped[str | None] = mapped_column(Text)
    room: Mapped[str | None] = mapped_column(Text)
    is_parking: Mapped[bool]


class LinkTraits(Base):
    """What a listing was compared by when it was linked, its address in parts: read back, it is not parsed again.

    ``told``: as ``tracking.traits_packed`` writes it; of another ``linker_version`` it counts for nothing. What is not
    here is parsed again.
    """

    __tablename__ = "link_traits"

    listing_id: Mapped[int] = mapped_column(
        Key, ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    linker_version: Mapped[int]
    told: Mapped[bytes] = mapped_column(LargeBinary)


class LinkNews(Base):
    """Listings that were written since the last linking: a row for each commit, ids as 64-bit numbers, the lowest byte
    first; ``None``: it may be any (``store.link_news``).
    """

    __tablename__ = "link_news"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    listing_ids: Mapped[bytes | None] = mapped_column(LargeBinary)


OF_PERSONS = text("author <> 'linker'")
IS_DOUBT = text("judgement = 'unsure' AND superseded_at IS NULL")


class LinkDecision(Base):
    """What was decided about two listings, by the linker or by a person; superseded, never overwritten.

    ``one_id`` is the lower id. ``author`` is ``linker`` or the name that a person gave.
    """

    __tablename__ = "link_decision"
    __table_args__ = (
        Index(None, "one_id", "other_id"),
        Index(None, "decided_at", sqlite_where=OF_PERSONS, postgresql_where=OF_PERSONS),
        *(
            Index(f"ix_link_decision_doubt_{side}", side, sqlite_where=IS_DOUBT, postgresql_where=IS_DOUBT)
            for side in ("one_id", "other_id")
        ),
        one_of("judgement", Judgement),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    one_id: Mapped[int] = mapped_column(Key, ForeignKey("listing.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(Key, ForeignKey("listing.id", ondelete="CASCADE"), index=True)
    judgement: Mapped[Judgement] = mapped_column(closed(Judgement))
    score: Mapped[int | None]
    reasons: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(80))
    linker_version: Mapped[int | None]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
