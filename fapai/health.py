"""The command on the health of sources, and the line about paused ones on top of every report."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fapai.options import Database, OutputFormat, open_database, show, told_in_one_sentence

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer()


@app.command()
def health(
    weekly: Annotated[bool, typer.Option("--weekly", help="The digest of the last seven days.")] = False,
    prometheus: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it as metrics for Prometheus, into a file or, with -, to be read."),
    ] = None,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show how each source stands: verdict, stated against collected, what is told less, what is paused.

    Example: fapai health --weekly
    """
    from reporting.health import health_report, weekly_digest
    from reporting.metrics import metrics_text
    from store.engine import reading

    now = datetime.now(UTC)
    with told_in_one_sentence():
        with reading(open_database(db)) as connection:
            if prometheus is not None:
                _write_metrics(metrics_text(connection, now), prometheus)
                return
            report = weekly_digest(connection, now) if weekly else health_report(connection, now)
        show(report, output)


def _write_metrics(text: str, path: Path) -> None:
    """Written aside and moved into place: a collector of text files must never read half of one.

    Raises:
        CannotWrite: the file cannot be written.
    """
    from store.errors import CannotWrite

    if path == Path("-"):
        sys.stdout.write(text)
        return
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_text(text, "utf-8")
        draft.replace(path)
    except OSError as error:
        raise CannotWrite(f"the metrics cannot be written to {path}: {error.strerror}") from None


def tell_pauses(engine: "Engine") -> None:
    """Say on standard error which sources are left alone: what a report shows of them grows old."""
    from store.engine import reading
    from store.health import standing_pauses

    with reading(engine) as connection:
        pauses = standing_pauses(connection, datetime.now(UTC))
    for source, pause in pauses.items():
        until = f"{pause.until:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{source} is left alone until {until}, its listings may be out of date: {pause.why}", err=True)
