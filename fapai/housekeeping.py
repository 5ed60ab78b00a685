"""Commands that look after the data: backups of the database, the files of the archive."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fapai.options import Database, open_database, told_in_one_sentence

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from store.archive_care import Compacted

archive = typer.Typer(
    help="The archive of pages: fewer files, and what may go from it.\n\nExample: fapai archive compact",
    no_args_is_help=True,
)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")], db: Database = None
) -> None:
    """Copy the database into a file, also while a crawl writes; the archive and its key are files to copy beside it.

    Example: fapai db backup fapai-2026-09-01.backup
    """
    from store.backup import back_up
    from store.sealing import key_path

    with told_in_one_sentence():
        engine = open_database(db)
        back_up(engine, file)
        root = _archive_of(engine)
    typer.echo(f"the database is in {file} ({file.stat().st_size / 1e6:,.1f} MB); copy beside it")
    typer.echo(f"  the archive of pages: {root}")
    typer.echo(f"  its key: {key_path()}")


def restore(
    file: Annotated[Path, typer.Argument(help="What fapai db backup wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="In the place of the database that is there.")] = False,
    db: Database = None,
) -> None:
    """Put a backup in place, after it was checked; a database that is there stays unless it is to be replaced.

    Example: fapai db restore fapai-2026-09-01.backup --replace
    """
    from store.backup import missing_files
    from store.backup import restore as put_back
    from store.engine import default_url, open_engine

    with told_in_one_sentence():
        engine = open_engine(db or default_url())
        restored = put_back(engine, file, replace=replace)
        root = _archive_of(engine)
        files, missing = missing_files(engine, root)
    typer.echo(f"the database is that of {file}")
    if restored.replaced is not None:
        typer.echo(f"the one before lies in {restored.replaced}")
    if not restored.is_current:
        typer.echo("its tables are older than this program: run fapai db upgrade")
    typer.echo(f"{files - missing} of the {files} files that it names are in the archive, {root}")


@archive.command()
def compact(db: Database = None) -> None:
    """Join the files of the archive, a few for each crawl, into few large ones, without what no page needs.

    Example: fapai archive compact
    """
    from store.archive_care import compact as join

    with told_in_one_sentence():
        engine = open_database(db)
        _tell(join(engine, _archive_of(engine)))


@archive.command()
def prune(
    older_than: Annotated[int, typer.Option(min=1, metavar="DAYS", help="Only pages seen longer ago.")],
    kind: Annotated[
        list[str], typer.Option(help="Pages of this form (list, detail), reader or outcome (blocked); repeatable.")
    ],
    do: Annotated[bool, typer.Option("--do", help="Take them away; without it they are only counted.")] = False,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Also pages from which an observation was read.")
    ] = False,
    db: Database = None,
) -> None:
    """Take the bodies of old pages out of the archive; what they told stays. First it only counts them.

    Example: fapai archive prune --older-than 90 --kind blocked --do
    """
    from store import archive_care

    before = datetime.now(UTC) - timedelta(days=older_than)
    with told_in_one_sentence():
        engine = open_database(db)
        found = archive_care.prunable(engine, before, kind, with_evidence=evidence)
        for each in found:
            needed = f", without which reparsing {each.reader.split('.')[0]} is over" if each.read else ""
            typer.echo(f"{each.pages:>9,} pages  {each.reader:28} {each.outcome}{needed}")
        if not do:
            typer.echo("nothing was taken away: --do does it" if found else "there is nothing to take away")
            return
        _tell(archive_care.prune(engine, _archive_of(engine), before, kind, with_evidence=evidence))


def _tell(done: "Compacted") -> None:
    typer.echo(
        f"{done.files} files, {done.size / 1e6:,.1f} MB -> {done.files_after} files, {done.size_after / 1e6:,.1f} MB"
    )
    typer.echo(f"{done.dropped:,} records were left out: no page needs them")


def _archive_of(engine: "Engine") -> Path:
    from store.engine import archive_root

    return archive_root(engine.url.render_as_string(hide_password=False))
