"""One home as its page tells it: the ladder, where each number was read, what notices say, what holds it together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from reporting.batches import BatchQuestion, OfferedTogether, batches
from reporting.buyer.facts import Said, load_facts
from reporting.filters import Filters, outside_zone
from reporting.ladder import Ladder, Rung
from reporting.plots.ladder import BAND, PRICE, SOLD, plot_ladder
from reporting.plots.options import Option
from reporting.web.languages import Language, Words
from store.links import LINKER
from store.rows import LINK_DECISION, OBSERVATION, PAGE
from store.statement import FIELDS, Minor
from store.terms import FactKind, Judgement, RoundStatus
from tracking.cuts import NextRound

NUMBERS = ("asking_price", "starting_price", "hammer_price", "appraisal_price", "status", "floor_area")
MOST_LISTINGS = 20_000
"""Up to which the page looks for siblings by itself: that report looks at every listing."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look that changed something: where the page is kept, and what was said from then on. Money in minor units."""

    listing_id: int
    page_id: int
    observed_at: datetime
    url: str
    price: Minor | None
    hammer_price: Minor | None
    status: RoundStatus | None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number was read last."""

    page_id: int
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Joint:
    """Two listings that a decision holds together, or parts; ``author`` is ``linker`` or a person."""

    one: str
    other: str
    judgement: Judgement
    score: int | None
    reasons: str
    author: str
    decided_at: datetime

    @property
    def is_by_linker(self) -> bool:
        """Whether no person said so."""
        return self.author == LINKER


def load_looks(connection: Connection, ladder: Ladder, before: datetime | None) -> list[Look]:
    """Every look at the home's listings that changed something, the newest first."""
    look = OBSERVATION.c
    query = (
        select(
            look.listing_id,
            look.page_id,
            look.observed_at,
            PAGE.c.url,
            look.asking_price,
            look.starting_price,
            look.hammer_price,
            look.status,
        )
        .join(PAGE, PAGE.c.id == look.page_id)
        .where(look.listing_id.in_(sorted(ladder.chain.offers)))
        .order_by(look.observed_at.desc(), look.id.desc())
    )
    if before is not None:
        query = query.where(look.observed_at < before)
    return [Look(row[0], row[1], row[2], row[3], row[4] or row[5], row[6], row[7]) for row in connection.execute(query)]


def load_sources(
    connection: Connection, listing_ids: Sequence[int], before: datetime | None
) -> Mapping[int, Mapping[str, Source]]:
    """By listing and field, the last look that said it itself; what was carried on from before is no source."""
    look = OBSERVATION.c
    query = select(look.listing_id, look.page_id, look.observed_at, look.stated).where(look.listing_id.in_(listing_ids))
    if before is not None:
        query = query.where(look.observed_at < before)
    found: dict[int, dict[str, Source]] = defaultdict(dict)
    for listing_id, page_id, observed_at, stated in connection.execute(query.order_by(look.observed_at, look.id)):
        for name in NUMBERS:
            if stated >> FIELDS.index(name) & 1:
                found[listing_id][name] = Source(page_id, observed_at)
    return found


def load_joints(connection: Connection, ladder: Ladder) -> list[Joint]:
    """What was decided about pairs of the home's listings, and stands."""
    names = {each.listing_id: f"{each.source}:{each.source_id}" for each in ladder.chain.offers.values()}
    column = LINK_DECISION.c
    query = select(LINK_DECISION).where(
        column.one_id.in_(sorted(names)), column.other_id.in_(sorted(names)), column.superseded_at.is_(None)
    )
    return [
        Joint(names[row.one_id], names[row.other_id], row.judgement, row.score, row.reasons, row.author, row.decided_at)
        for row in connection.execute(query.order_by(column.decided_at, column.id))
    ]


def load_said(connection: Connection, ladder: Ladder, before: datetime | None) -> dict[str, Mapping[FactKind, Said]]:
    """By listing (``source:id``) what its notice says, each with its own sentence."""
    facts = load_facts(connection, list(ladder.chain.offers), before)
    offers = ladder.chain.offers
    return {f"{offers[each].source}:{offers[each].source_id}": said for each, said in facts.items()}


def find_siblings(connection: Connection, ladder: Ladder, filters: Filters, listings: int) -> OfferedTogether | None:
    """The batch that the home is offered in; ``None`` too where there are too many listings to look for it."""
    if listings > MOST_LISTINGS:
        return None
    asked = Filters(sources=(ladder.chain.last.source,), as_of=filters.as_of)
    number = str(ladder.chain.property_id)
    found = batches(connection, BatchQuestion(asked)).rows
    return next((batch for batch in found if number in batch.property_ids.split()), None)


def coming_round(ladder: Ladder) -> NextRound | None:
    """What the law has next if the present round fails."""
    return ladder.chain.cuts.steps[-1].next_round


def ladder_option(ladder: Ladder, words: Words) -> Option:
    """The plot of the ladder with the words of a language."""
    option = plot_ladder(ladder)
    priced = next((rung.currency for rung in reversed(ladder.rungs) if rung.price is not None), None)
    names = {PRICE: words.say("homes.price"), BAND: words.say("homes.band"), SOLD: words.say("homes.sold_at")}
    for series in option["series"]:
        series["name"] = names.get(series["name"], series["name"])
    option["legend"]["data"] = list(names.values())
    option["xAxis"]["data"] = [_step_name(rung, words) for rung in ladder.rungs if rung.currency == priced]
    if option["yAxis"]["name"] == "万 CNY":
        option["yAxis"]["name"] = "万元" if words.language is Language.ZH else "CN¥ × 10,000"
    return option


def _step_name(rung: Rung, words: Words) -> str:
    day = f"{rung.starts_at.astimezone(outside_zone()):%Y-%m-%d}" if rung.starts_at else ""
    return "\n".join(filter(None, (words.term(rung.round_kind), day)))


def ladder_records(ladder: Ladder) -> list[dict[str, Any]]:
    """The rungs as programs get them, by the names of the report's columns."""
    table = ladder.table()
    names = [column.name for column in table.columns if column.is_in_file]
    return [{name: getattr(rung, name) for name in names} for rung in ladder.rungs]
