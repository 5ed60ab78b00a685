"""Backups, their way back, and care of the archive, on databases of real pages."""

import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from fapai.housekeeping import _archive_of
from store.archive import PRUNED, Place, read_page
from store.archive_care import archive_problems, compact, prunable, prune
from store.backup import back_up, missing_files, restore
from store.engine import open_engine, reading, writing
from store.errors import CannotWrite, SchemaMismatch, StoreError
from store.rows import PAGE
from store.runs import add_sources, open_run
from tests.fapai.conftest import CommandLine

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOTS = FIXTURES / "rmfysszc" / "list" / "guangdong-page-1-upcoming-and-ended" / "input.json"
BANK = FIXTURES / "demo" / "br_caixa"
NOW = datetime.now(UTC)


@pytest.fixture
def filled(fapai: CommandLine) -> CommandLine:
    """Lists of the bank on two days, the second one twice, and a court's list: three runs, three files."""
    days = sorted(BANK.glob("*_MS.csv"))[:2]
    for path in days:
        assert fapai("capture", path).exit_code == 0
    again = shutil.copy(days[1], "2021-12-24_MS.csv")  # the same body, seen again: a revisit
    assert fapai("capture", again).exit_code == 0
    assert fapai("capture", LOTS, "--observed-at", "2022-11-15").exit_code == 0
    return fapai


@pytest.fixture
def engine(filled: CommandLine, tmp_path: Path) -> Iterator[Engine]:
    (file,) = tmp_path.glob("*.sqlite")
    opened = open_engine(f"sqlite:///{file}")
    yield opened
    opened.dispose()


@pytest.fixture
def root(engine: Engine) -> Path:
    return _archive_of(engine)


def bodies(engine: Engine, root: Path) -> dict[int, bytes]:
    """What each page reads as, by id; pruned ones are left out."""
    with reading(engine) as connection:
        rows = connection.execute(select(PAGE.c.id, PAGE.c.archive_file, PAGE.c.archive_offset)).all()
    return {row.id: read_page(root, Place(row[1], row[2])).body for row in rows if row[1] != PRUNED}


def counts(file: Path) -> tuple[int, ...]:
    with closing(sqlite3.connect(file)) as connection:
        return tuple(
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("page", "listing", "observation")
        )


# Backups ----------------------------------------------------------------------------------------------------------


def test_a_backup_is_the_database_in_one_file_and_names_archive_and_key(filled: CommandLine, engine: Engine) -> None:
    done = filled("db", "backup", "copy.backup")
    assert (done.exit_code, done.stderr) == (0, "")
    assert re.search(r"the archive of pages: .*\.pages\n  its key: .*archive\.key\n", done.stdout)
    assert counts(Path("copy.backup")) == counts(Path(str(engine.url.database)))
    assert not list(Path().glob("copy.backup-*"))
    assert not list(Path().glob(".*.part"))


def test_a_backup_is_taken_while_somebody_writes_and_holds_whole_transactions(engine: Engine, tmp_path: Path) -> None:
    """Each transaction writes two rows: a copy that held one of them was taken in its midst."""
    file, done = Path(str(engine.url.database)), threading.Event()
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE pair (number INTEGER)"))

    def write() -> None:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as own:
            number = 0
            while not done.is_set():
                number += 1
                own.execute("BEGIN IMMEDIATE")
                own.executemany("INSERT INTO pair VALUES (?)", [(number,), (number,)])
                own.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            back_up(engine, tmp_path / f"{number}.backup")
    finally:
        done.set()
        writer.join()
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"{number}.backup")) as copy:
            assert copy.execute("SELECT number FROM pair GROUP BY number HAVING count(*) <> 2").fetchall() == []
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_never_goes_over_a_file_that_is_there(filled: CommandLine) -> None:
    Path("copy.backup").write_text("mine")
    done = filled("db", "backup", "copy.backup")
    assert (done.exit_code, done.stderr) == (1, "fapai: copy.backup is there already: name another file\n")
    assert Path("copy.backup").read_text() == "mine"


def test_a_backup_comes_back_into_nothing_and_tells_of_the_archive(filled: CommandLine, engine: Engine) -> None:
    filled("db", "backup", "copy.backup")
    done = filled("db", "restore", "copy.backup", db="sqlite:///elsewhere/new.sqlite")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "0 of the 3 files that it names are in the archive, elsewhere/new.pages" in done.stdout
    assert counts(Path("elsewhere/new.sqlite")) == counts(Path(str(engine.url.database)))
    shutil.copytree(_archive_of(engine), "elsewhere/new.pages")
    assert filled("db", "check", "--read-pages", db="sqlite:///elsewhere/new.sqlite").exit_code == 0


