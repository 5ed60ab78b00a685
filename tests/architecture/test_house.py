"""What the house promises beside its rooms: locked dependencies, and a package that brings all it needs."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CORE = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = {"requirements.lock": CORE, "requirements-dev.lock": CORE + EXTRAS["dev"]}
PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==(?P<version>\S+)(?P<marker> ; .+)?")


def blocks(name: str) -> list[str]:
    """A lock file's requirements, each with its hashes, as one line."""
    return (ROOT / name).read_text(encoding="utf-8").replace(" \\\n", "").strip().split("\n")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_package_index_and_pins_everything_by_hash(name: str):
    for block in blocks(name):
        requirement, *hashes = block.split("    --hash=")
        assert PINNED.fullmatch(requirement.strip()), requirement
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each.strip()) for each in hashes)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_holds_every_dependency_in_a_version_that_is_allowed(name: str):
    """It fails when a dependency was added without ``scripts/lock``."""
    locked: dict[str, list[str]] = {}
    for block in blocks(name):
        found = PINNED.match(block)
        assert found
        locked.setdefault(canonicalize_name(found["name"]), []).append(found["version"])
    for line in LOCKS[name]:
        wanted = Requirement(line)
        versions = locked.get(canonicalize_name(wanted.name), [])
        assert any(wanted.specifier.contains(version) for version in versions), line


def test_both_lock_files_hold_the_same_versions():
    core, dev = ({block.split(" ")[0] for block in blocks(name)} for name in LOCKS)

    assert core <= dev


def test_the_locked_duckdb_extensions_are_of_the_version_of_duckdb():
    """An extension of another version is refused by DuckDB when it is loaded."""
    for name in ("analytics", "link"):
        pins = {line.partition("==")[2] for line in EXTRAS[name] if line.startswith("duckdb")}
        assert len(pins) == 1


def test_the_installed_package_brings_migrations_and_recorded_pages():
    """``store.schema`` and ``fapai demo`` look for them there when there is no checkout."""
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {
        "alembic": "store/migrations",
        "fixtures": "fapai/recorded",
    }
    for folder in ("alembic", "fixtures"):
        assert any((ROOT / folder).iterdir())


def test_every_room_is_in_the_package():
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benchmarks"}

    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == rooms
    assert set(PROJECT["tool"]["mypy"]["packages"]) == rooms
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == rooms


def test_the_license_is_the_one_that_is_declared():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in text[:200]
    assert "END OF TERMS AND CONDITIONS" in text


def test_files_that_take_long_begin_before_the_others(request: pytest.FixtureRequest):
    are_short = [item.get_closest_marker("long") is None for item in request.session.items]
    assert are_short == sorted(are_short)
