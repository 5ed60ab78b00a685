"""The ladder of one home: every attempt to sell it, in order, with its price, as a table and as a plot of bars."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from reporting.buyer.zones import local_text, zone_of
from reporting.chains import Chain, NotLinked, load_chains, note_links, require_links
from reporting.errors import ReportError
from reporting.filters import Filters
from reporting.linked import Linked, linked_then
from reporting.money import amount_of, told_amount
from reporting.render import clean, money_text
from reporting.tables import Column, Shape, Table
from reporting.viewings import Viewing, load_viewings, viewing_words
from store.rows import AUCTION_ROUND
from store.terms import Currency, RoundKind, RoundLink, RoundStatus, SellerKind
from tracking.cuts import StepCuts
from tracking.words import find_listing

MEASURE = (
    "ladder: every listing of one home in the order of its attempts; cut: against the round before; floor: the least "
    "lawful start of a court round; percent of the earlier price"
)
BAR = 40


class NoSuchHome(ReportError):
    """The number is that of no home."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One attempt. Amounts in whole units of ``currency``."""

    position: int
    place: str  # procedure.round
    listing: str
    round_kind: RoundKind | None
    link: RoundLink | None
    starts_at: datetime | None
    ends_at: datetime | None
    gap_days: int | None
    price: Decimal | None
    cut_percent: Decimal | None
    highest_cut_percent: Decimal | None
    floor: Decimal | None
    hammer_price: Decimal | None
    currency: Currency | None
    status: RoundStatus | None
    seller_kind: SellerKind | None
    seller_name: str | None
    title: str | None
    url: str | None


