"""Commands on the installation and the database: sources, doctor, db."""

from typing import Annotated

import typer

from fapai import health, housekeeping, keeping
from fapai.options import UNHEALTHY, Database, Format, OutputFormat, open_database, show, told_in_one_sentence

app = typer.Typer()
app.add_typer(health.app)
app.add_typer(housekeeping.archive, name="archive")
database = typer.Typer(
    help="The database: upgrade, check, back up, restore.\n\nExample: fapai db check", no_args_is_help=True
)
database.command()(housekeeping.backup)
database.command()(housekeeping.restore)
database.command()(keeping.rollups)


@app.command()
def sources(output: OutputFormat = None, db: Database = None) -> None:
    """Show which sources can be read, and when each was last read well.

    Example: fapai sources --format json
    """
    from fapai.source_list import list_sources

    with told_in_one_sentence():
        show(list_sources(db), output)


@app.command()
def doctor(
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show instead of how many listings each field is known.")
    ] = False,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Look at this installation and its database, and say what is wrong.

    Example: fapai doctor --coverage
    """
    from fapai.diagnosis import diagnose

    if coverage:
        _show_coverage(db, output)
        return
    findings = diagnose(db)
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.is_fine else 'BAD '} {finding.topic:18} {finding.words}")
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(UNHEALTHY)


def _show_coverage(db: str | None, output: Format | None) -> None:
    from reporting.field_coverage import field_coverage
    from store.engine import reading

    with told_in_one_sentence(), reading(open_database(db)) as connection:
        show(field_coverage(connection), output)


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
        keeping.keep_rollups(engine)
        typer.echo(f"the tables are up to date: {engine.url.set(query={}).render_as_string()}")


@database.command()
def check(
    read_pages: Annotated[
        bool, typer.Option("--read-pages", help="Also read every page of the archive; takes its time.")
    ] = False,
    db: Database = None,
) -> None:
    """Check that the database is whole: its integrity, rows that point nowhere, its pages in the archive, its rollups.

    Example: fapai db check
    """
    from store.archive_care import archive_problems
    from store.engine import archive_root
    from store.schema import integrity_problems

    with told_in_one_sentence():
        engine = open_database(db)
        root = archive_root(engine.url.render_as_string(hide_password=False))
        problems = integrity_problems(engine)
        if not problems:
            problems += keeping.rollup_problems(engine)
        problems += archive_problems(engine, root, is_thorough=read_pages)
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(UNHEALTHY)
    typer.echo("the database is sound")
