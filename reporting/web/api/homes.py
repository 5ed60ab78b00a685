"""Searches and homes for programs: the same words, figures and failures as the pages."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from reporting.filters import Filters
from reporting.ladder import load_ladder
from reporting.web.board.board import FACETS
from reporting.web.board.search import MOST_ROWS, PAGE, SORTS, find, positions_on_page, read_search
from reporting.web.homes import coming_round, ladder_records, load_joints, load_looks
from reporting.web.pages.homes import Home
from reporting.web.records import plain, record_of
from reporting.web.rows import load_rows
from reporting.web.visit import Here
from store.engine import writing
from store.terms import Judgement
from tracking.linking import link_database
from tracking.words import add_word

ROWS = "homes or listings: what a row is"
Word = Annotated[str | None, Query(max_length=200)]
Words = Annotated[list[str] | None, Query(max_length=40)]


class Failure(BaseModel):
    """Why a question has no answer."""

    status: int
    detail: str
    parameter: str | None = None
    value: str | None = None


FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (400, 401, 403, 404, 409, 413, 415, 503)
}
router = APIRouter(tags=["homes"], responses=FAILURES)


class Decision(BaseModel):
    """A person's word about two listings; it wins over the linker and stays."""

    model_config = ConfigDict(extra="forbid")

    one: str = Field(max_length=200, description="SOURCE:ID, or a number")
    other: str = Field(max_length=200, description="SOURCE:ID, or a number")
    judgement: Judgement
    author: str = Field(min_length=1, max_length=80)
    because: str = Field(default="", max_length=400)


def _answer(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body, default=_plain), media_type="application/json")


def _plain(value: Any) -> Any:
    """What JSON does not know: amounts with all their decimals; tuples of names as objects."""
    if hasattr(value, "_asdict"):
        return value._asdict()
    told = plain(value)
    if told is value:
        raise TypeError(type(value).__name__)
    return told


@router.get("/homes", summary="Search", response_class=Response, responses={200: {"content": {"application/json": {}}}})
def search_homes(
    visit: Here,
    q: Word = None,
    state: Words = None,
    source: Words = None,
    city: Words = None,
    kind: Words = None,
    seller_kind: Annotated[list[str] | None, Query(alias="seller-kind", max_length=40)] = None,
    round_kind: Annotated[list[str] | None, Query(alias="round", max_length=40)] = None,
    min_cut: Annotated[str | None, Query(alias="min-cut", max_length=200)] = None,
    max_price: Annotated[str | None, Query(alias="max-price", max_length=200)] = None,
    min_area: Annotated[str | None, Query(alias="min-area", max_length=200)] = None,
    max_area: Annotated[str | None, Query(alias="max-area", max_length=200)] = None,
    since: Word = None,
    as_of: Annotated[str | None, Query(alias="as-of", max_length=200)] = None,
    sort: Annotated[str | None, Query(description=f"one of {', '.join(SORTS)}; -NAME turns it round")] = None,
    rows: Annotated[str | None, Query(description=ROWS)] = None,
    page: Annotated[int, Query(ge=1, le=10_000_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = PAGE,
) -> Response:
    """Homes that are asked for, with the counts of every facet; the parameters are those of the pages."""
    del q, state, source, city, kind, seller_kind, round_kind, min_cut, max_price, min_area, max_area, since, as_of
    del sort, rows, page, limit  # told to the OpenAPI; read below as the pages read them
    search = read_search(visit.request.query_params)
    board = visit.boards.board(search.filters.as_of)
    found = find(board, search)
    with visit.reading() as connection:
        shown = load_rows(connection, board, positions_on_page(board, found), search.filters, board.now)
    return _answer(
        {
            "homes": found.homes,
            "listings": found.listings,
            "page": search.page,
            "pages": found.pages,
            "facets": {name: {each.word: each.found for each in found.facets[name]} for name in FACETS},
            "rows": [{name: plain(value) for name, value in record_of(row).items()} for row in shown],
        }
    )


@router.get(
    "/homes/{name}", summary="One home", response_class=Response, responses={200: {"content": {"application/json": {}}}}
)
def show_home(
    visit: Here, name: Home, as_of: Annotated[str | None, Query(alias="as-of", max_length=200)] = None
) -> Response:
    """Its ladder, its questions, every look that changed something, and what holds it together."""
    del as_of
    filters = Filters(as_of=visit.filters().as_of)
    with visit.reading() as connection:
        told = load_ladder(connection, name, filters)
        looks = load_looks(connection, told, filters.before)
        joints = load_joints(connection, told, filters.before)
    return _answer(
        {
            "home": told.chain.property_id,
            "ladder": [{each: plain(value) for each, value in rung.items()} for rung in ladder_records(told)],
            "questions": [{"kind": each.kind.value, "words": each.words} for each in told.chain.questions],
            "next_round": coming_round(told),
            "looks": [
                {"page": each.page_id, "observed_at": plain(each.observed_at), "status": plain(each.status)}
                for each in looks
            ],
            "decisions": [
                {"one": each.one, "other": each.other, "judgement": each.judgement.value, "reasons": each.reasons}
                for each in joints
            ],
        }
    )


@router.post("/decisions", status_code=201, summary="Say whether two listings are one home")
def decide(visit: Here, decision: Decision) -> dict[str, str]:
    """Note a person's word, and link anew what hangs on it."""
    visit.require_writes()
    with writing(visit.settings.engine) as connection:
        pair = (decision.one, decision.other)
        add_word(connection, pair, decision.judgement, decision.author, decision.because, visit.now)
        link_database(connection, visit.now)
    return {"noted": decision.judgement.value}
