"""Detail pages saved as their text: what people and tools keep of a page, without its markup.

A JSON list of pages, each with its address and either ``context`` (the text in parts: 【公告详情】 【标的物描述】
【拍卖主信息】, sales of 2016 to 2025) or ``tree`` (the accessibility tree of a browser, 2026). A ``context`` ends at
3,000 characters, in ten of 53 before its main part: then title, status and end stand beside it, and the notice.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import ListingItem, PageContent, RefusedRow, Word
from crawler.notices import text_of
from crawler.page import Page
from crawler.parsers.ali_judicial import addresses as at
from crawler.parsers.ali_judicial.dialect import SOURCE, round_in_title
from crawler.parsers.ali_judicial.listing import read_listing
from crawler.parsers.ali_judicial.refusal import check_answer, check_rows
from crawler.parsers.ali_judicial.sheet import read_description, read_name
from crawler.parsers.ali_judicial.taken import taken_at
from crawler.parsers.ali_judicial.told import with_told
from crawler.parsers.html import page_json

DETAIL_TEXT = f"{SOURCE}.detail_text"
ADDRESS_MARK = b"sf-item.taobao.com/sf_item/"
PART_HEADS = ("【公告详情】", "【拍卖主信息】")
TEXT_MARKS = (
    b'RootWebArea \\"',
    *(head.encode() for head in PART_HEADS),
    *(head.encode("unicode_escape") for head in PART_HEADS),
)
CAPTURED = re.compile(rb'"capturedAt"\s*:\s*"([0-9]{4}-[0-9]{2}-[0-9]{2}[^"\\]{0,40})')
PART = re.compile(r"【(公告详情|标的物描述|拍卖主信息)】")
NODE = re.compile(r'( *)(\w+) "(.*)"(?: \[.*\])?')
WHOLE = frozenset(("cell", "heading"))  # their names hold the text of all that stands in them
TEXTS = frozenset(("StaticText", "link", "button"))


def recognises_detail_text(page: Page) -> bool:
    """A JSON list with addresses of items and texts of detail pages."""
    if page.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"[":
        return False
    return ADDRESS_MARK in page.body and any(mark in page.body for mark in TEXT_MARKS)


def generated_on(body: bytes) -> datetime | date | None:
    """When the pages were taken, if all were on the same day."""
    return taken_at(stamp.decode(errors="replace") for stamp in CAPTURED.findall(body))


def parse_detail_text(page: Page) -> PageContent:
    """Read the texts of detail pages.

    Raises:
        LayoutChanged: no JSON list.
    """
    check_answer(page)
    rows = page_json(page, SOURCE)
    if not isinstance(rows, list) or not rows:
        raise LayoutChanged("no list of pages", source=SOURCE, url=page.url)
    check_rows(rows, page)
    content = PageContent()
    for position, row in enumerate(rows, 1):
        url = row.get("url") if isinstance(row, dict) else None
        found = at.DETAIL_ADDRESS.match(url) if isinstance(url, str) else None
        try:
            if not found:
                raise RowRefused("without the address of an item")
            content.items.append(read_saved(found[1], found[0], row))
        except RowRefused as error:
            content.refused.append(RefusedRow(position, found[1] if found else None, error.reason, str(row)[:200]))
    return content


def read_saved(source_id: str, url: str, row: dict[str, Any]) -> ListingItem:
    """Read one page from its text or its tree.

    Raises:
        RowRefused: neither, or without its main part.
    """
    tree, context = row.get("tree"), row.get("context")
    if isinstance(tree, list | str):
        lines = tree_lines(tree.splitlines() if isinstance(tree, str) else tree)
        text = "\n".join(line for _, line in lines)
        title = next((line for role, line in lines if role == "RootWebArea"), "")
        heading = next((line for role, line in lines if role == "heading"), "")
        return with_told(read_listing(source_id, url, read_name(heading, title), text), read_description(text))
    if not isinstance(context, str):
        raise RowRefused("without a text")
    parts = PART.split(context)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    main = text_of(told.get("拍卖主信息", ""))
    notice = "\n".join(told.get(part, "") for part in ("公告详情", "标的物描述"))  # as it is: its tables stand in it
    if main.count("\n") > 1:
        return with_told(read_listing(source_id, url, read_name(main.partition("\n")[0]), main), notice)
    return with_told(read_head(source_id, url, row), notice)


def read_head(source_id: str, url: str, row: dict[str, Any]) -> ListingItem:
    """What stands beside a text that was cut before its main part.

    Raises:
        RowRefused: no title.
    """
    title = row.get("title")
    if not isinstance(title, str) or not title.strip():
        raise RowRefused("without a title")
    name, status, end = read_name(title, title), row.get("status"), row.get("end")
    words: dict[str, Word] = {"status": status} if isinstance(status, str) else {}
    if isinstance(end, int):
        words["end"] = end
    return ListingItem(
        source_id=source_id,
        words=words,
        url=url,
        title=name.title,
        round_raw=name.round_raw or round_in_title(name.title),
        status_raw=status if isinstance(status, str) else None,
        ends_at_raw=words.get("end"),
        loan_raw=name.loan,
    )


def tree_lines(tree: Iterable[object]) -> list[tuple[str, str]]:
    """The texts of a tree by role, those within a cell or a heading only once; the cells of a row share a line."""
    lines: list[tuple[str, str]] = []
    inside, is_row = 999, False
    for node in tree:
        if not isinstance(node, str):
            continue
        indent = len(node) - len(node.lstrip(" "))
        if indent > inside:
            continue
        inside = 999
        if node.strip() in ("row", "rowgroup"):
            is_row = True
            continue
        if not (found := NODE.fullmatch(node)) or found[2] not in WHOLE | TEXTS | {"RootWebArea"}:
            continue
        role, text = found[2], " ".join(found[3].split())
        if role in WHOLE:
            inside = indent
        if role == "cell" and not is_row and lines and lines[-1][0] == "cell":
            lines[-1] = (role, f"{lines[-1][1]}\t{text}")
        else:
            lines.append((role, text))
        is_row = False
    return lines
