"""Ninety days of 300,000 open listings with the real policy and the real budgets.

For each way to spend the same budget: the mean age of what is known of an open listing, the share of results seen
within 24 hours of the end, of ended lots that were looked at in their last day and hour, and CPU seconds; for the
timetable also site by site, with requests a day against the budget. ``--orders`` plays other orders of urgency too.
"""

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import timedelta

from benchmarks.timetable.daily import EverythingDaily
from benchmarks.timetable.market import BANK, BEGIN, COURT, DAY, HOUR, Lot, lots_of
from benchmarks.timetable.site import Plan, Site
from crawler.sources import source_specs
from scheduler.policy import FOREVER, URGENCY, Due
from scheduler.timetable import quiet_hours_of
from store.terms import LookReason

OPEN = 300_000
SHARES = {
    "ali_judicial": 0.24,
    "jd_judicial": 0.12,
    "rmfysszc": 0.03,
    "icbc": 0.02,
    "caa123": 0.02,
    "cbex": 0.01,
    "gpai": 0.01,
    "ali_assets": 0.35,
    "jd_assets": 0.20,
}
"""Of all that are open: 45 % on platforms of the courts, which with what banks offer makes 1.8 million a year."""

OF_BANKS = ("ali_assets", "jd_assets")
WARM_UP = 3
"""One part of the days in so many is not counted: it begins with everything known, which no plan may be praised for."""

TIMETABLE = "the timetable"
PLANS: dict[str, tuple[Plan, type[Site]]] = {
    "everything daily": (Plan(), EverythingDaily),
    TIMETABLE: (Plan(), Site),
}


def last_looks_first(due: Due) -> tuple[int, timedelta]:
    """As the timetable went at first: last hours, last days, results, lists; the oldest first."""
    return list(LookReason).index(due.reason), due.at - FOREVER


def oldest_results_first(due: Due) -> tuple[int, timedelta]:
    """The order of the timetable but for results."""
    return URGENCY[due.reason], due.at - FOREVER


