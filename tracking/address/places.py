"""The front of an address: province, city and district go, town, road and compound stay."""

import re
from functools import lru_cache
from typing import NamedTuple

from tracking.address.numerals import read_number, write_numerals

PROVINCES = re.compile(r"(?:中国)?[\u4e00-\u9fff]{2,3}?(?:省|市|(?:壮族|回族|维吾尔)?自治区)")
"""Behind one of ``PROVINCE_STARTS``."""

PROVINCE_NAMES = (
    "(?:上海|重庆|天津|北京|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏"
    "|宁夏|新疆)"
)
PROVINCE_NAME = re.compile(PROVINCE_NAMES)
BARE_PROVINCE = re.compile(PROVINCE_NAMES + "(?=[^路街大东南西北中]{2,8}(?:[市州县盟]|(?<![小社])区))")
NAMED = r"[^0-9A-Z路街镇乡村道巷号弄、,，与和及及]"
NO_CITY = "[场政区]|民(?!.县)|广(?!.[区县])"
"""What follows 市 where it is part of a word (市民, 市广场); 商丘市民权县 and 廊坊市广阳区 are cities."""

PROVINCE_BEFORE_A_TOWN = re.compile(f"(?!上海|重庆|天津|北京){PROVINCE_NAMES}(?=[\u4e00-\u9fff]{{6}})")
"""江苏宜兴海德名园: a county's name without 市 and that of a compound; 云南映象小区 is a compound."""

CITY = re.compile(
    rf"{NAMED}{{2,8}}(?:自治州|地区)|[^0-9A-Z路街道巷号弄、,]{{2,4}}?(?:市(?!{NO_CITY})|[州盟](?=.{{1,4}}[市县旗]))"
)
DISTRICT = re.compile(
    rf"{NAMED}{{1,10}}?(?:自治县|自治旗)|{NAMED}{{1,3}}?(?:县(?!城[^关]|区)|(?<!红)旗(?=.{{2}}))|{NAMED}{{2,3}}?市(?!{NO_CITY})"
    rf"|[^0-9A-Z路街镇乡村道巷号弄、,，与及]{{1,3}}(?<![小社校园新片库])区(?!域)"
)
WIDER = re.compile(r"[东南西北中城郊港矿市][东南西北中城]?区")
"""Districts of any city by the look of them, that may as well be a block: they go behind a city only."""

ZONE = re.compile(
    rf"{NAMED}{{0,8}}?(?:经济技术开发区|高新技术(?:产业)?开发区|高新技术产业园区|经济开发区|技术开发区|台商投资区|综合开发区|旅游度假区|工业园区|综合试验区"
    rf"|开发区|高新区|经开区|示范区|管理区|新区|新站区|自贸区)(?![路街]|大[道街])(?:内(?![环外])|管委会)?"
)
TOWN = re.compile(
    r"([^0-9A-Z路、,，]{1,7}?路?)(街道(?:办事处|办)?|街办(?:事处)?|办事处|镇(?!政府|镇)|乡(?!政府)|苏木)(?![路街道巷里弄侧])"
)
ROAD = re.compile(
    r"([^0-9A-Z、,，与]{1,14}?(?:大道|大街|路|[内外一二三四五六]环(?!路)|街(?![区坊道]|大道)|道(?![口街路])|[一-龥]巷|[一-龥]弄(?=$))(?:[东西南北中一二三四五六七八九十]{1,2}(?:[段路街巷](?!口)))?"
    r"(?:[东西南北中](?=$|[0-9])|(?<=大街)[一-龥]{2}段(?=$|[0-9]))?(?:[一二三四五六七八九十]+巷)?)"
)
ROAD_ENDS = frozenset("路街道巷段")
DIRECTIONS = re.compile(
    r".*(?:[路街道][以]?[东南西北]{1,2}(?=[、,，]|$)|以[东南西北]|[东南西北]{1,2}[侧角面]|交叉口|交汇处|交界处|交会处|交叉处|交汇|交角|交口|路口|街口|对面|地段|[东南西北]首(?![府座]))"
    r"(?:[东南西北]{1,2}[侧角面边])?[的处上]?[、,，]?"
)
"""From where a house lies to a road: the road behind the first one, and the side of it."""

