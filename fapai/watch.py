"""Commands that tell what is new: watch add, list, show, edit, pause, resume, remove, test, outbox; alert run."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fapai.filter_options import Limit, bundled, filtered
from fapai.options import UNHEALTHY, Database, OutputFormat, open_database, show, told_in_one_sentence

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from reporting.alerts.manage import Asked
    from reporting.filters import Filters

app = typer.Typer(
    help="Watches: saved searches and homes, of which you are told what is new.\n\nExample: fapai watch list",
    no_args_is_help=True,
)
alerts = typer.Typer(
    help="Alerts: tell what is new to the watches.\n\nExample: fapai alert run",
    no_args_is_help=True,
)


class Digest(StrEnum):
    """How often a watch speaks."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"


class Language(StrEnum):
    """Of messages."""

    EN = "en"
    ZH = "zh"


class State(StrEnum):
    """What became of a message."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"


FILTERS = ("source", "city", "kind", "seller_kind", "round_kind", "max_price")
WHAT_IS_WATCHED = filtered(of_prices=True, only=FILTERS)

Named = Annotated[str, typer.Argument(metavar="NAME", help="The name of the watch.")]
Home = Annotated[
    str | None, typer.Option("--property", metavar="HOME", help="One home: its number, or SOURCE:ID of a listing.")
]
Cut = Annotated[str | None, typer.Option("--cut", metavar="5%|50000", help="Tell falls of the price from so much on.")]
Lowest = Annotated[
    bool | None, typer.Option("--lowest-ever/--no-lowest-ever", help="Tell that a home is cheaper than ever.")
]
Deadline = Annotated[
    str | None, typer.Option("--deadline", metavar="3d|12h", help="Tell starts and ends so long before.")
]
Events = Annotated[
    list[str] | None, typer.Option("--event", help="Tell this, such as new, cut, new_round, sold; repeatable.")
]
To = Annotated[
    list[str] | None,
    typer.Option("--to", metavar="ADDRESS", help="Apprise address (mail, chat, webhook); - reads lines of stdin."),
]
Atom = Annotated[list[str] | None, typer.Option("--atom", metavar="FILE", help="Atom feed to write.")]
Calendar = Annotated[list[str] | None, typer.Option("--icalendar", metavar="FILE", help="Calendar to write.")]
Pace = Annotated[Digest | None, typer.Option("--digest", help="Tell at once, or together daily or weekly.")]
At = Annotated[str | None, typer.Option("--at", metavar="08:00", help="Time of day of a digest.")]
On = Annotated[str | None, typer.Option("--on", metavar="monday", help="Day of a weekly digest.")]
Quiet = Annotated[str | None, typer.Option("--quiet", metavar="22:00-07:30|none", help="Send nothing meanwhile.")]
Zone = Annotated[str | None, typer.Option("--zone", help="Time zone of these times, such as Asia/Shanghai.")]
InLanguage = Annotated[Language | None, typer.Option("--language", help="Of the messages.")]
WISHES = {"home": Home, "cut": Cut, "lowest_ever": Lowest, "deadline": Deadline, "events": Events}
CHANNELS = {"to": To, "atom": Atom, "icalendar": Calendar}
HOURS = {"digest": Pace, "at": At, "on": On, "quiet": Quiet, "zone": Zone, "language": InLanguage}
HOW_IT_IS_TOLD = bundled("told", WISHES | CHANNELS | HOURS)


@app.command()
@WHAT_IS_WATCHED
@HOW_IT_IS_TOLD
def add(
    filters: "Filters",
    told: Mapping[str, Any],
    name: Annotated[str, typer.Option("--name", help="What the watch is called.")],
    db: Database = None,
) -> None:
    """Save a search, or watch one home; the first run of the alerts sends one summary, later ones what is new.

    Example: fapai watch add --name campo --city "Campo Grande" --cut 5% --atom campo.xml
    """
    from reporting.alerts.manage import create_watch

    engine = open_database(db)
    words = _words(filters, told)
    hours = DEFAULT_HOURS | _hours(told)
    channels = _channels(told)
    create_watch(engine, _secrets(engine), name, words, hours, channels, datetime.now(UTC))
    typer.echo(f"watching: {name}; the next fapai alert run sends one summary")


@app.command("list")
def list_(output: OutputFormat = None, db: Database = None) -> None:
    """Show all watches: what each is for and where it tells it.

    Example: fapai watch list
    """
    from reporting.alerts.lists import list_watches
    from store.engine import reading

    with told_in_one_sentence(), reading(open_database(db)) as connection:
        show(list_watches(connection), output)


@app.command("show")
def show_(name: Named, output: OutputFormat = None, db: Database = None) -> None:
    """Show one watch: what it is for, its channels by number, its last messages.

    Example: fapai watch show campo
    """
    from reporting.alerts.lists import show_watch
    from store.engine import reading

    with told_in_one_sentence(), reading(open_database(db)) as connection:
        show(show_watch(connection, name), output)


@app.command()
@WHAT_IS_WATCHED
@HOW_IT_IS_TOLD
def edit(
    filters: "Filters",
    told: Mapping[str, Any],
    name: Named,
    rename: Annotated[str | None, typer.Option("--rename", metavar="NAME", help="Call it so.")] = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", metavar="OPTION", help="Take back, such as city; repeatable.")
    ] = None,
    dropped: Annotated[
        list[int] | None, typer.Option("--drop-channel", metavar="NUMBER", help="Of watch show; repeatable.")
    ] = None,
    db: Database = None,
) -> None:
    """Change a watch: what is given takes the place of what was; where it is for something else, a summary follows.

    Example: fapai watch edit campo --cut 10% --clear city
    """
    from reporting.alerts.manage import change, check_name
    from reporting.alerts.wishes import without

    engine = open_database(db)
    words = _words(filters, told)
    values = _hours(told) | ({"name": check_name(rename)} if rename else {})

    def reword(before: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**without(before, clear or ()), **words}

    change(engine, _secrets(engine), name, reword, values, _channels(told), dropped or ())
    typer.echo(f"changed: {rename or name}")


@app.command()
def pause(name: Named, db: Database = None) -> None:
    """Let a watch be silent: nothing is noted and nothing sent until it is resumed.

    Example: fapai watch pause campo
    """
    _change(db, name, {"paused_at": datetime.now(UTC)}, f"paused: {name}")


@app.command()
def resume(name: Named, db: Database = None) -> None:
    """Let a paused watch go on; what happened meanwhile is told with the next run.

    Example: fapai watch resume campo
    """
    _change(db, name, {"paused_at": None}, f"watching again: {name}")


@app.command()
def remove(name: Named, db: Database = None) -> None:
    """Take a watch away, with its addresses and all that it has told. Its feed and calendar stay as files.

    Example: fapai watch remove campo
    """
    from reporting.alerts.manage import remove as remove_watch

    with told_in_one_sentence():
        engine = open_database(db)
        remove_watch(engine, _secrets(engine), name)
    typer.echo(f"removed: {name}")


@app.command("test")
def try_(name: Named, db: Database = None) -> None:
    """Try each channel of a watch now: a test message to addresses, a fresh copy to files.

    Example: fapai watch test campo
    """
    from reporting.alerts.manage import try_channels

    with told_in_one_sentence():
        engine = open_database(db)
        tried = try_channels(engine, _secrets(engine), name, datetime.now(UTC))
    for each in tried:
        typer.echo(f"ok  {each.channel}" if each.error is None else f"BAD {each.channel}: {each.error}")
    if any(each.error for each in tried):
        raise typer.Exit(1)


@app.command()
def outbox(
    name: Annotated[str | None, typer.Option("--watch", metavar="NAME", help="Only of this watch.")] = None,
    states: Annotated[list[State] | None, typer.Option("--state", help="Only these, such as dead.")] = None,
    retry: Annotated[
        int | None, typer.Option("--retry", metavar="ID", help="Try one that was given up again with the next run.")
    ] = None,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show the messages on their way, those that were taken and those that were given up, with the reason.

    Example: fapai watch outbox --state dead
    """
    from reporting.alerts.lists import list_outbox
    from reporting.alerts.manage import retry as retry_delivery
    from store.engine import reading
    from store.terms import DeliveryState

    with told_in_one_sentence():
        engine = open_database(db)
        if retry is not None:
            retry_delivery(engine, retry, datetime.now(UTC))
        with reading(engine) as connection:
            show(list_outbox(connection, [DeliveryState(each) for each in states or ()], name, limit), output)


