"""What a mapping can say: conditions, constants, joined columns, details, lists inside rows, rows that are none."""

import io
import json
import logging
import re
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from crawler.capture import Capture
from crawler.errors import BadMapping, LayoutChanged, RowRefused
from crawler.intake.mapped_context import read_period
from crawler.intake.mapping import load_mapping
from crawler.normalize.details import read_extras
from crawler.normalize.record import normalize
from crawler.page import Page
from store.engine import open_engine, reading
from store.rows import LISTING, OBSERVATION
from store.schema import upgrade
from store.terms import AppraisalKind, AppraisalScope, RoundStatus, SellerKind

NOW = datetime(2026, 8, 1, tzinfo=UTC)
TOP = """
name = "own"
about = "a table of mine"
source = "my_court"
currency = "CNY"
country = "CN"
time_zone = "Asia/Shanghai"
"""


@pytest.fixture
def build(tmp_path):
    def load(text, top=TOP):
        path = tmp_path / "own.toml"
        path.write_text(top + text, "utf-8")
        return load_mapping(path)

    return load


def page_of(body, name="file:lots.csv"):
    return Page(body if isinstance(body, bytes) else body.encode(), name, NOW)


def workbook(*rows, sheet="lots"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


CONDITIONS = """
format = "csv"
kept = ["备注"]
status_labels = { "即将开始" = "upcoming", "是" = "sold" }
[id]
column = "号"
[columns]
title = { join = ["楼", "室"], absent = "无" }
status_raw = "成交"
starts_at_raw = { column = "时间", when = { column = "成交", is = ["即将开始"] } }
ends_at_raw = { column = "时间", when = { column = "成交", pattern = '^是' } }
current_price_raw = { column = "价", when = { column = "备注", is = [""] } }
seller_name = { value = "某某市人民法院" }
property_kind_raw = { column = "类", words = { "1" = "房", "2" = "车" } }
is_price_exact = { value = false }
[kind_labels]
"房" = "flat"
"车" = "vehicle"
"""


def test_conditions_constants_joined_columns_and_words(build):
    mapping = build(CONDITIONS)
    rows = "号,楼,室,成交,时间,价,类,备注\n1,3幢,1205,是,2026-07-01 10:00:00,5,1,\n"
    rows += "2,3幢,无,即将开始,2026-09-01 10:00:00,6,2,看\n"
    first, second = mapping.parse(page_of(rows)).items
    assert (first.title, first.starts_at_raw, first.ends_at_raw) == ("3幢 1205", None, "2026-07-01 10:00:00")
    assert (second.title, second.starts_at_raw, second.ends_at_raw) == ("3幢", "2026-09-01 10:00:00", None)
    assert (first.current_price_raw, second.current_price_raw) == ("5", None)
    assert (first.property_kind_raw, second.property_kind_raw) == ("房", "车")
    assert (first.seller_name, first.is_price_exact) == ("某某市人民法院", False)
    assert second.words["备注"] == "看"
    assert normalize(first, mapping.main.dialect, NOW).status is RoundStatus.SOLD


def test_a_word_that_the_table_of_words_lacks_refuses_its_row(build):
    content = build(CONDITIONS).parse(page_of("号,楼,室,成交,时间,价,类,备注\n1,a,b,是,,5,3,\n"))
    assert content.items == []
    assert content.refused[0].reason == "类 (property_kind_raw): unknown label '3'"


DETAILS = """
format = "json"
appraisal_labels = { "网" = "online_inquiry" }
seller_labels = { "AMC" = "asset_manager" }
[id]
column = "id"
[columns]
title = "name"
image_url = "photos.0.url"
seller_kind_raw = "seller.kind"
case_number = "case"
appraisal_kind_raw = "how"
appraisal_on_raw = "when"
appraisal_scope = { value = "lot" }
deposit_raw = "deposit"
increment_raw = "step"
bidding_period_raw = "period"
extension_raw = "late"
share_raw = "share"
floor = "floor"
intended_use = "use"
built_year_raw = "year"
certificate = "certificate"
unit_count_raw = "units"
published_at_raw = "at"
bidder_count_raw = "bidders"
latitude_raw = "place.lat"
longitude_raw = "place.lon"
previous_source_id = "before"
asset_id = "asset"
round_number_raw = "round"
[bids]
column = "log"
amount_raw = "price"
placed_at_raw = "at"
bidder = "who"
outcome = { column = "won", words = { "true" = "成交", "false" = "出局" } }
[members]
column = "homes"
title = "name"
floor_area_raw = "area"
[attachments]
column = "files"
name = "name"
url = "url"
"""
LOT = {
    "id": 7,
    "name": "某小区等2套",
    "photos": [{"url": "https://x.example/1.jpg"}],
    "seller": {"kind": "AMC"},
    "case": "(2020)皖0111执1234号",
    "how": "网",
    "when": "2026-01-05",
    "deposit": 50000,
    "step": 2000.5,
    "period": "1天",
    "late": "5分钟/次",
    "share": "二分之一",
    "floor": 12,
    "use": "住宅",
    "year": 2008,
    "certificate": "皖(2020)001号",
    "units": 2,
    "at": 1767571200000,
    "bidders": 3,
    "place": {"lat": 31.8, "lon": 117.2},
    "before": "6",
    "asset": "A1",
    "round": 2,
    "log": [
        {"price": 510000, "at": 1767574800000, "who": "A1", "won": True},
        {"price": 500000, "who": "B2", "won": False},
    ],
    "homes": [{"name": "1室", "area": "90.5"}, {"name": "2室", "area": None}],
    "files": [{"name": "公告.pdf", "url": "https://x.example/n.pdf"}],
}


def test_every_field_of_details_can_be_filled(build):
    mapping = build(DETAILS)
    (item,) = mapping.parse(page_of(json.dumps([LOT]), "file:x.json")).items
    read = normalize(item, mapping.main.dialect, NOW)
    assert item.image_url == "https://x.example/1.jpg"
    assert (read.seller_kind, read.case_number) == (SellerKind.ASSET_MANAGER, "(2020)皖0111执1234号")
    assert (read.appraisal_kind, read.appraisal_on) == (AppraisalKind.ONLINE_INQUIRY, date(2026, 1, 5))
    assert (read.appraisal_scope, read.deposit, read.increment) == (AppraisalScope.LOT, 5_000_000, 200_050)
    assert (read.bidding_minutes, read.extension_minutes, read.share, read.floor) == (1440, 5, "1/2", "12")
    assert (read.intended_use, read.built_year, read.certificate, read.unit_count) == ("住宅", 2008, "皖(2020)001号", 2)
    assert read.published_at == datetime(2026, 1, 5, tzinfo=UTC)
    assert (read.bidder_count, read.latitude, read.longitude) == (3, 31_800_000, 117_200_000)
    assert (read.previous_source_id, read.asset_id, read.round_number) == ("6", "A1", 2)
    extras = read_extras(item.details, mapping.main.dialect, NOW)
    assert [(bid.amount, bid.bidder, bid.outcome) for bid in extras.bids] == [
        (51_000_000, "A1", "成交"),
        (50_000_000, "B2", "出局"),
    ]
    assert [(member.title, member.floor_area) for member in extras.members] == [("1室", 9050), ("2室", None)]
    assert extras.attachments[0].url == "https://x.example/n.pdf"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"log": "nothing"}, "log: no Python literal"),
        ({"log": 5}, "log: no list"),
        ({"log": [5]}, "log: an element that is no object"),
        ({"log": [{"who": "A1"}]}, "bids: amount_raw is blank"),
        ({"name": ["a", "b"]}, "name (title): a list where one value is expected"),
    ],
)
def test_a_list_that_is_none_refuses_its_row_alone(build, change, reason):
    content = build(DETAILS).parse(page_of(json.dumps([{**LOT, "id": 6}, {**LOT, **change}]), "file:x.json"))
    assert [item.source_id for item in content.items] == ["6"]
    assert content.refused[0].reason.startswith(reason)


