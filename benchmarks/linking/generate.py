"""Made-up listings whose homes are known: the truth that the linker is measured against.

``generate(size, seed)`` yields listings one by one, the same ones for the same seed, in an order in which those of one
home lie apart; nothing but a few thousand of them is in memory. What the homes, the titles and the attempts look like,
and from which captures their proportions come, stands in ``homes``, ``titles`` and ``stories``. Here the fields around
the title are filled as sources fill them:

- no area in 26 % and no appraisal in 27 % of the homes sold in the winter of 2025/26 (banks: mostly none); areas cut
  to one decimal or to whole metres in a few percent (there 10 % and 3 %, of which chance explains 9 and 1);
- the title is missing and the address told in its place in one in sixteen listings, as in tables of sold homes;
- city and district are fields of their own at JD and in most tables, not in the lists of 2020;
- case numbers stand on detail pages only; a bank has none;
- certificates are rare, and a developer's covers every flat of his ("94 cadastral ids stood on 1,095 flats");
- the kind is the source's guess: a flat with its parking space is called a parking space (Fujian 2026).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, NamedTuple

from benchmarks.linking.homes import Compound, Draw, Home, Kind, homes_of, make_compound
from benchmarks.linking.stories import Attempt, open_case, tell
from benchmarks.linking.titles import Writer, add_round, make_writer, misspell, write_title
from crawler.normalize.regions import find_region
from store.terms import AppraisalScope, Currency, PropertyKind, RoundStatus

IN_WAITING = 4_000  # listings among which the next one is drawn
TOLD_KINDS = {
    Kind.FLAT: PropertyKind.FLAT,
    Kind.SHOP: PropertyKind.SHOP,
    Kind.PARKING: PropertyKind.PARKING,
    Kind.VILLA: PropertyKind.HOUSE,
    Kind.HOUSE: PropertyKind.HOUSE,
    Kind.LOT: PropertyKind.FLAT,
    Kind.SHARE: PropertyKind.FLAT,
}


class Labelled(NamedTuple):
    """A listing, and what it is a listing of. ``state``: all fields of ``tracking.offers.Offer`` but the last."""

    home: int
    state: tuple[Any, ...]

    @property
    def compound(self) -> int:
        """The homes of a compound are siblings."""
        return self.home // 1_000


def generate(size: int, seed: int = 4) -> Iterator[Labelled]:
    """So many listings with ids from 1, in the order of their ids."""
    random = Random(seed)
    draw = random.random
    waiting: list[tuple[int, tuple[Any, ...]]] = []
    arriving = _listings(random)
    for listing_id in range(1, size + 1):
        while len(waiting) < IN_WAITING:
            waiting.append(next(arriving))
        place = int(draw() * IN_WAITING)
        home, state = waiting[place]
        waiting[place] = waiting[-1]
        waiting.pop()
        yield Labelled(home, (listing_id, *state))


def _listings(random: Random) -> Iterator[tuple[int, tuple[Any, ...]]]:
    draw = random.random
    counts: dict[str, int] = {}
    number = made = 0
    while True:
        number += 1
        compound = make_compound(random, number, counts)
        start = int(draw() * 2_800)
        debtor = open_case(draw, compound, start) if compound.is_batch else None
        certificate = _certificate(draw, compound) if compound.is_batch and draw() < 0.3 else None
        for home in homes_of(random, compound):
            shared = debtor if home.kind is not Kind.LOT else None
            day = start + int(draw() * 20) if debtor else int(draw() * 2_800)
            writers: dict[int, tuple[Writer, str]] = {}
            known = certificate or _certificate(draw, compound)
            for attempt in tell(draw, compound, home, shared, day):
                made += 1
                text = _write(draw, compound, home, attempt, writers)
                yield home.number, _state(draw, compound, home, attempt, text, known, made)


def _write(draw: Draw, compound: Compound, home: Home, attempt: Attempt, writers: dict[int, tuple[Writer, str]]) -> str:
    """The same words through a procedure of a court, mostly; other words, mostly, at each attempt of a bank."""
    known = writers.get(attempt.procedure)
    stays = 0.8 if attempt.case else 0.4
    if known is None and attempt.procedure >= 8 and draw() < 0.5:
        known = writers.get(attempt.procedure - 8)
    if known is None or draw() > stays:
        writer = make_writer(draw, compound, home)
        if known and draw() < 0.5:  # the same clerk, a little otherwise
            writer = known[0]._replace(region=writer.region, ending=writer.ending, place=writer.place)
        written = home
        if home.kind is Kind.FLAT and draw() < 0.0008:
            written = home._replace(door=home.door + 1 if home.door % 2 else home.door - 1)
        text = write_title(compound, written, writer, attempt.seller)
        if draw() < 0.011:
            text = misspell(draw, text, compound)
        known = writers[attempt.procedure] = writer, text
    return known[1]


def _certificate(draw: Draw, compound: Compound) -> str:
    place = compound.place
    return f"{place.letter}({2008 + int(draw() * 15)}){place.city}不动产权第{int(draw() * 10_000_000):07}号"


def _area(draw: Draw, home: Home, is_bank: bool) -> int | None:
    chance = draw()
    if chance < 0.26:
        return None
    if chance < 0.268:
        return home.area + (100, -100, 10, -10, 900)[int(draw() * 5)]  # one digit wrong
    chance = draw()
    if chance < (0.15 if is_bank else 0.03):
        return (home.area + 5) // 10 * 10
    if chance < (0.3 if is_bank else 0.05):
        return (home.area + 50) // 100 * 100
    return home.area


def _state(
    draw: Draw, compound: Compound, home: Home, attempt: Attempt, text: str, certificate: str, made: int
) -> tuple[Any, ...]:
    """The fields of ``Offer`` from ``source`` to ``asset_id``."""
    is_bank = attempt.case is None
    starts_at, ends_at = _instant(attempt.day), _instant(attempt.day + attempt.days)
    published_at = _instant(attempt.day - (3 if is_bank else 15 + int(draw() * 20)))
    kind = TOLD_KINDS[home.kind] if draw() < 0.75 else None
    return (
        attempt.source,
        str(560_000_000_000 + made * 37 if attempt.source.startswith("ali") else 110_000_000 + made),
        1,
        published_at,
        ends_at,
        *(texts := _texts(draw, compound, attempt, text)),
        *_read_region(_region(draw, compound), texts),
        PropertyKind.PARKING if kind is PropertyKind.FLAT and draw() < 0.003 else kind,
        attempt.kind if is_bank or draw() < 0.88 else None,
        None,
        attempt.status if draw() < 0.9 else RoundStatus.ENDED,
        attempt.seller,
        attempt.seller_kind,
        attempt.case if draw() < 0.6 else None,
        certificate if draw() < 0.03 else None,
        Currency.CNY,
        *_prices(draw, home, attempt),
        starts_at,
        ends_at,
        published_at if draw() < 0.4 else None,
        _area(draw, home, is_bank),
        None,
        home.share if home.share and draw() < 0.4 else None,
        home.home_count if home.home_count > 1 and draw() < 0.5 else None,
        None,
        None,
    )


def _region(draw: Draw, compound: Compound) -> tuple[str | None, str | None, str | None]:
    """Code, city and district, as far as the source tells them."""
    chance, place = draw(), compound.place
    if chance < 0.62:
        return compound.code, place.city, compound.district
    return (place.code, place.city, None) if chance < 0.93 else (None, None, None)


def _read_region(told: tuple[str | None, str | None, str | None], texts: tuple[str | None, str | None]) -> Any:
    """What the source tells, completed out of the words as ``crawler.normalize`` does before anything is stored."""
    if all(told):
        return told
    title, address = texts
    for text in (address, title):
        if text is not None:
            place = find_region("CN", None, told[1], told[2], text)
            if place.code is not None:
                return place.code, place.city, place.district
    return told


def _prices(draw: Draw, home: Home, attempt: Attempt) -> tuple[int | None, int | None, int | None, int | None, Any]:
    """Start, asking price, hammer price, appraisal and its scope. A bank asks, a court starts."""
    price, appraisal = attempt.price * 100, attempt.appraisal and attempt.appraisal * 100
    hammer = int(price * (1 + draw() * 0.4)) if attempt.status is RoundStatus.SOLD else None
    scope = AppraisalScope.LOT if home.kind is Kind.LOT and appraisal and draw() < 0.3 else None
    if attempt.case is None:
        return None, price, hammer, appraisal, scope
    return price, None, hammer, appraisal, scope


def _texts(draw: Draw, compound: Compound, attempt: Attempt, text: str) -> tuple[str | None, str | None]:
    """Title and address as a source gives them."""
    chance, place = draw(), compound.place
    if chance < 0.06:
        return None, text
    title = add_round(draw, text, attempt.kind)
    if chance < 0.14:
        return title, f"{place.province} {place.city} {compound.district}"
    if chance < 0.2:
        return title, f"{place.city}{compound.district}{compound.road}{compound.house_number}号"
    return title, None


@cache
def _instant(day: int) -> datetime:
    """Ten in the morning in China."""
    return datetime(2017, 1, 1, 2, tzinfo=UTC) + timedelta(days=day)