@alerts.command()
def run(db: Database = None) -> None:
    """Tell what is new since the last run: into the outbox, then to the channels. Run it after fapai link.

    Ends with 3 where a message was given up or a file could not be written.

    Example: fapai alert run
    """
    from reporting.alerts.run import run_alerts

    with told_in_one_sentence():
        engine = open_database(db)
        done = run_alerts(engine, _secrets(engine))
    typer.echo(
        f"{done.news:,} news, {done.messages:,} messages made; {done.sent.taken:,} sent, {done.sent.failed:,} to be "
        f"tried again, {done.sent.dead:,} given up"
    )
    for watch in done.waiting:
        sys.stderr.write(f"{watch}\n")
    if done.unlinked:
        waiting = f"{done.unlinked:,} listings wait to be linked"
        sys.stderr.write(f"{waiting}, and may be told as homes of their own: run fapai link\n")
    for problem in done.problems:
        typer.echo(f"fapai: {problem}", err=True)
    if done.sent.dead or done.problems:
        raise typer.Exit(UNHEALTHY)


DEFAULT_HOURS: dict[str, Any] = {
    "pace": "at_once",
    "speaks_at": "08:00",
    "speaks_on": 0,
    "quiet_from": None,
    "quiet_to": None,
    "zone": "Asia/Shanghai",
    "language": "en",
}


