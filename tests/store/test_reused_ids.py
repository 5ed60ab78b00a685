"""When an id stands for another thing, and when its words were only corrected (domain.md, case 14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_help import CURRENT, begin, look, record_all, rows, statement

from store.identity import contradictions, is_another_thing
from store.terms import Currency, PropertyKind

FLAT, HOUSE, LAND = PropertyKind.FLAT, PropertyKind.HOUSE, PropertyKind.LAND

# Every correction in 412,281 rows of CAIXA, July to September 2021, and the boldest of Rio Grande do Sul 2026:
# title and kind before and after, city before and after.
CORRECTIONS = [
    (
        ("Casa, Rua G (Atual Rua Carlos Ferreira), N. 140, Casa 5 Bl B Qd 6 Lt 46, TANGUA - RJ", HOUSE, "TANGUA"),
        ("Casa, Rua G, Casa 5 Bl B Qd 6 Lt 46, TANGUA - RJ", HOUSE, "TANGUA"),
    ),
    (
        ("Terreno, RODOVIA PR 444, N. S/N, Lt 61/3, GLEBA ARAPONGAS, ARAPONGAS - PR", LAND, "ARAPONGAS"),
        ("Terreno, PR-444, N. S/N, Lt 61/3, JARDIM PETROPOLIS, ARAPONGAS - PR", LAND, "ARAPONGAS"),
    ),
    (
        ("Casa, Rua Eliete Nunes de Santana, N. 105, CENTRO, NOSSA SENHORA DA GLORIA - SE", HOUSE, "N. S. DA GLORIA"),
        ("Casa, Rua Eliete Nunes de Santana, N. 105, CENTRO, MONTE ALEGRE DE SERGIPE - SE", HOUSE, "MONTE ALEGRE"),
    ),
    (
        ("Casa, RUA 07, N. S/N, LT 59, QDR 05, CASA 02, SAPEATIBA MIRIM, SAO PEDRO DA ALDEIA - RJ", HOUSE, "S. PEDRO"),
        (
            "Casa, RUA 07, N. S/N, LT 59, QDR 05, CASA 02, BALNEARIO DAS CONCHAS, SAO PEDRO DA ALDEIA - RJ",
            HOUSE,
            "S. PEDRO",
        ),
    ),
    (
        (
            "Terreno, RUA CARLOS CYPRIANO, QD C - LOTE 6 JD SALVADOR ATUAL NOº 81, RONCADOR, QUEIMADOS - RJ",
            LAND,
            "QUEIMADOS",
        ),
        (
            "Casa, RUA CARLOS CIPRIANO, N. S/N, QD C - LOTE 6 JD SALVADOR ATUAL NOº 81, RONCADOR, QUEIMADOS - RJ",
            HOUSE,
            "QUEIMADOS",
        ),
    ),
    (
        (
            "Apartamento, AV DAS ARAUCARIAS Lt-2468 e 10, Ap. 1703, Bl-C, SUL (AGUAS CLARAS), TAGUATINGA - DF",
            FLAT,
            "TAGUATINGA",
        ),
        (
            "Apartamento, AV DAS ARAUCARIAS Lt-2468 e 10, N. s/n, Apto 1703, Ap. 1703, Bl-C, SUL (AGUAS CLARAS), TAGUATINGA - DF",  # noqa: E501
            FLAT,
            "TAGUATINGA",
        ),
    ),
    (
        ("Apartamento, Rua DOMINGOS MANHAES, N. s/n, BL 2, CS 02, CENTRO, TANGUA - RJ", FLAT, "TANGUA"),
        ("Casa, Rua DOMINGOS MANHAES, N. s/n, BL 2, CS 02, CENTRO, TANGUA - RJ", HOUSE, "TANGUA"),
    ),
    (
        ("Casa, Passeio 01, N. 531, Loteamento Fiação e Tecidos, SAO GONCALO, PELOTAS - RS", HOUSE, "PELOTAS"),
        ("Terreno, Passeio 01, N. 531, Loteamento Fiação e Tecidos, SAO GONCALO, PELOTAS - RS", LAND, "PELOTAS"),
    ),
    (
        (
            "Terreno, RUA PEDRO LUDOVICO TEIXEIRA, N. S/N, QUADRA 37 LOTE 28, JARDINAVES, NOVA LIMA - MG",
            LAND,
            "NOVA LIMA",
        ),
        (
            "Terreno, RUA PEDRO LUDOVICO TEIXEIRA, N. S/N, QUADRA 28 LOTE 37, JARDINAVES, NOVA LIMA - MG",
            LAND,
            "NOVA LIMA",
        ),
    ),
    (
        ("Ex-Agência, Padrão, 0 Vaga(S) de Garagem", None, "PORTO ALEGRE"),
        ("Ex-Agência 2.700 m² - Centro Histórico - Porto Alegre - RS", None, "PORTO ALEGRE"),
    ),
    (
        ("Terreno - 360,84m² - Lt. José Alves de Castro", LAND, "PORTO ALEGRE"),
        ("Terreno - 360,84m² - Estrada Cristiano Kraemer 795 - esquina", LAND, "PORTO ALEGRE"),
    ),
    (
        ("Imóvel nº 1.304 c/ 34,42m² - Ed. Cimex-Uhr - R. Dr. Flores", None, "PORTO ALEGRE"),
        ("Apto nº 1.304 c/ 24,37m² - Ed. Cimex-Uhr - Centro", None, "PORTO ALEGRE"),
    ),
]
CORRECTION_NAMES = [after[0][:40] for _, after in CORRECTIONS]

# Two homes that were never the same, as one id might show them one after the other.
OTHER_THINGS = [
    (
        statement(
            title="安溪县城厢镇二环南路666号百福豪城3号楼1203室房产", currency=Currency.CNY, region_code="350524"
        ),
        statement(title="德化县龙浔镇宝美街7层702住宅", currency=Currency.CNY, region_code="350526"),
    ),
    (
        statement(title="泉州台商投资区张坂镇世茂蓝色海湾S2013-20号地块3号楼115单元房地产", floor_area=5_100),
        statement(title="福建省泉州市鲤城区紫盛路28号1幢908室的房产及室内物品", floor_area=9_058),
    ),
    (
        statement(title="Apartamento, AV. OTONIEL GOMES TAVARES, N. 925, Apto 406, MACAE - RJ", city="MACAE"),
        statement(title="Terreno, PR-444, N. S/N, Lt 61/3, JARDIM PETROPOLIS, ARAPONGAS - PR", city="ARAPONGAS"),
    ),
    (statement(title="闽E12345小型轿车一辆"), statement(title="Casa, RUA DOIS, N. 323, LT 22-A QD 11")),
]


def homes(words):
    title, kind, city = words
    return statement(title=title, property_kind=kind, city=city, asking_price=90_000_00)


@pytest.mark.parametrize(("before", "after"), CORRECTIONS, ids=CORRECTION_NAMES)
def test_corrected_words_are_the_same_home(before, after):
    assert not is_another_thing(homes(before), homes(after))
    assert not is_another_thing(homes(after), homes(before))


@pytest.mark.parametrize(("before", "after"), OTHER_THINGS, ids=["place", "area", "city", "nothing in common"])
def test_other_words_with_other_facts_are_another_thing(before, after):
    assert is_another_thing(before, after)
    assert is_another_thing(after, before)


@pytest.mark.parametrize("prefix", ["【第二次拍卖】", "（变卖）", "[一拍] ", "【重新拍卖】（破产）"])
def test_a_new_round_in_the_title_is_the_same_home(prefix):
    """The prefix is longer than the address: compared as it stands, the title would be another one."""
    before = statement(title="德化县宝美街702", appraisal_price=551_000_00)
    after = statement(title=f"{prefix}德化县宝美街702", appraisal_price=300_000_00)

    assert contradictions(before, after) == 1
    assert not is_another_thing(before, after)


def test_a_wider_region_does_not_contradict_a_narrower_one():
    city, county, other = (statement(region_code=code) for code in ("350500", "350526", "350100"))

    assert contradictions(city, county) == contradictions(county, city) == 0
    assert contradictions(city, other) == contradictions(county, other) == 1


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ({"floor_area": 100_00}, {"floor_area": 109_00}, 0),
        ({"floor_area": 100_00}, {"floor_area": 115_00}, 1),
        ({"appraisal_price": 100_00}, {"appraisal_price": 75_00}, 0),
        ({"appraisal_price": 100_00}, {"appraisal_price": 60_00}, 1),
        ({"asking_price": 100_00}, {"asking_price": 1_00}, 0),
        ({"property_kind": FLAT}, {"property_kind": LAND}, 1),
        ({"currency": Currency.CNY}, {"currency": Currency.BRL}, 1),
        ({"city": "泉州市"}, {"city": None}, 0),
        ({"floor_area": 100_00, "city": "泉州市"}, {"floor_area": 50_00, "city": "福州市"}, 2),
    ],
)
def test_facts_contradict_only_where_both_are_told_and_far_apart(before, after, count):
    assert contradictions(statement(**before), statement(**after)) == count


@given(st.sampled_from([words for pair in CORRECTIONS for words in pair]), st.integers(1, 10**12))
def test_a_price_never_makes_another_thing(words, price):
    assert not is_another_thing(homes(words), homes(words)._replace(asking_price=price, starting_price=price))


class TestInTheDatabase:
    def test_a_reused_id_is_a_new_listing_and_no_price_cut(self, engine):
        begin(engine)
        before, after = OTHER_THINGS[0]
        record_all(
            engine,
            [
                look(0, {"1": before._replace(starting_price=835_000_00)}),
                look(24, {"1": after._replace(starting_price=350_000_00)}),
                look(48, {"1": after._replace(starting_price=300_000_00)}),
            ],
        )

        assert rows(engine, f"SELECT generation, title, starting_price FROM {CURRENT} ORDER BY generation") == [
            (1, before.title, 835_000_00),
            (2, after.title, 300_000_00),
        ]
        assert rows(
            engine,
            "SELECT l.generation, o.starting_price FROM observation o JOIN listing l ON l.id = o.listing_id "
            "ORDER BY o.observed_at",
        ) == [(1, 835_000_00), (2, 350_000_00), (2, 300_000_00)]

    def test_the_new_thing_inherits_nothing_from_the_old_one(self, engine):
        begin(engine)
        before, after = OTHER_THINGS[2]
        record_all(engine, [look(0, {"1": before._replace(floor_area=46_00)}), look(24, {"1": after})])

        assert rows(engine, f"SELECT generation, city, floor_area FROM {CURRENT} ORDER BY generation") == [
            (1, "MACAE", 46_00),
            (2, "ARAPONGAS", None),
        ]

    def test_the_old_thing_is_no_longer_seen_after_its_id_was_reused(self, engine):
        begin(engine)
        before, after = OTHER_THINGS[3]
        record_all(engine, [look(0, {"1": before}), look(24, {"1": after}), look(48, {"1": after})])

        ((first_last, first_first), (second_last, second_first)) = rows(
            engine, "SELECT last_seen_at, first_seen_at FROM listing ORDER BY generation"
        )
        assert first_first == first_last < second_first < second_last

    def test_the_last_sight_of_the_old_thing_is_kept_when_all_comes_in_one_transaction(self, engine):
        begin(engine)
        before, after = OTHER_THINGS[3]
        record_all(engine, [look(0, {"1": before}), look(24, {"1": before}), look(48, {"1": after})], 3)

        ((last_seen, first_seen),) = rows(
            engine, "SELECT last_seen_at, first_seen_at FROM listing WHERE generation = 1"
        )
        assert last_seen > first_seen

    def test_every_real_correction_goes_on_as_one_listing(self, engine):
        begin(engine)
        befores = {str(number): homes(before) for number, (before, _) in enumerate(CORRECTIONS)}
        afters = {str(number): homes(after) for number, (_, after) in enumerate(CORRECTIONS)}

        record_all(engine, [look(0, befores), look(24, afters), look(12, befores)])

        assert rows(engine, "SELECT count(*), max(generation) FROM listing") == [(len(CORRECTIONS), 1)]
        assert rows(engine, "SELECT count(*) FROM observation") == [(2 * len(CORRECTIONS),)]
