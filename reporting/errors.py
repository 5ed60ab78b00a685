"""What can go wrong with a report or a snapshot, each told in one sentence."""


class ReportError(Exception):
    """An expected failure: shown to the user as it is."""


class WrongFilter(ReportError):
    """A filter was given a value that it cannot have: wrong usage, not a failure."""


class NotYetKnown(WrongFilter):
    """A state of knowledge is asked for that nobody can have yet: of a day that has not begun, of a moment to come."""


class WouldOverwrite(ReportError):
    """The folder for a snapshot holds something that is not a snapshot of ours."""


class CannotWriteSnapshot(ReportError):
    """The files of a snapshot cannot be written: read-only, full, no such place."""
