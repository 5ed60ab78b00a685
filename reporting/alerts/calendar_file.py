"""Deposits, viewings, starts and ends of the homes of a watch as a calendar (RFC 5545) in a file, with alarms.

The id of an entry is made of the listing and of what it is about, so that clients move an entry that changes instead
of showing it twice; its sequence goes up with every change. What no longer takes place is cancelled, not dropped:
clients keep what merely disappears. Hours are those of the clock at the place. A viewing (看样) is there where a notice
gives its day; its description has the sentence, for most want to be booked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from reporting.alerts.errors import NotTaken
from reporting.alerts.files import replace_file
from reporting.alerts.harmless import harmless, safe_link
from reporting.alerts.homes import Home, load_homes, numbers_of
from reporting.alerts.keys import key_of
from reporting.alerts.words import Told, home_lines, offer_title, phrases, price_words
from reporting.buyer.zones import local_text, zone_of
from reporting.errors import ReportError
from reporting.viewings import Viewing, end_of, start_of
from store.engine import reading, writing
from store.terms import ChannelKind
from store.watches import (
    StoredChannel,
    StoredEntry,
    StoredWatch,
    drop_entries,
    load_channels,
    load_entries,
    load_watch_homes,
    load_watches,
    put_entries,
)
from tracking.offers import Offer

KEPT = timedelta(days=30)
"""How long after its time an entry stays in the file."""

ALARMS = {
    "start": (timedelta(days=1), timedelta(hours=1)),
    "end": (timedelta(days=1), timedelta(hours=1)),
    "deposit": (timedelta(days=3), timedelta(days=1)),
    "viewing": (timedelta(days=3), timedelta(days=1)),  # most are to be booked, some two working days before
    "viewing_last": (timedelta(days=3), timedelta(days=1)),
}
Content = Mapping[str, Any]
LONGEST_QUOTE = 300


class NoCalendars(ReportError):
    """The extra is not installed."""


def write_calendars(engine: Engine, now: datetime) -> list[str]:
    """Bring the calendars of all watches that are not paused up to date; gives what went wrong, in sentences."""
    with reading(engine) as connection:
        watches = {watch.id: watch for watch in load_watches(connection) if watch.paused_at is None}
        channels = [each for each in load_channels(connection) if each.kind is ChannelKind.ICALENDAR]
    problems = []
    for channel in channels:
        if channel.watch_id in watches:
            try:
                write_calendar(engine, watches[channel.watch_id], channel, now)
            except (NotTaken, NoCalendars) as refusal:
                problems.append(f"{watches[channel.watch_id].name}: {refusal}")
    return problems


def write_calendar(engine: Engine, watch: StoredWatch, channel: StoredChannel, now: datetime) -> None:
    """Note what changed, then write the file. A run that is killed between the two leaves the file to the next one.

    Raises:
        NotTaken: the file cannot be written.
    """
    with reading(engine) as connection:
        inside = [key for key, home in load_watch_homes(connection, watch.id).items() if home.is_inside]
        homes = load_homes(connection, set(numbers_of(connection, inside).values()), now)
        before = load_entries(connection, channel.id)
    fresh = {uid: content for home in homes.values() for uid, content in contents_of(home, watch.language)}
    after = revise(before, fresh, now)
    changed = [entry for uid, entry in after.items() if before.get(uid) != entry]
    with writing(engine) as connection:
        put_entries(connection, channel.id, changed)
        drop_entries(connection, channel.id, before.keys() - after.keys())
    replace_file(channel.place, calendar_of(watch.name, after.values()))


def contents_of(home: Home, language: str) -> Iterator[tuple[str, Content]]:
    """The entries of a home by their ids: of each listing that is offered still its viewings, start, end, deposit."""
    for offer in home.live:
        said, listing = home.said[offer.listing_id], home.keys[offer.listing_id]
        times: dict[str, datetime | date | None] = {"start": offer.starts_at, "end": offer.ends_at or said.ended_on}
        if said.deposit:
            times["deposit"] = offer.starts_at  # to be paid before one takes part (法释〔2016〕18号, article 17)
        for what, at in times.items():
            if at is not None:
                yield f"{key_of(listing, what)}@fapai", _content(home, offer, what, at, language)
        for place, viewing in enumerate(home.viewings.get(offer.listing_id, ())):
            uid = key_of(listing, "viewing", *([place] if place else []))
            if viewing.begins is not None:
                yield f"{uid}@fapai", _viewing_content(home, offer, viewing, viewing.begins, language)
            elif viewing.ends is not None:
                yield f"{uid}@fapai", _viewing_content(home, offer, viewing, viewing.ends, language)


def revise(before: Mapping[str, StoredEntry], fresh: Mapping[str, Content], now: datetime) -> dict[str, StoredEntry]:
    """The entries from now on: what changed with the next sequence, what does not take place any more cancelled.

    An entry whose time has come stays as it is, whatever became of the listing, until it is long past.
    """
    after = {}
    for uid, content in fresh.items():
        known = before.get(uid)
        if known is None:
            after[uid] = StoredEntry(uid, 0, now, content)
        else:
            is_same = dict(known.content) == content
            after[uid] = known if is_same else StoredEntry(uid, known.sequence + 1, now, content)
    for uid, known in before.items():
        if uid not in fresh:
            is_to_come = _over_at(known.content) > now and not known.content["is_cancelled"]
            cancelled = {**known.content, "is_cancelled": True}
            after[uid] = StoredEntry(uid, known.sequence + 1, now, cancelled) if is_to_come else known
    return {uid: entry for uid, entry in after.items() if _over_at(entry.content) > now - KEPT}


def calendar_of(name: str, entries: Iterable[StoredEntry]) -> bytes:
    """The calendar as a file; the same entries give the same bytes.

    Raises:
        NoCalendars: the extra is not installed.
    """
    try:
        from icalendar import Calendar
    except ModuleNotFoundError:
        raise NoCalendars("calendars need the extra: pip install 'fapai[alerts]'") from None
    calendar = Calendar()
    calendar.add("prodid", "-//fapai//watches//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"fapai: {name}")
    ordered = sorted(entries, key=lambda each: (each.content["at"], each.uid))
    for entry in ordered:
        calendar.add_component(_event(entry))
    if ordered:
        years = {
            int(entry.content[name][:4]) for entry in ordered for name in ("at", "until") if entry.content.get(name)
        }
        calendar.add_missing_timezones(date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1))
    return bytes(calendar.to_ical())


def _content(home: Home, offer: Offer, what: str, at: datetime | date, language: str) -> Content:
    say, said = phrases(language), home.said[offer.listing_id]
    amount = "" if said.deposit is None else price_words(said.deposit, offer.currency)
    heading = say["deposit_due"].format(amount=amount) if what == "deposit" else say[f"calendar_{what}"]
    return {
        "what": what,
        "at": at.isoformat(),
        "zone": zone_of(offer),
        "summary": f"{heading}: {offer_title(offer)}",
        "description": "\n".join(home_lines(Told(home, (), ()), language)),
        "url": safe_link(said.url),
        "is_cancelled": False,
    }


def _viewing_content(home: Home, offer: Offer, viewing: Viewing, at: datetime | date, language: str) -> Content:
    """From its beginning to its end; where the notice tells the end alone, that."""
    what = "viewing_last" if viewing.begins is None else "viewing"
    content = _content(home, offer, what, at, language)
    said = phrases(language)["viewing_said"].format(
        quote=harmless(viewing.quote, LONGEST_QUOTE),
        listing=f"{offer.source}:{offer.source_id}",
        at=local_text(viewing.seen_at, zone_of(offer)),
    )
    return {
        **content,
        "until": viewing.ends.isoformat() if viewing.ends is not None and viewing.ends != at else None,
        "description": f"{said}\n{content['description']}",
    }


def _event(entry: StoredEntry) -> Any:
    from icalendar import Event

    content, event = entry.content, Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    for name, moment in _times(content):
        event.add(name, moment)
    event.add("summary", content["summary"])
    event.add("description", content["description"])
    event.add("status", "CANCELLED" if content["is_cancelled"] else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    if content["url"]:
        event.add("url", content["url"])
    for alarm in () if content["is_cancelled"] else _alarms(content):
        event.add_component(alarm)
    return event


def _times(content: Content) -> Iterator[tuple[str, datetime | date]]:
    """Start, and end where there is one: both days, the second one not included any more, or both instants.

    An end before the start is left out: clients refuse a whole calendar for one such entry (RFC 5545, 3.8.2.2).
    """
    zone, until = content.get("zone") or "UTC", content.get("until")
    bounds = [
        date.fromisoformat(text) if len(text) == 10 else _instant(text) for text in (content["at"], until) if text
    ]
    are_days = not any(isinstance(bound, datetime) for bound in bounds)
    yield "dtstart", bounds[0] if are_days else start_of(bounds[0], zone).astimezone(ZoneInfo(zone))
    if until and are_days and bounds[1] >= bounds[0]:
        yield "dtend", bounds[1] + timedelta(days=1)
    elif until and not are_days and end_of(bounds[1], zone) > start_of(bounds[0], zone):
        yield "dtend", end_of(bounds[1], zone).astimezone(ZoneInfo(zone))


def _alarms(content: Content) -> Sequence[Any]:
    """Before it begins; of what lasts for days the evening of its last day but one as well."""
    from icalendar import Alarm

    triggers = [(-before, "START") for before in ALARMS[content["what"]]]
    if content.get("until") and content["until"][:10] > content["at"][:10]:
        triggers.append((timedelta(days=-1), "END"))
    alarms = []
    for trigger, related in triggers:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", content["summary"])
        alarm.add("trigger", trigger, parameters={"related": related} if related == "END" else {})
        alarms.append(alarm)
    return alarms


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _over_at(content: Content) -> datetime:
    """When an entry is over; a day at its midnight in UTC, as ``tracking.events`` has it."""
    text = content.get("until") or content["at"]
    if len(text) > 10:
        return _instant(text)
    return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), UTC)
