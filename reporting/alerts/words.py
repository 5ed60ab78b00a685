"""What a message says, in Chinese or English: of one home, of several, of a watch that begins."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from reporting.alerts.harmless import harmless, safe_link
from reporting.alerts.homes import Home
from reporting.alerts.news import NewsKind
from reporting.filters import outside_zone
from reporting.money import amount_of, percent_of
from reporting.render import money_text
from store.statement import Minor
from store.terms import Currency, EventKind
from tracking.offers import Offer

PHRASES = Path(__file__).with_name("phrases.toml")
LANGUAGES = ("en", "zh")
STEPS_SHOWN = 6
HOMES_SHOWN = 10
LINES_SHOWN = 12
LINES_OF_REST = 90
PRICES = frozenset((EventKind.CUT, EventKind.RISE))
MOVED = frozenset((EventKind.START_MOVED, EventKind.END_MOVED))


class Told(NamedTuple):
    """One home with what is told of it; ``questions`` are the kinds of what is doubtful about it."""

    home: Home
    news: Sequence[Mapping[str, Any]]
    questions: Sequence[str]


@cache
def phrases(language: str) -> dict[str, Any]:
    """The phrases of a language, groups of them as tables."""
    own: dict[str, Any] = tomllib.loads(PHRASES.read_text("utf-8"))[language]
    return own


def message_words(watch: str, told: Sequence[Told], language: str) -> tuple[str, str]:
    """Subject and body of a message on one home or several, the one with the most telling news first."""
    say = phrases(language)
    named = harmless(watch)
    first = news_words(told[0].news[0], language)
    if len(told) == 1:
        subject = say["subject"].format(watch=named, what=first, title=offer_title(told[0].home.last))
    else:
        subject = say["subject_many"].format(watch=named, count=len(told), what=first)
    parts = ["\n".join(home_lines(each, language)) for each in told[:HOMES_SHOWN]]
    rest = [_line(each, language) for each in told[HOMES_SHOWN:]]
    if rest:
        more = [say["more"].format(count=len(rest) - LINES_OF_REST)] if len(rest) > LINES_OF_REST else []
        parts.append("\n".join([say["also"], *rest[:LINES_OF_REST], *more]))
    return subject, "\n\n".join(parts)


def summary_words(watch: str, homes: Sequence[Home], language: str) -> tuple[str, str]:
    """Subject and body of the message with which a watch begins."""
    say = phrases(language)
    offered = [home for home in homes if home.live]
    lines = [say["summary"].format(homes=len(homes), open=len(offered))]
    if len(homes) == 1:
        lines += ["", *home_lines(Told(homes[0], (), ()), language)]
    elif offered:
        lines += ["", say["summary_cheapest"], *(_short(home, language) for home in _cheapest(offered))]
    return say["subject_summary"].format(watch=harmless(watch), homes=len(homes)), "\n".join(lines)


def home_lines(told: Told, language: str) -> list[str]:
    """What is told of one home: its name, the news, the chain so far, what is doubtful, where to look."""
    say, home, last = phrases(language), told.home, told.home.last
    shown = list(dict.fromkeys(news_words(news, language) for news in told.news))
    lines = [f"{offer_title(last)}{_place(last)}", *(f"- {line}" for line in shown[:LINES_SHOWN])]
    if home.asked is not None:
        lines.append(say["price"].format(price=price_words(home.asked.amount, home.asked.currency)))
    lines.append(say["chain"].format(steps=say["arrow"].join(chain_words(home, language))))
    for what, at in (("deadline_start", last.starts_at), ("deadline_end", last.ends_at)):
        if at is not None and last in home.live:
            lines.append(f"{say[what].format(at=_time(at))} ({say['zone']})")
    if told.questions:
        doubts = say["comma"].join(say["question"][kind] for kind in dict.fromkeys(told.questions))
        lines.append(say["check"].format(questions=doubts))
    links = (safe_link(home.said[offer.listing_id].url) for offer in reversed(home.offers))
    lines += list(dict.fromkeys(link for link in links if link))[:3]
    lines.append(say["home"].format(number=home.property_id))
    return lines


def chain_words(home: Home, language: str) -> list[str]:
    """The attempts so far, each with its prices in order and how it stands; the last ones where there are many."""
    say = phrases(language)
    prices: dict[int, list[str]] = {}
    for _, event in home.events:
        if event.kind in PRICES:
            own = prices.setdefault(event.listing_id, [_price_of(event.before)])
            own.append(_price_of(event.after))
    steps = []
    for offer in home.offers:
        kind = say["round"][offer.round_kind or "unknown"]
        now = [] if offer.price is None else [price_words(offer.price, offer.currency)]
        asked = "/".join(prices.get(offer.listing_id, now)[-3:])
        status = "" if offer.status is None else f" ({say['status'][offer.status]})"
        steps.append(f"{kind} {asked}".strip() + status)
    return steps if len(steps) <= STEPS_SHOWN else ["…", *steps[-STEPS_SHOWN:]]


def news_words(news: Mapping[str, Any], language: str) -> str:
    """One piece of news in a line."""
    say = phrases(language)
    match news["kind"]:
        case NewsKind.MATCH:
            return str(say["match"] if news["entries"] == 1 else say["match_again"])
        case NewsKind.FALL | NewsKind.LOWEST:
            earlier, now, currency = news["from"], news["price"], Currency(news["currency"])
            prices = {"before": price_words(earlier, currency), "after": price_words(now, currency)}
            return str(say[news["kind"]].format(percent=_percent(percent_of(earlier - now, earlier)), **prices))
        case NewsKind.DEADLINE:
            when = f"{_time(datetime.fromisoformat(news['at']))} ({say['zone']})"
            return str(say[f"deadline_{news['what']}"].format(at=when))
    return _event_words(news, say)


def price_words(amount: Minor, currency: Currency | None) -> str:
    """An amount as the reports show it."""
    return money_text(amount_of(amount, currency), currency)


def offer_title(offer: Offer) -> str:
    """What a listing is called, made harmless."""
    return harmless(offer.title or offer.address or f"{offer.source}:{offer.source_id}")


def _event_words(news: Mapping[str, Any], say: Mapping[str, Any]) -> str:
    kind = EventKind(news["event"])
    before, after = news["before"], news["after"]
    if kind in PRICES:
        before, after = _price_of(before), _price_of(after)
    elif kind in MOVED:
        before, after = _moment(before), _moment(after)
    percent = None if news["percent"] is None else _percent(abs(Decimal(news["percent"])))
    at = _time(datetime.fromisoformat(news["at"]))
    line = str(say["event"][kind].format(before=before, after=after, percent=percent, at=at))
    return f"{line}: {say['round'][after]}" if kind is EventKind.NEW_ROUND and after in say["round"] else line


def _cheapest(homes: Iterable[Home]) -> list[Home]:
    """The cheapest of the currency that most of them have: amounts of two currencies do not compare."""
    by_currency: dict[Currency, list[tuple[Minor, int, Home]]] = {}
    for home in homes:
        if home.asked is not None:
            by_currency.setdefault(home.asked.currency, []).append((home.asked.amount, home.property_id, home))
    most = max(by_currency.values(), key=len, default=[])
    return [home for *_, home in sorted(most, key=lambda each: each[:2])[:HOMES_SHOWN]]


def _line(told: Told, language: str) -> str:
    """One home of many: its first news and where it is."""
    return f"- {offer_title(told.home.last)}: {news_words(told.news[0], language)} ({told.home.property_id})"


def _short(home: Home, language: str) -> str:
    say, last = phrases(language), home.last
    price = "" if home.asked is None else price_words(home.asked.amount, home.asked.currency)
    return f"- {price} {say['round'][last.round_kind or 'unknown']}: {offer_title(last)}{_place(last)}"


def _place(offer: Offer) -> str:
    return f" ({harmless(offer.city)})" if offer.city and offer.city not in (offer.title or "") else ""


def _price_of(text: str | None) -> str:
    """A price as an event has it, ``BRL 98000.00``."""
    currency, is_named, amount = (text or "").partition(" ")
    return money_text(Decimal(amount), Currency(currency)) if is_named else str(text)


def _moment(text: str | None) -> str:
    """An instant or a day as an event has it."""
    if text is None:
        return ""
    return date.fromisoformat(text).isoformat() if len(text) == 10 else _time(datetime.fromisoformat(text))


def _time(at: datetime) -> str:
    return f"{at.astimezone(outside_zone()):%Y-%m-%d %H:%M}"


def _percent(percent: Decimal) -> str:
    return f"{percent:.1f}"
