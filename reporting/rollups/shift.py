"""What news change in the rollups: rows as they are kept, and as they are to be.

Listings of one home are taken together, as it was linked and as it is. Whatever is asked twice comes out the same.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from reporting.rollups.homes import NOW_AND_ALWAYS, rounds_of_homes
from reporting.rollups.phases import hour_of, stand_alone
from reporting.rollups.prices import NEVER_STATED, KnownPrice, kept_price, next_price, price_of_history, price_of_looks
from store.links import batches
from store.rollup_looks import stated_prices
from store.rollup_news import News
from store.rollup_words import Words, read_words
from store.rollups import Kept, StateNow, changed_states, ids_to_check, kept_rows, members_of
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
    plain = set(changed)
    again = gone | (
        {each for each, count in Counter(changed).items() if count > 1} if len(plain) < len(changed) else set()
    )
    due = {*news.ids[ListingNews.SEEN], *ids_to_check(connection, hour_of(now))}
    work = _Work(connection, now, again)
    work.take((plain | set(news.ids[ListingNews.LINKED])) - again - due, all_of_them=False)
    work.take(again | due, all_of_them=True)
    work.take_gone(gone - work.states.keys())
    return work.finish()


def shift_of_listings(connection: Connection, listing_ids: Collection[int], now: datetime) -> Shift:
    """The rows of some listings and of the homes they are of, made from nothing."""
    work = _Work(connection, now, (), anew=True)
    work.take(listing_ids, all_of_them=True)
    return work.finish()


class _Work:
    """One shift on its way."""

    def __init__(self, connection: Connection, now: datetime, again: Collection[int], *, anew: bool = False) -> None:
        self._connection = connection
        self._now = now
        self._again = again  # changed more than once: the price is told by the history only
        self._anew = anew  # as if nothing were kept
        self._news: set[int] = set()
        self._words: dict[int, Words] = {}
        self.states: dict[int, StateNow] = {}
        self.shift = Shift()

    def take(self, listing_ids: Collection[int], *, all_of_them: bool) -> None:
        """Look at listings; without ``all_of_them`` those that count as before are passed over."""
        self._news.update(self._read(listing_ids, all_of_them=all_of_them))

    def take_gone(self, listing_ids: Collection[int]) -> None:
        """Note listings that are no more."""
        self.shift.before.update(
            (row.listing_id, row) for row in kept_rows(self._connection, "listing_id", listing_ids)
        )

    def finish(self) -> Shift:
        """Take the rest of the homes, and make the rows."""
        members = self._whole_homes()
        sizes = Counter(members.values())
        prices = self._prices()
        several = {each: home for each, home in members.items() if sizes[home] > 1}
        for listing_id, state in self.states.items():
            words = self._words[listing_id]
            stands = stand_alone(words, state.last_seen_at, self._now)
            price = prices[listing_id]
            self.shift.after[listing_id] = Kept._make(
                (listing_id, state.property_id, listing_id, *stands, *price, price.cut, state.words)
            )
        for part in _by_home(several):
            self._place_in_rounds(part)
        return self.shift

    def _place_in_rounds(self, members: Mapping[int, int]) -> None:
        for listing_id, round_id, phase, is_followed, depends in rounds_of_homes(self._connection, members, self._now):
            row = self.shift.after[listing_id]
            hour = NOW_AND_ALWAYS if depends else row.check_hour
            self.shift.after[listing_id] = row._replace(
                round_id=round_id, phase=phase, is_followed=is_followed, check_hour=hour
            )

    def _read(self, listing_ids: Collection[int], *, all_of_them: bool) -> set[int]:
        read = set()
        for state, kept in changed_states(self._connection, listing_ids, all_of_them=all_of_them):
            read.add(state.listing_id)
            self.states[state.listing_id] = state
            self._words[state.listing_id] = read_words(state.words)
            if kept is not None and not self._anew:
                self.shift.before[state.listing_id] = kept
        return read

    def _whole_homes(self) -> dict[int, int]:
        """All listings of the homes concerned, as they are linked now; those not read yet are read."""
        members: dict[int, int] = {}
        known: set[int] = set()
        while homes := self._homes() - known:
            known |= homes
            members.update(members_of(self._connection, homes))
            missing = members.keys() - self.states.keys()
            if not self._anew:
                kept = kept_rows(self._connection, "property_id", homes)
                missing |= {row.listing_id for row in kept} - self.states.keys() - self.shift.before.keys()
            self._read(missing, all_of_them=True)
        return members

    def _homes(self) -> set[int]:
        homes = {state.property_id for state in self.states.values()}
        homes.update(row.property_id for row in self.shift.before.values())
        homes.discard(None)
        return homes  # type: ignore[return-value]  # mypy does not see what was discarded

    def _prices(self) -> dict[int, KnownPrice]:
        found: dict[int, KnownPrice] = {}
        untold: list[int] = []
        for listing_id in self.states:
            kept = self.shift.before.get(listing_id)
            if kept is not None and listing_id not in self._news:
                found[listing_id] = kept_price(kept)
                continue
            price = None if listing_id in self._again else next_price(kept, self._words[listing_id])
            if price is None:
                untold.append(listing_id)
            else:
                found[listing_id] = price
        return found | self._prices_of_looks(untold)

    def _prices_of_looks(self, listing_ids: Collection[int]) -> dict[int, KnownPrice]:
        found: dict[int, KnownPrice] = dict.fromkeys(listing_ids, NEVER_STATED)
        untold: list[int] = []
        for stated in stated_prices(self._connection, listing_ids):
            price = price_of_looks(stated, self._words[stated.listing_id])
            if price is None:
                untold.append(stated.listing_id)
            else:
                found[stated.listing_id] = price
        for part in batches(untold):
            standings = {each.listing_id: each for each in standing_prices(self._connection, part)}
            found.update((each, price_of_history(standings.get(each), self._words[each])) for each in part)
        return found


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
