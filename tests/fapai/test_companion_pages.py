"""Pages from the companion go the way of captured ones: the same readers, the same archive, the same history."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from crawler.capture import Capture
from fapai.companion import companion_of, names_of
from reporting.web.companion import Companion
from reporting.web.known_home import cut_listings, find_known_home
from reporting.web.sent_pages import SentPage, TakenPage
from store.archive import Place, read_page
from store.engine import reading
from store.errors import CannotWrite
from store.rows import AUCTION_ROUND, CRAWL_RUN, LISTING, OBSERVATION, PAGE
from store.terms import RunVerdict
from tests.extension.recorded import FIRST_ROUND, SECOND_ROUND, jd_answer

FIXTURES = Path(__file__).parents[2] / "fixtures"
HOMES = "jd_judicial/list/homes-of-fuzhou-and-quanzhou-2026-09-01"
COURTS = "rmfysszc/list/guangdong-page-1-upcoming-and-ended"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pages are kept, of either kind of database."""
    monkeypatch.setenv("FAPAI_ARCHIVE", str(tmp_path / "pages"))
    return tmp_path / "pages"


@pytest.fixture
def companion(engine: Engine, archive: Path) -> Companion:
    return companion_of(engine)


def sent(case: str, **more: Any) -> SentPage:
    """A case as the companion sends it, seen when it was recorded."""
    folder = FIXTURES / case
    told = json.loads((folder / "meta.json").read_text("utf-8"))
    (page,) = folder.glob("input.*")
    kind = "application/json" if page.suffix == ".json" else "text/html"
    url, at = told["url"].partition("#")[0], datetime.fromisoformat(told["now"])
    fields = {"url": url, "body": page.read_text("utf-8"), "observed_at": at, "content_type": f"{kind}; charset=utf-8"}
    return SentPage(**{**fields, **more})


def take(companion: Companion, *pages: SentPage) -> list[TakenPage]:
    assert companion.take is not None
    return list(companion.take(pages))


def rows(engine: Engine, table: Any) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]


def cuts(engine: Engine, taken: TakenPage) -> set[str]:
    with reading(engine) as connection:
        return cut_listings(connection, taken.listings)


def test_an_answer_becomes_listings_and_lies_in_the_archive(companion: Companion, engine: Engine, archive: Path):
    page = sent(HOMES)

    (taken,) = take(companion, page)

    assert (taken.outcome, len(taken.listings), taken.refused_count) == ("read", 14, 0)
    assert taken.listings[0] == "jd_judicial:311023125"
    (row,) = rows(engine, PAGE)
    kept = read_page(archive, Place(row["archive_file"], row["archive_offset"]))
    assert (kept.body.decode(), kept.observed_at) == (page.body, page.observed_at)


def test_what_the_companion_sends_is_stored_as_a_capture_stores_it(
    new_engine: Callable[[], Engine], archive: Path, tmp_path: Path
):
    """A HAR file of the same visit: the same pages under the same addresses, the same observations."""
    by_companion, by_capture = new_engine(), new_engine()
    list_page, lot = sent(COURTS, posted="area=%E5%B9%BF%E4%B8%9C%E7%9C%81&page=1"), sent("gpai/lot/failed")
    har = tmp_path / "visit.har"
    har.write_text(json.dumps({"log": {"entries": [har_entry(list_page), har_entry(lot)]}}), "utf-8")

    take(companion_of(by_companion), list_page, lot)
    list(Capture(by_capture, tmp_path / "captured", [har]))

    without = {"id", "run_id", "page_id", "recorded_at", "archive_file", "archive_offset", "content_type"}
    for table in (PAGE, OBSERVATION):
        one, other = (
            [{name: value for name, value in row.items() if name not in without} for row in rows(engine, table)]
            for engine in (by_companion, by_capture)
        )
        assert one == other
        assert one


def har_entry(page: SentPage) -> dict[str, Any]:
    request: dict[str, Any] = {"url": page.url, "method": "GET"}
    if page.posted:
        form = {"mimeType": "application/x-www-form-urlencoded", "text": page.posted}
        request |= {"method": "POST", "postData": form}
    content = {"text": page.body, "mimeType": page.content_type}
    response = {"status": page.status, "content": content}
    return {"startedDateTime": page.observed_at.isoformat(), "request": request, "response": response}


def test_listings_are_linked_at_once_and_cuts_are_told(companion: Companion, engine: Engine):
    """Six assets of the recorded page stand there in two or three rounds, each cheaper in the second."""
    (taken,) = take(companion, sent(COURTS))

    expected = {f"rmfysszc:{lot}" for lot in (132030, 132004, 131986, 131593, 131237, 130720)}
    assert cuts(engine, taken) == expected


