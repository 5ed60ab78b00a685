"""Addresses of the United States as the county auctions of Florida write them: ``200 GLENNES LN # 208``.

Canonical: the street with its kind and its directions short (``NW 26 AVE``). Numbers of streets lose their ending, for
the counties write ``26TH AVE`` and ``26 AVE``. House number 0 is none. The sites cut addresses at 30 characters: what a
cut may have gone through is unknown. A parcel number is no address, and the parcel text "Property Appraiser" is none.
"""

import re

from tracking.address.findings import Findings, without_zeros
from tracking.address.parts import Address

CUT_AT = 30
DIRECTIONS = {
    "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W", "NORTHEAST": "NE", "NORTHWEST": "NW", "SOUTHEAST": "SE",
    "SOUTHWEST": "SW",
}  # fmt: skip
SHORT_DIRECTIONS = frozenset(DIRECTIONS.values())
KINDS = {
    "STREET": "ST", "AVENUE": "AVE", "AV": "AVE", "ROAD": "RD", "DRIVE": "DR", "LANE": "LN", "COURT": "CT",
    "BOULEVARD": "BLVD", "CIRCLE": "CIR", "PLACE": "PL", "TERRACE": "TER", "TERR": "TER", "TR": "TRL",
    "TRAIL": "TRL", "PARKWAY": "PKWY", "HIGHWAY": "HWY", "SQUARE": "SQ", "TRACE": "TRCE", "POINT": "PT", "COVE": "CV",
}  # fmt: skip
MORE_KINDS = ["WAY", "LOOP", "RUN", "PATH", "WALK", "ROW", "PASS", "BND", "XING", "KEY", "CAY", "CSWY"]
SHORT_KINDS = frozenset(KINDS.values()) | frozenset(MORE_KINDS)
STREET_WORDS = SHORT_KINDS | SHORT_DIRECTIONS
NUMBERED_ROADS = frozenset(["HWY", "ROUTE", "RTE", "CR", "SR", "US", "COUNTY", "STATE", "CO"])
# The number may be joined to the name (8BOYD PL), not to an ordinal: 461647TH CT is 4616 47TH or 46164 7TH.
HOUSE = re.compile(
    r"([1-9][0-9]{0,6}(?:-?[A-Z](?= )|[-/][0-9]{1,6}(?= ))?)(?: 1/2)?(?: |(?=(?!TH|ST |ND |RD )[A-Z]{3}))"
)
UNIT_WORDS = frozenset(["UNIT", "APT", "APARTMENT", "STE", "SUITE", "LOT", "NO", "NUM", "RM", "SPC", "TRLR"])
BUILDING_WORDS = frozenset(["BLDG", "BLD", "BUILDING", "TOWER"])
LABELLED = UNIT_WORDS | BUILDING_WORDS | {"#"}
LABEL = re.compile(r"[A-Z]{0,2}-?[0-9]{1,5}(?:-?[A-Z0-9]{1,4})?|PH-?[A-Z0-9]{1,4}|[A-Z]{1,2}")
BARE_LABEL = re.compile(r"[A-Z]{0,2}-?[0-9]{1,4}-?[A-Z]{0,2}|PH-?[A-Z0-9]{0,4}|[A-DF-MO-RT-V]")
ZIP_CODE = re.compile(r"[0-9]{5}(?:-[0-9]{4})?")
ORDINAL = re.compile(r"0*([0-9]{1,3})(?:ST|ND|RD|TH)")
ORDINALS = {
    "FIRST": "1", "SECOND": "2", "THIRD": "3", "FOURTH": "4", "FIFTH": "5", "SIXTH": "6", "SEVENTH": "7",
    "EIGHTH": "8", "NINTH": "9", "TENTH": "10",
}  # fmt: skip
NO_STREET = re.compile(
    r"UNNAMED|UNASSIGNED|UNKNOWN|UNDETERMINED|NO (?:SITUS|ADDRESS|STREET)|NOT (?:ON FILE|ASSIGNED|AVAILABLE)|N/A"
    r"|PROPERTY APPRAISER|ADDRESS|VACANT|MULTIPLE|TIMESHARE"
)


def read_united_states(title: str | None, address: str | None) -> Address:
    """The parts of an address, or of the title where there is none."""
    found = Findings(address or title or "")
    text = found.text.upper() if found.text.isascii() else ""
    if NO_STREET.search(text):
        return found.address()
    if "&" in text:  # two houses, or a corner
        return found.address()
    text, _, rest = text.partition(",")
    tokens = make_tokens(text)
    match = HOUSE.match(f"{text.strip()} ")
    if match:
        place = found.text.upper().find(match[1])
        found.put(
            "number", match[1].replace("-", "") if match[1][-1].isalpha() else match[1], place, place + len(match[1])
        )
        tokens = make_tokens(f"{text.strip()} "[match.end() :])
    elif tokens and tokens[0].isdigit():
        tokens.pop(0)  # 0, a house without a number
    is_cut = len(found.text) >= CUT_AT
    street, tail = split_street(tokens)
    read_unit([*tail, *make_tokens(rest)], found, is_cut=is_cut)
    is_whole = street and (not is_cut or street[-1] in STREET_WORDS or (tail and not tail[0].isalpha()))
    if is_whole and ("number" in found.values or not STREET_WORDS.isdisjoint(street)):
        found.put("road", " ".join(street), 0, 0)
        found.words["road"] = found.text
    return found.address()


def make_tokens(text: str) -> list[str]:
    """Words without points, without a ZIP code at the end."""
    tokens = text.replace("#", " # ").replace(".", " ").replace(" -", " ").split()
    if len(tokens) > 1 and ZIP_CODE.fullmatch(tokens[-1]) and tokens[-2] not in LABELLED:
        tokens.pop()
    return tokens


def split_street(words: list[str]) -> tuple[list[str], list[str]]:
    """The street in short words, and what stands behind it."""
    street: list[str] = []
    has_kind = False
    for place, written in enumerate(words):
        word = DIRECTIONS.get(written) or KINDS.get(written, written)
        is_label = word not in STREET_WORDS and BARE_LABEL.fullmatch(written)
        if (place and written in LABELLED) or (has_kind and is_label and not is_numbered(street)):
            return finish(street), words[place:]
        has_kind = has_kind or (place > 0 and word in SHORT_KINDS)
        street.append(word)
    return finish(street), []


def finish(street: list[str]) -> list[str]:
    """``26TH AVE`` is ``26 AVE``, ``FIRST ST`` is ``1 ST``."""
    return [match[1].lstrip("0") if (match := ORDINAL.fullmatch(word)) else ORDINALS.get(word, word) for word in street]


def is_numbered(street: list[str]) -> bool:
    """A number behind such a road is the road's: ``COUNTY ROAD 341``."""
    return any(word in NUMBERED_ROADS for word in street)


def read_unit(tail: list[str], found: Findings, *, is_cut: bool) -> None:
    """Building and unit behind the street. The last word of a cut address may be half a number."""
    if is_cut:
        tail = tail[:-1]
    name = ""
    for word in tail:
        if word in LABELLED:  # "LOT NO 1", "UNIT # 101"
            name = word
        elif LABEL.fullmatch(word) and not ZIP_CODE.fullmatch(word):
            put_label("building" if name in BUILDING_WORDS else "room", word, f"{name} {word}", found)
            name = ""


def put_label(part: str, label: str, words: str, found: Findings) -> None:
    """A unit or a building; ``B-102`` is ``B102``."""
    if part not in found.values:
        found.values[part] = without_zeros(label.replace("-", "") if label[0].isalpha() else label)
        found.words[part] = words.strip()
