"""The notebook runs on a snapshot without this program, and comes to the numbers that the database gives."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from sqlalchemy import Engine
from store_help import START, begin, look, record_all, rows, statement

from reporting.export import export_snapshot
from store.engine import open_engine, writing
from store.terms import RoundStatus
from tracking.linking import link_database

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


def run(snapshot: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The executed notebook."""
    monkeypatch.setenv("FAPAI_SNAPSHOT", str(snapshot))
    for name in ("IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(folder / name.lower()))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=100, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    return client.execute()


def numbers_of(notebook: Any) -> dict[str, Any]:
    """What the last cell prints."""
    (output,) = notebook.cells[-1].outputs
    found: dict[str, Any] = json.loads(output.text)
    return found


def figures_of(notebook: Any) -> int:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def link(engine: Engine) -> None:
    with writing(engine) as connection:
        link_database(connection, START)


def test_real_lists_give_the_numbers_of_the_database(
    caixa: Engine, caixa_rows: list[dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(caixa)
    export_snapshot(caixa, tmp_path / "out")
    notebook = run(tmp_path / "out", tmp_path, monkeypatch)
    numbers = numbers_of(notebook)

    for name, table in (("listings", "listing"), ("homes", "property"), ("pages", "page")):
        assert [(numbers[name],)] == rows(caixa, f"SELECT count(*) FROM {table}")
    prices: dict[str, list[float]] = {}
    for row in caixa_rows:
        prices.setdefault(row["id"], []).append(float(row["price"]))
    cuts = [1 - now / was for each in prices.values() for was, now in pairwise(each) if now < was]
    assert (numbers["cuts"], numbers["largest_cut"]) == (len(cuts), round(max(cuts), 4))
    assert figures_of(notebook) == 3
    assert "insufficient data" in str(notebook.cells)


def test_hostile_titles_and_outcomes_are_counted_right(
    new_sqlite_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(new_sqlite_url())
    begin(engine)
    sold = {f"s{number}": statement(title='=1,"\r\n', status=RoundStatus.SOLD) for number in range(24)}
    failed = {f"f{number}": statement(title="法拍", status=RoundStatus.FAILED) for number in range(8)}
    defaulted = {"d": statement(title="\ta\\b", status=RoundStatus.DEFAULTED)}
    gone = {"w": statement(status=RoundStatus.WITHDRAWN), "e": statement(status=RoundStatus.ENDED)}
    record_all(engine, [look(0, {**sold, **failed, **defaulted, **gone})])
    export_snapshot(engine, tmp_path / "out")
    engine.dispose()

    notebook = run(tmp_path / "out", tmp_path, monkeypatch)

    numbers = numbers_of(notebook)
    assert (numbers["sold"], numbers["failed"], numbers["listings"]) == (25, 8, 35)
    assert (numbers["homes"], numbers["rounds"], numbers["attempts_of_one_home"]) == (0, 0, 0), "nothing was linked"
    assert (numbers["cuts"], numbers["largest_cut"]) == (0, None)
    shown = "".join(str(cell.outputs) for cell in notebook.cells if "clearance" in cell.source and "outputs" in cell)
    assert f"{25 / 33:.3f}" in shown
    assert f"{33 / 35:.3f}" in shown


def test_a_file_that_was_changed_stops_the_notebook(
    new_sqlite_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(new_sqlite_url())
    export_snapshot(engine, tmp_path / "out")
    engine.dispose()
    (tmp_path / "out" / "listing.csv").write_text("source\r\n")
    with pytest.raises(CellExecutionError, match=r"listing\.csv"):
        run(tmp_path / "out", tmp_path, monkeypatch)
