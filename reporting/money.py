"""From minor units to decimal amounts, and the figures made of them."""

from decimal import Decimal

from store.statement import Minor
from store.terms import MINOR_DIGITS, Currency

HUNDREDTH = Decimal("0.01")
UNITS: dict[Currency | None, Decimal] = {
    currency: Decimal(1).scaleb(-digits) for currency, digits in (*MINOR_DIGITS.items(), (None, 2))
}
"""One minor unit of each currency. A number of them costs a quarter of what shifting a decimal does."""


def amount_of(minor: Minor, currency: Currency | None) -> Decimal:
    """The amount in whole units with the currency's own decimals; two where no currency is known."""
    return UNITS[currency] * minor


def told_amount(minor: Minor | None, currency: Currency | None) -> Decimal | None:
    """The same where it is told; what is not told is no zero."""
    return None if minor is None else amount_of(minor, currency)


def amount_text(minor: Minor, currency: str | None) -> str:
    """The same amount as plain text: 233615.48. By hand: snapshots write millions of them."""
    digits = digits_of(currency)
    if digits == 0:
        return str(minor)
    whole, part = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{digits}d}"


def digits_of(currency: str | None) -> int:
    """Decimal digits of the currency's minor unit."""
    return 2 if currency is None else MINOR_DIGITS[currency]  # type: ignore[index]  # a StrEnum equals its text


def percent_of(part: Minor, whole: Minor) -> Decimal:
    """``part`` in percent of ``whole``, to two decimals, half away from zero.

    Raises:
        ZeroDivisionError: whole is zero.
    """
    if whole == 0:
        raise ZeroDivisionError("percent of nothing")
    if part >= 0 and whole > 0:  # as nearly always
        return HUNDREDTH * ((part * 20_000 + whole) // (2 * whole))
    hundredths = (abs(part) * 20_000 + abs(whole)) // (2 * abs(whole))
    return HUNDREDTH * (hundredths if (part < 0) is (whole < 0) else -hundredths)
