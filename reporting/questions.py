"""The questions report: what in the data of a chain cannot be right, or needs a second look before it is a bargain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from reporting.chains import admits, homes_with_chains, load_chains, note_links, require_links
from reporting.filters import Filters
from reporting.linked import linked_then
from reporting.tables import Column, Shape, Table
from store.read import observed_range
from store.terms import Currency
from tracking.questions import QuestionKind

MEASURE = (
    "questions: starts under the legal floor, cuts beyond the legal band, stale or foreign appraisals, rounds and "
    "prices that contradict; none of these is shown as a bargain"
)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One question about listings of one home."""

    kind: QuestionKind
    property_id: int
    listings: str  # SOURCE:ID, one or two
    words: str
    city: str | None
    title: str | None
    url: str | None
    currency: Currency | None = None


COLUMNS = (
    Column("kind", Shape.WORD, "question"),
    Column("property_id", Shape.WORD, "home"),
    Column("listings", Shape.TEXT, "listings", room=2, least=24),
    Column("words", Shape.TEXT, "what", least=40),
    Column("city", Shape.TEXT, "city", room=3, least=6),
    Column("title", Shape.TEXT, "title", room=1, least=12),
    Column("url", Shape.WORD, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class Questions:
    """The answer."""

    rows: Sequence[OpenQuestion]
    limit: int | None
    observed: tuple[datetime, datetime] | None
    notes: Sequence[str] = ()

    def table(self) -> Table:
        """The report as rows and columns."""
        first, last = self.observed or (None, None)
        return Table(COLUMNS, self.rows, MEASURE, "questions", first, last, self.limit, self.notes)


def find_questions(connection: Connection, filters: Filters, limit: int | None = 50) -> Questions:
    """Every question about every home, by kind.

    Raises:
        NotLinked: nothing was linked yet.
    """
    require_links(connection)
    rows = []
    then = linked_then(connection, filters)
    for chain in load_chains(connection, homes_with_chains(connection, 1, then), filters, then):
        if not chain.questions or not admits(chain, filters):
            continue
        for question in chain.questions:
            offers = [chain.offers[listing_id] for listing_id in question.listing_ids]
            rows.append(
                OpenQuestion(
                    question.kind,
                    chain.property_id,
                    " ".join(f"{offer.source}:{offer.source_id}" for offer in offers),
                    question.words,
                    offers[-1].city,
                    offers[-1].title,
                    chain.urls[offers[-1].listing_id],
                )
            )
    rows.sort(key=lambda row: (row.kind, row.property_id, row.listings))
    observed = observed_range(connection, filters.sources, then.sightings if then else None)
    return Questions(rows, limit, observed, note_links(connection, then))
