"""Counts on captured data against what is known of them, through the command line as a user would call it.

Needs the captures folder: ``../shared/captures``, or where FAPAI_CAPTURES points.
"""

import argparse
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from store.engine import open_engine, reading
from tracking.price_changes import appraisal_changes, price_changes

OUTAGE = {f"2021-08-0{day}" for day in range(5, 10)}
failures: list[str] = []


STATE = "listing JOIN observation ON observation.id = listing.observation_id"


def main() -> None:
    """Print each figure beside the one that is known; exit 1 if one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shuffles", type=int, default=1, help="orders of arrival to compare the snapshots of")
    options = parser.parse_args()
    captures = Path(os.environ.get("FAPAI_CAPTURES", Path(__file__).parents[2] / "shared" / "captures"))
    if not captures.is_dir():
        print("no captured data here: nothing counted (see benchmarks/README.md)")
        return
    with tempfile.TemporaryDirectory() as folder:
        _brazil_2021(captures / "brazil-caixa", Path(folder), options.shuffles)
        _brazil_2026(captures / "brazil-caixa", Path(folder))
        _rmfysszc(captures / "rmfysszc", Path(folder))
    if failures:
        sys.exit(f"{len(failures)} figures differ: {', '.join(failures)}")


def _brazil_2021(captures: Path, folder: Path, shuffles: int) -> None:
    days = sorted((captures / "daily-2021").glob("*.zip"))
    complete = [day for day in days if day.stem not in OUTAGE]
    _capture(folder / "complete.sqlite", complete, "--mapping", "caixaaberta")
    _expect(
        "2021, 32 complete days: cuts, ids, rises, appraisals",
        _changes(folder / "complete.sqlite"),
        [2459, 2139, 1199, 40],
    )
    _capture(folder / "all.sqlite", days, "--mapping", "caixaaberta")
    _expect("2021, all 37 days: cuts, ids, rises, appraisals", _changes(folder / "all.sqlite"), [2476, 2154, 1205, 40])
    _expect("2021: listings", _count(folder / "all.sqlite", "SELECT count(*) FROM listing"), [15408])
    relabelled = "SELECT count(*) FROM observation WHERE observed_at LIKE '2021-08-10%' AND round_kind = 'online_sale'"
    cuts = [cut for cut in _cuts(folder / "all.sqlite") if cut["observed_at"].startswith("2021-08-10")]
    print(
        f"2021-08-10: {_count(folder / 'all.sqlite', relabelled)[0]} observations as online sale, {len(cuts)} cuts that day"
    )
    first = _snapshot(folder / "all.sqlite", folder / "in-order")
    chance = random.Random(11)
    for number in range(shuffles):
        mixed = chance.sample(days, len(days))
        for day in mixed:
            _capture(folder / f"mixed-{number}.sqlite", [day], "--mapping", "caixaaberta")
        again = _snapshot(folder / f"mixed-{number}.sqlite", folder / f"mixed-{number}")
        _expect(f"2021, the 37 files in another order, one command each ({number + 1}): snapshot", again, first)


def _brazil_2026(captures: Path, folder: Path) -> None:
    refused = _capture(
        folder / "rs.sqlite", (captures / "rs-2026").glob("*.zip"), "--mapping", "scrap-imoveis-rs", expect=3
    )
    bank = [cut for cut in _cuts(folder / "rs.sqlite") if cut["source"] == "br_caixa"]
    _expect("RS 2026, the bank's rows: cuts, ids", [len(bank), len({cut["source_id"] for cut in bank})], [265, 214])
    _expect("RS 2026: refused rows, all named", [len(refused), sum("'ZUK-'" in line for line in refused)], [54, 54])
    damaged = captures / "original-layout" / "2025-07_SP_excel-damaged.zip"
    _capture(folder / "sp.sqlite", [damaged], "--observed-at", "2025-07-06")
    sql = f"SELECT count(*) FROM {STATE} WHERE region_code = 'BR-SP'"
    _expect("SP 2025, damaged by a spreadsheet: ids", _count(folder / "sp.sqlite", sql), [3426])
    original = sorted((captures / "original-layout").glob("2026*.zip"))
    _capture(folder / "bank.sqlite", original[:1])
    _expect(
        "27 states of 2026-01-08: listings", _count(folder / "bank.sqlite", "SELECT count(*) FROM listing"), [32547]
    )


def _rmfysszc(captures: Path, folder: Path) -> None:
    page = captures / "ProjectHandle-guangdong-page1-2022-11.json"
    _capture(folder / "rm.sqlite", [page], "--observed-at", "2022-11-10")
    sql = f"SELECT source_id, title, coalesce(hammer_price, starting_price), appraisal_price FROM {STATE}"
    found = {row[0]: row[1:] for row in _rows(folder / "rm.sqlite", sql)}
    _expect("rmfysszc: lots", [len(found)], [20])
    with (captures / "rounds-in-page1.csv").open(encoding="utf-8") as file:
        known = list(csv.DictReader(file))
    right = sum(
        found[lot["lot_id"]]
        == (lot["asset_title"], round(float(lot["price_wan"]) * 1e6), round(float(lot["assessed_wan"]) * 1e6))
        for lot in known
    )
    _expect("rmfysszc: lots of 6 assets with title, price and assessed value as known", [right], [len(known)])


def _expect(what: str, found: object, known: object) -> None:
    is_right = found == known
    if not is_right:
        failures.append(what)
    shown = "the same bytes" if isinstance(known, dict) and is_right else found
    print(f"{'ok   ' if is_right else 'WRONG'} {what}: {shown}" + ("" if is_right else f", known {known}"), flush=True)


def _fapai(*arguments: object, expect: int = 0) -> str:
    command = [sys.executable, "-m", "fapai", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != expect:
        raise RuntimeError(f"fapai {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def _capture(database: Path, paths: Iterable[Path], *more: str, expect: int = 0) -> list[str]:
    printed = _fapai("capture", *paths, *more, "--quiet", "--db", f"sqlite:///{database}", expect=expect)
    return [line for line in printed.splitlines() if " refused, id " in line]


def _cuts(database: Path) -> list[dict[str, str]]:
    printed = _fapai("report", "price-cuts", "--all", "--format", "json", "--db", f"sqlite:///{database}")
    cuts: list[dict[str, str]] = json.loads(printed)
    return cuts


def _changes(database: Path) -> list[int]:
    """Cuts and their ids from the report; rises and changes of the appraisal from the histories."""
    cuts = _cuts(database)
    with reading(open_engine(f"sqlite:///{database}")) as connection:
        rises = sum(change.price > change.previous_price for change in price_changes(connection))
        appraisals = sum(1 for _ in appraisal_changes(connection))
    return [len(cuts), len({cut["source_id"] for cut in cuts}), rises, appraisals]


def _snapshot(database: Path, directory: Path) -> dict[str, bytes]:
    _fapai("export", directory, "--db", f"sqlite:///{database}")
    files = {file.name: file.read_bytes() for file in sorted(directory.iterdir())}
    shutil.rmtree(directory)
    return files


def _rows(database: Path, sql: str) -> Sequence[Sequence[object]]:
    with reading(open_engine(f"sqlite:///{database}")) as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def _count(database: Path, sql: str) -> list[object]:
    return [row[0] for row in _rows(database, sql)]


if __name__ == "__main__":
    main()
