"""A board is kept on disk: a server that starts again shows it without reading the listings, if it is the one."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reporting.filters import Filters
from reporting.web.board import apart, kept
from reporting.web.board import keeper as keeping
from reporting.web.board.board import Board
from reporting.web.board.keeper import BoardKeeper
from reporting.web.board.lines import load_lines
from reporting.web.board.making import make_board
from reporting.web.errors import NotReady
from store.engine import open_engine, reading, writing
from tests.reporting.web.conftest import NOW
from tests.reporting.web.test_web_board_kept_up import assert_equal, made_anew

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "homes.board"


@pytest.fixture
def written(engine: Engine, path: Path) -> Board:
    """The board that stands in the file."""
    with reading(engine) as connection:
        made, _ = make_board(connection, None, NOW)
    kept.write_made(path, made, "mine")
    return made.board


def large_keeper(engine: Engine, path: Path, now: datetime = NOW) -> BoardKeeper:
    """One that takes any database for a large one, and has been asked once."""
    keeper = BoardKeeper(engine, lambda: now, small=0, kept=path)
    keeper.refresh_soon()
    keeper._thread.join()  # type: ignore[union-attr]
    return keeper


def count_children(monkeypatch: pytest.MonkeyPatch) -> list[apart.Job]:
    """The work that is given to other processes."""
    given: list[apart.Job] = []

    def note(job: apart.Job, begun: object) -> int:
        given.append(job)
        return apart.make_apart(job, begun)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "make_apart", note)
    return given


def test_a_board_on_disk_is_the_board_that_was_written(engine: Engine, path: Path, written: Board):
    found = kept.read_made(path, "mine")

    assert found is not None
    assert_equal(found.board, made_anew(engine, NOW))
    assert found.board.now == written.now
    assert path.stat().st_mode & 0o077 == 0


def test_letters_are_whole_wherever_a_piece_of_the_text_ends(
    path: Path, written: Board, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kept, "PIECE", 7)

    found = kept.read_made(path, "mine")

    assert found is not None
    assert [found.board.texts.at(each) for each in range(written.count)] == [
        written.texts.at(each) for each in range(written.count)
    ]


def test_a_board_that_was_read_from_disk_is_brought_up_to_date(engine: Engine, path: Path, written: Board):
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE listing SET last_seen_at = '2026-09-05 03:30:00.000000' WHERE id % 3 = 1")
    before = kept.read_made(path, "mine")

    with reading(engine) as connection:
        made, read = make_board(connection, before, NOW)

    assert 0 < read < written.count // 3
    assert_equal(made.board, made_anew(engine, NOW))


@pytest.mark.parametrize("place", [0, 40, -1, -40, -1000])
def test_a_file_with_a_spoiled_byte_is_no_board(
    path: Path, written: Board, place: int, caplog: pytest.LogCaptureFixture
):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)

    with caplog.at_level(logging.WARNING):
        assert kept.read_made(path, "mine") is None


@pytest.mark.parametrize("left", [0, 10, 5_000, 100_000])
def test_a_file_that_was_cut_short_is_no_board(path: Path, written: Board, left: int):
    path.write_bytes(path.read_bytes()[:left])

    assert kept.read_made(path, "mine") is None


def test_a_board_of_another_database_or_of_other_code_is_not_taken(
    path: Path, written: Board, monkeypatch: pytest.MonkeyPatch
):
    mark = kept.own_mark("sqlite:///one")
    monkeypatch.setattr(kept, "_code_mark", lambda: "other code")

    assert kept.read_made(path, "another") is None
    assert kept.own_mark("sqlite:///two") != kept.own_mark("sqlite:///one") != mark


def test_the_board_of_a_large_database_is_made_once_for_two_servers(
    engine: Engine, path: Path, monkeypatch: pytest.MonkeyPatch
):
    given = count_children(monkeypatch)
    first = large_keeper(engine, path).board()
    second = large_keeper(engine, path).board()

    assert len(given) == 1
    assert_equal(first, made_anew(engine, NOW))
    assert_equal(second, first)


def test_a_server_that_starts_later_shows_the_board_there_is_until_it_has_another(
    engine: Engine, path: Path, monkeypatch: pytest.MonkeyPatch
):
    large_keeper(engine, path)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE source SET write_count = write_count + 1")
        connection.exec_driver_sql("UPDATE crawl_run SET finished_at = NULL WHERE id = 1")
    shown: list[datetime] = []
    later = BoardKeeper(engine, lambda: LATER, small=0, kept=path)

    def look(job: apart.Job, begun: object) -> int:
        shown.append(later.board().now)
        return apart.make_apart(job, begun)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "make_apart", look)
    later.refresh_soon()
    later._thread.join()  # type: ignore[union-attr]

    assert shown == [NOW]
    assert later.board().now == LATER


def test_where_the_board_cannot_be_kept_it_is_made_all_the_same(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    keeper = large_keeper(engine, tmp_path / "no such folder" / "homes.board")

    assert_equal(keeper.board(), made_anew(engine, NOW))
    assert "cannot be kept" in caplog.text


def test_a_server_that_stops_ends_the_process_that_reads(engine: Engine, path: Path, monkeypatch: pytest.MonkeyPatch):
    keeper = BoardKeeper(engine, lambda: NOW, small=0, kept=path)
    ended: list[int | None] = []

    def begin(job: apart.Job, begun: object) -> int:
        def close_at_once(child: object) -> None:
            keeper._is_closed = True
            begun(child)  # type: ignore[operator]
            child.join()  # type: ignore[attr-defined]
            ended.append(child.exitcode)  # type: ignore[attr-defined]

        return apart.make_apart(job, close_at_once)

    monkeypatch.setattr(keeping, "make_apart", begin)
    keeper.refresh_soon()
    keeper.close()

    assert ended == [-15]
    assert not path.exists()
    with pytest.raises(NotReady):
        keeper.board()


def test_a_board_without_listings_is_kept_too(tmp_path: Path):
    path = tmp_path / "empty.board"
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    from store.schema import upgrade

    upgrade(engine)
    with reading(engine) as connection:
        made, _ = make_board(connection, None, NOW)
        assert list(load_lines(connection, Filters(), NOW)) == []
    engine.dispose()
    kept.write_made(path, made, "mine")

    found = kept.read_made(path, "mine")

    assert found is not None
    assert found.board.count == 0
