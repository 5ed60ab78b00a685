"""Mappings that users write: what is refused at once, what their tables may do."""

import csv
import json
import logging
from datetime import UTC, datetime

import pytest

from crawler.errors import BadMapping, LayoutChanged
from crawler.intake.arrived import Skipped, Unreadable
from crawler.intake.mapping import load_mapping
from crawler.page import Page
from store.terms import RoundKind

BASE = {
    "name": '"own"',
    "about": '"a table of mine"',
    "format": '"csv"',
    "source": '"my_court"',
    "currency": '"CNY"',
    "country": '"CN"',
    "time_zone": '"Asia/Shanghai"',
}
TAIL = """
[id]
column = "编号"
pattern = '^(\\d+)$'
[columns]
title = ["名称"]
starting_price_raw = { column = ["起拍价(万)", "起拍价"], unit = "万" }
round_raw = { column = "阶段", optional = true }
[round_labels]
"一拍" = "first_auction"
"其他" = "ignored"
"""
HEADER = "编号,名称,起拍价(万),阶段\n"


@pytest.fixture
def write_mapping(tmp_path):
    def write(tail=TAIL, **keys):
        lines = [f"{key} = {value}" for key, value in {**BASE, **keys}.items() if value is not None]
        path = tmp_path / "own.toml"
        path.write_text("\n".join(lines) + tail, "utf-8")
        return path

    return write


def page_of(text, name="file:lots.csv"):
    return Page(text if isinstance(text, bytes) else text.encode(), name, datetime(2026, 8, 1, tzinfo=UTC))


def test_own_table_is_read(write_mapping):
    reader = load_mapping(write_mapping()).reader()
    content = reader.parse(page_of(HEADER + "7,某房,125.05,一拍\n"))
    (item,) = content.items
    assert (item.source, item.source_id, item.title) == ("my_court", "7", "某房")
    assert item.starting_price_raw == "125.05万"
    assert item.words == {"编号": "7", "名称": "某房", "起拍价(万)": "125.05", "阶段": "一拍"}
    assert reader.dialect.round_labels == {"一拍": RoundKind.FIRST_AUCTION, "其他": None}


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"name": None}, "name"),
        ({"format": '"xml"'}, "format"),
        ({"name": f'"{"n" * 52}"'}, "name"),  # with my_court and a point 61 characters
        ({"name": '"bad\\u0007bell"'}, "name"),
        ({"source": f'"s{"o" * 40}"'}, "source"),
        ({"kind": '"castles"'}, "kind"),
        ({"kept": "[1]"}, "kept"),
        ({"source_pattern": "'(x)'"}, "source_pattern"),
        ({"observed_at": '"2026-01-01"'}, "observed_at"),
        ({"observed_at": "2026-01-01T00:00:00"}, "observed_at"),
        ({"observed_clock": '"23:59"'}, "observed_clock"),
        ({"observed_column": '"a"', "observed_in_name": "'(x)'"}, "observed_in_name"),
        ({"tail": TAIL + "[[skip]]\ncolumn = 'x'\nbecause = 'y'"}, "skip.1.is"),
        ({"tail": TAIL + "[[skip]]\nempty = true"}, "skip.1.because"),
        ({"tail": TAIL + "[[skip]]\nbecause = 'y'"}, "skip.1.column"),
        ({"tail": TAIL + "[bids]\ncolumn = 'x'\nbidder = 'y'"}, "bids.amount_raw"),
        ({"tail": TAIL.replace('["名称"]', "{ column = 'x', when = { column = 'y' } }")}, "columns.title.when.is"),
        ({"tail": TAIL.replace('["名称"]', "{ column = 'x', value = 'y' }")}, "columns.title.column"),
        ({"tail": TAIL.replace("title", "facts")}, "columns.facts"),
        ({"tail": TAIL.replace("title", "details")}, "columns.details"),
        ({"colour": '"red"'}, "colour"),
        ({"currency": '"XXX"'}, "currency"),
        ({"currency": None}, "currency"),
        ({"time_zone": '"Mars/Base"'}, "time_zone"),
        ({"observed_zone": '"../../etc/passwd"'}, "observed_zone"),
        ({"encoding": '"klingon"'}, "encoding"),
        ({"separator": '";;"'}, "separator"),
        ({"source": '"My Court"'}, "source"),
        ({"source": "5"}, "source"),
        ({"dialect": '"no_such_source"'}, "dialect"),
        ({"dialect": '"os"'}, "dialect"),
        ({"source_column": '"x"'}, "sources"),
        ({"observed_format": '"%Y"'}, "observed_format"),
        ({"ignored": "[1]"}, "ignored"),
        ({"number_form": '"roman"'}, "number_form"),
        ({"seller_kind": '"friend"'}, "seller_kind"),
        ({"tail": "\n[columns]\ntitle = 'x'"}, "id"),
        ({"tail": TAIL + "[kind_labels]\n'x' = 'castle'"}, "kind_labels.x"),
        ({"tail": TAIL + "[loan_labels]\n'x' = 1"}, "loan_labels.x"),
        ({"tail": TAIL + "[grammar]\nby = 'nobody'\ncolumn = 'x'"}, "grammar.by"),
        ({"tail": TAIL + "[grammar]\nby = 'br_caixa'"}, "grammar.column"),
        ({"tail": TAIL.replace("title", "titel")}, "columns.titel"),
        ({"tail": TAIL.replace("title", "source_id")}, "columns.source_id"),
        ({"tail": TAIL.replace("unit", "units")}, "columns.starting_price_raw.units"),
        ({"tail": TAIL.replace('["名称"]', "[5]")}, "columns.title"),
        ({"tail": TAIL.replace('["名称"]', "{ pattern = '(x)' }")}, "columns.title.column"),
        ({"tail": TAIL.replace('["名称"]', "{ column = 'x', template = 'y' }")}, "columns.title.template"),
        ({"tail": TAIL.replace("(\\d+)", "\\d+")}, "id.pattern"),
        ({"tail": TAIL.replace("(\\d+)", "((")}, "id.pattern"),
    ],
)
def test_bad_mapping_is_named_by_file_and_key(write_mapping, keys, key):
    path = write_mapping(**keys)
    with pytest.raises(BadMapping) as caught:
        load_mapping(path)
    assert caught.value.key == key
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"[id"])
def test_what_is_no_toml_is_a_bad_mapping(tmp_path, content):
    (tmp_path / "own.toml").write_bytes(content)
    with pytest.raises(BadMapping, match=r"own\.toml"):
        load_mapping(tmp_path / "own.toml")


