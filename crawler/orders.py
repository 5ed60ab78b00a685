"""What a crawl is told: which source, how much of it, into which database. Light to import."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from store.errors import StoreError


class CrawlFailed(StoreError):
    """The crawling process could not do its work; the message says why."""


class WrongOrders(CrawlFailed):
    """What was ordered cannot be asked of the source."""


@dataclass(frozen=True, slots=True)
class CrawlScope:
    """What one crawl is to fetch. Empty ``cities`` means everywhere."""

    cities: tuple[str, ...] = ()
    max_pages: int | None = None
    with_details: bool = True
    base_url: str | None = None
    budget: int | None = None  # requests that may still be made today
    listings: tuple[tuple[str, str | None], ...] = ()  # only these, by id and address; no lists

    @property
    def is_whole(self) -> bool:
        """Whether the whole source is asked for, so that its expectation applies."""
        return not self.cities and self.max_pages is None and not self.listings

    def words(self) -> Mapping[str, Any]:
        """The scope as it is stored with the run."""
        only = {"listings": len(self.listings)} if self.listings else {}
        return {
            "kind": "crawl",
            "cities": list(self.cities),
            "max_pages": self.max_pages,
            "with_details": self.with_details,
            "base_url": self.base_url,
            **only,
        }


@dataclass(frozen=True, slots=True)
class BrowserOrders:
    """A crawl in a Chromium: one of our own with its profile, or the user's that listens at ``address``."""

    profile: str  # a folder; holds what the user's logins leave behind
    address: str | None = None  # http://127.0.0.1:9222, as given to --remote-debugging-port
    is_headless: bool = False
    is_user_there: bool = False  # at a terminal, where he can be asked


@dataclass(frozen=True, slots=True)
class CrawlOrders:
    """Everything a crawling process must know."""

    source: str
    database: str
    cities: tuple[str, ...] = ()
    max_pages: int | None = None
    with_details: bool = True
    base_url: str | None = None
    log_level: str = "WARNING"
    budget: int | None = None
    browser: BrowserOrders | None = None
    listings: tuple[tuple[str, str | None], ...] = ()

    def scope(self) -> CrawlScope:
        """The part that the spider needs."""
        return CrawlScope(self.cities, self.max_pages, self.with_details, self.base_url, self.budget, self.listings)
