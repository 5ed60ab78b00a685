"""Counts of listings, rounds and homes, counted again by hand and by SQL of its own."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_help import CURRENT, begin, empty_tables, rows

from reporting.choices import By
from reporting.errors import WrongFilter
from reporting.filters import parse_filters
from reporting.statistics.counts import CountQuestion, count
from reporting.statistics.published import best_counts, published_counts
from store.terms import RoundKind, RoundStatus, SellerKind
from tests.reporting.statistics.conftest import BANK
from tests.reporting.statistics.statistics_help import FIRST, SECOND, SELL_OFF, ask, figures, link, lot, see, text_of

THEN = parse_filters(as_of="2026-06-21")
THREE = ("listings", "rounds", "homes", "unlinked")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (By.ALL, {"all": (14, 12, 7, 1)}),
        (By.SOURCE, {"s": (11, 10, 7, 0), "t": (3, 3, 2, 1)}),
        (By.CITY, {"合肥市": (12, 10, 6, 0), "福州市": (1, 1, 1, 0), None: (1, 1, None, 1)}),
        (By.DISTRICT, {"合肥市 蜀山区": (12, 10, 6, 0), "福州市 鼓楼区": (1, 1, 1, 0), None: (1, 1, None, 1)}),
        (By.KIND, {"flat": (13, 11, 7, 0), None: (1, 1, None, 1)}),
        (By.SELLER_CLASS, {"court": (12, 10, 7, 0), "city_bank": (1, 1, 1, 0), None: (1, 1, None, 1)}),
        (
            By.ROUND,
            {
                "first_auction": (8, 7, 7, 0),
                "second_auction": (3, 2, 2, 0),
                "sell_off": (1, 1, 1, 0),
                "direct_sale": (1, 1, 1, 0),
                None: (1, 1, None, 1),
            },
        ),
        (
            By.MONTH,
            {
                "2026-03": (8, 7, 6, 1),
                "2026-04": (3, 2, 2, 0),
                "2026-05": (1, 1, 1, 0),
                "2026-06": (1, 1, 1, 0),
                "2026-09": (1, 1, 1, 0),
            },
        ),
    ],
)
def test_listings_rounds_and_homes_stand_side_by_side(eight_homes: Engine, by: By, expected: dict) -> None:
    found = ask(eight_homes, count, CountQuestion(THEN, by))
    assert figures(found.rows, *THREE) == expected
    assert "together: 14 listings, 12 rounds, 7 homes" in text_of(found)


def test_a_status_is_that_of_each_listing(eight_homes: Engine) -> None:
    found = figures(ask(eight_homes, count, CountQuestion(THEN, By.STATUS)).rows, "listings")
    assert found["failed"] == (4,)
    assert found["sold"] == (2,)
    assert found[None] == (2,)
    assert sum(number for (number,) in found.values()) == 14


def test_a_round_on_two_platforms_counts_on_each_and_once_in_all(eight_homes: Engine) -> None:
    only_there = parse_filters(source=["t"], as_of="2026-06-21", round_kind=["second_auction"])
    assert figures(ask(eight_homes, count, CountQuestion(only_there)).rows, *THREE) == {"t": (1, 1, 1, 0)}


def test_filters_and_the_day_leave_out_what_is_not_asked_for(eight_homes: Engine) -> None:
    court = parse_filters(seller_kind=["court"], city=["合肥"], as_of="2026-06-21")
    assert figures(ask(eight_homes, count, CountQuestion(court, By.ALL)).rows, *THREE) == {"all": (11, 9, 6, 0)}
    before = ask(eight_homes, count, CountQuestion(parse_filters(as_of="2026-06-19"), By.ALL))
    assert before.rows == []
    assert "nothing was observed by then; the first observation is of 2026-06-20" in text_of(before)


def test_an_unknown_source_is_refused_and_an_unknown_city_is_told(eight_homes: Engine) -> None:
    with pytest.raises(WrongFilter, match="nothing is known of 'ss', the nearest is 's'"):
        ask(eight_homes, count, CountQuestion(parse_filters(source=["ss"])))
    words = text_of(ask(eight_homes, count, CountQuestion(parse_filters(city=["合淝市"]))))
    assert "no listing is in '合淝市'; the nearest is '合肥市'" in words


def test_a_bank_stands_beside_the_number_it_published(eight_homes: Engine) -> None:
    found = ask(eight_homes, count, CountQuestion(THEN, By.SELLER))
    by_seller = {row.group: row for row in found.rows}
    lanzhou = by_seller["兰州银行"]  # its branch stands under the bank's name
    assert (lanzhou.listings, lanzhou.homes, lanzhou.published, lanzhou.published_on) == (1, 1, 1_779, "2025-11")
    assert BANK not in by_seller
    assert (by_seller["四川农信"].listings, by_seller["四川农信"].published) == (0, 24_821)
    assert (by_seller["吉林银行"].listings, by_seller["吉林银行"].published) == (0, 2_099)
    assert by_seller["合肥市蜀山区人民法院"].published is None
    assert found.rows[0].group == "四川农信"
    assert "未去重" in text_of(found)


def test_a_published_number_does_not_stand_beside_a_part(eight_homes: Engine) -> None:
    found = ask(eight_homes, count, CountQuestion(parse_filters(city=["合肥"], as_of="2026-06-21"), By.SELLER))
    assert {row.published for row in found.rows} == {None}
    assert "do not compare with a part" in text_of(found)


def test_numbers_of_chinese_banks_do_not_stand_beside_the_homes_of_another_country(caixa: Engine) -> None:
    found = ask(caixa, count, CountQuestion(by=By.SELLER))
    assert [(row.group, row.listings, row.published) for row in found.rows] == [(None, 47, None)]
    assert "published" not in text_of(found)
    assert "published" not in text_of(ask(caixa, count, CountQuestion(parse_filters(city=["MACAPA"]), By.SELLER)))


def test_a_number_was_not_known_before_it_was_published(ali_titles: Engine) -> None:
    """Titles of 2020: on a day of that year nobody had published anything, on 2025-11-13 not all was out."""
    then, now = ("2020-06-01", "2025-11-12")
    sellers = {
        day: {row.group for row in ask(ali_titles, count, CountQuestion(parse_filters(as_of=day), By.SELLER)).rows}
        for day in (then, now)
    }
    assert sellers[then] == {None}
    assert sellers[now] == {None, "四川农信", "吉林银行", "兰州银行", "天水麦积农村合作银行"}


@pytest.mark.parametrize("kinds", [["court"], ["city_bank"], ["court", "city_bank"]])
def test_one_kind_of_seller_is_a_part_too(eight_homes: Engine, kinds: list[str]) -> None:
    filters = parse_filters(seller_kind=kinds, as_of="2026-06-21")
    found = ask(eight_homes, count, CountQuestion(filters, By.SELLER))
    assert {row.published for row in found.rows} == {None}
    assert "do not compare with a part" in text_of(found)


def test_every_published_number_has_a_source_and_a_date() -> None:
    for number in published_counts():
        assert number.source
        assert number.published_on[:4] == "2025"
        assert number.listings > 0
    assert {name: each.listings for name, each in best_counts(published_counts()).items()} == {
        "四川农信": 24_821,
        "吉林银行": 2_099,
        "兰州银行": 1_779,
        "广东农信": 12_000,
        "辽宁农信": 11_000,
        "贵州农信": 9_600,
        "农业银行": 3_436,
        "天水麦积农村合作银行": 231,
    }


def test_a_rural_bank_of_the_province_belongs_to_its_union_and_no_court_does(engine: Engine) -> None:
    begin(engine)
    rural = {"seller_kind": SellerKind.RURAL_BANK, "region_code": "510104", "seller_name": "成都农村商业银行"}
    see(
        engine,
        0,
        {
            ("s", "1"): lot(0, RoundKind.DIRECT_SALE, None, **rural),
            ("s", "2"): lot(0, RoundKind.DIRECT_SALE, None, **{**rural, "region_code": "500103"}),
            ("s", "3"): lot(0, FIRST, None, region_code="510104", seller_name="四川农信人民法院"),
            ("s", "4"): lot(0, RoundKind.DIRECT_SALE, None, **{**rural, "seller_name": None}),
        },
    )
    found = figures(ask(engine, count, CountQuestion(by=By.SELLER)).rows, "listings")
    assert found["四川农信"] == (2,)
    assert found["成都农村商业银行"] == (1,)
    assert found["四川农信人民法院"] == (1,)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("CAIXA Econômica  Federal", "CAIXA Econômica Federal"),
        ("合肥市 蜀山区\u3000人民法院", "合肥市蜀山区人民法院"),
        ("中国银行 （香港） Ltd Branch", "中国银行（香港）Ltd Branch"),
        ("  ", None),
    ],
)
def test_a_seller_keeps_the_blanks_that_part_words(engine: Engine, told: str, shown: str | None) -> None:
    begin(engine)
    see(engine, 0, {("s", "1"): lot(0, FIRST, None, seller_name=told)})
    rows_of_sellers = ask(engine, count, CountQuestion(by=By.SELLER)).rows
    assert [row.group for row in rows_of_sellers if row.listings] == [shown]


def test_a_hostile_name_stays_in_its_cell(engine: Engine) -> None:
    begin(engine)
    names = ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "甲\u202e\x1b[31m银行", "长" * 50_000]
    said = {("s", str(number)): lot(0, FIRST, None, seller_name=name) for number, name in enumerate(names)}
    see(engine, 0, said)
    found = ask(engine, count, CountQuestion(parse_filters(kind=["flat"]), By.SELLER))
    assert {row.group for row in found.rows} == set(names)
    table = text_of(found)
    assert "\x1b" not in table
    assert "\u202e" not in table
    assert max(map(len, table.splitlines())) <= 240


def test_two_towns_of_one_name_in_two_states_are_two(engine: Engine) -> None:
    begin(engine)
    said = {
        ("s", state): lot(0, RoundKind.DIRECT_SALE, None, city="BOM JESUS", region_code=f"BR-{state}", district=None)
        for state in ("RN", "PI")
    }
    see(engine, 0, said)
    found = figures(ask(engine, count, CountQuestion(by=By.CITY)).rows, "listings")
    assert found == {"BOM JESUS (BR-PI)": (1,), "BOM JESUS (BR-RN)": (1,)}


def test_terms_stand_in_their_own_order_and_places_by_size(eight_homes: Engine) -> None:
    def order(by: By) -> list[str | None]:
        return [row.group for row in ask(eight_homes, count, CountQuestion(THEN, by)).rows]

    assert order(By.ROUND) == ["first_auction", "second_auction", "sell_off", "direct_sale", None]
    assert order(By.MONTH) == ["2026-03", "2026-04", "2026-05", "2026-06", "2026-09"]
    assert order(By.DISTRICT) == ["合肥市 蜀山区", "福州市 鼓楼区", None]
    assert order(By.CITY) == ["合肥市", "福州市", None]


def test_titles_of_2020_give_the_rounds_of_their_collector(ali_titles: Engine) -> None:
    found = ask(ali_titles, count, CountQuestion(by=By.ROUND))
    assert figures(found.rows, *THREE) == {
        "first_auction": (3_453, 3_453, None, 3_453),
        "second_auction": (1_879, 1_879, None, 1_879),
        "sell_off": (554, 554, None, 554),
        "re_auction": (1, 1, None, 1),
        "repeat_auction": (112, 112, None, 112),
    }
    words = text_of(found)
    assert "together: 5,999 listings, 5,999 rounds, homes not known" in words
    assert "nothing is linked yet" in words


@pytest.mark.parametrize(("by", "column"), [(By.CITY, "city"), (By.SELLER_CLASS, "seller_kind"), (By.SOURCE, "source")])
def test_sales_of_two_days_are_counted_as_by_sql(ali_sales: Engine, by: By, column: str) -> None:
    by_sql = rows(ali_sales, f"SELECT {column}, count(*) FROM {CURRENT} GROUP BY {column}")
    found = figures(ask(ali_sales, count, CountQuestion(by=by)).rows, "listings")
    assert {group: number for group, (number,) in found.items()} == dict(by_sql)
    assert sum(number for _, number in by_sql) == 292


a_listing = st.tuples(
    st.integers(0, 4),  # its home; 0: not linked
    st.sampled_from(["s", "t"]),
    st.sampled_from([None, FIRST, SECOND, SELL_OFF]),
    st.sampled_from([None, RoundStatus.SOLD, RoundStatus.FAILED, RoundStatus.SUSPENDED, RoundStatus.WITHDRAWN]),
    st.sampled_from([None, "合肥市", "福州市"]),
    st.integers(0, 90),
)


def test_totals_are_those_of_sql_whatever_they_are_told_apart_by(new_sqlite_url) -> None:
    from store.engine import open_engine

    engine = open_engine(new_sqlite_url())

    @settings(max_examples=30)
    @given(st.lists(a_listing, min_size=1, max_size=14))
    def check(listings: list) -> None:
        empty_tables(engine)
        begin(engine)
        homes: dict[int, list] = {}
        for number, (home, source, kind, status, city, day) in enumerate(listings):
            see(engine, 100 + number, {(source, str(number)): lot(day, kind, status, city=city)})
            homes.setdefault(home, []).append((source, str(number)))
        link(engine, [homes[home] for home in sorted(homes) if home])
        ((total,),) = rows(engine, "SELECT count(*) FROM listing")
        ((linked,),) = rows(engine, "SELECT count(DISTINCT property_id) FROM auction_round")
        for by in By:
            found = ask(engine, count, CountQuestion(by=by, limit=1)).rows
            assert sum(row.listings for row in found) == total
            assert all((row.homes or 0) <= row.rounds <= row.listings for row in found)
        everything = ask(engine, count, CountQuestion(by=By.ALL)).rows[0]
        assert everything.homes == (linked or None)
        by_city = Counter(city for _, _, _, _, city, _ in listings)
        assert figures(ask(engine, count, CountQuestion(by=By.CITY)).rows, "listings") == {
            city: (number,) for city, number in by_city.items()
        }

    check()
    engine.dispose()
