"""Detail pages for the desk: sf.taobao.com/sf_item (to 2018), sf-item.taobao.com/sf_item and susong-item (since).

What all eras show to the eye is read by ``sheet``. Beside it stand, each in some eras only: hidden inputs and ``data-``
attributes (2018, KISSY), ``script.J_COMPONENT`` with URI-encoded JSON (2026), round badges in the heading (2020 on).

当前价 is shown on a failed auction although nobody has bid (557630794279): it never becomes a hammer price. Notice,
attachments and the bid record come later; the page tells their addresses, or they are made of the item's number.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from crawler.errors import EmptyShell, LayoutChanged, RowRefused
from crawler.items import Details, Follow, ListingItem, PageContent
from crawler.page import Page
from crawler.parsers.ali_judicial import addresses as at
from crawler.parsers.ali_judicial.components import read_components, with_components
from crawler.parsers.ali_judicial.dialect import DIALECT, SOURCE
from crawler.parsers.ali_judicial.listing import read_listing
from crawler.parsers.ali_judicial.marks import Marks, take_apart
from crawler.parsers.ali_judicial.paging import absolute
from crawler.parsers.ali_judicial.refusal import check_whole, refusal
from crawler.parsers.ali_judicial.sheet import read_description, read_name
from crawler.parsers.ali_judicial.told import with_told
from crawler.parsers.html import page_text, select
from store.terms import RoundStatus

PAGE_MARK = b'id="J_ItemId"'
NAME_MARKS = tuple("司法拍卖".encode(encoding) for encoding in ("utf-8", "gbk"))
SERVER_TIME = re.compile(rb"""\sdata-(?:now|time)\s*=\s*["'](1[0-9]{12})["']""")
SIZE = re.compile(r"_[0-9]{2,4}x[0-9]{2,5}(?:\.jpg)?$")
COORDINATE = re.compile(r"\s*([0-9]{1,3}\.[0-9]+)\s*,\s*([0-9]{1,3}\.[0-9]+)\s*")
MILLISECONDS = re.compile(r"[0-9]{13}")
CHINA = timedelta(hours=8)


def recognises_detail(page: Page) -> bool:
    """By the address, or by the hidden input that holds the item's number on a page of court sales."""
    if page.body[:64].lstrip()[:1] in (b"{", b"["):
        return False
    if at.DETAIL_ADDRESS.match(page.url):
        return True
    return PAGE_MARK in page.body and any(mark in page.body[:4096] for mark in NAME_MARKS)


def generated_on(body: bytes) -> datetime | None:
    """The server's clock in the page."""
    found = SERVER_TIME.search(body)
    return datetime.fromtimestamp(int(found[1]) / 1000, UTC) if found else None


def parse_detail(page: Page) -> PageContent:
    """Read a detail page, and name the parts of it that are loaded later and bring something.

    Raises:
        PageRefused: a wall, a cut page, the page of another item, or one without its data.
    """
    check_whole(page)
    marks = take_apart(select(page_text(page, SOURCE), source=SOURCE, url=page.url))
    source_id, url = find_item(marks, page)
    name = read_name(marks.heading, marks.page_title, marks.badge)
    if "测试请不要拍" in name.heading:
        raise EmptyShell("test skeleton: 测试请不要拍", source=SOURCE, url=page.url)
    try:
        item = read_listing(source_id, url, name, marks.text)
    except RowRefused as error:
        raise refusal(page) or EmptyShell(error.reason, source=SOURCE, url=page.url) from None
    item = with_components(with_attributes(item, marks), read_components(marks.components))
    description = read_description(marks.text)
    follows = list(lazy_parts(item, marks, page, has_description=bool(description)))
    return PageContent(items=[with_told(item, description)], follows=follows)


def find_item(marks: Marks, page: Page) -> tuple[str, str]:
    """The number of the item, in the page and, unless the page was saved, in its address; and the address of the item.

    Raises:
        PageRefused: neither tells, or they contradict.
    """
    addressed = at.DETAIL_ADDRESS.match(page.url) or at.DETAIL_ADDRESS.match(f"https:{marks.canonical}")
    written = marks.value("J_ItemId", "value")
    if addressed and written and written != addressed[1]:
        raise LayoutChanged(f"page of another item: {written[:20]}", source=SOURCE, url=page.url)
    source_id = written or (addressed[1] if addressed else "")
    if not re.fullmatch("[0-9]{6,16}", source_id):
        raise refusal(page) or LayoutChanged("page without the number of its item", source=SOURCE, url=page.url)
    is_own = addressed is not None and "susong" not in addressed[0]
    return source_id, addressed[0] if addressed and is_own else at.ITEM_URL.format(source_id)


def with_attributes(item: ListingItem, marks: Marks) -> ListingItem:
    """What the markup tells beside the text: times to the second, the place on the map, a picture, files."""
    starts, ends = (marks.value("sf-countdown", name) for name in ("data-start", "data-end"))
    image = SIZE.sub("", marks.value("J_ImgBooth", "src"))
    details = (item.details or Details())._replace(attachments=tuple(marks.files))
    if found := COORDINATE.fullmatch(marks.value("J_Coordinate", "value")):
        details = details._replace(longitude_raw=found[1], latitude_raw=found[2])  # in this order (seen 2018-03)
    return item._replace(
        starts_at_raw=int(starts) if MILLISECONDS.fullmatch(starts) else item.starts_at_raw,
        ends_at_raw=int(ends) if MILLISECONDS.fullmatch(ends) else item.ends_at_raw,
        seller_name=item.seller_name or marks.unit or None,
        image_url="https:" + image if image.startswith("//") else image or None,
        details=details,
    )


def lazy_parts(item: ListingItem, marks: Marks, page: Page, *, has_description: bool) -> Iterator[Follow]:
    """The parts that are loaded later, as far as they bring what the page does not show."""
    found = dict(told_addresses(item, marks, page)) or dict(made_addresses(item, marks))
    details = item.details or Details()
    unwanted = {at.DESCRIPTION} if has_description else set()
    if details.attachments:
        unwanted.add(at.ATTACHMENTS)
    if item.bid_count_raw is None or int(item.bid_count_raw) <= len(details.bids):
        unwanted.add(at.BID_RECORDS)
    if DIALECT.status_labels.get(item.status_raw or "") is RoundStatus.ENDED:  # sold or failed is told elsewhere
        found[at.RESULT] = at.RESULT_URL.format(item.source_id)
    return (Follow(url, reader, about=item.source_id) for reader, url in found.items() if reader not in unwanted)


def told_addresses(item: ListingItem, marks: Marks, page: Page) -> Iterator[tuple[str, str]]:
    """The addresses in the page, each under the reader for it."""
    for written in marks.later:
        url = absolute(written, page)
        reader = next((name for name, pattern in at.LAZY_ADDRESSES.items() if pattern.search(url)), None)
        if reader:
            yield reader, f"{url}#item={item.source_id}" if reader == at.NOTICE else url


def made_addresses(item: ListingItem, marks: Marks) -> Iterator[tuple[str, str]]:
    """The addresses of a page that tells none (since 2019), as its scripts make them (told, 2026)."""
    if project := at.PROJECT.search(" ".join(marks.notices)):
        yield at.NOTICE, at.NOTICE_URL.format(project[1], item.source_id)
    yield at.DESCRIPTION, at.DESCRIPTION_URL.format(item.source_id)
    yield at.ATTACHMENTS, at.ATTACHMENTS_URL.format(item.source_id)
    yield at.BID_RECORDS, at.BID_RECORDS_URL.format(item.source_id)
