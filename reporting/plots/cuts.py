"""The distribution of price cuts."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from reporting.plots.options import BLUE, Option, bars, base_option, category_axis, counted, value_axis
from reporting.tables import Tabular

BIN = 5  # percent
MEASURE = "price cuts in percent of the earlier price"


def plot_cuts(cuts: Sequence[Decimal], title: str = "How deep the cuts are", measure: str = MEASURE) -> Option:
    """Bars of five percent each, from the smallest cut to the largest; empty ones between stay.

    Args:
        cuts: in percent of the earlier price, above 0; a cut of exactly 10 stands in the bar from 10 to 15.
        title: above the plot.
        measure: what the cuts are measured by.
    """
    found = Counter(int(cut // BIN) * BIN for cut in cuts)
    edges = range(min(found), max(found) + BIN, BIN) if found else range(0)
    option = base_option(title, f"{measure}; n = {len(cuts):,}", legend=False)
    option["xAxis"] = category_axis([f"{edge}–{edge + BIN}%" for edge in edges], turned=45 if len(edges) > 10 else 0)
    option["yAxis"] = value_axis("cuts") | {"minInterval": 1}
    values = [counted(found[edge] or None) for edge in edges]
    option["series"] = [bars("cuts", values, BLUE, barCategoryGap="8%", label={"position": "top"})]
    return option


def plot_price_cuts(report: Tabular) -> Option:
    """The same of the rows of a report on cuts."""
    table = report.table()
    return plot_cuts([row.cut_percent for row in table.rows], measure=table.measure)
