"""The demo plays its recorded pages to the end, and what it prints is what the pages say."""

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, func, select
from typer.testing import CliRunner

from fapai.demo import ARCHIVE, DATABASE, MARKER, NOTICES, SNAPSHOT, CannotPlay, DemoFolder, play_demo, recorded_pages
from fapai.demo_words import Narrator
from fapai.trial import app
from reporting.choices import By
from reporting.filters import Filters
from reporting.price_cuts import PriceCutQuestion, price_cuts
from reporting.repeats import RepeatQuestion, repeats
from reporting.rollups.answer import kept_figures
from reporting.web.settings import Settings
from store.engine import open_engine, reading
from store.rows import FACT, LISTING
from store.schema import upgrade

pytestmark = pytest.mark.usefixtures("forked_crawls")

CHECKOUT = Path(__file__).parents[2]
INDEX = json.loads((CHECKOUT / "fixtures" / "demo" / "index.json").read_text("utf-8"))
Prices = dict[str, list[tuple[date, Decimal]]]


class Played(NamedTuple):
    """One demo played to its end."""

    folder: Path
    words: str
    went_well: bool
    finished: list[str]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    stream = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(CHECKOUT))  # the children's
        patch.setenv("FAPAI_ARCHIVE", str(folder.parent / "my-own-archive"))
        patch.setattr("sys.stdout", stream)
        finished: list[str] = []
        went_well = play_demo(folder, finished.append)
        assert os.environ["FAPAI_ARCHIVE"] == str(folder.parent / "my-own-archive")
    return Played(folder, stream.getvalue(), went_well, finished)


@contextmanager
def opened(played: Played) -> Iterator[Connection]:
    """The database of the demo; nothing of it stays open."""
    engine = open_engine(f"sqlite:///{played.folder / DATABASE}")
    with reading(engine) as connection:
        yield connection
    engine.dispose()


def bank_prices() -> Prices:
    """The price of each id on each date, read from the bank's files with nothing of ours."""
    prices: Prices = defaultdict(list)
    for path in sorted((CHECKOUT / "fixtures" / "demo" / "br_caixa").glob("*.csv")):
        for line in path.read_text("latin-1").splitlines()[4:]:
            number, _, _, _, _, price, *_ = line.split(";")
            amount = Decimal(price.replace(".", "").replace(",", "."))
            prices[number.strip()].append((date.fromisoformat(path.name[:10]), amount))
    return prices


def falls(prices: Prices) -> list[date]:
    """The date of every fall of a price."""
    return [day for history in prices.values() for (_, before), (day, after) in pairwise(history) if after < before]


def test_every_run_went_as_it_should(played: Played) -> None:
    assert played.went_well
    lines = [line for line in played.words.splitlines() if re.match(r"\d{4}-\d\d-\d\d ", line)]
    assert [line[:10] for line in lines] == sorted([NOTICES.on.isoformat(), *(stop["on"] for stop in INDEX["stops"])])
    assert all(" 0 refused" in line for line in lines)


def test_each_date_says_how_many_prices_fell(played: Played) -> None:
    fell = falls(bank_prices())
    said = dict(re.findall(r"(2021-\d\d-\d\d) .* (\d+) cheaper", played.words))
    assert {day: int(count) for day, count in said.items()} == {
        day: fell.count(date.fromisoformat(day)) for day in said
    }
    assert sum(map(int, said.values())) == len(fell) > 100


def test_the_price_cuts_are_those_of_the_files(played: Played) -> None:
    prices = bank_prices()
    cheaper = [number for number, history in prices.items() if history[-1][1] < max(price for _, price in history)]
    assert f"n = {len(cheaper):,} listings under their highest price" in played.words
    with opened(played) as connection:
        report = price_cuts(connection, PriceCutQuestion())
        every = price_cuts(connection, PriceCutQuestion(every=True))
    assert {cut.source_id for cut in report.cuts} == set(cheaper)
    assert len(every.cuts) == len(falls(prices))
    assert f"\n{report.cuts[0].source_id} " in played.words


