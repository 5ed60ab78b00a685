"""Who may import whom, and what importing a room may do. The contracts are in ``pyproject.toml``."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 450
LONGEST_FUNCTION = 60
ROOMS = ("fapai", "crawler", "store", "tracking", "reporting", "scheduler")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    command = [sys.executable, "-P", "-c", code, "--no-cache", "--no-logo"]
    env = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_rooms_keep_their_contracts():
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


FORBIDDEN = [
    ("store", "import crawler.page"),
    ("store", "import tracking"),
    ("store", "import scrapy"),
    ("crawler", "import tracking"),
    ("crawler", "import reporting"),
    ("crawler", "from store.write import Recorder"),
    ("crawler", "from store import engine"),
    ("crawler/spiders", "from store.archive import read_page"),
    ("crawler/parsers", "from crawler.normalize.money import parse_money"),
    ("crawler/parsers", "import crawler.spiders"),
    ("crawler/parsers", "from store.models import Base"),
    ("crawler/parsers", "import sqlalchemy"),
    ("crawler/normalize", "from crawler.parsers import html"),
    ("crawler/normalize", "from store import runs"),
    ("tracking", "import crawler.items"),
    ("tracking", "import reporting"),
    ("reporting", "from crawler import reading"),
    ("reporting", "import scheduler"),
    ("scheduler", "import fapai"),
]
"""The folder of a new module and the one line in it."""


@pytest.fixture(scope="module")
def told_of_forbidden(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy of the rooms in which each forbidden line is a module of its own that nobody imports."""
    folder = tmp_path_factory.mktemp("rooms")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for number, (place, line) in enumerate(FORBIDDEN):
        (folder / place / f"added_{number}.py").write_text(f"{line}\n")
    result = lint_imports(folder)
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


@pytest.mark.parametrize(("number", "place", "line"), [(number, *added) for number, added in enumerate(FORBIDDEN)])
def test_a_forbidden_import_is_noticed(told_of_forbidden: str, number: int, place: str, line: str):
    module = f"{place.replace('/', '.')}.added_{number}"
    assert re.search(rf"\b{re.escape(module)} +-> ", told_of_forbidden), told_of_forbidden


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, inside functions too."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_the_vocabularies_need_only_the_standard_library():
    for name in ("terms.py", "statement.py"):
        assert imported(ROOT / "store" / name) <= {*sys.stdlib_module_names, "store"}


def test_the_migrations_do_not_hide_the_library_of_the_same_name():
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_every_folder_of_modules_is_a_package():
    """Without its ``__init__.py`` a folder would be missing from the checks, and might be from the wheel."""
    for folder in {path.parent for path in MODULES}:
        assert (folder / "__init__.py").exists(), folder.relative_to(ROOT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path):
    lines = path.read_text(encoding="utf-8").splitlines()
    longest = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert len(lines) <= LONGEST_MODULE
    assert longest == []


WATCHED = """
import pkgutil, sys
import importlib

def watch(event, arguments):
    writes = event == "open" and arguments[1] is not None and set(str(arguments[1])) & set("wax+")
    if writes or event in {"socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.mkdir"}:
        print(event, arguments, file=sys.stderr)

sys.dont_write_bytecode = True
sys.addaudithook(watch)
for room in sys.argv[1:]:
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(package.__path__, f"{room}."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
import logging
print(len(logging.getLogger().handlers))
"""


def test_importing_the_rooms_writes_nothing_connects_nowhere_and_sets_up_no_logging(tmp_path: Path):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}

    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCHED, *ROOMS],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "0\n"
