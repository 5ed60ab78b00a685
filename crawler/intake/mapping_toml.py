"""From the text of a mapping file to a ``Mapping``; every key is known or refused."""

import codecs
import re
import tomllib
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from datetime import datetime, time
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from zoneinfo import ZoneInfo

from crawler.errors import BadMapping
from crawler.intake.grammars import GRAMMARS, Complete
from crawler.intake.mapped import Mapping
from crawler.intake.mapped_context import (
    AREA_UNITS,
    BASES,
    PERIOD_FORMS,
    PRICE_FIELDS,
    PointRules,
    PriceRules,
    SeriesRules,
    find_holes,
)
from crawler.intake.mapped_rows import DETAIL_INDEX, FIELD_INDEX, NESTED, OTHERWISE, NestedRules, SourceRules
from crawler.intake.mapped_times import TimeRule
from crawler.intake.rule_toml import compile_pattern, take_fields, take_rule, take_rules, take_skips
from crawler.intake.rules import Rule
from crawler.intake.tables import SUFFIXES
from crawler.intake.toml_sections import IGNORED, Section
from crawler.items import Dialect, NumberForm
from store.terms import AppraisalKind, Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

__all__ = ["BadMapping", "build_mapping"]

MAPPED_FIELDS = (frozenset(FIELD_INDEX) - {"source_id", "words", "source", "details"}) | (
    frozenset(DETAIL_INDEX) - {"facts", *NESTED}
)
KINDS = ("listings", "bids", "market_price", "series")
SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_NAME = 60
"""Of a reader, "source.name", in the columns of the database that hold one."""

SHARED_KEYS = ("currency", "country", "time_zone", "number_form")


def build_mapping(text: str, file: str) -> Mapping:
    """The mapping that a TOML text describes.

    Raises:
        BadMapping: it is no TOML, or a key is missing, unknown or has a value that makes no sense.
    """
    try:
        top = Section(tomllib.loads(text), file)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadMapping(file, "", f"not TOML: {error}") from None
    name = top.require("name")
    kind = take_one_of(top, "kind", KINDS) or KINDS[0]
    said: dict[str, Any] = {"name": name, "about": top.require("about"), "kind": kind} | take_form(top)
    said["ignored"] = frozenset(top.take_names("ignored"))
    said["kept"] = top.take_names("kept")
    said["skips"] = take_skips(top)
    zone = top.convert("observed_zone", lambda text: ZoneInfo(text).key)
    said["observed"] = take_time_rule(top)
    if kind in {"market_price", "series"}:
        said["context"] = take_prices(top) if kind == "market_price" else take_series(top)
        said["main"] = SourceRules(take_source(top, None), build_dialect(top, None, False), Rule(), {})
    else:
        said |= take_listings(top, kind)
    longest = LONGEST_NAME - len(said["main"].source) - 1
    if len(name) > longest or not name.isprintable():
        raise top.fail("name", f"must have at most {longest} printable characters, {LONGEST_NAME} with its source")
    top.finish()
    return Mapping(observed_zone=zone or said["main"].dialect.time_zone, **said)


def take_one_of(section: Section, key: str, known: Dictionary[str, Any] | tuple[str, ...] | frozenset[str]) -> str:
    """One of the words known; empty where the key is missing."""
    word = section.take(key, str) or ""
    if word and word not in known:
        raise section.fail(key, f"{word!r} is none of {', '.join(sorted(known))}")
    return word


def take_form(top: Section) -> dict[str, Any]:
    """How the file is written: format, encoding, separator, sheet, path to the rows."""
    form = top.require("format")
    if form not in SUFFIXES:
        raise top.fail("format", f"{form!r} is none of {', '.join(SUFFIXES)}")
    separator = top.take("separator", str) or ","
    if len(separator) != 1:
        raise top.fail("separator", "must be one character")
    rows, line_mark = top.take("rows", str), top.take("line_mark", str)
    if line_mark and form != "json":
        raise top.fail("line_mark", "goes together with json")
    return {
        "format": form,
        "encoding": top.convert("encoding", lambda text: codecs.lookup(text).name) or "utf-8",
        "separator": separator,
        "sheet": top.take("sheet", str),
        "rows_path": tuple(rows.split(".")) if rows else (),
        "line_mark": line_mark or "",
    }


def take_time_rule(section: Section) -> TimeRule | None:
    """When the table was made: said here, or where it stands: in a column, or in the file's name."""
    fixed = section.take("observed_at", datetime)
    columns = section.take_names("observed_column")
    in_name = section.convert("observed_in_name", compile_pattern)
    pattern = section.take("observed_format", str)
    clock = section.convert("observed_clock", time.fromisoformat)
    is_by_row = section.take("observed_by_row", bool) or False
    if fixed and fixed.tzinfo is None:
        raise section.fail("observed_at", "needs an offset, such as 2026-03-13T00:00:00+08:00")
    if columns and in_name:
        raise section.fail("observed_in_name", "stands in place of observed_column")
    if is_by_row and not columns:
        raise section.fail("observed_by_row", "goes together with observed_column")
    if fixed and (in_name or columns) and not is_by_row:
        raise section.fail("observed_at", "stands in place of observed_column, unless observed_by_row is true")
    for key, value in (("observed_format", pattern), ("observed_clock", clock)):
        if value and not (columns or in_name):
            raise section.fail(key, "goes together with observed_column or observed_in_name")
    if not (fixed or columns or in_name):
        return None
    return TimeRule(columns, pattern or "iso", in_name, clock or time(), fixed, is_by_row)


