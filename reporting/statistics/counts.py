"""How many: listings, rounds and homes, always side by side, and what banks publish beside our own (domain.md, 3)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from reporting.attempts import Attempt
from reporting.choices import By
from reporting.filters import Filters, last_day
from reporting.statistics.groups import GROUPING, group_of, in_order
from reporting.statistics.published import PublishedCount, best_counts, published_counts
from reporting.statistics.rows import NAME_COLUMNS, Grouped, count_columns
from reporting.statistics.sample import Ground, Home, Round, Sample, linked_homes, load_sample
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
    sample: Ground
    together: str  # listings, rounds and homes of all groups, in words
    hides_published: bool  # only a part is asked for: published numbers do not compare with it

    def table(self) -> Table:
        """The report as rows and columns."""
        notes = [self.together]
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
        return [NOT_COMPARABLE] if self.hides_published else []


def count(connection: Connection, question: CountQuestion) -> Counts:
    """Count.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    sample = load_sample(connection, question.filters, of_homes=False)
    published = published_beside(sample) if question.by is By.SELLER else {}
    hides = bool(published) and is_part(question.filters)
    rows = count_groups(sample.homes, question.by, {} if hides else published)
    return Counts(question, rows, sample, total_words(sample.homes), hides)


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
        count_row(group, listings[group], rounds[group], known[group], unlinked[group], published.get(group or ""))
        for group in in_order(told, by, int)
    ]


def total_words(homes: Sequence[Home]) -> str:
    """Listings, rounds and homes in one line."""
    rounds: list[Round] = [each for home in homes for each in home.asked]
    listings = sum(len(each.asked) for each in rounds)
    return words_of_totals(listings, len(rounds), linked_homes(homes))


def words_of_totals(listings: int, rounds: int, homes: int) -> str:
    """The same of numbers; no home is known where there are listings and none is linked."""
    words = f"{homes:,} homes" if homes or not listings else "homes not known"
    return f"together: {listings:,} listings, {rounds:,} rounds, {words}"


def count_row(
    group: str | None, listings: int, rounds: int, homes: int, unlinked: int, published: PublishedCount | None
) -> Count:
    """The row of a group."""
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
    offers = (attempt.offer for attempt in sample.listings)
    countries = {country_of(offer.region_code, offer.source, offer.currency) for offer in offers}
    return published_for(countries, last_day(sample.now))


def published_for(countries: Collection[str], today: date) -> dict[str, PublishedCount]:
    """The numbers that were published of sellers of some countries by a day."""
    return best_counts(each for each in published_counts() if each.country in countries and each.was_known_on(today))


def is_part(filters: Filters) -> bool:
    """Whether less than everything of a bank is asked for: published numbers do not compare with a part."""
    parts = filters.sources, filters.cities, filters.kinds, filters.rounds, filters.since
    return any(parts) or bool(filters.seller_kinds and not BANKS.issubset(filters.seller_kinds))
