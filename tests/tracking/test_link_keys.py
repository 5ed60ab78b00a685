"""What is kept of a listing between two linkings: its keys, and whether anything changed that its home depends on."""

import gc
from datetime import timedelta

import pytest

from benchmarks.linking.generate import generate
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind
from tracking.keys import KeyRing, Keys, Memory, collector_at_rest, lasting_keys_of, pack_keys, unpack_keys
from tracking.offers import Offer, make_offer
from tracking.traits import traits_of
from tracking.traits_digest import OF_NO_ACCOUNT, digest_of

OFFERS = [make_offer(*row.state) for row in generate(300, seed=31)]
OTHER = {
    "property_kind": PropertyKind.LAND,
    "round_kind": RoundKind.SELL_OFF,
    "status": RoundStatus.WITHDRAWN,
    "seller_kind": SellerKind.STATE_BANK,
    "currency": Currency.HKD,
    "appraisal_scope": "other",
    "round_number": 7,
    "unit_count": 7,
    "land_area": 700,
    "share": "1/7",
    "previous_source_id": "other",
    "asset_id": "other",
}


PRICES = ("asking_price", "starting_price")


def other_value(name: str) -> object:
    """A value that no offer has."""
    if name in OTHER:
        return OTHER[name]
    held = next(value for offer in OFFERS if (value := getattr(offer, name)) is not None)
    if isinstance(held, str):
        return f"{held}1"
    return held + (timedelta(days=7) if name.endswith("_at") else 1)


def test_keys_come_back_as_they_were_packed() -> None:
    for offer in OFFERS:
        keys = lasting_keys_of(traits_of(offer))
        assert unpack_keys(pack_keys(*keys)) == Keys(keys.compared, keys.places)
    assert unpack_keys(pack_keys((), ())) == Keys([], [])


def test_a_ring_gives_each_offer_its_own_keys() -> None:
    everything = [traits_of(offer) for offer in OFFERS]
    ring = KeyRing()
    for traits in everything:
        ring.add(*lasting_keys_of(traits))
    for position, (traits, all_of_it) in enumerate(zip(everything, ring, strict=True)):
        keys = lasting_keys_of(traits)
        assert list(ring.compared(position)) == keys.compared
        assert list(ring.places(position)) == list(keys.places)
        assert list(all_of_it) == [*keys.compared, *keys.places]


def test_what_is_held_once_is_what_was_told() -> None:
    light, whole = Memory(), Memory(keeps_parts=True)
    for offer in OFFERS:
        traits = traits_of(offer)
        assert whole.traits_of(offer) == traits
        assert light.traits_of(offer)._replace(parts=traits.parts) == traits
        assert light.traits_of(offer).parts.lot == traits.parts.lot


def test_words_that_are_told_twice_are_held_once() -> None:
    remember = Memory().traits_of
    state = next(row.state for row in generate(300, seed=31) if make_offer(*row.state).parts.compound)
    one, other = remember(make_offer(*state)), remember(make_offer(*state))
    assert one.compound is other.compound
    assert one.compound == traits_of(make_offer(*state)).compound


@pytest.mark.parametrize("name", sorted(OF_NO_ACCOUNT - {"parts", *PRICES}))
def test_what_the_digest_leaves_out_leads_to_no_other_home(name: str) -> None:
    for offer in OFFERS[:50]:
        other = offer._replace(**{name: other_value(name)})
        assert digest_of(other) == digest_of(offer)
        assert traits_of(other) == traits_of(offer)


@pytest.mark.parametrize("name", PRICES)
def test_the_digest_tells_another_price_of_a_courts_round_and_of_nothing_else(name: str) -> None:
    rounds = 0
    for offer in OFFERS:
        other = offer._replace(**{"asking_price": None, name: 1_23})
        is_round = traits_of(other).price is not None
        rounds += is_round
        assert (digest_of(other) != digest_of(offer)) is is_round
        assert (traits_of(other) != traits_of(offer)) is is_round
    assert 0 < rounds < len(OFFERS)


@pytest.mark.parametrize("name", sorted(set(Offer._fields) - OF_NO_ACCOUNT))
def test_the_digest_tells_another_state_from_the_one_that_was_linked(name: str) -> None:
    for offer in OFFERS[:50]:
        value = other_value(name)
        other = offer._replace(**{name: value if getattr(offer, name) != value else None})
        assert digest_of(other) != digest_of(offer)


def test_the_collector_rests_only_while_it_is_told_to() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), collector_at_rest():
        raise ZeroDivisionError
    assert gc.isenabled()
    with collector_at_rest():
        with collector_at_rest():
            pass
        assert not gc.isenabled()
