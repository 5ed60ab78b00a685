"""The data that the desk page of 2026 carries for its scripts: ``script.J_COMPONENT``, JSON in URI encoding.

Told in 2026-03, not recorded: STATISTICS_INFO, AUCTION_RULE and BID_CONTROL with the fields read here. They only fill
what the visible page leaves out. The unit of BID_CONTROL's currentPrice is not known, so it is not read.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import orjson

from crawler.items import Details, ListingItem, Word
from crawler.parsers.ali_judicial.sheet import AMOUNTS

AMOUNT = re.compile(r"[¥￥]?\s?([0-9][0-9,]{0,19}(?:\.[0-9]{1,4})?)\s?(?:元|$)")
NAMES = ("STATISTICS_INFO", "AUCTION_RULE", "BID_CONTROL")
MOST_SCRIPT = 500_000  # characters


def read_components(scripts: Iterable[tuple[Mapping[str, str], str]]) -> dict[str, Mapping[str, Any]]:
    """The blocks by name: the name is a key over the block, a value in it, or an attribute of its script."""
    found: dict[str, Mapping[str, Any]] = {}
    for attributes, text in scripts:
        try:
            block = orjson.loads(unquote(text[:MOST_SCRIPT]))
        except (orjson.JSONDecodeError, UnicodeEncodeError):
            continue
        if isinstance(block, dict):
            told = [value for value in (*attributes.values(), *block.values()) if isinstance(value, str)]
            for name in NAMES:
                held = block.get(name, block if name in told else None)
                if isinstance(held, dict):
                    inner = held.get("data")
                    found.setdefault(name, inner if isinstance(inner, dict) else held)
    return found


def with_components(item: ListingItem, blocks: Mapping[str, Mapping[str, Any]]) -> ListingItem:
    """The item with what only the scripts' data tells."""
    if not blocks:
        return item
    counts, control = blocks.get("STATISTICS_INFO", {}), blocks.get("BID_CONTROL", {})
    amounts, details = read_rule(blocks.get("AUCTION_RULE", {})), item.details or Details()
    status = control.get("status")
    return item._replace(
        words={**amounts, **item.words},
        status_raw=item.status_raw or (f"BID_CONTROL {status}" if isinstance(status, str) else None),
        starting_price_raw=item.starting_price_raw or amounts.get("起拍价") or amounts.get("变卖价"),
        appraisal_price_raw=item.appraisal_price_raw or amounts.get("评估价"),
        market_price_raw=item.market_price_raw or amounts.get("市场价"),
        starts_at_raw=item.starts_at_raw or scalar(control.get("startTime")),
        ends_at_raw=item.ends_at_raw or scalar(control.get("endTime")),
        bid_count_raw=counted(item.bid_count_raw, counts.get("bidCount")),
        applicant_count_raw=counted(item.applicant_count_raw, counts.get("applyNumber")),
        details=details._replace(
            deposit_raw=details.deposit_raw or amounts.get("保证金"),
            increment_raw=details.increment_raw or amounts.get("加价幅度"),
            bidder_count_raw=scalar(counts.get("bidUserNumber")),
        ),
    )


def read_rule(rule: Mapping[str, Any]) -> dict[str, str]:
    """The amounts of the rule, by label: each a title with one or more texts."""
    amounts: dict[str, str] = {}
    fields = rule.get("bidRuleFields")
    for field in fields if isinstance(fields, list) else []:
        title, texts = (field.get("title"), field.get("texts")) if isinstance(field, dict) else (None, None)
        label = "".join(title.split()) if isinstance(title, str) else ""
        shown = texts[0].get("preMsg") if isinstance(texts, list) and texts and isinstance(texts[0], dict) else None
        if label in AMOUNTS and isinstance(shown, str) and (found := AMOUNT.match(shown.strip())):
            amounts.setdefault(label, found[1])
    return amounts


def scalar(value: Any) -> Word:
    """A value that may stand in a field."""
    return value if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def counted(shown: Word, told: Any) -> Word:
    """What is shown; what was told where nothing is shown, or 0 because the page's counters have not run."""
    return shown if shown not in (None, "0") else (scalar(told) if scalar(told) is not None else shown)
