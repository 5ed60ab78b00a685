"""Shares of an ownership in a title, as fractions in lowest terms."""

import re
from fractions import Fraction

from tracking.address.numerals import NUMERALS, read_number

NUMBER = f"(?:[0-9]{{1,9}}|[{NUMERALS}]{{1,6}})"
SHARE = re.compile(
    rf"({NUMBER})分之({NUMBER})|([0-9]{{1,3}}(?:\.[0-9]{{1,8}})?)%(?!的?股)"
    rf"|(?<![0-9])([0-9]{{1,6}})/([0-9]{{1,6}})(?=的?(?:房产|房屋|不动产)?的?(?:产权|所有权|份额))"
)


def read_share(text: str) -> tuple[str, str] | None:
    """The share and its words: 50%产权 and 二分之一份额 are ``1/2``. Nothing, and the whole, are no share."""
    found = SHARE.search(text)
    if found is None:
        return None
    whole, part, percent, upper, lower = found.groups()
    if percent:
        share = Fraction(percent) / 100
    else:
        parts = int(read_number(whole or lower))
        share = Fraction(int(read_number(part or upper)), parts) if parts else Fraction(0)
    return (str(share), found[0]) if 0 < share < 1 else None
