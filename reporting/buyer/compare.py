"""The compare report: listings or homes side by side; rows are facts, each home is a column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple

from sqlalchemy import Connection

from reporting.buyer.comparables import COMPARABLE_MEANS
from reporting.buyer.facts import Said
from reporting.buyer.ground import Ground, find_attempt, load_ground
from reporting.buyer.market import MARKET_MEANS
from reporting.buyer.valuation import Discount, Valuation, load_valuer
from reporting.buyer.zones import local_text, zone_of
from reporting.errors import WrongFilter
from reporting.filters import Filters
from reporting.money import amount_of
from reporting.render import clean, money_text
from reporting.tables import Column, Shape, Table
from store.statement import CentiSqm, Minor
from store.terms import FactKind

MOST = 6
LINE = 66
"""Cells that the columns share before the first takes more: on a terminal of 100 they are of one width."""

MEASURE = "compare: what is known of each that day, side by side; empty is not known, never none"


class Cell(NamedTuple):
    """One fact of one home: the value for files, and the words for people where they differ."""

    value: object = None
    words: str | None = None

    @property
    def text(self) -> str:
        """What a table shows."""
        if self.words is not None:
            return self.words
        return "" if self.value is None else str(self.value)


EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer. ``rows`` have ``fact``, and for each home its value and, for tables, its words."""

    valued: Sequence[Valuation]
    rows: Sequence[SimpleNamespace]
    ground: Ground

    def table(self) -> Table:
        """The report as rows and columns; what the notices say in their own words beneath."""
        columns = [Column("fact", Shape.WORD, "fact")]
        least = LINE // len(self.valued)
        for number, each in enumerate(self.valued, 1):
            columns.append(Column(f"words {number}", Shape.TEXT, clean(name_of(each)), is_in_file=False, least=least))
            columns.append(Column(name_of(each), Shape.TEXT, is_in_table=False))
        notes = [COMPARABLE_MEANS, MARKET_MEANS, *self._quotes(), *self.ground.unlinked_notes()]
        return Table(columns, self.rows, MEASURE, "facts", None, None, None, notes)

    def _quotes(self) -> Iterator[str]:
        for each in self.valued:
            for kind in FactKind:
                if kind in each.facts:
                    yield f"{clean(name_of(each))}, {kind.value}: “{clean(each.facts[kind].quote)}”"


def compare(connection: Connection, names: Sequence[str], filters: Filters) -> Comparison:
    """Two to six listings (SOURCE:ID) or homes (a number: its last attempt) side by side.

    Raises:
        WrongFilter: fewer than two or more than six are named, or one of them twice.
        UnknownListing: there is none of this name.
        NotKnownThen: it was seen first after the day that was asked for.
    """
    ground = load_ground(connection, filters)
    attempts = [find_attempt(connection, ground, name) for name in names]
    if not 2 <= len(attempts) <= MOST:
        raise WrongFilter(f"compare takes two to {MOST} listings or homes, not {len(attempts)}")
    if len({attempt.offer.listing_id for attempt in attempts}) < len(attempts):
        raise WrongFilter("compare: the same listing is named twice")
    valuer = load_valuer(connection, ground, attempts, filters)
    valued = [valuer.value(attempt) for attempt in attempts]
    told = [dict(_facts(ground, each)) for each in valued]
    return Comparison(valued, [_row(valued, told, fact) for fact in told[0]], ground)


def name_of(valued: Valuation) -> str:
    """SOURCE:ID, as other commands take it; with the generation where the id was another thing's before."""
    source, source_id, generation = valued.attempt.offer.key
    return f"{source}:{source_id}:{generation}" if generation > 1 else f"{source}:{source_id}"


def _row(valued: Sequence[Valuation], told: Sequence[dict[str, Cell]], fact: str) -> SimpleNamespace:
    row = SimpleNamespace(fact=fact, currency=None)
    for number, (each, cells) in enumerate(zip(valued, told, strict=True), 1):
        setattr(row, f"words {number}", cells[fact].text)
        setattr(row, name_of(each), cells[fact].value)
    return row


def _facts(ground: Ground, valued: Valuation) -> Iterator[tuple[str, Cell]]:
    """Every fact in its order; the same for each home."""
    offer, further = valued.attempt.offer, valued.attempt.further
    yield "home", Cell(valued.attempt.property_id)
    yield "title", Cell(offer.title)
    yield "kind", Cell(offer.property_kind)
    yield "city", Cell(offer.city)
    yield "district", Cell(offer.district)
    yield "compound", Cell(valued.site.compound)
    yield "area", _area(offer.floor_area)
    yield "floor", Cell(further.floor)
    yield "built", Cell(further.built_year)
    yield "share", Cell(valued.site.share, "whole" if valued.site.share == "1" else valued.site.share)
    yield "units", Cell(valued.site.unit_count)
    yield from _prices(valued)
    yield "round", Cell(offer.round_kind)
    yield "status", Cell(offer.status)
    yield "outcome", Cell(valued.attempt.outcome)
    zone = zone_of(offer)
    for name, at in (("starts", offer.starts_at), ("ends", offer.ends_at)):
        yield name, Cell(at, f"{local_text(at, zone)} {zone}" if at else None)
    yield "seller", Cell(offer.seller_name)
    yield "listings of the home", Cell(valued.history.listings)
    yield "tags", Cell(", ".join(valued.tags))
    yield "doubts", Cell(", ".join(valued.doubts))
    for kind in FactKind:
        yield kind.value.replace("_", " "), _said(valued.facts.get(kind))
    yield "last seen", Cell(ground.seen_at[offer.listing_id], local_text(ground.seen_at[offer.listing_id], zone))
    yield "url", Cell(further.url)


def _prices(valued: Valuation) -> Iterator[tuple[str, Cell]]:
    offer, further = valued.attempt.offer, valued.attempt.further
    yield "currency", Cell(offer.currency)
    yield "price", _money(valued, valued.price)
    yield "price of a sqm", _money(valued, valued.unit_price)
    yield "deposit", _money(valued, further.deposit)
    yield "hammer price", _money(valued, offer.hammer_price)
    names = ("appraisal", "comparable homes", "market price", "highest price")
    discounts = (valued.to_appraisal, valued.to_comparables, valued.to_market, valued.to_highest)
    for name, discount in zip(names, discounts, strict=True):
        yield name, _money(valued, discount.against)
        yield f"discount to {name}", _discount(discount)
    step = valued.history.step(offer.listing_id)
    yield "least lawful start", _money(valued, step.floor.price if step and step.floor else None)


def _discount(discount: Discount) -> Cell:
    """The percentage, and beside it what it is against and of how many prices."""
    against = " ".join(filter(None, (discount.words, discount.on.isoformat() if discount.on else "")))
    number = f", n = {discount.price_count}" if discount.price_count is not None else ""
    if discount.percent is None:
        return Cell(None, f"{against}{number}")
    return Cell(discount.percent, f"{discount.percent:,.1f}% ({against}{number})")


def _money(valued: Valuation, minor: Minor | None) -> Cell:
    currency = valued.attempt.offer.currency
    if minor is None:
        return EMPTY
    amount = amount_of(minor, currency)
    return Cell(amount, money_text(amount, currency))


def _area(area: CentiSqm | None) -> Cell:
    return EMPTY if area is None else Cell(Decimal(area) / 100, f"{Decimal(area) / 100} sqm")


def _said(said: Said | None) -> Cell:
    return EMPTY if said is None else Cell(said.answer, f"{said.answer.value.replace('_', ' ')}: {clean(said.quote)}")
