"""Amounts and percentages as a user words them: 3%, 50000, 5万."""

from decimal import Decimal
from typing import NamedTuple

from reporting.errors import WrongFilter
from reporting.filters import AMOUNT
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
        WrongFilter: it is neither a percentage nor an amount, or not the one that the option takes.
    """
    found = AMOUNT.fullmatch(text.strip())
    is_percent = found is not None and found[2] in {"%", "％"}
    if found is None or (only_percent and not is_percent) or (only_amount and is_percent):
        forms = "3.5%" if only_percent else "50000 or 5万" if only_amount else "3%, 50000 or 5万"
        raise WrongFilter(f"--{name}: cannot read {text!r}; give {forms}")
    number = Decimal(found[1].replace(",", ""))
    if is_percent:
        return Given(percent=number)
    return Given(amount=number * 10_000 if found[2] == "万" else number)
