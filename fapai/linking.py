"""Commands that say which listings are of one home: link and its review, decide, match, words; and report batches."""

import csv
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fapai.filter_options import Limit, filtered
from fapai.keeping import keep_rollups
from fapai.options import (
    UNHEALTHY,
    Database,
    OutputFormat,
    SeenAt,
    TableMapping,
    open_database,
    parse_instant,
    show,
    told_in_one_sentence,
)
from fapai.output import reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from reporting.filters import Filters
    from reporting.review import DoubtfulPair

app = typer.Typer(invoke_without_command=True)

Which = Annotated[str, typer.Argument(metavar="LISTING", help="A listing's number, or SOURCE:ID as its site names it.")]
Author = Annotated[str, typer.Option("--author", envvar="USER", help="Who says so; stands beside the decision.")]


@app.callback()
def link(
    context: typer.Context,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Link everything anew, from nothing.")] = False,
    explain: Annotated[
        tuple[str, str] | None,
        typer.Option("--explain", metavar="A B", help="Why two listings are one home, or are not."),
    ] = None,
    db: Database = None,
) -> None:
    """Find the listings that are of one home: every round, on every platform, by every seller.

    After a crawl it looks only at what is new or changed; the words of persons are kept, whatever is rebuilt.

    Example: fapai link --explain ali_judicial:562847129355 jd_judicial:115839021
    """
    if (command := context.invoked_subcommand) is not None:
        given = [f"--{name}" for name in context.params if _is_written(context, name)]
        if given:  # or a word would go to another database than the one that was named
            raise typer.BadParameter(f"options of link {command} stand behind it", param_hint=", ".join(given))
        return
    from store.engine import reading, writing
    from tracking.explain import explain_pair
    from tracking.linking import link_database

    with told_in_one_sentence():
        engine = open_database(db)
        if explain is not None:
            with reading(engine) as connection:
                typer.echo("\n".join(explain_pair(connection, *explain)))
            return
        with writing(engine) as connection:
            done = link_database(connection, datetime.now(UTC), rebuild=rebuild)
        keep_rollups(engine)
    typer.echo(
        f"{done.listings:,} listings looked at: {done.homes:,} homes, {done.linked:,} listings share one with another; "
        f"{done.decided:,} new decisions, {done.superseded:,} superseded, {done.doubts:,} pairs in doubt"
    )
    if done.doubts:
        typer.echo("look at the doubtful pairs: fapai link review")


