"""Hong Kong addresses in Chinese (``荃灣中心 南寧樓 (16座) 12樓 B室``) and English (``Flat B, 12/F, Block 16``).

Canonical: a room carries its floor (``12B``, ``1003``). 高層, 中層 and 低層 tell no floor, and flat B of an unknown
floor is one of thirty: such a room is unknown, its words are kept among the asides. A block with a number and a name is
its number. A parking space sold with a flat (連車位) is no part of the address. Names of places before a street or an
estate are left out, for some sources put them there and some do not.
"""

import re

from tracking.address.chinese import NUMERAL, read_share
from tracking.address.findings import Findings, without_zeros
from tracking.address.hong_kong_names import PLACES
from tracking.address.numerals import read_number
from tracking.address.parts import Address
from tracking.address.simplified import CANONICAL

HAN = "[\u3400-\u9fff]"
BRACKETED = re.compile(r"\(([^()]{1,80})\)")
SPACE = "(?:[A-Z]{0,2}[0-9]{0,4}号?)?"
EXTRA = re.compile(
    rf"(?:连|包|另有?|及){HAN}{{0,6}}?{SPACE}{HAN}{{0,2}}车位{SPACE}"
    r"|(?:WITH|INCLUDING|AND|PLUS) (?:[A-Z0-9]{1,5} ){0,3}?(?:CAR ?PARK(?:ING)?|PARKING)(?: SPACES?)?"
    r"(?: NO\.? ?[A-Z]{0,2}[0-9]{1,4})?"
)
PARKING = re.compile(
    r"([A-Z]{0,2}-?[0-9]{1,4}[A-Z]?) ?号? ?(?:私家)?车位|车位 ?(?:第|编号|NO\.?)? ?([A-Z]{0,2}-?[0-9]{1,4}[A-Z]?)"
    r"|(?:CAR ?PARK(?:ING)?(?: SPACE)?|PARKING SPACE|CARPORT)S? ?(?:NO\.?|NUMBER)? ?"
    r"([A-Z]{0,2}-?[0-9]{1,4}[A-Z]?)(?![A-Z])"
)
PHASE = re.compile(
    rf"第?({NUMERAL}[A-Z]?)期(?:([A-Z])(?![A-Z]))?"
    r"|(?<![A-Z])PHASE ?([0-9]{1,2}[A-Z]?|[IVX]{1,4})(?![A-Z0-9])"
)
BLOCK_ROW = re.compile(r"(?<![A-Z0-9])([A-Z]|[0-9]{1,2}) ?段")
BUILDING = re.compile(
    rf"第?(?<![0-9A-Z-])([A-Z]?-?[0-9]{{1,3}}[A-Z]?|[A-Z]{{1,2}}|(?<!{HAN})(?:{NUMERAL})) ?[座栋幢]"
    r"|(?<![A-Z])(?:TOWER|TWR|BLOCK|BLK) ?([0-9]{1,3}[A-Z]?|[A-Z]{1,2}[0-9]{0,2})(?![A-Z0-9])"
)
FLOOR = re.compile(
    rf"(?<![0-9A-Z])(?:(?P<level>UG|LG|B|M|U|L)?(?P<storey>{NUMERAL}) ?[楼层]"
    r"|(?P<ground>高层地下|低层地下|地下|地面|地铺)"
    r"|(?P<over>(?:UG|LG|G|B|M)?[0-9]{0,2}) ?/ ?F(?![A-Z])|(?P<ordinal>[0-9]{1,2})(?:ST|ND|RD|TH) (?:FLOOR|FLR)"
    r"|(?P<words>(?:UPPER |LOWER )?GROUND) (?:FLOOR|FLR)|(?:FLOOR|FLR) (?P<after>[0-9]{1,2})(?![0-9A-Z]))"
)
BAND = re.compile(r"[高中低]层(?!地下)|(?:HIGH|MIDDLE|LOW) (?:FLOOR|FLR)")
ONE_LABEL = "(?:[A-Z]{0,2}[0-9]{1,4}[A-Z]{0,2}|[A-Z]{1,2})"
LABEL = f"{ONE_LABEL}(?: ?[+&、] ?{ONE_LABEL}){{0,5}}"
ROOM = re.compile(
    rf"(?<![0-9A-Z])(?:[0-9]{{1,4}} )?({LABEL}) ?号?(?:室|单位|铺|商铺|店铺|工场)"
    rf"|(?<![A-Z])(?:FLAT|FLT|ROOM|RM|UNIT|SUITE|SHOP|WORKSHOP)S? ?(?:NO\.? ?)?({LABEL})(?![A-Z0-9])"
)
HOUSE = re.compile(
    r"(?<![0-9A-Z])([A-Z]?[0-9]{1,4}[A-Z]?) ?号?(?:洋房|独立屋|屋(?![苑村]))"
    r"|(?:洋房|独立屋) ?([A-Z]?[0-9]{1,4}[A-Z]?)(?![0-9期座])"
    r"|(?<![A-Z])HOUSE ?(?:NO\.? ?)?([A-Z]?[0-9]{1,4}[A-Z]?)(?![A-Z0-9])"
)
STREET = re.compile(
    rf"({HAN}{{1,12}}?(?:道|路|街|巷|里|径|坊|台|围|村|屋)(?:[东西南北中一二三])?) ?"
    r"([0-9]{1,4}[A-Z]?(?: ?[-至及、] ?[0-9]{1,4}[A-Z]?){0,4}) ?号"
)
ENGLISH_STREET = re.compile(
    r"(?<![A-Z0-9])(?:NOS?\.? ?)?([0-9]{1,4}[A-Z]?(?: ?[-&] ?[0-9]{1,4}[A-Z]?){0,3}) ((?:[A-Z][A-Z'.]{0,20} ){1,5}?"
    r"(?:ROAD|RD|STREET|ST|AVENUE|AVE|LANE|DRIVE|DR|PATH|TERRACE|CRESCENT|CIRCUIT|PRAYA|SQUARE)"
    r"(?: (?:EAST|WEST|NORTH|SOUTH|CENTRAL))?)(?![A-Z])"
)
LOT = re.compile(
    r"(?:丈量约份)?第? ?(?P<district>[0-9]{1,4}) ?约(?:地段)? ?(?:地段)?第? ?(?P<lot>[0-9]{1,5}[A-Z]?) ?号"
    r"|(?<![A-Z])LOTS? ?(?:NOS?\.? ?)?(?P<english>[0-9]{1,5}[A-Z]?)[^,]{0,20}? ?D\.? ?D\.? ?(?P<survey>[0-9]{1,4})"
)
STREET_WORDS = {"RD": "ROAD", "ST": "STREET", "AVE": "AVENUE", "DR": "DRIVE"}
WING = re.compile("([东西南北中左右])翼")
NAMED_BLOCK = re.compile(rf"{HAN}{{1,6}}(?:阁|楼|轩|台|居|苑|大厦|院)$")
NO_NAME = re.compile(r"(?:全幢|全层|单号|双号|单双号|地段|地皮|住宅|商铺|相连|银主盘|招标)+.*")
DOT = re.compile("[·‧・．•]")
PHASE_ALONE = re.compile("[IVX]{1,4}[A-D]?")
JOINT = re.compile(" ?[-至及、&] ?")
# English names have blanks within, Chinese ones between them.
NAME = re.compile(r"[^,/|; \u3400-\u9fff][^,/|;\u3400-\u9fff]+(?=[,/|;]|$| [\u3400-\u9fff])|[^,/|; ]+")
TAIL = re.compile(
    r"^(?:市|新村|新墟|中心|广场|花园|大厦|城|湾|苑|村|邨|道|路|街|公路|站|东|西|南|北|楼|台|阁|[^\u3400-\u9fff])"
)
COUNT = re.compile(r"等 ?([0-9]{1,4}) ?(?:个?单位|伙|套)")


