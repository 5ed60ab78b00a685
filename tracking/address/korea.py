"""Korean addresses as the courts write them: by parcel, ``이충동 457-21 고덕시티 1층101호``, and by street,
``중앙로119번길 4 1동 2층201호 (신읍동,예원프라자)``.

Canonical: a house by its road and number, or its parcel (번지) by the quarter (동, 리) and number, for the courts write
either; the quarter is the town. ``지1층`` is floor B1. Hangul in numbers of rooms (102비호, 가동) stays.
"""

import re

from tracking.address.findings import ASIDE, Findings, without_zeros
from tracking.address.parts import Address
from tracking.address.simplified import CANONICAL

HOUSE_NUMBER = "(?P<number>[0-9]{1,5}(?:-[0-9]{1,4})?)"
ROAD = re.compile(
    rf"(?<![^ ,])(?P<road>[가-힣0-9A-Z.·]{{1,20}}(?:로|길)) ?(?P<cellar>지하 ?)?{HOUSE_NUMBER}"
    r"(?![0-9]|번길|길|층|호|동|가)"
)
PARCEL = re.compile(
    r"(?<![^ ,])(?:(?P<plot>[가-힣0-9]{2,20}블[럭록] ?[0-9]{1,4}(?:-[0-9]{1,4})?)"
    rf"|(?P<town>[가-힣0-9]{{1,10}}[동리가면읍]) ?(?P<hill>산 ?)?{HOUSE_NUMBER}(?:번지)?(?![0-9-]|층|호|동|번길))"
)
TOWN_IN_ASIDE = re.compile(r"[가-힣0-9]{1,10}[동리가] ?(?:,|$)")
BUILDING = re.compile(r"(?:제 ?)?([0-9]{1,4}|[A-Z]|[가나다라마바사아자차카타파하])동(?:호(?![가-힣]))?(?![가-힣])")
LETTER = re.compile("[가-힣A-Z]")
FLOOR = re.compile(r"(?<![0-9A-Z])(지하|지|B)? ?([0-9]{1,3})층")
ROOM = re.compile(
    r"(?:제 ?)?((?:[A-Z]|비|지|지하|에이|씨)?-?[0-9]{1,5}(?:-[0-9]{1,4})?(?:[A-Z]|[가-힣])?)호(?![선기])"
    r"|(?<=층)([가-힣A-Z])호"
)
SEVERAL = re.compile(r"호 ?외 ?([0-9]{1,4})|([0-9]{1,4})개 ?호")
MAIN_BUILDING = re.compile(r"(?:이? ?주건축물|상가동|제)$")


def read_korea(title: str | None, address: str | None) -> Address:
    """The parts of an address, or of the title where there is none."""
    found = Findings(address or title or "")
    text = found.text.translate(CANONICAL)
    main = ASIDE.sub(lambda match: "," * len(match[0]), text) if "(" in text else text
    if main is not text:
        found.asides = tuple(found.text[match.start(1) : match.end(1)].strip() for match in ASIDE.finditer(text))
    house = read_house(main, found)
    if house < 0:
        return found.address()
    home = read_home(main, house, found)
    read_compound(main, house, home, found)
    for aside in found.asides:
        read_aside(aside, found)
    if match := SEVERAL.search(main, house):
        found.put_count(int(match[1] or 0) + 1 if match[1] else int(match[2]), match[0])
    return found.address()


def read_house(text: str, found: Findings) -> int:
    """Road and number, or quarter and parcel; the place where they end, -1 where there is neither."""
    if match := ROAD.search(text):
        found.put("road", match["road"], *match.span("road"))
        found.put("number", ("B" if match["cellar"] else "") + match["number"], *match.span("number"))
        return match.end()
    if match := PARCEL.search(text):
        if match["plot"]:  # land that is not surveyed yet
            found.put("lot", without_zeros(match["plot"].replace(" ", "")), *match.span("plot"))
            return match.end()
        found.put("town", match["town"], *match.span("town"))
        found.put("lot", ("산" if match["hill"] else "") + match["number"], *match.span("number"))
        return match.end()
    return -1


def read_home(text: str, start: int, found: Findings) -> int:
    """Building, floor and room, and the place where they begin."""
    begin = len(text)
    rooms = list(ROOM.finditer(text, start))
    building = BUILDING.search(text, start, rooms[0].start() if rooms else len(text))
    floor = FLOOR.search(text, start)
    if building:
        found.put("building", without_zeros(building[1]), *building.span())
        begin = min(begin, building.start())
    if floor:
        found.put("floor", ("B" if floor[1] else "") + without_zeros(floor[2]), *floor.span())
        begin = min(begin, floor.start())
    if rooms:
        labels = [without_zeros(match[1] or match[2]) for match in rooms]
        found.put_members("room", labels, rooms[0].start(), rooms[-1].end())
        begin = min(begin, rooms[0].start())
    return begin


def read_compound(text: str, start: int, end: int, found: Findings) -> None:
    """The name between the number of the house and the home."""
    name = text[start:end].strip(" ,")
    name = MAIN_BUILDING.sub("", name.split(",")[0].strip()).strip()
    if len(name) > 1 and LETTER.search(name):
        found.put("compound", "".join(name.split()), start, end)


def read_aside(aside: str, found: Findings) -> None:
    """Quarter and compound, ``신읍동,예원프라자``, or one of them, or a building."""
    name = aside if BUILDING.fullmatch(aside) else TOWN_IN_ASIDE.sub("", aside, count=1).strip(" ,")
    if building := BUILDING.search(name):
        if "building" not in found.values:
            found.values["building"] = without_zeros(building[1])
            found.words["building"] = building[0]
        name = name[: building.start()]
    name = MAIN_BUILDING.sub("", name).strip(" ,")
    if len(name) > 1 and "compound" not in found.values:
        found.values["compound"] = "".join(name.split())
        found.words["compound"] = aside
