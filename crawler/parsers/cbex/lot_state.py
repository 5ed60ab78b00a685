"""What changes of a lot: its state (a fragment of HTML), its bids and its numbers (JSON)."""

import re
from collections.abc import Mapping

from crawler.errors import LayoutChanged
from crawler.items import ListingItem, PageContent, RefusedRow, Word
from crawler.page import Page
from crawler.parsers.cbex.site import SOURCE, fragment, read_xmid, result_calls
from crawler.parsers.court_lots import address_value, answer_object
from crawler.parsers.html import page_json, select, visible_lines

STATES = ("即将开始", "竞价中", "已结束", "已撤回", "竞价暂停", "已流拍", "已中止")
STATE = re.compile(rf"(?:^|本标的物)\s*({'|'.join(STATES)}|已竞价暂停)")
AMOUNT = r"[：:]\s*([￥¥]?\s*[\d,]+(?:\.\d+)?(?:\s*[万亿]?元?))"
MOMENT = r"[：:]\s*(\d{4}年\s*\d{1,2}月\s*\d{1,2}日\s*\d{1,2}:\d{2}(?::\d{2})?)"
FIELDS = {
    "开始时间": re.compile(f"开始时间{MOMENT}"),
    "结束时间": re.compile(f"结束时间{MOMENT}"),
    "起拍价": re.compile(f"起拍价{AMOUNT}"),
    "当前价": re.compile(f"当前价{AMOUNT}"),
    "最高报价金额": re.compile(f"最高报价金额{AMOUNT}"),
    "延时": re.compile(r"(\d+)\s*次延时"),
    "撤回原因": re.compile(r"撤回原因[：:]\s*(\S.*)"),
    "暂停原因": re.compile(r"暂停原因[：:]\s*(\S.*)"),
    "中止原因": re.compile(r"中止原因[：:]\s*(\S.*)"),
}
BID_FIELDS = ("JYZT", "JYZTSM", "ZGJ", "ZDBJ", "COUNT", "FID_CKCS", "CJJJ")
COUNT_FIELDS = ("bmrs", "gzrs", "wgcs")


COLLECTED = re.compile(rb"""\s*\[\s*\{\s*"state"\s*:[^]]{0,400}"text"\s*:""")


def recognises_state(page: Page) -> bool:
    """The answer of ``prjBidInfo``, of which the address alone tells the lot; or a file of such texts."""
    return "/sfpm/detail/prjBidInfo" in page.url or COLLECTED.match(page.body) is not None


def parse_state(page: Page) -> PageContent:
    """Read the state of a lot. An ended one with a highest offer is sold; its bids are asked for next.

    Raises:
        PageRefused: a document (Blocked), no known state, or an address that does not name the lot.
    """
    if COLLECTED.match(page.body):
        return refuse_collected(page)
    text = " ".join(visible_lines(select(fragment(page) or " ", source=SOURCE, url=page.url)))
    if not (found := STATE.search(text)):
        raise LayoutChanged(f"no known state: {text[:60]!r}", source=SOURCE, url=page.url)
    xmid = read_xmid(page)
    state = found[1].removeprefix("已") if found[1] == "已竞价暂停" else found[1]
    told = {name: match[1].strip() for name, pattern in FIELDS.items() if (match := pattern.search(text))}
    highest = told.get("最高报价金额")
    status = "已结束，有最高报价" if state == "已结束" and highest else state
    words: dict[str, Word] = {"状态": state, **told}
    item = ListingItem(
        source_id=xmid,
        words=words,
        status_raw=status,
        starting_price_raw=told.get("起拍价"),
        current_price_raw=told.get("当前价"),
        hammer_price_raw=highest if state == "已结束" else None,
        starts_at_raw=told.get("开始时间"),
        ends_at_raw=told.get("结束时间"),
    )
    follows = result_calls(xmid, address_value(page.url, "itemno")) if state == "已结束" else []
    return PageContent(items=[item], follows=follows)


def refuse_collected(page: Page) -> PageContent:
    """A list of texts that somebody has collected without their lots: ``[{"state": "已流拍", "text": "…"}, …]``.

    Raises:
        LayoutChanged: not JSON.
    """
    rows = [row if isinstance(row, dict) else {} for row in page_json(page, SOURCE)]
    texts = [text if isinstance(text := row.get("text"), str) else "" for row in rows]
    refused = [
        RefusedRow(position, None, "state without its lot", text[:200]) for position, text in enumerate(texts, 1)
    ]
    return PageContent(refused=refused)


def recognises_bids(page: Page) -> bool:
    """The answer of ``bidInfo``, by its address or its fields."""
    return "/sfpm/detail/bidInfo" in page.url or (b'"JYZT"' in page.body[:4_000] and b'"ZGJ"' in page.body[:4_000])


def parse_bids(page: Page) -> PageContent:
    """Read the highest price and the number of bids. The customer number (KHH) is left behind.

    Raises:
        PageRefused: a document (Blocked), another form, or an address that does not name the lot.
    """
    answer = read_object(page, BID_FIELDS)
    label = f"JYZT {answer['JYZT']}"
    is_sold = label == "JYZT 400"
    item = ListingItem(
        source_id=read_xmid(page),
        words=answer,
        status_raw=label,
        starting_price_raw=answer.get("ZDBJ"),
        current_price_raw=None if is_sold else answer.get("ZGJ"),
        hammer_price_raw=answer.get("ZGJ") if is_sold else None,
        bid_count_raw=answer.get("COUNT"),
    )
    return PageContent(items=[item])


def recognises_counts(page: Page) -> bool:
    """The answer of ``detailInfo``, by its address or its fields."""
    return "/sfpm/detail/detailInfo" in page.url or (b'"bmrs"' in page.body[:400] and b'"wgcs"' in page.body[:400])


def parse_counts(page: Page) -> PageContent:
    """Read how many signed up, follow (gzrs) and looked (wgcs).

    Raises:
        PageRefused: a document (Blocked), another form, or an address that does not name the lot.
    """
    answer = read_object(page, COUNT_FIELDS)
    item = ListingItem(source_id=read_xmid(page), words=answer, applicant_count_raw=answer["bmrs"])
    return PageContent(items=[item])


def read_object(page: Page, wanted: tuple[str, ...]) -> Mapping[str, Word]:
    """The wanted fields of the envelope's object; the first of them is what the answer is for.

    Raises:
        PageRefused: no success, no object, or without the first field.
    """
    envelope = answer_object(page, SOURCE)
    fields = envelope.get("object")
    if envelope.get("success") is not True or not isinstance(fields, dict):
        raise LayoutChanged("answer without success and object", source=SOURCE, url=page.url)
    told = {name: value for name in wanted if isinstance(value := fields.get(name), str | int) and value != ""}
    if wanted[0] not in told:
        raise LayoutChanged(f"answer without {wanted[0]}", source=SOURCE, url=page.url)
    return told
