"""Ask a report of the database and print it: what the commands of all reports do alike."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import typer

from fapai.options import Format, open_database, show
from fapai.plot_option import check_plot, draw_plot

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from reporting.filters import Filters
    from reporting.plots.options import Option
    from reporting.tables import Tabular

Report = TypeVar("Report", bound="Tabular")


def answer(
    find: "Callable[[Connection], Report]",
    filters: "Filters",
    output: Format | None,
    db: str | None,
    plot: "Path | None" = None,
    draw: "Callable[[Report], Option] | None" = None,
) -> None:
    """Find a report, draw it where a plot is asked for, and print it.

    What the filters cannot mean is told beneath a table; beside a file, which has no room for words, as a warning.

    Args:
        find: asks the open database.
        filters: what was asked for.
        output: table, csv or json; by where it goes where ``None``.
        db: the database's address, or the default one.
        plot: the file to draw into.
        draw: makes the plot of the report.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    from reporting.asked import filter_notes, require_sources
    from reporting.render import default_format
    from reporting.tables import Noted
    from store.engine import reading

    check_plot(plot)
    with reading(open_database(db)) as connection:
        require_sources(connection, filters.sources)
        notes = list(filter_notes(connection, filters))
        report = find(connection)
    if draw is not None:
        drawing = draw
        draw_plot(plot, lambda: drawing(report))
    if (output or default_format(sys.stdout)) != Format.TABLE:
        for note in notes:
            typer.echo(f"fapai: {note}", err=True)
    show(Noted(report, notes), output)
