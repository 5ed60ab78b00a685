"""How long homes take to be sold, from a snapshot alone: ``python sale_times_from_snapshot.py SNAPSHOT time-to-sale``.

It needs ``from_snapshot.py`` and ``homes_from_snapshot.py`` beside it. Both estimates are written out here, by the formulas
of Kaplan and Meier, Greenwood, and Aalen and Johansen.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp, log, sqrt
from typing import Any

from from_snapshot import LEAST
from homes_from_snapshot import Answer, Listing, Snapshot, Z, day_of, main


@dataclass
class Spell:
    """One home from its first notice on, in days: to its sale or its last sight, and to its first ending of any kind."""

    days: int
    is_sold: bool
    ended_days: int
    ending: str | None
    is_lost: bool


def time_to_sale(snapshot: Snapshot) -> Answer:
    """How many homes are sold so many days after their first notice."""
    looks = PlaceLooks.of(snapshot)
    spells = [spell for home in snapshot.homes for part in parts_of(home) if (spell := measure(*part, looks))]
    endings = Counter(spell.ending for spell in spells)
    row = {
        "group": "all",
        "homes": len(spells),
        "sold": sum(spell.is_sold for spell in spells),
        "taken_by_creditor": endings["taken"],
        "withdrawn": endings["withdrawn"],
        "lost": sum(spell.is_lost for spell in spells),
    }
    return [row | shares_at(spells, days) for days in (30, 60, 90, 180, 365, 730)] if spells else []


@dataclass
class PlaceLooks:
    """When a source was first and last seen to have anything in a city."""

    first: dict[tuple[str, str | None], date] = field(default_factory=dict)
    last: dict[tuple[str, str | None], date] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot) -> "PlaceLooks":
        """From all listings of homes."""
        found = cls()
        for listing in (each for home in snapshot.homes for each in home):
            place, first, last = place_of(listing), day_of(listing["first_seen_at"]), day_of(listing["last_seen_at"])
            found.first[place] = min(first, found.first.get(place, first))
            found.last[place] = max(last, found.last.get(place, last))
        return found


def place_of(listing: Listing) -> tuple[str, str | None]:
    """Source and city; a city's name without case, accents and its 市."""
    city = listing["city"]
    if city is None:
        return listing["source"], None
    letters = unicodedata.normalize("NFKD", city.strip())
    plain = "".join(each for each in letters if not unicodedata.combining(each)).casefold()
    return listing["source"], plain[:-1] if plain.endswith("市") and len(plain) > 2 else plain


def parts_of(home: Sequence[Listing]) -> Iterator[tuple[Sequence[Listing], Listing | None]]:
    """A home up to its sale, with the listing that sold it; what is offered after a sale begins anew."""
    rest = list(home)
    while rest:
        sold = [place for place in range(len(rest)) if _is_final_sale(rest, place)]
        end = sold[0] + 1 if sold else len(rest)
        while sold and end < len(rest) and rest[end]["link"] == "same_offer_elsewhere":
            end += 1
        yield rest[:end], rest[sold[0]] if sold else None
        rest = rest[end:]


def _is_final_sale(home: Sequence[Listing], place: int) -> bool:
    following = home[place + 1]["link"] if place + 1 < len(home) else None
    return home[place]["status"] == "sold" and following != "re_auction_after_default"


def measure(part: Sequence[Listing], sale: Listing | None, looks: PlaceLooks) -> Spell | None:
    """The days; ``None`` where its beginning was not seen, or its days contradict one another."""
    begun = begun_on(part[0], looks)
    until = ended_on(sale) if sale else max(unsold_until(each) for each in part)
    ending, ended = "sold" if sale else None, until
    taken = [each for each in part if "taken_by_creditor" in {each["status"], each["link"]}]
    if taken:
        by_word = taken[0]["status"] == "taken_by_creditor"
        ending, ended = "taken", ended_on(taken[0]) if by_word else offered_on(taken[0])
    elif not sale and is_withdrawn(part):
        ending, ended = "withdrawn", ended_on(part[-1])
    if begun is None or until is None or ended is None or min(until, ended) < begun:
        return None
    is_seen = any(day_of(each["last_seen_at"]) >= looks.last[place_of(each)] for each in part)
    return Spell((until - begun).days, sale is not None, (ended - begun).days, ending, ending is None and not is_seen)


