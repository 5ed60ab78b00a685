"""Whole numbers as notices write them: 12, 十二, 二〇二〇, 陆拾柒万壹仟叁佰叁拾肆."""

DIGITS = {
    char: value
    for value, chars in enumerate(
        ("零〇0○Ο", "一壹1", "二贰两2", "三叁3", "四肆4", "五伍5", "六陆6", "七柒7", "八捌8", "九玖9")
    )
    for char in chars
}
STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
SECTIONS = {"万": 10**4, "亿": 10**8}


def whole_number(text: str) -> int | None:
    """The number, or ``None`` where the numerals make none: 五三十, 万, an empty text."""
    if text.isascii():
        return int(text) if text.isdecimal() else None
    if all(char in DIGITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text))
    return _counted(text)


def _counted(text: str) -> int | None:
    """A number that names its tens and hundreds."""
    total = section = 0
    digit: int | None = None
    for char in text:
        value = DIGITS.get(char)
        if value is not None:
            if digit:
                return None
            digit = value
        elif char in STEPS:
            section += (1 if digit is None else digit) * STEPS[char]
            digit = None
        elif char in SECTIONS and (section or digit):
            total = (
                (total + section + (digit or 0)) * SECTIONS[char]
                if char == "亿"
                else (total + (section + (digit or 0)) * SECTIONS[char])
            )
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0)
