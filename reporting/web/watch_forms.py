"""Watches as forms and as bodies of programs: what they say is read by the parsers of the command line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from starlette.datastructures import QueryParams

from reporting.alerts.hours import WEEKDAYS, parse_clock, parse_quiet, parse_weekday, parse_zone
from reporting.alerts.lists import state_of
from reporting.alerts.manage import Asked, shown_channel
from reporting.alerts.wishes import words_of as filter_words
from reporting.web.query import WrongWord, choice_of, read_filters, word_of, words_of
from store.rows import LISTING, OBSERVATION
from store.terms import ChannelKind, Pace
from store.watches import StoredChannel, StoredWatch, event_counts, load_channels, load_watches

FILTERS = {"source": "source", "city": "city", "kind": "kind", "seller-kind": "seller_kind", "round": "round_kind"}
"""Filters of an address with several values, and their names in the words of a watch."""

LISTED = ("source", "city")
"""Of them those that a form takes as one line, parted by commas."""

LANGUAGES = ("zh", "en")
SUFFIXES = {ChannelKind.ATOM: ".xml", ChannelKind.ICALENDAR: ".ics"}
COMMAS = str.maketrans(",，、;；\n", "\0\0\0\0\0\0")


class Draft(NamedTuple):
    """A watch as it is asked for, in the words of ``reporting.alerts.manage.create_watch``."""

    name: str
    words: dict[str, Any]
    hours: dict[str, Any]
    channels: list[Asked]


@dataclass(frozen=True, slots=True)
class ShownChannel:
    """A channel without its secret; ``address`` is where the server gives a feed or calendar of its own."""

    id: int
    kind: ChannelKind
    words: str
    address: str | None


@dataclass(frozen=True, slots=True)
class ShownWatch:
    """One watch with its channels; ``news``: how many things it has told or is to tell."""

    stored: StoredWatch
    state: str
    channels: Sequence[ShownChannel]
    news: int

    @property
    def paused_at(self) -> datetime | None:
        """Since when it is silent."""
        return self.stored.paused_at


class WatchedHome(NamedTuple):
    """The home of a watch by the listing that it was named by: ``source:id``, and what its site calls it."""

    name: str
    title: str | None


def read_draft(form: QueryParams, feeds: Path) -> Draft:
    """What a form asks for. An address of a search is read as well: its filters have the same names.

    Raises:
        WrongFilter: a word cannot be read, told in the sentence of the command line.
    """
    return Draft(word_of(form, "name") or "", read_words(form), read_hours(form), read_channels(form, feeds))


def read_words(form: QueryParams) -> dict[str, Any]:
    """What is watched; amounts and terms as the command line keeps them."""
    pairs = [(name, word) for name in FILTERS for word in _values(form, name)]
    price = word_of(form, "max-price")
    filters = read_filters(QueryParams([*pairs, *([("max-price", price)] if price else [])]))
    words = {
        "home": word_of(form, "property"),
        "cut": word_of(form, "cut") or word_of(form, "min-cut"),
        "lowest_ever": bool(word_of(form, "lowest-ever")),
        "deadline": word_of(form, "deadline"),
        "events": words_of(form, "event"),
    }
    return filter_words(filters) | {name: value for name, value in words.items() if value}


def read_hours(form: QueryParams) -> dict[str, Any]:
    """When it speaks: the columns of ``watch``; what is not given is as with ``fapai watch add``."""
    quiet = parse_quiet(word_of(form, "quiet") or "none") or (None, None)
    return {
        "pace": Pace(choice_of(form, "digest", tuple(Pace), Pace.AT_ONCE)),
        "speaks_at": parse_clock("at", word_of(form, "at") or "08:00"),
        "speaks_on": parse_weekday(word_of(form, "on") or WEEKDAYS[0]),
        "quiet_from": quiet[0],
        "quiet_to": quiet[1],
        "zone": parse_zone(word_of(form, "zone") or "Asia/Shanghai"),
        "language": choice_of(form, "language", LANGUAGES, LANGUAGES[0]),
    }


def read_channels(form: QueryParams, feeds: Path) -> list[Asked]:
    """Where it tells: addresses, and files in our own folder. No page may name a file to be written."""
    asked = [Asked(ChannelKind.APPRISE, word) for word in (form.get("to") or "").split()]
    kinds = [kind for kind in SUFFIXES if word_of(form, kind.value)]
    return asked + own_files(feeds, kinds)


def own_files(feeds: Path, kinds: Iterable[ChannelKind]) -> list[Asked]:
    """A feed, a calendar under names that nobody guesses: who knows the address may read it.

    Raises:
        WrongWord: the folder cannot be made.
    """
    asked = [Asked(kind, str(feeds / f"{token_hex(12)}{SUFFIXES[kind]}")) for kind in kinds]
    if asked:
        try:
            feeds.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise WrongWord("atom", "", f"there is no folder for feeds: {error.strerror}") from None
    return asked


def dropped_channels(form: QueryParams) -> list[int]:
    """The numbers of the channels to be taken away.

    Raises:
        WrongWord: one is no number.
    """
    words = words_of(form, "drop-channel")
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) < 16):
            raise WrongWord("drop-channel", word, "--drop-channel: give the number of a channel")
    return [int(word) for word in words]


def form_of_watch(watch: StoredWatch) -> QueryParams:
    """The words that fill the form of a watch."""
    wishes, several = watch.wishes, [*FILTERS.items(), ("event", "events")]
    pairs = [(name, str(value)) for name, field in several for value in wishes.get(field, ())]
    ones = {
        "name": watch.name,
        "property": wishes.get("home"),
        "max-price": wishes.get("max_price"),
        "cut": wishes.get("cut"),
        "lowest-ever": "yes" if wishes.get("lowest_ever") else None,
        "deadline": wishes.get("deadline"),
        "digest": watch.pace.value,
        "at": watch.speaks_at,
        "on": WEEKDAYS[watch.speaks_on],
        "quiet": f"{watch.quiet_from}-{watch.quiet_to}" if watch.quiet_from else None,
        "zone": watch.zone,
        "language": watch.language,
    }
    return QueryParams([*pairs, *((name, str(value)) for name, value in ones.items() if value)])


def load_shown(connection: Connection, feeds: Path) -> list[ShownWatch]:
    """All watches by name."""
    counts, channels = event_counts(connection), load_channels(connection)
    return [
        ShownWatch(
            watch,
            state_of(watch),
            [show_channel(each, feeds) for each in channels if each.watch_id == watch.id],
            counts.get(watch.id, 0),
        )
        for watch in load_watches(connection)
    ]


def load_watched_homes(connection: Connection, wishes: Iterable[Mapping[str, Any]]) -> dict[str, WatchedHome]:
    """The homes that are watched, by the words under which watches keep them; those without a listing are left out."""
    keys = {str(each["home"]) for each in wishes if each.get("home")}
    listing = LISTING.c
    query = select(listing.source, listing.source_id, listing.generation, OBSERVATION.c.title)
    query = query.outerjoin_from(LISTING, OBSERVATION, OBSERVATION.c.id == listing.observation_id)
    found = {}
    for key in sorted(keys):
        name, _, generation = key.rpartition(":")
        source, _, source_id = name.partition(":")
        own = query.where(listing.source == source, listing.source_id == source_id)
        for row in connection.execute(own.where(listing.generation == int(generation))):
            found[key] = WatchedHome(name, row.title)
    return found


def show_channel(channel: StoredChannel, feeds: Path) -> ShownChannel:
    """A channel for pages: of a file its name alone, for its folder is nobody's business."""
    if channel.kind is ChannelKind.APPRISE:
        return ShownChannel(channel.id, channel.kind, shown_channel(channel).partition(": ")[2], None)
    place = Path(channel.place)
    address = f"/feeds/{place.name}" if place.parent == feeds.absolute() else None
    return ShownChannel(channel.id, channel.kind, place.name, address)


def line_of(form: QueryParams, name: str) -> str:
    """What a field shows that takes several values in one line."""
    return ", ".join(_values(form, name))


def options_of(form: QueryParams) -> Mapping[str, list[str]]:
    """The chosen words of each group of boxes."""
    return {name: words_of(form, name) for name in (*FILTERS, "event")}


def _values(form: QueryParams, name: str) -> list[str]:
    words = words_of(form, name)
    if name in LISTED:
        words = [part.strip() for word in words for part in word.translate(COMMAS).split("\0")]
    return [word for word in words if word]
