"""Personal data: masked by × of the same length before anything is stored (domain.md, section 6).

What is masked and what is not: docs/privacy.md.
"""

import re
from functools import lru_cache
from urllib.parse import quote, unquote_plus

from crawler.normalize.person_names import BARE_NAME, MASK, SURNAMES, TITLE_OWNER, mask_names
from crawler.normalize.personal_numbers import PROVINCES, mask_numbers

LONG_NUMBER = re.compile(r"[0-9][0-9 )）.-]{7}")
_SURE = (
    r"(?<=1)[3-9][0-9](?:[ .-]?[0-9]{4}[ .-]?[0-9]{4}|[ .-][0-9]{3}[ .-]?[0-9]{5})(?![0-9])"
    r"|(?<=0)(?:9[0-9]{8}(?![0-9])|9[0-9]{2}-[0-9]{3}-|[0-9]{1,3}[ )）-]{1,2}[0-9]{3,4}[ -]?[0-9]{4}(?![0-9-]))"
    r"|(?<=[1-9])[0-9]{14}(?:[0-9]{0,4})[Xx]?(?![0-9A-Za-z])|[0-9]{5}[ -][0-9]{8}[ -]"
    r"|[0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}|[0-9]{5}-[1-8][0-9]{6}(?![0-9-])|[0-9]{2}\.[0-9]{3}\.[0-9]{3}-"
    r"|(?<=[A-Z][1289])[0-9]{8}(?![0-9A-Za-z])"
)
PERSONAL_NUMBER = re.compile(rf"[0-9](?<![0-9.][0-9])(?:{_SURE})")
"""Mobiles, land lines, identities and cards, of Korea, Brazil (CPF) and Taiwan: what a closer look is worth."""

NUMBER = re.compile(
    rf"[0-9](?<![0-9.][0-9])(?:{_SURE}"
    r"|[0-9]{2,3}[ -]?[0-9]{4}(?![0-9])|[0-9]{8,10}(?![0-9])|(?<=8)6[ -]?1[3-9][0-9]{9}(?![0-9])"
    r"|[0-9]{2}[ -][0-9]{2,3}[ -][0-9]{3})"
)
"""The same, and what is personal behind a word only."""

CHINESE_WORDS = frozenset("账帐賬帳话")
LATIN_WORD = re.compile(
    r"\b(?:tel|phone|mobil|fax|whats|qq|wechat|ssn|social s|cpf|passport|hkid|a/c)|phone|[+][0-9]|[账帐賬帳话]",
    re.IGNORECASE,
)
"""Behind these, shorter numbers are personal too; asked for only where there is one of eight digits."""


# fmt: off
WORDS = (
    "名下", "所有的", "债权", "債權", "原告", "被告", "身份", "身分", "户名", "戶名", "姓名", "电话", "電話",
    "涉及", "属于", "屬於", "名义", "共有", "共同", "联系", "联络", "聯絡", "聯繫", "手机", "手機", "微信", "账号",
    "账户", "帐号", "帐户", "賬號", "賬戶", "帳號", "帳戶", "卡号", "卡號", "银行卡", "护照", "護照", "通行",
    "证件", "證件", "业主", "房主", "户主", "屋主", "车主", "机主", "配偶", "妻子", "丈夫", "其妻", "其夫", "竞得",
    "先生", "女士", "小姐", "经理", "經理", "法官", "承办", "传真", "傳真", "咨询", "諮詢", "热线", "熱線", "致电",
    "来电", "주민", "연락", "전화", "承租", "租户", "罪犯", "汉族", "漢族", "出生", "公民",
)
# fmt: on
BEFORE_PERSON = (
    "行务務权權有款证證保押外买買受租系絡络繫表理请請得拍讓让办辦继監监議议诉訴告三动對対对責责貸贷询样居用占代承出"
)
_FIRST = "".join(sorted({word[0] for word in WORDS}))
_SECOND = "".join(sorted({word[1] for word in WORDS}))
SUSPECT_PAIR = re.compile(f"[@{PROVINCES}０-９{BEFORE_PERSON}{_FIRST}](?=[A-Za-z0-9０-９人{_SECOND}])")
"""Any first sign of a word before any second one: one look costs a third of the words themselves."""

LEADS = (
    (
        "电话",
        re.compile(
            r"电话|電話|手机|手機|联系方式|传真|座机|phone|mobile|(?<![a-z])tel(?![a-z])|contact|fax|whatsapp",
            re.IGNORECASE,
        ),
    ),
    (
        "身份证",
        re.compile(
            r"身份证|身份證|身分證|证件号|護照|护照|id_?card|identity|passport|certNo|(?<![a-z])ssn", re.IGNORECASE
        ),
    ),
    ("账号", re.compile(r"账号|帐号|账户|卡号|帳號|bank_?(?:account|card)|card_?no|account_?no", re.IGNORECASE)),
    ("QQ", re.compile(r"(?<![a-z])qq", re.IGNORECASE)),
    ("微信", re.compile(r"微信|wechat|weixin", re.IGNORECASE)),
    (
        "姓名",
        re.compile(
            r"人(?:姓名|名称)?$|姓名|户名|竞得|业主|房主|户主|卖家|卖方|买家|买方|委托方|处置"
            r"|contact|linkman|owner|debtor|creditor|holder|buyer|winner|lessee|tenant|person|seller|vendor|real_?name|user_?name",
            re.IGNORECASE,
        ),
    ),
)
"""What the name of a field says that it holds, and the words behind which such a value is known."""