def test_a_list_as_text_is_read_like_a_list(build):
    content = build(DETAILS).parse(page_of(json.dumps([{**LOT, "log": "[{'price': 5, 'won': True}]"}]), "file:x.json"))
    assert content.items[0].details.bids[0].amount_raw == 5


def test_a_path_goes_into_every_element_of_a_list_or_an_object(build):
    mapping = build('format = "json"\nrows = "groups.*.lots"\n[id]\ncolumn = "id"\n[columns]\ntitle = "t"\n')
    body = {"groups": {"a": {"lots": [{"id": 1, "t": "x"}]}, "b": {"lots": [{"id": 2, "t": "y"}, {"id": 3, "t": "z"}]}}}
    assert [item.source_id for item in mapping.parse(page_of(json.dumps(body), "file:x.json")).items] == ["1", "2", "3"]


SKIPS = """
format = "csv"
[id]
column = "号"
[columns]
title = "名"
[[skip]]
empty = true
because = "an empty row"
[[skip]]
column = "名"
pattern = '^合计'
because = "a total"
[[skip]]
column = "号"
is = ["-"]
because = "no lot"
"""


def test_rows_that_are_none_are_skipped_by_name_and_told(build, caplog):
    with caplog.at_level(logging.INFO):
        content = build(SKIPS).parse(page_of("号,名\n1,a\n,\n ,\n\n9,合计 3\n-,b\n2,c\n"))
    assert [item.source_id for item in content.items] == ["1", "2"]
    assert content.skipped == {"an empty row": 2, "a total": 1, "no lot": 1}
    assert content.row_count == 6
    assert content.refused == []
    assert "mapping own: 2 rows skipped: an empty row (file:lots.csv)" in caplog.messages


