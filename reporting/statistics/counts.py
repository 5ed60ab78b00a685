"""How many: listings, rounds and homes, always side by side, and what banks publish beside our own (domain.md, 3)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from reporting.attempts import Attempt
from reporting.choices import By
from reporting.filters import Filters, last_day
from reporting.statistics.groups import GROUPING, group_of, in_order
from reporting.statistics.published import PublishedCount, best_counts, published_counts
from reporting.statistics.rows import NAME_COLUMNS, Grouped, count_columns
from reporting.statistics.sample import Home, Round, Sample, linked_homes, load_sample
from reporting.tables import Column, Shape, Table
from tracking.law import BANKS
from tracking.offers import country_of

MEASURE = (
    "listings: pages of a source; rounds: attempts to sell, once each though they stand on two platforms or go on "
    "under a new id; homes: properties behind listings that are linked"
)
PUBLISHED = (
    "published: what banks or the press give, not de-duplicated (未去重): to compare with listings, never with homes; "
    "of all platforms and cities; all sellers of such a bank stand together under its name"
)
NOT_COMPARABLE = "published numbers of banks are left out: they do not compare with a part (a city, a source, a kind …)"


@dataclass(frozen=True, slots=True)
class CountQuestion:
    """What is asked: of which listings, and by what they are told apart."""

    filters: Filters = field(default_factory=Filters)
    by: By = By.SOURCE
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class Count(Grouped):
    """One group. ``homes`` is ``None`` where none of its listings is linked; ``unlinked`` listings are in no home.

    ``published`` is the number of listings that is published of this seller, with its day or month and source.
    """

    group: str | None
    listings: int
    rounds: int
    homes: int | None
    unlinked: int
    published: int | None = None
    is_published_exact: bool | None = None
    published_on: str | None = None
    published_scope: str | None = None
    published_source: str | None = None


COLUMNS = (
    *NAME_COLUMNS,
    *count_columns(listings=0, rounds=0, homes=0),
    Column("unlinked", Shape.COUNT, "not linked", room=1),
)
PUBLISHED_COLUMNS = (
    Column("published", Shape.COUNT, "published, not de-duplicated"),
    Column("is_published_exact", Shape.WORD, is_in_table=False),
    Column("published_on", Shape.WORD, "on", room=2),
    Column("published_scope", Shape.TEXT, is_in_table=False),
    Column("published_source", Shape.TEXT, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """The answer."""

    question: CountQuestion
    rows: Sequence[Count]
    sample: Sample

    def table(self) -> Table:
        """The report as rows and columns."""
        notes = [total_words(self.sample.homes)]
        if self.question.by is not By.ALL:
            notes.append(GROUPING)
        if self.question.by is By.SELLER:
            notes += self._published_notes()
        return self.sample.table(self._columns(), self.rows, MEASURE, "groups", self.question.limit, notes)

    @property
    def _shows_published(self) -> bool:
        return any(row.published is not None for row in self.rows)

    def _columns(self) -> tuple[Column, ...]:
        """Files keep their columns; a table for people has no empty ones."""
        if self.question.by is not By.SELLER:
            return COLUMNS
        if self._shows_published:
            return COLUMNS + PUBLISHED_COLUMNS
        return COLUMNS + tuple(replace(column, is_in_table=False) for column in PUBLISHED_COLUMNS)

    def _published_notes(self) -> list[str]:
        if self._shows_published:
            return [PUBLISHED]
        return [NOT_COMPARABLE] if is_part(self.question.filters) and published_beside(self.sample) else []


def count(connection: Connection, question: CountQuestion) -> Counts:
    """Count.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    sample = load_sample(connection, question.filters, of_homes=False)
    is_beside = question.by is By.SELLER and not is_part(question.filters)
    published = published_beside(sample) if is_beside else {}
    return Counts(question, count_groups(sample.homes, question.by, published), sample)


def count_groups(homes: Sequence[Home], by: By, published: dict[str, PublishedCount]) -> list[Count]:
    """A row for each group, and for each seller of whom a number is published, even where we have none of his."""
    listings: dict[str | None, int] = defaultdict(int)
    unlinked: dict[str | None, int] = defaultdict(int)
    rounds: dict[str | None, int] = defaultdict(int)
    known: dict[str | None, int] = defaultdict(int)
    for home in homes:
        of_home: set[str | None] = set()
        for each in home.asked:
            groups = [_group(attempt, by, published) for attempt in each.asked]
            for group in groups:
                listings[group] += 1
                unlinked[group] += home.property_id is None
            for group in set(groups):
                rounds[group] += 1
            of_home.update(groups)
        for group in of_home:
            known[group] += home.property_id is not None
    for seller in published:
        listings.setdefault(seller, 0)
    told = {group: max(own, _published(group, published)) for group, own in listings.items()}
    return [
        _row(group, listings[group], rounds[group], known[group], unlinked[group], published.get(group or ""))
        for group in in_order(told, by, int)
    ]


def total_words(homes: Sequence[Home]) -> str:
    """Listings, rounds and homes in one line."""
    rounds: list[Round] = [each for home in homes for each in home.asked]
    listings = sum(len(each.asked) for each in rounds)
    known = linked_homes(homes)
    words = f"{known:,} homes" if known or not homes else "homes not known"
    return f"together: {listings:,} listings, {len(rounds):,} rounds, {words}"


def _row(
    group: str | None, listings: int, rounds: int, homes: int, unlinked: int, published: PublishedCount | None
) -> Count:
    known = None if unlinked == listings and listings else homes
    row = Count(group, listings, rounds, known, unlinked)
    if published is None:
        return row
    return Count(
        group,
        listings,
        rounds,
        known,
        unlinked,
        published.listings,
        published.is_exact,
        published.published_on,
        published.scope,
        published.source,
    )


def _published(group: str | None, published: dict[str, PublishedCount]) -> int:
    """So that the banks with the largest numbers, ours or theirs, stand on top."""
    return published[group].listings if group in published else 0


def _group(attempt: Attempt, by: By, published: dict[str, PublishedCount]) -> str | None:
    if by is By.SELLER:
        for seller, numbers in published.items():
            if numbers.covers(attempt.offer):
                return seller
    return group_of(attempt, by)


def published_beside(sample: Sample) -> dict[str, PublishedCount]:
    """The numbers that were published by the day asked for, of the countries whose listings were asked for."""
    today = last_day(sample.now)
    offers = (attempt.offer for attempt in sample.listings)
    countries = {country_of(offer.region_code, offer.source, offer.currency) for offer in offers}
    return best_counts(each for each in published_counts() if each.country in countries and each.was_known_on(today))


def is_part(filters: Filters) -> bool:
    """Whether less than everything of a bank is asked for: published numbers do not compare with a part."""
    parts = filters.sources, filters.cities, filters.kinds, filters.rounds, filters.since
    return any(parts) or bool(filters.seller_kinds and not BANKS.issubset(filters.seller_kinds))
