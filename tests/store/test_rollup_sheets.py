"""Cells of rollups go into packed sheets and come back as they were."""

import random

import pytest
from sqlalchemy import Engine
from store_help import rows

from store.engine import reading, writing
from store.rollup_sheets import MEASURES, PARTS, add_to_sheets, read_sheet

CITY = ("city", "homes")
LABELS = ("", "合肥市", "Bom Jesus (BR-SP)", '"quoted", [x]', "line\nbreak\x1f", "🏠")


def figures(**named: int) -> list[int]:
    assert named.keys() <= set(MEASURES)
    return [named.get(name, 0) for name in MEASURES]


def add(engine: Engine, cells: dict[str, list[int]], wide: set[str] | None = None) -> None:
    with writing(engine) as connection:
        add_to_sheets(connection, {CITY: cells}, wide or set())


def stored(engine: Engine) -> dict[str, list[int]]:
    with reading(engine) as connection:
        return dict(read_sheet(connection, CITY).cells())


@pytest.mark.parametrize("wide", [set(), {"city"}])
def test_any_additions_in_any_order_come_to_their_sums(engine: Engine, wide: set[str]) -> None:
    chance = random.Random(7)
    expected: dict[str, list[int]] = {}
    for _ in range(12):
        cells = {
            chance.choice(LABELS) + str(chance.randrange(20)): [chance.randrange(1, 90) for _ in MEASURES]
            for _ in range(30)
        }
        add(engine, cells, wide)
        for label, added in cells.items():
            before = expected.get(label, figures())
            expected[label] = [one + other for one, other in zip(before, added, strict=True)]

    assert stored(engine) == expected


def test_labels_stand_in_their_order_within_a_part(engine: Engine) -> None:
    add(engine, {label: figures(listings=1) for label in LABELS})
    add(engine, {"北京市": figures(listings=1)})

    assert list(stored(engine)) == sorted([*LABELS, "北京市"])


def test_a_cell_that_comes_to_nothing_is_taken_out(engine: Engine) -> None:
    add(engine, {"合肥市": figures(listings=2, sold=1, cut_sum=500), "福州市": figures(listings=1)})
    add(engine, {"合肥市": figures(listings=-2, sold=-1, cut_sum=-500)})

    assert stored(engine) == {"福州市": figures(listings=1)}


def test_cuts_of_many_millions_of_listings_add_up(engine: Engine) -> None:
    add(engine, {"合肥市": figures(listings=1, cut_sum=2**31)})
    add(engine, {"合肥市": figures(cut_sum=2**40)})

    assert stored(engine)["合肥市"][MEASURES.index("cut_sum")] == 2**31 + 2**40


def test_a_label_of_a_wide_family_touches_one_part_only(engine: Engine) -> None:
    add(engine, {f"{number}市": figures(listings=1) for number in range(400)}, {"city"})
    before = dict(rows(engine, "SELECT part, counts FROM rollup_sheet"))
    add(engine, {"7市": figures(listings=1)}, {"city"})
    after = dict(rows(engine, "SELECT part, counts FROM rollup_sheet"))

    assert len(after) == PARTS
    assert sum(before[part] != after[part] for part in after) == 1
