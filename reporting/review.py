"""The doubtful pairs: listings that may be of one home, side by side, for a person to decide."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from reporting.chains import note_unlinked, require_links
from reporting.filters import day_of
from reporting.money import amount_of
from reporting.render import clean, money_text
from reporting.tables import Column, Shape, Table
from store.bulk import driver_query
from store.links import LINKER, StoredDecision, batches, persons_decisions
from store.read import observations_by_id
from store.rows import AUCTION_ROUND, LINK_DECISION, LISTING
from store.terms import Currency, Judgement
from tracking.offers import Offer, load_offers

MEASURE = "pairs in doubt, the nearest to being one home first; fapai link decide ONE OTHER same|different settles one"


@dataclass(frozen=True, slots=True)
class Side:
    """One field of both listings, as people read it; ``None``: not told. Only what both tell can agree or differ."""

    field: str
    one: str | None
    other: str | None

    @property
    def do_agree(self) -> bool | None:
        """Whether both tell the same; ``None`` where one of them does not tell."""
        return None if self.one is None or self.other is None else self.one == self.other


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
    sides: Sequence[Side] = ()
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
    notes: Sequence[str] = ()

    def table(self) -> Table:
        """The report as rows and columns."""
        return Table(COLUMNS, self.rows, MEASURE, "pairs", limit=self.limit, notes=self.notes)


@dataclass(frozen=True, slots=True)
class DoubtfulPage:
    """Some of the pairs: from ``first`` on, which counts from 0, of ``count`` in all."""

    rows: Sequence[DoubtfulPair]
    first: int
    count: int


def find_doubtful_pairs(connection: Connection, limit: int | None = None) -> DoubtfulPairs:
    """All pairs that wait for a person; those of two homes that a person told apart wait no more.

    ``limit``: of rows in a table for people; files hold all.

    Raises:
        NotLinked: nothing was linked yet.
    """
    require_links(connection)
    rows = _compare(connection, waiting_pairs(connection))
    return DoubtfulPairs(rows, limit, note_unlinked(connection))


def page_of_doubtful_pairs(
    connection: Connection, first: int, size: int, waiting: "Sequence[WaitingPair] | None" = None
) -> DoubtfulPage:
    """Of the same pairs ``size`` from the ``first`` on, which counts from 0: of the others nothing is read.

    A ``first`` behind the last page gives the last page. ``waiting``: all of them, where somebody has kept them.

    Raises:
        NotLinked: nothing was linked yet.
    """
    require_links(connection)
    if waiting is None:
        waiting = waiting_pairs(connection)
    begins = max(0, min(first, (len(waiting) - 1) // size * size))
    return DoubtfulPage(_compare(connection, waiting[begins : begins + size]), begins, len(waiting))


class WaitingPair(NamedTuple):
    """A pair by the ids of its listings, and the decision that left it open."""

    decision_id: int
    one_id: int
    other_id: int


def waiting_pairs(connection: Connection) -> list[WaitingPair]:
    """The pairs in their order, past SQLAlchemy's rows: there may be a hundred thousand."""
    sql = (
        "SELECT id, one_id, other_id FROM link_decision WHERE judgement = ? AND author = ? AND superseded_at IS NULL"
        " ORDER BY score DESC, one_id, other_id"
    )
    pairs = [WaitingPair._make(row) for row in driver_query(connection, sql, (Judgement.UNSURE.value, LINKER))]
    words = [each for each in persons_decisions(connection) if each.judgement is Judgement.DIFFERENT]
    if not words:
        return pairs
    home_of, told_apart = _homes_told_apart(
        connection, words, {each for pair in pairs for each in (pair.one_id, pair.other_id)}
    )
    return [pair for pair in pairs if frozenset((home_of[pair.one_id], home_of[pair.other_id])) not in told_apart]


