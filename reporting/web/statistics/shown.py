"""A table and a plot in the words of a language: headings, groups, cells, the names in the plot."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reporting.choices import By, Group
from reporting.plots.clearance import from_first_known
from reporting.plots.options import Option
from reporting.render import clean
from reporting.tables import Column, Shape, Table
from reporting.web.formats import DASH, Formats
from reporting.web.languages import Words
from reporting.web.statistics.questions import Asked
from store.terms import PropertyKind, RoundKind, RoundStatus, SellerKind

FIGURES = frozenset((Shape.MONEY, Shape.PERCENT, Shape.COUNT))
NARROW, BELOW = 12, 68  # pixels
ROWS_SHOWN = 60
"""Of a table on a page; its files hold all."""

FILE = "statistics"
VOCABULARIES: Mapping[str, type[StrEnum]] = {
    By.KIND.value: PropertyKind,
    By.ROUND.value: RoundKind,
    By.STATUS.value: RoundStatus,
    By.SELLER_CLASS.value: SellerKind,
    Group.SELLER_KIND.value: SellerKind,
}
REMARKS = {
    "insufficient data": "few",
    "no result is known": "no_result",
    "gap: not looked at": "gap",
    "month not over": "not_over",
    "at least: not looked at after": "at_least",
}
"""Beginnings of remarks of reports; what follows them is a day or a number."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``is_words``: English words of a report or words of a site, not ours to translate."""

    text: str
    is_figure: bool = False
    is_words: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A table for people; ``left_out`` rows are in its files alone."""

    headings: list[Cell]
    rows: list[list[Cell]]
    left_out: int


def show_table(table: Table, asked: Asked, words: Words, show: Formats) -> Shown:
    """The first rows of a table."""
    columns = [column for column in table.columns if column.is_in_table]
    headings = [Cell(heading_of(column.name, asked.name, words), column.shape in FIGURES) for column in columns]
    rows = [[_cell(row, column, asked, words, show) for column in columns] for row in table.rows[:ROWS_SHOWN]]
    return Shown(headings, rows, max(0, len(table.rows) - ROWS_SHOWN))


def heading_of(column: str, statistic: str, words: Words) -> str:
    """The heading of a column: one of the statistic's own where it means something else there."""
    own = f"column_{statistic}_{column}"
    return words.say(f"{FILE}.{own if own in words.texts[FILE] else f'column_{column}'}")


def _cell(row: Any, column: Column, asked: Asked, words: Words, show: Formats) -> Cell:
    value = getattr(row, column.name)
    if column.name in {"label", "group"}:
        return Cell(group_text(row.group, asked, words))
    if column.name == "remark":
        return Cell(remark_text(value or "", words))
    is_figure = column.shape in FIGURES
    if value is None:
        return Cell(DASH, is_figure)
    formats: Mapping[Shape, Callable[[], str]] = {
        Shape.MONEY: lambda: show.money(value, row.currency),
        Shape.PERCENT: lambda: show.percent(value),
        Shape.COUNT: lambda: show.number(value, 2),
        Shape.DAY: lambda: show.short_day(value),
        Shape.MINUTE: lambda: show.minute(value),
    }
    if column.shape in formats:
        return Cell(formats[column.shape](), is_figure)
    return _words_cell(column.name, value, words)


def _words_cell(name: str, value: Any, words: Words) -> Cell:
    own = f"{name}_{value}"
    if own in words.texts[FILE]:
        return Cell(words.say(f"{FILE}.{own}"))
    return Cell(clean(str(value)), is_words=name == "why")


def group_text(group: str | None, asked: Asked, words: Words) -> str:
    """The name of a group; one that no source tells says so."""
    is_all = asked.by == By.ALL or (asked.name == "time-to-sale" and asked.by == "none")
    if is_all:
        return words.say(f"{FILE}.all")
    if group is None:
        return words.say(f"{FILE}.not_told")
    if asked.name == "funnel":
        return words.say(f"{FILE}.stage_{group}")
    vocabulary = VOCABULARIES.get(asked.by or "")
    if vocabulary is not None and group in set(vocabulary):
        return words.term(vocabulary(group))
    return clean(group)


def remark_text(remark: str, words: Words) -> str:
    """A remark of a report; one that is not known here is told as it stands."""
    return " · ".join(_remark_texts(remark, words))


def _remark_texts(remark: str, words: Words) -> Iterator[str]:
    for part in filter(None, remark.split(", ")):
        begun = next((each for each in REMARKS if part.startswith(each)), None)
        if begun is None:
            yield clean(part)
            continue
        rest = part.removeprefix(begun).strip(": ") if begun.endswith("after") else ""
        yield f"{words.say(f'{FILE}.remark_{REMARKS[begun]}')} {rest}".strip()


def show_option(option: Option, asked: Asked, words: Words) -> Option:
    """The plot as ``--plot`` draws it, its names in the words of a language."""
    texts = words.texts[FILE]
    names = {english: str(texts[f"plot_{key}"]) for english, key in NAMES.items()}
    names |= {_stage_name(key): str(text) for key, text in texts.items() if key.startswith("stage_")}
    told: Option = _renamed(from_first_known(option) if asked.name == "clearance" else option, names)
    told["grid"] |= {
        "containLabel": True,
        "left": NARROW,
        "right": 2 * NARROW,
        "bottom": BELOW,
    }  # a phone has no room for margins
    for series in told["series"]:
        series["labelLayout"] = {"hideOverlap": True}
    for name in ("xAxis", "yAxis"):
        told[name]["axisLabel"]["hideOverlap"] = True
        if "data" in told.get(name, {}):
            told[name]["data"] = [_category(each, asked, words, names) for each in told[name]["data"]]
    return told


NAMES = {
    "clearance rate": "clearance",
    "cut share": "cut_share",
    "no rate known": "no_rate",
    "listings": "listings",
    "homes": "homes",
    "published": "published",
    "rounds": "rounds",
    "sold": "sold",
    "failed": "failed",
    "withdrawn": "withdrawn",
    "suspended": "suspended",
    "unknown": "unknown",
    "open": "open",
    "unsold": "unsold",
    "95 % interval": "interval",
    "95 % interval, below": "interval_below",
    "first: sold": "first_sold",
    "first: taken by creditor": "first_taken",
    "first: withdrawn": "first_withdrawn",
    "days from the first notice": "days",
    "not told": "not_told",
}
"""Names that plots give to series and axes."""


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy with every name of a series, of an axis and of the legend told anew; points are left as they are."""
    if isinstance(value, dict):
        return {
            key: names.get(each, each)
            if key == "name" and isinstance(each, str)
            else [names.get(name, name) for name in each]
            if key == "data" and all(isinstance(name, str) for name in each)
            else each
            if key == "data"
            else _renamed(each, names)
            for key, each in value.items()
        }
    return [_renamed(each, names) for each in value] if isinstance(value, list) else value


def _category(name: str, asked: Asked, words: Words, names: Mapping[str, str]) -> str:
    """A place on an axis: a stage with its sample, a term, or words as they stand."""
    if asked.name == "funnel":
        stage, _, sample = name.partition(" n = ")
        return f"{names.get(stage.split()[0], stage)} n = {sample}"
    vocabulary = VOCABULARIES.get(asked.by or "")
    return words.term(vocabulary(name)) if vocabulary is not None and name in set(vocabulary) else name


def _stage_name(key: str) -> str:
    return key.removeprefix("stage_")