def test_unknown_name_lists_what_is_shipped():
    with pytest.raises(BadMapping, match=r"shipped mappings: .*caixaaberta, .*scrap-imoveis-rs"):
        load_mapping("caixaabierta")


def test_missing_columns_are_named_with_their_alternatives(write_mapping):
    mapping = load_mapping(write_mapping())
    with pytest.raises(LayoutChanged, match=r"名称, 起拍价\(万\) or 起拍价"):
        mapping.parse(page_of("编号,阶段\n"))


def test_unknown_columns_are_told_once_for_each_file(write_mapping, caplog):
    mapping = load_mapping(write_mapping(ignored='["备注"]'))
    with caplog.at_level(logging.WARNING):
        mapping.parse(page_of("编号,名称,起拍价,阶段,备注,新列\n" + "1,a,1,一拍,,\n" * 3))
    assert [record.getMessage() for record in caplog.records] == [
        "mapping own: columns that no rule reads: 新列 (file:lots.csv)"
    ]


def test_rows_that_do_not_fit_are_refused_one_by_one(write_mapping):
    content = load_mapping(write_mapping()).parse(
        page_of(HEADER + "1,a,5,一拍\n\nx2,b,5,一拍\n,c,5,一拍\n4,d,5\n5,e,5,一拍,more\n6,f,5,一拍\n")
    )
    assert [item.source_id for item in content.items] == ["1", "6"]
    assert [(row.position, row.reason) for row in content.refused] == [
        (3, "no identifier: 编号 (id): 'x2'"),
        (4, "no identifier: 编号 is blank"),
        (5, "3 cells under 4 columns"),
        (6, "5 cells under 4 columns"),
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no header"),
        (b"\n,,\n", "no header"),
        (HEADER.encode("gb18030"), "not utf-8"),
        (HEADER.encode("utf-16"), "not utf-8"),
        ((HEADER + "1,a\0b,5,x\n").encode(), "NUL"),
        ((HEADER + "1," + "x" * 5_000_000 + ",5,y\n").encode(), "broken table at line 2"),
        ((HEADER + '1,"open,5,y\n' + "2,b,5,y\n" * 3).encode(), "broken table"),
        (b"a,a,b\n", "named twice: a"),
        (b"<html>Radware</html>", "missing"),
    ],
)
def test_broken_table_is_refused_as_a_whole(write_mapping, body, reason):
    mapping = load_mapping(write_mapping())
    with pytest.raises(LayoutChanged, match=reason):
        mapping.parse(page_of(body))
    assert mapping.recognises(page_of(body)) == reason.startswith("broken table")  # its header is whole


def test_a_cell_of_megabytes_is_refused_though_a_library_has_lifted_the_limit_of_the_process(write_mapping):
    before = csv.field_size_limit(10_000_000)
    try:
        with pytest.raises(LayoutChanged, match="broken table at line 2"):
            load_mapping(write_mapping()).parse(page_of(HEADER + "1," + "x" * 5_000_000 + ",5,y\n"))
    finally:
        csv.field_size_limit(before)