def _words(filters: "Filters", told: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, in the words of ``reporting.alerts.wishes``."""
    from reporting.alerts.wishes import words_of

    return words_of(filters) | {name: told[name] for name in WISHES if name in told}


def _hours(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, as columns of ``watch``."""
    from reporting.alerts import hours

    values: dict[str, Any] = {}
    if "digest" in told:
        values["pace"] = told["digest"].replace("-", "_")
    if "at" in told:
        values["speaks_at"] = hours.parse_clock("at", told["at"])
    if "on" in told:
        values["speaks_on"] = hours.parse_weekday(told["on"])
    if "quiet" in told:
        values["quiet_from"], values["quiet_to"] = hours.parse_quiet(told["quiet"]) or (None, None)
    if "zone" in told:
        values["zone"] = hours.parse_zone(told["zone"])
    if "language" in told:
        values["language"] = told["language"].value
    return values


def _channels(told: Mapping[str, Any]) -> "list[Asked]":
    """The channels that were given. An address in the command line stays in the shell's history: ``-`` spares that."""
    from reporting.alerts.manage import Asked
    from store.terms import ChannelKind

    given = told.get("to", ())
    addresses = [line for each in given for line in (sys.stdin.read().split() if each == "-" else [each])]
    return [
        *(Asked(ChannelKind.APPRISE, each) for each in addresses),
        *(Asked(ChannelKind.ATOM, each) for each in told.get("atom", ())),
        *(Asked(ChannelKind.ICALENDAR, each) for each in told.get("icalendar", ())),
    ]


def _change(db: str | None, name: str, values: Mapping[str, Any], words: str) -> None:
    from reporting.alerts.manage import change

    with told_in_one_sentence():
        engine = open_database(db)
        change(engine, _secrets(engine), name, lambda before: before, values)
    typer.echo(words)


def _secrets(engine: "Engine") -> "Path":
    from reporting.alerts.secret_file import secrets_path

    return secrets_path(engine.url.render_as_string(hide_password=False))
