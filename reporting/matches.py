"""Which homes listings are of that are stored nowhere: a report on pages that were looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from reporting.chains import note_unlinked, require_links
from reporting.money import told_amount
from reporting.tables import Column, Shape, Table
from store.terms import Currency, Judgement
from tracking.keys import collector_at_rest
from tracking.match import Match, match_offers
from tracking.offers import Offer, load_offers

MEASURE = "listings of saved pages, and the homes that they are of: unsure: it may be that home; different: of none"
COLUMNS = (
    Column("listing", Shape.WORD, "listing"),
    Column("judgement", Shape.WORD, "is"),
    Column("property_id", Shape.COUNT, "home"),
    Column("price", Shape.MONEY, "price"),
    Column("like", Shape.WORD, "most like"),
    Column("like_price", Shape.MONEY, "its price"),
    Column("like_seen_at", Shape.DAY, "last seen"),
    Column("title", Shape.TEXT, "title", least=20, room=2),
    Column("reasons", Shape.TEXT, "reasons", least=20, room=1),
    Column("score", Shape.COUNT, is_in_table=False),
    Column("currency", Shape.WORD, is_in_table=False),
)
ITSELF = "this very listing is stored"
NOT_LINKED_YET = f"{ITSELF} and not linked yet"


@dataclass(frozen=True, slots=True)
class MatchedListing:
    """A listing that was looked at, and the one of the home that it is most like. Amounts in whole units."""

    listing: str
    title: str | None
    judgement: Judgement
    property_id: int | None
    price: Decimal | None
    currency: Currency | None
    like: str | None
    like_price: Decimal | None
    like_seen_at: datetime | None
    score: int | None
    reasons: str


@dataclass(frozen=True, slots=True)
class Matches:
    """The answer, in the order of the pages. ``notes`` are not beneath the table: they concern files as well."""

    rows: Sequence[MatchedListing]
    notes: Sequence[str] = ()

    def table(self) -> Table:
        """The report as rows and columns."""
        return Table(COLUMNS, self.rows, MEASURE, "listings")


def find_matches(connection: Connection, offers: Iterable[Offer]) -> Matches:
    """The home of each offer, as far as one is known.

    Raises:
        NotLinked: there are listings, and no links.
    """
    require_links(connection)
    with collector_at_rest():  # or it looks through all that was found with each batch
        found = list(match_offers(connection, offers))
    ids = {each.listing_id for each in found if each.listing_id is not None}
    known = {offer.listing_id: offer for offer in load_offers(connection, ids, with_parts=False)}
    rows = [_row(each, known.get(each.listing_id or 0)) for each in found]
    return Matches(rows, note_unlinked(connection, "and not compared with"))


def _row(match: Match, like: Offer | None) -> MatchedListing:
    offer, decision = match.offer, match.decide()
    if decision is not None:
        reasons = "; ".join(decision.reasons)
    elif like is not None:
        reasons = NOT_LINKED_YET if match.home is None else ITSELF
    else:
        reasons = ""
    return MatchedListing(
        listing=f"{offer.source}:{offer.source_id}",
        title=offer.title,
        judgement=match.judgement,
        property_id=match.home,
        price=told_amount(offer.price, offer.currency),
        currency=offer.currency,
        like=like and f"{like.source}:{like.source_id}",
        like_price=told_amount(like.price, like.currency) if like and like.currency is offer.currency else None,
        like_seen_at=like and like.last_seen_at,
        score=decision.score if decision else None,
        reasons=reasons,
    )
