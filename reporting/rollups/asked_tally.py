"""The groups of a part of the listings, with the rounds and homes in each, out of what rollups keep of every listing.

The database counts every listing as a round of its own, and tells which are not: those of a round that began with
another listing. These are few; they are read, with the listings that their rounds began with, and taken together.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, String, case, cast, func, literal_column, or_, select

from reporting.asked_homes import asked_conditions
from reporting.choices import By
from reporting.filters import Filters, fold_place
from reporting.rollups.group_words import LABELS, word_columns
from reporting.rollups.phases import Phase
from store.links import batches
from store.rollup_sheets import read_labels
from store.rollups import KEPT, Kept
from store.rows import LISTING, OBSERVATION
from store.terms import NO_HOMES

Standing = tuple[Phase, bool]
"""Where a round stands, and whether it was seen coming."""


@dataclass(slots=True)
class Figures:
    """What is counted of one group, or of all of them together. ``homes``: their ids, where they were asked for."""

    listings: int = 0
    unlinked: int = 0
    rounds: Counter[Standing] = field(default_factory=Counter)
    homes: set[int] = field(default_factory=set)

    def add(self, listings: int, unlinked: int, standing: Standing, homes: Iterable[int]) -> None:
        """Count listings, each as a round of its own."""
        self.listings += listings
        self.unlinked += unlinked
        self.rounds[standing] += listings
        self.homes.update(homes)

    def phase(self, *phases: Phase) -> int:
        """How many rounds stand there."""
        return sum(count for (phase, _), count in self.rounds.items() if phase in phases)


@dataclass(slots=True)
class Tally:
    """The groups by label. ``words``: the further words of all that was counted; ``claims``: listings left out."""

    groups: dict[str | None, Figures] = field(default_factory=lambda: defaultdict(Figures))
    total: Figures = field(default_factory=Figures)
    cities: set[str] = field(default_factory=set)
    words: set[tuple[Any, ...]] = field(default_factory=set)
    claims: int = 0


class TallyQuestion(NamedTuple):
    """What is to be counted.

    ``of_homes``: leave out what is no home; ``with_homes``: tell which homes there are; ``further``: more words of the
    listings to be told of all groups together.
    """

    filters: Filters
    by: By
    of_homes: bool
    with_homes: bool
    further: tuple[str, ...] = ()


class _Member(NamedTuple):
    """One listing of a round that has several, or that was counted on the way."""

    label: str | None
    kept: Kept


def tally_asked(connection: Connection, question: TallyQuestion, since: Mapping[int, Kept], gone: set[int]) -> Tally:
    """Count what the filters admit.

    Args:
        connection: open for reading.
        question: what is to be counted.
        since: rows as they are to be, of listings of which rollups do not know the newest yet.
        gone: listings of which something is kept and nothing is known any more.
    """
    work = _Work(connection, question)
    followers = work.add_groups(since.keys() | gone)
    members = [*work.members_kept(followers), *work.members_since(since)]
    work.take_together(members)
    return work.tally


class _Work:
    """One tally on its way."""

    def __init__(self, connection: Connection, question: TallyQuestion) -> None:
        self._connection = connection
        self._question = question
        names, self._label_of = LABELS[question.by]
        self._label_width = len(names)
        self._names = (*names, *question.further, *(("city",) if question.filters.cities else ()))
        self._cities = set(map(fold_place, question.filters.cities))
        self.tally = Tally()

    def add_groups(self, but: Collection[int]) -> list[int]:
        """Count what is kept, apart from some listings; gives the listings of rounds that began with another."""
        kept = KEPT.c
        words = word_columns(self._connection, self._names)
        own = (self._is_claim(), kept.phase, kept.is_followed)
        follower = case((kept.round_id != kept.listing_id, kept.listing_id))
        homes = _joined(self._connection, kept.property_id) if self._question.with_homes else literal_column("''")
        counted = (func.count(), func.count(kept.property_id), homes, _joined(self._connection, follower))
        names = self._city_names() if self._cities else None
        query = self._asked(select(*words, *own, *counted), names).where(KEPT.c.listing_id == LISTING.c.id)
        if but:
            query = query.where(LISTING.c.id.not_in(but))
        followers: list[int] = []
        width = len(words)
        grouped: list[ColumnElement[Any]] = [literal_column(str(place)) for place in range(1, width + len(own) + 1)]
        for row in self._connection.execute(query.group_by(*grouped)):
            is_claim, phase, is_followed, listings, linked, property_ids, apart = row[width:]
            if not self._is_in_city(row):
                continue
            if is_claim:
                self.tally.claims += listings
                continue
            standing = Phase(phase), bool(is_followed)
            self._add(row, listings, listings - linked, standing, _ids(property_ids))
            followers += _ids(apart)
        return followers

    def members_kept(self, followers: Collection[int]) -> Iterator[_Member]:
        """The listings asked for of the rounds that these belong to."""
        roots: set[int] = set()
        for part in batches(followers):
            roots.update(self._connection.execute(select(KEPT.c.round_id).where(KEPT.c.listing_id.in_(part))).scalars())
        kept = [KEPT.c[name] for name in Kept._fields]
        for row, is_claim, own in self._rows({*followers, *roots}, kept):
            if not is_claim:
                yield _Member(self._label(row), Kept._make(own))

    def members_since(self, since: Mapping[int, Kept]) -> Iterator[_Member]:
        """The listings asked for among those that are counted on the way; they are counted here."""
        for row, is_claim, (listing_id,) in self._rows(since, [LISTING.c.id]):
            if is_claim:
                self.tally.claims += 1
                continue
            kept = since[listing_id]
            homes = () if kept.property_id is None else (kept.property_id,)
            self._add(row, 1, not homes, (Phase(kept.phase), bool(kept.is_followed)), homes)
            yield _Member(self._label(row), kept)

    def take_together(self, members: Iterable[_Member]) -> None:
        """Of listings that were each counted as a round, count each round once in a group, and once in all."""
        rounds: dict[int, list[_Member]] = defaultdict(list)
        for member in members:
            rounds[member.kept.round_id].append(member)
        for several in rounds.values():
            standing = Phase(several[0].kept.phase), bool(several[0].kept.is_followed)
            self.tally.total.rounds[standing] -= len(several) - 1
            for label, count in Counter(member.label for member in several).items():
                self.tally.groups[label].rounds[standing] -= count - 1

    def _rows(self, listing_ids: Collection[int], columns: list[Any]) -> Iterator[tuple[Row[Any], bool, Sequence[Any]]]:
        """The words of single listings that are asked for, whether each is a claim, and further columns of it."""
        words = word_columns(self._connection, self._names)
        query = self._asked(select(*words, self._is_claim(), *columns))
        if any(column.table is KEPT for column in columns):
            query = query.where(KEPT.c.listing_id == LISTING.c.id)
        for part in batches(listing_ids):
            for row in self._connection.execute(query.where(LISTING.c.id.in_(part))):
                if self._is_in_city(row):
                    yield row, bool(row[len(words)]), row[len(words) + 1 :]

    def _asked(self, query: Select[Any], city_names: Collection[str] | None = None) -> Select[Any]:
        """The listings with their states that the filters admit, names of cities apart that Python must fold."""
        query = query.where(OBSERVATION.c.id == LISTING.c.observation_id)
        query = query.where(*asked_conditions(self._connection, self._question.filters, city_names))
        since = self._question.filters.since
        return query if since is None else query.where(LISTING.c.last_seen_at >= since)

    def _city_names(self) -> set[str]:
        """Names of the cities asked for as they stand in what is kept, and of some others.

        To compare the name of every listing with these takes the database a third less than to fold it.
        """
        labels = read_labels(self._connection, str(By.CITY))
        names = labels | {label.rpartition(" (")[0] for label in labels if label.endswith(")")}  # without the division
        return {name for name in names if fold_place(name) in self._cities}

    def _is_claim(self) -> Any:
        if not self._question.of_homes or self._question.filters.kinds:
            return literal_column("0")
        return case((or_(*(OBSERVATION.c.property_kind == kind for kind in NO_HOMES)), 1), else_=0)

    def _is_in_city(self, row: Any) -> bool:
        if not self._cities:
            return True
        city = row[len(self._names) - 1]
        return city is not None and fold_place(city) in self._cities

    def _label(self, row: Any) -> str | None:
        return self._label_of(*row[: self._label_width]) or None

    def _add(self, row: Any, listings: int, unlinked: int, standing: Standing, homes: Collection[int]) -> None:
        for figures in (self.tally.groups[self._label(row)], self.tally.total):
            figures.add(listings, unlinked, standing, homes)
        self.tally.words.add(tuple(row[self._label_width : self._label_width + len(self._question.further)]))
        if self._cities:
            self.tally.cities.add(fold_place(row[len(self._names) - 1]))


def _joined(connection: Connection, numbers: Any) -> Any:
    """Numbers of a group as one text with commas; nulls are left out."""
    if connection.dialect.name == "postgresql":
        return func.string_agg(cast(numbers, String), ",")
    return func.group_concat(numbers)


def _ids(text: str | None) -> list[int]:
    return list(map(int, text.split(","))) if text else []
