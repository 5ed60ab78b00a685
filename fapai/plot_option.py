"""The option ``--plot`` of reports that can be drawn."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw into FILE too, .svg or .png (extra: plots)."),
]


def check_plot(path: Path | None) -> None:
    """See before the work that the file can be drawn; nothing without ``--plot``."""
    if path is not None:
        from reporting.plots.draw import check_plot_path

        check_plot_path(path)


def draw_plot(path: Path | None, make_option: Callable[[], dict[str, Any]]) -> None:
    """Draw the option of ECharts into the file; nothing without ``--plot``."""
    if path is not None:
        from reporting.plots.draw import write_plot

        write_plot(make_option(), path)
