"""Export: make a snapshot beside the requests, see how far it is, fetch it, read its citation and manifest."""

import json
from threading import Lock

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.datastructures import QueryParams

from reporting.export_formats.formats import OtherFormat
from reporting.snapshot import Profile
from reporting.web.navigation import Entry
from reporting.web.query import choice_of, read_filters, words_of
from reporting.web.snapshots import MEBIBYTE, MOST_KEPT, Snapshots, Wish
from reporting.web.visit import Form, Here, Visit

ENTRY = Entry(80, "export", "/export")
LOCATIONS = ("full", "coarse")

router = APIRouter()
_making = Lock()


def snapshots_of(visit: Visit) -> Snapshots:
    """The snapshots of the application, in a folder beside the archive of pages."""
    state, settings = visit.request.app.state, visit.settings
    with _making:
        if not hasattr(state, "snapshots"):
            state.snapshots = Snapshots(settings.engine, settings.archive.with_suffix(".snapshots"), settings.clock)
    snapshots: Snapshots = state.snapshots
    return snapshots


@router.get("/export")
def show_export(visit: Here) -> HTMLResponse:
    """The form, what is being made, and what can be fetched."""
    snapshots = snapshots_of(visit)
    return visit.page(
        "export.html",
        fragment="made",
        going=snapshots.going(),
        failure=snapshots.failure,
        made=snapshots.made(),
        profiles=list(Profile),
        locations=LOCATIONS,
        formats=list(OtherFormat),
        most_kept=MOST_KEPT,
        mebibyte=MEBIBYTE,
    )


@router.post("/export")
def begin_snapshot(visit: Here, form: Form) -> Response:
    """Begin to make one."""
    visit.require_writes()
    formats = [
        OtherFormat(choice_of(QueryParams({"also": word}), "also", OtherFormat, "")) for word in words_of(form, "also")
    ]
    wish = Wish(
        Profile(choice_of(form, "profile", Profile, Profile.RESEARCH)),
        choice_of(form, "location", LOCATIONS, LOCATIONS[0]) == "coarse",
        read_filters(form).as_of,
        tuple(formats),
    )
    snapshots_of(visit).begin(wish)
    return visit.see_other("/export")


@router.get("/export/{name}.zip")
def fetch_snapshot(visit: Here, name: str) -> FileResponse:
    """The archive."""
    found = snapshots_of(visit).find(name)
    # It is packed already: told so, nobody packs it once more.
    headers = {"content-encoding": "identity"}
    return FileResponse(
        found.archive, headers=headers, media_type="application/zip", filename=f"fapai-{found.name}.zip"
    )


@router.get("/export/{name}")
def show_snapshot(visit: Here, name: str) -> HTMLResponse:
    """One snapshot: its tables, how to cite it, its manifest."""
    found = snapshots_of(visit).find(name)
    manifest = json.dumps(found.manifest, indent=2, ensure_ascii=False)
    return visit.page("snapshot.html", made=found, manifest=manifest, mebibyte=MEBIBYTE)


@router.post("/export/{name}/remove")
def remove_snapshot(visit: Here, name: str) -> Response:
    """Give its room back."""
    visit.require_writes()
    snapshots_of(visit).remove(name)
    return visit.see_other("/export")
