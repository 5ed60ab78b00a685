"""Flats of a court in Hefei, as the tests of chains and ladders sell them."""

from datetime import datetime, timedelta

from store.statement import Statement
from store.terms import Currency, PropertyKind, SellerKind


def court_flat(title: str, yuan: int, starts_at: datetime | None, /, **values: object) -> Statement:
    """A flat that is offered from an instant on for a day, appraised at 1.5 million."""
    return Statement(
        **{
            "title": title,
            "property_kind": PropertyKind.FLAT,
            "region_code": "340104",
            "city": "合肥市",
            "currency": Currency.CNY,
            "starting_price": yuan * 100,
            "appraisal_price": 1_500_000_00,
            "starts_at": starts_at,
            "ends_at": starts_at and starts_at + timedelta(days=1),
            "seller_name": "合肥市蜀山区人民法院",
            "seller_kind": SellerKind.COURT,
            "case_number": "(2025)皖0104执1234号",
            "raw": "{}",
            **values,
        }
    )
