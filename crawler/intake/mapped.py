"""Reading foreign tables by a mapping: which column becomes which field of ours."""

import logging
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import PurePosixPath

from crawler.errors import LayoutChanged, RowRefused
from crawler.intake import literals
from crawler.intake.mapped_context import PriceReader, PriceRules, SeriesReader, SeriesRules, day_of
from crawler.intake.mapped_rows import (
    BoundSkips,
    RowReaders,
    SourceRules,
    TableColumns,
    TableContent,
    bind_fields,
    check_width,
    read_element,
    refuse,
)
from crawler.intake.mapped_times import Looks, TimeReader, TimeRule, find_time, split_looks
from crawler.intake.rules import Rule, SkipRule
from crawler.intake.tables import SUFFIXES, Cells, Table, read_csv, read_json, read_objects, read_xlsx
from crawler.items import Details, Dialect, PageContent, Reader
from crawler.page import Page

logger = logging.getLogger(__name__)

OBJECTS = frozenset({"json", "jsonl", "python"})
"""Formats whose rows are objects: where there is none, there are no keys to check."""


@dataclass(frozen=True)
class Mapping:
    """One form of foreign table. ``sources`` is keyed by the value of the source column.

    With ``context`` the rows are numbers beside listings; with ``bids`` all rows are the bids of one listing.
    """

    name: str
    about: str
    format: str  # one of tables.SUFFIXES
    main: SourceRules
    kind: str = "listings"  # listings | bids | market_price | series
    sources: Dictionary[str, SourceRules] = field(default_factory=dict)
    source_rule: Rule | None = None
    ignored: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()
    skips: tuple[SkipRule, ...] = ()
    context: PriceRules | SeriesRules | None = None
    bids: Dictionary[str, tuple[Rule, ...]] = field(default_factory=dict)
    observed: TimeRule | None = None
    observed_zone: str = "UTC"
    encoding: str = "utf-8"
    separator: str = ","
    sheet: str | None = None
    rows_path: tuple[str, ...] = ()
    line_mark: str = ""

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
            is_timeless=not self.bids and not any(each.tells_times for each in rules),
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

    def list_rules(self) -> list[Rule]:
        """Every rule that reads a column of the table."""
        listed = [rule for rules in (self.main, *self.sources.values()) for rule in rules.list_rules()]
        listed += self.context.list_rules() if self.context else []
        return [*listed, *(rule for rules in self.bids.values() for rule in rules)]

    def read_table(self, page: Page) -> Table:
        """The raw table.

        Raises:
            LayoutChanged: it is not of the mapping's format.
        """
        if self.format == "csv":
            return read_csv(page, self.encoding, self.separator)
        if self.format == "xlsx":
            return read_xlsx(page, self.sheet)
        wanted = sorted(list_known_columns(self) - self.ignored)
        if self.format == "json":
            return read_json(page, self.rows_path, wanted, self.line_mark)
        split = literals.split_json if self.format == "jsonl" else literals.split_python
        return read_objects(page, self.encoding, split, wanted)

    def parse(self, page: Page) -> TableContent:
        """The rows as what the mapping makes of them. Columns that nobody asked for and the rows that are skipped
        are told once for each file.

        Raises:
            LayoutChanged: it is not such a table; missing columns are named.
        """
        table = self.read_table(page)
        content = TableContent()
        if self.format in OBJECTS and not table.header:
            return content  # an empty list has no keys to check
        missing = find_missing(self, table.header)
        if missing:
            raise LayoutChanged(
                f"mapping {self.name}: missing {', '.join(missing)}", source=self.main.source, url=page.url
            )
        unknown = sorted(set(table.header) - list_known_columns(self))
        if unknown:
            logger.warning("mapping %s: columns that no rule reads: %s (%s)", self.name, ", ".join(unknown), page.url)
        self._read_rows(table, page, content)
        for because, count in content.skipped.items():
            logger.info("mapping %s: %d rows skipped: %s (%s)", self.name, count, because, page.url)
        return content

    def _read_rows(self, table: Table, page: Page, content: TableContent) -> None:
        index = {name: place for place, name in enumerate(table.header)}
        columns = TableColumns(table.header, index, page.url, day_of(page.observed_at, self.main.dialect))
        rows = self._bind(columns)
        skips = BoundSkips(self.skips, index)
        looks = self._split(table, page.url)
        taken = table.rows if looks is None else looks.choose(page.observed_at)
        for position, cells in taken:
            content.row_count += 1
            because = skips.find(cells)
            if because is not None:
                content.skipped[because] += 1
                content.passed_over.add(position)
            elif looks is not None and position in looks.reasons:
                content.refused.append(refuse(position, None, RowRefused(looks.reasons[position]), cells))
            else:
                rows.read_into(content, position, cells)
        if looks is not None:
            content.passed_over |= looks.list_positions() - {position for position, _ in taken}
        if not isinstance(rows, RowReaders):
            rows.finish(content)

    def _split(self, table: Table, url: str) -> Looks | None:
        if self.observed is None or not self.observed.is_by_row:
            return None
        return split_looks(self.observed, table, self.observed_zone, url)

    def _bind(self, columns: TableColumns) -> "RowReaders | PriceReader | SeriesReader | BidsReader":
        if isinstance(self.context, PriceRules):
            return PriceReader(self.context, self.main.dialect, columns)
        if isinstance(self.context, SeriesRules):
            return SeriesReader(self.context, columns)
        rows = RowReaders(self.main, self.sources, self.source_rule, self.kept, columns)
        return BidsReader(self.bids, rows, columns) if self.bids else rows

    def list_looks(self, page: Page) -> list[datetime]:
        """The times at which the rows were seen, the earliest first, where each row tells its own; else none.

        Raises:
            LayoutChanged: it is not such a table, or holds more looks than can be told apart.
        """
        if self.observed is None or not self.observed.is_by_row:
            return []
        return split_looks(self.observed, self.read_table(page), self.observed_zone, page.url).list_moments()

    def find_observation_time(self, page: Page) -> datetime | None:
        """The earliest time that the rows state, or the time in the file's name.

        ``None`` where the mapping has no rule for it, or the table no such column or no rows.

        Raises:
            LayoutChanged: rows differ by more than a day, or a time is written otherwise.
        """
        rule = self.observed
        if rule is None:
            return None
        if rule.is_by_row:
            return next(iter(self.list_looks(page)), None)
        if rule.fixed:
            return rule.fixed.astimezone(UTC)
        if rule.in_name is None:
            return find_time(rule, self.read_table(page), self.observed_zone, page.url)
        found = rule.in_name.search(page.url)
        try:
            return TimeReader(rule, (), self.observed_zone).parse(found[1]) if found else None
        except RowRefused as error:
            raise LayoutChanged(error.reason, url=page.url) from None


