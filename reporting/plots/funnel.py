"""The funnel: what became of the attempts of each stage, from the first auction to the bank's own sale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reporting.attempts import Outcome
from reporting.plots.options import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    Option,
    bars,
    base_option,
    category_axis,
    counted,
    value_axis,
)

COLORS = {
    Outcome.SOLD: GREEN,
    Outcome.FAILED: RED,
    Outcome.WITHDRAWN: ORANGE,
    Outcome.SUSPENDED: PURPLE,
    Outcome.UNKNOWN: GREY,
    Outcome.OPEN: BLUE,
}
LEAST_LABELLED = 0.04
"""Of the longest bar: the number of a shorter part would run into the next."""

MEASURE = "rounds of each stage by what became of them; unknown: ended, the result was not seen"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage in the order of the procedure: its name as shown (一拍), and its rounds by outcome."""

    name: str
    counts: Mapping[Outcome, int]

    @property
    def total(self) -> int:
        """All rounds of the stage."""
        return sum(self.counts.values())


def plot_funnel(stages: Sequence[Stage], title: str = "Funnel of sales", measure: str = MEASURE) -> Option:
    """A bar for each stage, the first on top, divided by outcome. An outcome that never occurs is left out."""
    total = sum(stage.total for stage in stages)
    names = [f"{stage.name} n = {stage.total:,}" for stage in stages]
    option = base_option(title, f"{measure}; n = {total:,}", left=190, bottom=48)
    option["yAxis"] = category_axis(names, every=True, longest=40) | {"inverse": True}
    option["xAxis"] = value_axis("rounds", name_gap=30) | {"minInterval": 1}
    least = LEAST_LABELLED * max((stage.total for stage in stages), default=0)
    option["series"] = [
        bars(
            outcome.value,
            [
                counted(found or None, label=found >= least)
                for found in (stage.counts.get(outcome, 0) for stage in stages)
            ],
            color,
            stack="outcome",
            barMaxWidth=46,
            label={"color": "#ffffff"},
        )
        for outcome, color in COLORS.items()
        if any(stage.counts.get(outcome) for stage in stages)
    ]
    return option
