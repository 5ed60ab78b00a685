"""Rows of a foreign table as listings: the rules of each source bound to the columns of one file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from crawler.errors import RowRefused, UnknownLabel
from crawler.intake import literals
from crawler.intake.grammars import Complete
from crawler.intake.rules import Bound, Rule, SkipRule, bind, is_met, read_first, read_step, text_of
from crawler.intake.tables import Cell, Cells
from crawler.items import BidItem, Details, Dialect, ListingItem, MemberItem, PageContent, RefusedRow, Word
from store.statement import Attachment
from store.terms import AppraisalScope

FIELD_INDEX = {name: index for index, name in enumerate(ListingItem._fields)}
DETAIL_INDEX = {name: index for index, name in enumerate(Details._fields)}
NESTED: Mapping[str, Any] = {"bids": BidItem, "members": MemberItem, "attachments": Attachment}
"""Fields of details that are lists of their own."""

WORD_FIELDS = frozenset(
    name
    for name in (*ListingItem._fields, *Details._fields, *BidItem._fields, *MemberItem._fields)
    if name.endswith("_raw") and name not in {"seller_kind_raw", "appraisal_kind_raw", "property_kind_raw"}
) - {"round_raw", "status_raw", "state_raw", "city_raw", "district_raw"}
"""Fields that keep a number as the number it was; all others are text."""

SPECIAL_FIELDS = frozenset({"appraisal_scope", "is_price_exact"})
"""Fields of a kind of their own."""

OTHERWISE = "*"
"""The source of rows whose source column says none of the other values."""

LONGEST_EXCERPT = 200


@dataclass(slots=True)
class TableContent(PageContent):
    """A page that is a table: how many rows it has, and those that its mapping skips by name."""

    row_count: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


class NestedRules(NamedTuple):
    """A list inside a row, such as the bids of a lot: where it stands, and the rules for each of its elements."""

    name: str  # of the field of ``Details``
    column: str
    fields: Mapping[str, tuple[Rule, ...]]

    def list_keys(self) -> list[str]:
        """The keys of the elements, in the order of the cells that are made of them."""
        return sorted({name for rules in self.fields.values() for rule in rules for name in rule.list_columns()})


@dataclass(frozen=True, slots=True)
class SourceRules:
    """How the rows of one source are read."""

    source: str
    dialect: Dialect
    id_rule: Rule
    fields: Mapping[str, tuple[Rule, ...]]
    complete: Complete | None = None
    described: Rule | None = None
    nested: Mapping[str, NestedRules] = field(default_factory=dict)

    def list_rules(self) -> list[Rule]:
        """Every rule that reads the row itself, the id's first."""
        rules = [self.id_rule, *(rule for rules in self.fields.values() for rule in rules)]
        return [*rules, self.described] if self.described else rules

    @property
    def tells_times(self) -> bool:
        """Whether a value may depend on the day it was seen."""
        inner = (name for nested in self.nested.values() for name in nested.fields)
        return any(name.endswith(("_at_raw", "_on_raw")) for name in (*self.fields, *inner))


class TableColumns(NamedTuple):
    """What binds rules to one file: its header, its name, and the day and name that ids by position begin with."""

    header: tuple[str, ...]
    places: Mapping[str, int]
    address: str
    seen_on: str

    def position_id(self, position: int) -> str:
        """An id for a row of a table that has none: good for this file alone."""
        name = PurePosixPath(self.address.removeprefix("file:")).stem
        return f"{self.seen_on}/{name[:60]}#{position}"


