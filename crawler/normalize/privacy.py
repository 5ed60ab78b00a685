"""Personal data: masked by × of the same length before anything is stored (domain.md, section 6)."""

import re

MASK = "×"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭鲁韦马苗方俞任袁柳鲍史唐费廉岑薛雷贺倪汤"
    "滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强"
    "贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀羊"
    "甄曲封储靳段富巫乌焦巴牧车侯全班秋仲伊宫宁仇栾甘厉祖武符刘景詹束龙叶幸司黎薄印白怀蒲从索赖卓屠蒙池乔闻党翟谭贡姬申扶冉"
    "宰雍桑桂牛寿边扈燕冀尚农温庄晏柴阎习容向古易廖终步耿满匡国文寇广东欧沃利蔚越师巩聂晁敖冷辛那简饶曾关肖游占"
)
"""The first characters of common names; a word that begins otherwise (被执行人持有的) is not taken for a name."""

LONG_NUMBER = re.compile(r"[0-9][0-9 )）.-]{9}")
PERSONAL_NUMBER = re.compile(
    r"[0-9](?<![0-9.][0-9])(?:(?<=1)[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])"
    r"|(?<=0)[0-9]{2,3}[ )）-]{0,2}[0-9]{7}|[0-9]{14}(?:[0-9]{2}[0-9Xx])?(?![0-9A-Za-z])|[0-9]{2}\.[0-9]{3}\.[0-9]{3}-)"
)
PLATE_OR_MAIL = re.compile(rf"[@{PROVINCES}][A-Za-z0-9]")
SUSPECT_WORD = re.compile(r"名下|行人|务人|权人|有人|款人|证人|保人|押人|外人|买人|受人|所有的|债权")
"""Most texts hold none of these and are left alone after half a microsecond: item ids are long, but not personal."""

MOBILE = re.compile(r"(?<![\d.])(1[3-9]\d)([ -]?)(\d{4})\2(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?:(?<![\d.第])(0\d{2,3})([ -]|[)）] ?)|(?<=[话系])([:： ]?0\d{2,3})())(\d{7,8})(?![\d号])")
"""Without anything between area code and number only behind 电话 or 联系: certificates look like 0100034553."""

IDENTITY = re.compile(
    r"(?<![\dA-Za-z])[1-6]\d{5}(?:(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
    r"|\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})(?![\dA-Za-z])"
)
TAX_NUMBER = re.compile(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d\d(?!\d)")  # CPF, Brazil
PLATE = re.compile(
    rf"([{PROVINCES}][A-Z][·•. ]?)(?=[A-Z]*\d)"
    r"([A-Z0-9]{5,6}(?![A-Z0-9室幢栋层单]|号楼)|[A-Z0-9]{4}(?=[挂学警]))"
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+(?=@[A-Za-z0-9-]+\.[A-Za-z])")

SURNAME = f"(?:欧阳|司徒|上官|诸葛|皇甫|尉迟|公孙|慕容|司马|夏侯|[{''.join(sorted(SURNAMES))}])"
NAME = rf"(?!关于|单独|共同|全部|时代){SURNAME}[一-鿿]{{1,2}}?"
SEPARATOR = re.compile(r"([、，,和与及])")
SURNAME_FIRST = re.compile(rf"({SURNAME})(.+)")
NAMES = rf"{NAME}(?:[、，,和与及]{NAME})*"
ROLE = "(?:被执行人|债务人|所有权人|所有人|产权人|借款人|保证人|担保人|抵押人|案外人|竞买人|买受人|共有人)"
AFTER_NAMES = (
    r"(?=名下|所有|所持|持有|共有|共同|拥有|享有|抵押|位于|坐落|座落|购买|登记|提供"
    r"|[的在与和及等、，,。；;\s（()）【：:]|$)"
)
PERSONS = (
    re.compile(rf"{ROLE}[:：为]?\s?({NAMES}){AFTER_NAMES}"),
    re.compile(rf"(?:(?<![一-鿿×])|(?<=[在于人将由]))({NAMES})(?=名下|所有的)"),
    re.compile(rf"(?:关于|持有的|拥有的|享有的|对)({NAMES})(?=等?(?:\d+户)?(?:零售|抵押类?|个人|不良|贷款|的)*债权)"),
)
"""Names behind a role (被执行人张三), before 名下, and debtors in the titles of loans on sale."""


def mask_personal(text: str) -> str:
    """Give the text with phone, identity and plate numbers, mail addresses and names of persons masked.

    Mobile numbers keep three digits, land lines the area code, plates province and letter, names the surname;
    the length never changes. Case numbers, certificate and item numbers stay.
    """
    return _mask_names(_mask_codes(text)) if may_name_persons(text) else text


def may_name_persons(text: str) -> bool:
    """Whether a closer look is needed; clean texts cost half a microsecond."""
    if LONG_NUMBER.search(text) is not None and PERSONAL_NUMBER.search(text) is not None:
        return True
    if PLATE_OR_MAIL.search(text) is not None:
        return True
    return not text.isascii() and SUSPECT_WORD.search(text) is not None


def _mask_codes(text: str) -> str:
    text = IDENTITY.sub(lambda found: MASK * len(found[0]), text)
    text = MOBILE.sub(lambda found: f"{found[1]}{found[2]}{MASK * 4}{found[2]}{MASK * 4}", text)
    text = LANDLINE.sub(lambda found: found[0][: -len(found[5])] + MASK * len(found[5]), text)
    text = TAX_NUMBER.sub(lambda found: MASK * len(found[0]), text)
    text = PLATE.sub(lambda found: f"{found[1]}{MASK * len(found[2])}", text)
    return EMAIL.sub(lambda found: MASK * len(found[0]), text)


def _mask_names(text: str) -> str:
    for pattern in PERSONS:
        text = pattern.sub(_mask_listed_names, text)
    return text


def _mask_listed_names(found: re.Match[str]) -> str:
    """The match with every name in its first group cut to its surname; the words around the names stay."""
    parts = SEPARATOR.split(found[1])
    if min(map(len, parts[::2])) < 2:  # 李和平: the separator belongs to a name
        parts = [found[1]]
    parts[::2] = (SURNAME_FIRST.sub(_keep_surname, name) for name in parts[::2])
    start, end = (place - found.start() for place in found.span(1))
    return found[0][:start] + "".join(parts) + found[0][end:]


def _keep_surname(found: re.Match[str]) -> str:
    return found[1] + MASK * len(found[2])
