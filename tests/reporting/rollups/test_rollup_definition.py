"""The definition of rollups changes with whatever decides in which cell a listing counts, and as what."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from reporting.rollups.definition import DEFINING, definition, digest_of

NO_SAY = {
    "reporting.asked",  # of what the user asks
    "reporting.asked_homes",
    "reporting.choices",
    "reporting.money",
    "reporting.linked",  # of days gone by
    "reporting.statistics.chain_ends",  # of whole chains, which cells do not hold
    "reporting.statistics.intervals",  # what is made of figures
    "reporting.statistics.rows",
    "reporting.errors",
    "reporting.tables",
    "store.bulk",  # how rows are read and written
    "store.links",
    "store.looks",
    "store.read",
    "store.rollup_models",
    "store.rollup_news",
    "store.rollups",
    "store.rows",
    "store.types",
    "tracking.address.parts",  # offers are read without the parts of their address
    "tracking.address.read",
    "tracking.keys",  # the collector's rest
}


def defining_modules() -> set[str]:
    names = {f"{package}.{name}" for package, names in DEFINING.items() for name in names}
    return {name.removesuffix(".py") for name in names if name.endswith(".py")}


def imported_by(module: str) -> set[str]:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text("utf-8"))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return {name for name in found if name.split(".")[0] in {"reporting", "store", "tracking"}}


@pytest.mark.parametrize("module", sorted(defining_modules()))
def test_all_that_decides_where_a_listing_counts_is_of_the_definition(module: str) -> None:
    assert imported_by(module) <= defining_modules() | NO_SAY


def test_a_changed_label_is_another_definition() -> None:
    texts = {"labels.py": b"UNKNOWN = 'not told'", "phases.py": b"OPEN = 0"}
    moved = {"labels.py": texts["labels.py"] + texts["phases.py"], "phases.py": b""}

    assert digest_of(texts) == digest_of(dict(reversed(texts.items())))
    assert digest_of(texts) != digest_of(texts | {"labels.py": b"UNKNOWN = 'unknown'"})
    assert digest_of(texts) != digest_of(moved)


def test_the_digest_is_of_the_files_as_they_are_installed() -> None:
    texts = {
        f"{package}/{name}": Path(package.replace(".", "/"), name).read_bytes()
        for package, names in DEFINING.items()
        for name in names
    }

    assert definition() == digest_of(texts)