def _is_written(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


@app.command()
def review(
    limit: Annotated[int, typer.Option(min=1, help="At most so many pairs.")] = 20,
    author: Author = "somebody",
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show the pairs that wait for a person, the nearest to being one home first, side by side.

    On a terminal one key settles a pair, as link decide does; with --format, and in a pipe, they are listed.

    Example: fapai link review --limit 5
    """
    from reporting.review import find_doubtful_pairs
    from store.engine import reading

    with told_in_one_sentence():
        engine = open_database(db)
        with reading(engine) as connection:
            found = find_doubtful_pairs(connection, limit)
        if output is None and found.rows and sys.stdin.isatty() and sys.stdout.isatty():
            _review_by_keys(engine, found.rows[:limit], author)
        else:
            show(found, output)


def _review_by_keys(engine: "Engine", pairs: "Sequence[DoubtfulPair]", author: str) -> None:
    from rich.console import Console

    from fapai.review_session import ReviewSession, run_session, single_keys
    from store.engine import writing
    from store.terms import Judgement
    from tracking.linking import link_database
    from tracking.words import add_word

    def write(pair: "DoubtfulPair", judgement: Judgement) -> None:
        with writing(engine) as connection:
            add_word(connection, (pair.one, pair.other), judgement, author, "in review", datetime.now(UTC))

    session = ReviewSession(pairs, write)
    with single_keys() as read_key:
        run_session(session, Console(highlight=False, markup=False, emoji=False), read_key)
    with writing(engine) as connection:
        link_database(connection, datetime.now(UTC))
    keep_rollups(engine)
    same, different = session.count(Judgement.SAME), session.count(Judgement.DIFFERENT)
    typer.echo(f"noted: {same:,} same, {different:,} different; {len(pairs) - same - different:,} left as they are")


@app.command()
def decide(
    one: Which,
    other: Which,
    judgement: Annotated[str, typer.Argument(metavar="same|different|unsure", help="unsure takes a word back.")],
    author: Author = "somebody",
    because: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    db: Database = None,
) -> None:
    """Record a person's word about two listings; it wins over the linker and stays.

    Example: fapai link decide ali_judicial:562847129355 jd_judicial:115839021 same
    """
    from store.engine import writing
    from store.terms import Judgement
    from tracking.linking import link_database
    from tracking.words import add_word

    if judgement not in set(Judgement):
        raise typer.BadParameter("say same, different or unsure", param_hint="JUDGEMENT")
    now = datetime.now(UTC)
    with told_in_one_sentence():
        engine = open_database(db)
        with writing(engine) as connection:
            add_word(connection, (one, other), Judgement(judgement), author, because, now)
            link_database(connection, now)
        keep_rollups(engine)
    typer.echo(f"noted: {one} and {other}: {judgement}")


@app.command()
def match(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders, patterns or zips.", metavar="PATH...")],
    mapping: TableMapping = None,
    observed_at: SeenAt = None,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Tell of which known homes the listings of saved pages or tables are; nothing is stored.

    Example: fapai link match page.html
    """
    from crawler.intake.mapping import load_mapping
    from crawler.look import Trouble, look_at
    from reporting.matches import find_matches
    from reporting.render import clean
    from store.engine import reading
    from tracking.offers import offer_of

    at = parse_instant(observed_at) if observed_at else None
    offers = []
    has_trouble = False
    with told_in_one_sentence():
        table = load_mapping(mapping) if mapping else None
        engine = open_database(db)
        for seen in look_at(paths, table, at):
            if isinstance(seen, Trouble):
                has_trouble = True
                typer.echo(clean(f"{seen.origin}: {seen.reason}"), err=True)
            else:
                offers.append(offer_of(*seen))
        with reading(engine) as connection:
            found = find_matches(connection, offers)
    show(found, output)
    for note in found.notes:
        typer.echo(note, err=True)
    if not offers and not has_trouble:
        typer.echo(
            "fapai: none of these files is a page of a known source; see: fapai capture --list-mappings", err=True
        )
        raise typer.Exit(1)
    if has_trouble:
        raise typer.Exit(UNHEALTHY)


@app.command()
def words(
    read: Annotated[Path | None, typer.Option("--import", metavar="FILE", help="Take the words in a CSV file.")] = None,
    db: Database = None,
) -> None:
    """Print what persons decided as CSV, or take it from such a file: so a team shares its decisions.

    Example: fapai link words --import decisions.csv
    """
    from store.engine import reading, writing
    from tracking.linking import link_database
    from tracking.words import COLUMNS, read_words, written_words

    with told_in_one_sentence():
        engine = open_database(db)
        if read is None:
            with reading(engine) as connection:
                csv.writer(sys.stdout, lineterminator="\n").writerows([COLUMNS, *written_words(connection)])
            return
        now = datetime.now(UTC)
        with writing(engine) as connection:
            count = read_words(connection, read, now)
            link_database(connection, now)
        keep_rollups(engine)
        typer.echo(f"{count:,} decisions taken from {read}")


@reports.command()
@filtered(of_prices=True, only=("source", "city", "kind", "seller_kind", "round_kind", "max_price", "since", "as_of"))
def batches(
    filters: "Filters",
    least: Annotated[int, typer.Option("--least", min=3, help="Only batches of at least so many homes.")] = 3,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show homes that one seller offers together, each batch in one line: how many, from what price to what.

    Example: fapai report batches --city 合肥市 --least 10
    """
    from reporting.batches import BatchQuestion
    from reporting.batches import batches as find_batches
    from store.engine import reading

    with reading(open_database(db)) as connection:
        report = find_batches(connection, BatchQuestion(filters, least, limit))
    show(report, output)
