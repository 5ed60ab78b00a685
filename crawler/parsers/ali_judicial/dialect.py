"""The words of Alibaba's judicial auctions: list JSON, cards and title prefixes."""

import re

from crawler.items import Dialect
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

SOURCE = "ali_judicial"
HOME_URL = "https://sf.taobao.com/"

# How a detail page says that an attempt was stopped. The four words are those of notices and list codes; no page that
# says so was recorded, so each is known in every form in which 流拍 could be said.
STOPPED = {
    "撤回": RoundStatus.WITHDRAWN,
    "中止": RoundStatus.SUSPENDED,
    "暂缓": RoundStatus.POSTPONED,
    "终止": RoundStatus.TERMINATED,
    "流拍": RoundStatus.FAILED,
}
DETAIL_STATUSES: dict[str, RoundStatus | None] = {
    **{f"本场{sale}已{word}": status for sale in ("", "拍卖", "变卖", "竞价") for word, status in STOPPED.items()},
    "本场竞价失败，无人出价": RoundStatus.FAILED,
    "本场已结束": RoundStatus.ENDED,
    "本场已结束, 成交价": RoundStatus.SOLD,
    "本场已结束, 拍下价": RoundStatus.SOLD,  # hammer down; the money may not be paid yet
    "距开始": RoundStatus.UPCOMING,
    "距结束": RoundStatus.ONGOING,
    "结束时间": RoundStatus.ENDED,
    "BID_CONTROL done": RoundStatus.ENDED,
    "BID_CONTROL succ": RoundStatus.SOLD,
    "bidStatus 1": RoundStatus.UPCOMING,
    "bidStatus 2": RoundStatus.UPCOMING,
    "bidStatus 3": RoundStatus.ONGOING,
    "bidStatus 4": RoundStatus.ENDED,
    "bidStatus 5": RoundStatus.SOLD,
    "bidStatus 6": RoundStatus.WITHDRAWN,
    "govStatus 2": RoundStatus.SOLD,
    "govStatus 4": RoundStatus.FAILED,
    "h5BidStatus 2": RoundStatus.SOLD,
    "h5BidStatus 6": RoundStatus.FAILED,
}

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    seller_kind=SellerKind.COURT,
    round_labels={
        "sellOff": RoundKind.SELL_OFF,
        "变卖价": RoundKind.SELL_OFF,
        "变卖": RoundKind.SELL_OFF,
        "第一次拍卖": RoundKind.FIRST_AUCTION,
        "第一次": RoundKind.FIRST_AUCTION,
        "一拍": RoundKind.FIRST_AUCTION,
        "第二次拍卖": RoundKind.SECOND_AUCTION,
        "第二次": RoundKind.SECOND_AUCTION,
        "二拍": RoundKind.SECOND_AUCTION,
        "第三次拍卖": RoundKind.THIRD_AUCTION,
        "第三次": RoundKind.THIRD_AUCTION,
        "三拍": RoundKind.THIRD_AUCTION,
        "再次拍卖": RoundKind.REPEAT_AUCTION,
        "重新拍卖": RoundKind.RE_AUCTION,
    },
    status_labels={
        "todo": RoundStatus.UPCOMING,
        "doing": RoundStatus.ONGOING,
        "done": RoundStatus.ENDED,
        "done, with bids": RoundStatus.SOLD,
        "done, no bids": RoundStatus.ENDED,
        "failure": RoundStatus.FAILED,
        "break": RoundStatus.SUSPENDED,
        "revocation": RoundStatus.WITHDRAWN,
        "即将开始": RoundStatus.UPCOMING,
        "正在进行": RoundStatus.ONGOING,
        "已结束": RoundStatus.ENDED,
        "已结束, with bids": RoundStatus.SOLD,
        "已结束, no bids, applicants": RoundStatus.ENDED,  # 1067590571888: 2 applicants, result only on its page
        "已结束, no bids, no applicants": RoundStatus.FAILED,
        "已中止": RoundStatus.SUSPENDED,
        "已撤回": RoundStatus.WITHDRAWN,
        **DETAIL_STATUSES,
    },
    # The blocks of the front page of 2018: only one tells a kind, the others mix flats, shops and land.
    kind_labels={
        "car-data": PropertyKind.VEHICLE,
        "house-data": None,
        "other-data": None,
        "tomorrow-data": None,
        "after-tomorrow-data": None,
        "three-days-later-data": None,
    },
    loan_labels={"0": False, "1": True, "支持贷款": True, "可贷款": True},
)

ROUND_PREFIX = re.compile(
    r"[【（](第[一二三四五六七八九十]{1,3}次(?:拍卖)?|[一二三四五六七八九十]拍|变卖|再次拍卖|重新拍卖)[】）]"
)


def round_in_title(title: str) -> str | None:
    """The round that a court writes before the name: 【第一次拍卖】, also behind another bracket such as 【VR全景】."""
    if not title.startswith(("【", "（")):
        return None
    found = ROUND_PREFIX.search(title, 0, 24)
    return found[1] if found else None