def test_a_backup_replaces_a_database_only_when_told_to_and_keeps_the_old_one(
    filled: CommandLine, engine: Engine, root: Path
) -> None:
    filled("db", "backup", "copy.backup")
    file = Path(str(engine.url.database))
    before = counts(file)
    filled("capture", sorted(BANK.glob("*_MS.csv"))[3])
    after = counts(file)
    assert after != before
    refused = filled("db", "restore", "copy.backup")
    assert (refused.exit_code, counts(file)) == (1, after)
    assert "with --replace the backup takes its place" in refused.stderr
    done = filled("db", "restore", "copy.backup", "--replace")
    assert (done.exit_code, counts(file)) == (0, before)
    (old,) = (each for each in file.parent.glob("*.replaced-*") if not each.name.endswith(("-wal", "-shm")))
    assert counts(old) == after
    assert missing_files(engine, root) == (3, 0)


def test_a_damaged_database_is_replaced_as_well(filled: CommandLine, engine: Engine) -> None:
    filled("db", "backup", "copy.backup")
    file = Path(str(engine.url.database))
    engine.dispose()
    before = counts(file)
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(b"not a database any more" * 500)
    assert filled("db", "restore", "copy.backup", "--replace").exit_code == 0
    assert counts(file) == before


def test_what_is_no_backup_or_damaged_or_newer_is_refused_and_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    copy, text_file = tmp_path / "copy.backup", tmp_path / "text.backup"
    back_up(engine, copy)
    before = counts(Path(str(engine.url.database)))
    text_file.write_text("a letter")
    damaged = tmp_path / "damaged.backup"
    body = bytearray(copy.read_bytes())
    body[8192 : 8192 * 6] = bytes(8192 * 5)
    damaged.write_bytes(body)
    newer = Path(shutil.copy(copy, tmp_path / "newer.backup"))
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    foreign = tmp_path / "foreign.backup"
    with closing(sqlite3.connect(foreign)) as connection, connection:
        connection.execute("CREATE TABLE mine (x)")
    for file, kind, words in [
        (text_file, StoreError, "is no backup of a database"),
        (tmp_path / "none", StoreError, "cannot be read"),
        (damaged, StoreError, "the backup is damaged"),
        (newer, SchemaMismatch, "made by a newer fapai"),
        (foreign, SchemaMismatch, "something else"),
    ]:
        with pytest.raises(kind, match=words):
            restore(engine, file, replace=True)
    assert counts(Path(str(engine.url.database))) == before


