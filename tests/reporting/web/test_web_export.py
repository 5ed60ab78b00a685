"""Export: a snapshot is made beside the requests, is that of ``fapai export``, and no path comes from outside."""

import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from reporting.export import export_snapshot
from reporting.filters import parse_as_of
from reporting.snapshot import Profile
from reporting.web.snapshots import MOST_KEPT, NotNow, Snapshots, Wish, pack_folder
from tests.reporting.web.conftest import NOW

TOKEN = re.compile(r'name="_token" value="([0-9a-f]+)"')
FETCH = re.compile(r'href="(/export/[^"/]+)\.zip"')
Site = Callable[..., TestClient]


@pytest.fixture
def exporting(own_site: Site, tmp_path: Path) -> TestClient:
    """A web face whose snapshots stand in a folder of the test."""
    return own_site(archive=tmp_path / "homes.pages")


def make_snapshot(client: TestClient, **words: str) -> str:
    """Ask for one, wait until it is there, and give its address."""
    token = TOKEN.search(client.get("/export").text)
    assert token
    answer = client.post("/export", data={"_token": token[1], **words}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/export")
    client.app.state.snapshots.wait()
    found = FETCH.search(client.get("/export").text)
    assert found
    return found[1]


def test_the_archive_holds_the_very_files_of_the_command_line(exporting: TestClient, tmp_path: Path):
    words = {"as-of": "2021-09-01", "profile": "excel", "location": "coarse"}
    answer = exporting.get(f"{make_snapshot(exporting, **words)}.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    engine = exporting.app.state.settings.engine
    export_snapshot(engine, tmp_path / "own", parse_as_of("2021-09-01"), Profile.EXCEL, is_coarse=True)
    with ZipFile(io.BytesIO(answer.content)) as archive:
        fetched = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert fetched == {path.name: path.read_bytes() for path in (tmp_path / "own").iterdir()}


def test_the_page_of_a_snapshot_shows_its_citation_manifest_and_hashes(exporting: TestClient):
    address = make_snapshot(exporting, also="jsonl")
    page = exporting.get(address).text
    with ZipFile(io.BytesIO(exporting.get(f"{address}.zip").content)) as archive:
        manifest = json.loads(archive.read(f"fapai-{address.rpartition('/')[2]}/manifest.json"))
    assert manifest["content_sha256"] in page
    assert "cff-version: 1.2.0" in page
    assert all(file["sha256"] in page for file in manifest["files"])
    assert "listing.jsonl" in page
    assert "615" in re.findall(r"<code>listing.csv</code></th><td class=\"figure\">([^<]*)<", page)


def test_a_snapshot_can_be_removed(exporting: TestClient):
    address = make_snapshot(exporting)
    token = TOKEN.search(exporting.get("/export").text)
    assert token
    exporting.post(f"{address}/remove", data={"_token": token[1]})
    assert exporting.get(f"{address}.zip").status_code == 404
    assert "还没有快照" in exporting.get("/export").text


@pytest.mark.parametrize(
    "name", ["%2e%2e", "..%2f..%2fhomes", "%2e%2e%2fhomes.sqlite", "20260905T040000Z-00000000", ".making-x", "a\\b"]
)
def test_no_name_from_outside_leads_into_the_file_system(exporting: TestClient, tmp_path: Path, name: str):
    hidden = tmp_path / "homes.snapshots" / ".making-x"
    hidden.mkdir(parents=True)
    (hidden / "snapshot.zip").write_bytes(b"secret")
    for address in (f"/export/{name}.zip", f"/export/{name}"):
        answer = exporting.get(address)
        assert answer.status_code == 404
        assert b"secret" not in answer.content


def test_a_server_for_reading_only_makes_none_and_removes_none(own_site: Site, tmp_path: Path):
    client = own_site(archive=tmp_path / "homes.pages")
    address = make_snapshot(client)
    reader = own_site(archive=tmp_path / "homes.pages", is_read_only=True)
    token = TOKEN.search(client.get("/export").text)
    assert token
    reader.cookies = client.cookies
    page = reader.get("/export").text
    assert "<form" not in page
    data = {"_token": token[1]}
    assert reader.post("/export", data=data).status_code == 403
    assert reader.post(f"{address}/remove", data=data).status_code == 403
    assert reader.get(f"{address}.zip").status_code == 200


@pytest.mark.parametrize("words", [{"profile": "other"}, {"location": "here"}, {"also": "exe"}, {"as-of": "soon"}])
def test_a_wish_that_nobody_understands_is_refused(exporting: TestClient, words: dict[str, str]):
    token = TOKEN.search(exporting.get("/export").text)
    assert token
    assert exporting.post("/export", data={"_token": token[1], **words}).status_code == 400
    assert exporting.app.state.snapshots.going() is None


def test_only_one_is_made_at_a_time(recorded_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    snapshots, asked = Snapshots(recorded_engine, tmp_path / "kept", lambda: NOW), []

    def ask_again(*args: object, **_: object) -> None:
        with pytest.raises(NotNow, match="being made"):
            snapshots.begin(Wish())
        going = snapshots.going()
        assert going is not None
        asked.append(going.tables)
        raise OSError(f"disk full at {args[1]}")

    monkeypatch.setattr("reporting.web.snapshots.export_snapshot", ask_again)
    snapshots.begin(Wish())
    snapshots.wait()
    assert asked == [0]
    assert snapshots.failure == "disk full at …/tables"
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_full_disk_is_told_before_anything_is_written(
    recorded_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100 * 1024**2))
    snapshots = Snapshots(recorded_engine, tmp_path / "kept", lambda: NOW)
    with pytest.raises(NotNow, match="too little room: 100 MiB are free"):
        snapshots.begin(Wish())
    assert list((tmp_path / "kept").iterdir()) == []


def test_no_more_are_kept_than_the_disk_shall_hold(recorded_engine: Engine, tmp_path: Path):
    snapshots = Snapshots(recorded_engine, tmp_path / "kept", lambda: NOW)
    snapshots.begin(Wish())
    snapshots.wait()
    (one,) = snapshots.made()
    for number in range(1, MOST_KEPT):
        shutil.copytree(one.archive.parent, tmp_path / "kept" / f"20260101T000000Z-{number:08x}")
    with pytest.raises(NotNow, match="at most"):
        snapshots.begin(Wish())
    snapshots.remove(one.name)
    assert len(snapshots.made()) == MOST_KEPT - 1


def test_the_same_files_give_the_same_archive(tmp_path: Path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "listing.csv").write_text("source\n泉州\n", "utf-8")
    pack_folder(tmp_path / "tables", tmp_path / "one.zip", "top")
    (tmp_path / "tables" / "listing.csv").touch()
    pack_folder(tmp_path / "tables", tmp_path / "other.zip", "top")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
