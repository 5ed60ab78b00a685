"""Traits and offers for the tests of linking at scale, and what both roads say of them."""

from collections.abc import Iterator, Sequence
from itertools import chain as chained
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.tracking.chain_cases import every_chain
from tracking.address.parts import NO_PARTS
from tracking.at_scale import rules
from tracking.at_scale.columns import table_of
from tracking.at_scale.engine import Engine
from tracking.evidence import decide
from tracking.link import Linked, Survey
from tracking.offers import Offer, make_offer
from tracking.traits import Traits

NAMES = (
    "天街花园",
    "天街",
    "天衔花园",
    "金地澜悦府",
    "金地悦澜府",
    "金地澜悦东",
    "金地澜悦西",
    "山水名城",
    "名城",
    "城",
)
NAMES += ("ABC公馆", "ABD公馆", "一品天下", "二品天下", "天街商业中心", "海城花苑", "海城花苑二期")
NAMES += ("天街公寓", "天衔公寓")
POOLS: dict[str, tuple[Any, ...]] = {
    "listing_id": (0,),
    "key": tuple((source, "", number) for source in ("ali_judicial", "jd_assets", "ua_prozorro") for number in (1, 2)),
    "country": ("CN", "CN", "CN", "UA"),
    "area_code": (None, "3401", "3401", "3302"),
    "district": (None, "蜀山区", "包河区"),
    "town": (None, None, "井岗镇", "南岗镇"),
    "kind": (None, "home", "home", "house", "business", "building", "industrial", "land"),
    "road": (None, "望江西路", "中山路", "合肥中山路"),
    "number": (None, "/99", "7/99", "/1"),
    "compound": (None, *NAMES),
    "phase": (None, "1", "2", "1/A"),
    "building": (None, "3", "3", "A"),
    "unit": (None, "1", "2"),
    "floor": (None, "12", "2"),
    "room": (None, "1204", "1204", "3"),
    "share": (None, "1", "1/2"),
    "unit_count": (1, 1, 1, 2),
    "members": ((), (), ("101", "102"), ("101,102",)),
    "case_number": (None, "2020皖0111执1234", "2020皖0111执1235"),
    "appraisal": (None, 106_200_000, 84_960_000),
    "price": (None, 84_960_000, 106_200_000, 100_000_000, 80_000_000),
    "floor_area": (None, 100_000, 99_400, 99_399, 95_000, 94_999, 8_953),
    "seller": (None, "合肥市蜀山区人民法院", "平安银行"),
    "certificate": (None, "皖(2020)合肥市不动产权第0012345号"),
    "asset_id": (None, "1", "2"),
    "wording": (
        None,
        "合肥市蜀山区工业用地及厂房一处",
        "合肥市蜀山区工业用地２８亩及厂房",
        "兰州银行-江苏省兴化市合陈镇昌自建房",
    ),
    "previous_source_id": (None, "1", "2", "3"),
    "round_rank": (None, 1, 2),
    "opens": (None, 1_600_000_000.0, 1_600_050_000.5, 1_600_200_000.0),
    "closes": (None, 1_600_050_000.5, 1_600_090_000.0),
    "parts": (NO_PARTS, NO_PARTS, NO_PARTS._replace(lot="12"), NO_PARTS._replace(lot="13")),
}
MADE = st.builds(Traits, **{name: st.sampled_from(values) for name, values in POOLS.items()})


def as_parking(traits: Traits) -> Traits:
    """As a parking space: no building, and a number that no room has."""
    room = traits.room and f"B{traits.room}"
    return traits._replace(kind="parking", building=None, room=room, wording=None)


