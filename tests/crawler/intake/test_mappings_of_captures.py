"""The shipped mappings of third parties' tables on rows cut from the real files (fixtures/mappings)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.capture import Capture
from crawler.intake.mapped_rows import TableContent
from crawler.intake.mapping import dialect_for, list_mappings, load_mapping
from crawler.normalize.details import read_extras
from crawler.normalize.record import normalize
from crawler.page import Page
from store.engine import open_engine, reading
from store.rows import MARKET_PRICE, SERIES_POINT
from store.schema import upgrade
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus, SellerKind

TABLES = Path(__file__).parents[3] / "fixtures" / "mappings"
NOW = datetime(2026, 9, 30, tzinfo=UTC)


def pages(name):
    """The reader of a fixture, and its table as a page for each look that it holds."""
    (path,) = (TABLES / name).iterdir()
    reader = load_mapping(name).reader()
    page = Page(path.read_bytes(), f"file:{path.name}", NOW)
    looks = reader.mapping.list_looks(page)
    return reader, [replace(page, observed_at=look) for look in looks] or [page]


def parse(name):
    """What all looks of a fixture hold together."""
    reader, looks = pages(name)
    content = TableContent()
    for page in looks:
        read = reader.parse(page)
        content.row_count += read.row_count
        content.items += read.items
        content.refused += read.refused
        content.skipped += read.skipped
        content.context = read.context
    return reader, looks[-1], content


def statements(name):
    """The rows of a fixture, normalized, by their ids."""
    reader, looks = pages(name)
    rows = {}
    for page in looks:
        seen_at = page.observed_at if len(looks) > 1 else reader.mapping.find_observation_time(page) or NOW
        content = reader.parse(page)
        assert content.refused == []
        rows |= {item.source_id: normalize(item, dialect_for(reader, item), seen_at) for item in content.items}
    return rows


def sources(name):
    return {item.source_id: item.source for item in parse(name)[2].items}


@pytest.mark.parametrize(
    ("name", "rows", "read", "skipped"),
    [
        ("ali-sold-daily", 12, 12, {}),
        ("ali-sold-repeats", 6, 6, {}),
        ("ali-sf-taobao-2020", 5, 5, {}),
        ("ali-fujian-2026", 6, 6, {}),
        ("ali-rounds-2017", 9, 9, {}),
        ("ali-hefei-2020", 3, 3, {}),
        ("zichan-ali-2020", 3, 3, {}),
        ("zichan-jd-2020", 4, 4, {}),
        ("jd-fujian-2026", 6, 6, {}),
        ("jd-pm-crawl-text", 3, 3, {}),
        ("hk-auction-news", 3, 3, {}),
        ("ali-hefei-list-2020", 2, 2, {}),
        ("ali-cut-cards-2026", 5, 5, {}),
        ("ali-area-floor-2026", 3, 3, {}),
        ("jd-cards-2026", 5, 5, {}),
        ("jd-details-2026", 3, 3, {}),
        ("jd-snippets-2026", 3, 3, {}),
    ],
)
def test_every_row_is_read_or_skipped_by_name(name, rows, read, skipped):
    reader, page, content = parse(name)
    assert (content.row_count, len(content.items), content.skipped, content.refused) == (rows, read, skipped, [])
    assert reader.recognises(page)
    assert len(statements(name)) == read  # and each can be normalized, under an id of its own


def test_each_table_is_known_to_its_own_mapping_alone():
    readers = {info.name: load_mapping(info.name).reader() for info in list_mappings()}
    for name in readers:
        files = [path for path in (TABLES / name).rglob("*") if path.is_file()] if (TABLES / name).is_dir() else []
        for path in files:
            page = Page(path.read_bytes(), f"file:{path.name}", NOW)
            known = {other for other, reader in readers.items() if reader.recognises(page)}
            assert name in known, path
            twins = {"hk-rvd-price-index", "hk-rvd-rent-index"}  # their columns are the same
            assert known - twins == {name} - twins, path


def test_a_sale_of_the_daily_files_is_seen_at_the_end_of_its_day():
    reader, page, _ = parse("ali-sold-daily")
    assert reader.mapping.find_observation_time(page) == datetime(2026, 1, 10, 15, 59, tzinfo=UTC)
    sale = statements("ali-sold-daily")["982108408314"]
    assert (sale.status, sale.ended_on, sale.ends_at) == (RoundStatus.SOLD, date(2025, 12, 1), None)
    assert (sale.hammer_price, sale.starting_price, sale.appraisal_price) == (45_000_000, 45_000_000, 79_140_000)
    assert (sale.applicant_count, sale.bid_count, sale.bidder_count) == (1, None, None)
    assert (sale.region_code, sale.floor_area) == ("510104", 10_198)
    assert sale.url == "https://sf-item.taobao.com/sf_item/982108408314.htm"


def test_a_row_that_says_unsold_beside_a_price_of_sale_tells_neither():
    row = statements("ali-sold-daily")["995954717415"]
    assert (row.status, row.hammer_price, row.applicant_count) == (None, None, None)
    assert row.starting_price == 110_731_100


def test_misspelt_names_and_odd_times_of_the_daily_files_are_read():
    rows = statements("ali-sold-daily")
    assert rows["990594133879"].starting_price == 26_805_300  # 起拍拍价格
    assert rows["1009813418495"].appraisal_price == 195_793_500  # 市场市场评估价
    assert rows["1001068091493"].address.startswith("四川省 成都市")  # 地点!
    assert rows["992967864839"].ended_on == date(2025, 12, 2)  # 2025年12月02日 09:59:03
    assert rows["1011536032576"].ended_on is None  # "null"
    assert rows["1005938851919"].ends_at == datetime(2026, 1, 29, 2, 40, 35, tzinfo=UTC)  # epoch milliseconds


def test_repeat_sales_are_sold_rows_of_their_own_days():
    rows = statements("ali-sold-repeats")
    assert rows["1004890460377"].ended_on == date(2026, 1, 3)
    assert rows["1013325288025"].hammer_price == 29_177_440
    assert {row.status for row in rows.values()} == {RoundStatus.SOLD}


def test_prices_cut_at_the_comma_are_not_read():
    rows = statements("ali-sf-taobao-2020").values()
    assert all(row.starting_price is row.appraisal_price is row.deposit is row.increment is None for row in rows)
    assert {row.round_kind for row in rows} == {
        RoundKind.FIRST_AUCTION,
        RoundKind.SECOND_AUCTION,
        RoundKind.SELL_OFF,
        RoundKind.REPEAT_AUCTION,
        RoundKind.RE_AUCTION,
    }


def test_prices_of_slipped_selectors_are_not_read():
    rows = statements("ali-hefei-2020")
    assert rows["630549885363"].title == "合肥市蜀山区琥珀山庄114幢附101室"
    assert all(row.currency is None for row in rows.values())


@pytest.mark.parametrize("name", ["ali-fujian-2026", "jd-fujian-2026"])
def test_the_time_of_fujian_rows_starts_what_is_upcoming_and_ends_what_is_finished(name):
    for row in statements(name).values():
        if row.status is RoundStatus.UPCOMING:
            assert (row.starts_at.hour, row.ends_at, row.hammer_price) == (2, None, None)
        else:
            assert (row.starts_at, row.ends_at.hour) == (None, 2)  # 10:00 in China, written in either zone
        assert (row.hammer_price is not None) == (row.status is RoundStatus.SOLD)
        assert row.appraisal_price > row.starting_price  # 万 beside 元
        assert row.seller_kind is SellerKind.COURT


def test_rounds_of_courts_and_sales_of_banks_stand_under_their_own_sources():
    rows, homes = statements("ali-rounds-2017"), sources("ali-rounds-2017")
    bank = rows["606949925676"]  # 工商银行玉林分行 【一拍】: a bank's own count
    assert homes["606949925676"] == "ali_assets"
    assert (bank.round_kind, bank.round_number, bank.seller_kind) == (RoundKind.DIRECT_SALE, 1, SellerKind.STATE_BANK)
    assert (bank.starting_price, bank.hammer_price, bank.status) == (550_000_000, 551_000_000, RoundStatus.SOLD)
    loans = [row for row in rows.values() if row.seller_kind is SellerKind.JOINT_STOCK_BANK]
    assert {row.round_kind for row in loans} == {RoundKind.DIRECT_SALE}
    assert sorted(row.round_number for row in loans) == [2, 3]
    chain = rows["565464142501"]
    assert homes["565464142501"] == "ali_judicial"
    assert (chain.round_kind, chain.status) == (RoundKind.SECOND_AUCTION, RoundStatus.FAILED)
    assert (chain.current_price, chain.hammer_price, chain.appraisal_price) == (16_592_000, None, 20_740_000)


def test_rows_of_a_data_base_are_seen_when_they_were_written_or_with_the_last_of_them():
    reader, looks = pages("ali-rounds-2017")
    seen = {item.source_id: page.observed_at for page in looks for item in reader.parse(page).items}
    assert seen["602604664782"] == datetime(2019, 10, 27, 23, 13, 20, tzinfo=UTC)  # 1572218000
    assert seen["565464142501"] == datetime(2020, 11, 25, 15, 59, tzinfo=UTC)  # tells no time
    assert len(looks) == len(set(seen.values())) == 7


def test_the_round_before_is_told_by_the_names_of_the_rounds():
    rows = statements("ali-rounds-2017")
    assert rows["565464142501"].previous_source_id == "562196709686"  # not the 变卖 of its list, which came later
    assert [row.previous_source_id for key, row in rows.items() if key != "565464142501"] == [None] * 8


def test_list_json_that_was_commented_out_is_a_list_of_sell_offs():
    first, second = statements("ali-hefei-list-2020").values()
    assert (first.round_kind, first.status) == (RoundKind.SELL_OFF, RoundStatus.ONGOING)
    assert (first.starting_price, first.appraisal_price, first.market_price) == (23_673_200, 29_226_200, None)
    assert first.starts_at == datetime(2020, 9, 10, 2, tzinfo=UTC)
    assert (second.bid_count, second.is_loan_offered) == (0, False)


def test_a_number_at_the_end_of_a_cut_card_is_not_read():
    rows = statements("ali-cut-cards-2026")
    assert rows["1073753548560"].current_price is None  # "84." of 84.…万
    assert rows["1070296724797"].appraisal_price is None  # "10" of 10.…万
    assert rows["1069202849966"].currency is None  # cut before the number
    assert rows["1072427283812"].title == "德化县龙浔镇宝美街2层201"  # behind the badge, before the place
    sold, unsold = rows["1072426691123"], rows["1072427283812"]
    assert (sold.status, sold.hammer_price, sold.starting_price) == (RoundStatus.SOLD, 35_000_000, None)
    assert (unsold.status, unsold.hammer_price, unsold.starting_price) == (RoundStatus.ENDED, None, 120_000_000)
    assert {row.is_price_exact for row in rows.values()} == {False}


def test_floor_of_a_home_is_not_the_number_of_floors_of_its_building():
    rows = statements("ali-area-floor-2026")
    assert [row.floor for row in rows.values()] == ["18-19", None, "1至2"]
    assert [row.floor_area for row in rows.values()] == [8_561, 43_929, 34_621]


def test_card_of_an_ended_lot_does_not_tell_whether_its_price_is_start_or_result():
    rows = statements("jd-cards-2026")
    ended, coming = rows["311023125"], rows["311191597"]
    assert (ended.status, ended.current_price) == (RoundStatus.ENDED, 144_855_600)
    assert (ended.starting_price, ended.hammer_price) == (None, None)
    assert (coming.status, coming.starting_price) == (RoundStatus.UPCOMING, 116_475_500)
    assert (coming.appraisal_price, coming.market_price) == (None, 166_393_500)
    reader, looks = pages("jd-cards-2026")
    assert [(len(reader.parse(page).items), page.observed_at.second) for page in looks] == [(1, 7), (2, 57), (2, 24)]


def test_details_of_jd_tell_round_result_and_files():
    rows = statements("jd-details-2026")
    sold, coming, failed = rows["311023125"], rows["311192862"], rows["310841299"]
    assert (sold.title[:6], sold.round_kind, sold.hammer_price) == (
        "福建省平潭县",
        RoundKind.FIRST_AUCTION,
        144_855_600,
    )
    assert (sold.ends_at, sold.bid_count) == (None, 38)  # its end was planned before the bids
    assert (coming.status, coming.hammer_price, coming.floor_area) == (RoundStatus.UPCOMING, None, 101_872)
    assert (failed.round_kind, failed.status) == (RoundKind.SELL_OFF, RoundStatus.FAILED)
    assert (failed.appraisal_price, failed.market_price) == (None, 120_518_990)
    reader, looks = pages("jd-details-2026")
    details = [item.details for page in looks for item in reader.parse(page).items]
    files = [each.attachments if each else () for each in details]
    assert [len(each) for each in files] == [0, 1, 2]
    assert files[2][1].name == "执行裁定书.pdf"


def test_price_of_four_flats_together_is_read_from_a_sentence_and_the_number_of_a_flat_is_no_area():
    rows = statements("jd-snippets-2026")
    assert (rows["311024047"].starting_price, rows["311024047"].appraisal_price) == (106_960_000, 152_800_000)
    assert rows["311017807"].hammer_price == 1_213_040_000
    assert [row.floor_area for row in rows.values()] == [None] * 3  # 建筑面积 403
    assert [row.applicant_count for row in rows.values()] == [2, 0, 5]


def test_a_bid_record_is_one_listing_with_its_bids():
    reader, _, content = parse("ali-bid-record")
    assert content.skipped == {
        "an empty row at the end of a record": 2,
        "the header again, at the head of each page of the record": 1,
    }
    (item,) = content.items
    assert item.title == "荔湾路太子山庄南山海翠庐25、28栋25-11C房"
    assert normalize(item, reader.dialect, NOW).status is RoundStatus.SOLD
    bids = read_extras(item.details, reader.dialect, NOW).bids
    assert len(bids) == 6
    assert (bids[0].amount, bids[0].bidder, bids[0].outcome) == (853_235_104, "P2720", "成交")
    assert bids[0].placed_at == datetime(2026, 5, 26, 2, 34, 46, tzinfo=UTC)


def test_lists_without_ids_stand_in_sources_of_their_own():
    assert set(sources("zichan-jd-2020")) == {f"2026-09-30/zichan-jiangsu-house-2020-08-23#{n}" for n in (1, 2, 3, 4)}
    assert set(sources("zichan-jd-2020").values()) == {"zichan_jd"}
    assert set(sources("zichan-ali-2020").values()) == {"zichan_ali"}


def test_a_bank_on_jd_sells_directly_and_counts_its_cuts():
    rows = [row for row in statements("zichan-jd-2020").values() if "平安银行" in row.title]
    assert [(row.round_kind, row.round_number) for row in rows] == [(RoundKind.DIRECT_SALE, 3)]
    assert rows[0].seller_kind is SellerKind.JOINT_STOCK_BANK
    assert (rows[0].current_price, rows[0].hammer_price) == (58_850_000, None)
    unknown = [row for row in statements("zichan-jd-2020").values() if row.seller_name is None]
    assert unknown  # 未知 is the collector's word, not a seller


def test_sellers_decide_on_which_side_of_jd_a_row_of_the_workbook_stands():
    homes, rows = sources("jd-pm-crawl-sheet"), statements("jd-pm-crawl-sheet")
    for source_id, row in rows.items():
        is_court_side = "法院" in row.seller_name or "管理人" in row.seller_name
        assert homes[source_id] == ("jd_judicial" if is_court_side else "jd_assets")
        assert is_court_side or row.starting_price is None  # 0 there means "not told"


def test_bids_in_a_cell_and_in_a_dictionary_are_bids():
    for name in ("jd-pm-crawl-sheet", "jd-pm-crawl-text"):
        reader, _, content = parse(name)
        told = [item for item in content.items if item.details.bids]
        assert told
        for item in told:
            bids = read_extras(item.details, dialect_for(reader, item), NOW).bids
            assert all(bid.placed_at.year == 2022 and bid.bidder.isdigit() for bid in bids)
            assert len(bids) <= int(item.details.bids and item.bid_count_raw)


def test_printed_dictionaries_of_pm_crawl_are_court_lots():
    rows = statements("jd-pm-crawl-text")
    flat = rows["290533380"]
    assert (flat.current_price, flat.appraisal_price, flat.deposit) == (295_906_214, 369_882_767, 29_000_000)
    assert rows["290961338"].appraisal_price is None  # 0.0
    assert rows["290961338"].property_kind is PropertyKind.VEHICLE


def test_lots_of_a_newspaper_have_the_banks_valuation_beside_the_opening_price():
    rows = statements("hk-auction-news").values()
    discounts = [round(100 * (1 - row.starting_price / row.market_price)) for row in rows]
    assert discounts == [24, 9, 21]  # the article says 23, 9 and 21: 42 of 55 million is 23.6 off
    assert [row.seller_kind for row in rows] == [None, SellerKind.BANK, SellerKind.BANK]
    assert {row.currency for row in rows} == {Currency.HKD}
    assert [row.floor_area for row in rows] == [24_424, 19_510, 3_698]  # 2,629, 2,100 and 398 square feet


def test_prices_of_communities_are_market_prices_of_their_day():
    _, _, content = parse("lianjia-communities")
    first, _, old_district = content.context.prices
    assert (first.place, first.period, first.price_per_sqm) == ("永业公寓", "2018-10-07", 12_305_000)
    assert (first.city, first.district, first.region_code, first.basis) == ("上海市", "黄浦区", "310101", "asking")
    assert (old_district.district, old_district.region_code) == ("闸北", "310000")  # merged into 静安 in 2015
    assert content.skipped == {"no price told (暂无)": 1, "a nonsense price of the site (seen 2018-10-07)": 1}


def test_hong_kong_prices_are_for_a_square_metre():
    _, _, content = parse("hk-centaline-estates")
    estate = content.context.prices[0]
    assert (estate.place, estate.basis, estate.period) == ("寶翠園 2期", "deals", "2026-09-30")
    assert estate.price_per_sqm == round(25164 * 100 / 0.09290304)
    assert (estate.region_code, estate.currency) == ("HK-CW", Currency.HKD)
    assert len(parse("hk-centaline-districts")[2].context.prices) == 4
    _, _, offers = parse("hk-centaline-listings")
    assert offers.context.prices[0].place == "綠楊新邨 J座 中層 1室"
    assert offers.skipped == {"no price for a square foot of saleable area": 1}
    assert offers.items == []  # the market beside the banks' offers, not offers of banks


@pytest.mark.parametrize(
    ("name", "series", "period", "value"),
    [
        ("hk-rvd-price-index", "hk_rvd.price_index.quarterly.all_classes", "2023-Q2", 350.6),
        ("hk-rvd-price-index", "hk_rvd.price_index.quarterly.all_classes", "2026-Q1", 308.4),
        ("hk-rvd-rent-index", "hk_rvd.rent_index.quarterly.class_a", "1979-Q4", 25.6),
        ("hk-rvd-average-price", "hk_rvd.average_price.quarterly.class_a.hong_kong_island", "1999-Q1", 42_777),
        ("taiwan-building-transfers", "taiwan_housing.auctions.buildings.all", "2009-Q1", 4_476),
        ("taiwan-building-transfers", "taiwan_housing.auctions.buildings.all", "2025-Q4", 923),
        ("taiwan-loan-default", "taiwan_housing.loan_default_rate.all", "2025-Q3", 0.08),
        ("taiwan-sales-count", "taiwan_housing.registered_sales.all", "2011-Q1", 104_529),
    ],
)
def test_official_series_hold_their_key_figures(name, series, period, value):
    _, _, content = parse(name)
    assert content.refused == []
    points = {(point.series, point.period): point.value for point in content.context.points}
    assert points[series, period] == value


def test_series_and_prices_are_stored_by_a_capture(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/fapai.sqlite")
    upgrade(engine)
    for name in ("lianjia-communities", "taiwan-loan-default"):
        (result,) = list(Capture(engine, tmp_path / "pages", [TABLES / name], load_mapping(name)))
        assert (result.outcome, result.refused) == ("read", ())
    with reading(engine) as connection:
        prices = connection.execute(MARKET_PRICE.select()).mappings().all()
        points = connection.execute(SERIES_POINT.select()).mappings().all()
    engine.dispose()
    assert [price["place"] for price in prices] == ["永业公寓", "汇龙新城", "精文城上城"]
    assert {point["unit"] for point in points} == {"%"}
