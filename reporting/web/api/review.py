"""Doubtful pairs and the words of persons for programs. A word is given by ``POST /decisions``."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from reporting.review import page_of_doubtful_pairs
from reporting.web.doubts import said_by
from reporting.web.visit import Here
from store.terms import Judgement

MOST = 1_000
router = APIRouter(tags=["decisions"])
Limit = Annotated[int, Query(ge=1, le=MOST)]
FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"description": words} for status, words in ((400, "a word cannot be read"), (401, "no password"))
}


class SideBody(BaseModel):
    """One field of both listings; ``agree`` is ``null`` where one of them does not tell it."""

    field: str
    one: str | None
    other: str | None
    agree: bool | None


class PairBody(BaseModel):
    """Two listings that may be of one home."""

    one: str
    other: str
    score: int | None
    reasons: str
    decided_at: datetime
    fields: list[SideBody]


class Pairs(BaseModel):
    """The first of all pairs that wait for a person."""

    count: int
    pairs: list[PairBody]


class WordBody(BaseModel):
    """What a person said of two listings."""

    one: str
    other: str
    judgement: Judgement
    author: str
    because: str
    decided_at: datetime


@router.get("/doubtful-pairs", summary="Pairs that wait for a person", responses=FAILURES)
def list_pairs(visit: Here, limit: Limit = 20) -> Pairs:
    """The nearest to being one home first."""
    with visit.reading() as connection:
        found = page_of_doubtful_pairs(connection, 0, limit)
    pairs = [
        PairBody(
            one=row.one,
            other=row.other,
            score=row.score,
            reasons=row.reasons,
            decided_at=row.decided_at,
            fields=[
                SideBody(field=side.field, one=side.one, other=side.other, agree=side.do_agree) for side in row.sides
            ],
        )
        for row in found.rows
    ]
    return Pairs(count=found.count, pairs=pairs)


@router.get("/decisions", summary="What persons decided", responses=FAILURES)
def list_words(visit: Here, limit: Limit = 100) -> list[WordBody]:
    """The words that stand, the last one first."""
    with visit.reading() as connection:
        return [WordBody(**each._asdict()) for each in said_by(connection, limit)]
