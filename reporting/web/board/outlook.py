"""What reports on buying count over all listings, counted on the board: how rounds like one ended, what others cost.

The same figures as ``reporting.buyer``, in milliseconds at a million listings.
"""

from collections.abc import Iterable
from datetime import date
from statistics import median_low

from reporting.attempts import ENDED, Attempt
from reporting.buyer.comparables import AREA_BAND, LEAST_COMPARABLES, SOLD_WITHIN, Comparison, Place, places_of
from reporting.buyer.failures import ENDED_WITHIN, Chance, chance_of, round_of
from reporting.buyer.ground import Ground, is_whole_home
from reporting.filters import fold_place
from reporting.web.board.bits import Bits, bits_of
from reporting.web.board.board import ALIKE, Board
from reporting.web.board.columns import COMPARED
from reporting.web.board.lines import Compared, alike_of, home_of
from store.statement import CentiSqm, Minor


def chance_to_fail(board: Board, home: Iterable[Attempt], attempt: Attempt, day: date) -> Chance | None:
    """As ``reporting.buyer.failures.chance_to_fail``; ``home``: all attempts of the home, which do not count."""
    own, alike = round_of(attempt), alike_of(attempt)
    if own is None or alike is None:
        return None
    positions = (board.position_of(each.offer.listing_id) for each in home)
    ours = bits_of((each for each in positions if each is not None), board.count)
    rounds = board.of_words(ALIKE, (alike,)) & _ended_within(board, day - ENDED_WITHIN, day) & ~ours
    found: Chance | None = None
    for words, place in _scopes(board, attempt):
        bits = rounds & place
        outcomes = {outcome: (bits & board.of_words("state", (outcome,))).bit_count() for outcome in ENDED}
        found = chance_of(outcomes, f"{own.stage}, {own.kind}, {words}")
        if found.percent is not None:
            return found
    return found


def _scopes(board: Board, attempt: Attempt) -> Iterable[tuple[str, Bits]]:
    """Where others are looked for, the nearest first, in words and as listings."""
    city, district = attempt.offer.city, attempt.offer.district
    if city and district:
        yield f"{city} {district}", board.in_district(city, district)
    if city:
        yield city, board.of_words("city", (fold_place(city),))
    yield "all places", board.everything


def _ended_within(board: Board, first: date, last: date) -> Bits:
    if not board.count:
        return 0
    ended = board.orders["ended"]
    return ended.below(last.toordinal() + 1) & ~ended.below(first.toordinal())


class BoardComparables:
    """As ``reporting.buyer.comparables.Comparables``, by a look at the place of a home."""

    def __init__(self, board: Board, ground: Ground) -> None:
        self._board = board
        self._ground = ground

    def compare(self, attempt: Attempt) -> Comparison | None:
        """The homes that one is compared with; ``None`` where it compares with nothing by what is known of it."""
        site, area = self._ground.site_of(attempt), attempt.offer.floor_area
        if not area or not is_whole_home(attempt.offer, site) or not self._board.count:
            return None
        most: Comparison | None = None
        for place in places_of(attempt, site):
            for by in Compared:
                prices = self._like(by, place, area, home_of(attempt))
                words = f"{by}, {place[0]}"
                if len(prices) >= LEAST_COMPARABLES:
                    return Comparison(median_low(prices), len(prices), words)
                if most is None or len(prices) > most.home_count:
                    most = Comparison(None, len(prices), words)
        return most

    def _like(self, by: Compared, place: Place, area: CentiSqm, home: int) -> list[Minor]:
        """The prices at a place, each home once."""
        rows, code, most_apart = self._board.rows, COMPARED[by], int(area * AREA_BAND)
        first, last = (self._ground.day - SOLD_WITHIN).toordinal(), self._ground.day.toordinal()
        compared, ended = rows.array("compared"), rows.array("ended_on")
        areas, homes, prices = rows.array("area"), rows.array("home"), rows.array("compared_price")
        return [
            prices[each]
            for each in self._board.at_place(place)
            if compared[each] == code
            and homes[each] != home
            and abs(areas[each] - area) <= most_apart
            and (by is Compared.OFFERED or first <= ended[each] <= last)
        ]
