"""CAIXA's lists: the rules behind the fields, on recorded rows."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.errors import Blocked, EmptyShell, LayoutChanged
from crawler.items import PageContent
from crawler.page import Page
from crawler.parsers import br_caixa
from store.terms import RoundKind

FIXTURES = Path(__file__).parents[3] / "fixtures" / "br_caixa" / "list"
NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
URL = "https://venda-imoveis.caixa.gov.br/listaweb/Lista_imoveis_SP.csv"
LAYOUTS = {
    "eleven-columns-2026-01-08": 48,
    "twelve-columns-2026-07-21": 48,
    "ids-destroyed-by-a-spreadsheet-2025-07": 40,
    "whole-list-of-roraima-2026-01-08": 6,
    "each-way-of-sale-of-2021": 14,
}


def body_of(case: str) -> bytes:
    (path,) = (FIXTURES / case).glob("input.*")
    return path.read_bytes()


def read(body: bytes, url: str = URL, http_status: int = 200) -> PageContent:
    return br_caixa.parse_list(Page(body, url, NOW, http_status=http_status))


@pytest.mark.parametrize(("case", "count"), LAYOUTS.items())
def test_every_row_of_every_layout_is_read(case: str, count: int) -> None:
    content = read(body_of(case))
    assert (len(content.items), content.refused) == (count, [])
    assert len({item.source_id for item in content.items}) == count
    for item in content.items:
        assert item.source_id in (item.url or "")
        assert item.property_kind_raw in br_caixa.DIALECT.kind_labels
        assert item.round_raw in br_caixa.DIALECT.round_labels
        assert item.asking_price_raw
        assert item.appraisal_price_raw


def test_ids_come_from_the_link_where_a_spreadsheet_destroyed_the_column() -> None:
    body = body_of("ids-destroyed-by-a-spreadsheet-2025-07")
    assert body.count(b"E+12;") > 30
    assert all(item.source_id.isdigit() for item in read(body).items)


def test_columns_are_found_by_name_in_any_order() -> None:
    body = body_of("twelve-columns-2026-07-21").decode("cp1252")
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in body.split("\n"))
    assert read(turned.encode("cp1252")).items == read(body.encode("cp1252")).items


@pytest.mark.parametrize("header", ["N° do imóvel", "Nº do imóvel"])
def test_both_spellings_of_the_number_column_are_known(header: str) -> None:
    body = body_of("whole-list-of-roraima-2026-01-08").decode("cp1252").replace("N° do imóvel", header)
    assert len(read(body.encode("cp1252")).items) == 6


def test_list_saved_as_utf_8_reads_the_same() -> None:
    body = body_of("whole-list-of-roraima-2026-01-08")
    assert read(body.decode("cp1252").encode("utf-8-sig")) == read(body)


def test_new_column_is_logged_and_the_rows_are_read(caplog: pytest.LogCaptureFixture) -> None:
    lines = body_of("whole-list-of-roraima-2026-01-08").decode("cp1252").split("\n")
    wider = "\n".join(f"{line};x" if line.count(";") else line for line in lines)
    wider = wider.replace("Link de acesso;x", "Link de acesso;Origem")
    assert len(read(wider.encode("cp1252")).items) == 6
    assert "Origem" in caplog.text


def test_title_identifies_the_home() -> None:
    first = read(body_of("whole-list-of-roraima-2026-01-08")).items[0]
    assert first.title == (
        "Apartamento, AVENIDA JARDIM, N. 1336, Apto 303, BL 10, LT 526, QD 719, CIDADE SATELITE, BOA VISTA - RR"
    )


def test_area_of_zero_is_not_known() -> None:
    items = {item.source_id: item for item in read(body_of("whole-list-of-roraima-2026-01-08")).items}
    warehouse = items["10218356"]
    assert (warehouse.floor_area_raw, warehouse.private_area_raw, warehouse.land_area_raw) == (
        None,
        "2094.36",
        "1464.23",
    )


def test_auction_dearer_than_its_appraisal_keeps_both_prices() -> None:
    items = {item.source_id: item for item in read(body_of("whole-list-of-roraima-2026-01-08")).items}
    dearer = items["8444422268900"]
    assert (dearer.asking_price_raw, dearer.appraisal_price_raw) == ("122.873,14", "72.000,00")


def test_ways_of_sale_of_2021_tell_first_and_second_auction() -> None:
    rounds = {item.round_raw for item in read(body_of("each-way-of-sale-of-2021")).items}
    kinds = {br_caixa.DIALECT.round_labels[label or ""] for label in rounds}
    assert {RoundKind.FIRST_AUCTION, RoundKind.SECOND_AUCTION, RoundKind.SPECIAL_DIRECT_SALE} <= kinds
    assert len(rounds) == 7


def test_header_alone_is_an_empty_state_and_no_bytes_are_a_shell() -> None:
    assert read(body_of("header-without-rows")) == PageContent()
    with pytest.raises(EmptyShell):
        read(b"\n \n")


@pytest.mark.parametrize("cut", range(1, 90, 4))
def test_id_cut_off_at_the_end_of_the_file_is_never_taken_for_another(cut: int) -> None:
    body = body_of("twelve-columns-2026-07-21")
    known = {item.source_id for item in read(body).items}
    content = read(body[:-cut])
    assert {item.source_id for item in content.items} <= known
    assert len(content.items) + len(content.refused) == 48


def test_file_without_a_last_line_end_keeps_its_last_row_if_the_id_is_whole() -> None:
    body = body_of("twelve-columns-2026-07-21")
    assert read(body.rstrip(b"\n")) == read(body)


def test_blank_lines_are_no_rows() -> None:
    body = body_of("whole-list-of-roraima-2026-01-08")
    assert read(body.replace(b"\n", b"\n \n\n")) == read(body)


GENERATED = [
    ("twelve-columns-2026-07-21", date(2026, 7, 21)),
    ("eleven-columns-2026-01-08", date(2026, 1, 8)),
    ("ids-destroyed-by-a-spreadsheet-2025-07", None),
    ("captcha-page", None),
]


@pytest.mark.parametrize(("case", "expected"), GENERATED)
def test_day_of_the_list_stands_in_its_title(case: str, expected: date | None) -> None:
    assert br_caixa.generated_on(body_of(case)) == expected


def test_impossible_day_in_the_title_is_no_day() -> None:
    body = body_of("twelve-columns-2026-07-21").replace(b"21/07/2026", b"31/02/2026")
    assert br_caixa.generated_on(body) is None


@pytest.mark.parametrize("status", [301, 302, 307, 403, 429])
def test_redirect_or_refusing_status_blocks(status: int) -> None:
    with pytest.raises(Blocked):
        read(body_of("twelve-columns-2026-07-21"), http_status=status)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_other_failures_of_the_server_are_no_list(status: int) -> None:
    with pytest.raises(LayoutChanged):
        read(b"not found", http_status=status)


def test_every_cut_of_a_list_reads_or_is_refused_by_name() -> None:
    body = body_of("whole-list-of-roraima-2026-01-08")
    known = {item.source_id for item in read(body).items}
    for length in range(300, len(body), 7):
        assert {item.source_id for item in read(body[:length]).items} <= known
