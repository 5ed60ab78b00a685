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

from reporting.snapshot import KEY_FIELDS, Field, Kind, plain_column
from reporting.snapshot_links import PLACE, Links
from store.links import LINKER, batches
from store.read import in_byte_order, stream_rows
from store.rows import AUCTION_ROUND, LINK_DECISION, LISTING, PROPERTY
from tracking.link import LINKER_VERSION

LISTINGS_PER_QUERY = 1_000
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


@dataclass(frozen=True, slots=True)
class Tracked:
    """What the three files say of one listing: rows in the order of ``TRACKING_FILES``."""

    home: Sequence[Any] | None  # where the home bears the name of this listing
    place: Sequence[Any]
    decisions: Sequence[Sequence[Any]]  # about it and one that comes after it by name


Name = tuple[str, str, int]
"""Of a listing: source, source_id, generation."""


class _Listing(NamedTuple):
    """A listing with what is stored of it; of no meaning where it is linked again here."""

    name: Name
    home_id: int | None
    step: tuple[Any, ...]  # the values of STEP
    home: tuple[Any, ...]  # listing_count, linker_version and the values of PLACE


class _Decided(NamedTuple):
    other_id: int
    verdict: tuple[Any, ...]


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
        yield from _Batch(connection, links, batch, decided).tracked()


STEP_FROM = 5
HOME_FROM = STEP_FROM + len(STEP)


def _listings_query(connection: Connection, links: Links) -> Select[Any]:
    listing, rounds, home = LISTING.c, AUCTION_ROUND.c, PROPERTY.c
    query = (
        select(
            *(listing[name] for name in ("id", "source", "source_id", "generation")),
            rounds.property_id,
            *(plain_column(connection, rounds[name]) for name in STEP),
            *(home[name] for name in ("listing_count", "linker_version", *PLACE)),
        )
        .outerjoin(AUCTION_ROUND, rounds.listing_id == listing.id)
        .outerjoin(PROPERTY, home.id == rounds.property_id)
    )
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
        rows: Sequence[Sequence[Any]],
        decided: Mapping[int, Sequence[_Decided]],
    ) -> None:
        self._connection = connection
        self._links = links
        self._own = {
            row[0]: _Listing(tuple(row[1:4]), row[4], tuple(row[STEP_FROM:HOME_FROM]), tuple(row[HOME_FROM:]))
            for row in rows
        }
        self._decided = {each: list(decided[each]) for each in self._own if each in decided}
        self._add_stored_decisions()
        self._names = self._other_names()

    def tracked(self) -> Iterator[Tracked]:
        """What is told of each."""
        for listing_id, listing in self._own.items():
            home_id = self._home_of(listing_id)
            is_named = home_id == listing_id
            home_key = key_text(listing.name) if is_named else self._key_of(home_id)
            home = (home_key, *self._home(listing_id)) if is_named else None
            decisions = self._decision_rows(listing_id) if listing_id in self._decided else ()
            yield Tracked(home, self._place_row(listing_id, home_key), decisions)

    def _add_stored_decisions(self) -> None:
        column = LINK_DECISION.c
        pair = (column.one_id, column.other_id)
        judgement = plain_column(self._connection, column.judgement)
        query = select(*pair, judgement, column.score, column.reasons, column.linker_version).where(
            and_(column.author == LINKER, column.superseded_at.is_(None)), or_(*(each.in_(self._own) for each in pair))
        )
        for one_id, other_id, *told, version in self._connection.execute(query):
            if one_id in self._links.replaced or other_id in self._links.replaced:
                continue
            verdict = (*told, LINKER, version, None)
            for mine, other in ((one_id, other_id), (other_id, one_id)):
                if mine in self._own:
                    self._decided.setdefault(mine, []).append(_Decided(other, verdict))

    def _other_names(self) -> dict[int, Name]:
        """The names of all that these point to and that are not among them."""
        wanted = {each.other_id for found in self._decided.values() for each in found}
        for listing_id in self._own:
            wanted.add(self._home_of(listing_id))
            previous = self._step(listing_id)[STEP.index("previous_listing_id")]
            if previous is not None:
                wanted.add(previous)
        column = LISTING.c
        query = select(column.id, column.source, column.source_id, column.generation)
        names: dict[int, Name] = {}
        for ids in batches(wanted - self._own.keys()):
            found = self._connection.execute(query.where(column.id.in_(ids)))
            names.update((row[0], tuple(row[1:])) for row in found)
        return names

    def _name_of(self, listing_id: int) -> Name:
        own = self._own.get(listing_id)
        return self._names[listing_id] if own is None else own.name

    def _key_of(self, listing_id: int) -> str:
        return key_text(self._name_of(listing_id))

    def _home_of(self, listing_id: int) -> int:
        again = self._links.home_of.get(listing_id)
        if again is not None:
            return again
        stored = self._own[listing_id].home_id
        assert stored is not None  # noqa: S101  # what is not linked is linked again: Links.replaced
        return self._links.name_of.get(stored, stored)

    def _step(self, listing_id: int) -> Sequence[Any]:
        """The values of ``STEP``."""
        again = self._links.steps.get(listing_id)
        return self._own[listing_id].step if again is None else again[1:]

    def _home(self, listing_id: int) -> Sequence[Any]:
        """The values of the home that bears the name of this listing."""
        again = self._links.homes.get(listing_id)
        if again is None:
            return self._own[listing_id].home
        return (again.listing_count, again.linker_version, *again.place)

    def _place_row(self, listing_id: int, home_key: str) -> Sequence[Any]:
        position, procedure, place, link, previous_id, gap_days, contradiction = self._step(listing_id)
        previous = None if previous_id is None else self._key_of(previous_id)
        name = self._own[listing_id].name
        return (*name, home_key, position, procedure, place, link, previous, gap_days, contradiction)

    def _decision_rows(self, listing_id: int) -> list[Sequence[Any]]:
        """Each pair stands at the listing whose name comes first."""
        name = self._own[listing_id].name
        others = [(self._name_of(each.other_id), each.verdict) for each in self._decided[listing_id]]
        later = [(other, verdict) for other, verdict in others if _order(other) > _order(name)]
        later.sort(key=lambda each: (_order(each[0]), each[1][3]))
        return [(key_text(name), key_text(other), *verdict) for other, verdict in later]


def key_text(name: Name) -> str:
    """The three in one. Neither sources nor generations hold a colon, so it can be taken apart again."""
    return f"{name[0]}:{name[1]}:{name[2]}"


def _order(name: Name) -> tuple[bytes, bytes, int]:
    return name[0].encode(), name[1].encode(), name[2]
