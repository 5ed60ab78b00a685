"""Ways to spoil a page: bytes, markup, encodings, and the JSON in it. All chance comes from the ``Random`` given."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

from benchmarks.fuzz.hostile import (
    ATTRIBUTES,
    DEEP,
    LONG_TEXTS,
    LONGEST,
    NOT_NUMBERS,
    NUMBERS,
    PIECES,
    TEXTS,
    as_mistyped,
)
from crawler.page import Page

Mutator = Callable[[bytes, Random], bytes]

NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
QUOTED = re.compile(rb'"[^"\\<>]{0,200}"|(?<=>)[^<>]{1,200}(?=<)|(?<=[;,\t])[^;,\t\n]{1,200}')
TAG = re.compile(rb"<[a-zA-Z][^<>]{0,500}>")
CLOSING_TAG = re.compile(rb"</[a-zA-Z][^<>]{0,40}>")
ENCODINGS = ("utf-8", "gb18030", "utf-16", "utf-16-be", "utf-32", "big5hkscs", "cp1252", "euc-kr")
NESTING = (b"[", b"{", b'{"a":', b"[[],", b"<div>", b"<b>", b"<table><tr><td>", b"(", b"<!--", b"&amp;", b'"', b"\\")
MARK = "\ue000nested\ue000"
"""Stands in a tree for brackets that are too deep for ``json.dumps``."""


def mutate(page: Page, mutators: list[Mutator], chance: Random) -> Page:
    """The page after one mutator and the next, at most ``LONGEST`` bytes."""
    body = page.body
    for mutator in mutators:
        body = mutator(body, chance)[:LONGEST]
    return replace(page, body=body)


def cut_end(body: bytes, chance: Random) -> bytes:
    """An answer that broke off."""
    return body[: chance.randrange(len(body) + 1)]


def cut_out(body: bytes, chance: Random) -> bytes:
    """A piece is missing."""
    start, end = _span(body, chance)
    return body[:start] + body[end:]


def repeat_piece(body: bytes, chance: Random) -> bytes:
    """A piece stands there many times, up to a megabyte of it."""
    start, end = _span(body, chance)
    times = chance.choice((2, 3, 10, 1_000, LONGEST // max(1, end - start)))
    return body[:start] + body[start:end] * min(times, LONGEST // max(1, end - start)) + body[end:]


def swap_pieces(body: bytes, chance: Random) -> bytes:
    """Two pieces in each other's place."""
    first, second, third, fourth = sorted(chance.randrange(len(body) + 1) for _ in range(4))
    return body[:first] + body[third:fourth] + body[second:third] + body[first:second] + body[fourth:]


def flip_bytes(body: bytes, chance: Random) -> bytes:
    """Up to 30 bytes are others."""
    flipped = bytearray(body)
    for _ in range(chance.randint(1, 30) if body else 0):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def insert_piece(body: bytes, chance: Random) -> bytes:
    """A NUL, half a surrogate pair, a stray tag, quote or encoding mark, in up to five places."""
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(body) + 1)
        body = body[:place] + chance.choice(PIECES) + body[place:]
    return body


def nest_deep(body: bytes, chance: Random) -> bytes:
    """A hundred thousand brackets or tags open and never close; or they do."""
    place, opening = chance.randrange(len(body) + 1), chance.choice(NESTING)
    closing = {b"[": b"]", b"<div>": b"</div>", b"<b>": b"</b>"}.get(opening, b"")
    deep = opening * min(DEEP, LONGEST // 2 // len(opening))
    return body[:place] + deep + closing * chance.choice((0, DEEP)) + body[place:]


def recode(body: bytes, chance: Random) -> bytes:
    """Bytes of another encoding than the page says, or text decoded by a wrong one."""
    text = body.decode(chance.choice(ENCODINGS), "replace" if chance.random() < 0.5 else "ignore")
    return text.encode(chance.choice(ENCODINGS), "replace")


def replace_numbers(body: bytes, chance: Random) -> bytes:
    """Huge, negative, empty, no numbers where numbers stood."""
    others = (*NUMBERS, *NOT_NUMBERS, "", "null", "[]", '"1"', "1.2.3", "--1", "1,1,1")
    return _replace_some(NUMBER, body, chance, lambda: str(chance.choice(others)).encode())


def replace_texts(body: bytes, chance: Random) -> bytes:
    """Hostile texts where quoted texts, texts of elements or cells stood."""

    def other() -> bytes:
        text = chance.choice(LONG_TEXTS) if chance.random() < 0.1 else chance.choice(TEXTS)
        written = text.encode("utf-8", "surrogatepass")
        return b'"' + written + b'"' if chance.random() < 0.5 else written

    return _replace_some(QUOTED, body, chance, other)


def unclose_tags(body: bytes, chance: Random) -> bytes:
    """Some closing tags are gone."""
    return _replace_some(CLOSING_TAG, body, chance, lambda: b"")


def crowd_tag(body: bytes, chance: Random) -> bytes:
    """One tag with thousands of attributes."""
    tags = list(TAG.finditer(body[:200_000]))
    if not tags:
        return body
    end = chance.choice(tags).end() - 1
    return body[:end] + ATTRIBUTES + body[end:]


def escape_signs(body: bytes, chance: Random) -> bytes:
    """Signs as entities, once or many times over."""
    start, end = _span(body, chance)
    piece = body[start:end]
    for _ in range(chance.randint(1, 4)):
        piece = piece.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b'"', b"&quot;")[:LONGEST]
    return body[:start] + piece + body[end:]


