"""CAIXA's stock: one CSV per state, renewed daily.

Seen 2025-07 to 2026-07: 27 files, no paging; Radware guards the host by address after a few hits, so one slow run
a day and nothing after the first refusal.
"""

from collections.abc import Iterable

from crawler.errors import UnknownPlace
from crawler.items import Follow
from crawler.parsers import br_caixa
from crawler.spiders.base import SourceSpider

LIST_URL = "https://venda-imoveis.caixa.gov.br/listaweb/Lista_imoveis_{state}.csv"
STATES = [
    "AC",
    "AL",
    "AM",
    "AP",
    "BA",
    "CE",
    "DF",
    "ES",
    "GO",
    "MA",
    "MG",
    "MS",
    "MT",
    "PA",
    "PB",
    "PE",
    "PI",
    "PR",
    "RJ",
    "RN",
    "RO",
    "RR",
    "RS",
    "SC",
    "SE",
    "SP",
    "TO",
]


class BrCaixaSpider(SourceSpider):
    """Asks for the lists of all states, or of those named as cities (``--city SP``)."""

    name = "br_caixa"
    spec = br_caixa.SPEC

    def first_pages(self) -> Iterable[Follow]:
        """One list for each state."""
        wanted = [city.upper() for city in self.scope.cities] or STATES
        unknown = sorted(set(wanted) - set(STATES))
        if unknown:
            raise UnknownPlace(f"no state is called {', '.join(unknown)}: give two letters such as SP")
        return [Follow(LIST_URL.format(state=state), "br_caixa.list") for state in wanted]
