"""The parts of a detail page that are loaded later: notice, description, list of files.

Each is one answer of its own, of one item. Wrapped in ``null(…)`` or ``callback(…)`` (2018), in ``var desc='…';``
(desc.alicdn.com, whose address names its charset), or a page or fragment of HTML (2026: get_auction_desc_content).
"""

import logging
import re
from typing import Any

from crawler.errors import LayoutChanged
from crawler.items import Details, ListingItem, PageContent
from crawler.notices import text_of
from crawler.page import Page
from crawler.parsers.ali_judicial import addresses as at
from crawler.parsers.ali_judicial.answers import answer_text, find_value, read_answer, read_assigned
from crawler.parsers.ali_judicial.dialect import SOURCE
from crawler.parsers.ali_judicial.refusal import refusal
from crawler.parsers.ali_judicial.told import item_told
from store.statement import Attachment

logger = logging.getLogger(__name__)

NOTHING_TOLD = ("没有拍卖须知", "没有标的物介绍")
CONTENT_NAMES = ("content", "desc", "description")
FILE_LISTS = ("attaches", "attachments", "attachmentList", "data")
FILE_NAMES = ("title", "name", "fileName")
FILE_URLS = ("url", "downloadUrl", "link")
DOCUMENT = re.compile(r"\s*<(?:!doctype|html|head)\b", re.IGNORECASE)
NOTICE_WORDS = ("公告", "拍卖", "变卖", "标的")  # of which every notice and description has one


def recognises_notice(page: Page) -> bool:
    """By the address."""
    return at.is_lazy(page, at.NOTICE)


def recognises_description(page: Page) -> bool:
    """By the address."""
    return at.is_lazy(page, at.DESCRIPTION)


def recognises_attachments(page: Page) -> bool:
    """By the address."""
    return at.is_lazy(page, at.ATTACHMENTS)


def parse_notice(page: Page) -> PageContent:
    """Read a notice, and the list of files that may come with it. Without a word: ``PageContent()``.

    Raises:
        PageRefused: a wall, another form, or an address that names no item.
    """
    source_id, (markup, answer) = at.item_of(page), read_told(page)
    files = tuple(read_files(answer)) if isinstance(answer, dict) else ()
    return told_content(source_id, markup, files)


def parse_description(page: Page) -> PageContent:
    """Read the description of an item. Without a word: ``PageContent()``.

    Raises:
        PageRefused: a wall, another form, or an address that names no item.
    """
    source_id, (markup, _) = at.item_of(page), read_told(page)
    return told_content(source_id, markup, ())


def parse_attachments(page: Page) -> PageContent:
    """Read the list of files of an item: ``null([{id, title}])``. An empty list: ``PageContent()``.

    Raises:
        PageRefused: a wall, another form, or an address that names no item.
    """
    source_id, answer = at.item_of(page), read_answer(page)
    held, files = find_files(answer), tuple(read_files(answer))
    if held is None or (held and not files):
        raise refusal(page) or LayoutChanged("answer without a list of files", source=SOURCE, url=page.url)
    item = ListingItem(source_id, {}, at.ITEM_URL.format(source_id), details=Details(attachments=files))
    return PageContent(items=[item] if files else [])


def told_content(source_id: str, markup: str, files: tuple[Attachment, ...]) -> PageContent:
    """The item as a text and a list of files tell it."""
    text = text_of(markup)
    if (not text or text in NOTHING_TOLD) and not files:
        return PageContent()
    item = item_told(source_id, at.ITEM_URL.format(source_id), text)
    return PageContent(items=[item._replace(details=(item.details or Details())._replace(attachments=files))])


def read_told(page: Page) -> tuple[str, Any]:
    """The markup of a text, and the whole answer where the text is a field of one.

    Raises:
        PageRefused: a wall, or no text in any form that is known.
    """
    text = answer_text(page)
    if (assigned := read_assigned(text)) is not None:
        return assigned, None
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        if refused := refusal(page):
            raise refused
        if DOCUMENT.match(text) and not any(word in text for word in NOTICE_WORDS):
            raise LayoutChanged("a document that is no notice", source=SOURCE, url=page.url)
        return text, None
    answer = read_answer(page)
    content = next((value for name in CONTENT_NAMES if isinstance(value := find_value(answer, name), str)), None)
    if content is None:
        raise refusal(page) or LayoutChanged("answer without a text", source=SOURCE, url=page.url)
    return content, answer


def read_files(answer: Any) -> list[Attachment]:
    """The files of an answer, under the address they are served at; one without name or number is logged."""
    held = find_files(answer) or []
    files = [file for each in held if (file := read_file(each)) is not None]
    if len(files) < len(held):
        logger.warning("%s: %d of %d files without name or number", at.ATTACHMENTS, len(held) - len(files), len(held))
    return files


def find_files(answer: Any) -> list[Any] | None:
    """The list of files: the answer itself, or what stands in it under one of the known names."""
    lists = (answer, *(find_value(answer, name) for name in FILE_LISTS))
    return next((found for found in lists if isinstance(found, list)), None)


def read_file(told: Any) -> Attachment | None:
    """One file, or ``None`` where its name is missing, or both its number and its address."""
    if not isinstance(told, dict):
        return None
    name = next((told[key] for key in FILE_NAMES if isinstance(told.get(key), str)), None)
    url = next((told[key] for key in FILE_URLS if isinstance(told.get(key), str)), None)
    number = told.get("id")
    if name is None or (url is None and not isinstance(number, int | str)):
        return None
    return Attachment(name, url or at.DOWNLOAD_URL.format(number))
