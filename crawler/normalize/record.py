"""One listing in the source's words into one statement: everything converted, or the row refused by name."""

from datetime import date, datetime

from crawler.errors import RowRefused
from crawler.items import Dialect, ListingItem, Word
from crawler.normalize.details import NO_DETAILS, read_details
from crawler.normalize.divisions import Region
from crawler.normalize.fields import read_area, read_count, read_moment, read_price
from crawler.normalize.kinds import kind_from_title
from crawler.normalize.labels import find_term
from crawler.normalize.regions import find_region
from crawler.normalize.sellers import seller_kind_from_name
from crawler.normalize.texts import clean_text, clean_url, dump_words
from store.statement import Statement
from store.terms import Currency, PropertyKind, SellerKind

Prices = tuple[Currency | None, int | None, int | None, int | None, int | None, int | None, int | None]


def normalize(item: ListingItem, dialect: Dialect, observed_at: datetime) -> Statement:
    """Convert one item. Pure: the same item, dialect and instant give the same statement.

    Raises:
        UnknownLabel: a label that the dialect does not hold, or a state that the country does not have.
        RowRefused: an unreadable, negative or absurd value. Both name the field and the text.
    """
    title = clean_text("title", item.title)
    address = clean_text("address", item.address)
    place = _find_place(item, title, address, dialect.country)
    seller_name = (item.seller_name and clean_text("seller_name", item.seller_name)) or dialect.seller_name
    values = (
        title,
        clean_url("url", item.url),
        _find_kind(item.property_kind_raw, title, dialect),
        None if item.round_raw is None else find_term("round_raw", item.round_raw, dialect.round_labels),
        None if item.status_raw is None else find_term("status_raw", item.status_raw, dialect.status_labels),
        seller_name,
        dialect.seller_kind or _find_seller_kind(item, seller_name, dialect),
        place.code,
        place.city,
        place.district,
        address,
        *_read_prices(item, dialect),
        item.is_price_exact,
        *_read_times(item, dialect, observed_at),
        None if item.floor_area_raw is None else read_area("floor_area_raw", item.floor_area_raw, dialect),
        None if item.private_area_raw is None else read_area("private_area_raw", item.private_area_raw, dialect),
        None if item.land_area_raw is None else read_area("land_area_raw", item.land_area_raw, dialect),
        read_count("bid_count_raw", item.bid_count_raw),
        read_count("applicant_count_raw", item.applicant_count_raw),
        _read_loan(item.loan_raw, dialect),
        clean_url("image_url", item.image_url),
        *(NO_DETAILS if item.details is None else read_details(item.details, dialect, observed_at)),
        dump_words(item.words, (title, address, item.source_id)),
    )
    return Statement._make(values)


def _find_kind(label: str | None, title: str | None, dialect: Dialect) -> PropertyKind | None:
    """The kind that the source states; where it states none, what a Chinese title says."""
    kind = find_term("property_kind_raw", label, dialect.kind_labels)
    if kind is None and title and dialect.country == "CN":
        return kind_from_title(title)
    return kind


def _find_seller_kind(item: ListingItem, seller_name: str | None, dialect: Dialect) -> SellerKind | None:
    """By the label that the source gives, else by the name, where that is Chinese."""
    label = item.details.seller_kind_raw if item.details else None
    kind = find_term("seller_kind_raw", label, dialect.seller_labels)
    if kind is None and seller_name and dialect.country == "CN":
        return seller_kind_from_name(seller_name)
    return kind


def _find_place(item: ListingItem, title: str | None, address: str | None, country: str) -> Region:
    """The place by the fields and the address; by the title where these say nothing."""
    for text in (address, title) if address else (title,):
        place = find_region(country, item.state_raw, item.city_raw, item.district_raw, text)
        if place.code is not None:
            return place
    return place


def _read_prices(item: ListingItem, dialect: Dialect) -> Prices:
    """Currency and the six prices in the order of the statement. No appraisal is written as 0 (Ali, "0 when none")."""
    starting = read_price("starting_price_raw", item.starting_price_raw, dialect, is_free=True)
    asking = None if item.asking_price_raw is None else read_price("asking_price_raw", item.asking_price_raw, dialect)
    current = read_price("current_price_raw", item.current_price_raw, dialect, is_free=starting == 0)
    hammer = None if item.hammer_price_raw is None else read_price("hammer_price_raw", item.hammer_price_raw, dialect)
    appraisal = read_price("appraisal_price_raw", item.appraisal_price_raw, dialect, is_free=True) or None
    market = read_price("market_price_raw", item.market_price_raw, dialect, is_free=True) or None
    is_priced = not (starting is asking is current is hammer is appraisal is market is None)
    return dialect.currency if is_priced else None, starting, asking, current, hammer, appraisal, market


def _read_times(
    item: ListingItem, dialect: Dialect, observed_at: datetime
) -> tuple[datetime | None, datetime | None, date | None]:
    """Start, end, and the day of the end where its time is not told (Ali cards of ended lots).

    A start of which only the day is told has no column; it stays in ``raw``. An end that is not after the start
    means "no end yet" (Ali list JSON, 2019) and is left out.
    """
    starts = read_moment("starts_at_raw", item.starts_at_raw, dialect, observed_at)
    ends = read_moment("ends_at_raw", item.ends_at_raw, dialect, observed_at)
    starts_at = starts if isinstance(starts, datetime) else None
    if not isinstance(ends, datetime):
        return starts_at, None, ends
    return starts_at, None if starts_at is not None and ends <= starts_at else ends, None


def _read_loan(raw: Word, dialect: Dialect) -> bool | None:
    """Whether a loan is offered: true, false, 1, 0, or a label of the dialect."""
    if raw is None or isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        return find_term("loan_raw", raw, dialect.loan_labels)
    if raw in {0, 1}:
        return bool(raw)
    raise RowRefused(f"loan_raw: neither 0 nor 1: {raw!r}")
