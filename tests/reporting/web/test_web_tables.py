"""Tables of the pages: shown when all of one has come, which an empty foot tells (``static/app.css``)."""

import re

import pytest

from reporting.web.templates import FOLDER

WITH_TABLES = sorted(path.name for path in FOLDER.glob("*.html") if "<table" in path.read_text("utf-8"))


@pytest.mark.parametrize("name", WITH_TABLES)
def test_every_table_tells_its_end_or_it_would_stay_hidden(name: str):
    template = (FOLDER / name).read_text("utf-8")
    assert len(re.findall(r"<tfoot></tfoot>\s*</table>", template)) == template.count("<table")
