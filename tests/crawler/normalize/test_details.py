"""What details and notices tell: spans, shares, years, positions and kinds of appraisal, converted or refused."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawler.errors import RowRefused, UnknownLabel
from crawler.items import BidItem, Details, Dialect, FactItem, ListingItem, MemberItem
from crawler.normalize.details import NO_DETAILS, read_extras
from crawler.normalize.durations import parse_minutes
from crawler.normalize.record import normalize
from crawler.normalize.shares import parse_share
from store.statement import FIELDS, Attachment, Bid, Fact, LotMember, Statement
from store.terms import Answer, AppraisalKind, Currency, FactKind, SellerKind

SEEN = datetime(2026, 3, 1, tzinfo=UTC)
DIALECT = Dialect(Currency.CNY, "Asia/Shanghai", "CN")


def told(**details: Any) -> Statement:
    return normalize(ListingItem("1", {}, details=Details(**details)), DIALECT, SEEN)


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("1天", 1440),
        ("24小时", 1440),
        ("5分钟/次", 5),
        ("5分钟", 5),
        ("1天12小时", 2160),
        ("0.5小时", 30),
        ("60天", 86_400),
        (5, 5),
        ("1440", 1440),
        ("2 hours", 120),
    ],
)
def test_spans_come_in_minutes(raw: Any, minutes: int) -> None:
    assert parse_minutes(raw) == minutes


@pytest.mark.parametrize("raw", ["", "随时", "5分钟后", "-1天", "400天", True, 1.5, "9" * 50])
def test_what_is_no_span_is_refused_with_its_words(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"span"):
        parse_minutes(raw)


@pytest.mark.parametrize(
    ("raw", "share"),
    [
        ("1/2", "1/2"),
        ("2/4", "1/2"),
        ("50%", "1/2"),
        ("50.00％", "1/2"),
        ("33.33%", "3333/10000"),
        ("二分之一", "1/2"),
        ("十二分之五", "5/12"),
        ("百分之五十", "1/2"),
        ("4800000分之34461", "11487/1600000"),
        ("0.25", "1/4"),
        ("一半", "1/2"),
        ("全部", "1"),
        ("100%", "1"),
    ],
)
def test_shares_come_as_fractions_in_lowest_terms(raw: str, share: str) -> None:
    assert parse_share(raw) == share


@pytest.mark.parametrize("raw", ["", "3/2", "0/5", "1/0", "150%", "部分", "二分", "分之一", 2, None])
def test_what_is_no_share_is_refused_with_its_words(raw: Any) -> None:
    with pytest.raises(ValueError, match="not a share"):
        parse_share(raw)


def test_every_detail_finds_its_column() -> None:
    statement = told(
        case_number="（2020）皖0111执1234号",
        appraisal_kind_raw="网络询价",
        appraisal_on_raw="2020年02月29日",
        deposit_raw="3.5万",
        increment_raw="5000",
        bidding_period_raw="1天",
        extension_raw="5分钟/次",
        share_raw="50%",
        floor="3",
        intended_use="成套住宅",
        built_year_raw="1998年",
        certificate="皖(2018)合肥市不动产权第0012345号",
        unit_count_raw="12",
        published_at_raw="2020-03-01 10:00:00",
        bidder_count_raw=4,
        latitude_raw="31.8612",
        longitude_raw=117.2834,
        previous_source_id="99",
        asset_id="A7",
        round_number_raw="15",
    )
    values = dict(zip(FIELDS, statement, strict=True))
    assert {name: values[name] for name in FIELDS[FIELDS.index("case_number") : -1]} == {
        "case_number": "（2020）皖0111执1234号",
        "appraisal_kind": AppraisalKind.ONLINE_INQUIRY,
        "appraisal_on": date(2020, 2, 29),
        "appraisal_scope": None,
        "deposit": 35_000_00,
        "increment": 5_000_00,
        "bidding_minutes": 1440,
        "extension_minutes": 5,
        "share": "1/2",
        "floor": "3",
        "intended_use": "成套住宅",
        "built_year": 1998,
        "certificate": "皖(2018)合肥市不动产权第0012345号",
        "unit_count": 12,
        "published_at": datetime(2020, 3, 1, 2, tzinfo=UTC),
        "bidder_count": 4,
        "latitude": 31_861_200,
        "longitude": 117_283_400,
        "previous_source_id": "99",
        "asset_id": "A7",
        "round_number": 15,
    }


def test_no_details_are_as_many_unknowns_as_there_are_columns() -> None:
    assert len(NO_DETAILS) == len(FIELDS) - 1 - FIELDS.index("case_number")
    assert normalize(ListingItem("1", {}), DIALECT, SEEN) == told()


@pytest.mark.parametrize("latitude", ["0", 0, 0.0, None])
def test_a_position_of_nothing_is_no_position(latitude: Any) -> None:
    statement = told(latitude_raw=latitude, longitude_raw="0")
    assert (statement.latitude, statement.longitude) == (None, None)


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"latitude_raw": "north", "longitude_raw": "1"}, "position: not degrees"),
        ({"latitude_raw": "91", "longitude_raw": "1"}, "position: absurd"),
        ({"latitude_raw": "nan", "longitude_raw": "1"}, "position: absurd"),
        ({"built_year_raw": "98"}, "built_year_raw: not a year"),
        ({"deposit_raw": "-1"}, "deposit_raw: absurd amount"),
        ({"share_raw": "3/2"}, "share_raw: not a share"),
        ({"extension_raw": "随时"}, "extension_raw: not a span"),
        ({"unit_count_raw": "many"}, "unit_count_raw: not a count"),
    ],
)
def test_what_cannot_be_believed_is_refused_with_field_and_words(details: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowRefused, match=reason):
        told(**details)


def test_an_unknown_kind_of_appraisal_is_refused() -> None:
    with pytest.raises(UnknownLabel, match="appraisal_kind_raw: unknown label '抓阄'"):
        told(appraisal_kind_raw="抓阄")


def test_the_seller_s_kind_is_told_by_label_or_name() -> None:
    labelled = Dialect(Currency.CNY, "Asia/Shanghai", "CN", seller_labels={"金融机构": SellerKind.BANK, "其他": None})

    def kind(name: str, label: str | None) -> SellerKind | None:
        item = ListingItem("1", {}, seller_name=name, details=Details(seller_kind_raw=label))
        return normalize(item, labelled, SEEN).seller_kind

    assert kind("某某公司", "金融机构") is SellerKind.BANK
    assert kind("中国工商银行股份有限公司合肥分行", "其他") is SellerKind.STATE_BANK
    with pytest.raises(UnknownLabel):
        kind("某某公司", "外星人")


def test_extras_are_converted_and_persons_masked() -> None:
    details = Details(
        facts=(FactItem(FactKind.MORTGAGE, Answer.YES, "抵押权人张三丰，电话13812345678。", "张三丰", "50万", 1),),
        bids=(BidItem("1,000,000", "2020-03-01 10:00:00", "H2515", "成交"),),
        members=(MemberItem("3幢1205室", "89.5", "70万"),),
        attachments=(Attachment("评估报告.pdf", "//s.example/a.pdf"),),
    )
    extras = read_extras(details, DIALECT, SEEN)
    assert extras is not None
    (fact,) = extras.facts
    assert fact == Fact(FactKind.MORTGAGE, Answer.YES, fact.quote, fact.holder, 500_000_00, 1, Currency.CNY)
    assert "13812345678" not in fact.quote
    assert extras.bids == (Bid(1_000_000_00, Currency.CNY, datetime(2020, 3, 1, 2, tzinfo=UTC), "H2515", "成交"),)
    assert extras.members == (LotMember("3幢1205室", 89_50, 700_000_00, Currency.CNY),)
    assert extras.attachments == (Attachment("评估报告.pdf", "https://s.example/a.pdf"),)
    assert read_extras(Details(floor="3"), DIALECT, SEEN) is None


def test_a_fact_without_its_sentence_and_a_bid_without_its_amount_are_refused() -> None:
    with pytest.raises(RowRefused, match="without its sentence"):
        read_extras(Details(facts=(FactItem(FactKind.LEASED, Answer.YES, " "),)), DIALECT, SEEN)
    with pytest.raises(RowRefused, match="bid without an amount"):
        read_extras(Details(bids=(BidItem(None),)), DIALECT, SEEN)