class RowReaders:
    """The rules of a mapping bound to the header of one file."""

    def __init__(
        self,
        main: SourceRules,
        sources: Mapping[str, SourceRules],
        source_rule: Rule | None,
        kept: Sequence[str],
        columns: TableColumns,
    ) -> None:
        self._columns = columns
        self._source = bind(source_rule, columns.places) if source_rule else None
        self._bound = {value: BoundRules(rules, kept, columns) for value, rules in sources.items()}
        self._main = BoundRules(main, kept, columns)

    def read_into(self, content: PageContent, position: int, cells: Cells) -> None:
        """Adds the row to the listings or, with the reason, to the refused rows."""
        source_id = None
        try:
            check_width(cells, self._columns.header)
            rules = self._choose(cells)
            source_id = rules.read_id(position, cells)
            content.items.append(rules.read(source_id, cells))
        except RowRefused as error:
            content.refused.append(refuse(position, source_id, error, cells))

    def _choose(self, cells: Cells) -> "BoundRules":
        if self._source is None or not self._source.columns:
            return self._main  # older tables of a project lack the column: they hold the main source alone
        value = text_of(read_step(self._source, cells, self._columns.address, "source"))
        found = self._bound.get(value) or self._bound.get(OTHERWISE)
        if found is None:
            raise UnknownLabel(f"{self._source.rule.place}: unknown source {value[:60]!r}")
        return found


def check_width(cells: Cells, header: Sequence[str]) -> None:
    """Let pass a row with as many cells as the header.

    Raises:
        RowRefused: it has more or fewer.
    """
    if len(cells) != len(header):
        raise RowRefused(f"{len(cells)} cells under {len(header)} columns")


def refuse(position: int, source_id: str | None, error: RowRefused, cells: Cells) -> RefusedRow:
    """The row with the reason and its first words."""
    excerpt = " | ".join(" ".join(str(cell)[:LONGEST_EXCERPT].split()) for cell in cells[:50] if cell)
    return RefusedRow(position, source_id, error.reason, excerpt[:LONGEST_EXCERPT])


class BoundSkips:
    """The rules for rows that are none, bound to the header of one file."""

    def __init__(self, rules: Sequence[SkipRule], index: Mapping[str, int]) -> None:
        self._rules = [(rule, tuple(index[name] for name in rule.columns if name in index)) for rule in rules]

    def find(self, cells: Cells) -> str | None:
        """Why the row is none; ``None`` for a row."""
        for rule, indices in self._rules:
            if not rule.columns:
                if not any(text_of(cell) for cell in cells):
                    return rule.because
                continue
            if is_met(rule, indices, cells):
                return rule.because
        return None


class BoundNested(NamedTuple):
    """The rules of an inner list, bound to the column it stands in and to the keys of its elements."""

    rules: NestedRules
    place: int
    keys: list[str]
    fields: list[tuple[str, Bound]]

    def read(self, cells: Cells, address: str) -> tuple[Any, ...]:
        """The elements as items.

        Raises:
            RowRefused: no list, or an element that cannot be read.
        """
        return tuple(self._read_element(element, address) for element in _as_list(cells[self.place], self.rules.column))

    def _read_element(self, element: Any, address: str) -> Any:
        if not isinstance(element, dict):
            raise RowRefused(f"{self.rules.column}: an element that is no object")
        return read_element(self.rules.name, self.fields, [element.get(key) for key in self.keys], address)


def read_element(name: str, fields: Sequence[tuple[str, Bound]], cells: Cells, address: str) -> Any:
    """One bid, member or attachment.

    Raises:
        RowRefused: its first field, without which it says nothing, is blank.
    """
    kind = NESTED[name]
    values = {field: as_text(field, read_first(steps, cells, address, field)) for field, steps in fields}
    first = kind._fields[0]
    if values.get(first) is None:
        raise RowRefused(f"{name}: {first} is blank")
    if kind is Attachment:
        return Attachment(str(values["name"]), str(values.get("url") or ""))
    return kind(**values)


def as_text(field_name: str, value: Word) -> Word:
    """The value, as text where the field is one."""
    return value if value is None or field_name in WORD_FIELDS else text_of(value)


