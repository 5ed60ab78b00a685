"""A notice prepared for reading: one layout, half-width signs, and looks that cost no more than the text is long."""

import re
from collections.abc import Iterator
from functools import cached_property

LONGEST_READ = 200_000
"""Characters. The longest notice seen has 14,000 (JD, 2026-08); what follows in a larger text is not read."""

MOST_HITS = 60
"""How often one label is looked at: a notice says it a few times, a hostile text a hundred thousand times."""

PAGE_BOX = "【拍卖主信息】"
"""Heads the price box of the page texts of 2016-2024."""

RECOMMENDATIONS = ("相关推荐", "为您推荐", "猜你喜欢")
"""Behind these a page of 2026 shows other listings with their prices."""

GROUPS_END = r"(?:\.\d{1,6})?(?!\d|,\d| \d{3}(?!\d))"
NUMBER = (
    rf"\d{{1,3}}(?:,\d{{3}}){{1,4}}{GROUPS_END}|\d{{1,3}}(?: \d{{3}}){{1,4}}{GROUPS_END}"
    r"|\d{1,13}(?:\.\d{1,6})?(?!,\d)"
)
"""1,234,567.89 or 200 000 or 1234567.89; groups parted in two ways are none."""

CELL_BORDER = "\n\n\t\n\n"
INVISIBLE = dict.fromkeys(map(ord, "\r\u200b\u200c\u200d\u2060\ufeff\x00"))
WIDE_SIGNS = (
    ("（", "("),
    ("）", ")"),
    ("：", ":"),
    ("，", ","),
    ("；", ";"),
    ("￥", "¥"),
    ("％", "%"),
    ("〔", "("),
    ("〕", ")"),
    ("﹝", "("),
    ("﹞", ")"),
)
WIDE_DIGIT = re.compile("[０-９Ａ-Ｚａ-ｚ．]")
NARROW = str.maketrans({0xFF10 + offset: chr(0x30 + offset) for offset in range(10)} | {0xFF0E: "."}) | {
    code: chr(code - 0xFEE0) for first in (0xFF21, 0xFF41) for code in range(first, first + 26)
}
SPACED_LABELS = tuple(
    (spaced, spaced.replace(" ", ""))
    for spaced in ("起 拍 价", "评 估 价", "市 场 价", "保 证 金", "变 卖 公 告", "拍 卖 公 告", "面 积", "用 途")
)
UP_TO_BORDER = re.compile(r"(?s).*[。;\n\t!]")
REST_OF_SENTENCE = re.compile(r"[^。;\n\t!]*")


class Notice:
    """``text`` has half-width signs and is as long as ``shown``, the same in the notice's own signs.

    Both have a tab between the cells of a table, one line break between rows and paragraphs.
    """

    def __init__(self, raw: str) -> None:
        shown = raw[:LONGEST_READ]
        if not shown.isprintable():
            shown = shown.translate(INVISIBLE) if any(map(shown.__contains__, map(chr, INVISIBLE))) else shown
        shown = shown.replace("\u3000", " ").replace("\xa0", " ")
        lines = shown.replace(CELL_BORDER, "\t").split("\n")
        shown = "\n".join([line for each in lines if (line := each.strip(" "))])
        for spaced, joined in SPACED_LABELS:
            shown = shown.replace(spaced, joined)
        for heading in RECOMMENDATIONS:
            shown = shown.partition(heading)[0]
        self.shown = shown
        self.text = _narrow(shown)

    @cached_property
    def box(self) -> str:
        """The price box of the page; empty where the text is a notice alone."""
        return self.text.partition(PAGE_BOX)[2]

    @cached_property
    def body(self) -> str:
        """The text without its price box."""
        return self.text.partition(PAGE_BOX)[0]

    def sentence(self, position: int) -> tuple[int, int]:
        """Where the sentence that holds ``position`` begins and ends, at most 600 characters."""
        rest = REST_OF_SENTENCE.match(self.text, position, position + 300)
        return border_before(self.text, position, UP_TO_BORDER, 300), rest.end() if rest else position


def _narrow(text: str) -> str:
    for wide, narrow in WIDE_SIGNS:
        text = text.replace(wide, narrow)
    return text.translate(NARROW) if WIDE_DIGIT.search(text) else text


def border_before(text: str, position: int, up_to_border: re.Pattern[str], reach: int) -> int:
    """Where the piece begins that ``position`` ends: behind the last border, or ``reach`` characters before."""
    start = max(0, position - reach)
    found = up_to_border.match(text, start, position)
    return found.end() if found else start


def find_all(text: str, word: str, most: int = MOST_HITS) -> Iterator[int]:
    """Where ``word`` stands, the first ``most`` times."""
    position = text.find(word)
    while position >= 0 and most:
        yield position
        most -= 1
        position = text.find(word, position + len(word))


def match_after(text: str, label: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first match of ``pattern`` directly behind ``label``."""
    if label not in text:  # most labels are not: asking first is half the time
        return None
    for position in find_all(text, label):
        if found := pattern.match(text, position + len(label)):
            return found
    return None


def first_after(text: str, labels: tuple[str, ...], pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first match behind the first label that has one."""
    return next((found for label in labels if (found := match_after(text, label, pattern))), None)
