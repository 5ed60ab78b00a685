"""Watches are added, changed, paused, tried and taken away."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, Engine, select, text

from reporting.alerts.apprise_channel import Postman, check_address
from reporting.alerts.calendar_file import write_calendar
from reporting.alerts.errors import BadChannel, ChangedMeanwhile, NoSuchWatch, NotDead, NotTaken, WatchExists
from reporting.alerts.feed import MESSAGES, feed_of
from reporting.alerts.files import check_place, replace_file
from reporting.alerts.secret_file import add_secrets, keep_secrets, read_secrets
from reporting.alerts.wishes import describe, read_wishes
from reporting.alerts.words import phrases
from reporting.errors import WrongFilter
from reporting.render import clean
from store.engine import reading, writing
from store.outbox import revive, sent_to
from store.rows import LISTING
from store.terms import ChannelKind
from store.watches import (
    StoredChannel,
    StoredWatch,
    add_channel,
    add_watch,
    change_watch,
    drop_channel,
    find_watch,
    load_channels,
    remove_watch,
)
from tracking.words import find_listing

LONGEST_NAME = 80
NO_DELIVERY = -1
WATCHES_LOCK = 7220111
"""Of PostgreSQL's advisory locks, for whoever writes the file of secrets. SQLite has one writer anyway."""


class Asked(NamedTuple):
    """A channel as it was asked for: an address of Apprise, or a file."""

    kind: ChannelKind
    place: str


class Tried(NamedTuple):
    """What came of a test of one channel; ``error`` is ``None`` where it works."""

    channel: str
    error: str | None


def create_watch(
    engine: Engine,
    secrets: Path,
    name: str,
    words: Mapping[str, Any],
    hours: Mapping[str, Any],
    channels: Sequence[Asked],
    now: datetime,
) -> None:
    """Add a watch; its first run sends one summary.

    Args:
        engine: the database.
        secrets: the file of the channels' addresses.
        name: by which it is called; unique.
        words: what it is for (``reporting.alerts.wishes.WORDS``).
        hours: the columns of ``watch`` on language and times.
        channels: at least one.
        now: the instant from which on it watches.

    Raises:
        WrongFilter: a word, the name or a channel cannot be used, or there is no channel.
        WatchExists: there is one of this name.
        UnknownListing: no home has the number or the name that is to be watched.
    """
    called = check_name(name)
    if not channels:
        raise WrongFilter("a watch needs a channel: --to ADDRESS, --atom FILE or --icalendar FILE")
    checked = [_check(channel) for channel in channels]
    with writing(engine) as connection:
        _lock(connection)
        if find_watch(connection, called) is not None:
            raise WatchExists(f"there is a watch {called!r} already: fapai watch edit")
        values = {"name": called, "wishes": resolve(connection, words), **hours, "created_at": now}
        watch_id = add_watch(connection, **values, version=1, summary_count=1)
        _add_channels(connection, watch_id, checked, secrets)


def change(
    engine: Engine,
    secrets: Path,
    name: str,
    words: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    values: Mapping[str, Any],
    channels: Sequence[Asked] = (),
    dropped: Collection[int] = (),
) -> None:
    """Change a watch. Where it is for something else from now on, the next run sends a summary again.

    Args:
        engine: the database.
        secrets: the file of the channels' addresses.
        name: of the watch.
        words: makes of what it was for what it is for.
        values: other columns of ``watch``.
        channels: to be added.
        dropped: numbers of channels to be taken away.

    Raises:
        NoSuchWatch: none has the name.
        WrongFilter: a word, a name or a channel cannot be used, or no channel would be left.
    """
    checked = [_check(channel) for channel in channels]
    with writing(engine) as connection:
        _lock(connection)
        watch = require_watch(connection, name)
        wishes = resolve(connection, words(watch.wishes))
        fresh = dict(values)
        if wishes != watch.wishes:
            fresh |= {"wishes": wishes, "summed_up_at": None, "summary_count": watch.summary_count + 1}
        if fresh.get("name", watch.name) != watch.name and find_watch(connection, fresh["name"]) is not None:
            raise WatchExists(f"there is a watch {fresh['name']!r} already")
        if not change_watch(connection, watch, **fresh):
            raise ChangedMeanwhile(f"somebody else changed {name!r} meanwhile: try again")
        _drop_channels(connection, watch, dropped, is_left=bool(checked))
        _add_channels(connection, watch.id, checked, secrets)
    if dropped:
        _forget_secrets(engine, secrets)


def remove(engine: Engine, secrets: Path, name: str) -> None:
    """Take a watch away with all that it has told, and its secrets.

    Raises:
        NoSuchWatch: none has the name.
    """
    with writing(engine) as connection:
        _lock(connection)
        remove_watch(connection, require_watch(connection, name).id)
    _forget_secrets(engine, secrets)


