"""What details and notices tell of one listing: converted as ``record`` converts what lists do."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crawler.errors import RowRefused
from crawler.items import BidItem, Details, Dialect, FactItem, MemberItem, Word
from crawler.normalize.durations import parse_minutes
from crawler.normalize.fields import is_blank, read_area, read_count, read_moment, read_price
from crawler.normalize.labels import find_term
from crawler.normalize.shares import parse_share
from crawler.normalize.texts import clean_text, clean_url
from store.statement import FIELDS, Attachment, Bid, Extras, Fact, LotMember, MicroDegree
from store.terms import AppraisalKind

NO_DETAILS: tuple[None, ...] = (None,) * (len(FIELDS) - 1 - FIELDS.index("case_number"))
LONGEST_QUOTE = 500
UNDIVIDED = {"共同共有", "公同共有"}
BIDDER_NUMBER = re.compile(r"[A-Z]{0,3}[0-9]{1,7}")
"""How platforms show bidders (H2515): too short for a phone. Masking these took a third of a page with ten bids."""

EARLIEST_BUILT, LATEST_BUILT = 1840, 2100
Bound = tuple[date | None, datetime | None]
"""A day, or an instant: one of the two, or neither."""


def read_details(details: Details, dialect: Dialect, observed_at: datetime) -> tuple[Any, ...]:
    """The values of ``Statement`` from ``case_number`` to ``round_number``.

    Raises:
        RowRefused: a value that cannot be read, named with its field and text.
    """
    return (
        clean_text("case_number", details.case_number),
        find_term("appraisal_kind_raw", details.appraisal_kind_raw, dialect.appraisal_labels or APPRAISAL_LABELS),
        _read_day("appraisal_on_raw", details.appraisal_on_raw, dialect, observed_at),
        details.appraisal_scope,
        read_price("deposit_raw", details.deposit_raw, dialect, is_free=True),
        read_price("increment_raw", details.increment_raw, dialect, is_free=True) or None,
        _read_minutes("bidding_period_raw", details.bidding_period_raw),
        _read_minutes("extension_raw", details.extension_raw),
        _read_share(details.share_raw),
        clean_text("floor", details.floor),
        clean_text("intended_use", details.intended_use),
        _read_year(details.built_year_raw),
        clean_text("certificate", details.certificate),
        read_count("unit_count_raw", details.unit_count_raw) or None,
        _read_instant("published_at_raw", details.published_at_raw, dialect, observed_at),
        read_count("bidder_count_raw", details.bidder_count_raw),
        *_read_position(details),
        clean_text("previous_source_id", details.previous_source_id),
        clean_text("asset_id", details.asset_id),
        read_count("round_number_raw", details.round_number_raw) or None,
    )


def read_extras(details: Details, dialect: Dialect, observed_at: datetime) -> Extras | None:
    """Facts, bids, members and attachments, persons masked; ``None`` where there are none.

    Raises:
        RowRefused: a value that cannot be read, named with its field and text.
    """
    if not (details.facts or details.bids or details.members or details.attachments):
        return None
    return Extras(
        tuple(_read_fact(fact, dialect, observed_at) for fact in details.facts),
        tuple(_read_bid(bid, dialect, observed_at) for bid in details.bids),
        tuple(_read_member(member, dialect) for member in details.members),
        tuple(_read_attachment(each) for each in details.attachments),
    )


def _read_fact(fact: FactItem, dialect: Dialect, observed_at: datetime) -> Fact:
    quote = clean_text("quote", fact.quote[:LONGEST_QUOTE])
    if quote is None:
        raise RowRefused(f"fact {fact.kind}: without its sentence")
    amount = read_price(f"{fact.kind}.amount_raw", fact.amount_raw, dialect)
    currency = None if amount is None else dialect.currency
    holder = clean_text("holder", fact.holder)
    starts, ends = (
        (None, None) if raw is None else _read_bound(f"{fact.kind}.{name}", raw, dialect, observed_at)
        for name, raw in (("starts_raw", fact.starts_raw), ("ends_raw", fact.ends_raw))
    )
    if _is_before(ends, starts, ZoneInfo(dialect.time_zone)):  # which of the two is wrong nobody knows: one is shown
        ends = None, None
    return Fact(fact.kind, fact.answer, quote, holder, amount, fact.rank, currency, *starts, *ends)


def _read_bound(field: str, raw: Word, dialect: Dialect, observed_at: datetime) -> Bound:
    """A day, or an instant where the hour is told: in the column of its kind."""
    moment = read_moment(field, raw, dialect, observed_at)
    return (None, moment) if isinstance(moment, datetime) else (moment, None)


def _is_before(one: Bound, other: Bound, zone: ZoneInfo) -> bool:
    """By the clock where both tell the hour, else by the day at the place; unknown is before nothing."""
    if one[1] is not None and other[1] is not None:
        return one[1] < other[1]
    days = [on or (at and at.astimezone(zone).date()) for on, at in (one, other)]
    return days[0] is not None and days[1] is not None and days[0] < days[1]


def _read_bid(bid: BidItem, dialect: Dialect, observed_at: datetime) -> Bid:
    amount = read_price("bid.amount_raw", bid.amount_raw, dialect)
    if amount is None:
        raise RowRefused("bid without an amount")
    placed_at = _read_instant("bid.placed_at_raw", bid.placed_at_raw, dialect, observed_at)
    is_number = bid.bidder is not None and BIDDER_NUMBER.fullmatch(bid.bidder) is not None
    bidder = bid.bidder if is_number else clean_text("bidder", bid.bidder)
    return Bid(amount, dialect.currency, placed_at, bidder, clean_text("outcome", bid.outcome))


def _read_member(member: MemberItem, dialect: Dialect) -> LotMember:
    title = clean_text("member.title", member.title)
    if title is None:
        raise RowRefused("member of a lot without a title")
    appraisal = read_price("member.appraisal_price_raw", member.appraisal_price_raw, dialect, is_free=True) or None
    return LotMember(
        title,
        read_area("member.floor_area_raw", member.floor_area_raw, dialect),
        appraisal,
        None if appraisal is None else dialect.currency,
        clean_text("member.certificate", member.certificate),
    )


def _read_attachment(attachment: Attachment) -> Attachment:
    url = clean_url("attachment.url", attachment.url)
    return Attachment(clean_text("attachment.name", attachment.name) or "", url or "")


def _read_day(field: str, raw: Word, dialect: Dialect, observed_at: datetime) -> date | None:
    moment = read_moment(field, raw, dialect, observed_at)
    return moment.date() if isinstance(moment, datetime) else moment


def _read_instant(field: str, raw: Word, dialect: Dialect, observed_at: datetime) -> datetime | None:
    """An instant; a day without its time has no column."""
    moment = read_moment(field, raw, dialect, observed_at)
    return moment if isinstance(moment, datetime) else None


def _read_minutes(field: str, raw: Word) -> int | None:
    if raw is None or is_blank(raw):
        return None
    try:
        return parse_minutes(raw)
    except ValueError as error:
        raise RowRefused(f"{field}: {error}") from None


def _read_share(raw: Word) -> str | None:
    """The share; owned jointly without shares (共同共有, 公同共有) is none that could be told."""
    if raw is None or is_blank(raw) or raw in UNDIVIDED:
        return None
    try:
        return parse_share(raw)
    except ValueError as error:
        raise RowRefused(f"share_raw: {error}") from None


def _read_year(raw: Word) -> int | None:
    if raw is None or is_blank(raw):
        return None
    text = str(raw).strip().removesuffix("年代").removesuffix("年")
    if not text.isdecimal() or not EARLIEST_BUILT <= int(text) <= LATEST_BUILT:
        raise RowRefused(f"built_year_raw: not a year: {raw!r}")
    return int(text)


def _read_position(details: Details) -> tuple[MicroDegree | None, MicroDegree | None]:
    """Latitude and longitude; both or none, and 0, 0 means "not known" (JD, rmfysszc)."""
    if details.latitude_raw is None or details.longitude_raw is None:
        return None, None
    try:
        latitude, longitude = float(details.latitude_raw), float(details.longitude_raw)
    except ValueError:
        raise RowRefused(f"position: not degrees: {details.latitude_raw!r}, {details.longitude_raw!r}") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise RowRefused(f"position: absurd: {latitude}, {longitude}")
    if latitude == 0 and longitude == 0:
        return None, None
    return round(latitude * 1_000_000), round(longitude * 1_000_000)


APPRAISAL_LABELS: dict[str, AppraisalKind | None] = {
    "议价": AppraisalKind.NEGOTIATED,
    "当事人议价": AppraisalKind.NEGOTIATED,
    "议价价": AppraisalKind.NEGOTIATED,
    "定向询价": AppraisalKind.DIRECTED_INQUIRY,
    "网络询价": AppraisalKind.ONLINE_INQUIRY,
    "网询": AppraisalKind.ONLINE_INQUIRY,
    "询价": AppraisalKind.ONLINE_INQUIRY,
    "评估": AppraisalKind.APPRAISAL,
    "评估价": AppraisalKind.APPRAISAL,
    "委托评估": AppraisalKind.APPRAISAL,
    "市场价": None,
    "参考价": None,
}
