"""Digests and packed sightings."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_help import statement

from store.fold import own_words, stated_bits
from store.looks import Unstorable, digest_of, pack, unpack
from store.statement import Statement
from store.terms import RoundStatus

SIGNED = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.tuples(SIGNED, SIGNED)))
def test_packed_sightings_come_back_in_step(pairs):
    ids, digests = unpack(pack(pairs))

    assert list(zip(ids, digests, strict=True)) == pairs


def test_packed_sightings_are_the_same_bytes_on_every_machine():
    packed = pack([(1, -1), (258, 2)])

    assert packed.hex(" ", 8).split() == [
        "0100000000000000",
        "0201000000000000",
        "ffffffffffffffff",
        "0200000000000000",
    ]


def test_the_digest_is_the_same_in_every_version_of_the_program():
    """Databases hold it: another digest would make every listing look changed."""
    words = statement(title="安溪县", status=RoundStatus.SOLD, starts_at=datetime(2026, 3, 1, tzinfo=UTC), bid_count=3)

    assert digest_of(words) == -7_560_298_779_203_550_268


@given(st.sampled_from(Statement._fields), st.sampled_from(Statement._fields))
def test_words_in_another_field_have_another_digest(one, other):
    same = digest_of(Statement(**{one: "x"})) == digest_of(Statement(**{other: "x"}))

    assert same == (one == other)


def test_the_digest_fits_the_column():
    digests = [digest_of(statement(title=str(number))) for number in range(2_000)]

    assert len(set(digests)) == 2_000
    assert min(digests) < -(2**62) < 2**62 < max(digests)
    assert all(-(2**63) <= digest < 2**63 for digest in digests)


@pytest.mark.parametrize("words", ["nul \x00", "half \ud83c"])
@pytest.mark.parametrize("field", ["title", "image_url", "raw"])
def test_texts_that_a_database_cannot_hold_have_no_digest(field, words):
    with pytest.raises(Unstorable, match="cannot be stored"):
        digest_of(Statement(**{field: words}))


def test_an_escaped_nul_in_the_sources_own_words_is_text_like_any_other():
    assert digest_of(Statement(raw='{"title": "\\u0000"}')) != digest_of(Statement(raw='{"title": ""}'))


@given(st.lists(st.sampled_from([None, "told"]), min_size=len(Statement._fields), max_size=len(Statement._fields)))
def test_own_words_come_back_out_of_the_state_and_the_bits(values):
    told = Statement(*values)
    state = Statement(*("told" for _ in values))

    assert own_words(state, stated_bits(told)) == told
    assert stated_bits(told) < 2**62
