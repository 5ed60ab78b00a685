"""From the text of a mapping file to a ``Mapping``; every key is known or refused."""

import codecs
import re
import tomllib
from collections.abc import Callable
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from crawler.intake.grammars import GRAMMARS, Complete
from crawler.intake.mapped import FIELD_INDEX, SUFFIXES, Mapping, Rule, SourceRules, TimeRule
from crawler.items import Dialect, NumberForm
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

IGNORED = "ignored"
"""A label with this value is known and says nothing."""

MAPPED_FIELDS = frozenset(FIELD_INDEX) - {"source_id", "words", "source", "is_price_exact"}
SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]*")
SHARED_KEYS = ("currency", "country", "time_zone", "number_form")

Kind = TypeVar("Kind")
Label = TypeVar("Label", bound=StrEnum)


class BadMapping(Exception):
    """A mapping file that cannot be used; names the file and the key."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


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


def build_mapping(text: str, file: str) -> Mapping:
    """The mapping that a TOML text describes.

    Raises:
        BadMapping: it is no TOML, or a key is missing, unknown or has a value that makes no sense.
    """
    try:
        top = Section(tomllib.loads(text), file)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(file, "", f"not TOML: {error}") from None
    name, about = top.require("name"), top.require("about")
    form = top.require("format")
    if form not in SUFFIXES:
        raise top.fail("format", f"{form!r} is neither {' nor '.join(SUFFIXES)}")
    encoding = top.convert("encoding", lambda text: codecs.lookup(text).name) or "utf-8"
    separator = top.take("separator", str) or ","
    if len(separator) != 1:
        raise top.fail("separator", "must be one character")
    rows = top.take("rows", str)
    ignored = frozenset(top.take_names("ignored"))
    zone = top.convert("observed_zone", lambda text: ZoneInfo(text).key)
    observed = take_time_rule(top)
    source_column = top.take("source_column", str)
    others = top.take_section("sources")
    if (source_column is None) != (others is None):
        raise top.fail("sources", "goes together with source_column")
    main = build_rules(top, None)
    sources = {value: build_rules(section, main) for value, section in (others.take_sections() if others else [])}
    top.finish()
    return Mapping(
        name=name,
        about=about,
        format=form,
        main=main,
        sources=sources,
        source_column=source_column,
        ignored=ignored,
        observed=observed,
        observed_zone=zone or main.dialect.time_zone,
        encoding=encoding,
        separator=separator,
        rows_path=tuple(rows.split(".")) if rows else (),
    )


def take_time_rule(section: Section) -> TimeRule | None:
    """The column that states when the table was made."""
    columns = section.take_names("observed_column")
    pattern = section.take("observed_format", str)
    if pattern and not columns:
        raise section.fail("observed_format", "goes together with observed_column")
    return TimeRule(columns, pattern or "iso") if columns else None


def build_rules(section: Section, main: SourceRules | None) -> SourceRules:
    """The rules of one source. Columns that it does not name are read as those of the main source."""
    source = section.take("source", str) or (main.source if main else None)
    if not source or not SOURCE_NAME.fullmatch(source):
        raise section.fail("source", "must be a source name such as br_caixa")
    is_same = main is not None and source == main.source
    own_id = section.take_section("id")
    if own_id is None and main is None:
        raise section.fail("id", "is missing")
    fields = dict(main.fields) if main else {}
    columns = section.take_section("columns")
    if columns:
        fields |= take_fields(columns)
    grammar = section.take_section("grammar")
    complete, described = take_grammar(grammar) if grammar else (None, None)
    if is_same and main and not grammar:
        complete, described = main.complete, main.described
    dialect = build_dialect(section, main.dialect if main else None, is_same)
    id_rule = take_rule(own_id) if own_id else main.id_rule if main else Rule()
    if main:
        section.finish()
    return SourceRules(source, dialect, id_rule, fields, complete, described)


def take_fields(columns: Section) -> dict[str, tuple[Rule, ...]]:
    """The rules for each field. A field is a column name, a table, or a list of tables; [] reads nothing."""
    fields = {
        name: tuple(map(take_rule, columns.take_forms(name))) for name in columns.names() if name in MAPPED_FIELDS
    }
    columns.finish()
    return fields


def take_rule(section: Section) -> Rule:
    """One rule; see ``Rule`` for what the keys mean."""
    from_name = section.take("from_name", bool) or False
    rule = Rule(
        columns=section.take_names("column"),
        pattern=section.convert("pattern", compile_pattern),
        absent=frozenset(section.take_names("absent")),
        unit=section.take("unit", str) or "",
        template=section.take("template", str),
        is_optional=section.take("optional", bool) or False,
        is_free_text=section.take("free_text", bool) or False,
        from_name=from_name,
    )
    if bool(rule.columns) == from_name:
        raise section.fail("column", "one of column and from_name is needed")
    if rule.template is not None and "{}" not in rule.template:
        raise section.fail("template", "needs {} where the value goes")
    section.finish()
    return rule


def compile_pattern(text: str) -> re.Pattern[str]:
    """A pattern with exactly one group.

    Raises:
        ValueError: it is no pattern or has another number of groups.
    """
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise ValueError(str(error)) from None
    if pattern.groups != 1:
        raise ValueError(f"{pattern.groups} groups instead of one")
    return pattern


def build_dialect(section: Section, main: Dialect | None, is_same: bool) -> Dialect:
    """The tables of one source: those of a reader of ours, or of the main source, with what is said here on top.

    Another source than the main one shares money, country, zone and number form, never labels or seller.
    """
    inherited = section.convert("dialect", find_dialect)
    base = inherited or (main if is_same else None)
    said: dict[str, Any] = {
        "currency": section.convert("currency", Currency),
        "country": section.take("country", str),
        "time_zone": section.convert("time_zone", lambda text: ZoneInfo(text).key),
        "number_form": section.convert("number_form", NumberForm),
        "seller_name": section.take("seller_name", str),
        "seller_kind": section.convert("seller_kind", SellerKind),
    }
    said = {key: value for key, value in said.items() if value is not None}
    said["round_labels"] = merge(base.round_labels if base else {}, section.take_labels("round_labels", RoundKind))
    said["status_labels"] = merge(base.status_labels if base else {}, section.take_labels("status_labels", RoundStatus))
    said["kind_labels"] = merge(base.kind_labels if base else {}, section.take_labels("kind_labels", PropertyKind))
    said["loan_labels"] = merge(base.loan_labels if base else {}, take_loan_labels(section))
    if base:
        return replace(base, **said)
    if main:
        said = {key: getattr(main, key) for key in SHARED_KEYS} | said
    for key in SHARED_KEYS[:3]:
        if key not in said:
            raise section.fail(key, "is missing (or name a dialect to inherit)")
    return Dialect(**said)


def take_loan_labels(section: Section) -> dict[str, bool | None]:
    """Whether a loan is offered, by the source's words."""
    labels = section.take("loan_labels", dict) or {}
    for word, value in labels.items():
        if not isinstance(value, bool) and value != IGNORED:
            raise section.fail(f"loan_labels.{word}", f'must be true, false or "{IGNORED}"')
    return {word: None if value == IGNORED else value for word, value in labels.items()}


def merge(base: Dictionary[str, Kind], own: Dictionary[str, Kind]) -> dict[str, Kind]:
    """A label table with the mapping's own labels on top."""
    return {**base, **own}


def find_dialect(source: str) -> Dialect:
    """The dialect of a parser of ours.

    Raises:
        LookupError: there is no such parser.
    """
    return import_parser(source).READERS[0].dialect  # type: ignore[no-any-return]


def take_grammar(section: Section) -> tuple[Complete, Rule]:
    """The list of ours whose rows these are, and the column with their description."""
    complete = section.convert("by", lambda text: GRAMMARS[text])
    columns = section.take_names("column")
    if complete is None or not columns:
        raise section.fail("column" if complete else "by", "is missing")
    section.finish()
    return complete, Rule(columns)


def import_parser(source: str) -> Any:
    """The module of a parser of ours.

    Raises:
        LookupError: there is no such parser.
    """
    name = f"crawler.parsers.{source}"
    if not SOURCE_NAME.fullmatch(source) or find_spec(name) is None:
        raise LookupError("no such parser")
    return import_module(name)
