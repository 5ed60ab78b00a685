"""What news change in the rollups: rows as they are kept, and as they are to be.

Listings of one home are taken together, as it was linked and as it is. Whatever is asked twice comes out the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from reporting.rollups.homes import NOW_AND_ALWAYS, rounds_of_homes
from reporting.rollups.offers import NewOffers
from reporting.rollups.phases import hour_of, stand_alone
from reporting.rollups.prices import NEVER_STATED, Price, price_of_history, price_of_looks
from store.links import batches
from store.rollup_looks import LastPrice, last_prices, stated_prices
from store.rollup_news import News
from store.rollup_words import NOTHING
from store.rollups import ROUND, Kept, ids_to_check, kept_of, kept_rows, last_kept, members_of, states_now
from store.terms import ListingNews
from tracking.price_changes import standing_prices

PHASE, HOUR, MONTH, STORY = map(Kept._fields.index, ("phase", "check_hour", "month", "story"))


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
    def new(self) -> list[Kept]:
        """Rows of listings of which nothing is kept."""
        return [row for listing_id, row in self.after.items() if listing_id not in self.before]

    @property
    def changed(self) -> list[Kept]:
        """Rows that are to be put in the place of others."""
        pairs = ((row, self.after.get(listing_id)) for listing_id, row in self.before.items())
        return [after for before, after in pairs if after is not None and after != before]


def shift_of_news(connection: Connection, news: News, now: datetime) -> Shift:
    """What the news and the passing of time change."""
    gone, linked = set(news.ids[ListingNews.GONE]), news.ids[ListingNews.LINKED]
    due = {*gone, *news.ids[ListingNews.SEEN], *ids_to_check(connection, hour_of(now))}
    offers = NewOffers(news.ids[ListingNews.CHANGED], news.offers, gone)
    work = _Work(connection, now, offers)
    work.take((offers.listing_ids | set(linked)) - due, all_of_them=False)
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
        self._is_anew = offers is None
        self._offers = NewOffers((), ()) if offers is None else offers
        self._last_kept = 0 if offers is None else last_kept(connection)
        self._untold: set[int] = set()  # listings whose price only the looks tell
        self._homes: set[int] = set()  # those concerned
        self.shift = Shift()

    def take(self, listing_ids: Collection[int], *, all_of_them: bool) -> None:
        """Make the rows of listings as of such that stand alone.

        Without ``all_of_them`` those that count as before are passed over.
        """
        known = self._kept("listing_id", [each for each in listing_ids if each <= self._last_kept])
        now, after = self._now, self.shift.after
        first_price, price_after = self._offers.first_price, self._offers.price_after
        for state in states_now(self._connection, listing_ids):
            listing_id, property_id, _, _, _, _, _, _, _, _, story, words = state
            kept = known.get(listing_id)
            price = first_price(listing_id) if kept is None else price_after(kept)
            offer, highest, cut = price or NEVER_STATED
            phase, is_followed, hour, month = stand_alone(state, now)
            stands = listing_id, phase, is_followed, hour, month
            row = kept_of((*stands, offer, highest, cut, words, listing_id, story or NOTHING, property_id))
            if kept is not None:
                if price is not None and not all_of_them and _counts_alike(kept, row):
                    continue
                self._note_before(kept)
            if property_id is not None:
                self._homes.add(property_id)
            if price is None:
                self._untold.add(listing_id)
            after[listing_id] = row

    def take_gone(self, listing_ids: Collection[int]) -> None:
        """Note listings that are no more."""
        for kept in self._kept("listing_id", listing_ids).values():
            self._note_before(kept)

    def finish(self) -> Shift:
        """Take the rest of the homes, and put all in their rounds."""
        members = self._whole_homes()
        for listing_id, price in _prices_of_looks(self._connection, self._untold):
            offer, highest, cut = price
            row = self.shift.after[listing_id]
            self.shift.after[listing_id] = row._replace(offer=offer, highest_offer=highest, cut=cut)
        sizes = Counter(members.values())
        several = {each: home for each, home in members.items() if sizes[home] > 1}
        for part in _by_home(several):
            self._place_in_rounds(part)
        return self.shift

    def _kept(self, column: str, values: Collection[int]) -> dict[int, Kept]:
        if self._is_anew:
            return {}
        return {row.listing_id: row for row in kept_rows(self._connection, column, values)}

    def _note_before(self, kept: Kept) -> None:
        self.shift.before[kept.listing_id] = kept
        if kept.property_id is not None:
            self._homes.add(kept.property_id)

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
        while homes := self._homes - known:
            known |= homes
            members.update(members_of(self._connection, homes))
            kept = self._kept("property_id", homes).keys()
            missing = (members.keys() | kept - self.shift.before.keys()) - self.shift.after.keys()
            self.take(missing, all_of_them=True)
        return members


def _counts_alike(kept: Kept, now: Kept) -> bool:
    """Whether a listing counts as it is kept. It may be looked at again earlier than need be, but not later."""
    if kept[MONTH:ROUND] != now[MONTH:ROUND] or kept[STORY:] != now[STORY:]:
        return False
    is_linked = kept.property_id is not None  # then its home tells where its round stands
    return is_linked or (kept[PHASE:HOUR] == now[PHASE:HOUR] and kept.check_hour <= now.check_hour)


def _prices_of_looks(connection: Connection, listing_ids: Collection[int]) -> Iterator[tuple[int, Price]]:
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
