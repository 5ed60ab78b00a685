"""Places on a map, joined where they lie close together: a map of a million points shows some hundreds of numbers."""

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
    latitudes, longitudes = board.rows.array("latitude"), board.rows.array("longitude")
    south, west, north, east = (edge * MICRO for edge in box)
    cells: dict[tuple[int, int], _Cell] = {}
    for position in positions_of(bits & board.placed, board.count):
        latitude, longitude = latitudes[position], longitudes[position]
        if south <= latitude <= north and west <= longitude <= east:
            key = latitude // width, longitude // width
            cell = cells.get(key)
            if cell is None:
                cells[key] = [1, latitude, longitude, position]
            else:
                cell[0] += 1
                cell[1] += latitude
                cell[2] += longitude
    largest = sorted(cells.values(), key=lambda cell: -cell[0])[:MOST_CLUSTERS]
    return [_cluster(*cell) for cell in largest]


_Cell = list[int]
"""How many there are, the sums of their places, one of them."""


def _cluster(count: int, latitudes: int, longitudes: int, position: int) -> Cluster:
    return Cluster(latitudes / count / MICRO, longitudes / count / MICRO, count, position if count == 1 else None)
