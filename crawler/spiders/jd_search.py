"""The search of JD's auctions, shared by both shop windows: how its queries begin, split, and prove their scope.

Told by public projects, 2019 to 2026: an area id that JD does not know is no error, the answer is then that of the
whole country; no query is paged beyond about 10,000 rows; rows go missing without a word when asked too fast.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, ClassVar

from crawler.errors import UnknownPlace
from crawler.items import Follow
from crawler.normalize.divisions import load_gazetteer
from crawler.page import Page
from crawler.parsers.jd.areas import MUNICIPALITIES, Area, area_of, areas_within, find_area
from crawler.parsers.jd.calls import REALTIME, SEARCH, read_call, search_address
from crawler.reading import Reading
from crawler.spiders.base import SourceSpider
from crawler.spiders.places import province_name, region_code

STATES = ("1", "0", "2")  # running, upcoming, ended
HOMES = "101"  # 住宅用房
FIRST_YEAR, LAST_YEAR = 2017, 2030  # of the slices by the end of the auction; what lies outside is a slice of its own
PRICE_STEPS = (300_000, 600_000, 1_000_000, 2_000_000, 5_000_000)  # yuan
NARROWEST_PRICE_SLICE = 1_000  # yuan
HIGHEST_PRICE = 10**10  # yuan


class JdSearchSpider(SourceSpider):
    """Asks for homes by state, in each place named (``--city 福州市``) or everywhere, and for their details."""

    max_reachable: ClassVar[int | None] = 9_000
    """Rows of one query: a project of 2026 splits beyond that, one of 2022 warns at 250 pages of 40."""

    windows: ClassVar[Sequence[Mapping[str, Any]]] = ()
    """What the shop window adds to a query."""

    def first_pages(self) -> Iterable[Follow]:
        """The first page of each place, state and part of the shop window."""
        places = [place(self._area(city)) for city in self.scope.cities] or [{}]
        for where in places:
            for state in STATES:
                for window in self.windows:
                    yield self._list_page({"childrenCateId": HOMES, "multiPaimaiStatus": state, **window, **where})

    def narrower(self, follow: Follow) -> Sequence[Follow]:
        """The parts of a query: by province, city, kind of asset, end, price; none where it cannot be split further."""
        call = read_call(follow.url)
        if call.function != SEARCH:
            return []
        body = call.body
        parts = split_area(body) or split_labels(body) or split_time(body) or split_price(body)
        return [self._list_page({**body, "page": 1, **part}) for part in parts]

    def check_scope(self, follow: Follow, reading: Reading) -> str | None:
        """What is wrong with an answer to a query; ``None`` for one that may be what was asked for."""
        call = read_call(follow.url)
        if call.function != SEARCH:
            return None
        area = area_of(call.body.get("provinceId"), call.body.get("cityId"))
        if area is None:
            return None
        elsewhere = [
            listing.item
            for listing in reading.listings
            if not area.holds(listing.item.state_raw, listing.item.city_raw)
        ]
        if not elsewhere:
            return None
        first = elsewhere[0]
        return (
            f"asked for {area.province}{area.city or ''}, {len(elsewhere)} of {len(reading.listings)} rows lie "
            f"elsewhere, the first in {first.state_raw}{first.city_raw or ''}: the area id was not understood"
        )

    def wants(self, follow: Follow, page: Page, reading: Reading) -> bool:
        """Not the state of a listing whose auction has not begun: there is neither a bid nor an outcome."""
        if read_call(follow.url).function != REALTIME:
            return True
        starts = (listing.item.starts_at_raw for listing in reading.listings)
        seen_at = page.observed_at.timestamp() * 1000
        return not any(isinstance(start, int) and start > seen_at for start in starts)

    def _list_page(self, query: Mapping[str, Any]) -> Follow:
        return Follow(search_address(query), f"{self.name}.list", is_next_page=True)

    def _area(self, name: str) -> Area:
        """The area of a place given by name or by the code of GB/T 2260.

        Raises:
            UnknownPlace: no such place, or none that JD's search knows.
        """
        code = region_code(name)
        province = province_name(code[:2])
        area = find_area(province, place_below(code, is_municipality=province[:2] in MUNICIPALITIES))
        if area is None:
            raise UnknownPlace(f"{name}: JD's search is asked by province or city, not below", source=self.name)
        return area


def place_below(code: str, *, is_municipality: bool) -> str | None:
    """The city of a code, in a municipality the district; ``None`` for a province, "" for what lies lower."""
    if code.endswith("0000"):
        return None
    cities = {id(city): city for city in load_gazetteer().city_by_name.values()}.values()
    if is_municipality:
        districts = (district for city in cities for district in city.districts.values())
        return next((str(each.district) for each in districts if each.code == code and each.district), "")
    return next((str(city.region.city) for city in cities if city.region.code == code), "")


def place(area: Area) -> dict[str, Any]:
    """The part of a query that says where."""
    return {"provinceId": area.province_id, **({"cityId": area.city_id} if area.city_id else {})}


def split_area(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The provinces of the country, or the cities of a province."""
    if body.get("cityId"):
        return []
    return [place(part) for part in areas_within(area_of(body.get("provinceId"), None))]


def split_labels(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One kind of asset each."""
    labels = str(body.get("labelSet") or "").split(",")
    return [{"labelSet": label} for label in labels] if len(labels) > 1 else []


def split_time(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Years, then halves of a span, down to a day. Neighbours share a day: whether the last one counts is not known."""
    start, end = str(body.get("timeRangeStart") or ""), str(body.get("timeRangeEnd") or "")
    if not start and not end:
        bounds = ["", *(f"{year}-01-01" for year in range(FIRST_YEAR, LAST_YEAR + 1)), ""]
    elif start and end:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
        if last - first <= timedelta(days=1):
            return []
        bounds = [start, (first + (last - first) / 2).isoformat(), end]
    else:
        return []
    return [{"timeRangeStart": left, "timeRangeEnd": right} for left, right in pairwise(bounds)]


def split_price(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Steps of price, then halves of a step; what is open above doubles."""
    low, high = int(body.get("currentPriceRangeStart") or 0), int(body.get("currentPriceRangeEnd") or 0)
    if not low and not high:
        bounds = [0, *PRICE_STEPS, 0]
    elif high:
        if high - low <= NARROWEST_PRICE_SLICE:
            return []
        bounds = [low, (low + high) // 2, high]
    elif low < HIGHEST_PRICE:
        bounds = [low, low * 2, 0]
    else:
        return []
    return [
        {"currentPriceRangeStart": left or "", "currentPriceRangeEnd": right or ""} for left, right in pairwise(bounds)
    ]
