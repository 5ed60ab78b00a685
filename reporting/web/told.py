"""What reports, runs and the linker say in English, told in the language of a page.

Reports are written once, in English, for the command line too; their figures stand inside of the sentences. The
catalogue ``words/reports.toml`` has each sentence with ``{places}`` for figures, under one key in both languages: a
sentence that fits the English one is told by the other, what stands in its places likewise. What fits none is shown
as it is, marked as English, so that nothing is lost and a test can find it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from markupsafe import Markup, escape

from reporting.render import clean
from reporting.web.languages import Language, Words, words_in
from store.terms import PropertyKind, RoundKind, RoundStatus, SellerKind

FILE = "reports"
COST_ITEM = "item_"
"""How the names of the lines of a bill begin in ``words/homes.toml``."""

VOCABULARIES = (RoundKind, PropertyKind, RoundStatus, SellerKind)
PLACE = re.compile(r"\{(\w+)\}")
SEPARATORS = {"; ": "；", ", ": "、"}
PROSE = re.compile("[a-z] [a-z]")
JOINING = frozenset(("against", "and", "on", "or"))
DEEPEST = 6
KEPT = 4_096
LONGEST = 600
"""Letters of a text that is told; a longer one is nothing that a report says, and would take the patterns long: of
2,000 letters with many beginnings of sentences in them 4.6 s (measured 2026-11)."""

TYPED = frozenset(("all", "name", "nearest", "text", "word"))
"""Places for what stands in an address or on a command line: told in other words it could not be typed again."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence: what it looks like in English, and how it is told."""

    pattern: re.Pattern[str]
    told: str
    only_joins: bool

    def places(self, text: str) -> dict[str, str] | None:
        """What stands in its places; where it only joins them no prose may, which it would cut in two."""
        matched = self.pattern.fullmatch(text)
        if matched is None or (self.only_joins and any(map(PROSE.search, matched.groups()))):
            return None
        return matched.groupdict()


def tell(words: Words, text: str | None) -> Markup:
    """A sentence of a report in the language of a page; marked as English where nothing of it is known."""
    shown = clean(text or "")
    told = shown if words.language is Language.EN else in_chinese(shown)
    if told != shown or words.language is Language.EN or not re.search("[a-z]{2}", shown):
        return escape(told)
    return Markup('<span lang="en">{}</span>').format(shown)


@lru_cache(KEPT)
def in_chinese(text: str, depth: int = 0) -> str:
    """The same in Chinese, as far as it is known: whole, else part by part, else word by word."""
    found = _vocabulary().get(text)
    if found is not None or depth > DEEPEST or len(text) > LONGEST:
        return found or text
    for sentence in _sentences():
        places = sentence.places(text)
        if places is not None:
            return sentence.told.format_map({name: _in_place(name, value, depth + 1) for name, value in places.items()})
    for separator, told in SEPARATORS.items():
        if separator in text and (depth or separator == "; "):
            return told.join(in_chinese(part, depth + 1) for part in text.split(separator))
    return text


def _in_place(name: str, value: str, depth: int) -> str:
    """What stands in a place of a sentence; of what is typed as it stands only the commas between words are told."""
    if name not in TYPED:
        return in_chinese(value, depth)
    return value.replace(", ", SEPARATORS[", "]) if name == "all" else value


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """Those with the most words of their own first: a sentence that is all places fits nearly everything."""
    english, chinese = (words_in(language).texts[FILE] for language in (Language.EN, Language.ZH))
    keys = sorted(english, key=lambda key: -len(PLACE.sub("", english[key])))
    return tuple(_Sentence(_pattern_of(english[key]), chinese[key], _only_joins(english[key])) for key in keys)


def _only_joins(sentence: str) -> bool:
    words = set(re.findall("[a-z]+", PLACE.sub("", sentence)))
    return bool(words) and words <= JOINING


def _pattern_of(sentence: str) -> re.Pattern[str]:
    parts = PLACE.split(sentence)  # words and names of places by turns
    return re.compile("".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)))


@cache
def _vocabulary() -> Mapping[str, str]:
    """Words of closed vocabularies and of bills that stand in sentences as they stand in files."""
    words = words_in(Language.ZH)
    terms = {term.value: words.term(term) for vocabulary in reversed(VOCABULARIES) for term in vocabulary}
    items = {
        key.removeprefix(COST_ITEM): text for key, text in words.texts["homes"].items() if key.startswith(COST_ITEM)
    }
    return {**items, **terms}
