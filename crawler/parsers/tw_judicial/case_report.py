"""A case as a newspaper tells it: its round numbers and some of their floor prices (one file, of 2026-01).

The article names neither the case's number nor a day of sale: so its own number and the round make the id, the only
place where a round does, and the article's number is what the rounds share. A 15th round follows fourteen others:
rounds that the article passes over are listings without a price.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Details, FactItem, ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.html import page_json, refusal_by_status
from crawler.parsers.tw_judicial.lots import SOURCE, spell_round
from store.terms import Answer, FactKind

CASE_REPORT = f"{SOURCE}.case_report"
ARTICLE = re.compile(r"([\w.-]+/news/(\d{3,12})) \((\d{4}-\d{2}-\d{2})\)")
MOST_ROUNDS = 100
PRE_EMPTION = "優先承買權"
TEXTS = ("kind", "county", "district")
LONGEST_WORDS = 500


def recognises_report(page: Page) -> bool:
    """By the list of its rounds."""
    return b'"rounds_reported"' in page.body[:6000]


def parse_report(page: Page) -> PageContent:
    """Read the rounds of one case, the unreported ones between them too.

    Raises:
        PageRefused: no such report, or one without a round or its article.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    report = page_json(page, SOURCE)
    rounds = report.get("rounds_reported") if isinstance(report, dict) else None
    article = ARTICLE.fullmatch(str(report.get("source"))) if isinstance(report, dict) else None
    if not isinstance(rounds, list) or not rounds or article is None:
        raise LayoutChanged("no report with its article and rounds", source=SOURCE, url=page.url)
    if any(len(str(report.get(name))) > LONGEST_WORDS for name in TEXTS):  # each round repeats them
        raise LayoutChanged("a report whose words are a text", source=SOURCE, url=page.url)
    content = PageContent()
    prices: dict[int, Any] = {}
    for position, told in enumerate(rounds, 1):
        try:
            number = read_number(told, prices)
            prices[number] = told["min_price_ntd"]
        except RowRefused as refusal:
            content.refused.append(RefusedRow(position, None, refusal.reason, str(told)[:200]))
    for number in range(1, max(prices, default=0) + 1):
        content.items.append(make_round(report, article, number, prices.get(number)))
    return content


def read_number(told: object, known: Mapping[int, Any]) -> int:
    """The number of a reported round.

    Raises:
        RowRefused: no number from 1 to 100 with a price, or one that was reported before.
    """
    number = told.get("round") if isinstance(told, dict) else None
    if type(number) is not int or not 1 <= number <= MOST_ROUNDS or number in known:
        raise RowRefused("no round from 1 to 100, or the same again")
    if not isinstance(told, dict) or type(told.get("min_price_ntd")) is not int:
        raise RowRefused("round without its price")
    return number


def make_round(report: Mapping[str, Any], article: re.Match[str], number: int, price: int | None) -> ListingItem:
    """One round. What the article says of the home is the same in all."""
    words = str(report.get("kind") or "")
    kind, *remarks = re.split(r"[,，]\s*", words)
    county, town = (str(report[name]) if report.get(name) else None for name in ("county", "district"))
    facts = [FactItem(FactKind.PRE_EMPTION, Answer.YES, each) for each in remarks if PRE_EMPTION in each]
    return ListingItem(
        source_id=f"{article[2]}/{number}",
        words={"round": number, "min_price_ntd": price, "kind": words},
        url=f"https://{article[1]}",
        title=f"{county or ''}{town or ''}{kind}",
        property_kind_raw=kind or None,
        round_raw=spell_round(f"第{number}拍"),
        city_raw=county,
        district_raw=town,
        starting_price_raw=price,
        details=Details(asset_id=article[2], round_number_raw=number, facts=tuple(facts)),
    )


def generated_on(body: bytes) -> date | None:
    """The day of the article."""
    try:
        found = ARTICLE.fullmatch(str(orjson.loads(body)["source"]))
        return date.fromisoformat(found[3]) if found else None
    except (ValueError, TypeError, KeyError):
        return None
