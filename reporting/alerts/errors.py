"""What can go wrong with watches, each told in one sentence."""

from reporting.errors import ReportError, WrongFilter


class NoSuchWatch(ReportError):
    """No watch has this name."""


class WatchExists(ReportError):
    """There is a watch of this name already."""


class ChangedMeanwhile(ReportError):
    """Somebody else changed the watch between reading and writing."""


class NotDead(ReportError):
    """No message that was given up has this number."""


class BadChannel(WrongFilter):
    """An address that Apprise cannot use, or a file that cannot be written: refused when it is added."""


class BadSecrets(ReportError):
    """The file of secrets cannot be read or written, or others can read it."""


class NotTaken(Exception):
    """A channel did not take a message; the words hold no secret."""


class PerhapsTaken(NotTaken):
    """A channel was told a message and did not say what became of it: it may have arrived."""
