"""The codebook of a snapshot, in English and in Chinese: every file, column, unit and vocabulary."""

from collections.abc import Iterable, Mapping, Sequence

from reporting.export_docs.models import (
    meaning_of,
    meaning_of_table,
    model_column,
    unit_of,
    vocabulary_of,
    words,
)
from reporting.snapshot import Field
from reporting.snapshot_keys import ORDERS

HEADINGS = {
    "en": ("# Codebook", "Sorted by", ("column", "meaning", "unit", "from"), "## Vocabularies", ("word", "in Chinese")),
    "zh": ("# 编码手册", "排序", ("列", "含义", "单位", "出处"), "## 词表", ("词", "中文")),
}
DERIVED = {"en": "derived", "zh": "推定"}
NOTES = {
    "en": "An empty cell is unknown, never zero or no. What a site does not say is not guessed.",
    "zh": "空白表示未知,绝不表示零或否。网站没有说的不作猜测。",
}


def codebook(files: Mapping[str, Sequence[Field]], language: str) -> str:
    """The codebook of these files as Markdown; ``language`` is ``en`` or ``zh``."""
    title, sorted_by, columns, vocabularies, terms = HEADINGS[language]
    lines = [title, "", NOTES[language]]
    for file, fields in files.items():
        lines += [
            "",
            f"## {file}",
            "",
            meaning_of_table(file, language),
            "",
            f"{sorted_by}: {', '.join(ORDERS[file])}",
            "",
        ]
        lines += _table(columns, (_column_row(file, field, language) for field in fields))
    lines += ["", vocabularies]
    for name, members in _vocabularies(files).items():
        lines += ["", f"### {name}", ""]
        lines += _table(terms, members.items())
    return "\n".join(lines) + "\n"


def _column_row(file: str, field: Field, language: str) -> Sequence[str]:
    vocabulary = vocabulary_of(file, field)
    unit = unit_of(field, language) if vocabulary is None else vocabulary.__name__
    column = model_column(file, field)
    origin = DERIVED[language] if column is None else f"{column.table.name}.{column.name}"
    return f"`{field.name}`", meaning_of(file, field, language), unit, origin


def _vocabularies(files: Mapping[str, Sequence[Field]]) -> dict[str, dict[str, str]]:
    """Each vocabulary that a column has, by name: its words with what they are in Chinese."""
    used = {
        each.__name__: each
        for file, fields in files.items()
        for field in fields
        if (each := vocabulary_of(file, field))
    }
    return {name: {f"`{term}`": words("terms")[name][term.value] for term in used[name]} for name in sorted(used)}


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    return [line(headings), line("---" for _ in headings), *map(line, rows)]
