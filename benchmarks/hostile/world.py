"""What is true on the hostile site: made-up lots of a court, in rounds, from their publication to their result.

Nothing here was recorded; the pages have the form of those of 人民法院诉讼资产网 that were (fixtures/rmfysszc).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from store.terms import RoundStatus

SHANGHAI = ZoneInfo("Asia/Shanghai")
PER_PAGE = 20
BIDDING = timedelta(hours=24)
LOTS_AT_FIRST = 70
NOTHING_FOUND = "<div class='tip'>暂无您查询的标的物</div>"
IMAGES = {RoundStatus.SOLD: ("cj.png", "已成交", "成交时间"), RoundStatus.FAILED: ("lb.png", "已流标", "流标时间")}


@dataclass(frozen=True, slots=True)
class Lot:
    """One round of one home. Prices in yuan; ``hammer`` is ``None`` where nobody bids. Times are aware."""

    number: int
    title: str
    picture: str
    stage: str
    start_price: int
    appraisal: int
    published: datetime
    starts: datetime
    hammer: int | None

    @property
    def ends(self) -> datetime:
        """When the bidding ends; nobody bids late here."""
        return self.starts + BIDDING

    def status_at(self, at: datetime) -> RoundStatus | None:
        """What is true of it; ``None`` before it is published."""
        if at < self.published:
            return None
        if at < self.starts:
            return RoundStatus.UPCOMING
        if at < self.ends:
            return RoundStatus.ONGOING
        return RoundStatus.FAILED if self.hammer is None else RoundStatus.SOLD


def make_lots(begins: datetime, seed: int) -> list[Lot]:
    """The lots of some days from ``begins`` on: ended ones, open ones, and the second rounds of those that fail."""
    random = Random(seed)
    lots: list[Lot] = []
    for place in range(LOTS_AT_FIRST):
        starts = begins.replace(minute=0, second=0, microsecond=0) + timedelta(hours=random.randint(-40, 40))
        appraisal = random.randint(300_000, 5_000_000)
        start_price = appraisal * 7 // 10
        hammer = start_price + 5_000 * random.randint(0, 40) if random.random() < 0.4 else None
        title = (
            f"广州市天河区虚构路{place + 1}号{random.randint(1, 9)}栋{random.randint(2, 30)}0{random.randint(1, 8)}房"
        )
        published = starts - timedelta(days=30)
        first = Lot(140_000 + place, title, f"{place:032X}", "一拍", start_price, appraisal, published, starts, hammer)
        lots.append(first)
        if hammer is None:
            lots.append(_second_round(first, random))
    return sorted(lots, key=lambda lot: lot.number)


def _second_round(first: Lot, random: Random) -> Lot:
    """The same home again: published some hours after it failed, a fifth cheaper, begun a day later."""
    published = first.ends + timedelta(hours=random.randint(1, 6))
    price = first.start_price * 8 // 10
    hammer = price if random.random() < 0.5 else None
    starts = (published + timedelta(hours=30)).replace(minute=0)
    return Lot(
        first.number + 10_000, first.title, first.picture, "二拍", price, first.appraisal, published, starts, hammer
    )


def list_answer(lots: Sequence[Lot], page: int, at: datetime) -> str:
    """One page of the list as it is at an instant: JSON that wraps HTML, the newest lots first."""
    shown = [lot for lot in reversed(lots) if lot.status_at(at)]
    cards = [_card(lot, at) for lot in shown[(page - 1) * PER_PAGE : page * PER_PAGE]]
    pager = (
        f"<a  onclick='post({page})' class='pagecur'>{page}</a><a  onclick='post({page + 1})' class='next'>下一页</a>"
    )
    return json.dumps({"html": "".join(cards) or NOTHING_FOUND, "page": pager}, ensure_ascii=False)


def _card(lot: Lot, at: datetime) -> str:
    status = lot.status_at(at)
    link = f"Handle/{lot.number}.shtml"
    address = f"https://filegy.rmfysszc.gov.cn/2026/{lot.picture}/{lot.picture}/{lot.picture}-1.jpg"
    picture = f"<div class='p_img'><a href='{link}' title='{lot.title}'><img src='{address}'></a></div>"
    valued = f"<p>评估值<span>{_wan(lot.appraisal)}万</span></p>"
    if status in IMAGES:
        image, word, label = IMAGES[status]
        price = lot.start_price if lot.hammer is None else lot.hammer
        body = (
            f"<p class='prod-price'><img src='//www.rmfysszc.gov.cn/2017version/images/{image}'> "
            f"<strong>{_wan(price)}</strong>万</p><div class='prod-guj'>{valued}"
            f"<p>{label}<span class='time-fd'>{_local(lot.ends):%Y年%m月%d日%H:%M}</span></p></div>"
            f"<div class='prod-alink'><a href=''>{word}</a></div>"
        )
    else:
        start = f"<p>起拍价<span>{_wan(lot.start_price)}万</span></p>{valued}"
        when = (
            f"<p>开始时间<span class='time-fd'>{_local(lot.starts):%m月%d日%H:%M}</span><s>即将开始</s></p>"
            if status is RoundStatus.UPCOMING
            else "<p>预计剩余<span class='time-fd'>5时3分</span></p>"
        )
        body = f"<div class='prod-guj'>{start}{when}</div><div class='prod-alink'><a href='{link}'>我要竞拍</a></div>"
    return f"<div id={lot.number} class='product' >{picture}{body}</div>"


def status_answer(lot: Lot, at: datetime) -> str:
    """The state of one lot that has begun: a bare object of JavaScript."""
    if lot.status_at(at) is RoundStatus.ONGOING:
        return f"({{state:'1',price:'{_wan(lot.start_price)}'}})"
    price, failed = (_wan(lot.hammer), 0) if lot.hammer is not None else ("0", 1)
    return f"({{state:'0',time:'{_local(lot.ends):%Y-%m-%d %H:%M:%S}',price:'{price}',fun1:'{failed}'}})"


def lot_page(lot: Lot) -> str:
    """The page of one lot, which tells no state."""
    begins, ends = (f"{_local(at):%Y年%-m月%-d日%-H时}" for at in (lot.starts, lot.ends))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>人民法院诉讼资产网</title></head><body>
<h1 id="Title">{lot.title}</h1><div id="price">起拍价：<span>{_wan(lot.start_price)}</span>万元</div>
<table id="bg1"><tr><td>评估值：</td><td>{_wan(lot.appraisal)}万</td><td>保证金：</td><td>10万</td></tr>
<tr><td>法院：</td><td>广州市天河区人民法院</td><td>处置阶段：</td><td>{lot.stage}</td></tr></table>
<div id="pmgg"><p>广州市天河区人民法院将于{begins}起至{ends}止（延时的除外）进行公开拍卖活动。</p></div>
</body></html>"""


def _wan(yuan: int) -> str:
    return f"{yuan / 10_000:.4f}".rstrip("0").rstrip(".")


def _local(at: datetime) -> datetime:
    return at.astimezone(SHANGHAI)


def now() -> datetime:
    """The clock, which runs fast here (see ``__main__``)."""
    return datetime.now(UTC)
