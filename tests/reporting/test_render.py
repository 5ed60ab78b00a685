"""Reports as tables, CSV and JSON: whole, aligned, and harmless whatever a site wrote."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from rich.cells import cell_len
from sqlalchemy import Engine

from reporting.filters import Filters
from reporting.money import amount_text, percent_of
from reporting.price_cuts import PriceCut, PriceCutQuestion, PriceCutReport, price_cuts
from reporting.render import Format, clean, default_format, money_text, render
from store.engine import reading
from store.terms import Currency

SEEN = datetime(2021, 9, 4, 20, 20, tzinfo=UTC)  # the fifth in Shanghai
CUT = PriceCut(
    source="ali_judicial",
    source_id="672339871234",
    generation=1,
    observed_at=SEEN,
    currency=Currency.CNY,
    previous_price=Decimal("1250503.00"),
    price=Decimal("1000402.40"),
    cut_amount=Decimal("250100.60"),
    cut_percent=Decimal("20.00"),
    title="北京市朝阳区望京西园三区308楼2502室住宅一套",
    url="https://sf.taobao.com/sf_item/672339871234.htm",
)
HOSTILE = 'a\x1b[31mred\x07\r\n[bold]b[/bold] \u202egnp.exe\u2066 :smile: =1+1, "x"\x9b'


def report_of(*cuts: PriceCut, limit: int | None = 50) -> PriceCutReport:
    return PriceCutReport(PriceCutQuestion(Filters(), every=True, limit=limit), cuts, SEEN, SEEN)


def written(report: PriceCutReport, output: Format, width: int | None = None) -> str:
    stream = io.StringIO(newline="")
    render(report, output, stream, width=width)
    return stream.getvalue()


def test_a_table_tells_its_measure_n_and_the_time_of_its_observations():
    lines = written(report_of(CUT), Format.TABLE).splitlines()

    assert lines[0].split() == ["source", "id", "seen", "was", "now", "by", "cut", "title"]
    assert "2021-09-05  125.05万  100.04万  25.01万  20.0%  北京市" in lines[1]
    assert lines[-2].startswith("price cut: each time the offered price")
    assert lines[-1] == "n = 1 price cuts; observed 2021-09-05 to 2021-09-05 (Asia/Shanghai)"


def test_numbers_stand_under_each_other_also_behind_chinese():
    other = replace(CUT, previous_price=Decimal("12500000.00"), price=Decimal("9999.00"), title="x")

    heading, *rows = written(report_of(CUT, other), Format.TABLE).splitlines()[:3]

    def ends(line: str, word: str) -> int:
        return cell_len(line[: line.index(word) + len(word)])

    assert ends(rows[0], "125.05万") == ends(rows[1], "1,250.00万") == ends(heading, "was")
    assert ends(rows[0], "100.04万") == ends(rows[1], "9,999.00") == ends(heading, "now")


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_a_narrow_table_cuts_titles_and_drops_columns_but_never_a_number(width: int):
    text = written(report_of(replace(CUT, title="望京西园三区" * 20)), Format.TABLE, width)
    heading, row = text.splitlines()[:2]

    assert max(map(cell_len, (heading, row))) <= width
    assert "125.05万" in row
    assert "672339871234" in row
    assert "…" in row or "title" not in heading


def test_a_table_shows_its_limit_and_files_show_all():
    report = report_of(*[CUT] * 60, limit=50)

    text = written(report, Format.TABLE)

    assert text.count("672339871234") == 50
    assert text.splitlines()[-2:] == [
        "n = 60 price cuts; observed 2021-09-05 to 2021-09-05 (Asia/Shanghai)",
        "10 more: raise --limit, or write them all with --format csv or json",
    ]
    assert len(json.loads(written(report, Format.JSON))) == 60
    assert len(list(csv.reader(io.StringIO(written(report, Format.CSV))))) == 61


def test_an_empty_table_still_tells_what_was_asked():
    lines = written(replace(report_of(), observed_from=None, observed_to=None), Format.TABLE).splitlines()

    assert lines[-1] == "n = 0 price cuts"
    assert written(report_of(), Format.JSON) == "[\n]\n"
    assert written(report_of(), Format.CSV).startswith("source,source_id,observed_at,")


def test_a_hostile_title_changes_neither_the_terminal_nor_the_lines():
    text = written(report_of(replace(CUT, title=HOSTILE)), Format.TABLE, 200)

    assert len(text.splitlines()) == 5
    assert "[bold]b[/bold]" in text, "markup is words"
    assert ":smile:" in text
    assert not {sign for sign in text if not sign.isprintable()} - {"\n"}
    assert clean(HOSTILE) == 'a�[31mred� [bold]b[/bold] �gnp.exe� :smile: =1+1, "x"�'


def test_csv_and_json_give_a_hostile_title_back_as_it_was():
    report = report_of(replace(CUT, title=HOSTILE))

    (row,) = csv.DictReader(io.StringIO(written(report, Format.CSV), newline=""))
    (item,) = json.loads(written(report, Format.JSON))

    assert row["title"] == item["title"] == HOSTILE


def test_csv_has_the_field_names_and_plain_values():
    text = written(report_of(replace(CUT, url=None)), Format.CSV)

    assert text == (
        "source,source_id,observed_at,previous_price,price,cut_amount,cut_percent,title,url\r\n"
        "ali_judicial,672339871234,2021-09-05T04:20:00+08:00,1250503.00,1000402.40,250100.60,20.00,"
        "北京市朝阳区望京西园三区308楼2502室住宅一套,\r\n"
    )


def test_json_keeps_chinese_and_all_decimals():
    text = written(report_of(CUT), Format.JSON)

    assert '"price":1000402.40,' in text
    assert "望京西园" in text
    assert json.loads(text)[0]["observed_at"] == "2021-09-05T04:20:00+08:00"


def test_a_pipe_gets_csv():
    assert default_format(io.StringIO()) is Format.CSV


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1250500.00", Currency.CNY, "125.05万"),
        ("9999.99", Currency.CNY, "9,999.99"),
        ("12500000000.00", Currency.CNY, "1,250,000.00万"),
        ("-39200.00", Currency.CNY, "-3.92万"),
        ("233615.48", Currency.BRL, "R$ 233,615.48"),
        ("8200000.00", Currency.TWD, "TWD 8,200,000.00"),
        ("356000000", Currency.KRW, "KRW 356,000,000"),
        ("10.50", None, "10.50"),
    ],
)
def test_money_is_written_as_people_of_its_country_do(amount: str, currency: Currency | None, expected: str):
    assert money_text(Decimal(amount), currency) == expected


def test_the_table_of_the_listings_holds_the_columns_a_buyer_asks_for(caixa: Engine):
    with reading(caixa) as connection:
        report = price_cuts(connection, PriceCutQuestion(Filters()))

    wide, narrow = written(report, Format.TABLE, 250), written(report, Format.TABLE, 80)

    heading = "source id price cut by days last by days under appraisal city kind round last seen title"
    assert " ".join(wide.splitlines()[0].split()) == heading
    assert "R$ 156,800.00  32.9%  R$ 76,815.48    48" in wide
    assert "R$ 156,800.00  32.9%  R$ 76,815.48" in narrow
    assert f"n = {len(report.cuts)} listings under their highest price" in narrow


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(1, 800, "0.13"), (-1, 800, "-0.13"), (1, 3, "33.33"), (3761548, 23361548, "16.10")]
)
def test_percentages_are_rounded_half_up(part: int, whole: int, expected: str):
    assert percent_of(part, whole) == Decimal(expected)


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (23361548, "BRL", "233615.48"),
        (5, "CNY", "0.05"),
        (-150, None, "-1.50"),
        (-5, None, "-0.05"),
        (300, "KRW", "300"),
    ],
)
def test_an_amount_is_plain_text_with_its_currencys_decimals(minor: int, currency: str | None, expected: str):
    assert amount_text(minor, currency) == expected
