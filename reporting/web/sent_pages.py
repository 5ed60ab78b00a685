"""What a browser sends of the pages it has shown, and what it is answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

MOST_PAGES = 50
LONGEST_ADDRESS = 8_000
LONGEST_BODY = 8_000_000
"""Characters; ten times what any recorded page of a platform has."""


class SentPage(BaseModel):
    """One document, or one answer that a page has loaded.

    ``body`` is text: the browser has decoded it. ``observed_at`` is when the browser had it, which may be long before
    it is sent. ``posted`` is the form that was posted for it, its fields of a person or a browser left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(max_length=LONGEST_ADDRESS, pattern=r"^https?://[^\s/]+/")
    body: str = Field(min_length=1, max_length=LONGEST_BODY)
    observed_at: AwareDatetime
    content_type: str = Field("text/html", max_length=200, pattern=r"^[\x20-\x7e]*$")
    status: int = Field(200, ge=100, le=599)
    posted: str | None = Field(None, max_length=LONGEST_ADDRESS)


class SentPages(BaseModel):
    """A batch."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pages: list[SentPage] = Field(min_length=1, max_length=MOST_PAGES)


@dataclass(frozen=True, slots=True)
class TakenPage:
    """What became of one page; ``listings`` are the names (``SOURCE:ID``) of those that were believed."""

    outcome: str  # a PageOutcome, "known", "skipped" or "unreadable"
    reason: str | None = None
    listings: Sequence[str] = ()
    refused_count: int = 0


class ReadListing(BaseModel):
    """A listing that was read. ``is_cut``: it asks less than its home ever did."""

    name: str
    is_cut: bool


class PageAnswer(BaseModel):
    """What became of a page: an outcome of reading, ``known``, ``skipped`` (no page of ours) or ``unreadable``."""

    outcome: str
    reason: str | None
    listings: list[ReadListing]
    refused_count: int


class CaptureAnswer(BaseModel):
    """What became of a batch, page by page in its order; a listing on two of its pages counts once."""

    pages: list[PageAnswer]
    listing_count: int
    cut_count: int
