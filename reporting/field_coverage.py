"""Of how many listings each field is known, source by source: what a parser reads, and what a site tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, func, select

from reporting.tables import Column, Shape, Table
from store.rows import FACT, LISTING, SAID
from store.terms import Currency, FactKind


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of one source. A fact is known where a notice answers its question, in whatever way."""

    source: str
    field: str
    listings: int
    known: int
    known_percent: Decimal
    currency: Currency | None = None


@dataclass(frozen=True, slots=True)
class FieldCoverage:
    """Every field of every source that has listings."""

    rows: tuple[FieldRow, ...]

    def table(self) -> Table:
        """The rows; fields of which nothing is known are in files only."""
        return Table(
            columns=(
                Column("source", Shape.WORD, "source"),
                Column("field", Shape.WORD, "field"),
                Column("listings", Shape.COUNT, "listings"),
                Column("known", Shape.COUNT, "known"),
                Column("known_percent", Shape.PERCENT, "known %"),
            ),
            rows=self.rows,
            measure="known: listings whose current state holds the field; fact: listings of which a notice answers it",
            noun="fields",
        )


def field_coverage(connection: Connection) -> FieldCoverage:
    """Counted from the bits that each listing carries: no state is read."""
    known: dict[str, dict[int, int]] = {}
    counted = select(LISTING.c.source, LISTING.c.known, func.count()).group_by(LISTING.c.source, LISTING.c.known)
    for source, bits, count in connection.execute(counted):
        known.setdefault(source, {})[bits] = count
    facts = {
        (source, kind): count
        for source, kind, count in connection.execute(
            select(FACT.c.source, FACT.c.kind, func.count(FACT.c.source_id.distinct())).group_by(
                FACT.c.source, FACT.c.kind
            )
        )
    }
    return FieldCoverage(tuple(row for source in sorted(known) for row in _rows(source, known[source], facts)))


def _rows(source: str, known: dict[int, int], facts: dict[tuple[str, FactKind], int]) -> Iterator[FieldRow]:
    listings = sum(known.values())
    for place, field in enumerate(SAID):
        yield _row(source, field, listings, sum(count for bits, count in known.items() if bits >> place & 1))
    for kind in FactKind:
        yield _row(source, f"fact {kind}", listings, facts.get((source, kind), 0))


def _row(source: str, field: str, listings: int, known: int) -> FieldRow:
    return FieldRow(source, field, listings, known, round(Decimal(known * 100) / listings, 1))
