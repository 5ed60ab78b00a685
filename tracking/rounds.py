"""The chain of one home: its attempts in order, each with its place and how it follows the one before.

Rules (domain.md, sections 1, 2 and 5):

- What a source calls a round stays with its listing; the place here is derived. Where the two differ and the law
  counts rounds, the step says so in words.
- A later number than expected is no contradiction: the rounds between were not seen.
- Suspended, postponed or withdrawn and back under a new id is the same round.
- 應買 (Taiwan) stands between rounds at the terms of the last one, and is not counted.
- A procedure begins again after a sale, with another case number, another seller, or long after.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from store.terms import RoundKind, RoundLink, RoundStatus, SellerKind
from tracking.law import CREDITORS, Jurisdiction, dated_at, jurisdiction_of
from tracking.offers import Offer

COUNTED = {RoundKind.FIRST_AUCTION: 1, RoundKind.SECOND_AUCTION: 2, RoundKind.THIRD_AUCTION: 3}
FORCED_SALES = frozenset((RoundKind.JUDICIAL_AUCTION, RoundKind.OUT_OF_COURT_AUCTION))
DIRECT_SALES = frozenset(
    (
        RoundKind.DIRECT_SALE,
        RoundKind.SPECIAL_DIRECT_SALE,
        RoundKind.ONLINE_SALE,
        RoundKind.OPEN_TENDER,
        RoundKind.ASSET_AUCTION,
        RoundKind.DUTCH_AUCTION,
        RoundKind.TENDER,
        RoundKind.PRIVATE_TREATY,
    )
)
PAUSED = frozenset((RoundStatus.SUSPENDED, RoundStatus.POSTPONED, RoundStatus.HALTED))
BROKEN_OFF = PAUSED | {RoundStatus.WITHDRAWN}
OUTCOMES = BROKEN_OFF | {
    RoundStatus.SOLD,
    RoundStatus.FAILED,
    RoundStatus.TERMINATED,
    RoundStatus.TAKEN_BY_CREDITOR,
    RoundStatus.DEFAULTED,
}
BEGINS_AGAIN = frozenset((RoundLink.NEW_PROCEDURE, RoundLink.TAKEN_BY_CREDITOR))
SAME_ROUND = frozenset((RoundLink.SAME_OFFER_ELSEWHERE, RoundLink.RESUMED))
BANK_NAME = re.compile(r"..银行")
AFTER_EVERY_AUCTION = 1_000
RULING = re.compile(r"之[一二三四五六七八九十\d]+$")
BRACKETS = str.maketrans("（〔【［〕】］）", "(((())))")

# Looked up once: a member of an enumeration is found in a tenth of a microsecond, and a step asks for twenty.
SELL_OFF, OPEN_PURCHASE, RE_AUCTION = RoundKind.SELL_OFF, RoundKind.OPEN_PURCHASE, RoundKind.RE_AUCTION
RESUMED, RE_AUCTION_AFTER_DEFAULT = RoundLink.RESUMED, RoundLink.RE_AUCTION_AFTER_DEFAULT
COURT = SellerKind.COURT
LEFT_TO_CREDITOR, SOLD, DEFAULTED, TERMINATED = (
    RoundStatus.TAKEN_BY_CREDITOR,
    RoundStatus.SOLD,
    RoundStatus.DEFAULTED,
    RoundStatus.TERMINATED,
)


class Step(NamedTuple):
    """One listing in the chain of its home. Positions, procedures and places count from 1.

    Attributes:
        place: derived number of the round within its procedure; an offer made elsewhere too, and one that goes on
            under a new id, share the place of the first.
        link: how it follows ``previous_listing_id``; both ``None`` for the first.
        gap_days: whole days from the end of that listing to the start of this one, below 0 where they overlap.
        contradiction: what does not agree between the published round and the place, in words.
    """

    listing_id: int
    position: int
    procedure: int
    place: int
    link: RoundLink | None
    previous_listing_id: int | None
    gap_days: int | None
    contradiction: str | None


class _Attempt(NamedTuple):
    """An offer with the law it is made under and its place."""

    offer: Offer
    law: Jurisdiction
    procedure: int
    place: int


def chain_rounds(offers: Iterable[Offer]) -> list[Step]:
    """The steps of one home in order, one for each of its offers, whatever order these come in."""
    ordered = list(offers)
    if len(ordered) > 1:
        ordered.sort(key=order_of)
    attempts: list[_Attempt] = []
    steps: list[Step] = []
    for offer in ordered:
        law = jurisdiction_of(offer)
        step = _next_step(offer, law, attempts)
        attempts.append(_Attempt(offer, law, step.procedure, step.place))
        steps.append(step)
    return steps


def order_of(offer: Offer) -> tuple[datetime, int, int, tuple[str, str, int]]:
    """By start, else end, notice or first look. Of one instant: by round, the sell-off last, the dearer first, by key.

    Sellers cut far more often than they raise, so undated attempts seen in one look stand best from dear to cheap.
    """
    is_sell_off = offer.round_kind is SELL_OFF
    number = AFTER_EVERY_AUCTION if is_sell_off else counted_round(offer) or 0
    return dated_at(offer) or offer.first_seen_at, number, -(offer.price or 0), offer.key


def counted_round(offer: Offer) -> int | None:
    """The number that the source gives the round, by name before by number; 應買 carries that of no round."""
    if offer.round_kind is OPEN_PURCHASE:
        return None
    named = COUNTED.get(offer.round_kind) if offer.round_kind else None
    return named or offer.round_number or None


def case_of(offer: Offer) -> str | None:
    """The case number in one spelling: no blanks, one kind of brackets, without the number of a ruling (之一)."""
    if not offer.case_number:
        return None
    return RULING.sub("", "".join(offer.case_number.split()).translate(BRACKETS)) or None


def is_same_case(one: Offer, other: Offer) -> bool:
    """Both cases are known and equal."""
    if not (one.case_number and other.case_number):
        return False
    return one.case_number == other.case_number or case_of(one) == case_of(other)


def is_other_case(one: Offer, other: Offer) -> bool:
    """Both cases are known and differ."""
    return bool(one.case_number and other.case_number) and not is_same_case(one, other)


def is_long_after(before: Offer, offer: Offer, law: Jurisdiction) -> bool:
    """More time between two attempts than a procedure lasts without a sale, by the law of the earlier one."""
    lapse = law.lapse_days
    earlier, later = before.ends_at or dated_at(before), dated_at(offer)
    if lapse is None or earlier is None or later is None:
        return False
    return later - earlier > timedelta(days=lapse.value)


def _next_step(offer: Offer, law: Jurisdiction, attempts: Sequence[_Attempt]) -> Step:
    if not attempts:
        place = _first_place(offer, law)
        return Step(offer.listing_id, 1, 1, place, None, None, None, _contradiction(offer, place, place, law))
    position, number = len(attempts) + 1, counted_round(offer)
    if twin := _find_twin(offer, attempts):
        words = _contradiction(offer, number, twin.place, law)
        link, twin_id = RoundLink.SAME_OFFER_ELSEWHERE, twin.offer.listing_id
        return Step(offer.listing_id, position, twin.procedure, twin.place, link, twin_id, None, words)
    current = _current_round(attempts)
    before = _predecessor(offer, attempts, current)
    link = _link(before, offer, _outcome(before, current), law)
    place = _place(before, offer, link, law)
    number = number if link in BEGINS_AGAIN else _published(offer, law, before)
    return Step(
        offer.listing_id,
        position,
        attempts[-1].procedure + (link in BEGINS_AGAIN),
        place,
        link,
        before.offer.listing_id,
        _gap_days(before.offer, offer),
        _contradiction(offer, None if link is RESUMED else number, place, law),
    )


def _current_round(attempts: Sequence[_Attempt]) -> list[_Attempt]:
    """The attempts of the last round, the latest first."""
    last = attempts[-1].procedure, attempts[-1].place
    return list(takewhile(lambda each: (each.procedure, each.place) == last, reversed(attempts)))


def _predecessor(offer: Offer, attempts: Sequence[_Attempt], current: Sequence[_Attempt]) -> _Attempt:
    """The attempt that this one follows: the one its source states, else the last round's on its own platform."""
    if offer.previous_source_id:
        stated = (offer.source, offer.previous_source_id)
        for each in reversed(attempts):
            if (each.offer.source, each.offer.source_id) == stated and each.procedure == attempts[-1].procedure:
                return each
    return next((each for each in current if each.offer.source == offer.source), current[0])