ORDERS: dict[str, tuple[Plan, type[Site]]] = {
    "last looks first": (Plan(last_looks_first, lambda left, _day, _looks: left), Site),
    "oldest results first": (Plan(oldest_results_first), Site),
    "lists take all": (Plan(share=lambda left, _day, _looks: left), Site),
    "lists begin anew each day": (Plan(goes_on=False), Site),
    "lists only go on where they stopped": (Plan(only_the_rest=True), Site),
    "lists take a quarter": (Plan(share=lambda left, day, looks: max(min(left, day // 4), left - looks)), Site),
}


@dataclass(slots=True)
class Figures:
    """What a way to spend the budget came to at one site, or at all."""

    age: float = 0.0  # sum, in days
    open_seen: int = 0  # listings whose age was added
    ended: int = 0
    within_day: int = 0
    last_day: int = 0
    last_hour: int = 0
    requests: int = 0
    allowed: int = 0
    most: int = 0  # of the budget in one day, in percent
    looks: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Figures") -> None:
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            setattr(self, each.name, max(mine, theirs) if each.name == "most" else mine + theirs)

    def cells(self) -> str:
        ended, known = max(self.ended, 1), max(self.open_seen, 1)
        return (
            f"{self.age / known:8.2f} d {self.within_day / ended:8.1%} {self.last_day / ended:8.1%}"
            f" {self.last_hour / ended:8.1%} {self.requests / self.allowed:8.1%} {self.most:6}%"
        )


def main() -> None:
    """Print the table; exit 1 if a budget was overdrawn or the timetable is no fresher than everything daily."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timetable", description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--open", type=int, default=OPEN)
    parser.add_argument("--sites", nargs="*", choices=SHARES, default=list(SHARES))
    parser.add_argument("--orders", action="store_true", help="other orders and shares as well")
    options = parser.parse_args()
    gc.disable()  # millions of small tuples and no cycles: looking for these takes a fifth of the time
    print(f"{options.open:,} open listings, {options.days} days, the first {options.days // WARM_UP} not counted")
    print(f"{'':38} mean age  results last day last hour  asked   most   CPU")
    found = {}
    for name, (plan, kind) in (PLANS | ORDERS if options.orders else PLANS).items():
        begun = time.process_time()
        sites = {site: play(site, plan, kind, options.days, options.open) for site in options.sites}
        found[name] = total(sites.values())
        print(f"{name:38}{found[name].cells()} {time.process_time() - begun:5.0f} s", flush=True)
        if name == TIMETABLE:
            tell_sites(sites, options.days)
    tell_factors(found["everything daily"], found[TIMETABLE])
    if found[TIMETABLE].most > 100 or _age(found[TIMETABLE]) >= _age(found["everything daily"]):
        sys.exit(1)


def play(name: str, plan: Plan, kind: type[Site], days: int, open_count: int) -> Figures:
    """One site through the days."""
    spec = source_specs()[name]
    requests = 0 if spec.item_pages is None else len(spec.item_pages("1", None)) or 1
    lots = lots_of(sum(name.encode()), BANK if name in OF_BANKS else COURT, round(open_count * SHARES[name]), days)
    delay = timedelta(seconds=spec.min_delay_seconds)
    site = kind(spec.requests_per_day, delay, quiet_hours_of(spec), requests, lots, plan)
    figures, first = Figures(), days // WARM_UP
    if kind is EverythingDaily and not requests:
        return figures
    for now in site.run(days):
        if now >= BEGIN + first * DAY:
            ages = [(now - (lot.looked_at or lot.published)) / DAY for lot in lots if lot.published <= now < lot.over]
            figures.age += sum(ages)
            figures.open_seen += len(ages)
    count_results(figures, lots, days)
    spent = [site.requests[day] for day in range(first, days)]
    figures.requests, figures.allowed = sum(spent), spec.requests_per_day * len(spent)
    figures.most = round(100 * max(site.requests.values(), default=0) / spec.requests_per_day)
    figures.looks = site.looks
    return figures


def count_results(figures: Figures, lots: Iterable[Lot], days: int) -> None:
    """Of the lots that ended in the days that count, but for the last: a day is left in which to see the result."""
    first, last = BEGIN + days // WARM_UP * DAY, BEGIN + (days - 1) * DAY
    for lot in lots:
        if first <= lot.over < last:
            before = lot.looked_before_end
            figures.ended += 1
            figures.within_day += lot.seen_at is not None and lot.seen_at - lot.over <= DAY
            figures.last_day += before is not None and lot.over - before <= DAY
            figures.last_hour += before is not None and lot.over - before <= HOUR


def total(sites: Iterable[Figures]) -> Figures:
    """All sites together."""
    whole = Figures()
    for each in sites:
        whole.add(each)
    return whole


def tell_sites(sites: dict[str, Figures], days: int) -> None:
    """The timetable site by site, with what it asked for each day."""
    for name, figures in sites.items():
        spec = source_specs()[name]
        a_day = figures.requests / (days - days // WARM_UP)
        print(f"  {name:36}{figures.cells()}  {a_day:,.0f} of {spec.requests_per_day:,} requests a day")
        print(f"  {'':38}{', '.join(f'{reason} {count / days:,.0f}' for reason, count in figures.looks.most_common())}")


def tell_factors(daily: Figures, timetable: Figures) -> None:
    """How much fresher the timetable is."""
    seen = [each.within_day / max(each.ended, 1) for each in (daily, timetable)]
    print(f"fresher than everything daily by a factor of {_age(daily) / _age(timetable):.1f}", end="; ")
    print(f"results within 24 h: {seen[1]:.1%} against {seen[0]:.1%}")


def _age(figures: Figures) -> float:
    return figures.age / max(figures.open_seen, 1)


if __name__ == "__main__":
    main()
