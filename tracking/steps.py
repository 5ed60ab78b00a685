"""Rounds of one procedure of a court, and whether the price of one follows that of the other."""

from store.statement import Minor
from tracking.traits import COURT, Traits

LONGEST_PROCEDURE = 240 * 86_400.0
"""Seconds from the first auction to the sell-off: notices of 30 and 15 days, and what suspensions take."""

LONGEST_PAUSE = 120 * 86_400.0
"""Seconds until a suspended round is held; the same round later is one of a new procedure."""

USUAL_STEP = 110 * 86_400.0
"""Seconds from one round to the next: 21 and 22 days (JD Fujian 2026), 10 to 64 (Ali 2017-20), 60 to 77 (Chongqing)."""

USUAL_PAUSE = 45 * 86_400.0
"""Seconds until most rounds are resumed: within 5 days after the cause ends (法释〔2016〕18号, 28)."""


def are_of_one_procedure(one: Traits, other: Traits) -> bool:
    """Whether one court has them on one platform as rounds in the order of their days, or as one round again."""
    return _are_rounds_within(one, other, LONGEST_PAUSE, LONGEST_PROCEDURE)


def are_surely_of_one_procedure(one: Traits, other: Traits) -> bool:
    """The same in one case or within the usual days: later, the court's next procedure may have begun."""
    if one.case_number is not None and one.case_number == other.case_number:
        return are_of_one_procedure(one, other)
    is_one_step = {one.round_rank, other.round_rank} != FIRST_AND_LAST
    return _are_rounds_within(one, other, USUAL_PAUSE, USUAL_STEP if is_one_step else 2 * USUAL_STEP)


FIRST_AND_LAST = {1, 4}


def _are_rounds_within(one: Traits, other: Traits, longest_pause: float, longest: float) -> bool:
    if one.key[0] != other.key[0] or one.seller is None or one.seller != other.seller or COURT not in one.seller:
        return False
    if one.opens is None or other.opens is None or one.round_rank is None or other.round_rank is None:
        return False
    if one.case_number is not None and other.case_number is not None and one.case_number != other.case_number:
        return False
    apart = other.opens - one.opens
    if one.round_rank == other.round_rank:
        return abs(apart) <= longest_pause
    is_in_order = (other.round_rank - one.round_rank) * apart > 0
    return is_in_order and abs(apart) <= longest


LEAST_SHARES = {(1, 2): 0.8, (1, 4): 0.64, (2, 4): 0.8}
"""The least price of a later round as a share of an earlier one: 80 % of the first for the second auction (法释〔2016〕
18号, 26); a sell-off asks what the second did by practice, seldom 10 % less (柳州, spaces 245 and 015, 2019)."""

FALLS = (0.8, 0.64)
EXACT = 0.0001


def step_is_lawful(one: Traits, other: Traits) -> bool | None:
    """Whether the prices of two rounds of a procedure may follow each other; ``None``: not known, or no such rounds."""
    if not one.price or not other.price or not are_of_one_procedure(one, other):
        return None
    first, later = (one, other) if (one.round_rank or 0) <= (other.round_rank or 0) else (other, one)
    share = (later.price or 0) / (first.price or 1)
    if first.round_rank == later.round_rank:
        return abs(share - 1) <= EXACT
    least = LEAST_SHARES.get((first.round_rank or 0, later.round_rank or 0))
    return None if least is None else least - EXACT <= share <= 1 + EXACT


def is_next_price(one: Traits, other: Traits) -> bool:
    """Whether the price of one round is that of the other, or exactly what the law lets it fall to.

    So it was with 14 of 19 steps of chains of courts: JD Fujian 2026 (3 of 3), Ali 2017-2020 (7 of 9), rmfysszc 2022
    (4 of 7); the others fell to 0.90 and, a truck, to 0.85.
    """
    if step_is_lawful(one, other) is not True:
        return False
    return is_one_price_or_its_fall(*sorted((one.price or 0, other.price or 0)))


def is_one_price_or_its_fall(low: Minor, high: Minor) -> bool:
    """Whether two prices are one, or the lower one exactly what the law lets the other fall to in one round or two."""
    return low == high or any(abs(low / high - share) <= EXACT for share in FALLS)


def has_one_value(one: Traits, other: Traits) -> bool:
    """Whether the appraisals are the same to the last yuan or, where one is not told, one price follows the other."""
    if one.appraisal is not None and other.appraisal is not None:
        return one.appraisal == other.appraisal
    return is_next_price(one, other)
