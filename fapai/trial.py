"""The trial: ``fapai demo``."""

from pathlib import Path
from typing import Annotated

import typer

from fapai.options import UNHEALTHY, told_in_one_sentence

app = typer.Typer()


@app.command()
def demo(
    keep: Annotated[Path | None, typer.Option(metavar="DIR", help="Write database, archive and snapshot here.")] = None,
) -> None:
    """Play recorded pages from a server on this machine, crawl them date by date, and show the price cuts.

    Needs no network and no settings. Example: fapai demo --keep trial
    """
    from fapai.demo import play_demo

    with told_in_one_sentence():
        is_as_expected = play_demo(keep)
    if not is_as_expected:
        raise typer.Exit(UNHEALTHY)
