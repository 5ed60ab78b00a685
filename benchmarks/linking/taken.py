"""Captured files through the program's own readers, and the linker over what they tell."""

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from crawler.capture import Capture
from crawler.intake.mapping import load_mapping
from store.engine import open_engine, reading
from store.read import stream_rows
from store.rows import OBSERVATION
from store.schema import upgrade
from tracking.link import link_offers
from tracking.offers import Offer, load_offers

CAPTURES = Path(os.environ.get("FAPAI_CAPTURES", Path(__file__).parents[3] / "shared" / "captures"))


@dataclass(frozen=True, slots=True)
class Source:
    """Files of one form. ``observed_at``: when they were made, where neither they nor their names tell."""

    files: str
    mapping: str | None = None
    observed_at: str | None = None
    every: int = 1  # one file in so many


@dataclass(frozen=True, slots=True)
class Taken:
    """The listings of a set, the property of each, and what was observed of each from day to day."""

    offers: Sequence[Offer]
    property_of: Mapping[int, int]
    rounds: Mapping[int, frozenset[int]]
    days: Mapping[int, frozenset[date]]  # of the sale

    def named(self, *source_ids: str) -> list[Offer]:
        """The listings of these ids; an id that was not read is an error."""
        known = {offer.source_id: offer for offer in self.offers}
        return [known[source_id] for source_id in source_ids]

    def members(self) -> dict[int, list[Offer]]:
        """The listings of each property."""
        members: defaultdict[int, list[Offer]] = defaultdict(list)
        for offer in self.offers:
            members[self.property_of[offer.listing_id]].append(offer)
        return dict(members)

    def linked(self) -> list[list[Offer]]:
        """The properties of two listings or more."""
        return [members for members in self.members().values() if len(members) > 1]


def take(sources: Iterable[Source], folder: Path = CAPTURES) -> Taken:
    """Read the files into a database of their own, and link what it holds."""
    with tempfile.TemporaryDirectory() as place:
        engine = open_engine(f"sqlite:///{place}/set.sqlite")
        upgrade(engine)
        for number, source in enumerate(sources):
            paths = sorted(folder.glob(source.files))[:: source.every]
            mapping = load_mapping(source.mapping) if source.mapping else None
            for _ in Capture(engine, Path(place, f"pages-{number}"), paths, mapping, _instant(source.observed_at)):
                pass
        with reading(engine) as connection:
            offers = list(load_offers(connection))
            rounds, days = _histories(connection)
        engine.dispose()
    return Taken(offers, link_offers(offers).property_of, rounds, days)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")) if text else None


def _histories(connection: Connection) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[date]]]:
    rounds: defaultdict[int, set[int]] = defaultdict(set)
    days: defaultdict[int, set[date]] = defaultdict(set)
    columns = OBSERVATION.c
    query = select(columns.listing_id, columns.round_number, columns.starts_at, columns.ends_at, columns.ended_on)
    for listing_id, number, starts_at, ends_at, ended_on in stream_rows(connection, query):
        if number is not None:
            rounds[listing_id].add(number)
        at = starts_at or ends_at
        if at or ended_on:
            days[listing_id].add(at.date() if at else ended_on)
    return (
        {listing_id: frozenset(found) for listing_id, found in rounds.items()},
        {listing_id: frozenset(found) for listing_id, found in days.items()},
    )
