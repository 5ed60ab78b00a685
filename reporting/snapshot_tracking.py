"""The files of a snapshot on what tracking derives: homes, the places of listings in their chains, decisions.

Row ids of the database depend on the order of arrival. Here a listing is named by source, source_id and generation,
joined by colons, and a home by its listing that was seen first (``snapshot_links.naming_order``). The name of a home
stays when listings join it later; where two homes turn out to be one the older name stays, where one falls apart each
part has its own; ``reporting.export_diff`` says which became which.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, or_, select

from reporting.snapshot import KEY_FIELDS, LISTINGS_PER_QUERY, Field, Kind
from reporting.snapshot_links import PLACE, Links
from store.links import LINKER, batches
from store.read import in_byte_order, stream_rows
from store.rows import AUCTION_ROUND, LINK_DECISION, LISTING, PROPERTY
from tracking.link import LINKER_VERSION

PERSON = "person"
"""Stands for whoever decided: names of persons leave no installation."""

STEP = ("position", "procedure", "place", "link", "previous_listing_id", "gap_days", "contradiction")

PLACE_KINDS = dict.fromkeys(("city", "district", "town", "road", "compound"), Kind.TEXT) | {"unit_count": Kind.COUNT}
"""The other parts are numbers of doors, and text all the same."""

TRACKING_FILES: Mapping[str, tuple[Field, ...]] = {
    "property.csv": (
        Field("property_key", Kind.ID),
        Field("listing_count", Kind.COUNT),
        Field("linker_version", Kind.COUNT),
        *(Field(name, PLACE_KINDS.get(name, Kind.ID)) for name in PLACE),
    ),
    "auction_round.csv": (
        *KEY_FIELDS,
        Field("property_key", Kind.ID),
        Field("position", Kind.COUNT),
        Field("procedure", Kind.COUNT),
        Field("place", Kind.COUNT),
        Field("link", Kind.TERM),
        Field("previous_key", Kind.ID),
        Field("gap_days", Kind.COUNT),
        Field("contradiction", Kind.TEXT),
    ),
    "link_decision.csv": (
        Field("one_key", Kind.ID),
        Field("other_key", Kind.ID),
        Field("judgement", Kind.TERM),
        Field("score", Kind.COUNT),
        Field("reasons", Kind.TEXT),
        Field("author", Kind.TERM),
        Field("linker_version", Kind.COUNT),
        Field("decided_at", Kind.INSTANT),
    ),
}


class Named(NamedTuple):
    """A listing by its own name."""

    source: str
    source_id: str
    generation: int

    @property
    def text(self) -> str:
        """The three in one: neither sources nor generations hold a colon, so it can be taken apart again."""
        return f"{self.source}:{self.source_id}:{self.generation}"

    @property
    def order(self) -> tuple[bytes, bytes, int]:
        """What it is sorted by."""
        return self.source.encode(), self.source_id.encode(), self.generation


@dataclass(frozen=True, slots=True)
class Tracked:
    """What the three files say of one listing: rows in the order of ``TRACKING_FILES``."""

    home: Sequence[Any] | None  # where the home bears the name of this listing
    place: Sequence[Any]
    decisions: Sequence[Sequence[Any]]  # about it and one that comes after it by name


def tracked_listings(connection: Connection, links: Links) -> Iterator[Tracked]:
    """Listing by listing in the order of their names, as known by the links' instant."""
    decided: dict[int, list[_Decided]] = defaultdict(list)
    for decision in links.decisions:
        reasons = "; ".join(decision.reasons)
        verdict: tuple[Any, ...] = (decision.judgement, decision.score, reasons, LINKER, LINKER_VERSION, None)
        decided[decision.one].append(_Decided(decision.other, verdict))
        decided[decision.other].append(_Decided(decision.one, verdict))
    for word in links.words:
        verdict = (word.judgement, None, None, PERSON, None, word.decided_at)
        decided[word.one_id].append(_Decided(word.other_id, verdict))
        decided[word.other_id].append(_Decided(word.one_id, verdict))
    listings = stream_rows(connection, _listings_query(connection, links))
    while batch := list(islice(listings, LISTINGS_PER_QUERY)):
        yield from _Batch(connection, links, {row[0]: Named(*row[1:]) for row in batch}, decided).tracked()


class _Decided(NamedTuple):
    other_id: int
    verdict: tuple[Any, ...]


def _listings_query(connection: Connection, links: Links) -> Select[Any]:
    listing = LISTING.c
    query = select(listing.id, listing.source, listing.source_id, listing.generation)
    if links.before is not None:
        query = query.where(listing.first_seen_at < links.before)
    source, source_id = in_byte_order(connection, listing.source), in_byte_order(connection, listing.source_id)
    return query.order_by(source, source_id, listing.generation)


