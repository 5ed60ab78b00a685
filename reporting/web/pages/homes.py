"""The page of one home: every attempt to sell it, where each number comes from, what it costs, what comes next."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from reporting.buyer.comparables import COMPARABLE_MEANS, places_of
from reporting.buyer.cost import NothingToSum, cost_of
from reporting.buyer.cost_question import CostQuestion
from reporting.buyer.ground import find_attempt, gone_listings, load_home
from reporting.buyer.next_round import outlook_of
from reporting.buyer.valuation import load_valuer
from reporting.filters import Filters, day_of
from reporting.ladder import Ladder, load_ladder
from reporting.render import clean
from reporting.web.board.lines import state_of
from reporting.web.board.outlook import BoardComparables, chance_to_fail
from reporting.web.homes import (
    coming_round,
    find_siblings,
    ladder_option,
    load_joints,
    load_looks,
    load_said,
    load_sources,
)
from reporting.web.query import address, home_address, word_of
from reporting.web.rows import doubt_of
from reporting.web.visit import Form, Here
from store.engine import writing
from store.terms import Judgement
from tracking.linking import link_database
from tracking.words import add_word

NAME = r"[0-9]{1,18}|[a-z0-9_]{1,40}:.{1,130}"
Home = Annotated[str, Path(pattern=f"^({NAME})$", description="A home's number, or SOURCE:ID of one of its listings.")]

router = APIRouter()


@router.get("/homes/{name}")
def show_home(visit: Here, name: Home) -> HTMLResponse:
    """The page."""
    filters = Filters(as_of=visit.filters().as_of)
    board = visit.boards.board(filters.as_of)
    now = min(filters.before or visit.now, visit.now)
    with visit.reading() as connection:
        told = load_ladder(connection, name, filters, board.then)
        ground, attempt = load_home(connection, filters, str(told.chain.property_id), board.then)
        try:
            cost = cost_of(connection, CostQuestion(str(told.chain.property_id), filters), board.then)
        except NothingToSum:
            cost = None
        coming = coming_round(told)
        data: dict[str, Any] = {
            "looks": load_looks(connection, told, filters.before),
            "sources": load_sources(connection, sorted(told.chain.offers), filters.before),
            "joints": load_joints(connection, told, filters.before),
            "said": load_said(connection, told, filters.before),
            "siblings": find_siblings(connection, told, filters, board, places_of(attempt, ground.site_of(attempt))),
            "gone": gone_listings(connection, ground.attempts, ground.now),
        }
    return visit.page(
        "homes.html",
        home=told,
        attempt=attempt,
        ground=ground,
        cost=cost,
        coming=coming,
        is_coming_past=bool(coming and coming.earliest_on and coming.earliest_on < day_of(now)),
        home_at=lambda number: home_address(number, filters.as_of),
        outlook_address=home_address(told.chain.property_id, filters.as_of, "/outlook"),
        today_address=home_address(f"{told.chain.last.source}:{told.chain.last.source_id}", None),
        is_earlier=filters.as_of is not None,
        known_at=now,
        state=state_of(attempt, now),
        option=ladder_option(told, visit.words),
        doubts=[doubt_of(question.kind.value) for question in told.chain.questions],
        watch_address=address("/watches/new", QueryParams(), watch_words(told)),
        by_name={f"{each.source}:{each.source_id}": each for each in told.chain.offers.values()},
        **data,
    )


def watch_words(told: Ladder) -> dict[str, str]:
    """What fills the form of a watch for a home: its number, and its title as the name."""
    number = str(told.chain.property_id)
    return {"property": number, "name": " ".join(filter(None, (clean(told.chain.last.title or "")[:40], number)))}


@router.get("/homes/{name}/outlook")
def show_outlook(visit: Here, name: Home) -> HTMLResponse:
    """How likely the present round is to fail, and what comparable homes cost."""
    filters = Filters(as_of=visit.filters().as_of)
    board = visit.boards.board(filters.as_of)
    with visit.reading() as connection:
        ground, attempt = load_home(connection, filters, name, board.then)
        if attempt.property_id is not None:
            attempt = find_attempt(connection, ground, str(attempt.property_id))  # the last one of its home
        chance = chance_to_fail(board, ground.attempts, attempt, ground.day)
        outlook = outlook_of(connection, attempt, filters, chance, ground.then)
        comparables = BoardComparables(board, ground)
        valued = load_valuer(connection, ground, [attempt], filters, comparables).value(attempt)
    return visit.page(
        "outlook.html",
        fragment="outlook",
        name=name,
        home_address=home_address(name, filters.as_of),
        outlook=outlook,
        valued=valued,
        means=COMPARABLE_MEANS,
    )


@router.post("/homes/{name}/apart")
def tell_apart(visit: Here, name: Home, form: Form) -> Response:
    """Note that two of its listings are not of one home, and link anew what hangs on that."""
    visit.require_writes()
    one, other = word_of(form, "one") or "", word_of(form, "other") or ""
    with writing(visit.settings.engine) as connection:
        add_word(connection, (one, other), Judgement.DIFFERENT, "web", "said on the page of the home", visit.now)
        link_database(connection, visit.now)
    return visit.see_other(f"/homes/{name}")
