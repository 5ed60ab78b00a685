"""The words of all listings in one long text, in which a word is found by one pass."""

from __future__ import annotations  # array is not subscriptable before Python 3.12

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

END = "\n"
"""Stands behind each listing's words, in which there is none."""


class Texts:
    """Words by position."""

    def __init__(self, text: str, lengths: array[int]) -> None:
        self._text = text
        self._lengths = lengths  # with their ends
        self._starts = array("q", accumulate(lengths, initial=0))

    @classmethod
    def of(cls, texts: Sequence[str]) -> Texts:
        """Those of a board that is made."""
        return cls("".join(f"{text}{END}" for text in texts), array("i", [len(text) + 1 for text in texts]))

    def updated(self, changed: Mapping[int, str]) -> Texts:
        """With others in some places, and further ones behind the last."""
        fresh = {position: text for position, text in changed.items() if self._at(position) != text}
        if not fresh:
            return self
        parts, lengths, begin = [], self._lengths[:], 0
        for position in sorted(fresh):
            if position < len(self._lengths):
                parts.append(self._text[begin : self._starts[position]])
                begin = self._starts[position + 1]
                lengths[position] = len(fresh[position]) + 1
            else:
                parts.append(self._text[begin:])
                begin = len(self._text)
                lengths.append(len(fresh[position]) + 1)
            parts.append(f"{fresh[position]}{END}")
        return Texts("".join([*parts, self._text[begin:]]), lengths)

    def with_word(self, word: str) -> Iterator[int]:
        """The positions of those that have a word somewhere."""
        starts, find = self._starts, self._text.find
        at = find(word)
        while at >= 0:
            position = bisect_right(starts, at) - 1
            yield position
            at = find(word, starts[position + 1])

    def _at(self, position: int) -> str | None:
        if position >= len(self._lengths):
            return None
        return self._text[self._starts[position] : self._starts[position + 1] - 1]
