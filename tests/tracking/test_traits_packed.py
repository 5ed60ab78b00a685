"""What a listing was compared by comes back as it was stored, whatever is told or left out."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, delete, text, update
from store_help import begin, look, record_all, rows

from benchmarks.linking.generate import generate
from store.engine import reading, writing
from store.links import LINK_TRAITS, persons_decisions
from store.statement import Statement
from tests.tracking.chain_cases import every_chain
from tracking import linking
from tracking.linking import link_database
from tracking.offers import Offer, make_offer
from tracking.traits import Traits, traits_of
from tracking.traits_packed import pack_traits, unpack_traits

NOW = datetime(2026, 9, 1, tzinfo=UTC)
MADE = [traits_of(make_offer(*row.state)) for row in generate(400, seed=7)]
REAL = [traits_of(offer) for _, offers in every_chain() for offer in offers]
HOUSE = Statement(city="荆州市", district="江陵县", floor_area=14_265, seller_name="江陵县人民法院")


@pytest.mark.parametrize("everything", [MADE, REAL], ids=["made up", "real"])
def test_traits_come_back_as_they_were_packed(everything: list[Traits]) -> None:
    assert everything
    for traits in everything:
        assert unpack_traits(pack_traits(traits)) == traits
    assert any(traits.members for traits in MADE)
    assert any(traits.seller and traits.opens for traits in REAL)


def test_an_empty_text_is_no_unknown_one() -> None:
    traits = MADE[0]._replace(district="", asset_id="", compound=None)
    back = unpack_traits(pack_traits(traits))
    assert (back.district, back.asset_id, back.compound) == ("", "", None)


def parsed_by(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The titles that a linking parses."""
    titles: list[str | None] = []

    def note(*state: object) -> Offer:
        offer = make_offer(*state)
        titles.append(offer.title)
        return offer

    monkeypatch.setattr(linking, "make_offer", note)
    monkeypatch.setattr("tracking.offers.make_offer", note)
    with writing(engine) as connection:
        link_database(connection, NOW)
    return titles


def titled(room: str) -> str:
    return f"郝穴镇中央半岛小区19栋1单元{room}室"


def record(engine: Engine, hour: int, *rooms: str) -> None:
    record_all(engine, [look(hour, {f"{hour}-{room}": HOUSE._replace(title=titled(room)) for room in rooms})])


def test_a_linking_after_a_crawl_parses_what_is_new_and_nothing_else(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(engine)
    record(engine, 0, "402", "502")
    assert parsed_by(engine, monkeypatch) == [titled("402"), titled("502")]
    record(engine, 24, "402")
    assert parsed_by(engine, monkeypatch) == [titled("402")]
    assert rows(engine, "SELECT listing_count FROM property ORDER BY id") == [(2,), (1,)]


@pytest.mark.parametrize("lost", [update(LINK_TRAITS).values(linker_version=1, told=b""), delete(LINK_TRAITS)])
def test_what_another_version_wrote_is_parsed_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, lost: object
) -> None:
    begin(engine)
    record(engine, 0, "402", "502")
    parsed_by(engine, monkeypatch)
    with writing(engine) as connection:
        connection.execute(lost)  # type: ignore[call-overload]
    record(engine, 24, "402")
    assert parsed_by(engine, monkeypatch) == [titled("402"), titled("402")]
    assert rows(engine, "SELECT listing_count FROM property ORDER BY id") == [(2,), (1,)]


def test_a_home_that_nothing_touched_is_not_written_again(engine: Engine) -> None:
    """402 is compared with 502, of one house and size and seller, but is no part of its home."""
    begin(engine)
    record(engine, 0, "402", "502")
    with writing(engine) as connection:
        link_database(connection, NOW)
        connection.execute(text("UPDATE property SET city = 'as it was'"))
    record(engine, 24, "402")
    with writing(engine) as connection:
        link_database(connection, NOW)
    assert rows(engine, "SELECT city, listing_count FROM property ORDER BY id") == [("荆州市", 2), ("as it was", 1)]


def test_the_words_of_persons_are_found_by_an_index(engine: Engine) -> None:
    with reading(engine) as connection:
        assert persons_decisions(connection) == []
        if connection.dialect.name == "sqlite":
            plan = "EXPLAIN QUERY PLAN SELECT * FROM link_decision WHERE superseded_at IS NULL AND author != 'linker'"
            assert "ix_link_decision_decided_at" in str(connection.exec_driver_sql(plan + " ORDER BY decided_at").all())
