"""The tables of rollups: figures of standing reports, kept up as pages are recorded. All of it can be made anew."""

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, Key
from store.terms import ListingNews
from store.types import closed, one_of

IS_LINKED = text("property_id IS NOT NULL")
NEVER = 2**31 - 1
"""In place of an hour that will not come."""

IS_TO_CHECK = text(f"check_hour < {NEVER}")


class RollupMark(Base):
    """One row where rollups are kept, and by which definition; none before they were counted first.

    ``definition``: digest of all that figures depend on (``reporting.rollups.definition``).
    """

    __tablename__ = "rollup_mark"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[str] = mapped_column(String(32))
    linker_version: Mapped[int | None]


class RollupNews(Base):
    """What happened to listings that rollups do not know yet: a row for each commit, ids packed as 64-bit numbers.

    Written in the transaction of what it tells of, so that a killed run loses none, and taken away by the upkeep.
    """

    __tablename__ = "rollup_news"
    __table_args__ = (one_of("kind", ListingNews),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[ListingNews] = mapped_column(closed(ListingNews))
    listing_ids: Mapped[bytes] = mapped_column(LargeBinary)


class RollupListing(Base):
    """What one listing adds to the cells. No foreign key: a listing that is gone must be taken out of the cells first.

    ``round_id`` is the listing that its round begins with, ``phase`` where that round stands
    (``reporting.rollups.phases``). ``check_hour``, in hours since 1970, is when time alone may change that (``NEVER``:
    it does not). ``offer`` and ``highest_offer`` are its price and the highest one as ``store.rollup_offers`` writes
    them; ``cut`` is how far it is under the highest, in hundredths of a percent, -1 where it is not. ``month`` is that
    of the attempt in Asia/Shanghai, empty where not told; ``words`` are those of its state that its other groups depend
    on, ``story`` those on which the place of a linked listing in its chain does (``store.rollup_words``).

    But for ``property_id`` no column is null: Python's driver takes six times as long for one as for a number (3.11).
    """

    __tablename__ = "rollup_listing"
    __table_args__ = (
        Index(None, "property_id", sqlite_where=IS_LINKED, postgresql_where=IS_LINKED),
        Index(None, "check_hour", sqlite_where=IS_TO_CHECK, postgresql_where=IS_TO_CHECK),
    )

    listing_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    phase: Mapped[int] = mapped_column(SmallInteger)
    is_followed: Mapped[bool]
    check_hour: Mapped[int]
    month: Mapped[str] = mapped_column(String(7))
    offer: Mapped[int] = mapped_column(BigInteger)
    highest_offer: Mapped[int] = mapped_column(BigInteger)
    cut: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    round_id: Mapped[int] = mapped_column(BigInteger)
    story: Mapped[str] = mapped_column(Text)
    property_id: Mapped[int | None] = mapped_column(BigInteger)


class RollupSheet(Base):
    """The figures of some groups of one way to tell groups apart.

    ``family`` names that way; ``scope`` is ``homes``, or ``claims`` for what claims and vehicles add to it. Groups are
    dealt out to parts (``store.rollup_sheets``): ``labels`` a JSON list (empty: not told), ``figures`` for each label
    one 32-bit number for each count and one of 64 bits for the sum of cuts; the lowest byte first.
    """

    __tablename__ = "rollup_sheet"

    family: Mapped[str] = mapped_column(String(32), primary_key=True)
    scope: Mapped[str] = mapped_column(String(8), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    labels: Mapped[str] = mapped_column(Text)
    figures: Mapped[bytes] = mapped_column(LargeBinary)
