"""The lines of a bill: taxes by the wording of the notice and the table of rates, arrears, agent, eviction, others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from reporting.buyer.amounts import Given, share_of
from reporting.buyer.cost_question import CostQuestion
from reporting.buyer.facts import Facts
from reporting.buyer.rates import HOME_KINDS, Case, Rate, find_rates
from reporting.money import digits_of, told_amount
from store.statement import Minor
from store.terms import Answer, Currency, FactKind, SellerKind

OWN_TAXES = "each side bears its own taxes"
ONLINE_SALES_30 = "法释〔2016〕18号 art. 30"
ONLINE_SALES_SINCE = date(2017, 1, 1)
OLDER_LEASE = "leased: a lease older than the mortgage survives the sale (民法典 405, 725)"
PERSON = "of a person who sells a home"
OWNERS = frozenset(SellerKind) - {SellerKind.COURT, SellerKind.AGENT, SellerKind.BANKRUPTCY_ADMINISTRATOR}
"""They sell what is theirs, and no person's rates hold for them; behind the others stands somebody, mostly a person."""
GIVEN = "given"
PRICE_WITH_TAX = re.compile(r"(?<![不未非])含(?:增值)?税(?!费)|价税合计")
"""成交价为含税价; 不含税价 is the opposite. 含税费 speaks of who pays, not of the price."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line. ``amount`` in whole units of ``currency``; ``None`` is not known, never nothing."""

    item: str
    amount: Decimal | None
    percent: Decimal | None
    currency: Currency | None
    why: str
    source: str
    since: date | None
    quote: str | None = None
    doubt: str = ""

    @property
    def rate(self) -> str:
        """The percentage with all its digits, for people: 0.05%."""
        return "" if self.percent is None else f"{self.percent:f}%"


@dataclass(frozen=True, slots=True)
class Bill:
    """What the lines are made of; ``price`` in minor units."""

    price: Minor
    currency: Currency | None
    case: Case
    facts: Facts
    seller_kind: SellerKind | None
    question: CostQuestion

    def line(
        self,
        item: str,
        amount: Minor | None,
        why: str,
        *,
        percent: Decimal | None = None,
        source: str = "",
        fact: FactKind | None = None,
    ) -> CostLine:
        """A line with an amount in minor units, and the sentence of the notice on this fact."""
        quote = None if fact is None else self.quote(fact)
        whole = told_amount(amount, self.currency)
        return CostLine(item, whole, percent, self.currency, why, source, None, quote)

    def quote(self, fact: FactKind) -> str | None:
        """The sentence of the notice on a fact, if there is one."""
        return self.facts[fact].quote if fact in self.facts else None

    def minor(self, amount: Decimal) -> Minor:
        """Back to minor units, exactly."""
        return int(amount.scaleb(digits_of(self.currency)))

    def given(self, item: str, given: Given, fact: FactKind | None = None, *, base: Minor | None = None) -> CostLine:
        """A line that the user sets; a percentage is of ``base``, or of the price."""
        amount = given.of(self.price if base is None else base, digits_of(self.currency))
        return self.line(item, amount, "given by you", percent=given.percent, source=GIVEN, fact=fact)

    def by_table(self, item: str, base: Minor, why: str, missing: str) -> CostLine:
        """A line by the one rate that holds; without it, or where several may hold, the amount is not known."""
        rates = find_rates(item, self.case)
        if len(rates) != 1:
            found = " or ".join(f"{rate.percent:f} %" for rate in rates if rate.percent is not None)
            return self.line(item, None, f"{found}: {missing}" if found else missing)
        rate = rates[0]
        amount = share_of(base, rate.percent) if rate.percent is not None else self._fixed(rate)
        return self.by_rate(item, amount, why, rate)

    def by_rate(self, item: str, amount: Minor | None, why: str, rate: Rate) -> CostLine:
        """A line with the source of its rate, and what of it is not confirmed."""
        line = self.line(item, amount, why, percent=rate.percent, source=rate.source)
        return replace(line, since=rate.since, doubt=rate.doubt)

    def _fixed(self, rate: Rate) -> Minor:
        return Given(amount=rate.amount).of(0, digits_of(self.currency))

    def answer(self, kind: FactKind) -> Answer | None:
        """What the notice says of a fact; ``None``: nothing."""
        return self.facts[kind].answer if kind in self.facts else None


