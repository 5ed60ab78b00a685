"""Places on a map, joined where they lie close together: a map of a million points shows some hundreds of numbers."""

from collections import defaultdict
from typing import NamedTuple

from reporting.web.board.bits import Bits, positions_of
from reporting.web.board.board import Board

MICRO = 1_000_000
CELLS_ACROSS = 16
"""Of the whole round of the earth at the first zoom; twice as many with each further one."""

MOST_CLUSTERS = 1_500


class Cluster(NamedTuple):
    """Some listings near each other: their middle in degrees, how many, and one of them where it is the only one."""

    latitude: float
    longitude: float
    size: int
    position: int | None


class Box(NamedTuple):
    """A part of the map in degrees."""

    south: float
    west: float
    north: float
    east: float


WORLD = Box(-90, -180, 90, 180)


def clusters_of(board: Board, bits: Bits, zoom: int, box: Box = WORLD) -> list[Cluster]:
    """The listings of a set that have coordinates and lie within a box, joined by the cells of a grid."""
    width = 360 * MICRO // (CELLS_ACROSS << zoom) or 1
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    for position in positions_of(bits & board.placed, board.count):
        place = board.place_of(position)
        if place is not None and _is_in(box, place):
            cells[place[0] // width, place[1] // width].append(position)
    largest = sorted(cells.values(), key=len, reverse=True)[:MOST_CLUSTERS]
    return [_cluster(board, members) for members in largest]


def _is_in(box: Box, place: tuple[int, int]) -> bool:
    latitude, longitude = place
    return box.south <= latitude / MICRO <= box.north and box.west <= longitude / MICRO <= box.east


def _cluster(board: Board, members: list[int]) -> Cluster:
    places = [place for position in members if (place := board.place_of(position)) is not None]
    count = len(places)
    return Cluster(
        sum(latitude for latitude, _ in places) / count / MICRO,
        sum(longitude for _, longitude in places) / count / MICRO,
        count,
        members[0] if count == 1 else None,
    )