VILLAGE = re.compile(
    r"((?:(?!大[道街])[^0-9A-Z路]){1,7}?(?:社区(?:居委会|村委会|居民委员会)?|居民委员会|村民委员会|居委会|村委会|村(?![镇路街民委]|大[道街])))"
)
NOISE_BEFORE = re.compile(
    r"(?:的|内|第|之[一二三四五六七八九十]+|及|与|、|,|，|:|-|处|号|\.|.*:|.*公司(?:所有|开发|名下|建设)?的?)+"
)
NOISE_BEHIND = re.compile(
    r"(?:的?(?:房地产|房产|房屋|不动产|自建房|住房|楼房|别墅|住宅用?房?|商品住宅|商品房|商业用?房?|商住|用房|商铺|店面|门面|车库|车位|储藏室?|储物间|附属间|杂物间"
    r"|(?:国有|集体)?(?:建设用)?(?:土地|用地)(?:使用权)?|使用权|所有权|(?:该|其)?地上(?:建筑物?|附着物|房产|房屋)|房屋建筑物|共同共有的产权)(?:[一二三四五两][处套幢栋间宗])?"
    r"|(?<=.)[一二三四五两][处套间宗]|[一二三四五两][处套间宗]"
    r"|(?:独[栋幢]|联排|双拼|叠拼)式?|住宅楼|综合楼|商住楼|商业楼|办公楼|宿舍楼|公寓楼|房号为|编号为?|(?<!门)第|的|及|及其|项下|商|储|室|铺|地下(?:车库|停车场|停车库|室|车位)?|附|负|地上|项目|(?<=.)小区|-|、|,|，|#|:|\.|\+)+$"
)
NOT_BARE = re.compile(r"[侧角口汇面交段路街道的内第之及与、,，:\-处号.司区县旗权车套辆批备专种组×%;?!0-9]")
"""At least one of these is in each name with words around it or a number, and in each that is none of a compound."""

LONGEST_NAME = 30
NOISE_ENDS = frozenset(
    "墅排拼产屋房宅业商铺面库室间一二三四五两处套幢栋宗楼为号第的储场位附负上下目区地权筑物及-、,:#.+"
)
GROUP = re.compile(r"([0-9]{1,3}|[一二三四五六七八九十]{1,3})组")
"""A part of a village, which counts its houses from 1: 白龙村四组352号."""

SIDES = frozenset(["东区", "西区", "南区", "北区", "中区"])
"""Parts of what stands at a number, and no names."""

BESIDE_A_HOUSE = frozenset(["附房", "附属用房", "室内家具家电"])
NO_COMPOUND = BESIDE_A_HOUSE.union(
    [
        "",
        "小区",
        "商品",
        "杂间",
        "一栋",
        "大院",
        "院",
        "院内",
        "号",
        "之",
        "东侧",
        "西侧",
        "南侧",
        "北侧",
        "城区",
        "车位",
        "土地",
    ]
)
NO_NAME = re.compile(
    r"[×%;?!]|公司|股权|债权|车牌|车辆|轿车|货车|客车|挂车|一[套辆批]|权属|设备|专利|一种|某机构|法院|存放"
    r"|^[0-9一二三四五六七八九十]{1,3}组$|^[0-9]+$"
)
BARE_CITY_BLOCKED = tuple("湾路街大东西南北中一二三四五六七八九十环道巷花公广城镇乡村区县市")
DIRECTION_SIGN = re.compile("[侧角口汇]|[东南西北对]面|交[界会叉]|地段|[东南西北]首|[路街道]以?[东南西北]")
ANOTHER_ROAD = re.compile(r"[与和、].*|[东南西北以].*[路街道](?:[东南西北](?!方))?")
"""Behind a road: a second road, from where the house lies to both."""

SEPARATORS = " -、,·:"
STARTS = (
    "中国北京天津上海重庆河北山西辽宁吉林黑龙江苏浙江安徽福建江西山东"
    "河南湖北湖南广东海南四川贵州云南陕西甘肃青海内蒙广西西藏宁夏新疆"
)
PROVINCE_STARTS = frozenset(STARTS[at : at + 2] for at in range(0, len(STARTS), 2))
"""The first two characters of the names of provinces, and of 中国."""


