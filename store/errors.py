"""What can be wrong with a database or an archive, each told in one sentence."""


class StoreError(Exception):
    """An expected failure: shown to the user as it is, exit code 1."""


class SchemaMismatch(StoreError):
    """The database was made by another version of the program."""


class CannotWrite(StoreError):
    """The database or the archive cannot be written: read-only, locked, full, unreachable."""


class AlreadyRunning(StoreError):
    """Another crawl of the same source is at work."""
