"""One page as it arrived: the only input of a parser."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson

from crawler.errors import LayoutChanged

DECLARED_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)
SUPERSETS = {"gbk": "gb18030", "gb2312": "gb18030", "latin-1": "cp1252", "iso-8859-1": "cp1252", "big5": "big5hkscs"}


@dataclass(frozen=True)
class Page:
    """A body with its address and the instant it was seen.

    ``url`` is the address the body came from, or ``file:NAME`` / ``file:ARCHIVE!/MEMBER`` for saved files
    that do not tell theirs. ``observed_at`` is aware.
    """

    body: bytes
    url: str
    observed_at: datetime
    content_type: str = ""
    http_status: int = 200

    @cached_property
    def text(self) -> str:
        """The body decoded: byte order mark, strict UTF-8, the declared charset, then GB 18030.

        UTF-8 goes first because pages saved by browsers and projects keep a stale ``charset=gbk``
        (Ali front page saved 2018-05), and text in GBK is practically never valid UTF-8.

        Raises:
            LayoutChanged: the bytes are none of these.
        """
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
        for charset in (self.declared_charset or "gb18030", "gb18030"):
            try:
                return self.body.decode(SUPERSETS.get(charset, charset))
            except (UnicodeError, LookupError):
                continue
        raise LayoutChanged("bytes in no known encoding", url=self.url)

    @cached_property
    def declared_charset(self) -> str | None:
        """The charset of the content type, else of a meta tag in the first 2 KB, in lower case."""
        found = DECLARED_CHARSET.search(self.content_type.encode("latin-1", "replace")) or DECLARED_CHARSET.search(
            self.body[:2048]
        )
        return found[1].decode("ascii").lower() if found else None

    @cached_property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            LayoutChanged: it is not JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            pass
        try:
            return orjson.loads(self.text)
        except orjson.JSONDecodeError as error:
            raise LayoutChanged(f"not JSON: {error}", url=self.url) from None