def take_prices(top: Section) -> PriceRules:
    """How rows become market prices."""
    columns = top.require_section("columns")
    fields = take_fields(columns, PRICE_FIELDS)
    for name in ("place", "price_raw"):
        if name not in fields:
            raise columns.fail(name, "is missing")
    basis = take_one_of(top, "basis", BASES)
    if not basis:
        raise top.fail("basis", f"is missing: one of {', '.join(sorted(BASES))}")
    period_form = take_one_of(top, "period_form", PERIOD_FORMS)
    if ("period" in fields) != bool(period_form):
        raise top.fail("period_form", "goes together with a rule for period")
    return PriceRules(fields, basis, period_form, take_one_of(top, "area_unit", AREA_UNITS) or "sqm")


def take_series(top: Section) -> SeriesRules:
    """How rows become points of series."""
    columns = top.require_section("columns")
    fields = take_fields(columns, frozenset({"period"}))
    form = take_one_of(top, "period_form", PERIOD_FORMS)
    if "period" not in fields or not form:
        raise top.fail("period_form", "and a rule for period are needed")
    names_section = top.take_section("names")
    names = take_fields(names_section, None) if names_section else {}
    points = []
    for section in top.take_list("points"):
        value = take_rules(section, "value")
        point = PointRules(section.require("series"), section.require("title"), section.require("unit"), value)
        if strangers := (find_holes(point.series) | find_holes(point.title)) - set(names):
            raise section.fail("series", f"no such name: {', '.join(sorted(strangers))}")
        section.finish()
        points.append(point)
    if not points or len({point.series for point in points}) < len(points):
        raise top.fail("points", "must have at least one, and each its own series")
    return SeriesRules(tuple(points), fields["period"], form, names)


def take_listings(top: Section, kind: str) -> dict[str, Any]:
    """How rows become listings, or the bids of one."""
    said: dict[str, Any] = {}
    source_rule = take_source_rule(top)
    others = top.take_section("sources")
    if (source_rule is None) != (others is None):
        raise top.fail("sources", "goes together with source_column")
    if kind == "bids":
        said["bids"] = take_fields(top.require_section("bids"), frozenset(NESTED["bids"]._fields))
    said["main"] = build_rules(top, None)
    said["sources"] = {
        value: build_rules(section, said["main"]) for value, section in (others.take_sections() if others else [])
    }
    if source_rule:
        said["source_rule"] = replace(source_rule, is_free_text=OTHERWISE in said["sources"])
    return said


def take_source_rule(top: Section) -> Rule | None:
    """The column that tells the source of a row, and what in it does."""
    columns = top.take_names("source_column")
    pattern = top.convert("source_pattern", compile_pattern)
    if pattern and not columns:
        raise top.fail("source_pattern", "goes together with source_column")
    return Rule(columns, pattern, is_optional=True) if columns else None


def take_source(section: Section, main: SourceRules | None) -> str:
    """The name of the source."""
    source = section.take("source", str) or (main.source if main else None)
    if not source or not SOURCE_NAME.fullmatch(source):
        raise section.fail("source", "must be a source name such as br_caixa, of at most 40 characters")
    return source


def build_rules(section: Section, main: SourceRules | None) -> SourceRules:
    """The rules of one source. Columns that it does not name are read as those of the main source."""
    source = take_source(section, main)
    is_same = main is not None and source == main.source
    own_id = section.take_section("id")
    if own_id is None and main is None:
        raise section.fail("id", "is missing")
    fields = dict(main.fields) if main else {}
    columns = section.take_section("columns")
    if columns:
        fields |= take_fields(columns, MAPPED_FIELDS)
    nested = (dict(main.nested) if main else {}) | take_nested(section)
    grammar = section.take_section("grammar")
    complete, described = take_grammar(grammar) if grammar else (None, None)
    if is_same and main and not grammar:
        complete, described = main.complete, main.described
    dialect = build_dialect(section, main.dialect if main else None, is_same)
    id_rule = take_rule(own_id, is_id=True) if own_id else main.id_rule if main else Rule()
    if main:
        section.finish()
    return SourceRules(source, dialect, id_rule, fields, complete, described, nested)


def take_nested(section: Section) -> dict[str, NestedRules]:
    """The lists inside a row: bids, members, attachments."""
    nested = {}
    for name, kind in NESTED.items():
        inner = section.take_section(name)
        if inner is None:
            continue
        column = inner.require("column")
        fields = take_fields(inner, frozenset(kind._fields))
        if kind._fields[0] not in fields:
            raise section.fail(f"{name}.{kind._fields[0]}", "is missing")
        nested[name] = NestedRules(name, column, fields)
    return nested


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
    for key, terms in LABELS.items():
        said[key] = {**(getattr(base, key) if base else {}), **section.take_labels(key, terms)}
    said["loan_labels"] = {**(base.loan_labels if base else {}), **take_loan_labels(section)}
    if base:
        return replace(base, **said)
    if main:
        said = {key: getattr(main, key) for key in SHARED_KEYS} | said
    for key in SHARED_KEYS[:3]:
        if key not in said:
            raise section.fail(key, "is missing (or name a dialect to inherit)")
    return Dialect(**said)


LABELS: dict[str, Any] = {
    "round_labels": RoundKind,
    "status_labels": RoundStatus,
    "kind_labels": PropertyKind,
    "appraisal_labels": AppraisalKind,
    "seller_labels": SellerKind,
}


def take_loan_labels(section: Section) -> dict[str, bool | None]:
    """Whether a loan is offered, by the source's words."""
    labels = section.take("loan_labels", dict) or {}
    for word, value in labels.items():
        if not isinstance(value, bool) and value != IGNORED:
            raise section.fail(f"loan_labels.{word}", f'must be true, false or "{IGNORED}"')
    return {word: None if value == IGNORED else value for word, value in labels.items()}


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
