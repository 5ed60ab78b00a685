"""Alibaba's court auctions: the legacy list, category 住宅用房.

Seen 2018 to 2026: place names in the query are percent-encoded in GBK; ``sorder`` filters by status in spite of its
name; 40 to 60 items a page, and the pager ends after 83 to 150 pages, nobody knows which. So what states more than the
fewest of these hold is asked for again by province, city, day of the start and price. ``location_code`` takes
districts, but a code that the site does not know (it has those of before 2013) silently gives the whole country.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from urllib.parse import quote, unquote, urlsplit

from crawler.errors import UnknownPlace
from crawler.items import Follow
from crawler.normalize.divisions import load_gazetteer
from crawler.parsers import ali_judicial
from crawler.parsers.ali_judicial.list_cards import LIST_CARDS
from crawler.parsers.ali_judicial.list_json import LIST_JSON
from crawler.reading import Reading
from crawler.spiders.base import SourceSpider
from crawler.spiders.places import MUNICIPALITIES, elsewhere, parts_of, province_name, region_code, short_code

HOMES = "50025969"
LIST = "https://sf.taobao.com/item_list.htm"
LIST_URL = f"{LIST}?category={HOMES}"
ENDED = "2"
STATUS_FILTERS = ("0", "1", ENDED)  # running, upcoming, ended
CATEGORIES = (HOMES, "200782003", "200788003", "200798003", "50025970", "50025975", "50025972")
LONG_NAMES = ("内蒙古", "黑龙江")  # all other provinces are named by two characters

FIRST_DAY = date(2012, 1, 1)  # the first court sales on the site were in 2012
MONTH, DAY = timedelta(days=30), timedelta(days=1)
AROUND = 4 * MONTH  # a sell-off runs for 60 days, a sale is announced 30 days ahead
PRICE_EDGES = (0, 200_000, 400_000, 600_000, 800_000, 1_000_000, 1_500_000, 2_000_000, 3_000_000, 5_000_000, 10_000_000)
Window = tuple[date, date]


class AliJudicialSpider(SourceSpider):
    """Asks for running, upcoming and ended homes, in the places named (``--city 合肥``) or everywhere."""

    name = "ali_judicial"
    spec = ali_judicial.SPEC
    max_reachable: ClassVar[int | None] = 83 * 40

    def first_pages(self) -> Iterable[Follow]:
        """One list for each place and status.

        Raises:
            UnknownPlace: a name or code of no place.
        """
        places = [place_filter(region_code(city)) for city in self.scope.cities] or [{}]
        return [first_page({"category": HOMES, **place, "sorder": each}) for place in places for each in STATUS_FILTERS]

    def narrower(self, follow: Follow) -> Sequence[Follow]:
        """The same list by province, then city, category, day of the start, and price."""
        if not follow.url.startswith(LIST):
            return []
        asked = query_of(follow.url)
        return [first_page({**asked, **further}) for further in slices(asked, china_today())]

    def check_scope(self, follow: Follow, reading: Reading) -> str | None:
        """Told where most of the items lie outside the place that was asked for."""
        place = asked_place(follow.url) if follow.reader in (LIST_JSON, LIST_CARDS) else ""
        return elsewhere((listing.item.title for listing in reading.listings), place) if place else None


def first_page(wanted: Mapping[str, str]) -> Follow:
    """The first page of a list. The values stand in the address as they are."""
    query = "&".join(f"{name}={value}" for name, value in wanted.items() if name != "page")
    return Follow(f"{LIST}?{query}", LIST_JSON, is_next_page=True)


def query_of(url: str) -> dict[str, str]:
    """The query of an address, its values still encoded."""
    pairs = (pair.partition("=") for pair in urlsplit(url).query.split("&"))
    return {name: value for name, _, value in pairs if name and value}


def place_filter(code: str) -> dict[str, str]:
    """How a place is asked for: a province and a city by name, a district by its code."""
    if code.endswith("0000"):
        full = province_name(code[:2])
        return {"province": in_gbk(next((name for name in LONG_NAMES if full.startswith(name)), full[:2]))}
    if not code.endswith("00"):
        return {"location_code": code}
    city = next(city for city in load_gazetteer().city_by_name.values() if city.region.code == code)
    return {"city": in_gbk(city.bare or city.names[0])}


def in_gbk(name: str) -> str:
    """A name as the query takes it."""
    return quote(name.encode("gb18030"))


def asked_place(url: str) -> str:
    """The code of the place in an address, without the levels below it; empty where there is none, or none known."""
    asked = query_of(url)
    if "locationCodes" in asked:  # the search page: ["350500"]
        return short_code(unquote(asked["locationCodes"]).strip('[]"'))
    if "location_code" in asked:
        return short_code(asked["location_code"])
    for level, suffix in (("city", "市"), ("province", "")):
        name = unquote(asked.get(level, ""), encoding="gb18030")
        for each in (name + suffix, name) if name else ():
            try:
                return short_code(region_code(each))
            except UnknownPlace:
                continue
    return ""


def slices(asked: Mapping[str, str], today: date) -> Iterator[dict[str, str]]:
    """The further filters into which a query splits: those of the first level that it does not name yet."""
    place = asked_place(first_page(asked).url)
    is_province = "province" in asked and place[:2] not in MUNICIPALITIES
    if not {"province", "city", "location_code"} & asked.keys():
        yield from map(place_filter, parts_of(""))
    elif is_province and "city" not in asked:
        yield from ({**place_filter(code), "province": asked["province"]} for code in parts_of(place.ljust(6, "0")))
    elif "category" not in asked:
        yield from ({"category": category} for category in CATEGORIES)
    elif windows := split_days(asked, today):
        for first, last in windows:
            yield {"auction_start_seg": "0", "auction_start_from": str(first), "auction_start_to": str(last)}
    elif "startPrice" not in asked:
        for lowest, highest in zip(PRICE_EDGES, (*PRICE_EDGES[1:], None), strict=True):
            yield {"startPrice": str(lowest)} | ({} if highest is None else {"endPrice": str(highest)})


def split_days(asked: Mapping[str, str], today: date) -> list[Window]:
    """The windows of starting days into which a query splits; none for a single day.

    All days by year, or where nothing has ended by month; a year by month, a month by day.
    """
    if "auction_start_from" not in asked:
        if asked.get("sorder") == ENDED:
            return list(windows(FIRST_DAY, today, timedelta(days=366)))
        near = list(windows(today - AROUND, today + AROUND, MONTH))
        return [(FIRST_DAY, near[0][0] - DAY), *near, (near[-1][1] + DAY, today + timedelta(days=2 * 366))]
    first, last = (date.fromisoformat(asked[f"auction_start_{end}"]) for end in ("from", "to"))
    return list(windows(first, last, MONTH if last - first > MONTH else DAY)) if first < last else []


def windows(first: date, last: date, length: timedelta) -> Iterator[Window]:
    """Neighbouring windows from the first day to the last, both within them."""
    while first <= last:
        end = min(first + length - DAY, last)
        yield first, end
        first = end + DAY


def china_today() -> date:
    """The day in China."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()
