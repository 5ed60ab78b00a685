"""The command line: ``fapai …`` or ``python -m fapai …``."""

import os
import sys
from typing import Annotated

import typer

import fapai.buyer
import fapai.research
import fapai.statistics  # noqa: F401  # the three add their reports to those of output
from fapai import admin, collect, linking, output, pairing, serve, timetable, trial, watch

app = typer.Typer(
    name="fapai",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # tracebacks with local values would show secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"fapai {version('fapai')}")
        except PackageNotFoundError:
            typer.echo("fapai, from a checkout that is not installed")
        raise typer.Exit


app.add_typer(trial.app)
app.add_typer(collect.app)
app.add_typer(linking.app, name="link")
app.add_typer(output.reports, name="report")
app.add_typer(output.app)
app.add_typer(serve.app)
app.add_typer(pairing.app)
app.add_typer(watch.app, name="watch")
app.add_typer(watch.alerts, name="alert")
app.add_typer(timetable.app, name="schedule")
app.add_typer(admin.app)
app.add_typer(admin.database, name="db")


@app.callback()
def describe(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Tracks foreclosed homes: court auctions and bank direct sales, their rounds and price cuts.

    Start with: fapai demo
    """


def main() -> None:
    """Run the command line; the exit codes are those of design: 0 done, 1 failed, 2 wrong usage, 3 unhealthy."""
    try:
        app()
    finally:
        _let_go_of_output()


def _let_go_of_output() -> None:
    """Print what is left; a reader that has gone away (``| head -1``) is no error, and Python would tell of one."""
    if sys.__stdout__ is None:
        return
    try:
        sys.stdout.flush()
        sys.__stdout__.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


if __name__ == "__main__":
    main()
