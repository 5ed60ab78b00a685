"""``reporting.load``: the tables of a database or of a snapshot as frames, with types."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas
import pytest
from sqlalchemy import Engine
from store_help import begin, look, record_all, statement

import reporting
from reporting import snapshot_frames
from reporting.errors import WrongFilter
from reporting.export import ALL_FILES, export_snapshot
from reporting.export_diff.snapshots import NotASnapshot
from reporting.snapshot import Profile
from reporting.snapshot_frames import MissingLibrary
from store.engine import open_engine
from store.errors import StoreError
from store.terms import Currency


def test_the_frames_hold_what_the_files_hold(caixa: Engine, tmp_path: Path) -> None:
    export_snapshot(caixa, tmp_path / "out")
    frames = reporting.load(caixa)

    assert [f"{name}.csv" for name in frames] == list(ALL_FILES)
    with (tmp_path / "out" / "observation.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    observations = frames["observation"]
    assert len(observations) == len(rows)
    total = sum(Decimal(row["asking_price"]) for row in rows)
    assert observations["asking_price"].sum() == pytest.approx(float(total))
    assert list(observations["title"]) == [row["title"] for row in rows]
    assert observations["hammer_price"].isna().all()


def test_a_day_in_the_past_leaves_out_what_was_seen_later(caixa: Engine, caixa_rows: list[dict[str, str]]) -> None:
    frames = reporting.load(caixa, as_of="2021-07-28")
    assert len(frames["listing"]) == len({row["id"] for row in caixa_rows if row["day"] <= "2021-07-28"})
    assert frames["observation"]["observed_at"].max() < pandas.Timestamp("2021-07-28T16:00Z")


@pytest.mark.parametrize("profile", Profile)
def test_columns_have_types_and_unknown_is_missing(
    new_sqlite_url: Callable[[], str], tmp_path: Path, profile: Profile
) -> None:
    url = new_sqlite_url()
    engine = open_engine(url)
    begin(engine)
    said = statement(title="=1", currency=Currency.KRW, asking_price=356_000_000, is_loan_offered=False, bid_count=0)
    record_all(engine, [look(0, {"007": said})])
    export_snapshot(engine, tmp_path / "out", profile=profile)
    engine.dispose()

    for frames in (reporting.load(url), reporting.load(tmp_path / "out"), reporting.load(str(tmp_path / "out"))):
        (row,) = frames["listing"].to_dict("records")
        assert (row["source_id"], row["title"], row["asking_price"], row["bid_count"]) == ("007", "=1", 356e6, 0)
        assert row["is_loan_offered"] is False
        assert row["first_seen_at"] == pandas.Timestamp("2021-07-19T00:00Z")
        assert pandas.isna(row["city"])
        assert pandas.isna(row["ends_at"])
        assert str(frames["listing"].dtypes["ends_at"]) == "datetime64[ns, UTC]"
        assert str(frames["listing"].dtypes["generation"]) == "Int64"


def test_a_date_for_a_snapshot_a_folder_that_is_none_and_a_missing_database_are_refused(
    new_sqlite_url: Callable[[], str], tmp_path: Path
) -> None:
    with pytest.raises(NotASnapshot, match="holds no snapshot"):
        reporting.load(tmp_path)
    with pytest.raises(WrongFilter, match="a date of its own"):
        reporting.load(tmp_path, as_of="2021-07-28")
    with pytest.raises(WrongFilter, match="cannot read 'never'"):
        reporting.load(new_sqlite_url(), as_of="never")
    with pytest.raises(StoreError):
        reporting.load(f"sqlite:///{tmp_path / 'missing.sqlite'}")


def test_without_pandas_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_frames, "find_spec", lambda name: None)
    with pytest.raises(MissingLibrary, match=r"pip install 'fapai\[frames\]'"):
        reporting.load(tmp_path)
