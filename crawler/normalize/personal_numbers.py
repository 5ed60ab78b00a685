"""Numbers of natural persons: phones, identities, cards, accounts, plates, mail and chat addresses.

Some are known by their form wherever they stand (a mainland identity number holds a place and a birthday, a card
number a check digit), others only behind their word (电话, 账号, SSN). Digits may be full-width.
"""

import re
from collections.abc import Callable

MASK = "×"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
DASH = r"\-－—–‐‑·"

_NOT_IN_HASH = r"(?<![\d０-９][a-f])(?<![\d][a-f]{2})(?<![0-9a-f]-[a-f])(?<![a-f]-)"  # 5c56e155-2786-4895-a6ee
_PLACE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|[78][1-3])\d{4}"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"

IDENTITY = re.compile(
    rf"(?<![\dA-Za-z]){_PLACE}(?P<gap>[ {DASH}]?)(?:18|19|20)\d\d{_DAY}(?P=gap)\d{{3}}[\dXxＸｘ×](?![\dA-Za-z])"
)
OLD_IDENTITY = re.compile(rf"(?<![\dA-Za-z]){_PLACE}\d\d{_DAY}\d{{3}}(?![\dA-Za-z])")
"""Of 15 digits, issued until 1999; in texts of ASCII alone these are parcels and dockets (Korea, Florida)."""

