"""Reports for a buyer: deals, upcoming, compare, cost, next-round."""

from typing import TYPE_CHECKING, Annotated

import typer

from fapai.answer import answer
from fapai.filter_options import COMMON, Limit, filtered
from fapai.options import Database, OutputFormat
from fapai.output import reports

if TYPE_CHECKING:
    from reporting.filters import Filters

Home = Annotated[str, typer.Argument(metavar="HOME", help="A home's number, or SOURCE:ID of one of its listings.")]


@reports.command()
@filtered(of_prices=True)
def deals(
    filters: "Filters",
    by: Annotated[
        str, typer.Option("--by", help="The discount that orders: appraisal, comparables, market, highest.")
    ] = "appraisal",
    seen_within: Annotated[
        int, typer.Option("--seen-within", min=1, metavar="DAYS", help="Leave out what was not seen for longer.")
    ] = 90,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show open offers with their discounts to appraisal, comparable homes, market price and highest price.

    Example: fapai report deals --city 福州市 --kind flat --by comparables
    """
    from reporting.buyer.deals import DealQuestion, DiscountTo, find_deals
    from reporting.filters import parse_term

    question = DealQuestion(filters, parse_term(DiscountTo, "by", by), seen_within, limit)
    answer(lambda connection: find_deals(connection, question), filters, output, db)


@reports.command()
@filtered(of_prices=True, only=(*COMMON, "max_price"))
def upcoming(
    filters: "Filters",
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="How many days to look ahead.")] = 7,
    limit: Limit = 50,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show what starts and ends in the next days, by the clock of the place, with the deposit to pay.

    Example: fapai report upcoming --city 福州市 --days 14
    """
    from reporting.buyer.upcoming import UpcomingQuestion, find_upcoming

    question = UpcomingQuestion(filters, days, limit)
    answer(lambda connection: find_upcoming(connection, question), filters, output, db)


@reports.command()
@filtered(only=("as_of",))
def cost(
    filters: "Filters",
    home: Home,
    price: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Instead of the listing's price.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of the property, where it is not known, such as flat.")] = None,
    area: Annotated[str | None, typer.Option(metavar="SQM", help="Building area, where it is not known.")] = None,
    order: Annotated[str, typer.Option("--home", help="The buyer's first, second or further home.")] = "first",
    held: Annotated[
        str | None, typer.Option(help="How long the seller had it: under_two_years or two_years.", metavar="TIME")
    ] = None,
    deed_tax: Annotated[str | None, typer.Option(metavar="RATE", help="Instead of the table's, such as 1.5%.")] = None,
    seller_tax: Annotated[
        str | None, typer.Option(metavar="RATE", help="All taxes of the seller that fall to you: 5% or an amount.")
    ] = None,
    arrears: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Unpaid fees that fall to you.")] = None,
    agent: Annotated[str | None, typer.Option(metavar="RATE", help="An agent's fee: 2% or an amount.")] = None,
    eviction: Annotated[
        str | None, typer.Option(metavar="RATE", help="To have it emptied: 3% of the price or an amount.")
    ] = None,
    other: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Anything else, such as land premium.")] = None,
    loan: Annotated[str | None, typer.Option(metavar="RATE", help="A loan: 70% of the price or an amount.")] = None,
    loan_rate: Annotated[str | None, typer.Option(metavar="RATE", help="Interest a year, such as 3.5%.")] = None,
    years: Annotated[int, typer.Option(min=1, max=50, help="For which the loan runs.")] = 20,
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day of the rates: 2026-03-01.")] = None,
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show what a home costs in all: price, taxes by the notice's wording, arrears, agent, eviction, loan. No advice.

    Example: fapai report cost ali_judicial:629556044453 --home second --arrears 8000 --loan 70%
    """
    from reporting.buyer.cost import cost_of
    from reporting.buyer.cost_question import parse_cost_question

    given = {
        "price": price,
        "kind": kind,
        "area": area,
        "order": order,
        "held": held,
        "deed_tax": deed_tax,
        "seller_tax": seller_tax,
        "arrears": arrears,
        "agent": agent,
        "eviction": eviction,
        "other": other,
        "loan": loan,
        "loan_rate": loan_rate,
        "on": on,
    }
    question = parse_cost_question(home, filters, years, given)
    answer(lambda connection: cost_of(connection, question), filters, output, db)


@reports.command()
@filtered(only=("as_of",))
def compare(
    filters: "Filters",
    homes: Annotated[
        list[str], typer.Argument(metavar="HOME HOME…", help="Two to six: numbers of homes, or SOURCE:ID of listings.")
    ],
    output: OutputFormat = None,
    db: Database = None,
) -> None:
    """Show listings or homes side by side: prices, discounts, rounds, and what their notices say.

    Example: fapai report compare ali_judicial:629556044453 ali_judicial:629766626928
    """
    from reporting.buyer.compare import compare as compare_homes

    answer(lambda connection: compare_homes(connection, homes, filters), filters, output, db)


@reports.command("next-round")
@filtered(only=("as_of",))
def next_round(filters: "Filters", home: Home, output: OutputFormat = None, db: Database = None) -> None:
    """Show what comes if the present round of a home fails: price band by law, earliest day, chance to fail.

    Example: fapai report next-round ali_judicial:562847129355
    """
    from reporting.buyer.next_round import next_round as find_next_round

    answer(lambda connection: find_next_round(connection, home, filters), filters, output, db)
