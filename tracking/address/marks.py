"""Numbers of an address and the words behind them that tell what they number."""

import re
from enum import IntEnum

NUMERAL = "零〇一二三四五六七八九十百两"


class Mark(IntEnum):
    """What a number is, by the word behind it."""

    BARE = 0
    NUMBER = 1  # 号
    BUILDING = 2  # 幢, 栋, 座, 号楼, #
    STOREY = 3  # 楼: of a building, or the building itself
    UNIT = 4  # 单元, 梯, 门
    FLOOR = 5  # 层
    ROOM = 6  # 室, 房, 户, 铺
    LANE = 7  # 弄, 巷
    PHASE = 8  # 期
    BLOCK = 9  # 区, 组团
    ROW = 10  # 排
    PARKING = 11
    STORAGE = 12
    LIST = 13  # one more number follows
    RANGE = 14  # the last number follows
    COUNT = 15  # 套
    NAME = 16  # part of a name: 三段, 207国道
    LAND = 17  # 地块


PARKING = (
    r"(?=[地人机小产室普非微标汽停车泊立子充半露固专])"
    r"(?:地下室?|人防|机动|机械|小型|产权|室内|普通|非人防|微型|标准|立体|子母|充电|半地下|露天|地上|地面|固定|专用){0,3}"
    r"(?:汽车库|机动车库|停车位|汽?车位|车库|车房|泊位)"
)
STORAGE = (
    r"(?=[地戊储杂附阁库自电非柴架])(?:地下|戊类){0,2}(?:储藏[室间]?|储物[室间]|储[室间]|杂物[间房]|附属[间用]房?|附房|阁楼|库房|自行车[库棚]|电动车[库棚]"
    r"|非机动车[库棚]|地下室(?![-负第0-9A-Z])|柴[火草]?间|架空层)"
)
ROOM = (
    r"户(?![型楼])|商业?用?铺面?|铺面?|店面?|门面房?|门市|网点|商业(?![中广街城综楼大用])|营业用?房|商服|摊位|写字间|办公(?!楼|大)"
    r"|复式单元|跃层单元|商[室房]|卡"
)
NAME = (
    r"(?<!号)(?:平方|平米|㎡|米|亩|年|月|日|元|万|%|国道|省道|县道|段|道|里|村|社|组(?!团)|区块|环路?|期工程|次|度|城|分之|代|丘|队|家"
    r"|室[0-9一二两三]厅|居|厅|卫)|街(?!坊)|路|桥|街坊|小区|线|地(?![下上块])|公路|村"
)
KINDS = (
    (
        Mark.BUILDING,
        rf"[幢栋]楼?(?:之[{NUMERAL}]{{1,2}})?",
    ),  # the most frequent words stand first: it is a third of the time
    (Mark.UNIT, r"单元|单(?=-?[0-9])"),
    (Mark.FLOOR, r"层"),
    (Mark.ROOM, rf"室(?![内外]|[0-9{NUMERAL}]厅)|房(?![产屋地间号])"),
    (Mark.STOREY, r"楼(?!盘|宇|梯)"),
    (Mark.LIST, r"[、,，和及与/+](?=[0-9A-Z])"),
    (Mark.RANGE, r"至(?=[0-9])"),
    (Mark.PARKING, PARKING),
    (Mark.STORAGE, STORAGE),
    (Mark.LAND, r"地块|宗地"),
    (Mark.NAME, NAME),
    (Mark.ROOM, ROOM),
    (
        Mark.BUILDING,
        r"座(?!落)|(?:住宅|综合|商住|商业|办公|宿舍|公寓|高层|多层|安置|别墅|服务型公寓|教师|教工|职工){1,2}楼",
    ),
    (Mark.UNIT, r"梯(?!田)|门(?![市面口厅牌卫球头])"),
    (Mark.LANE, r"[弄巷]"),
    (Mark.PHASE, r"期"),
    (Mark.BLOCK, r"区(?!间)|组团"),
    (Mark.ROW, r"排"),
    (Mark.COUNT, r"(?<!号)[套间处宗户]"),
    (Mark.NUMBER, rf"大?院|之[{NUMERAL}]{{1,3}}|之[0-9]{{1,3}}"),
)
STARTS = (
    "幢栋单层室房楼、,和及与/+至地人机小产普非微标汽停车泊立子充半露固专戊储杂附阁库自电柴架宗平㎡米亩年月日元万%国省县段道里村"
    "社组区环期次度城分代丘队家居厅卫街路桥线公户商铺店面门网营摊写办复跃卡座住综宿高多安别服教职梯弄巷排套间处院大之号"
)
"""The first characters of all words: most names are passed over by these alone."""

WORDS = "|".join(words for _, words in KINDS)
COUNTED_FROM_CHINESE = (
    rf"[幢栋座层期区弄梯套院]|(?<=[{NUMERAL}]{{3}})[室房]|号(?![\u4e00-\u9fff])"
    r"|号(?=[楼院附之房门商铺店单综住])|号?楼|单元|组团"
)
"""What must follow a Chinese numeral to make it a number; elsewhere it belongs to a name (九号府, 三房)."""

DESCRIBED_HOUSE = re.compile(r"[住综商办宿公高多安别服教职].*楼")
"""A building by what it is for: 10号综合楼."""

TOKEN = re.compile(
    rf"([0-9A-Z{NUMERAL}首东西南北中甲乙丙丁戊](?:(?<=[0-9A-Z])[0-9A-Z]*(?:[-.][0-9A-Z]+|[甲乙丙丁][0-9]{{0,4}}(?=号))*"
    rf"|(?<=[{NUMERAL}])[{NUMERAL}]{{0,5}}(?={COUNTED_FROM_CHINESE})"
    rf"|(?<=首)(?=层)|(?<=[东西南北中甲乙丙丁戊])(?=单元|梯|门[0-9])|(?<=[甲乙丙丁戊])(?=[座幢栋])))"
    rf"(#?号?#?)((?=[{STARTS}])(?:{WORDS})|)"
)
"""Splits a text into what stands before a number, the number, 号 or # behind it, the word behind it, and so on."""

_CLASSES = tuple((kind, re.compile(words)) for kind, words in KINDS)


class _Kinds(dict[str, Mark]):
    """Kinds by their words, found out once for each word."""

    def __missing__(self, word: str) -> Mark:
        kind = self[word] = next((kind for kind, words in _CLASSES if words.match(word + "0")), Mark.BARE)
        return kind


KIND_OF_WORD = _Kinds({"": Mark.BARE})
