"""One detail page's text into a listing: what all forms of detail pages share."""

from crawler.errors import RowRefused
from crawler.items import Details, ListingItem
from crawler.parsers.ali_judicial.dialect import DIALECT, round_in_title
from crawler.parsers.ali_judicial.sheet import (
    FINAL_AMOUNTS,
    Name,
    head_of,
    pre_emption,
    read_bids,
    read_place,
    read_sheet,
    record_count,
    status_label,
)
from store.terms import RoundStatus

PRICES = ("起拍价", "变卖价", "当前价", *FINAL_AMOUNTS)


def read_listing(source_id: str, url: str, name: Name, text: str) -> ListingItem:
    """Read the text of a detail page. Prices are exact there, and 0 of anybody means: not loaded.

    Raises:
        RowRefused: no name, or not one price: this is no detail page, or a cut one.
    """
    sheet = read_sheet(head_of(text, name.heading))
    words = dict(sheet.words)
    if not name.title or not any(label in words for label in PRICES):
        raise RowRefused("detail page without name or price")
    status, records, place = status_label(sheet), record_count(text), read_place(text)
    is_sold = status is not None and DIALECT.status_labels.get(status) is RoundStatus.SOLD
    final = next((words[label] for label in FINAL_AMOUNTS if label in words), None)
    if is_sold and records == "0":
        records = None  # not loaded
    named = {
        "轮次": name.round_raw,
        "状态": status,
        "开拍": sheet.starts_at,
        "结束时间": sheet.ended_at,
        "处置单位": sheet.unit,
        "人报名": sheet.applicants,
        "竞买记录": records,
        "贷款": name.loan,
    }
    return ListingItem(
        source_id=source_id,
        words=words | {label: value for label, value in named.items() if value is not None},
        url=url,
        title=name.title,
        round_raw=name.round_raw or round_in_title(name.heading) or ("变卖价" if "变卖价" in words else None),
        status_raw=status,
        seller_name=sheet.unit,
        state_raw=place.state,
        city_raw=place.city,
        district_raw=place.district,
        address=place.address,
        starting_price_raw=words.get("起拍价") or words.get("变卖价"),
        current_price_raw=words.get("当前价"),
        hammer_price_raw=final if is_sold else None,
        appraisal_price_raw=words.get("评估价"),
        market_price_raw=words.get("市场价"),
        is_price_exact=True,
        starts_at_raw=sheet.starts_at,
        ends_at_raw=sheet.ended_at,
        bid_count_raw=records,
        applicant_count_raw=sheet.applicants,
        loan_raw=name.loan,
        details=Details(
            deposit_raw=words.get("保证金"),
            increment_raw=words.get("加价幅度") or words.get("增价幅度"),
            bidding_period_raw=words.get("竞价周期") or words.get("变卖周期"),
            extension_raw=words.get("延时周期"),
            facts=pre_emption(words),
            bids=read_bids(text),
        ),
    )