REGION_WIDTH = 30
"""Characters at the front in which province, city and district stand, even if each is told twice."""

LONG_DISTRICT = 6
"""Characters; such names are those of autonomous counties: 酉阳土家族苗族自治县 is 酉阳县 as well."""

REGION_ENDS = frozenset("省市区县州盟旗")


class Place(NamedTuple):
    """What the words before the first number say."""

    town: str | None = None
    town_words: str = ""
    road: str | None = None
    road_words: str = ""
    compound: str | None = None
    compound_words: str = ""


NOWHERE = Place()


@lru_cache(maxsize=1 << 13)  # a larger one falls out of the processor's cache and costs more than it saves
def read_place(head: str, city: str | None, district: str | None) -> Place:
    """Town, road and compound of the words before the first number, whose first names of places go."""
    rest = strip_region(head[:120], city and city.strip(), district and district.strip())
    if "区" in rest[:18] and (zone := ZONE.match(rest)) is not None and not _is_estate(rest, zone[0]):
        rest = rest[zone.end() :]
    town = town_words = road = road_words = None
    found = TOWN.match(rest)
    if found is not None:
        town_words = found[0]
        town = found[1] + ("街道" if found[2][0] in "街办" else found[2])
        rest = rest[found.end() :]
    front = rest[:12]
    village = VILLAGE.match(rest) if "村" in front or "社区" in front or "居" in front else None
    inner = rest[village.end() :] if village is not None else rest
    found = ROAD.match(inner)
    if found is not None:
        road_words, inner = found[1], inner[found.end() :]
        if inner[-1:] in ROAD_ENDS and (found := ROAD.fullmatch(inner)) is not None:
            road_words, inner = found[1], ""  # 天河南二路六运五街: the last one has the number
        road = write_numerals(road_words)
    name = inner
    if road_words and inner and DIRECTION_SIGN.search(road_words[-1] + inner) is not None:
        name = DIRECTIONS.sub("", road_words + inner, count=1)
    if road_words and inner and (name is inner or name.startswith(road_words)):
        name = ANOTHER_ROAD.sub("", inner, count=1) if ANOTHER_ROAD.match(inner) else inner
    if village is not None and road is None and (inner in SIDES or _is_new_village(village[1], inner)):
        name = village[1] + inner
    compound = _clean(name)
    if village is not None and road is None and (found := GROUP.fullmatch(inner)) is not None:
        name, compound = village[1] + inner, f"{village[1]}{read_number(found[1])}组"
    if compound is None and village is not None and road is None:
        name = village[1]
        compound = _clean(name)
    return Place(town, town_words or "", road, road_words or "", compound, name)


def _is_new_village(village: str, rest: str) -> bool:
    """Whether the village is the estate, and the rest its other name: 梅园新村(金辉豪庭)8栋."""
    return village.endswith("新村") and len(village) > len("新村") and len(rest) > 1 and rest.isalpha()


def _is_estate(rest: str, zone: str) -> bool:
    """Whether a new area is a row of houses and no part of a city: 红旗示范新区33栋 (哈尔滨, 2025)."""
    is_new_area = zone.endswith("新区") and not zone.endswith("高新区")
    is_alone = rest == zone or rest.removeprefix(zone) in SIDES
    return is_new_area and is_alone and len(zone) > len("滨海新区")


DISTRICT_BEFORE = re.compile(r"[\u4e00-\u9fff]{1,3}(?<![小园社东西南北期])区(?=[\u4e00-\u9fff]{2})")
"""A district that nobody told us of, before the compound: 道外区瑞景湾."""

DISTRICT_ALONE = re.compile(r"[\u4e00-\u9fff]{1,5}(?<![小园社东西南北中新老院宿])[区县旗]")
"""No compound but the end of 浙江省 杭州市 滨江区."""


