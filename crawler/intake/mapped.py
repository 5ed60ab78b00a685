"""Reading foreign tables by a mapping: which column becomes which field of ours."""

import logging
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crawler.errors import LayoutChanged, RowRefused, UnknownLabel
from crawler.intake.grammars import Complete
from crawler.intake.tables import Cells, Table, read_csv, read_json
from crawler.items import Dialect, ListingItem, PageContent, Reader, RefusedRow, Word
from crawler.page import Page

logger = logging.getLogger(__name__)

FIELD_INDEX = {name: index for index, name in enumerate(ListingItem._fields)}
WORD_FIELDS = frozenset(
    name
    for name in ListingItem._fields
    if name.endswith(("_price_raw", "_at_raw", "_area_raw", "_count_raw", "loan_raw"))
)
"""Fields that keep a number as the number it was; all others are text."""

SUFFIXES = {"csv": frozenset({".csv", ".tsv", ".txt"}), "json": frozenset({".json"})}
LONGEST_SPAN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a value stands.

    The first column of ``columns`` that is filled counts; ``from_name`` reads the file's name instead.
    ``pattern`` has one group, which is the value; a text that does not match refuses the row, unless it is
    ``is_free_text`` (then the next rule is asked). Values in ``absent`` mean: the table does not say.
    ``unit`` is put behind numbers that the table leaves bare ("万"); ``template`` is an address with ``{}``.
    """

    columns: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    absent: frozenset[str] = frozenset()
    unit: str = ""
    template: str | None = None
    is_optional: bool = False
    is_free_text: bool = False
    from_name: bool = False


@dataclass(frozen=True, slots=True)
class SourceRules:
    """How the rows of one source are read."""

    source: str
    dialect: Dialect
    id_rule: Rule
    fields: Dictionary[str, tuple[Rule, ...]]
    complete: Complete | None = None
    described: Rule | None = None

    def list_rules(self) -> list[Rule]:
        """Every rule, the id's first."""
        rules = [self.id_rule, *(rule for rules in self.fields.values() for rule in rules)]
        return [*rules, self.described] if self.described else rules


class TimeRule(NamedTuple):
    """Where a table states the time of the crawl. ``pattern`` is for strptime, or ``iso``."""

    columns: tuple[str, ...]
    pattern: str


