"""Options of plots as data: what is drawn, and what is left a gap."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from reporting.attempts import Outcome
from reporting.plots.clearance import Month, plot_clearance
from reporting.plots.cuts import plot_cuts
from reporting.plots.funnel import Stage, plot_funnel
from reporting.plots.sellers import SellerCount, plot_counts


def series_of(option: dict[str, Any]) -> dict[str, list[Any]]:
    """The plain values of each series."""
    assert json.loads(json.dumps(option)) == option
    return {
        each["name"]: [point["value"] if isinstance(point, dict) else point for point in each["data"]]
        for each in option["series"]
    }


def test_a_funnel_holds_every_round_of_every_stage_once():
    stages = [
        Stage("一拍", {Outcome.SOLD: 1_174, Outcome.FAILED: 2_200, Outcome.UNKNOWN: 79}),
        Stage("变卖", {Outcome.SOLD: 54, Outcome.FAILED: 500}),
    ]
    option = plot_funnel(stages)
    assert series_of(option) == {"sold": [1174, 54], "failed": [2200, 500], "unknown": [79, None]}
    assert option["yAxis"]["data"] == ["一拍 n = 3,453", "变卖 n = 554"]
    assert option["yAxis"]["inverse"] is True
    assert "n = 4,007" in option["title"]["subtext"]
    assert len({each["stack"] for each in option["series"]}) == 1


def test_a_part_of_a_funnel_that_is_too_short_for_its_number_has_no_label():
    option = plot_funnel([Stage("一拍", {Outcome.SOLD: 990, Outcome.FAILED: 10})])
    sold, failed = (each["data"][0]["label"] for each in option["series"])
    assert (sold, failed) == ({"show": True, "formatter": "990"}, {"show": False})


def test_months_without_a_rate_break_the_line_and_are_shaded_never_zero():
    half = Decimal("47.5")
    months = [
        Month(date(2025, 11, 1), 120, half, Decimal(39), Decimal(56)),
        Month(date(2026, 2, 1), 4, None),
        Month(date(2026, 3, 1), 80, Decimal(50), Decimal(39), Decimal(61)),
    ]
    option = plot_clearance(months)
    assert option["xAxis"]["data"] == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
    series = series_of(option)
    assert series["clearance rate"] == [47.5, None, None, None, 50.0]
    assert series["no rate known"] == [None, 100, 100, 100, None]
    line = option["series"][0]
    assert line["connectNulls"] is False
    assert line["markLine"]["data"] == [
        [{"coord": [0, 39.0]}, {"coord": [0, 56.0]}],
        [{"coord": [4, 39.0]}, {"coord": [4, 61.0]}],
    ]
    assert "n = 204" in option["title"]["subtext"]


def test_a_line_of_months_without_gaps_shades_nothing():
    months = [Month(date(2025, month, 1), 50, Decimal(30)) for month in (1, 2)]
    assert list(series_of(plot_clearance(months))) == ["clearance rate"]


def test_clearance_of_no_month_is_an_empty_plot():
    assert plot_clearance([])["xAxis"]["data"] == []


def test_the_published_number_stands_beside_listings_and_homes():
    sellers = [
        SellerCount("兰州银行", 900, 700, 1_779),
        SellerCount("四川农信", 11_000, None, 24_821),
        SellerCount("吉林银行", 2_000, 1_500, None),
    ]
    option = plot_counts(sellers)
    assert option["yAxis"]["data"] == ["四川农信", "吉林银行", "兰州银行"]
    assert series_of(option) == {
        "listings": [11000, 2000, 900],
        "homes": [None, 1500, 700],
        "published": [24821, None, 1779],
    }
    assert option["series"][2]["data"][0]["label"]["formatter"] == "24,821"


def test_what_nobody_published_has_no_bars_and_small_sellers_are_said_to_be_left_out():
    option = plot_counts([SellerCount(f"bank {number}", number) for number in range(1, 31)])
    assert list(series_of(option)) == ["listings"]
    assert len(option["yAxis"]["data"]) == 20
    assert "n = 465 listings; the 20 largest of 30 sellers" in option["title"]["subtext"].replace("\n", " ")


def test_cuts_stand_in_bars_of_five_percent_and_empty_bars_stay():
    cuts = [Decimal(text) for text in ("4.99", "5", "9.99", "20.00", "20.01")]
    option = plot_cuts(cuts)
    assert option["xAxis"]["data"] == ["0–5%", "5–10%", "10–15%", "15–20%", "20–25%"]
    assert series_of(option) == {"cuts": [1, 2, None, None, 2]}
    assert "n = 5" in option["title"]["subtext"]


def test_no_cuts_are_an_empty_plot():
    assert series_of(plot_cuts([])) == {"cuts": []}


def test_a_long_definition_is_broken_into_lines_and_the_plot_makes_room():
    short, long = plot_cuts([]), plot_cuts([], measure="cuts of homes " * 20)
    assert long["title"]["subtext"].count("\n") == 2
    assert long["grid"]["top"] == short["grid"]["top"] + 2 * 16
