"""The doubtful pairs: listings that may be of one home, side by side, for a person to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from reporting.chains import require_links
from reporting.tables import Column, Shape, Table
from store.links import LINKER
from store.rows import LINK_DECISION
from store.terms import Currency, Judgement
from tracking.offers import Offer, load_offers

MEASURE = "pairs in doubt, the nearest to being one home first; fapai link decide ONE OTHER same|different settles one"


@dataclass(frozen=True, slots=True)
class DoubtfulPair:
    """Two listings and what speaks for and against their being of one home."""

    score: int | None
    one: str
    other: str
    one_title: str | None
    other_title: str | None
    reasons: str
    decided_at: datetime
    currency: Currency | None = None


COLUMNS = (
    Column("score", Shape.COUNT, "points"),
    Column("one", Shape.WORD, "one"),
    Column("other", Shape.WORD, "other"),
    Column("one_title", Shape.TEXT, "one's title", least=20, room=2),
    Column("other_title", Shape.TEXT, "other's title", least=20, room=1),
    Column("reasons", Shape.TEXT, "reasons", least=30),
    Column("decided_at", Shape.DAY, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class DoubtfulPairs:
    """The answer."""

    rows: Sequence[DoubtfulPair]
    limit: int | None

    def table(self) -> Table:
        """The report as rows and columns."""
        return Table(COLUMNS, self.rows, MEASURE, "pairs", limit=self.limit)


def find_doubtful_pairs(connection: Connection, limit: int | None = None) -> DoubtfulPairs:
    """All pairs that wait for a person.

    Raises:
        NotLinked: nothing was linked yet.
    """
    require_links(connection)
    column = LINK_DECISION.c
    query = (
        select(column.one_id, column.other_id, column.score, column.reasons, column.decided_at)
        .where(column.judgement == Judgement.UNSURE, column.author == LINKER, column.superseded_at.is_(None))
        .order_by(column.score.desc(), column.one_id, column.other_id)
    )
    pairs = connection.execute(query).all()
    wanted = {listing_id for pair in pairs for listing_id in (pair.one_id, pair.other_id)}
    offers = {offer.listing_id: offer for offer in load_offers(connection, wanted, with_parts=False)}
    rows = [
        DoubtfulPair(
            pair.score,
            _name(offers[pair.one_id]),
            _name(offers[pair.other_id]),
            offers[pair.one_id].title,
            offers[pair.other_id].title,
            pair.reasons,
            pair.decided_at,
        )
        for pair in pairs
    ]
    return DoubtfulPairs(rows, limit)


def _name(offer: Offer) -> str:
    return f"{offer.source}:{offer.source_id}"
