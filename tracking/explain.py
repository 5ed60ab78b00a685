"""Why two listings are one home, or are not: a few lines that a sceptical buyer can follow."""

from collections.abc import Iterator

from sqlalchemy import Connection, or_, select

from store.links import LINKER, StoredDecision
from store.rows import AUCTION_ROUND, LINK_DECISION
from store.terms import Judgement
from tracking.address.read import read_address
from tracking.evidence import decide
from tracking.offers import Offer, country_of, load_offers
from tracking.traits import traits_of
from tracking.words import find_listing

MOST_REASONS = 8


def explain_pair(connection: Connection, one: str, other: str) -> list[str]:
    """The verdict, the two listings as they were read, and the reasons; at most a dozen lines.

    Raises:
        UnknownListing: one of them is unknown.
    """
    ids = (find_listing(connection, one), find_listing(connection, other))
    offers = {offer.listing_id: offer for offer in load_offers(connection, ids)}
    ours, theirs = offers[ids[0]], offers[ids[1]]
    decision = decide(traits_of(ours), traits_of(theirs))
    homes = _homes(connection, ids)
    lines = [_verdict(ids, homes), *(_told(offer) for offer in (ours, theirs))]
    standing = list(_standing(connection, ids))
    said = next((each for each in standing if each.author != LINKER), None)
    if said is not None:
        lines.append(f"{said.author} decided: {said.judgement}{f' ({said.reasons})' if said.reasons else ''}")
    against = "never one: " if decision.is_vetoed else ""
    reasons = "; ".join(decision.reasons[:MOST_REASONS]) or "nothing that both tell can be compared"
    doubt = next((each for each in standing if each.judgement is Judgement.UNSURE and each.author == LINKER), None)
    if doubt is not None:
        return [*lines, f"in doubt ({doubt.score} points): {doubt.reasons}"]
    lines.append(f"by themselves: {decision.judgement} ({decision.score} points): {against}{reasons}")
    is_one = len(set(homes.values())) == 1 and len(homes) == 2
    if is_one and decision.judgement is not Judgement.SAME and said is None:
        lines += _through(connection, homes[ids[0]])
    return lines


def _homes(connection: Connection, ids: tuple[int, int]) -> dict[int, int]:
    link = AUCTION_ROUND.c
    rows = connection.execute(select(link.listing_id, link.property_id).where(link.listing_id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def _verdict(ids: tuple[int, int], homes: dict[int, int]) -> str:
    if len(homes) < len(set(ids)):
        return "not linked yet: run fapai link"
    if len(set(homes.values())) == 1:
        return f"one home: number {homes[ids[0]]}"
    return f"two homes: numbers {homes[ids[0]]} and {homes[ids[1]]}"


def _told(offer: Offer) -> str:
    """A listing with the words from which its address was read."""
    country = country_of(offer.region_code, offer.source, offer.currency)
    address = read_address(offer.title, offer.address, country, offer.city, offer.district)
    parts = ", ".join(f"{name} {getattr(address.parts, name)} ({words})" for name, words in address.words.items())
    return (
        f"{offer.source}:{offer.source_id} {offer.title or offer.address or 'without a title'}: {parts or 'no parts'}"
    )


def _standing(connection: Connection, ids: tuple[int, int]) -> Iterator[StoredDecision]:
    column = LINK_DECISION.c
    query = select(*(column[name] for name in StoredDecision._fields)).where(
        column.one_id == min(ids), column.other_id == max(ids), column.superseded_at.is_(None)
    )
    for row in connection.execute(query.order_by(column.id.desc())):
        yield StoredDecision._make(row)


def _through(connection: Connection, home: int) -> Iterator[str]:
    """The decisions that hold a home together, where two of its listings alone would not do."""
    link, column = AUCTION_ROUND.c, LINK_DECISION.c
    inside = select(link.listing_id).where(link.property_id == home)
    query = select(column.one_id, column.other_id, column.reasons).where(
        or_(column.one_id.in_(inside), column.other_id.in_(inside)),
        column.judgement == Judgement.SAME,
        column.superseded_at.is_(None),
    )
    for one_id, other_id, reasons in connection.execute(query.order_by(column.one_id, column.other_id).limit(5)):
        yield f"through {one_id} and {other_id}: {reasons}"
