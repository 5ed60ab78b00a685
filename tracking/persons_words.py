"""What persons decided about pairs, as a linking takes it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tracking.traits import Traits


class PersonsWord(NamedTuple):
    """What a person decided about two listings; it wins over everything."""

    one: int
    other: int
    is_same: bool


WordsOf = Mapping[int, Sequence[PersonsWord]]
"""What persons decided, by the first of the two listings."""


NO_WORDS: WordsOf = {}


def by_listing(words: Iterable[PersonsWord]) -> WordsOf:
    """Words by listing: each of many groups of listings finds its own there."""
    found: dict[int, list[PersonsWord]] = {}
    for word in words:
        found.setdefault(word.one, []).append(word)
    return found


def told_of(members: Iterable[Traits], words: WordsOf) -> list[PersonsWord]:
    """The words of which the first listing is one of the members."""
    return [word for traits in members for word in words.get(traits.listing_id, ())] if words else []
