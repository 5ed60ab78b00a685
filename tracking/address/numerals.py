"""Numbers of addresses: Chinese numerals to Arabic ones, leading zeros gone."""

import re
from functools import lru_cache

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "首": 1}
SCALES = {"十": 10, "百": 100}
NUMERALS = "零〇一二三四五六七八九十百两首"
ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
SMALL = re.compile(r"(?<![0-9])[1-9][0-9]?(?=[街段路巷道里条])")
TENS = ("", "十", "二十", "三十", "四十", "五十", "六十", "七十", "八十", "九十")


@lru_cache(maxsize=8192)
def read_number(word: str) -> str:
    """The number as it is compared: ``012`` and 十二 are ``12``, ``B02`` is ``B2``, ``02-0301`` is ``2-301``.

    Digits may stand in a row (五零二 is 502) or with their scales (一百零二 is 102).
    """
    if word[0] not in NUMERALS:
        return ZEROS.sub("", word)
    if "十" not in word and "百" not in word:
        return "".join(str(DIGITS[char]) for char in word).lstrip("0") or "0"
    total, digit = 0, 0
    for char in word:
        if char in SCALES:
            total, digit = total + (digit or (1 if total == 0 or char == "百" else 0)) * SCALES[char], 0
        else:
            digit = DIGITS[char]
    return str(total + digit)


def write_numerals(name: str) -> str:
    """The name with the numbers of streets in Chinese: 人民南路4段 is 人民南路四段."""
    return name if name.isalpha() else SMALL.sub(_write_small, name)


def _write_small(found: re.Match[str]) -> str:
    tens, ones = divmod(int(found[0]), 10)
    return TENS[tens] + ("一二三四五六七八九"[ones - 1] if ones else "")
