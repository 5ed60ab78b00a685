"""Comparing two snapshots row by row. Both are sorted alike, so rows that are the same are never held in memory.

A listing is the same under another generation where its first look is the same: a page of an earlier day told of
another thing under the id. A home is the same under another name where the listings are: most of them decide.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from typing import Any

from reporting.export_diff.changes import Change, ChangeKind, Key, Totals
from reporting.export_diff.snapshots import Row, Snapshot
from reporting.snapshot_keys import LISTING_KEY, ORDERS, Order, order_of_rows

HOMES = "property.csv"
PLACES = "auction_round.csv"
LISTINGS = "listing.csv"
Place = tuple[Key, int]
"""A key, and which of the rows that share it."""


@dataclass(slots=True)
class Sides:
    """The rows of one table that are not the same in both, by name."""

    before: dict[Place, Row] = field(default_factory=dict)
    after: dict[Place, Row] = field(default_factory=dict)
    before_count: int = 0
    after_count: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one snapshot in another."""

    changes: Sequence[Change]
    totals: Mapping[str, Totals]


def compare_snapshots(one: Snapshot, other: Snapshot) -> Difference:
    """All changes from the first to the second, table by table."""
    changes: list[Change] = []
    totals: dict[str, Totals] = {}
    files = list(dict.fromkeys((*one.files, *other.files)))
    sides = {name: _sides(name, one, other) for name in files}
    renamed = _renamed_listings(sides.get(LISTINGS, Sides()))
    for name, pair in sides.items():
        names = renamed if set(LISTING_KEY) <= set(ORDERS[name]) else {}
        found = list(_changes(name, pair, names))
        if name == HOMES:
            found = _told_of_homes(found, one, other, renamed)
        changes += found
        totals[name] = _totals(pair, found)
    return Difference(changes, totals)


def _sides(name: str, one: Snapshot, other: Snapshot) -> Sides:
    """What is in one of the two only, or is not the same in both."""
    fields = (one if name in one.files else other).fields(name)
    positions = [position for column in ORDERS[name] for position, each in enumerate(fields) if each.name == column]
    order = order_of_rows(name, fields)
    sides = Sides()
    for ours, theirs in _side_by_side(_groups(one, name, order), _groups(other, name, order)):
        sides.before_count += len(ours)
        sides.after_count += len(theirs)
        if ours == theirs:
            continue
        key = tuple((ours or theirs)[0][position] for position in positions)
        for occurrence, (before, after) in enumerate(zip_longest(ours, theirs)):
            if before == after:
                continue
            if before is not None:
                sides.before[key, occurrence] = before
            if after is not None:
                sides.after[key, occurrence] = after
    return sides


Group = tuple[Order, list[Row]]


def _groups(snapshot: Snapshot, name: str, order: Any) -> Iterator[Group]:
    if name in snapshot.files:
        for key, rows in groupby(snapshot.rows(name), key=order):
            yield key, list(rows)


def _side_by_side(ours: Iterator[Group], theirs: Iterator[Group]) -> Iterator[tuple[list[Row], list[Row]]]:
    """Both sorted streams in step: rows of one key from either side."""
    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None  # noqa: S101  # the loop's own condition
            yield one[1], []
            one = next(ours, None)
        elif one is None or other[0] < one[0]:
            yield [], other[1]
            other = next(theirs, None)
        else:
            yield one[1], other[1]
            one, other = next(ours, None), next(theirs, None)


def _renamed_listings(sides: Sides) -> dict[Key, Key]:
    """Listings of which the first look is the same and the generation is not."""
    first_look = len(LISTING_KEY)
    now = {(key[:2], row[first_look]): key for (key, _), row in sides.after.items()}
    renamed = {}
    for (key, _), row in sides.before.items():
        found = now.get((key[:2], row[first_look]))
        if found is not None and found != key:
            renamed[key] = found
    return renamed


def _changes(name: str, sides: Sides, renamed: Mapping[Key, Key]) -> Iterator[Change]:
    left = dict(sides.after)
    for place, before in sides.before.items():
        key, occurrence = place
        own = len(LISTING_KEY)
        new_key = renamed.get(key[:own], key[:own]) + key[own:] if renamed else key
        after = left.pop((new_key, occurrence), None)
        if after is None:
            yield Change(name, ChangeKind.REMOVED, key, None, before, None, occurrence)
        else:
            kind = ChangeKind.CHANGED if new_key == key else ChangeKind.REIDENTIFIED
            yield Change(name, kind, key, new_key, before, after, occurrence)
    for (key, occurrence), after in left.items():
        yield Change(name, ChangeKind.ADDED, None, key, None, after, occurrence)


def _told_of_homes(
    changes: Sequence[Change], one: Snapshot, other: Snapshot, renamed: Mapping[Key, Key]
) -> list[Change]:
    """The changes of homes with what became of those that are gone, and what the new ones were before."""
    gone = {each.former_key[0]: each for each in changes if each.kind is ChangeKind.REMOVED and each.former_key}
    new = {each.key[0]: each for each in changes if each.kind is ChangeKind.ADDED and each.key}
    told = [each for each in changes if each.kind not in {ChangeKind.REMOVED, ChangeKind.ADDED}]
    if not gone and not new:
        return told
    became, was = _moved_homes(one, other, renamed, set(gone), set(new))
    for key, change in gone.items():
        home = became.get(key)
        if home in new and was.get(home) == key:
            after = new.pop(home).after
            told.append(Change(HOMES, ChangeKind.REIDENTIFIED, (key,), (home,), change.before, after))
        else:
            leads_to = None if home is None else (home,)
            told.append(Change(HOMES, ChangeKind.REMOVED, (key,), leads_to, change.before, None))
    for key, change in new.items():
        told.append(Change(HOMES, ChangeKind.ADDED, (was[key],) if key in was else None, (key,), None, change.after))
    return told


def _moved_homes(
    one: Snapshot, other: Snapshot, renamed: Mapping[Key, Key], gone: set[str], new: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """For homes that are gone the one that most of their listings are of now; for new ones the one before."""
    home_column = len(LISTING_KEY)
    home_of: dict[Key, str] = {}
    for row in one.rows(PLACES) if PLACES in one.files else ():
        key = row[:home_column]
        home_of[renamed.get(key, key)] = row[home_column]
    became: dict[str, Counter[str]] = defaultdict(Counter)
    was: dict[str, Counter[str]] = defaultdict(Counter)
    for row in other.rows(PLACES) if PLACES in other.files else ():
        before, now = home_of.get(row[:home_column]), row[home_column]
        if before is None:
            continue
        if before in gone:
            became[before][now] += 1
        if now in new:
            was[now][before] += 1
    return {key: _most(found) for key, found in became.items()}, {key: _most(found) for key, found in was.items()}


def _most(found: Mapping[str, int]) -> str:
    """The most frequent; of several the first by name."""
    return min(found, key=lambda name: (-found[name], name))


def _totals(sides: Sides, changes: Sequence[Change]) -> Totals:
    counted = Counter(each.kind for each in changes)
    return Totals(
        sides.before_count,
        sides.after_count,
        counted[ChangeKind.ADDED],
        counted[ChangeKind.REMOVED],
        counted[ChangeKind.CHANGED],
        counted[ChangeKind.REIDENTIFIED],
    )
