"""How platforms and clerks write the same home: made-up titles.

Where the proportions come from (``captures``; 5,999 titles of 2020-05 and 7,945 addresses of 2025/26, counted on
rows with a digit):

- a district or county is told in 76 % of the titles and 90 % of the addresses;
- of the flats of both, 15 and 32 % are told by a road with a number alone, 60 and 40 % by a compound alone, 22 and
  26 % by both, 3 % by a road without a number (4,814 and 6,121 flats, as ``tracking.address`` reads them);
- 单元 is told for 40 to 45 % of the flats; 幢, 栋 and 号楼 share the buildings about 3 : 3 : 3, then # (5 %) and 座 (2 %);
- a floor is told apart (12层, 12楼) in 16 and 27 %, dash forms (3-1-502) stand in 9 to 15 %, brackets in 10 to 16 %, Chinese
  numerals in 4 to 5 %, "一套" in 2 %, a debtor ("王××名下位于") in 2 %, （破） in 3 %;
- endings: none 30 %, 房产, 房屋, 住宅, 房地产, 不动产, 的房产 in this order; 室 and 号 before them about equally often;
- between the rounds of one procedure the wording stays the same but for the prefix; banks change it from one attempt
  to the next (溪南新村376-1-101 with and without 无锡, 汉江北路119号121号 as 商铺, as 房产 and as nothing: JD Jiangsu 2020).

How two hands differ that write of one home: at most as the captures show of two homes of one estate (the collector's
所属小区) that were sold 90 days or more apart, one estate one vote: 209 pairs of 99 estates, Ali 2015-02 to 2026-02
(``sold-daily`` and the first rows of ``sold-repeat-addresses``). They share the land register, seldom the hand; but
they are two homes, and not every estate is what the collector took it for, so that each rate is an upper bound. A
writer departs from the register with the full rate, and a pair therefore up to twice as often as measured.
"""

from typing import NamedTuple

from benchmarks.linking.homes import Compound, Draw, Home, Kind, Numbering
from benchmarks.linking.words import FIRST_WORDS
from store.terms import RoundKind

ENDINGS = (
    *("",) * 16, "房产", "房产", "房屋", "房屋", "住宅", "房地产", "住房", "房产", "房产", "房产", "房屋", "房屋", "房屋", "住宅", "住宅", "住宅房地产", "房地产", "房地产",
    "不动产", "的房产", "的房产", "的房地产", "的不动产", "住宅用房", "房屋一套", "及储藏室",
    "及附房", "及室内家具家电", "（含装修）", "的住宅房地产（包括室内固定装修）", "（预售房）",
)  # fmt: skip
ROUND_PREFIXES: dict[RoundKind | None, tuple[str, ...]] = {
    RoundKind.FIRST_AUCTION: ("【第一次拍卖】", "【第一次拍卖】", "【一拍】", "（一拍）", "", "", "第一次拍卖："),
    RoundKind.SECOND_AUCTION: ("【第二次拍卖】", "【第二次拍卖】", "【二拍】", "（二拍）", "", "", "第二次拍卖："),
    RoundKind.SELL_OFF: ("【变卖】", "【变卖】", "（变卖）", "", ""),
    RoundKind.RE_AUCTION: ("【重新拍卖】", "【第一次拍卖】", "", ""),
    RoundKind.DIRECT_SALE: ("", "", "", "【一拍】", "【二拍】", "（抵债资产）", "捡漏清盘", "【银行直售】"),
}
BANK_NAMES = {
    "平安银行总行": "平安银行",
    "中国工商银行": "工商银行",
    "中国民生银行": "民生银行",
    "中国建设银行": "建设银行",
    "江苏银行股份": "江苏银行",
    "兰州银行股份": "兰州银行",
    "中国农业银行": "农业银行",
}
OTHER_PLACE = 0.09
"""Road, compound or both told otherwise: 9.3 %; the road alone against the compound alone: 1.7 % (0.5 % at any days)."""

OTHER_PLACE_AT_BANKS = 0.18
"""Twice that: a guess, no capture shows a home at a court and at a bank (JD Jiangsu 2020: 0 of 10 steps at one bank)."""

