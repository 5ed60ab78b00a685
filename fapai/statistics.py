"""Reports for researchers: how many, what became of them, at what prices, and how far it can be trusted."""

from typing import TYPE_CHECKING, Annotated

import typer

from fapai.answer import answer
from fapai.filter_options import Limit, filtered
from fapai.options import Database, OutputFormat
from fapai.output import reports
from fapai.plot_option import Plot
from reporting.choices import By

if TYPE_CHECKING:
    from reporting.filters import Filters


Grouping = Annotated[By, typer.Option("--by", help="What tells the groups apart; all: one row.")]


@reports.command()
@filtered()
def counts(
    filters: "Filters",
    by: Grouping = By.SOURCE,
    plot: Plot = None,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Count listings, rounds and homes side by side; by seller, beside what banks publish.

    Example: fapai report counts --by seller
    """
    from reporting.plots.of_statistics import plot_of_counts
    from reporting.rollups.standing import standing_counts
    from reporting.statistics.counts import CountQuestion

    question = CountQuestion(filters, by, limit)
    answer(lambda connection: standing_counts(connection, question), filters, output, db, plot, plot_of_counts)


@reports.command()
@filtered()
def clearance(
    filters: "Filters",
    by: Grouping = By.ROUND,
    per_home: Annotated[bool, typer.Option("--per-home", help="Of whole chains, instead of single rounds.")] = False,
    plot: Plot = None,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show how many of those with a known result were sold, and of how many the result is known.

    Example: fapai report clearance --by city --round first_auction
    """
    from reporting.plots.of_statistics import plot_of_clearance
    from reporting.rollups.standing import standing_clearance
    from reporting.statistics.clearance import ClearanceQuestion

    question = ClearanceQuestion(filters, by, per_home, limit)
    answer(lambda connection: standing_clearance(connection, question), filters, output, db, plot, plot_of_clearance)


@reports.command("cut-groups")
@filtered(of_prices=True)
def cut_groups(
    filters: "Filters", by: Grouping = By.CITY, limit: Limit = 50, output: OutputFormat = None, db: Database = None
) -> None:
    """Show for each city how many listings are under their highest price, and how far.

    Example: fapai report cut-groups --by city
    """
    from reporting.rollups.cut_groups import CutGroupQuestion
    from reporting.rollups.cut_groups import cut_groups as find_cut_groups

    question = CutGroupQuestion(filters, by, limit)
    answer(lambda connection: find_cut_groups(connection, question), filters, output, db)


@reports.command()
@filtered()
def ratios(
    filters: "Filters", by: Grouping = By.ROUND, limit: Limit = 50, output: OutputFormat = None, db: Database = None
) -> None:
    """Show starts and hammer prices against appraisals, premiums and discounts: of sums, and medians.

    Example: fapai report ratios --by month --round first_auction --round second_auction
    """
    from reporting.statistics import ratios

    question = ratios.RatioQuestion(filters, by, limit)
    answer(lambda connection: ratios.ratios(connection, question), filters, output, db)


@reports.command()
@filtered()
def competition(
    filters: "Filters", by: Grouping = By.ROUND, limit: Limit = 50, output: OutputFormat = None, db: Database = None
) -> None:
    """Show how many registered and bid for what was sold, and how often there was only one.

    Example: fapai report competition --by city
    """
    from reporting.statistics import competition

    question = competition.CompetitionQuestion(filters, by, limit)
    answer(lambda connection: competition.competition(connection, question), filters, output, db)


@reports.command()
@filtered()
def funnel(
    filters: "Filters",
    flows: Annotated[
        bool, typer.Option("--flows", help="One row for each way: from a stage over its outcome to the next.")
    ] = False,
    plot: Plot = None,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show what became of first auctions, second ones and sell-offs, and what came back at a bank.

    Example: fapai report funnel --city 福州市
    """
    from reporting.plots.of_statistics import plot_of_funnel
    from reporting.statistics import funnel

    question = funnel.FunnelQuestion(filters, flows, limit)
    answer(lambda connection: funnel.funnel(connection, question), filters, output, db, plot, plot_of_funnel)


@reports.command()
@filtered()
def cohort(filters: "Filters", limit: Limit = 50, output: OutputFormat = None, db: Database = None) -> None:
    """Show of the first auctions of each month how many homes were sold 30, 60, 90 and 180 days later.

    Example: fapai report cohort --kind flat --as-of 2026-09-01
    """
    from reporting.statistics import cohort

    question = cohort.CohortQuestion(filters, limit)
    answer(lambda connection: cohort.cohort(connection, question), filters, output, db)


@reports.command("cut-share")
@filtered()
def cut_share(filters: "Filters", limit: Limit = 60, output: OutputFormat = None, db: Database = None) -> None:
    """Show how many of the homes open at the start of each month became cheaper within it.

    Example: fapai report cut-share --source br_caixa
    """
    from reporting.statistics import cut_share

    question = cut_share.CutShareQuestion(filters, limit)
    answer(lambda connection: cut_share.cut_share(connection, question), filters, output, db)