class _Batch:
    """A thousand listings that follow one another, with all that is stored of them."""

    def __init__(
        self,
        connection: Connection,
        links: Links,
        names: Mapping[int, Named],
        decided: Mapping[int, Sequence[_Decided]],
    ) -> None:
        self._connection = connection
        self._links = links
        self._own = names
        self._decided: dict[int, list[_Decided]] = {each: list(decided.get(each, ())) for each in names}
        self._stored = self._stored_rounds()
        self._homes = self._stored_homes()
        self._add_stored_decisions()
        self._names = self._all_names()

    def tracked(self) -> Iterator[Tracked]:
        """What is told of each."""
        for listing_id, name in self._own.items():
            home_id = self._home_of(listing_id)
            home = self._home_row(home_id) if home_id == listing_id else None
            yield Tracked(home, self._place_row(listing_id, name, home_id), self._decision_rows(listing_id, name))

    def _stored_rounds(self) -> dict[int, tuple[Any, ...]]:
        wanted = [each for each in self._own if each not in self._links.replaced]
        column = AUCTION_ROUND.c
        names = (column.listing_id, column.property_id, *(column[name] for name in STEP))
        query = select(*names).where(column.listing_id.in_(wanted))
        return {row[0]: tuple(row[1:]) for row in self._connection.execute(query)}

    def _stored_homes(self) -> dict[int, tuple[Any, ...]]:
        column = PROPERTY.c
        wanted = {row[0] for row in self._stored.values()}
        query = select(column.id, column.listing_count, column.linker_version, *(column[name] for name in PLACE))
        return {row[0]: tuple(row[1:]) for row in self._connection.execute(query.where(column.id.in_(wanted)))}

    def _add_stored_decisions(self) -> None:
        column = LINK_DECISION.c
        pair = (column.one_id, column.other_id)
        query = select(*pair, column.judgement, column.score, column.reasons, column.linker_version).where(
            and_(column.author == LINKER, column.superseded_at.is_(None)), or_(*(each.in_(self._own) for each in pair))
        )
        for one_id, other_id, judgement, score, reasons, version in self._connection.execute(query):
            if one_id in self._links.replaced or other_id in self._links.replaced:
                continue
            verdict = (judgement, score, reasons, LINKER, version, None)
            for mine, other in ((one_id, other_id), (other_id, one_id)):
                if mine in self._own:
                    self._decided[mine].append(_Decided(other, verdict))

    def _all_names(self) -> dict[int, Named]:
        """The names of these and of all that they point to."""
        wanted = {each.other_id for found in self._decided.values() for each in found}
        wanted.update(map(self._home_of, self._own))
        wanted.update(previous for each in self._own if (previous := self._step(each)[4]) is not None)
        column = LISTING.c
        query = select(column.id, column.source, column.source_id, column.generation)
        names = dict(self._own)
        for ids in batches(wanted - set(self._own)):
            found = self._connection.execute(query.where(column.id.in_(ids)))
            names.update((row[0], Named(*row[1:])) for row in found)
        return names

    def _home_of(self, listing_id: int) -> int:
        again = self._links.home_of.get(listing_id)
        if again is not None:
            return again
        stored: int = self._stored[listing_id][0]
        return self._links.name_of.get(stored, stored)

    def _step(self, listing_id: int) -> tuple[Any, ...]:
        """The values of ``STEP``."""
        again = self._links.steps.get(listing_id)
        return again[1:] if again is not None else self._stored[listing_id][1:]

    def _home_row(self, home_id: int) -> Sequence[Any]:
        again = self._links.homes.get(home_id)
        if again is not None:
            return (self._names[home_id].text, again.listing_count, again.linker_version, *again.place)
        return (self._names[home_id].text, *self._homes[self._stored[home_id][0]])

    def _place_row(self, listing_id: int, name: Named, home_id: int) -> Sequence[Any]:
        position, procedure, place, link, previous_id, gap_days, contradiction = self._step(listing_id)
        previous = None if previous_id is None else self._names[previous_id].text
        return (*name, self._names[home_id].text, position, procedure, place, link, previous, gap_days, contradiction)

    def _decision_rows(self, listing_id: int, name: Named) -> list[Sequence[Any]]:
        """Each pair stands at the listing whose name comes first."""
        later = [
            (self._names[each.other_id], each.verdict)
            for each in self._decided[listing_id]
            if self._names[each.other_id].order > name.order
        ]
        later.sort(key=lambda each: (each[0].order, each[1][3]))
        return [(name.text, other.text, *verdict) for other, verdict in later]
