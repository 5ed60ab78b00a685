"""Synthetic list pages as Alibaba's of 2020: 40 listings as JSON and again as 40 list items, about 60 kB."""

import json
import random
from pathlib import Path

PER_PAGE = 40
PLACES = (
    "安徽省合肥市瑶海区", "福建省南安市柳城办事处", "福州市长乐区", "广东省惠东县稔山镇", "广州市天河区", "德化县龙浔镇",
    "江苏省苏州市吴中区", "浙江省杭州市余杭区", "重庆市渝北区", "山西省运城市盐湖区", "连江县潘渡乡", "成都市青羊区",
)  # fmt: skip
ESTATES = ("天街商业中心", "世茂海峡城B区", "宝钢公寓", "碧桂园铂悦公馆", "龙湖璟宸苑", "永鸿国际城", "金汇豪庭")
FIELDS = ("mnNotice", "credit", "catNames", "collateralCatName", "trackParams")


def write_list_pages(folder: Path, pages: int, seed: int = 7) -> None:
    """Write ``1.html`` … into ``folder``, each leading to the next."""
    chance = random.Random(seed)
    for number in range(1, pages + 1):
        items = [_item(chance, (number - 1) * PER_PAGE + position) for position in range(PER_PAGE)]
        (folder / f"{number}.html").write_text(_page(number, pages, items), encoding="utf-8")


def _item(chance: random.Random, serial: int) -> dict[str, object]:
    price = chance.randrange(100_000, 9_000_000)
    listing_id = 625_000_000_000 + serial
    title = (
        f"{chance.choice(PLACES)}{chance.choice('新民解放建设中山')}路{chance.randrange(1, 999)}号"
        f"{chance.choice(ESTATES)}{chance.randrange(1, 40)}幢{chance.randrange(1, 4)}单元{chance.randrange(101, 3304)}室"
    )
    return {
        "id": listing_id,
        "mnNotice": False,
        "credit": False,
        "itemUrl": f"//sf-item.taobao.com/sf_item/{listing_id}.htm",
        "status": chance.choice(["todo", "doing"]),
        "title": title,
        "picUrl": f"//img.alicdn.com/bao/uploaded/i2/TB1{chance.getrandbits(96):024x}",
        "initialPrice": price,
        "currentPrice": price,
        "consultPrice": round(price / 0.7),
        "marketPrice": 0,
        "sellOff": chance.random() < 0.2,
        "start": 1_599_703_200_000 + serial * 60_000,
        "end": 1_604_887_200_000 + serial * 60_000,
        "timeToStart": -2_671_655_098,
        "timeToEnd": 2_512_344_902,
        "viewerCount": chance.randrange(9_999),
        "bidCount": 0,
        "delayCount": 0,
        "applyCount": chance.randrange(3),
        "catNames": "",
        "collateralCatName": "",
        "xmppVersion": "2",
        "buyRestrictions": 0,
        "supportLoans": chance.randrange(2),
        "supportOrgLoan": 0,
        "trackParams": "",
    }


STATED = 3_000
"""Below the site's cap: a query that states more would be asked for in parts, and this crawl is to be one long one."""


def _page(number: int, pages: int, items: list[dict[str, object]]) -> str:
    data = json.dumps({"data": items}, ensure_ascii=False)
    cards = "\n".join(
        f'<li class="pai-item pai-status-{item["status"]}" id="pai-item-{item["id"]}"><a href="{item["itemUrl"]}">'
        f'<div class="header-section"><p class="title">{item["title"]}</p></div><div class="info-section">'
        f'<p class="price">当前价 <em>{item["currentPrice"]}</em></p><p class="assess">评估价 {item["consultPrice"]}</p>'
        f'<p class="views">{item["viewerCount"]}次围观</p></div></a></li>'
        for item in items
    )
    following = f'<a class="next" href="/item_list.htm?page={number + 1}">下一页</a>' if number < pages else ""
    padding = "<!-- " + "司法拍卖 " * 1130 + "-->"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>司法拍卖 - 阿里资产</title></head><body>{padding}'
        f'<em class="count">{min(pages * PER_PAGE, STATED)}</em><ul class="sf-pai-item-list">\n{cards}\n</ul>'
        f'<script id="sf-item-list-data" type="text/json">{data}</script>'
        f'<em class="page-total">{pages}</em>{following}</body></html>'
    )