def begun_on(first: Listing, looks: PlaceLooks) -> date | None:
    """The day of its notice, else of the first look if that was not too late."""
    seen_at, seen_on = first["first_seen_at"], day_of(first["first_seen_at"])
    if first["place"] > 1:
        return None
    if first["published_at"] and first["published_at"] <= seen_at:
        return day_of(first["published_at"])
    is_late = (
        first["was_over"] and first["last_changed_at"] <= seen_at and first["own_outcome"] not in {"open", "suspended"}
    )
    if first["ends_at"] is None and first["ends_on"] is not None and seen_on >= first["ends_on"]:
        is_late = True
    if any(seen_at > at for at in (first["starts_at"], first["ends_at"]) if at):
        is_late = True
    return seen_on if seen_on > looks.first[place_of(first)] and not is_late else None


def unsold_until(listing: Listing) -> date:
    """The last day on which it is known to be unsold."""
    seen_on = day_of(listing["last_seen_at"])
    if listing["own_outcome"] in {"open", "suspended"}:
        return seen_on
    starts_on = listing["starts_at"] and day_of(listing["starts_at"])
    return min(seen_on, listing["ends_on"] or starts_on or day_of(listing["first_seen_at"]))


def ended_on(listing: Listing) -> date | None:
    """The day of its end, else of the look that first told it."""
    told_at = listing["last_changed_at"]
    if listing["ends_on"] is not None:
        return min(listing["ends_on"], day_of(told_at))
    return day_of(told_at) if told_at > listing["first_seen_at"] else None


def offered_on(listing: Listing) -> date:
    """The first day on which anything tells of it."""
    return day_of(min(at for at in (listing["published_at"], listing["starts_at"], listing["first_seen_at"]) if at))


def is_withdrawn(part: Sequence[Listing]) -> bool:
    """Every listing of the last round was withdrawn."""
    last = part[-1]["procedure"], part[-1]["place"]
    return all(each["own_outcome"] == "withdrawn" for each in part if (each["procedure"], each["place"]) == last)


def shares_at(spells: Sequence[Spell], days: int) -> dict[str, Any]:
    """Sold by a day (Kaplan-Meier, log-log interval), and each first ending beside the others (Aalen-Johansen)."""
    row: dict[str, Any] = {"days": days, "at_risk": sum(spell.days >= days for spell in spells)}
    known = sum(spell.days >= days or spell.is_sold for spell in spells)
    if known < LEAST or all(spell.ending is None for spell in spells):
        return row
    unsold, error = kaplan_meier(spells, days)
    if row["at_risk"] or unsold == 0:
        row["sold_percent"] = 100 * (1 - unsold)
        if 0 < unsold < 1:
            width = exp(Z * error / abs(log(unsold)))
            row |= {"low_percent": 100 * (1 - unsold ** (1 / width)), "high_percent": 100 * (1 - unsold**width)}
    first = aalen_johansen(spells, days)
    if any(spell.ended_days >= days for spell in spells) or abs(sum(first.values()) - 1) < 1e-9:
        row |= {f"first_{name}_percent": 100 * value for name, value in first.items()}
    return row


def kaplan_meier(spells: Sequence[Spell], days: int) -> tuple[float, float]:
    """The share that is unsold on a day, and Greenwood's error of its logarithm."""
    at_risk, unsold, variance = len(spells), 1.0, 0.0
    for day, sold, gone in _by_day((spell.days, spell.is_sold) for spell in spells):
        if day > days:
            break
        unsold *= 1 - sold / at_risk
        variance += sold / (at_risk * (at_risk - sold)) if at_risk > sold else 0.0
        at_risk -= gone
    return unsold, sqrt(variance)


def aalen_johansen(spells: Sequence[Spell], days: int) -> dict[str, float]:
    """The share that has ended each way by a day."""
    shares, at_risk, going_on = dict.fromkeys(("sold", "taken", "withdrawn"), 0.0), len(spells), 1.0
    by_day: dict[int, Counter[str | None]] = defaultdict(Counter)
    for spell in spells:
        by_day[spell.ended_days][spell.ending] += 1
    for day in sorted(by_day):
        if day > days:
            break
        for ending in shares:
            shares[ending] += going_on * by_day[day][ending] / at_risk
        going_on *= 1 - (by_day[day].total() - by_day[day][None]) / at_risk
        at_risk -= by_day[day].total()
    return shares


def _by_day(spells: Iterator[tuple[int, bool]]) -> Iterator[tuple[int, int, int]]:
    """Each day with how many were sold on it, and how many were not followed beyond it."""
    sold: Counter[int] = Counter()
    gone: Counter[int] = Counter()
    for day, is_sold in spells:
        gone[day] += 1
        sold[day] += is_sold
    return ((day, sold[day], gone[day]) for day in sorted(gone))


if __name__ == "__main__":
    main({"time-to-sale": time_to_sale})
