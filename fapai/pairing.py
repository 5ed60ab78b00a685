"""The command that pairs a browser: pair."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from fapai.options import Database, open_database, told_in_one_sentence

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer()
PORT = 8765


@app.command()
def pair(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of fapai serve.")] = PORT,
    list_pairings: Annotated[bool, typer.Option("--list", help="Show when pairings were made.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="End all pairings.")] = False,
    db: Database = None,
) -> None:
    """Make a token for the companion in your browser; it is shown this once, and only its hash is kept.

    Example: fapai pair
    """
    from reporting.web.pairing import forget_pairings, pairings, pairings_path
    from store.engine import writing

    with told_in_one_sentence():
        engine = open_database(db, make_if_absent=True)
        path = pairings_path(engine.url.render_as_string(hide_password=False))
        if list_pairings:
            typer.echo("\n".join(pairings(path)) or "no browser is paired", err=False)
        elif forget:
            with writing(engine):
                count = forget_pairings(path)
            typer.echo(f"{count:,} pairing{'s' * (count != 1)} ended")
        else:
            typer.echo(new_pairing(engine, port))
            typer.echo("copy this line into the options of the companion; it is not shown again", err=True)


def new_pairing(engine: "Engine", port: int) -> str:
    """A new pairing: the line for the companion's options.

    Raises:
        BadSecrets: the file of pairings cannot be read or written.
    """
    from reporting.web.pairing import make_token, pairing_line, pairings_path
    from store.engine import writing

    path = pairings_path(engine.url.render_as_string(hide_password=False))
    with writing(engine):  # one process at a time writes the file
        return pairing_line(port, make_token(path, datetime.now(UTC)))


def first_pairing(engine: "Engine", port: int) -> str | None:
    """For ``fapai serve``: the line of a first pairing; ``None`` where a browser is paired already.

    Raises:
        BadSecrets: the file of pairings cannot be read or written.
    """
    from reporting.web.pairing import pairings, pairings_path

    path = pairings_path(engine.url.render_as_string(hide_password=False))
    return None if pairings(path) else new_pairing(engine, port)
