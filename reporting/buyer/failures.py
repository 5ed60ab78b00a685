"""How often rounds like one found no bidder: the share that failed, its interval, its sample and what "like" means."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from typing import NamedTuple

from reporting.attempts import ENDED, KNOWN_RESULTS, Attempt, Outcome
from reporting.buyer.comparables import fold_district, home_of
from reporting.buyer.ground import Ground
from reporting.filters import fold_place
from store.terms import RoundKind
from tracking.law import Jurisdiction, jurisdiction_of

LEAST_ROUNDS = 30
"""With fewer the interval of 95 % is over 34 points wide at its widest: no more than a guess."""

ENDED_WITHIN = timedelta(days=730)
"""Markets turn: rounds that ended longer ago tell of another one (prior)."""

NORMAL_95 = 1.959963984540054
"""The quantile of the normal distribution for an interval of 95 %."""

ROUNDS_MEAN = (
    "chance to fail: failed / (sold + failed) of the rounds of other homes that ended in the two years before, of the "
    "same law, round and kind of property; of the same district, else the same city, else the whole country; interval: "
    "95 %, after Wilson; where a source lists only what was sold the chance comes out too low"
)


class Chance(NamedTuple):
    """The share of ``known_count`` rounds that failed, in percent with its interval; ``None`` where they are too few.

    ``ended_count``: all such rounds that are over, also those withdrawn or of unknown result.
    """

    percent: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None
    failed_count: int
    known_count: int
    ended_count: int
    withdrawn_count: int
    like: str


class AlikeRound(NamedTuple):
    """What makes rounds alike, before their place."""

    law: Jurisdiction
    stage: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Scope:
    words: str
    key: Hashable


def chance_to_fail(ground: Ground, attempt: Attempt) -> Chance | None:
    """The chance by the narrowest place with enough rounds; of the widest where none has. ``None``: nothing is alike.

    Without its kind of property, or its round, a listing is like no other.
    """
    own = round_of(attempt)
    if own is None:
        return None
    rounds = list(_ended_rounds(ground, own, attempt))
    found: Chance | None = None
    for scope in _scopes(attempt):
        like = f"{own.stage}, {own.kind}, {scope.words}"
        alike = [each for each in rounds if scope.key in {other.key for other in _scopes(each)}]
        found = chance_of(Counter(each.outcome for each in alike), like)
        if found.percent is not None:
            return found
    return found


def wilson(failed: int, known: int) -> tuple[float, float]:
    """The interval of 95 % for a share, after Wilson (1927): also near 0 and 1 it stays inside.

    Raises:
        ZeroDivisionError: there is no round.
    """
    share, spread = failed / known, NORMAL_95**2 / known
    middle = share + spread / 2
    half = sqrt(spread * share * (1 - share) + spread**2 / 4)
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def _ended_rounds(ground: Ground, own: AlikeRound, attempt: Attempt) -> Iterator[Attempt]:
    """Rounds of other homes; a listing that goes on elsewhere, or under a new id, is no round of its own."""
    oldest = ground.day - ENDED_WITHIN
    for each in ground.attempts:
        if each.outcome not in ENDED or not each.is_own_round or home_of(each) == home_of(attempt):
            continue
        ended = ended_on(each)
        if ended is not None and oldest <= ended <= ground.day and round_of(each) == own:
            yield each


def ended_on(attempt: Attempt) -> date | None:
    """The day by which it is told whether a round is of the present market."""
    return attempt.ends_on or attempt.starts_on


def round_of(attempt: Attempt) -> AlikeRound | None:
    """Its law, its stage and its kind; ``None`` where one is not known, so that it is like no other.

    A derived place stands in where the source gives the round no name.
    """
    offer, law = attempt.offer, jurisdiction_of(attempt.offer)
    stage = offer.round_kind
    if stage is None and law.has_rounds and attempt.step is not None and attempt.step.position > 1:
        place = law.stage(attempt.step.place)
        stage = place.kind if place else None
    if stage is None or offer.property_kind is None:
        return None
    number = offer.round_number if stage is RoundKind.LATER_AUCTION else None
    return AlikeRound(law, stage.value if number is None else f"{stage.value} {number}", offer.property_kind.value)


def _scopes(attempt: Attempt) -> Sequence[_Scope]:
    offer, scopes = attempt.offer, []
    if offer.city and offer.district:
        place = fold_place(offer.city), fold_district(offer.district)
        scopes.append(_Scope(f"{offer.city} {offer.district}", place))
    if offer.city:
        scopes.append(_Scope(offer.city, fold_place(offer.city)))
    scopes.append(_Scope("all places", None))
    return scopes


def chance_of(outcomes: Mapping[Outcome, int], like: str) -> Chance:
    """The chance by how many rounds that are over came to what; ``like``: what makes them alike, for people."""
    failed, known = outcomes.get(Outcome.FAILED, 0), sum(outcomes.get(each, 0) for each in KNOWN_RESULTS)
    withdrawn, ended = outcomes.get(Outcome.WITHDRAWN, 0), sum(outcomes.values())
    if known < LEAST_ROUNDS:
        return Chance(None, None, None, failed, known, ended, withdrawn, like)
    low, high = wilson(failed, known)
    return Chance(_percent(failed / known), _percent(low), _percent(high), failed, known, ended, withdrawn, like)


def _percent(share: float) -> Decimal:
    return Decimal(repr(100 * share)).quantize(Decimal("0.01"))
