"""Statistics for programs: the figures of the pages and of ``fapai report``, with definition, notes and plot."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Response

from reporting.render import clean
from reporting.tables import Table
from reporting.web.api.homes import FAILURES
from reporting.web.records import plain
from reporting.web.statistics.kept import keeper_of
from reporting.web.statistics.questions import PER, STATISTICS, find_statistic, read_asked
from reporting.web.visit import Here

Word = Annotated[str | None, Query(max_length=200)]
Words = Annotated[list[str] | None, Query(max_length=40)]
JSON: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {}}}}

router = APIRouter(tags=["statistics"], responses=FAILURES)


@router.get("/statistics", summary="Which statistics there are")
def list_statistics() -> list[dict[str, Any]]:
    """Their names, the filters that they take, and by what they can be told apart (the first one unless asked)."""
    return [
        {"name": each.name, "filters": list(each.filters), "by": list(each.groups), "has_plot": each.draw is not None}
        for each in STATISTICS.values()
    ]


@router.get("/statistics/{name}", summary="One statistic", response_class=Response, responses=JSON)
def show_statistic(
    visit: Here,
    name: Annotated[str, Path(max_length=40, description=", ".join(STATISTICS))],
    by: Word = None,
    per: Annotated[str | None, Query(max_length=200, description=f"clearance: {' or '.join(PER)}")] = None,
    series: Annotated[list[str] | None, Query(max_length=40, description="context: names, or how they begin")] = None,
    source: Words = None,
    city: Words = None,
    kind: Words = None,
    seller_kind: Annotated[list[str] | None, Query(alias="seller-kind", max_length=40)] = None,
    round_kind: Annotated[list[str] | None, Query(alias="round", max_length=40)] = None,
    since: Word = None,
    as_of: Annotated[str | None, Query(alias="as-of", max_length=200)] = None,
) -> Response:
    """Rows, definition and notes; ``plot`` is an option of ECharts. 503 while a large database is being counted."""
    del by, per, series, source, city, kind, seller_kind, round_kind, since, as_of  # read below as the pages read them
    answer = keeper_of(visit).answer(read_asked(find_statistic(name), visit.request.query_params))
    table = answer.told
    body = {
        "name": name,
        "measure": table.measure,
        "notes": [clean(note) for note in table.notes],
        "observed_from": plain(table.observed_from),
        "observed_to": plain(table.observed_to),
        "counted_at": plain(answer.made_at),
        "rows": records_of(table),
        "plot": answer.option,
    }
    return Response(orjson.dumps(body), media_type="application/json")


def records_of(table: Table) -> list[dict[str, Any]]:
    """The rows by the names of their columns in files."""
    names = [column.name for column in table.columns if column.is_in_file]
    return [{name: plain(getattr(row, name)) for name in names} for row in table.rows]