def tax_lines(bill: Bill) -> Iterator[CostLine]:
    """The buyer's own taxes and fees, and the seller's where they fall to the buyer."""
    yield _deed_tax(bill)
    unknown = "no rate is held for this place and kind"
    yield bill.by_table("stamp_duty", bill.price, "of the price", unknown)
    yield bill.by_table("registration", bill.price, "for one certificate", unknown)
    yield from _seller_taxes(bill)


class TaxBase(NamedTuple):
    """What taxes of a sale are reckoned on, in minor units; ``doubt``: what of it was not confirmed."""

    amount: Minor
    why: str
    doubt: str = ""


def tax_base(bill: Bill) -> TaxBase:
    """The price without the VAT in it (deed tax: 财税〔2016〕43号 art. 1; 国家税务总局公告2021年第25号).

    Where the notice says that the price holds VAT, and nobody knows how much, the whole price stands for the most.
    """
    if not is_vat_within(bill):
        return TaxBase(bill.price, "of the price")
    vat = _seller_vat(bill)
    if vat.amount is None or bill.seller_kind in OWNERS:
        return TaxBase(bill.price, "at most: of the whole price, the VAT in it is not known")
    if vat.amount == 0:
        return TaxBase(bill.price, "of the price: there is no VAT in it", vat.doubt)
    return TaxBase(bill.price - bill.minor(vat.amount), "of the price without the VAT in it", vat.doubt)


def charge_lines(bill: Bill) -> Iterator[CostLine]:
    """What is no tax: arrears, an agent, the way in, and what the user adds."""
    yield _arrears(bill)
    agent = bill.question.agent
    yield bill.given("agent", agent) if agent else bill.line("agent", 0, "none is needed to bid; else give --agent")
    yield _eviction(bill)
    if bill.question.other is not None:
        yield bill.given("other", bill.question.other)


def _deed_tax(bill: Bill) -> CostLine:
    base = tax_base(bill)
    if bill.question.deed_tax is not None:
        return bill.given("deed_tax", bill.question.deed_tax, base=base.amount)
    line = bill.by_table("deed_tax", base.amount, base.why, _why_no_deed_tax(bill))
    return line if line.amount is None else replace(line, doubt="; ".join(filter(None, (line.doubt, base.doubt))))


def _why_no_deed_tax(bill: Bill) -> str:
    if bill.case.country != "CN":
        return f"no rates are held for {bill.case.country}: give --deed-tax"
    if bill.case.kind is None:
        return "the kind is not known: give --kind"
    return "give --area" if bill.case.area is None else "no rate is held for this kind and day: --deed-tax"


def _seller_taxes(bill: Bill) -> Iterator[CostLine]:
    fact, answer = FactKind.BUYER_BEARS_ALL_TAXES, bill.answer(FactKind.BUYER_BEARS_ALL_TAXES)
    if bill.question.seller_tax is not None:
        yield bill.given("seller_taxes", bill.question.seller_tax, fact)
    elif answer is Answer.NO:
        yield bill.line("seller_taxes", 0, f"{OWN_TAXES}, says the notice", source="notice", fact=fact)
    elif answer is Answer.YES:
        yield from _seller_taxes_borne_by_buyer(bill)
    elif answer is None and _is_online_court_sale(bill):
        yield bill.line("seller_taxes", 0, f"{OWN_TAXES}; the notice was not seen to say else", source=ONLINE_SALES_30)
    else:
        yield bill.line("seller_taxes", None, "nobody says who bears them: give --seller-tax", fact=fact)


