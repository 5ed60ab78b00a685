"""Places as people name them, into the codes of GB/T 2260 by which the mainland platforms ask."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from crawler.errors import UnknownPlace
from crawler.normalize.divisions import City, load_gazetteer
from crawler.normalize.regions import read_title

# fmt: off
PROVINCES = {
    "11": "北京市 Beijing", "12": "天津市 Tianjin", "13": "河北省 Hebei", "14": "山西省 Shanxi",
    "15": "内蒙古自治区 Inner Mongolia", "21": "辽宁省 Liaoning", "22": "吉林省 Jilin",
    "23": "黑龙江省 Heilongjiang", "31": "上海市 Shanghai", "32": "江苏省 Jiangsu", "33": "浙江省 Zhejiang",
    "34": "安徽省 Anhui", "35": "福建省 Fujian", "36": "江西省 Jiangxi", "37": "山东省 Shandong",
    "41": "河南省 Henan", "42": "湖北省 Hubei", "43": "湖南省 Hunan", "44": "广东省 Guangdong",
    "45": "广西壮族自治区 Guangxi", "46": "海南省 Hainan", "50": "重庆市 Chongqing", "51": "四川省 Sichuan",
    "52": "贵州省 Guizhou", "53": "云南省 Yunnan", "54": "西藏自治区 Tibet", "61": "陕西省 Shaanxi",
    "62": "甘肃省 Gansu", "63": "青海省 Qinghai", "64": "宁夏回族自治区 Ningxia", "65": "新疆维吾尔自治区 Xinjiang",
}
"""Names by the first two digits. 吉林 alone is the province, not the city."""

ENGLISH_CITIES = {
    "guangzhou": "440100", "shenzhen": "440300", "dongguan": "441900", "foshan": "440600", "zhuhai": "440400",
    "huizhou": "441300", "hangzhou": "330100", "ningbo": "330200", "wenzhou": "330300", "nanjing": "320100",
    "suzhou": "320500", "wuxi": "320200", "changzhou": "320400", "hefei": "340100", "fuzhou": "350100",
    "xiamen": "350200", "quanzhou": "350500", "nanchang": "360100", "jinan": "370100", "qingdao": "370200",
    "yantai": "370600", "zhengzhou": "410100", "wuhan": "420100", "changsha": "430100", "nanning": "450100",
    "haikou": "460100", "sanya": "460200", "chengdu": "510100", "guiyang": "520100", "kunming": "530100",
    "lhasa": "540100", "xi'an": "610100", "xian": "610100", "lanzhou": "620100", "xining": "630100",
    "yinchuan": "640100", "urumqi": "650100", "shijiazhuang": "130100", "taiyuan": "140100", "hohhot": "150100",
    "shenyang": "210100", "dalian": "210200", "changchun": "220100", "harbin": "230100",
}
"""Capitals of provinces and the larger cities. 福州, 苏州 and 泰州 have namesakes in English; these are the larger."""
# fmt: on

MIN_TITLES = 5
MUNICIPALITIES = frozenset(["11", "12", "31", "50"])


def region_code(name: str) -> str:
    """The six digits of a place given by its Chinese or English name, or by two, four or six digits of its code.

    Raises:
        UnknownPlace: no place, or several, go by it.
    """
    wanted = name.strip()
    code = wanted.ljust(6, "0") if re.fullmatch(r"(?:[0-9]{2}){1,3}", wanted) else _named_code(wanted)
    if code not in _known_codes():
        raise UnknownPlace(
            f"no place is called {name}: give a name such as 广东省, 广州市 or Guangzhou, or a code (4401)"
        )
    return code


def province_of(name: str) -> str:
    """The two digits of a province.

    Raises:
        UnknownPlace: no place, or one below a province.
    """
    code = region_code(name)
    if not code.endswith("0000"):
        raise UnknownPlace(f"{name} is no province: this source is asked by province")
    return code[:2]


def province_name(digits: str) -> str:
    """The full Chinese name of a province given by its two digits."""
    return PROVINCES[digits].partition(" ")[0]


def short_code(code: str) -> str:
    """A code without the noughts of the levels below it: 44, 4401, 440106."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def parts_of(code: str) -> list[str]:
    """The codes one level below a place, in their order: of "" the provinces, of a district none."""
    if not code:
        return [f"{digits}0000" for digits in sorted(PROVINCES)]
    if code.endswith("0000") and code[:2] not in MUNICIPALITIES:
        return sorted(str(city.region.code) for city in _cities() if city.province == code[:2])
    return sorted(
        {str(each.code) for city in _cities() if city.region.code == code for each in city.districts.values()} - {code}
    )


def elsewhere(titles: Iterable[str | None], digits: str) -> str | None:
    """What is wrong with lots that were asked for in one place: told where most of them lie in others.

    Some sites answer a code that they do not know with the whole country. Fewer than five titles that name their place
    prove nothing: a court may sell what lies elsewhere.
    """
    codes = [code for title in titles if title and (code := read_title(title).code)]
    strangers = [code for code in codes if not code.startswith(digits[: len(short_code(code))])]
    if not digits or len(codes) < MIN_TITLES or len(strangers) * 2 <= len(codes):
        return None
    return f"{len(strangers)} of {len(codes)} lots lie outside {digits}"


def _named_code(name: str) -> str:
    english = name.lower()
    for digits, names in PROVINCES.items():
        chinese, _, latin = names.partition(" ")
        if english in {latin.lower(), f"{latin} province".lower()} or (len(name) > 1 and chinese.startswith(name)):
            return f"{digits}0000"
    if code := ENGLISH_CITIES.get(english):
        return code
    found = read_title(name)
    ends_there = any(
        each and name.endswith((each, each.removesuffix("市"))) for each in (found.district or found.city,)
    )
    return str(found.code) if ends_there else ""


def _cities() -> Iterator[City]:
    """Each prefecture, municipality and county under a province once."""
    return iter({id(city): city for city in load_gazetteer().city_by_name.values()}.values())


@cache
def _known_codes() -> frozenset[str]:
    codes = {f"{digits}0000" for digits in PROVINCES}
    for city in _cities():
        codes |= {str(city.region.code), *(str(each.code) for each in city.districts.values())}
    return frozenset(codes)
