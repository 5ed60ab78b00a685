"""What a pair scores, without a word of why: the same signs as in ``tracking.evidence``, up to the first veto.

Nearly every pair that is weighed is one of many inside a home, of which a few are told.
"""

from functools import cache
from typing import NamedTuple

from store.terms import Judgement
from tracking.alike import ALONE, Surroundings, is_plainly_apart
from tracking.errors import RulesDiffer
from tracking.evidence import UNSURE_FROM, Decision, decide, judgement_of
from tracking.signs import LOOKS, Found
from tracking.traits import Traits


class Weight(NamedTuple):
    """What is decided of a pair. The score of what is vetoed says nothing."""

    score: int
    judgement: Judgement
    is_vetoed: bool = False


DIFFERENT = Judgement.DIFFERENT  # looked up once: a member is found in a fifth of a microsecond
VETOED = Weight(0, DIFFERENT, is_vetoed=True)


def weigh(one: Traits, other: Traits, beside: Surroundings = ALONE) -> Weight:
    """Judge two offers."""
    return VETOED if is_plainly_apart(one, other) else weigh_near(one, other, beside)


def weigh_near(one: Traits, other: Traits, beside: Surroundings) -> Weight:
    """Judge two offers that are not plainly apart."""
    return weigh_points(one, other, beside, points_of(one, other, beside))


def points_of(one: Traits, other: Traits, beside: Surroundings) -> int | None:
    """What two offers score that are not plainly apart; ``None`` where a veto parts them."""
    found: Found = []
    for look in LOOKS:
        if look(one, other, beside, found):
            return None
    score = 0
    for sign in found:
        score += sign[0]  # the points: by their name they take three times as long
    return score


def weigh_points(one: Traits, other: Traits, beside: Surroundings, score: int | None) -> Weight:
    """Judge two offers by what they score (``points_of``): half of the pairs of a home need no more than that."""
    if score is None:
        return VETOED
    if score < UNSURE_FROM:
        return _weight(score, DIFFERENT)
    return _weight(score, judgement_of(one, other, score, beside))


@cache
def _weight(score: int, judgement: Judgement) -> Weight:
    """A hundred different ones for a million pairs: a look takes a third of the time that making one does."""
    return Weight(score, judgement)


def explain(one: Traits, other: Traits, beside: Surroundings, weight: Weight) -> Decision:
    """The decision behind a weight, with all reasons.

    Raises:
        RulesDiffer: the weight is not that of ``tracking.evidence``.
    """
    decision = decide(one, other, beside)
    told = weight.is_vetoed or decision.score == weight.score
    if not told or (decision.is_vetoed, decision.judgement) != (weight.is_vetoed, weight.judgement):
        raise RulesDiffer(
            f"listings {one.listing_id} and {other.listing_id}: {weight.judgement}, {weight.score} points by "
            f"tracking.weighing, {decision.judgement}, {decision.score} points by tracking.evidence"
        )
    return decision
