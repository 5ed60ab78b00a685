"""Rows that a foreign table shares with a list of ours: read by the same function, titled in the same way."""

from collections.abc import Callable
from types import MappingProxyType

from crawler.items import ListingItem
from crawler.parsers import br_caixa

Complete = Callable[[ListingItem, str], ListingItem]
"""From what the columns say and the text of the description to the listing as our own parser gives it."""


def complete_caixa(item: ListingItem, description: str) -> ListingItem:
    """A row of the bank's list: kind and areas from its description, title and words as in the bank's own file.

    Raises:
        RowRefused: no price, no way of sale, no place, or a description outside the grammar.
    """
    cells = (
        item.source_id,
        item.state_raw,
        item.city_raw,
        item.district_raw,
        item.address,
        item.asking_price_raw,
        item.appraisal_price_raw,
        description,
        item.round_raw,
        item.url,
    )
    loan = None if item.loan_raw is None else str(item.loan_raw)
    row = br_caixa.read_row(tuple("" if cell is None else str(cell) for cell in cells), loan)
    return row._replace(source=item.source)


GRAMMARS: MappingProxyType[str, Complete] = MappingProxyType({br_caixa.SOURCE: complete_caixa})
"""By the name of the source whose list it is."""
