"""The shipped mappings on rows cut from the real tables of other projects."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.intake.arrived import CapturedPage
from crawler.intake.mapping import MappedReader, dialect_for, list_mappings, load_mapping
from crawler.items import NumberForm
from crawler.page import Page
from crawler.parsers import br_caixa
from store.terms import PropertyKind, RoundKind, SellerKind

TABLES = Path(__file__).parents[3] / "fixtures" / "mappings"
CAIXAABERTA = sorted(TABLES.glob("caixaaberta/*/*.csv"))
RS = sorted(TABLES.glob("scrap-imoveis-rs/*.csv"))


def parse(path, name):
    reader = load_mapping(name).reader()
    return reader, reader.parse(Page(path.read_bytes(), f"file:{path.name}", datetime(2026, 8, 1, tzinfo=UTC)))


def items_of(day, source):
    _, content = parse(TABLES / "scrap-imoveis-rs" / f"RS_{day}.csv", "scrap-imoveis-rs")
    return {item.source_id: item for item in content.items if item.source == source}


def test_shipped_mappings_are_listed_with_their_sources():
    listed = {info.name: info.sources for info in list_mappings()}
    assert listed["caixaaberta"] == ("br_caixa",)
    assert listed["scrap-imoveis-rs"] == (
        "br_banco_do_brasil",
        "br_caixa",
        "br_leiloes_judiciais",
        "br_mega_leiloes",
        "br_zukerman",
    )
    assert list(listed) == sorted(listed)


def test_every_column_set_of_2021_is_read_without_a_refusal():
    counts = {}
    for path in CAIXAABERTA:
        _, content = parse(path, "caixaaberta")
        assert content.refused == []
        counts[f"{path.parent.name} {path.stem[-2:]}"] = len(content.items)
    assert counts == {
        "2021-08-09 AC": 0,  # a header and no rows: the outage
        "2021-08-09 PA": 0,
        "2021-08-09 RJ": 2,
        "2021-08-10 AC": 0,
        "2021-08-10 PA": 0,  # still the old header
        "2021-08-10 RJ": 4,
        "2021-08-22 AC": 3,
        "2021-08-22 PA": 6,
        "2021-08-22 RJ": 6,
    }


def test_row_of_2021_reads_like_a_row_of_the_banks_own_list():
    reader, content = parse(TABLES / "caixaaberta/2021-08-22/imoveis_RJ.csv", "caixaaberta")
    item = content.items[0]
    assert (item.source, item.source_id) == ("br_caixa", "10002113")
    assert item.url == "https://venda-imoveis.caixa.gov.br/sistema/detalhe-imovel.asp?hdnimovel=10002113"
    assert item.title == "Casa, RUA MÁRIO NATALINO JORDAO, N. 327, CASA 02 LOTE 11, MONSUABA, ANGRA DOS REIS - RJ"
    assert (item.asking_price_raw, item.appraisal_price_raw) == ("80000.0", "200000.0")
    assert (item.floor_area_raw, item.private_area_raw, item.land_area_raw) == ("78.00", "78.00", "59.40")
    assert (item.state_raw, item.city_raw, item.district_raw) == ("RJ", "ANGRA DOS REIS", "MONSUABA")
    dialect = dialect_for(reader, item)
    assert dialect.number_form is NumberForm.PLAIN
    assert dialect.round_labels[item.round_raw] is RoundKind.DIRECT_SALE
    assert dialect.kind_labels[item.property_kind_raw] is PropertyKind.HOUSE
    assert dialect.seller_name == br_caixa.DIALECT.seller_name


def test_words_do_not_change_when_the_project_renames_a_column():
    words = [
        parse(TABLES / f"caixaaberta/{day}/imoveis_RJ.csv", "caixaaberta")[1].items[0].words
        for day in ("2021-08-10", "2021-08-22")
    ]
    assert words[0].keys() == words[1].keys()


def test_time_comes_from_the_rows_else_from_the_archive(write_zip, read):
    zips = [
        write_zip(
            f"{day}.zip", {path.name: path.read_bytes() for path in sorted((TABLES / "caixaaberta" / day).iterdir())}
        )
        for day in ("2021-08-09", "2021-08-10")
    ]
    times = {arrived.page.url: arrived.page.observed_at for arrived in read(*zips, mapping=load_mapping("caixaaberta"))}
    assert times == {
        "file:2021-08-09.zip!/imoveis_AC.csv": datetime(2021, 8, 9, 12, tzinfo=UTC),
        "file:2021-08-09.zip!/imoveis_PA.csv": datetime(2021, 8, 9, 12, tzinfo=UTC),
        "file:2021-08-09.zip!/imoveis_RJ.csv": datetime(2021, 8, 9, 0, 18, 7, 702882, tzinfo=UTC),
        "file:2021-08-10.zip!/imoveis_AC.csv": datetime(2021, 8, 10, 12, tzinfo=UTC),
        "file:2021-08-10.zip!/imoveis_PA.csv": datetime(2021, 8, 10, 12, tzinfo=UTC),
        "file:2021-08-10.zip!/imoveis_RJ.csv": datetime(2021, 8, 10, 12, tzinfo=UTC),
    }


def test_day_in_the_name_of_a_table_of_2026_is_local_noon(read):
    found = read(TABLES / "scrap-imoveis-rs", mapping=load_mapping("scrap-imoveis-rs"))
    assert all(isinstance(arrived, CapturedPage) for arrived in found)
    assert found[0].page.observed_at == datetime(2026, 7, 2, 15, tzinfo=UTC)


def test_five_sources_stand_in_one_file():
    counts = [Counter(item.source for item in parse(path, "scrap-imoveis-rs")[1].items) for path in RS]
    assert counts[0] == {"br_caixa": 3}  # without the column Origem
    assert counts[1] == {"br_caixa": 3, "br_mega_leiloes": 3, "br_leiloes_judiciais": 7}
    assert set(counts[2]) == set(load_mapping("scrap-imoveis-rs").dialects)


def test_id_without_its_number_is_refused_and_the_row_named():
    _, content = parse(RS[2], "scrap-imoveis-rs")
    assert len(content.refused) == 3
    for row in content.refused:
        assert row.source_id is None
        assert "N° do imóvel" in row.reason
        assert "'ZUK-'" in row.reason
        assert "Rua Voluntários da Pátria" in row.excerpt
    assert [row.position for row in content.refused] == sorted(row.position for row in content.refused)


def test_every_label_of_the_auction_houses_is_in_its_table():
    for path in RS:
        reader, content = parse(path, "scrap-imoveis-rs")
        for item in content.items:
            dialect = dialect_for(reader, item)
            assert item.round_raw in dialect.round_labels
            assert item.property_kind_raw is None or item.property_kind_raw in dialect.kind_labels
            assert dialect.number_form is NumberForm.BRAZILIAN
            assert item.state_raw == "RS"


def test_auction_houses_are_sellers_of_their_own():
    dialects = load_mapping("scrap-imoveis-rs").dialects
    assert dialects["br_caixa"] == br_caixa.DIALECT
    assert dialects["br_zukerman"].seller_kind is SellerKind.AGENT
    assert dialects["br_banco_do_brasil"].seller_kind is SellerKind.STATE_BANK
    assert "Venda Online" not in dialects["br_zukerman"].round_labels
    assert len({dialect.seller_name for dialect in dialects.values()}) == 5


def test_price_of_zero_means_not_told():
    item = items_of("2026-07-08", "br_zukerman")["36609-227754"]
    assert (item.asking_price_raw, item.appraisal_price_raw) == (None, None)
    assert item.words["Preço"] == "0,0"


def test_line_breaks_inside_a_cell_do_not_hide_the_kind_of_auction():
    item = items_of("2026-07-08", "br_mega_leiloes")["X125835"]
    assert item.round_raw == "Extrajudicial"
    assert item.words["Modalidade de venda"].endswith("P. Única")
    assert item.url.endswith("x125835")
    assert (item.property_kind_raw, item.asking_price_raw) == ("imoveis-comerciais", "92600,0")


def test_filled_in_appraisals_are_not_taken():
    assert items_of("2026-07-08", "br_mega_leiloes")["X125609"].appraisal_price_raw is None
    assert items_of("2026-07-08", "br_banco_do_brasil")["8777"].appraisal_price_raw is None
    assert items_of("2026-07-08", "br_leiloes_judiciais")["203646"].appraisal_price_raw == "9932225,58"


@pytest.mark.parametrize(
    ("day", "number", "kind"),
    [
        ("2026-07-08", "204111", PropertyKind.VEHICLE),
        ("2026-07-08", "202119", PropertyKind.BUILDING),
        ("2026-07-08", "203635", PropertyKind.PARKING),
        ("2026-07-08", "203838", PropertyKind.FLAT),  # "Direitos - Apartamento ..."
        ("2026-07-08", "203646", None),  # "Complexo Industrial": known to be a property, no more
        ("2026-07-03", "202442", PropertyKind.LAND),
    ],
)
def test_kind_in_a_free_text(day, number, kind):
    item = items_of(day, "br_leiloes_judiciais")[number]
    labels = load_mapping("scrap-imoveis-rs").dialects["br_leiloes_judiciais"].kind_labels
    assert labels[item.property_kind_raw] is kind


def test_city_is_found_where_a_title_stands_in_its_place():
    assert items_of("2026-07-03", "br_leiloes_judiciais")["202442"].city_raw == "Viamão"


def test_a_mapping_knows_its_own_tables_and_no_others():
    readers = {info.name: load_mapping(info.name).reader() for info in list_mappings()}
    for name, paths in (("caixaaberta", CAIXAABERTA), ("scrap-imoveis-rs", RS)):
        for path in paths:
            page = Page(path.read_bytes(), f"file:{path.name}", datetime(2026, 8, 1, tzinfo=UTC))
            assert [key for key, reader in readers.items() if reader.recognises(page)] == [name]


def test_reader_of_our_own_speaks_for_all_its_listings():
    reader = br_caixa.READERS[0]
    _, content = parse(RS[0], "scrap-imoveis-rs")
    assert dialect_for(reader, content.items[0]) is reader.dialect
    assert isinstance(load_mapping("caixaaberta").reader(), MappedReader)