def test_nothing_is_replaced_or_written_anew_while_a_run_is_alive(engine: Engine, root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.backup"
    back_up(engine, copy)
    with writing(engine) as connection:
        add_sources(connection, {"icbc": "工行"})
        open_run(connection, "icbc", {"kind": "crawl"}, datetime.now(UTC))
    for work in (lambda: restore(engine, copy, replace=True), lambda: compact(engine, root)):
        with pytest.raises(CannotWrite, match="not while it is being written: icbc"):
            work()


def test_postgresql_is_copied_and_put_back_by_its_own_programs(
    new_postgresql_url: Callable[[], str], tmp_path: Path
) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    one, other = open_engine(new_postgresql_url()), open_engine(new_postgresql_url())
    with writing(one) as connection:
        add_sources(connection, {"icbc": "工行"})
    back_up(one, tmp_path / "copy.backup")
    with pytest.raises(CannotWrite, match="--replace"):
        restore(other, tmp_path / "copy.backup", replace=False)
    assert restore(other, tmp_path / "copy.backup", replace=True).is_current
    with reading(other) as connection:
        assert connection.execute(text("SELECT title FROM source")).scalars().all() == ["工行"]
    with pytest.raises(StoreError, match="no backup of a sqlite database"):
        restore(open_engine(f"sqlite:///{tmp_path / 'x.sqlite'}"), tmp_path / "copy.backup", replace=False)
    for each in (one, other):
        each.dispose()


def test_without_its_programs_postgresql_cannot_be_copied_and_the_sentence_says_so(
    new_postgresql_url: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(new_postgresql_url())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="its own program pg_dump, which is not installed here"):
        back_up(engine, tmp_path / "copy.backup")
    assert list(tmp_path.glob("*copy*")) == []
    engine.dispose()


# The archive ------------------------------------------------------------------------------------------------------


def test_joining_files_leaves_every_page_as_it_was_in_fewer_files(
    filled: CommandLine, engine: Engine, root: Path
) -> None:
    before, files = bodies(engine, root), list(root.rglob("*.warc.gz"))
    done = filled("archive", "compact")
    assert (done.exit_code, done.stderr) == (0, "")
    after = list(root.rglob("*.warc.gz"))
    assert bodies(engine, root) == before
    assert (len(files), len(after)) == (4, 1)
    assert set(files).isdisjoint(after)
    assert filled("db", "check", "--read-pages").exit_code == 0
    assert filled("reparse").exit_code == 0
    assert filled("archive", "compact").exit_code == 0
    assert bodies(engine, root) == before


def test_a_record_that_no_page_names_is_left_out(filled: CommandLine, engine: Engine, root: Path) -> None:
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM quarantined_row"))
        court = select(PAGE.c.id).where(PAGE.c.source == "rmfysszc")
        connection.execute(PAGE.update().where(PAGE.c.id.in_(court)).values(archive_file=PRUNED))
    kept = bodies(engine, root)
    done = compact(engine, root)
    assert done.dropped == 1
    assert done.size_after < done.size
    assert bodies(engine, root) == kept


def test_a_damaged_or_missing_file_stops_joining_and_everything_stays(engine: Engine, root: Path) -> None:
    files = sorted(root.rglob("*.warc.gz"))
    damaged = max(files, key=lambda path: path.stat().st_size)  # the smallest only note that a body came again
    whole = damaged.read_bytes()
    for missing in (1, 8, 20, 40, 77, 150):
        damaged.write_bytes(whole[:-missing])
        with pytest.raises(StoreError, match="nothing was changed"):
            compact(engine, root)
        assert sorted(root.rglob("*.warc.gz")) == files
    damaged.unlink()
    with pytest.raises(StoreError, match="nothing was changed"):
        compact(engine, root)
    assert sorted(root.rglob("*.warc.gz")) == [path for path in files if path != damaged]


def test_check_finds_pages_that_are_missing_cut_off_or_changed(filled: CommandLine, engine: Engine, root: Path) -> None:
    assert archive_problems(engine, root, is_thorough=True) == []
    cut, gone, changed = sorted(path for path in root.rglob("*.warc.gz") if path.stat().st_size > 2_000)[:3]
    gone.unlink()
    cut.write_bytes(b"")
    body = bytearray(changed.read_bytes())
    body[len(body) // 2] ^= 1
    changed.write_bytes(body)
    assert len(archive_problems(engine, root, is_thorough=False)) == 2
    done = filled("db", "check", "--read-pages")
    assert done.exit_code == 3
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert sum("missing" in line for line in lines) == 2
    assert sum("damaged" in line for line in lines) == 1


def test_pruning_counts_first_and_takes_no_page_that_an_observation_was_read_from(
    filled: CommandLine, engine: Engine, root: Path
) -> None:
    before = bodies(engine, root)
    shown = filled("archive", "prune", "--older-than", "30", "--kind", "list")
    assert shown.exit_code == 0
    assert re.search(r"^ +1 pages  br_caixa\.list +read, without which reparsing br_caixa is over$", shown.stdout, re.M)
    assert shown.stdout.endswith("nothing was taken away: --do does it\n")
    assert bodies(engine, root) == before
    done = filled("archive", "prune", "--older-than", "30", "--kind", "list", "--do")
    assert done.exit_code == 0
    with reading(engine) as connection:
        (pruned,) = connection.execute(select(PAGE.c.id).where(PAGE.c.archive_file == PRUNED)).scalars()
        told = connection.execute(text(f"SELECT count(*) FROM observation WHERE page_id = {pruned}")).scalar_one()
    assert told == 0
    assert bodies(engine, root) == {number: body for number, body in before.items() if number != pruned}
    refused = filled("reparse", "--source", "br_caixa")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "fapai: a page was pruned from the archive: it cannot be read again\n",
    )
    assert filled("reparse", "--source", "rmfysszc").exit_code == 0


def test_a_body_that_was_pruned_is_archived_again_when_it_is_seen_again(
    filled: CommandLine, engine: Engine, root: Path
) -> None:
    everything = {"br_caixa.list", "rmfysszc.list"}
    assert sum(each.pages for each in prunable(engine, NOW, everything, with_evidence=True)) == 4
    prune(engine, root, NOW, everything, with_evidence=True)
    assert bodies(engine, root) == {}
    later = Path(shutil.copy(sorted(BANK.glob("*_MS.csv"))[0], "2022-01-09_MS.csv"))
    assert filled("capture", later).exit_code == 0
    assert list(bodies(engine, root).values()) == [later.read_bytes()]


def test_only_pages_of_the_kind_and_age_that_were_named_are_taken(engine: Engine) -> None:
    assert prunable(engine, NOW, {"detail"}, with_evidence=True) == []
    assert prunable(engine, NOW, {"blocked"}, with_evidence=True) == []
    early = datetime(2021, 7, 1, tzinfo=UTC)
    assert prunable(engine, early, {"list"}, with_evidence=True) == []
    assert {each.reader for each in prunable(engine, NOW, {"rmfysszc.list"}, with_evidence=True)} == {"rmfysszc.list"}
