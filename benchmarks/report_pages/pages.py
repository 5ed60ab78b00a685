"""One set of recorded data as a page: what it is, the commands, what they print, what it shows and what it cannot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.report_pages.checks import Check, Figures, compare
from benchmarks.report_pages.program import rows_of, run

CHECKED = (
    "Every total on this page was recomputed on the same database by SQL written by hand, which shares no code with "
    "the reports (`benchmarks/report_pages/queries.py`); the page is only written where all of them are equal."
)


@dataclass(frozen=True, slots=True)
class Section:
    """One report. ``name``: by which the words name its figures; ``limit``: rows shown, the check has all."""

    name: str
    title: str
    command: str
    check: Check
    limit: int = 10


@dataclass(frozen=True, slots=True)
class DataSet:
    """Recorded files of one form, and what is asked of them.

    ``striking`` and ``silent`` are sentences; ``{section[group][column]}`` in them stands for a figure of a check.
    """

    name: str
    title: str
    about: str
    files: str  # a pattern below the folder of the captures
    mapping: str | None
    as_of: date
    sections: Sequence[Section]
    striking: Sequence[str]
    silent: Sequence[str]

    @property
    def capture(self) -> str:
        """The command that reads the files."""
        mapping = f"--mapping {self.mapping} " if self.mapping else ""
        return f"capture --quiet {mapping}'{self.files}'"

    def report(self, section: Section) -> str:
        """The command of one report, as of the last day of the recording: so it prints the same on every day."""
        return f"report {section.command} --as-of {self.as_of}"


def make_page(data_set: DataSet, captures: Path, folder: Path) -> str:
    """The page, after its database was made in a folder.

    Raises:
        CommandFailed: a command of the program failed.
        TotalsDiffer: a figure of a report is not that of the query.
    """
    database = folder / f"{data_set.name}.sqlite"
    read = run(data_set.capture, captures, database).splitlines()
    linked = run("link", captures, database).splitlines()
    figures: dict[str, Figures] = {}
    shown: list[str] = []
    for section in data_set.sections:
        command = data_set.report(section)
        rows = rows_of(command, captures, database)
        figures[section.name] = compare(database, section.check, rows, data_set.as_of, f"fapai {command}")
        shown += _show(section, command, run(f"{command} --format table --limit {section.limit}", captures, database))
    lines = [*_head(data_set), *_fence("text", [read[-1], linked[0]]), *shown, *_close(data_set, figures)]
    return "\n".join(lines) + "\n"


def _head(data_set: DataSet) -> Iterator[str]:
    yield f"# {data_set.title}"
    yield ""
    yield data_set.about
    yield ""
    yield "In the folder of the recorded files:"
    yield ""
    yield "```sh"
    yield f"export FAPAI_DB=sqlite:///{data_set.name}.sqlite"
    for command in (data_set.capture, "link", *map(data_set.report, data_set.sections)):
        yield f"fapai {command}"
    yield "```"
    yield ""
    yield f"{CHECKED} The page is made by `python -m benchmarks.report_pages {data_set.name}`. Read and linked:"
    yield ""


def _show(section: Section, command: str, printed: str) -> Iterator[str]:
    yield f"## {section.title}"
    yield ""
    yield f"`fapai {command}`"
    yield ""
    yield from _fence("text", [line.rstrip() for line in printed.rstrip().splitlines()])


def _fence(language: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"```{language}"
    yield from lines
    yield "```"
    yield ""


def _close(data_set: DataSet, figures: dict[str, Figures]) -> Iterator[str]:
    for title, sentences in (("What is striking", data_set.striking), ("What it cannot tell", data_set.silent)):
        yield f"## {title}"
        yield ""
        for sentence in sentences:
            yield f"- {sentence.format_map(figures)}"
        if title == "What is striking":
            yield ""
