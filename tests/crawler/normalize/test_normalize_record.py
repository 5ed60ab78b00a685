"""One item of a real page becomes one statement, or is refused with field and text."""

from datetime import UTC, date, datetime
from types import MappingProxyType

import orjson
import pytest

from crawler.errors import RowRefused, UnknownLabel
from crawler.items import Dialect, ListingItem, NumberForm
from crawler.normalize.record import normalize
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

SEEN = datetime(2026, 8, 31, 4, 0, tzinfo=UTC)
ALI = Dialect(
    currency=Currency.CNY,
    time_zone="Asia/Shanghai",
    country="CN",
    round_labels={"变卖": RoundKind.SELL_OFF},
    status_labels={"doing": RoundStatus.ONGOING, "已结束": RoundStatus.ENDED},
    kind_labels={"商业用房": PropertyKind.COMMERCIAL, "房产": None},
    loan_labels={"支持贷款": True, "不支持": False},
    seller_kind=SellerKind.COURT,
)
CAIXA = Dialect(
    currency=Currency.BRL,
    time_zone="America/Sao_Paulo",
    country="BR",
    number_form=NumberForm.BRAZILIAN,
    round_labels={"Leilão SFI - Edital Único": RoundKind.SINGLE_NOTICE_AUCTION},
    kind_labels={"Casa": PropertyKind.HOUSE},
    loan_labels={"Sim": True, "Não": False},
    seller_name="CAIXA",
    seller_kind=SellerKind.STATE_BANK,
)
TITLE = "安徽省合肥市瑶海区新站区武里山路与扶疏路交口天街商业中心1号楼商305室"
PICTURE = "//img.alicdn.com/bao/uploaded/i2/TB1FPANgsVl614jSZKP3YOGjpXa"


def read(dialect=ALI, **fields):
    """The statement of an item that has only these fields."""
    return normalize(ListingItem("625658025048", fields.pop("words", {}), **fields), dialect, SEEN)


def test_an_item_of_the_ali_list_json_of_2020_becomes_a_statement():
    statement = read(
        url="//sf-item.taobao.com/sf_item/625658025048.htm",
        title=TITLE,
        status_raw="doing",
        round_raw="变卖",
        starting_price_raw=236732,
        current_price_raw=236732,
        appraisal_price_raw=292262,
        market_price_raw=0,
        is_price_exact=True,
        starts_at_raw=1599703200000,
        ends_at_raw=1604887200000,
        bid_count_raw=0,
        applicant_count_raw=0,
        loan_raw=0,
        image_url=PICTURE,
        words={"title": TITLE, "picUrl": PICTURE, "initialPrice": 236732, "sellOff": True},
    )
    assert statement == Statement(
        title=TITLE,
        url="https://sf-item.taobao.com/sf_item/625658025048.htm",
        property_kind=PropertyKind.SHOP,
        round_kind=RoundKind.SELL_OFF,
        status=RoundStatus.ONGOING,
        seller_kind=SellerKind.COURT,
        region_code="340102",
        city="合肥市",
        district="瑶海区",
        currency=Currency.CNY,
        starting_price=23673200,
        current_price=23673200,
        appraisal_price=29226200,
        is_price_exact=True,
        starts_at=datetime(2020, 9, 10, 2, 0, tzinfo=UTC),
        ends_at=datetime(2020, 11, 9, 2, 0, tzinfo=UTC),
        bid_count=0,
        applicant_count=0,
        is_loan_offered=False,
        image_url=f"https:{PICTURE}",
        raw=f'{{"initialPrice":236732,"picUrl":"{PICTURE}","sellOff":true,"title":"{TITLE}"}}',
    )