def _outcome(before: _Attempt, current: Sequence[_Attempt]) -> RoundStatus | None:
    """How the round before ended: as its listing says, else as the same round says elsewhere."""
    status = before.offer.status
    if status in OUTCOMES or len(current) == 1:
        return status
    told = (each.offer.status for each in current if do_overlap(each.offer, before.offer))
    return next((other for other in told if other in OUTCOMES), status)


def _find_twin(offer: Offer, attempts: Sequence[_Attempt]) -> _Attempt | None:
    """The same attempt on another platform: at overlapping times for an equal price."""
    if offer.price is None or offer.currency is None:
        return None
    return next((each for each in _current_round(attempts) if _is_elsewhere(each.offer, offer)), None)


def _is_elsewhere(one: Offer, other: Offer) -> bool:
    if one.source == other.source or (one.price, one.currency) != (other.price, other.currency):
        return False
    if is_other_case(one, other):
        return False
    numbers = {number for number in (counted_round(one), counted_round(other)) if number}
    return len(numbers) < 2 and do_overlap(one, other)


def do_overlap(one: Offer, other: Offer) -> bool:
    """Whether two offers stood at one time: by their own dates where both tell them, else as they were seen."""
    first, second = _span(one), _span(other)
    if first is None or second is None:
        first, second = (one.first_seen_at, one.last_seen_at), (other.first_seen_at, other.last_seen_at)
    return first[0] <= second[1] and second[0] <= first[1]


