"""Rules: where a value stands in a row of a foreign table, and how it is taken."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from crawler.errors import RowRefused, UnknownLabel
from crawler.intake.tables import Cell, Cells
from crawler.items import Word


@dataclass(frozen=True, slots=True)
class When:
    """A condition: a column says one of these words ("" is a blank cell), or something that the pattern finds."""

    columns: tuple[str, ...]
    words: frozenset[str]
    pattern: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a value stands.

    The first column of ``columns`` that is filled counts; ``joined`` columns are put together with blanks between;
    ``from_name`` reads the file's name, ``value`` is the same for every row, ``from_position`` (ids only) counts the
    rows. ``when`` must hold, else the rule says nothing. ``pattern`` has one group, which is the value; a text that
    does not match refuses the row, unless it is ``is_free_text`` (then the next rule is asked). Values in ``absent``
    mean: the table does not say. ``words`` translates; a word that is not in it refuses the row. ``unit`` is put
    behind numbers that the table leaves bare ("万"); ``template`` is an address with ``{}``.
    """

    columns: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    absent: frozenset[str] = frozenset()
    unit: str = ""
    template: str | None = None
    is_optional: bool = False
    is_free_text: bool = False
    from_name: bool = False
    from_position: bool = False
    joined: tuple[str, ...] = ()
    value: str | bool | None = None
    when: When | None = None
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """What the rule reads, for people."""
        return " or ".join(self.columns) or " and ".join(self.joined) or "file name"

    def list_needed(self) -> list[tuple[str, ...]]:
        """The columns of which one each has to be in the file."""
        if self.is_optional:
            return []
        needed = [self.columns, *((name,) for name in self.joined)]
        return [columns for columns in [*needed, self.when.columns if self.when else ()] if columns]

    def list_columns(self) -> set[str]:
        """Every column that the rule looks at."""
        return {*self.columns, *self.joined, *(self.when.columns if self.when else ())}


class SkipRule(NamedTuple):
    """Rows that are none, such as totals; ``because`` names them. Without columns: rows of blank cells alone."""

    columns: tuple[str, ...]
    words: frozenset[str]
    pattern: re.Pattern[str] | None
    because: str


class Step(NamedTuple):
    """A rule bound to the columns of one file."""

    rule: Rule
    columns: tuple[int, ...]
    conditions: tuple[int, ...] = ()
    is_plain: bool = False  # it reads a column as it stands: most rules do, and are read without further questions


Bound = tuple[Step, ...]
"""The rules of one field, bound; the first that gives a value counts."""


def bind(rule: Rule, columns: Mapping[str, int]) -> Step:
    """The rule bound to the columns that a file has."""
    conditions = rule.when.columns if rule.when else ()
    return Step(
        rule,
        tuple(columns[name] for name in rule.columns or rule.joined if name in columns),
        tuple(columns[name] for name in conditions if name in columns),
        rule == Rule(rule.columns, is_optional=rule.is_optional),
    )


def text_of(cell: Cell) -> str:
    """A cell as a mapping writes it: ``true`` and ``false`` in small letters, blanks as one."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return " ".join(str(cell).split())


def is_met(rule: When | SkipRule, indices: Sequence[int], cells: Cells) -> bool:
    """Whether a column says one of the words, or something that the pattern finds."""
    said = [text_of(cells[index]) for index in indices if index < len(cells)]
    return any(word in rule.words or (rule.pattern and rule.pattern.search(word)) for word in said)


def read_first(steps: Bound, cells: Cells, name: str, field_name: str) -> Word:
    """The value of the first rule that gives one.

    Raises:
        RowRefused: a text that its pattern or its table of words does not know.
    """
    for step in steps:
        value = read_step(step, cells, name, field_name)
        if value is not None:
            return value
    return None


def read_step(step: Step, cells: Cells, name: str, field_name: str) -> Word:
    """The value that one rule gives, ``None`` where it says nothing.

    Raises:
        RowRefused: a text that its pattern or its table of words does not know.
    """
    if step.is_plain:
        return _read_column(step, cells, field_name)
    rule = step.rule
    if rule.when and not is_met(rule.when, step.conditions, cells):
        return None
    if rule.value is not None:
        return rule.value
    value = _take(step, cells, name, field_name)
    if value is not None and rule.pattern:
        value = _match(rule, value, field_name)
    if value is None:
        return None
    if rule.words:
        try:
            value = rule.words[text_of(value)]
        except KeyError:
            raise UnknownLabel(f"{rule.place} ({field_name}): unknown label {text_of(value)[:60]!r}") from None
    if rule.template:
        return rule.template.replace("{}", str(value))
    return f"{value}{rule.unit}" if rule.unit else value


def _match(rule: Rule, value: Word, field_name: str) -> Word:
    found = rule.pattern.search(str(value)) if rule.pattern else None
    if not found and not rule.is_free_text:
        raise RowRefused(f"{rule.place} ({field_name}): {str(value)[:60]!r}")
    return found[1] if found else None


def _take(step: Step, cells: Cells, name: str, field_name: str) -> Word:
    rule = step.rule
    if rule.joined:
        parts = [text_of(cells[index]) for index in step.columns]
        return " ".join(part for part in parts if part and part not in rule.absent) or None
    value = name if rule.from_name else _read_column(step, cells, field_name)
    if value == "" or (rule.absent and text_of(value) in rule.absent):
        return None
    return value


def _read_column(step: Step, cells: Cells, field_name: str) -> Word:
    """The first column that is filled, blanks in texts as one; ``None`` where none is."""
    for index in step.columns:
        value = cells[index]
        if isinstance(value, str):
            value = " ".join(value.split())
            if value:
                return value
        elif isinstance(value, list):
            raise RowRefused(f"{step.rule.place} ({field_name}): a list where one value is expected")
        elif value is not None:
            return value
    return None
