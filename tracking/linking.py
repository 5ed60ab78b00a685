"""Linking a database: everything from nothing, or only what a crawl touched. Both leave the same rows.

What is derived of a listing depends on the listings that it hangs together with, by shared keys or a person's word, and
on the facts of its place. So a linking after a crawl finds what hangs on what changed (``tracking.closure``) and makes
that anew. Where only a state or a bank's price changed, the chains of the homes are made anew.
"""

from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection

from store.link_news import drop_link_news, read_link_news
from store.links import (
    StandingDecision,
    forget_links,
    is_linked_by_others,
    listing_count,
    persons_decisions,
    stored_rounds,
    touched_among,
)
from store.terms import Judgement
from tracking.closure import Closure
from tracking.keys import KeyRing, Keys, Memory, collector_at_rest, lasting_keys_of
from tracking.link import LINKER_VERSION, Survey, components, solve
from tracking.link_rows import Known, Linking, Writer
from tracking.newcomers import Contradicts, Newcomers, hold_together
from tracking.offers import Offer, load_offers, make_offer
from tracking.persons_words import PersonsWord, by_listing
from tracking.traits import Traits, traits_of
from tracking.traits_digest import digest_of

ALL_ANEW_FROM = 100_000
"""Touched listings from which everything is linked anew if they are a quarter of it: a first linking, mostly."""

GROUPS_AT_ONCE = 2_000
"""Groups of which the decisions are read by one query."""


def link_database(connection: Connection, now: datetime, *, rebuild: bool = False) -> Linking:
    """Link what is new or changed, or everything from nothing: where it is asked for, or other versions linked some.

    Does not commit. What another version decided, and by which keys it found a listing, is not what this one would:
    beside it a new listing would come out otherwise than from nothing.
    """
    rebuild = rebuild or is_linked_by_others(connection, LINKER_VERSION)
    words = [
        PersonsWord(each.one_id, each.other_id, each.judgement is Judgement.SAME)
        for each in persons_decisions(connection)
    ]
    with collector_at_rest():
        news = read_link_news(connection)
        touched = {} if rebuild else touched_among(connection, news.listing_ids)
        if rebuild or (len(touched) >= ALL_ANEW_FROM and len(touched) * 4 >= listing_count(connection)):
            forget_links(connection)
            news = read_link_news(connection)
            done = _link_all(connection, now, words)
        else:
            done = _link_touched(connection, now, words, touched)
    drop_link_news(connection, news.row_ids)
    return done


def _link_all(connection: Connection, now: datetime, words: Sequence[PersonsWord]) -> Linking:
    writer = Writer(connection, now)
    remember, ring = Memory(keeps_parts=True), KeyRing()
    everything: list[Traits] = []
    digests = array("q")  # by position: as a dictionary they take 80 MB of a million listings
    for offer in load_offers(connection):
        traits = remember.traits_of(offer)
        everything.append(traits)
        ring.add(*lasting_keys_of(traits))
        digests.append(digest_of(offer))
    del remember
    words_of = by_listing(words)
    for positions in components(everything, ring, words):
        for solver in solve(everything, positions, ring, words_of):
            keys = {everything[at].listing_id: Keys(ring.compared(at), ring.places(at)) for at in solver.at_ring}
            writer.digests.update((everything[at].listing_id, digests[at]) for at in solver.at_ring)
            writer.take(solver, keys)
    writer.flush()
    return writer.done


def _link_touched(
    connection: Connection, now: datetime, words: Sequence[PersonsWord], touched: Mapping[int, int]
) -> Linking:
    if not touched:
        return Linking()
    stored = {each.listing_id: each for each in stored_rounds(connection, touched)}
    changed: dict[int, Traits] = {}
    offers: dict[int, Offer] = {}
    digests: dict[int, int] = {}
    for offer in load_offers(connection, touched, with_parts=False):
        digest, known = digest_of(offer), stored.get(offer.listing_id)
        offers[offer.listing_id] = offer
        if known is None or known.traits_digest != digest or not known.is_current:
            changed[offer.listing_id] = traits_of(make_offer(*offer[:-1]))
            digests[offer.listing_id] = digest
    closure = Closure(connection, changed, words, stored)
    groups = closure.groups() if changed else []
    writer = Writer(connection, now, Known(closure.stored, touched, changed.keys()))
    writer.digests.update(digests)
    writer.offers.update(offers)
    _link_changed(writer, words, closure, groups)
    linked = {each for group in groups for each in group}
    writer.chain_again({stored[each].property_id for each in touched if each not in linked})
    return writer.done


def _link_changed(
    writer: Writer, words: Sequence[PersonsWord], closure: Closure, groups: Sequence[Sequence[int]]
) -> None:
    """Link anew what changed and what hangs on it."""
    writer.forget_keys(closure.old_keys)
    left: list[Sequence[int]] = []
    news: list[Sequence[int]] = []
    for group in groups:
        (news if closure.brings_only_news(group) else left).append(group)
    for start in range(0, len(news), GROUPS_AT_ONCE):
        part = news[start : start + GROUPS_AT_ONCE]
        standing = writer.standing(each for group in part for each in group)
        for group in part:
            welcomed = _welcome(closure, group, standing)
            if welcomed is None:
                left.append(group)
            else:
                writer.take(welcomed, closure.keys)
    closure.leave_out_crowds(left)
    everything: list[Traits] = []
    ring, words_of = KeyRing(), by_listing(words)
    for group in left:
        positions = range(len(everything), len(everything) + len(group))
        for listing_id in group:
            everything.append(closure.traits[listing_id])
            ring.add(closure.compared(listing_id), closure.keys[listing_id].places)
        for solver in solve(everything, positions, ring, words_of, closure.places):
            writer.take(solver, closure.keys)
    writer.flush()


def _welcome(
    closure: Closure, group: Sequence[int], standing: Mapping[int, Sequence[StandingDecision]]
) -> Newcomers | None:
    """The homes of new listings and of those beside them; ``None`` where what was decided of the latter may fall."""
    homes = {each: closure.stored[each].property_id for each in group if each in closure.stored}
    decided = [decision for each in homes for decision in standing[each]]
    if not hold_together(decided, homes):
        return None
    members = sorted((closure.traits[each] for each in group), key=attrgetter("key"))
    survey = Survey(members, [closure.keys[each.listing_id].places for each in members], closure.places)
    near = ((each, other) for each in group if each not in homes for other in closure.near(each))
    try:
        return Newcomers(members, survey, near, homes, decided).run()
    except Contradicts:
        return None
