"""What does not add up in the chain of one home: questions to look into, never bargains (domain.md, sections 2 and 5).

Under a band of a court listing stands a misread page, a new appraisal, another procedure or another seller. Where the
law has no bands, nothing here asks about them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from store.statement import Minor
from store.terms import AppraisalScope, RoundKind, RoundLink, RoundStatus
from tracking.cuts import (
    HUNDREDTH,
    base_step_of,
    floor_by_appraisal,
    floor_by_round_before,
    is_comparable,
    lot_of,
)
from tracking.law import dated_at, jurisdiction_of, months_after
from tracking.offers import Offer
from tracking.rounds import Step, do_overlap, is_long_after, is_other_case

NO_DATES: Mapping[int, date] = {}
OPEN = frozenset((RoundStatus.UPCOMING, RoundStatus.ONGOING))
FALLING_PRICES = frozenset((RoundKind.DUTCH_AUCTION, RoundKind.TENDER, RoundKind.DIRECT_SALE, RoundKind.PRIVATE_TREATY))
SLACK = Decimal("0.001")
"""Of a floor: starts and appraisals are published rounded to whole yuan, or to 0.01 万."""


class QuestionKind(StrEnum):
    """What is asked."""

    UNDER_FLOOR = "under_floor"  # the start is under the lawful share of the appraisal
    OVER_CUT = "over_cut"  # cut further from the round before than the law allows
    STALE_APPRAISAL = "stale_appraisal"
    LOT_APPRAISAL = "lot_appraisal"  # the appraisal of a lot stands beside the price of one unit
    ROUND_CONTRADICTION = "round_contradiction"
    SOLD_UNDER_RESERVE = "sold_under_reserve"
    ON_AFTER_SALE = "on_after_sale"
    TWO_PRICES_AT_ONCE = "two_prices_at_once"


class Question(NamedTuple):
    """One question about one or two listings of a home. ``figures``: its numbers by name, money in minor units."""

    kind: QuestionKind
    words: str
    listing_ids: tuple[int, ...]
    figures: tuple[tuple[str, Minor | Decimal], ...] = ()


def questions_of(
    steps: Sequence[Step],
    offers: Iterable[Offer],
    *,
    appraised_on: Mapping[int, date] = NO_DATES,
    inexact: Collection[int] = frozenset(),
) -> list[Question]:
    """All questions about a chain, in its order.

    Args:
        steps: the chain as ``chain_rounds`` gives it.
        offers: those of the chain, in any order.
        appraised_on: by listing, the day of its appraisal, where the source tells it.
        inexact: listings whose page cuts its prices; these are not held against any band.
    """
    known = {offer.listing_id: offer for offer in offers}
    chain = [known[step.listing_id] for step in steps]
    questions: list[Question | None] = []
    for index, (step, offer) in enumerate(zip(steps, chain, strict=True)):
        if offer.listing_id not in inexact:
            questions += [ask_floor(step, offer), ask_cut(steps, index, known, inexact), ask_sale(offer)]
        questions += [
            ask_lot(offer),
            ask_appraisal_day(offer, chain[: index + 1], appraised_on.get(offer.listing_id)),
            ask_contradiction(step),
            ask_after_sale(step, offer, known),
        ]
    opened = [offer for offer in chain if offer.status in OPEN and offer.listing_id not in inexact]
    questions += [ask_prices(one, other) for one, other in combinations(opened, 2)]
    return [question for question in questions if question]


def is_doubtful(questions: Iterable[Question], listing_id: int | None = None) -> bool:
    """Whether anything is asked, of one listing or of any: what is a question is not a bargain."""
    return any(listing_id is None or listing_id in question.listing_ids for question in questions)


def ask_floor(step: Step, offer: Offer) -> Question | None:
    """A start under the least share of the appraisal that any law allows this round (case 8: 65 % in a first one)."""
    floor = floor_by_appraisal(step, offer)
    if floor is None or offer.starting_price is None or not _is_under(offer.starting_price, floor.price):
        return None
    share = _percent(offer.starting_price, offer.appraisal_price or offer.starting_price)
    words = f"starts at {share} % of the appraisal in round {step.place}; the least is {floor.rule}"
    figures = (("start", offer.starting_price), ("floor", floor.price), ("percent", share))
    return Question(QuestionKind.UNDER_FLOOR, words, (offer.listing_id,), figures)


def ask_cut(
    steps: Sequence[Step], index: int, offers: Mapping[int, Offer], inexact: Collection[int] = frozenset()
) -> Question | None:
    """A cut from the round before that is larger than the law allows (case 8: a second start 30 % under the first)."""
    step, base_step = steps[index], base_step_of(steps, index)
    if base_step is None or base_step.listing_id in inexact:
        return None
    offer, base = offers[step.listing_id], offers[base_step.listing_id]
    floor = floor_by_round_before(step, offer, base_step, base)
    if floor is None or not (offer.starting_price and base.starting_price):
        return None
    if not _is_under(offer.starting_price, floor.price):
        return None
    percent = 100 - _percent(offer.starting_price, base.starting_price)
    words = f"starts {percent} % under round {base_step.place}; the least is {floor.rule}"
    figures = (("start", offer.starting_price), ("floor", floor.price), ("percent", percent))
    return Question(QuestionKind.OVER_CUT, words, (base.listing_id, offer.listing_id), figures)


def ask_sale(offer: Offer) -> Question | None:
    """Sold for less than the start. Where a price falls until somebody takes it, or is bargained over, nothing odd."""
    if offer.status is not RoundStatus.SOLD or offer.round_kind in FALLING_PRICES:
        return None
    start, hammer = offer.starting_price, offer.hammer_price
    if not start or not hammer or hammer >= start:
        return None
    words = f"sold {100 - _percent(hammer, start)} % under its starting price"
    figures = (("start", start), ("hammer", hammer))
    return Question(QuestionKind.SOLD_UNDER_RESERVE, words, (offer.listing_id,), figures)


def ask_lot(offer: Offer) -> Question | None:
    """The appraisal is that of a lot, the price that of one unit (case 11), unless both fit the law of the round."""
    if offer.appraisal_scope is not AppraisalScope.LOT or not offer.appraisal_price or offer.price is None:
        return None
    if lot_of(offer)[1] > 1 or not (offer.unit_count == 1 or offer.parts.room or offer.parts.parking):
        return None
    law = jurisdiction_of(offer)
    share = law.least_share(len(law.stages)) if law.has_rounds else None
    if share is not None and offer.price >= offer.appraisal_price * share:
        return None
    words = "the appraisal is that of a whole lot, the price that of one unit"
    figures = (("price", offer.price), ("appraisal", offer.appraisal_price))
    return Question(QuestionKind.LOT_APPRAISAL, words, (offer.listing_id,), figures)


def ask_appraisal_day(offer: Offer, earlier: Sequence[Offer], appraised_on: date | None) -> Question | None:
    """An appraisal older than it may be even when extended, by its own day or because an old attempt showed it too."""
    rule, day = jurisdiction_of(offer).appraisal_validity, dated_at(offer)
    if rule is None or day is None:
        return None
    shown = [other for other in earlier if _is_same_appraisal(other, offer)]
    days = [when.date() for when in map(dated_at, shown) if when] + ([appraised_on] if appraised_on else [])
    oldest, months = min(days, default=day.date()), rule.value.months + rule.value.extension_months
    if day.date() <= months_after(oldest, months):
        return None
    words = f"the appraisal is of {oldest} or older; it holds {months} months at most ({rule.source})"
    figures = (("days", (day.date() - oldest).days),)
    return Question(QuestionKind.STALE_APPRAISAL, words, (offer.listing_id,), figures)


def ask_contradiction(step: Step) -> Question | None:
    """The published round is not the derived place."""
    if step.contradiction is None:
        return None
    ids = (step.listing_id,) if step.previous_listing_id is None else (step.previous_listing_id, step.listing_id)
    return Question(QuestionKind.ROUND_CONTRADICTION, step.contradiction, ids, (("place", step.place),))


def ask_after_sale(step: Step, offer: Offer, offers: Mapping[int, Offer]) -> Question | None:
    """Offered again after a sale, and nothing tells of a default, another case, another seller or long after."""
    if step.link is not RoundLink.NEW_PROCEDURE or step.previous_listing_id is None:
        return None
    before = offers[step.previous_listing_id]
    if before.status is not RoundStatus.SOLD or before.seller_kind is not offer.seller_kind:
        return None
    if is_other_case(before, offer) or is_long_after(before, offer, jurisdiction_of(before)):
        return None
    words = "offered again after a sale; the buyer may not have paid, or these are two homes"
    return Question(QuestionKind.ON_AFTER_SALE, words, (before.listing_id, offer.listing_id))


def ask_prices(one: Offer, other: Offer) -> Question | None:
    """Two open listings of one home at once, each with its own price."""
    if one.price is None or other.price is None or one.price == other.price:
        return None
    if not is_comparable(one, other) or not do_overlap(one, other):
        return None
    low, high = sorted((one.price, other.price))
    words = "open at the same time at two prices"
    figures = (("low", low), ("high", high))
    return Question(QuestionKind.TWO_PRICES_AT_ONCE, words, (one.listing_id, other.listing_id), figures)


def _is_same_appraisal(one: Offer, other: Offer) -> bool:
    """Equal but for rounding, in one currency: 151.58752 and 151.5875 万 are one appraisal."""
    if not one.appraisal_price or not other.appraisal_price or one.currency is not other.currency:
        return False
    return abs(one.appraisal_price - other.appraisal_price) * 10_000 <= max(one.appraisal_price, other.appraisal_price)


def _is_under(price: Minor, floor: Minor) -> bool:
    return price < floor * (1 - SLACK)


def _percent(part: Minor, whole: Minor) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(HUNDREDTH)