def test_a_row_of_the_caixa_list_of_2026_becomes_a_statement():
    statement = read(
        CAIXA,
        url="https://venda-imoveis.caixa.gov.br/sistema/detalhe-imovel.asp?hdnimovel=1444408501866",
        title="Casa, 0.00 de área total, 171.43 de área privativa, 384.00 de área do terreno.",
        property_kind_raw="Casa",
        round_raw="Leilão SFI - Edital Único",
        state_raw="SP ",
        city_raw="ADAMANTINA ",
        district_raw="VILA JOAQUINA ",
        address="ALAMEDA PADRE ANCHIETA, N. 1159, LT 05 QD 16 ",
        asking_price_raw="501.000,00",
        appraisal_price_raw="501.000,00",
        floor_area_raw="0.00",
        private_area_raw="171.43",
        land_area_raw="384.00",
        loan_raw="Não",
        words={"N° do imóvel": "1444408501866", "Preço": "501.000,00"},
    )
    assert statement == Statement(
        title="Casa, 0.00 de área total, 171.43 de área privativa, 384.00 de área do terreno.",
        url="https://venda-imoveis.caixa.gov.br/sistema/detalhe-imovel.asp?hdnimovel=1444408501866",
        property_kind=PropertyKind.HOUSE,
        round_kind=RoundKind.SINGLE_NOTICE_AUCTION,
        seller_name="CAIXA",
        seller_kind=SellerKind.STATE_BANK,
        region_code="BR-SP",
        city="ADAMANTINA",
        district="VILA JOAQUINA",
        address="ALAMEDA PADRE ANCHIETA, N. 1159, LT 05 QD 16",
        currency=Currency.BRL,
        asking_price=50100000,
        appraisal_price=50100000,
        private_area=17143,
        land_area=38400,
        is_loan_offered=False,
        raw='{"N° do imóvel":"1444408501866","Preço":"501.000,00"}',
    )


def test_a_card_of_an_ended_lot_gives_the_day_and_no_time():
    statement = read(
        title="德化县龙浔镇宝美街7层702住宅",
        current_price_raw="¥ 35 万",
        appraisal_price_raw="¥ 211.1万",
        ends_at_raw="2026年08月31日",
        floor_area_raw="99.39m²",
        bid_count_raw="13",
        is_price_exact=False,
    )
    assert (statement.ended_on, statement.ends_at) == (date(2026, 8, 31), None)
    assert (statement.current_price, statement.appraisal_price) == (35000000, 211100000)
    assert (statement.floor_area, statement.bid_count, statement.is_price_exact) == (9939, 13, False)
    assert (statement.region_code, statement.property_kind) == ("350526", PropertyKind.FLAT)


def test_an_end_that_is_not_after_the_start_is_no_end():
    assert read(starts_at_raw=1599703200000, ends_at_raw=1599703200000).ends_at is None
    assert read(starts_at_raw=1599703200000, ends_at_raw=1599703199000).ends_at is None
    assert read(starts_at_raw=1599703200000, ends_at_raw=1599703201000).ends_at is not None


def test_without_any_price_there_is_no_currency():
    assert read(title=TITLE, appraisal_price_raw=0).currency is None
    assert read(title=TITLE, starting_price_raw=0).currency is Currency.CNY


def test_zero_means_a_free_start_no_appraisal_and_no_area_but_never_a_free_sale():
    statement = read(starting_price_raw=0, current_price_raw=0, appraisal_price_raw=0, floor_area_raw=0)
    assert (statement.starting_price, statement.current_price) == (0, 0)
    assert (statement.appraisal_price, statement.floor_area) == (None, None)
    for field in ("asking_price_raw", "hammer_price_raw", "current_price_raw"):
        with pytest.raises(RowRefused, match=f"{field}: absurd amount 0"):
            read(**{field: 0})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"starting_price_raw": -1}, "starting_price_raw: absurd amount -1"),
        ({"starting_price_raw": 10**12 + 1}, "starting_price_raw: absurd amount"),
        ({"hammer_price_raw": "面议"}, "hammer_price_raw: not an amount: '面议'"),
        ({"floor_area_raw": "-5m²"}, "floor_area_raw: not an area: '-5m²'"),
        ({"starts_at_raw": "2026年02月31日10:00"}, "starts_at_raw: impossible time: '2026年02月31日10:00'"),
        ({"ends_at_raw": "21/07/2026"}, "ends_at_raw: not a time: '21/07/2026'"),
        ({"bid_count_raw": "-1"}, "bid_count_raw: not a count: '-1'"),
        ({"bid_count_raw": 1.5}, "bid_count_raw: not a count: 1.5"),
        ({"applicant_count_raw": True}, "applicant_count_raw: not a count: True"),
        ({"loan_raw": 2}, "loan_raw: neither 0 nor 1: 2"),
        ({"url": "javascript:alert(1)"}, "url: not a web address"),
        ({"url": "https://host/a b"}, "url: not a web address"),
        ({"image_url": "data:image/png;base64,AAAA"}, "image_url: not a web address"),
        ({"title": "房" * 2001}, "title: 2001 characters"),
        ({"words": {"id": 2**70}}, "words: "),
        ({"words": {"title": "\ud800"}}, "words: "),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_by_field_and_text(fields, message):
    with pytest.raises(RowRefused) as refused:
        read(**fields)
    assert message in str(refused.value)
    assert not isinstance(refused.value, UnknownLabel)