def read_hong_kong(title: str | None, address: str | None) -> Address:
    """The parts of an address in either language, or of the title where there is none."""
    found = Findings(address or title or "")
    text = found.text.translate(CANONICAL)
    main = hide(BRACKETED, text)
    if main is not text:
        found.asides = tuple(found.text[match.start(1) : match.end(1)].strip() for match in BRACKETED.finditer(text))
    if "车" in main or "PARK" in main:
        main = read_parking(main, found)
    for read in (read_lot, read_block, read_street, read_home):
        main = read(main, found)
    if "building" not in found.values and (match := BUILDING.search(text)):
        found.put("building", canonical_label(first_group(match)), *match.span())
    if "翼" in text and (match := WING.search(text)):
        found.put("unit", match[1], *match.span())
        main = hide(WING, main)
    read_names(main, found)
    if "分之" in text or "权" in text:
        read_share(text, found)
    if "等" in text and (match := COUNT.search(text)):
        found.put_count(int(match[1]), match[0])
    return found.address()


def cut(text: str, match: re.Match[str]) -> str:
    """The text with what was found made a break; places stay."""
    start, end = match.span()
    return f"{text[:start]}{',' * (end - start)}{text[end:]}"


def hide(pattern: re.Pattern[str], text: str) -> str:
    """The text with what the pattern finds made blank; places stay."""
    return pattern.sub(lambda match: " " * len(match[0]), text) if pattern.search(text) else text


