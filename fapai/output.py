"""Commands that give something out: report, export."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from fapai.options import Database, OutputFormat, Profile, open_database, show, told_in_one_sentence

app = typer.Typer()
reports = typer.Typer(help="Reports: price cuts.", no_args_is_help=True)

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As known at the end of that day (Asia/Shanghai), or at an instant."),
]


@reports.command("price-cuts")
def price_cuts(
    every: Annotated[
        bool, typer.Option("--all", help="Every cut ever, instead of listings that are cheaper now.")
    ] = False,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable.")] = None,
    city: Annotated[list[str] | None, typer.Option(help="Only this city; repeatable.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind of property, such as flat.")] = None,
    seller_kind: Annotated[list[str] | None, typer.Option(help="Only this kind of seller, such as state_bank.")] = None,
    round_kind: Annotated[list[str] | None, typer.Option("--round", help="Only this round, such as sell_off.")] = None,
    min_cut: Annotated[str | None, typer.Option(metavar="10%|50000", help="Only cuts of at least so much.")] = None,
    max_price: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Only what costs no more now.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only cuts observed since then.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows of a table; csv and json hold all.")] = 50,
    as_of: AsOf = None,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show which listings have become cheaper, by how much and when.

    Example: fapai report price-cuts --city 合肥市 --min-cut 10%
    """
    from reporting.filters import parse_filters
    from reporting.price_cuts import PriceCutQuestion
    from reporting.price_cuts import price_cuts as find_price_cuts
    from store.engine import reading

    with told_in_one_sentence():
        filters = parse_filters(
            source=source or (),
            city=city or (),
            kind=kind or (),
            seller_kind=seller_kind or (),
            round_kind=round_kind or (),
            min_cut=min_cut,
            max_price=max_price,
            since=since,
            as_of=as_of,
        )
        with reading(open_database(db)) as connection:
            report = find_price_cuts(connection, PriceCutQuestion(filters, every, limit))
        show(report, output)


@app.command()
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write into.")],
    profile: Annotated[
        Profile, typer.Option(help="research: plain; excel: with BOM and guarded formulas.")
    ] = Profile.RESEARCH,
    as_of: AsOf = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that holds other files too.")] = False,
    db: Database = None,
) -> None:
    """Write a snapshot: one CSV for each table, and a manifest with hashes.

    Example: fapai export snapshot --as-of 2026-09-01
    """
    from reporting import snapshot
    from reporting.export import export_snapshot
    from reporting.filters import parse_as_of

    with told_in_one_sentence():
        at = parse_as_of(as_of) if as_of else None
        report = export_snapshot(open_database(db), directory, at, snapshot.Profile(profile), force=force)
    for file in report.files:
        typer.echo(f"{file.rows:>10,} rows  {file.name}")
    sys.stderr.write(f"written to {report.directory}\n")