def spoil_json(body: bytes, chance: Random) -> bytes:
    """Keys and values of the JSON that the page is or holds: gone, of other types, huge, hostile, nested."""
    found = _find_json(body, chance)
    if found is None:
        return replace_numbers(body, chance)
    start, end, tree = found
    tree = [tree]
    for _ in range(chance.randint(1, 6)):
        _spoil_one(tree, chance)
    written = _dump(tree[0] if tree else None, chance)
    return body[:start] + written + body[end:]


def grow_json(body: bytes, chance: Random) -> bytes:
    """A list in the JSON repeated up to a megabyte."""
    found = _find_json(body, chance)
    if found is None:
        return repeat_piece(body, chance)
    start, end, tree = found
    lists = [node for _, _, node in _places([tree]) if isinstance(node, list) and node]
    if not lists:
        return body
    grown = chance.choice(lists)
    size = len(json.dumps(grown, ensure_ascii=False).encode("utf-8", "replace"))
    grown *= max(1, (LONGEST - len(body)) // size)
    return body[:start] + _dump(tree, chance) + body[end:]


MUTATORS: tuple[Mutator, ...] = (
    spoil_json,
    replace_numbers,
    replace_texts,
    cut_end,
    cut_out,
    repeat_piece,
    swap_pieces,
    flip_bytes,
    insert_piece,
    nest_deep,
    recode,
    unclose_tags,
    crowd_tag,
    escape_signs,
    grow_json,
)


def _span(body: bytes, chance: Random) -> tuple[int, int]:
    """A piece, as often a short one as a long one."""
    start = chance.randrange(len(body) + 1)
    length = int(len(body) * chance.random() ** 4) + 1
    return start, min(len(body), start + length)


def _replace_some(pattern: re.Pattern[bytes], body: bytes, chance: Random, other: Callable[[], bytes]) -> bytes:
    found = list(pattern.finditer(body[:200_000]))
    if not found:
        return body
    chosen = chance.sample(found, min(len(found), chance.choice((1, 1, 2, 5, 20))))
    for each in sorted(chosen, key=lambda one: one.start(), reverse=True):
        body = body[: each.start()] + other() + body[each.end() :]
    return body


def _find_json(body: bytes, chance: Random) -> tuple[int, int, Any] | None:
    """Where JSON begins and ends, and what it says: the whole body, what brackets of a call hold, or of a script."""
    openings = [each.start() for each in re.finditer(rb"[\[{]", body[:5_000])]
    text = body.decode("utf-8", "replace")
    if text.encode() != body:
        return None
    for opening in openings[:1] + chance.sample(openings, min(len(openings), 20)):
        start = len(body[:opening].decode("utf-8", "replace"))
        try:
            tree, end = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(tree, dict | list) and tree:
            return opening, len(text[:end].encode()), tree
    return None


def _places(root: list[Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Each container with key or index, and the value there; not deeper than the stack allows."""
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        for key, value in list(node.items()) if isinstance(node, dict) else list(enumerate(node)):
            yield node, key, value
            if isinstance(value, dict | list):
                waiting.append(value)


def _spoil_one(tree: list[Any], chance: Random) -> None:
    places = list(_places(tree))
    if not places:
        return
    node, key, value = chance.choice(places)
    what = chance.randrange(8)
    if what == 0:
        del node[key]
    elif what == 1:
        node[key] = chance.choice(NUMBERS + NOT_NUMBERS)
    elif what == 2:
        node[key] = chance.choice(TEXTS)
    elif what == 3:
        node[key] = chance.choice(LONG_TEXTS)
    elif what == 4 and isinstance(value, str):
        node[key] = _spoil_text(value, chance)
    elif what == 5:
        node[key] = deepcopy(chance.choice(places)[2])
    elif what == 6:
        node[key] = MARK
    else:
        node[key] = chance.choice(as_mistyped(value if isinstance(value, int | float | str) else 1))


def _spoil_text(text: str, chance: Random) -> str:
    """Markup and further JSON stand in texts of JSON: spoilt as pages are."""
    mutator = chance.choice((cut_end, cut_out, repeat_piece, flip_bytes, insert_piece, replace_numbers, replace_texts))
    return mutator(text.encode("utf-8", "replace"), chance)[:LONGEST].decode("utf-8", "replace")


def _dump(tree: Any, chance: Random) -> bytes:
    """The tree written: with escapes or without, lone surrogates as they are, marks as brackets of great depth."""
    written = json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    for mark in (json.dumps(MARK).encode(), f'"{MARK}"'.encode()):
        deep = DEEP if chance.random() < 0.3 else 200
        written = written.replace(mark, b"[" * deep + b"]" * deep)
    return written
