"""The trial: ``fapai demo``."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from fapai.options import UNHEALTHY, told_in_one_sentence

app = typer.Typer()


@app.command()
def demo(
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Write database, archive and snapshot here.")] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Then show it in a browser, as fapai serve does.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Of --serve; 0: any that is free.")] = 8765,
) -> None:
    """Play recorded pages from a server on this machine, crawl them date by date, and show the price cuts.

    Needs no network and no settings. Example: fapai demo --keep trial --serve
    """
    from fapai.demo import play_demo

    with told_in_one_sentence():
        is_as_expected = play_demo(keep, partial(_serve, port) if serve else None)
    if not is_as_expected:
        raise typer.Exit(UNHEALTHY)


def _serve(port: int, database_url: str) -> None:
    """Serve the finished database on loopback until interrupted."""
    from fapai.serve import make_settings, run_server
    from store.engine import open_engine

    host = "127.0.0.1"
    run_server(make_settings(open_engine(database_url), host, False, None, []), host, port)
