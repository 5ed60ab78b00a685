"""The words that the database tells of a listing give the groups that reading it gives."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from store_help import begin, make_page, record

from reporting.choices import By
from reporting.rollups.labels import CROSSED, PART_OF, crossed_group, part_by_month, shipped_counts, steady_groups
from reporting.statistics.groups import crossed_label, seller_label
from store.engine import reading, writing
from store.rollup_sheets import part_by_label
from store.rollup_words import PROVINCE
from store.rollups import states_now
from store.statement import Statement
from store.terms import PropertyKind, RoundKind, SellerKind
from store.write import Recorder
from tracking.offers import country_of

NOW = datetime(2026, 11, 3, tzinfo=UTC)
FIRST = RoundKind.FIRST_AUCTION


def words_of(engine: Engine, **said: object) -> str:
    """The words of the only listing."""
    begin(engine)
    recorder = Recorder()
    page = replace(make_page(NOW, source="s"), recorded_at=NOW)
    with writing(engine) as connection:
        record(recorder, connection, page, {"1": Statement(title="某小区1幢101室", raw="{}", **said)})
        recorder.settle(connection)
    with reading(engine) as connection:
        (state,) = states_now(connection, [1])
    return state[-1]


def test_names_that_hold_the_characters_between_words_stay_whole(engine: Engine) -> None:
    groups = steady_groups(words_of(engine, seller_name="甲\x1f乙\x1e丙", city="丁\x1f戊\x1e己", round_kind=FIRST))

    assert groups.sellers.labels == ("甲乙丙",) * 2 == (seller_label("甲\x1f乙\x1e丙"),) * 2
    assert groups.places.labels == ("丁\x1f戊\x1e己", "first_auction")


def test_what_is_not_told_has_no_label(engine: Engine) -> None:
    groups = steady_groups(words_of(engine))

    assert (groups.places.labels, groups.sellers.labels) == (("", ""), ("", ""))
    assert groups.kinds.labels == ("all", "s", "", "", "CN")
    assert {each.scope for each in groups} == {"homes"}


@pytest.mark.parametrize("kind", [PropertyKind.LOAN, PropertyKind.VEHICLE])
def test_what_is_no_home_is_told_apart_in_every_way(engine: Engine, kind: PropertyKind) -> None:
    groups = steady_groups(words_of(engine, property_kind=kind, region_code="BR-SP", city="Santos"))

    assert {each.scope for each in groups} == {"claims"}
    assert groups.places.labels == ("Santos (BR-SP)", "")
    assert groups.kinds.labels[-1] == "BR"


def test_a_bank_of_a_province_counts_under_the_name_whose_number_is_published(engine: Engine) -> None:
    told = {"seller_kind": SellerKind.RURAL_BANK, "seller_name": "某农村商业银行", "region_code": "510104"}

    assert steady_groups(words_of(engine, **told)).sellers.labels == ("某农村商业银行", "四川农信")


@pytest.mark.parametrize("code", ["340104", "51", "BR-SP", "HK-KEC", "KR-41", "US-FL", "TW-TPE", "UA-30", "GR"])
def test_the_beginning_of_a_region_s_code_tells_its_country(code: str) -> None:
    assert country_of(code[:PROVINCE], "s", None) == country_of(code, "s", None)


def test_published_numbers_ask_for_no_more_of_a_region_than_is_kept_beside_a_seller() -> None:
    regions = [each.region for each in shipped_counts().values() if each.region]

    assert regions
    assert all(len(region) <= PROVINCE for region in regions)


@pytest.mark.parametrize("words", [("合肥市", "2026-03", "first_auction"), ("a, b", "", "sell_off"), ("", "", "")])
def test_city_month_and_round_are_crossed_as_reports_cross_them(words: tuple[str, str, str]) -> None:
    assert crossed_group(*words) == crossed_label(*(word or None for word in words))


def crossed_labels() -> Iterator[str]:
    for city in ("合肥市", "Bom Jesus, do Sul (BR-PR)", "2026-05, x", None):
        for month in (f"{year}-{month:02}" for year in (2023, 2024, 2025, 2026, 2027) for month in range(1, 13)):
            yield crossed_label(city, month, FIRST)


def test_all_groups_of_a_month_lie_in_one_part_and_those_of_five_years_apart() -> None:
    parts = {label: part_by_month(label) for label in crossed_labels()}

    assert len(set(parts.values())) == 60
    assert len(parts) == 4 * 60
    assert all(parts[label] == part_by_month(crossed_label("合肥市", label.split(", ")[-2], None)) for label in parts)
    assert part_by_month(crossed_label("合肥市", None, FIRST)) == part_by_month(crossed_label(None, None, None))
    assert PART_OF[CROSSED] is part_by_month
    assert PART_OF[str(By.CITY)] is part_by_label
