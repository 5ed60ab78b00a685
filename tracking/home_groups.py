"""Homes as they are stored, put together: which of them a linking has to look at as one."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection

from store.links import StoredRound, homes_of, rounds_of_homes


class HomeGroups:
    """Groups of homes; a listing that is not linked yet is one by itself.

    Args:
        connection: to what is stored.
        stored: what was read of it already; all that is read is added.
    """

    def __init__(self, connection: Connection, stored: dict[int, StoredRound]) -> None:
        self._connection = connection
        self._stored = stored
        self._members: dict[int, list[int]] = defaultdict(list)
        self._whole: set[int] = set()  # homes of which all members are known, and listings without one
        self._parents: dict[int, int] = {}

    def add(self, listing_ids: Collection[int]) -> set[int]:
        """Add the homes of listings; gives all listings that are new to the groups."""
        stored, members = self._stored, self._members
        unread = [each for each in listing_ids if each not in stored]
        homes = homes_of(self._connection, unread) | {
            stored[each].property_id for each in listing_ids if each in stored
        }
        homes -= self._whole
        fresh: set[int] = set()
        for each in rounds_of_homes(self._connection, homes):
            listing_id, home = each[:2]
            stored[listing_id] = each
            members[home].append(listing_id)
            fresh.add(listing_id)
        alone = {each for each in unread if each not in stored} - self._whole
        for listing_id in alone:
            members[listing_id].append(listing_id)
        self._whole |= homes | alone
        return fresh | alone

    def join(self, one: int, other: int) -> None:
        """Put the homes of two listings into one group."""
        one, other = self._root_of(one), self._root_of(other)
        if one != other:
            self._parents[other] = one

    def found(self) -> list[list[int]]:
        """The listings of each group."""
        groups: dict[int, list[int]] = {}
        for home, members in self._members.items():
            root = self._root(home)
            if root in groups:
                groups[root] += members
            else:
                groups[root] = members.copy()
        return list(groups.values())

    def _root_of(self, listing_id: int) -> int:
        stored = self._stored.get(listing_id)
        return self._root(listing_id if stored is None else stored.property_id)

    def _root(self, home: int) -> int:
        parents = self._parents
        while (parent := parents.get(home, home)) != home:
            parents[home] = home = parents.get(parent, parent)
        return home
