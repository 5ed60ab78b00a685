"""The same words with another room, or another city, are another home: never a price cut."""

import pytest

from store.identity import is_another_thing
from store.statement import Statement

FLAT = "安徽省合肥市瑶海区武里山路天街商业中心1号楼商305室"


@pytest.mark.parametrize(
    ("title", "region"),
    [
        (FLAT.replace("305", "306"), "340102"),
        (FLAT.replace("1号楼", "2号楼"), "340102"),
        (FLAT.replace("合肥市瑶海区", "芜湖市鸠江区"), "340207"),
        (FLAT.replace("瑶海区", "包河区"), "340111"),
    ],
)
def test_another_room_building_or_city_under_one_id_is_another_home(title: str, region: str) -> None:
    assert is_another_thing(Statement(title=FLAT, region_code="340102"), Statement(title=title, region_code=region))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        # Corrections that CAIXA made in 2021 and 2026, and words that courts add.
        ("RUA PEDRO LUDOVICO TEIXEIRA, QUADRA 37 LOTE 28", "RUA PEDRO LUDOVICO TEIXEIRA, QUADRA 28 LOTE 37"),
        ("ESTRADA JOAO DE OLIVEIRA REMIAO, N. 6700, Apto 102", "ESTRADA JOAO DE OLIVEIRA REMIAO, N. 6700, Apto 120"),
        ("RUA IARA TEODORO DA SILVA, N. 386, CS G", "RUA IARA TEODORO DA SILVA, N. 386, CS G QD38 LT 39"),
        (FLAT, f"【第二次拍卖】{FLAT}"),
        (FLAT, f"{FLAT}一套"),
    ],
)
def test_a_correction_of_the_words_stays_one_home(before: str, now: str) -> None:
    assert not is_another_thing(Statement(title=before, region_code="BR-RJ"), Statement(title=now, region_code="BR-RJ"))


@pytest.mark.parametrize(("one", "other"), [("340110", "340111"), ("500000", "510100")])
def test_a_code_that_ends_in_a_nought_is_no_wider_region(one: str, other: str) -> None:
    assert is_another_thing(Statement(title=FLAT, region_code=one), Statement(title=f"{FLAT}一套", region_code=other))


@pytest.mark.parametrize("wider", ["340000", "340100"])
def test_a_wider_region_contradicts_nothing(wider: str) -> None:
    assert not is_another_thing(
        Statement(title=FLAT, region_code="340102"), Statement(title=f"{FLAT}一套", region_code=wider)
    )
