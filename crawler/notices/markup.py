"""The visible text of an HTML fragment, as plain lines."""

import re

from lxml import etree, html  # type: ignore[import-untyped]

BLOCK_NAMES = """
address article aside blockquote body br caption center dd div dl dt fieldset figure footer form h1 h2 h3
h4 h5 h6 header hr html legend li main nav ol option p pre section table tbody tfoot thead title tr ul
"""
BLOCKS = frozenset(BLOCK_NAMES.split())
CELLS = frozenset(("td", "th"))
HIDDEN = frozenset(("head", "script", "style", "noscript", "template", "textarea", "object", "iframe", "svg"))
MOST_MARKUP = 6_000_000
"""Characters; the largest page of any source seen so far has 132 kB."""

MOST_TAGS = 50_000
"""The tree of more would fill the memory; that largest page has some thousands."""

TAG = re.compile(r"<[^<>]{0,4000}>")
HIDDEN_ELEMENT = re.compile(r"<(script|style)\b[^<]{0,200000}(?:</\1>|(?=<)|$)", re.IGNORECASE)
BLANKS = re.compile(r"[^\S\n\t]+")
TABS = re.compile(r" ?\t[ \t]*")
BREAKS = re.compile(r" ?\n[ \n]*")


def text_of(markup: str) -> str:
    """The text as the reader sees it: cells apart by tabs, rows and paragraphs by line breaks, blanks collapsed.

    An empty last cell leaves its tab, another none. Text without markup comes back trimmed. Of markup nested
    deeper than libxml2 follows (256 elements), or of more than ``MOST_TAGS``, only the tags are taken away.
    Never raises.
    """
    markup = markup[:MOST_MARKUP].replace("\x00", "")
    if not markup.strip():
        return ""
    if "<" not in markup and "&" not in markup:
        return _tidy(markup)
    if markup.count("<") > MOST_TAGS:
        return _without_tags(markup)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ""
    if any("depth" in error.message for error in parser.error_log):
        return _without_tags(markup)
    return _tidy("".join(_pieces(root)))


def _without_tags(markup: str) -> str:
    return _tidy(TAG.sub("\n", HIDDEN_ELEMENT.sub("", markup)))


def _pieces(root: etree._Element) -> list[str]:
    """Texts in their order, with the signs that the elements around them stand for."""
    pieces: list[str] = []
    hidden_depth = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        name = node.tag
        mark = "\n" if name in BLOCKS else "\t" if name in CELLS else ""
        if event == "start":
            hidden_depth += name in HIDDEN
            pieces.append("" if mark == "\n" and _is_in_cell(node) else mark)
            text = node.text
        else:
            hidden_depth -= name in HIDDEN
            pieces.append("" if mark == "\t" or (mark == "\n" and _is_in_cell(node)) else mark)
            text = node.tail
        if text and not hidden_depth:
            pieces.append(_without_breaks(text))
    return pieces


def _is_in_cell(node: etree._Element) -> bool:
    """Whether a block is the only child of a cell: <td><p>租赁情况</p></td> is one cell, not a cell and a line."""
    parent = node.getparent()
    return node.tag != "br" and parent is not None and parent.tag in CELLS and len(parent) == 1


def _without_breaks(text: str) -> str:
    """A line break in the markup is a blank on the page."""
    return text.replace("\n", " ").replace("\t", " ").replace("\r", " ")


def _tidy(text: str) -> str:
    lines = BREAKS.sub("\n", TABS.sub("\t", BLANKS.sub(" ", text))).split("\n")
    return "\n".join(each.strip(" ").lstrip("\t ") for each in lines if not each.isspace() and each)
