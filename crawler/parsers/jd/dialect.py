"""JD's words: codes of status, round, category and seller, told by several public projects unless another is named."""

import re
from typing import NamedTuple

from crawler.items import Dialect
from crawler.parsers.jd.calls import JUDICIAL
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

BIDDING, PRICE_REDUCTION, FIXED_PRICE = "竞价", "降价拍", "一口价"
LATER = "第四次及以后"

ENDED = "2"
SOLD = "auctionStatus 2, sold"
FAILED = "auctionStatus 2, failed"

KINDS = {
    **dict.fromkeys(("102", "13809"), PropertyKind.COMMERCIAL),
    "103": PropertyKind.INDUSTRIAL,
    **dict.fromkeys(("105", "12727"), PropertyKind.VEHICLE),
    **dict.fromkeys(("109", "12767"), PropertyKind.LOAN),
    **dict.fromkeys(("112", "12730"), PropertyKind.LAND),
}
PAGE_STATES = {
    "预告中": RoundStatus.UPCOMING,
    "即将开始": RoundStatus.UPCOMING,
    "进行中": RoundStatus.ONGOING,
    "正在进行": RoundStatus.ONGOING,
    "已结束": RoundStatus.ENDED,
    "已成交": RoundStatus.SOLD,
    "已流拍": RoundStatus.FAILED,
    "已撤回": RoundStatus.WITHDRAWN,
    "已暂缓": RoundStatus.POSTPONED,
    "已暂停": RoundStatus.SUSPENDED,
    "已中止": RoundStatus.SUSPENDED,
    "已终止": RoundStatus.TERMINATED,
}
"""What the page of an item says (2026: 预告中, 已结束, 已成交, 已流拍 seen; the others are told)."""

# 101 and 12728 住宅用房 hold houses, flats and their parking spaces; 104 and 12762 any kind of room: the title decides.
ROOMS = ("101", "12728", "104", "12762")
OTHER_THINGS = [str(code) for code in range(106, 135)]
OLD_OTHER_THINGS = ("12763", "12764", "12765", "12766", "12768", "12769", "13129", "21439", "21440")

DIALECT = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    round_labels={
        "paimaiTimes 1": RoundKind.FIRST_AUCTION,
        "paimaiTimes 2": RoundKind.SECOND_AUCTION,
        "paimaiTimes 3": RoundKind.REPEAT_AUCTION,  # 再次拍卖: told by one project (2026), never seen
        "paimaiTimes 4": RoundKind.SELL_OFF,
        "paimaiTimes 6": RoundKind.ASSET_AUCTION,  # 破产: outside the law of court rounds
        "一拍": RoundKind.FIRST_AUCTION,
        "二拍": RoundKind.SECOND_AUCTION,
        "三拍": RoundKind.THIRD_AUCTION,
        LATER: RoundKind.LATER_AUCTION,
        "变卖": RoundKind.SELL_OFF,
        "再次拍卖": RoundKind.REPEAT_AUCTION,
        "重新拍卖": RoundKind.RE_AUCTION,
        BIDDING: RoundKind.ASSET_AUCTION,
        PRICE_REDUCTION: RoundKind.DUTCH_AUCTION,
        FIXED_PRICE: RoundKind.DIRECT_SALE,
    },
    status_labels={
        "auctionStatus 0": RoundStatus.UPCOMING,
        "auctionStatus 1": RoundStatus.ONGOING,
        "auctionStatus 2": RoundStatus.ENDED,
        SOLD: RoundStatus.SOLD,
        FAILED: RoundStatus.FAILED,
        "auctionStatus 3": None,  # 即将开始, told by one project for loans (2026) and seen by nobody else
        "displayStatus 3": RoundStatus.SUSPENDED,  # 已暂停, told by one project (2026)
        "displayStatus 5": RoundStatus.WITHDRAWN,
        "displayStatus 6": RoundStatus.POSTPONED,
        "displayStatus 7": RoundStatus.SUSPENDED,  # 已中止; one project of 2022 once writes 已终止
        **PAGE_STATES,
    },
    kind_labels={
        **dict.fromkeys(OTHER_THINGS, PropertyKind.OTHER),
        **dict.fromkeys(OLD_OTHER_THINGS, PropertyKind.OTHER),
        **dict.fromkeys(ROOMS, None),
        **KINDS,
    },
    loan_labels={"0": False, "1": True},
    seller_labels={
        "publishSource 7": SellerKind.COURT,
        "publishSource 9": None,  # banks, asset managers, auction houses, state firms: by the name
        "publishSource 10": None,
        "publishSource 0": None,
    },
)

