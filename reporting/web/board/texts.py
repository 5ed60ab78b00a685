"""The words of all listings in one long text, in which a word is found by one pass."""

from __future__ import annotations  # array is not subscriptable before Python 3.12

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

END = "\n"
"""Stands behind each listing's words, in which there is none."""

TEXTS_AT_ONCE = 5_000


class Texts:
    """Words by position. In the text they stand in slots, in the order in which they were read.

    Args:
        text: all words, each with its end.
        lengths: by slot, with the ends.
        slots: by position.
    """

    def __init__(self, text: str, lengths: array[int], slots: array[int]) -> None:
        self._text = text
        self._lengths = lengths
        self._slots = slots
        self._starts = array("q", accumulate(lengths, initial=0))
        self._positions = array("i", bytes(4 * len(slots)))
        for position, slot in enumerate(slots):
            self._positions[slot] = position

    def parts(self) -> tuple[str, array[int], array[int]]:
        """What they are made of, as it is given."""
        return self._text, self._lengths, self._slots

    def updated(self, changed: Mapping[int, str]) -> Texts:
        """With others in some places, and further ones behind the last."""
        fresh = {position: text for position, text in changed.items() if self.at(position) != text}
        if not fresh:
            return self
        slots = self._slots[:]
        slots.extend(range(len(slots), len(slots) + sum(position >= len(slots) for position in fresh)))
        by_slot = {slots[position]: f"{text}{END}" for position, text in fresh.items()}
        parts, lengths, begin = [], self._lengths[:], 0
        for slot in sorted(by_slot):
            if slot < len(self._lengths):
                parts.append(self._text[begin : self._starts[slot]])
                begin = self._starts[slot + 1]
                lengths[slot] = len(by_slot[slot])
            else:
                parts.append(self._text[begin:])
                begin = len(self._text)
                lengths.append(len(by_slot[slot]))
            parts.append(by_slot[slot])
        return Texts("".join([*parts, self._text[begin:]]), lengths, slots)

    def with_word(self, word: str) -> Iterator[int]:
        """The positions of those that have a word somewhere."""
        starts, find = self._starts, self._text.find
        at = find(word)
        while at >= 0:
            slot = bisect_right(starts, at) - 1
            yield self._positions[slot]
            at = find(word, starts[slot + 1])

    def at(self, position: int) -> str | None:
        """The words of one position; ``None`` behind the last."""
        if position >= len(self._slots):
            return None
        slot = self._slots[position]
        return self._text[self._starts[slot] : self._starts[slot + 1] - 1]


class TextMaker:
    """Takes words as they come, and joins them early: a million small strings would leave the memory in pieces."""

    def __init__(self) -> None:
        self._joined: list[str] = []
        self._last: list[str] = []
        self._lengths = array("i")

    def append(self, text: str) -> None:
        """Put words into the next slot."""
        self._last.append(f"{text}{END}")
        self._lengths.append(len(text) + 1)
        if len(self._last) == TEXTS_AT_ONCE:
            self._joined.append("".join(self._last))
            self._last = []

    def made(self, slots: Sequence[int]) -> Texts:
        """All of them; ``slots`` by position."""
        return Texts("".join([*self._joined, *self._last]), self._lengths, array("i", slots))