@pytest.mark.parametrize("field", ["round_raw", "status_raw", "property_kind_raw", "loan_raw"])
def test_an_unseen_label_is_refused_as_such(field):
    with pytest.raises(UnknownLabel, match=f"{field}: unknown label '新词'"):
        read(**{field: "新词"})


def test_the_kind_that_the_source_states_goes_before_the_title():
    assert read(title=TITLE, property_kind_raw="商业用房").property_kind is PropertyKind.COMMERCIAL
    assert read(title=TITLE, property_kind_raw="房产").property_kind is PropertyKind.SHOP
    assert read(CAIXA, title="别墅").property_kind is None


def test_the_place_comes_from_the_title_where_the_address_has_none():
    assert read(title=TITLE, address="武里山路与扶疏路交口").region_code == "340102"
    assert read(title=TITLE, address="福州市长乐区漳港街道").region_code == "350112"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("淮南市田家庵区志高新城&middot;凯旋首府5栋104室住房", "淮南市田家庵区志高新城·凯旋首府5栋104室住房"),
        (" 神木镇\u3000物资南路\r\n房地产 ", "神木镇 物资南路 房地产"),
        ("德化县\u202e龙浔镇\u200b宝美街\x07", "德化县龙浔镇宝美街"),
        ("德化县 \u202e 龙浔镇", "德化县 龙浔镇"),
        ("合肥市\ud800某路", "合肥市某路"),
        ("１２３＃楼（Ａ座）㎡", "１２３＃楼（Ａ座）㎡"),
        ("被执行人张三名下房产", "被执行人张×名下房产"),
        ("\u200b ", None),
    ],
)
def test_titles_keep_their_wording_and_lose_what_is_none(written, kept):
    assert read(title=written).title == kept


def test_persons_are_masked_in_the_stored_words_but_item_numbers_are_not():
    words = {
        "title": "被执行人张三名下房产",
        "phone": "13812345678",
        "itemUrl": "//sf-item.taobao.com/sf_item/13812345678.htm",
        "id": 13812345678,
        "number": "625658025048",
    }
    stored = orjson.loads(read(title=words["title"], words=words).raw)
    assert stored == words | {"title": "被执行人张×名下房产", "phone": "138××××××××"}
    assert words["phone"] == "13812345678"


def test_stored_words_are_sorted_and_not_escaped_whatever_mapping_they_came_in():
    assert read(words=MappingProxyType({"乙": "é", "甲": None})).raw == '{"乙":"é","甲":null}'
    assert read(words={}).raw is None


def test_blank_cells_say_nothing():
    blanks = dict.fromkeys(
        ("starting_price_raw", "ends_at_raw", "floor_area_raw", "bid_count_raw", "loan_raw", "status_raw"), "  "
    )
    assert read(**blanks) == Statement(seller_kind=SellerKind.COURT)


@pytest.mark.parametrize(("raw", "expected"), [(True, True), (1, True), (0, False), ("支持贷款", True), (None, None)])
def test_a_loan_is_told_by_flag_number_or_label(raw, expected):
    assert read(loan_raw=raw).is_loan_offered is expected


def test_brazilian_days_are_read_with_the_day_first():
    assert read(CAIXA, ends_at_raw="21/07/2026").ended_on == date(2026, 7, 21)
