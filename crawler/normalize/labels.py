"""Labels: one look-up for every table of a dialect, loud about what it does not hold."""

from collections.abc import Mapping
from typing import TypeVar

from crawler.errors import UnknownLabel

Term = TypeVar("Term")


def find_term(field: str, label: str | None, table: Mapping[str, Term | None]) -> Term | None:
    """Give the term of a label; ``None`` where the page has no label or the table ignores it by name.

    Raises:
        UnknownLabel: the table does not hold the label, neither as written nor without the blanks around it.
    """
    if label is None:
        return None
    if label in table:
        return table[label]
    trimmed = label.strip()
    if not trimmed:
        return None
    if trimmed in table:
        return table[trimmed]
    raise UnknownLabel(f"{field}: unknown label {trimmed[:80]!r}")