def _span(offer: Offer) -> tuple[datetime, datetime] | None:
    start, end = offer.starts_at or offer.ends_at, offer.ends_at or offer.starts_at
    return (start, end) if start and end else None


def _link(before: _Attempt, offer: Offer, outcome: RoundStatus | None, law: Jurisdiction) -> RoundLink:
    if _is_taken(before.offer, offer, outcome):
        return RoundLink.TAKEN_BY_CREDITOR
    if _is_after_default(before.offer, offer, outcome):
        return RE_AUCTION_AFTER_DEFAULT
    if _begins_again(before, offer, outcome, law):
        return RoundLink.NEW_PROCEDURE
    is_direct = sells_directly(offer, law)
    if outcome in (PAUSED if is_direct else BROKEN_OFF) and _is_same_number(before, offer, law):
        return RESUMED
    if is_direct:
        told, number = counted_round(before.offer), counted_round(offer)
        return RoundLink.NEXT_ROUND if told and number and told < number else RoundLink.BANK_RELISTING
    return RoundLink.SELL_OFF_AFTER_FAILURE if _is_sell_off(before, offer, law) else RoundLink.NEXT_ROUND


def _is_same_number(before: _Attempt, offer: Offer, law: Jurisdiction) -> bool:
    """Nothing says that this is another round: no number is told, or the same one."""
    if offer.round_kind is SELL_OFF:
        is_at_its_place = before.place >= (law.place_of(SELL_OFF) or 1)
        return is_at_its_place and (before.offer.round_kind is SELL_OFF or before.offer.round_kind is None)
    return counted_round(offer) in {None, before.place, counted_round(before.offer)}


def _is_taken(before: Offer, offer: Offer, outcome: RoundStatus | None) -> bool:
    """The creditor sells what the court did not, or the court's page said that he took it."""
    if offer.seller_kind is COURT:
        return False
    if outcome is LEFT_TO_CREDITOR:
        return True
    return offer.seller_kind in CREDITORS and before.seller_kind is COURT and outcome is not SOLD


def _is_after_default(before: Offer, offer: Offer, outcome: RoundStatus | None) -> bool:
    """The source calls it a re-auction, or says that the winner before did not pay."""
    if offer.round_kind is RE_AUCTION:
        return not (before.round_kind is RE_AUCTION and outcome is RoundStatus.FAILED)
    return outcome is DEFAULTED and not is_other_case(before, offer)


