"""What a loan costs that is paid back in equal monthly parts."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import NamedTuple

from store.statement import Minor

MONTHS = 12


class Loan(NamedTuple):
    """A loan of ``principal`` minor units. ``percent`` a year."""

    principal: Minor
    percent: Decimal
    years: int

    @property
    def monthly(self) -> Minor:
        """The part to pay each month (等额本息), to the nearest minor unit."""
        months = self.years * MONTHS
        with localcontext() as context:
            context.prec = 40
            rate = self.percent / 100 / MONTHS
            if not rate:
                part = Decimal(self.principal) / months
            else:
                growth = (1 + rate) ** months
                part = self.principal * rate * growth / (growth - 1)
            return int(part.quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def interest(self) -> Minor:
        """All that is paid beyond the principal."""
        return self.monthly * self.years * MONTHS - self.principal
