"""The time zone of the place where a home is sold: its deadlines are told by the clocks there."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from tracking.offers import Offer, country_of

ZONE_OF_COUNTRY = {
    "CN": "Asia/Shanghai",
    "HK": "Asia/Hong_Kong",
    "TW": "Asia/Taipei",
    "KR": "Asia/Seoul",
    "BR": "America/Sao_Paulo",  # official hour of Brasília; states with another are below
    "US": "America/New_York",
    "GR": "Europe/Athens",
    "UA": "Europe/Kyiv",
}
ZONE_OF_STATE = {
    "BR-AC": "America/Rio_Branco",
    "BR-AM": "America/Manaus",
    "BR-MS": "America/Campo_Grande",
    "BR-MT": "America/Cuiaba",
    "BR-RO": "America/Porto_Velho",
    "BR-RR": "America/Boa_Vista",
}
"""ISO 3166-2, from the IANA time zone database (2026a): where the hour is not that of the country's zone above."""


def zone_of(offer: Offer) -> str:
    """The name of the zone of a listing's place."""
    code = (offer.region_code or "")[:5]
    return ZONE_OF_STATE.get(code) or ZONE_OF_COUNTRY[country_of(offer.region_code, offer.source, offer.currency)]


def local_text(moment: datetime, zone: str) -> str:
    """Day and minute by the clock of that zone: 2026-09-20 10:00."""
    return f"{moment.astimezone(_zone(zone)):%Y-%m-%d %H:%M}"


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
