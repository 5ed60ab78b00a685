"""A user's own table of RealAuction results, read by a mapping that speaks the source's dialect."""

from datetime import UTC, datetime

import pytest

from crawler.intake.mapping_toml import build_mapping
from crawler.page import Page
from crawler.reading import read, statement_of
from store.terms import RoundStatus

TOML = """
name = "my-results"
about = "Results noted from the county's page"
format = "csv"
source = "us_realauction"
dialect = "us_realauction"

[id]
column = "case"

[columns]
status_raw = "sold to"
round_raw = "type"
hammer_price_raw = { column = "amount", absent = "" }
"""
TABLE = """case,type,sold to,amount
522019CA000452XXCICI,FORECLOSURE,3rd Party Bidder,"$310,000.00"
CACE-22-006810,FORECLOSURE,Plaintiff,"$100.00"
2024 CA 000195,FORECLOSURE,Canceled,
2025-0013TD,TAXDEED,Redeemed,
"""
EXPECTED = [
    (RoundStatus.SOLD, 31_000_000),
    (RoundStatus.TAKEN_BY_CREDITOR, 10_000),
    (RoundStatus.WITHDRAWN, None),
    (RoundStatus.WITHDRAWN, None),
]


@pytest.mark.parametrize(("position", "result"), list(enumerate(EXPECTED)))
def test_results_are_read_by_the_labels_of_the_site(position: int, result: tuple[RoundStatus, int | None]) -> None:
    page = Page(TABLE.encode(), "file:results_2025-06-18.csv", datetime(2025, 6, 18, tzinfo=UTC))
    reader = build_mapping(TOML, "my-results.toml").reader()
    told = statement_of(read(page, reader).listings[position].item, reader, page.observed_at).statement
    assert (told.status, told.hammer_price) == result
