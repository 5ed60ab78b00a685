"""Shares of an ownership in a title, as fractions in lowest terms."""

import re
from fractions import Fraction

from tracking.address.numerals import NUMERALS, read_number

NUMBER = f"(?:[0-9]{{1,9}}|[{NUMERALS}]{{1,6}})"
SHARE = re.compile(
    rf"({NUMBER})分之({NUMBER})|([0-9]{{1,3}}(?:\.[0-9]{{1,8}})?)%(?!的?股)"
    rf"|(?<![0-9])([0-9]{{1,6}})/([0-9]{{1,6}})(?=的?(?:房产|房屋|不动产)?的?(?:产权|所有权|份额))"
)

SIDE = re.compile("([东南西北左右前后上下])(?:侧|边|面)?(?:半(?:部分?|边|间|幢|栋|套|侧|壁)|一半)(?![街路巷村镇山])")
"""A half by where it lies: 西半部分 and 东半部分 are two things, and neither is the whole."""


def read_share(text: str) -> tuple[str, str] | None:
    """The share and its words: 50%产权 and 二分之一份额 are ``1/2``, 西半部分 is ``1/2西``.

    Nothing, and the whole, are no share.
    """
    found = SHARE.search(text)
    if found is None:
        side = SIDE.search(text) if "半" in text else None
        return (f"1/2{side[1]}", side[0]) if side is not None else None
    whole, part, percent, upper, lower = found.groups()
    if upper and (own := _behind_a_room(upper, lower)) is not None:
        return str(Fraction(int(own), int(lower))), f"{own}/{lower}"
    if percent:
        share = Fraction(percent) / 100
    else:
        parts = int(read_number(whole or lower))
        share = Fraction(int(read_number(part or upper)), parts) if parts else Fraction(0)
    return (str(share), found[0]) if 0 < share < 1 else None


def _behind_a_room(upper: str, lower: str) -> str | None:
    """The figures of the share, where those of a room run into it: 2-41/2产权份额 is a half of room 2-4."""
    if int(upper) < int(lower):
        return None
    ends = (upper[at:] for at in range(1, len(upper)))
    return next((end for end in ends if end[0] != "0" and int(end) < int(lower)), None)
