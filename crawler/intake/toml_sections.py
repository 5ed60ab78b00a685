"""Tables of a TOML file of which every key is taken or refused."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from crawler.errors import BadMapping

IGNORED = "ignored"
"""A label with this value is known and says nothing."""

Kind = TypeVar("Kind")
Label = TypeVar("Label", bound=StrEnum)


class Section:
    """One table of the file; what is not taken from it by ``finish`` is an unknown key."""

    def __init__(self, values: dict[str, Any], file: str, path: str = "") -> None:
        self._values = dict(values)
        self._file = file
        self._path = path

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def fail(self, key: str, reason: str) -> BadMapping:
        """The error that names this file and key."""
        return BadMapping(self._file, f"{self._path}{key}", reason)

    def take(self, key: str, kind: type[Kind]) -> Kind | None:
        """The value of an optional key."""
        if key not in self._values:
            return None
        value = self._values.pop(key)
        if not isinstance(value, kind):
            raise self.fail(key, f"must be of type {kind.__name__}")
        return value

    def require(self, key: str) -> str:
        """The text under a key that must be there."""
        value = self.take(key, str)
        if not value:
            raise self.fail(key, "is missing")
        return value

    def names(self) -> list[str]:
        """What nobody has taken yet."""
        return list(self._values)

    def take_forms(self, key: str) -> "list[Section]":
        """A text (short for a table with this column), a table, or a list of both, as sections."""
        if key not in self._values:
            raise self.fail(key, "is missing")
        value = self._values.pop(key)
        forms = value if isinstance(value, list) else [value]
        tables = [{"column": form} if isinstance(form, str) else form for form in forms]
        if not all(isinstance(table, dict) for table in tables):
            raise self.fail(key, "must be a column name, a table or a list of tables")
        return [Section(table, self._file, f"{self._path}{key}.") for table in tables]

    def take_names(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = self._values.pop(key, [])
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self.fail(key, "must be a text or a list of texts")
        return tuple(names)

    def take_section(self, key: str) -> "Section | None":
        """A table inside this one."""
        values = self.take(key, dict)
        return None if values is None else Section(values, self._file, f"{self._path}{key}.")

    def require_section(self, key: str) -> "Section":
        """A table that must be there."""
        section = self.take_section(key)
        if section is None:
            raise self.fail(key, "is missing")
        return section

    def take_list(self, key: str) -> "list[Section]":
        """A list of tables; empty where the key is missing."""
        tables = self.take(key, list) or []
        if not all(isinstance(table, dict) for table in tables):
            raise self.fail(key, "must be a list of tables")
        return [Section(table, self._file, f"{self._path}{key}.{n}.") for n, table in enumerate(tables, 1)]

    def take_any(self, key: str, kinds: tuple[type, ...]) -> Any:
        """The value of an optional key, of one of several types."""
        value = self._values.pop(key, None)
        if value is not None and not isinstance(value, kinds):
            raise self.fail(key, f"must be of type {' or '.join(kind.__name__ for kind in kinds)}")
        return value

    def take_words(self, key: str) -> dict[str, str]:
        """A table from words to words."""
        words = self.take(key, dict) or {}
        if not all(isinstance(word, str) for word in words.values()):
            raise self.fail(key, "must be a table of texts")
        return words

    def take_sections(self) -> list[tuple[str, "Section"]]:
        """All that is left, each key a table."""
        return [(key, section) for key in self.names() if (section := self.take_section(key)) is not None]

    def convert(self, key: str, convert: Callable[[str], Kind]) -> Kind | None:
        """The value of an optional key as one of a closed vocabulary."""
        text = self.take(key, str)
        try:
            return None if text is None else convert(text)
        except (ValueError, LookupError, OSError) as error:
            raise self.fail(key, f"{text!r} is not known ({error})") from None

    def take_labels(self, key: str, labels: type[Label]) -> dict[str, Label | None]:
        """A table from the source's words to ours; the value "ignored" stands for: says nothing."""
        section = self.take_section(key)
        if section is None:
            return {}
        return {
            word: section.convert(word, lambda text: None if text == IGNORED else labels(text))
            for word in section.names()
        }

    def finish(self) -> None:
        """Raises ``BadMapping`` for the first key that nobody took."""
        for key in self._values:
            raise self.fail(key, "unknown key")
