"""Orders that no source can carry out are refused before anything is asked: wrong usage, not a failed crawl."""

import pytest
from typer.testing import CliRunner

from crawler.errors import UnknownHandler
from crawler.settings import crawl_settings
from crawler.sources import source_specs
from fapai.__main__ import app

pytestmark = pytest.mark.usefixtures("forked_crawls")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("hkma", "cannot be asked by place"),
        ("br_caixa", "no state is called GOTHAM"),
        ("ali_judicial", "no place is called Gotham"),
    ],
)
def test_a_place_that_a_source_does_not_know_is_wrong_usage(source: str, reason: str, tmp_path) -> None:
    ordered = ["crawl", source, "--city", "Gotham", "--db", f"sqlite:///{tmp_path}/a.sqlite"]
    told = CliRunner().invoke(app, [*ordered, "--base-url", "http://127.0.0.1:9"])
    assert (told.exit_code, reason in told.output) == (2, True)


def test_a_way_to_download_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAPAI_DOWNLOAD_HANDLER", "lena")
    with pytest.raises(UnknownHandler, match="only lean and twisted"):
        crawl_settings(source_specs()["hkma"], None, "WARNING")