OTHER_BUILDING_WORD = 0.13
"""幢, 栋, 号楼, #楼, #, 座: 13.3 %."""

OTHER_UNIT_WORD = 0.02
"""单元, 梯: as often as the unit is told by one alone (11 %), which is nearly all of it."""

OTHER_ROOM = 0.08
"""室, 号, 房, 户 or nothing: 8.1 %; the floor told apart by one alone: 7.3 %; dashes by one alone: 2.2 %."""

OTHER_NUMERALS = 0.02
"""Chinese numerals by one alone: 0.5 % (2.0 % of 1,031 pairs 21 days or more apart)."""

OTHER_TOWN = 0.09
"""The town told by one alone: 9.2 %."""

NO_UNIT = 0.02
NO_NEEDLESS_UNIT = 0.05
"""The unit left out where the building has some, and where a room is unique without it. Of the flats in buildings some
listing of which tells a unit, 0 of 521 (Ali, winter 2025/26, 127 buildings) and 2 of 801 (Ali 2020-05, 105 buildings)
leave it out: in 2 of 232 buildings, at most 3 % (upper 95 %). Which of these are buildings of one unit is not known;
73 of the 127 show one, none with a flat without it: at most 4 %."""

BUILDING_WORDS = ("幢", "幢", "栋", "栋", "号楼", "号楼", "#", "座", "棟")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
NUMERALS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
FULL_WIDTH = str.maketrans("0123456789-#()", "０１２３４５６７８９－＃（）")
SHARES = {
    "1/2": ("二分之一产权份额", "1/2产权份额", "50%份额", "的二分之一份额"),
    "1/3": ("三分之一的产权份额", "1/3产权份额"),
    "2/3": ("三分之二的份额", "2/3产权份额"),
}


class Writer(NamedTuple):
    """The habits of whoever writes the titles of one procedure, or of the land register that he copies."""

    region: float  # how much of province, city and district
    place: float  # road, compound or both
    building_word: str
    unit_word: str
    room: float
    drops_unit: bool
    numerals: bool
    tells_town: bool
    ending: str
    wrap: float  # debtor, （破） and the like


def read_register(draw: Draw, compound: Compound) -> Writer:
    """How the certificates of a compound tell its homes, in the ways of the region for the most part."""
    return Writer(
        draw(),
        draw(),
        _building_word(draw, compound),
        _unit_word(draw, compound),
        draw(),
        False,
        draw() < 0.045,
        draw() < 0.4,
        "",
        0.0,
    )


def _building_word(draw: Draw, compound: Compound) -> str:
    return compound.building_word if draw() < 0.72 else BUILDING_WORDS[int(draw() * 8.1)]


def _unit_word(draw: Draw, compound: Compound) -> str:
    return "梯" if compound.place.letter in "闽粤" and draw() < 0.3 else "单元"


def make_writer(draw: Draw, compound: Compound, home: Home, register: Writer, is_bank: bool) -> Writer:
    """Somebody who writes about this home: as the register does, but for what he does his own way."""
    is_alone = compound.rooms_run_on or len(compound.unit_names) == 1
    return Writer(
        draw(),
        draw() if draw() < (OTHER_PLACE_AT_BANKS if is_bank else OTHER_PLACE) else register.place,
        _building_word(draw, compound) if draw() < OTHER_BUILDING_WORD else register.building_word,
        _unit_word(draw, compound) if draw() < OTHER_UNIT_WORD else register.unit_word,
        draw() if draw() < OTHER_ROOM else register.room,
        draw() < (NO_NEEDLESS_UNIT if is_alone else NO_UNIT),
        draw() < 0.045 if draw() < OTHER_NUMERALS else register.numerals,
        draw() < 0.4 if draw() < OTHER_TOWN else register.tells_town,
        _ending(draw, home),
        draw(),
    )


def reword(draw: Draw, home: Home, writer: Writer) -> Writer:
    """The same hand once more: region and ending are what then differs."""
    return writer._replace(region=draw(), ending=_ending(draw, home))


