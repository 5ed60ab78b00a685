"""The site of 工行融e购: its addresses, calls and words."""

from crawler.items import Dialect, Follow
from crawler.notices import ROUND_LABELS
from crawler.parsers.court_lots import with_unsent
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus

SOURCE = "icbc"
LIST = f"{SOURCE}.list"
LOT = f"{SOURCE}.lot"
LIVE = f"{SOURCE}.live"
VISITORS = f"{SOURCE}.visitors"
HOME_URL = "https://gf.trade.icbc.com.cn/"
LIST_URL = f"{HOME_URL}searchproducts/pv.jhtml"
LIVE_URL = f"{HOME_URL}subjectMatterTrade/getNewDateNew.jhtml"
BANK_SALE = "银行直售"

CATEGORIES = {
    "SM310000000000000006": "住宅用房",
    "SM310000000000000026": "商业用房",
    "SM310000000000000027": "工业用房",
    "SM310000000000000028": "其他用房",
    "SM310000000000000007": "建设用地使用权",
    "SM310000000000000023": "宅基地使用权",
    "SM310000000000000025": "其他土地使用权",
    "SM310000000000000005": "车辆",
    "SM310000000000000031": "一般动产",
    "SM310000000000000014": "股权",
    "SM310000000000000255": "其他",
}
"""The classes of the search form (recorded 2022-12)."""

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    round_labels=ROUND_LABELS
    | {
        "第一次拍卖": RoundKind.FIRST_AUCTION,
        "第二次拍卖": RoundKind.SECOND_AUCTION,
        "变卖中": RoundKind.SELL_OFF,
        BANK_SALE: RoundKind.DIRECT_SALE,
        "银行直供": RoundKind.DIRECT_SALE,
        "银行清仓": RoundKind.DIRECT_SALE,
        "直售": RoundKind.DIRECT_SALE,
        "抵债资产": RoundKind.DIRECT_SALE,
    },
    status_labels={
        "tradeStatus 2": RoundStatus.UPCOMING,  # 公告中
        "tradeStatus 3": RoundStatus.WITHDRAWN,  # 已撤回
        "tradeStatus 4": RoundStatus.ONGOING,  # 拍卖中
        "tradeStatus 9": RoundStatus.FAILED,  # 已流拍
        "tradeStatus 11": RoundStatus.ENDED,  # 竞买结束
        "tradeStatus 18": RoundStatus.ONGOING,  # 变卖中
        "tradeStatus 22": RoundStatus.ENDED,  # not explained: see the notes of the package
        "tradeStatus 25": RoundStatus.WITHDRAWN,  # 已撤拍
    },
    kind_labels={
        "住宅用房": None,  # flats and houses: the title tells
        "商业用房": PropertyKind.COMMERCIAL,
        "工业用房": PropertyKind.INDUSTRIAL,
        "其他用房": None,
        "建设用地使用权": PropertyKind.LAND,
        "宅基地使用权": PropertyKind.LAND,
        "其他土地使用权": PropertyKind.LAND,
        "车辆": PropertyKind.VEHICLE,
        "一般动产": PropertyKind.OTHER,
        "股权": PropertyKind.OTHER,
        "其他": None,
    },
)


def list_page(page_number: int, category: str = "", place: str = "") -> Follow:
    """The call for one page of court sales, from 1; ``place`` is a code of two or four digits (44, 4401).

    The address tells what is asked, unsent. Fields of the form whose values nobody explains are left empty.
    """
    names = ("searchType", "startPrice", "endPrice", "smBidType", "smIndustry", "smEnsureWay", "smYapinType")
    filters = {
        "categoryFilter": f'["{category}"]' if category else "",
        "SMProvinceFilter": f'["{place[:2]}"]' if place else "",
        "SMSecondRegionFilter": f'["{place}"]' if len(place) > 2 else "",
    }
    fixed = {"subjectChildType": "1", "filterObjectId": "8", "filterObjectName": "资产处置平台"}
    form = dict.fromkeys(names, "") | filters | fixed | {"currentPage": str(page_number)}
    address = with_unsent(LIST_URL, category=category, place=place, currentPage=str(page_number))
    return Follow(address, LIST, "POST", form, is_next_page=True)


def live_call(trade_id: str) -> Follow:
    """The call for state, end and bids of a lot."""
    return Follow(f"{LIVE_URL}?subjectMatterTradeId={trade_id}", LIVE)
