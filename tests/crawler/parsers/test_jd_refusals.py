"""JD's refusals: each sign of the dossier, at every reader; and what is no refusal."""

import json

import pytest

from crawler.errors import Blocked, EmptyShell, LayoutChanged, LoginRequired, PageRefused
from crawler.items import Reader
from crawler.page import Page
from crawler.parsers.jd.calls import (
    BASIC,
    SEARCH,
    call_address,
)
from crawler.reading import read
from store.terms import PageOutcome
from tests.crawler.parsers.jd_help import (
    FIXTURES,
    NOW,
    READERS,
    answer,
    case,
    row,
    search,
)

# Refusals ----------------------------------------------------------------------------------------------------------

ANSWERS = [each for each in READERS.values() if each.name != "jd_judicial.item_page"]
"""All but the reader of saved pages, which is no answer of the gateway."""

REFUSALS: list[tuple[str, type[PageRefused]]] = [
    ('{"code":"601","echo":"Queuing","wait":"5"}', Blocked),
    ('{"code":402,"message":"活动现在挤不进去呀"}', Blocked),
    ('{"code":-1,"message":"签名验证失败"}', Blocked),
    ('{"code":0,"statusCode":403,"datas":[{}]}', Blocked),
    ('{"code":3,"message":"请登录"}', LoginRequired),
    ('{"code":1,"message":"系统繁忙"}', LayoutChanged),
    ('{"code":0,"status":500,"data":{}}', LayoutChanged),
    ("<html>captcha</html>", Blocked),
    ("Response code 403 (Forbidden)", Blocked),
    ("<script>location='https://passport.jd.com/new/login.aspx'</script>", LoginRequired),
    ("jQuery1({", LayoutChanged),
]


@pytest.mark.parametrize(("body", "refusal"), REFUSALS)
@pytest.mark.parametrize("reader", [each for each in ANSWERS if not each.name.endswith("bundle")])
def test_every_reader_knows_every_refusal(reader: Reader, body: str, refusal: type[PageRefused]) -> None:
    url = call_address(BASIC, {"paimaiId": 311109381})
    with pytest.raises(refusal) as caught:
        reader.parse(Page(body.encode(), url, NOW))
    assert (caught.value.source, caught.value.url) == (reader.source, url)


@pytest.mark.parametrize(
    "address",
    ["https://passport.jd.com/new/login.aspx", "https://plogin.m.jd.com/user/login", "https://pmsearch.jd.com/signin"],
)
def test_address_of_the_login_is_a_login_whatever_stands_there(address: str) -> None:
    with pytest.raises(LoginRequired):
        READERS["jd_judicial.list"].parse(Page(b'{"code":0,"datas":[],"totalItem":0}', address, NOW))


def test_removed_item_is_gone_not_blocked_and_not_sold() -> None:
    for name in ("jd_judicial.basic", "jd_judicial.realtime", "jd_assets.description"):
        page = Page("<html>您所访问的页面不存在</html>".encode(), call_address(BASIC, {"paimaiId": 311109381}), NOW)
        reading = read(page, READERS[name])
        assert (reading.outcome, reading.listings) == (PageOutcome.EMPTY, [])


def test_answer_without_data_is_a_shell() -> None:
    for form in ("basic", "realtime", "announcement", "vendor"):
        with pytest.raises(EmptyShell):
            answer({"code": 0, "data": None}, call_address(BASIC, {"paimaiId": 1}), f"jd_judicial.{form}")


@pytest.mark.parametrize("reader", ANSWERS, ids=[each.name for each in ANSWERS])
def test_cut_answers_are_refused_at_every_length(reader: Reader) -> None:
    source, form = reader.name.split(".")
    names = sorted(path.parent.name for path in (FIXTURES / source / form).glob("*/expected.json"))
    pages = (case(f"{source}/{form}/{name}") for name in names)
    page = next(page for page in pages if page.body[:1] == b"{" and reader.parse(page).items)
    for length in range(1, len(page.body.rstrip()), max(1, len(page.body) // 60)):
        with pytest.raises(PageRefused):
            reader.parse(Page(page.body[:length], page.url, NOW))


@pytest.mark.parametrize(
    "url",
    ["https://[", "file:x", call_address(SEARCH, {}).replace("{}", "[" * 5000), "https://api.m.jd.com/api?body={"],
)
def test_no_address_breaks_a_reader(url: str) -> None:
    page = Page(json.dumps(search([row()], 1)).encode(), url, NOW)
    assert READERS["jd_judicial.list"].recognises(page)
    assert len(READERS["jd_judicial.list"].parse(page).items) == 1


def test_escaped_and_jsonp_answers_read_the_same() -> None:
    page = case("jd_judicial/list/running-lots-of-2022-11-20-with-next-page")
    reader = READERS["jd_judicial.list"]
    whole = reader.parse(page)
    ascii_body = json.dumps(json.loads(page.body)).encode("ascii")
    for body in (ascii_body, b"jsonp_1600000000000_12345(" + ascii_body + b");", b"\xef\xbb\xbf" + ascii_body):
        assert reader.parse(Page(body, page.url, NOW)) == whole
