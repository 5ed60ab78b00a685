"""Search over the recorded pages: facets, words, orders, paging, files, watches; and the board beneath it."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from starlette.datastructures import QueryParams

from reporting.buyer.deals import DealQuestion, DiscountTo, find_deals
from reporting.filters import Filters
from reporting.web.board.bits import all_bits, bits_of, positions_of
from reporting.web.board.board import Board
from reporting.web.board.lines import load_lines
from reporting.web.board.order import Order
from reporting.web.board.search import all_positions, find, positions_on_page, read_search
from store.engine import reading, writing
from store.rows import LISTING, OBSERVATION
from store.terms import Judgement
from store.watches import load_watches
from tracking.linking import link_database
from tracking.words import add_word

NOW = datetime(2026, 9, 5, 4, tzinfo=UTC)
Site = Callable[..., TestClient]


@pytest.fixture(scope="module")
def board(recorded_engine: Engine) -> Board:
    with reading(recorded_engine) as connection:
        return Board(load_lines(connection, Filters(), NOW), NOW)


def search(board: Board, query: str):
    return find(board, read_search(QueryParams(query)))


@given(st.lists(st.none() | st.integers(-50, 50), max_size=300), st.integers(-60, 60), st.data())
def test_an_order_gives_what_sorting_gives(keys: list[int | None], key: int, data: st.DataObject):
    order = Order(keys)
    chosen = data.draw(st.sets(st.integers(0, len(keys) - 1))) if keys else set()
    bits = bits_of(chosen, len(keys))
    known = sorted((each for each in chosen if keys[each] is not None), key=lambda each: (keys[each], each))
    unknown = sorted(each for each in chosen if keys[each] is None)
    assert list(order.members(bits)) == known + unknown
    assert order.page(bits, 1, 3) == (known + unknown)[1:4]
    assert positions_of(order.below(key), len(keys)) == [
        each for each, own in enumerate(keys) if own is not None and own < key
    ]
    assert set(list(order.members(bits, is_reversed=True))[: len(known)]) == set(known)
    assert positions_of(bits & all_bits(len(keys)), len(keys)) == sorted(chosen)


def test_the_board_has_every_listing(board: Board, recorded_engine: Engine):
    with reading(recorded_engine) as connection:
        assert board.count == connection.execute(select(func.count()).select_from(LISTING)).scalar_one()


def test_discounts_are_those_of_the_deals_report(board: Board, recorded_engine: Engine):
    with reading(recorded_engine) as connection:
        deals = find_deals(connection, DealQuestion(by=DiscountTo.APPRAISAL, seen_within=10_000)).rows
        ids = {
            f"{row.source}:{row.source_id}": row.id
            for row in connection.execute(select(LISTING.c.source, LISTING.c.source_id, LISTING.c.id))
        }
    checked = 0
    for deal in deals:
        position = board.position_of(ids[deal.listing])
        assert position is not None
        row = board.rows[position]
        if deal.appraisal_discount_percent is not None:
            assert row.discount == int(deal.appraisal_discount_percent * 100)
            checked += 1
        if deal.highest_discount_percent is not None:
            assert row.cut is not None
            assert abs(row.cut - deal.highest_discount_percent * 100) <= 1
    assert checked > 50


def test_two_chinese_letters_are_a_word(board: Board):
    found = search(board, "q=泉州")
    assert found.homes == 68
    assert search(board, "q=泉州+海城").homes == 1
    assert search(board, "q=浦东").homes == 0


def test_facets_count_what_each_word_would_find(board: Board):
    for name, words in search(board, "q=泉州&state=failed").facets.items():
        for each in words[:4]:
            asked = "" if name == "state" else "&state=failed"
            assert search(board, f"q=泉州{asked}&{name}={each.word}").homes == each.found, (name, each)


def test_claims_are_left_out_unless_asked_for_and_their_number_is_told(board: Board):
    found = search(board, "")
    asked = search(board, "kind=loan&kind=vehicle")
    assert found.left_out == asked.homes > 0
    assert {each.word: each.found for each in found.facets["kind"]}["vehicle"] > 0


def test_totals_do_not_change_with_page_limit_or_order(board: Board):
    whole = {board.rows[each].listing_id for each in all_positions(board, search(board, "city=campo grande"))}
    assert len(whole) == 102
    for sort in ("price", "-price", "cut", "ends"):
        seen: list[int] = []
        for page in range(1, 6):
            found = search(board, f"city=campo grande&sort={sort}&limit=25&page={page}")
            assert (found.homes, found.pages) == (102, 5)
            seen += [board.rows[each].listing_id for each in positions_on_page(board, found)]
        assert len(seen) == 102
        assert set(seen) == whole


def test_a_price_that_is_not_known_is_within_no_price(board: Board):
    cheap = search(board, "max-price=50万")
    assert 0 < cheap.homes < search(board, "").homes
    assert search(board, "max-price=0").homes == 0


@pytest.mark.parametrize(("named", "currency"), [("", "CNY"), ("BRL", "BRL")])
def test_an_amount_finds_what_is_sold_in_its_own_currency_alone(
    board: Board, recorded_engine: Engine, named: str, currency: str
):
    state = OBSERVATION.c.id == LISTING.c.observation_id
    with reading(recorded_engine) as connection:
        rows = connection.execute(select(LISTING.c.id, OBSERVATION.c.currency).join(OBSERVATION, state)).all()
    told = {row[0]: row[1] for row in rows}
    assert len(set(told.values())) > 1
    for words in ("max-price=30万", "min-cut=1"):
        found = all_positions(board, search(board, f"{words}{named}&rows=listings"))
        assert {str(told[board.rows[each].listing_id]) for each in found} == {currency}, words


def test_doubtful_homes_stand_below_clean_ones_with_the_same_order(board: Board):
    rows = [board.rows[each] for each in all_positions(board, search(board, "min-cut=1%25&sort=cut"))]
    doubts = [bool(row.doubts) for row in rows]
    assert doubts == sorted(doubts)
    clean = [row.cut for row in rows if not row.doubts]
    assert clean == sorted(clean, reverse=True)


def test_the_page_keeps_every_filter_in_its_addresses(site: TestClient):
    page = site.get("/search", params={"q": "泉州", "max-price": "100万", "sort": "price", "state": "open"}).text
    for link in page.split('href="')[1:]:
        address = link.split('"')[0]
        if address.startswith("/search") and "?" in address and "state=" in address:
            assert "max-price=100%E4%B8%87" in address


def test_a_part_is_the_results_alone_and_to_restore_history_the_whole_page_comes(site: TestClient):
    part = site.get("/search", headers={"hx-request": "true", "hx-request-type": "partial"})
    assert "<html" not in part.text
    assert '<table class="homes">' in part.text
    assert "HX-Request-Type" in part.headers["vary"]
    whole = {"hx-request": "true", "hx-request-type": "partial", "hx-history-restore-request": "true"}
    assert "<html" in site.get("/search", headers=whole).text


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("kind=flta", "kind"),
        ("sort=best", "sort"),
        ("page=0", "page"),
        ("min-area=big", "min-area"),
        ("state=x", "state"),
    ],
)
def test_a_wrong_word_is_named_on_the_page_and_for_programs(site: TestClient, query: str, name: str):
    page = site.get(f"/search?{query}")
    assert page.status_code == 400
    assert f"<code>{name}</code>" in page.text
    assert site.get(f"/search.json?{query}").json()["parameter"] == name


def test_a_source_of_which_nothing_is_known_is_named_with_the_nearest(site: TestClient):
    answer = site.get("/search?source=jd_judical")
    assert answer.status_code == 400
    assert "jd_judicial" in answer.text


def test_files_hold_every_row_and_the_same_in_both(site: TestClient):
    query = {"city": "campo grande", "sort": "price"}
    rows = list(csv.DictReader(io.StringIO(site.get("/search.csv", params=query).content.decode("utf-8-sig"))))
    objects = site.get("/search.json", params=query).json()
    assert len(rows) == len(objects) == 102
    assert [row["listing"] for row in rows] == [each["listing"] for each in objects]
    assert rows[0]["price"] == f"{objects[0]['price']:.2f}"


def test_an_earlier_day_is_shown_as_it_was_known(site: TestClient):
    then = site.get("/api/v1/homes", params={"as-of": "2021-07-20"}).json()
    now = site.get("/api/v1/homes").json()
    assert set(then["facets"]["source"]) == {"ali_judicial", "br_caixa"}
    assert then["listings"] < now["listings"]
    assert (
        max(row["last_seen_at"] for row in then["rows"])
        < "2021-07-21"
        < max(row["last_seen_at"] for row in now["rows"])
    )


def test_homes_of_an_earlier_day_are_those_of_then_though_a_person_parted_them_since(own_site: Site):
    client = own_site()
    then = {"as-of": "2026-09-04", "source": "jd_judicial", "rows": "listings", "limit": "200"}
    before = client.get("/api/v1/homes", params=then).json()["rows"]
    one, other = homes_of_two(before)
    with writing(client.app.state.settings.engine) as connection:
        add_word(connection, (one, other), Judgement.DIFFERENT, "me", "two staircases", NOW)
        link_database(connection, NOW)
    assert client.get("/api/v1/homes", params=then).json()["rows"] == before
    rows = client.get("/api/v1/homes", params={**then, "as-of": "2026-09-05"}).json()["rows"]
    since = {row["listing"]: row for row in rows}
    assert since[one]["home"] != since[other]["home"]
    assert since[one]["listings"] == since[other]["listings"] == 1
    home = next(row["home"] for row in before if row["listing"] == other)
    assert f'"/homes/{home}?as-of=2026-09-04"' in client.get("/search", params={**then, "rows": "homes"}).text
    page = client.get(f"/homes/{home}?as-of=2026-09-04").text
    assert {one, other} <= set(re.findall(r"<code>(.*?)</code>", page))
    decisions = client.get(f"/api/v1/homes/{home}?as-of=2026-09-04").json()["decisions"]
    assert [each["judgement"] for each in decisions] == ["same"]  # the linker's, which holds no more
    assert "two staircases" not in page
    assert "/apart" not in page
    assert f'"/homes/{home}/outlook?as-of=2026-09-04"' in page
    assert other not in client.get(f"/homes/{one}").text.split('id="timeline"')[0]


def homes_of_two(rows: Sequence[dict[str, Any]]) -> tuple[str, str]:
    """The listings of the first home that has two."""
    for row in rows:
        if len(found := sorted(each["listing"] for each in rows if each["home"] == row["home"])) == 2:
            return found[0], found[1]
    raise AssertionError("no home has two listings")


def test_a_search_is_kept_as_a_watch_with_a_feed_and_a_calendar(own_site: Site):
    client = own_site()
    token = client.get("/search?city=泉州").text.split('name="_token" value="')[1].split('"')[0]
    form = {"_token": token, "name": "泉州住宅", "city": "泉州", "min-cut": "5%"}
    answer = client.post("/search/watch", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert "泉州住宅" in client.get(answer.headers["location"]).text
    with reading(client.app.state.settings.engine) as connection:
        (watch,) = load_watches(connection)
    assert watch.wishes == {"city": ["泉州"], "cut": "5%"}


def test_nothing_is_written_on_a_server_for_reading_only(own_site: Site):
    client = own_site(is_read_only=True)
    page = client.get("/search?city=泉州").text
    assert "/search/watch" not in page
    decision = {"one": "a:1", "other": "a:2", "judgement": "same", "author": "me"}
    assert client.post("/api/v1/decisions", json=decision).status_code == 403


def test_points_of_homes_without_coordinates_are_counted_and_not_shown(site: TestClient):
    answer = json.loads(site.get("/search/points.json?city=泉州").content)
    assert answer["points"] == []
    assert answer["unplaced"] == 68