def strip_region(text: str, city: str | None, district: str | None) -> str:
    """The text without the names of province, city and district at its front, however often they stand there."""
    is_known = False
    if district and (at := text.rfind(district, 0, REGION_WIDTH)) >= 0 and (not at or text[at - 1] in REGION_ENDS):
        text, is_known = text[at + len(district) :], True
    before = None
    while text != before:
        before = text
        text = text.lstrip(SEPARATORS)
        if text[:2] in PROVINCE_STARTS:
            text = _strip_province(text, city)
        if city and city[:1] == text[:1]:
            text = _strip_both(text, city, district) or _strip_name(text, city)
        if district and district[:1] == text[:1]:
            rest = _strip_name(_strip_short(text, district), district)
            is_known = is_known or rest != text
            text = rest
    if not city and (found := CITY.match(text)) is not None and found[0] != text:
        return strip_region(text[found.end() :], found[0], district)
    if not is_known and ("区" in text[1:4] or "县" in text[1:12] or "市" in text[1:5] or "旗" in text[1:12]):
        found = DISTRICT.match(text)
        if found is not None and found[0] != text and (city or WIDER.fullmatch(found[0]) is None):
            text = text[found.end() :]
    return text


def _strip_province(text: str, city: str | None) -> str:
    found = PROVINCES.match(text) or BARE_PROVINCE.match(text)
    if found is None and city and (found := PROVINCE_NAME.match(text)) and not text.startswith(city[:-1], found.end()):
        found = PROVINCE_BEFORE_A_TOWN.match(text)
    return text[found.end() :] if found is not None else text  # 江苏无锡


def _strip_both(text: str, city: str, district: str | None) -> str | None:
    """The text without city and district told in short, one behind the other: 长沙芙蓉南京巷, 天津南开丽景国际城.

    Here a direction behind them begins a name, and only one before a word for a road goes with them (芙蓉南路).
    """
    if district is None or len(city) < 3 or len(district) < 3:
        return None
    for short in (city[:-1] + district, city[:-1] + district[:-1]):
        rest = text.removeprefix(short)
        if rest != text and len(rest) > 1 and NO_NAME_BEGINS.match(rest) is None:
            return rest
    return None


NO_NAME_BEGINS = re.compile("[东西南北中]?[一二三四五六七八九十]?(?:[路街道环巷段]|大[道街])|[花公广城镇乡村区县市]")
"""How words go on behind a road, or a compound, that is named after a city or a district."""


def _strip_short(text: str, district: str) -> str:
    """The text without 酉阳县, as 酉阳土家族苗族自治县 is called in short; 酉阳县城 is a town."""
    if len(district) < LONG_DISTRICT or text[2:3] != "县" or text[3:4] == "城" or not text.startswith(district[:2]):
        return text
    return text[3:]


def _strip_name(text: str, name: str) -> str:
    """The text without a known name at its front, with or without its last character (合肥, 合肥市)."""
    if len(name) > 1 and text.startswith(name):
        return text[len(name) :]
    bare = name[:-1]
    if len(bare) > 1 and name[-1] in "市县区州" and text.startswith(bare):
        rest = text[len(bare) :]
        return text if not rest or rest.startswith(BARE_CITY_BLOCKED) else rest
    return text


@lru_cache(maxsize=1 << 14)
def clean_compound(name: str) -> str | None:
    """The name of a compound without words around it; ``None`` where nothing is left."""
    return _clean(name)


def _clean(name: str) -> str | None:
    if not name:
        return None
    if name[-1] not in NOISE_ENDS and NOT_BARE.search(name) is None:
        return name if 1 < len(name) <= LONGEST_NAME and name not in NO_COMPOUND else None
    if DIRECTION_SIGN.search(name) is not None:
        name = DIRECTIONS.sub("", name, count=1)
    before = None
    while before != name:
        before = name
        if (found := NOISE_BEFORE.match(name)) is not None:
            name = name[found.end() :]
        if name[-1:] in NOISE_ENDS and (found := NOISE_BEHIND.search(name)) is not None:
            name = name[: found.start()]
    if name.endswith("号") and name[:1] == "附":
        name = name[1:-1]
    if (found := DISTRICT_BEFORE.match(name)) is not None:
        name = name[found.end() :]
    if not 1 < len(name) <= LONGEST_NAME or name in NO_COMPOUND:
        return None
    if NO_NAME.search(name) is not None or DISTRICT_ALONE.fullmatch(name) is not None:
        return None
    return write_numerals(name)
