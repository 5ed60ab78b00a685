"""What the web face refuses, each as a page or an answer of its own."""

from reporting.errors import ReportError


class ReadOnly(ReportError):
    """Something was to be changed on a server for reading only."""

    def __init__(self) -> None:
        super().__init__("this server is for reading only")


class NotHere(ReportError):
    """An address of which nothing is known: no such home, listing or page."""


class TooMuch(ReportError):
    """A question that takes too long for a page; the command line answers it."""


class NotReady(ReportError):
    """The board is being put together for the first time."""
