"""The peer: the same pages the way tutorials teach. ItemLoader, one item per listing, one ORM session per item."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import scrapy
from itemloaders.processors import MapCompose, TakeFirst
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.loader import ItemLoader
from sqlalchemy import BigInteger, DateTime, ForeignKey, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

FIELDS = {
    "id": "id",
    "title": "title",
    "status": "status",
    "url": "itemUrl",
    "picture": "picUrl",
    "start_price": "initialPrice",
    "current_price": "currentPrice",
    "appraisal": "consultPrice",
    "market_price": "marketPrice",
    "sell_off": "sellOff",
    "starts": "start",
    "ends": "end",
    "bids": "bidCount",
    "applicants": "applyCount",
    "loans": "supportLoans",
}
KEPT = tuple(name for name in FIELDS if name not in {"id"})


class ListingItem(scrapy.Item):
    """One listing."""

    id = scrapy.Field()
    title = scrapy.Field()
    status = scrapy.Field()
    url = scrapy.Field()
    picture = scrapy.Field()
    start_price = scrapy.Field()
    current_price = scrapy.Field()
    appraisal = scrapy.Field()
    market_price = scrapy.Field()
    sell_off = scrapy.Field()
    starts = scrapy.Field()
    ends = scrapy.Field()
    bids = scrapy.Field()
    applicants = scrapy.Field()
    loans = scrapy.Field()


class ListingLoader(ItemLoader):
    """First value of each field, texts stripped."""

    default_item_class = ListingItem
    default_output_processor = TakeFirst()
    title_in = MapCompose(str.strip)


class Base(DeclarativeBase):
    """Models of the peer."""


class Columns:
    """What listing and history share."""

    title: Mapped[str] = mapped_column(String)
    status: Mapped[str] = mapped_column(String)
    url: Mapped[str] = mapped_column(String)
    picture: Mapped[str] = mapped_column(String)
    start_price: Mapped[float]
    current_price: Mapped[float]
    appraisal: Mapped[float]
    market_price: Mapped[float]
    sell_off: Mapped[bool]
    starts: Mapped[int] = mapped_column(BigInteger)
    ends: Mapped[int] = mapped_column(BigInteger)
    bids: Mapped[int]
    applicants: Mapped[int]
    loans: Mapped[int]


class Listing(Columns, Base):
    """The current state."""

    __tablename__ = "peer_listing"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seen_at: Mapped[datetime] = mapped_column(DateTime)


class History(Columns, Base):
    """A row where something changed."""

    __tablename__ = "peer_history"
    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("peer_listing.id"), index=True)
    seen_at: Mapped[datetime] = mapped_column(DateTime)


class OrmPipeline:
    """Get or create, compare, commit: for each item."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "OrmPipeline":
        engine = create_engine(crawler.settings["DATABASE"])
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        Base.metadata.create_all(engine)
        return cls(sessionmaker(engine))

    def process_item(self, item: Any) -> Any:
        values = {name: item.get(name, 0) for name in KEPT}
        now = datetime.now(UTC).replace(tzinfo=None)
        with self.sessions() as session:
            listing = session.scalars(select(Listing).where(Listing.id == item["id"])).first()
            if listing is None:
                session.add(Listing(id=item["id"], seen_at=now, **values))
                session.flush()
                session.add(History(listing_id=item["id"], seen_at=now, **values))
            else:
                if any(getattr(listing, name) != value for name, value in values.items()):
                    for name, value in values.items():
                        setattr(listing, name, value)
                    session.add(History(listing_id=item["id"], seen_at=now, **values))
                listing.seen_at = now
            session.commit()
        return item


class IdiomaticSpider(scrapy.Spider):
    """Follows the pager and loads each listing."""

    name = "idiomatic"

    async def start(self) -> AsyncIterator[scrapy.Request]:
        yield scrapy.Request(f"{self.base_url}/item_list.htm?page=1", callback=self.parse)  # type: ignore[attr-defined]

    def parse(self, response: Response) -> Iterator[Any]:
        """One item for each listing, then the next page."""
        for row in json.loads(response.xpath("//script[@id='sf-item-list-data']/text()").get("{}"))["data"]:
            loader = ListingLoader(response=response)
            for name, key in FIELDS.items():
                loader.add_value(name, row[key])
            yield loader.load_item()
        following = response.css("a.next::attr(href)").get()
        if following:
            yield response.follow(following, callback=self.parse)


SETTINGS = {"ITEM_PIPELINES": {"benchmarks.idiomatic.OrmPipeline": 100}}
