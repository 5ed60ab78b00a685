"""The plots of what ``reporting.statistics`` counts."""

from datetime import date

from reporting.attempts import Outcome
from reporting.choices import By
from reporting.errors import WrongFilter
from reporting.plots.clearance import Month, plot_clearance
from reporting.plots.funnel import Stage, plot_funnel
from reporting.plots.options import Option
from reporting.plots.sellers import SellerCount, plot_counts
from reporting.statistics.clearance import Clearance
from reporting.statistics.counts import Counts
from reporting.statistics.funnel import Funnel

CHINESE = {
    "first_auction": "一拍",
    "second_auction": "二拍",
    "third_auction": "三拍",
    "sell_off": "变卖",
    "re_auction": "重拍",
    "bank_sale": "银行直售",
}


def plot_of_funnel(report: Funnel) -> Option:
    """A bar for each stage that has rounds, divided by outcome."""
    stages = [
        Stage(
            f"{row.group or 'not told'} {CHINESE.get(row.group or '', '')}".strip(),
            {outcome: getattr(row, outcome.value) for outcome in Outcome},
        )
        for row in report.stages
        if row.rounds
    ]
    return plot_funnel(stages)


def plot_of_clearance(report: Clearance) -> Option:
    """The rate by month.

    Raises:
        WrongFilter: the report is told apart by something else.
    """
    if report.question.by is not By.MONTH or report.question.per_home:
        raise WrongFilter("--plot: clearance is drawn by month: add --by month, without --per-home")
    months = [
        Month(date.fromisoformat(f"{row.group}-01"), row.sold + row.failed, row.rate.value, row.rate.low, row.rate.high)
        for row in report.rows
        if row.group is not None and hasattr(row, "failed")
    ]
    return plot_clearance(months)


def plot_of_counts(report: Counts) -> Option:
    """Bars for each group: listings, homes, and what is published of it."""
    rows = [SellerCount(row.group or "not told", row.listings, row.homes, row.published) for row in report.rows]
    return plot_counts(rows, title=f"Offers by {report.question.by.value}")
