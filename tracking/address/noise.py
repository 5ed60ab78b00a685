"""Words of a title that are no address: rounds, sellers, certificates, areas."""

import re

BADGES = re.compile(r"【[^】]{0,40}】?|\[[^\]]{0,40}\]")
LEAD = re.compile(
    r"(?:\([^)]{0,14}(?:拍|卖|次|破|抵债资产)[^)]{0,6}\)|\(破\)|第?[一二三四五六七八九十0-9]{1,3}(?:次(?:网络)?(?:司法)?(?:拍卖)?|拍)(?![0-9号])|(?:重新|再次|司法|网络|公开)?(?:拍卖|变卖)"
    r"|标的物?[一二三四五六七八九十0-9]{0,3}[:：、]|关于|低于[^0-9]{1,5}[0-9.]+%|捡漏|清盘|急售|特价|支持贷款|[-\s?:：、，,。.—]+|[0-9]{1,3}[、.](?![0-9]))+"
)
PLACED = re.compile(
    r"[^号室幢栋单元路街]{0,60}?(?:坐落(?:于|在)?|座落(?:于|在)?|位于|址[在于]|名下的?|所有的|持有的)[:：]?(?:的?(?:坐落|座落|位)于)?"
)
AGENT = re.compile(r"-?[^-0-9路街号]{2,14}(?:银行|拍卖行?|资产)(?:股份有限公司)?-")
CERTIFICATE = re.compile(
    r"[(,、;]?[^(),、;0-9号室幢栋房]{0,8}?(?:不动产权|产权|房权|房产|所有权|使用|土地|权)?证(?:书|明)?(?:编?号码?)?[:为第]{0,2}[^,;、)(室幢栋]{0,24}?[0-9]{3,18}"
    r"(?:[)(字第]{1,3}[0-9-]{1,18})?(?:[-、][0-9]{1,18}){0,9}(?:号|等)?(?:[^0-9]{0,4}[0-9]{5,18}号){0,3}"
)
AREA = re.compile(
    r"[,，(、;]?(?:总?建筑|建湖|套内|房屋|使用|占地|分摊)?(?:建筑)?面积(?:共|约|为|合计|[:：])*.*$"
    r"|(?<![0-9.])[0-9]{1,9}(?:\.[0-9]{1,9})?(?:平方米|平方|平米|㎡|M2|M²)"
)
LEAD_STARTS = frozenset("(第一二三四五六七八九十0123456789重再司网公拍变标关低捡清急特支- ?:：、，,。.—")
"""With one of these begins whatever ``LEAD`` takes off a canonical text."""

NOISE_SIGNS = "位落址名的银拍证面平㎡"
"""At least one of these is in every text that holds more than its address."""

SIGNS = re.compile(f"[{NOISE_SIGNS}]")

PLACED_SIGNS = ("位于", "落", "址", "名下", "有的")


def strip_lead(text: str) -> str:
    """A canonical text without the round, the number of the lot and the advertising at its front."""
    if text[:1] not in LEAD_STARTS or (found := LEAD.match(text)) is None:
        return text
    return text[found.end() :]


def strip_noise(text: str) -> str:
    """The address in a canonical title, without what stands around it."""
    text = strip_lead(text)
    if SIGNS.search(text) is None:
        return text
    for sign in PLACED_SIGNS:
        if sign in text:
            found = PLACED.match(text)
            if found is not None:
                text = text[found.end() :]
            break
    if "银行" in text or "拍卖" in text:
        found = AGENT.match(text)
        if found is not None:
            text = text[found.end() :]
    if "证" in text:
        text = CERTIFICATE.sub("", text)
    if "面积" in text or "平" in text or "㎡" in text:
        text = AREA.sub("", text)
    return text
