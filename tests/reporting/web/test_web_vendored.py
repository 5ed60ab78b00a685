"""What other people wrote and the pages bring along: unchanged, licensed, and without addresses to load from."""

from hashlib import sha256
from pathlib import Path

import pytest

from reporting.web.statics import HERE

FOLDERS = sorted(path.parent for path in (HERE / "vendor").glob("*/SHA256SUMS"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_vendored_file_is_the_one_whose_hash_was_noted(folder: Path):
    noted = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    present = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    for name in ("SHA256SUMS", "VERSION"):
        del present[name]
    assert present == noted
    assert any("LICENSE" in name for name in noted)
    assert len((folder / "VERSION").read_text("utf-8").split()) == 2


def test_there_are_three_of_them():
    assert [folder.name for folder in FOLDERS] == ["htmx", "leaflet", "pico"]
