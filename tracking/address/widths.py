"""Texts of the mainland in one canonical writing: half width, simplified, upper case, one dash, no blanks."""

import re

from tracking.address.simplified import CANONICAL

ROMAN = {"Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4", "Ⅴ": "5", "Ⅵ": "6", "Ⅶ": "7", "Ⅷ": "8", "Ⅸ": "9", "Ⅹ": "10"}
MAINLAND = str.maketrans(
    dict(CANONICAL)
    | {ord(sign): number for sign, number in ROMAN.items()}
    | dict.fromkeys(map(ord, "~〜∼"), "至")
    | dict.fromkeys(map(ord, "·•・‧∙．“”\"'‘’「」『』《》?\u200b\ufeff"), "")
)
ODD_SIGNS = "".join(map(chr, MAINLAND))
"""Whatever is written otherwise than canonical; four titles of five hold none."""

ODD = re.compile(f"[{re.escape(ODD_SIGNS)}]")

WRITINGS = {chr(code): sign if isinstance(sign, str) else chr(sign) for code, sign in MAINLAND.items()}
"""The canonical writing of each odd sign."""

BETWEEN_NUMBERS = re.compile(r" (?<=[0-9A-Z] )(?=[0-9])")


def write_canonically(text: str) -> str:
    """The text in canonical writing. Two numbers with only a blank between them become a list of two."""
    if "（" in text:  # the most frequent by far, and all that is odd in most texts that hold it
        text = text.replace("（", "(").replace("）", ")")
    text = ODD.sub(_write_sign, text)  # of a title that holds one or two, in a third of the time of str.translate
    if " " in text:
        text = "".join(BETWEEN_NUMBERS.sub("、", text).split())
    return text


def _write_sign(found: re.Match[str]) -> str:
    return WRITINGS[found[0]]