def test_on_days_of_outage_nothing_is_taken_as_removed(played: Played) -> None:
    outages = [stop["on"] for stop in INDEX["stops"] if stop.get("is_outage")]
    assert len(outages) == played.words.count("nothing is taken as removed, all 382 listings stay") == 3
    before = {number for number, history in bank_prices().items() if history[0][0] < date(2021, 8, 5)}
    assert len(before) == 382


def section(played: Played, heading: str) -> list[str]:
    """The lines beneath a heading, up to the next one."""
    rest = played.words.partition(f"\n\n{heading}\n")[2]
    return re.split(r"\n\n(?=[A-Z][a-z ]+\n)", rest)[0].splitlines()


def test_rounds_are_joined_and_nothing_else(played: Played) -> None:
    """Eleven lots of five assets of Guangdong, six listings of three homes of Fujian, as their captures say.

    The sixth asset of Guangdong is a car, in two rounds: no home.
    """
    lines = section(played, "One home, several rounds")
    assert "Linking joined 17 of 635 listings into 8 homes that came more than once" in " ".join(lines)
    assert "n = 8 homes; observed 2018-05-06 to 2026-09-04 (Asia/Shanghai)" in lines
    with opened(played) as connection:
        found = repeats(connection, RepeatQuestion())
    assert Counter((row.sources, row.listings) for row in found.rows) == {
        ("rmfysszc", 2): 4,
        ("rmfysszc", 3): 1,
        ("jd_judicial", 2): 3,
    }
    assert sorted(row.cut_percent or 0 for row in found.rows if row.sources == "jd_judicial") == [0, 20, 20]


def test_the_ladder_is_that_of_the_deepest_cut_that_is_still_to_be_had(played: Played) -> None:
    lines = section(played, "The ladder of one home")
    first, second = (line.split() for line in lines[1:3])
    assert (first[0], first[-1], second[-1]) == ("1.1", "jd_judicial:311018607", "jd_judicial:311215642")
    assert {"2026-08-29", "first_auction", "106.20万", "failed"} <= set(first)
    assert {"2026-09-20", "second_auction", "84.96万", "20.0%", "upcoming"} <= set(second)
    assert "1.2 ████████████████████████████████········ 84.96万" in lines
    assert any(line.startswith("if this one fails: sell_off at 84.96万, not before 2026-10-05 ") for line in lines)


def test_the_shops_of_hefei_are_one_line_of_what_is_offered_together(played: Played) -> None:
    lines = section(played, "Homes offered together")
    assert lines[1].split() == [
        "32",
        "23.67万",
        "619.34万",
        "天街商业中心",
        "合肥市",
        "sell_off",
        "2020-09-10",
        "ali_judicial",
    ]


def test_no_table_is_empty_and_every_cell_stands_under_its_heading(played: Played) -> None:
    """A Chinese character is two cells wide: the last column begins in the same cell of every line."""
    for heading, last in (("The ladder of one home", "listing"), ("Homes offered together", "source")):
        head, *rows = section(played, heading)
        rows = rows[: rows.index("")]
        assert rows
        column = head.index(last)
        for row in rows:
            before = row[: row.rindex(row.split()[-1])]
            assert sum(2 if ord(letter) > 0x2E7F else 1 for letter in before) == column


