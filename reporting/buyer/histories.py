"""The chains of some listings: cuts and questions, also of listings that nobody has linked yet."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from reporting.attempts import Attempt
from reporting.chains import load_chains
from reporting.filters import Filters
from reporting.linked import Linked
from tracking.cuts import ChainCuts, StepCuts, chain_cuts
from tracking.price_changes import PriceChange, price_changes
from tracking.questions import Question, questions_of
from tracking.rounds import chain_rounds


class History(NamedTuple):
    """What became of the price of one home, and what is asked about it. ``listings``: how many it has."""

    cuts: ChainCuts
    questions: tuple[Question, ...]
    listings: int

    def step(self, listing_id: int) -> StepCuts | None:
        """The cuts of one listing of the chain."""
        return next((step for step in self.cuts.steps if step.listing_id == listing_id), None)


def load_histories(
    connection: Connection, attempts: Collection[Attempt], filters: Filters, then: Linked | None = None
) -> dict[int, History]:
    """By listing, the history of its home as known at the filters' day; ``then`` as ``load_chains`` takes it."""
    homes = {each.property_id: each for each in attempts if each.property_id is not None}
    asked = defaultdict(list)
    for attempt in attempts:
        asked[attempt.property_id].append(attempt.offer.listing_id)
    found: dict[int, History] = {}
    if homes:
        for chain in load_chains(connection, list(filter(None, homes)), Filters(as_of=filters.as_of), then):
            history = History(chain.cuts, tuple(chain.questions), len(chain.steps))
            found.update(dict.fromkeys(asked[chain.property_id], history))
    alone = [attempt for attempt in attempts if attempt.property_id is None]
    return found | _of_unlinked(connection, alone, filters)


def _of_unlinked(connection: Connection, attempts: Collection[Attempt], filters: Filters) -> dict[int, History]:
    if not attempts:
        return {}
    wanted = {attempt.offer.listing_id for attempt in attempts}
    changes: dict[int, list[PriceChange]] = defaultdict(list)
    for change in price_changes(connection, before=filters.before):
        if change.listing_id in wanted:
            changes[change.listing_id].append(change)
    return dict(_alone(attempts, changes))


def _alone(attempts: Collection[Attempt], changes: dict[int, list[PriceChange]]) -> Iterable[tuple[int, History]]:
    for attempt in attempts:
        offer, listing_id = attempt.offer, attempt.offer.listing_id
        steps = chain_rounds([offer])
        inexact = {listing_id} if attempt.further.is_price_exact is False else set()
        told = {listing_id: day} if (day := attempt.further.appraisal_on) else {}
        cuts = chain_cuts(steps, [offer], changes=changes, inexact=inexact)
        questions = questions_of(steps, [offer], appraised_on=told, inexact=inexact)
        yield listing_id, History(cuts, tuple(questions), 1)