def try_channels(engine: Engine, secrets: Path, name: str, now: datetime) -> list[Tried]:
    """Send a test to each channel of a watch; files are written with what they hold anyway.

    Raises:
        NoSuchWatch: none has the name.
        BadSecrets: the file of addresses cannot be read.
    """
    addresses = read_secrets(secrets)
    with reading(engine) as connection:
        watch = require_watch(connection, name)
        channels = load_channels(connection, watch.id)
    tried = []
    for channel in channels:
        try:
            _try(engine, watch, channel, addresses, now)
            tried.append(Tried(shown_channel(channel), None))
        except NotTaken as refusal:
            tried.append(Tried(shown_channel(channel), str(refusal)))
    return tried


def retry(engine: Engine, delivery_id: int, now: datetime) -> None:
    """Let a message that was given up be tried again with the next run.

    Raises:
        NotDead: no message that was given up has this number.
    """
    with writing(engine) as connection:
        if not revive(connection, delivery_id, now):
            raise NotDead(f"no message that was given up has the number {delivery_id}: fapai watch outbox --state dead")


def require_watch(connection: Connection, name: str) -> StoredWatch:
    """The watch of a name.

    Raises:
        NoSuchWatch: none has it.
    """
    watch = find_watch(connection, name)
    if watch is None:
        raise NoSuchWatch(f"there is no watch {clean(name)[:LONGEST_NAME]!r}: fapai watch list")
    return watch


def shown_channel(channel: StoredChannel) -> str:
    """A channel without its secret: the scheme of an address, or the file."""
    place = f"{channel.place}://***" if channel.kind is ChannelKind.APPRISE else f"{channel.kind} {channel.place}"
    return f"{channel.id}: {place}"


def check_name(name: str) -> str:
    """A name in one line, without what a terminal or a mail would take for a command.

    Raises:
        WrongFilter: it is empty or too long.
    """
    called = clean(" ".join(name.split()))
    if not called or len(called) > LONGEST_NAME:
        raise WrongFilter(f"--name: give 1 to {LONGEST_NAME} letters")
    return called


def resolve(connection: Connection, words: Mapping[str, Any]) -> dict[str, Any]:
    """The words with the home named as every database names it; empty ones left out.

    Raises:
        WrongFilter: a word cannot be used.
        UnknownListing: there is no such home.
    """
    wishes = {name: value for name, value in words.items() if value not in (None, [], False)}
    if "home" in wishes:
        listing_id = find_listing(connection, str(wishes["home"]))
        query = select(LISTING.c.source, LISTING.c.source_id, LISTING.c.generation).where(LISTING.c.id == listing_id)
        wishes["home"] = ":".join(map(str, connection.execute(query).one()))
    read_wishes(wishes)
    return wishes


def _check(channel: Asked) -> tuple[Asked, str | None]:
    """The channel as it is stored, and its address where that is a secret."""
    if channel.kind is ChannelKind.APPRISE:
        url = channel.place.strip()
        return Asked(channel.kind, check_address(url)), url
    return Asked(channel.kind, check_place(channel.place)), None


def _add_channels(
    connection: Connection, watch_id: int, channels: Sequence[tuple[Asked, str | None]], secrets: Path
) -> None:
    added = {}
    for channel, url in channels:
        secret = None if url is None else uuid4().hex
        if secret is not None and url is not None:
            added[secret] = url
        add_channel(connection, watch_id, channel.kind, channel.place, secret)
    add_secrets(secrets, added)


def _forget_secrets(engine: Engine, secrets: Path) -> None:
    """After the channels are gone for certain; a run that is killed before leaves it to the next change."""
    with writing(engine) as connection:
        _lock(connection)
        keep_secrets(secrets, {each.secret for each in load_channels(connection) if each.secret is not None})


def _drop_channels(connection: Connection, watch: StoredWatch, dropped: Collection[int], *, is_left: bool) -> None:
    own = {channel.id for channel in load_channels(connection, watch.id)}
    for channel_id in dropped:
        if channel_id not in own:
            raise BadChannel(f"{watch.name!r} has no channel {channel_id}: fapai watch show")
        drop_channel(connection, channel_id)
    if own and not own - set(dropped) and not is_left:
        raise WrongFilter("a watch needs a channel: add another one first, or pause the watch")


def _try(
    engine: Engine, watch: StoredWatch, channel: StoredChannel, addresses: Mapping[str, str], now: datetime
) -> None:
    match channel.kind:
        case ChannelKind.ATOM:
            with reading(engine) as connection:
                messages = sent_to(connection, channel.id, NO_DELIVERY, MESSAGES)
            replace_file(channel.place, feed_of(watch.name, channel.id, messages))
        case ChannelKind.ICALENDAR:
            write_calendar(engine, watch, channel, now)
        case ChannelKind.APPRISE:
            url, say = addresses.get(channel.secret or ""), phrases(watch.language)
            if url is None:
                raise NotTaken("its address is missing in the file of secrets")
            body = say["test"].format(wishes=describe(watch.wishes))
            Postman().send(url, say["subject_test"].format(watch=watch.name), body, uuid4().hex)


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WATCHES_LOCK})
