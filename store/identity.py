"""Whether an id still stands for the same thing: sites give old ids to new things (domain.md, case 14)."""

import re

from rapidfuzz.fuzz import ratio

from store.statement import Statement

LEVELS_NOT_TOLD = re.compile(r"(?:00)+$")  # two digits a level: 340110 is a district, 340100 its city
DIGITS = re.compile(r"\d+")
ROUND_PREFIX = re.compile(r"^(?:[【(（\[][^】)）\]]{1,12}[】)）\]]\s*)+")


def is_another_thing(before: Statement, now: Statement) -> bool:
    """True where the words for the home differ and hard facts contradict as well, or name another unit or region.

    Corrections are frequent and must not split a listing: of 412,281 rows of CAIXA in 2021 ten change the
    street's wording, three the kind of home and one the city, and all go on being the same home. So the wording
    decides, and the less it agrees the fewer contradicting facts are needed. What is not told agrees with
    everything: it is no evidence for a second thing.
    """
    if before.title is None or now.title is None or before.title == now.title:
        return False
    if _other_place(before.region_code, now.region_code) or is_other_unit(before.title, now.title):
        return True
    likeness = ratio(ROUND_PREFIX.sub("", before.title), ROUND_PREFIX.sub("", now.title)) / 100
    return contradictions(before, now) >= _needed(likeness)


def is_other_unit(before: str, now: str) -> bool:
    """The same words with other numbers: 305室 against 306室, a veto of domain.md, section 4.

    The same digits in another order are a correction (CAIXA 2021: "QUADRA 37 LOTE 28", then "QUADRA 28 LOTE 37";
    2026: "Apto 102", then "Apto 120" of the same area and appraisal), and so is a number that comes or goes with its
    words.
    """
    if DIGITS.sub("#", before) != DIGITS.sub("#", now):
        return False
    return sorted("".join(DIGITS.findall(before))) != sorted("".join(DIGITS.findall(now)))


def _needed(likeness: float) -> int:
    """Of all corrections of CAIXA 2021 and of Rio Grande do Sul 2026, those without a contradiction agree by 0.39
    and more, those with one by 0.82 and more; none has two.
    """
    if likeness < 0.25:
        return 0
    if likeness < 0.65:
        return 1
    return 2 if likeness < 0.75 else 99


def contradictions(before: Statement, now: Statement) -> int:
    """How many facts told by both contradict: place, kind, area, appraisal, currency."""
    return sum(
        (
            _other_place(before.region_code, now.region_code) or _differ(before.city, now.city),
            _differ(before.property_kind, now.property_kind),
            _far(before.floor_area, now.floor_area, 0.10),
            _far(before.appraisal_price, now.appraisal_price, 0.30),
            _differ(before.currency, now.currency),
        )
    )


def _differ(before: object, now: object) -> bool:
    return before is not None and now is not None and before != now


def _far(before: int | None, now: int | None, share: float) -> bool:
    return bool(before and now and abs(before - now) > share * max(before, now))


def _other_place(before: str | None, now: str | None) -> bool:
    """Region codes contradict unless one is the wider region of the other (350500 holds 350526)."""
    if before is None or now is None:
        return False
    wide, narrow = sorted((LEVELS_NOT_TOLD.sub("", before), LEVELS_NOT_TOLD.sub("", now)), key=len)
    return not narrow.startswith(wide)
