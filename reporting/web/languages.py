"""The two languages: texts out of ``words/*.toml``, the words of closed vocabularies, plurals by Babel."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.numbers import format_decimal

from reporting.export_docs.models import words as codebook_words

FOLDER = Path(__file__).with_name("words")
TERMS = "terms"


class Language(StrEnum):
    """What a page may be in; the first one unless another is asked for."""

    ZH = "zh"
    EN = "en"


LOCALES = {Language.ZH: "zh_Hans_CN", Language.EN: "en"}


class NoSuchText(LookupError):
    """A template asks for a text that no catalogue has."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    language: Language
    locale: Locale
    texts: Mapping[str, Mapping[str, Any]]

    def say(self, key: str, **figures: Any) -> str:
        """The text ``file.key`` with its ``{names}`` filled in; a table of plurals is chosen from by ``count``.

        Raises:
            NoSuchText: no catalogue has it.
        """
        file, _, name = key.partition(".")
        try:
            text = self.texts[file][name]
        except KeyError:
            raise NoSuchText(key) from None
        if isinstance(text, dict):
            count = figures["count"]
            text = text.get(self.locale.plural_form(count), text["other"])
        if not figures:
            return str(text)
        told = {each: self._figure(value) for each, value in figures.items()}
        return str(text.format(**told))

    def _figure(self, value: Any) -> Any:
        """Counts with separators; whatever else comes is made for people already."""
        return format_decimal(value, locale=self.locale) if type(value) is int else value

    def term(self, value: StrEnum | None) -> str:
        """A word of a closed vocabulary for people; empty where nothing is told."""
        if value is None:
            return ""
        own = self.texts[TERMS].get(type(value).__name__, {}).get(value.value)
        if own is not None:
            return str(own)
        if self.language is Language.ZH:
            found = codebook_words(TERMS).get(type(value).__name__, {}).get(value.value)
            if found is not None:
                return str(found)
        return value.value.replace("_", " ")


@cache
def words_in(language: Language) -> Words:
    """The texts of a language, all files of ``words`` together."""
    texts = {name: catalogue[language.value] for name, catalogue in catalogues().items()}
    return Words(language, Locale.parse(LOCALES[language]), texts)


@cache
def catalogues() -> dict[str, dict[str, Any]]:
    """Every file of ``words`` by its name, both languages."""
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
