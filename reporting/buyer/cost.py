"""The cost report: what a home costs in all, line by line, each with its rate, its source and the notice's own words.

What is not known stays empty and is named beneath the total, which is then a least one. It is no advice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Connection

from reporting.attempts import Attempt, Outcome
from reporting.buyer.cost_lines import Bill, CostLine, charge_lines, tax_lines
from reporting.buyer.cost_question import CostQuestion
from reporting.buyer.facts import NO_FACTS, load_facts
from reporting.buyer.ground import Ground, load_home, standing_price
from reporting.buyer.loan import Loan
from reporting.buyer.rates import Case, find_rates
from reporting.errors import ReportError
from reporting.linked import Linked
from reporting.money import amount_of, digits_of
from reporting.render import clean, money_text
from reporting.tables import Column, Shape, Table
from store.statement import Minor
from tracking.offers import country_of

MEASURE = "cost: the price and what comes on top, by the rates of one day; rates are of rates.csv or your own"
NO_ADVICE = "this is a sum, no advice: the tax office and the court of the place decide; ask them before you bid"


class NothingToSum(ReportError):
    """A listing without a price, and none was given."""


COLUMNS = (
    Column("item", Shape.WORD, "item"),
    Column("amount", Shape.MONEY, "amount"),
    Column("rate", Shape.WORD, "rate", is_in_file=False),
    Column("percent", Shape.PERCENT, is_in_table=False),
    Column("currency", Shape.WORD, is_in_table=False),
    Column("why", Shape.TEXT, "why", least=30),
    Column("source", Shape.TEXT, "by", least=20),
    Column("since", Shape.WORD, is_in_table=False),
    Column("quote", Shape.TEXT, is_in_table=False),
    Column("doubt", Shape.TEXT, is_in_table=False),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """The answer: the lines of the bill, the last ones its totals."""

    rows: Sequence[CostLine]
    attempt: Attempt
    question: CostQuestion
    case: Case

    def table(self) -> Table:
        """The report as rows and columns; the inputs and the quoted sentences beneath."""
        offer, case = self.attempt.offer, self.case
        area = f"{Decimal(case.area) / 100} sqm" if case.area else "not known"
        notes = [
            f"of {offer.source}:{clean(offer.source_id)} {clean(offer.title or '')}".strip(),
            f"inputs: rates of {case.day}; kind {case.kind or 'not known'}; area {area}; "
            f"the buyer's {case.order} home; held by the seller: {case.held or 'not known'}",
            *(f"{line.item}: “{clean(line.quote)}”" for line in self.rows if line.quote),
            *(f"not confirmed: {line.item} by {line.source}: {line.doubt}" for line in self.rows if line.doubt),
        ]
        return Table(COLUMNS, self.rows, MEASURE, "lines", None, None, None, [*notes, NO_ADVICE])


def cost_of(connection: Connection, question: CostQuestion, then: Linked | None = None) -> Cost:
    """The bill for one listing, or for the last attempt of a home; ``then`` as ``load_home`` takes it.

    Raises:
        UnknownListing: there is none of this name.
        NotKnownThen: it was seen first after the day that was asked for.
        NothingToSum: it has no price, and none was given.
    """
    filters = question.filters
    ground, attempt = load_home(connection, filters, question.name, then)
    offer = attempt.offer
    price, words = _price(attempt, question)
    facts = load_facts(connection, [offer.listing_id], filters.before).get(offer.listing_id, NO_FACTS)
    case = _case(ground, attempt, question)
    bill = Bill(price, offer.currency, case, facts, offer.seller_kind, question)
    lines = [bill.line("price", price, words), *tax_lines(bill), *charge_lines(bill)]
    lines += _totals(bill, lines)
    return Cost(lines, attempt, question, case)


def _price(attempt: Attempt, question: CostQuestion) -> tuple[Minor, str]:
    offer = attempt.offer
    if question.price is not None:
        return question.price.of(0, digits_of(offer.currency)), "given"
    if attempt.outcome is Outcome.SOLD and offer.hammer_price:
        return offer.hammer_price, "hammer price"
    price = standing_price(attempt)
    if not price:
        raise NothingToSum(f"{clean(question.name)} has no price: give --price")
    return price, "standing bid" if price != offer.price else "asking price" if offer.asking_price else "starting price"


def _case(ground: Ground, attempt: Attempt, question: CostQuestion) -> Case:
    offer = attempt.offer
    return Case(
        country_of(offer.region_code, offer.source, offer.currency),
        offer.region_code,
        question.on or attempt.ends_on or ground.day,
        question.kind or offer.property_kind,
        question.order,
        question.held,
        offer.floor_area if question.area is None else question.area,
    )


def _totals(bill: Bill, lines: Sequence[CostLine]) -> Iterator[CostLine]:
    """The sum of what is known; with a loan, its interest and what is paid at once."""
    unknown = ", ".join(line.item for line in lines if line.amount is None)
    words = f"at least; not known: {unknown}" if unknown else "all of the above"
    known = sum(bill.minor(line.amount) for line in lines if line.amount is not None)
    yield bill.line("total", known, words)
    given = bill.question.loan
    if given is None:
        return
    principal = given.of(bill.price, digits_of(bill.currency))
    rate = _rate_of_interest(bill)
    if rate.percent is None:
        yield rate
        return
    loan = Loan(principal, rate.percent, bill.question.years)
    monthly = money_text(amount_of(loan.monthly, bill.currency), bill.currency)
    words = f"{bill.question.years} years, {monthly} a month"
    yield replace(rate, amount=amount_of(loan.interest, bill.currency), why=words)
    yield bill.line("total_with_interest", known + loan.interest, "the total and the interest")
    yield bill.line("own_money", known - principal, "the total less the loan: what is paid at once")


def _rate_of_interest(bill: Bill) -> CostLine:
    """The rate of a loan, given or of the table; without an amount, and without a rate where none is known."""
    given, table = bill.question.loan_rate, find_rates("loan_rate", bill.case)
    if given is not None:
        return bill.line("loan_interest", None, "", percent=given.percent, source="given")
    if not table:
        return bill.line("loan_interest", None, "no rate of interest is known of that day: give --loan-rate")
    return bill.by_rate("loan_interest", None, "", table[0])
