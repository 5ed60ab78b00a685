"""中誠 Chung Sen (chungsen.com.hk), a Hong Kong surveyor and auctioneer: its list of bank-owned and sole-agency homes.

No page was recorded; built from what one project tells of the list (2026-07), which leaves open how its head is marked
up. Notes:
- Two pages, wid=88 (銀主/獨家) and wid=91 (筍盤推介), show the same 151 rows under two headings: so the page does not
  tell that a lot is a bank's. Only a row that says 銀主 itself does.
- A row: address and 物業編號 (YYMMDD-NN, the id) in one cell, gross (建築) and saleable (實用) area in square feet, and
  the price in 萬. The price may be missing; flats of the Home Ownership Scheme have two, 自由 (open market, premium
  paid) and 居二 (to holders of a green form).
- No status: a row that is gone may be sold, withdrawn or auctioned.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urljoin

from parsel import Selector

from crawler.errors import Blocked, LayoutChanged, RowRefused
from crawler.items import Details, Dialect, Expectation, ListingItem, PageContent, Reader, RefusedRow, SourceSpec
from crawler.page import Page
from crawler.parsers.html import page_text, refusal_by_status, select, visible_lines
from store.terms import Currency, RoundKind, SellerKind

SOURCE = "hk_chungsen"
LIST = f"{SOURCE}.list"
HOME_URL = "https://www.chungsen.com.hk/"
LIST_URL = urljoin(HOME_URL, "tc/mortgage_property.php?wid=88")

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
)

LOT_NUMBER = re.compile(r"物業編號\s*[:：]\s*(\d{6}-\d{1,3})(?!\d)")
COLUMNS = {"gross": ("建築面積",), "saleable": ("實用面積",), "price": ("售價",)}
MEMBER_OF_HEAD = 24
"""Characters: 售價(萬 HK$) and the like. A longer cell is no head of a column."""

BANK_OWNED = re.compile(r"銀主|银主")
SALE_WORDS = {"拍賣": "拍賣", "拍卖": "拍賣", "招標": "招標", "招标": "招標", "投標": "招標", "私人協約": "私人協約"}
PRICE_TRACK = re.compile(r"(自由|居二)\s*[:：]?\s*(\S+)")
NO_PRICE = frozenset({"", "-", "--", "面議", "歡迎查詢", "價錢面議"})
MILLIONS = re.compile(r"(?:HK)?\$?(\d{1,5}(?:\.\d{1,6})?)[Mm]")
BARE_NUMBER = re.compile(r"(?:HK)?\$?\s*(\d[\d,]{0,12}(?:\.\d{1,6})?)")
MOST_WAN, LEAST_DOLLARS = 100_000, 10_000
WALLS = ("Just a moment...", "cf-challenge", "g-recaptcha", "h-captcha", "Attention Required!")


def recognises_list(page: Page) -> bool:
    """By the address, or by the lot numbers of a saved page beside the heads of the areas."""
    if "chungsen.com.hk/" in page.url and "mortgage_property.php" in page.url:
        return True
    marks = ("mortgage_property", "物業編號", "實用面積", "售價")
    return all(mark.encode() in page.body for mark in marks)


def parse_list(page: Page) -> PageContent:
    """Read the list, which is one page.

    Raises:
        PageRefused: a wall, no lot (nobody knows the words for none), or no table with the three heads.
    """
    if refused := refusal_by_status(page, SOURCE):
        raise refused
    text = page_text(page, SOURCE)
    if "物業編號" not in text:
        if any(mark in text for mark in WALLS):
            raise Blocked("a bot wall in place of the list", source=SOURCE, url=page.url)
        raise LayoutChanged("no 物業編號 on the page", source=SOURCE, url=page.url)
    root = select(text, source=SOURCE, url=page.url)
    columns = find_columns(root)
    if columns is None:
        raise LayoutChanged("no heads 建築面積, 實用面積 and 售價", source=SOURCE, url=page.url)
    content = PageContent()
    for position, row in enumerate(list_rows(root), 1):
        try:
            content.items.append(read_row(row, columns))
        except RowRefused as refusal:
            words = " ".join(visible_lines(row))
            lot = LOT_NUMBER.search(words)
            content.refused.append(RefusedRow(position, lot and lot[1], refusal.reason, words[:200]))
    if not content.items and not content.refused:
        raise LayoutChanged("a table without a single lot", source=SOURCE, url=page.url)
    return content


def find_columns(root: Selector) -> Mapping[str, tuple[int, str]] | None:
    """Where the areas and the price stand, with the words of their heads; ``None`` without such a row."""
    for row in root.xpath("//tr[not(.//tr)]"):
        heads = [" ".join(visible_lines(cell)) for cell in row.xpath("./td|./th")]
        found = {
            name: (index, head)
            for name, words in COLUMNS.items()
            for index, head in enumerate(heads)
            if len(head) <= MEMBER_OF_HEAD and any(word in head.replace(" ", "") for word in words)
        }
        if len(found) == len(COLUMNS) == len({index for index, _ in found.values()}):
            return found
    return None


def list_rows(root: Selector) -> list[Selector]:
    """The innermost rows that hold a lot number."""
    return [row for row in root.xpath("//tr[not(.//tr)]") if "物業編號" in row.xpath("string()").get("")]


def read_row(row: Selector, columns: Mapping[str, tuple[int, str]]) -> ListingItem:
    """Read one lot.

    Raises:
        RowRefused: no lot number, no address, fewer cells than heads, or a price in another form.
    """
    cells = [visible_lines(cell) for cell in row.xpath("./td|./th")]
    described = next((lines for lines in cells if "物業編號" in "".join(lines)), [])
    words = " ".join(described)
    lot = LOT_NUMBER.search(words)
    address = words[: lot.start()].strip(" 。,，") if lot else ""
    if lot is None or not address:
        raise RowRefused("lot without its number or its address")
    if len(cells) <= max(index for index, _ in columns.values()):
        raise RowRefused(f"{len(cells)} cells, fewer than the heads")
    gross, saleable = (" ".join(cells[columns[name][0]]) for name in ("gross", "saleable"))
    price_at, price_head = columns["price"]
    prices = read_prices(cells[price_at])
    is_in_wan = "萬" in price_head or "万" in price_head
    own = {"建築面積": gross, "實用面積": saleable, **{f"售價 {track}".strip(): raw for track, raw in prices.items()}}
    return ListingItem(
        source_id=lot[1],
        words={name: value for name, value in own.items() if value},
        title=address,
        address=address,
        round_raw=next((label for word, label in SALE_WORDS.items() if word in words), None),
        asking_price_raw=spell_price(prices.get("自由") or prices.get(""), is_in_wan=is_in_wan),
        floor_area_raw=spell_area(gross),
        private_area_raw=spell_area(saleable),
        details=Details(seller_kind_raw="銀主") if BANK_OWNED.search(words) else None,
    )


def read_prices(lines: list[str]) -> dict[str, str]:
    """The prices by track; the only one of other flats under "". A price for holders of a green form is no open price.

    Raises:
        RowRefused: several lines that are no tracks.
    """
    text = " ".join(lines)
    if text in NO_PRICE:
        return {}
    if tracks := PRICE_TRACK.findall(text):
        if PRICE_TRACK.sub("", text).strip():
            raise RowRefused(f"price in another form: {text[:40]!r}")
        return {name: raw for name, raw in tracks if raw not in NO_PRICE}
    return {"": text}


def spell_price(raw: str | None, *, is_in_wan: bool) -> str | None:
    """The price with its unit: bare numbers are in 萬 where the head of the column says so; 5.88M is 588 萬.

    Raises:
        RowRefused: a bare number that would be under HK$10,000, or over HK$1,000 million in 萬: the unit is another.
    """
    if raw is None:
        return None
    if found := MILLIONS.fullmatch(raw.replace(" ", "")):
        return f"{Decimal(found[1]) * 100}萬"
    bare = BARE_NUMBER.fullmatch(raw)
    if bare is None:
        return raw
    number = Decimal(bare[1].replace(",", ""))
    if (number > MOST_WAN) if is_in_wan else (number < LEAST_DOLLARS):
        raise RowRefused(f"price in a unit that the head does not tell: {raw!r}")
    return f"{raw}萬" if is_in_wan else raw


def spell_area(raw: str) -> str | None:
    """The area with its unit, without 約; "-" and an empty cell say nothing."""
    bare = raw.replace("約", "").strip()
    if bare in {"", "-", "--"}:
        return None
    return f"{bare}平方呎" if bare[-1].isdigit() else bare


READERS = (Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list, is_timeless=True),)

SPEC = SourceSpec(
    name=SOURCE,
    title="中誠 Chung Sen (Hong Kong)",
    home_url=HOME_URL,
    about="Bank-owned (銀主盤) and sole-agency homes of a Hong Kong surveyor: one open list of about 150.",
    expects=Expectation(at_least=40, at_most=1_000),  # 151 (2026-07)
    readers=READERS,
    min_delay_seconds=10.0,
    fixtures="synthetic",
    sale_kinds="bank-owned homes, sole agency",
    requests_per_day=10,
)
