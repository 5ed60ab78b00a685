"""The deals report: open offers with four discounts, each against its own price; what is doubtful stands below."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Connection

from reporting.attempts import Attempt, Outcome
from reporting.buyer.comparables import COMPARABLE_MEANS
from reporting.buyer.ground import (
    SEEN_WITHIN,
    Ground,
    gone_listings,
    is_admitted,
    load_ground,
    standing_price,
)
from reporting.buyer.market import MARKET_MEANS
from reporting.buyer.valuation import INSUFFICIENT, Valuation, load_valuer
from reporting.filters import CLAIMS_LEFT_OUT, Filters
from reporting.money import amount_of, told_amount
from reporting.seen import is_likely_over
from reporting.tables import Column, Shape, Table
from store.read import observed_range
from store.terms import AppraisalKind, Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

MEASURE = (
    "deals: open offers, one for each home; price: the standing bid, else the offered price; each discount is "
    "1 - price / the price that heads its column"
)


class DiscountTo(StrEnum):
    """The four discounts, by what they are measured against."""

    APPRAISAL = "appraisal"
    COMPARABLES = "comparables"
    MARKET = "market"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True)
class DealQuestion:
    """What is asked. ``by``: the discount that orders the rows; the others never take its place."""

    filters: Filters = field(default_factory=Filters)
    by: DiscountTo = DiscountTo.APPRAISAL
    seen_within: int = SEEN_WITHIN.days
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class Deal:
    """One open offer. Amounts in whole units of ``currency``; unit prices of a square metre of building area.

    ``comparable_against`` holds "insufficient data" where fewer than 5 homes compare; ``doubts`` the kinds of the
    questions about the home.
    """

    listing: str
    property_id: int | None
    price: Decimal
    currency: Currency | None
    unit_price: Decimal | None
    appraisal_discount_percent: Decimal | None
    appraisal_price: Decimal | None
    appraisal_kind: AppraisalKind | None
    appraisal_on: date | None
    comparable_discount_percent: Decimal | None
    comparable_unit_price: Decimal | None
    comparable_count: int | None
    comparable_against: str
    market_discount_percent: Decimal | None
    market_price: Decimal | None
    market_count: int | None
    market_against: str
    highest_discount_percent: Decimal | None
    highest_price: Decimal | None
    highest_count: int | None
    highest_on: date | None
    tags: str
    doubts: str
    round_kind: RoundKind | None
    status: RoundStatus | None
    starts_at: datetime | None
    ends_at: datetime | None
    last_seen_at: datetime
    seller_kind: SellerKind | None
    property_kind: PropertyKind | None
    city: str | None
    district: str | None
    title: str | None
    url: str | None

    @property
    def comparable_shown(self) -> str:
        """The discount to comparable homes and their number, or that they are too few, for people."""
        if self.comparable_discount_percent is not None:
            return f"{self.comparable_discount_percent:.1f}% ({self.comparable_count})"
        return "" if self.comparable_count is None else f"{INSUFFICIENT} ({self.comparable_count})"


COLUMNS = (
    Column("price", Shape.MONEY, "price"),
    Column("appraisal_discount_percent", Shape.PERCENT, "appraisal"),
    Column("comparable_shown", Shape.WORD, "homes alike (n)", is_in_file=False),
    Column("comparable_discount_percent", Shape.PERCENT, is_in_table=False),
    Column("comparable_count", Shape.COUNT, is_in_table=False),
    Column("comparable_against", Shape.TEXT, "which", room=8, least=17),
    Column("market_discount_percent", Shape.PERCENT, "market", room=2),
    Column("market_against", Shape.TEXT, "whose", room=9, least=12),
    Column("highest_discount_percent", Shape.PERCENT, "highest", room=3),
    Column("tags", Shape.TEXT, "tags", least=12),
    Column("doubts", Shape.TEXT, "doubts", least=12),
    Column("starts_at", Shape.DAY, "start", room=6),
    Column("round_kind", Shape.WORD, "round", room=10),
    Column("city", Shape.TEXT, "city", room=7, least=6),
    Column("listing", Shape.WORD, "listing"),
    Column("title", Shape.TEXT, "title", room=4, least=16),
    *(
        Column(name, Shape.TEXT, is_in_table=False)
        for name in (
            *("property_id", "currency", "unit_price", "appraisal_price", "appraisal_kind", "appraisal_on"),
            *("comparable_unit_price", "market_price", "market_count", "highest_price", "highest_count", "highest_on"),
            *("status", "ends_at", "last_seen_at", "seller_kind", "property_kind", "district", "url"),
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Deals:
    """The answer. ``left_out``: why open offers are not among the rows, with their number."""

    rows: Sequence[Deal]
    question: DealQuestion
    left_out: Counter[str]
    observed: tuple[datetime, datetime] | None
    notes: Sequence[str] = ()

    def table(self) -> Table:
        """The report as rows and columns."""
        first, last = self.observed or (None, None)
        doubtful = sum(bool(row.doubts) for row in self.rows)
        notes = [f"ordered by the discount to: {self.question.by}", COMPARABLE_MEANS, MARKET_MEANS]
        if doubtful:
            notes.append(f"{doubtful:,} are doubtful and stand below all others: fapai report questions tells why")
        notes += [f"left out: {count:,} {why}" for why, count in sorted(self.left_out.items())]
        return Table(
            self._columns(), self.rows, MEASURE, "open offers", first, last, self.question.limit, [*notes, *self.notes]
        )

    def _columns(self) -> list[Column]:
        """In a table for people a column that no row fills leaves its room to others."""
        shown = self.rows[: self.question.limit]
        empty = {column.name for column in COLUMNS if shown and not any(getattr(row, column.name) for row in shown)}
        return [replace(column, is_in_table=False) if column.name in empty else column for column in COLUMNS]


def find_deals(connection: Connection, question: DealQuestion) -> Deals:
    """Every open offer that is asked for: clean ones first, then shares and lots, then what is doubtful."""
    filters = question.filters
    ground = load_ground(connection, filters)
    left_out: Counter[str] = Counter()
    offers = _open_offers(connection, ground, question, left_out)
    valuer = load_valuer(connection, ground, offers, filters)
    valued = [valuer.value(attempt) for attempt in offers]
    kept = [each for each in valued if _is_asked_for(each, filters)]
    kept.sort(key=lambda each: _order(each, question.by))
    rows = [_deal(ground, each) for each in kept]
    observed = observed_range(connection, filters.sources, ground.sightings)
    return Deals(rows, question, left_out, observed, [*ground.unlinked_notes(), *filters.price_notes()])


def _open_offers(
    connection: Connection, ground: Ground, question: DealQuestion, left_out: Counter[str]
) -> list[Attempt]:
    """Of each home the last open attempt that the filters admit; a twin elsewhere gives way to the first.

    What is missing from its source gives way to an attempt that still stands; alone it is left out.
    """
    filters, opened = question.filters, []
    oldest = ground.now - timedelta(days=question.seen_within)
    asked = [
        [each for each in home if each.outcome is Outcome.OPEN and is_admitted(ground, each, filters)]
        for home in ground.homes
    ]
    gone = gone_listings(connection, [each for stands in asked for each in stands], ground.now)
    for stands in asked:
        homes = [each for each in stands if not filters.leaves_out(each.offer.property_kind)]
        if len(homes) < len(stands):
            left_out[CLAIMS_LEFT_OUT] += len(stands) - len(homes)
        if not homes:
            continue
        here = [each for each in homes if each.offer.listing_id not in gone] or homes
        last = next((each for each in reversed(here) if each.is_own_round), here[-1])
        if not standing_price(last):
            left_out["without a price"] += 1
        elif ground.seen_at[last.offer.listing_id] < oldest:
            left_out[f"not seen in the {question.seen_within} days before"] += 1
        elif is_likely_over(last.offer, ground.now):
            left_out["begun too long ago to be open, their end not told"] += 1
        elif last.offer.listing_id in gone:
            left_out["missing from their source"] += 1
        else:
            opened.append(last)
    return opened


def _is_asked_for(valued: Valuation, filters: Filters) -> bool:
    """By its price, and by its cut from the highest one."""
    currency = valued.attempt.offer.currency
    price = amount_of(valued.price or 0, currency)
    if not filters.is_within_price(price, currency):
        return False
    if filters.min_cut is None:
        return True
    highest = valued.to_highest.against
    if highest is None:
        return False
    earlier = amount_of(highest, currency)
    return filters.min_cut.is_reached(earlier - price, earlier, currency)


def discount_by(valued: Valuation, by: DiscountTo) -> Decimal | None:
    """The discount of that name."""
    match by:
        case DiscountTo.APPRAISAL:
            return valued.to_appraisal.percent
        case DiscountTo.COMPARABLES:
            return valued.to_comparables.percent
        case DiscountTo.MARKET:
            return valued.to_market.percent
        case DiscountTo.HIGHEST:
            return valued.to_highest.percent


def _order(valued: Valuation, by: DiscountTo) -> tuple[int, bool, Decimal, tuple[str, str, int]]:
    percent = discount_by(valued, by)
    tier = 2 if valued.doubts else 1 if valued.is_part_or_lot else 0
    return tier, percent is None, -(percent or Decimal(0)), valued.attempt.offer.key


def _deal(ground: Ground, valued: Valuation) -> Deal:
    offer, further, currency = valued.attempt.offer, valued.attempt.further, valued.attempt.offer.currency
    appraisal, comparables = valued.to_appraisal, valued.to_comparables
    market, highest = valued.to_market, valued.to_highest
    return Deal(
        listing=f"{offer.source}:{offer.source_id}",
        property_id=valued.attempt.property_id,
        price=amount_of(valued.price or 0, currency),
        currency=currency,
        unit_price=told_amount(valued.unit_price, currency),
        appraisal_discount_percent=appraisal.percent,
        appraisal_price=told_amount(appraisal.against, currency),
        appraisal_kind=further.appraisal_kind,
        appraisal_on=appraisal.on,
        comparable_discount_percent=comparables.percent,
        comparable_unit_price=told_amount(comparables.against, currency),
        comparable_count=comparables.price_count,
        comparable_against=comparables.words,
        market_discount_percent=market.percent,
        market_price=told_amount(market.against, currency),
        market_count=market.price_count,
        market_against=market.words,
        highest_discount_percent=highest.percent,
        highest_price=told_amount(highest.against, currency),
        highest_count=highest.price_count,
        highest_on=highest.on,
        tags=", ".join(valued.tags),
        doubts=", ".join(valued.doubts),
        round_kind=offer.round_kind,
        status=offer.status,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        last_seen_at=ground.seen_at[offer.listing_id],
        seller_kind=offer.seller_kind,
        property_kind=offer.property_kind,
        city=offer.city,
        district=offer.district,
        title=offer.title,
        url=further.url,
    )
