"""Which sources there are: every module of ``crawler.parsers`` with a ``SPEC`` is one."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import crawler.parsers
import crawler.spiders
from crawler.errors import UnknownSource
from crawler.items import Reader, SourceSpec
from crawler.page import Page


@cache
def source_specs() -> Mapping[str, SourceSpec]:
    """All sources by name, in alphabetical order."""
    modules = (import_module(f"crawler.parsers.{found.name}") for found in iter_modules(crawler.parsers.__path__))
    specs = (module.SPEC for module in modules if hasattr(module, "SPEC"))
    return {spec.name: spec for spec in sorted(specs, key=lambda spec: spec.name)}


def spider_names() -> set[str]:
    """Sources that can be crawled."""
    return {found.name for found in iter_modules(crawler.spiders.__path__)} & set(source_specs())


def all_readers() -> list[Reader]:
    """Every reader of every source."""
    return [reader for spec in source_specs().values() for reader in spec.readers]


def find_reader(name: str) -> Reader:
    """The reader of that name.

    Raises:
        UnknownSource: there is none.
    """
    for reader in all_readers():
        if reader.name == name:
            return reader
    raise UnknownSource(f"no reader is called {name}")


def recognise(page: Page) -> Reader | None:
    """The first reader that knows this page."""
    return next((reader for reader in all_readers() if reader.recognises(page)), None)
