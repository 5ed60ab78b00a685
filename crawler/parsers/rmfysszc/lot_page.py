"""The page of one lot, as a public project of 2025 describes it: no page was recorded."""

import re

from parsel import Selector

from crawler.errors import LayoutChanged
from crawler.items import Details, ListingItem, PageContent
from crawler.notices import text_of
from crawler.page import Page
from crawler.parsers.court_lots import (
    asked_address,
    bare_url,
    fill_from_notice,
    join_url,
    read_labelled,
    share_in,
    whole_document,
)
from crawler.parsers.html import visible_lines
from crawler.parsers.rmfysszc.site import HOME_URL, SOURCE, check_answer
from store.statement import Attachment

LOT_ADDRESS = re.compile(
    r"(?:^|/)(?:statichtml/rm_obj|(?:statichtml/)?rm_xmdetail|Handle)/(\d{1,12})\.s?html", re.IGNORECASE
)
LABELS = ("起拍价", "评估值", "保证金", "加价幅度", "法院", "处置阶段")
TEXTS = "#pmgg, #jmxz, #bdjs"  # notice, rules of bidding, description


def recognises_lot(page: Page) -> bool:
    """By the address, or by the elements of a saved page."""
    return bool(LOT_ADDRESS.search(page.url)) or (b'id="bg1"' in page.body and b'id="pmgg"' in page.body)


def parse_lot(page: Page) -> PageContent:
    """Read one lot. It tells no state; the times of bidding stand in the notice only.

    Raises:
        PageRefused: the firewall, a page cut off or without title and price, or an address that does not name the lot.
    """
    check_answer(page)
    root = whole_document(page, SOURCE)
    title = root.css("#Title").xpath("normalize-space(.)").get("")
    if not title:
        raise LayoutChanged("lot without its title", source=SOURCE, url=page.url)
    if not (found := LOT_ADDRESS.search(page.url)):
        raise LayoutChanged("address does not name the lot", source=SOURCE, url=page.url)
    words = read_words(root)
    if not words:
        raise LayoutChanged("lot without price, court and stage", source=SOURCE, url=page.url)
    notice = "\n".join(text_of(part.get()) for part in root.css(TEXTS))
    item = ListingItem(
        source_id=found[1],
        words=words,
        url=bare_url(page),
        title=title,
        round_raw=words.get("处置阶段"),
        seller_name=words.get("法院"),
        starting_price_raw=words.get("起拍价"),
        appraisal_price_raw=words.get("评估值"),
        image_url=read_picture(root),
        details=Details(
            deposit_raw=words.get("保证金"),
            increment_raw=words.get("加价幅度"),
            share_raw=share_in(title),
            asset_id=asset_of(read_picture(root)),
            attachments=read_attachments(root, page),
        ),
    )
    return PageContent(items=[fill_from_notice(item, notice)])


def read_words(root: Selector) -> dict[str, str]:
    """The labelled values of ``#price`` and ``#bg1``; the former may stand without its label."""
    words = read_labelled([line for part in root.css("#price, #bg1") for line in visible_lines(part)], LABELS)
    shown = root.css("#price").xpath("normalize-space(.)").get("")
    if "起拍价" not in words and re.fullmatch(r"[¥￥]?[\d,.]+ ?(?:万|元|万元)", shown):
        words["起拍价"] = shown
    return words


def read_picture(root: Selector) -> str | None:
    """The address of the first picture."""
    source = root.css("#zzsc img").xpath("string(@src)").get()
    return join_url(HOME_URL, source) if source else None


def asset_of(picture: str | None) -> str | None:
    """The folder of a picture, which stays when the asset comes back in a new round (seen 2022-11): evidence, no proof.

    ``/2022/1020/<another in each round>/<the same>/<the same>-1.jpg``
    """
    parts = (picture or "").split("/")
    folder = parts[-2] if len(parts) > 3 else ""
    return folder if re.fullmatch(r"[0-9A-Fa-f]{32}", folder) and parts[-1].startswith(f"{folder}-") else None


def read_attachments(root: Selector, page: Page) -> tuple[Attachment, ...]:
    """The links of the first element behind the words 相关附件."""
    links = root.xpath("(//*[normalize-space(text())='相关附件'])[1]/following::*[.//a[@href]][1]//a[@href]")
    found = ((link.xpath("normalize-space(.)").get(""), link.root.get("href")) for link in links[:50])
    base = asked_address(page, HOME_URL)
    addresses = ((name, join_url(base, href)) for name, href in found if not href.startswith("#"))
    return tuple(Attachment(name, url) for name, url in addresses if url)
