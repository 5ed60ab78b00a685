"""The thing itself: floor, use, year, certificate, share, place."""

import re
from fractions import Fraction

from crawler.notices.numerals import whole_number
from crawler.notices.tables import cell, cells_of
from crawler.notices.text import PAGE_BOX, Notice, find_all, first_after, match_after

COUNTED = r"(?:-?\d{1,3}|[一二三四五六七八九十]{1,3})"
STOREYS = rf"(?:地上|地下)?第?({COUNTED}(?:[-~－—至到]{COUNTED})?)"
OF_TOTAL = re.compile(r"[:\s为是]{0,6}(-?\d{1,3}(?:[-~至]\d{1,3})?)层? ?/ ?\d{1,3}层?")
ON_FLOOR = re.compile(rf"(?:数|次|为|是|均|:|\s|地上|第){{0,8}}{STOREYS}层?(?![\d.㎡年]|平)")
STANDS_ON = re.compile(rf"[^,。;\n\t]{{0,16}}?(?:地上|地下)?第({COUNTED}(?:[-~－—至到]{COUNTED})?)层")
IN_STOREY = re.compile(rf"(?:该楼|本楼|楼)?的?{STOREYS}[层楼](?!\d|以上|高)")
FLOOR_LABELS = ("所在层/总层数", "所在层次/总层数", "所在楼层/总楼层", "房屋楼层", "楼层")
FLOOR_CELL = re.compile(rf"(?:位于|所在层次?(?:数|为|是|:)*|总层数的?)?{STOREYS}[层楼](?:$|[,/(、]| )")

USE_LABELS = (
    "规划用途",
    "房屋用途及土地性质",
    "房屋设计用途",
    "房屋用途",
    "设计用途",
    "建筑用途",
    "实际用途",
    "使用性质",
    "用途",
)
USE = re.compile(r"(?:均?[为是]|:|\s){0,6}(?:\d[、.])?([一-鿿]{2,16}(?:/[一-鿿]{2,12})?)")
PROSE = re.compile(r"[的由以在本该请应]|买受人|竞买|^其[它他]|房屋情况|不详|自行|情况")
TICKED = re.compile(r"([一-鿿]{2,8})\s?\(\s?[√✓☑]\s?\)")

YEAR_LABELS = (
    "建成年代",
    "建成年份",
    "建造年代",
    "建筑年代",
    "建造年份",
    "建成时间",
    "竣工日期",
    "竣工时间",
    "建成于",
    "建于",
    "房产年龄",
    "房龄",
)
YEAR = re.compile(r"[:\s为是约建成于]{0,10}((?:19|20)\d{2})(?:年|(?=[.\-/\s,。;)]|$))")
YEAR_BEFORE = re.compile(r"((?:19|20)\d{2})年(?:代)?(?:左右)?(?=(?:建成|竣工|建造))")

CERTIFICATE_LABELS = (
    "不动产权证书号", "不动产权证号", "不动产权证", "房屋所有权证号", "房屋所有权证", "房屋产权证号",
    "房屋产权证", "房产证书号", "房产证号", "房地产权证号为", "房地产权证号", "产权证号为", "产权证号",
    "权证号", "权证编号情况", "权证编号", "权属证明", "权属证号", "权属证书号", "证号", "权证情况",
)  # fmt: skip
NEW_FORM = re.compile(r"[一-鿿] ?\( ?20\d{2} ?\) ?[一-鿿]{1,14}不动产权第 ?\d{4,9} ?号")
CERTIFICATE = re.compile(r"[:\s为是(【\[]{0,8}((?![^,。;\n]{0,12}土)[0-9A-Za-z一-鿿()\[\]-]{0,24}\d{4,14} ?号?)")
NOT_CERTIFICATE = re.compile(r"国用|土地|备案|裁定|执行|执恢|书[;、]")

PART = (
    r"(百分之[一二三四五六七八九十]{1,5}|[一二三四五六七八九十]{1,3}分之[一二三四五六七八九十]{1,3}"
    r"|\d{1,3}(?:\.\d{1,4})?%|\d{1,3}/\d{1,4}|一半)"
)
SHARE_BEFORE = re.compile(
    rf"{PART}(?:的)?(?:房屋|房产|不动产|产权|所有权|共有|权利|按份共有|使用权"
    rf"|权益){{0,3}}(?:的)?(?:份额|产权|所有权|权益)"
)
SHARE_AFTER = re.compile(rf"(?:份额|产权比例|所占比例|共有比例)(?:[为是占:的\s]){{0,4}}{PART}")
OF_EACH = re.compile(r"各自?占?|分别|均")

ADDRESS_LABELS = (
    "标的物位置",
    "标的物所在地",
    "标的所在地",
    "房屋坐落",
    "坐落位置",
    "房地坐落",
    "坐落地址",
    "房屋座落",
    "座落",
    "坐落",
    "房屋位于",
)
TITLE_LABELS = ("标的物名称", "标的名称", "拍品名称")
SOLD_LABELS = ("拍卖标的物:", "拍卖标的:", "拍卖标的\n", "变卖标的:", "拍卖财产:", "拍卖对象:", "变卖对象:")
SOLD = re.compile(
    r"\s?(?:\d[.、])?(?:位于)?(?=[^。;\n]{0,80}\d)"
    r"((?![^。;]{0,12}面积)[^。;,\n\t【[]{6,120}?)(?=\((?:详|以|含|不|产权|来源)|[。;,\n\t【[]"
    r"| 起拍|$)"
)
LONGEST_TITLE = 200


