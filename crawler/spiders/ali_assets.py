"""Alibaba's asset side: homes on sale (no leases) in the search page of 2026, whose filters stand in the address.

Told 2026-06 to 2026-10, not tried by us: the page is drawn by scripts, 40 cards a page, so it needs a browser; a plain
answer is an empty shell. Which ``zcBizTypes`` holds bank homes is not proven: 10 自行处置 is likely, 7 金融资产 is the
number of the notices, 8 is bankruptcy; all three are asked. An unknown place code silently gives the whole country:
cities only (districts have codes of before 2013), and the parser compares the cities that come with the one asked for.
"""

import json
from collections.abc import Iterable, Sequence
from typing import ClassVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from crawler.errors import UnknownPlace
from crawler.items import Follow
from crawler.normalize.divisions import load_gazetteer
from crawler.page import Page
from crawler.parsers import ali_assets
from crawler.parsers.ali_assets.lists import DETAIL, LIST_CARDS
from crawler.reading import Reading
from crawler.spiders.base import SourceSpider
from crawler.spiders.places import MUNICIPALITIES, parts_of, region_code

SEARCH_URL = "https://zc-paimai.taobao.com/wow/pm/default/pc/zichansearch"
HOMES = "206060601"
BUSINESSES = ("10", "7", "8")
STATES = ("0", "1", "2")  # running, upcoming, ended
WITHDRAWN = frozenset(("已撤回", "revocation"))


def search_page(business: str, state: str, city: str = "") -> Follow:
    """The first page of one search; the city's name stands behind the address, unsent, for the parser to compare."""
    wanted = {"fcatV4Ids": HOMES, "zcBizTypes": business, "statusOrders": state, "h_t_mode": "1"}
    if city:
        wanted["locationCodes"] = city
    query = urlencode({name: json.dumps([value]) for name, value in wanted.items()} | {"page": "1"})
    return Follow(
        f"{SEARCH_URL}?{query}" + (f"#city={quote(city_name(city))}" if city else ""), LIST_CARDS, is_next_page=True
    )


def city_name(code: str) -> str:
    """The name of a prefecture or municipality."""
    return next(str(city.region.city) for city in load_gazetteer().city_by_name.values() if city.region.code == code)


def cities_of(name: str) -> Sequence[str]:
    """The codes of the cities that a place names: itself, or those of a province.

    Raises:
        UnknownPlace: no place, or a district.
    """
    code = region_code(name)
    if not code.endswith("00"):
        raise UnknownPlace(f"{name} is no city: this source is asked by city or province")
    return parts_of(code) if code.endswith("0000") and code[:2] not in MUNICIPALITIES else [code]


class AliAssetsSpider(SourceSpider):
    """Asks for homes not begun, on sale and ended, in the cities named (``--city 泉州``) or everywhere."""

    name = "ali_assets"
    spec = ali_assets.SPEC
    max_reachable: ClassVar[int | None] = (
        83 * 40
    )  # the fewest pages that anybody took for the cap (2026), 40 cards each

    def first_pages(self) -> Iterable[Follow]:
        """One search for each city, business and state."""
        places = [code for city in self.scope.cities for code in cities_of(city)] or [""]
        return [search_page(business, state, place) for place in places for business in BUSINESSES for state in STATES]

    def narrower(self, follow: Follow) -> Sequence[Follow]:
        """The search of the whole country in each city; that of a city cannot be split: no other filter is known."""
        asked = {
            name: "".join(c for c in values[0] if c.isdigit())
            for name, values in parse_qs(urlsplit(follow.url).query).items()
        }
        if "locationCodes" in asked:
            return []
        cities = [code for province in parts_of("") for code in cities_of(province)]
        return [search_page(asked["zcBizTypes"], asked["statusOrders"], city) for city in cities]

    def wants(self, follow: Follow, page: Page, reading: Reading) -> bool:  # noqa: ARG002
        """Not the page of an item that was withdrawn: it tells nothing that is new."""
        if follow.reader != DETAIL:
            return True
        items = {listing.item.url: listing.item for listing in reading.listings}
        return follow.url not in items or items[follow.url].status_raw not in WITHDRAWN
