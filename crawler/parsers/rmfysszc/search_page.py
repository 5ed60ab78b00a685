"""The search page: one table of lots, known by the headings of its columns. No page was recorded."""

import re
from collections.abc import Mapping

from parsel import Selector

from crawler.errors import LayoutChanged, RowRefused
from crawler.items import Details, ListingItem, PageContent, RefusedRow
from crawler.page import Page
from crawler.parsers.court_lots import asked_address, join_url, share_in, whole_document
from crawler.parsers.rmfysszc.lot_page import LOT_ADDRESS
from crawler.parsers.rmfysszc.site import HOME_URL, NOTHING_FOUND, SOURCE, check_answer

COLUMNS = ("项目名称", "法院", "类别", "所在地", "成交结果", "起拍价", "发布日期")
AMOUNT_WITH_UNIT = re.compile(r"[¥￥]?[\d,.]+ ?(?:万|元|万元)")


def recognises_search(page: Page) -> bool:
    """By the address, or by the headings of a saved page."""
    if "/projects.shtml" in page.url:
        return True
    body = page.body[:20_000]
    return all(f">{column}<".encode() in body for column in ("项目名称", "成交结果", "发布日期"))


def parse_search(page: Page) -> PageContent:
    """Read one page of the search. Pages that follow are not named: the pager of the search was never seen.

    Raises:
        PageRefused: the firewall, a page cut off, or no table with the known headings.
    """
    check_answer(page)
    root = whole_document(page, SOURCE)
    for table in root.css("table"):
        rows = table.css("tr")
        headings = [cell.xpath("normalize-space(.)").get("") for cell in rows[0].css("th, td")] if rows else []
        if "项目名称" not in headings:
            continue
        if unknown := [heading for heading in headings if heading and heading not in COLUMNS]:
            raise LayoutChanged(f"unknown column {unknown[0][:20]}", source=SOURCE, url=page.url)
        return read_rows(rows[1:], headings, page)
    raise LayoutChanged("no table of lots", source=SOURCE, url=page.url)


def read_rows(rows: list[Selector], headings: list[str], page: Page) -> PageContent:
    """Each row of the table; none at all only where the tip says so.

    Raises:
        LayoutChanged: neither a row nor the tip.
    """
    content = PageContent()
    for position, row in enumerate(rows, 1):
        cells = [cell.xpath("normalize-space(.)").get("") for cell in row.css("td")]
        if NOTHING_FOUND in "".join(cells):
            return content
        try:
            if len(cells) != len(headings):
                raise RowRefused(f"{len(cells)} cells under {len(headings)} headings")
            content.items.append(read_row(row, dict(zip(headings, cells, strict=True)), page))
        except RowRefused as error:
            content.refused.append(RefusedRow(position, None, error.reason, " ".join(cells)[:200]))
    if not rows and NOTHING_FOUND not in page.text:
        raise LayoutChanged("neither a lot nor the words for none", source=SOURCE, url=page.url)
    return content


def read_row(row: Selector, cells: Mapping[str, str], page: Page) -> ListingItem:
    """One row. A price without its unit stays in the words: cards count in 万, other pages in 元.

    Raises:
        RowRefused: without title or the link of a lot.
    """
    links = ((LOT_ADDRESS.search(link), link) for link in row.css("a").xpath("string(@href)").getall())
    found, href = next(((lot, link) for lot, link in links if lot), (None, ""))
    title = row.css("a").xpath("string(@title)").get("").strip() or cells["项目名称"]
    if found is None or not title:
        raise RowRefused("row without title or the link of a lot")
    words = {name: value for name, value in cells.items() if value}
    price = words.get("起拍价", "")
    return ListingItem(
        source_id=found[1],
        words=words,
        url=join_url(asked_address(page, HOME_URL), href),
        title=title,
        status_raw=words.get("成交结果"),
        seller_name=words.get("法院"),
        address=words.get("所在地"),
        starting_price_raw=price if AMOUNT_WITH_UNIT.fullmatch(price) else None,
        details=Details(share_raw=share_in(title), published_at_raw=words.get("发布日期")),
    )