@dataclass(frozen=True, slots=True)
class MappedReader(Reader):
    """The reader of a mapping. Listings name their source; ``mapping.dialects`` tells how each speaks."""

    mapping: Mapping


class BidsReader:
    """The rules for the bids of one listing bound to one file; the listing's own fields come from its first row."""

    def __init__(self, bids: Dictionary[str, tuple[Rule, ...]], rows: RowReaders, columns: TableColumns) -> None:
        self._rows = rows
        self._columns = columns
        self._fields = bind_fields(bids, columns.places)
        self._bids: list[object] = []
        self._first: tuple[int, Cells] | None = None

    def read_into(self, content: PageContent, position: int, cells: Cells) -> None:
        """Adds the row to the bids or, with the reason, to the refused rows."""
        try:
            check_width(cells, self._columns.header)
            self._bids.append(read_element("bids", self._fields, cells, self._columns.address))
        except RowRefused as error:
            content.refused.append(refuse(position, None, error, cells))
            return
        self._first = self._first or (position, cells)

    def finish(self, content: PageContent) -> None:
        """Makes the listing of them."""
        if self._first is None:
            return
        self._rows.read_into(content, *self._first)
        content.items = [
            item._replace(details=(item.details or Details())._replace(bids=tuple(self._bids)))  # type: ignore[arg-type]
            for item in content.items
        ]


def list_known_columns(mapping: Mapping) -> set[str]:
    """Every column that some rule reads or that is ignored or kept by name."""
    known = {*mapping.ignored, *mapping.kept, *(mapping.observed.columns if mapping.observed else ())}
    for rule in (*mapping.list_rules(), *([mapping.source_rule] if mapping.source_rule else ())):
        known |= rule.list_columns()
    known.update(name for rule in mapping.skips for name in rule.columns)
    known.update(
        nested.column for rules in (mapping.main, *mapping.sources.values()) for nested in rules.nested.values()
    )
    return known


def find_missing(mapping: Mapping, header: Sequence[str]) -> list[str]:
    """The columns that must be there and are not, alternatives joined by "or"."""
    present = set(header)
    needed = [columns for rule in mapping.list_rules() for columns in rule.list_needed()]
    needed += [rule.columns for rule in mapping.skips if rule.columns]
    return sorted({" or ".join(columns) for columns in needed if present.isdisjoint(columns)})
