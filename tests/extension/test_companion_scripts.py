"""The companion's scripts by themselves, in V8: which answers it copies, and what it leaves out of addresses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crawler.intake.posted import LOGIN_FIELD, SECRET_FIELD
from tests.extension.desk import EXTENSION
from tests.extension.recorded import addresses_of_cases

pytest.importorskip("py_mini_racer", reason="the extra plots is not installed")
BROWSER = """
var window = this, handed = [];
var document = { baseURI: "https://sf.taobao.com/" };
var listeners = [];
function addEventListener(kind, listener) { listeners.push(listener); }
function removeEventListener() {}
function URL(address) { this.href = address; }
function Request() {}
function URLSearchParams() {}
function FormData() {}
function XMLHttpRequest() {}
XMLHttpRequest.prototype.open = function () {};
XMLHttpRequest.prototype.send = function () {};
function HTMLScriptElement() {}
function MutationObserver() { this.observe = () => {}; }
function answer(url) {
  const copy = { text: async () => "an answer" };
  return { url, type: "cors", status: 200, headers: { get: () => "application/json" }, clone: () => copy };
}
var fetch = async (url) => answer(url);
"""
LISTEN = """
const port = { postMessage: (copy) => handed.push(copy.url) };
listeners[0]({ source: window, data: "fapai-companion", ports: [port], stopImmediatePropagation() {} });
"""


@pytest.fixture
def v8() -> Iterator[Any]:
    from py_mini_racer import MiniRacer

    with MiniRacer() as running:
        yield running


def script(name: str) -> str:
    """A script, or a module as one."""
    return (EXTENSION / name).read_text("utf-8").replace("export ", "")


def copied(v8: Any, urls: list[str], form: str | None = None) -> list[str]:
    """Which of some addresses are copied when a page fetches them."""
    v8.eval(BROWSER + script("page/answers.js") + LISTEN)
    init = "undefined" if form is None else f"{{ method: 'POST', body: {json.dumps(form)} }}"
    v8.eval(f"for (const url of {json.dumps(urls)}) window.fetch(url, {init});")
    return list(json.loads(v8.eval("JSON.stringify(handed)")))


def test_every_answer_that_a_reader_knows_is_copied(v8: Any):
    answers = addresses_of_cases(are_documents=False)

    assert len(answers) > 50
    assert sorted(set(answers) - set(copied(v8, answers))) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://h5api.m.taobao.com/h5/mtop.user.getusersimple/1.0/?jsv=2.7.2",
        "https://api.m.jd.com/api?appid=paimai&functionId=getUserAddress&body=%7B%7D",
        "https://api.m.jd.com/api?appid=paimai&functionId=queryNoticeOfUser&body=%7B%7D",
        "https://passport.jd.com/user/petName/getUserInfoForMiniJd.action",
        "https://evil.example/https://api.m.jd.com/api?functionId=queryNotice",
        "https://sf.taobao.com/json/get_user_auth.htm?id=1",
        "https://sf.caa123.org.cn/caa-web-ws/ws/0.1/user",
    ],
)
def test_answers_about_the_user_are_not_copied(v8: Any, url: str):
    assert copied(v8, [url]) == []


def test_a_call_that_a_form_names_is_copied(v8: Any):
    gateway = "https://api.m.jd.com/api"

    assert copied(v8, [gateway], "appid=paimai&functionId=queryNotice&body=%7B%7D") == [gateway]


def test_a_form_that_asks_for_something_else_is_not_copied(v8: Any):
    assert copied(v8, ["https://api.m.jd.com/api"], "appid=paimai&functionId=getUserAddress&body=%7B%7D") == []


def test_what_counts_as_a_secret_is_what_intake_leaves_out(v8: Any):
    v8.eval(script("page/addresses.js"))

    assert v8.eval("fapaiAddresses.SECRET_FIELD.source") == SECRET_FIELD.pattern
    assert v8.eval("fapaiAddresses.LOGIN_FIELD.source") == LOGIN_FIELD.pattern


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.cn/b?city=%BA%CF%B7%CA&page=1", "https://a.cn/b?city=%BA%CF%B7%CA&page=1"),
        ("https://a.cn/b?h5st=1%3B2&t=3&x-api-eid-token=4#top", "https://a.cn/b?t=3"),
        ("https://a.cn/b?%73ign=1", "https://a.cn/b"),
        ("https://a.cn/b?sessionId=1&item=2", "https://a.cn/b?item=2"),
        ("https://a.cn/b#token=1", "https://a.cn/b"),
    ],
)
def test_addresses_lose_what_stands_for_a_person_and_nothing_else(v8: Any, url: str, expected: str):
    v8.eval(script("page/addresses.js"))

    assert v8.eval(f"fapaiAddresses.publicAddress({json.dumps(url)})") == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("area=%E5%B9%BF&page=2&token=x", "area=%E5%B9%BF&page=2"),
        ("user=me&password=x", None),
        ("loginId=me", None),
        ('{"page":2}', None),
        ("", None),
    ],
)
def test_forms_lose_it_too_and_logins_are_not_told(v8: Any, form: str, expected: str | None):
    v8.eval(script("page/addresses.js"))

    assert v8.eval(f"fapaiAddresses.publicForm({json.dumps(form)})") == expected


@pytest.mark.parametrize(
    ("url", "page", "expected"),
    [
        (
            "https://sf.taobao.com/json/get_notice_attach.htm?project_id=1",
            "https://sf-item.taobao.com/sf_item/900000000301.htm?spm=1",
            "https://sf.taobao.com/json/get_notice_attach.htm?project_id=1#item=900000000301",
        ),
        (
            "https://detail-ext.taobao.com/json/get_item_attach.do?item_id=616181818181",
            "https://zc-paimai.taobao.com/auction.htm?itemId=616181818181",
            "https://detail-ext.taobao.com/json/get_item_attach.do?item_id=616181818181#zc-item=616181818181",
        ),
        ("https://api.m.jd.com/api?x=1", "https://paimai.jd.com/311215642", "https://api.m.jd.com/api?x=1"),
        (
            "https://sf.taobao.com/json/get_bid_records.htm?id=1",
            "https://sf.taobao.com/",
            "https://sf.taobao.com/json/get_bid_records.htm?id=1",
        ),
    ],
)
def test_a_part_of_an_item_names_it_as_a_crawl_does(v8: Any, url: str, page: str, expected: str):
    v8.eval(script("page/addresses.js"))

    assert v8.eval(f"fapaiAddresses.withItem({json.dumps(url)}, {json.dumps(page)})") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("http://127.0.0.1:8765/#abcdefghijklmnopqrst", ["http://127.0.0.1:8765", "abcdefghijklmnopqrst"]),
        ("  http://127.0.0.1:8765#abcdefghijklmnopqrst\n", ["http://127.0.0.1:8765", "abcdefghijklmnopqrst"]),
        ("https://127.0.0.1:8765/#abcdefghijklmnopqrst", None),
        ("http://127.0.0.1:99999/#abcdefghijklmnopqrst", None),
        ("http://localhost:8765/#abcdefghijklmnopqrst", None),
        ("http://127.0.0.1@evil.example:80/#abcdefghijklmnopqrst", None),
        ("http://127.0.0.1:8765/#short", None),
        ("abcdefghijklmnopqrst", None),
    ],
)
def test_a_pairing_leads_to_this_machine_only(v8: Any, line: str, expected: list[str] | None):
    v8.eval(script("background/settings.js"))

    read = (
        f"(() => {{ const p = readPairing({json.dumps(line)}); return JSON.stringify(p && [p.address, p.token]); }})()"
    )
    assert json.loads(v8.eval(read)) == expected


@pytest.mark.parametrize(
    ("sizes", "most_pages", "most_characters", "expected"),
    [
        ([1, 1, 1], 3, 10, []),
        ([1, 1, 1], 2, 10, [1]),
        ([9, 1, 1], 3, 10, [1]),
        ([1, 1, 99], 3, 10, [1, 2, 3]),
        ([], 3, 10, []),
    ],
)
def test_the_oldest_give_way_when_too_much_waits(
    v8: Any, sizes: list[int], most_pages: int, most_characters: int, expected: list[int]
):
    v8.eval(script("background/queue.js"))
    waiting = [{"id": number, "size": size} for number, size in enumerate(sizes, 1)]

    dropped = v8.eval(f"JSON.stringify(surplus({json.dumps(waiting)}, {most_pages}, {most_characters}))")

    assert json.loads(dropped) == expected


@pytest.mark.parametrize(
    ("listings", "refusal", "expected"),
    [
        ({"a:1": False, "a:2": True}, None, ["2↓1", "read", "2", "1"]),
        ({"a:1": False}, "blocked", ["1", "read", "1", "0"]),
        ({}, "blocked", ["!", "refusal_blocked"]),
        ({}, "login_required", ["!", "refusal_login_required"]),
        ({}, None, ["", "nothingRead"]),
    ],
)
def test_the_badge_counts_listings_and_cuts(
    v8: Any, listings: dict[str, bool], refusal: str | None, expected: list[str]
):
    v8.eval(script("background/tally.js"))
    tally = json.dumps({"listings": listings, "refusal": refusal})

    words = v8.eval(
        f"(() => {{ const w = wordsOf({tally}); return JSON.stringify([w.text, w.name, ...w.values]); }})()"
    )

    assert json.loads(words) == expected


SESSION = """
const kept = {};
const nothing = async () => {};
const chrome = {
  storage: { session: { get: async (key) => ({ [key]: kept[key] }), set: async (all) => Object.assign(kept, all) } },
  action: { setBadgeBackgroundColor: nothing, setBadgeText: nothing, setTitle: nothing },
  i18n: { getMessage: (name) => name },
};
"""


@pytest.mark.parametrize(
    ("entry", "is_counted"),
    [
        ({"tab": 1, "visit": "v", "address": "https://a.cn/1"}, True),
        ({"tab": 1, "visit": "v", "address": "https://a.cn/2"}, False),
        ({"tab": 1, "visit": "w", "address": "https://a.cn/1"}, False),
        ({"tab": 2, "visit": "v", "address": "https://a.cn/1"}, False),
    ],
    ids=["this page", "another address", "another visit", "another tab"],
)
def test_what_comes_late_is_counted_for_its_own_page_only(v8: Any, entry: dict[str, Any], is_counted: bool):
    v8.eval(SESSION + script("background/tally.js"))
    outcome = json.dumps({"outcome": "read", "listings": [{"name": "a:1", "is_cut": False}]})
    v8.eval("begin(1, 'v', 'https://a.cn/1')")

    v8.eval(f"add({json.dumps(entry)}, {outcome})")

    assert json.loads(v8.eval("JSON.stringify(kept.tab1.listings)")) == ({"a:1": False} if is_counted else {})
