"""The words of Alibaba's asset side (zc-item, zc-paimai): who sells and which round it is, where the page tells.

Banks, asset companies, agents and administrators of bankrupts cut as often as they like, and each cut is a new item:
their 【第三次】 or 【第12次拍卖】 is a count and no round of the law (seen 2018 to 2022).
"""

import re

from crawler.items import Details, Dialect, ListingItem
from crawler.parsers.ali_judicial.dialect import DIALECT as COURT_DIALECT
from crawler.parsers.ali_judicial.dialect import SOURCE as COURT_SOURCE
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

SOURCE = "ali_assets"
HOME_URL = "https://zc-paimai.taobao.com/"
ITEM_URL = "https://zc-item.taobao.com/auction/{}.htm"

AUCTION = "auction of assets"
BY_BANK = "sold by a bank"
PRICE_REDUCTION = "降价拍"
WITH_BIDS = ", with bids, result not told"
"""Behind the state of an ended item. A court's starting price is its reserve, so one bid sells; here a reserve may be
kept (保留价), so bids alone prove nothing."""

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    round_labels={
        **COURT_DIALECT.round_labels,
        AUCTION: RoundKind.ASSET_AUCTION,
        BY_BANK: RoundKind.DIRECT_SALE,
        PRICE_REDUCTION: RoundKind.DUTCH_AUCTION,
    },
    status_labels={
        **COURT_DIALECT.status_labels,
        f"done{WITH_BIDS}": RoundStatus.ENDED,
        f"已结束{WITH_BIDS}": RoundStatus.ENDED,
        # The gateway: form A and form B.
        "before": RoundStatus.UPCOMING,
        "ing": RoundStatus.ONGOING,
        "end": RoundStatus.ENDED,
        "end, no bids, no applicants": RoundStatus.FAILED,
        "sold": RoundStatus.SOLD,
        "pause": RoundStatus.SUSPENDED,
        "revoke": RoundStatus.WITHDRAWN,
        # The page of an item.
        "成交": RoundStatus.SOLD,
        "流拍": RoundStatus.FAILED,
        "中止": RoundStatus.SUSPENDED,
        "撤回": RoundStatus.WITHDRAWN,
        "暂缓": RoundStatus.POSTPONED,
        "终止": RoundStatus.TERMINATED,
        # The phone page.
        "bidStatus 1": RoundStatus.UPCOMING,
        "bidStatus 2": RoundStatus.UPCOMING,
        "bidStatus 3": RoundStatus.ONGOING,
        "bidStatus 4": RoundStatus.ENDED,
        "bidStatus 5": RoundStatus.SOLD,
        "bidStatus 6": RoundStatus.WITHDRAWN,
    },
    # The site's own categories, by row in form B of the gateway. 住宅 are flats and houses: the title tells which.
    kind_labels={
        "206060601": None,
        "206058503": None,
        "206060701": None,
        "206060202": None,
        "206146002": None,
        "206067201": PropertyKind.OTHER,
        "206057102": PropertyKind.COMMERCIAL,
        "206051702": PropertyKind.INDUSTRIAL,
        "206067101": PropertyKind.LAND,
        "206067301": PropertyKind.LOAN,
        "206053405": PropertyKind.VEHICLE,
    },
    loan_labels=COURT_DIALECT.loan_labels,
    seller_labels={"court": SellerKind.COURT},
)

# What ``crawler.normalize.sellers`` calls a bank, as far as the kind of sale hangs on it; a test compares the two.
BANK = re.compile(
    r"(?:银行(?!业|家|卡|大厦|大楼)|农商行|农村信用|农信|信用合作|信用联?社|农合行|^(?:中国)?[工农中建交招]行(?!业))"
    r"(?!.*(?:物业|业主|拍卖行|拍卖有限|债务|债权转让))"
)
NO_BANK = re.compile(r"管理人|清算|法院|人民银行|债务人|借款人|执行人|买受人|竞买人|竞得人|抵押人|担保人|纠纷|委员会")
COUNTED = re.compile(r"第([一二三四五六七八九十]{1,3}|\d{1,2})次|([一二三四五六七八九十]{1,3}|\d{1,2})拍$")
BANKRUPT_SELLER = re.compile(r"(?<!基金)(?<!资产)管理人|清算组|清算委员会|破产")
BANKRUPT_TITLE = re.compile(r"^[^，。]{0,20}[（(【]破[）)】产]|破产(?:财产|资产|企业|管理人)")
ROUND_IN_TITLE = re.compile(
    r"[【（(\[](第(?:[一二三四五六七八九十]{1,3}|\d{1,2})次(?:拍卖)?|(?:[一二三四五六七八九十]{1,2}|\d{1,2})拍"
    r"|变卖|再次拍卖|重新拍卖|降价拍)[】）)\]]"
)
NO_SALE = re.compile(
    r"[【（(\[]招[商租]|招商(?:公告|推介|信息|$)|(?:公开|对外|意向)招商|招租|租赁权|承租权|首年租金|经营权|使用权(?:出租|租赁)"
)
"""Leases, and advertisements for interest (招商, no price). 招商 alone is also a builder's name: 招商雍景湾."""


def is_bank(seller: str) -> bool:
    """Whether the seller is a bank: of any kind, by any of its branches."""
    name = "".join(seller.split())
    return BANK.search(name) is not None and NO_BANK.search(name) is None


def is_bankruptcy(title: str, seller: str | None) -> bool:
    """Whether a bankrupt's estate is sold: by its administrator, or marked （破） in the title."""
    return bool(BANKRUPT_TITLE.search(title) or (seller and BANKRUPT_SELLER.search(seller)))


def published_round(title: str) -> str | None:
    """The round that the title names in brackets, near its beginning: 第三次, 一拍, 第12次拍卖."""
    found = ROUND_IN_TITLE.search(title, 0, 30)
    return found[1] if found else None


def round_number(published: str | None) -> int | None:
    """The number that a published round counts, from 1; ``None`` where it counts nothing (变卖, 再次拍卖)."""
    found = COUNTED.match(published or "")
    if found is None:
        return None
    written = found[1] or found[2]
    if written.isdecimal():
        return int(written) or None
    tens, ten, ones = written.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0) or None


def sale_label(title: str, seller: str | None, published: str | None) -> str | None:
    """How it is sold, for the table of rounds; ``None`` where that hangs on a seller who is not told.

    Only a court's round is a round of the law. What others count is bidding again: the number is kept beside it.
    """
    is_bankrupt = is_bankruptcy(title, seller)
    if seller and "法院" in seller and not is_bankrupt:
        return published
    if seller and is_bank(seller) and not is_bankrupt:
        return BY_BANK
    if published == PRICE_REDUCTION:
        return PRICE_REDUCTION
    return AUCTION if seller or is_bankrupt else None


def as_court_item(item: ListingItem) -> ListingItem:
    """An item of the court side that stands on a page of this one."""
    return item._replace(source=COURT_SOURCE, details=(item.details or Details())._replace(seller_kind_raw="court"))
