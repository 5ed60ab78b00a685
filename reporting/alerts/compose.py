"""What was noted becomes messages: of one home, of several, or a digest; into the outbox in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from reporting.alerts.homes import find_homes, load_homes, numbers_of
from reporting.alerts.hours import Hours, is_quiet, may_speak, quiet_until
from reporting.alerts.keys import key_of
from reporting.alerts.news import NewsKind
from reporting.alerts.notice import chains_of
from reporting.alerts.wishes import read_wishes
from reporting.alerts.words import Told, message_words, summary_words
from store.engine import reading, writing
from store.outbox import add_message
from store.terms import ChannelKind, Pace
from store.watches import StoredEvent, StoredWatch, change_watch, load_channels, load_watches, open_events

MOST_AT_ONCE = 10
"""Homes that get a message each; more of them share one, so that a crawl after a long pause is no flood."""

WEIGHT = {
    NewsKind.FALL: 0,
    NewsKind.LOWEST: 1,
    NewsKind.MATCH: 2,
    NewsKind.DEADLINE: 3,
    NewsKind.EVENT: 4,
    NewsKind.SUMMARY: 5,
}
"""What stands first in a message."""

Words = tuple[tuple[str, str], Sequence[StoredEvent]]
"""Subject and body, and what they tell."""


class _TakenMeanwhile(Exception):
    """Another run has made messages of the same news."""


def compose_messages(engine: Engine, now: datetime) -> int:
    """Make messages of all that may be told now; gives how many."""
    with reading(engine) as connection:
        watches = [watch for watch in load_watches(connection) if watch.paused_at is None]
    return sum(_compose(engine, watch, now) for watch in watches)


def waiting_words(engine: Engine, now: datetime) -> list[str]:
    """A sentence on each watch that has news and says nothing because these are its quiet hours."""
    waiting = []
    with reading(engine) as connection:
        for watch in load_watches(connection):
            hours = Hours.of(watch)
            if watch.paused_at is None and is_quiet(hours, now) and (count := len(open_events(connection, watch.id))):
                until = quiet_until(hours, now).astimezone(hours.zone)
                waiting.append(
                    f"{watch.name}: quiet until {until:%Y-%m-%d %H:%M} ({hours.zone.key}), {count:,} news wait"
                )
    return waiting


def _compose(engine: Engine, watch: StoredWatch, now: datetime) -> int:
    with reading(engine) as connection:
        events = open_events(connection, watch.id)
        is_beginning = any(event.news and event.news["kind"] == NewsKind.SUMMARY for event in events)
        hours = Hours.of(watch)
        hours = hours._replace(pace=Pace.AT_ONCE) if is_beginning else hours  # a summary does not wait for a digest
        if not may_speak(hours, now, watch.spoke_at or watch.created_at):
            return 0
        messages = _messages(connection, watch, events, now)
        channels = [each.id for each in load_channels(connection, watch.id) if each.kind is not ChannelKind.ICALENDAR]
    if not messages and watch.pace is Pace.AT_ONCE:
        return 0
    try:
        with writing(engine) as connection:
            if not change_watch(connection, watch, spoke_at=now):
                return 0
            for words, told in messages:
                keys = [event.event_key for event in told]
                message_key = key_of("message", watch.id, watch.created_at.isoformat(), *sorted(keys))
                if not add_message(connection, watch.id, message_key, words, keys, channels, now):
                    raise _TakenMeanwhile
    except _TakenMeanwhile:
        return 0
    return len(messages)


def _messages(connection: Connection, watch: StoredWatch, events: Sequence[StoredEvent], now: datetime) -> list[Words]:
    """The summary, if the watch begins; then a message for each home, or one for all in a digest or a flood."""
    if not events:
        return []
    beginning = [event for event in events if event.news and event.news["kind"] == NewsKind.SUMMARY]
    messages: list[Words] = [(_summary(connection, watch, now), beginning)] if beginning else []
    by_home: dict[int, list[StoredEvent]] = {}
    numbers = numbers_of(connection, {_about(event) for event in events if event.home})
    for event in events:
        if event.home and _about(event) in numbers:  # else gone until a page tells of it again, and the news wait
            by_home.setdefault(numbers[_about(event)], []).append(event)
    homes = load_homes(connection, by_home, now)
    chains = chains_of(connection, homes.values())
    told = []
    for number, own in by_home.items():
        questions = [question.kind for question in chains[number].questions] if number in chains else []
        told.append((Told(homes[number], _sorted_news(own), questions), own))
    told.sort(key=lambda each: WEIGHT[NewsKind(each[0].news[0]["kind"])])
    if len(told) > (MOST_AT_ONCE if watch.pace is Pace.AT_ONCE else 1):
        together = message_words(watch.name, [each for each, _ in told], watch.language)
        return [*messages, (together, [event for _, own in told for event in own])]
    return messages + [(message_words(watch.name, [each], watch.language), own) for each, own in told]


def _about(event: StoredEvent) -> str:
    """The listing that the news are of: linking may have parted it from its home since they were noted."""
    return str((event.news or {}).get("listing") or event.home)


def _sorted_news(events: Sequence[StoredEvent]) -> list[Mapping[str, object]]:
    news = [event.news for event in events if event.news is not None]
    return sorted(news, key=lambda each: (WEIGHT[NewsKind(str(each["kind"]))], str(each.get("at", ""))))


def _summary(connection: Connection, watch: StoredWatch, now: datetime) -> tuple[str, str]:
    found = find_homes(connection, {watch.id: read_wishes(watch.wishes)})[watch.id]
    homes = load_homes(connection, found, now)
    return summary_words(watch.name, [homes[number] for number in sorted(homes)], watch.language)
