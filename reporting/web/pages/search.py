"""Search: facets with their counts, a table, a map; all in the address, as CSV and JSON too, or kept as a watch."""

import re
from collections.abc import Iterator

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.datastructures import QueryParams

from reporting.alerts.manage import Asked, create_watch
from reporting.alerts.wishes import words_of as watch_words
from reporting.asked import filter_notes, require_sources
from reporting.web.board.board import FACETS, Board
from reporting.web.board.clusters import WORLD, Box, clusters_of
from reporting.web.board.search import (
    HOMES,
    LISTINGS,
    SORTS,
    Found,
    all_positions,
    find,
    positions_on_page,
    read_search,
)
from reporting.web.navigation import Entry
from reporting.web.query import WrongWord, address, home_address, number_of, read_filters, word_of, words_of
from reporting.web.records import ROWS_AT_ONCE, all_records, csv_parts, json_parts
from reporting.web.rows import load_rows
from reporting.web.terms import facet_text
from reporting.web.visit import Form, Here, Visit
from store.terms import ChannelKind, Pace

ENTRY = Entry(20, "search", "/search")
WORDS_SHOWN = 8
"""Of a facet; the others unfold."""

MOST_WORDS = 100
"""That unfold: a facet of a thousand cities is no list to choose from, and words are looked for above it."""

ROOMS = re.compile(r"[一二两三四五六0-9](?:居|室|房|间|卧)|bed|bhk|quarto")
"""Words that ask for rooms. No source keeps them as a field, and few titles tell them (recorded pages of 2021-2026)."""

FURTHEST_ZOOM = 16
NOT_WATCHED = ("q", "state", "min-area", "max-area", "since", "as-of")
"""Words of a search that a watch does not know."""

router = APIRouter()


@router.get("/search")
def show_search(visit: Here) -> HTMLResponse:
    """The page; for htmx its results alone."""
    board, found = _found(visit)
    search = found.search
    with visit.reading() as connection:
        require_sources(connection, search.filters.sources)
        notes = list(filter_notes(connection, search.filters)) if not found.count else []
        rows = load_rows(connection, board, positions_on_page(board, found), search.filters, board.now)
    return visit.page(
        "search.html",
        fragment="results",
        found=found,
        search=search,
        rows=rows,
        notes=notes,
        board_at=board.now,
        facets=FACETS,
        facet_text=lambda name, word: facet_text(visit.words, name, word),
        sorts=[*SORTS, *(f"-{sort}" for sort in SORTS if sort in {"price", "unit-price", "area", "ends"})],
        scopes=(HOMES, LISTINGS),
        words_shown=WORDS_SHOWN,
        most_words=MOST_WORDS,
        asks_for_rooms=any(ROOMS.search(word) for word in search.words),
        toggled=lambda name, word: _toggled(visit, name, word),
        not_watched=", ".join(
            visit.words.say(f"search.{name}") for name in NOT_WATCHED if word_of(visit.request.query_params, name)
        ),
        here_as=lambda path: address(path, visit.request.query_params, {"page": None, "saved": None, "lang": None}),
        saved=word_of(visit.request.query_params, "saved"),
    )


@router.get("/search.csv")
def download_csv(visit: Here) -> Response:
    """Every row that is found, in its order."""
    headers = {"content-disposition": 'attachment; filename="fapai-search.csv"'}
    return StreamingResponse(csv_parts(_records(visit)), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/search.json")
def download_json(visit: Here) -> Response:
    """The same as JSON."""
    return StreamingResponse(json_parts(_records(visit)), media_type="application/json")


@router.get("/search/points.json")
def show_points(visit: Here) -> JSONResponse:
    """The clusters of the map: middle, number, and of single ones the home's page."""
    board, found = _found(visit)
    zoom = number_of(visit.request.query_params, "zoom", 0, FURTHEST_ZOOM, 0)
    clusters = clusters_of(board, found.bits, zoom, _box(visit.request.query_params))
    points = [
        {
            "at": [each.latitude, each.longitude],
            "count": each.size,
            "address": None
            if each.position is None
            else home_address(abs(board.rows[each.position].home), found.search.filters.as_of),
        }
        for each in clusters
    ]
    return JSONResponse({"points": points, "unplaced": found.unplaced})


@router.post("/search/watch")
def save_watch(visit: Here, form: Form) -> Response:
    """Keep a search as a watch with a feed and a calendar of its own."""
    visit.require_writes()
    name, filters = word_of(form, "name") or "", read_filters(form)
    settings = visit.settings
    settings.feeds.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = settings.feeds / visit.new_name()
    channels = [
        Asked(ChannelKind.ATOM, f"{stem}.xml"),
        Asked(ChannelKind.ICALENDAR, f"{stem}.ics"),
    ]
    hours = {
        "pace": Pace.AT_ONCE,
        "speaks_at": "08:00",
        "speaks_on": 0,
        "quiet_from": None,
        "quiet_to": None,
        "zone": "Asia/Shanghai",
        "language": visit.words.language.value,
    }
    words = watch_words(filters) | {"cut": word_of(form, "min-cut")}
    create_watch(settings.engine, settings.secrets, name, words, hours, channels, visit.now)
    asked = QueryParams([pair for pair in form.multi_items() if pair[0] not in {"name", "_token", "saved"}])
    return visit.see_other(address("/search", asked, {"saved": name}))


def _found(visit: Visit) -> tuple[Board, Found]:
    search = read_search(visit.request.query_params)
    board = visit.boards.board(search.filters.as_of)
    return board, find(board, search)


def _records(visit: Visit) -> Iterator[dict[str, object]]:
    """Found and checked before the first byte is sent; read while they are sent."""
    board, found = _found(visit)
    positions = all_positions(board, found)

    def read() -> Iterator[dict[str, object]]:
        for start in range(0, len(positions), ROWS_AT_ONCE):
            # A connection is held while a part is read, not while a slow client takes it.
            with visit.reading() as connection:
                part = positions[start : start + ROWS_AT_ONCE]
                records = list(all_records(connection, board, part, found.search.filters, board.now))
            yield from records

    return read()


def _toggled(visit: Visit, name: str, word: str) -> str:
    """The address with a word of a facet added, or taken out where it is there."""
    query = visit.request.query_params
    chosen = words_of(query, name)
    chosen = [each for each in chosen if each != word] if word in chosen else [*chosen, word]
    return address("/search", query, {name: chosen, "page": None, "saved": None})


def _box(query: QueryParams) -> Box:
    word = word_of(query, "box")
    if word is None:
        return WORLD
    try:
        south, west, north, east = (float(part) for part in word.split(","))
    except ValueError:
        raise WrongWord("box", word, "--box: give south,west,north,east in degrees") from None
    return Box(south, west, north, east)
