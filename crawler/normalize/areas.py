"""Areas: the source's words into hundredths of a square metre."""

import re
import unicodedata

from crawler.items import NumberForm, Word

LARGEST_SQM = 10**8
"""A hundred square kilometres, fifty times the largest seen (2,035,960 m2, a farm in the CAIXA list of 2026-01-08)."""

NUMBER = r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?"
PLAIN = re.compile(
    NUMBER + r"(m2|平方米|平米|平方公尺|亩|畝|公顷|公頃|平方呎|平方英尺|呎|[Ss][Qq]\.?[Ff][Tt]\.?|ft2|坪)?"
)
BRAZILIAN = re.compile(r"(\d{1,3}(?:\.\d{3})+(?=,)|\d+)(?:,(\d+)|\.(\d{1,2}))?(m2|ha)?")
SQUARE_FOOT = (9_290_304, 10**8)
SQM_OF_UNIT = {
    **dict.fromkeys(("亩", "畝"), (2000, 3)),
    **dict.fromkeys(("公顷", "公頃", "ha"), (10_000, 1)),
    **dict.fromkeys(("平方呎", "平方英尺", "呎", "sqft", "ft2"), SQUARE_FOOT),
    "坪": (400, 121),
}
"""Square metres as exact fractions.

1 亩 = 2000/3 m2 (1 hectare = 15 亩, 国务院 1984-02-27); 1 square foot = 0.3048^2 m2 (Hong Kong and elsewhere);
1 坪 = 400/121 m2 (Taiwan: 1 m2 = 0.3025 坪). 平方尺 is left out: a square foot in Hong Kong, 1/9 m2 on the mainland.
"""


def parse_area(raw: Word, form: NumberForm) -> int:
    """Give the area in hundredths of a square metre, halves rounded up. Zero stays zero ("not stated" in Brazil).

    Numbers without a unit are square metres. In Brazilian form both 1.120,00 and, as CAIXA writes areas beside
    Brazilian prices, 1120.00 are read; 1.120 could be either and is refused.

    Raises:
        ValueError: negative, above ``LARGEST_SQM``, or not an area, with the text.
    """
    if isinstance(raw, bool) or raw is None:
        raise ValueError(f"not an area: {raw!r}")
    hundredths = raw * 100 if isinstance(raw, int) else _read_text(raw if isinstance(raw, str) else repr(raw), form)
    if not 0 <= hundredths <= LARGEST_SQM * 100:
        raise ValueError(f"absurd area: {raw!r}")
    return hundredths


def _read_text(raw: str, form: NumberForm) -> int:
    whole, _, cents = raw.partition(".")
    if len(cents) == 2 and len(whole) <= 10 and raw.isascii() and whole.isdigit() and cents.isdigit():
        return int(whole + cents)  # the hot path: 171.43
    pattern = BRAZILIAN if form is NumberForm.BRAZILIAN else PLAIN
    text = raw if raw.isascii() else unicodedata.normalize("NFKC", raw)
    found = pattern.fullmatch(text) or pattern.fullmatch("".join(text.split()))
    if found is None or len(raw) > 40:
        raise ValueError(f"not an area: {raw[:40]!r}")
    whole, *fractions, unit = found.groups(default="")
    fraction = "".join(fractions)
    digits = int(whole.replace(",", "").replace(".", "") + fraction)
    times, parts = SQM_OF_UNIT.get(unit.lower().replace(".", ""), (1, 1))
    parts *= int(10 ** len(fraction))
    return (2 * digits * times * 100 + parts) // (2 * parts)
