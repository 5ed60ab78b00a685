"""What the tests of JD's readers share: recorded pages, and answers made for one test."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawler.items import ListingItem, PageContent, Reader
from crawler.page import Page
from crawler.parsers import jd_assets, jd_judicial
from crawler.reading import statement_of
from store.statement import Extras, Statement

FIXTURES = Path(__file__).parents[3] / "fixtures"
NOW = datetime(2026, 9, 1, 3, tzinfo=UTC)
READERS: dict[str, Reader] = {reader.name: reader for reader in (*jd_judicial.READERS, *jd_assets.READERS)}
COURTS = {"childrenCateId": "101", "publishSource": "7", "provinceId": 16}


def case(name: str) -> Page:
    """The page of a case under ``fixtures``."""
    folder = FIXTURES / name
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    (body,) = folder.glob("input.*")
    return Page(body.read_bytes(), meta["url"], datetime.fromisoformat(meta["now"]))


def parse(name: str) -> PageContent:
    """What its own reader makes of a case."""
    source, form, _ = name.split("/")
    return READERS[f"{source}.{form}"].parse(case(name))


def statements(name: str) -> dict[str, tuple[Statement, Extras | None]]:
    """The listings of a case, normalized."""
    source, form, _ = name.split("/")
    page, reader = case(name), READERS[f"{source}.{form}"]
    words = {item.source_id: statement_of(item, reader, page.observed_at) for item in reader.parse(page).items}
    return {source_id: (each.statement, each.extras) for source_id, each in words.items()}


def answer(data: Any, url: str, reader: str = "jd_judicial.list") -> PageContent:
    """What a reader makes of an answer."""
    return READERS[reader].parse(Page(json.dumps(data, ensure_ascii=False).encode(), url, NOW))


def search(rows: list[Any], total: int | None = None, page: int = 1) -> dict[str, Any]:
    """The envelope of the search around some rows."""
    return {"code": 0, "statusCode": 200, "datas": rows, "totalItem": total, "page": page, "pageSize": 40}


def row(**values: Any) -> dict[str, Any]:
    """A row of a court."""
    return {"id": 319000001, "title": "福州市鼓楼区某路1号101室", "publishSource": 7, **values}


def only(content: PageContent) -> ListingItem:
    """The one listing of a page."""
    (item,) = content.items
    return item


def data_of(name: str) -> dict[str, Any]:
    """The data of a recorded detail answer."""
    data: dict[str, Any] = json.loads(case(name).body)["data"]
    return data
