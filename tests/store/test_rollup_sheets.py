"""Cells of rollups go into packed sheets and come back as they were."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from store_help import rows

from store.engine import reading, writing
from store.rollup_sheets import MEASURES, PARTS, UNITS, add_to_sheets, part_by_label, read_sheet, unpack

CITY = ("city", "homes")
LABELS = ("", "合肥市", "Bom Jesus (BR-SP)", '"quoted", [x]', "line\nbreak\x1f", "🏠")


def figures(**named: int) -> list[int]:
    assert named.keys() <= set(MEASURES)
    return [named.get(name, 0) for name in MEASURES]


def add(engine: Engine, cells: dict[str, list[int]], part_of: dict[str, Callable[[str], int]] | None = None) -> None:
    packed = {
        label: sum(figure * unit for figure, unit in zip(added, UNITS.values(), strict=True))
        for label, added in cells.items()
    }
    with writing(engine) as connection:
        add_to_sheets(connection, {CITY: packed}, part_of or {})


def stored(engine: Engine) -> dict[str, list[int]]:
    with reading(engine) as connection:
        return {label: list(unpack(packed)) for label, packed in read_sheet(connection, CITY).cells()}


@pytest.mark.parametrize("part_of", [{}, {"city": part_by_label}])
def test_any_additions_in_any_order_come_to_their_sums(
    engine: Engine, part_of: dict[str, Callable[[str], int]]
) -> None:
    chance = random.Random(7)
    expected: dict[str, list[int]] = {}
    for _ in range(12):
        cells = {
            chance.choice(LABELS) + str(chance.randrange(20)): [chance.randrange(1, 90) for _ in MEASURES]
            for _ in range(30)
        }
        add(engine, cells, part_of)
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
    add(engine, {f"{number}市": figures(listings=1) for number in range(400)}, {"city": part_by_label})
    before = dict(rows(engine, "SELECT part, figures FROM rollup_sheet"))
    add(engine, {"7市": figures(listings=1)}, {"city": part_by_label})
    after = dict(rows(engine, "SELECT part, figures FROM rollup_sheet"))

    assert len(after) == PARTS
    assert sum(before[part] != after[part] for part in after) == 1


def test_columns_are_the_figures_of_their_cells(engine: Engine) -> None:
    chance = random.Random(11)
    add(engine, {label: [chance.randrange(1, 2**31) for _ in MEASURES] for label in LABELS})
    with reading(engine) as connection:
        sheet = read_sheet(connection, CITY)

    columns = [sheet.column(measure) for measure in MEASURES]
    assert dict(zip(sheet.labels, map(list, zip(*columns, strict=True)), strict=True)) == stored(engine)