def test_an_empty_row_that_no_rule_names_is_refused(build):
    content = build(SKIPS[: SKIPS.index("[[skip]]")]).parse(page_of("号,名\n1,a\n,\n"))
    assert [row.reason for row in content.refused] == ["no identifier: 号 is blank"]


def test_a_skip_for_a_column_that_is_not_there_is_a_changed_layout(build):
    mapping = build(SKIPS + '[[skip]]\ncolumn = "新"\nis = ["x"]\nbecause = "y"\n')
    with pytest.raises(LayoutChanged, match="missing 新"):
        mapping.parse(page_of("号,名\n1,a\n"))


OBJECTS = '[id]\ncolumn = "id"\n[columns]\ntitle = "t"\n'


@pytest.mark.parametrize(
    "body",
    [
        '{"id": 1, "t": "a}{"}\n{"id": 2, "t": "b"}\n',
        '{"id": 1,\n "t": "a}{"},{"id": 2, "t": "b"},',
        '\ufeff{"id": 1, "t": "a}{"} {"id": 2, "t": "b"}',
    ],
)
def test_objects_one_after_the_other_are_read_as_rows(build, body):
    items = build('format = "jsonl"\n' + OBJECTS).parse(page_of(body, "file:x.jsonl")).items
    assert [(item.source_id, item.title) for item in items] == [("1", "a}{"), ("2", "b")]


