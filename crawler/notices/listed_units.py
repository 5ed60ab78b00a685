"""Homes that a title names one after another: 9层912、915 are two, 丝柏街87号、89号利海花园D1栋802房 is one."""

import re
from typing import NamedTuple

NUMBER = r"[A-Za-z]?(?:\d{1,4}-){0,2}[A-Za-z]?\d{1,5}[A-Za-z]?"
KINDS = "室|单元|号房(?![屋产地])|房(?![屋产地])|户|铺|号(?:商铺|店面|车位)|商铺|店面|车位|号"
JOINER = "[、和及与]"
HOUSES = "(?:[层楼幢栋座梯门]|单元|#)"
RUN = re.compile(
    rf"(?<![A-Za-z\d.-])(?P<units>{NUMBER}(?:{KINDS})?(?:{JOINER}{NUMBER}(?:{KINDS})?){{1,60}})(?![\dA-Za-z.%-])"
)
UNIT = re.compile(rf"({NUMBER})({KINDS})?")
TAIL = re.compile(
    r"(?:[的之]?(?:房地产|不动产|商业用房|办公用房|住宅用房|营业房|房产|房屋|商铺|店铺|店面|门面|住宅|公寓|写字楼|办公楼|住房)){0,2}"
    r"(?:[两二三四五六七八九十\d]{1,3}[套间处户个])?"
    r"(?=$|[\s。;:，,()（）【\[-]|及其?(?:室内|装修|装饰|家具|家电|附属|固定|地下室|储藏|车库|阁楼)|[(（])"
)
NO_HOUSE = frozenset("、,，和及与至到~-:：积约共为价第年月日码话额储")
"""Behind these, numbers go on with a list, or are areas, sums, telephones and store rooms."""

GOES_ON_FROM = re.compile(rf"\d(?:{KINDS})?[、及和与;；][^、]{{0,12}}$")
GOES_ON_TO = re.compile(r"[;；、,，][^;；,，。]{0,12}\d(?:室|号|房|户)")
FLAT_WITH_PARKING = re.compile("[和及与].{0,9}车位")
HOME = re.compile(r"\d(?:室|房|户)|单元|住宅")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

HOUSE_ENDS = re.compile(rf"{HOUSES}$")
HOUSE_OR_NUMBER_ENDS = re.compile(rf"(?:{HOUSES}|号|[区苑园厦城庭府居])$")


class _Unit(NamedTuple):
    number: str
    kind: str  # 室, 单元, or empty


def count_listed(text: str) -> int | None:
    """How many homes are listed by their numbers; ``None`` for one, or where it is not certain that they are homes.

    A list counts where nothing but a word for homes ends it. Numbers of houses in a street (路108、110号) may be one
    building and do not count, neither do spans (301-303), lists in several houses, nor a home with its parking space.
    """
    for run in RUN.finditer(text[:400]):
        tail = TAIL.match(text, run.end())
        if tail is None or GOES_ON_TO.match(text, tail.end()):
            continue
        units = [_Unit(number, kind) for number, kind in UNIT.findall(run["units"])]
        if _are_homes(units, text[: run.start()]) and not FLAT_WITH_PARKING.search(run["units"]):
            return len(units)
    return None


def _are_homes(units: list[_Unit], before: str) -> bool:
    """Whether a list of numbers behind ``before`` names homes of one house, each once."""
    numbers, kinds = [unit.number for unit in units], {unit.kind for unit in units if unit.kind}
    if len(set(numbers)) < len(numbers) or len(kinds) > 1 or any(map(_is_span, numbers)):
        return False
    if before[-1:] in NO_HOUSE or GOES_ON_FROM.search(before[-40:]):
        return False
    return _is_kind_of_home(
        next(iter(kinds), ""), [number.rpartition("-")[2].strip(LETTERS) for number in numbers], before
    )


def _is_kind_of_home(kind: str, digits: list[str], before: str) -> bool:
    """Whether numbers of this kind are homes: 01单元 and 501单元 are, 1单元 is a part of a house with its stairs."""
    if kind == "单元":
        return all(len(each) > 2 or each.startswith("0") for each in digits)
    if kind.endswith("车位"):
        return HOME.search(before) is None
    if kind.startswith("号") and kind != "号房":
        return HOUSE_ENDS.search(before[-6:]) is not None
    shortest, longest = min(map(len, digits)), max(map(len, digits))
    is_alike = longest - shortest < 2 < shortest  # else areas, dates, anything
    return bool(kind) or (is_alike and HOUSE_OR_NUMBER_ENDS.search(before[-6:]) is not None)


def _is_span(number: str) -> bool:
    """Whether it is a span of numbers (301-303, 01-04) and not a house with its home (2-601)."""
    first, hyphen, last = number.partition("-")
    return bool(hyphen) and first.isdigit() and last.isdigit() and len(first) == len(last) and int(first) < int(last)
