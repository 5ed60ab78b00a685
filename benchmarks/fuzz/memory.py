"""Peak memory of reading a page of one megabyte: recorded pages grown to that size, and hostile ones.

``python -m benchmarks.fuzz.memory [READER]``. Each page is read in a forked process of its own; what counts is how far
its resident memory rises over what it was before (Linux: ``VmHWM`` of ``/proc``, reset for each page), parser's C
libraries and the page's decoded text included, the bytes of the page themselves not.
"""

import argparse
import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.fuzz.specimens import pages_of
from benchmarks.fuzz.whole_reading import read_whole
from crawler.items import Reader
from crawler.page import Page
from crawler.sources import all_readers

MEGABYTE = 1_000_000
MOST_MEGABYTES = 64
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
ELEMENT = r"<({0})\b[^<>]*>(?:(?!<{0}\b).)*?</{0}>"
FLOODS = ("<p>x", "<td>1</td>", "1;", "1\n", '{"a":1},')


class Peak(NamedTuple):
    """The page of a reader that takes most."""

    megabytes: float
    page: str
    seconds: float  # of CPU for the slowest page, which may be another


def measure_peak(reader: Reader) -> tuple[Peak, Peak]:
    """The most that a recorded page grown to a megabyte takes, and that a hostile one does."""
    _read_all_once(reader)
    return _most(reader, grown_pages(reader)), _most(reader, _hostile(reader))


def _most(reader: Reader, pages: Iterator[tuple[str, Page]]) -> Peak:
    measured = [(*_in_a_fork(page, reader), name) for name, page in pages]
    megabytes, _, name = max(measured)
    return Peak(megabytes, name, max(seconds for _, seconds, _ in measured))


def _read_all_once(reader: Reader) -> None:
    """Tables, patterns and caches are loaded before anything is measured."""
    for page in pages_of(reader):
        read_whole(page, reader, [reader])


def _in_a_fork(page: Page, reader: Reader) -> tuple[float, float]:
    """Megabytes and CPU seconds."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            before = _reset_peak()
            spent = read_whole(page, reader, [reader])
            told = json.dumps([(_status("VmHWM") - before) / 1e6, spent.slowest])
            os.write(writable, told.encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writable)
    with os.fdopen(readable) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    if not told:
        raise RuntimeError(f"{reader.name}: reading a page of {len(page.body)} bytes ended without a figure")
    megabytes, seconds = json.loads(told)
    return megabytes, seconds


def _reset_peak() -> int:
    """Bytes that are resident now, from which the peak is counted from here on."""
    RESET.write_text("5")
    return _status("VmRSS")


def _status(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", STATUS.read_text())
    if found is None:
        raise RuntimeError(f"{STATUS} does not tell {name}")
    return int(found[1]) * 1024


def grown_pages(reader: Reader, size: int = MEGABYTE) -> Iterator[tuple[str, Page]]:
    """The largest page that the reader reads, each of its repeated parts up to about ``size`` bytes."""
    page = max(pages_of(reader, is_read_only=True), key=lambda each: len(each.body))
    yield "the page over and over", replace(page, body=(page.body * (size // len(page.body) + 1))[:size])
    tree = _tree(page)
    yield from _grown_markup(page, size) if tree is None else _grown_tree(page, tree, size)


def _tree(page: Page) -> Any:
    try:
        return json.loads(page.body)
    except ValueError:
        return None


def _grown_tree(page: Page, tree: Any, most: int) -> Iterator[tuple[str, Page]]:
    """The three largest lists and the three longest texts, each repeated."""
    parts = sorted(_parts(tree, None, None, ""), key=lambda part: len(json.dumps(part[3])), reverse=True)
    lists = [part for part in parts if isinstance(part[3], list)]
    texts = [part for part in parts if isinstance(part[3], str) and len(part[3]) > 20]
    for node, key, path, value in lists[:3] + texts[:3]:
        size = len(json.dumps(value, ensure_ascii=False).encode())
        times = max(1, (most - len(page.body)) // size)
        if node is None:
            grown = value * times
        else:
            node[key] = value * times
            grown = tree
        body = json.dumps(grown, ensure_ascii=False).encode()
        if node is not None:
            node[key] = value
        yield f"{path or 'the list'} x {times}", replace(page, body=body[: 2 * most])


def _parts(value: Any, node: Any, key: Any, path: str) -> Iterator[tuple[Any, Any, str, Any]]:
    if isinstance(value, str) or (isinstance(value, list) and value):
        yield node, key, path, value
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _parts(each, value, name, f"{path}.{name}")


def _grown_markup(page: Page, size: int) -> Iterator[tuple[str, Page]]:
    """An element of each kind that the page has, or a line of the middle, repeated where it stands."""
    for name in ("tr", "td", "li", "div", "p", "a", "span"):
        found = re.search(ELEMENT.format(name).encode(), page.body, re.DOTALL)
        if found:
            times = max(1, (size - len(page.body)) // len(found[0]))
            body = page.body[: found.end()] + found[0] * times + page.body[found.end() :]
            yield f"<{name}> x {times}", replace(page, body=body)
    lines = page.body.splitlines(keepends=True)
    if len(lines) > 2:
        line = lines[len(lines) // 2]
        times = max(1, (size - len(page.body)) // len(line))
        middle = len(lines) // 2
        body = b"".join(lines[:middle]) + line * times + b"".join(lines[middle:])
        yield f"a line x {times}", replace(page, body=body)


def _hostile(reader: Reader) -> Iterator[tuple[str, Page]]:
    """The smallest page that the reader reads, with a megabyte of tags, cells or brackets in its middle."""
    page = min(pages_of(reader, is_read_only=True), key=lambda each: len(each.body))
    middle = page.body.find(b"<body") + 1 or len(page.body) // 2
    middle = page.body.find(b">", middle) + 1 or middle
    for piece in FLOODS:
        flood = (piece * (MEGABYTE // len(piece))).encode()
        yield (
            f"{piece!r} x {MEGABYTE // len(piece)}",
            replace(page, body=page.body[:middle] + flood + page.body[middle:]),
        )
    yield "lists alone", replace(page, body=b"[" + b"[1]," * (MEGABYTE // 4) + b"0]")
    yield "objects alone", replace(page, body=b"[" + b'{"a":1},' * (MEGABYTE // 8) + b"0]")


def main() -> None:
    """Print megabytes for each reader, as JSON for one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reader", nargs="?", default="", help="the name of a reader, or how it begins")
    parser.add_argument("--exact", action="store_true", help="that reader only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    for reader in all_readers():
        if reader.name == options.reader or (reader.name.startswith(options.reader) and not options.exact):
            grown, hostile = measure_peak(reader)
            if options.json:
                print(json.dumps([reader.name, grown, hostile]), flush=True)
                continue
            marks = "" if max(grown.megabytes, hostile.megabytes) <= MOST_MEGABYTES else f"  over {MOST_MEGABYTES} MB"
            marks += "" if max(grown.seconds, hostile.seconds) <= 1 else "  over 1 s"
            print(
                f"{reader.name:28} {grown.megabytes:6.1f} MB {grown.seconds:5.2f} s ({grown.page}), hostile "
                f"{hostile.megabytes:6.1f} MB {hostile.seconds:5.2f} s ({hostile.page}){marks}",
                flush=True,
            )


if __name__ == "__main__":
    main()
