"""What became of homes, from the files of a snapshot alone: ``python homes_from_snapshot.py SNAPSHOT QUESTION``.

It answers what follows a home through its rounds: ``funnel``, ``clearance-per-home`` and ``cohort``, with the columns of the
reports of those names. It needs ``from_snapshot.py`` beside it, DuckDB and NumPy, and nothing of the program: every rule
that the reports follow is written here a second time.
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import duckdb
from from_snapshot import HOMES, LEAST, SHANGHAI, ask, open_snapshot, plain

PAUSE = timedelta(days=31)  # a source that nobody looked at for longer was not followed
LAPSE = timedelta(days=548)  # a procedure without a sale is over after so long
PRECEDENCE = ("sold", "failed", "open", "withdrawn", "suspended", "unknown")
SAME_ROUND = ("resumed", "same_offer_elsewhere")
CREDITORS = ("state_bank", "joint_stock_bank", "city_bank", "rural_bank", "bank", "asset_manager")
FORCED = ("judicial_auction", "out_of_court_auction")
DIRECT = (
    *("direct_sale", "special_direct_sale", "online_sale", "open_tender", "asset_auction", "dutch_auction"),
    *("tender", "private_treaty"),
)
STAGE_OF = {
    **{name: name for name in ("first_auction", "second_auction", "third_auction", "later_auction", "sell_off")},
    "open_purchase": "sell_off",
    "re_auction": "re_auction",
}
STAGE_ORDER = (*list(STAGE_OF)[:5], "re_auction", "bank_sale", "other_sale", "other_auction", "not_told")
NUMBER_OF = {"first_auction": 1, "second_auction": 2, "third_auction": 3}
Z = 1.959963984540054  # of the normal distribution, for 95 %

Listing = dict[str, Any]
Answer = list[dict[str, Any]]


@dataclass
class Round:
    """One attempt to sell: its listings in the order of the chain."""

    listings: list[Listing]

    @property
    def first(self) -> Listing:
        """The listing that it began with."""
        return self.listings[0]

    @property
    def outcome(self) -> str:
        """A listing that went on under a new id has no say."""
        went_on = {each["previous_key"] for each in self.listings if each["link"] == "resumed"}
        return min((each["outcome"] for each in self.listings if each["key"] not in went_on), key=PRECEDENCE.index)


@dataclass
class Snapshot:
    """The homes of a snapshot, listing by listing in the order of their chains, and when each source was looked at."""

    database: duckdb.DuckDBPyConnection
    now: datetime
    homes: list[list[Listing]] = field(default_factory=list)
    looks: dict[str, list[date]] = field(default_factory=lambda: defaultdict(list))

    @property
    def rounds(self) -> list[list[Round]]:
        """The rounds of each home."""
        return [rounds_of(home) for home in self.homes]


Question = Callable[[Snapshot], Answer]


def load(folder: Path) -> Snapshot:
    """Read the snapshot."""
    database = open_snapshot(folder)
    (known,) = rows_of(database, "SELECT now FROM known")
    snapshot = Snapshot(database, known["now"])
    homes: dict[str, list[Listing]] = defaultdict(list)
    for row in rows_of(database, f"SELECT * FROM state WHERE {HOMES} ORDER BY property_key, position"):
        homes[row["property_key"]].append(row)
    snapshot.homes = list(homes.values())
    looked = "SELECT source, seen_on FROM coverage WHERE read_count + empty_count > 0 ORDER BY seen_on"
    for row in rows_of(database, looked):
        snapshot.looks[row["source"]].append(row["seen_on"])
    return snapshot


def rows_of(database: duckdb.DuckDBPyConnection, sql: str) -> list[Listing]:
    """The rows of a query by the names of their columns."""
    names, rows = ask(database, sql)
    return [dict(zip(names, row, strict=True)) for row in rows]


def rounds_of(home: Sequence[Listing]) -> list[Round]:
    """The rounds of one home; a suspended one that went on, and an offer on a second platform, are no rounds of their own."""
    rounds: dict[str, Round] = {}
    for each in home:
        rounds.setdefault(each["root"], Round([])).listings.append(each)
    return list(rounds.values())


def day_of(instant: datetime) -> date:
    """The day in Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def dated_at(listing: Listing) -> datetime | None:
    """When an attempt was made, as its source says."""
    return listing["starts_at"] or listing["ends_at"] or listing["published_at"]


