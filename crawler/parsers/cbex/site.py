"""The site of 北交互联: its addresses, calls and words."""

import re

from crawler.errors import Blocked, LayoutChanged
from crawler.items import Dialect, Follow
from crawler.notices import ROUND_LABELS
from crawler.page import Page
from crawler.parsers.court_lots import address_value, check_status, with_unsent
from crawler.parsers.html import page_text
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

SOURCE = "cbex"
LIST = f"{SOURCE}.list"
LOT = f"{SOURCE}.lot"
STATE = f"{SOURCE}.state"
BIDS = f"{SOURCE}.bids"
COUNTS = f"{SOURCE}.counts"
HOME_URL = "https://otc.cbex.com/"
LIST_URL = f"{HOME_URL}page/sfpm/list/list_li"
PAGE_SIZE = 16
XMID = re.compile(r"[0-9A-Za-z-]{6,64}")
XMID_IN_NAME = re.compile(r"(?<![0-9A-Za-z])[0-9A-F]{32}(?![0-9A-Za-z])")

CLASSES = {
    "6": "住宅用房",
    "26": "商业用房",
    "27": "工业用房",
    "28": "其他用房",
    "5": "机动车",
    "14": "股权",
    "17": "债权",
    "100138": "土地",
    "36": "林权",
    "39": "矿权",
    "12": "船舶",
    "29": "航空",
    "100286": "其他",
}
"""The classes of the list form (bdwlx)."""

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    seller_kind=SellerKind.COURT,
    round_labels=ROUND_LABELS
    | {
        "第一次拍卖": RoundKind.FIRST_AUCTION,
        "第二次拍卖": RoundKind.SECOND_AUCTION,
    },
    status_labels={
        "即将开始": RoundStatus.UPCOMING,
        "竞价中": RoundStatus.ONGOING,
        "已结束，有最高报价": RoundStatus.SOLD,
        "已结束": RoundStatus.ENDED,
        "已撤回": RoundStatus.WITHDRAWN,
        "竞价暂停": RoundStatus.SUSPENDED,
        "已中止": RoundStatus.SUSPENDED,
        "已流拍": RoundStatus.FAILED,
        "JYZT 400": RoundStatus.SOLD,  # the only code that is explained
    },
    kind_labels={
        "住宅用房": None,  # flats and houses: the title tells
        "商业用房": PropertyKind.COMMERCIAL,
        "工业用房": PropertyKind.INDUSTRIAL,
        "其他用房": None,
        "机动车": PropertyKind.VEHICLE,
        "股权": PropertyKind.OTHER,
        "债权": PropertyKind.LOAN,
        "土地": PropertyKind.LAND,
        "林权": PropertyKind.OTHER,
        "矿权": PropertyKind.OTHER,
        "船舶": PropertyKind.OTHER,
        "航空": PropertyKind.OTHER,
        "其他": None,
    },
    loan_labels={"可贷款": True, "支持贷款": True, "是": True, "不可贷款": False, "不支持贷款": False, "否": False},
)


def list_page(page_number: int, class_code: str = "", province: str = "") -> Follow:
    """The call for one page of the list, from 1; ``province`` is a six-digit code. The address tells all, unsent."""
    empty = dict.fromkeys(("kpsjbegin", "kpsjend", "jgbegin", "jgend", "order", "dk", "xg", "keyWord"), "")
    asked = {"bdwlx": class_code, "bdwszd": province, "pageNo": str(page_number)}
    form = empty | asked | {"pageSize": str(PAGE_SIZE), "flushResources": "true"}
    return Follow(with_unsent(LIST_URL, **asked), LIST, "POST", form, is_next_page=True)


def lot_page(xmid: str, itemno: str) -> Follow:
    """The page of a lot."""
    return Follow(with_unsent(f"{HOME_URL}sfpm/detail/{itemno}.html", xmid=xmid), LOT, about=xmid)


def state_call(xmid: str, itemno: str) -> Follow:
    """The call for the state of a lot."""
    address = with_unsent(f"{HOME_URL}page/sfpm/detail/prjBidInfo?cpdm={xmid}&jjcc=1", itemno=itemno)
    return Follow(address, STATE, "POST", {})


def result_calls(xmid: str, itemno: str | None) -> list[Follow]:
    """The calls for the bids of a lot and, where its other key is known, for its sign-ups.

    ``puuid`` is a time stamp against caches; nothing is signed up for (isSubmitBzj).
    """
    form = {"cpdm": xmid, "jjcc": "1"}
    service = f"{HOME_URL}service/sfpm/detail"
    bids = f"{service}/bidInfo?tag={xmid}_&puuid=0&isSubmitBzj=false&ws=true"
    calls = [Follow(with_unsent(bids, cpdm=xmid), BIDS, "POST", form, about=xmid)]
    counts = Follow(f"{service}/detailInfo?xmid={xmid}&itemno={itemno}", COUNTS, about=xmid)
    return [*calls, counts] if itemno else calls


def fragment(page: Page) -> str:
    """The markup of a call that answers a part of a page.

    Raises:
        PageRefused: an error status, or a whole document in its place (Blocked).
    """
    check_status(page, SOURCE)
    text = page_text(page, SOURCE)
    head = text[:500].lstrip().lower()
    if head.startswith(("<!doctype", "<html", "<head", "<script")):
        raise Blocked("a document where a fragment was due", source=SOURCE, url=page.url)
    return text


def read_xmid(page: Page) -> str:
    """The id of the lot that a page or an answer belongs to, from its address or the name of its file.

    Raises:
        LayoutChanged: neither tells.
    """
    tag = address_value(page.url, "tag")
    for told in (address_value(page.url, "xmid"), address_value(page.url, "cpdm"), tag.rstrip("_") if tag else None):
        if told and XMID.fullmatch(told):
            return told
    if found := XMID_IN_NAME.search(page.url):
        return found[0]
    raise LayoutChanged("neither address nor page names the lot (xmid)", source=SOURCE, url=page.url)
