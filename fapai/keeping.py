"""Rollups of standing reports, kept after whatever brings listings or links them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from fapai.options import UNHEALTHY, Database, open_database, told_in_one_sentence

if TYPE_CHECKING:
    from sqlalchemy import Engine


def keep_rollups(engine: "Engine") -> None:
    """Bring rollups up to what is known now; what a small crawl has seen may wait for the next, or for a report.

    Raises:
        CannotWrite: the database cannot be written.
    """
    from reporting.rollups.upkeep import ENOUGH, keep

    keep(engine, datetime.now(UTC), ENOUGH)


def rollup_problems(engine: "Engine") -> list[str]:
    """Where rollups are not as counted anew: of every listing, about a minute of CPU a million."""
    from reporting.rollups.upkeep import problems

    return problems(engine, datetime.now(UTC))


def rollups(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Count all anew, from nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Compare with counting anew; changes nothing.")] = False,
    db: Database = None,
) -> None:
    """Keep the figures of standing reports (counts, clearance, cut-groups) ready; crawls and links do it by themselves.

    Example: fapai db rollups --check
    """
    from reporting.rollups.upkeep import keep
    from reporting.rollups.upkeep import rebuild as count_anew

    with told_in_one_sentence():
        engine = open_database(db)
        problems = rollup_problems(engine) if check else []
        if rebuild and not check:
            count_anew(engine, datetime.now(UTC))
        elif not check:
            keep(engine, datetime.now(UTC))
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(UNHEALTHY)
    typer.echo("rollups are as counted anew" if check else "rollups are up to date")
