"""The survival curve: the share of homes that is still unsold, day by day from the first notice."""

from collections.abc import Iterator, Sequence
from itertools import islice

from reporting.plots.options import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    Option,
    base_option,
    between,
    line,
    value_axis,
)
from reporting.spells import Ending
from reporting.survival import LEAST_HOMES, MEASURE, Curve, Point, TimeToSale, stairs

COLORS = (BLUE, ORANGE, GREEN, PURPLE, RED, GREY)
STYLES = ("solid", "dashed", "dotted")
ENDINGS = {Ending.SOLD: GREEN, Ending.TAKEN_BY_CREDITOR: ORANGE, Ending.WITHDRAWN: PURPLE}


def plot_survival(report: TimeToSale, title: str = "Time to sale") -> Option:
    """One group: its curve with the interval, and how the homes ended first. More: a curve for each of the largest.

    A group of fewer homes than a rate needs, or without any result, is left out.
    """
    told = (curve for curve in report.curves if len(curve.spells) >= LEAST_HOMES and curve.has_results)
    curves = list(islice(told, len(COLORS)))
    homes = sum(len(curve.spells) for curve in curves)
    option = base_option(title, f"{MEASURE}; n = {homes:,} homes", bottom=56)
    option["xAxis"] = value_axis("days from the first notice", name_gap=30) | {"min": 0}
    option["yAxis"] = value_axis(percent=True)
    option["series"] = [*_alone(curves[0])] if len(curves) == 1 else [*_side_by_side(curves)]
    option["legend"]["data"] = [each["name"] for each in option["series"] if not each["name"].endswith(", below")]
    return option


def _alone(curve: Curve) -> Iterator[Option]:
    points = list(stairs(curve))
    inner = [point for point in points if point.low is not None and point.high is not None]
    yield from between(
        "95 % interval",
        [_xy(point.day, point.low or 0) for point in inner],
        [_xy(point.day, (point.high or 0) - (point.low or 0)) for point in inner],
        BLUE,
        step="end",
    )
    yield line("unsold", [_xy(point.day, point.unsold) for point in points], BLUE, step="end", symbol="none")
    for ending, color in ENDINGS.items():
        steps = [(0, 0.0), *curve.incidence[ending]]
        if steps[-1][1] > 0:
            name = f"first: {ending.value.replace('_', ' ')}"
            style = {"color": color, "width": 2, "type": "dashed"}
            yield line(
                name, [_xy(day, share) for day, share in steps], color, step="end", symbol="none", lineStyle=style
            )


def _side_by_side(curves: Sequence[Curve]) -> Iterator[Option]:
    for place, curve in enumerate(curves):
        points: Sequence[Point] = list(stairs(curve))
        style = {"color": COLORS[place], "width": 2, "type": STYLES[place % len(STYLES)]}
        name = f"{curve.group or 'not told'} (n = {len(curve.spells):,})"
        yield line(
            name,
            [_xy(point.day, point.unsold) for point in points],
            COLORS[place],
            step="end",
            symbol="none",
            lineStyle=style,
        )


def _xy(day: int, share: float) -> list[float]:
    return [day, round(share * 100, 4)]
