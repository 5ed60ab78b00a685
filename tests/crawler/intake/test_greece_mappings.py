"""The mapping of the Greek aggregator: neighbours sold on one day, which a project took for rounds of one home."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.capture import Capture
from crawler.intake.arrived import CapturedPage
from crawler.intake.files import read_paths
from crawler.intake.mapping import load_mapping
from crawler.page import Page
from crawler.reading import Reading, read, statement_of
from store.engine import open_engine, reading
from store.rows import LISTING, OBSERVATION
from store.schema import upgrade
from store.statement import Statement
from store.terms import Currency, PropertyKind, RoundStatus

FOLDER = Path(__file__).parents[3] / "fixtures" / "mappings" / "greece-eauction24"
DAYS = ("2026-07-06", "2026-07-24")
READER = load_mapping("greece-eauction24").reader()


def page_of(day: str) -> Page:
    return Page(
        (FOLDER / f"drops_{day}.json").read_bytes(), f"file:drops_{day}.json", datetime(2026, 7, 24, tzinfo=UTC)
    )


def reading_of(day: str) -> Reading:
    return read(page_of(day), READER)


def statements(day: str) -> dict[str, Statement]:
    page = page_of(day)
    return {
        each.source_id: statement_of(each.item, READER, page.observed_at).statement
        for each in read(page, READER).listings
    }


@pytest.mark.parametrize("day", DAYS)
def test_every_lot_of_every_group_is_a_listing(day: str) -> None:
    groups = json.loads(page_of(day).body)
    lots = {str(lot["id"]): lot for group in groups for lot in group["rounds"]}
    assert READER.recognises(page_of(day))
    assert reading_of(day).refused == []
    assert statements(day).keys() == lots.keys()
    for source_id, told in statements(day).items():
        assert (told.title, told.url) == (lots[source_id]["title"].replace("  ", " "), lots[source_id]["url"])
        assert told.starting_price == round(lots[source_id]["price_eur"] * 100)
        assert (told.currency, told.ended_on) == (Currency.EUR, date.fromisoformat(lots[source_id]["auction_date"]))


@pytest.mark.parametrize("day", DAYS)
def test_nothing_of_the_false_rounds_is_taken(day: str) -> None:
    """All groups hold lots of one day; 46 of 151 are called a price cut of up to 90 %."""
    groups = json.loads(page_of(day).body)
    assert any(group["has_drop"] for group in groups)
    assert all(len({lot["auction_date"] for lot in group["rounds"]}) == 1 for group in groups)
    for told in statements(day).values():
        assert (told.round_kind, told.round_number, told.previous_source_id, told.asset_id) == (None, None, None, None)


def test_no_price_differs_between_the_two_days() -> None:
    first, second = (statements(day) for day in DAYS)
    assert {key: told.starting_price for key, told in first.items()} == {
        key: told.starting_price for key, told in second.items()
    }


def test_lot_gone_from_the_list_has_ended_without_a_result() -> None:
    assert {told.status for told in statements(DAYS[0]).values()} == {RoundStatus.UPCOMING}
    later = statements(DAYS[1]).values()
    assert {told.status for told in later} == {RoundStatus.UPCOMING, RoundStatus.ENDED}
    for told in later:  # what is gone had its day before the look, and what is left has not
        assert told.ended_on is not None
        assert (told.ended_on < date(2026, 7, 24)) == (told.status is RoundStatus.ENDED)


def test_listing_that_was_upcoming_is_no_longer_so_once_it_is_gone_from_the_list(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/fapai.sqlite")
    upgrade(engine)
    results = list(Capture(engine, tmp_path / "pages", [FOLDER], load_mapping("greece-eauction24")))
    with reading(engine) as connection:
        state = select(LISTING.c.source_id, OBSERVATION.c.status).where(OBSERVATION.c.id == LISTING.c.observation_id)
        kept = {row.source_id: row.status for row in connection.execute(state)}
    engine.dispose()
    gone = {key for key, told in statements(DAYS[1]).items() if told.status is RoundStatus.ENDED}
    assert [result.outcome for result in results] == ["read", "read"]
    assert gone
    assert {key for key, status in kept.items() if status is RoundStatus.ENDED} == gone


@pytest.mark.parametrize("day", DAYS)
def test_region_town_and_address_stand_in_the_group_around_the_lot(day: str) -> None:
    told = statements(day)
    groups = json.loads(page_of(day).body)
    for group in groups:
        for lot in group["rounds"]:
            assert told[str(lot["id"])].city == group["municipality"]
            assert told[str(lot["id"])].address == " ".join(group["address"].split())
    assert told["12679"].region_code == "GR-C"  # Δυτικής Μακεδονίας


def test_kind_and_area_stand_in_the_title() -> None:
    field = statements(DAYS[0])["12679"]
    assert (field.property_kind, field.land_area, field.floor_area) == (PropertyKind.LAND, 2_550_000, None)
    shop = statements(DAYS[0])["16888"]
    assert (shop.property_kind, shop.floor_area) == (PropertyKind.SHOP, None)  # its area is null
    homes = [told for told in statements(DAYS[0]).values() if (told.title or "").startswith("Κατοικία")]
    assert homes
    assert {told.property_kind for told in homes} == {None}  # a flat or a house: not told
    assert all(told.floor_area for told in homes)


def test_day_in_the_name_is_local_noon() -> None:
    arrived = list(read_paths([FOLDER], readers=(), mapping=load_mapping("greece-eauction24")))
    assert [each.page.observed_at for each in arrived if isinstance(each, CapturedPage)] == [
        datetime(2026, 7, 6, 9, tzinfo=UTC),
        datetime(2026, 7, 24, 9, tzinfo=UTC),
    ]