def first_group(match: re.Match[str]) -> str:
    """What the alternative that matched has caught."""
    return next((group for group in match.groups() if group), "")


def read_parking(text: str, found: Findings) -> str:
    """The number of a parking space that is sold by itself; one beside a flat is hidden."""
    text = hide(EXTRA, text)
    if match := PARKING.search(text):
        found.put("parking", without_zeros(first_group(match).replace("-", "")), *match.span())
        text = hide(PARKING, text)
    return text


def read_lot(text: str, found: Findings) -> str:
    """Land by the number of its survey district and its lot."""
    match = LOT.search(text) if "约" in text or "LOT" in text else None
    if match is None:
        return text
    survey, lot = match["district"] or match["survey"], match["lot"] or match["english"]
    found.put("lot", without_zeros(f"DD{int(survey)} LOT{lot}"), *match.span())
    return cut(text, match)


def read_block(text: str, found: Findings) -> str:
    """Phase, row of blocks and building."""
    if ("期" in text or "PHASE" in text) and (match := PHASE.search(text)):
        found.put("phase", make_phase(*match.groups()), *match.span())
        text = cut(text, match)
    if "段" in text and (match := BLOCK_ROW.search(text)):
        found.put("block", match[1], *match.span())
        text = cut(text, match)
    match = BUILDING.search(text)
    if match is None:
        return text
    text = cut(text, match)
    if (other := BUILDING.search(text)) and "TOWER" in other[0] + match[0]:  # "Tower 2, Block B"
        text = cut(text, other)
        match, block = (match, other) if "TOWER" in match[0] else (other, match)
        found.put("block", canonical_label(first_group(block)), *block.span())
    found.put("building", canonical_label(first_group(match)), *match.span())
    return text


def make_phase(number: str | None, letter: str | None, english: str | None) -> str | None:
    """``2期B``, ``2B期`` and ``Phase 2B`` are 2B."""
    if not number:
        return english
    numeral = number.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"{read_number(numeral)}{number[len(numeral) :]}{letter or ''}"


def canonical_label(label: str) -> str:
    """``07B`` is ``7B``, ``十二`` is ``12``."""
    return without_zeros(label.replace("-", "")) if label.isascii() else read_number(label)


