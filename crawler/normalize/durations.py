"""Spans of time: the source's words into minutes."""

import re

from crawler.items import Word

MINUTES = {"天": 1440, "日": 1440, "小时": 60, "时": 60, "分钟": 1, "分": 1, "day": 1440, "hour": 60, "minute": 1}
SPAN = re.compile(r"(\d{1,6}(?:\.\d+)?)\s*(天|日|个?小时|时|分钟|分|days?|hours?|minutes?)(?:/次|每次)?")
LONGEST = 366 * 1440


def parse_minutes(raw: Word) -> int:
    """Give whole minutes of 1天, 24小时, 5分钟/次, 1天12小时, or a number of minutes.

    Raises:
        ValueError: not a span of time, or longer than a year, with the text.
    """
    minutes = raw if isinstance(raw, int) and not isinstance(raw, bool) else _read_text(raw)
    if not 0 <= minutes <= LONGEST:
        raise ValueError(f"absurd span: {raw!r}")
    return minutes


def _read_text(raw: Word) -> int:
    text = "".join(raw.split()) if isinstance(raw, str) else ""
    if text.isdecimal() and len(text) < 8:
        return int(text)
    parts = SPAN.findall(text)
    if not parts or SPAN.sub("", text) or len(text) > 40:
        raise ValueError(f"not a span of time: {raw!r}")
    return round(sum(float(number) * MINUTES[unit.removeprefix("个").rstrip("s")] for number, unit in parts))
