"""What a crawl touched, and what hangs on it: the listings of which the homes can be other than they are stored.

What is decided of a pair depends on the two listings and on three facts of their places (``tracking.places``). What
becomes of a home depends on the pairs of its listings, and on the homes that it might be one with: each of these is a
doubt that is stored. So of what is stored this is linked again, and nothing else can come out otherwise:

- the listings with other traits or other facts of their places, and those that are compared with them and not plainly
  apart;
- all of their homes, the homes that a doubt or a person's word joins to these, and so on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from store.links import (
    StoredRound,
    count_by_key,
    listings_by_key,
    standing_doubts,
    stored_rounds,
    told_traits,
)
from tracking.alike import is_plainly_apart
from tracking.doors import at_no_other_door, door_of
from tracking.home_groups import HomeGroups
from tracking.keys import NO_KEYS, Keys, lasting_keys_of, unpack_keys
from tracking.link import LARGEST_BLOCK, LINKER_VERSION
from tracking.offers import load_offers
from tracking.persons_words import PersonsWord
from tracking.places import Building, Places, Room, Telling, telling_of
from tracking.surveys import Surveys, stored_tellings
from tracking.traits import Traits, traits_of
from tracking.traits_packed import unpack_traits


class Closure:
    """Grows from listings with other traits than they were linked with, or new ones, until nothing is added.

    Attributes:
        traits: of all that is to be linked again.
        keys: the same, as they are now.
        stored: what is stored of them, and of others that were looked at.
    """

    def __init__(
        self,
        connection: Connection,
        changed: Mapping[int, Traits],
        words: Iterable[PersonsWord],
        stored: Mapping[int, StoredRound],
    ) -> None:
        self._connection = connection
        self._changed = changed
        self.stored = {listing_id: stored[listing_id] for listing_id in changed if listing_id in stored}
        self.traits = dict(changed)
        self.keys = {listing_id: lasting_keys_of(traits) for listing_id, traits in changed.items()}
        self.old_keys = {each: self._stored_keys(each) for each in changed}
        self._beside: dict[int, set[int]] = defaultdict(set)
        for word in words:
            self._beside[word.one].add(word.other)
            self._beside[word.other].add(word.one)
        self._told: dict[int, Telling] = {}
        self._asked: set[int] = set()  # keys that were looked up
        self._blocks: dict[int, list[int]] = {}  # listings by key, as they are now, where there are several
        self._rooms: dict[Room, list[int]] = {}  # the same by room
        self._doors: dict[int, int] = {}  # of those that were found by a key and did not change
        self._crowded: set[int] = set()
        self._near: dict[int, list[int]] = {}  # what is compared anew and not plainly apart, by the one that is judged
        self._judged: set[int] = set()
        self._surveys = Surveys(connection, stored_tellings(connection, self.old_keys), self._tellings(changed))

    @property
    def places(self) -> Places:
        """The places of all that is found, as they are now."""
        return self._surveys.now

    def groups(self) -> list[list[int]]:
        """All listings to link anew, in groups of which no two are of one home."""
        judged = set(self._changed) | self._look_up_keys(self._changed) | self._surveys.affected()
        judged |= self._look_up_rooms(self._changed)
        self._judged = judged
        others = judged - self._changed.keys()
        if others:
            self._learn(others)
            self._look_up_keys(others)
            self._look_up_rooms(others)
        self._compare_anew(judged)
        found = self._join_homes()
        self._learn({each for group in found for each in group})
        self._surveys.now.read_units(self._asked_for(found))
        return found

    def brings_only_news(self, group: Iterable[int]) -> bool:
        """Whether all that is known of a group is as it was: new listings came, and no person decided anything.

        Then what was decided of the others stands, as long as no new listing contradicts one of them.
        """
        stored, judged = self.stored, self._judged
        return all(each not in self._beside and (each in stored) is not (each in judged) for each in group)

    def near(self, listing_id: int) -> Sequence[int]:
        """The listings with which a new one is compared, but for those that are plainly apart."""
        return self._near.get(listing_id, ())

    def _stored_keys(self, listing_id: int) -> Keys:
        stored = self.stored.get(listing_id)
        return NO_KEYS if stored is None else unpack_keys(stored.keys)

    def _tellings(self, listing_ids: Iterable[int]) -> dict[int, Telling]:
        """What listings tell of their places, of those that name one; made once."""
        found: dict[int, Telling] = {}
        known, keys = self._told, self.keys
        for each in listing_ids:
            places = keys[each].places
            if places:
                telling = known.get(each)
                if telling is None:
                    telling = known[each] = telling_of(self.traits[each], places)
                found[each] = telling
        return found

    def _learn(self, listing_ids: Collection[int]) -> None:
        """Read what is known of listings, and the names of their places."""
        unknown = {each for each in listing_ids if each not in self.keys}
        unread = unknown - self.stored.keys()
        self.stored.update((each.listing_id, each) for each in stored_rounds(self._connection, unread))
        self._read_traits(unknown)
        for listing_id in unknown:
            self.keys[listing_id] = self._stored_keys(listing_id)
        self._surveys.read(name for each in unknown for name in self.keys[each].places)

    def _read_traits(self, listing_ids: Collection[int]) -> None:
        """Read what listings were compared by; parsed where another version wrote it."""
        missing = {each for each in listing_ids if each not in self.traits}
        for listing_id, told in told_traits(self._connection, missing.copy(), LINKER_VERSION):
            missing.discard(listing_id)
            self.traits[listing_id] = unpack_traits(told)
        for offer in load_offers(self._connection, missing):
            self.traits[offer.listing_id] = traits_of(offer)

    def _look_up_keys(self, listing_ids: Collection[int]) -> set[int]:
        """Find who shares keys with these; gives those that are not compared by a key any more, or again."""
        changed, blocks = self._changed, self._blocks
        wanted = {key for each in listing_ids for key in self.keys[each].compared}
        wanted.update(key for each in listing_ids if each in changed for key in self.old_keys[each].compared)
        wanted -= self._asked
        self._asked |= wanted
        stored: dict[int, list[int]] = defaultdict(list)
        for key, listing_id, door in listings_by_key(self._connection, wanted):
            stored[key].append(listing_id)
            if listing_id not in changed:
                self._doors[listing_id] = door
        arrived: dict[int, list[int]] = defaultdict(list)
        for listing_id in changed:
            for key in wanted.intersection(self.keys[listing_id].compared):
                arrived[key].append(listing_id)
        crossing: set[int] = set()
        for key, before in stored.items():
            came = arrived.pop(key, NOBODY)
            if len(before) + len(came) > 1:
                blocks[key] = now = [each for each in before if each not in changed] + came
                if (len(before) > LARGEST_BLOCK) != (len(now) > LARGEST_BLOCK):
                    crossing.update(before, now)
        for key, came in arrived.items():  # which nobody had before
            if len(came) > 1:
                blocks[key] = came
                if len(came) > LARGEST_BLOCK:
                    crossing.update(came)
        return crossing

    def _look_up_rooms(self, listing_ids: Collection[int]) -> set[int]:
        """The same by rooms."""
        rooms = {self._surveys.room_of(telling) for telling in self._tellings(listing_ids).values()}
        if listing_ids is self._changed:
            rooms |= self._surveys.left_rooms()
        both = self._surveys.in_rooms(rooms - self._rooms.keys())
        self._rooms.update((room, now) for room, (_, now) in both.items())
        return _crossing(both.values())

    def _compare_anew(self, judged: Collection[int]) -> None:
        """Find what is compared anew and not plainly apart."""
        pairs: dict[int, Collection[int]] = {}
        tellings, keys, block_of = self._tellings(judged), self.keys, self._blocks.get
        for listing_id in judged:
            found: set[int] = set()
            for key in keys[listing_id].compared:
                block = block_of(key, NOBODY)
                if 1 < len(block) <= LARGEST_BLOCK:
                    found.update(block)
            if listing_id in tellings:
                block = self._rooms[self._surveys.room_of(tellings[listing_id])]
                if 1 < len(block) <= LARGEST_BLOCK:
                    found.update(block)
            found.discard(listing_id)
            pairs[listing_id] = at_no_other_door(door_of(self.traits[listing_id]), found, self._doors)
        self._read_traits(set().union(*pairs.values()))
        known = self.traits
        for listing_id, others in pairs.items():
            traits = known[listing_id]
            self._near[listing_id] = [other for other in others if not is_plainly_apart(traits, known[other])]

    def _join_homes(self) -> list[list[int]]:
        """Put together the homes of what is compared anew, and what doubts and words join to these, and so on."""
        homes = HomeGroups(self._connection, self.stored)
        fresh = homes.add(set(self._near).union(*self._near.values()))
        for listing_id, near in self._near.items():
            for other in near:
                homes.join(listing_id, other)
        while fresh:
            pairs = list(standing_doubts(self._connection, fresh))
            pairs += [(each, other) for each in fresh for other in self._beside.get(each, ())]
            fresh = homes.add({each for pair in pairs for each in pair})
            for one, other in pairs:
                homes.join(one, other)
        return homes.found()

    def leave_out_crowds(self, groups: Iterable[Collection[int]]) -> None:
        """Take away keys, and note rooms, that too many share: within a group there may be few of them."""
        judged = self._judged
        shared: set[int] = set()
        rooms: set[Room] = set()
        for group in groups:
            others = [each for each in group if each not in judged]
            if len(others) > 1:
                shared |= _repeated(key for each in others for key in set(self.keys[each].compared))
                rooms |= _repeated(map(self._surveys.room_of, self._tellings(others).values()))
        shared -= self._asked
        rooms -= self._rooms.keys()
        self._crowded = {key for key, block in self._blocks.items() if len(block) > LARGEST_BLOCK}
        self._crowded |= {key for key, count in count_by_key(self._connection, shared) if count > LARGEST_BLOCK}
        self._rooms.update((room, now) for room, (_, now) in self._surveys.in_rooms(rooms).items())
        self.places.crowded = {room for room, block in self._rooms.items() if len(block) > LARGEST_BLOCK}

    def compared(self, listing_id: int) -> Sequence[int]:
        """The keys by which a listing is compared: those that too many share are none."""
        keys = self.keys[listing_id].compared
        return [key for key in keys if key not in self._crowded] if self._crowded else keys

    def _asked_for(self, groups: Iterable[Collection[int]]) -> set[Building]:
        """Buildings of groups in which a unit is left out: of these the units will be asked for."""
        found: set[Building] = set()
        traits, keys, root = self.traits, self.keys, self.places.root
        for group in groups:
            if len(group) > 1:
                placed = [(traits[each], names[0]) for each in group if (names := keys[each].places)]
                if any(each.unit is None for each, _ in placed):
                    found.update((root(name), each.building) for each, name in placed)
        return found


NOBODY: list[int] = []

Item = TypeVar("Item")


def _repeated(items: Iterable[Item]) -> set[Item]:
    """Those that come more than once."""
    seen: set[Item] = set()
    again: set[Item] = set()
    for item in items:
        (again if item in seen else seen).add(item)
    return again


def _crossing(blocks: Iterable[tuple[Sequence[int], Sequence[int]]]) -> set[int]:
    """All of the blocks, before and now, that were few enough to be compared and are not, or the other way."""
    found: set[int] = set()
    for before, now in blocks:
        if (len(before) > LARGEST_BLOCK) != (len(now) > LARGEST_BLOCK):
            found.update(before, now)
    return found
