"""Ask a report of the database and print it: what the commands of all reports do alike."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from fapai.options import open_database, show
from fapai.plot_option import check_plot, draw_plot

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from fapai.options import Format
    from reporting.plots.options import Option
    from reporting.tables import Tabular

Report = TypeVar("Report", bound="Tabular")


def answer(
    find: "Callable[[Connection], Report]",
    output: "Format | None",
    db: str | None,
    plot: "Path | None" = None,
    draw: "Callable[[Report], Option] | None" = None,
) -> None:
    """Find a report, draw it where a plot is asked for, and print it.

    Args:
        find: asks the open database.
        output: table, csv or json; by where it goes where ``None``.
        db: the database's address, or the default one.
        plot: the file to draw into.
        draw: makes the plot of the report.
    """
    from store.engine import reading

    check_plot(plot)
    with reading(open_database(db)) as connection:
        report = find(connection)
    if draw is not None:
        drawing = draw
        draw_plot(plot, lambda: drawing(report))
    show(report, output)
