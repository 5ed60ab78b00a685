"""The page of an item of the asset side (zc-item.taobao.com/auction/…): as on the court side, with another seller.

No such page was recorded. Projects describe it as the court side's template of the same years (2018, 2020 to 2024,
2026) whose 处置单位 is a bank, an asset company, an administrator or an agent, with 市场价 instead of 评估价 now and
then (2020). So the court side's readers read it; what is said here is how it is sold, and what is no sale at all.
"""

import re

from crawler.errors import EmptyShell, LayoutChanged, RowRefused
from crawler.items import Details, Follow, ListingItem, NoSaleRow, PageContent
from crawler.page import Page
from crawler.parsers.ali_assets.dialect import (
    ITEM_URL,
    NO_SALE,
    PRICE_REDUCTION,
    SOURCE,
    published_round,
    round_number,
    sale_label,
)
from crawler.parsers.ali_assets.lazy import DESCRIPTION, own_address
from crawler.parsers.ali_assets.lists import DETAIL
from crawler.parsers.ali_assets.refusals import in_own_name
from crawler.parsers.ali_judicial.addresses import DESCRIPTION_URL
from crawler.parsers.ali_judicial.components import read_components, with_components
from crawler.parsers.ali_judicial.detail import with_attributes
from crawler.parsers.ali_judicial.listing import read_listing
from crawler.parsers.ali_judicial.marks import Marks, take_apart
from crawler.parsers.ali_judicial.refusal import check_whole, refusal
from crawler.parsers.ali_judicial.sheet import Name, head_of, read_description, read_name
from crawler.parsers.ali_judicial.told import with_told
from crawler.parsers.html import page_text, select

__all__ = ["DETAIL", "parse_detail", "recognises_detail"]

DETAIL_ADDRESS = re.compile(
    r"https?://(?:zc-item\.taobao\.com/auction/(\d{6,16})\.htm|zc-paimai\.taobao\.com/auction\.htm\?(?:[^#]*&)?itemId=(\d{6,16})\b)"
)
PAGE_TITLE_END = re.compile(r"(?:\s+-\s{0,3}[^\s-]{2,8})?\s{0,3}-\s{0,3}阿里(?:拍卖|资产)\S{0,8}$")
ASKING = re.compile(r"\n一\s?口\s?价\s?[:：]?\s?[¥￥]?\s?([0-9][0-9,]{0,19}(?:\.[0-9]{1,4})?)\s?([万亿]?)")
NO_SALE_LABEL = re.compile(r"\n(首年租金|年租金|月租金|意向报名|招商公告)\s?[:：\n]")
BADGE_BEFORE = re.compile(
    r"((?:[一二三四五六七八九十]{1,3}|\d{1,2})拍|第[一二三四五六七八九十\d]{1,3}次(?:拍卖)?|变卖|降价拍)\s+"
)


def recognises_detail(page: Page) -> bool:
    """By the address alone: the markup is that of the court side."""
    return DETAIL_ADDRESS.match(page.url) is not None


@in_own_name
def parse_detail(page: Page) -> PageContent:
    """Read the page of an item, and name the parts of it that are loaded later.

    Raises:
        PageRefused: a wall, a cut page, the page of another item, or one without its data.
    """
    check_whole(page)
    marks = take_apart(select(page_text(page, SOURCE), source=SOURCE, url=page.url))
    source_id = find_item(marks, page)
    name = read_heading(marks)
    if "测试请不要拍" in name.heading:
        raise EmptyShell("test skeleton: 测试请不要拍", source=SOURCE, url=page.url)
    head = head_of(marks.text, name.heading)
    if found := NO_SALE.search(name.title) or NO_SALE_LABEL.search(head):
        return PageContent(refused=[NoSaleRow(1, source_id, f"no sale: {found[0].strip()}", name.title[:200])])
    try:
        item = read_listing(source_id, ITEM_URL.format(source_id), name, marks.text)
    except RowRefused as error:
        raise refusal(page) or EmptyShell(error.reason, source=SOURCE, url=page.url) from None
    item = with_components(with_attributes(item, marks), read_components(marks.components))
    if asking := ASKING.search(head):
        item = item._replace(asking_price_raw=asking[1] + asking[2])
    description = read_description(marks.text)
    item = with_told(sold_by_its_seller(item, name.heading, badge_of(name)), description)
    return PageContent(items=[item], follows=[] if description else [description_of(item, marks)])


def find_item(marks: Marks, page: Page) -> str:
    """The number of the item, in the address and in the page.

    Raises:
        PageRefused: neither tells, or they contradict.
    """
    found = DETAIL_ADDRESS.match(page.url)
    addressed = (found[1] or found[2]) if found else ""
    written = marks.value("J_ItemId", "value").strip()
    if addressed and written and written != addressed:
        raise LayoutChanged(f"page of another item: {written[:20]}", source=SOURCE, url=page.url)
    source_id = written or addressed
    if not re.fullmatch("[0-9]{6,16}", source_id):
        raise refusal(page) or LayoutChanged("page without the number of its item", source=SOURCE, url=page.url)
    return source_id


def read_heading(marks: Marks) -> Name:
    """The heading without badges. The document's title is the name alone, where it ends as known."""
    name = read_name(marks.heading)
    title = BADGE_BEFORE.sub("", name.title)
    ending = PAGE_TITLE_END.search(marks.page_title)
    if ending and (alone := " ".join(marks.page_title[: ending.start()].split())):
        title = alone
    return name._replace(title=title)


def badge_of(name: Name) -> str | None:
    """The round in the badge before the name."""
    badge = BADGE_BEFORE.match(name.heading)
    return name.round_raw or (badge[1] if badge else None)


def sold_by_its_seller(item: ListingItem, heading: str, badge: str | None) -> ListingItem:
    """The item with the kind of its sale, by who sells, and the number of its round, where one is published."""
    published = badge or published_round(heading)
    if published is None and item.words.get("类型") == PRICE_REDUCTION:
        published = PRICE_REDUCTION
    details = (item.details or Details())._replace(round_number_raw=round_number(published))
    return item._replace(
        words=dict(item.words) | ({"轮次": published} if published else {}),
        round_raw=sale_label(heading, item.seller_name, published),
        details=details,
    )


def description_of(item: ListingItem, marks: Marks) -> Follow:
    """Where the description is loaded from: the address in the page (2018), else the one that scripts make (2026)."""
    written = next((url for url in marks.later if "//desc.alicdn.com/" in url), None)
    address = own_address(written or DESCRIPTION_URL.format(item.source_id), item.source_id)
    return Follow(address, DESCRIPTION, about=item.source_id)
