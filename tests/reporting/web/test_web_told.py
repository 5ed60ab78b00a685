"""What reports say in English stands on Chinese pages in Chinese: every page of the demo's data, and more sentences."""

import re
import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from lxml import html

from reporting.web.languages import Language, words_in
from reporting.web.statistics.questions import STATISTICS
from reporting.web.told import LONGEST, in_chinese, tell

ZH, EN = words_in(Language.ZH), words_in(Language.EN)
HOMES = ("jd_judicial:311215642", "ali_judicial:1073199694629", "br_caixa:10007753", "rmfysszc:132030")
PAGES = (
    "/",
    "/search",
    "/search?state=open",
    "/search?max-price=cheap",
    "/search?source=nope",
    "/search?kind=castle",
    "/search?city=Atlantis",
    "/search?as-of=1999-01-01",
    "/search?page=0",
    "/homes/999999",
    "/pages/1",
    "/pages/999999",
    "/nothing",
    "/review",
    "/watches",
    "/watches/new",
    "/sources",
    "/sources/br_caixa",
    "/sources/jd_judicial",
    "/export",
    "/login",
    "/statistics",
    "/statistics/clearance?per=homes",
    "/statistics/nothing",
    *(f"/statistics/{name}" for name in STATISTICS),
    *(f"/homes/{home}{end}" for home in HOMES for end in ("", "/outlook")),
)
SENTENCE = re.compile(r"[A-Za-z][a-z'’]+(?:[ ,;:.()]+[A-Za-z][a-z'’]*){2,}")
NAMES = (
    "//h1 | //title | //a[starts-with(@href, '/homes/')] | //aside//a | //code | //pre | //iframe"
    " | //table[@class='cards']//th/small | //q"
)
"""What sites, sources and addresses are called by, in the words of the sites themselves."""

NAMED = re.compile(r"https?:\S+|fapai( [a-z-]+)+|br_caixa\S*|CAIXA venda de imóveis")


def english_on(page: str) -> Iterator[str]:
    """Sentences of three Latin words or more, out of names, addresses and commands."""
    tree = html.fromstring(page)
    for element in tree.xpath(f"//script | //style | {NAMES}"):
        element.drop_tree() if element.getparent() is not None else None
    for text in tree.xpath("//body//text() | //@title | //@aria-label | //@placeholder"):
        yield from (found.group() for found in SENTENCE.finditer(NAMED.sub("", text)))


@pytest.mark.parametrize("path", PAGES)
def test_no_english_sentence_stands_on_a_chinese_page(site: TestClient, path: str):
    page = site.get(f"{path}{'&' if '?' in path else '?'}lang=zh").text
    assert 'lang="zh-CN"' in page
    assert not list(english_on(page))


def test_an_english_sentence_would_be_found(site: TestClient):
    page = site.get("/homes/ali_judicial:1073199694629?lang=en").text
    assert len(list(english_on(page))) > 5


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("at least; not known: deed_tax, arrears", "至少；未知：契税、欠费"),
        (
            "法释〔2004〕16号 art. 25: at the start of the last auction",
            "法释〔2004〕16号第 25 条：按最后一次拍卖的起拍价",
        ),
        (
            "starts at 50 % of the appraisal in round 2; the least is 56 % of the appraisal: 法释〔2016〕18号 art. 10",
            "第 2 轮起拍价为评估价的 50%；下限为评估价的 56%：法释〔2016〕18号第 10 条",
        ),
        (
            "0 of 0 failed: online_sale, land, all places; at least 30 are needed",
            "0 轮中 0 轮流拍：网上竞价、土地、全部地区；至少需要 30 轮",
        ),
        (
            "compound 海城花苑; building 4,5; room 3204; 128.03 m2; two rounds of 南安市人民法院; 丰泽区",
            "小区 海城花苑；楼栋 4,5；房号 3204；128.03 m²；南安市人民法院的两轮；丰泽区",
        ),
        (
            "--max-price: cannot read 'cheap'; give 1250000 or 125万",
            "max-price：无法识别“cheap”；可写作 1250000 或 125万",
        ),
        (
            "town 乐里镇; lane 12; phase 2; block A; parking 33; share 1/2; unit_count 3; members 101, 102",
            "街镇 乐里镇；弄巷 12；期 2；组团 A；车位 33；份额 1/2；共 3 套；包括 101、102",
        ),
        ("34 on 2018-05-06", "2018-05-06 为 34 条"),
        ("this round is over: sold", "本轮已结束：已成交"),
        ("17 listings, 356 in the last healthy run like this", "17 条挂牌，上次同样的正常抓取有 356 条"),
    ],
)
def test_a_sentence_is_told_with_the_figures_that_stand_in_it(said: str, told: str):
    assert in_chinese(said) == told
    assert str(tell(ZH, said)) == told
    assert tell(EN, said).unescape() == said


def test_what_nobody_has_put_into_words_stays_and_is_marked_as_english():
    assert tell(ZH, "disk quota of <b> exceeded") == '<span lang="en">disk quota of &lt;b&gt; exceeded</span>'
    assert tell(ZH, "丰泽区") == "丰泽区"
    assert (
        in_chinese("one thing or another thing") == "one thing or another thing"
    )  # though "{one} or {other}" is known
    assert in_chinese("wait on the line on the left") == "wait on the line on the left"
    assert tell(ZH, None) == ""


def test_a_text_that_is_longer_than_any_sentence_of_ours_is_not_searched():
    hostile = "50 homes against 60 and 70 or 80; " * 2_000
    assert in_chinese(hostile) == hostile


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "--sort: there is no 'price'; all are: cut, discount, price, unit-price, area",
            "sort：没有“price”；可选：cut、discount、price、unit-price、area",
        ),
        (
            "--kind: there is no 'houses', the nearest is 'house'; all are: residential, parking, land",
            "kind：没有“houses”，最接近的是“house”；可选：residential、parking、land",
        ),
    ],
)
def test_words_that_have_to_be_typed_stay_as_they_are(said: str, told: str):
    assert in_chinese(said) == told


def test_what_a_page_offers_to_be_typed_is_taken(site: TestClient):
    refused = html.fromstring(site.get("/search?sort=xx&lang=zh").text).xpath("//main//code")
    offered = refused[-1].text_content().partition("可选：")[2].strip().split("、")
    assert len(offered) == 18
    assert {site.get("/search", params={"sort": word}).status_code for word in offered} == {200}


def test_a_text_that_begins_many_sentences_is_told_in_little_time():
    """The patterns take the time of the third power of its letters; the processor's time, which nobody else shares."""
    in_chinese("0 of 0 failed: land; at least 30 are needed")  # the patterns are made with the first
    for length in (LONGEST, 1_900):
        in_chinese.cache_clear()
        began = time.process_time()
        in_chinese(f"x{' of ' * (length // 12)}{' failed: ' * (length // 27)}{'; at least ' * (length // 33)}.")
        assert time.process_time() - began < 1.5, length
