"""Facts, bids, members, attachments and context in a snapshot: their values, their order, and only what was known."""

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from store_help import START, begin, empty_tables, make_page, statement

from reporting.export import export_snapshot
from reporting.filters import parse_as_of
from store.engine import open_engine, writing
from store.looks import digest_of
from store.statement import Bid, Context, Extras, Fact, LotMember, MarketPrice, SeriesPoint, Words
from store.terms import Answer, Currency, FactKind
from store.told import Unread
from store.write import Recorder

EARLY = Extras(
    (Fact(FactKind.LEASED, Answer.NOT_KNOWN, "租赁情况不详,请自行了解。"),),
    (Bid(1_500_000_50, Currency.CNY, datetime(2021, 7, 1, tzinfo=UTC), "H2515"),),
    (LotMember("=3幢1205室", 89_50, 700_000_00, Currency.CNY),),
)
LATE = Extras((Fact(FactKind.MORTGAGE, Answer.YES, "已抵押。", "中国工商银行", 1_00, 1, Currency.CNY),))


@pytest.fixture
def snapshot_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'plain.sqlite')}")
    yield engine
    engine.dispose()


def fill(engine: Engine, hours: tuple[int, ...]) -> None:
    begin(engine)
    recorder = Recorder()
    for hour in hours:
        extras = EARLY if hour == 0 else LATE
        home = statement(title="合肥市瑶海区天街3幢1205室", starting_price=100 - hour)
        said = Unread(digest_of(home, extras), lambda home=home, extras=extras: Words(home, extras))
        point = SeriesPoint("hkma.cases", "2024-Q1", 32_073.0 + hour, "cases", "Negative equity")
        price = MarketPrice("东方曼哈顿", "2018-10-07", 85_230_00, Currency.CNY, "asking", latitude=31_194_300)
        with writing(engine) as connection:
            page = make_page(START + timedelta(hours=hour), "s.detail", str(hour))
            recorder.record(connection, page, [("s", "1", said)], context=Context((point,), (price,)))
            recorder.settle(connection)


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_files_say_what_the_pages_said(snapshot_engine: Engine, tmp_path: Path) -> None:
    fill(snapshot_engine, (0, 30))
    export_snapshot(snapshot_engine, tmp_path / "out")
    kinds = {row["kind"]: row for row in table(tmp_path / "out", "fact.csv")}
    assert (kinds["leased"]["answer"], kinds["leased"]["quote"]) == ("not_known", "租赁情况不详,请自行了解。")
    assert (kinds["mortgage"]["amount"], kinds["mortgage"]["rank"], kinds["mortgage"]["currency"]) == (
        "1.00",
        "1",
        "CNY",
    )
    (bid,) = table(tmp_path / "out", "bid.csv")
    assert (bid["amount"], bid["placed_at"], bid["bidder"]) == ("1500000.50", "2021-07-01T00:00:00Z", "H2515")
    (member,) = table(tmp_path / "out", "lot_member.csv")
    assert (member["title"], member["floor_area_sqm"], member["appraisal_price"]) == (
        "=3幢1205室",
        "89.50",
        "700000.00",
    )
    observations = {(row["reader"], row["digest"]) for row in table(tmp_path / "out", "observation.csv")}
    assert {(row["reader"], row["digest"]) for row in kinds.values()} <= observations
    assert [row["value"] for row in table(tmp_path / "out", "series_point.csv")] == ["32073.0", "32103.0"]
    price = table(tmp_path / "out", "market_price.csv")[0]
    assert (price["place"], price["price_per_sqm"], price["latitude"]) == ("东方曼哈顿", "85230.00", "31.194300")


def test_a_snapshot_as_of_a_day_holds_what_was_said_by_then(snapshot_engine: Engine, tmp_path: Path) -> None:
    fill(snapshot_engine, (0, 30))
    export_snapshot(snapshot_engine, tmp_path / "out", parse_as_of("2021-07-19"))
    assert [row["kind"] for row in table(tmp_path / "out", "fact.csv")] == ["leased"]
    assert [row["value"] for row in table(tmp_path / "out", "series_point.csv")] == ["32073.0"]


def test_any_order_of_arrival_gives_the_same_bytes(snapshot_engine: Engine, tmp_path: Path) -> None:
    written = []
    for folder, hours in (("in order", (0, 30)), ("late", (30, 0))):
        empty_tables(snapshot_engine)
        fill(snapshot_engine, hours)
        export_snapshot(snapshot_engine, tmp_path / folder)
        written.append({file.name: file.read_bytes() for file in (tmp_path / folder).iterdir()})
    assert written[0] == written[1]