PARKING = MADE.map(as_parking)
BLANK = Traits(
    **dict.fromkeys(POOLS)
    | {"key": ("ali_judicial", "", 1), "country": "CN", "unit_count": 1, "members": (), "parts": NO_PARTS}
)
LAND = BLANK._replace(
    kind="land",
    area_code="3401",
    district="蜀山区",
    wording="合肥市蜀山区工业用地２８亩及厂房",
    seller="平安银行",
    case_number="2020皖0111执1234",
    round_rank=1,
    opens=1_600_000_000.0,
    closes=1_600_090_000.0,
)
HOUSE = LAND._replace(
    kind="house", wording=None, road="望江西路", number="/99", compound="天街花园", floor_area=100_000
)
FLAT = HOUSE._replace(
    kind="home", building="3", unit="1", floor="12", room="1204", appraisal=106_200_000, asset_id="1", phase="1"
)
LOT = HOUSE._replace(kind="business", unit_count=2, members=("101", "102"), building="3")
AT_A_ROAD = FLAT._replace(number=None, compound=None)
KINDS_OF_THINGS = {
    "a flat": FLAT,
    "a flat at a road": AT_A_ROAD,
    "a house": HOUSE,
    "a lot": LOT,
    "land": LAND,
    "a parking space": as_parking(FLAT),
}


def numbered(everything: Sequence[Traits]) -> list[Traits]:
    """With ids of their own, against the order of the names by which the solver sorts."""
    return [
        traits._replace(listing_id=number, key=(traits.key[0], str(len(everything) - number), traits.key[2]))
        for number, traits in enumerate(everything, 1)
    ]


def mixed(one: Traits, other: Traits, names: set[str]) -> Traits:
    """The one, with some traits of the other."""
    return one._replace(**{name: getattr(other, name) for name in names})


def alike(kind: st.SearchStrategy[Traits]) -> st.SearchStrategy[list[Traits]]:
    """One, and others that differ from it in a few traits."""
    names = st.sets(st.sampled_from(Traits._fields), max_size=6)
    return st.builds(
        lambda one, others: [one, *(mixed(one, other, names) for other, names in others)],
        kind,
        st.lists(st.tuples(kind, names), min_size=1, max_size=12),
    )


ALIKE = st.one_of(alike(MADE), alike(MADE), alike(PARKING))
"""Listings that differ from one of them in a few traits: of those that differ in all, nearly every pair is vetoed."""


def listings(groups: int) -> st.SearchStrategy[list[Traits]]:
    """Some dozens of listings in so many groups at most."""
    return st.lists(ALIKE, min_size=1, max_size=groups).map(lambda found: numbered(list(chained.from_iterable(found))))


def told(linked: Linked) -> tuple[dict[int, int], list[Any]]:
    """What a linking found, in an order of its own."""
    return linked.property_of, sorted(linked.decisions)


def real_offers() -> list[Offer]:
    """All offers of the recorded chains, their addresses read."""
    offers = [offer for _, chain in every_chain() for offer in chain]
    return [make_offer(number, *offer[1:-1]) for number, offer in enumerate(offers, 1)]


def scores_by_sql(everything: Sequence[Traits], api: Any) -> Iterator[tuple[int, int, float]]:
    """The match weight of every pair, though they may share no key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "SAME_ROOM_OF_A_PLACE", "l.listing_id < r.listing_id")
        linker = Engine(api.register(table_of(everything)).physical_name, api).linker()
    columns = linker.inference.predict(warning_mode="never").as_dict()
    return zip(*(columns[name] for name in ("listing_id_l", "listing_id_r", "match_weight")), strict=True)


def assert_that_scores_agree(everything: Sequence[Traits], api: Any) -> None:
    """Every pair, though most share no key, has the same points here and there, or a veto on both roads."""
    survey, seen = Survey(everything), 0
    for one, other, weight in scores_by_sql(everything, api):
        decision = decide(everything[one - 1], everything[other - 1], survey.beside(one - 1, other - 1))
        assert (weight < rules.VETO / 2) == decision.is_vetoed, decision.reasons
        assert decision.is_vetoed or weight == decision.score, decision.reasons
        seen += 1
    assert seen == len(everything) * (len(everything) - 1) // 2