def _compare(connection: Connection, pairs: Sequence[WaitingPair]) -> list[DoubtfulPair]:
    """The pairs with all that their listings tell."""
    wanted = {listing_id for pair in pairs for listing_id in (pair.one_id, pair.other_id)}
    offers = {offer.listing_id: offer for offer in load_offers(connection, wanted)}
    urls, decisions = _urls(connection, wanted), _decisions(connection, [pair.decision_id for pair in pairs])
    return [
        DoubtfulPair(
            score,
            _name(one),
            _name(other),
            one.title,
            other.title,
            reasons,
            decided_at,
            list(_sides(one, other, urls)),
        )
        for pair in pairs
        for one, other in [(offers[pair.one_id], offers[pair.other_id])]
        for score, reasons, decided_at in [decisions[pair.decision_id]]
    ]


def _decisions(connection: Connection, decision_ids: Collection[int]) -> dict[int, tuple[int | None, str, datetime]]:
    """Score, reasons and time of decisions."""
    column = LINK_DECISION.c
    found: dict[int, tuple[int | None, str, datetime]] = {}
    for ids in batches(decision_ids):
        query = select(column.id, column.score, column.reasons, column.decided_at).where(column.id.in_(ids))
        found.update((row[0], (row[1], row[2], row[3])) for row in connection.execute(query))
    return found


def _homes_told_apart(
    connection: Connection, words: Collection[StoredDecision], listing_ids: Collection[int]
) -> tuple[dict[int, int], set[frozenset[int]]]:
    """The home of each listing, and the pairs of homes of which a person said that they are two."""
    wanted = {*listing_ids, *(listing_id for word in words for listing_id in (word.one_id, word.other_id))}
    link = AUCTION_ROUND.c
    home_of: dict[int, int] = {}
    for ids in batches(wanted):
        query = select(link.listing_id, link.property_id).where(link.listing_id.in_(ids))
        home_of.update((row[0], row[1]) for row in connection.execute(query))
    return home_of, {frozenset((home_of[word.one_id], home_of[word.other_id])) for word in words}


def _urls(connection: Connection, listing_ids: Collection[int]) -> dict[int, str | None]:
    listing = LISTING.c
    query = select(listing.observation_id).where(listing.id.in_(sorted(listing_ids)))
    said = observations_by_id(connection, connection.execute(query).scalars(), ("listing_id", "url"))
    return {row.listing_id: row.url for row in said.values()}


def _sides(one: Offer, other: Offer, urls: dict[int, str | None]) -> Iterator[Side]:
    """Every field that at least one of them tells."""
    ours, theirs = (_fields(offer, urls.get(offer.listing_id)) for offer in (one, other))
    for field in ours:
        if ours[field] or theirs[field]:
            yield Side(field, ours[field] or None, theirs[field] or None)


def _fields(offer: Offer, url: str | None) -> dict[str, str | None]:
    def amount(minor: int | None) -> str | None:
        return money_text(amount_of(minor, offer.currency), offer.currency) if minor else None

    def day(at: datetime | None) -> str | None:
        return day_of(at).isoformat() if at else None

    parts = (f"{name} {value}" for name, value in offer.parts._asdict().items() if value)
    fields = {
        "listing": _name(offer),
        "title": offer.title,
        "address": offer.address,
        "read as": ", ".join(parts),
        "place": " ".join(filter(None, (offer.city, offer.district))),
        "kind": offer.property_kind,
        "round": offer.round_kind,
        "round number": str(offer.round_number) if offer.round_number else None,
        "status": offer.status,
        "start": day(offer.starts_at),
        "end": day(offer.ends_at),
        "price": amount(offer.price),
        "sold at": amount(offer.hammer_price),
        "appraisal": amount(offer.appraisal_price),
        "area": f"{offer.floor_area / 100:g} m2" if offer.floor_area else None,
        "share": offer.share,
        "seller": offer.seller_name,
        "case": offer.case_number,
        "certificate": offer.certificate,
        "page": url,
    }
    return {name: clean(value) if value else None for name, value in fields.items()}


def _name(offer: Offer) -> str:
    return f"{offer.source}:{offer.source_id}"
