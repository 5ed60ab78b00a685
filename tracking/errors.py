"""What can be wrong with a linking, each told in one sentence."""

from store.errors import StoreError


class ExtraMissing(StoreError):
    """Linking at scale was asked for without the libraries of the extra ``link``."""


class RulesDiffer(StoreError):
    """The rules as SQL give a pair other points than the rules as Python: one of them was changed without the other."""


class EngineUnknown(StoreError):
    """Linking at scale was asked of an engine in whose words the rules were never tried."""


class OtherVersion(StoreError):
    """A table of traits was written by another version of the linker, or only parts of it were."""


class NotLinked(StoreError):
    """Listings were to be compared with what is stored, and that is not linked by the rules of this version."""