def counted(listing: Listing) -> int | None:
    """The number of the round as the source gives it; the open purchase of Taiwan has none."""
    if listing["round_kind"] == "open_purchase":
        return None
    return NUMBER_OF.get(listing["round_kind"]) or listing["round_number"] or None


def share(part: int, whole: int) -> dict[str, float | None]:
    """A share in percent with Wilson's interval."""
    if whole < LEAST:
        return {"rate_percent": None, "low_percent": None, "high_percent": None}
    rate, square = part / whole, Z * Z
    middle = (rate + square / (2 * whole)) / (1 + square / whole)
    half = Z / (1 + square / whole) * sqrt(rate * (1 - rate) / whole + square / (4 * whole**2))
    return {"rate_percent": 100 * rate, "low_percent": 100 * (middle - half), "high_percent": 100 * (middle + half)}


# The funnel


def funnel(snapshot: Snapshot) -> Answer:
    """What becomes of each stage, and as what the home comes again."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for home in snapshot.rounds:
        for place, each in enumerate(home):
            found = counts[stage_of(each)]
            found.update(["rounds", each.outcome, *(["seen_before"] if place else [])])
            if each.outcome in {"failed", "withdrawn", "suspended"}:
                found["n"] += 1
                found.update(["again", f"-> {stage_of(home[place + 1])}"] if place + 1 < len(home) else [])
    return [_stage_row(stage, counts[stage]) for stage in STAGE_ORDER if stage in counts]


def _stage_row(stage: str, found: Counter[str]) -> dict[str, Any]:
    names = ("rounds", "seen_before", *PRECEDENCE, "n", "again")
    following = {"next_second": "second_auction", "next_sell_off": "sell_off", "next_bank": "bank_sale"}
    row = {"group": stage, **{name: found[name] for name in names}}
    row |= {name: found[f"-> {next_stage}"] for name, next_stage in following.items()}
    row["next_other"] = found["again"] - sum(row[name] for name in following)
    return row | share(found["again"], found["n"])


def stage_of(each: Round) -> str:
    """A creditor's own sale, else the kind that a listing tells, else the place that the law gives it."""
    first = each.first
    is_direct = sells_directly(first)
    if first["seller_kind"] in CREDITORS and is_direct:
        return "bank_sale"
    for listing in each.listings:
        if listing["round_kind"] in STAGE_OF:
            return STAGE_OF[listing["round_kind"]]
    if is_direct:
        return "other_sale"
    if first["round_number"] and (named := stage_at(first, first["place"])):
        return STAGE_OF.get(named, "not_told")
    return "other_auction" if any(listing["round_kind"] for listing in each.listings) else "not_told"


def sells_directly(listing: Listing) -> bool:
    """No court sells, and no law counts the rounds."""
    if listing["round_kind"] in DIRECT:
        return True
    is_forced = listing["round_kind"] in FORCED or listing["seller_kind"] in {None, "court"}
    return not is_forced and listing["stages"] is None


def stage_at(listing: Listing, place: int) -> str | None:
    """What the law calls the round at a place, from 1; later auctions have no end where it knows them."""
    stages = listing["stages"] or []
    if place <= len(stages):
        return str(stages[place - 1])
    return "later_auction" if "later_auction" in stages else None


# Whole chains


def clearance_per_home(snapshot: Snapshot) -> Answer:
    """Homes that were ever sold, of those whose chain has ended."""
    ends = Counter(end_of_chain(home, snapshot.now) for home in snapshot.rounds)
    ended = ends["sold"] + ends["unsold"] + ends["unknown"]
    known = ends["sold"] + ends["unsold"]
    row = {"group": "all", "homes": ends.total(), "ended": ended, "n": known, "going_on": ends["going_on"]}
    row |= {name: ends[name] for name in ("sold", "unsold", "unknown")}
    return [row | share(ends["sold"], known) | {"coverage_percent": 100 * known / ended if ended else None}]


