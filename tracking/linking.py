"""Linking a database: everything from nothing, or only what a crawl touched. Both leave the same rows.

What is derived of a listing depends on the listings that it hangs together with, by shared keys or a person's word, and
on the facts of its place. So a linking after a crawl finds what hangs on what changed (``tracking.closure``) and makes
that anew. Where only a state or a bank's price changed, the chains of the homes are made anew.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from store.links import (
    forget_links,
    linked_states,
    listing_count,
    persons_decisions,
    rounds_of_homes,
    told_traits,
    touched_listings,
)
from store.terms import Judgement
from tracking.closure import Closure
from tracking.keys import KeyRing, Keys, Memory, collector_at_rest, lasting_keys_of
from tracking.link import LINKER_VERSION, PersonsWord, components, solve
from tracking.link_rows import Linking, Writer
from tracking.offers import Offer, load_offers, make_offer
from tracking.traits import Traits, traits_of
from tracking.traits_digest import digest_of
from tracking.traits_packed import unpack_traits

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
    if not touched:
        return Linking()
    states = linked_states(connection, touched)
    changed: dict[int, Traits] = {}
    offers: dict[int, Offer] = {}
    digests: dict[int, int] = {}
    for offer in load_offers(connection, touched, with_parts=False):
        digest, state = digest_of(offer), states.get(offer.listing_id)
        if state is None or state.traits_digest != digest or not state.is_current:
            changed[offer.listing_id] = traits_of(make_offer(*offer[:-1]))
            offers[offer.listing_id] = offer
            digests[offer.listing_id] = digest
    closure = Closure(connection, changed, words)
    wanted = closure.listings()
    writer = Writer(connection, now, closure.states, touched)
    writer.digests.update(digests)
    writer.offers.update(offers)
    _link_changed(connection, writer, words, changed, closure)
    homes = {states[listing_id].property_id for listing_id in touched if listing_id not in wanted}
    writer.chain_again(rounds_of_homes(connection, homes))
    return writer.done


def _link_changed(
    connection: Connection,
    writer: Writer,
    words: Sequence[PersonsWord],
    changed: Mapping[int, Traits],
    closure: Closure,
) -> None:
    """Link anew what changed and what hangs on it."""
    writer.forget_keys({each: closure.old_keys[each] for each in changed})
    everything, ring = list(changed.values()), KeyRing()
    others = closure.wanted - changed.keys()
    everything += _stored_traits(connection, others)
    writer.digests.update((each, closure.states[each].traits_digest) for each in others)
    for traits in everything:
        ring.add(*closure.keys[traits.listing_id])
    for positions in components(everything, closure.joining(ring), words):
        for solver in solve(everything, positions, ring, words, closure.places):
            keys = {everything[at].listing_id: closure.keys[everything[at].listing_id] for at in solver.at_ring}
            writer.take(solver, keys, changed)
    writer.flush()


def _stored_traits(connection: Connection, listing_ids: Collection[int]) -> Iterator[Traits]:
    """The traits of listings as they were linked; parsed again only where another version wrote them."""
    missing = set(listing_ids)
    for listing_id, told in told_traits(connection, listing_ids, LINKER_VERSION):
        missing.discard(listing_id)
        yield unpack_traits(listing_id, told)
    yield from map(traits_of, load_offers(connection, missing))