def _ending(draw: Draw, home: Home) -> str:
    return ENDINGS[int(draw() * len(ENDINGS))] if home.kind in {Kind.FLAT, Kind.HOUSE} else ""


def write_title(compound: Compound, home: Home, writer: Writer, seller: str) -> str:
    """The title without its round."""
    text = _region(compound, writer.region) + _place(compound, home, writer) + _thing(compound, home, writer)
    text += writer.ending
    wrap = writer.wrap
    bank = BANK_NAMES.get(seller[:6])
    if bank:
        return ("{1}", "【{0}】{1}", "-{0}-{1}", "{0}-{1}")[int(wrap * 4)].format(bank, text)
    if wrap < 0.02:
        person = SURNAMES[int(wrap * 1_000)] + ("××" if wrap < 0.014 else "×")
        text = ("被执行人{}名下位于{}", "{}名下位于{}", "关于{}名下的{}", "{}所有的{}")[int(wrap * 400) % 4].format(
            person, text
        )
    elif wrap < 0.05 and compound.is_batch:
        text = f"（破）{compound.developer}所有的{text}" if wrap < 0.035 else f"（破）{text}"
    elif wrap > 0.97:
        text += f"，建筑面积：{home.area / 100:g}平方米"
    elif 0.6 < wrap < 0.603:
        text = text.translate(FULL_WIDTH)
    return text


def add_round(draw: Draw, title: str, kind: RoundKind | None) -> str:
    """The title with a prefix that names the round, as most platforms have one."""
    prefixes = ROUND_PREFIXES.get(kind)
    return prefixes[int(draw() * len(prefixes))] + title if prefixes else title


def misspell(draw: Draw, title: str, compound: Compound) -> str:
    """The title with one wrong character in the name of the compound, or of the road.

    25 of 2,540 names of roads and compounds are such errors in estates of several listings (Ali 2015 to 2026; 20 of
    them one road whose first character is rare: 寥廓南路, 廖廓南路, 廓南路). In 1.1 % of the texts here.
    """
    name = compound.name or compound.road
    place = title.find(name)
    if place < 0:
        return title
    place += int(draw() * min(len(name), 2))
    return title[:place] + FIRST_WORDS[int(draw() * len(FIRST_WORDS))][0] + title[place + 1 :]


def _region(compound: Compound, habit: float) -> str:
    place = compound.place
    province = "" if place.province == place.city else place.province
    if habit < 0.16:
        return province + place.city + compound.district
    if habit < 0.6:
        return place.city + compound.district
    if habit < 0.7:
        return place.city
    if habit < 0.9:
        return compound.district
    if habit < 0.92:
        return place.city[:-1] + compound.district[:-1] if len(compound.district) == 3 else place.city[:-1]
    return "位于" if habit < 0.93 else ""


def _place(compound: Compound, home: Home, writer: Writer) -> str:
    habit, name = writer.place, compound.name
    town = compound.town if writer.tells_town and compound.town else ""
    number = home.space if home.kind is Kind.HOUSE else compound.house_number
    if compound.numbering is Numbering.LANE and home.kind is not Kind.HOUSE:
        aside = f"（{name}）" if habit < 0.15 else ""
        return f"{town}{compound.road}{number}弄{aside}"
    road = f"{compound.road}{number}号"
    if name is None:
        return town + road
    if writer.tells_town and habit > 0.97 and not name.endswith("小区"):
        name += "小区"
    if compound.alias and habit > 0.8:
        name = f"{name}（现：{compound.alias}）" if habit > 0.9 else f"{name}（{compound.alias}）"
    if habit < 0.24:
        text = f"{road}{name}"
    elif habit < 0.28:
        text = f"{road}（{name}）"
    elif habit < 0.48:
        text = road
    elif habit < 0.51:
        text = f"{compound.road}与{compound.road[0]}河路交叉口东北侧{name}"
    else:
        text = name
    if compound.phase and habit < 0.9:
        text += f"{compound.phase}期" if habit < 0.7 else f"（{compound.phase}期）"
    if compound.block:
        text += f"{compound.block}区"
    return town + text


