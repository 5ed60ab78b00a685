"""A slow request is logged with what it waited for; a quick one is not."""

import logging
import time

import pytest
from fastapi.testclient import TestClient

from reporting.web import slow
from reporting.web.pages import search


def test_a_slow_request_tells_what_it_waited_for(
    site: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(slow, "SLOW", 0.05)
    read = search.load_rows

    def dawdle(*given: object) -> object:
        ends = time.thread_time() + 0.1
        while time.thread_time() < ends:
            pass
        return read(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(search, "load_rows", dawdle)
    with caplog.at_level(logging.INFO, slow.__name__):
        assert site.get("/search?q=泉州").status_code == 200

    told = next(each.message for each in caplog.records if each.name == slow.__name__)
    assert told.startswith("GET /search took ")
    assert "泉州" not in told  # what somebody looks for is nobody else's affair
    processor = int(told.partition(" ms on the processor")[0].rpartition(" ")[2])
    assert 100 <= processor < 1_000
    assert told.endswith("1 requests at once")


def test_a_quick_request_is_not_logged(
    site: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(slow, "SLOW", 3_600.0)
    with caplog.at_level(logging.INFO, slow.__name__):
        assert site.get("/search").status_code == 200

    assert not [each for each in caplog.records if each.name == slow.__name__]


def test_a_path_makes_no_lines_of_its_own_in_the_log(
    site: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(slow, "SLOW", 0.0)
    with caplog.at_level(logging.INFO, slow.__name__):
        assert site.get("/homes/%0AGET%20/forged").status_code == 404

    told = [each.message for each in caplog.records if each.name == slow.__name__]
    assert [line for each in told for line in each.splitlines()] == told
    assert "GET /homes/%0AGET%20/forged took" in told[0]
