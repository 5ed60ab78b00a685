"""One set of recorded data as a page: what it is, what it shows and what it cannot, the commands, what they print."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from textwrap import wrap

from benchmarks.report_pages.checks import Check, Figures, Rows, ask, require_equal, require_said
from benchmarks.report_pages.program import Runner, rows_of, run
from benchmarks.report_pages.reproduce import SCRIPT, Reproduced, question_of, reproduce, script_of

CHECKED = (
    "Every total below was recomputed on the same database by SQL written by hand, which shares no code with the reports "
    "([queries](../../benchmarks/report_pages/queries.py)); what the sentences above say beyond the tables is by "
    "[queries of their own](../../benchmarks/report_pages/facts.py). The page is only written where all figures are "
    "equal: `python -m benchmarks.report_pages {name}` makes it, and with `--check` says whether it still holds."
)
ALONE = (
    "In a folder with nothing but the snapshot and [scripts](../../benchmarks/report_pages/{script}) of DuckDB and NumPy, "
    "which know nothing of this program:"
)
COMPARED = (
    "{cells:,} figures of {rows:,} rows were compared with those of the reports in full: counts, amounts and rates are "
    "equal to the last digit that is printed{intervals}."
)
INTERVALS = (
    "; the {intervals:,} ends of bootstrap intervals come of other random draws and lie at most {apart:.1f} apart (points "
    "of a percentage, or registrations)"
)
WIDTH = 120  # of lines of text; tables are as wide as they are printed


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

    ``striking`` and ``silent`` are sentences; ``{section[group][column]}`` in them stands for a figure of a report that
    was checked, ``{fact[column]}`` for one of ``facts``, which are queries of one row.
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
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def capture(self) -> str:
        """The command that reads the files."""
        mapping = f"--mapping {self.mapping} " if self.mapping else ""
        return f"capture --quiet {mapping}'{self.files}'"

    @property
    def export(self) -> str:
        """The command that writes the snapshot."""
        return f"export snapshot --as-of {self.as_of}"

    def report(self, section: Section) -> str:
        """The command of one report, as of the last day of the recording: so it prints the same on every day."""
        return f"report {section.command} --as-of {self.as_of}"

    @property
    def commands(self) -> list[str]:
        """All commands of the page, in their order."""
        return [self.capture, "link", *map(self.report, self.sections), self.export]


@dataclass(frozen=True, slots=True)
class Printed:
    """What a report prints for people, and all its rows."""

    section: Section
    command: str
    table: str
    rows: Rows


def make_page(data_set: DataSet, captures: Path, folder: Path, runner: Runner = run) -> str:
    """The page, after its database and its snapshot were made in a folder.

    Args:
        data_set: what is read and asked.
        captures: the folder that the patterns of the set are below.
        folder: for the database and the snapshot.
        runner: how commands are run: by default each is a process of its own.

    Raises:
        CommandFailed: a command of the program failed.
        TotalsDiffer: a figure of a report is not that of the query, or does not come out of the snapshot alone.
    """
    database = folder / f"{data_set.name}.sqlite"
    read = runner(data_set.capture, captures, database).splitlines()
    linked = runner("link", captures, database).splitlines()
    printed = [print_report(data_set, section, database, runner) for section in data_set.sections]
    figures = check_figures(data_set, printed, database)
    runner(data_set.export, folder, database)
    reproduced = reproduce({each.section.command: each.rows for each in printed}, folder / "snapshot")
    lines = [
        *_head(data_set, figures),
        *_commands(data_set),
        *_fence("text", [read[-1], linked[0]]),
        *(line for each in printed for line in _show(each)),
        *_alone(data_set, reproduced),
    ]
    return "\n".join(lines) + "\n"


def print_report(data_set: DataSet, section: Section, database: Path, runner: Runner) -> Printed:
    """Run a report twice: for people, and for its rows."""
    command, folder = data_set.report(section), database.parent
    table = runner(f"{command} --format table --limit {section.limit}", folder, database)
    return Printed(section, command, table, rows_of(command, folder, database, runner))


def check_figures(data_set: DataSet, printed: Sequence[Printed], database: Path) -> dict[str, Figures]:
    """The figures of every query, by the name of its section or fact, after the reports were found to tell the same.

    Raises:
        TotalsDiffer: a figure of a report is not that of the query.
    """
    figures: dict[str, Figures] = {}
    for each in printed:
        check, command = each.section.check, f"fapai {each.command}"
        counted = ask(database, check.sql, data_set.as_of)
        require_equal(check.figures_of(each.rows), counted, command)
        require_said(check, database, each.table, data_set.as_of, command)
        figures[each.section.name] = counted
    for name, sql in data_set.facts.items():
        (figures[name],) = ask(database, sql, data_set.as_of).values()
    return figures


def _head(data_set: DataSet, figures: dict[str, Figures]) -> Iterator[str]:
    yield f"# {data_set.title}"
    yield ""
    yield from _text(data_set.about)
    yield ""
    for title, sentences in (("What is striking", data_set.striking), ("What it cannot tell", data_set.silent)):
        yield f"## {title}"
        yield ""
        for sentence in sentences:
            yield from _text(f"- {sentence.format_map(figures)}", "  ")
        yield ""


def _commands(data_set: DataSet) -> Iterator[str]:
    yield "## How it was made"
    yield ""
    yield "In the folder of the recorded files:"
    yield ""
    yield "```sh"
    yield f"export FAPAI_DB=sqlite:///{data_set.name}.sqlite"
    yield from (f"fapai {command}" for command in data_set.commands)
    yield "```"
    yield ""
    yield from _text(f"{CHECKED.format(name=data_set.name)} Read and linked:")
    yield ""


def _show(printed: Printed) -> Iterator[str]:
    yield f"## {printed.section.title}"
    yield ""
    yield f"`fapai {printed.command}`"
    yield ""
    yield from _fence("text", [line.rstrip() for line in printed.table.rstrip().splitlines()])


def _alone(data_set: DataSet, reproduced: Reproduced) -> Iterator[str]:
    yield "## From the snapshot alone"
    yield ""
    yield from _text(ALONE.format(script=SCRIPT.name))
    yield ""
    questions = filter(None, (question_of(section.command) for section in data_set.sections))
    yield from _fence("sh", [f"python {script_of(each)} snapshot {each}" for each in questions])
    intervals = INTERVALS.format_map(vars(reproduced)) if reproduced.intervals else ""
    yield from _text(COMPARED.format(cells=reproduced.cells, rows=reproduced.rows, intervals=intervals))


def _text(words: str, indent: str = "") -> list[str]:
    return wrap(words, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _fence(language: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"```{language}"
    yield from lines
    yield "```"
    yield ""