def read_floor(notice: Notice) -> str | None:
    """The floor as 7, 18-19 or -1. The number of storeys of the house is none."""
    text = notice.body
    if found := first_after(text, FLOOR_LABELS[:3], OF_TOTAL) or match_after(text, "所在楼层为", OF_TOTAL):
        return _storeys(found[1])
    for label in ("所在层", "所在楼层"):
        if found := match_after(text, label, ON_FLOOR):
            return _storeys(found[1])
    for label in FLOOR_LABELS[3:]:
        for each in cells_of(notice, label, 3):
            if found := OF_TOTAL.match(each.value) or FLOOR_CELL.match(each.value):
                return _storeys(found[1])
    if found := match_after(text, "位于", STANDS_ON) or match_after(text, "在", IN_STOREY):
        return _storeys(found[1])
    return None


def _storeys(text: str) -> str | None:
    """Arabic digits, a hyphen for a range."""
    parts = re.split(r"(?<=.)[-~－—至到]", text)
    return "-".join(_digits(part) for part in parts)


def _digits(text: str) -> str:
    return text if text.startswith("-") else str(whole_number(text))


def read_use(notice: Notice) -> str | None:
    """What the building may be used for; the use of the land is another thing."""
    text = notice.body
    for label in USE_LABELS:
        for position in find_all(text, label, 8):
            before = text[max(0, position - 4) : position]
            if "土地" in before or "地类" in before or text[position + len(label) :].startswith("及"):
                continue
            if ticked := TICKED.search(text, position, position + 40):
                return ticked[1]
            found = USE.match(text, position + len(label))
            if found is None or (found.start(1) == position + len(label) and label == "用途"):
                continue
            parts = [part for part in re.split(r"[/、]", found[1]) if not part.endswith(("用地", "出让", "划拨"))]
            if parts and not parts[0].startswith("及") and not PROSE.search(parts[0]):
                return parts[0]
    return None


def read_built_year(notice: Notice) -> str | None:
    """The year of completion."""
    text = notice.body
    if found := first_after(text, YEAR_LABELS, YEAR):
        return found[1]
    for word in ("年建成", "年竣工", "年建造", "年左右建成"):
        for position in find_all(text, word, 4):
            if found := YEAR_BEFORE.match(text, position - 4):
                return found[1]
    return None


def read_certificate(notice: Notice) -> str | None:
    """The number of the ownership certificate; certificates of land and filed contracts are none."""
    text = notice.body
    for position in find_all(text, "不动产权第", 6):
        start = text.rfind("(", max(0, position - 24), position)
        found = NEW_FORM.match(text, start - 1) or NEW_FORM.match(text, start - 2)
        if found:
            return _shown(notice, found, 0)
    for label in CERTIFICATE_LABELS:
        for position in find_all(text, label, 6):
            found = CERTIFICATE.match(text, position + len(label))
            if found and not NOT_CERTIFICATE.search(found[1]) and text[max(0, position - 2) : position] != "土地":
                return _shown(notice, found, 1).strip("[]-【】").removeprefix("明")  # 产权证明第00128478号
    return None


def _shown(notice: Notice, found: re.Match[str], group: int) -> str:
    """What was found, in the notice's own signs, without blanks."""
    return "".join(notice.shown[found.start(group) : found.end(group)].split())


def read_share(notice: Notice, title: str | None) -> str | None:
    """The share on sale (50%, 二分之一); the shares of several owners are none."""
    for text in (title or "", notice.body):
        found = [
            each
            for word in ("份额", "产权", "所有权", "权益", "比例")
            for position in find_all(text, word, 20)
            for each in (_share_at(text, position),)
            if each
        ]
        if found:
            kinds = dict.fromkeys(found)
            return found[0] if len(kinds) == 1 else None
    return None


def _share_at(text: str, position: int) -> str | None:
    for start in range(max(0, position - 14), position):
        if found := SHARE_BEFORE.match(text, start):
            before = text[max(0, start - 4) : start]
            part = found[1]
            is_other = OF_EACH.search(before) or text[start - 1 : start].isdigit() or start + len(part) > position
            return None if is_other or not _is_part(part) else part
    if (found := SHARE_AFTER.match(text, position)) and _is_part(found[1]):
        return found[1]
    return None


def _is_part(text: str) -> bool:
    """More than nothing and less than the whole; the normaliser refuses anything else."""
    if text.endswith("%"):
        return 0 < Fraction(text[:-1]) < 100
    if "分之" in text:
        whole, _, parts = text.partition("分之")
    else:
        parts, _, whole = text.partition("/")
    taken, of = whole_number(parts), whole_number(whole)
    return text == "一半" or (taken is not None and of is not None and 0 < taken < of)


def read_title(notice: Notice) -> str | None:
    """The name of the lot: of the price box without its badge, else of the table."""
    line = notice.shown.partition(PAGE_BOX)[2].strip().partition("\n")[0].strip()
    if line:
        name = re.sub(r"^(?:一拍|二拍|三拍|四拍|变卖|重新拍卖)\s", "", line)
        for badge in (" 可贷款", " 精选资产", " 支持贷款"):
            name = name.removesuffix(badge)
        return name[:LONGEST_TITLE] or None
    if found := cell(notice, *TITLE_LABELS):
        return found.shown(notice)[:LONGEST_TITLE]
    if sold := first_after(notice.body, SOLD_LABELS, SOLD):
        return notice.shown[sold.start(1) : sold.end(1)].strip()
    return None


def read_address(notice: Notice) -> str | None:
    """Where the table says that the lot lies."""
    found = cell(notice, *ADDRESS_LABELS)
    if found is None or len(found.value) < 5:
        return None
    return re.split(r"[;；。]| 地图标注", found.shown(notice))[0][:LONGEST_TITLE]
