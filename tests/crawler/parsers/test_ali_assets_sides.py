"""Which pages of Alibaba are of the asset side, and what is no page of it: walls, cut pages, pages of courts."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import Blocked, LoginRequired, PageRefused
from crawler.page import Page
from crawler.parsers import ali_assets
from crawler.parsers.ali_assets_side import is_asset_page

FIXTURES = Path(__file__).parents[3] / "fixtures" / "ali_assets"
READERS = {reader.name.partition(".")[2]: reader for reader in ali_assets.READERS}
SEARCH = "https://zc-paimai.taobao.com/wow/pm/default/pc/zichansearch?zcBizTypes=%5B%22{}%22%5D&page={}"


def page_of(case: str) -> Page:
    meta = json.loads((FIXTURES / case / "meta.json").read_text("utf-8"))
    (path,) = (FIXTURES / case).glob("input.*")
    return Page(path.read_bytes(), meta["url"], datetime.fromisoformat(meta["now"]))


SIDES = [
    (SEARCH.format(10, 1), b"", True),
    (SEARCH.format(8, 1), b"<html>", True),
    (SEARCH.format(6, 1), b"", False),
    ("https://zc-paimai.taobao.com/wow/pm/default/pc/zichansearch?page=1", b"", False),
    ("https://zc-item.taobao.com/auction/606949925676.htm", b"", True),
    ("https://zc-paimai.taobao.com/auction.htm?itemId=606949925676", b"", True),
    ("https://sf-item.taobao.com/sf_item/606949925676.htm", b"", False),
    ("file:saved.html", b"<a href='//zc-item.taobao.com/auction/606949925676.htm'>", True),
    (
        "file:saved.html",
        b"<a href='//zc-item.taobao.com/auction/1.htm'><a href='//sf.taobao.com/sf_item/2.htm'>",
        False,
    ),
]


@pytest.mark.parametrize(("url", "body", "is_ours"), SIDES)
def test_the_side_of_a_page_is_told_by_its_address_then_by_its_items(url: str, body: bytes, *, is_ours: bool) -> None:
    assert is_asset_page(Page(body, url, datetime.now(UTC))) == is_ours


def test_no_page_of_the_courts_is_taken() -> None:
    courts = FIXTURES.parent / "ali_judicial"
    for meta in courts.glob("*/*/meta.json"):
        (path,) = meta.parent.glob("input.*")
        page = Page(path.read_bytes(), json.loads(meta.read_text("utf-8"))["url"], datetime.now(UTC))
        assert [reader.name for reader in ali_assets.READERS if reader.recognises(page)] == [], meta


def test_an_answer_of_the_gateway_with_courts_alone_and_a_phone_page_of_a_court_are_not_taken() -> None:
    answer, phone = (
        page_of("list_gateway/form-a-banks-agents-and-asset-companies"),
        page_of("detail_phone/bank-flat-not-begun"),
    )
    rows = json.loads(answer.body.removeprefix(b"mtopjsonp1(").removesuffix(b")"))
    (module,) = rows["data"]["data"]["GQL_getPageModulesData"].values()
    for row in module["items"]["schemeList"]:
        row["shopName"] = "融安县人民法院"
    assert not READERS["list_gateway"].recognises(replace(answer, body=json.dumps(rows, ensure_ascii=False).encode()))
    assert READERS["list_gateway"].recognises(answer)
    of_a_court = replace(phone, body=phone.body.replace("贵州农信".encode(), "南明区人民法院".encode()))
    assert not READERS["detail_phone"].recognises(of_a_court)


WALLS = [
    (b"<html><script>location.href='//login.taobao.com/member/login.jhtml'</script></html>", LoginRequired),
    (b"<html>/_____tmd_____/punish?x5secdata=1</html>", Blocked),
    ("<html><p>亲，请拖动下方滑块完成验证</p></html>".encode(), Blocked),
    (b'{"ret":["RGV587_ERROR::SM"],"data":{"url":"punish"}}', Blocked),
]


@pytest.mark.parametrize(("body", "refusal"), WALLS)
@pytest.mark.parametrize("form", READERS)
def test_a_wall_is_a_refusal_of_this_source_whatever_was_asked_for(
    form: str, body: bytes, refusal: type[PageRefused]
) -> None:
    reader = READERS[form]
    url = "https://zc-item.taobao.com/auction/606949925676.htm#zc-item=606949925676"
    with pytest.raises(PageRefused) as caught:
        reader.parse(Page(body, url, datetime.now(UTC)))
    assert caught.type is refusal
    assert (caught.value.source, caught.value.url) == ("ali_assets", url)


@pytest.mark.parametrize(
    "case", sorted(str(path.parent.relative_to(FIXTURES)) for path in FIXTURES.glob("*/*/expected.json"))
)
def test_a_page_cut_anywhere_is_read_in_part_or_refused_by_name(case: str) -> None:
    page, parse = page_of(case), READERS[case.partition("/")[0]].parse
    whole = {item.source_id for item in parse(page).items}
    for eighth in range(8):
        cut = replace(page, body=page.body[: len(page.body) * eighth // 8])
        try:
            content = parse(cut)
        except PageRefused:
            continue
        assert {item.source_id for item in content.items} <= whole