KOREAN_IDENTITY = re.compile(rf"(?<![\d-])\d\d{_DAY}-[1-8]\d{{6}}(?![\dA-Za-z-])")
TAIWAN_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[A-Z][1289]\d{8}(?![0-9A-Za-z])")
HONG_KONG_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[A-Z]{1,2}\d{6}[(（][0-9A][)）]")
FORMS = (IDENTITY, KOREAN_IDENTITY, HONG_KONG_IDENTITY, OLD_IDENTITY)
TAX_NUMBER = re.compile(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d\d(?!\d)")  # CPF, Brazil
CARD = re.compile(
    rf"(?<![\dA-Za-z.])(?:62|60|4\d|5[1-5]|35|9[45])(?:\d{{14,17}}|\d\d(?P<gap>[ {DASH}])\d{{4}}"
    rf"(?P=gap)\d{{4}}(?P=gap)\d{{4}}(?:(?P=gap)\d{{1,3}})?)(?![\dA-Za-z]|[ {DASH}]\d)"
)
"""With the first digits of a Chinese or international card; a number only if its check digit is right, too."""

BARE_CARD = re.compile(r"(?<![\dA-Za-z.-])62\d{14}(?:\d{3})?(?![\dA-Za-z-])")
MOBILE = re.compile(
    rf"(?:(?<![\d.])(?<!\d-)|(?<=\+86)|(?<=0086)|(?<=86-)|(?<=\d{{7}}-)){_NOT_IN_HASH}([1１][3-9３-９]\d)"
    rf"([ .{DASH}]{{0,2}}\d{{4}}[ .{DASH}]{{0,2}}\d{{4}}"
    rf"|[ .{DASH}]\d{{3}}[ .{DASH}]?\d{{5}}|\d{{4}}[ .{DASH}]\d{{4}}|\d{{5}}[ {DASH}]\d{{3}})(?!\d|\.\d)"
)
TAIWAN_MOBILE = re.compile(
    rf"(?:(?<![\d.第A-Za-z])|(?<=886))(09\d)(\d[ {DASH}]?\d{{3}}[ {DASH}]?\d{{3}})(?![\d号號]|[.-]\d)"
)
LANDLINE = re.compile(
    rf"(?<![\dA-Za-z.第])(?<!\d[ -])(0\d{{1,3}}(?:[ {DASH}]|[)）][ {DASH}]?))"
    rf"(\d{{3,4}}[ {DASH}]?\d{{3,4}})(?![\d号號]|[ .-]\d)"
)
BARE_LANDLINE = re.compile(
    r"(?<![\dA-Za-z.-])((?:0[1-9]\d{1,2}-|[(]0\d{1,3}[)] ?)(?=\d{3,4}-?\d{4})"
    r"|0[2-8]-(?=\d{4}-\d{4})|09(?=\d\d-\d{3}-\d{3}))"
    r"(\d{2,4}-?\d{3,4}(?:-\d{3})?)(?![\d-])"
)
"""In texts of ASCII alone, where parcels, dockets and lots are written with the same dashes."""

ABROAD = re.compile(rf"(\+\d{{1,3}}[ {DASH}]?)(\d(?:[ {DASH}]?\d){{6,11}})(?!\d)")
PHONE_WORD = (
    r"(?:电话|電話|话|手机|手機|联系方式|聯絡方式|联系人?|聯絡人?|聯繫人?|联络|咨询|諮詢|传真|傳真|热线|熱線|座机"
    r"|致电|来电|洽|行動|WhatsApp|Whatsapp|whatsapp"
    r"|전화(?:번호)?|연락처"
    r"|(?<![A-Za-z])(?:[Tt][Ee][Ll](?:ephone)?|TELEPHONE|[Pp]hone|PHONE|[Mm]obile|MOBILE|[Ff]ax|FAX|[Cc]ell|[Tt]elefone|[Cc]elular))"
)
_RUN = rf"[+(（]?[\d×](?:[ ()（）{DASH}]{{0,2}}[\d×]){{5,17}}"
BEHIND_PHONE_WORD = re.compile(
    rf"{PHONE_WORD}(?:号码|號碼|号|[Nn]o\.?|[Nn]umber)?[.]?[\s:：.为是]{{0,4}}(?:[(（][^()（）\d]{{1,8}}[)）])?"
    rf"[^\d×。；;价價金额額证證案第]{{0,8}}?({_RUN}(?:[^\d×。；;价價金额額证證案第]{{1,12}}{_RUN})*)"
)
PHONE_RUN = re.compile(rf"(?<!\d)\d(?:[ )）({DASH}]{{0,2}}\d){{6,12}}(?!\d|\s?[元万萬号號平㎡年月日%]|[.]\d)")
HOTLINE = re.compile(r"[48]00[ \d－—-]{7,9}$")

_COLON = r"[\s:：为是(（]{0,4}"
_NUMBER = r"(?:号码|號碼|编号|編號|字号|字號|号|號|[Nn]o\.?|[Nn]umber)?"
BEHIND_WORDS = (
    rf"(?:账\s?号|账\s?户|帐\s?号|帐\s?户|賬號|賬戶|帳號|帳戶|卡号|卡號|银行卡|A/C(?: No\.?)?){_NUMBER}{_COLON}"
    rf"(\d(?:[ {DASH}]?\d){{7,29}})",
    rf"(?:身份证|身份證|身分證|证件|證件|公民身份|居民身份|统一编号|統一編號|HKID|I\.?D\.?){_NUMBER}(?:统一编号"
    rf"|統一編號)?{_COLON}"
    rf"([A-Za-z0-9０-９](?:[ {DASH}*×()（）]?[A-Za-z0-9０-９]){{6,24}}[)）]?)",
    rf"(?:护照|護照|[Pp]assport|PASSPORT|通行证|通行證|回乡证|台胞证|军官证|警官证|士兵证|居留证|居留證"
    rf"|居住证){_NUMBER}{_COLON}"
    rf"([A-Za-z]{{0,3}}[ {DASH}]?\d{{6,10}})",
    rf"(?<![A-Za-z])(?:QQ|qq|Qq)(?:群|号|號)?{_NUMBER}{_COLON}([1-9１-９]\d{{4,11}})(?!\d)",
    rf"(?:微信|微 信|[Ww]e[Cc]hat|WECHAT|[Vv]信|LINE|Line)(?!公众)(?:同号|同號|ID|id|帐号|账号|號|号)?{_NUMBER}{_COLON}"
    rf"([A-Za-z0-9_][A-Za-z0-9_-]{{4,19}})",
    rf"(?:SSN|[Ss]ocial [Ss]ecurity){_NUMBER}[\s:#：]{{0,3}}(\d{{3}}[ -]?\d{{2}}[ -]?\d{{4}})(?!\d)",
    rf"(?:CPF|cpf){_NUMBER}[\s:#：º°]{{0,3}}(\d{{11}})(?!\d)",
    r"(?:주민(?:등록)?번호)[\s:：]{0,3}(\d{6}[ -]?[1-8]\d{6})(?!\d)",
)
PLATE = re.compile(
    rf"([{PROVINCES}][A-Z][·•. ]?)(?=[A-Z]*\d)"
    r"([A-Z0-9]{5,6}(?![A-Z0-9室幢栋层单]|号楼)|[A-Z0-9]{4}(?=[挂学警]))"
)
EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+(?=[@＠][A-Za-z0-9-]+\.[A-Za-z])")
_BEHIND_WORDS = tuple(map(re.compile, BEHIND_WORDS))
ANY_NUMBER = re.compile(r"\d|[@＠]|[信微]|LINE|Line|[Cc]hat|CHAT")
ANY_WORD = re.compile(r"[账帐賬帳卡证證份照统統信微]|[A-Za-z]{2}|A/C|주민")
CODE = re.compile(r"[A-Za-z0-9０-９*_]|\d")


def mask_numbers(text: str) -> str:
    """The text with the numbers and addresses of persons masked.

    Mobile numbers keep three digits, land lines the area code, plates province and letter, mail its domain;
    service numbers (400-…) stay.
    """
    if ANY_NUMBER.search(text) is None:
        return text
    is_bare = text.isascii()
    text = EMAIL.sub(_whole, text)
    for code in FORMS[:-1] if is_bare else FORMS:
        text = code.sub(_digits, text)
    text = TAIWAN_IDENTITY.sub(_if(has_taiwan_check), text)
    text = TAX_NUMBER.sub(_whole, text)
    if ANY_WORD.search(text) is not None:
        for behind in _BEHIND_WORDS:
            text = behind.sub(_group, text)
    text = (BARE_CARD if is_bare else CARD).sub(_if(has_card_check), text)
    for phone in (MOBILE, BARE_LANDLINE, ABROAD) if is_bare else (MOBILE, TAIWAN_MOBILE, LANDLINE, ABROAD):
        text = phone.sub(_behind_code, text)
    text = BEHIND_PHONE_WORD.sub(_phones, text)
    return PLATE.sub(lambda found: found[1] + MASK * len(found[2]), text)


def has_card_check(number: str) -> bool:
    """Whether the last digit is the check digit of the others (Luhn, ISO/IEC 7812)."""
    digits = [int(sign) for sign in reversed(number) if sign.isdecimal()]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10


def has_taiwan_check(number: str) -> bool:
    """Whether letter and digits of a Taiwan identity fit (weights 1, 9, 8 … 1, 1; letters are 10 to 35)."""
    letter = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(number[0])
    signs = [letter // 10, letter % 10, *(int(sign) for sign in number[1:])]
    return sum(sign * weight for sign, weight in zip(signs, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def _whole(found: re.Match[str]) -> str:
    return MASK * len(found[0])


def _digits(found: re.Match[str]) -> str:
    return CODE.sub(MASK, found[0])


def _if(is_one: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    return lambda found: _digits(found) if is_one(found[0]) else found[0]


def _group(found: re.Match[str]) -> str:
    start, end = (place - found.start() for place in found.span(1))
    return found[0][:start] + CODE.sub(MASK, found[1]) + found[0][end:]


def _behind_code(found: re.Match[str]) -> str:
    return found[1] + CODE.sub(MASK, found[2])


def _phones(found: re.Match[str]) -> str:
    start = found.start(1) - found.start()
    return found[0][:start] + PHONE_RUN.sub(_phone, found[1])


def _phone(found: re.Match[str]) -> str:
    """One number behind its word; the area code stays, and the numbers of services."""
    number = found[0]
    if HOTLINE.match(number):
        return number
    kept = (3 if number[1] in "12" else 4) if number[0] == "0" and len(CODE.findall(number)) >= 10 else 0
    return number[:kept] + CODE.sub(MASK, number[kept:])
