"""環亞 AA Property (aaproperty.com.hk), a Hong Kong auctioneer: the list of lots of its coming auctions.

No page was recorded; built from what one project tells of the list (2026-07), which names the parts of a row and their
order, not their cells. Notes:
- A row: the link item.php?item_no= (the id), the lot's number, the address with its 物業編號, type, occupancy
  (交吉, 不交吉, 連租約), areas in square feet (建築, 地段, 實用; 未核實: unverified), the price, then agents with their
  telephones. The price is mostly 歡迎查詢. What stands behind it is never read, nor the lot's number, which is only its
  place in this list.
- The banner names the days of several auctions; no lot says which is its own, so no lot gets a time.
- ``item.php`` is not asked: its layout is not known. No status: a lot that is gone may be sold, withdrawn or unsold.
"""

import re
from decimal import Decimal
from urllib.parse import parse_qs, urljoin, urlsplit

from parsel import Selector

from crawler.errors import Blocked, LayoutChanged, RowRefused
from crawler.items import (
    Details,
    Dialect,
    Expectation,
    FactItem,
    ListingItem,
    PageContent,
    Reader,
    RefusedRow,
    SourceSpec,
)
from crawler.page import Page
from crawler.parsers.html import page_text, refusal_by_status, select, visible_lines
from store.terms import Answer, Currency, FactKind, PropertyKind, RoundKind, SellerKind

SOURCE = "hk_aaproperty"
LIST = f"{SOURCE}.list"
HOME_URL = "https://www.aaproperty.com.hk/"
LIST_URL = urljoin(HOME_URL, "aa/bid_list.php")

DIALECT = Dialect(
    currency=Currency.HKD,
    time_zone="Asia/Hong_Kong",
    country="HK",
    seller_labels={"銀主": SellerKind.BANK},
    round_labels={
        "拍賣": RoundKind.OUT_OF_COURT_AUCTION,
        "招標": RoundKind.TENDER,
        "私人協約": RoundKind.PRIVATE_TREATY,
    },
    kind_labels={
        "空地": PropertyKind.LAND,
        "住宅": None,  # flats and village houses
        "工商": None,  # factory floors, offices and shops
    },
)

OCCUPANCY = {
    "交吉": (FactKind.VACANT_HANDOVER, Answer.YES),
    "不交吉": (FactKind.VACANT_HANDOVER, Answer.NO),
    "連租約": (FactKind.LEASED, Answer.YES),
}
SALE_WORDS = {"招標": "招標", "招标": "招標", "投標": "招標", "私人協約": "私人協約"}
BANK_OWNED = re.compile(r"銀主|银主")
PROPERTY_NUMBER = re.compile(r"[(（]?\s*物業編號\s*[:：]\s*([A-Za-z0-9/-]{1,20})\s*[)）]?")
AREA = re.compile(r"(建築|地段|實用)\s*(?:[(（]約[)）])?\s*[:：]?\s*(\d[\d,]*(?:\.\d+)?)?")
UNVERIFIED = re.compile(r"[(（]未核實[)）]|平方呎|呎|約")
PRICE = re.compile(r"(?:HK)?\$\s*[\d,.]+\s*[萬万億亿Mm]?|[\d,.]+\s*(?:[萬万億亿Mm]|元)|\d{1,3}(?:,\d{3})+")
"""With a sign, a unit or separators: eight bare digits are a telephone."""

MILLIONS = re.compile(r"(?:HK)?\$?(\d{1,5}(?:\.\d{1,6})?)[Mm]")
NO_PRICE = frozenset({"", "歡迎查詢", "面議", "價錢面議"})
WALLS = ("Just a moment...", "cf-challenge", "g-recaptcha", "h-captcha", "Attention Required!")


def recognises_list(page: Page) -> bool:
    """By the address, or by the links of the lots and the banner of a saved page."""
    if "aaproperty.com.hk/" in page.url and "bid_list.php" in page.url:
        return True
    return b"item.php?item_no=" in page.body