@dataclass(frozen=True)
class Mapping:
    """One form of foreign table. ``sources`` is keyed by the value of ``source_column``."""

    name: str
    about: str
    format: str  # csv | json
    main: SourceRules
    sources: Dictionary[str, SourceRules] = field(default_factory=dict)
    source_column: str | None = None
    ignored: frozenset[str] = frozenset()
    observed: TimeRule | None = None
    observed_zone: str = "UTC"
    encoding: str = "utf-8"
    separator: str = ","
    rows_path: tuple[str, ...] = ()

    @cached_property
    def dialects(self) -> dict[str, Dialect]:
        """The dialect of each source that the table may hold."""
        return {rules.source: rules.dialect for rules in (*self.sources.values(), self.main)}

    def reader(self) -> "MappedReader":
        """The reader of such tables; its source and dialect are those of the main source."""
        rules = (*self.sources.values(), self.main)
        return MappedReader(
            f"{self.main.source}.{self.name}",
            self.main.source,
            self.main.dialect,
            self.recognises,
            self.parse,
            self,
            is_timeless=not any(name.endswith("_at_raw") for each in rules for name in each.fields),
        )

    def accepts(self, page: Page) -> bool:
        """Whether the file is of the right kind (a table, not a picture); its columns are not looked at."""
        suffix = PurePosixPath(re.split(r"[?#]", page.url.lower(), maxsplit=1)[0]).suffix
        return suffix in SUFFIXES[self.format] or self.format in page.content_type.lower()

    def recognises(self, page: Page) -> bool:
        """Whether the table has the columns that the mapping needs. Never raises."""
        try:
            return self.accepts(page) and not find_missing(self, self.read_table(page).header)
        except LayoutChanged:
            return False

    def read_table(self, page: Page) -> Table:
        """The raw table.

        Raises:
            LayoutChanged: it is not of the mapping's format.
        """
        if self.format == "json":
            return read_json(page, self.rows_path)
        return read_csv(page, self.encoding, self.separator)

    def parse(self, page: Page) -> PageContent:
        """The rows as listings. Columns that nobody asked for are told once for each file.

        Raises:
            LayoutChanged: it is not such a table; missing columns are named.
        """
        table = self.read_table(page)
        content = PageContent()
        if self.format == "json" and not table.header:
            return content  # an empty list has no keys to check
        missing = find_missing(self, table.header)
        if missing:
            raise LayoutChanged(
                f"mapping {self.name}: missing {', '.join(missing)}", source=self.main.source, url=page.url
            )
        unknown = sorted(set(table.header) - list_known_columns(self))
        if unknown:
            logger.warning("mapping %s: columns that no rule reads: %s (%s)", self.name, ", ".join(unknown), page.url)
        plans = RowReaders(self, table.header, page)
        for position, cells in table.rows:
            plans.read_into(content, position, cells)
        return content

    def find_observation_time(self, page: Page) -> datetime | None:
        """The earliest time that the rows state; None where the table has no such column or no rows.

        Raises:
            LayoutChanged: rows differ by more than a day, or a time is written otherwise.
        """
        if self.observed is None:
            return None
        table = self.read_table(page)
        column = next((table.header.index(name) for name in self.observed.columns if name in table.header), None)
        if column is None:
            return None
        texts = {str(cells[column]).strip() for _, cells in table.rows if column < len(cells) and cells[column]}
        moments = [self._parse_time(text, page.url) for text in texts if text]
        if moments and max(moments) - min(moments) > LONGEST_SPAN:
            raise LayoutChanged(f"rows seen from {min(moments)} to {max(moments)}: not one observation", url=page.url)
        return min(moments, default=None)

    def _parse_time(self, text: str, url: str) -> datetime:
        pattern = self.observed.pattern if self.observed else "iso"
        try:
            moment = datetime.fromisoformat(text) if pattern == "iso" else datetime.strptime(text, pattern)  # noqa: DTZ007
        except ValueError:
            raise LayoutChanged(f"time of observation is not {pattern}: {text[:40]!r}", url=url) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(self.observed_zone))).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class MappedReader(Reader):
    """The reader of a mapping. Listings name their source; ``mapping.dialects`` tells how each speaks."""

    mapping: Mapping


def list_known_columns(mapping: Mapping) -> set[str]:
    """Every column that some rule reads or that is ignored by name."""
    known = (
        set(mapping.ignored) | {mapping.source_column or ""} | set(mapping.observed.columns if mapping.observed else ())
    )
    for rules in (mapping.main, *mapping.sources.values()):
        known.update(name for rule in rules.list_rules() for name in rule.columns)
    return known - {""}


def find_missing(mapping: Mapping, header: Sequence[str]) -> list[str]:
    """The columns that must be there and are not, alternatives joined by "or"."""
    present = set(header)
    needed = (rule for rules in (mapping.main, *mapping.sources.values()) for rule in rules.list_rules())
    missing = {
        " or ".join(rule.columns)
        for rule in needed
        if rule.columns and not rule.is_optional and present.isdisjoint(rule.columns)
    }
    return sorted(missing)


class Step(NamedTuple):
    """A rule bound to the columns of one file."""

    rule: Rule
    columns: tuple[int, ...]


