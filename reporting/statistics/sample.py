"""What a statistic is taken from: homes, their rounds, and the listings of each that were asked for.

A round is counted once, however many listings it has: one that was suspended and went on under a new id, or that
stands on two platforms, is the same round (domain.md, case 7). Chains hold all listings of a home, also those that the
filters leave out, since what became of a first auction may stand on another platform. So do they where a person's word
joins a home with what a source calls a claim or a vehicle: these are not asked for, and tell what became of a round.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from reporting.asked import filter_notes, require_sources
from reporting.asked_homes import homes_that_say
from reporting.attempts import Attempt, Outcome, by_home, load_attempts
from reporting.filters import CLAIMS_LEFT_OUT, Filters
from reporting.linked import linked_then
from reporting.seen import is_asked_for, is_likely_over, seen_at
from reporting.statistics.looks import LONGEST_PAUSE
from reporting.tables import Column, Table
from store.read import observed_range
from store.rows import PROPERTY
from store.terms import RoundLink, RoundStatus
from tracking.keys import collector_at_rest
from tracking.rounds import SAME_ROUND

PRECEDENCE = (
    Outcome.SOLD,
    Outcome.FAILED,
    Outcome.OPEN,
    Outcome.WITHDRAWN,
    Outcome.SUSPENDED,
    Outcome.UNKNOWN,
)
"""Which of two listings of one round is believed: a result before none, and any word before none."""


class Seen(NamedTuple):
    """When each listing was seen last, by ``now``."""

    now: datetime
    at: Mapping[int, datetime]

    def is_stale(self, attempt: Attempt) -> bool:
        """Whether nobody has seen a listing for longer than its source may pause."""
        return self.now - self.at[attempt.offer.listing_id] > LONGEST_PAUSE

    def outcome_of(self, attempt: Attempt) -> Outcome:
        """What became of a listing: one whose end is not told is not open for ever.

        A court's round that began longer ago than any lasts is over. A list of what is for sale drops what was sold,
        withdrawn or failed without a word: what never told its state is not longer open than it is seen, nor is
        what was only announced, without a day to come (Florida, 2025). None of these is known to be a failure.
        """
        if attempt.outcome is not Outcome.OPEN or attempt.ends_on is not None:
            return attempt.outcome
        starts_at, is_untold = attempt.offer.starts_at, attempt.offer.status in {None, RoundStatus.UPCOMING}
        is_dropped = is_untold and self.is_stale(attempt) and (starts_at is None or starts_at <= self.now)
        return Outcome.UNKNOWN if is_dropped or is_likely_over(attempt.offer, self.now) else Outcome.OPEN


@dataclass(frozen=True, slots=True)
class Round:
    """One attempt to sell. ``listings`` in the order of the chain; ``asked`` are those that the filters admit."""

    listings: tuple[Attempt, ...]
    asked: tuple[Attempt, ...]
    outcome: Outcome

    @property
    def first(self) -> Attempt:
        """The listing that the round began with."""
        return self.listings[0]


@dataclass(frozen=True, slots=True)
class Home:
    """A property with its rounds in order; an unlinked listing is one round of a home without a number."""

    property_id: int | None
    rounds: tuple[Round, ...]

    @property
    def asked(self) -> list[Round]:
        """The rounds that have a listing among those asked for."""
        return [each for each in self.rounds if each.asked]


@dataclass(frozen=True, slots=True)
class Ground:
    """What is to be told beneath the figures of any statistic: when listings were seen, and what to know of them."""

    observed: tuple[datetime, datetime] | None
    notes: tuple[str, ...]

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Any],
        measure: str,
        noun: str,
        limit: int | None,
        notes: Iterable[str],
    ) -> Table:
        """Rows that stand on this ground, with what is to be known of it beneath the report's own notes."""
        first, last = self.observed or (None, None)
        return Table(columns, rows, measure, noun, first, last, limit, (*notes, *self.notes))


@dataclass(frozen=True, slots=True)
class Sample(Ground):
    """The homes of which at least one listing was asked for, as known at ``now``.

    ``seen_at``: when each listing was seen last by then.
    """

    homes: Sequence[Home]
    now: datetime
    seen_at: Mapping[int, datetime]

    @property
    def rounds(self) -> Iterator[Round]:
        """Every round that was asked for."""
        return (each for home in self.homes for each in home.asked)

    @property
    def listings(self) -> Iterator[Attempt]:
        """Every listing that was asked for."""
        return (attempt for each in self.rounds for attempt in each.asked)


