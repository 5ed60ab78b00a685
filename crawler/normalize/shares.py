"""Shares of an ownership: the source's words into a fraction in lowest terms."""

import re
from fractions import Fraction

from crawler.items import Word

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2, "百": 100}
FRACTION = re.compile(r"(\d{1,12})/(\d{1,12})")
PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)[%％]")
OF_PARTS = re.compile(r"([\d一二三四五六七八九十百两]{1,12})分之([\d一二三四五六七八九十两.]{1,6})")


def parse_share(raw: Word) -> str:
    """Give 1/2, 50%, 二分之一, 百分之五十, 0.5 or 一半 as "1/2"; the whole is "1".

    Raises:
        ValueError: not a share, or not between nothing and the whole, with the text.
    """
    text = "".join(raw.split()) if isinstance(raw, str) else str(raw)
    share = _read(text)
    if share is None or not 0 < share <= 1:
        raise ValueError(f"not a share: {str(raw)[:40]!r}")
    return str(share)


def _read(text: str) -> Fraction | None:
    if text in {"全部", "100%", "整体", "1", "单独所有"}:
        return Fraction(1)
    if text in {"一半", "半"}:
        return Fraction(1, 2)
    if found := FRACTION.fullmatch(text):
        return Fraction(int(found[1]), int(found[2])) if int(found[2]) else None
    if found := PERCENT.fullmatch(text):
        return Fraction(found[1]) / 100
    if found := OF_PARTS.fullmatch(text):
        parts, taken = _number(found[1]), _number(found[2])
        return taken / parts if parts and taken else None
    return Fraction(text) if re.fullmatch(r"0\.\d{1,8}", text) else None


def _number(text: str) -> Fraction | None:
    """The number in Arabic or Chinese numerals below a thousand."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Fraction(text)
    total, digit = 0, 0
    for char in text:
        value = DIGITS.get(char)
        if value is None:
            return None
        if value >= 10:
            total, digit = total + (digit or 1) * value, 0
        else:
            digit = value
    return Fraction(total + digit)
