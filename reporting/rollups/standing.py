"""The standing reports: from rollups where these know the answer, else from the observations, with the same cells."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from reporting.attempts import Outcome
from reporting.choices import By
from reporting.filters import day_of
from reporting.rollups.answer import KeptFigures, Rollups, is_kept, kept_figures, open_rollups
from reporting.rollups.asked import asked_clearance, asked_counts
from reporting.rollups.labels import COUNTRY, PUBLISHED, shipped_counts
from reporting.rollups.rows_on_demand import RowsOnDemand
from reporting.statistics.clearance import Clearance, ClearanceQuestion, RoundClearance, clearance, clearance_row
from reporting.statistics.counts import Count, CountQuestion, Counts, count, count_row, published_for, words_of_totals
from reporting.statistics.published import PublishedCount

ENDS = ("open", "stale", "sold", "failed", "withdrawn", "suspended", "unknown", "untold", "followed")
"""What a row of clearance is made of."""

BEHIND_GROUP = attrgetter(*(each.name for each in fields(RoundClearance) if each.name != "group"))


def standing_clearance(connection: Connection, question: ClearanceQuestion) -> Clearance:
    """The clearance rates.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    kept = None
    if not question.per_home:
        kept = kept_figures(connection, question.by, question.filters, of_homes=True)
    if kept is None:
        return asked_clearance(connection, question) or clearance(connection, question)
    groups = kept.groups
    columns = [groups[name] for name in ENDS]

    def make(place: int) -> RoundClearance:
        return RoundClearance(groups.name_of(place), *_told_of_rounds(*[column[place] for column in columns]))

    places = groups.in_order(groups.places("rounds"), question.by, groups["rounds"])
    return Clearance(question, RowsOnDemand(places, make), kept.ground)


@lru_cache(maxsize=16_384)
def _told_of_rounds(*counts: int) -> tuple[Any, ...]:
    """What a row tells behind its group: groups with the same counts have the same rates and intervals."""
    told = dict(zip(ENDS, counts, strict=True))
    outcomes = {
        Outcome.OPEN: told["open"] + told["stale"],
        Outcome.SOLD: told["sold"],
        Outcome.FAILED: told["failed"],
        Outcome.WITHDRAWN: told["withdrawn"],
        Outcome.SUSPENDED: told["suspended"],
        Outcome.UNKNOWN: told["unknown"] + told["untold"],
    }
    return tuple(BEHIND_GROUP(clearance_row(None, outcomes, told["followed"])))


def standing_counts(connection: Connection, question: CountQuestion) -> Counts:
    """How many listings, rounds and homes.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    rollups = open_rollups(connection) if is_kept(question.by, question.filters) else None
    if rollups is None:
        return asked_counts(connection, question) or count(connection, question)
    published = _published(rollups) if question.by is By.SELLER else {}
    if published is None:
        return count(connection, question)
    family = PUBLISHED if published else None
    kept = rollups.figures(question.by, of_homes=False, family=family, names=published)
    total = kept.total
    together = words_of_totals(total["listings"], total["rounds"], total["homes"])
    return Counts(question, _count_rows(kept, question.by, published), kept.ground, together, False)


def _count_rows(kept: KeptFigures, by: By, published: Mapping[str, PublishedCount]) -> Sequence[Count]:
    groups = kept.groups
    columns = [groups[name] for name in ("listings", "rounds", "homes", "unlinked")]

    def row_at(place: int) -> Count:
        group = groups.name_of(place)
        listings, rounds, homes, unlinked = (column[place] for column in columns)
        return count_row(group, listings, rounds, homes, unlinked, published.get(group or ""))

    sizes, places = list(groups["listings"]), set(groups.places())
    for name, each in published.items():
        place = groups.place_of(name)
        sizes[place] = max(sizes[place], each.listings)
        places.add(place)
    return RowsOnDemand(groups.in_order(places, by, sizes), row_at)


def _published(rollups: Rollups) -> dict[str, PublishedCount] | None:
    """The numbers beside sellers: all that are shipped, or none; ``None`` where only some of them are to be shown."""
    found = published_for(rollups.labels(COUNTRY), day_of(datetime.now(UTC)))
    return found if not found or found == shipped_counts() else None
