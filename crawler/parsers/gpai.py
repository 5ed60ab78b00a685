"""公拍网 (s.gpai.net, www.gpai.net): the first page of each search, and lots. As projects of 2019-26 describe them.

Notes, dated; no page was recorded:
- Page 1 only: asking for another page brings an empty one, clicking a slider (2026-08-12). Server addresses get 403 on
  the search; guessed ids a pause on ``www`` (2026-07). So: page 1 of each place and state, and the lots it links to.
- Two lists of one class stand on a page: the first one holds the lots (2026-08-12). 20 lots a page, 16 in 2019.
- Units (元, 千元, 万元, 亿元) may stand outside the tag of the number.
- ``restate`` 3 is called 已成交, but means ended lots.
- A page without a lot where some are declared is a refusal, as is one that does not declare how many there are.
- The mobile API's answers are not known: it is not read.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from parsel import Selector

from crawler.errors import Blocked, LayoutChanged, RowRefused
from crawler.items import (
    Details,
    Dialect,
    Expectation,
    Follow,
    ListingItem,
    PageContent,
    Reader,
    RefusedRow,
    SourceSpec,
)
from crawler.notices import ROUND_LABELS, text_of
from crawler.page import Page
from crawler.parsers.court_lots import (
    address_value,
    asked_address,
    bare_url,
    court_in,
    fill_from_notice,
    join_url,
    read_labelled,
    round_badge,
    share_in,
    whole_document,
)
from crawler.parsers.html import visible_lines
from crawler.parsers.item_pages import own_page
from store.terms import Currency, RoundKind, RoundStatus, SellerKind

SOURCE = "gpai"
LIST = f"{SOURCE}.list"
LOT = f"{SOURCE}.lot"
HOME_URL = "https://www.gpai.net/"
LIST_URL = "https://s.gpai.net/sf/search.do"
HOMES = "376"  # at: 房产
UPCOMING, RUNNING, ENDED = "1", "2", "3"  # restate
WALL_SIGNS = ("HMF_CI", "HBB_HC", "HOY_TR", "请按住滑块", "拖动滑块", "滑动验证", "访问被拒绝")

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    seller_kind=SellerKind.COURT,
    round_labels=ROUND_LABELS
    | {
        "第一次拍卖": RoundKind.FIRST_AUCTION,
        "第二次拍卖": RoundKind.SECOND_AUCTION,
        "第三次拍卖": RoundKind.THIRD_AUCTION,
    },
    status_labels={
        "restate 1": RoundStatus.UPCOMING,
        "restate 2": RoundStatus.ONGOING,
        "restate 3": RoundStatus.ENDED,
        "restate 4": None,  # 其他
        "即将开始": RoundStatus.UPCOMING,
        "即将拍卖": RoundStatus.UPCOMING,
        "尚未开始": RoundStatus.UPCOMING,
        "正在拍卖": RoundStatus.ONGOING,
        "已结束": RoundStatus.ENDED,
        "已成交": RoundStatus.SOLD,
        "已撤回": RoundStatus.WITHDRAWN,
        "撤回": RoundStatus.WITHDRAWN,
        "中止": RoundStatus.SUSPENDED,
        "已中止": RoundStatus.SUSPENDED,
        "流拍": RoundStatus.FAILED,
        "已流拍": RoundStatus.FAILED,
    },
)


def list_page(place: str, state: str) -> Follow:
    """The first page of the search for homes; ``place`` is a code of two, four or six digits, or empty."""
    city = f"&cityNum={place}" if place else ""
    return Follow(f"{LIST_URL}?at={HOMES}{city}&restate={state}&Page=1", LIST)


def yuan(shown: str | None) -> str | None:
    """An amount in thousands written out: no other source counts in 千元."""
    found = re.fullmatch(r"[¥￥]?([\d,]+(?:\.\d+)?)千元", "".join((shown or "").split()))
    return f"{Decimal(found[1].replace(',', '')) * 1000:f}元" if found else shown


# The list ----------------------------------------------------------------------------------------------------------

LOT_LINK = re.compile(r"https?://[a-z]{1,10}\.gpai\.net/sf/item2\.do\?Web_Item_ID=(\d{1,12})", re.IGNORECASE)
STARTING, CURRENT = ("起拍价", "变卖价"), ("最新价", "当前价")
APPRAISAL, MARKET = ("评估价",), ("市场价", "参考价")
START_TIMES, END_TIMES = ("开始时间",), ("预计结束时间", "结束时间")
LIST_LABELS = (*STARTING, *CURRENT, *APPRAISAL, *MARKET, *START_TIMES, *END_TIMES)


def recognises_list(page: Page) -> bool:
    """By the address of search or court view, or by the list of a saved page."""
    if re.search(r"//s\.gpai\.net/sf/(?:search|court)\.do", page.url, re.IGNORECASE):
        return True
    return b"main-col-list" in page.body and b"gpai-infos" in page.body


def parse_list(page: Page) -> PageContent:
    """Read the first list of the page; each lot leads to its page, none to another page of the list.

    Raises:
        PageRefused: a wall, a page cut off, or no lot where one is declared or nothing is.
    """
    root = whole_document(page, SOURCE, WALL_SIGNS)
    declared = re.search(r"\d{1,7}", root.css("div.filtbar-l span label")[:1].xpath("normalize-space(.)").get(""))
    count = int(declared[0]) if declared else None
    lots = root.css("ul.main-col-list")[:1].css("div.list-item")
    if not lots and count != 0:
        declares = "no total is" if count is None else f"{count} are"
        raise Blocked(f"no lot where {declares} declared", source=SOURCE, url=page.url)
    content = PageContent(stated_count=count)
    for position, lot in enumerate(lots, 1):
        try:
            item = read_row(lot, page)
        except RowRefused as error:
            words = " ".join(lot.css("::text").getall())
            content.refused.append(RefusedRow(position, None, error.reason, " ".join(words.split())[:200]))
            continue
        content.items.append(item)
        content.follows.append(Follow(str(item.url), LOT, about=item.source_id))
    return content


def read_row(lot: Selector, page: Page) -> ListingItem:
    """One card.

    Raises:
        RowRefused: without title, link or price, or with a line that is not known.
    """
    link = lot.css("div.item-tit a")
    title = link.xpath("string(@title)").get("").strip() or link.xpath("normalize-space(.)").get("")
    found = LOT_LINK.match(join_url(HOME_URL, link.xpath("string(@href)").get("")) or "")
    if not found or not title:
        raise RowRefused("card without title or the link of a lot")
    words: dict[str, str] = {}
    for line in lot.css("div.gpai-infos p"):
        name, _, value = " ".join(visible_lines(line)).replace(":", "：", 1).partition("：")
        if name.strip() not in LIST_LABELS:
            raise RowRefused(f"unknown line {name.strip()[:20]!r}")
        words[name.strip()] = value.strip()
    if not any(words.get(label) for label in (*STARTING, *CURRENT)):
        raise RowRefused("card without a price")
    return ListingItem(
        source_id=found[1],
        words=words,
        url=found[0],
        title=title,
        round_raw=round_badge(title) or ("变卖" if words.get("变卖价") else None),
        status_raw=state_of(page, words),
        starting_price_raw=yuan(pick(words, STARTING)),
        current_price_raw=yuan(pick(words, CURRENT)),
        appraisal_price_raw=yuan(pick(words, APPRAISAL)),
        market_price_raw=yuan(pick(words, MARKET)),
        starts_at_raw=pick(words, START_TIMES),
        ends_at_raw=pick(words, END_TIMES),
        details=Details(share_raw=share_in(title)),
    )


def pick(words: Mapping[str, str], labels: tuple[str, ...]) -> str | None:
    """The first value told under one of the labels."""
    return next((words[label] for label in labels if words.get(label)), None)


def state_of(page: Page, words: Mapping[str, str]) -> str | None:
    """The state that was asked for; on a saved page, what the kind of time tells."""
    if asked := address_value(page.url, "restate"):
        return f"restate {asked}"
    if words.get("开始时间"):
        return "即将开始"
    return "正在拍卖" if words.get("预计结束时间") else None


# The lot -----------------------------------------------------------------------------------------------------------

LOT_ADDRESS = re.compile(r"/sf/item2\.do\?(?:[^#]*&)?Web_Item_ID=(\d{1,12})(?:[&#]|$)", re.IGNORECASE)
TABLE_LABELS = (
    "模式",
    "拍卖次数",
    "类型",
    "竞价周期",
    "延时周期",
    "加价幅度",
    "起拍价",
    "变卖价",
    "保证金",
    "变卖预缴款",
    "评估价",
    "市场价",
    "参考价",
)
STATES = frozenset(label for label in DIALECT.status_labels if not label.startswith("restate"))
IS_STATE = " or ".join(f"normalize-space(.)='{label}'" for label in sorted(STATES))
OUTSIDE_NOTICES = (
    f"(//text()[{IS_STATE}])[position() <= 200]"  # looking up from every text of a deep page takes seconds
    "[not(ancestor::div[contains(@class, 'd-article')]) and not(parent::script or parent::style)]"
)
SIGNATURE = re.compile(
    r"人民法院\s*((?:\d{4}|[一二三四五六七八九零〇○]{4})年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})日)"
)


def recognises_lot(page: Page) -> bool:
    """By the address, or by the elements of a saved page."""
    return bool(LOT_ADDRESS.search(page.url)) or (b'id="Web_Item_ID"' in page.body and b"d-m-title" in page.body)


def parse_lot(page: Page) -> PageContent:
    """Read one lot. The day of the notice stands in its signature only, and stays in the words.

    Raises:
        PageRefused: a wall, a page cut off, without title, price or id.
    """
    root = whole_document(page, SOURCE, WALL_SIGNS)
    title = root.css("div.d-m-title").xpath("normalize-space(.)").get("")
    words = read_table(root)
    if not title or not any(words.get(label) for label in STARTING):
        raise LayoutChanged("lot without title or price", source=SOURCE, url=page.url)
    notice = "\n".join(text_of(part.get()) for part in root.css("div.d-article, div.d-article2"))
    if signed := SIGNATURE.search(notice):
        words["落款"] = signed[1]
    status = read_state(root)
    item = ListingItem(
        source_id=read_id(page, root),
        words=words | ({"状态": status} if status else {}),
        url=bare_url(page),
        title=title,
        round_raw=words.get("拍卖次数") or round_badge(title) or ("变卖" if words.get("变卖价") else None),
        status_raw=status,
        seller_name=court_in(notice.splitlines()),
        starting_price_raw=yuan(pick(words, STARTING)),
        current_price_raw=yuan(words.get("当前价")) if status == "正在拍卖" else None,
        hammer_price_raw=yuan(words.get("当前价")) if status == "已成交" else None,
        appraisal_price_raw=yuan(pick(words, APPRAISAL)),
        market_price_raw=yuan(pick(words, MARKET)),
        bid_count_raw=words.get("出价次数"),
        applicant_count_raw=words.get("报名"),
        image_url=read_picture(root, page),
        details=Details(
            deposit_raw=yuan(words.get("保证金") or words.get("变卖预缴款")),
            increment_raw=yuan(words.get("加价幅度")),
            bidding_period_raw=words.get("竞价周期"),
            extension_raw=words.get("延时周期"),
            share_raw=share_in(title),
        ),
    )
    return PageContent(items=[fill_from_notice(item, notice)])


def read_table(root: Selector) -> dict[str, str]:
    """The table of terms, the counts and the price beside it."""
    words = read_labelled([line for part in root.css(".d-m-tb") for line in visible_lines(part)], TABLE_LABELS)
    single = {
        "报名": root.xpath("//div[contains(@class,'peoples-infos')]/span[1]/b"),
        "出价次数": root.css("#html_Bid_Shu"),
        "当前价": root.css("b.price-red"),
    }
    for label, nodes in single.items():
        if value := "".join(nodes.xpath("string(.)").get("").split()):
            words[label] = value
    return words


def read_id(page: Page, root: Selector) -> str:
    """The lot's id, from the page's own field, else from the address.

    Raises:
        LayoutChanged: neither, or two different ones.
    """
    own = root.css("input#Web_Item_ID").xpath("string(@value)").get("").strip()
    found = LOT_ADDRESS.search(page.url)
    asked = found[1] if found else own
    if not (asked.isascii() and asked.isdigit()) or (own and own != asked):
        raise LayoutChanged(
            f"lot {own or 'without id'} at the address of {asked or 'none'}", source=SOURCE, url=page.url
        )
    return asked


def read_state(root: Selector) -> str | None:
    """The one word for a state that stands alone outside the notices; where on the page is not known."""
    found = {text.strip() for text in root.xpath(OUTSIDE_NOTICES).getall()} & STATES
    return found.pop() if len(found) == 1 else None


def read_picture(root: Selector, page: Page) -> str | None:
    """The first picture in full size."""
    source = root.css("ul.small-pics li a").xpath("string(@rev)").get("").strip()
    return join_url(asked_address(page, HOME_URL), source) if source else None


READERS = (
    Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list, is_timeless=True),
    Reader(LOT, SOURCE, DIALECT, recognises_lot, parse_lot),
)

SPEC = SourceSpec(
    name=SOURCE,
    title="公拍网 (gpai.net)",
    home_url=HOME_URL,
    about="Court sales, East China above all: 76 upcoming homes in 2026-08. Page 1 of each search only, then a slider.",
    expects=Expectation(at_least=1, at_most=2_000),
    readers=READERS,
    min_delay_seconds=10.0,
    is_walled=True,
    fixtures="synthetic",
    sale_kinds="court auction, sell-off",
    robots="not known beforehand: obeyed live",
    requests_per_day=300,
    item_pages=own_page(LOT),
)
