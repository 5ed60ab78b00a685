"""Commands that give something out: report, export."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fapai.answer import answer
from fapai.filter_options import AsOf, Limit, filtered
from fapai.options import Database, Format, OutputFormat, Profile, open_database, show, told_in_one_sentence
from fapai.plot_option import Plot

if TYPE_CHECKING:
    from reporting.filters import Filters

app = typer.Typer()


class OtherFormat(StrEnum):
    """What a snapshot can be written in beside CSV."""

    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"


reports = typer.Typer(
    help="Reports: price cuts, homes and their chains; deals, deadlines and costs; counts, rates and times.\n\n"
    "Example: fapai report price-cuts --min-cut 20%",
    no_args_is_help=True,
)


@reports.command("price-cuts")
@filtered(of_prices=True)
def price_cuts(
    filters: "Filters",
    every: Annotated[
        bool, typer.Option("--all", help="Every cut ever, instead of listings that are cheaper now.")
    ] = False,
    plot: Plot = None,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show which listings have become cheaper, by how much and when.

    Example: fapai report price-cuts --city 合肥市 --min-cut 10%
    """
    from reporting.plots.cuts import plot_price_cuts
    from reporting.price_cuts import PriceCutQuestion
    from reporting.price_cuts import price_cuts as find_price_cuts

    question = PriceCutQuestion(filters, every, limit)
    answer(lambda connection: find_price_cuts(connection, question), filters, output, db, plot, plot_price_cuts)


@reports.command()
@filtered(of_prices=True)
def repeats(
    filters: "Filters",
    least: Annotated[int, typer.Option("--least", min=2, help="Only homes of at least so many listings.")] = 2,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show the homes that were offered more than once: rounds, platforms, sellers, and what became of the price.

    Example: fapai report repeats --city 福州市 --min-cut 20%
    """
    from reporting.repeats import RepeatQuestion
    from reporting.repeats import repeats as find_repeats

    question = RepeatQuestion(filters, least, limit)
    answer(lambda connection: find_repeats(connection, question), filters, output, db)


@reports.command()
@filtered(only=("as_of",))
def ladder(
    filters: "Filters",
    home: Annotated[str, typer.Argument(metavar="HOME", help="A home's number, or SOURCE:ID of one of its listings.")],
    plot: Plot = None,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show every attempt to sell one home, in order, with what was cut, and what comes if this one fails.

    Example: fapai report ladder ali_judicial:562847129355
    """
    from reporting.ladder import ladder as find_ladder
    from reporting.plots.ladder import plot_ladder

    answer(lambda connection: find_ladder(connection, home, filters), filters, output, db, plot, plot_ladder)


@reports.command()
@filtered()
def questions(filters: "Filters", limit: Limit = 50, output: OutputFormat = None, db: Database = None) -> None:
    """Show what in the data cannot be right, or needs a second look before it is a bargain.

    Example: fapai report questions --city 福州市
    """
    from reporting.questions import find_questions

    answer(lambda connection: find_questions(connection, filters, limit), filters, output, db)


@reports.command()
@filtered()
def changes(filters: "Filters", limit: Limit = 50, output: OutputFormat = None, db: Database = None) -> None:
    """Show what happened: cuts, new rounds, moved days, results, what is gone and what is back.

    Example: fapai report changes --since 2026-09-01
    """
    from reporting.changes import find_changes

    answer(lambda connection: find_changes(connection, filters, limit), filters, output, db)


@app.command()
def export(
    paths: Annotated[
        list[Path], typer.Argument(metavar="DIR | diff A B", help="The folder to write into; or two to compare.")
    ],
    profile: Annotated[
        Profile, typer.Option(help="research: plain; excel: with BOM and guarded formulas.")
    ] = Profile.RESEARCH,
    as_of: AsOf = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that holds other files too.")] = False,
    also: Annotated[list[OtherFormat] | None, typer.Option("--also", help="Beside CSV also this; repeatable.")] = None,
    is_coarse: Annotated[
        bool, typer.Option("--coarse-location", help="Leave out building and room, round coordinates.")
    ] = False,
    with_runs: Annotated[bool, typer.Option("--runs", help="Also when this program ran, and how it went.")] = False,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Write a snapshot: one CSV for each table, what describes them, and a manifest with hashes. Or compare two.

    What `fapai export diff A B` shows, --format json or csv give with every record as it stands now.

    Example: fapai export snapshot --as-of 2026-09-01
    """
    if len(paths) == 3 and paths[0] == Path("diff"):
        _show_difference(paths[1], paths[2], output)
        return
    if len(paths) != 1:
        raise typer.BadParameter("give one folder to write into, or: diff A B")
    from reporting import snapshot
    from reporting.export import export_snapshot
    from reporting.export_formats import formats
    from reporting.filters import parse_as_of

    others = [formats.OtherFormat(each) for each in also or ()]
    chosen = {"force": force, "is_coarse": is_coarse, "with_runs": with_runs}
    with told_in_one_sentence():
        at, engine = parse_as_of(as_of) if as_of else None, open_database(db)
        report = export_snapshot(engine, paths[0], at, snapshot.Profile(profile), formats=others, **chosen)
    for file in report.files:
        typer.echo(f"{file.rows:>10,} rows  {file.name}")
    sys.stderr.write(f"written to {report.directory}\n")


def _show_difference(one: Path, other: Path, output: Format | None) -> None:
    from reporting.export_diff.report import diff_snapshots

    with told_in_one_sentence():
        report = diff_snapshots(one, other, limit=50)
    show(report, output)
