"""Counts by bank or other seller: listings, homes, and the number that the seller publishes, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.plots.options import BLUE, GREEN, GREY, Option, bars, base_option, category_axis, counted, value_axis

MEASURE = "listings as published, homes behind them by our links; published: the seller's own number, not de-duplicated"
MOST = 20
"""Bars that can still be read; the title says how many there are."""


@dataclass(frozen=True, slots=True)
class SellerCount:
    """One seller. ``None`` is not known and has no bar: nothing linked, nothing published."""

    name: str
    listings: int
    homes: int | None = None
    published: int | None = None


def plot_counts(sellers: Sequence[SellerCount], title: str = "Offers by seller", measure: str = MEASURE) -> Option:
    """Bars for the sellers with the most listings (or the largest published number), the largest on top."""
    ranked = sorted(sellers, key=lambda each: (-max(each.listings, each.published or 0), each.name))
    shown = ranked[:MOST]
    left_out = f"; the {MOST} largest of {len(ranked):,} sellers" if len(ranked) > MOST else ""
    total = sum(each.listings for each in sellers)
    option = base_option(title, f"{measure}; n = {total:,} listings{left_out}", left=190, bottom=36)
    option["grid"]["right"] = 70  # room for the number of the longest bar
    option["yAxis"] = category_axis([each.name for each in shown], every=True, longest=16) | {"inverse": True}
    option["xAxis"] = value_axis() | {"minInterval": 1}
    named: dict[str, tuple[list[int | None], str]] = {
        "listings": ([each.listings for each in shown], BLUE),
        "homes": ([each.homes for each in shown], GREEN),
        "published": ([each.published for each in shown], GREY),
    }
    option["series"] = [
        bars(name, [counted(value) for value in values], color, barMaxWidth=18, label={"position": "right"})
        for name, (values, color) in named.items()
        if any(value is not None for value in values)
    ]
    return option