def read_floor(text: str, found: Findings) -> re.Match[str] | None:
    """The floor, by its number: UG, G, LG, B1 where it is under the first."""
    if not ("楼" in text or "层" in text or "地" in text or "F" in text):
        return None
    for match in FLOOR.finditer(text):
        if match["ground"]:
            value = {"高": "UG", "低": "LG"}.get(match["ground"][0], "G")
        elif match["words"]:
            value = {"U": "UG", "L": "LG"}.get(match["words"][0], "G")
        elif match["storey"]:
            value = (match["level"] or "") + read_number(match["storey"])
        else:
            value = without_zeros(match["over"] or match["ordinal"] or match["after"] or "")
        if value:
            found.put("floor", value, *match.span())
            return match
    return None


def read_home(text: str, found: Findings) -> str:
    """Floor and room, or the number of a house. A room whose floor is not told is an aside."""
    if "层" in text or "FL" in text:
        text = hide(BAND, text)
    if floor := read_floor(text, found):
        text = cut(text, floor)
    if ("屋" in text or "洋房" in text or "HOUSE" in text) and (match := HOUSE.search(text)) and first_group(match):
        found.put("room", without_zeros(first_group(match)), *match.span())
        return cut(text, match)
    match = next((match for match in ROOM.finditer(text) if first_group(match)), None)
    if match is None:
        return text
    room = make_room(first_group(match), found.values.get("floor"))
    if room:
        found.put("room", room, *match.span())
    else:
        found.asides += (found.text[match.start() : match.end()].strip(),)
    return cut(text, match)


def make_room(label: str, floor: str | None) -> str | None:
    """A room with its floor; ``None`` where neither tells the floor."""
    label = label.replace(" ", "").replace("&", "+").replace("、", "+")
    digits = len(label) - len(label.lstrip("0123456789"))
    if digits > 2 or 1 < digits < len(label):  # 1003, 34A
        return without_zeros(label)
    if floor is None:
        return None
    if digits == len(label):
        return f"{floor}{label.zfill(2)}"
    return f"{floor}-{label}" if digits else f"{floor}{without_zeros(label)}"


def read_street(text: str, found: Findings) -> str:
    """A street, or a village, with a number. Without one it tells no house."""
    if "号" in text and (match := STREET.search(text)):
        road = strip_places(match[1])
        is_village = road.endswith(("村", "屋"))
        found.put("compound" if is_village else "road", road, match.start(1), match.end(1))
        found.put("number", make_number(match[2]), match.start(2), match.end(2))
        return cut(text, match)
    if found.text.isascii() and (match := ENGLISH_STREET.search(text)):
        words = [STREET_WORDS.get(word, word) for word in match[2].replace(".", "").split()]
        if words[0] == "STREET":  # "ST" before a name is a saint
            words[0] = "ST"
        found.put("road", " ".join(words), match.start(2), match.end(2))
        found.put("number", make_number(match[1]), match.start(1), match.end(1))
        return cut(text, match)
    return text


def make_number(words: str) -> str:
    """``97至99`` and ``97 - 99`` are 97-99."""
    return without_zeros(JOINT.sub("-", words))


def read_names(text: str, found: Findings) -> None:
    """Estate and named block: what is left over, the first of it the estate."""
    names = []
    for match in NAME.finditer(text):
        name = NO_NAME.sub("", strip_places(DOT.sub("", match[0]).strip(" .-")))
        if PHASE_ALONE.fullmatch(name):  # "IIIA 5A座"
            found.put("phase", name, *match.span())
        elif len(name) > 1 and name not in PLACES and not name.isdigit():
            names.append((name, *match.span()))
    if not names:
        return
    found.put("compound", *names[0])
    if len(names) > 1 and "building" not in found.values and NAMED_BLOCK.search(names[1][0]):
        found.put("building", *names[1])


def strip_places(name: str) -> str:
    """A street or an estate without the places named before it, unless it is called after them (荃灣中心)."""
    for _ in range(3):
        place = next(
            (place for size in (5, 4, 3, 2) if (place := name[:size]) in PLACES and len(name) > size + 1), None
        )
        if place is None or TAIL.match(name[len(place) :]):
            break
        name = name[len(place) :]
    return name
