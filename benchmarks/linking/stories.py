"""What happens to a made-up home: auctions, sell-off, banks, new procedures, second platforms.

Where the proportions come from (``captures``): of the titles of 2020-05 3,453 were first auctions, 1,879 second ones
and 554 sell-offs, so half of the first and a third of the second auctions go on. Starts are 0.70 of the appraisal or
more, second starts 0.80 of the first in most chains (JD Fujian, Chongqing, rmfysszc) and seldom 0.85 to 1.00; a
sell-off asks the second start. Two rounds lie 20 to 70 days apart (Fujian 22, Chongqing 60 to 77). Homes sold again
after a default: 31 to 122 days, four of five at the same start (957 pairs of ``sold-repeat-addresses``); of the pairs
with two appraisals one in eight has another one. A suspended 一拍 that returned as a sell-off: parking space 245 of
Liuzhou. Banks: 0.70 and 0.95 of the step before (JD Jiangsu), 0.80 (民生武汉), and the same again. Shares of bank
sales, new procedures and second platforms are guesses: no capture follows a home across them.
"""

from typing import NamedTuple

from benchmarks.linking.homes import Compound, Draw, Home
from store.terms import RoundKind, RoundStatus, SellerKind

BANKS = (
    ("平安银行总行资产拍卖", SellerKind.JOINT_STOCK_BANK),
    ("中国工商银行股份有限公司", SellerKind.STATE_BANK),
    ("中国民生银行股份有限公司", SellerKind.JOINT_STOCK_BANK),
    ("中国建设银行股份有限公司", SellerKind.STATE_BANK),
    ("江苏银行股份有限公司", SellerKind.CITY_BANK),
    ("兰州银行股份有限公司", SellerKind.CITY_BANK),
    ("中国农业银行股份有限公司", SellerKind.STATE_BANK),
)
COURT_PLATFORMS = ("ali_judicial", "ali_judicial", "ali_judicial", "jd_judicial", "jd_judicial", "gpai", "rmfysszc")
BANK_PLATFORMS = ("ali_assets", "jd_assets", "cbex", "jd_assets", "ali_assets")
ELSEWHERE = 8
"""Added to the number of a procedure: the same on a second platform."""

SOLD, FAILED = RoundStatus.SOLD, RoundStatus.FAILED


class Attempt(NamedTuple):
    """One listing of a home. Money in whole yuan, days after 2017-01-01."""

    source: str
    procedure: int  # attempts of one procedure are written by one hand
    seller: str
    seller_kind: SellerKind
    case: str | None
    kind: RoundKind
    status: RoundStatus
    price: int
    appraisal: int | None
    day: int
    days: int  # until it ends


class Court(NamedTuple):
    """A procedure: who sells, where, under which number, for which value."""

    source: str
    procedure: int
    seller: str
    case: str
    value: int
    is_valued: bool


def open_case(draw: Draw, compound: Compound, day: int) -> tuple[str, str, str]:
    """Platform, court and case number: those of a debtor, who may own more than one home."""
    place = compound.place
    is_local = draw() < 0.7
    court = f"{compound.district}人民法院" if is_local else f"{place.city}中级人民法院"
    code = compound.code[2:] if is_local else compound.code[2:4]
    revived = "恢" if draw() < 0.12 else ""
    case = f"({2017 + day // 365}){place.letter}{code}执{revived}{int(draw() * 9_000) + 1}号"
    return COURT_PLATFORMS[int(draw() * len(COURT_PLATFORMS))], court, case


