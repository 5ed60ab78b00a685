"""By what the figures of a report are told apart, and in which order the groups stand."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from reporting.attempts import Attempt
from reporting.choices import By
from reporting.filters import outside_zone
from reporting.statistics.sample import Round
from store.terms import PropertyKind, RoundKind, RoundStatus, SellerKind
from tracking.law import dated_at

Value = TypeVar("Value")
NOT_TOLD = "not told"


CHINESE = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
BLANKS_IN_CHINESE = re.compile(f"(?<={CHINESE}) | (?={CHINESE})")
GROUPING = (
    "a group holds what one of its listings says, so that a round or a home may stand in several groups: "
    "rounds and homes of groups do not add up, listings do"
)
ORDERS: dict[By, list[str]] = {
    By.KIND: [each.value for each in PropertyKind],
    By.ROUND: [each.value for each in RoundKind],
    By.STATUS: [each.value for each in RoundStatus],
    By.SELLER_CLASS: [each.value for each in SellerKind],
}


def group_of(attempt: Attempt, by: By) -> str | None:
    """The group of one listing; ``None``: not told, which is no group's name and equals nothing."""
    return _GROUPS[by](attempt)


def month_of(attempt: Attempt) -> str | None:
    """``2026-03`` in Asia/Shanghai, of the attempt's own day: its start, else its end, else its notice."""
    told = dated_at(attempt.offer)
    if told is None:
        return attempt.ends_on.strftime("%Y-%m") if attempt.ends_on else None
    return month_at(told)


def month_at(instant: datetime) -> str:
    """The month of an instant in Asia/Shanghai."""
    return instant.astimezone(outside_zone()).strftime("%Y-%m")


def grouped_rounds(rounds: Iterable[Round], by: By) -> dict[str | None, list[Round]]:
    """The rounds of each group, once in each group that one of their listings is of."""
    groups: dict[str | None, list[Round]] = defaultdict(list)
    for each in rounds:
        for group in {group_of(attempt, by) for attempt in each.asked}:
            groups[group].append(each)
    return in_order(groups, by, len)


def in_order(groups: Mapping[str | None, Value], by: By, size: Callable[[Value], int]) -> dict[str | None, Value]:
    """Months by time, terms as their vocabulary has them, all else from large to small; what is not told is last."""
    names = ORDERS.get(by)

    def place(group: str | None) -> tuple[bool, int, str]:
        if group is None:
            return True, 0, ""
        if by is By.MONTH:
            return False, 0, group
        return False, names.index(group) if names else -size(groups[group]), group

    return {group: groups[group] for group in sorted(groups, key=place)}


def label_of(group: str | None) -> str:
    """The group's name in a table for people."""
    return NOT_TOLD if group is None else group


def city_label(city: str | None, region_code: str | None) -> str | None:
    """The city; abroad with its division, since Brazil has a Bom Jesus in five states."""
    if not city:
        return None
    is_abroad = region_code is not None and not region_code.isdigit()
    return f"{city} ({region_code})" if is_abroad else city


def seller_label(seller_name: str | None) -> str | None:
    """Without the blanks that pages put into Chinese names; those of other scripts part words."""
    return BLANKS_IN_CHINESE.sub("", " ".join((seller_name or "").split())) or None


def crossed_label(*labels: str | None) -> str:
    """The group of several groupings at once; what one of them is not told of is named so."""
    return ", ".join(map(label_of, labels))


def _city(attempt: Attempt) -> str | None:
    return city_label(attempt.offer.city, attempt.offer.region_code)


def _district(attempt: Attempt) -> str | None:
    """With its city: there is a 鼓楼区 in four cities. Without a city it is not known which district it is."""
    city, district = _city(attempt), attempt.offer.district
    return f"{city} {district}" if city and district else None


_GROUPS: dict[By, Callable[[Attempt], str | None]] = {
    By.ALL: lambda attempt: "all",  # noqa: ARG005
    By.SOURCE: lambda attempt: attempt.offer.source,
    By.SELLER: lambda attempt: seller_label(attempt.offer.seller_name),
    By.SELLER_CLASS: lambda attempt: attempt.offer.seller_kind,
    By.CITY: _city,
    By.DISTRICT: _district,
    By.MONTH: month_of,
    By.KIND: lambda attempt: attempt.offer.property_kind,
    By.ROUND: lambda attempt: attempt.offer.round_kind,
    By.STATUS: lambda attempt: attempt.offer.status,
    By.CITY_MONTH_ROUND: lambda attempt: crossed_label(_city(attempt), month_of(attempt), attempt.offer.round_kind),
}