def parse_list(page: Page) -> PageContent:
    """Read the list, which is one page.

    Raises:
        PageRefused: a wall, or no lot: nobody knows the words for none.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    text = page_text(page, SOURCE)
    if "物業編號" not in text:  # also what Big5 looks like that does not say so
        if any(mark in text for mark in WALLS):
            raise Blocked("a bot wall in place of the list", source=SOURCE, url=page.url)
        raise LayoutChanged("no 物業編號 on the page", source=SOURCE, url=page.url)
    root = select(text, source=SOURCE, url=page.url)
    content = PageContent()
    rows = root.xpath("//tr[not(.//tr)][.//a[contains(@href, 'item_no=')]]")
    for position, row in enumerate(rows, 1):
        cells = [" ".join(visible_lines(cell)) for cell in row.xpath("./td|./th")]
        try:
            content.items.append(read_row(row, cells))
        except RowRefused as refusal:
            excerpt = next((words for words in cells if "物業編號" in words), "")  # never the agents' cells
            content.refused.append(RefusedRow(position, read_id(row), refusal.reason, excerpt[:200]))
    if not rows:
        raise LayoutChanged("no row with a link to a lot", source=SOURCE, url=page.url)
    return content


def read_row(row: Selector, cells: list[str]) -> ListingItem:
    """Read one lot.

    Raises:
        RowRefused: no id, no address, or a word before the price that is no type, occupancy or area.
    """
    item_id = read_id(row)
    described = next((index for index, words in enumerate(cells) if "物業編號" in words), None)
    if item_id is None or described is None:
        raise RowRefused("lot without its link or its 物業編號")
    number = PROPERTY_NUMBER.search(cells[described])
    address = cells[described][: number.start()].strip(" 。,，") if number else ""
    if number is None or not address:
        raise RowRefused("lot without its address")
    words = read_cells(cells[described + 1 :])
    area = AREA.findall(words.get("面積", ""))
    areas = {name: f"{size}平方呎" for name, size in area if size}
    told = next(
        (label for word, label in SALE_WORDS.items() if word in cells[described]), "拍賣"
    )  # the list's own kind
    fact = OCCUPANCY.get(words.get("交吉情況", ""))
    return ListingItem(
        source_id=item_id,
        words={"物業編號": number[1], **words},
        url=urljoin(LIST_URL, f"item.php?item_no={item_id}"),
        title=address,
        address=address,
        property_kind_raw=words.get("類別"),
        round_raw=told,
        asking_price_raw=spell_price(words.get("售價")),
        floor_area_raw=areas.get("建築"),
        private_area_raw=areas.get("實用"),
        land_area_raw=areas.get("地段"),
        details=Details(
            seller_kind_raw="銀主" if BANK_OWNED.search(cells[described]) else None,
            facts=(FactItem(*fact, words["交吉情況"]),) if fact else (),
        ),
    )


def read_id(row: Selector) -> str | None:
    """The number in the link of the lot."""
    href = row.xpath("string(.//a[contains(@href, 'item_no=')]/@href)").get("")
    try:
        values = parse_qs(urlsplit(href).query).get("item_no", [])
    except ValueError:
        return None
    is_number = len(values) == 1 and re.fullmatch(r"[A-Za-z0-9-]{1,20}", values[0]) is not None
    return values[0] if is_number else None


def read_cells(cells: list[str]) -> dict[str, str]:
    """Type and occupancy before the areas, the price in the cell behind them; what follows are the agents.

    Raises:
        RowRefused: no areas, more than one type, or neither a price nor 歡迎查詢 nor nothing behind the areas.
    """
    area_at = next((index for index, cell in enumerate(cells) if AREA.search(cell)), None)
    if area_at is None or UNVERIFIED.sub("", AREA.sub("", cells[area_at])).strip():
        raise RowRefused("no areas, or areas in another form")
    words = {"面積": cells[area_at]}
    for word in " ".join(cells[:area_at]).split():
        name = "交吉情況" if word in OCCUPANCY else "類別"
        if words.setdefault(name, word) != word:
            raise RowRefused(f"more than one {name}: {words[name][:20]!r}, {word[:20]!r}")
    price = "".join(cells[area_at + 1 : area_at + 2])
    if price in NO_PRICE:
        return words
    if not PRICE.fullmatch(price):  # not quoted: it may be an agent
        raise RowRefused("neither a price nor 歡迎查詢 behind the areas")
    return {**words, "售價": price}


def spell_price(raw: str | None) -> str | None:
    """The price in a form that the table of amounts knows: 5.88M is 588 萬. Bare numbers are dollars."""
    found = MILLIONS.fullmatch(raw.replace(" ", "")) if raw else None
    return f"{Decimal(found[1]) * 100}萬" if found else raw


READERS = (Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list, is_timeless=True),)

SPEC = SourceSpec(
    name=SOURCE,
    title="環亞 AA Property (Hong Kong)",
    home_url=HOME_URL,
    about="The lots of a Hong Kong auctioneer's coming auctions, mostly bank-owned (銀主盤), on one open page.",
    expects=Expectation(at_least=5, at_most=1_000),
    readers=READERS,
    min_delay_seconds=10.0,
    fixtures="synthetic",
    sale_kinds="auction of bank-owned homes",
    requests_per_day=10,
)
