"""First-order divisions of countries whose sources write them out: names to codes of ISO 3166-2.

The codes are those of iso-codes as pycountry 26.2.16 has them (2026-02); the names beside them are the countries' own.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

KOREA = {
    # Official name, names until 2006 (제주), 2023-06-11 (강원), 2024-01-18 (전북), short name.
    "KR-11": "서울특별시 서울시 서울",
    "KR-26": "부산광역시 부산시 부산",
    "KR-27": "대구광역시 대구시 대구",
    "KR-28": "인천광역시 인천시 인천",
    "KR-29": "광주광역시 광주",  # 광주시 is a city of 경기도
    "KR-30": "대전광역시 대전시 대전",
    "KR-31": "울산광역시 울산시 울산",
    "KR-41": "경기도 경기",
    "KR-42": "강원특별자치도 강원도 강원",
    "KR-43": "충청북도 충북",
    "KR-44": "충청남도 충남",
    "KR-45": "전북특별자치도 전라북도 전북",
    "KR-46": "전라남도 전남",
    "KR-47": "경상북도 경북",
    "KR-48": "경상남도 경남",
    "KR-49": "제주특별자치도 제주도 제주",
    "KR-50": "세종특별자치시 세종시 세종",
}

UKRAINE = {
    # Regions by their adjective (Київська область), cities and the Crimea by name.
    "UA-05": "Вінницька",
    "UA-07": "Волинська",
    "UA-09": "Луганська",
    "UA-12": "Дніпропетровська",
    "UA-14": "Донецька",
    "UA-18": "Житомирська",
    "UA-21": "Закарпатська",
    "UA-23": "Запорізька",
    "UA-26": "Івано-Франківська",
    "UA-30": "Київ",
    "UA-32": "Київська",
    "UA-35": "Кіровоградська",
    "UA-40": "Севастополь",
    "UA-43": "Автономна Республіка Крим|АР Крим|Крим",
    "UA-46": "Львівська",
    "UA-48": "Миколаївська",
    "UA-51": "Одеська",
    "UA-53": "Полтавська",
    "UA-56": "Рівненська",
    "UA-59": "Сумська",
    "UA-61": "Тернопільська",
    "UA-63": "Харківська",
    "UA-65": "Херсонська",
    "UA-68": "Хмельницька",
    "UA-71": "Черкаська",
    "UA-74": "Чернігівська",
    "UA-77": "Чернівецька",
}

GREECE = {
    # Nominative, and the genitive that stands behind Περιφέρεια and in lists.
    "GR-69": "Άγιον Όρος|Άγιο Όρος|Αγίου Όρους",
    "GR-A": "Ανατολική Μακεδονία και Θράκη|Ανατολικής Μακεδονίας και Θράκης",
    "GR-B": "Κεντρική Μακεδονία|Κεντρικής Μακεδονίας",
    "GR-C": "Δυτική Μακεδονία|Δυτικής Μακεδονίας",
    "GR-D": "Ήπειρος|Ηπείρου",
    "GR-E": "Θεσσαλία|Θεσσαλίας",
    "GR-F": "Ιόνια Νησιά|Ιόνιοι Νήσοι|Ιονίων Νήσων",
    "GR-G": "Δυτική Ελλάδα|Δυτικής Ελλάδας",
    "GR-H": "Στερεά Ελλάδα|Στερεάς Ελλάδας",
    "GR-I": "Αττική|Αττικής",
    "GR-J": "Πελοπόννησος|Πελοποννήσου",
    "GR-K": "Βόρειο Αιγαίο|Βορείου Αιγαίου",
    "GR-L": "Νότιο Αιγαίο|Νοτίου Αιγαίου",
    "GR-M": "Κρήτη|Κρήτης",
}

CITIES = {
    "KR": (
        "서울특별시",
        "부산광역시",
        "대구광역시",
        "인천광역시",
        "광주광역시",
        "대전광역시",
        "울산광역시",
        "세종특별자치시",
    ),
    "UA": ("Київ", "Севастополь"),
}
"""Cities that are first-order divisions themselves; sources that have no field for one write them as cities."""

AROUND_NAME = re.compile(r"^(?:περιφερεια|місто|м\.) ?| ?(?:область|обл\.?)$")


@lru_cache(maxsize=4096)
def find_subdivision(country: str, state: str | None, city: str | None) -> str | None:
    """The code of a first-order division by its name or its own code; where none is told, by a city that is one."""
    names = _names_of(country)
    if state:
        return names.get(_fold(state)) or names.get(f"{country}-{state}".casefold())
    return names.get(_fold(city)) if city and _fold(city) in map(_fold, CITIES.get(country, ())) else None


def has_subdivisions(country: str) -> bool:
    """Whether the names of the country's first-order divisions are known here."""
    return bool(_names_of(country))


@lru_cache(maxsize=8)
def _names_of(country: str) -> Mapping[str, str]:
    if country == "KR":
        return _index({code: names.split() for code, names in KOREA.items()})
    table = {"UA": UKRAINE, "GR": GREECE}.get(country, {})
    return _index({code: names.split("|") for code, names in table.items()})


def _index(table: Mapping[str, list[str]]) -> Mapping[str, str]:
    by_name = {_fold(name): code for code, names in table.items() for name in names}
    return by_name | {code.casefold(): code for code in table}


def _fold(name: str) -> str:
    """Without accents, capitals, doubled blanks, and words for region or city around the name."""
    letters = unicodedata.normalize("NFD", " ".join(name.split()).casefold())
    plain = "".join(letter for letter in letters if letter != "\u0301")
    return AROUND_NAME.sub("", unicodedata.normalize("NFC", plain))