def _as_list(cell: Cell, column: str) -> list[Any]:
    """The list in a cell; programs also write one as text (pm_crawl, 2022)."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return []
    if isinstance(cell, str):
        try:
            cell = literals.parse_python(cell)
        except literals.BrokenText as error:
            raise RowRefused(f"{column}: {error}") from None
    if not isinstance(cell, list):
        raise RowRefused(f"{column}: no list")
    return cell


class BoundRules:
    """The rules of one source bound to the header of one file."""

    def __init__(self, rules: SourceRules, kept: Sequence[str], columns: TableColumns) -> None:
        index, fields = columns.places, rules.fields
        self._rules = rules
        self._columns = columns
        self._id = bind(rules.id_rule, index)
        bound = {name: tuple(bind(rule, index) for rule in steps) for name, steps in fields.items()}
        self._fields = [(FIELD_INDEX[name], name, steps) for name, steps in bound.items() if name in FIELD_INDEX]
        self._details = [(DETAIL_INDEX[name], name, steps) for name, steps in bound.items() if name in DETAIL_INDEX]
        self._nested = [
            BoundNested(
                each, index[each.column], keys, bind_fields(each.fields, {key: n for n, key in enumerate(keys)})
            )
            for each in rules.nested.values()
            if each.column in index
            for keys in [each.list_keys()]
        ]
        used = {name for rule in rules.list_rules() for name in rule.list_columns()} | set(kept)
        self._words = [(name, place) for name, place in index.items() if name in used]
        self._described = bind(rules.described, index) if rules.described else None

    def read(self, source_id: str, cells: Cells) -> ListingItem:
        """One row as a listing.

        Raises:
            RowRefused: a text that its pattern does not know.
        """
        values: list[object] = [None] * len(FIELD_INDEX)
        values[FIELD_INDEX["source_id"]] = source_id
        values[FIELD_INDEX["words"]] = {
            column: cell.strip() if isinstance(cell, str) else cell
            for column, index in self._words
            if (cell := cells[index]) is not None and cell != "" and type(cell) is not list
        }
        values[FIELD_INDEX["source"]] = self._rules.source
        address = self._columns.address
        for index, name, steps in self._fields:
            value = read_first(steps, cells, address, name)
            values[index] = value if type(value) is str and name not in SPECIAL_FIELDS else _as_field(name, value)
        if self._details or self._nested:
            values[FIELD_INDEX["details"]] = self._read_details(cells, address)
        item = ListingItem._make(values)
        if self._described is None or not self._rules.complete:
            return item
        return self._rules.complete(item, str(read_step(self._described, cells, address, "description") or ""))

    def _read_details(self, cells: Cells, address: str) -> Details | None:
        values: list[Any] = list(Details())
        for index, name, steps in self._details:
            value = read_first(steps, cells, address, name)
            values[index] = _as_field(name, value)
        for nested in self._nested:
            values[DETAIL_INDEX[nested.rules.name]] = nested.read(cells, address)
        details = Details._make(values)
        return None if details == Details() else details

    def read_id(self, position: int, cells: Cells) -> str:
        """The source's own identifier.

        Raises:
            RowRefused: it is blank or not of the form that the mapping states ("ZUK-" without its number).
        """
        if self._id.rule.from_position:
            return self._columns.position_id(position)
        try:
            found = read_step(self._id, cells, self._columns.address, "id")
        except RowRefused as error:
            raise RowRefused(f"no identifier: {error.reason}") from None
        if found is None:
            raise RowRefused(f"no identifier: {self._id.rule.place} is blank")
        return str(found)


def bind_fields(fields: Mapping[str, Sequence[Rule]], index: Mapping[str, int]) -> list[tuple[str, Bound]]:
    """The rules of each field, bound."""
    return [(name, tuple(bind(rule, index) for rule in rules)) for name, rules in fields.items()]


def _as_field(name: str, value: Word) -> Word:
    if value is None:
        return None
    if name == "appraisal_scope":
        try:
            return AppraisalScope(str(value))
        except ValueError:
            raise UnknownLabel(f"appraisal_scope: unknown label {str(value)[:60]!r}") from None
    if name == "is_price_exact":
        if not isinstance(value, bool):
            raise RowRefused(f"is_price_exact: neither true nor false: {str(value)[:60]!r}")
        return value
    return as_text(name, value)
