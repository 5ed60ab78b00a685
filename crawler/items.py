"""What parsers give: listings in the source's own words, and what the page says of itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from crawler.page import Page
from store.statement import Attachment, Context
from store.terms import (
    Answer,
    AppraisalKind,
    AppraisalScope,
    Currency,
    FactKind,
    PropertyKind,
    RoundKind,
    RoundStatus,
    SellerKind,
)

Word = str | int | float | bool | None
"""A value as the source wrote it."""


class FactItem(NamedTuple):
    """One question that a notice answers, with the sentence that does.

    Several of a kind are several mortgages, or several times of a viewing: ``starts_raw`` and ``ends_raw``.
    """

    kind: FactKind
    answer: Answer
    quote: str
    holder: str | None = None
    amount_raw: Word = None
    rank: int | None = None
    starts_raw: Word = None
    ends_raw: Word = None


class BidItem(NamedTuple):
    """One line of a bid record."""

    amount_raw: Word
    placed_at_raw: Word = None
    bidder: str | None = None  # the number or alias that the platform shows
    outcome: str | None = None  # the source's own word


class MemberItem(NamedTuple):
    """One of several homes that are sold together."""

    title: str
    floor_area_raw: Word = None
    appraisal_price_raw: Word = None
    certificate: str | None = None


class Details(NamedTuple):
    """What details and notices tell beside what lists do, in the source's own words."""

    seller_kind_raw: str | None = None
    case_number: str | None = None
    appraisal_kind_raw: str | None = None
    appraisal_on_raw: Word = None
    appraisal_scope: AppraisalScope | None = None
    deposit_raw: Word = None
    increment_raw: Word = None
    bidding_period_raw: Word = None  # "1天", "24小时", or a number of minutes
    extension_raw: Word = None  # "5分钟/次", or a number of minutes
    share_raw: Word = None  # "50%", "二分之一", "1/2"
    floor: str | None = None
    intended_use: str | None = None
    built_year_raw: Word = None
    certificate: str | None = None
    unit_count_raw: Word = None
    published_at_raw: Word = None
    bidder_count_raw: Word = None
    latitude_raw: Word = None  # degrees
    longitude_raw: Word = None
    previous_source_id: str | None = None
    asset_id: str | None = None
    round_number_raw: Word = None
    facts: tuple[FactItem, ...] = ()
    bids: tuple[BidItem, ...] = ()
    members: tuple[MemberItem, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class ListingItem(NamedTuple):
    """One listing in the source's own words. ``None``: the page does not say.

    Values that need conversion end in ``_raw``; ``words`` holds the same values under the source's own
    field names and is stored beside the converted ones.
    """

    source_id: str  # the source's own stable identifier, as text
    words: Mapping[str, Word]
    url: str | None = None
    title: str | None = None
    property_kind_raw: str | None = None
    round_raw: str | None = None
    status_raw: str | None = None
    seller_name: str | None = None
    state_raw: str | None = None  # state or province where the source has a field for it
    city_raw: str | None = None
    district_raw: str | None = None
    address: str | None = None
    starting_price_raw: Word = None
    asking_price_raw: Word = None
    current_price_raw: Word = None
    hammer_price_raw: Word = None
    appraisal_price_raw: Word = None
    market_price_raw: Word = None
    is_price_exact: bool | None = None
    starts_at_raw: Word = None
    ends_at_raw: Word = None
    floor_area_raw: Word = None
    private_area_raw: Word = None
    land_area_raw: Word = None
    bid_count_raw: Word = None
    applicant_count_raw: Word = None
    loan_raw: Word = None
    image_url: str | None = None
    details: Details | None = None
    source: str | None = None  # where one file holds rows of several sources; else the reader's source


class RefusedRow(NamedTuple):
    """A row that was not read: where it stands on the page, its id if any, why, and its first words."""

    position: int
    source_id: str | None
    reason: str
    excerpt: str


class NoSaleRow(RefusedRow):
    """A row that sells nothing by its own words (``crawler.errors.NoSale``): kept with its reason, and no trouble."""

    __slots__ = ()


class Follow(NamedTuple):
    """A further page that this one leads to. ``method`` and ``form`` serve sources that list by POST."""

    url: str
    reader: str  # name of the reader expected for it
    method: str = "GET"
    form: Mapping[str, str] | None = None
    is_next_page: bool = False
    about: str | None = None  # the source's own id of the listing that a detail is about


@dataclass(slots=True)
class PageContent:
    """Everything read from one page."""

    items: list[ListingItem] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)
    stated_count: int | None = None  # how many listings the source says there are in all
    context: Context | None = None  # series and market prices, of pages without listings
    passed_over: set[int] = field(default_factory=set)  # positions of rows that are neither read nor refused


class NumberForm(StrEnum):
    """How a source writes numbers."""

    PLAIN = "plain"  # 1234.56, 1,234.56, 125.05万, full-width digits
    BRAZILIAN = "brazilian"  # 1.234,56


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one source speaks, as data: the tables that turn its words into ours.

    A label that is missing from its table raises ``UnknownLabel``; map it to ``None`` to ignore it by name.
    """

    currency: Currency
    time_zone: str  # IANA name of the zone in which the source writes its times
    country: str  # ISO 3166-1 alpha-2, decides how places are read
    number_form: NumberForm = NumberForm.PLAIN
    round_labels: Mapping[str, RoundKind | None] = field(default_factory=dict)
    status_labels: Mapping[str, RoundStatus | None] = field(default_factory=dict)
    kind_labels: Mapping[str, PropertyKind | None] = field(default_factory=dict)
    loan_labels: Mapping[str, bool | None] = field(default_factory=dict)
    appraisal_labels: Mapping[str, AppraisalKind | None] = field(default_factory=dict)
    seller_labels: Mapping[str, SellerKind | None] = field(default_factory=dict)
    seller_name: str | None = None  # where every listing of the source has the same seller
    seller_kind: SellerKind | None = None  # where it is always the same; else by label, else by the seller's name


@dataclass(frozen=True, slots=True)
class Reader:
    """One form of page of one source: how to know it and how to read it.

    A module of ``crawler.parsers`` lists its readers in ``READERS`` and describes itself in ``SPEC``.

    ``recognises`` looks at address and content, cheaply, and never raises. ``parse`` is pure; it raises
    ``Blocked``, ``LoginRequired``, ``EmptyShell`` or ``LayoutChanged``, nothing else.
    """

    name: str  # "<source>.<form>", stored with each observation
    source: str
    dialect: Dialect
    recognises: Callable[[Page], bool]
    parse: Callable[[Page], PageContent]
    is_timeless: bool = field(default=False, kw_only=True)  # no "today", no date without its year


class Expectation(NamedTuple):
    """How many listings a healthy complete crawl collects."""

    at_least: int
    at_most: int


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """What is told about a source (``fapai sources``)."""

    name: str
    title: str
    home_url: str
    about: str
    expects: Expectation
    readers: Sequence[Reader]
    min_delay_seconds: float = 5.0
    is_walled: bool = False
    fixtures: str = "recorded"  # recorded | synthetic | mixed
    sale_kinds: str = ""  # "court auction", "bank direct sale, bankruptcy": for people
    robots: str = "obeyed live"  # what is known of robots.txt: "obeyed live", or "forbids …: never crawled"
    requests_per_day: int = 2_000  # the budget that a crawl keeps
    item_pages: "Callable[[str, str | None], Sequence[Follow]] | None" = None  # what tells the state of one listing, by
    # its id and address; None where only the lists tell it
    further_sites: tuple[str, ...] = ()  # domains beside that of ``home_url`` that its pages may send a crawl to
