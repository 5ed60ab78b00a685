"""Taiwanese addresses: homes by road, 巷, 弄, 號 and 樓, land and registered buildings by section and number.

Canonical: a 巷 and its 弄 are one lane (``37-2``); ``8之2號`` and ``8號之2`` are number ``8-2``; the home of ``5樓之2``
is ``5-2``, that of ``5樓`` is ``5``. A cellar has many owners: it is a floor and no home. Land is its section with the
number without padding (``東引西段 1248-0000`` is ``东引西段1248``); a 建號 keeps its 建, for a section numbers its
buildings and its land apart.
"""

import re

from tracking.address.chinese import NUMERAL, read_share
from tracking.address.findings import ASIDE, Findings
from tracking.address.numerals import read_number
from tracking.address.parts import Address
from tracking.address.simplified import CANONICAL

HAN = "[\u3400-\u9fff]"
PLACE = re.compile(
    rf"(?:台湾省?)? ?(?:(?:[0-9]{{3,6}} ?)?{HAN}{{2}}[县市])? ?"
    rf"(?:{HAN}{{1,3}}?(?:[乡镇区]|市(?![区府民场政立])))?(?={HAN})"
)
HOME = re.compile(
    rf"(?P<village>{HAN}{{1,4}}[村里])? ?(?:[0-9]{{1,3}}邻)? ?"
    rf"(?:(?P<road>{HAN}{{1,10}}?(?:路|街|大道|巷(?=[0-9]))) ?(?:(?P<section>{NUMERAL})段)?)? ?"
    rf"(?:(?P<lane>{NUMERAL})巷)? ?(?:(?P<alley>{NUMERAL})弄)? ?"
    r"(?P<number>[0-9]{1,5}(?: ?[之-] ?[0-9]{1,4})?) ?号(?: ?之 ?(?P<sub>[0-9]{1,4})(?![0-9楼层]))?"
    rf" ?,?(?:(?P<cellar>地下)(?:室|(?P<depth>{NUMERAL}) ?[楼层]|层|(?!{HAN}))"
    rf"|第?(?P<floor>{NUMERAL}) ?[楼层F]"
    rf"(?: ?之 ?(?P<home>{NUMERAL})(?P<more>(?: ?[、及,] ?之 ?[0-9]{{1,4}}){{0,20}}))?)?"
    r"(?: ?-? ?(?P<room>[A-Z]?[0-9]{0,4}[A-Z]?)室)?"
)
MORE_HOMES = re.compile("[0-9]+")
LAND = re.compile(
    rf"(?P<section>{HAN}{{1,8}}?段) ?(?:(?P<sub>{NUMERAL}|{HAN}{{1,3}})?小段)? ?"
    r"(?P<numbers>[0-9]{1,8}(?:-[0-9]{1,5})?(?: ?[、,及] ?[0-9]{1,8}(?:-[0-9]{1,5})?){0,40}) ?(?P<kind>建号|建|地号|号)"
)
ROAD_SECTION = re.compile(r"(?:路|街|大道)[0-9一二三四五六七八九十]{1,2}段$")
COUNT = re.compile(r"等 ?([0-9]{1,4}) ?[笔户建栋]")
UNREGISTERED = "未登记部分"


def read_taiwan(title: str | None, address: str | None) -> Address:
    """The parts of an address, or of the title where there is none. The title tells how many are sold (等5筆)."""
    found = Findings(address or title or "")
    text = found.text.translate(CANONICAL)
    if "(" in text:
        found.asides = tuple(match[1].strip() for match in ASIDE.finditer(found.text.translate(BRACKETS)))
    if UNREGISTERED in text:
        at = text.find(UNREGISTERED)
        found.asides += (found.text[at : at + len(UNREGISTERED)],)
    place = PLACE.match(text)
    start = place.end() if place else 0
    land = LAND.search(text, start)
    if land and not ROAD_SECTION.search(text, start, land.end("section")):
        read_land(land, found)
    elif home := find_home(text, start):
        read_home(home, found)
    for words in dict.fromkeys((text, (title or "").translate(CANONICAL))):
        read_share(words, found)
        if match := COUNT.search(words):
            found.put_count(int(match[1]), match[0])
    return found.address()


BRACKETS = str.maketrans("（）", "()")


def find_home(text: str, start: int) -> re.Match[str] | None:
    """The first place that has the form of an address: its number stands before a 號."""
    return HOME.search(text, start) if "号" in text else None


def read_land(match: re.Match[str], found: Findings) -> None:
    """A parcel of land or a registered building, or several of one section."""
    sub = match["sub"]
    section = match["section"] + (f"{read_number(sub) if re.fullmatch(NUMERAL, sub) else sub}小段" if sub else "")
    ending = "建" if match["kind"].startswith("建") else ""
    numbers = (make_number(number) for number in re.split(r" ?[、,及] ?", match["numbers"]))
    found.put_members("lot", [f"{section}{number}{ending}" for number in numbers if number], *match.span())


def make_number(number: str) -> str | None:
    """``0081-0001`` is 81-1, ``0081-0000`` and ``81`` are 81."""
    mother, _, child = (part.lstrip("0") for part in number.partition("-"))
    if not mother:
        return None
    return f"{mother}-{child}" if child else mother


def read_home(match: re.Match[str], found: Findings) -> None:
    """Road, lane, number, floor and room of a home."""
    found.put("town", match["village"], *match.span("village"))
    if match["road"]:
        section = f"{read_number(match['section'])}段" if match["section"] else ""
        found.put(
            "road",
            match["road"] + section,
            match.start("road"),
            match.end("section") + 1 if section else match.end("road"),
        )
    lanes = [read_number(match[name]) for name in ("lane", "alley") if match[name]]
    if lanes:
        start = match.start("lane") if match["lane"] else match.start("alley")
        # An 弄 without its 巷 is not the 巷 of that number.
        value = "-".join(lanes) if match["lane"] else f"-{lanes[0]}"
        found.put("lane", value, start, match.end("alley" if match["alley"] else "lane") + 1)
    parts = [part.strip() for part in re.split("[之-]", match["number"])] + ([match["sub"]] if match["sub"] else [])
    end = match.end("sub") if match["sub"] else match.end("number") + 1
    found.put("number", "-".join(read_number(part) for part in parts), match.start("number"), end)
    read_floor(match, found)


def read_floor(match: re.Match[str], found: Findings) -> None:
    """The floor, and the home on it: one floor of a house is one home unless it is numbered further."""
    room = match["room"]
    if match["cellar"]:
        depth = read_number(match["depth"]) if match["depth"] else ""
        found.put("floor", f"B{depth}", match.start("cellar"), match.end())
        floor = f"B{depth}"
    elif match["floor"]:
        floor = read_number(match["floor"])
        found.put("floor", floor, match.start("floor"), match.end("floor") + 1)
        if not room:
            homes = [match["home"], *MORE_HOMES.findall(match["more"])] if match["home"] else []
            rooms = [f"{floor}-{read_number(home)}" for home in homes] or [floor]
            found.put_members("room", rooms, match.start("floor"), match.end())
    if room:
        number = room.lstrip("0")
        found.put("room", number if len(number) > 2 or not match["floor"] else f"{floor}-{number}", *match.span("room"))
