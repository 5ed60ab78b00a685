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
        return _rounded(self._part())

    @property
    def interest(self) -> Minor:
        """All that is paid beyond the principal; the last part makes up for the rounding of the others."""
        return _rounded(self._part() * self.years * MONTHS) - self.principal

    def _part(self) -> Decimal:
        months = self.years * MONTHS
        with localcontext() as context:
            context.prec = 40
            rate = self.percent / 100 / MONTHS
            if not rate:
                return Decimal(self.principal) / months
            growth = (1 + rate) ** months
            return self.principal * rate * growth / (growth - 1)


def _rounded(amount: Decimal) -> Minor:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