COLUMNS = (
    Column("position", Shape.COUNT, is_in_table=False),
    Column("place", Shape.WORD, "round"),
    Column("starts_at", Shape.DAY, "start", room=1),
    Column("ends_at", Shape.DAY, "end", room=8),
    Column("gap_days", Shape.COUNT, "gap", room=6),
    Column("round_kind", Shape.WORD, "kind", room=2),
    Column("link", Shape.WORD, "follows as", room=9),
    Column("price", Shape.MONEY, "price"),
    Column("cut_percent", Shape.PERCENT, "cut"),
    Column("highest_cut_percent", Shape.PERCENT, "of highest", room=10),
    Column("floor", Shape.MONEY, "floor", room=7),
    Column("hammer_price", Shape.MONEY, "sold at", room=5),
    Column("currency", Shape.WORD, is_in_table=False),
    Column("status", Shape.WORD, "status", room=4),
    Column("seller_kind", Shape.WORD, "seller", room=11),
    Column("seller_name", Shape.TEXT, is_in_table=False),
    Column("listing", Shape.WORD, "listing", room=3),
    Column("title", Shape.TEXT, is_in_table=False),
    Column("url", Shape.WORD, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The answer."""

    chain: Chain
    rungs: Sequence[Rung]
    unlinked: Sequence[str] = ()
    viewings: Mapping[int, Sequence[Viewing]] = field(default_factory=dict)

    def table(self) -> Table:
        """The report as rows and columns; the title, the plot, the outlook and the questions beneath."""
        titles = [rung.title for rung in self.rungs if rung.title]
        notes = [
            *titles[-1:],
            *plot_bars(self.rungs),
            *self._viewings(),
            *self._outlook(),
            *self._questions(),
            *self.unlinked,
        ]
        times = [at for offer in self.chain.offers.values() for at in (offer.first_seen_at, offer.last_seen_at)]
        return Table(self._columns(), self.rungs, MEASURE, "listings of one home", min(times), max(times), None, notes)

    def _columns(self) -> list[Column]:
        """Those of the files; in a table none stands empty from top to bottom."""
        told = {column.name for column in COLUMNS if any(getattr(rung, column.name) is not None for rung in self.rungs)}
        return [replace(column, is_in_table=column.is_in_table and column.name in told) for column in COLUMNS]

    def _viewings(self) -> Iterator[str]:
        """When each attempt was or is shown, with the sentence that says so."""
        for step in self.chain.steps:
            offer = self.chain.offers[step.listing_id]
            zone = zone_of(offer)
            for each in self.viewings.get(step.listing_id, ()):
                seen = f"{offer.source}:{offer.source_id}, seen {local_text(each.seen_at, zone)}"
                yield f"viewing, {viewing_words(each, zone)}: “{clean(each.quote)}” ({seen})"

    def _outlook(self) -> Iterator[str]:
        coming = self.chain.cuts.steps[-1].next_round
        if coming is None:
            return
        currency = self.chain.last.currency
        highest = money_text(amount_of(coming.highest_price, currency), currency)
        lowest = "" if coming.lowest_price is None else money_text(amount_of(coming.lowest_price, currency), currency)
        price = f"{lowest} to {highest}" if lowest and lowest != highest else highest
        earliest = f", not before {coming.earliest_on}" if coming.earliest_on else ""
        yield f"if this one fails: {coming.kind} at {price}{earliest} ({coming.rule})"

    def _questions(self) -> Iterator[str]:
        for question in self.chain.questions:
            yield f"question, {question.kind}: {question.words}"


def plot_bars(rungs: Sequence[Rung]) -> Iterator[str]:
    """A bar for each price, to one scale; other currencies have no bar beside these."""
    priced = [rung for rung in rungs if rung.price]
    if len(priced) < 2:
        return
    currency = priced[-1].currency
    highest = max(rung.price for rung in priced if rung.price and rung.currency == currency)
    for rung in priced:
        if rung.price and rung.currency == currency:
            length = max(1, round(BAR * rung.price / highest))
            bar = "█" * length + "·" * (BAR - length)
            yield f"{rung.place:>5} {bar} {money_text(rung.price, currency)}"


def ladder(connection: Connection, name: str, filters: Filters) -> Ladder:
    """The same with lines on what its links cannot tell: to count listings without is to look at every listing."""
    then = linked_then(connection, filters)
    return replace(load_ladder(connection, name, filters, then), unlinked=note_links(connection, then))


def load_ladder(connection: Connection, name: str, filters: Filters, then: Linked | None = None) -> Ladder:
    """The ladder of the home with this number, or of the listing ``SOURCE:ID``.

    ``then``: listings by their homes of the filters' day, where somebody has looked for them already.

    Raises:
        NotLinked: nothing was linked yet.
        UnknownListing: no such listing.
        NoSuchHome: it was not known on the day that was asked for.
    """
    require_links(connection)
    then = then or linked_then(connection, filters)
    listing_id = find_listing(connection, name)
    if then is None:
        query = select(AUCTION_ROUND.c.property_id).where(AUCTION_ROUND.c.listing_id == listing_id)
        property_id = connection.execute(query).scalar()
        if property_id is None:
            raise NotLinked(f"{clean(name)} is not linked yet: run fapai link")
    else:
        property_id = then.home_of.get(listing_id)
        if property_id is None:
            raise NoSuchHome(f"nothing was known of {clean(name)} then")
    (chain,) = load_chains(connection, [property_id], filters, then)
    cuts = {each.listing_id: each for each in chain.cuts.steps}
    rungs = [_rung(chain, index, cuts) for index in range(len(chain.steps))]
    viewings = load_viewings(connection, list(chain.offers), filters.before)
    return Ladder(chain, rungs, viewings=viewings)


def _rung(chain: Chain, index: int, cuts: dict[int, StepCuts]) -> Rung:
    step = chain.steps[index]
    offer, cut = chain.offers[step.listing_id], cuts[step.listing_id]
    currency = offer.currency

    return Rung(
        step.position,
        f"{step.procedure}.{step.place}",
        f"{offer.source}:{offer.source_id}",
        offer.round_kind,
        step.link,
        offer.starts_at,
        offer.ends_at,
        step.gap_days,
        told_amount(cut.price, currency),
        cut.since_last_round.percent if cut.since_last_round else None,
        cut.since_highest_ever.percent if cut.since_highest_ever else None,
        told_amount(cut.floor.price, currency) if cut.floor else None,
        told_amount(offer.hammer_price, currency),
        currency,
        offer.status,
        offer.seller_kind,
        offer.seller_name,
        offer.title,
        chain.urls[offer.listing_id],
    )
