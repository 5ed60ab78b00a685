"""Clearance by month: a rate with its interval where enough is known, a gap where not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reporting.plots.options import BLUE, GREY, Option, bars, base_option, category_axis, line, number, value_axis

MEASURE = "sold / (sold + failed) of rounds that ended in the month and whose outcome is known; bars: 95 % interval"


@dataclass(frozen=True, slots=True)
class Month:
    """The rounds that ended in one month, by its first day. Percent; ``rate`` is ``None`` where too little is known."""

    first_day: date
    count: int  # with a known outcome: the sample
    rate: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None


def plot_clearance(months: Sequence[Month], title: str = "Clearance by month", measure: str = MEASURE) -> Option:
    """A line over every month from the first to the last. A month that is missing, or has no rate, breaks it."""
    row = list(_every_month(months))
    names = [f"{month.first_day:%Y-%m}" for month in row]
    option = base_option(title, f"{measure}; n = {sum(month.count for month in row):,}")
    option["xAxis"] = category_axis(names, turned=45 if len(names) > 14 else 0)
    option["yAxis"] = value_axis(percent=True)
    rate = line("clearance rate", [number(month.rate) for month in row], BLUE, symbolSize=7)
    rate["markLine"] = {
        "symbol": "none",
        "silent": True,
        "label": {"show": False},
        "lineStyle": {"color": BLUE, "type": "solid", "opacity": 0.55},
        "data": [
            [{"coord": [place, number(month.low)]}, {"coord": [place, number(month.high)]}]
            for place, month in enumerate(row)
            if month.low is not None and month.high is not None
        ],
    }
    gaps = bars("no rate known", [100 if month.rate is None else None for month in row], GREY)
    gaps |= {"barCategoryGap": "0%", "itemStyle": {"color": GREY, "opacity": 0.15}, "silent": True}
    option["series"] = [rate, *([gaps] if any(month.rate is None for month in row) else [])]
    return option


def from_first_known(option: Option) -> Option:
    """The plot of a rate from the first month on in which it is known: years of grey would leave it no room.

    Each point is drawn: on a long axis a lone one would have no line and no symbol.
    """
    rate = option["series"][0]
    first = next((place for place, value in enumerate(rate["data"]) if value is not None), None)
    if not isinstance(option["xAxis"].get("data"), list) or first is None:
        return option
    series = [{**each, "data": each["data"][first:]} for each in option["series"]]
    marks = [[_moved(end, first) for end in ends] for ends in rate["markLine"]["data"]]
    series[0] |= {"showAllSymbol": True, "markLine": {**rate["markLine"], "data": marks}}
    return {**option, "xAxis": {**option["xAxis"], "data": option["xAxis"]["data"][first:]}, "series": series}


def _moved(end: Mapping[str, Any], first: int) -> dict[str, Any]:
    place, value = end["coord"]
    return {**end, "coord": [place - first, value]}


def _every_month(months: Sequence[Month]) -> Iterator[Month]:
    """The months in order, with empty ones where one is missing."""
    told = {month.first_day.replace(day=1): month for month in months}
    if not told:
        return
    day, last = min(told), max(told)
    while day <= last:
        yield told.get(day, Month(day, 0, None))
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