def test_python_dictionaries_one_after_the_other_are_read_as_rows(build):
    body = "{'id': 1, 't': 'a}{', 'x': None}{'id': 2,\n 't': \"b'\", 'x': True}"
    items = build('format = "python"\nignored = ["x"]\n' + OBJECTS).parse(page_of(body, "file:x.txt")).items
    assert [(item.source_id, item.title) for item in items] == [("1", "a}{"), ("2", "b'")]


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("jsonl", '{"id": 1, "t": "a"}\n{"id": 2, "t": "b'),
        ("jsonl", '{"id": NaN}'),
        ("jsonl", '[{"id": 1}]'),
        ("jsonl", "<html>"),
        ("jsonl", "[" * 200_000),
        ("jsonl", '{"id": ' + "9" * 5_000 + "}"),
        ("python", "{'id': 1, 't': 'a'}{'id': 2"),
        ("python", "{'id': __import__('os').getpid()}"),
        ("python", "print(1)"),
        ("python", "{" * 100_000 + "}" * 100_000),
        ("python", "{'a': " + "[" * 5_000 + "]" * 5_000 + "}"),
        ("python", "{'id': '" + "x" * 2_000_000 + "'}"),
        ("xlsx", "<html>"),
        ("xlsx", "PK\x03\x04" + "\0" * 100),
    ],
)
def test_what_is_not_of_the_format_is_refused_as_a_whole(build, form, body):
    mapping = build(f'format = "{form}"\n' + OBJECTS)
    with pytest.raises(LayoutChanged):
        mapping.parse(page_of(body, f"file:x.{form if form != 'python' else 'txt'}"))


def test_a_workbook_is_read_with_its_numbers_days_and_blank_rows(build):
    mapping = build(
        'format = "xlsx"\n[id]\ncolumn = "号"\n[columns]\ntitle = "名"\nends_at_raw = "日"\nasking_price_raw = "价"\n'
    )
    body = workbook(
        ["号", "名", "日", "价"],
        [7, "a", datetime.fromisoformat("2026-07-01"), 1.5],
        [None] * 4,
        [8, "b", datetime.fromisoformat("2026-07-02T10:30"), 2],
    )
    content = mapping.parse(page_of(body, "file:x.xlsx"))
    assert [(item.source_id, item.ends_at_raw, item.asking_price_raw) for item in content.items] == [
        ("7", "2026-07-01", 1.5),
        ("8", "2026-07-02 10:30:00", 2),
    ]
    assert content.row_count == 2  # a row of a sheet without any value is none


def test_a_sheet_is_chosen_by_its_name(build):
    mapping = build('format = "xlsx"\nsheet = "lots"\n' + OBJECTS)
    assert mapping.parse(page_of(workbook(["id", "t"], [1, "a"]), "file:x.xlsx")).items[0].title == "a"
    with pytest.raises(LayoutChanged, match="no sheet lots; there are other"):
        mapping.parse(page_of(workbook(["id", "t"], sheet="other"), "file:x.xlsx"))


def test_a_sheet_that_names_a_far_cell_is_not_read_to_it(build):
    book = openpyxl.Workbook()
    book.active.append(["id", "t"])
    book.active["XFD2"] = 1
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(LayoutChanged, match="columns"):
        build('format = "xlsx"\n' + OBJECTS).parse(page_of(stream.getvalue(), "file:x.xlsx"))


@pytest.mark.parametrize("place", range(0, 5_000, 97))
def test_a_damaged_workbook_is_read_or_refused(build, place):
    body = bytearray(workbook(["id", "t"], *([n, "某房"] for n in range(50))))
    body[place % len(body)] ^= 0xFF
    mapping = build('format = "xlsx"\n' + OBJECTS)
    with suppress(LayoutChanged):
        assert all(item.title for item in mapping.parse(page_of(bytes(body), "file:x.xlsx")).items)


def test_ids_by_position_name_the_day_the_file_and_the_row(build):
    mapping = build('format = "csv"\n[id]\nfrom_position = true\n[columns]\ntitle = "名"\n')
    items = mapping.parse(page_of("名\na\nb\n", "file:old.zip!/east/lots.csv")).items
    assert [item.source_id for item in items] == ["2026-08-01/lots#1", "2026-08-01/lots#2"]


SOURCES = """
format = "csv"
source_column = "址"
source_pattern = '//(zc)'
[id]
column = "号"
[columns]
title = "名"
[sources."zc"]
source = "my_assets"
[sources."*"]
"""


def test_a_pattern_tells_the_source_and_a_star_takes_the_rest(build):
    items = build(SOURCES).parse(page_of("号,名,址\n1,a,https://zc.x/1\n2,b,https://sf.x/2\n3,c,\n")).items
    assert [item.source for item in items] == ["my_assets", "my_court", "my_court"]


