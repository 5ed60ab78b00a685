"""Statistics: the pages, their files and the API tell what ``fapai report`` tells."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import Engine
from typer.testing import CliRunner

from fapai.__main__ import app as command_line
from reporting.context import COLUMNS as CONTEXT_COLUMNS
from reporting.coverage import COLUMNS as COVERAGE_COLUMNS
from reporting.coverage import State
from reporting.filters import Filters
from reporting.plots.clearance import Month, plot_clearance
from reporting.plots.funnel import COLORS
from reporting.statistics.clearance import HOME_COLUMNS, ROUND_COLUMNS
from reporting.statistics.counts import COLUMNS as COUNT_COLUMNS
from reporting.statistics.counts import PUBLISHED_COLUMNS
from reporting.statistics.cut_share import COLUMNS as SHARE_COLUMNS
from reporting.statistics.funnel import COLUMNS as FUNNEL_COLUMNS
from reporting.statistics.funnel import Stage
from reporting.survival import COLUMNS as TIME_COLUMNS
from reporting.web.errors import NotReady
from reporting.web.languages import Language, words_in
from reporting.web.statistics.keeper import StatisticKeeper
from reporting.web.statistics.questions import STATISTICS, Asked
from reporting.web.statistics.shown import heading_of, remark_text, show_option
from tests.reporting.web.conftest import NOW

COLUMNS = {
    "counts": (*COUNT_COLUMNS, *PUBLISHED_COLUMNS),
    "clearance": (*ROUND_COLUMNS, *HOME_COLUMNS),
    "funnel": FUNNEL_COLUMNS,
    "time-to-sale": TIME_COLUMNS,
    "cut-share": SHARE_COLUMNS,
    "coverage": COVERAGE_COLUMNS,
    "context": CONTEXT_COLUMNS,
}
SAME = (
    ("counts", "by=city", ["--by", "city"]),
    ("counts", "by=seller", ["--by", "seller"]),
    ("clearance", "by=round&source=jd_judicial", ["--by", "round", "--source", "jd_judicial"]),
    ("clearance", "", ["--by", "month"]),
    ("clearance", "per=homes&by=city", ["--per-home", "--by", "city"]),
    ("funnel", "kind=flat", ["--kind", "flat"]),
    ("time-to-sale", "by=source", ["--by", "source"]),
    ("cut-share", "source=br_caixa", ["--source", "br_caixa"]),
    ("coverage", "as-of=2026-09-05", ["--by", "source", "--as-of", "2026-09-05"]),
)


@pytest.mark.parametrize(("name", "query", "options"), SAME, ids=str)
def test_a_statistic_is_the_same_on_the_command_line_in_its_files_and_in_the_api(
    site: TestClient, recorded_engine: Engine, name: str, query: str, options: list[str]
):
    url = recorded_engine.url.render_as_string(hide_password=False)
    told = CliRunner().invoke(command_line, ["report", name, *options, "--format", "json", "--db", url])
    assert told.exit_code == 0, told.output
    rows = json.loads(told.stdout)
    assert rows
    assert json.loads(site.get(f"/statistics/{name}.json?{query}").content) == rows
    assert site.get(f"/api/v1/statistics/{name}?{query}").json()["rows"] == rows
    lines = list(csv.DictReader(io.StringIO(site.get(f"/statistics/{name}.csv?{query}").content.decode("utf-8-sig"))))
    assert [list(line) for line in lines] == [list(row) for row in rows]


def test_the_page_shows_the_counts_of_the_report_with_its_definition_and_sample(site: TestClient):
    page = site.get("/statistics/counts?by=city&city=泉州").text
    (row,) = site.get("/api/v1/statistics/counts?by=city&city=泉州").json()["rows"]
    cells = re.findall(r'<td class="figure">([^<]*)</td>', page)
    assert cells == [f"{row[name]:,}" for name in ("listings", "rounds", "homes", "unlinked")]
    assert row["listings"] == 71
    assert "挂牌、轮次和房产三种数量并列" in page
    assert "轮次：一次出售尝试，同时在两个平台或换编号继续的只算一次" in page
    assert "观察期 2018-05-06 至 2026-09-04" in page


def test_the_plot_is_the_option_of_the_command_line_with_names_of_the_language(site: TestClient):
    page = site.get("/statistics/funnel?lang=zh").text
    option = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)[0])
    plain = site.get("/api/v1/statistics/funnel").json()["plot"]
    assert [each["data"] for each in option["series"]] == [each["data"] for each in plain["series"]]
    assert {each["name"] for each in plain["series"]} <= {outcome.value for outcome in COLORS}
    assert "成交" in {each["name"] for each in option["series"]}
    assert any(name.startswith("一拍 n = ") for name in option["yAxis"]["data"])


def test_the_overview_has_every_statistic_and_its_definition(site: TestClient):
    page = site.get("/statistics").text
    for name in STATISTICS:
        assert f'href="/statistics/{name}"' in page
        assert words_in(Language.ZH).say(f"statistics.definition_{name}") in page
    assert page.count('<figure class="plot"') >= 2


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize("language", Language)
def test_every_column_has_a_heading_in_both_languages(name: str, language: Language):
    for column in COLUMNS[name]:
        if column.is_in_table:
            assert heading_of(column.name, name, words_in(language))


@pytest.mark.parametrize("language", Language)
def test_every_stage_state_and_group_has_its_word(language: Language):
    words = words_in(language)
    keys = [f"stage_{each.value}" for each in Stage] + [f"state_{each.value}" for each in State]
    keys += [f"by_{group}" for each in STATISTICS.values() for group in each.groups]
    assert [key for key in keys if key not in words.texts["statistics"]] == []


def test_remarks_of_reports_are_told_in_the_language_with_their_day():
    words = words_in(Language.ZH)
    assert remark_text("insufficient data: fewer than 10 cases, month not over", words) == "数据不足 · 本月未结束"
    assert remark_text("at least: not looked at after 2026-08-20", words) == "至少：此后没有看过 2026-08-20"
    assert remark_text("something new", words) == "something new"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/statistics/nothing", 404),
        ("/statistics/..%2f..%2fetc", 404),
        ("/statistics/counts?by=colour", 400),
        ("/statistics/coverage?kind=flat", 400),
        ("/statistics/counts?max-price=5", 400),
        ("/statistics/counts?source=nobody", 400),
        ("/api/v1/statistics/context?series=nothing", 400),
        ("/api/v1/statistics/nothing", 404),
    ],
)
def test_what_cannot_be_asked_is_told_and_not_left_out(site: TestClient, address: str, status: int):
    assert site.get(address).status_code == status


def test_filters_go_along_to_another_statistic_as_far_as_it_takes_them(site: TestClient):
    page = site.get("/statistics/funnel?kind=flat&source=jd_judicial").text
    assert 'href="/statistics/clearance?source=jd_judicial&amp;kind=flat"' in page
    assert 'href="/statistics/coverage?source=jd_judicial"' in page


def test_the_same_question_is_counted_once_while_the_database_stays(recorded_engine: Engine):
    keeper = StatisticKeeper(recorded_engine, lambda: NOW)
    one = keeper.answer(Asked("counts", Filters(), "city"))
    assert keeper.answer(Asked("counts", Filters(), "city")) is one
    assert keeper.answer(Asked("counts", Filters(), "source")) is not one


def test_of_a_large_database_is_counted_beside_the_requests_and_only_when_asked(recorded_engine: Engine):
    keeper = StatisticKeeper(recorded_engine, lambda: NOW, small=10)
    asked = Asked("counts", Filters(), "source")
    assert keeper.kept(asked) is None
    with pytest.raises(NotReady):
        keeper.answer(asked)
    _finish(keeper)
    assert {row.group: row.listings for row in keeper.answer(asked).table().rows}["br_caixa"] == 426


def test_a_failure_beside_the_requests_is_told_to_who_asks_again(recorded_engine: Engine):
    keeper = StatisticKeeper(recorded_engine, lambda: NOW, small=10)
    asked = Asked("context", Filters(), series=("nothing",))
    with pytest.raises(NotReady):
        keeper.answer(asked)
    _finish(keeper)
    with pytest.raises(Exception, match="nothing"):
        keeper.answer(asked)


def test_a_page_that_is_being_counted_says_so_and_asks_again(own_site, monkeypatch: pytest.MonkeyPatch):
    client = own_site()
    client.app.state.statistics = StatisticKeeper(client.app.state.settings.engine, lambda: NOW, small=10)
    monkeypatch.setattr(client.app.state.statistics, "_work", lambda: None)
    answer = client.get("/statistics/funnel")
    assert answer.status_code == 202
    assert "正在计算" in answer.text
    assert 'hx-trigger="load delay:3s"' in answer.text
    assert client.get("/api/v1/statistics/funnel").headers["retry-after"]
    assert '<figure class="plot"' not in client.get("/statistics").text


def test_where_too_little_is_known_there_is_no_empty_plot(site: TestClient):
    page = site.get("/statistics/time-to-sale?by=source").text
    assert '<figure class="plot"' not in page
    assert "已知的太少" in page
    assert site.get("/api/v1/statistics/time-to-sale?by=source").json()["plot"] is None


def _finish(keeper: StatisticKeeper) -> None:
    thread = keeper._thread
    if thread is not None:
        thread.join()


@pytest.mark.parametrize(
    "path", ["/statistics/time-to-sale", "/statistics/counts?by=all", "/statistics/clearance?by=all"]
)
def test_a_group_of_all_is_named_in_the_language_of_the_page(site: TestClient, path: str):
    names = {}
    for language in ("zh", "en"):
        separator = "&" if "?" in path else "?"
        page = html.fromstring(site.get(f"{path}{separator}lang={language}").text)
        names[language] = {text.strip() for text in page.xpath("//tbody//th/text()")}
    assert names == {"zh": {"全部"}, "en": {"all"}}


def test_a_plot_of_rates_begins_where_the_first_is_known_and_shows_a_lone_one():
    def month(number: int, rate: str | None) -> Month:
        known = Decimal(rate) if rate else None
        return Month(date(2026, number, 1), 40 if rate else 3, known, known and known - 9, known and known + 9)

    months = [month(1, None), month(2, None), month(3, "55"), month(4, None), month(5, "60")]
    drawn = plot_clearance(months)
    shown = show_option(drawn, Asked("clearance", Filters(), "month"), words_in(Language.ZH))

    assert shown["xAxis"]["data"] == ["2026-03", "2026-04", "2026-05"]
    rate, gaps = shown["series"]
    assert (rate["data"], gaps["data"]) == ([55, None, 60], [None, 100, None])
    assert [ends[0]["coord"] for ends in rate["markLine"]["data"]] == [[0, 46], [2, 51]]
    assert rate["showAllSymbol"] is True
    assert len(drawn["xAxis"]["data"]) == 5  # the report's own plot stays as it is