def test_many_that_wait_to_be_linked_are_left_to_the_command(
    companion: Companion, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    """A first linking of all can take minutes: nobody may wait for it at a page."""
    monkeypatch.setattr("fapai.companion.MOST_TO_LINK", 19)

    (taken,) = take(companion, sent(COURTS))

    assert len(taken.listings) == 20
    with reading(engine) as connection:
        assert connection.execute(select(AUCTION_ROUND)).first() is None
        assert find_known_home(connection, taken.listings) is None
    assert cuts(engine, taken) == set()


def test_a_home_is_told_with_its_rounds_and_its_cut(companion: Companion, engine: Engine):
    take(companion, sent(COURTS))

    with reading(engine) as connection:
        home = find_known_home(connection, ["rmfysszc:1", "rmfysszc:131986"])

    assert home is not None
    assert home.listing == "rmfysszc:131986"
    assert [(each.listing, each.place, each.price, each.is_this) for each in home.rounds] == [
        ("rmfysszc:130990", "1.1", Decimal("548037.00"), False),
        ("rmfysszc:131986", "1.2", Decimal("438430.00"), True),
    ]
    assert home.cut is not None
    cut = {name: value for name, value in asdict(home.cut).items() if name != "days"}
    assert cut == {"price": Decimal("548037.00"), "amount": Decimal("109607.00"), "percent": Decimal("20.00")}
    assert home.is_lowest_ever


def test_the_first_round_of_a_home_is_no_cut(companion: Companion, engine: Engine):
    take(companion, sent(COURTS))

    with reading(engine) as connection:
        home = find_known_home(connection, ["rmfysszc:130990"])

    assert home is not None
    assert home.cut is None
    assert not home.is_lowest_ever


def test_a_price_that_falls_under_the_same_id_is_a_cut(companion: Companion, engine: Engine):
    first = sent(HOMES)
    later = sent(HOMES, body=first.body.replace('"minPrice": 240000.0', '"minPrice": 216000.0'))
    later = later.model_copy(update={"observed_at": first.observed_at + timedelta(days=2)})

    take(companion, first)
    (taken,) = take(companion, later)

    assert cuts(engine, taken) == {"jd_judicial:311192219"}


@pytest.mark.parametrize(("price", "is_cut"), [("849,600", True), ("1,062,000", False)])
def test_a_second_round_is_a_cut_only_where_it_is_cheaper(
    companion: Companion, engine: Engine, price: str, is_cut: bool
):
    second = SECOND_ROUND._replace(price=price)

    (taken,) = take(companion, sent(HOMES, body=jd_answer(FIRST_ROUND, second).body.decode()))

    name = f"jd_judicial:{second.source_id}"
    assert cuts(engine, taken) == ({name} if is_cut else set())
    with reading(engine) as connection:
        home = find_known_home(connection, [name])
    assert home is not None
    assert len(home.rounds) == 2
    assert (home.cut is not None, home.is_lowest_ever) == (is_cut, is_cut)


def test_a_page_that_no_reader_knows_is_not_kept(companion: Companion, engine: Engine, archive: Path):
    page = sent(HOMES, url="https://auction.jd.com/mine.html", body="<html><body>my orders</body></html>")

    assert [each.outcome for each in take(companion, page)] == ["skipped"]

    assert rows(engine, PAGE) == rows(engine, CRAWL_RUN) == []
    assert not archive.exists()


def test_a_captcha_page_is_no_empty_list(companion: Companion, engine: Engine):
    take(companion, sent(COURTS))
    known = len(rows(engine, LISTING))

    (taken,) = take(companion, sent("ali_judicial/list_json/captcha-page"))

    assert (taken.outcome, taken.listings) == ("blocked", ())
    assert [run["verdict"] for run in rows(engine, CRAWL_RUN)][-1] == RunVerdict.BLOCKED
    assert len(rows(engine, LISTING)) == known


def test_a_refused_row_is_told_and_is_no_listing(companion: Companion):
    (taken,) = take(companion, sent("ali_judicial/list_json/bad-rows-among-good-ones"))

    assert taken.outcome == "read"
    assert taken.refused_count > 0
    assert taken.listings
    assert len(set(taken.listings)) == len(taken.listings)


def test_a_listing_that_cannot_be_believed_is_not_counted(companion: Companion, engine: Engine):
    """Its page was read, but it tells a result that is in no table."""
    (taken,) = take(companion, sent("ali_judicial/detail/result-never-seen"))

    assert (taken.outcome, taken.listings, taken.refused_count) == ("read", (), 1)
    assert rows(engine, LISTING) == []


def test_the_same_page_again_changes_only_when_it_was_seen(companion: Companion, engine: Engine):
    first = sent(HOMES)
    take(companion, first)
    before = rows(engine, OBSERVATION)

    (same,) = take(companion, first)
    (later,) = take(companion, first.model_copy(update={"observed_at": first.observed_at + timedelta(hours=1)}))

    assert (same.outcome, later.outcome) == ("known", "read")
    assert len(same.listings) == len(later.listings) == 14
    assert rows(engine, OBSERVATION) == before
    assert {row["last_seen_at"] for row in rows(engine, LISTING)} == {first.observed_at + timedelta(hours=1)}


def test_pages_that_waited_long_keep_their_order_of_time(companion: Companion, engine: Engine):
    """A queue may be sent after newer pages were: an older price is no later one."""
    first = sent(HOMES)
    old = first.model_copy(
        update={
            "observed_at": first.observed_at - timedelta(days=3),
            "body": first.body.replace('"minPrice": 240000.0', '"minPrice": 300000.0'),
        }
    )

    take(companion, first)
    (taken,) = take(companion, old)

    with reading(engine) as connection:
        home = find_known_home(connection, ["jd_judicial:311192219"])
    assert home is not None
    assert [each.price for each in home.rounds] == [Decimal("240000.00")]
    assert cuts(engine, taken) == {"jd_judicial:311192219"}


def test_a_clock_ahead_of_ours_is_not_believed(companion: Companion, engine: Engine):
    (taken,) = take(companion, sent(HOMES, observed_at=datetime.now(UTC) + timedelta(hours=1)))

    assert taken.outcome == "unreadable"
    assert rows(engine, LISTING) == []


def test_half_a_character_harms_nothing(companion: Companion):
    page = sent(HOMES)

    (taken,) = take(companion, page.model_copy(update={"body": page.body.replace("平潭县", "平\ud83d潭县", 1)}))

    assert taken.outcome == "read"


def test_a_batch_that_broke_off_may_be_sent_again(
    companion: Companion, engine: Engine, new_engine: Callable[[], Engine], archive: Path
):
    def fail(*_: object) -> None:
        raise CannotWrite("the disk is full")

    batch = (sent(HOMES), sent(COURTS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawler.recording.RunRecorder.close", fail)
        with pytest.raises(CannotWrite):
            take(companion, *batch)

    again = take(companion, *batch)
    undisturbed = new_engine()
    take(companion_of(undisturbed), *batch)

    assert [len(page.listings) for page in again] == [14, 20]
    told = [[(row["source_id"], row["last_seen_at"]) for row in rows(each, LISTING)] for each in (engine, undisturbed)]
    assert told[0] == told[1]
    assert len(rows(engine, OBSERVATION)) == len(rows(undisturbed, OBSERVATION))
    assert len(rows(engine, PAGE)) == 2


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://sf-item.taobao.com/sf_item/1073199694629.htm?spm=a", ["ali_judicial:1073199694629"]),
        ("https://susong-item.taobao.com/auction/900000000111.htm", ["ali_judicial:900000000111"]),
        ("https://zc-item.taobao.com/auction/616181818181.htm", ["ali_assets:616181818181"]),
        ("https://zc-paimai.taobao.com/auction.htm?x=1&itemId=616181818181", ["ali_assets:616181818181"]),
        (
            "https://pages-fast.m.taobao.com/wow/z/app/pm/dzc-ice/dzc-detail?x-ssr=true&itemId=1080000000001",
            ["ali_judicial:1080000000001", "ali_assets:1080000000001"],
        ),
        ("https://paimai.jd.com/311215642?itemId=1", ["jd_judicial:311215642", "jd_assets:311215642"]),
        ("https://www.gpai.net/sf/item2.do?Web_Item_ID=52886", ["gpai:52886"]),
        ("https://www1.rmfysszc.gov.cn/Handle/132030.shtml", ["rmfysszc:132030"]),
        ("https://www.rmfysszc.gov.cn/statichtml/rm_obj/131987.shtml", ["rmfysszc:131987"]),
        ("https://sf.caa123.org.cn/lot/70001.html", ["caa123:70001"]),
        ("https://gf.trade.icbc.com.cn/wholeSaleProd/prodDetail.jhtml?prodId=B000445087", ["icbc:B000445087"]),
        ("https://sf.taobao.com/item_list.htm?category=50025969&page=1", []),
        ("https://paimai.jd.com.evil.example/311215642", []),
        ("https://evil.example/sf/item2.do?Web_Item_ID=52886", []),
        ("http://[", []),
    ],
)
def test_an_address_tells_its_lot(url: str, names: list[str]):
    assert names_of(url) == names
