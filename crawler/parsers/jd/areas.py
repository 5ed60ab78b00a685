"""JD's areas: where a query looks, told by its ids, and which ids a place has."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from crawler.parsers.jd.area_table import CITIES, PROVINCES

MUNICIPALITIES = frozenset({"北京", "上海", "天津", "重庆"})


class Area(NamedTuple):
    """A province, or a city of it; in a municipality the city is a district."""

    province: str
    province_id: int
    city: str | None = None
    city_id: int | None = None

    def holds(self, province: str | None, city: str | None) -> bool:
        """Whether a place as JD or an official table writes it lies here; what is not told is no objection.

        The first two characters tell the cities of each province apart, and 甘南州 is 甘南藏族自治州.
        """
        if province and province[:2] != self.province[:2]:
            return False
        if not city or self.city is None or (self.province in MUNICIPALITIES and city[:2] == self.province):
            return True
        return city[:2] == self.city[:2]


@cache
def all_cities() -> tuple[Area, ...]:
    """Every city of the table."""
    found = []
    for province, text in CITIES.items():
        words = text.split()
        found += [
            Area(province, PROVINCES[province], name, int(number))
            for name, number in zip(words[::2], words[1::2], strict=True)
        ]
    return tuple(found)


def areas_within(area: Area | None) -> Sequence[Area]:
    """The provinces of the country, the cities of a province, nothing within a city."""
    if area is None:
        return [Area(name, number) for name, number in PROVINCES.items()]
    return [] if area.city_id else [each for each in all_cities() if each.province_id == area.province_id]


def area_of(province_id: object, city_id: object) -> Area | None:
    """The area that a query asks for by its ids; ``None`` for the whole country or ids that no table holds."""
    if city_id:
        return next((each for each in all_cities() if str(each.city_id) == str(city_id)), None)
    return next((each for each in areas_within(None) if str(each.province_id) == str(province_id)), None)


def find_area(province: str, city: str | None = None) -> Area | None:
    """The area of a province (福建省) or of a city of it (福州市); ``None`` where JD's table has none."""
    whole = next((each for each in areas_within(None) if each.holds(province, None)), None)
    if whole is None or city is None:
        return whole
    return next((each for each in areas_within(whole) if str(each.city)[:2] == city[:2]), None)