def _is_online_court_sale(bill: Bill) -> bool:
    """Whether 法释〔2016〕18号 holds: a mainland court sells, since the day it came into force."""
    is_court = bill.seller_kind is SellerKind.COURT and bill.case.country == "CN"
    return is_court and bill.case.day >= ONLINE_SALES_SINCE


def _seller_taxes_borne_by_buyer(bill: Bill) -> Iterator[CostLine]:
    """By the rates for a person who sells a home; what a company or another building owes nobody can tell from here."""
    fact = FactKind.BUYER_BEARS_ALL_TAXES
    if bill.case.kind not in HOME_KINDS or bill.seller_kind in OWNERS:
        what = "no person sells" if bill.case.kind in HOME_KINDS else "for no home"
        yield bill.line("seller_taxes", None, f"the buyer bears all; {what}: give --seller-tax", fact=fact)
        return
    vat = _seller_vat(bill)
    yield replace(vat, why=f"the buyer bears all; {vat.why}", quote=bill.quote(fact))
    if vat.amount is None:
        yield bill.line("vat_surcharge", None, "of the VAT")
    else:
        yield bill.by_table("vat_surcharge", bill.minor(vat.amount), "of the VAT", "no rate is held for this day")
    yield bill.by_table("seller_income_tax", tax_base(bill).amount, PERSON, "no rate is held for this day")


def is_vat_within(bill: Bill) -> bool:
    """Whether the notice says that the price holds the VAT (含税价): then other taxes are of the price without it.

    Taxes of a sale are reckoned on the price without VAT (财税〔2016〕43号 art. 1, 4). Without such a word the price is
    taken for that one, so that the sum is rather too high.
    """
    quote = bill.quote(FactKind.BUYER_BEARS_ALL_TAXES)
    return quote is not None and PRICE_WITH_TAX.search(quote) is not None


def _seller_vat(bill: Bill) -> CostLine:
    """On the price, or out of it: of 105 that hold a VAT of 5 %, 5."""
    vat = bill.by_table("seller_vat", bill.price, PERSON, "give --held")
    if not vat.percent or not is_vat_within(bill):
        return vat
    net = int((Decimal(bill.price) * 100 / (100 + vat.percent)).quantize(Decimal(1), ROUND_HALF_UP))
    words = f"{PERSON}, out of a price that holds it, says the notice"
    return replace(vat, amount=told_amount(bill.price - net, bill.currency), why=words)


def _arrears(bill: Bill) -> CostLine:
    fact, said = FactKind.ARREARS, bill.facts.get(FactKind.ARREARS)
    if bill.question.arrears is not None:
        return bill.given("arrears", bill.question.arrears, fact)
    if said is None:
        return bill.line("arrears", None, "the notice was not seen to speak of them: ask, and give --arrears")
    if said.answer is Answer.NO:
        return bill.line("arrears", 0, "none for the buyer, says the notice", source="notice", fact=fact)
    if said.amount is not None and said.currency is bill.currency:
        return bill.line("arrears", said.amount, "the sum in the notice", source="notice", fact=fact)
    return bill.line("arrears", None, "for the buyer, without a sum: ask, and give --arrears", fact=fact)


def _eviction(bill: Bill) -> CostLine:
    if bill.question.eviction is not None:
        return bill.given("eviction", bill.question.eviction)
    if bill.answer(FactKind.VACANT_HANDOVER) is Answer.YES:
        return bill.line("eviction", 0, "handed over vacant", source="notice", fact=FactKind.VACANT_HANDOVER)
    for fact, words in ((FactKind.LEASED, OLDER_LEASE), (FactKind.OCCUPIED, "occupied: an allowance")):
        if bill.answer(fact) is Answer.YES:
            line = bill.by_table("eviction", bill.price, words, "no rate is held for this day")
            return replace(line, quote=bill.quote(fact))
    if bill.answer(FactKind.OCCUPIED) is Answer.NO:
        return bill.line("eviction", 0, "nobody lives there", source="notice", fact=FactKind.OCCUPIED)
    return bill.line("eviction", None, "whether it is empty is not known: give --eviction")
