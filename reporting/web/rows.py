"""The rows of a page: what the board found, with what is read for these few alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from reporting.attempts import Attempt, load_attempts
from reporting.buyer.valuation import Discount, to_appraisal
from reporting.filters import AsOf, Filters
from reporting.linked import Linked
from reporting.web.board.board import Board
from reporting.web.board.columns import Row
from reporting.web.board.lines import State, home_of, price_of, state_of
from reporting.web.query import home_address
from store.rows import AUCTION_ROUND
from store.statement import Minor
from store.terms import Currency
from tracking.questions import QuestionKind

STEPS_SHOWN = 12
HEIGHT = 24
"""Of the small ladder, in units of its drawing."""


class Doubt(StrEnum):
    """What makes a price doubtful beside the questions about a home."""

    NOMINAL_PRICE = "nominal_price"


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt in the small ladder: its height of ``HEIGHT``, and what it tells when pointed at."""

    height: int
    price: Minor
    currency: Currency | None
    round_kind: StrEnum | None
    state: State


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One listing with its home's small ladder. ``price`` is what was paid, else what it stands at.

    ``address``: its home's page.
    """

    number: int
    address: str
    attempt: Attempt
    state: State
    price: Minor | None
    cut: int | None
    discount: Discount
    unit_price: Minor | None
    doubts: Sequence[StrEnum]
    attempts: int
    steps: Sequence[Step]

    @property
    def place(self) -> str:
        """City and district, as far as the title does not begin with them."""
        offer = self.attempt.offer
        words = dict.fromkeys(filter(None, (offer.city, offer.district)))
        return " ".join(word for word in words if word not in (offer.title or ""))


def load_rows(
    connection: Connection, board: Board, positions: Sequence[int], filters: Filters, now: datetime
) -> list[HomeRow]:
    """The rows of these places on the board, in their order."""
    shown = [board.rows[position] for position in positions]
    attempts = _load_homes(connection, shown, filters, board.then)
    chains: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in attempts.values():
        chains[home_of(attempt)].append(attempt)
    return [
        make_row(row, attempts[row.listing_id], chains[row.home], filters.as_of, now)
        for row in shown
        if row.listing_id in attempts
    ]


def _load_homes(
    connection: Connection, shown: Sequence[Row], filters: Filters, then: Linked | None
) -> Mapping[int, Attempt]:
    """Every listing of the homes of these rows: a chain is made of all of them."""
    homes = {row.home for row in shown if row.home > 0}
    ids = {row.listing_id for row in shown}
    if then is None:
        link = AUCTION_ROUND.c
        query = select(link.listing_id).where(link.property_id.in_(sorted(homes)))
        ids.update(connection.execute(query).scalars())
    else:
        ids.update(each for each, home in then.home_of.items() if home in homes)
    found = load_attempts(connection, Filters(as_of=filters.as_of), ids, then)
    return {attempt.offer.listing_id: attempt for attempt in found}


def make_row(row: Row, attempt: Attempt, chain: Iterable[Attempt], as_of: AsOf | None, now: datetime) -> HomeRow:
    """A row out of what the board says and what was read."""
    price = price_of(attempt)
    return HomeRow(
        abs(row.home),
        home_address(abs(row.home), as_of),
        attempt,
        state_of(attempt, now),
        price,
        row.cut,
        to_appraisal(attempt, price),
        row.unit_price,
        [doubt_of(word) for word in row.doubts],
        row.attempts,
        list(_steps(sorted(chain, key=_place_in_chain), attempt.offer.currency, now)),
    )


def doubt_of(word: str) -> StrEnum:
    """The term of a doubt, so that it can be told in both languages."""
    return QuestionKind(word) if word in set(QuestionKind) else Doubt(word)


def _place_in_chain(attempt: Attempt) -> tuple[int, int]:
    return attempt.step.position if attempt.step else 0, attempt.offer.listing_id


def _steps(chain: Sequence[Attempt], currency: Currency | None, now: datetime) -> Iterable[Step]:
    """The last attempts whose price is of the same currency: others have no height beside them."""
    priced = [
        (attempt, price) for attempt in chain if (price := attempt.offer.price) and attempt.offer.currency == currency
    ][-STEPS_SHOWN:]
    highest = max((price for _, price in priced), default=1)
    for attempt, price in priced:
        height = max(2, round(HEIGHT * price / highest))
        yield Step(height, price, currency, attempt.offer.round_kind, state_of(attempt, now))