def test_endless_row_is_refused_with_a_short_excerpt(write_mapping):
    content = load_mapping(write_mapping()).parse(page_of(HEADER + "1," * 2_500_000 + "\n2,b,5,一拍\n"))
    assert len(content.items) == 1
    assert len(content.refused[0].excerpt) <= 200


def test_other_encoding_and_separator(write_mapping):
    mapping = load_mapping(write_mapping(encoding='"gbk"', separator='"\\t"'))
    content = mapping.parse(page_of((HEADER + "7,某房,3,一拍\n").replace(",", "\t").encode("gbk")))
    assert content.items[0].title == "某房"


def test_byte_order_mark_and_blanks_around_names_do_no_harm(write_mapping):
    content = load_mapping(write_mapping()).parse(page_of("\ufeff编号 , 名称,起拍价,阶段\r\n7,某房,3,一拍\r\n"))
    assert content.items[0].source_id == "7"


def test_value_of_the_source_column_decides_and_unknown_ones_are_refused(write_mapping):
    tail = TAIL + '[sources."甲"]\nsource = "other_court"\ncurrency = "HKD"\n[sources."乙"]\n'
    mapping = load_mapping(write_mapping(tail, source_column='"来源"'))
    content = mapping.parse(page_of("编号,名称,起拍价,来源\n1,a,1,甲\n2,b,1,乙\n3,c,1,丙\n"))
    assert [(item.source_id, item.source) for item in content.items] == [("1", "other_court"), ("2", "my_court")]
    assert content.refused[0].reason == "来源: unknown source '丙'"
    assert mapping.dialects["other_court"].currency == "HKD"
    assert mapping.dialects["other_court"].round_labels == {}  # labels are never another source's
    assert mapping.dialects["my_court"].round_labels["一拍"] is RoundKind.FIRST_AUCTION


@pytest.fixture
def timed(write_mapping):
    return load_mapping(
        write_mapping(
            TAIL,
            observed_column='["抓取时间", "time"]',
            observed_format='"%Y-%m-%d %H:%M"',
            observed_zone='"Asia/Shanghai"',
        )
    )


@pytest.mark.parametrize("column", ["抓取时间", "time"])
def test_time_of_a_file_is_that_of_its_earliest_row(timed, column):
    page = page_of(f"编号,名称,起拍价,{column}\n1,a,1,2026-07-21 10:05\n2,b,1,2026-07-21 10:00\n3,c,1,\n")
    assert timed.find_observation_time(page) == datetime(2026, 7, 21, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("1,a,1,2026-07-21 10:00\n2,b,1,2026-07-22 10:01\n", "not one observation"),
        ("1,a,1,yesterday\n", "'yesterday'"),
    ],
)
def test_file_of_several_days_or_odd_times_is_refused(timed, read, tmp_path, rows, reason):
    (tmp_path / "lots.csv").write_text("编号,名称,起拍价,time\n" + rows, "utf-8")
    (arrived,) = read(tmp_path / "lots.csv", mapping=timed)
    assert isinstance(arrived, Unreadable)
    assert reason in arrived.reason


def test_with_a_mapping_other_files_are_skipped(timed, read, tmp_path, lot_html):
    (tmp_path / "2021-08-10.html").write_text(lot_html, "utf-8")
    assert Skipped(str(tmp_path / "2021-08-10.html"), "mapping own reads csv tables only") in read(
        tmp_path, mapping=timed
    )


JSON_TAIL = """
[id]
column = "id"
[columns]
title = "info.name"
starting_price_raw = "price"
state_raw = { from_name = true, pattern = '/([a-z]{2})\\d' }
"""


def test_json_list_is_read_with_inner_names_and_numbers_kept(write_mapping):
    mapping = load_mapping(write_mapping(JSON_TAIL, format='"json"', rows='"data.lots"', ignored='["tags"]'))
    lots = [{"id": 7, "info": {"name": " 某 房 "}, "price": 125.5, "tags": ["a"]}, {"id": None, "info": {"name": "b"}}]
    content = mapping.parse(page_of(json.dumps({"data": {"lots": lots}}), "https://x/bj7.json"))
    (item,) = content.items
    assert (item.source_id, item.title, item.starting_price_raw, item.state_raw) == ("7", "某 房", 125.5, "bj")
    assert content.refused[0].reason == "no identifier: id is blank"


@pytest.mark.parametrize(
    "body", ["[]", '{"data": {}}', '{"data": {"lots": 5}}', '{"data": {"lots": [5]}}', "<html>", "[" * 9_000]
)
def test_json_without_the_list_is_refused(write_mapping, body):
    mapping = load_mapping(write_mapping(JSON_TAIL, format='"json"', rows='"data.lots"'))
    with pytest.raises(LayoutChanged):
        mapping.parse(page_of(body, "file:x.json"))


def test_empty_json_list_is_empty(write_mapping):
    mapping = load_mapping(write_mapping(JSON_TAIL, format='"json"'))
    assert mapping.parse(page_of("[]", "file:x.json")).items == []
