"""The answers that hold a seller's text: description, announcement, notice; with attachments and the seller's own.

Texts say again what the API's own fields say, in the words of a clerk: prices, times, round and state of a text are
left out, except an appraisal where the address notes that the API has none.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Details, ListingItem, PageContent
from crawler.notices import NoticeReading, read_notice, text_of
from crawler.page import Page
from crawler.parsers.html import LARGEST_MARKUP
from crawler.parsers.jd.answers import (
    BUNDLE_MARK,
    CORE_MARK,
    Asked,
    ask,
    data_of,
    is_bare_answer,
    is_json,
    listing_id,
    load_answer,
)
from crawler.parsers.jd.calls import (
    ANNOUNCEMENT,
    ASSETS,
    ATTACHMENTS,
    DESCRIPTION,
    JUDICIAL,
    NOTICE,
    VENDOR,
    Call,
    read_call,
    source_of_call,
)
from crawler.parsers.jd.listings import seller_label
from crawler.parsers.jd.rows import ITEM_PAGE, text_of_word, words_of
from store.statement import Attachment

FROM_TEXT = frozenset({"floor_area_raw", "private_area_raw", "land_area_raw"})
UNTOLD = frozenset({"appraisal_price_raw"})
COURT_RULING = "裁定书"
SUCCESS = re.compile(rb'"message"\s*:\s*"(?:%b|\\u6210\\u529f)"' % "成功".encode(), re.IGNORECASE)
LONE_TEXT = re.compile(rb'"data"\s*:\s*"\s*(?:<|\\u003c)', re.IGNORECASE)
LONE_ANNOUNCEMENT = re.compile(
    rb'"title"\s*:\s*"(?:%b|\\u62cd\\u5356\\u516c\\u544a)"' % "拍卖公告".encode(), re.IGNORECASE
)
COURT_SELLS = re.compile(r"法院(?:关于|将于|拍卖|变卖|公告)|本院")
ANOTHER_SELLS = re.compile(
    r"(?:转让方|出让方|委托方|委托人|处置方|出售方|处置单位)(?:名称)?[:：\s]{0,4}"
    r"[一-鿿（）()]{2,30}(?:银行|支行|分行|公司|联社|信用社)|我行(?!为)"
)
"""Not 管理人: bankrupts are sold for by both windows."""

Text = Callable[[Asked, dict[str, Any]], str | None]


def recognises_call(page: Page, source: str, function: str, mark: bytes | None = None) -> bool:
    """By the call; where an answer has a mark of its own, also by that."""
    call = read_call(page.url)
    is_known = call.function == function if call.function else mark is not None and is_bare_answer(page, mark)
    return is_known and source == (source_of_call(call) or JUDICIAL)


def recognises_description(page: Page, source: str) -> bool:
    """By the call; a text saved without it is refused here by name, whichever of the two bare texts it is."""
    return recognises_call(page, source, DESCRIPTION) or (source == JUDICIAL and is_lone(page, LONE_TEXT))


def recognises_announcement(page: Page, source: str) -> bool:
    """By the call; one saved without it is refused by name."""
    return recognises_call(page, source, ANNOUNCEMENT) or (source == JUDICIAL and is_lone(page, LONE_ANNOUNCEMENT))


def is_lone(page: Page, form: re.Pattern[bytes]) -> bool:
    """Whether a file is a text of JD without the call that tells its listing (the envelope was seen in 2022-12)."""
    if not page.url.startswith("file:") or not is_json(page) or BUNDLE_MARK in page.body or CORE_MARK in page.body:
        return False
    return SUCCESS.search(page.body) is not None and form.search(page.body) is not None


recognises_notice = partial(recognises_call, function=NOTICE)
recognises_attachments = partial(recognises_call, function=ATTACHMENTS, mark=b'"attachmentAddress"')
recognises_vendor = partial(recognises_call, function=VENDOR, mark=b'"applicantPhone"')


def bare_text(asked: Asked, answer: dict[str, Any]) -> str | None:
    """The markup that stands as ``data`` itself; ``None`` where the seller wrote none.

    Raises:
        LayoutChanged: something else stands there.
    """
    if "data" not in answer or not isinstance(answer["data"], str | None):
        raise asked.refusal(LayoutChanged, "data is no text")
    return answer["data"] or None


def announced_text(asked: Asked, answer: dict[str, Any]) -> str | None:
    """The markup of ``data.content``.

    Raises:
        EmptyShell: no data.
        LayoutChanged: something else stands there.
    """
    data = data_of(asked, answer)
    if "content" not in data or not isinstance(data["content"], str | None):
        raise asked.refusal(LayoutChanged, "announcement without its content")
    return data["content"] or None


def parse_text(page: Page, source: str, find_text: Text, call: Call | None = None) -> PageContent:
    """Read what a seller wrote of one listing.

    Raises:
        PageRefused: a refusal, another form, or a listing that neither answer nor address tells.
    """
    asked = ask(page, source, call)
    answer = load_answer(asked)
    if answer is None:
        return PageContent()
    markup = find_text(asked, answer)
    source_id = listing_id(asked)
    if markup is None or not markup.strip():
        return PageContent()
    if len(markup) > LARGEST_MARKUP:
        raise asked.refusal(LayoutChanged, f"{len(markup)} characters of markup")
    text = text_of(markup)
    item = item_of(asked, source_id, read_notice(text))
    if source_of_call(asked.call) is None and is_of_asset(text):
        item = item._replace(source=None if asked.source == ASSETS else ASSETS)
    return PageContent(items=[item])


def is_of_asset(text: str) -> bool:
    """Whether a text whose call does not tell the shop window is that of a bank, a company or an agent.

    Such a text may name a court (以物抵债裁定), but no court speaks in it. A text that tells no seller stays with the
    courts, as the state and the files of its listing do.
    """
    return COURT_SELLS.search(text) is None and ANOTHER_SELLS.search(text) is not None


parse_description = partial(parse_text, find_text=bare_text)
parse_announcement = partial(parse_text, find_text=announced_text)
parse_notice = partial(parse_text, find_text=bare_text)


def item_of(asked: Asked, source_id: str, notice: NoticeReading) -> ListingItem:
    """The listing with what only its text tells."""
    allowed = FROM_TEXT | (UNTOLD if asked.call.note.get("untold") in UNTOLD else frozenset())
    words = {name: value for name, value in notice.listing.items() if name in allowed and value is not None}
    return ListingItem(
        source_id=source_id,
        words=words,
        url=ITEM_PAGE + source_id,
        appraisal_price_raw=words.get("appraisal_price_raw"),
        floor_area_raw=words.get("floor_area_raw"),
        private_area_raw=words.get("private_area_raw"),
        land_area_raw=words.get("land_area_raw"),
        details=notice.details._replace(seller_kind_raw=None, deposit_raw=None, increment_raw=None, extension_raw=None),
        source=foreign(asked),
    )


def parse_attachments(page: Page, source: str, call: Call | None = None) -> PageContent:
    """Read names and addresses of a listing's files; the case number stands in the name of the court's ruling.

    Raises:
        PageRefused: a refusal, another form, or a listing that neither answer nor address tells.
    """
    asked = ask(page, source, call)
    answer = load_answer(asked)
    if answer is None:
        return PageContent()
    files = answer.get("data")
    if not isinstance(files, list):
        raise asked.refusal(LayoutChanged, "attachments are no list")
    source_id = listing_id(asked)
    try:
        attachments = tuple(read_attachments(files))
    except RowRefused as error:
        raise asked.refusal(LayoutChanged, error.reason) from None
    if not attachments:
        return PageContent()
    rulings = " ".join(each.name for each in attachments if COURT_RULING in each.name)
    details = Details(
        case_number=read_notice(rulings).details.case_number if rulings else None,
        attachments=attachments,
    )
    item = ListingItem(source_id, {}, url=ITEM_PAGE + source_id, details=details)
    return PageContent(items=[item._replace(source=foreign(asked))])


def read_attachments(files: list[Any]) -> Iterator[Attachment]:
    """The files that are not deleted.

    Raises:
        RowRefused: an entry without its address.
    """
    for each in files:
        words = words_of(each, ("attachmentName", "attachmentAddress", "isDeleted")) if isinstance(each, dict) else {}
        address = text_of_word(words.get("attachmentAddress"))
        if address is None or not address.startswith(("http://", "https://", "//")):
            raise RowRefused("attachment without its address")
        if words.get("isDeleted") not in {1, "1"}:
            yield Attachment(text_of_word(words.get("attachmentName")) or "", address)


def parse_vendor(page: Page, source: str, call: Call | None = None) -> PageContent:
    """Read the seller's name; his telephones are not read.

    Raises:
        PageRefused: a refusal, no name, or a listing that the address does not tell.
    """
    asked = ask(page, source, call)
    answer = load_answer(asked)
    if answer is None:
        return PageContent()
    data = data_of(asked, answer)
    source_id = listing_id(asked)
    try:
        words = words_of(data, ("shopName", "shopId", "vendorId"))
        details = Details(seller_kind_raw=seller_label(words_of(asked.call.body, ("publishSource",))))
    except RowRefused as error:
        raise asked.refusal(LayoutChanged, error.reason) from None
    name = text_of_word(words.get("shopName"))
    if name is None:
        raise asked.refusal(LayoutChanged, "seller without a name")
    item = ListingItem(source_id, words, url=ITEM_PAGE + source_id, seller_name=name, details=details)
    return PageContent(items=[item._replace(source=foreign(asked))])


def foreign(asked: Asked) -> str | None:
    """The listing's source where it is not the reader's."""
    return None if asked.listing_source == asked.source else asked.listing_source
