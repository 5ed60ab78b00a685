"""Options that several commands share, and telling failures in one sentence."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reporting.tables import Tabular

UNHEALTHY = 3

Database = Annotated[
    str | None,
    typer.Option(
        "--db",
        envvar="FAPAI_DB",
        show_envvar=True,
        metavar="URL",
        help="Database: sqlite:///FILE or postgresql://HOST/NAME. Default: a file in your data directory.",
    ),
]


class Format(StrEnum):
    """How data is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class Profile(StrEnum):
    """For whom a snapshot is written."""

    RESEARCH = "research"
    EXCEL = "excel"


OutputFormat = Annotated[
    Format | None, typer.Option("--format", help="Default: table on a terminal, csv in a pipe.", show_default=False)
]


TableMapping = Annotated[
    str | None, typer.Option("--mapping", metavar="NAME|FILE.toml", help="Read a foreign table by this mapping.")
]
SeenAt = Annotated[
    str | None,
    typer.Option("--observed-at", metavar="TIME", help="When the pages were seen, where nothing in them tells."),
]


@contextmanager
def told_in_one_sentence() -> Iterator[None]:
    """Expected failures end the command with one sentence on standard error: exit code 1, or 2 for wrong usage."""
    from crawler.errors import BadMapping, MissingPath, ReadError, UnknownSource
    from crawler.orders import WrongOrders
    from reporting.errors import ReportError, WrongFilter
    from store.errors import StoreError

    try:
        yield
    except (WrongFilter, UnknownSource, WrongOrders) as failure:
        typer.echo(f"fapai: {failure}", err=True)
        raise typer.Exit(2) from None
    except (StoreError, ReadError, BadMapping, MissingPath, ReportError) as failure:
        typer.echo(f"fapai: {failure}", err=True)
        raise typer.Exit(1) from None


def open_database(url: str | None, *, make_if_absent: bool = False) -> "Engine":
    """The engine of a database whose tables fit the program; who only reads is told which sources are left alone.

    Raises:
        StoreError: it cannot be opened, or its tables are of another version.
    """
    from store.engine import default_url, names_missing_file, open_engine
    from store.errors import SchemaMismatch
    from store.schema import NO_DATABASE, require_current

    address = url or default_url()
    if names_missing_file(address) and not make_if_absent:
        raise SchemaMismatch(NO_DATABASE)
    engine = open_engine(address)
    require_current(engine, make_if_absent=make_if_absent)
    if not make_if_absent:
        from fapai.health import tell_pauses

        tell_pauses(engine)
    return engine


def parse_instant(text: str) -> datetime:
    """``2021-07-19``, ``2021-07-19T15:20`` or with an offset; Asia/Shanghai where no offset is given."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date or time: write 2021-07-19 or 2021-07-19T15:20+08:00") from None
    zoned = instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return zoned.astimezone(UTC)


def show(report: "Tabular", output: Format | None) -> None:
    """Print a report: as a table on a terminal, as CSV in a pipe, or as asked."""
    from reporting import render

    if isinstance(sys.stdout, io.TextIOWrapper) and output is not Format.TABLE:
        sys.stdout.reconfigure(newline="")  # CSV brings its own ends of lines
    chosen = render.Format(output) if output else render.default_format(sys.stdout)
    render.render(report, chosen, sys.stdout)
