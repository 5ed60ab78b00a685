"""The catalogues: both languages say all, and no template says anything beside them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from string import Formatter

import pytest
from jinja2 import nodes

from reporting.web.formats import Formats
from reporting.web.languages import FOLDER, Language, NoSuchText, catalogues, words_in
from reporting.web.templates import FOLDER as TEMPLATES
from reporting.web.templates import environment
from store.terms import Currency, RoundKind

NOW = datetime(2026, 9, 5, 4, tzinfo=UTC)
ZH, EN = (Formats(words_in(language), NOW) for language in Language)
TAG = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
TOLD_IN_TAGS = re.compile(r'\b(?:title|alt|aria-label|placeholder)="([^"]*)"')
LETTER = re.compile(r"[^\W\d_]")
NAMES_OF_TEMPLATES = sorted(path.name for path in TEMPLATES.glob("*.html"))


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_both_languages_have_the_same_texts_with_the_same_figures(name: str):
    zh, en = catalogues()[name]["zh"], catalogues()[name]["en"]
    if name == "terms":  # where one language has no word of its own, the codebook or the term itself is shown
        return
    assert set(zh) == set(en)
    for key in zh:
        assert _figures(zh[key]) == _figures(en[key]), key


def _figures(text: str | dict[str, str]) -> set[str]:
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}


@pytest.mark.parametrize("name", NAMES_OF_TEMPLATES)
def test_no_template_has_a_text_that_no_catalogue_has(name: str):
    loader = environment().loader
    assert loader is not None
    source = loader.get_source(environment(), name)[0]
    texts = "".join(value if kind == "data" else "\0" for _, kind, value in environment().lex(source))
    marks = re.sub("\0+", "", texts)
    assert not LETTER.search(TAG.sub("", marks)), TAG.sub("", marks).split()
    assert not [told for told in TOLD_IN_TAGS.findall(marks) if LETTER.search(told)]


@pytest.mark.parametrize("name", NAMES_OF_TEMPLATES)
def test_every_text_that_a_template_asks_for_is_there(name: str):
    for language in Language:
        words = words_in(language)
        for key in _asked_for(name):
            file, _, text = key.partition(".")
            assert text in words.texts[file], key


def _asked_for(name: str) -> Iterator[str]:
    loader = environment().loader
    assert loader is not None
    tree = environment().parse(loader.get_source(environment(), name)[0])
    for call in tree.find_all(nodes.Call):
        is_say = isinstance(call.node, nodes.Name) and call.node.name == "say"
        if is_say and isinstance(call.args[0], nodes.Const):
            yield call.args[0].value


def test_a_text_that_is_missing_is_an_error_and_no_empty_place():
    with pytest.raises(NoSuchText):
        words_in(Language.ZH).say("layout.nothing")


def test_plurals_are_those_of_the_language():
    en, zh = words_in(Language.EN), words_in(Language.ZH)
    assert en.say("today.more", count=1) == "Show it"
    assert en.say("today.more", count=1234) == "Show all 1,234"
    assert zh.say("today.more", count=1234) == "查看全部 1,234 套"


def test_terms_are_told_in_both_languages():
    assert words_in(Language.ZH).term(RoundKind.SELL_OFF) == "变卖"
    assert words_in(Language.EN).term(RoundKind.SECOND_AUCTION) == "2nd auction"
    assert words_in(Language.EN).term(None) == ""


def test_yuan_are_told_in_wan_in_chinese_and_in_full_in_english():
    assert ZH.money(Decimal("1250500"), Currency.CNY) == "125.05\u202f万"
    assert ZH.money(Decimal("9800"), Currency.CNY) == "¥9,800"
    assert EN.money(Decimal("1250500"), Currency.CNY) == "CN¥1,250,500"
    assert ZH.money(Decimal("41010.81"), Currency.BRL) == "R$41,010.81"


def test_what_is_not_known_is_a_dash_and_never_zero():
    assert {ZH.money(None, Currency.CNY), ZH.percent(None), ZH.day(None), ZH.count(None), ZH.area(None)} == {"—"}
    assert ZH.money(Decimal(0), Currency.CNY) == "¥0"


def test_days_have_their_weekday_and_times_are_those_of_shanghai():
    assert ZH.day(date(2026, 9, 20)) == "2026-09-20 周日"
    assert EN.minute(datetime(2026, 9, 19, 18, 30, tzinfo=UTC)) == "2026-09-20 Sun 02:30"


def test_the_time_left_is_told_in_its_largest_unit():
    assert ZH.left(NOW + timedelta(days=15, hours=3)) == "15天后"
    assert EN.left(NOW + timedelta(hours=5)) == "in 5 hours"
    assert EN.left(NOW - timedelta(minutes=5)) == "5 minutes ago"


def test_percentages_have_one_decimal_or_none():
    assert (ZH.percent(Decimal("19.96")), ZH.percent(Decimal(20)), ZH.hundredths(2050)) == ("20%", "20%", "20.5%")
