"""Rows written past the statement compiler are, value by value, what SQLAlchemy itself would have written."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DBAPIError, StatementError
from store_help import START, begin, look, record_all, statement

from store.bulk import insert_rows, prepare_rows, update_integers, update_rows
from store.engine import reading, writing
from store.rows import OBSERVATION, OBSERVATION_COLUMNS, PAGE, QUARANTINED
from store.terms import (
    AppraisalKind,
    AppraisalScope,
    Currency,
    PageOutcome,
    PropertyKind,
    RoundKind,
    RoundStatus,
    SellerKind,
)

SHANGHAI = timezone(timedelta(hours=8))

FULL = statement(
    title="【第二次拍卖】安溪县百福豪城3号楼1203室 🏠 \t'quoted' \"twice\" \\ %s ; --",
    url="https://sf-item.taobao.com/sf_item/1069162324888.htm?a=1&b=%E6",
    property_kind=PropertyKind.FLAT,
    round_kind=RoundKind.SECOND_AUCTION,
    status=RoundStatus.ONGOING,
    seller_name="安溪县人民法院",
    seller_kind=SellerKind.COURT,
    region_code="350524",
    city="",
    district=" ",
    address="\u3000𠮷田\n二行",
    currency=Currency.CNY,
    starting_price=0,
    asking_price=2**63 - 1,
    current_price=-1,
    hammer_price=-(2**63),
    appraisal_price=835_000_00,
    market_price=1,
    is_price_exact=False,
    starts_at=datetime(1986, 5, 4, 0, 0, 0, 1, tzinfo=UTC),
    ends_at=datetime(2026, 3, 1, 10, 0, tzinfo=SHANGHAI),
    ended_on=date(2026, 2, 28),
    floor_area=106_41,
    private_area=0,
    land_area=2**40,
    bid_count=2**31 - 1,
    applicant_count=0,
    is_loan_offered=True,
    image_url="https://img.example/𠮷.jpg",
    case_number="(2020)皖0111执1234号",
    appraisal_kind=AppraisalKind.ONLINE_INQUIRY,
    appraisal_on=date(2020, 2, 29),
    appraisal_scope=AppraisalScope.LOT,
    deposit=1,
    increment=2**40,
    bidding_minutes=1440,
    extension_minutes=5,
    share="1/3",
    floor="-1",
    intended_use="成套住宅",
    built_year=1998,
    certificate="皖(2018)合肥市不动产权第0012345号",
    unit_count=12,
    published_at=START,
    bidder_count=0,
    latitude=-22_512_345,
    longitude=179_999_999,
    previous_source_id="LRE001-UA-20230101-12345",
    asset_id="0",
    round_number=15,
    raw='{"a": "\\u0000", "价格": 83.5}',
)
NOTHING = statement()._make([None] * len(FULL))
LAST = datetime(2026, 3, 1, 10, 0, tzinfo=SHANGHAI)
LOOK = {
    "listing_id": 1,
    "observed_at": LAST,
    "page_id": 1,
    "reader": "s.list",
    "digest": -(2**63),
    "stated": 2**62,
}


def observation(number, words):
    """A row in the order of ``OBSERVATION_COLUMNS``."""
    values = {"id": number, **LOOK, "reader": f"s.{number}", **words._asdict()}
    return tuple(values[column] for column in OBSERVATION_COLUMNS)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """With a listing and a page for observations to point to."""
    begin(engine)
    record_all(engine, [look(0, {"1": statement(asking_price=1)})])
    with writing(engine) as connection:
        connection.execute(OBSERVATION.delete())
    return engine


def stored(engine, table, columns):
    with reading(engine) as connection:
        query = select(*(table.c[name] for name in columns)).order_by(table.c.id)
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.parametrize("words", [FULL, NOTHING], ids=["every column told", "no column told"])
def test_every_kind_of_column_comes_back_equal(engine, words):
    row = observation(1, words)
    with writing(engine) as connection:
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, [row])

    assert stored(engine, OBSERVATION, OBSERVATION_COLUMNS) == [row]


def test_the_file_holds_what_sqlalchemy_would_have_written(engine):
    with writing(engine) as connection:
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, [observation(1, FULL), observation(2, NOTHING)])
        for number, words in ((3, FULL), (4, NOTHING)):
            connection.execute(
                insert(OBSERVATION).values(dict(zip(OBSERVATION_COLUMNS, observation(number, words), strict=True)))
            )

    columns = ", ".join(name for name in OBSERVATION_COLUMNS if name not in {"id", "reader"})
    with reading(engine) as connection:
        ours_full, ours_null, theirs_full, theirs_null = connection.exec_driver_sql(
            f"SELECT {columns} FROM observation ORDER BY id"
        ).all()
    assert ours_full == theirs_full
    assert ours_null == theirs_null


def test_a_batch_mixes_told_and_untold_values(engine):
    batch = [observation(number, FULL if number % 2 else NOTHING) for number in range(1, 301)]
    with writing(engine) as connection:
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, batch)

    assert stored(engine, OBSERVATION, OBSERVATION_COLUMNS) == batch


def test_bytes_and_vocabularies_of_a_page_come_back_equal(engine):
    columns = [name for name in PAGE.c.keys() if name != "id"]  # noqa: SIM118
    values = {
        "crawl_run_id": 1,
        "source": "s",
        "reader": "s.list",
        "url": "https://s.example/",
        "observed_at": START,
        "recorded_at": START,
        "body_sha256": "0" * 64,
        "content_type": "",
        "http_status": 200,
        "archive_file": "2026/a.warc.gz",
        "archive_offset": 2**40,
        "outcome": PageOutcome.BLOCKED,
        "reason": "验证码",
        "stated_count": None,
        "listing_count": 0,
        "refused_count": 1,
        "looks": bytes(range(256)),
    }
    with writing(engine) as connection:
        insert_rows(connection, PAGE, columns, [tuple(values[name] for name in columns)])
        insert_rows(connection, QUARANTINED, ("page_id", "position", "reason", "excerpt"), [(1, 0, "r", "e")])

    assert [dict(zip(columns, row, strict=True)) for row in stored(engine, PAGE, columns)][1:] == [values]
    assert stored(engine, QUARANTINED, ("page_id", "source_id", "excerpt")) == [(1, None, "e")]


def test_updates_reach_the_named_rows_and_columns_only(engine):
    with writing(engine) as connection:
        insert_rows(
            connection, OBSERVATION, OBSERVATION_COLUMNS, [observation(number, NOTHING) for number in (1, 2, 3)]
        )
        changes = [("新标题", RoundStatus.SOLD, False, LAST, number) for number in (1, 3)]
        update_rows(connection, OBSERVATION, "id", ("title", "status", "is_loan_offered", "ends_at"), changes)
        update_rows(connection, OBSERVATION, "id", ("title",), [("again", 3)])

    assert stored(engine, OBSERVATION, ("title", "status", "is_loan_offered", "ends_at", "city")) == [
        ("新标题", RoundStatus.SOLD, False, LAST, None),
        (None, None, None, None, None),
        ("again", RoundStatus.SOLD, False, LAST, None),
    ]


def test_whole_numbers_are_set_row_by_row_beside_what_all_rows_share(engine):
    with writing(engine) as connection:
        insert_rows(
            connection, OBSERVATION, OBSERVATION_COLUMNS, [observation(number, NOTHING) for number in (1, 2, 3)]
        )
        ((at,),) = prepare_rows(connection, OBSERVATION, ("ends_at",), [(LAST,)])
        numbers = [(2**63 - 1, -(2**63), 3), (0, 7, 1)]
        update_integers(
            connection, OBSERVATION, "id", {"ends_at": at, "title": "100% ?"}, ("digest", "starting_price"), numbers
        )
        update_integers(connection, OBSERVATION, "id", {"title": "none"}, ("digest",), [])

    assert stored(engine, OBSERVATION, ("ends_at", "title", "digest", "starting_price")) == [
        (LAST, "100% ?", 0, 7),
        (None, None, observation(2, NOTHING)[OBSERVATION_COLUMNS.index("digest")], None),
        (LAST, "100% ?", 2**63 - 1, -(2**63)),
    ]


def test_a_told_value_can_be_set_back_to_untold(engine):
    with writing(engine) as connection:
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, [observation(1, FULL)])
        update_rows(connection, OBSERVATION, "id", ("ends_at", "title", "status"), [(None, None, None, 1)])

    assert stored(engine, OBSERVATION, ("ends_at", "title", "status")) == [(None, None, None)]


def test_no_rows_are_no_work(engine):
    with writing(engine) as connection:
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, [])
        update_rows(connection, OBSERVATION, "id", ("title",), [])

    assert stored(engine, OBSERVATION, ("id",)) == []


def test_a_time_without_a_zone_is_refused(engine):
    naive = datetime(2026, 3, 1, 10, 0)  # noqa: DTZ001

    with pytest.raises((ValueError, TypeError)), writing(engine) as connection:
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, [observation(1, NOTHING._replace(ends_at=naive))])

    assert stored(engine, OBSERVATION, ("id",)) == []


def test_a_word_outside_its_vocabulary_is_refused_by_the_database(engine):
    with pytest.raises(DBAPIError, match="ck_observation_status"), writing(engine) as connection:
        insert_rows(connection, OBSERVATION, OBSERVATION_COLUMNS, [observation(1, NOTHING._replace(status="splendid"))])


def test_an_observation_without_its_listing_is_refused_by_the_database(engine):
    columns = ("listing_id", "observed_at", "page_id", "reader", "digest", "stated")

    with pytest.raises((DBAPIError, StatementError)), writing(engine) as connection:
        insert_rows(connection, OBSERVATION, columns, [(7, START, 7, "s.list", 1, 0)])
