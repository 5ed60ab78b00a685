"""The pictures of the pages: one for every page, none too heavy, each shown in both readmes."""

import re
import struct
from pathlib import Path

import pytest

from reporting.web.templates import FOLDER as TEMPLATES
from scripts.screenshots.shots import MOST_BYTES, MOST_BYTES_OF_ALL, PICTURES, VIEWS, Shot, all_shots

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / PICTURES
SHOTS = list(all_shots())
SHOWN = re.compile(rf'(?:src="|\()({PICTURES}/[a-z_-]+\.png)')


def test_every_page_has_its_pictures():
    pages = {path.stem for path in TEMPLATES.glob("*.html") if 'extends "layout.html"' in path.read_text("utf-8")}
    assert {view.page for view in VIEWS} == pages


def test_the_folder_holds_the_pictures_of_the_command_and_nothing_else():
    assert {path.name for path in FOLDER.iterdir()} == {shot.file for shot in SHOTS}


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.file)
def test_a_picture_is_as_wide_as_its_screen_and_not_too_heavy(shot: Shot):
    picture = (FOLDER / shot.file).read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert width == shot.screen.width * shot.screen.scale
    assert shot.screen.height <= height / shot.screen.scale <= shot.screen.tallest
    assert len(picture) < MOST_BYTES


def test_all_pictures_together_are_light():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES_OF_ALL


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_each_readme_shows_every_page(readme: str):
    shown = set(SHOWN.findall((ROOT / readme).read_text("utf-8")))
    assert {path.removeprefix(f"{PICTURES}/").split("-")[0] for path in shown} == {view.page for view in VIEWS}
    assert all((ROOT / path).is_file() for path in shown)