def test_a_notice_is_shown_with_its_answers_and_the_sentences_that_the_page_has(played: Played) -> None:
    words = "\n".join(section(played, "What a notice tells"))
    assert "世茂云锦公馆7幢403单元: sold for 43.03万, appraised at 40.66万." in " ".join(words.split())
    told = re.findall(r"^  (\w[\w ]+): (yes|no|not known) +(.+\n?(?: {20,}.+\n?)*)", words, re.MULTILINE)
    assert [(question, answer) for question, answer, _ in told] == [
        ("leased", "no"),
        ("vacant handover", "no"),
        ("buyer bears all taxes", "no"),
        ("arrears", "yes"),
        ("seizure", "yes"),
    ]
    assert NOTICES.file is not None
    pages = json.loads((CHECKOUT / "fixtures" / NOTICES.file).read_text("utf-8"))
    cells = re.findall(r'"([^"]*)"', "\n".join(pages[0]["tree"]))
    page = re.sub(r"\s", "", "".join(cells))
    quotes = [re.sub(r"\s", "", quote) for _, _, quote in told]
    assert [quote for quote in quotes if quote not in page] == []
    with opened(played) as connection:
        facts = connection.execute(select(FACT.c.quote).where(FACT.c.source_id == "1073199694629")).scalars().all()
        count = connection.execute(select(func.count()).select_from(FACT)).scalar_one()
    assert quotes == [re.sub(r"\s", "", quote) for quote in facts]
    assert re.search(rf"fact\.csv +{count} rows", played.words)


def test_database_archive_and_snapshot_lie_in_the_folder(played: Played) -> None:
    assert {path.name for path in played.folder.iterdir()} == {MARKER, DATABASE, ARCHIVE, SNAPSHOT}
    assert not (played.folder.parent / "my-own-archive").exists()
    assert len(list((played.folder / ARCHIVE).rglob("*.warc.gz"))) == len(INDEX["stops"]) + 1
    with opened(played) as connection:
        by_source = Counter(connection.execute(select(LISTING.c.source)).scalars())
    assert by_source == {
        "ali_judicial": 34 + 32 + 2 + 61,
        "br_caixa": len(bank_prices()),
        "rmfysszc": 20,
        "jd_judicial": 60,
    }
    rows = (played.folder / SNAPSHOT / "listing.csv").read_bytes().count(b"\r\n") - 1
    assert rows == sum(by_source.values())
    assert f"listing.csv          {rows:>6,} rows" in played.words


def test_the_reports_to_try_next_are_answered_from_rollups(played: Played) -> None:
    with opened(played) as connection:
        assert kept_figures(connection, By.CITY, Filters(), of_homes=True) is not None


def test_the_commands_to_try_next_name_the_database(played: Played) -> None:
    tried = played.words.partition("Try next\n")[2].strip().splitlines()
    assert len(tried) == 4
    assert all(line.endswith(f"--db sqlite:///{played.folder / DATABASE}") for line in tried)


def test_the_pages_are_shown_by_one_command_over_the_finished_database(played: Played) -> None:
    (url,) = played.finished
    assert url == f"sqlite:///{played.folder / DATABASE}"
    assert f" serve --db {url}\n" in played.words
    with opened(played) as connection:
        assert connection.execute(select(LISTING.c.id).limit(1)).first() is not None