def load_sample(connection: Connection, filters: Filters, *, of_homes: bool = True) -> Sample:
    """The sample of a question.

    Args:
        connection: open for reading.
        filters: what is asked for.
        of_homes: leave out what is no home (``Filters.leaves_out``).

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    require_sources(connection, filters.sources)
    then = linked_then(connection, filters, with_waiting=False)
    sightings = then.sightings if then else None
    ids = homes_that_say(connection, filters)
    with collector_at_rest():
        everything = load_attempts(connection, Filters(as_of=filters.as_of), ids, then)
    observed = observed_range(connection, filters.sources, sightings)
    now = filters.before or datetime.now(UTC)
    seen = Seen(now, seen_at(connection, everything, sightings))
    asked, claims = _asked_for(everything, filters, seen, of_homes=of_homes)
    homes = [home for group in by_home(everything) if (home := make_home(group, asked, seen)).asked]
    notes = (
        *_link_notes(connection, homes, filters),
        *filter_notes(connection, filters),
        *_stale_notes(homes, seen),
        *claim_notes(claims),
    )
    return Sample(observed, notes, homes, now, seen.at)


def _asked_for(attempts: Iterable[Attempt], filters: Filters, seen: Seen, *, of_homes: bool) -> tuple[set[int], int]:
    """The ids of the listings that are asked for, and how many claims are left out of them."""
    asked, claims = set(), 0
    for offer in (attempt.offer for attempt in attempts):
        if not is_asked_for(offer, filters, seen.at[offer.listing_id]):
            continue
        if of_homes and filters.leaves_out(offer.property_kind):
            claims += 1
        else:
            asked.add(offer.listing_id)
    return asked, claims


def make_home(attempts: Sequence[Attempt], asked: Collection[int], seen: Seen) -> Home:
    """The rounds of one home, out of its listings in the order of the chain.

    ``asked``: ids of the listings that are asked for, among others.
    """
    together: dict[int, list[Attempt]] = {}
    root_of: dict[int, int] = {}
    for attempt in attempts:
        listing_id, step = attempt.offer.listing_id, attempt.step
        before = step.previous_listing_id if step and step.link in SAME_ROUND else None
        root = listing_id if before is None else root_of.get(before, before)
        root_of[listing_id] = root
        together.setdefault(root, []).append(attempt)
    rounds = (
        Round(
            tuple(listings),
            tuple(each for each in listings if each.offer.listing_id in asked),
            outcome_of_round(listings, seen),
        )
        for listings in together.values()
    )
    return Home(attempts[0].property_id, tuple(rounds))


def outcome_of_round(listings: Sequence[Attempt], seen: Seen) -> Outcome:
    """What became of a round: a listing that went on under a new id has no say any more."""
    went_on = {each.step.previous_listing_id for each in listings if each.step and each.step.link is RoundLink.RESUMED}
    told = [seen.outcome_of(each) for each in listings if each.offer.listing_id not in went_on]
    return min(told, key=PRECEDENCE.index)


def linked_homes(homes: Iterable[Home]) -> int:
    """How many homes are known as such."""
    return sum(home.property_id is not None for home in homes)


def _link_notes(connection: Connection, homes: Sequence[Home], filters: Filters) -> Iterator[str]:
    version = connection.execute(select(func.max(PROPERTY.c.linker_version))).scalar()
    by_what = "from what was known then" if filters.before else "today"
    return link_notes(version, len(homes), len(homes) - linked_homes(homes), by_what)


def link_notes(version: int | None, homes: int, alone: int, by_what: str = "today") -> Iterator[str]:
    """By which linker, and how many of the homes are listings that it has not seen."""
    if homes and alone == homes:
        yield "nothing is linked yet (run fapai link): each listing stands for itself, homes cannot be counted"
        return
    if version is not None:
        yield f"homes as linked {by_what} by version {version} of the linker"
    if alone:
        yield f"{alone:,} listings are not linked yet (run fapai link): each stands for itself, none counts as a home"


def _stale_notes(homes: Sequence[Home], seen: Seen) -> Iterator[str]:
    asked = [each for home in homes for each in home.asked]
    opened = [each for each in asked if each.outcome is Outcome.OPEN]
    stale = sum(all(map(seen.is_stale, each.listings)) for each in opened)
    untold = sum(
        each.outcome is Outcome.UNKNOWN and any(listing.outcome is Outcome.OPEN for listing in each.listings)
        for each in asked
    )
    return stale_notes(len(opened), stale, untold)


def stale_notes(opened: int, stale: int, untold: int) -> Iterator[str]:
    """How many rounds pass as open, or as unknown, because nothing says that they ended."""
    if stale:
        yield (
            f"open: {stale:,} of {opened:,} open rounds were not seen for more than {LONGEST_PAUSE.days} days; "
            "nothing says that they ended"
        )
    if untold:
        yield (
            f"unknown: {untold:,} rounds never told their end, and began longer ago than any lasts or were not seen "
            f"for more than {LONGEST_PAUSE.days} days: neither open nor failed"
        )


def claim_notes(left_out: int) -> Iterator[str]:
    """How many listings are of no home."""
    if left_out:
        yield f"left out: {left_out:,} {CLAIMS_LEFT_OUT}"