NUMBER_OF_CODE = {"1": 1, "2": 2}
DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")}
TITLE_ROUND = re.compile(
    r"[【（(\[]\s?(?:第([一二三四五六七八九十\d]{1,3})次(?:拍卖|公开拍卖|竞价)?|([一二三四五六七八九])拍"
    r"|(变卖|再次拍卖|重新拍卖|降价拍|一口价))\s?[】）)\]]"
)


class TitleRound(NamedTuple):
    """What a title says of the round: the word for it, and its number where it counts."""

    word: str | None = None
    number: int | None = None


def round_in_title(title: str) -> TitleRound:
    """【一拍】, 【变卖】, 【第8次拍卖】 and the like, wherever the seller put it."""
    found = TITLE_ROUND.search(title)
    if found is None:
        return TitleRound()
    counted, named, word = found.groups()
    if word:
        return TitleRound(word)
    number = read_numeral(counted or named)
    return TitleRound({1: "一拍", 2: "二拍", 3: "三拍"}.get(number, LATER), number) if number else TitleRound()


def read_numeral(text: str) -> int:
    """A number below 1000 in digits, or below 100 in Chinese numerals."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def status_word(
    live: object,
    exception: object,
    bids: object,
    *,
    price: object = None,
    reserve: object = None,
    is_blown: bool = False,
    is_confirmed: bool = False,
) -> str | None:
    """The state as a label. The outcome is no field of JD's: it follows from state, bids and price.

    Ended, nothing exceptional: with bids sold, without bids failed. A bid under the reserve sells nothing, so the
    outcome of such a one stays open. A confirmation proves the sale, ``blowFlag`` 1 the failure; its 0 proves
    nothing (an item that ended without bids had 0, seen 2022-12).
    """
    if exception is not None and str(exception) != "1":
        return f"displayStatus {exception}"
    if str(live) != ENDED:
        return None if live is None else f"auctionStatus {live}"
    if is_confirmed:
        return SOLD
    if is_blown or bids in {0, "0"}:
        return FAILED
    is_under = isinstance(price, int | float) and isinstance(reserve, int | float) and price < reserve
    is_bid = isinstance(bids, int | str) and str(bids).isdecimal() and not is_under
    return SOLD if is_bid else "auctionStatus 2"


def round_word(source: str, times: object, title: TitleRound, form: str | None = None) -> str | None:
    """The round as a label: JD's code, else the title's word. ``form`` is how an asset is sold, where that is told.

    Outside the courts the law knows no rounds: what their titles count is bidding again.
    """
    if times not in {None, 0, "0", ""}:
        return f"paimaiTimes {times}"
    if source == JUDICIAL:
        return None if title.word in {PRICE_REDUCTION, FIXED_PRICE} else title.word
    if form is not None:
        return form
    return title.word if title.word in {None, PRICE_REDUCTION, FIXED_PRICE} else BIDDING


def round_number(source: str, times: object, title: TitleRound) -> int | None:
    """The number of the attempt where only the title counts: banks and bankrupts go on to the twelfth and on.

    Where JD's own code names the round of a court, the title's number is told only if it is another one: the code goes
    first, and that the two differ is a question.
    """
    code = str(times)
    if source != JUDICIAL or code not in {"1", "2", "3", "4"}:
        return title.number
    is_repeated = code == "3"  # 再次拍卖 has no number of its own
    return None if is_repeated or title.number == NUMBER_OF_CODE.get(code) else title.number
