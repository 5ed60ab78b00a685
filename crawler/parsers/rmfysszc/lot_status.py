"""The status of one lot: a bare object of JavaScript in parentheses, which does not name the lot."""

import re
from urllib.parse import parse_qs, urlsplit

from crawler.errors import LayoutChanged
from crawler.items import ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.html import page_json
from crawler.parsers.rmfysszc.site import SOURCE, check_answer

NUMBER = re.compile(r"\d+(?:\.\d+)?")
STATUS_BODY = re.compile(rb"\s*\(\s*\{([^{}()]{1,400})\}\s*\)\s*;?\s*")
STATUS_FIELD = re.compile(r"\s*(\w+)\s*:\s*'([^']*)'\s*")


COLLECTED = re.compile(rb"""\s*\[\s*\{[^]]{0,400}"body"\s*:\s*"\(\{state:""")


def recognises_status(page: Page) -> bool:
    """The answer of ``Object/Finish.shtml``, of which the address alone tells the lot; or a file of such answers."""
    return "/Object/Finish.shtml" in page.url or COLLECTED.match(page.body) is not None


def parse_status(page: Page) -> PageContent:
    """Read the status of one lot, or those that somebody has collected.

    Raises:
        PageRefused: the firewall, another form, or an address that does not name the lot.
    """
    check_answer(page)
    if COLLECTED.match(page.body):
        return read_collected(page)
    if (fields := read_fields(page.body)) is None:
        raise LayoutChanged("no status object", source=SOURCE, url=page.url)
    return PageContent(items=[read_status(fields, read_lot_id(page))])


def read_collected(page: Page) -> PageContent:
    """A list of answers with their lots: ``[{"oid": 131987, "body": "({state:'1',…})"}, …]`` (a project of 2022).

    Raises:
        LayoutChanged: not JSON.
    """
    content = PageContent()
    for position, row in enumerate(page_json(page, SOURCE), 1):
        lot, body = (row.get("oid"), row.get("body")) if isinstance(row, dict) else (None, None)
        words = body if isinstance(body, str) else ""
        fields = read_fields(words.encode("utf-8", "replace"))
        if fields is None or not isinstance(lot, int):
            reason = "no status object" if fields is None else "status without its lot"
            content.refused.append(RefusedRow(position, None, reason, words[:200]))
        else:
            content.items.append(read_status(fields, str(lot)))
    return content


def read_status(fields: dict[str, str], lot_id: str) -> ListingItem:
    """The status of one lot. Prices are in 万; 0 stands for none."""
    state, price = fields["state"], fields.get("price", "0")
    label = f"state {state}" + (f", fun1 {fields['fun1']}" if state == "0" and "fun1" in fields else "")
    shown = None if price == "0" else f"{price}万"
    return ListingItem(
        source_id=lot_id,
        words=fields,
        status_raw=label,
        current_price_raw=shown if state == "1" else None,
        hammer_price_raw=shown if label == "state 0, fun1 0" else None,
        ends_at_raw=fields.get("time") if state == "0" else None,
    )


def read_fields(body: bytes) -> dict[str, str] | None:
    """The fields of ``({state:'0',time:'…'})``: an object of JavaScript, with bare names and single quotes.

    ``None``: another form, or no state.
    """
    if found := STATUS_BODY.fullmatch(body):
        fields = [STATUS_FIELD.fullmatch(field) for field in found[1].decode("utf-8", "replace").split(",")]
        known = {field[1]: field[2] for field in fields if field}
        if len(known) == len(fields) and known.get("state") and NUMBER.fullmatch(known.get("price", "0")):
            return known
    return None


def read_lot_id(page: Page) -> str:
    """The lot that the status belongs to.

    Raises:
        LayoutChanged: the address does not tell.
    """
    try:
        values = parse_qs(urlsplit(page.url).query).get("oid", [])
    except ValueError:
        values = []
    if len(values) == 1 and values[0].isascii() and values[0].isdigit():
        return values[0]
    raise LayoutChanged("address without oid=", source=SOURCE, url=page.url)
