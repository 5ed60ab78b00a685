"""What one home is offered for, beside four prices that are not the same: appraisal, comparable homes, market, highest.

Each discount has a name of its own and says what it is measured against and how many prices that is. None is ever put
in the place of another.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from reporting.attempts import Attempt
from reporting.buyer.comparables import Comparables, Comparison
from reporting.buyer.facts import NO_FACTS, Facts, load_facts
from reporting.buyer.ground import WHOLE, Ground, Site, is_whole_home, standing_price, unit_price_of
from reporting.buyer.histories import History, load_histories
from reporting.buyer.market import Quotes, load_quotes, market_price_of
from reporting.filters import Filters, day_of
from reporting.money import percent_of
from store.statement import Minor
from store.terms import Answer, AppraisalKind, FactKind
from tracking.cuts import Cut, appraisal_of
from tracking.questions import QuestionKind

NOMINAL_SHARE = Decimal("0.1")
"""A price under this share of every price beside it only opens the bidding (1元起拍), or was misread (prior)."""

NOMINAL = "nominal_price"
INSUFFICIENT = "insufficient data"
NOT_COMPARABLE = "not comparable"
"""A share, land or a lot; or area, kind or city is not known."""

TAG_OF_FACT = {
    FactKind.LEASED: "leased",
    FactKind.OCCUPIED: "occupied",
    FactKind.BUYER_BEARS_ALL_TAXES: "buyer pays all taxes",
}
TAG_OF_QUESTION = {
    QuestionKind.STALE_APPRAISAL: "stale appraisal",
    QuestionKind.UNDER_FLOOR: "below floor",
    QuestionKind.OVER_CUT: "below floor",
    QuestionKind.LOT_APPRAISAL: "appraisal of a lot",
}
APPRAISAL_WORDS = {
    AppraisalKind.NEGOTIATED: "agreed price",
    AppraisalKind.DIRECTED_INQUIRY: "inquired price",
    AppraisalKind.ONLINE_INQUIRY: "online inquiry",
    AppraisalKind.APPRAISAL: "appraisal",
}


class Discount(NamedTuple):
    """How far a price is under another, in percent of that other; below 0 it is over.

    ``percent`` and ``against`` are ``None`` where there is nothing, or too little, to compare with. ``price_count``:
    how many prices the other one is made of, or would be. ``words``: what it is. ``against`` is a price of the whole
    home; for comparable homes of a square metre.
    """

    percent: Decimal | None = None
    against: Minor | None = None
    price_count: int | None = None
    words: str = ""
    on: date | None = None


NO_DISCOUNT = Discount()


@dataclass(frozen=True, slots=True)
class Valuation:
    """One listing with its four discounts. ``doubts`` are what keeps it from being a bargain."""

    attempt: Attempt
    site: Site
    price: Minor | None
    unit_price: Minor | None
    to_appraisal: Discount
    to_comparables: Discount
    to_market: Discount
    to_highest: Discount
    tags: tuple[str, ...]
    doubts: tuple[str, ...]
    facts: Facts
    history: History

    @property
    def is_part_or_lot(self) -> bool:
        """A share of the ownership or several units: another thing than one whole home."""
        return self.site.share != WHOLE or self.site.unit_count > 1


class Compares(Protocol):
    """What knows comparable homes: ``Comparables``, or another way to look them up."""

    def compare(self, attempt: Attempt) -> Comparison | None:
        """The homes that one is compared with; ``None`` where it compares with nothing by what is known of it."""


@dataclass(frozen=True, slots=True)
class Valuer:
    """Gives the valuations of the listings that it was loaded for."""

    ground: Ground
    comparables: Compares
    quotes: Quotes
    facts: Mapping[int, Facts]
    histories: Mapping[int, History]

    def value(self, attempt: Attempt) -> Valuation:
        """The valuation of one of these listings."""
        ground, offer = self.ground, attempt.offer
        site, price = ground.site_of(attempt), standing_price(attempt)
        history, facts = self.histories[offer.listing_id], self.facts.get(offer.listing_id, NO_FACTS)
        is_priced = price is not None and offer.floor_area and is_whole_home(offer, site)
        discounts = (
            to_appraisal(attempt, price),
            self._to_comparables(attempt, price),
            self._to_market(attempt, price),
            to_highest(history, attempt, price),
        )
        return Valuation(
            attempt,
            site,
            price,
            unit_price_of(price, offer.floor_area) if is_priced and price and offer.floor_area else None,
            *discounts,
            tags_of(site, facts, history),
            doubts_of(history, discounts),
            facts,
            history,
        )

    def _to_comparables(self, attempt: Attempt, price: Minor | None) -> Discount:
        found, area = self.comparables.compare(attempt), attempt.offer.floor_area
        if found is None or price is None or not area:
            return Discount(words=NOT_COMPARABLE)
        if found.unit_price is None:
            return Discount(price_count=found.home_count, words=INSUFFICIENT)
        percent = percent_of(found.unit_price - unit_price_of(price, area), found.unit_price)
        return Discount(percent, found.unit_price, found.home_count, found.words)

    def _to_market(self, attempt: Attempt, price: Minor | None) -> Discount:
        market = market_price_of(self.ground, attempt, self.quotes)
        if market is None or price is None:
            return NO_DISCOUNT
        return Discount(
            percent_of(market.amount - price, market.amount), market.amount, market.price_count, market.words
        )


def load_valuer(
    connection: Connection,
    ground: Ground,
    attempts: Collection[Attempt],
    filters: Filters,
    comparables: Compares | None = None,
) -> Valuer:
    """What is needed to value these listings, as known at the filters' day.

    ``comparables``: where comparable homes are looked up; those of the ground where ``None``.
    """
    return Valuer(
        ground,
        comparables or Comparables(ground),
        load_quotes(connection, filters.before),
        load_facts(connection, {attempt.offer.listing_id for attempt in attempts}, filters.before),
        load_histories(connection, attempts, filters, ground.then),
    )


def to_appraisal(attempt: Attempt, price: Minor | None) -> Discount:
    """Under the appraisal or another reference price of the court; never that of a lot beside the price of a unit."""
    appraisal, further = appraisal_of(attempt.offer), attempt.further
    if not appraisal or price is None:
        return NO_DISCOUNT
    words = APPRAISAL_WORDS[further.appraisal_kind] if further.appraisal_kind else "appraisal"
    return Discount(percent_of(appraisal - price, appraisal), appraisal, 1, words, further.appraisal_on)


def to_highest(history: History, attempt: Attempt, price: Minor | None) -> Discount:
    """Under the highest price that the same home was ever offered for before; nothing where it was never dearer."""
    step = history.step(attempt.offer.listing_id)
    cut = step.since_highest_ever if step else None
    if cut is None or price is None or cut.since_price <= price:
        return NO_DISCOUNT
    words = f"highest of {history.listings} listings of the home"
    percent = percent_of(cut.since_price - price, cut.since_price)
    return Discount(percent, cut.since_price, history.listings, words, _asked_on(history, cut))


def _asked_on(history: History, cut: Cut) -> date | None:
    """The day from which the highest price was asked, where it still is the highest of the home."""
    highest = history.cuts.highest
    if highest is None or highest.asked_at is None or highest[:2] != (cut.since_listing_id, cut.since_price):
        return None
    return day_of(highest.asked_at)


def tags_of(site: Site, facts: Facts, history: History) -> tuple[str, ...]:
    """What makes a home cheap for a reason, in a fixed order."""
    tags = [f"share {site.share}"] if site.share != WHOLE else []
    if site.unit_count > 1:
        tags.append(f"lot of {site.unit_count}")
    tags += [tag for kind, tag in TAG_OF_FACT.items() if kind in facts and facts[kind].answer is Answer.YES]
    tags += [TAG_OF_QUESTION[each.kind] for each in history.questions if each.kind in TAG_OF_QUESTION]
    return tuple(dict.fromkeys(tags))


def doubts_of(history: History, discounts: Collection[Discount]) -> tuple[str, ...]:
    """The kinds of the questions about the home, and whether its price is one at all."""
    doubts = [question.kind.value for question in history.questions]
    told = [discount.percent for discount in discounts if discount.percent is not None]
    if told and max(told) > 100 * (1 - NOMINAL_SHARE):
        doubts.append(NOMINAL)
    return tuple(dict.fromkeys(doubts))