QUERY_VALUE = re.compile(r"(?<![^&])([^=&]*)=([^&#]*)")
ID_NAME = re.compile(r"id$|ids$|(?<![a-z])(?:t|ts|_|sku|timestamp|callback|spm)$", re.IGNORECASE)
"""Numbers of items and instants, whatever they look like."""


def mask_personal(text: str) -> str:
    """Give the text with phone, identity and plate numbers, mail addresses and names of persons masked.

    Mobile numbers keep three digits, land lines the area code, plates province and letter, names the surname;
    the length never changes. Case numbers, certificate and item numbers stay. What is masked stays as it is.
    """
    return mask_closely(text) if may_name_persons(text) else text


def mask_closely(text: str) -> str:
    """The same without the quick look before it: for what is rare, and for what is known to name somebody."""
    masked = _mask_once(text)
    while masked != text:  # what is masked can show the next: 张×× before the name behind it
        text, masked = masked, _mask_once(masked)
    return masked


def mask_title(text: str) -> str:
    """The same for a title, which may begin with its owner: 【变卖】张志强、王小燕共有的住宅."""
    begin = text.find("】") + 1
    if text[begin : begin + 1] in SURNAMES and TITLE_OWNER.match(text, begin) is not None:
        return mask_closely(text)
    return mask_personal(text)


def mask_excerpt(text: str) -> str:
    """The same for words torn out of a refused row, where a name may stand alone: 'unknown label '张建国''."""
    return BARE_NAME.sub(_keep_first, mask_closely(text)) if not text.isascii() else mask_closely(text)


def _keep_first(found: re.Match[str]) -> str:
    return found[0][0] + re.sub(r"[^·•・]", MASK, found[0][1:])


def mask_party(text: str) -> str:
    """The same for a party's name that stands alone: 张建国 becomes 张××, 工商银行 stays."""
    return _mask_behind("姓名", text)


def mask_named(name: str, text: str) -> str:
    """The same for the value of a field whose name says what it holds: 联系人, 联系电话, mobile, debtor."""
    if personal_names((name,)):
        for lead, names in LEADS:
            if names.search(name):
                text = _mask_behind(lead, text)
    return mask_personal(text)


@lru_cache(maxsize=1024)
def personal_names(names: tuple[str, ...]) -> frozenset[str]:
    """Of the names of fields those whose values are persons or their numbers."""
    return frozenset(name for name in names if any(pattern.search(name) for _, pattern in LEADS))


def mask_address(url: str) -> str:
    """A web address with each value of its query masked that is a phone, an identity number, mail or a name.

    Everything else stays as it is, to the byte: the address is the key of its page, and holds the ids of items.
    """
    address, mark, query = url.partition("?")
    return f"{address}?{QUERY_VALUE.sub(_mask_value, query)}" if mark else url


def _mask_value(found: re.Match[str]) -> str:
    name, value = unquote_plus(found[1]), unquote_plus(found[2])
    if ID_NAME.search(name):
        return found[0]
    masked = mask_named(name, value)
    return found[0] if masked == value else f"{found[1]}={quote(masked)}"


def _mask_behind(lead: str, text: str) -> str:
    return mask_closely(f"{lead}：{text}")[len(lead) + 1 :]


def may_name_persons(text: str) -> bool:
    """Whether a closer look is needed; clean texts cost half a microsecond."""
    if text.isascii():
        return "@" in text or (LONG_NUMBER.search(text) is not None and _has_personal_number(text))
    if SUSPECT_PAIR.search(text) is not None and _has_suspect_word(text):
        return True
    return LONG_NUMBER.search(text) is not None and _has_personal_number(text)


def _has_personal_number(text: str) -> bool:
    if NUMBER.search(text) is None:
        return False
    if PERSONAL_NUMBER.search(text) is not None:
        return True
    low = text.lower()
    if (
        ("tel" in low or "phone" in low or "mobil" in low or "fax" in low or "whats" in low or "chat" in low)
        or ("qq" in low or "ssn" in low or "social s" in low or "cpf" in low or "passport" in low or "hkid" in low)
        or ("a/c" in low or "+" in low)
        or not (text.isascii() or CHINESE_WORDS.isdisjoint(text))
    ):  # one after the other: a third of the time of a pattern
        return LATIN_WORD.search(text) is not None
    return False


def _has_suspect_word(text: str) -> bool:
    for found in SUSPECT_PAIR.finditer(text):
        place = found.start()
        sign, following = text[place], text[place + 1]
        if following == "人":
            if sign in BEFORE_PERSON:
                return True
        elif following.isascii() or sign.isdecimal():
            if sign == "@" or sign in PROVINCES or following.isdecimal():
                return True
        elif text.startswith(WORDS, place):
            return True
    return False


def _mask_once(text: str) -> str:
    return mask_numbers(text if text.isascii() else mask_names(text))
