"""Homes that are offered together, a line for each batch: the shops of Hefei (2020), the flats of Quanzhou (2026)."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.capture import Capture
from crawler.intake.mapping import load_mapping
from reporting.batches import BatchQuestion, OfferedTogether, batches
from reporting.changes import find_changes
from reporting.filters import parse_filters
from reporting.ladder import ladder
from reporting.questions import find_questions
from reporting.render import Format, render
from reporting.repeats import RepeatQuestion, repeats
from store.engine import reading, writing
from store.terms import Currency, PropertyKind, RoundKind, RoundStatus
from tracking.linking import link_database

FIXTURES = Path(__file__).parents[2] / "fixtures"
HEFEI = FIXTURES / "ali_judicial" / "list_json" / "sell-offs-of-2020-with-next-page" / "input.html"
FUJIAN = FIXTURES / "demo" / "jd-fujian-rounds-2026-09-04.csv"
SEEN_AT = datetime(2020, 10, 11, 4, tzinfo=UTC)
NOW = datetime(2026, 9, 5, tzinfo=UTC)


def capture_hefei(engine: Engine, folder: Path) -> None:
    list(Capture(engine, folder / "hefei", [HEFEI], observed_at=SEEN_AT))


def capture_fujian(engine: Engine, folder: Path) -> None:
    list(Capture(engine, folder / "fujian", [FUJIAN], load_mapping("jd-fujian-2026")))


def link(engine: Engine) -> None:
    with writing(engine) as connection:
        link_database(connection, NOW)


@pytest.fixture
def homes(new_engine: Callable[[], Engine], tmp_path: Path) -> Engine:
    """Both lists, linked."""
    engine = new_engine()
    capture_hefei(engine, tmp_path)
    capture_fujian(engine, tmp_path)
    link(engine)
    return engine


def asked(engine: Engine, least: int = 3, **words: object) -> list[OfferedTogether]:
    with reading(engine) as connection:
        return list(batches(connection, BatchQuestion(parse_filters(**words), least)).rows)  # type: ignore[arg-type]


def test_thirty_two_shops_of_hefei_are_one_line_and_thirty_two_homes(homes: Engine) -> None:
    (row,) = asked(homes, city=["合肥"])
    assert (row.homes, row.place, row.building) == (32, "天街商业中心", None)
    assert (row.lowest_price, row.highest_price, row.currency) == (236_732, Decimal("6193385.00"), Currency.CNY)
    assert (row.property_kind, row.round_kind, row.status) == (
        PropertyKind.SHOP,
        RoundKind.SELL_OFF,
        RoundStatus.ONGOING,
    )
    assert len(set(row.property_ids.split())) == len(set(row.listings.split())) == 32


def test_seven_flats_of_quanzhou_are_one_line_and_seven_homes(homes: Engine) -> None:
    rows = asked(homes, city=["泉州"])
    (row,) = [each for each in rows if each.place == "清华公寓"]
    assert (row.homes, row.lowest_price, row.highest_price) == (7, 570_000, 630_000)
    assert row.seller_name == "泉州市丰泽区人民法院"
    assert len(set(row.property_ids.split())) == 7


def test_the_largest_batch_stands_first(homes: Engine) -> None:
    sizes = [row.homes for row in asked(homes)]
    assert sizes[:2] == [32, 7]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("words", "is_there"),
    [
        ({"least": 32}, True),
        ({"least": 33}, False),
        ({"max_price": "236732"}, True),
        ({"max_price": "236731"}, False),
        ({"kind": ["shop"], "round_kind": ["sell_off"]}, True),
        ({"kind": ["flat"]}, False),
        ({"source": ["ali_judicial"]}, True),
        ({"source": ["jd_judicial"]}, False),
        ({"as_of": "2020-10-11"}, True),
        ({"as_of": "2020-10-10"}, False),
        ({"since": "2020-10-11"}, True),
        ({"since": "2020-10-12"}, False),
    ],
)
def test_batches_are_filtered(homes: Engine, words: dict[str, object], is_there: bool) -> None:
    assert any(row.place == "天街商业中心" for row in asked(homes, **words)) == is_there  # type: ignore[arg-type]


def test_a_table_has_one_line_a_batch_and_files_name_every_member(homes: Engine) -> None:
    with reading(homes) as connection:
        report = batches(connection, BatchQuestion())
    told = {}
    for output in Format:
        stream = io.StringIO()
        render(report, output, stream, width=110)
        told[output] = stream.getvalue()
    (line,) = [line for line in told[Format.TABLE].splitlines() if "天街商业中心" in line]
    assert line.split()[:3] == ["32", "23.67万", "619.34万"]
    rows = list(csv.DictReader(io.StringIO(told[Format.CSV])))
    assert [len(row["listings"].split()) for row in rows] == [row["homes"] for row in json.loads(told[Format.JSON])]


def test_homes_offered_again_together_are_told_of_beneath_the_repeats(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    """Three of the flats of Quanzhou, which failed, as they would come again three weeks later under new ids."""
    head, *lines = FUJIAN.read_text("utf-8").splitlines()
    flats = [line for line in lines if "清华公寓" in line][:3]
    assert all("一拍,2026-08-31" in line for line in flats)
    again = [line.replace("com/311", "com/319").replace("一拍,2026-08-31", "二拍,2026-09-21") for line in flats]
    path = tmp_path / "again.csv"
    path.write_text("\n".join([head, *flats, *again]) + "\n", "utf-8")
    engine = new_engine()
    list(Capture(engine, tmp_path / "pages", [path], load_mapping("jd-fujian-2026")))
    link(engine)
    with reading(engine) as connection:
        found = repeats(connection, RepeatQuestion())
    assert len(found.rows) == 3
    assert found.table().notes == [
        "3 of these homes are siblings offered together, in 1 batch: fapai report batches",
    ]


def test_a_status_is_told_only_where_all_siblings_share_it(new_engine: Callable[[], Engine], tmp_path: Path) -> None:
    head, *lines = FUJIAN.read_text("utf-8").splitlines()
    flats = [line for line in lines if "清华公寓" in line]
    flats[0] = flats[0].replace(",否,", ",是,")
    path = tmp_path / "one-sold.csv"
    path.write_text("\n".join([head, *flats]) + "\n", "utf-8")
    engine = new_engine()
    list(Capture(engine, tmp_path / "pages", [path], load_mapping("jd-fujian-2026")))
    link(engine)
    (row,) = asked(engine)
    assert (row.homes, row.round_kind, row.status) == (7, RoundKind.FIRST_AUCTION, None)


def test_repeats_of_single_homes_tell_of_no_batch(homes: Engine) -> None:
    with reading(homes) as connection:
        found = repeats(connection, RepeatQuestion())
    assert len(found.rows) == 3
    assert found.table().notes == []


def test_what_came_after_the_last_linking_is_told_beneath_each_report(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    engine = new_engine()
    capture_fujian(engine, tmp_path)
    link(engine)
    capture_hefei(engine, tmp_path)
    with reading(engine) as connection:
        reports = [
            batches(connection, BatchQuestion()),
            repeats(connection, RepeatQuestion()),
            find_questions(connection, parse_filters()),
            ladder(connection, "jd_judicial:311018607", parse_filters()),
        ]
        changes = find_changes(connection, parse_filters()).table()
    words = "32 listings are new or changed since the last linking and not in here: run fapai link"
    assert [report.table().notes[-1] for report in reports] == [words] * 4
    assert changes.notes == [words.replace("not in here", "may stand here as new though their homes are known")]
    link(engine)
    assert max(row.homes for row in asked(engine)) == 32
