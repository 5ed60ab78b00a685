"""The plot of the cut share: the same line by month, with gaps and intervals, that clearance has."""

from collections.abc import Iterator
from datetime import date

from reporting.plots.clearance import Month, plot_clearance
from reporting.plots.options import Option
from reporting.statistics.cut_share import MEASURE, CutShare


def plot_of_cut_share(report: CutShare) -> Option:
    """The share by month; a month in which nobody looked is a gap."""
    option = plot_clearance(list(_months(report)), "Cut share by month", MEASURE)
    option["series"][0]["name"] = "cut share"
    return option


def _months(report: CutShare) -> Iterator[Month]:
    for row in report.rows:
        if row.group is not None:
            first_day = date.fromisoformat(f"{row.group}-01")
            yield Month(first_day, row.n or 0, row.rate.value, row.rate.low, row.rate.high)
