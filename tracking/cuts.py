"""How far the price of one home has come down, and how far the law lets it go (domain.md, sections 2 and 3).

Four cuts with four names: since the last observation, the last round, the first round, and the highest ever. Only
what is alike is compared: one currency, homes or claims, one share of the ownership, as many units, and prices told
exactly.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import NamedTuple

from store.statement import Minor
from store.terms import NO_HOMES, AppraisalScope, Currency, RoundKind, RoundStatus
from tracking.law import Jurisdiction, dated_at, jurisdiction_of
from tracking.offers import Offer
from tracking.price_changes import PriceChange
from tracking.rounds import Step, counted_round

HUNDREDTH = Decimal("0.01")
SETTLED = frozenset(
    (
        RoundStatus.SOLD,
        RoundStatus.TAKEN_BY_CREDITOR,
        RoundStatus.DEFAULTED,
        RoundStatus.TERMINATED,
        RoundStatus.WITHDRAWN,
    )
)
NO_CHANGES: Mapping[int, Sequence[PriceChange]] = {}


class Price(NamedTuple):
    """What a listing asked from a moment on; ``asked_at`` is ``None`` where no source dates the attempt."""

    listing_id: int
    amount: Minor
    asked_at: datetime | None


class Cut(NamedTuple):
    """From an earlier price to the present one, in minor units; below 0 it is a rise.

    ``percent`` of the earlier price, to two digits. ``days`` lie between the two; ``None`` where one is undated.
    """

    since_listing_id: int
    since_price: Minor
    amount: Minor
    percent: Decimal
    days: int | None


class Floor(NamedTuple):
    """The least lawful start of a round. ``distance``: how far the start is above; below 0 it is under.

    ``base_listing_id``: the listing of the round before, or ``None`` where the appraisal sets the floor.
    """

    price: Minor
    distance: Minor
    base_listing_id: int | None
    rule: str


class NextRound(NamedTuple):
    """What comes if this round fails. ``None`` is what the law leaves open or nobody has told."""

    kind: RoundKind
    lowest_price: Minor | None
    highest_price: Minor
    earliest_on: date | None
    rule: str


class StepCuts(NamedTuple):
    """The price of one step against those before it.

    ``is_lowest_ever``: nothing comparable before it was cheaper, and something was dearer.
    """

    listing_id: int
    currency: Currency | None
    price: Minor | None
    since_last_observation: Cut | None
    since_last_round: Cut | None
    since_first_round: Cut | None
    since_highest_ever: Cut | None
    is_lowest_ever: bool
    floor: Floor | None
    next_round: NextRound | None


class ChainCuts(NamedTuple):
    """All steps of a home in order; the last one with a price; its dearest and cheapest comparable prices."""

    steps: tuple[StepCuts, ...]
    present: StepCuts | None
    highest: Price | None
    lowest: Price | None


def chain_cuts(
    steps: Sequence[Step],
    offers: Iterable[Offer],
    *,
    changes: Mapping[int, Sequence[PriceChange]] = NO_CHANGES,
    inexact: Collection[int] = frozenset(),
) -> ChainCuts:
    """The cuts of a chain.

    Args:
        steps: the chain as ``chain_rounds`` gives it.
        offers: those of the chain, in any order.
        changes: by listing, how its own price changed, in order of time (``price_changes``).
        inexact: listings whose page cuts its prices; they are compared with nothing.
    """
    chain = _Chain(steps, {offer.listing_id: offer for offer in offers}, changes, frozenset(inexact))
    told = tuple(chain.cuts_of(index) for index in range(len(steps)))
    present = next((each for each in reversed(told) if each.price is not None), None)
    prices = chain.prices_like(present.listing_id) if present else []
    highest = max(prices, key=lambda price: price.amount, default=None)
    return ChainCuts(told, present, highest, min(prices, key=lambda price: price.amount, default=None))


def cut_between(earlier: Price, later: Price) -> Cut:
    """The cut from one price to another, of which the caller knows that they compare."""
    amount = earlier.amount - later.amount
    percent = (Decimal(100 * amount) / earlier.amount).quantize(HUNDREDTH, ROUND_HALF_EVEN)
    days = None
    if earlier.asked_at is not None and later.asked_at is not None:
        days = (later.asked_at - earlier.asked_at) // timedelta(days=1)
    return Cut(earlier.listing_id, earlier.amount, amount, percent, days)


def is_comparable(one: Offer, other: Offer) -> bool:
    """One known currency, one share of the ownership, as many units. What says nothing of these is one whole home.

    A claim compares with claims alone: it asks for many times what the home asks that secures it.
    """
    return one.currency is not None and _compared_by(one) == _compared_by(other)


def _compared_by(offer: Offer) -> tuple[Currency | None, tuple[str, int], bool]:
    return offer.currency, lot_of(offer), offer.property_kind in NO_HOMES


def lot_of(offer: Offer) -> tuple[str, int]:
    """The share of the ownership ("1" is the whole) and the number of units that an offer is for."""
    parts = offer.parts
    return offer.share or parts.share or "1", offer.unit_count or parts.unit_count or len(parts.members) or 1


def appraisal_of(offer: Offer) -> Minor | None:
    """The appraisal, where it is for what is offered: not that of a lot beside the price of one unit."""
    if offer.appraisal_scope is AppraisalScope.LOT and lot_of(offer)[1] == 1:
        return None
    return offer.appraisal_price or None


def floor_by_appraisal(step: Step, offer: Offer) -> Floor | None:
    """The least start by the appraisal. Where nobody tells the round, the floor of the last round there can be."""
    law, price, appraisal = jurisdiction_of(offer), offer.starting_price, appraisal_of(offer)
    if not price or not appraisal or law.least_first_share is None:
        return None
    is_told = step.place > 1 or counted_round(offer) is not None
    share = law.least_share(step.place if is_told else len(law.stages))
    if share is None:
        return None
    least = _rounded_down(appraisal * share)
    return Floor(least, price - least, None, f"{_percent(share)} of the appraisal: {law.least_first_share.source}")


def floor_by_round_before(step: Step, offer: Offer, base_step: Step, base: Offer) -> Floor | None:
    """The least start by that of an earlier round of the same procedure."""
    law, price = jurisdiction_of(offer), offer.starting_price
    if not price or not base.starting_price or not is_comparable(base, offer) or jurisdiction_of(base) is not law:
        return None
    ratio = law.least_ratio(base_step.place, step.place)
    if ratio is None:
        return None
    least, rule = _rounded_down(base.starting_price * ratio), law.cut_source(step.place)
    return Floor(least, price - least, base.listing_id, f"{_percent(ratio)} of round {base_step.place}: {rule}")


def base_step_of(steps: Sequence[Step], index: int) -> Step | None:
    """The last step of an earlier round of the same procedure: what the start of this one is bound by."""
    step = steps[index]
    earlier = (each for each in reversed(steps[:index]) if each.procedure == step.procedure)
    return next((each for each in earlier if each.place < step.place), None)


def next_round(step: Step, offer: Offer) -> NextRound | None:
    """What the law has next if this round fails; ``None`` without rounds, after the last, and once it is settled."""
    law, price = jurisdiction_of(offer), offer.starting_price
    stage = law.stage(step.place + 1)
    if stage is None or not price or offer.status in SETTLED:
        return None
    ratio = law.least_ratio(step.place, step.place + 1)
    lowest = None if ratio is None else _rounded_down(price * ratio)
    return NextRound(stage.kind, lowest, price, _earliest(offer, law, step.place + 1), law.cut_source(step.place + 1))


class _Chain:
    """One chain with what its cuts are made of. ``own``: each listing's prices in order, the present one last."""

    def __init__(
        self,
        steps: Sequence[Step],
        offers: Mapping[int, Offer],
        changes: Mapping[int, Sequence[PriceChange]],
        inexact: frozenset[int],
    ) -> None:
        self.steps = steps
        self.offers = offers
        self.own = {key: [] if key in inexact else _prices(offer, changes) for key, offer in offers.items()}

    def cuts_of(self, index: int) -> StepCuts:
        step = self.steps[index]
        offer, own = self.offers[step.listing_id], self.own[step.listing_id]
        before = [*self._prices(self.steps[:index], offer), *own[:-1]]
        dearest = max(before, key=lambda price: price.amount, default=None)
        now = own[-1] if own else None
        is_low = now is not None and dearest is not None and all(price.amount >= now.amount for price in before)
        return StepCuts(
            step.listing_id,
            offer.currency,
            offer.price,
            _cut(own[-2] if len(own) > 1 else None, now),
            _cut(self._last_round(index, offer), now),
            _cut(self._first_round(index, offer), now),
            _cut(dearest, now) if now and dearest and dearest.amount >= now.amount else None,
            is_low and now is not None and dearest is not None and dearest.amount > now.amount,
            self._floor(index, offer),
            self._next_round(offer) if index == len(self.steps) - 1 else None,
        )

    def prices_like(self, listing_id: int) -> list[Price]:
        """Every price of the chain that compares with those of one listing."""
        return self._prices(self.steps, self.offers[listing_id])

    def _prices(self, steps: Iterable[Step], offer: Offer) -> list[Price]:
        """The prices of some steps, as far as they compare with those of an offer."""
        alike = (step.listing_id for step in steps if is_comparable(self.offers[step.listing_id], offer))
        return [price for listing_id in alike for price in self.own[listing_id]]

    def _first_round(self, index: int, offer: Offer) -> Price | None:
        """The first price of the first round, unless this step is of it."""
        if round_of(self.steps[0]) == round_of(self.steps[index]):
            return None
        first = (step for step in self.steps[:index] if round_of(step) == round_of(self.steps[0]))
        return next(iter(self._prices(first, offer)), None)

    def _last_round(self, index: int, offer: Offer) -> Price | None:
        """The last price of the round before; an attempt elsewhere, or one that goes on, is of the same round."""
        earlier = [step for step in self.steps[:index] if round_of(step) != round_of(self.steps[index])]
        last = [step for step in earlier if round_of(step) == round_of(earlier[-1])]
        return next(reversed(self._prices(last, offer)), None)

    def _floor(self, index: int, offer: Offer) -> Floor | None:
        """By the round before where its start is known, else by the appraisal."""
        base = base_step_of(self.steps, index)
        floor = None
        if base is not None:
            floor = floor_by_round_before(self.steps[index], offer, base, self.offers[base.listing_id])
        return floor or floor_by_appraisal(self.steps[index], offer)

    def _next_round(self, offer: Offer) -> NextRound | None:
        last = [step for step in self.steps if round_of(step) == round_of(self.steps[-1])]
        if any(self.offers[step.listing_id].status in SETTLED for step in last):
            return None
        return next_round(self.steps[-1], offer)


