"""Recorded pages spoilt in every way we know: our named failures only, and nothing hangs."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from benchmarks.fuzz.hostile import LONGEST
from benchmarks.fuzz.memory import grown_pages
from benchmarks.fuzz.mutators import MUTATORS, Mutator, mutate
from benchmarks.fuzz.specimens import pack, pages_of, unpack
from benchmarks.fuzz.whole_reading import Spent, read_whole
from crawler.items import PageContent, Reader
from crawler.page import Page
from crawler.sources import all_readers, find_reader

pytestmark = pytest.mark.long

MOST_CPU_SECONDS = 5.0  # what hangs; the second that is asked for is measured by benchmarks.fuzz, on a quiet machine
HALF_A_MEGABYTE = 500_000
MOST_FOR_HALF = MOST_CPU_SECONDS / 4  # of a time that grows with the square of the length
READERS = all_readers()
each_reader = pytest.mark.parametrize("reader", READERS, ids=[reader.name for reader in READERS])


def check(page: Page, reader: Reader, most: float = MOST_CPU_SECONDS) -> Spent:
    """What reading took. Whatever our code raises beside its named failures escapes and fails the test."""
    spent = read_whole(page, reader, READERS)
    if spent.slowest > most:  # once more: others may have had the core's caches
        spent = read_whole(page, reader, READERS)
    assert spent.slowest < most, spent
    return spent


@each_reader
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a smaller seed is no simpler page
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    case=st.integers(0, 1_000),
    steps=st.lists(st.sampled_from(MUTATORS), min_size=1, max_size=3),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_spoilt_page_is_read_or_refused_by_name_within_a_second(
    reader: Reader, case: int, steps: list[Mutator], seed: int
) -> None:
    pages = pages_of(reader)
    spoilt = mutate(pages[case % len(pages)], steps, Random(seed))
    note(f"{[step.__name__ for step in steps]}: {len(spoilt.body)} bytes beginning {spoilt.body[:2_000]!r}")
    check(spoilt, reader)


@each_reader
def test_half_a_megabyte_of_recorded_rows_does_not_hang(reader: Reader) -> None:
    grown = list(grown_pages(reader, HALF_A_MEGABYTE))
    assert all(len(page.body) > HALF_A_MEGABYTE * 3 // 4 for _, page in grown)
    for _, page in grown[:2] + grown[-1:]:
        check(page, reader, MOST_FOR_HALF)


@each_reader
def test_recorded_pages_are_read_as_they_are(reader: Reader) -> None:
    """The mutations begin from pages that say something: all else would prove little."""
    assert any(check(page, reader).listings or reader.parse(page).follows or gives_context(page, reader)
               for page in pages_of(reader, is_read_only=True))  # fmt: skip


def gives_context(page: Page, reader: Reader) -> bool:
    content = reader.parse(page)
    return content.context is not None or content.stated_count is not None


@pytest.mark.parametrize("mutator", MUTATORS, ids=[mutator.__name__ for mutator in MUTATORS])
def test_a_mutator_spoils_pages_the_same_way_each_time_within_its_bound(mutator: Mutator) -> None:
    spoilt = 0
    for name in ("ali_judicial.list_json", "ali_judicial.detail", "br_caixa.list"):
        for page in pages_of(find_reader(name)):
            for seed in range(3):
                once, again = (mutate(page, [mutator], Random(seed)).body for _ in range(2))
                assert once == again
                assert len(once) <= LONGEST
                spoilt += once != page.body
    assert spoilt > 20


@pytest.mark.parametrize("mutator", MUTATORS, ids=[mutator.__name__ for mutator in MUTATORS])
def test_a_mutator_survives_its_own_results_and_nothing_at_all(mutator: Mutator) -> None:
    for body in (b"", b"x", b"[]", b'{"a":[{"b":"1"}]}'):
        for seed in range(4):
            mutator(mutator(body, Random(seed))[:LONGEST], Random(seed + 1))


def careless(page: Page) -> PageContent:
    return PageContent(items=page.json["rows"][0]["price"])


def test_an_exception_without_a_name_of_ours_is_found() -> None:
    reader = READERS[0]
    broken = Reader(reader.name, reader.source, reader.dialect, recognises=lambda _: True, parse=careless)
    page = Page(b'{"rows":[]}', "https://example.org/", datetime(2026, 9, 1, tzinfo=UTC))
    with pytest.raises(IndexError):
        check(page, broken)


def test_a_saved_page_is_the_page_that_was_spoilt() -> None:
    page = Page(b"\x00first\nsecond\r\n", "https://example.org/?a=1", datetime(2026, 9, 1, 2, tzinfo=UTC), "text/html")
    assert unpack(pack(page)) == page
    assert unpack(b"no line break").body == b"no line break"
