"""Review: pairs in doubt side by side; a person's word settles one, and takes itself back."""

from urllib.parse import quote, unquote

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from reporting.review import page_of_doubtful_pairs
from reporting.web.doubts import Compare, said_by, shown_pair
from reporting.web.navigation import Entry
from reporting.web.query import WrongWord, address, choice_of, number_of, word_of
from reporting.web.visit import Form, Here, Visit
from store.engine import writing
from store.terms import Judgement
from tracking.linking import link_database
from tracking.words import LONGEST_AUTHOR, add_word

ENTRY = Entry(40, "review", "/review")
AUTHOR_COOKIE = "fapai_author"
PAIRS = 10
"""Pairs on one page."""

WORDS = 5
"""How many of one's own words can be taken back on the page."""

MOST_PAGES = 100_000

router = APIRouter()


@router.get("/review")
def show_review(visit: Here) -> HTMLResponse:
    """The pairs that are nearest to being one home first."""
    page, author = number_of(visit.request.query_params, "page", 1, MOST_PAGES, 1), author_of(visit)
    with visit.reading() as connection:
        found = page_of_doubtful_pairs(connection, (page - 1) * PAIRS, PAIRS, visit.waiting_pairs(connection))
        unlinked = visit.unlinked_count(connection)
        said = said_by(connection, WORDS, author, visit.session.began_at) if author else []
    return visit.page(
        "review.html",
        pairs=[shown_pair(pair) for pair in found.rows],
        first=found.first,
        count=found.count,
        page=found.first // PAIRS + 1,
        pages=max(1, -(-found.count // PAIRS)),
        unlinked=unlinked,
        author=author,
        said=said,
        longest=LONGEST_AUTHOR,
        judgements=(Judgement.SAME, Judgement.DIFFERENT),
        different=Compare.DIFFERENT,
    )


@router.post("/review/author")
def name_author(visit: Here, form: Form) -> Response:
    """Remember who decides until the browser is closed; an empty name forgets it."""
    visit.require_writes()
    name = " ".join((form.get("author") or "").split())[:LONGEST_AUTHOR]
    answer = visit.see_other(_back(form))
    is_secure = visit.request.url.scheme == "https"
    answer.set_cookie(AUTHOR_COOKIE, quote(name), httponly=True, samesite="strict", secure=is_secure, path="/")
    return answer


@router.post("/review")
def decide(visit: Here, form: Form) -> Response:
    """Note a word, as ``fapai link decide`` does; ``unsure`` takes one's word back, and the pair waits again."""
    visit.require_writes()
    word = choice_of(form, "judgement", tuple(Judgement), "")
    if not word:
        raise WrongWord("judgement", word, f"--judgement: give one of: {', '.join(Judgement)}")
    back = _back(form)
    pair = (word_of(form, "one") or "", word_of(form, "other") or "")
    because = word_of(form, "because") or "in review"
    with writing(visit.settings.engine) as connection:
        add_word(connection, pair, Judgement(word), author_of(visit) or "", because, visit.now)
        link_database(connection, visit.now)
    return visit.see_other(back)


def author_of(visit: Visit) -> str | None:
    """Who decides, as was said once."""
    return unquote(visit.request.cookies.get(AUTHOR_COOKIE, "")) or None


def _back(form: QueryParams) -> str:
    """The page of the review on which a form stood; the pair that comes next is at the same place."""
    page, place = (number_of(form, name, 1, MOST_PAGES, 1) for name in ("page", "place"))
    return address("/review", QueryParams(), {"page": str(page) if page > 1 else None}) + f"#pair-{place}"
