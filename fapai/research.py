"""Reports for researchers: time to sale, coverage, context. They join the others under ``fapai report``."""

from typing import TYPE_CHECKING, Annotated

import typer

from fapai.answer import answer
from fapai.filter_options import Limit, filtered
from fapai.options import Database, OutputFormat
from fapai.output import reports
from fapai.plot_option import Plot
from reporting.choices import Detail, Group

if TYPE_CHECKING:
    from reporting.filters import Filters


@reports.command("time-to-sale")
@filtered()
def time_to_sale(
    filters: "Filters",
    by: Annotated[Group | None, typer.Option("--by", help="A curve for each of these.")] = None,
    days: Annotated[list[int] | None, typer.Option("--days", min=0, help="Told for this day; repeatable.")] = None,
    plot: Plot = None,
    limit: Limit = 60,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show how many homes are sold so many days after their first notice, over all their rounds.

    Example: fapai report time-to-sale --by city --plot time-to-sale.png
    """
    from reporting.plots.survival import plot_survival
    from reporting.survival import HORIZONS, SurvivalQuestion
    from reporting.survival import time_to_sale as measure

    question = SurvivalQuestion(filters, by, sorted(set(days or HORIZONS)), limit)
    answer(lambda connection: measure(connection, question), filters, output, db, plot, plot_survival)


@reports.command()
@filtered(only=("source", "city", "since", "as_of"))
def coverage(
    filters: "Filters",
    by: Annotated[Detail, typer.Option("--by", help="Each city, or each source as a whole.")] = Detail.CITY,
    limit: Limit = 60,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show for each source, city and day what was stated and collected, where nobody looked, and who refused.

    Example: fapai report coverage --by source --since 2026-09-01
    """
    from reporting.coverage import CoverageQuestion
    from reporting.coverage import coverage as find_coverage

    question = CoverageQuestion(filters, by, limit)
    answer(lambda connection: find_coverage(connection, question), filters, output, db)


@reports.command()
@filtered(only=("source", "city", "kind", "seller_kind", "as_of"))
def context(
    filters: "Filters",
    series: Annotated[
        list[str] | None, typer.Option("--series", help="Only this series, or all whose names begin so; repeatable.")
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", metavar="HK", help="Listings of this country beside every series.")
    ] = None,
    limit: Limit = 60,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show time series (negative equity, price indices) beside the bank-owned listings of their country.

    Example: fapai report context --series hkma.negative_equity.loans
    """
    from reporting.context import ContextQuestion
    from reporting.context import context as find_context

    place = country.upper() if country else None
    question = ContextQuestion(filters, tuple(series or ()), place, limit)
    answer(lambda connection: find_context(connection, question), filters, output, db)