@pytest.mark.parametrize(
    ("keys", "instant"),
    [
        ("observed_at = 2026-03-13T08:00:00+08:00", datetime(2026, 3, 13, tzinfo=UTC)),
        (
            "observed_in_name = '_(\\d{4}-\\d\\d-\\d\\d)'\nobserved_clock = \"23:59\"",
            datetime(2026, 7, 21, 15, 59, tzinfo=UTC),
        ),
        ('observed_column = "日"\nobserved_clock = "12:00"', datetime(2026, 7, 20, 4, tzinfo=UTC)),
    ],
)
def test_a_mapping_says_when_its_table_was_made(build, keys, instant):
    mapping = build(keys + '\nformat = "csv"\n[id]\ncolumn = "号"\n[columns]\ntitle = "名"\n')
    page = page_of("号,名,日\n1,a,2026-07-20\n", "file:lots_2026-07-21.csv")
    assert mapping.find_observation_time(page) == instant


BIDS = """
kind = "bids"
format = "csv"
status_labels = { "成交" = "sold" }
[id]
from_name = true
pattern = '([^/:]+)\\.csv$'
[columns]
status_raw = { column = "状态", absent = ["出局"] }
[bids]
amount_raw = "价格"
outcome = "状态"
"""


def test_a_table_of_bids_is_one_listing(build):
    content = build(BIDS).parse(page_of('状态,价格\n成交,"1,000"\n出局,\n出局,900\n', "file:某房.csv"))
    (item,) = content.items
    assert (item.source_id, item.status_raw) == ("某房", "成交")
    assert [bid.amount_raw for bid in item.details.bids] == ["1,000", "900"]
    assert [(row.position, row.reason) for row in content.refused] == [(2, "bids: amount_raw is blank")]
    assert build(BIDS).parse(page_of("状态,价格\n", "file:某房.csv")).items == []


@pytest.mark.parametrize("name", ["100%", "%s", "n" * 51, "名字"])
def test_a_mapping_of_any_printable_name_is_captured_and_stored(build, tmp_path, name):
    mapping = build('format = "csv"\n' + OBJECTS, TOP.replace('"own"', json.dumps(name)))
    (tmp_path / "lots_2026-07-21.csv").write_text("id,t\n1,a%sb\n", "utf-8")
    engine = open_engine(f"sqlite:///{tmp_path}/fapai.sqlite")
    upgrade(engine)
    (result,) = list(Capture(engine, tmp_path / "pages", [tmp_path / "lots_2026-07-21.csv"], mapping))
    assert (result.outcome, result.listings) == ("read", 1)
    with reading(engine) as connection:
        assert connection.execute(LISTING.select()).mappings().one()["source_id"] == "1"
        observed = connection.execute(OBSERVATION.select()).mappings().one()
    engine.dispose()
    assert (observed["reader"], observed["title"]) == (f"my_court.{name}", "a%sb")


def test_deeply_nested_toml_is_a_bad_mapping(tmp_path):
    (tmp_path / "own.toml").write_text("a = " + "[" * 5_000, "utf-8")
    with pytest.raises(BadMapping):
        load_mapping(tmp_path / "own.toml")


