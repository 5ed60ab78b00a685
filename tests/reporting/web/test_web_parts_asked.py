"""The parts of a crawl are told in words, whatever the letters of the site's addresses are."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from reporting.web.parts_asked import asked_words
from store.engine import writing
from store.manners import add_coverage
from store.runs import close_run, open_run
from store.terms import RunVerdict
from tests.reporting.web.conftest import NOW

HEFEI = "https://sf.taobao.com/item_list.htm?category=50025969&city=%BA%CF%B7%CA&sorder=0&page=2"
GUANGDONG = "name=&city=&money1=&type=0&area=%E5%B9%BF%E4%B8%9C%E7%9C%81&page=1"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"url": HEFEI, "form": ""}, [("category", "50025969"), ("city", "合肥"), ("list", "0")]),
        ({"url": "https://www.rmfysszc.gov.cn/ProjectHandle.shtml", "form": GUANGDONG}, [("place", "广东省")]),
        ({"url": "https://venda-imoveis.caixa.gov.br/listaweb/Lista_imoveis_MS.csv"}, [("file", "Lista_imoveis_MS")]),
        ({"state": "MS"}, [("state", "MS")]),
        ({"url": "https://example.org/", "form": ""}, []),
    ],
)
def test_what_a_part_asks_for_is_told_in_words(part: dict[str, str], words: list[tuple[str, str]]):
    assert asked_words(part) == words


def test_the_page_of_a_source_names_the_parts_of_its_last_crawl(own_site: Callable[..., TestClient]):
    client = own_site()
    with writing(client.app.state.settings.engine) as connection:  # type: ignore[attr-defined]
        run = open_run(connection, "ali_judicial", {"kind": "crawl"}, NOW - timedelta(hours=2))
        add_coverage(connection, run, [({"url": HEFEI, "form": ""}, 312, 300, None)])
        close_run(connection, run, NOW - timedelta(hours=1), RunVerdict.OK, None, {"page/read": 8})

    assert "城市 合肥" in client.get("/sources/ali_judicial").text
    page = client.get("/sources/ali_judicial?lang=en").text
    assert "city 合肥" in page
    assert "item_list.htm?category" not in page.partition('id="pages"')[0]
