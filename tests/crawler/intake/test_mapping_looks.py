"""Tables whose rows were seen at their own times, stand inside other objects, or were commented out."""

import json
from datetime import UTC, datetime

import pytest

from crawler.capture import Capture
from crawler.errors import BadMapping, LayoutChanged
from crawler.intake.arrived import CapturedPage, Unreadable
from crawler.intake.mapped_times import MOST_LOOKS
from crawler.intake.mapping import load_mapping
from crawler.page import Page
from store.engine import open_engine, reading
from store.rows import OBSERVATION
from store.schema import upgrade

NOW = datetime(2026, 8, 1, tzinfo=UTC)
TOP = """
name = "own"
about = "a table of mine"
source = "my_court"
currency = "CNY"
country = "CN"
time_zone = "Asia/Shanghai"
"""
LOOKS = """
format = "csv"
observed_column = "seen"
observed_by_row = true
[id]
column = "no"
[columns]
title = "name"
starting_price_raw = "price"
[[skip]]
column = "name"
is = ["total"]
because = "a total"
"""
TABLE = """no,name,price,seen
1,a,100,2026-07-02 10:00
2,b,200,2026-07-02 10:00
1,a,90,2026-07-03
3,c,300,2026-07-02T02:00Z
"""


@pytest.fixture
def build(tmp_path):
    def load(text):
        path = tmp_path / "own.toml"
        path.write_text(TOP + text, "utf-8")
        return load_mapping(path)

    return load


def page_of(body, name="file:lots.csv", at=NOW):
    return Page(body.encode(), name, at)


def test_each_time_of_the_rows_is_a_page_of_its_own_in_the_order_of_times(build, read, tmp_path):
    (tmp_path / "lots_2020-01-01.csv").write_text(TABLE, "utf-8")
    mapping = build(LOOKS)
    pages = read(tmp_path / "lots_2020-01-01.csv", mapping=mapping, observed_at=NOW)
    assert all(isinstance(each, CapturedPage) for each in pages)
    # 10:00 in China is 02:00 UTC; the day alone is its midnight
    assert [str(each.page.observed_at) for each in pages] == ["2026-07-02 02:00:00+00:00", "2026-07-02 16:00:00+00:00"]
    first, second = (mapping.parse(each.page) for each in pages)
    assert [item.source_id for item in first.items] == ["1", "2", "3"]
    assert [(item.source_id, item.starting_price_raw) for item in second.items] == [("1", "90")]
    assert (first.passed_over, second.passed_over) == ({3}, {1, 2, 4})


def test_all_looks_of_a_table_become_history(build, tmp_path):
    (tmp_path / "lots.csv").write_text(TABLE, "utf-8")
    engine = open_engine(f"sqlite:///{tmp_path}/fapai.sqlite")
    upgrade(engine)
    results = list(Capture(engine, tmp_path / "pages", [tmp_path / "lots.csv"], build(LOOKS)))
    assert [(result.outcome, result.listings) for result in results] == [("read", 3), ("read", 1)]
    with reading(engine) as connection:
        prices = connection.execute(OBSERVATION.select()).mappings().all()
    again = list(Capture(engine, tmp_path / "pages", [tmp_path / "lots.csv"], build(LOOKS)))
    engine.dispose()
    assert sorted(row["starting_price"] for row in prices) == [9_000, 10_000, 20_000, 30_000]
    assert {result.outcome for result in again} == {"known"}


def test_rows_without_a_readable_time_and_totals_stand_in_the_first_look_alone(build):
    mapping = build(LOOKS)
    body = TABLE + "4,d,1,\n5,e,1,yesterday\n,total,690,\n"
    looks = mapping.list_looks(page_of(body))
    contents = [mapping.parse(page_of(body, at=look)) for look in looks]
    assert [[(row.position, row.reason) for row in content.refused] for content in contents] == [
        [(5, "no time of observation"), (6, "time of observation is not iso: 'yesterday'")],
        [],
    ]
    assert [dict(content.skipped) for content in contents] == [{"a total": 1}, {}]
    assert [content.row_count for content in contents] == [6, 1]
    for content in contents:
        told = len(content.items) + len(content.refused) + len(content.passed_over)
        assert told == 7  # no row is counted twice, none is lost


def test_time_of_the_mapping_serves_rows_that_tell_none(build):
    mapping = build(
        LOOKS.replace("observed_by_row = true", "observed_by_row = true\nobserved_at = 2026-07-09T00:00:00Z")
    )
    body = TABLE + "4,d,1,\n"
    assert [look.day for look in mapping.list_looks(page_of(body))] == [2, 2, 9]
    last = mapping.parse(page_of(body, at=datetime(2026, 7, 9, tzinfo=UTC)))
    assert [item.source_id for item in last.items] == ["4"]


