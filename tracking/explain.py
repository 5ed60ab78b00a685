"""Why two listings are one home, or are not: about five lines that a sceptical buyer can follow.

First the verdict, with how the one follows the other; then both listings, each with its price and with its address as
it was read; then what tells them apart, and what agrees.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from store.links import LINKER, StoredDecision
from store.rows import AUCTION_ROUND, LINK_DECISION
from store.statement import Minor
from store.terms import MINOR_DIGITS, Currency, Judgement, RoundLink
from tracking.address.read import read_address
from tracking.evidence import BY_SIZE, SAME_FROM, decide
from tracking.law import dated_at, jurisdiction_of
from tracking.offers import Offer, country_of, load_offers
from tracking.rounds import Step, chain_rounds, counted_round, order_of
from tracking.signs import find_signs
from tracking.traits import NUMBER_THEIR_THINGS, Traits, traits_of
from tracking.words import find_listing

MOST_REASONS = 8
LONGEST_WAY = 4
BY_OTHERS = "by other listings"
"""How a reason ends that comes from neither of the two."""


class _Reasons(NamedTuple):
    """What was found of a pair, in words; ``lacking``: why what agrees is not enough."""

    lacking: list[str]
    apart: list[str]
    agree: list[str]
    is_vetoed: bool


def explain_pair(connection: Connection, one: str, other: str) -> list[str]:
    """The verdict, the two listings as they were read, and the reasons; seldom more than five lines.

    Raises:
        UnknownListing: one of them is unknown.
    """
    ids = (find_listing(connection, one), find_listing(connection, other))
    homes = _homes(connection, ids)
    offers = {offer.listing_id: offer for offer in load_offers(connection, ids)}
    ours, theirs = offers[ids[0]], offers[ids[1]]
    if ids[0] == ids[1]:
        return [_one_listing(ours, homes), _told(ours)]
    return [
        _verdict(connection, ids, homes),
        *map(_told, sorted((ours, theirs), key=order_of)),
        *_why(connection, ours, theirs, homes),
    ]


def _homes(connection: Connection, ids: tuple[int, int]) -> dict[int, int]:
    link = AUCTION_ROUND.c
    rows = connection.execute(select(link.listing_id, link.property_id).where(link.listing_id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def _one_listing(offer: Offer, homes: dict[int, int]) -> str:
    """Both names are of one listing: some sources name the thing, and not the attempt to sell it."""
    home = f"home number {homes[offer.listing_id]}" if homes else "not linked yet: run fapai link"
    if offer.source in NUMBER_THEIR_THINGS:
        return f"one listing, so one home: {offer.source} keeps its number through all attempts to sell it; {home}"
    return f"one listing, named twice; {home}"


# The verdict --------------------------------------------------------------------------------------------------------


def _verdict(connection: Connection, ids: tuple[int, int], homes: dict[int, int]) -> str:
    if len(homes) < len(ids):
        return "not linked yet: run fapai link"
    if homes[ids[0]] != homes[ids[1]]:
        return f"two homes: numbers {homes[ids[0]]} and {homes[ids[1]]}"
    link = AUCTION_ROUND.c
    members = select(link.listing_id).where(link.property_id == homes[ids[0]])
    wanted = list(connection.execute(members).scalars())
    offers = {offer.listing_id: offer for offer in load_offers(connection, wanted, with_parts=False)}
    steps = chain_rounds(offers.values())
    first, second = (step for step in steps if step.listing_id in ids)
    return f"one home: number {homes[ids[0]]}, {_chained(first, second, len(steps), offers)}"


def _chained(first: Step, second: Step, count: int, offers: dict[int, Offer]) -> str:
    """How the one listing stands to the other in the chain of their home."""
    before, after = offers[first.listing_id], offers[second.listing_id]
    if second.link is not RoundLink.SAME_OFFER_ELSEWHERE and _is_order_guessed(before, after):
        order = "which was first is not told" if before.price == after.price else "the dearer one first: no day is told"
        words = f"attempts {first.position} and {second.position} of {count}, {order}"
    elif second.previous_listing_id != first.listing_id or second.link is None:
        words = f"attempts {first.position} and {second.position} of {count}"
    elif second.link is RoundLink.SAME_OFFER_ELSEWHERE:
        words = "the same offer on two platforms"
    else:
        gap = "" if second.gap_days is None else f", {second.gap_days} days after it ended"
        words = f"the second follows the first as {second.link.replace('_', ' ')}{gap}"
    return words + _step_of_prices(before, after, first, second)


def _is_order_guessed(before: Offer, after: Offer) -> bool:
    """Whether neither days nor numbers of rounds tell which of two attempts was first: then it is the dearer one."""
    if dated_at(before) and dated_at(after):
        return False
    numbers = counted_round(before), counted_round(after)
    return None in numbers or numbers[0] == numbers[1]


def _step_of_prices(before: Offer, after: Offer, first: Step, second: Step) -> str:
    """The price of the second attempt in percent of the first, and whether a court may go so low."""
    if not (before.price and after.price) or before.currency is not after.currency:
        return ""
    share = Decimal(after.price * 100) / before.price
    words = ", at the same price" if after.price == before.price else f", at {share:.1f}% of its price"
    if first.procedure != second.procedure:
        return words
    least = jurisdiction_of(after).least_ratio(first.place, second.place)
    if least is None or second.place == first.place:
        return words
    if after.price < least * before.price:
        return f"{words} (less than the {float(least):.0%} that the law allows)"
    return f"{words} (the law allows no less than {float(least):.0%})"


# The listings -------------------------------------------------------------------------------------------------------


def _told(offer: Offer) -> str:
    """A listing with what it says of itself, and the parts of its address with the words that they were read from."""
    country = country_of(offer.region_code, offer.source, offer.currency)
    address = read_address(offer.title, offer.address, country, offer.city, offer.district)
    parts = (
        _part(name, value, words)
        for name, words in address.words.items()
        if (value := getattr(address.parts, name)) is not None and not (name == "unit_count" and address.parts.members)
    )
    day = offer.starts_at or offer.ends_at
    said = (
        offer.round_kind,
        f"round {offer.round_number}" if offer.round_number else None,
        offer.status,
        f"{'from' if offer.starts_at else 'until'} {day:%Y-%m-%d}" if day else None,
        _money(offer.price, offer.currency) if offer.price else None,
        f"{offer.floor_area / 100:g} m2" if offer.floor_area else None,
    )
    name = f"{offer.source}:{offer.source_id} {offer.title or offer.address or 'without a title'}"
    return f"{name} [{', '.join(filter(None, said)) or 'nothing else told'}]: {', '.join(parts) or 'no parts'}"


def _part(name: str, value: str | int | tuple[str, ...], words: str) -> str:
    """A part of an address with the words that it was read from, where these are others."""
    if name == "unit_count":
        return f"{value} homes ({words})"
    if isinstance(value, tuple):
        return f"{len(value)} homes: {', '.join(value)}"
    return f"{name} {value}" if value == words else f"{name} {value} ({words})"


def _money(amount: Minor, currency: Currency | None) -> str:
    digits = MINOR_DIGITS[currency] if currency else 2
    whole = Decimal(amount).scaleb(-digits)
    text = f"{whole:,.0f}" if whole == whole.to_integral_value() else f"{whole:,.{digits}f}"
    return f"{currency} {text}" if currency else text


# The reasons --------------------------------------------------------------------------------------------------------


def _why(connection: Connection, ours: Offer, theirs: Offer, homes: dict[int, int]) -> Iterator[str]:
    pair = (ours.listing_id, theirs.listing_id)
    standing = list(_standing(connection, pair))
    words = [each for each in standing if each.author != LINKER]
    for said in words:
        yield f"{said.author} decided on {said.decided_at:%Y-%m-%d}: {said.judgement}{_in_brackets(said.reasons)}"
    linkers = next((each for each in standing if each.author == LINKER), None)
    one, other = traits_of(ours), traits_of(theirs)
    decision = decide(one, other)
    judgement, score, reasons = decision.judgement, decision.score, list(decision.reasons)
    if linkers is not None:
        judgement, score, reasons = linkers.judgement, linkers.score or 0, linkers.reasons.split("; ")
    yield from _lines(_sorted_out(one, other, reasons), judgement, score, is_decided=bool(words))
    is_joined = len(homes) == 2 and len(set(homes.values())) == 1
    if is_joined and judgement is not Judgement.SAME:
        yield from _through(connection, pair, homes[ours.listing_id])


def _sorted_out(one: Traits, other: Traits, reasons: Sequence[str]) -> _Reasons:
    """The reasons of a decision by what they speak for. What no sign says begins with what is lacking."""
    found = {sign.words(*pair): sign for pair in ((one, other), (other, one)) for sign in find_signs(*pair)}
    sorted_out = _Reasons([], [], [], any(sign.is_veto for sign in found.values()))
    vetoes = [words for words in reasons if words in found and found[words].is_veto]
    for words in reasons:
        if words not in found:
            (sorted_out.agree if words.endswith((BY_OTHERS, BY_SIZE)) else sorted_out.lacking).append(words)
        elif words not in vetoes:
            (sorted_out.apart if found[words].points < 0 else sorted_out.agree).append(words)
    sorted_out.apart[:0] = vetoes
    return sorted_out


def _lines(reasons: _Reasons, judgement: Judgement, score: int, *, is_decided: bool) -> Iterator[str]:
    """What the listings tell themselves; ``is_decided``: a person had the last word, whatever they tell."""
    if judgement is Judgement.UNSURE and not is_decided:
        yield f"in doubt, and so apart: {'; '.join(reasons.lacking) or _too_little(reasons, score)}"
    if reasons.apart:
        never = reasons.is_vetoed and not is_decided
        yield f"{'never one' if never else 'against it'}: {'; '.join(reasons.apart[:MOST_REASONS])}"
    agree = "; ".join(reasons.agree[:MOST_REASONS]) or "nothing that both tell"
    if is_decided:
        yield f"they agree in: {agree}"
    elif judgement is Judgement.SAME:
        yield f"they agree in: {agree} ({score} points, {SAME_FROM} are enough)"
    elif judgement is Judgement.DIFFERENT and not reasons.is_vetoed:
        yield f"too little agrees: {agree} ({score} points of the {SAME_FROM} that a home takes)"
    else:
        yield f"they agree in: {agree}"


def _too_little(reasons: _Reasons, score: int) -> str:
    points = f"{score} of the {SAME_FROM} points that a home takes"
    return f"what differs leaves {points}" if reasons.apart else f"what agrees gives {points}"


def _in_brackets(words: str) -> str:
    return f" ({words})" if words else ""


def _standing(connection: Connection, ids: tuple[int, int]) -> Iterator[StoredDecision]:
    column = LINK_DECISION.c
    query = select(*(column[name] for name in StoredDecision._fields)).where(
        column.one_id == min(ids), column.other_id == max(ids), column.superseded_at.is_(None)
    )
    for row in connection.execute(query.order_by(column.id.desc())):
        yield StoredDecision._make(row)


# Homes held together by a third listing -----------------------------------------------------------------------------


def _through(connection: Connection, pair: tuple[int, int], home: int) -> Iterator[str]:
    """The decisions on the shortest way from the one to the other, where the two alone would not do."""
    way = _way(list(_joined(connection, home)), pair)
    names = {offer.listing_id: offer for offer in load_offers(connection, {i for step in way for i in step[:2]})}
    for one_id, other_id, reasons, author in way[:LONGEST_WAY]:
        one, other = (f"{names[each].source}:{names[each].source_id}" for each in (one_id, other_id))
        by = "" if author == LINKER else f", says {author}"
        yield f"joined through: {one} and {other} are one{by}: {reasons or 'no reason given'}"


_Joint = tuple[int, int, str, str]


def _joined(connection: Connection, home: int) -> Iterator[_Joint]:
    """The decisions that hold a home together: two listings, reasons, author."""
    link, column = AUCTION_ROUND.c, LINK_DECISION.c
    inside = select(link.listing_id).where(link.property_id == home)
    query = select(column.one_id, column.other_id, column.reasons, column.author).where(
        or_(column.one_id.in_(inside), column.other_id.in_(inside)),
        column.judgement == Judgement.SAME,
        column.superseded_at.is_(None),
    )
    for row in connection.execute(query.order_by(column.one_id, column.other_id)):
        yield row[0], row[1], row[2], row[3]


def _way(joints: Sequence[_Joint], pair: tuple[int, int]) -> list[_Joint]:
    """The shortest way; empty where there is none."""
    ways: dict[int, list[_Joint]] = {pair[0]: []}
    waiting = deque([pair[0]])
    while waiting and pair[1] not in ways:
        here = waiting.popleft()
        for joint in joints:
            if here in joint[:2]:
                there = joint[1] if joint[0] == here else joint[0]
                if there not in ways:
                    ways[there] = [*ways[here], joint]
                    waiting.append(there)
    return ways.get(pair[1], [])
