"""The standing reports: from rollups where these know the answer, else from the observations, with the same cells."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection

from reporting.attempts import Outcome
from reporting.choices import By
from reporting.filters import day_of
from reporting.rollups.answer import NOTHING_KEPT, Cell, KeptFigures, kept_figures, kept_labels
from reporting.rollups.labels import COUNTRY, PUBLISHED, shipped_counts
from reporting.statistics.clearance import Clearance, ClearanceQuestion, clearance, clearance_row
from reporting.statistics.counts import Count, CountQuestion, Counts, count, count_row, published_for, words_of_totals
from reporting.statistics.groups import in_order
from reporting.statistics.published import PublishedCount


def standing_clearance(connection: Connection, question: ClearanceQuestion) -> Clearance:
    """The clearance rates.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    kept = None
    if not question.per_home:
        kept = kept_figures(connection, question.by, question.filters, of_homes=True)
    if kept is None:
        return clearance(connection, question)
    groups = {group: cell for group, cell in kept.groups.items() if cell.rounds}
    rows = [
        clearance_row(group, outcomes_of(cell), cell["followed"])
        for group, cell in in_order(groups, question.by, _rounds_of).items()
    ]
    return Clearance(question, rows, kept.ground)


def outcomes_of(cell: Cell) -> Mapping[Outcome, int]:
    """How many rounds of a group ended how."""
    return {
        Outcome.OPEN: cell.open,
        Outcome.SOLD: cell["sold"],
        Outcome.FAILED: cell["failed"],
        Outcome.WITHDRAWN: cell["withdrawn"],
        Outcome.SUSPENDED: cell["suspended"],
        Outcome.UNKNOWN: cell.unknown,
    }


def _rounds_of(cell: Cell) -> int:
    return cell.rounds


def standing_counts(connection: Connection, question: CountQuestion) -> Counts:
    """How many listings, rounds and homes.

    Raises:
        WrongFilter: a source is asked for of which nothing is known.
    """
    is_beside = question.by is By.SELLER
    published = _published(connection) if is_beside else {}
    kept = None
    if published is not None:
        family = PUBLISHED if published else None
        kept = kept_figures(connection, question.by, question.filters, of_homes=False, family=family)
    if kept is None or published is None:
        return count(connection, question)
    return Counts(question, _count_rows(kept, question.by, published), kept.ground, _together(kept), False)


def _count_rows(kept: KeptFigures, by: By, published: Mapping[str, PublishedCount]) -> list[Count]:
    nothing = Cell(NOTHING_KEPT)
    cells: dict[str | None, Cell] = {**dict.fromkeys(published, nothing), **kept.groups}
    sizes = {
        group: max(cell["listings"], published[group].listings if group is not None and group in published else 0)
        for group, cell in cells.items()
    }
    return [
        count_row(
            group,
            cells[group]["listings"],
            cells[group].rounds,
            cells[group]["homes"],
            cells[group]["unlinked"],
            published.get(group or ""),
        )
        for group in in_order(sizes, by, int)
    ]


def _together(kept: KeptFigures) -> str:
    return words_of_totals(kept.total["listings"], kept.total.rounds, kept.total["homes"])


def _published(connection: Connection) -> dict[str, PublishedCount] | None:
    """The numbers beside sellers: all that are shipped, or none; ``None`` where only some of them are to be shown."""
    countries = kept_labels(connection, COUNTRY)
    if countries is None:
        return None
    found = published_for(countries, day_of(datetime.now(UTC)))
    return found if not found or found == shipped_counts() else None