def test_a_page_takes_the_latest_look_that_is_not_after_it(build):
    mapping = build(LOOKS)
    assert [len(mapping.parse(page_of(TABLE, at=at)).items) for at in (NOW, datetime(2020, 1, 1, tzinfo=UTC))] == [1, 3]


def test_epochs_are_times_of_observation(build):
    mapping = build(LOOKS.replace("observed_by_row = true", 'observed_by_row = true\nobserved_format = "epoch"'))
    rows = "no,name,price,seen\n1,a,1,1572218000\n2,b,1,1572218000000\n3,c,1,-5\n"
    assert [str(look) for look in mapping.list_looks(page_of(rows))] == ["2019-10-27 23:13:20+00:00"]
    assert [row.position for row in mapping.parse(page_of(rows)).refused] == [3]


def test_a_table_without_any_time_is_refused_unless_the_user_tells_one(build, read, tmp_path):
    (tmp_path / "lots.csv").write_text("no,name,price,seen\n1,a,1,\n", "utf-8")
    (arrived,) = read(tmp_path / "lots.csv", mapping=build(LOOKS))
    assert isinstance(arrived, Unreadable)
    assert "--observed-at" in arrived.reason


def test_more_looks_than_can_be_told_apart_are_refused(build):
    rows = "\n".join(f"{n},a,1,2026-07-01T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z" for n in range(MOST_LOOKS + 1))
    with pytest.raises(LayoutChanged, match="2,001 times of observation"):
        build(LOOKS).list_looks(page_of("no,name,price,seen\n" + rows))


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ("observed_by_row = true", "observed_by_row"),
        ('observed_by_row = true\nobserved_in_name = "(x)"', "observed_by_row"),
        ('observed_column = "a"\nobserved_at = 2026-07-09T00:00:00Z', "observed_at"),
        ('observed_column = "a"\nobserved_by_row = 1', "observed_by_row"),
        ('line_mark = "//"', "line_mark"),
    ],
)
def test_keys_that_do_not_go_together_are_refused_by_name(build, keys, key):
    with pytest.raises(BadMapping) as refusal:
        build(f'format = "csv"\n{keys}\n[id]\ncolumn = "no"\n[columns]\ntitle = "name"\n')
    assert refusal.value.key == key


AROUND = """
format = "json"
rows = "pages.*.lots"
observed_column = "../seen"
[id]
column = "no"
[columns]
title = "name"
city_raw = "../place.city"
seller_name = "../../owner"
district_raw = { column = "../district", optional = true }
"""
PAGES = {
    "owner": "某某市人民法院",
    "pages": [
        {"seen": "2026-07-02T02:00Z", "place": {"city": "合肥市"}, "lots": [{"no": 1, "name": "a"}]},
        {"seen": "2026-07-02T03:00Z", "place": {}, "district": "蜀山区", "lots": [{"no": 2, "name": "b"}]},
    ],
}


def test_objects_around_a_row_tell_what_it_does_not(build):
    mapping = build(AROUND)
    page = page_of(json.dumps(PAGES), "file:lots.json")
    first, second = mapping.parse(page).items
    assert (first.city_raw, first.district_raw, first.seller_name) == ("合肥市", None, "某某市人民法院")
    assert (second.city_raw, second.district_raw, second.seller_name) == (None, "蜀山区", "某某市人民法院")
    assert mapping.find_observation_time(page) == datetime(2026, 7, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize("column", ["../nowhere", "../../../owner", "../../nothing.owner"])
def test_a_name_that_no_object_around_the_rows_has_is_a_missing_column(build, column):
    mapping = build(AROUND.replace("../../owner", column))
    with pytest.raises(LayoutChanged, match=f"missing {column}"):
        mapping.parse(page_of(json.dumps(PAGES), "file:lots.json"))


def test_marks_before_lines_are_taken_off_and_addresses_stay(build):
    text = 'format = "json"\nline_mark = "//"\nrows = "lots"\n[id]\ncolumn = "no"\n[columns]\nurl = "url"\n'
    body = '//{"lots": [\n  //  {"no": 1,\n"url": "//x.example/1"}\n//]}'
    assert [item.url for item in build(text).parse(page_of(body, "file:as-found.txt")).items] == ["//x.example/1"]
    with pytest.raises(LayoutChanged):
        build(text.replace('line_mark = "//"\n', "")).parse(page_of(body, "file:as-found.txt"))
