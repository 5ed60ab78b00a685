"""What machines ask of the server itself: is it well, and how do the sources stand."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import text

from reporting.metrics import CONTENT_TYPE, metrics_text
from reporting.web.visit import Here
from store.errors import StoreError

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def show_health(visit: Here) -> JSONResponse:
    """200 where the database answers, else 503; tells nothing else."""
    try:
        with visit.reading() as connection:
            connection.execute(text("SELECT 1"))
    except StoreError:
        return JSONResponse({"status": "the database does not answer"}, 503)
    return JSONResponse({"status": "ok"})


@router.get("/metrics")
def show_metrics(visit: Here) -> Response:
    """Metrics for Prometheus."""
    with visit.reading() as connection:
        return PlainTextResponse(metrics_text(connection, visit.now), media_type=CONTENT_TYPE)
