"""Whatever bytes stand where a page should be: a reader ends quickly and only with a named refusal."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from benchmarks.fuzz.specimens import pages_of
from crawler.errors import PageRefused
from crawler.items import PageContent, Reader
from crawler.page import Page
from crawler.sources import all_readers

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
LONGEST_CPU_SECONDS = 5.0  # a guard against growth with the square of the length, not a figure
READERS = sorted(all_readers(), key=lambda reader: reader.name)
ADDRESSES = {
    reader.name: max((page.url for page in pages_of(reader, is_read_only=True)), key=lambda url: url.startswith("http"))
    for reader in READERS
}
"""Of the first page of each reader that tells one: at any other, many a reader would refuse by the address alone."""

NOTHING = [b"", b" \n", b"\xef\xbb\xbf", b"\x00" * 50, b"null", b"[]", b"{}", b'{"data":[]}', b'"x"']
SAYS_NONE = {
    ("cbex.list", b""),  # behind the last page
    ("cbex.list", b" \n"),
    ("cbex.list", b"\xef\xbb\xbf"),
    ("ali_judicial.attachments", b"[]"),
    ("ali_judicial.attachments", b'{"data":[]}'),
    ("ua_prozorro.feed", b"[]"),  # the end of the feed, at its own address
}
"""Where the source itself tells so that there is nothing: content without a listing, and no refusal."""


each_reader = pytest.mark.parametrize("reader", READERS, ids=[reader.name for reader in READERS])


def page(reader: Reader, body: bytes) -> Page:
    return Page(body, ADDRESSES[reader.name], NOW)


def read(reader: Reader, body: bytes) -> PageContent | PageRefused:
    """What a reader makes of a body; anything but content or a named refusal escapes and fails the test."""
    asked = page(reader, body)
    reader.recognises(asked)
    try:
        return reader.parse(asked)
    except PageRefused as error:
        refused = error
    assert (refused.source, refused.url) == (reader.source, asked.url)
    assert refused.reason
    return refused


CAIXA_HEADER = (
    " N° do imóvel;UF;Cidade;Bairro;Endereço;Preço;Valor de avaliação;Descrição;Modalidade de venda;Link de acesso\n"
)
MARKS = [
    b'<script id="sf-item-list-data" type="text/json">',
    b'{"data":[',
    b"</script>",
    b"</html>",
    b'<ul class="sf-pai-item-list">',
    b'<li id="pai-item-1">',
    b'<a href="//sf-item.taobao.com/sf_item/1077898047577.htm">',
    b'<a class="next" href="?page=',
    b'<em class="count">',
    b'{"html":"<div id=1 class=\'product\'>","page":"<a class=\'pagecur\'>1</a>"}',
    b"({state:'0',price:'1'})",
    CAIXA_HEADER.encode("cp1252"),
    b"1;SP;A;B;C;1,00;1,00;Casa, 0.00;Venda Online;x?hdnimovel=1\n",
    b'"\r\n\x00',
    b"<meta charset=utf-16>",
    "起拍价¥120万已结束".encode(),
    "起拍价".encode("gbk"),
]
pieces = st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(MARKS)), max_size=12).map(b"".join)


@settings(max_examples=160, deadline=None)
@given(body=pieces)
def test_random_bytes_end_in_content_or_a_named_refusal(body: bytes) -> None:
    for reader in READERS:
        note(reader.name)
        read(reader, body)


@each_reader
@pytest.mark.parametrize("body", NOTHING, ids=[repr(body)[:20] for body in NOTHING])
def test_a_page_without_anything_is_refused_not_empty(reader: Reader, body: bytes) -> None:
    found = read(reader, body)
    assert found == PageContent() if (reader.name, body) in SAYS_NONE else isinstance(found, PageRefused)


@each_reader
@pytest.mark.parametrize("head", ["<!DOCTYPE html><html>", "<html>"])
def test_html_of_something_else_is_refused_not_empty(reader: Reader, head: str) -> None:
    assert isinstance(read(reader, f"{head}<body><p>404</p></body></html>".encode()), PageRefused)


FLOODS = {
    "brackets": b"[" * 4_000_000,
    "braces": b'{"a":' * 800_000,
    "divisions": b"<div>" * 800_000,
    "divisions-in-a-page": b"<html>" + b"<div>" * 400_000 + b"<a href='//sf-item.taobao.com/sf_item/1.htm'></html>",
    "divisions-in-json": b'{"page":"","html":"' + b"<div>" * 400_000 + b'"}',
    "open-links": b"<a class=next " * 160_000 + b"</html>",
    "open-scripts": b"<script " * 280_000 + b"</html>",
    "marks": b"sf-item-list-data" * 120_000 + b"</html>",
    "separators": b";" * 4_000_000,
    "lines": b"\n" * 4_000_000,
    "blanks": b" " * 4_000_000,
    "one-letter": b"a" * 4_000_000,
}


@each_reader
@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_megabytes_of_nonsense_are_refused_quickly(reader: Reader, flood: bytes) -> None:
    start = time.process_time()
    assert isinstance(read(reader, flood), PageRefused)
    assert time.process_time() - start < LONGEST_CPU_SECONDS


@each_reader
def test_deep_nesting_around_a_card_does_not_reach_the_stack(reader: Reader) -> None:
    card = b"<ul class='sf-pai-item-list'><li id='pai-item-1077898047577'></li></ul>"
    assert isinstance(read(reader, b"<html>" + b"<b>" * 100_000 + card + b"</html>"), PageRefused | PageContent)