def tell(draw: Draw, compound: Compound, home: Home, debtor: tuple[str, str, str] | None, day: int) -> list[Attempt]:
    """The attempts to sell a home, in the order of their days. ``debtor``: the case that the siblings share."""
    source, seller, case = debtor or open_case(draw, compound, day)
    attempts: list[Attempt] = []
    court = Court(source, 0, seller, case, home.value, draw() < 0.73)
    day, is_sold = _procedure(draw, court, day, attempts)
    procedure = 1
    while procedure < 4 and draw() < (0.03 if is_sold else 0.45):
        day += 60 + int(draw() * 400)
        if draw() < 0.55:
            day = _bank(draw, compound, home, procedure, day, attempts)
        else:
            source, seller, case = open_case(draw, compound, day)
            value = int(home.value * (0.72 + draw() * 0.25))
            court = Court(source, procedure, seller, case, value, draw() < 0.73)
            day, is_sold = _procedure(draw, court, day, attempts)
        procedure += 1
    return attempts


def _procedure(draw: Draw, court: Court, day: int, attempts: list[Attempt]) -> tuple[int, bool]:
    """First auction, second, sell-off. Returns the day after and whether it was sold."""
    price = int(court.value * (0.7 if draw() < 0.6 else 0.7 + draw() * 0.3))
    for kind, goes_on in ((RoundKind.FIRST_AUCTION, 0.54), (RoundKind.SECOND_AUCTION, 0.42), (RoundKind.SELL_OFF, 0.0)):
        if kind is RoundKind.SECOND_AUCTION:
            price = int(price * (0.8 if draw() < 0.75 else 0.85 + draw() * 0.15))
        is_last = draw() >= goes_on
        is_sold = is_last and draw() < 0.75
        day = _attempt(draw, court, kind, SOLD if is_sold else FAILED, price, day, attempts)
        if is_sold and draw() < 0.04:  # the winner does not pay
            start = price if draw() < 0.8 else int(price * 0.8)
            return _attempt(draw, court, RoundKind.RE_AUCTION, SOLD, start, day + 25 + int(draw() * 90), attempts), True
        if is_last:
            return day, is_sold
        day += 18 + int(draw() * 30 + draw() * 30)
    return day, False


def _attempt(
    draw: Draw, court: Court, kind: RoundKind, status: RoundStatus, price: int, day: int, attempts: list[Attempt]
) -> int:
    days = 60 if kind is RoundKind.SELL_OFF else 1
    appraisal = court.value if court.is_valued or draw() < 0.05 else None
    row = Attempt(
        court.source,
        court.procedure,
        court.seller,
        SellerKind.COURT,
        court.case,
        kind,
        status,
        price,
        appraisal,
        day,
        days,
    )
    if draw() < 0.02:  # stopped, and taken up again under another id
        attempts.append(row._replace(status=RoundStatus.SUSPENDED if draw() < 0.6 else RoundStatus.WITHDRAWN))
        day += 10 + int(draw() * 120)
        row = row._replace(day=day)
    attempts.append(row)
    if draw() < 0.03:  # the notice board of the courts, or a second platform
        attempts.append(
            row._replace(source="caa123" if court.source != "caa123" else "gpai", procedure=court.procedure + ELSEWHERE)
        )
    return day + days


def _bank(draw: Draw, compound: Compound, home: Home, procedure: int, day: int, attempts: list[Attempt]) -> int:
    name, kind = BANKS[int(draw() * len(BANKS))]
    if kind is not SellerKind.JOINT_STOCK_BANK:
        name += compound.place.city[:-1] + "分行"
    source = BANK_PLATFORMS[int(draw() * len(BANK_PLATFORMS))]
    value = int(home.value * (0.8 + draw() * 0.2)) if draw() < 0.45 else None
    price = int(home.value * (0.6 + draw() * 0.4))
    for _ in range(1 + int(draw() * draw() * 6)):
        row = Attempt(source, procedure, name, kind, None, RoundKind.DIRECT_SALE, FAILED, price, value, day, 30)
        attempts.append(row)
        if draw() < 0.2:
            elsewhere = "jd_assets" if source != "jd_assets" else "ali_assets"
            attempts.append(row._replace(source=elsewhere, procedure=procedure + ELSEWHERE, day=day + int(draw() * 6)))
        day += 30 + int(draw() * 40)
        price = price if draw() < 0.4 else int(price * (0.7 + draw() * 0.28))
    return day