def end_of_chain(home: Sequence[Round], now: datetime) -> str:
    """Sold, unsold, over nobody knows how, or going on."""
    if any(each.outcome == "sold" for each in home):
        return "sold"
    outcome, last = home[-1].outcome, home[-1].listings[-1]
    if outcome in {"open", "suspended"}:
        return "going_on"
    is_last = last["stages"] is not None and stage_at(last, last["place"] + 1) is None
    is_settled = outcome == "failed" and (last["status"] == "taken_by_creditor" or is_last)
    quiet_since = last["ends_at"] or dated_at(last) or last["last_seen_at"]
    if last["ended_on"] and not last["ends_at"]:
        quiet_since = datetime.combine(last["ended_on"] + timedelta(days=1), time(), SHANGHAI)
    if not is_settled and quiet_since > now - LAPSE:
        return "going_on"
    return "unknown" if outcome == "unknown" else "unsold"


def cohort(snapshot: Snapshot) -> Answer:
    """Of the first auctions of a month, how many homes were sold after so many days."""
    found: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for home in snapshot.rounds:
        for place, each in enumerate(home):
            began_at = each.first["starts_at"]
            began_on = day_of(began_at) if began_at else each.first["ends_on"]
            if began_on is None or all(counted(listing) != 1 for listing in each.listings):
                continue
            until = followed_until(snapshot.looks[each.first["source"]], began_on)
            for days in (30, 60, 90, 180):
                standing = standing_after(home[place:], began_on + timedelta(days=days), until)
                found[f"{began_on:%Y-%m}", days][standing] += 1
    return [_cohort_row(month, days, found[month, days]) for month, days in sorted(found)]


def _cohort_row(month: str, days: int, found: Counter[str]) -> dict[str, Any]:
    known = found["sold"] + found["unsold"]
    row = {"group": month, "days": days, "first_auctions": found.total(), "n": known}
    return row | {name: found[name] for name in ("censored", "unknown", "sold")} | share(found["sold"], known)


def followed_until(looks: Sequence[date], since: date) -> date | None:
    """The last of the looks that go on from a day without a pause that is too long."""
    runs: list[list[date]] = []
    for day in looks:
        if runs and day - runs[-1][-1] <= PAUSE:
            runs[-1].append(day)
        else:
            runs.append([day])
    begun = [run for run in runs if run[0] <= since + PAUSE]
    return begun[-1][-1] if begun and begun[-1][-1] >= since else None


def standing_after(home: Sequence[Round], deadline: date, followed: date | None) -> str:
    """Where a home stood on a day."""
    if followed is None or followed < deadline:
        return "censored"
    for each in home:
        if each.outcome == "sold":
            days = [one["ends_on"] for one in each.listings if one["own_outcome"] == "sold" and one["ends_on"]]
            if not days:
                return "unknown"
            if min(days) <= deadline:
                return "sold"
    last = home[-1]
    ends_on = last.listings[-1]["ends_on"]
    return "unknown" if last.outcome == "unknown" and (ends_on is None or ends_on <= deadline) else "unsold"


QUESTIONS: dict[str, Question] = {"funnel": funnel, "clearance-per-home": clearance_per_home, "cohort": cohort}


def main(questions: Mapping[str, Question]) -> None:
    """Print the answer to what the command line asks."""
    if len(sys.argv) != 3 or sys.argv[2] not in questions:
        sys.exit(f"python {Path(sys.argv[0]).name} SNAPSHOT QUESTION; questions: {', '.join(questions)}")
    answer = questions[sys.argv[2]](load(Path(sys.argv[1])))
    names = list(dict.fromkeys(name for row in answer for name in row))
    writer = csv.DictWriter(sys.stdout, names)
    writer.writeheader()
    writer.writerows({name: plain(cell) for name, cell in row.items()} for row in answer)


if __name__ == "__main__":
    main(QUESTIONS)
