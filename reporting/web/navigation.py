"""The parts of the web face: found in their folders, so that adding one changes no list."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from reporting.web import api, pages


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A place in the navigation; its text is the word ``<name>.navigation``."""

    position: int
    name: str
    address: str


def page_modules() -> Iterator[ModuleType]:
    """The modules of ``pages``."""
    return _modules(pages)


def api_modules() -> Iterator[ModuleType]:
    """The modules of ``api``."""
    return _modules(api)


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        yield importlib.import_module(f"{package.__name__}.{found.name}")


@cache
def entries() -> tuple[Entry, ...]:
    """The places of the navigation in their order."""
    return tuple(sorted(module.ENTRY for module in page_modules() if hasattr(module, "ENTRY")))
