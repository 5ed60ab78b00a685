"""The site of 人民法院诉讼资产网: its addresses, its words, its refusals."""

from urllib.parse import quote, urljoin

from crawler.errors import Blocked, LayoutChanged, PageRefused
from crawler.items import Dialect, Follow
from crawler.notices import ROUND_LABELS
from crawler.page import Page
from crawler.parsers.html import page_text, refusal_by_status
from store.terms import Currency, RoundKind, RoundStatus, SellerKind

SOURCE = "rmfysszc"
LIST = f"{SOURCE}.list"
STATUS = f"{SOURCE}.status"
LOT = f"{SOURCE}.lot"
SEARCH = f"{SOURCE}.search"
HOME_URL = "https://www.rmfysszc.gov.cn/"
LIST_URL = urljoin(HOME_URL, "ProjectHandle.shtml")
NOTHING_FOUND = "暂无您查询的标的物"
WALL = "您的访问存在异常"

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    seller_kind=SellerKind.COURT,
    round_labels=ROUND_LABELS
    | {
        "第一次拍卖": RoundKind.FIRST_AUCTION,
        "第二次拍卖": RoundKind.SECOND_AUCTION,
        "重新一拍": RoundKind.RE_AUCTION,
    },
    status_labels={
        "即将开始": RoundStatus.UPCOMING,
        "预计剩余": RoundStatus.ONGOING,
        "已成交": RoundStatus.SOLD,
        "已流标": RoundStatus.FAILED,
        "成交": RoundStatus.SOLD,  # column 成交结果 of the search
        "流标": RoundStatus.FAILED,
        "流拍": RoundStatus.FAILED,
        "state 0, fun1 0": RoundStatus.SOLD,
        "state 0, fun1 1": RoundStatus.FAILED,
        "state 1": RoundStatus.ONGOING,
        "state 3": None,  # 3 and 5 are timers: they tell no state
        "state 4": RoundStatus.HALTED,  # cancelled, suspended or withdrawn: the reason stands only on the lot's page
        "state 5": None,
        "state 6": RoundStatus.ENDED,
    },
)


def item_pages(lot_id: str, _url: str | None = None) -> list[Follow]:
    """Status and page of a lot."""
    return [
        Follow(urljoin(HOME_URL, f"Object/Finish.shtml?oid={lot_id}"), STATUS),
        Follow(urljoin(HOME_URL, f"statichtml/rm_obj/{lot_id}.shtml"), LOT),
    ]


def list_form(page_number: int, area: str = "") -> dict[str, str]:
    """The form of the list call: all classes and states, one area (广东省) or all, pages from 1."""
    empty = dict.fromkeys(("name", "city", "city1", "city2", "money", "money1", "fid1", "fid2", "fid3"), "")
    fixed = {"type": "0", "xmxz": "0", "state": "0", "number": "0", "order": "0", "include": "0"}
    return empty | fixed | {"area": area, "page": str(page_number)}


def list_page(page_number: int, area: str = "", address: str = LIST_URL) -> Follow:
    """The call for one page of the list. Answers do not tell their area: the address carries it, unsent, as #area=…"""
    url = address.partition("#")[0] + (f"#area={quote(area)}" if area else "")
    return Follow(url, LIST, "POST", list_form(page_number, area), is_next_page=True)


def refusal(page: Page) -> PageRefused | None:
    """The refusal that a page of this source is, or ``None`` for one that may be healthy. Never raises."""
    if refused := refusal_by_status(page, SOURCE):
        return refused
    try:
        is_wall = WALL in page_text(page, SOURCE)
    except LayoutChanged as error:
        return error
    return Blocked(f"firewall: {WALL}", source=SOURCE, url=page.url) if is_wall else None


def check_answer(page: Page) -> None:
    """Let pass what was answered with 200 and is no refusal.

    Raises:
        PageRefused: the refusal, else LayoutChanged.
    """
    if refused := refusal(page):
        raise refused
    if page.http_status != 200:
        raise LayoutChanged(f"HTTP status {page.http_status}", source=SOURCE, url=page.url)
