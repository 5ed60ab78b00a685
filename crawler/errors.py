"""Named failures of reading. Each carries the source and the address of the page."""


class ReadError(Exception):
    """A page or a row could not be read as what it should be."""

    def __init__(self, reason: str, *, source: str = "", url: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.source = source
        self.url = url

    def __str__(self) -> str:
        place = " ".join(part for part in (self.source, self.url) if part)
        return f"{place}: {self.reason}" if place else self.reason


class PageRefused(ReadError):
    """The page says nothing about any listing: never "empty", never "no longer there"."""


class Blocked(PageRefused):
    """A captcha, a bot wall or a refusal stands where the page should be. Stop the source; never work around it."""


class LoginRequired(PageRefused):
    """The source asks for an account."""


class EmptyShell(PageRefused):
    """The frame of the page came without its data (loaded later by script, or a test skeleton)."""


class LayoutChanged(PageRefused):
    """The page is not built as the parser knows it: truncated, another format, a missing field."""


class WrongOrder(ReadError):
    """What no crawl can do, told before anything is asked."""


class UnknownPlace(WrongOrder):
    """``--city`` names no place, or none of the level by which the source asks; or the source cannot ask by place."""


class OnlyLists(WrongOrder):
    """Single listings were asked for of a source that has no page for one."""


class UnknownHandler(WrongOrder):
    """``FAPAI_DOWNLOAD_HANDLER`` names no way to download."""


class UnknownSource(ReadError):
    """No source of that name."""


class MissingPath(FileNotFoundError):
    """A path or a pattern on the command line names nothing."""


class BadMapping(Exception):
    """A mapping file that cannot be used; names the file and the key."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


class RowRefused(ReadError):
    """One row cannot be trusted; it is quarantined with this reason, the rest of the page is read."""


class NoSale(RowRefused):
    """A row that sells nothing by its own words: a lease, an advertisement (招商). No fault of the page."""


class UnknownLabel(RowRefused):
    """A label that no table knows. It never becomes a default."""
