"""Watches and the outbox for programs; what the command line refuses is refused in its words.

A request without a body still needs ``content-type: application/json``, as every write here does.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import QueryParams

from reporting.alerts.manage import change, check_name, create_watch, remove, require_watch, try_channels
from reporting.web.visit import Here, Visit
from reporting.web.watch_forms import ShownWatch, load_shown, read_draft
from store.outbox import list_deliveries
from store.terms import ChannelKind, DeliveryState, Pace

MOST = 1_000
router = APIRouter(tags=["watches"])
Text = Annotated[str, Field(max_length=200)]
Several = Annotated[list[Text], Field(max_length=40)]
FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"description": words}
    for status, words in (
        (400, "a word cannot be used, told in the sentence of the command line"),
        (401, "no password"),
        (403, "for reading only, or from another site"),
        (404, "no such listing"),
        (409, "no such watch, or one of this name already"),
        (413, "too large"),
        (415, "no JSON"),
    )
}


class WatchBody(BaseModel):
    """A watch as it is asked for, by the options of ``fapai watch add``; ``atom`` and ``icalendar`` make a new file."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    source: Several = []
    city: Several = []
    kind: Several = []
    seller_kind: Several = []
    round: Several = []
    max_price: Text | None = None
    property: Text | None = None
    cut: Text | None = None
    lowest_ever: bool = False
    deadline: Text | None = None
    event: Several = []
    digest: Pace = Pace.AT_ONCE
    at: Text | None = None
    on: Text | None = None
    quiet: Text | None = None
    zone: Text | None = None
    language: Text | None = None
    to: Annotated[list[Annotated[str, Field(max_length=2_000)]], Field(max_length=40)] = []
    atom: bool = False
    icalendar: bool = False


class ChangedBody(WatchBody):
    """What a watch is to be from now on; channels stay but for those that are dropped."""

    drop_channels: Annotated[list[int], Field(max_length=40)] = []


class PauseBody(BaseModel):
    """Whether a watch is silent."""

    model_config = ConfigDict(extra="forbid")

    paused: bool


class ChannelBody(BaseModel):
    """A channel without its secret; ``address``: of a feed or a calendar on this server."""

    id: int
    kind: ChannelKind
    words: str
    address: str | None


class WatchTold(BaseModel):
    """One watch."""

    name: str
    wishes: dict[str, Any]
    state: str
    channels: list[ChannelBody]
    digest: Pace
    at: str
    on: int
    quiet_from: str | None
    quiet_to: str | None
    zone: str
    language: str
    news: int
    created_at: datetime
    paused_at: datetime | None
    spoke_at: datetime | None


class TriedBody(BaseModel):
    """What came of a test of one channel; ``error`` is ``null`` where it works."""

    channel: int
    error: str | None


class DeliveryBody(BaseModel):
    """One message to one channel."""

    id: int
    watch: str
    channel: int
    state: DeliveryState
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    error: str | None
    subject: str


@router.get("/watches", summary="All watches", responses=FAILURES)
def list_watches(visit: Here) -> list[WatchTold]:
    """By name."""
    with visit.reading() as connection:
        return [_told(each) for each in load_shown(connection, visit.settings.feeds)]


@router.post("/watches", status_code=201, summary="Add a watch", responses=FAILURES)
def add_watch(visit: Here, body: WatchBody) -> WatchTold:
    """The first run sends one summary."""
    visit.require_writes()
    settings, draft = visit.settings, read_draft(_form(body), visit.settings.feeds)
    create_watch(settings.engine, settings.secrets, draft.name, draft.words, draft.hours, draft.channels, visit.now)
    return _one(visit, check_name(draft.name))


@router.post("/watches/{name:path}/test", summary="Try the channels of a watch", responses=FAILURES)
def try_watch(visit: Here, name: str) -> list[TriedBody]:
    """A test message to each address, a fresh copy of each file."""
    visit.require_writes()
    tried = try_channels(visit.settings.engine, visit.settings.secrets, name, visit.now)
    return [TriedBody(channel=int(each.channel.partition(":")[0]), error=each.error) for each in tried]


@router.put("/watches/{name:path}", summary="Change a watch", responses=FAILURES)
def change_watch(visit: Here, name: str, body: ChangedBody) -> WatchTold:
    """Where it is for something else from now on, the next run sends a summary again."""
    visit.require_writes()
    settings, draft = visit.settings, read_draft(_form(body), visit.settings.feeds)
    values = {**draft.hours, "name": check_name(draft.name)}
    change(settings.engine, settings.secrets, name, lambda _: draft.words, values, draft.channels, body.drop_channels)
    return _one(visit, values["name"])


@router.patch("/watches/{name:path}", summary="Pause a watch or let it go on", responses=FAILURES)
def pause_watch(visit: Here, name: str, body: PauseBody) -> WatchTold:
    """What happened meanwhile is told with the next run."""
    visit.require_writes()
    values = {"paused_at": visit.now if body.paused else None}
    change(visit.settings.engine, visit.settings.secrets, name, lambda before: before, values)
    return _one(visit, name)


@router.delete("/watches/{name:path}", status_code=204, summary="Take a watch away", responses=FAILURES)
def remove_watch(visit: Here, name: str) -> Response:
    """With its addresses and all that it has told; its feed and its calendar stay as files."""
    visit.require_writes()
    remove(visit.settings.engine, visit.settings.secrets, name)
    return Response(status_code=204)


@router.get("/outbox", summary="Messages on their way, sent, and given up", responses=FAILURES)
def list_outbox(
    visit: Here,
    state: Annotated[list[DeliveryState] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> list[DeliveryBody]:
    """The newest first."""
    with visit.reading() as connection:
        rows = list_deliveries(connection, state or ())[:limit]
    names = DeliveryBody.model_fields.keys() - {"channel"}
    return [DeliveryBody(channel=row.channel_id, **{name: getattr(row, name) for name in names}) for row in rows]


def _form(body: WatchBody) -> QueryParams:
    """The words of a body under the names of the form, so that both are read by the same code."""
    return QueryParams(list(_words(body.model_dump(exclude={"drop_channels"}))))


def _words(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if name == "to":
            yield name, " ".join(value)
        elif isinstance(value, list):
            yield from ((name.replace("_", "-"), str(each)) for each in value)
        elif value:
            yield name.replace("_", "-"), "yes" if value is True else str(value)


def _one(visit: Visit, name: str) -> WatchTold:
    with visit.reading() as connection:
        watch = require_watch(connection, name)
        return next(_told(each) for each in load_shown(connection, visit.settings.feeds) if each.stored.id == watch.id)


def _told(watch: ShownWatch) -> WatchTold:
    stored = watch.stored
    return WatchTold(
        name=stored.name,
        wishes=dict(stored.wishes),
        state=watch.state,
        channels=[
            ChannelBody(id=each.id, kind=each.kind, words=each.words, address=each.address) for each in watch.channels
        ],
        digest=stored.pace,
        at=stored.speaks_at,
        on=stored.speaks_on,
        quiet_from=stored.quiet_from,
        quiet_to=stored.quiet_to,
        zone=stored.zone,
        language=stored.language,
        news=watch.news,
        created_at=stored.created_at,
        paused_at=stored.paused_at,
        spoke_at=stored.spoke_at,
    )
