"""One home as its page tells it: the ladder, where each number was read, what notices say, what holds it together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from reporting.batches import BatchQuestion, OfferedTogether, batches
from reporting.buyer.comparables import Place
from reporting.buyer.facts import Said, load_facts
from reporting.filters import Filters, outside_zone
from reporting.ladder import Ladder, Rung
from reporting.plots.ladder import BAND, PRICE, SOLD, plot_ladder
from reporting.plots.options import Option
from reporting.web.board.board import Board
from reporting.web.languages import Language, Words
from store.links import LINKER
from store.rows import LINK_DECISION, OBSERVATION, PAGE
from store.statement import FIELDS, Minor
from store.terms import FactKind, Judgement, RoundStatus
from tracking.cuts import NextRound

NUMBERS = ("asking_price", "starting_price", "hammer_price", "appraisal_price", "status", "floor_area")
MOST_LISTINGS = 20_000
"""Up to which all listings are looked at for siblings."""

COMPOUND = "compound"
THOUSANDS_OF_WAN = 10


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


def load_joints(connection: Connection, ladder: Ladder, before: datetime | None) -> list[Joint]:
    """What was decided about pairs of the home's listings, and stands, or stood at an earlier instant.

    Homes of an earlier day are made of what was seen by then, whenever it was linked: of a pair that the linker decided
    later alone, its first decision is told.
    """
    names = {each.listing_id: f"{each.source}:{each.source_id}" for each in ladder.chain.offers.values()}
    column = LINK_DECISION.c
    query = select(LINK_DECISION).where(column.one_id.in_(sorted(names)), column.other_id.in_(sorted(names)))
    stands = column.superseded_at.is_(None)
    if before is None:
        query = query.where(stands)
    else:
        query = query.where(
            or_(stands, column.superseded_at >= before), or_(column.decided_at < before, column.author == LINKER)
        )
    told: dict[tuple[int, int, str], Joint] = {}  # the first of a pair by one author: what stood, if anything did
    for row in connection.execute(query.order_by(column.decided_at, column.id)):
        joint = Joint(
            names[row.one_id], names[row.other_id], row.judgement, row.score, row.reasons, row.author, row.decided_at
        )
        told.setdefault((row.one_id, row.other_id, row.author), joint)
    return list(told.values())


def load_said(connection: Connection, ladder: Ladder, before: datetime | None) -> dict[str, Mapping[FactKind, Said]]:
    """By listing (``source:id``) what its notice says, each with its own sentence."""
    facts = load_facts(connection, list(ladder.chain.offers), before)
    offers = ladder.chain.offers
    return {f"{offers[each].source}:{offers[each].source_id}": said for each, said in facts.items()}


def find_siblings(
    connection: Connection,
    ladder: Ladder,
    filters: Filters,
    board: Board,
    places: Sequence[Place],
) -> OfferedTogether | None:
    """The batch that the home is offered in.

    Among many listings only those of its compound are looked at, which the board knows: of a home whose address names
    none it is not known (``None``).

    Args:
        connection: open for reading.
        ladder: the home.
        filters: of them the day alone.
        board: of that day.
        places: where the home is compared.
    """
    asked = BatchQuestion(Filters(sources=(ladder.chain.last.source,), as_of=filters.as_of))
    number = str(ladder.chain.property_id)
    near: list[int] | None = None
    if board.count > MOST_LISTINGS:
        ids = board.rows.array("listing_id")
        near = [ids[each] for place in places if place[0] == COMPOUND for each in board.at_place(place)]
        if not near:
            return None
    found = batches(connection, asked, near, board.then).rows
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
        option["yAxis"]["name"] = words.say("homes.plot_unit")
        if words.language is not Language.ZH:
            _tell_thousands(option)
    return option


def _tell_thousands(option: Option) -> None:
    """Amounts in 万 as thousands: nobody who reads English counts in ten thousands."""
    for series in option["series"]:
        series["data"] = [None if each is None else round(each * THOUSANDS_OF_WAN, 3) for each in series["data"]]


def _step_name(rung: Rung, words: Words) -> str:
    day = f"{rung.starts_at.astimezone(outside_zone()):%Y-%m-%d}" if rung.starts_at else ""
    return "\n".join(filter(None, (words.term(rung.round_kind), day)))


def ladder_records(ladder: Ladder) -> list[dict[str, Any]]:
    """The rungs as programs get them, by the names of the report's columns."""
    table = ladder.table()
    names = [column.name for column in table.columns if column.is_in_file]
    return [{name: getattr(rung, name) for name in names} for rung in ladder.rungs]
