"""Watches: saved searches and homes, of which one is told what is new; their channels, and the outbox."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.datastructures import QueryParams

from reporting.alerts.calendar_file import calendar_of
from reporting.alerts.feed import feed_of
from reporting.alerts.hours import WEEKDAYS
from reporting.alerts.manage import LONGEST_NAME, change, check_name, create_watch, remove, require_watch, try_channels
from reporting.alerts.manage import retry as retry_delivery
from reporting.alerts.wishes import WORDS
from reporting.errors import ReportError
from reporting.filters import parse_price
from reporting.render import clean
from reporting.web.errors import NotHere
from reporting.web.navigation import Entry
from reporting.web.problems import status_of
from reporting.web.query import address, number_of, word_of
from reporting.web.visit import Form, Here, Visit
from reporting.web.watch_forms import (
    LANGUAGES,
    SUFFIXES,
    WatchedHome,
    dropped_channels,
    form_of_watch,
    line_of,
    load_shown,
    load_watched_homes,
    options_of,
    read_draft,
    show_channel,
)
from store.errors import StoreError
from store.outbox import StoredDelivery, count_deliveries, list_deliveries
from store.terms import ChannelKind, Currency, DeliveryState, EventKind, Pace, PropertyKind, RoundKind, SellerKind
from store.watches import StoredChannel, find_watch, load_channels, load_watches

ENTRY = Entry(50, "watches", "/watches")
MESSAGES = 12
"""Of the outbox, beside those that were given up."""

MOST_ID = (1 << 63) - 1
FEED = re.compile(r"[0-9a-f]{24}(\.xml|\.ics)")
MEDIA = {".xml": "application/atom+xml; charset=utf-8", ".ics": "text/calendar; charset=utf-8"}
VOCABULARIES = {"kind": PropertyKind, "seller_kind": SellerKind, "round_kind": RoundKind, "events": EventKind}
BOXES = {"kind": PropertyKind, "seller-kind": SellerKind, "round": RoundKind, "event": EventKind}

router = APIRouter()


@router.get("/watches")
def show_watches(visit: Here) -> HTMLResponse:
    """All watches, and the outbox."""
    return _overview(visit)


@router.get("/watches/new")
def show_new(visit: Here) -> HTMLResponse:
    """The form; words in the address, such as those of a search, fill it."""
    given = visit.request.query_params
    return _form(visit, QueryParams([("language", visit.words.language.value), *given.multi_items()]))


@router.post("/watches")
def add(visit: Here, form: Form) -> Response:
    """Add a watch; a refusal is told above the form, which keeps what was filled in but for secret addresses."""
    visit.require_writes()
    settings = visit.settings
    try:
        draft = read_draft(form, settings.feeds)
        create_watch(settings.engine, settings.secrets, draft.name, draft.words, draft.hours, draft.channels, visit.now)
    except (ReportError, StoreError) as error:
        return _form(visit, form, error=error)
    return visit.see_other(address("/watches", QueryParams(), {"done": "added"}))


@router.get("/watches/edit")
def show_edit(visit: Here) -> HTMLResponse:
    """The form of one watch."""
    name = word_of(visit.request.query_params, "name") or ""
    with visit.reading() as connection:
        watch = require_watch(connection, name)
    return _form(visit, form_of_watch(watch), name=name)


@router.post("/watches/edit")
def edit(visit: Here, form: Form) -> Response:
    """Change a watch to what the form says; where it is for something else, the next run sends a summary again."""
    visit.require_writes()
    settings, name = visit.settings, word_of(form, "was") or ""
    try:
        draft, dropped = read_draft(form, settings.feeds), dropped_channels(form)
        values = {**draft.hours, "name": check_name(draft.name)}
        change(settings.engine, settings.secrets, name, lambda _: draft.words, values, draft.channels, dropped)
    except (ReportError, StoreError) as error:
        return _form(visit, form, name=name, error=error)
    return visit.see_other(address("/watches", QueryParams(), {"done": "changed"}))


@router.post("/watches/pause")
def pause(visit: Here, form: Form) -> Response:
    """Let a watch be silent."""
    return _changed(visit, form, {"paused_at": visit.now}, "paused")


@router.post("/watches/resume")
def resume(visit: Here, form: Form) -> Response:
    """Let it go on."""
    return _changed(visit, form, {"paused_at": None}, "resumed")


@router.get("/watches/remove")
def ask_to_remove(visit: Here) -> HTMLResponse:
    """Ask before a watch is taken away."""
    with visit.reading() as connection:
        watch = require_watch(connection, word_of(visit.request.query_params, "name") or "")
    return visit.page("watch_remove.html", watch=watch)


@router.post("/watches/remove")
def take_away(visit: Here, form: Form) -> Response:
    """Take a watch away; its feed and its calendar stay as files, as on the command line."""
    visit.require_writes()
    remove(visit.settings.engine, visit.settings.secrets, word_of(form, "name") or "")
    return visit.see_other(address("/watches", QueryParams(), {"done": "removed"}))


@router.post("/watches/test")
def try_one(visit: Here, form: Form) -> HTMLResponse:
    """Send a test to each channel of a watch, and tell what came of it."""
    visit.require_writes()
    name = word_of(form, "name") or ""
    tried = try_channels(visit.settings.engine, visit.settings.secrets, name, visit.now)
    with visit.reading() as connection:
        watch = require_watch(connection, name)
        channels = [show_channel(each, visit.settings.feeds) for each in load_channels(connection, watch.id)]
    errors = {int(each.channel.partition(":")[0]): each.error for each in tried}
    return _overview(visit, tested=name, tried=[(each, errors.get(each.id)) for each in channels])


@router.post("/watches/retry")
def retry(visit: Here, form: Form) -> Response:
    """Let a message that was given up be tried again with the next run."""
    visit.require_writes()
    retry_delivery(visit.settings.engine, number_of(form, "delivery", 1, MOST_ID, 1), visit.now)
    return visit.see_other(address("/watches", QueryParams(), {"done": "retried"}))


@router.get("/feeds/{name}")
def show_feed(visit: Here, name: str) -> Response:
    """A feed or a calendar of a watch, under its unguessable name; nothing else of the folder is given out.

    Until the next run of alerts writes it, it is empty: a phone may subscribe to it at once.
    """
    found, path = FEED.fullmatch(name), Path(visit.settings.feeds.absolute() / name)
    with visit.reading() as connection:
        own = (each for each in load_channels(connection) if each.kind in SUFFIXES and each.place == str(path))
        channel = next(own, None) if found else None
        watches = {watch.id: watch.name for watch in load_watches(connection)} if channel else {}
    if found is None or channel is None:
        raise NotHere("no watch has a feed or a calendar of this name")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        called = watches[channel.watch_id]
        content = calendar_of(called, ()) if channel.kind is ChannelKind.ICALENDAR else feed_of(called, channel.id, ())
    return Response(content, media_type=MEDIA[found[1]])


def _overview(visit: Visit, **more: Any) -> HTMLResponse:
    with visit.reading() as connection:
        watches = load_shown(connection, visit.settings.feeds)
        counts = count_deliveries(connection)
        dead = list_deliveries(connection, [DeliveryState.DEAD])
        last = [each for each in list_deliveries(connection) if each.state is not DeliveryState.DEAD][:MESSAGES]
        homes = load_watched_homes(connection, [each.stored.wishes for each in watches])
    told = {"tested": None, "tried": (), **more}
    return visit.page(
        "watches.html",
        watches=watches,
        wishes_of=lambda wishes: _told_wishes(visit, wishes, homes),
        counts=counts,
        states=tuple(DeliveryState),
        dead=dead,
        last=last,
        channel_of=lambda each: show_channel(_channel(each), visit.settings.feeds),
        weekdays=WEEKDAYS,
        done=word_of(visit.request.query_params, "done"),
        edit_address=lambda name: address("/watches/edit", QueryParams(), {"name": name}),
        remove_address=lambda name: address("/watches/remove", QueryParams(), {"name": name}),
        **told,
    )


def _form(
    visit: Visit, form: QueryParams, *, name: str | None = None, error: ReportError | StoreError | None = None
) -> HTMLResponse:
    """The form of a new watch, or of the one that has the name now."""
    with visit.reading() as connection:
        watch = None if name is None else find_watch(connection, name)
        channels = [] if watch is None else load_channels(connection, watch.id)
    return visit.page(
        "watch.html",
        status=200 if error is None else status_of(error),
        form=form,
        error=None if error is None else str(error),
        name=name,
        channels=[show_channel(each, visit.settings.feeds) for each in channels],
        boxes=BOXES,
        chosen=options_of(form),
        line_of=line_of,
        paces=tuple(Pace),
        weekdays=WEEKDAYS,
        message_languages=LANGUAGES,
        longest=LONGEST_NAME,
    )


def _changed(visit: Visit, form: QueryParams, values: Mapping[str, Any], done: str) -> Response:
    visit.require_writes()
    name = word_of(form, "name") or ""
    change(visit.settings.engine, visit.settings.secrets, name, lambda before: before, values)
    return visit.see_other(address("/watches", QueryParams(), {"done": done}))


def _told_wishes(
    visit: Visit, wishes: Mapping[str, Any], homes: Mapping[str, WatchedHome]
) -> list[tuple[str, str | Markup]]:
    """What a watch is for: labels, and values in the language of the page; a home by its title, with its page."""
    labels = {name: visit.words.say(f"watches.is_{name}") for name in WORDS if name in wishes}
    told: list[tuple[str, str | Markup]] = []
    for name, label in labels.items():
        home = homes.get(wishes[name]) if name == "home" else None
        told.append((label, _told_wish(visit, name, wishes[name]) if home is None else _link_to(home)))
    return told


def _link_to(home: WatchedHome) -> Markup:
    return Markup('<a href="/homes/{}">{}</a> <small>{}</small>').format(
        quote(home.name), clean(home.title or home.name), home.name
    )


def _told_wish(visit: Visit, name: str, value: Any) -> str:
    """One of its words; empty where it says no more than yes."""
    vocabulary = VOCABULARIES.get(name)
    if vocabulary is not None:
        return visit.show.listed(vocabulary(word) for word in value)
    if name == "max_price":
        price = parse_price("max-price", value)
        return f"{visit.show.number(price.amount, 2)}{'' if price.currency is Currency.CNY else f' {price.currency}'}"
    if name == "deadline":
        return visit.words.say(f"watches.span_{value[-1]}", count=int(value[:-1]))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is True else str(value)


def _channel(each: StoredDelivery) -> StoredChannel:
    return StoredChannel(each.channel_id, each.watch_id, ChannelKind(each.kind), each.place, None)