def _thing(compound: Compound, home: Home, writer: Writer) -> str:
    kind, habit = home.kind, writer.room
    if kind is Kind.HOUSE:
        return ""
    if kind is Kind.PARKING:
        under = ("地下一层", "地下室", "-1层", "地下室负1层", "地下车库", "")[int(habit * 6)]
        return f"{under}{home.space}{('号车位', '车位', '号汽车位', '号车位', '号机动车位')[int(habit * 40) % 5]}"
    building = f"{home.building}{writer.building_word}"
    if kind is Kind.SHOP:
        forms = ("{0}{1}商铺", "{0}{2}层{1}号商铺", "{0}{1}室商铺", "{0}{1}号门面", "{0}商铺{1}", "{0}{2}层{1}商业")
        return forms[int(habit * 6)].format(building, home.space, home.floor)
    if kind is Kind.VILLA:
        return (f"{building}别墅", building, f"{home.building}号别墅", f"{building}独栋别墅")[int(habit * 4)]
    flat, several = _flat(compound, home, writer), ""
    if kind is Kind.SHARE:
        words = SHARES[home.share or "1/2"]
        several = words[int(habit * len(words))]
    elif kind is Kind.LOT:
        several = ("等{}套房产", "等{}套", "等{}套住宅", "等{}处房产")[int(habit * 4)].format(home.home_count)
    return flat + several


def _flat(compound: Compound, home: Home, writer: Writer) -> str:
    floor, door, habit = home.floor, home.door, writer.room
    if compound.numbering is Numbering.LANE:
        form = ("{0}号{1}室", "{0}号{1}室", "{0}号{1}室", "{0}号{1}", "{0}-{1}室", "{0}-{1}", "-{0}-{1}")[
            int(habit * 7)
        ]
        return form.format(home.building, f"{floor}{door:02}")
    unit = home.unit if not writer.drops_unit else None
    building, unit_text = home.building or "", unit or ""
    if writer.numerals and building.isdigit() and int(building) <= 10 and "#" not in writer.building_word:
        building = NUMERALS[int(building)]
    if unit and unit.isdigit() and (writer.numerals or 0.8 < habit < 0.82):
        unit_text = NUMERALS[int(unit)]
    if compound.numbering is Numbering.LAYERED:
        return _layered(building, unit_text, home, writer)
    room = f"{floor}{door:02}"
    if compound.numbering is Numbering.UNIT_LED:
        room = f"{home.unit}{floor:02}{door:02}"
        unit, unit_text = (unit, unit_text) if habit < 0.25 else (None, "")
    if home.unit and not home.unit.isdigit():  # 幢甲单元, in all of 72 addresses (Ali 2015 to 2026)
        writer = writer._replace(unit_word="单元", numerals=True)
    if habit > 0.87 and not writer.numerals:  # dashes
        dashed = f"{unit_text}-{room}" if unit else room
        return f"{building}-{dashed}室" if habit > 0.94 else f"{building}{writer.building_word}{dashed}室"
    if unit:
        unit_text += writer.unit_word
    if 0.1 < habit < 0.3:
        room = f"{floor}层{room}"
    word = "室" if habit < 0.4 else "号" if habit < 0.65 else "房" if habit < 0.75 else "" if habit < 0.86 else "户"
    return f"{building}{writer.building_word}{unit_text}{room}{word}"


def _layered(building: str, unit: str, home: Home, writer: Writer) -> str:
    floor, door, habit = home.floor, home.door, writer.room
    if home.unit and not home.unit.isdigit():
        writer = writer._replace(unit_word="单元", numerals=True)
    if habit > 0.93 and not writer.numerals:
        return f"{building}-{unit}-{floor}-{door}" if unit else f"{building}{writer.building_word}{floor}-{door}"
    if unit:
        unit += writer.unit_word
    forms = ("{}层{}号", "{}层{}号", "{}楼{}号", "{}-{}", "{}-{}号", "{}层{}室", "{}层{}号房")
    return f"{building}{writer.building_word}{unit}" + forms[int(habit * 7.5) % 7].format(floor, door)