@pytest.mark.parametrize(("options", "served"), [([], []), (["--serve", "--port", "9"], [("sqlite:///there", 9)])])
def test_the_demo_serves_its_pages_only_when_asked_to(
    options: list[str], served: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []

    def play(keep: Path | None, then: Callable[[str], None] | None) -> bool:
        assert keep is None
        if then is not None:
            then("sqlite:///there")
        return True

    def run(settings: Settings, host: str, port: int) -> None:
        assert host == "127.0.0.1"
        seen.append((str(settings.engine.url), port))

    monkeypatch.setattr("fapai.demo.play_demo", play)
    monkeypatch.setattr("fapai.serve.run_server", run)
    assert CliRunner().invoke(app, options).exit_code == 0
    assert seen == served


def test_plain_text_holds_no_escape_codes_and_no_blanks_at_the_ends(played: Played) -> None:
    assert "\x1b" not in played.words
    mine = played.words.partition("Price cuts\n")[0]
    assert [line for line in mine.splitlines() if line != line.rstrip()] == []


# The pages -----------------------------------------------------------------------------------------------------------


def test_the_index_names_every_page_and_says_how_it_was_recorded() -> None:
    root = recorded_pages()
    for page in INDEX["pages"]:
        assert (root / page["file"]).is_file()
        assert page["kind"] in {"recorded", "recorded rows in a rebuilt page", "synthetic"}
        assert page["note"]
        seen_at = datetime.fromisoformat(page["memento"])
        assert abs(date.fromisoformat(page["recorded_on"]) - seen_at.date()) <= timedelta(days=1)
    named = {page["file"] for page in INDEX["pages"]} | {stop.get("file") for stop in INDEX["stops"]}
    files = [path for path in (root / "demo").rglob("*") if path.is_file() and path.name != "index.json"]
    assert {path.relative_to(root).as_posix() for path in files} <= named
    assert sum(path.stat().st_size for path in files) < 3_000_000


def test_two_states_are_played_on_at_least_ten_dates_outage_included() -> None:
    dates = {stop["on"] for stop in INDEX["stops"] if stop["source"] == "br_caixa"}
    lists = [page for page in INDEX["pages"] if page["recorded_on"] in dates]
    assert len(dates) >= 10
    assert len(lists) == 2 * len(dates)
    assert all("laid out again as the bank's file" in page["note"] for page in lists)


# The folder ----------------------------------------------------------------------------------------------------------


def make_former_demo(folder: Path) -> None:
    with DemoFolder(folder) as place:
        (place.path / DATABASE).write_text("old")
        (place.path / ARCHIVE / "2026").mkdir(parents=True)
        (place.path / ARCHIVE / "2026" / "old.warc.gz").write_text("old")
        (place.path / SNAPSHOT).mkdir()
        (place.path / SNAPSHOT / "listing.csv").write_text("old")


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(CannotPlay, match="holds other things"), DemoFolder(tmp_path):
        pass
    with pytest.raises(CannotPlay, match="is a file"), DemoFolder(tmp_path / "letter.txt"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_former_demo_is_replaced_and_other_files_stay(tmp_path: Path) -> None:
    make_former_demo(tmp_path)
    (tmp_path / "letter.txt").write_text("mine")
    (tmp_path / ARCHIVE / "notes.txt").write_text("mine")
    with DemoFolder(tmp_path):
        assert {path.name for path in tmp_path.iterdir()} == {MARKER, ARCHIVE, "letter.txt"}
    assert [path.name for path in (tmp_path / ARCHIVE).iterdir()] == ["notes.txt"]


def interrupt(folder: DemoFolder) -> None:
    (folder.path / DATABASE).write_text("half")
    (folder.path / ARCHIVE / "2026").mkdir(parents=True)
    raise KeyboardInterrupt


@pytest.mark.parametrize("keep", [True, False])
def test_an_interrupted_demo_removes_what_it_has_made(tmp_path: Path, keep: bool) -> None:
    folder = DemoFolder(tmp_path / "new" if keep else None)
    with pytest.raises(KeyboardInterrupt), folder:
        interrupt(folder)
    assert folder.path.parent.is_dir()
    assert not folder.path.exists()


def test_without_a_folder_a_temporary_one_stays_for_the_user() -> None:
    with DemoFolder(None) as place:
        pass
    assert place.path.name.startswith("fapai-demo-")
    (place.path / MARKER).unlink()
    place.path.rmdir()


def test_words_fit_a_terminal_of_eighty_columns() -> None:
    stream = StringIO()
    narrator = Narrator(stream, width=80)
    narrator.open(19, 3, date(2018, 5, 6), date(2026, 8, 31))
    for stop in INDEX["stops"]:
        narrator.tell_source(stop["source"])
        narrator.tell_recording(stop["told"])
    cells = [sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in stream.getvalue().splitlines()]
    assert 60 < max(cells) <= 80


def test_a_notice_fits_a_terminal_of_eighty_columns(played: Played) -> None:
    stream = StringIO()
    with opened(played) as connection:
        Narrator(stream, width=80).tell_notice(connection)
    cells = [sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in stream.getvalue().splitlines()]
    assert 60 < max(cells) <= 80


def test_where_no_home_has_a_notice_none_is_told(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'homes.sqlite'}")
    upgrade(engine)
    stream = StringIO()
    with reading(engine) as connection:
        Narrator(stream, width=80).tell_notice(connection)
    engine.dispose()
    assert stream.getvalue() == ""
