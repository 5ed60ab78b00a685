"""Commands that give something out: report, export."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fapai.filter_options import AsOf, Limit, filtered
from fapai.options import Database, OutputFormat, Profile, open_database, show, told_in_one_sentence
from fapai.plot_option import Plot, check_plot, draw_plot

if TYPE_CHECKING:
    from reporting.filters import Filters

app = typer.Typer()
reports = typer.Typer(
    help="Reports: price cuts, repeats, the ladder of a home, changes, questions.", no_args_is_help=True
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
    from reporting.plots.cuts import plot_cuts
    from reporting.price_cuts import PriceCutQuestion
    from reporting.price_cuts import price_cuts as find_price_cuts
    from store.engine import reading

    check_plot(plot)
    with reading(open_database(db)) as connection:
        report = find_price_cuts(connection, PriceCutQuestion(filters, every, limit))
    table = report.table()
    draw_plot(plot, lambda: plot_cuts([row.cut_percent for row in table.rows], measure=table.measure))
    show(report, output)


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
    from store.engine import reading

    with reading(open_database(db)) as connection:
        report = find_repeats(connection, RepeatQuestion(filters, least, limit))
    show(report, output)


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
    from store.engine import reading

    check_plot(plot)
    with reading(open_database(db)) as connection:
        report = find_ladder(connection, home, filters)
    draw_plot(plot, lambda: plot_ladder(report))
    show(report, output)


@reports.command()
@filtered()
def questions(filters: "Filters", limit: Limit = 50, output: OutputFormat = None, db: Database = None) -> None:
    """Show what in the data cannot be right, or needs a second look before it is a bargain.

    Example: fapai report questions --city 福州市
    """
    from reporting.questions import find_questions
    from store.engine import reading

    with reading(open_database(db)) as connection:
        report = find_questions(connection, filters, limit)
    show(report, output)


@reports.command()
@filtered()
def changes(filters: "Filters", limit: Limit = 50, output: OutputFormat = None, db: Database = None) -> None:
    """Show what happened: cuts, new rounds, moved days, results, what is gone and what is back.

    Example: fapai report changes --since 2026-09-01
    """
    from reporting.changes import find_changes
    from store.engine import reading

    with reading(open_database(db)) as connection:
        report = find_changes(connection, filters, limit)
    show(report, output)


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write into.")],
    profile: Annotated[
        Profile, typer.Option(help="research: plain; excel: with BOM and guarded formulas.")
    ] = Profile.RESEARCH,
    as_of: AsOf = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that holds other files too.")] = False,
    db: Database = None,
) -> None:
    """Write a snapshot: one CSV for each table, and a manifest with hashes.

    Example: fapai export snapshot --as-of 2026-09-01
    """
    from reporting import snapshot
    from reporting.export import export_snapshot
    from reporting.filters import parse_as_of

    with told_in_one_sentence():
        at = parse_as_of(as_of) if as_of else None
        report = export_snapshot(open_database(db), directory, at, snapshot.Profile(profile), force=force)
    for file in report.files:
        typer.echo(f"{file.rows:>10,} rows  {file.name}")
    sys.stderr.write(f"written to {report.directory}\n")
