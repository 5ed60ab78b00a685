"""How one fact is recognised: words to look for, labels of cells, and patterns of sentences."""

import re
from typing import NamedTuple

from store.terms import Answer

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.NOT_KNOWN
ORDER_OF_RISK = (YES, NO, NOT_KNOWN)
ORDER_OF_PROMISE = (NO, YES, NOT_KNOWN)
UNTOLD = r"不详|不明|不清|未知|待查|情况未核实|自行(?:前往|到|至|向)?[^。;]{0,16}?(?:核实|了解|查证|咨询|查询|确认)"


class Rules(NamedTuple):
    """How one fact is recognised.

    ``order``: which answer stands where sentences differ: the one that warns.
    ``cells``: labels of tables whose value answers, with ``yes`` and ``no`` as what such values begin with.
    """

    words: tuple[str, ...]
    sentences: tuple[tuple[Answer | None, re.Pattern[str]], ...]
    order: tuple[Answer, Answer, Answer] = ORDER_OF_RISK
    cells: tuple[str, ...] = ()
    yes: re.Pattern[str] = re.compile(r"(?:有|是(?!否)|存在)(?!无|不)")
    no: re.Pattern[str] = re.compile(r"(?:无|否|没有|不存在|未)(?!法|从|知|能|查|核)")
    is_conditional: bool = True  # 如有租赁… tells nothing; but 如有欠费由买受人承担 does


def compile_rules(*rules: tuple[Answer | None, str]) -> tuple[tuple[Answer | None, re.Pattern[str]], ...]:
    """The patterns of sentences in their order, compiled."""
    return tuple((answer, re.compile(pattern)) for answer, pattern in rules)
