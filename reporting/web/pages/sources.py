"""Sources and runs: how each source stands, what it was asked, what came of it, and the last pages."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from reporting.web.navigation import Entry
from reporting.web.parts_asked import NAMES
from reporting.web.query import choice_of
from reporting.web.standing import (
    Standing,
    find_standing,
    load_fields,
    load_leases,
    load_pages,
    load_runs,
    load_slices,
    load_standings,
    load_week,
)
from reporting.web.terms import field_text
from reporting.web.visit import Here, Visit
from store.terms import RunVerdict

ENTRY = Entry(60, "sources", "/sources")
WELL = frozenset((RunVerdict.OK, RunVerdict.RUNNING))

router = APIRouter()


@router.get("/sources")
def show_sources(visit: Here) -> HTMLResponse:
    """All sources; those that are left alone are told first."""
    with visit.reading() as connection:
        standings = standings_of(visit, connection)
        return visit.page(
            "sources.html",
            standings=standings,
            paused=[each for each in standings if each.is_paused],
            well=WELL,
            week=load_week(connection, visit.now),
            leases=load_leases(connection, visit.now),
            runs=load_runs(connection),
            pages=load_pages(connection),
        )


@router.get("/sources/{name}")
def show_source(visit: Here, name: str) -> HTMLResponse:
    """One source. To count its fields takes a look at all listings, so it is done where it is asked for."""
    is_counted = choice_of(visit.request.query_params, "fields", ("all",), "") == "all"
    with visit.reading() as connection:
        return visit.page(
            "source.html",
            standing=find_standing(standings_of(visit, connection), name),
            well=WELL,
            slices=load_slices(connection, name),
            field_text=lambda field: field_text(visit.words, field),
            part_names={*NAMES.values(), "file"},
            runs=load_runs(connection, name),
            pages=load_pages(connection, name),
            fields=load_fields(connection, name) if is_counted else None,
        )


def standings_of(visit: Visit, connection: Connection) -> list[Standing]:
    """How the sources stand, by the health that is kept."""
    return load_standings(connection, visit.health(connection), visit.now, visit.settings.budgets)
