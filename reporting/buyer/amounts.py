"""Amounts and percentages as a user words them: 3%, 50000, 5万."""

from decimal import Decimal
from typing import NamedTuple

from reporting.errors import WrongFilter
from reporting.filters import AMOUNT, number_of
from store.statement import Minor

HUNDRED_PERCENT = Decimal(100)


class Given(NamedTuple):
    """What a user gave: a percentage of something, or an amount in whole units of the home's currency."""

    percent: Decimal | None = None
    amount: Decimal | None = None

    def of(self, whole: Minor, digits: int) -> Minor:
        """Minor units: the percentage of ``whole``, or the amount itself."""
        if self.percent is not None:
            return share_of(whole, self.percent)
        return int((self.amount or Decimal(0)).scaleb(digits).to_integral_value())


def share_of(whole: Minor, percent: Decimal) -> Minor:
    """A percentage of an amount, to the nearest minor unit, halves up."""
    return int((whole * percent / HUNDRED_PERCENT + Decimal("0.5")) // 1)


def parse_given(name: str, text: str, *, only_percent: bool = False, only_amount: bool = False) -> Given:
    """What stands behind an option.

    Raises:
        WrongFilter: it is neither a percentage nor an amount, or not the one that the option takes; or it names a
            currency, where that of the home is meant.
    """
    found = AMOUNT.fullmatch(text.strip())
    is_percent = found is not None and found["percent"] is not None
    if found is None or found["currency"] or (only_percent and not is_percent) or (only_amount and is_percent):
        forms = "3.5%" if only_percent else "50000 or 5万" if only_amount else "3%, 50000 or 5万"
        raise WrongFilter(f"--{name}: cannot read {text!r}; give {forms}")
    return Given(percent=number_of(found)) if is_percent else Given(amount=number_of(found))
