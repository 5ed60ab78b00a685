"""Ukrainian addresses of Prozorro.Sale: ``вул. Київська, 10, кв. 5``. The flat may stand in the title alone."""

import re

from tracking.address.findings import Findings, without_zeros
from tracking.address.parts import Address

STREET = re.compile(
    r"(?<!\w)(вул(?:иця|\.)?|просп(?:ект|\.)?|пр-т\.?|бул(?:ьвар|ьв\.|\.)|б-р\.?|пров(?:улок|\.)?|пл(?:оща|\.)|шосе|узвіз"
    r"|наб(?:ережна|\.)?|проїзд|тупик|майдан)(?!\w) *([^,;()]{2,60}?)(?= *(?:,|;|\(|$|буд|\d+ *$))"
)
KINDS = {
    "вул": "ВУЛИЦЯ", "про": "ПРОСПЕКТ", "пр-": "ПРОСПЕКТ", "бул": "БУЛЬВАР", "б-р": "БУЛЬВАР", "пл": "ПЛОЩА",
    "шос": "ШОСЕ", "узв": "УЗВІЗ", "наб": "НАБЕРЕЖНА", "туп": "ТУПИК", "май": "МАЙДАН",
}  # fmt: skip
NUMBER = re.compile(r" *,? *(?:буд(?:инок|\.)?|б\.|№)? *№? *(\d{1,5}(?:[/-]\d{1,4})?(?: ?-?[а-яіїє](?!\w))?)")
LETTER_JOINT = re.compile(" |-(?=[а-яіїє])")
ITEMS = {
    "building": re.compile(r"(?<!\w)(?:корп(?:ус|\.)?|секція|блок) *№? *(\d{1,3}(?:-?[а-яіїє](?!\w))?|[а-яіїє](?!\w))"),
    "unit": re.compile(r"(?<!\w)(?:під['’ʼ]?їзд|під\.) *№? *(\d{1,2})"),
    "floor": re.compile(r"(?<!\w)(?:поверх|пов\.) *№? *(\d{1,2})|(\d{1,2})(?:-?й)? поверх"),
    "room": re.compile(
        r"(?<!\w)(?:кв(?:артир[аиуі]|\.)?|приміщення|прим\.|оф(?:іс|\.)) *№? *"
        r"(\d{1,4}(?:[/-]\d{1,4})?(?:-?[а-яіїє](?!\w))?)(?![ ,.]?\d| ?кв| ?м)"
    ),
    "parking": re.compile(
        r"(?<!\w)(?:паркомісце|машиномісце|машино-місце|гараж|бокс) *№? *(\d{1,4}(?:-?[а-яіїє](?!\w))?)"
    ),
    "lot": re.compile(r"(?<!\d)(\d{10}:\d{2}:\d{3}:\d{4})(?!\d)"),
}
SHARE = re.compile(r"(?<![\d/])(\d{1,4})/(\d{1,4})(?= *(?:част|частин|квартир|будинк))")


def read_ukraine(title: str | None, address: str | None) -> Address:
    """Street and number of the address, the rest of the address and of the title."""
    found = Findings(address or title or "")
    text = found.text.lower()
    if len(text) == len(found.text):
        read_street(text, found)
    texts = list(dict.fromkeys((text, (title or "").lower())))
    for part, pattern in ITEMS.items():
        match = next(filter(None, map(pattern.search, texts)), None)
        if match:
            read_item(part, match, found)
    if match := SHARE.search((title or "").lower()):
        found.put_share(int(match[1]), int(match[2]), match[0])
    return found.address()


def read_item(part: str, match: re.Match[str], found: Findings) -> None:
    """A part named by its word; a cadastral number keeps its zeros."""
    value = next(filter(None, match.groups()))
    if part != "lot":
        value = without_zeros(value).replace("-", "" if value[-1].isalpha() else "-").upper()
    if value != "0":
        found.values[part] = value
        found.words[part] = match[0].strip()


def read_street(text: str, found: Findings) -> None:
    """Street with its kind, and the number behind it."""
    match = STREET.search(text)
    name = match[2].strip(" .-").upper() if match else ""
    if match is None or not name:
        return
    word = match[1]
    kind = (
        "ПРОВУЛОК"
        if word.startswith("пров")
        else "ПРОЇЗД"
        if word == "проїзд"
        else KINDS.get(word[:3]) or KINDS[word[:2]]
    )
    found.put("road", f"{kind} {name}", *match.span())
    if number := NUMBER.match(text, match.end()):
        found.put("number", LETTER_JOINT.sub("", number[1]).upper(), *number.span(1))
