"""Money: the source's words into integer minor units, exactly or not at all."""

import re
import unicodedata
from functools import lru_cache

from crawler.items import NumberForm, Word
from store.terms import MINOR_DIGITS, Currency

LONGEST_AMOUNT = 40
"""Characters. Longer texts are sentences, not amounts."""

PLAIN = re.compile(r"(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?([万亿]?)")
BRAZILIAN = re.compile(r"(-?)(\d+|\d{1,3}(?:\.\d{3})+)(?:,(\d+))?()")
SCALES: dict[Currency, int] = {currency: int(10**digits) for currency, digits in MINOR_DIGITS.items()}
UNITS = {"": 1, "万": 10_000, "亿": 100_000_000}
TO_PLAIN_SIGNS = str.maketrans({"萬": "万", "億": "亿", "圓": "元", "圆": "元", "−": "-"})
CHINESE_DIGITS = re.compile(r"[零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟万亿]+")

SIGNS_BEFORE: dict[Currency, tuple[str, ...]] = {
    Currency.CNY: ("人民币", "RMB", "CNY", "¥"),
    Currency.HKD: ("港币", "港幣", "HKD", "HK$", "$"),
    Currency.TWD: ("新台币", "新臺幣", "新台幣", "TWD", "NT$", "$"),
    Currency.BRL: ("BRL", "R$"),
    Currency.KRW: ("KRW", "₩"),
    Currency.USD: ("USD", "US$", "$"),
    Currency.EUR: ("EUR", "€"),
    Currency.UAH: ("UAH", "₴"),
}
SIGNS_AFTER: dict[Currency, tuple[str, ...]] = {
    Currency.CNY: ("元整", "元正", "元"),
    Currency.HKD: ("港元", "元"),
    Currency.TWD: ("元整", "元"),
    Currency.BRL: (),
    Currency.KRW: ("원",),
    Currency.USD: ("USD", "美元"),
    Currency.EUR: ("EUR", "欧元", "€"),
    Currency.UAH: ("UAH", "грн.", "грн", "₴"),
}


def parse_money(raw: Word, currency: Currency, form: NumberForm) -> int:
    """Give the amount in minor units (fen, centavo), below half a unit rounded down, from half a unit up.

    Numbers of JSON count whole units (yuan). Texts may carry the currency's own sign, 万 or 亿, thousands
    separators of ``form``, full-width characters and spaces anywhere, or be Chinese numerals throughout
    (integers only). A negative amount comes back negative.

    Raises:
        ValueError: anything else, with the text.
    """
    if isinstance(raw, bool) or raw is None:
        raise ValueError(f"not an amount: {raw!r}")
    if isinstance(raw, int):
        return raw * SCALES[currency]
    if isinstance(raw, float):
        return _read_float(raw, currency)
    if raw.isascii() and raw.isdigit() and len(raw) <= LONGEST_AMOUNT:
        return int(raw) * SCALES[currency]
    return _read_text(raw, currency, form)


def _read_float(raw: float, currency: Currency) -> int:
    """A JSON number through its shortest decimal form, so that 0.1 is ten fen and not a binary fraction."""
    if raw.is_integer() and abs(raw) < 2**53:
        return int(raw) * SCALES[currency]
    found = PLAIN.fullmatch(repr(raw))
    if found is None:
        raise ValueError(f"not an amount: {raw!r}")
    return _count_minor(found, currency)


def _read_text(raw: str, currency: Currency, form: NumberForm) -> int:
    pattern = BRAZILIAN if form is NumberForm.BRAZILIAN else PLAIN
    found = pattern.fullmatch(raw) if raw.isascii() and len(raw) <= LONGEST_AMOUNT else None
    if found is None:
        bare = _strip_signs(raw, currency)
        found = pattern.fullmatch(bare)
        if found is None:
            return _read_chinese(bare, raw) * SCALES[currency]
    return _count_minor(found, currency)


def _strip_signs(raw: str, currency: Currency) -> str:
    """The amount without spaces and currency signs, in half-width characters."""
    if len(raw) > LONGEST_AMOUNT:
        raise ValueError(f"too long for an amount: {raw[:LONGEST_AMOUNT]!r}")
    text = "".join(unicodedata.normalize("NFKC", raw).split()).translate(TO_PLAIN_SIGNS)
    for sign in SIGNS_BEFORE[currency]:
        if text.startswith(sign):
            text = text[len(sign) :]
            break
    for sign in SIGNS_AFTER[currency]:
        if text.endswith(sign):
            return text[: -len(sign)]
    return text


@lru_cache(maxsize=1024)
def _read_chinese(bare: str, raw: str) -> int:
    """A whole number in Chinese numerals. Strict mode only: "smart" cuts 1.23456789万 to 12345 (cn2an 0.5.24)."""
    if CHINESE_DIGITS.fullmatch(bare) is None:
        raise ValueError(f"not an amount: {raw!r}")
    from cn2an import cn2an  # here, because loading it takes 0.05 s and such amounts are rare

    try:
        return int(cn2an(bare.replace("〇", "零"), "strict"))
    except ValueError:
        raise ValueError(f"not an amount: {raw!r}") from None


def _count_minor(found: re.Match[str], currency: Currency) -> int:
    sign, whole, fraction, unit = found.groups(default="")
    digits = int(whole.replace(",", "").replace(".", "") + fraction)
    if len(fraction) == MINOR_DIGITS[currency] and not unit and not sign:
        return digits
    scale = SCALES[currency] * UNITS[unit]
    parts = int(10 ** len(fraction))
    amount = (2 * digits * scale + parts) // (2 * parts)
    return -amount if sign else amount
