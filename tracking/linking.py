"""Linking a database: everything from nothing, or only what a crawl touched. Both leave the same rows.

What is derived of a listing depends on the listings that it hangs together with, by shared keys or a person's word, and
on the facts of its place. So a linking after a crawl finds what hangs on what changed (``tracking.closure``) and makes
that anew. Where only a state or a bank's price changed, the chains of the homes are made anew.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection

from store.links import (
    forget_links,
    linked_states,
    listing_count,
    persons_decisions,
    rounds_of_homes,
    touched_listings,
)
from store.terms import Judgement
from tracking.closure import Closure
from tracking.keys import KeyRing, Keys, Memory, collector_at_rest, lasting_keys_of
from tracking.link import PersonsWord, components, solve
from tracking.link_rows import Linking, Writer
from tracking.offers import Offer, load_offers, make_offer
from tracking.traits import Traits, traits_of
from tracking.traits_digest import digest_of

ALL_ANEW_FROM = 100_000
"""Touched listings from which everything is linked anew if they are a quarter of it: a first linking, mostly."""


def link_database(connection: Connection, now: datetime, *, rebuild: bool = False) -> Linking:
    """Link what is new or changed, or everything from nothing. Does not commit."""
    words = [
        PersonsWord(each.one_id, each.other_id, each.judgement is Judgement.SAME)
        for each in persons_decisions(connection)
    ]
    with collector_at_rest():
        touched = set() if rebuild else touched_listings(connection)
        if rebuild or (len(touched) >= ALL_ANEW_FROM and len(touched) * 4 >= listing_count(connection)):
            return _link_all(connection, now, words)
        return _link_touched(connection, now, words, touched)


def _link_all(connection: Connection, now: datetime, words: Sequence[PersonsWord]) -> Linking:
    forget_links(connection)
    writer = Writer(connection, now)
    remember, ring = Memory(keeps_parts=True), KeyRing()
    everything: list[Traits] = []
    for offer in load_offers(connection):
        traits = remember.traits_of(offer)
        everything.append(traits)
        ring.add(*lasting_keys_of(traits))
        writer.digests[offer.listing_id] = digest_of(offer)
    del remember
    for positions in components(everything, ring, words):
        for solver in solve(everything, positions, ring, words):
            keys = {everything[at].listing_id: Keys(ring.compared(at), ring.places(at)) for at in solver.at_ring}
            writer.take(solver, keys, keys)
    writer.flush()
    return writer.done


def _link_touched(
    connection: Connection, now: datetime, words: Sequence[PersonsWord], touched: Collection[int]
) -> Linking:
    writer = Writer(connection, now)
    if not touched:
        return writer.done
    states = linked_states(connection, touched)
    changed: dict[int, Offer] = {}
    for offer in load_offers(connection, touched, with_parts=False):
        digest, state = digest_of(offer), states.get(offer.listing_id)
        if state is None or state.traits_digest != digest or not state.is_current:
            changed[offer.listing_id] = make_offer(*offer[:-1])
            writer.digests[offer.listing_id] = digest
    wanted = _link_changed(connection, writer, words, changed)
    homes = {states[listing_id].property_id for listing_id in touched if listing_id not in wanted}
    writer.chain_again(rounds_of_homes(connection, homes))
    return writer.done


def _link_changed(
    connection: Connection, writer: Writer, words: Sequence[PersonsWord], changed: Mapping[int, Offer]
) -> set[int]:
    """Link anew what changed and what hangs on it; tell which listings that is."""
    closure = Closure(connection, {each: traits_of(offer) for each, offer in changed.items()}, words)
    wanted = closure.listings()
    writer.forget(wanted, {each: closure.old_keys[each] for each in changed})
    others = load_offers(connection, wanted - changed.keys())
    everything, ring = [], KeyRing()
    for offer in chain(changed.values(), others):
        writer.offers[offer.listing_id] = offer
        if offer.listing_id not in changed:
            writer.digests[offer.listing_id] = closure.digests[offer.listing_id]
        everything.append(traits_of(offer))
        ring.add(*closure.keys[offer.listing_id])
    for positions in components(everything, closure.joining(ring), words):
        for solver in solve(everything, positions, ring, words, closure.places):
            keys = {everything[at].listing_id: closure.keys[everything[at].listing_id] for at in solver.at_ring}
            writer.take(solver, keys, changed)
    writer.flush()
    return wanted
