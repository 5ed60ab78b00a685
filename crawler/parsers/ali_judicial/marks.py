"""A desk detail page taken apart in one walk over its tree: its text, and what the markup tells its scripts.

The text is what ``crawler.notices.text_of`` gives; that one reads a page a second time, which took half the time of it
(measured on the page of 2018), and asking for each mark with an expression of its own took another third.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from parsel import Selector

from crawler.notices.markup import BLOCKS, BREAKS, CELLS, HIDDEN, TABS
from store.statement import Attachment

LINE, CELL = "\ue000", "\ue001"  # of the private area: no text holds them
SPACES = re.compile(r"\s+")

FIRST_IDS = frozenset(("J_ItemId", "sf-countdown", "J_Coordinate", "J_ImgBooth"))


@dataclass(slots=True)
class Marks:
    """The marks of one page, each the first of its kind unless it is a list."""

    text: str = ""  # a line for each block, cells apart by tabs
    heading: str = ""
    badge: str = ""  # the round, in the heading (2020 on)
    page_title: str = ""
    canonical: str = ""
    unit: str = ""  # 处置单位 (2020 on)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)  # of the elements in FIRST_IDS
    later: list[str] = field(default_factory=list)  # addresses of lazy parts
    notices: list[str] = field(default_factory=list)  # addresses of notices
    files: list[Attachment] = field(default_factory=list)
    components: list[tuple[dict[str, str], str]] = field(default_factory=list)  # attributes, text

    def value(self, element_id: str, attribute: str) -> str:
        """An attribute of one of FIRST_IDS; empty where there is none."""
        return self.attributes.get(element_id, {}).get(attribute, "")


def take_apart(tree: Selector) -> Marks:
    """Collect the marks and the text. The tree is used up: its texts are not what they were."""
    marks, hidden, alone = Marks(), [], None
    for element in tree.root.iter("*"):
        tag = element.tag
        if tag in BLOCKS:
            if element is not alone:
                _set_apart(element, LINE, LINE)
        elif tag in CELLS:
            _set_apart(element, CELL, "")
            alone = _only_child(element)
        elif tag in HIDDEN:
            hidden.append(element)
        element_id = element.get("id")
        if element_id in FIRST_IDS:
            marks.attributes.setdefault(element_id, dict(element.attrib.items()))
        if later := element.get("data-from"):
            marks.later.append(later)
        if tag in COLLECTORS:
            COLLECTORS[tag](marks, element)
    for element in hidden:
        element.clear(keep_tail=True)
    marks.text = tidy(tree.xpath("string(.)").get(""))
    return marks


def _only_child(cell: Any) -> Any:
    """The one element in a cell, whose text is the cell's: <td><p>租赁情况</p></td>. A line break is none."""
    return cell[0] if len(cell) == 1 and cell[0].tag != "br" else None


def _set_apart(element: Any, before: str, behind: str) -> None:
    """Put signs around the text of an element; text that XML cannot hold (control characters) gives way to them."""
    try:
        element.text = before + (element.text or "")
    except ValueError:
        element.text = before
    if behind:
        try:
            element.tail = behind + (element.tail or "")
        except ValueError:
            element.tail = behind


def tidy(text: str) -> str:
    """Lines without blanks around them, empty ones gone. A line break in the markup is a blank on the page."""
    text = SPACES.sub(" ", text).replace(LINE, "\n").replace(CELL, "\t")
    lines = BREAKS.sub("\n", TABS.sub("\t", text)).split("\n")
    return "\n".join(each.strip(" ").lstrip("\t ") for each in lines if each and not each.isspace())


def _collect_heading(marks: Marks, element: Any) -> None:
    marks.heading = marks.heading or shown(element)


def _collect_title(marks: Marks, element: Any) -> None:
    marks.page_title = marks.page_title or shown(element)


def _collect_canonical(marks: Marks, element: Any) -> None:
    if element.get("rel") == "canonical":
        marks.canonical = marks.canonical or element.get("href", "")


def _collect_link(marks: Marks, element: Any) -> None:
    href = element.get("href", "")
    if "notice_detail" in href:
        marks.notices.append(href)
    elif "download_attach" in href:
        marks.files.append(Attachment(shown(element), href))


def _collect_span(marks: Marks, element: Any) -> None:
    classes = element.get("class", "")
    if "item-announcement" in classes:
        marks.unit = marks.unit or shown(element)
    elif "item-status" in classes:
        marks.badge = marks.badge or shown(element)


def _collect_component(marks: Marks, element: Any) -> None:
    if "J_COMPONENT" in element.get("class", "").split():
        marks.components.append((dict(element.attrib.items()), element.text or ""))


def shown(element: Any) -> str:
    """The text of an element in one line."""
    return re.sub(rf"[\s{LINE}{CELL}]+", " ", "".join(element.itertext())).strip()


COLLECTORS = {
    "h1": _collect_heading,
    "title": _collect_title,
    "link": _collect_canonical,
    "a": _collect_link,
    "span": _collect_span,
    "script": _collect_component,
}
