"""Commands on the installation and the database: sources, doctor, db."""

import json
from typing import TYPE_CHECKING

import typer

from fapai.options import UNHEALTHY, Database, Format, OutputFormat, open_database, told_in_one_sentence

if TYPE_CHECKING:
    from store.read import SourceHealth

app = typer.Typer()
database = typer.Typer(help="The database: upgrade its tables, check that it is sound.", no_args_is_help=True)


@app.command()
def sources(output: OutputFormat = None, db: Database = None) -> None:
    """Show which sources can be read, and when each was last read well.

    Example: fapai sources --format json
    """
    from crawler.sources import source_specs, spider_names

    health = _health(db)
    rows = []
    for name, spec in source_specs().items():
        seen = health.get(name)
        rows.append(
            {
                "source": name,
                "title": spec.title,
                "about": spec.about,
                "home_url": spec.home_url,
                "is_crawled": name in spider_names(),
                "is_walled": spec.is_walled,
                "fixtures": spec.fixtures,
                "readers": [reader.name for reader in spec.readers],
                "last_run_at": seen and seen.last_run_at and seen.last_run_at.isoformat(),
                "last_verdict": seen and seen.last_verdict,
                "last_healthy_at": seen and seen.last_healthy_at and seen.last_healthy_at.isoformat(),
                "listings": seen.listings if seen else 0,
            }
        )
    _show_sources(rows, output)


@app.command()
def doctor(db: Database = None) -> None:
    """Look at this installation and its database, and say what is wrong.

    Example: fapai doctor
    """
    from fapai.diagnosis import diagnose

    findings = diagnose(db)
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.is_fine else 'BAD '} {finding.topic:18} {finding.words}")
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(UNHEALTHY)


@database.command()
def upgrade(db: Database = None) -> None:
    """Make the tables, or bring them up to this version.

    Example: fapai db upgrade
    """
    from store.engine import default_url, open_engine
    from store.schema import upgrade as upgrade_tables

    with told_in_one_sentence():
        engine = open_engine(db or default_url())
        upgrade_tables(engine)
        typer.echo(f"the tables are up to date: {engine.url.render_as_string()}")


@database.command()
def check(db: Database = None) -> None:
    """Check that the database is whole: its own integrity, and rows that point nowhere.

    Example: fapai db check
    """
    from store.schema import integrity_problems

    with told_in_one_sentence():
        problems = integrity_problems(open_database(db))
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(UNHEALTHY)
    typer.echo("the database is sound")


def _health(db: str | None) -> "dict[str, SourceHealth]":
    """Health by source; empty where there is no database yet."""
    from store.engine import reading
    from store.errors import StoreError
    from store.read import source_health

    try:
        with reading(open_database(db)) as connection:
            return source_health(connection)
    except StoreError:
        return {}


def _show_sources(rows: list[dict[str, object]], output: Format | None) -> None:
    if output is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    from reporting.tables import Column, print_rows

    columns = [
        Column("source", "source"),
        Column("title", "title"),
        Column("fixtures", "proven on"),
        Column("is_walled", "walled"),
        Column("listings", "listings"),
        Column("last_verdict", "last run"),
        Column("last_healthy_at", "last healthy"),
    ]
    print_rows(rows, columns, output)
