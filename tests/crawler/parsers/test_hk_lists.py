"""Hong Kong's bank-owned lists: the rules behind the fields, on pages built from what is told of them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import Blocked, LayoutChanged, RowRefused
from crawler.items import ListingItem, Reader
from crawler.page import Page
from crawler.parsers import hk_aaproperty, hk_chungsen
from crawler.reading import read, statement_of
from store.statement import Extras, Statement
from store.terms import Answer, Currency, FactKind, PageOutcome, PropertyKind, RoundKind, SellerKind

FIXTURES = Path(__file__).parents[3] / "fixtures"
NOW = datetime(2026, 7, 6, 2, tzinfo=UTC)
CHUNGSEN, AAPROPERTY = hk_chungsen.READERS[0], hk_aaproperty.READERS[0]
CHUNGSEN_LIST = "hk_chungsen/list/areas-in-feet-and-prices-in-wan"
AAPROPERTY_LIST = "hk_aaproperty/list/lots-of-two-auctions"
ADDRESSES = {CHUNGSEN.name: hk_chungsen.LIST_URL, AAPROPERTY.name: hk_aaproperty.LIST_URL}


def body_of(case: str) -> bytes:
    return (FIXTURES / case / "input.html").read_bytes()


def items_of(reader: Reader, body: bytes) -> dict[str, ListingItem]:
    return {item.source_id: item for item in reader.parse(Page(body, ADDRESSES[reader.name], NOW)).items}


def statements_of(reader: Reader, case: str) -> dict[str, tuple[Statement, Extras | None]]:
    items = items_of(reader, body_of(case))
    words = {key: statement_of(item, reader, NOW) for key, item in items.items()}
    return {key: (each.statement, each.extras) for key, each in words.items()}


def test_chungsen_areas_come_out_of_square_feet_gross_and_saleable_apart() -> None:
    flat, _ = statements_of(CHUNGSEN, CHUNGSEN_LIST)["260612-01"]
    assert (flat.floor_area, flat.private_area) == (3670, 2638)  # 395 and 284 square feet
    assert (flat.region_code, flat.city, flat.district) == ("HK-ST", "香港", "沙田區")
    assert (flat.currency, flat.asking_price) == (Currency.HKD, 4_050_000_00)


def test_chungsen_prices_are_in_wan_unless_they_carry_their_own_unit() -> None:
    prices = {key: row.asking_price for key, (row, _) in statements_of(CHUNGSEN, CHUNGSEN_LIST).items()}
    assert prices == {
        "260612-01": 4_050_000_00,
        "260611-03": 5_880_000_00,
        "260610-02": 3_480_000_00,  # 自由 348; the 268 for holders of a green form is no open price
        "260609-11": None,
        "260608-07": 9_880_000_00,  # HK$9.88M
        "260605-01": None,  # 面議
    }


def test_both_prices_of_a_subsidised_flat_stay_in_its_words() -> None:
    words = items_of(CHUNGSEN, body_of(CHUNGSEN_LIST))["260610-02"].words
    assert (words["售價 自由"], words["售價 居二"]) == ("348", "268")


def test_a_chungsen_row_is_a_banks_only_where_it_says_so() -> None:
    kinds = {key: row.seller_kind for key, (row, _) in statements_of(CHUNGSEN, CHUNGSEN_LIST).items()}
    assert kinds.pop("260611-03") is SellerKind.BANK
    assert set(kinds.values()) == {None}  # though the page is headed 銀主/獨家


def test_a_tender_is_told_by_the_row() -> None:
    kinds = {key: row.round_kind for key, (row, _) in statements_of(CHUNGSEN, CHUNGSEN_LIST).items()}
    assert kinds.pop("260605-01") is RoundKind.TENDER
    assert set(kinds.values()) == {None}


def test_columns_are_found_by_their_heads() -> None:
    text = body_of(CHUNGSEN_LIST).decode()
    swapped = text.replace("建築面積", "?").replace("實用面積", "建築面積").replace("?", "實用面積")
    item = items_of(CHUNGSEN, swapped.encode())["260612-01"]
    assert (item.floor_area_raw, item.private_area_raw) == ("284平方呎", "395平方呎")


@pytest.mark.parametrize(
    ("raw", "is_in_wan", "spelled"),
    [
        ("588", True, "588萬"),
        ("588.5", True, "588.5萬"),
        ("588萬", True, "588萬"),
        ("5.88M", True, "588.00萬"),
        ("$12M", False, "1200萬"),
        ("HK$5,880,000", False, "HK$5,880,000"),
    ],
)
def test_prices_get_the_unit_of_their_head(raw: str, is_in_wan: bool, spelled: str) -> None:
    assert hk_chungsen.spell_price(raw, is_in_wan=is_in_wan) == spelled


@pytest.mark.parametrize(("raw", "is_in_wan"), [("5,880,000", True), ("588", False), ("9999.5", False)])
def test_a_price_in_another_unit_than_its_head_says_is_refused(raw: str, is_in_wan: bool) -> None:
    with pytest.raises(RowRefused, match="unit"):
        hk_chungsen.spell_price(raw, is_in_wan=is_in_wan)


def test_aaproperty_prices_come_in_three_forms_and_as_an_invitation() -> None:
    prices = {key: row.asking_price for key, (row, _) in statements_of(AAPROPERTY, AAPROPERTY_LIST).items()}
    assert prices == {
        "51201": None,
        "51202": 14_500_000_00,
        "51203": 5_800_000_00,
        "51204": 5_880_000_00,
        "51205": None,
    }


def test_aaproperty_areas_are_told_apart_by_their_names() -> None:
    rows = {key: row for key, (row, _) in statements_of(AAPROPERTY, AAPROPERTY_LIST).items()}
    areas = {key: (row.floor_area, row.private_area, row.land_area) for key, row in rows.items()}
    assert areas == {
        "51201": (None, 3456, None),
        "51202": (19510, None, 6503),
        "51203": (None, None, 80937),
        "51204": (13471, 9434, None),
        "51205": (None, None, None),
    }


def test_occupancy_becomes_a_fact_in_its_own_word() -> None:
    facts = {
        key: [(fact.kind, fact.answer, fact.quote) for fact in extras.facts] if extras else []
        for key, (_, extras) in statements_of(AAPROPERTY, AAPROPERTY_LIST).items()
    }
    assert facts["51201"] == [(FactKind.VACANT_HANDOVER, Answer.YES, "交吉")]
    assert facts["51202"] == [(FactKind.LEASED, Answer.YES, "連租約")]
    assert facts["51203"] == []
    assert facts["51204"] == [(FactKind.VACANT_HANDOVER, Answer.NO, "不交吉")]


def test_lots_of_an_auction_list_are_auctioned_unless_the_row_says_tender() -> None:
    rows = {key: row for key, (row, _) in statements_of(AAPROPERTY, AAPROPERTY_LIST).items()}
    assert rows["51201"].round_kind is RoundKind.OUT_OF_COURT_AUCTION
    assert rows["51204"].round_kind is RoundKind.TENDER
    assert [key for key, row in rows.items() if row.seller_kind is SellerKind.BANK] == ["51201"]
    assert [key for key, row in rows.items() if row.property_kind is PropertyKind.LAND] == ["51203"]
    assert {row.starts_at for row in rows.values()} == {None}  # the banner names two days, no lot its own


def test_agents_and_telephones_are_nowhere_in_what_is_read_or_refused() -> None:
    for case in (AAPROPERTY_LIST, "hk_aaproperty/list/rows-that-cannot-be-trusted"):
        body = body_of(case).replace("陳××".encode(), "陳大文".encode()).replace("9×××××××".encode(), b"91234567")
        assert b"91234567" in body
        content = AAPROPERTY.parse(Page(body, hk_aaproperty.LIST_URL, NOW))
        assert content.items
        assert "陳大文" not in repr(content)
        assert "91234567" not in repr(content)


def test_eight_bare_digits_behind_the_areas_are_a_telephone_and_no_price() -> None:
    body = body_of(AAPROPERTY_LIST).replace("<TD>歡迎查詢</TD>".encode(), b"<TD>23456789</TD>")
    content = AAPROPERTY.parse(Page(body, hk_aaproperty.LIST_URL, NOW))
    assert [row.source_id for row in content.refused] == ["51201"]
    assert len(content.items) == 4


def test_an_unknown_type_refuses_its_row_when_it_is_converted() -> None:
    items = items_of(AAPROPERTY, body_of(AAPROPERTY_LIST).replace("<TD>工商</TD>".encode(), "<TD>酒店</TD>".encode()))
    with pytest.raises(RowRefused, match="property_kind_raw: unknown label '酒店'"):
        statement_of(items["51204"], AAPROPERTY, NOW)


@pytest.mark.parametrize("reader", [CHUNGSEN, AAPROPERTY], ids=["chungsen", "aaproperty"])
@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_by_status_blocks(reader: Reader, status: int) -> None:
    page = Page(body_of(CHUNGSEN_LIST), ADDRESSES[reader.name], NOW, http_status=status)
    assert read(page, reader).outcome is PageOutcome.BLOCKED
    with pytest.raises(Blocked):
        reader.parse(page)


@pytest.mark.parametrize(
    ("reader", "case"), [(CHUNGSEN, CHUNGSEN_LIST), (AAPROPERTY, AAPROPERTY_LIST)], ids=["chungsen", "aaproperty"]
)
def test_a_page_cut_before_its_first_lot_is_refused(reader: Reader, case: str) -> None:
    body = body_of(case)
    for length in (40, 150, 330):
        with pytest.raises(LayoutChanged):
            reader.parse(Page(body[:length], ADDRESSES[reader.name], NOW))


@pytest.mark.parametrize(
    ("reader", "case"), [(CHUNGSEN, CHUNGSEN_LIST), (AAPROPERTY, AAPROPERTY_LIST)], ids=["chungsen", "aaproperty"]
)
def test_a_page_in_declared_big5_reads_the_same(reader: Reader, case: str) -> None:
    text = body_of(case).decode().replace("charset=utf-8", "charset=big5").replace('charset="utf-8"', 'charset="big5"')
    body = text.replace("深水埗", "旺角").replace("錦綉", "錦田").replace("×", "x").encode("big5")
    assert items_of(reader, body).keys() == items_of(reader, body_of(case)).keys()
    with pytest.raises(LayoutChanged):  # without the declaration the bytes pass for another encoding
        reader.parse(Page(body.replace(b"big5", b"none"), ADDRESSES[reader.name], NOW))