def test_the_page_on_mappings_names_every_key_of_a_rule():
    root = Path(__file__).parents[3]
    source = (root / "crawler" / "intake" / "rule_toml.py").read_text("utf-8")
    keys = set(re.findall(r'\.(?:take\w*|require|convert)\(\s*"(\w+)"', source))
    assert {"when", "words", "because"} <= keys
    page = (root / "docs" / "mappings.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page)) | {"from_position"}
    assert keys - named == set()
    assert "from_position = true" in page


SERIES = """
kind = "series"
format = "csv"
period_form = "quarter_end"
[columns]
period = "time"
[names]
place = { column = "place", words = { "甲" = "first" } }
[[points]]
series = "mine.price.{place}"
title = "Price of {place}"
unit = "index"
value = "value"
"""


def test_a_row_of_a_series_that_cannot_be_trusted_is_refused(build):
    rows = [
        '201812,甲,"1,000.5"',
        "201812,甲,7",
        "201811,甲,7",
        "2018,甲,7",
        "201903,乙,7",
        "201903,甲,n/a",
        "201906,甲,",
    ]
    content = build(SERIES).parse(page_of("time,place,value\n" + "\n".join(rows) + "\n"))
    (point,) = content.context.points
    assert (point.series, point.period, point.value, point.title) == (
        "mine.price.first",
        "2018-Q4",
        1000.5,
        "Price of first",
    )
    assert [row.reason for row in content.refused] == [
        "mine.price.first of 2018-Q4 stands twice in the table",
        "period: not the last month of a quarter: '201811'",
        "period: not of the form quarter_end: '2018'",
        "place (place): unknown label '乙'",
        "mine.price.first: not a number: 'n/a'",
        "mine.price.first: blank",
    ]


@pytest.mark.parametrize(
    ("form", "text", "period"),
    [
        ("day", "20181007", "2018-10-07"),
        ("day", "2018/1/7", "2018-01-07"),
        ("month", "201810", "2018-10"),
        ("quarter", "2018Q4", "2018-Q4"),
        ("quarter_end", "2019-03", "2019-Q1"),
        ("roc_quarter", "098Q1", "2009-Q1"),
        ("year", "2018", "2018"),
    ],
)
def test_periods_are_written_in_one_way(form, text, period):
    assert read_period(text, form) == period


@pytest.mark.parametrize(
    ("form", "text"), [("day", "20181307"), ("day", "2018-10"), ("month", "2018-13"), ("quarter", "2018-Q5")]
)
def test_a_period_that_cannot_be_is_refused(form, text):
    with pytest.raises(RowRefused, match="period"):
        read_period(text, form)


PRICES = """
kind = "market_price"
format = "csv"
basis = "deals"
[columns]
place = "place"
price_raw = { column = "price", unit = "万" }
city_raw = "city"
latitude_raw = "lat"
longitude_raw = "lon"
"""


def test_a_market_price_has_its_place_and_the_day_it_was_seen(build):
    content = build(PRICES).parse(
        page_of("place,price,city,lat,lon\n某小区,1.5,合肥,31.8,117.2\n,1,,,\n乙,,,,\n丙,1,,x,1\n")
    )
    (price,) = content.context.prices
    assert (price.price_per_sqm, price.period, price.region_code) == (1_500_000, "2026-08-01", "340100")
    assert (price.latitude, price.longitude) == (31_800_000, 117_200_000)
    assert [row.reason for row in content.refused] == [
        "place: blank",
        "price_raw: blank",
        "latitude_raw: not a number: 'x'",
    ]


@pytest.mark.parametrize(
    ("text", "change", "key"),
    [
        (PRICES, ('basis = "deals"', 'basis = "guess"'), "basis"),
        (PRICES, ('basis = "deals"', ""), "basis"),
        (PRICES, ('place = "place"', ""), "columns.place"),
        (PRICES, ('place = "place"', 'place = "place"\ntitle = "x"'), "columns.title"),
        (PRICES, ("[columns]", 'area_unit = "acre"\n[columns]'), "area_unit"),
        (PRICES, ("[columns]", 'period_form = "day"\n[columns]'), "period_form"),
        (SERIES, ("quarter_end", "moon"), "period_form"),
        (SERIES, ("{place}", "{town}"), "points.1.series"),
        (SERIES, ('value = "value"', ""), "points.1.value"),
        (SERIES, ('unit = "index"', ""), "points.1.unit"),
    ],
)
def test_a_bad_mapping_of_context_is_named_by_its_key(build, text, change, key):
    with pytest.raises(BadMapping) as caught:
        build(text.replace(*change))
    assert caught.value.key == key
