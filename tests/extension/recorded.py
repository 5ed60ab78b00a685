"""Recorded pages and rows, as the sites of the tests serve them."""

import json
from pathlib import Path
from typing import NamedTuple

from tests.extension.sites import Sites

FIXTURES = Path(__file__).parents[2] / "fixtures"
JD_SEARCH = "https://auction.jd.com/sifa.html"
JD_ITEM = "https://paimai.jd.com/{}"
CONTENT_TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json", ".txt": "text/javascript"}


PLATFORMS = ("ali_assets", "ali_judicial", "caa123", "cbex", "gpai", "icbc", "jd_assets", "jd_judicial", "rmfysszc")
"""The sources of the seven platforms."""


class Round(NamedTuple):
    """One attempt to sell a flat, of fixtures/demo/jd-fujian-rounds-2026-09-04.csv. Prices in yuan."""

    source_id: str
    badge: str
    state: str
    starts: str
    price: str
    appraisal: str
    code: int
    status: int


class Served(NamedTuple):
    """An address and what it answers."""

    url: str
    body: bytes


TITLE = "城东街道庄任社区海城花苑4、5号楼4-3204的房产"
COURT = "南安市人民法院"
FIRST_ROUND = Round("311018607", "一拍", "已流拍", "2026年08月28日 10:00:00", "1,062,000", "1,515,875", 1, 2)
SECOND_ROUND = Round("311215642", "二拍", "预告中", "2026年09月20日 10:00:00", "849,600", "1,515,875", 2, 0)


def case(path: str) -> tuple[str, bytes]:
    """Address and page of a case of ``fixtures``."""
    folder = FIXTURES / path
    (page,) = folder.glob("input.*")
    return json.loads((folder / "meta.json").read_text("utf-8"))["url"], page.read_bytes()


def addresses_of_cases(*, are_documents: bool) -> list[str]:
    """The addresses on the web of all cases of the platforms that are documents, or of those that are answers."""
    found = set()
    for path in FIXTURES.glob("*/*/*/meta.json"):
        url = json.loads(path.read_text("utf-8"))["url"].partition("#")[0]
        is_document = (path.parent / "input.html").exists()
        if path.parts[-4] in PLATFORMS and url.startswith("http") and is_document == are_documents:
            found.add(url)
    return sorted(found)


def serve_case(sites: Sites, path: str, content_type: str | None = None) -> str:
    """Have a case served at its address, which is given back without what is never sent."""
    url, body = case(path)
    (page,) = (FIXTURES / path).glob("input.*")
    sites.serve(url, body, content_type or CONTENT_TYPES[page.suffix])
    return url.partition("#")[0]


def page_that_asks(script: str, body: str = "") -> str:
    """A page whose own script asks for answers, as those of the platforms do."""
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>拍卖</title></head>'
    return f"{head}<body>{body}<script>{script}</script></body></html>"


def as_fetch(*urls: str) -> str:
    """A script that fetches addresses and shows how long each answer is: copying must not use an answer up."""
    shown = ".then((answer) => answer.text()).then((text) => document.body.append(` ${text.length}`));"
    return "\n".join(f"fetch({url!r}){shown}" for url in urls)


def jd_item_page(round_: Round) -> bytes:
    """The item page of a round, in the form of the case ``not-begun-as-a-browser-held-it``."""
    _, form = case("jd_judicial/item_page/not-begun-as-a-browser-held-it")
    told = {
        "【二拍】福建省石狮市石龙路288号世茂摩天城一期B89幢02室不动产": f"【{round_.badge}】{TITLE}",
        "<em>预告中</em>": f"<em>{round_.state}</em>",
        "2026年09月17日 10:00:00": round_.starts,
        "2,957,500": round_.price,
        "5,281,100": round_.appraisal,
        "江苏省南京市中级人民法院": COURT,
        "462.93": "128.03",
    }
    page = form.decode()
    for words, ours in told.items():
        assert words in page
        page = page.replace(words, ours)
    return page.encode()


def jd_answer(*rounds: Round) -> Served:
    """The answer of the search page for rounds, in the form of the recorded list."""
    url, form = case("jd_judicial/list/homes-of-fuzhou-and-quanzhou-2026-09-01")
    answer = json.loads(form)
    rows = [
        answer["datas"][1]
        | {
            "id": int(each.source_id),
            "title": TITLE,
            "currentPrice": float(each.price.replace(",", "")),
            "minPrice": float(each.price.replace(",", "")),
            "assessmentPrice": float(each.appraisal.replace(",", "")),
            "paimaiTimes": each.code,
            "auctionStatus": each.status,
            "shopName": COURT,
        }
        for each in rounds
    ]
    found = {"totalItem": len(rows), "datas": rows}
    return Served(url, json.dumps(answer | found).encode())
