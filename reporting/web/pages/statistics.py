"""Statistics: an overview with a few plots, and a page for each with its definition, sample, plot, table and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from reporting.errors import ReportError
from reporting.plots.options import Option
from reporting.web.errors import NotReady
from reporting.web.navigation import Entry
from reporting.web.query import address, words_of
from reporting.web.statistics.counting import Answer
from reporting.web.statistics.files import csv_of, json_of
from reporting.web.statistics.kept import keeper_of
from reporting.web.statistics.questions import PER, STATISTICS, Statistic, find_statistic, read_asked, words_asked
from reporting.web.statistics.shown import show_option, show_table
from reporting.web.terms import VOCABULARIES
from reporting.web.visit import Here, Visit
from store.rows import SOURCE

ENTRY = Entry(50, "statistics", "/statistics")
IN_OVERVIEW = ("counts", "clearance", "funnel", "time-to-sale")
"""Whose plots the overview shows: more of them, and it would be slow and heavy."""

CHOSEN = ("kind", "seller-kind", "round")
"""Filters with a vocabulary: chosen from a list."""

COUNTING = 202
LOOKS_AGAIN = "5"  # seconds until a browser loads the page once more

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Part:
    """One statistic in the overview; without an option its plot has to be asked for."""

    statistic: Statistic
    answer: Answer | None = None
    option: Option | None = None


@router.get("/statistics")
def show_overview(visit: Here) -> HTMLResponse:
    """The overview."""
    return visit.page("statistics.html", parts=[_part(visit, each) for each in STATISTICS.values()])


@router.get("/statistics/{name}.csv")
def download_csv(visit: Here, name: str) -> Response:
    """Every row of a statistic, as on its page."""
    answer = _answer(visit, find_statistic(name))
    headers = {"content-disposition": f'attachment; filename="fapai-{name}.csv"'}
    return Response(csv_of(answer), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/statistics/{name}.json")
def download_json(visit: Here, name: str) -> Response:
    """The same as JSON, as ``fapai report`` gives it."""
    return Response(json_of(_answer(visit, find_statistic(name))), media_type="application/json")


@router.get("/statistics/{name}")
def show_statistic(visit: Here, name: str) -> HTMLResponse:
    """One statistic; of a large database the page says that it is being counted, and asks again by itself."""
    statistic = find_statistic(name)
    asked = read_asked(statistic, visit.request.query_params)
    told: dict[str, Any] = {"statistic": statistic, "asked": asked, "answer": None, "shown": None, "option": None}
    status = 200
    try:
        answer = keeper_of(visit).answer(asked)
    except NotReady:
        status = COUNTING
    else:
        told |= {
            "answer": answer,
            "shown": show_table(answer.told, asked, visit.words, visit.show),
            "option": show_option(answer.option, asked, visit.words) if answer.option else None,
        }
    with visit.reading() as connection:
        sources = list(connection.execute(select(SOURCE.c.name).order_by(SOURCE.c.name)).scalars())
    page = visit.page(
        "statistic.html", fragment="result", status=status, **told, **_form_words(visit, statistic, sources)
    )
    if status == COUNTING and not visit.is_partial:
        page.headers["refresh"] = LOOKS_AGAIN  # for browsers without scripts; a part of a page asks by itself
    return page


def _form_words(visit: Visit, statistic: Statistic, sources: Sequence[str]) -> dict[str, Any]:
    """What the form of the filters is made of, and the addresses of files and of the other statistics."""
    query = visit.request.query_params
    return {
        "sources": sources,
        "vocabularies": {name: list(VOCABULARIES[name]) for name in CHOSEN if name in statistic.filters},
        "given": {name: words_of(query, name) for name in (*statistic.filters, "series")},
        "per": PER,
        "file_address": lambda ending: address(f"/statistics/{statistic.name}.{ending}", query, {"lang": None}),
        "others": [(each.name, _address_of(each, visit)) for each in STATISTICS.values()],
    }


def _address_of(statistic: Statistic, visit: Visit) -> str:
    """Another statistic with the same filters, as far as it takes them."""
    path, query = f"/statistics/{statistic.name}", visit.request.query_params
    return address(path, type(query)(), words_asked(statistic, query))


def _answer(visit: Visit, statistic: Statistic) -> Answer:
    return keeper_of(visit).answer(read_asked(statistic, visit.request.query_params))


def _part(visit: Visit, statistic: Statistic) -> Part:
    if statistic.name not in IN_OVERVIEW:
        return Part(statistic)
    asked = read_asked(statistic, type(visit.request.query_params)())
    try:
        answer = keeper_of(visit).kept(asked)
    except ReportError:  # the page of the statistic says why
        return Part(statistic)
    if answer is None or answer.option is None:
        return Part(statistic, answer)
    return Part(statistic, answer, show_option(answer.option, asked, visit.words))
