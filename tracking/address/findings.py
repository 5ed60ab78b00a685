"""What a reader has found in a text so far: parts in canonical form beside the words that they came from."""

import re
from math import gcd
from typing import Any

from tracking.address.parts import Address, Parts

LEADING_ZEROS = re.compile(r"(?<![0-9.])0+(?=[0-9])")
ASIDE = re.compile(r"\(([^()]{1,200})\)")


class Findings:
    """The first finding of a part stays; an empty one is none."""

    __slots__ = ("asides", "text", "values", "words")

    def __init__(self, text: str) -> None:
        self.text = text  # as written: places in its canonical form are places in it
        self.values: dict[str, Any] = {}
        self.words: dict[str, str] = {}
        self.asides: tuple[str, ...] = ()

    def put(self, name: str, value: str | None, start: int, end: int) -> None:
        """Keep a part with the words from ``start`` to ``end``, unless it is found already or empty."""
        if name not in self.values and value and (value := value.strip()):
            self.values[name] = value
            self.words[name] = self.text[start:end].strip(" ,;")

    def add(self, name: str, value: str | None, start: int, end: int) -> None:
        """Keep a further value of a part beside the first: two rooms are another room than one."""
        known = self.values.get(name, "")
        if not value or value in known.split("/"):
            return
        words = self.text[start:end].strip(" ,;")
        self.values[name] = "/".join(sorted([*known.split("/"), value])) if known else value
        self.words[name] = f"{self.words[name]} {words}" if known else words

    def put_count(self, count: int, words: str) -> None:
        """Keep the number of things in a lot of several."""
        if count > 1 and "unit_count" not in self.values:
            self.values["unit_count"] = count
            self.words["unit_count"] = words.strip()

    def put_members(self, name: str, members: list[str], start: int, end: int) -> None:
        """Keep a part that names one thing, or the names of several, which are counted and leave the part unknown."""
        members = list(dict.fromkeys(filter(None, members)))
        if len(members) == 1:
            self.put(name, members[0], start, end)
        elif members and "members" not in self.values:
            self.values["members"] = tuple(members)
            self.words["members"] = self.text[start:end].strip(" ,;")
            self.put_count(len(members), self.text[start:end])

    def put_share(self, part: int, whole: int, words: str) -> None:
        """Keep a share of the ownership. All of it is none."""
        if 0 < part < whole and "share" not in self.values:
            divisor = gcd(part, whole)
            self.values["share"] = f"{part // divisor}/{whole // divisor}"
            self.words["share"] = words.strip()

    def address(self) -> Address:
        """Everything found."""
        return Address(Parts(**self.values), self.words, self.asides)


def without_zeros(value: str) -> str:
    """Numbers without their leading zeros: ``B02`` is ``B2``, ``0081-0001`` is ``81-1``."""
    return LEADING_ZEROS.sub("", value) if "0" in value else value