def round_of(step: Step) -> tuple[int, int]:
    """What names a round of a chain: its procedure and its place in it."""
    return step.procedure, step.place


def _cut(earlier: Price | None, now: Price | None) -> Cut | None:
    return cut_between(earlier, now) if earlier and now else None


def _prices(offer: Offer, changes: Mapping[int, Sequence[PriceChange]]) -> list[Price]:
    """The prices of one listing in order. The first was asked when the attempt was made, as far as that is known."""
    if offer.price is None or offer.currency is None:
        return []
    own = [change for change in changes.get(offer.listing_id, ()) if change.currency == offer.currency]
    if not own:
        return [Price(offer.listing_id, offer.price, dated_at(offer))]
    prices = [Price(offer.listing_id, own[0].previous_price, own[0].previous_observed_at)]
    prices += [Price(offer.listing_id, change.price, change.observed_at) for change in own]
    prices[-1] = prices[-1]._replace(amount=offer.price)  # a figure that a page had cut gives way to the exact one
    return prices


def _earliest(offer: Offer, law: Jurisdiction, place: int) -> date | None:
    """The end of this round and the days of notice of the next, or the least gap where no notice is set."""
    end, stage = offer.ends_at or offer.starts_at, law.stage(place)
    days = stage.notice_days.value if stage and stage.notice_days else law.gap_days.value[0] if law.gap_days else None
    return None if end is None or days is None else (end + timedelta(days=days)).date()


def _rounded_down(amount: Fraction) -> Minor:
    return amount.numerator // amount.denominator


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):g} %"
