"""Who sells, by name: no platform has a category for bank direct sale, it is known by the seller (domain.md, 2).

Names of the mainland as platforms write them: the firm with its branch (中国民生银行股份有限公司西安分行), its short
form (四川农信), or its shop (平安银行总行资产拍卖). A bank counts as the seller only where the name is the bank's to
its end: 建设银行家属院业主委员会 is none, and 被执行人中国银行… is another party.
"""

import re

from store.terms import SellerKind

BANKS = frozenset(
    (
        SellerKind.STATE_BANK,
        SellerKind.JOINT_STOCK_BANK,
        SellerKind.CITY_BANK,
        SellerKind.RURAL_BANK,
        SellerKind.BANK,
    )
)
"""The sellers of bank direct sale."""

LONGEST_NAME = 80
"""Characters. Longer texts are sentences, not names."""

OTHER_PARTY = re.compile(
    r"债务人|借款人|执行人|买受人|竞买人|竞得人|抵押人|担保人|保证人|申请人|所有权?人|纠纷|债权转让|^(?:与|关于|对(?!外))"
)
"""The name of somebody else in the sale, or a piece of a sentence."""

RURAL = (
    r"农村商业(?:联合)?银行|农商(?:联合)?银?行|农村合作银行|农合行|村镇银行|杭州联合银行"
    r"|农村信用|农信|信用合作|信用联?社"
)
BANK_NAME = re.compile(
    rf"(?:{RURAL}|银行(?!业|家|卡)|^(?:中国)?[工农中建交招]行(?!业))"
    r"(?:[（(]中国[）)])?(?:联合社|合作?联?社|联社|社)?(?:股份)?(?:有限)?(?:责任)?(?:公司)?"
    r"(?:[^，。、：:；（(]{0,24}(?:[分支总]行|分社|支社|信用社|营业[部室厅]|分理处|[部室]|中心|总部|集团|联合社|分公司)|[（(][^）)]{1,12}[）)])*"
    r"(?:资产拍卖|资产处置|特殊资产|特资|不良资产|抵债资产|官方旗舰店|旗舰店|官方店|直营店)*[A-Z]?"
)
"""A bank from the word that makes it one to the end of its name. Also 某联社: a credit union of a county."""

FOREIGN_BANK = re.compile(
    r"银行[（(](?:中国|香港|亚洲|国际|澳门)[）)]|(?:汇丰|渣打|花旗|东亚|恒生|星展|大华|华侨永亨|南洋商业|三菱|瑞穗|三井住友|德意志|巴黎"
    r"|摩根大通|富邦华一|新韩|友利|韩亚|永丰|玉山|国泰世华|华美|开泰|盘谷|澳新|法国兴业|东方汇理|瑞士|创兴|集友|大新)(?:商业)?银行"
)
OTHER_BANK = re.compile(
    r"国家开发银行|进出口银行|农业发展银行"
    r"|(?:微众|网商|新网|苏宁|苏商|亿联|富民|众邦|三湘|华瑞|锡商|裕民|中关村|蓝海|金城|客商|华通|新安|振兴|百信)银行"
)
"""Policy banks, and banks in private hands without counters."""

STATE_BANK = re.compile(r"(?:工商|(?<!发展)农业|建设|交通|邮政储蓄|邮储)银行|中国银行|^(?:中国)?[工农中建交]行")
JOINT_STOCK_BANK = re.compile(
    r"(?:招商|浦东发展|浦发|中信|光大|华夏|民生|广东发展|广发|兴业|平安|浙商|恒丰|渤海)银行|^招行"
)

KINDS: tuple[tuple[SellerKind, re.Pattern[str]], ...] = (
    (
        SellerKind.ASSET_MANAGER,
        re.compile(
            r"(?:信达|华融|东方|长城|银河|中信金融)(?:金融)?资产(?!交易)|^中国(?:信达|华融|长城|东方|银河)(?!航空|科技|汽车|证券|电气|计算机)[一-鿿]{2,8}分公司"
            r"|金融资产(?:投资|管理)"
        ),
    ),
    (SellerKind.AGENT, re.compile(r"拍卖|招标|产权交易|交易(?:所|中心|网)|公共资源|(?:鹏霞|溥力)资产")),
    (
        SellerKind.STATE_OWNED,
        re.compile(r"国有(?:资|控股|独资|企业)|国资|国投|国控|城投|交投|(?:城市|城乡|交通)(?:建设)?(?:投资|发展集团)"),
    ),
    (
        SellerKind.GOVERNMENT,
        re.compile(
            r"海关|缉私|税务|公安|检察院|司法局|人民政府|财政[局厅所部]|机关事务|管委会|管理委员会|中国人民银行"
            r"|(?:监督管理|自然资源|综合行政执法|住房和?城乡建设|交通运输)[局厅]|罚没|公物仓|街道办事处|存款保险基金"
        ),
    ),
    (
        SellerKind.ASSET_MANAGER,
        re.compile(
            r"资产(?:管理|经营|处置)"
            r"|(?:浙商|粤财|广州|江苏|苏州|中原|河南|国厚|渝康|招商平安|闽投|厦门|湖北|天乾|贵州|云南|甘肃|陕西|山东|泰合|辽宁|四川发展)资产"
            r"|(?:陕西|山东|甘肃|宁夏|吉林)金资"
        ),
    ),
    (SellerKind.COMPANY, re.compile(r"公司|集团|合伙|企业|经营部|.资产[A-Z]?$|[一-鿿]{3}厂$")),
)
"""What is neither administrator nor court nor bank; the first that fits decides.

拍卖 alone is an agent, also behind 资产: 天勤资产拍卖. 鹏霞资产 and 溥力资产 sell for others (JD, 2020), other shops of
such names are companies that do not say more. 国有资产经营公司 is no 资产经营公司. 资产管理公司 are those of the
nation, of the provinces and any other that calls itself so: the name does not tell the licence.
"""

ADMINISTRATOR = re.compile(r"(?<!基金)(?<!资产)(?<!受托)管理人|清算组|清算委员会|破产清算|清算事务所|破产重整|重整计划")
COURT = re.compile(r"法院(?![路街巷大])|法庭$")


def seller_kind_from_name(name: str) -> SellerKind | None:
    """The kind of a Chinese seller; ``None`` where the name tells none: persons, shops by nickname, places.

    The administrator of a bankrupt goes first (某公司管理人 is no company), then the court, then banks.
    """
    text = "".join(name.split())
    if not text or len(text) > LONGEST_NAME:
        return None
    if ADMINISTRATOR.search(text):
        return SellerKind.BANKRUPTCY_ADMINISTRATOR
    if COURT.search(text):
        return SellerKind.COURT
    if OTHER_PARTY.search(text):
        return None
    if "人民银行" not in text and (found := BANK_NAME.search(text)) and found.end() == len(text):
        return _bank_kind(text)
    return next((kind for kind, pattern in KINDS if pattern.search(text)), None)


def _bank_kind(text: str) -> SellerKind:
    """The kind of a bank. 法国兴业银行 is no 兴业银行, 平安农村商业银行 no 平安银行."""
    if FOREIGN_BANK.search(text) or OTHER_BANK.search(text):
        return SellerKind.BANK
    if re.search(RURAL, text):
        return SellerKind.RURAL_BANK
    if STATE_BANK.search(text):
        return SellerKind.STATE_BANK
    return SellerKind.JOINT_STOCK_BANK if JOINT_STOCK_BANK.search(text) else SellerKind.CITY_BANK
