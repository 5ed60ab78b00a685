"""招商: advertisements that ask who is interested (``projectType`` 2). Nothing is sold by them, and they tell no price.

They have a list of their own, whose rows public projects name (2024-25); the values of ``merchantsStatus`` and the
numbering of ``id`` are not known, so a row can neither have a state nor stand among listings. Each is refused by name.
"""

from typing import Any

from crawler.items import NoSaleRow
from crawler.parsers.jd.answers import written_id
from crawler.parsers.jd.calls import ADVERTISEMENTS, MERCHANTS, SEARCH, Call

ROW_MARK = b'"merchantsStatus"'
REASON = "no sale: 招商, an advertisement for interest"
SHOWN = ("name", "title", "address", "categoryName")
"""What an excerpt may hold: ``consultTel`` and the names of debtors and guarantors are not read."""


def asks_for_advertisements(call: Call) -> bool:
    """Whether a call is answered with 招商 alone."""
    if call.function == SEARCH:
        return str(call.body.get("projectType")) == ADVERTISEMENTS
    return call.function == MERCHANTS


def is_advertisement(row: Any, call: Call) -> bool:
    """By what was asked for, else by the state that only such rows have."""
    return asks_for_advertisements(call) or (isinstance(row, dict) and "merchantsStatus" in row)


def refused_advertisement(position: int, row: Any) -> NoSaleRow:
    """The row by its number, with the words that name the asset."""
    told = row if isinstance(row, dict) else {}
    words = [value.strip() for name in SHOWN if isinstance(value := told.get(name), str) and value.strip()]
    return NoSaleRow(position, written_id(told.get("id")), REASON, " ".join(words)[:200])
