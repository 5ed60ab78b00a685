"""What a message says: the same in both languages, for every term, and harmless whatever a site writes."""

from string import Formatter

import pytest

from reporting.alerts.harmless import LONGEST_TITLE, harmless, safe_link
from reporting.alerts.words import LANGUAGES, news_words, phrases
from store.terms import EventKind, RoundKind, RoundStatus
from tracking.questions import QuestionKind


def holes(words: object) -> object:
    """The names in braces, in the shape of the phrases."""
    if isinstance(words, dict):
        return {name: holes(value) for name, value in words.items()}
    return sorted({name for _, name, _, _ in Formatter().parse(str(words)) if name})


def test_both_languages_have_the_same_phrases_with_the_same_holes():
    english, chinese = map(phrases, LANGUAGES)
    assert holes(english) == holes(chinese)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_its_words(language: str):
    say = phrases(language)
    assert say["event"].keys() == set(EventKind)
    assert say["round"].keys() == {*RoundKind, "unknown"}
    assert say["status"].keys() == set(RoundStatus)
    assert say["question"].keys() == set(QuestionKind)


EVENT = {"kind": "event", "at": "2026-09-04T02:00:00+00:00", "before": None, "after": None, "percent": None}
MOVED = {"before": "2026-09-04T02:00:00+00:00", "after": "2026-09-20"}


@pytest.mark.parametrize(
    ("news", "english", "chinese"),
    [
        (
            {"kind": "fall", "from": 106_200_000, "price": 84_960_000, "currency": "CNY"},
            "cheaper by 20.0%: 106.20万 -> 84.96万",
            "降价20.0%：106.20万 → 84.96万",
        ),
        (
            {"kind": "lowest", "from": 500_000, "price": 400_000, "currency": "KRW"},
            "lowest price ever: KRW 500,000 -> KRW 400,000",
            "历史最低价：KRW 500,000 → KRW 400,000",
        ),
        (
            {"kind": "deadline", "what": "start", "at": "2026-09-20T02:00:00+00:00"},
            "starts 2026-09-20 10:00 (Asia/Shanghai)",
            "2026-09-20 10:00 (北京时间)开拍",
        ),
        (EVENT | {"event": "sold"}, "sold", "已成交"),
        (EVENT | {"event": "new_round", "after": "sell_off"}, "a new round: sell-off", "进入新一轮: 变卖"),
        (
            EVENT | {"event": "cut", "before": "CNY 1062000.00", "after": "CNY 849600.00", "percent": "-20.00"},
            "price cut by 20.0%: 106.20万 -> 84.96万",
            "降价20.0%：106.20万 → 84.96万",
        ),
        (
            EVENT | {"event": "end_moved"} | MOVED,
            "the end moved: 2026-09-04 10:00 -> 2026-09-20",
            "结束时间变更：2026-09-04 10:00 → 2026-09-20",
        ),
        (
            EVENT | {"event": "ended_unknown"},
            "ended 2026-09-04 10:00, result not known",
            "2026-09-04 10:00已结束，结果未知",
        ),
    ],
)
def test_news_reads_as_a_line_in_each_language(news: dict[str, object], english: str, chinese: str):
    assert [news_words(news, language) for language in LANGUAGES] == [english, chinese]


@pytest.mark.parametrize("kind", EventKind)
def test_every_event_can_be_told(kind: EventKind):
    prices = {"before": "BRL 98000.00", "after": "BRL 90000.00", "percent": "-8.16"}
    moments = {"before": "2026-09-04", "after": "2026-09-05", "percent": None}
    words = prices if kind in {EventKind.CUT, EventKind.RISE} else moments
    for language in LANGUAGES:
        line = news_words(EVENT | words | {"event": kind}, language)
        assert line
        assert "None" not in line


@pytest.mark.parametrize(
    "title",
    [
        "[free](https://evil.example) @all",
        "<b>bold</b><script>alert(1)</script>",
        "*urgent* _now_ `rm -rf` ~x~ #tag |table|",
        "two\r\nSubject: lines\x00\x1b[31m",
        "right\u202eto\u2066left\ufeff",
        "&lt;a&gt; {braces} \\n <@everyone>",
    ],
)
def test_a_hostile_title_keeps_no_mark_and_no_second_line(title: str):
    shown = harmless(title)
    assert not set(shown) & set("<>[]()`*_~#|@&\\{}\r\n\x00\x1b\u202e\u2066\ufeff")
    assert "://" not in shown
    assert any(letter in shown for letter in "abcdefghijklmnop")


def test_a_plain_title_stays_as_it_is_and_a_long_one_is_cut():
    title = "城东街道庄任社区海城花苑4、5号楼4-3204的房产"
    assert harmless(title) == title
    assert harmless("长" * 500) == "长" * (LONGEST_TITLE - 1) + "…"
    assert harmless(None) == ""


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://user:pass@evil.example/",
        "https://example.com/a b",
        "https://example.com/)[x](https://evil.example",
        "https://example.com/\n@all",
        'https://example.com/"onclick=',
        "https://[::1",
        "ftp://example.com/",
        "https:///nowhere",
        "https://example.com/" + "x" * 500,
        "https://ex\u0430mple.com/",
        None,
    ],
)
def test_only_plain_addresses_of_the_web_are_links(url: str | None):
    assert safe_link(url) is None


def test_the_address_of_a_listing_is_a_link():
    url = "https://sf-item.taobao.com/sf_item/562847129355.htm?track_id=a-b&x=1"
    assert safe_link(url) == url
