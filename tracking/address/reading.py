"""The state of one mainland text while it is read, number by number."""

from typing import Any

from tracking.address.marks import KIND_OF_WORD, TOKEN, Mark
from tracking.address.parts import NO_PARTS, PART_NAMES
from tracking.address.places import Place, read_place

(
    TOWN, ROAD, LANE, NUMBER, COMPOUND, PHASE, BLOCK, BUILDING, UNIT, FLOOR, ROOM, PARKING, LOT, SHARE, UNIT_COUNT,
    MEMBERS,
) = range(len(PART_NAMES))  # fmt: skip
NOTHING: list[Any] = [*NO_PARTS]
NO_WORDS: list[Any] = [None] * len(PART_NAMES)
LONGEST_RANGE = 60
"""Rooms of a range that are named one by one; a longer range is none."""


class Reading:
    """The parts so far with their words, and what is known of the number at hand.

    What most texts do not need is a default of the class: an object is made for each title.
    """

    at = 0
    gap = ""  # the words before the number at hand, with the numbers that belong to names
    carry = ""  # words and numbers that the next number has before it
    heard_at = -1  # the number before which the words were taken
    place: Place | None = None
    pieces = ""  # names behind the place and before the building
    prefix = ""  # of the last dash form
    pending: tuple[str, ...] = ()  # numbers of a list whose word is still to come
    is_range = False
    is_below = False  # whether the last floor behind the home was below ground: its rooms are stores
    is_dashed = False  # whether the parts are joined by dashes: 7栋-二单元-9层
    inner = False  # whether a building, unit or floor is known
    closed = False  # whether the first thing for sale has its number: the rest is further or belongs to it
    elsewhere: str | None = None  # building of a second home or space, once the first has its room
    rooms: tuple[str, ...] = ()
    room_words = ""
    parkings: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()

    def __init__(self, text: str, city: str | None, district: str | None) -> None:
        self.values = NOTHING.copy()
        self.words = NO_WORDS.copy()
        self.tokens: list[str] = TOKEN.split(text)
        self.city = city
        self.district = district

    def put(self, part: int, value: str | None, words: str) -> None:
        """Keep the first finding of a part."""
        if value and self.values[part] is None:
            self.values[part] = value
            self.words[part] = words
            if BUILDING <= part <= FLOOR:
                self.inner = True

    def follow(self) -> Mark:
        """What the next number is; ``BARE`` also where none follows."""
        at = self.at + 4
        if at + 1 >= len(self.tokens):
            return Mark.BARE
        return KINDS[self.tokens[at + 2] + self.tokens[at + 3]]

    def after(self) -> str:
        """The words behind the number at hand, up to the next."""
        return self.tokens[self.at + 4]

    def is_last(self) -> bool:
        """Whether no number follows."""
        return self.at + 5 >= len(self.tokens)

    def take(self, number: str) -> tuple[str, ...]:
        """The numbers of the list or range that ends here."""
        numbers = (*self.pending, number)
        if self.is_range and len(numbers) > 1:
            numbers = fill_range(numbers)
        self.pending, self.is_range = (), False
        return numbers

    def join(self, number: str) -> str:
        """The numbers of the list that ends here, as one: 8、9栋 is building ``8,9``."""
        return ",".join(self.take(number)) if self.pending else number

    def settle(self) -> Place:
        """The place before the first number; names between later ones go to the compound."""
        place = self.place
        if place is None:
            place = self.place = read_place(self.gap, self.city, self.district)
        elif self.heard_at != self.at and self.gap and not self.closed and not self.inner:
            self.pieces += self.gap
        self.heard_at = self.at
        return place


class _Kinds(dict[str, Mark]):
    """Kinds by 号 or # and the word behind it, found out once for each."""

    def __missing__(self, words: str) -> Mark:
        word = words.lstrip("#号")
        sign = words[: len(words) - len(word)]
        kind = self[words] = _kind_of(sign, word)
        return kind


def _kind_of(sign: str, word: str) -> Mark:
    kind = KIND_OF_WORD[word]
    if sign and kind in {Mark.BARE, Mark.LIST, Mark.RANGE, Mark.COUNT}:
        return Mark.NUMBER if sign == "号" else Mark.BUILDING
    return Mark.BUILDING if sign and kind is Mark.STOREY else kind


KINDS = _Kinds()


def fill_range(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers with those between the last two."""
    first, last = numbers[-2:]
    if first.isdigit() and last.isdigit() and len(last) < 6 and 0 < int(last) - int(first) < LONGEST_RANGE:
        return (*numbers[:-2], *map(str, range(int(first), int(last) + 1)))
    return numbers