def _begins_again(before: _Attempt, offer: Offer, outcome: RoundStatus | None, law: Jurisdiction) -> bool:
    if outcome is SOLD or outcome is LEFT_TO_CREDITOR:
        return True
    if is_other_case(before.offer, offer) or _is_other_seller(before.offer, offer):
        return True
    number = _published(offer, law, before)
    is_further = number is not None and number > before.place
    if outcome is TERMINATED and not is_further:
        return True
    if is_long_after(before.offer, offer, before.law) and not (is_further and is_same_case(before.offer, offer)):
        return True
    if not law.has_rounds or number is None or offer.round_kind is SELL_OFF:
        return False
    return number < (_published(before.offer, law) or before.place)


def _is_other_seller(before: Offer, offer: Offer) -> bool:
    """Another seller by kind or by name.

    A name that only says less (洛江区人民法院 of 泉州市) is the same, as is another branch of one bank.
    """
    kinds = {before.seller_kind, offer.seller_kind} - {None}
    if COURT in kinds and len(kinds) > 1:
        return True
    if not (before.seller_name and offer.seller_name) or before.seller_name == offer.seller_name:
        return False
    one, other = "".join(before.seller_name.split()), "".join(offer.seller_name.split())
    banks = BANK_NAME.search(one), BANK_NAME.search(other)
    if banks[0] and banks[1]:
        return banks[0][0] != banks[1][0]
    return not (one.endswith(other) or other.endswith(one))


def sells_directly(offer: Offer, law: Jurisdiction) -> bool:
    """Whether nothing but the seller's will sets the price: no court sells, and no law counts the rounds."""
    if offer.round_kind in DIRECT_SALES:
        return True
    if offer.round_kind in FORCED_SALES or offer.seller_kind is None or offer.seller_kind is COURT:
        return False
    return not law.has_rounds


def _is_sell_off(before: _Attempt, offer: Offer, law: Jurisdiction) -> bool:
    """变卖 and 應買 by name; without a name, what stands at the place of the sell-off."""
    if offer.round_kind is not None:
        return offer.round_kind is SELL_OFF or offer.round_kind is OPEN_PURCHASE
    place = law.place_of(SELL_OFF)
    return place is not None and before.place + 1 == place and counted_round(offer) is None


def _place(before: _Attempt, offer: Offer, link: RoundLink, law: Jurisdiction) -> int:
    number = _published(offer, law, before)
    if link in BEGINS_AGAIN:
        return _first_place(offer, law)
    if link is RE_AUCTION_AFTER_DEFAULT:
        return number or before.place
    if link in SAME_ROUND or offer.round_kind is OPEN_PURCHASE:
        return before.place
    return max(before.place + 1, number or 0)


def _published(offer: Offer, law: Jurisdiction, before: _Attempt | None = None) -> int | None:
    """The place that the source states by number or by kind. A sell-off ends every auction there was."""
    if offer.round_kind is not SELL_OFF:
        return counted_round(offer)
    place = law.place_of(SELL_OFF)
    if place is None or before is None or before.offer.round_kind is SELL_OFF:
        return place
    return max(place, before.place + 1)


def _first_place(offer: Offer, law: Jurisdiction) -> int:
    """The place of the first attempt of a procedure that we know of; rounds before it may not have been seen."""
    if number := _published(offer, law):
        return number
    if offer.round_kind is OPEN_PURCHASE:
        return len(law.stages) or 1
    return len(law.stages) + 1 if offer.round_kind is RoundKind.LATER_AUCTION else 1


def _contradiction(offer: Offer, number: int | None, place: int, law: Jurisdiction) -> str | None:
    """What does not agree between number and kind, or between the published number and the place."""
    if not law.has_rounds:
        return None
    named = COUNTED.get(offer.round_kind) if offer.round_kind else None
    if named and offer.round_number and named != offer.round_number:
        return f"the source calls it round {named} and counts it as round {offer.round_number}"
    if offer.round_kind is SELL_OFF and 0 < (offer.round_number or 0) < (law.place_of(SELL_OFF) or 0):
        return f"the source calls it a sell-off and counts it as round {offer.round_number}"
    if number and number != place:
        return f"published as round {number}, but round {place} by what came before"
    return None


def _gap_days(before: Offer, offer: Offer) -> int | None:
    if before.ends_at is None or offer.starts_at is None:
        return None
    return (offer.starts_at.astimezone(UTC) - before.ends_at.astimezone(UTC)) // timedelta(days=1)
