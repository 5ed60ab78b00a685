"""What the parsers share: bodies read with the source named in the failure, and HTML kept within bounds."""

import warnings
from typing import Any

from parsel import Selector

from crawler.errors import Blocked, LayoutChanged, LoginRequired, PageRefused
from crawler.page import Page

LARGEST_MARKUP = 6_000_000  # characters; the largest page of any source seen so far has 132 kB
MOST_TAGS = 100_000
"""In one page; the largest of any source seen so far has 6,000. A tag and its text take 0.3 kB of memory."""

REFUSING_STATUSES = frozenset({403, 405, 418, 420, 429})


def refusal_by_status(page: Page, source: str) -> PageRefused | None:
    """The refusal that the HTTP status alone tells. Server errors (5xx) are failures, not refusals."""
    if page.http_status in REFUSING_STATUSES:
        return Blocked(f"HTTP status {page.http_status}", source=source, url=page.url)
    if page.http_status == 401:
        return LoginRequired("HTTP status 401", source=source, url=page.url)
    return None


def page_text(page: Page, source: str) -> str:
    """``page.text``, with the source named in the failure.

    Raises:
        LayoutChanged: the bytes are in no known encoding.
    """
    try:
        return page.text
    except (LayoutChanged, UnicodeError) as error:
        raise LayoutChanged(str(getattr(error, "reason", error)), source=source, url=page.url) from None


def page_json(page: Page, source: str) -> Any:
    """``page.json``, with the source named in the failure.

    Raises:
        LayoutChanged: the body is not JSON.
    """
    try:
        return page.json
    except (LayoutChanged, UnicodeError) as error:
        raise LayoutChanged(str(getattr(error, "reason", error)), source=source, url=page.url) from None


def select(markup: str, *, source: str, url: str) -> Selector:
    """The tree of an HTML text.

    Raises:
        LayoutChanged: the text is far larger or has far more tags than any page of ours, is nested deeper than
            libxml2 allows (256 elements; the front page of 2018 has 11), or is no HTML at all.
    """
    if len(markup) > LARGEST_MARKUP:
        raise LayoutChanged(f"{len(markup)} characters of markup", source=source, url=url)
    if markup.count("<") > MOST_TAGS:
        raise LayoutChanged(f"{markup.count('<')} tags", source=source, url=url)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # how parsel says that the tree was cut off
            return Selector(body=markup.encode(), encoding="utf-8", type="html", huge_tree=False)
    except UserWarning:
        raise LayoutChanged("markup nested too deep", source=source, url=url) from None
    except (UnicodeEncodeError, SyntaxError) as error:  # lxml's own error is a SyntaxError
        raise LayoutChanged(f"not HTML: {error}", source=source, url=url) from None


def visible_lines(node: Selector) -> list[str]:
    """The text of a node as the reader sees it: one line for each piece of text, blanks trimmed."""
    pieces = node.xpath(".//text()[not(parent::script or parent::style)]").getall()
    return [line for piece in pieces if (line := " ".join(piece.split()))]


def without_scripts(markup: str) -> str:
    """The markup without its script elements. An unclosed one takes the rest of the page with it."""
    first, *others = markup.split("<script")
    return first + "".join(other.partition("</script>")[2] for other in others)
