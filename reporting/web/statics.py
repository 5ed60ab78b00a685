"""Style sheets, scripts and what comes with them: known by name before the first request, packed once."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

HERE = Path(__file__).parent / "static"
ECHARTS = Path(__file__).parents[1] / "plots" / "echarts"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file. ``digest``: the beginning of its hash, part of its address, so that it may be kept for ever."""

    content: bytes
    packed: bytes
    kind: str
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """Every file by its name: those of ``static``, and ECharts where the plots have it."""
    paths = {path.relative_to(HERE).as_posix(): path for path in HERE.rglob("*") if path.suffix in KINDS}
    paths |= {f"vendor/echarts/{path.name}": path for path in ECHARTS.glob("*.js")}
    return {name: _read(path) for name, path in paths.items()}


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0)
    return Asset(content, packed, f"{KINDS[path.suffix]}; charset=utf-8", sha256(content).hexdigest()[:12])


def asset_address(name: str) -> str:
    """Where a file is found.

    Raises:
        KeyError: there is none of this name.
    """
    return f"/static/{name}?v={assets()[name].digest}"


@router.get("/static/{name:path}")
def serve_asset(name: str, request: Request) -> Response:
    """One file; nothing is looked up on the disk by what an address says."""
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404)
    headers = {"etag": f'"{asset.digest}"', "vary": "Accept-Encoding", "cache-control": "no-cache"}
    if request.query_params.get("v") == asset.digest:
        headers["cache-control"] = FOR_EVER
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, headers=headers | {"content-encoding": "gzip"}, media_type=asset.kind)
    return Response(asset.content, headers=headers, media_type=asset.kind)