class RowReaders:
    """The rules of a mapping bound to the header of one file."""

    def __init__(self, mapping: Mapping, header: tuple[str, ...], page: Page) -> None:
        self._header = header
        self._mapping = mapping
        self._name = page.url
        self._columns = {name: index for index, name in enumerate(header)}
        self._source_column = self._columns.get(mapping.source_column or "")
        self._bound = {value: self._bind(rules) for value, rules in mapping.sources.items()}
        self._main = self._bind(mapping.main)

    def read_into(self, content: PageContent, position: int, cells: Cells) -> None:
        """Adds the row to the listings or, with the reason, to the refused rows."""
        source_id = None
        try:
            if len(cells) != len(self._header):
                raise RowRefused(f"{len(cells)} cells under {len(self._header)} columns")
            rules = self._choose(cells)
            source_id = rules.read_id(cells, self._name)
            content.items.append(rules.read(source_id, cells, self._name))
        except RowRefused as error:
            excerpt = " | ".join(" ".join(str(cell).split()) for cell in cells[:50] if cell)[:200]
            content.refused.append(RefusedRow(position, source_id, error.reason, excerpt))

    def _choose(self, cells: Cells) -> "BoundRules":
        if self._source_column is None:
            return self._main
        value = str(cells[self._source_column] or "").strip()
        try:
            return self._bound[value]
        except KeyError:
            raise UnknownLabel(f"{self._mapping.source_column}: unknown source {value[:60]!r}") from None

    def _bind(self, rules: SourceRules) -> "BoundRules":
        def bind(rule: Rule) -> Step:
            return Step(rule, tuple(self._columns[name] for name in rule.columns if name in self._columns))

        fields = [(FIELD_INDEX[name], name, tuple(map(bind, steps))) for name, steps in rules.fields.items()]
        used = {index for rule in rules.list_rules() for index in bind(rule).columns}
        words = [(self._header[index], index) for index in sorted(used)]
        return BoundRules(rules, bind(rules.id_rule), fields, words, bind(rules.described) if rules.described else None)


@dataclass(frozen=True, slots=True)
class BoundRules:
    """The rules of one source bound to the header of one file."""

    rules: SourceRules
    id_step: Step
    fields: Sequence[tuple[int, str, tuple[Step, ...]]]
    words: Sequence[tuple[str, int]]
    described: Step | None

    def read(self, source_id: str, cells: Cells, name: str) -> ListingItem:
        """One row as a listing.

        Raises:
            RowRefused: a text that its pattern does not know.
        """
        values: list[object] = [None] * len(FIELD_INDEX)
        values[FIELD_INDEX["source_id"]] = source_id
        values[FIELD_INDEX["words"]] = {
            column: cell.strip() if isinstance(cell, str) else cell
            for column, index in self.words
            if (cell := cells[index]) not in (None, "")
        }
        values[FIELD_INDEX["source"]] = self.rules.source
        for index, field_name, steps in self.fields:
            value = _read_first(steps, cells, name, field_name)
            values[index] = value if value is None or field_name in WORD_FIELDS else str(value)
        item = ListingItem._make(values)
        if not self.described or not self.rules.complete:
            return item
        return self.rules.complete(item, str(_read_step(self.described, cells, name, "description") or ""))

    def read_id(self, cells: Cells, name: str) -> str:
        """The source's own identifier.

        Raises:
            RowRefused: it is blank or not of the form that the mapping states ("ZUK-" without its number).
        """
        try:
            found = _read_step(self.id_step, cells, name, "id")
        except RowRefused as error:
            raise RowRefused(f"no identifier: {error.reason}") from None
        if found is None:
            raise RowRefused(f"no identifier: {' or '.join(self.id_step.rule.columns)} is blank")
        return str(found)


def _read_first(steps: Sequence[Step], cells: Cells, name: str, field_name: str) -> Word:
    for step in steps:
        value = _read_step(step, cells, name, field_name)
        if value is not None:
            return value
    return None


def _read_step(step: Step, cells: Cells, name: str, field_name: str) -> Word:
    rule = step.rule
    value: Word = name if rule.from_name else None
    for index in step.columns:
        value = cells[index]
        if isinstance(value, str):
            value = " ".join(value.split())
        if value not in (None, ""):
            break
    if value in (None, "") or (rule.absent and str(value) in rule.absent):
        return None
    if rule.pattern:
        found = rule.pattern.search(str(value))
        if not found:
            if rule.is_free_text:
                return None
            raise RowRefused(f"{' or '.join(rule.columns) or 'file name'} ({field_name}): {str(value)[:60]!r}")
        value = found[1]
    if rule.template:
        return rule.template.replace("{}", str(value))
    return f"{value}{rule.unit}" if rule.unit else value
