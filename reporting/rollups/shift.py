"""What news change in the rollups: rows as they are kept, and as they are to be.

Listings of one home are taken together, as it was linked and as it is. Whatever is asked twice comes out the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from reporting.rollups.homes import NOW_AND_ALWAYS, rounds_of_homes
from reporting.rollups.offers import NewOffers
from reporting.rollups.phases import hour_of, stand_alone
from reporting.rollups.prices import NEVER_STATED, KnownPrice, kept_price, price_of_history, price_of_looks
from store.links import batches
from store.rollup_looks import LastPrice, last_prices, stated_prices
from store.rollup_news import News
from store.rollup_words import read_words
from store.rollups import Kept, ids_to_check, kept_rows, members_of, states_now
from store.terms import ListingNews
from tracking.price_changes import standing_prices


@dataclass(slots=True)
class Shift:
    """Rows that are taken out of the cells, and rows that come in; a listing that is gone has only the first."""

    before: dict[int, Kept] = field(default_factory=dict)
    after: dict[int, Kept] = field(default_factory=dict)

    @property
    def gone(self) -> set[int]:
        """Listings of which nothing is kept any more."""
        return self.before.keys() - self.after.keys()

    @property
    def changed(self) -> list[Kept]:
        """Rows that are to be written."""
        return [row for row in self.after.values() if self.before.get(row.listing_id) != row]


def shift_of_news(connection: Connection, news: News, now: datetime) -> Shift:
    """What the news and the passing of time change."""
    changed, gone = news.ids[ListingNews.CHANGED], set(news.ids[ListingNews.GONE])
    due = {*gone, *news.ids[ListingNews.SEEN], *ids_to_check(connection, hour_of(now))}
    work = _Work(connection, now, NewOffers(changed, news.offers, gone))
    work.take({*changed, *news.ids[ListingNews.LINKED]} - due, all_of_them=False)
    work.take(due, all_of_them=True)
    work.take_gone(gone - work.shift.after.keys())
    return work.finish()


def shift_of_listings(connection: Connection, listing_ids: Collection[int], now: datetime) -> Shift:
    """The rows of some listings and of the homes they are of, made from nothing."""
    work = _Work(connection, now, None)
    work.take(listing_ids, all_of_them=True)
    return work.finish()


class _Work:
    """One shift on its way. Without offers it is made as if nothing were kept."""

    def __init__(self, connection: Connection, now: datetime, offers: NewOffers | None) -> None:
        self._connection = connection
        self._now = now
        self._offers = offers
        self._untold: set[int] = set()  # listings whose price only the looks tell
        self.shift = Shift()

    def take(self, listing_ids: Collection[int], *, all_of_them: bool) -> None:
        """Make the rows of listings as of such that stand alone.

        Without ``all_of_them`` those that count as before are passed over.
        """
        known = {} if self._offers is None else self._kept("listing_id", listing_ids)
        for listing_id, property_id, last_seen_at, text in states_now(self._connection, listing_ids):
            kept = known.get(listing_id)
            price = self._price_of(listing_id, kept)
            if kept is not None:
                is_alike = text == kept.words and property_id == kept.property_id and price == kept_price(kept)
                if is_alike and not all_of_them:
                    continue
                self.shift.before[listing_id] = kept
            if price is None:
                self._untold.add(listing_id)
                price = NEVER_STATED
            stands = stand_alone(read_words(text), last_seen_at, self._now)
            row = (listing_id, property_id, listing_id, *stands, *price, price.cut, text)
            self.shift.after[listing_id] = Kept._make(row)

    def take_gone(self, listing_ids: Collection[int]) -> None:
        """Note listings that are no more."""
        self.shift.before.update(self._kept("listing_id", listing_ids))

    def finish(self) -> Shift:
        """Take the rest of the homes, and put all in their rounds."""
        members = self._whole_homes()
        for listing_id, price in _prices_of_looks(self._connection, self._untold):
            row = self.shift.after[listing_id]
            self.shift.after[listing_id] = row._replace(**_columns_of(price))
        sizes = Counter(members.values())
        several = {each: home for each, home in members.items() if sizes[home] > 1}
        for part in _by_home(several):
            self._place_in_rounds(part)
        return self.shift

    def _kept(self, column: str, values: Collection[int]) -> dict[int, Kept]:
        return {row.listing_id: row for row in kept_rows(self._connection, column, values)}

    def _price_of(self, listing_id: int, kept: Kept | None) -> KnownPrice | None:
        """``None``: only the looks tell."""
        if self._offers is None:
            return None
        if kept is not None:
            return self._offers.price_after(listing_id, kept_price(kept))
        return self._offers.first_price(listing_id)

    def _place_in_rounds(self, members: Mapping[int, int]) -> None:
        for listing_id, round_id, phase, is_followed, depends in rounds_of_homes(self._connection, members, self._now):
            row = self.shift.after[listing_id]
            hour = NOW_AND_ALWAYS if depends else row.check_hour
            self.shift.after[listing_id] = row._replace(
                round_id=round_id, phase=phase, is_followed=is_followed, check_hour=hour
            )

    def _whole_homes(self) -> dict[int, int]:
        """All listings of the homes concerned, as they are linked now; those not read yet are read."""
        members: dict[int, int] = {}
        known: set[int] = set()
        while homes := self._homes() - known:
            known |= homes
            members.update(members_of(self._connection, homes))
            missing = members.keys() - self.shift.after.keys()
            if self._offers is not None:
                kept = self._kept("property_id", homes).keys()
                missing |= kept - self.shift.after.keys() - self.shift.before.keys()
            self.take(missing, all_of_them=True)
        return members

    def _homes(self) -> set[int]:
        rows = (self.shift.after.values(), self.shift.before.values())
        return {row.property_id for each in rows for row in each if row.property_id is not None}


def _columns_of(price: KnownPrice) -> dict[str, Any]:
    columns = ("price", "highest_price", "price_currency", "is_price_exact")
    return dict(zip(columns, price, strict=True)) | {"cut": price.cut}


def _prices_of_looks(connection: Connection, listing_ids: Collection[int]) -> Iterator[tuple[int, KnownPrice]]:
    """The prices of listings, each of which the looks themselves tell."""
    stated = {each.listing_id: each for each in stated_prices(connection, listing_ids)}
    yield from ((each, NEVER_STATED) for each in listing_ids if each not in stated)
    untold: dict[int, LastPrice] = {}
    for last in last_prices(connection, stated):
        price = price_of_looks(stated[last.listing_id], last)
        if price is None:
            untold[last.listing_id] = last
        else:
            yield last.listing_id, price
    for part in batches(untold):
        standings = {each.listing_id: each for each in standing_prices(connection, part)}
        yield from ((each, price_of_history(standings.get(each), untold[each])) for each in part)


def _by_home(members: Mapping[int, int], at_once: int = 5_000) -> Iterable[dict[int, int]]:
    """Whole homes, some thousands of listings at once."""
    part: dict[int, int] = {}
    last = None
    for listing_id, home in sorted(members.items(), key=lambda each: (each[1], each[0])):
        if len(part) >= at_once and home != last:
            yield part
            part = {}
        part[listing_id], last = home, home
    if part:
        yield part
