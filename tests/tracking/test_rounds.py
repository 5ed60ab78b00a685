"""Chains of real homes (fixtures/tracking/chains), and what may happen between two attempts."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.terms import RoundKind, RoundLink, RoundStatus, SellerKind
from tests.tracking.chain_cases import at, chains_of, every_chain, links, offer, places, step_of
from tracking.offers import Offer
from tracking.rounds import case_of, chain_rounds

EVERY_CHAIN = every_chain()
FIRST = {"round_kind": "first_auction", "status": "failed", "starting_price": 100_000_00}
SECOND = {"round_kind": "second_auction", "starting_price": 80_000_00}


def ended(start: str, days: int = 1) -> dict[str, str]:
    """Start and end of an attempt that took so many days."""
    return {"starts_at": start, "ends_at": (at(start) + timedelta(days=days)).isoformat()}


@pytest.mark.parametrize(
    ("name", "link", "place"),
    [("海城花苑", "next_round", 2), ("豪景花苑", "next_round", 2), ("铭湖花苑", "sell_off_after_failure", 3)],
)
def test_a_failed_auction_in_fujian_is_followed_three_weeks_later(name: str, link: str, place: int) -> None:
    first, second = chain_rounds(chains_of("jd-fujian-2026.json")[name])
    assert (first.position, first.procedure, first.place, first.link) == (1, 1, place - 1, None)
    assert (second.position, second.procedure, second.place, second.link) == (2, 1, place, link)
    assert (second.previous_listing_id, second.contradiction) == (first.listing_id, None)
    assert second.gap_days in {20, 21, 22}


def test_the_court_of_a_city_is_the_same_without_the_city_in_its_name() -> None:
    second, sell_off = chains_of("jd-fujian-2026.json")["铭湖花苑"]
    assert second.seller_name != sell_off.seller_name
    assert chain_rounds([second, sell_off])[1].procedure == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("双南路62号", [(1, None), (2, "next_round"), (3, "sell_off_after_failure")]),
        ("金开大道7幢1-4", [(1, None), (2, "next_round")]),
        ("金开大道7幢1-3", [(1, None), (2, "next_round")]),
        # no round is published: by law the third attempt is the sell-off
        ("清林大道厂房", [(1, None), (2, "next_round"), (3, "sell_off_after_failure")]),
        # the first was suspended, the second not seen
        ("车位245", [(1, None), (3, "sell_off_after_failure")]),
        ("车位015", [(2, None), (3, "sell_off_after_failure")]),
        ("桂P", [(1, None), (2, "next_round")]),
    ],
)
def test_chains_of_the_ali_court_channel_have_their_places_and_links(name: str, expected: list[object]) -> None:
    chain = chains_of("ali-court-2017_2019.json")[name]
    assert [(place, link) for _, _, place, link in places(chain)] == expected
    assert {step.procedure for step in chain_rounds(chain)} == {1}


def test_a_second_round_that_is_published_as_the_first_contradicts_its_place() -> None:
    """The truck of 2017: a page without a round, ten days later another that says 第一次拍卖."""
    first, second = chain_rounds(chains_of("ali-court-2017_2019.json")["桂P"])
    assert first.contradiction is None
    assert second.contradiction == "published as round 1, but round 2 by what came before"


def test_a_chain_without_any_published_round_ends_in_the_sell_off() -> None:
    chain = chains_of("rmfysszc-guangdong-2022.json")["房地产"]
    assert places(chain) == [
        ("129976", 1, 1, None),
        ("130720", 1, 2, RoundLink.NEXT_ROUND),
        ("131219", 1, 3, RoundLink.SELL_OFF_AFTER_FAILURE),
    ]


def test_six_assets_of_guangdong_are_chains_of_two_and_three() -> None:
    chains = chains_of("rmfysszc-guangdong-2022.json").values()
    assert sorted(len(chain_rounds(chain)) for chain in chains) == [2, 2, 2, 2, 2, 3]
    assert all(step.contradiction is None for chain in chains for step in chain_rounds(chain))


def test_fifteen_rounds_of_taiwan_are_one_procedure_in_one_property() -> None:
    steps = chain_rounds(chains_of("tw-judicial-2026.json")["苑裡"])
    assert [step.place for step in steps] == list(range(1, 16))
    assert {step.link for step in steps[1:]} == {RoundLink.NEXT_ROUND}
    assert {(step.procedure, step.contradiction) for step in steps} == {(1, None)}


def test_rounds_that_nobody_saw_leave_their_places_free() -> None:
    told = [each for each in chains_of("tw-judicial-2026.json")["苑裡"] if each.starting_price]
    assert [(step.place, step.contradiction) for step in chain_rounds(told)] == [
        (1, None),
        (10, None),
        (14, None),
        (15, None),
    ]


def test_open_purchase_stands_between_the_third_and_the_fourth_round() -> None:
    taiwan = {"source": "tw_judicial", "currency": "TWD"}
    third = offer(1, **taiwan, round_kind="third_auction", round_number=3, status="failed", **ended("2026-01-05"))
    purchase = offer(2, **taiwan, round_kind="open_purchase", round_number=4, **ended("2026-01-20", 90))
    fourth = offer(3, **taiwan, round_kind="later_auction", round_number=4, **ended("2026-06-01"))
    assert [(place, link) for _, _, place, link in places([third, purchase, fourth])] == [
        (3, None),
        (3, RoundLink.SELL_OFF_AFTER_FAILURE),
        (4, RoundLink.NEXT_ROUND),
    ]
    assert [step.contradiction for step in chain_rounds([third, purchase, fourth])] == [None] * 3


def test_eleven_korean_lots_move_to_their_next_round() -> None:
    chains = chains_of("kr-courtauction-2026.json")
    moved = [chain_rounds(chain) for chain in chains.values()]
    assert len(moved) == 11
    assert all(second.place == first.place + 1 for first, second in moved)
    assert {second.link for _, second in moved} == {RoundLink.NEXT_ROUND}
    assert {step.contradiction for steps in moved for step in steps} == {None}


@pytest.mark.parametrize(
    ("name", "dates"), [("522019CA000452XXCICI", 6), ("24-CA-000825", 5), ("01 2015 CA 001586", 2)]
)
def test_a_case_in_florida_is_set_anew_for_up_to_six_days(name: str, dates: int) -> None:
    steps = chain_rounds(chains_of("us-florida-2025.json")[name])
    assert [step.place for step in steps] == list(range(1, dates + 1))
    assert {step.link for step in steps[1:]} == {RoundLink.NEXT_ROUND}


@pytest.mark.parametrize("name", ["溪南新村", "永定巷", "汉江北路170", "海德名园"])
def test_auctions_of_a_bank_follow_its_own_count(name: str) -> None:
    steps = chain_rounds(chains_of("jd-jiangsu-bank-2020.json")[name])
    assert [step.place for step in steps] == list(range(1, len(steps) + 1))
    assert {step.link for step in steps[1:]} == {RoundLink.NEXT_ROUND}


def test_a_third_auction_of_a_bank_listed_again_is_a_re_listing_and_no_contradiction() -> None:
    steps = chain_rounds(chains_of("jd-jiangsu-bank-2020.json")["汉江北路119"])
    assert [step.link for step in steps] == [
        None,
        RoundLink.NEXT_ROUND,
        RoundLink.NEXT_ROUND,
        RoundLink.BANK_RELISTING,
    ]
    assert [step.contradiction for step in steps] == [None] * 4


def test_the_villa_comes_down_from_83_to_30_million_by_re_listings() -> None:
    chain = chains_of("jd-jiangsu-bank-2020.json")["御湖熙岸"]
    steps, prices = chain_rounds(chain), {each.listing_id: each.price for each in chain}
    millions = [(prices[step.listing_id] or 0) // 100_000_000 for step in steps]
    assert millions == [83, 50, 50, 40, 30]
    assert {step.link for step in steps[1:]} == {RoundLink.BANK_RELISTING}
    assert {step.gap_days for step in steps} == {None}


@pytest.mark.parametrize("status", ["suspended", "postponed", "halted", "withdrawn"])
def test_broken_off_and_back_days_later_is_the_same_round(status: str) -> None:
    first = offer(1, **{**FIRST, "status": status}, **ended("2026-03-01"))
    again = offer(2, **FIRST, **ended("2026-03-12"))
    second = offer(3, **SECOND, **ended("2026-04-20"))
    assert [(procedure, place, link) for _, procedure, place, link in places([first, again, second])] == [
        (1, 1, None),
        (1, 1, RoundLink.RESUMED),
        (1, 2, RoundLink.NEXT_ROUND),
    ]


def test_a_suspended_sell_off_goes_on_as_the_same_sell_off() -> None:
    halted = offer(1, round_kind="sell_off", status="suspended", **ended("2026-03-01"))
    again = offer(2, round_kind="sell_off", status="ongoing", **ended("2026-03-20"))
    assert [(place, link) for _, _, place, link in places([halted, again])] == [(3, None), (3, RoundLink.RESUMED)]


def test_a_suspended_round_that_went_on_does_not_make_the_next_one_a_resumption() -> None:
    """The round that was taken up again ended without a known result; what follows names no round."""
    halted = offer(1, status="suspended", starting_price=100, **ended("2026-03-01"))
    again = offer(2, status="ended", starting_price=100, **ended("2026-03-12"))
    later = offer(3, status="upcoming", starting_price=80, **ended("2026-04-20"))
    assert links(halted, again, later) == [None, RoundLink.RESUMED, RoundLink.NEXT_ROUND]


def test_a_re_auction_after_a_default_is_the_same_round_again() -> None:
    defaulted = offer(1, **{**FIRST, "status": "defaulted"}, **ended("2026-03-01"))
    marked = offer(2, round_kind="re_auction", status="failed", **ended("2026-05-01"))
    second = offer(3, **SECOND, **ended("2026-06-10"))
    assert [(place, link) for _, _, place, link in places([defaulted, marked, second])] == [
        (1, None),
        (1, RoundLink.RE_AUCTION_AFTER_DEFAULT),
        (2, RoundLink.NEXT_ROUND),
    ]


def test_a_re_auction_is_believed_even_where_the_sale_before_still_says_sold() -> None:
    sold = offer(1, **{**FIRST, "status": "sold"}, **ended("2026-03-01"))
    marked = offer(2, round_kind="re_auction", **ended("2026-05-01"))
    assert places([sold, marked])[1] == ("2", 1, 1, RoundLink.RE_AUCTION_AFTER_DEFAULT)


def test_a_new_procedure_begins_after_a_sale() -> None:
    sold = offer(1, **{**FIRST, "status": "sold"}, **ended("2026-03-01"))
    again = offer(2, **FIRST, **ended("2026-06-01"))
    assert places([sold, again])[1] == ("2", 2, 1, RoundLink.NEW_PROCEDURE)


def test_a_new_procedure_begins_with_another_case_number_but_not_with_another_spelling() -> None:
    first = offer(1, **FIRST, case_number="（2024）皖0111执1234号", **ended("2026-03-01"))
    spelled = offer(2, **SECOND, case_number="(2024)皖0111执1234号之一", **ended("2026-04-01"))
    other = offer(2, **SECOND, case_number="(2025)皖0111执恢56号", **ended("2026-04-01"))
    assert links(first, spelled) == [None, RoundLink.NEXT_ROUND]
    assert links(first, other) == [None, RoundLink.NEW_PROCEDURE]


def test_cases_of_florida_are_equal_with_and_without_blanks() -> None:
    assert case_of(offer(1, case_number="01 2024 CA 000329")) == case_of(offer(2, case_number="012024CA000329"))
    assert case_of(offer(1)) is None


def test_a_buyers_story_of_two_procedures_is_told_round_by_round() -> None:
    """一拍, 二拍, 变卖, failed; listed again: 一拍, 二拍, 变卖 (domain.md, section 1)."""
    kinds = ["first_auction", "second_auction", "sell_off"] * 2
    days = ["2025-01-10", "2025-03-01", "2025-04-10", "2025-10-01", "2025-11-15", "2026-01-05"]
    prices = [900, 720, 720, 770, 620, 620]
    rows = zip(kinds, days, prices, strict=True)
    chain = [
        offer(index, round_kind=kind, status="failed", starting_price=price * 100_000, **ended(day))
        for index, (kind, day, price) in enumerate(rows, 1)
    ]
    assert [(procedure, place, link) for _, procedure, place, link in places(chain)] == [
        (1, 1, None),
        (1, 2, RoundLink.NEXT_ROUND),
        (1, 3, RoundLink.SELL_OFF_AFTER_FAILURE),
        (2, 1, RoundLink.NEW_PROCEDURE),
        (2, 2, RoundLink.NEXT_ROUND),
        (2, 3, RoundLink.SELL_OFF_AFTER_FAILURE),
    ]


def test_a_procedure_lapses_when_nothing_happens_for_a_year_and_a_half() -> None:
    first = offer(1, **FIRST, **ended("2023-03-01"))
    assert links(first, offer(2, **SECOND, **ended("2024-08-01"))) == [None, RoundLink.NEXT_ROUND]
    assert links(first, offer(2, **SECOND, **ended("2024-12-01"))) == [None, RoundLink.NEW_PROCEDURE]
    case = {"case_number": "(2022)皖0111执1234号"}
    slow = [offer(1, **FIRST, **case, **ended("2023-03-01")), offer(2, **SECOND, **case, **ended("2024-12-01"))]
    assert links(*slow) == [None, RoundLink.NEXT_ROUND]


def test_a_bank_that_sells_what_the_court_did_not_has_taken_it() -> None:
    sell_off = offer(1, round_kind="sell_off", status="failed", **ended("2025-03-01", 60))
    bank = {"source": "ali_assets", "seller_kind": "city_bank", "seller_name": "徽商银行合肥分行"}
    sale = offer(2, **bank, round_kind="direct_sale", asking_price=70_000_00, published_at="2025-09-01")
    again = offer(3, **bank, round_kind="direct_sale", asking_price=49_000_00, published_at="2025-12-01")
    assert [(procedure, place, link) for _, procedure, place, link in places([sell_off, sale, again])] == [
        (1, 3, None),
        (2, 1, RoundLink.TAKEN_BY_CREDITOR),
        (2, 2, RoundLink.BANK_RELISTING),
    ]


def test_a_bank_that_sells_after_the_court_sold_has_bought_not_taken() -> None:
    sold = offer(1, **{**FIRST, "status": "sold"}, **ended("2025-03-01"))
    bank = offer(2, seller_kind="city_bank", round_kind="direct_sale", published_at="2025-09-01")
    assert links(sold, bank) == [None, RoundLink.NEW_PROCEDURE]


def test_another_seller_begins_anew_but_another_branch_of_the_bank_does_not() -> None:
    first = offer(
        1, seller_kind="joint_stock_bank", seller_name="中国民生银行股份有限公司西安分行", published_at="2025-03-01"
    )
    branch = offer(2, seller_kind="joint_stock_bank", seller_name="民生银行", published_at="2025-05-01")
    other = offer(2, seller_kind="asset_manager", seller_name="中国信达资产管理股份有限公司", published_at="2025-05-01")
    assert links(first, branch) == [None, RoundLink.BANK_RELISTING]
    assert links(first, other) == [None, RoundLink.NEW_PROCEDURE]


def test_the_same_attempt_on_a_second_platform_is_not_a_second_round() -> None:
    ali = offer(1, **FIRST, **ended("2026-03-01"))
    jd = offer(2, source="jd_judicial", **{**FIRST, "status": "ended"}, **ended("2026-03-01"))
    second = offer(3, source="jd_judicial", **SECOND, **ended("2026-04-05"))
    assert [(place, link) for _, _, place, link in places([ali, jd, second])] == [
        (1, None),
        (1, RoundLink.SAME_OFFER_ELSEWHERE),
        (2, RoundLink.NEXT_ROUND),
    ]
    steps = chain_rounds([ali, jd, second])
    assert step_of(steps, 2).gap_days is None
    assert step_of(steps, 3).previous_listing_id == 2  # its own platform before another


def test_a_sale_that_only_one_of_two_platforms_tells_ends_the_procedure_on_both() -> None:
    ali = offer(1, **{**FIRST, "status": "sold"}, **ended("2026-03-01"))
    jd = offer(2, source="jd_judicial", **{**FIRST, "status": "ended"}, **ended("2026-03-01"))
    again = offer(3, source="jd_judicial", **FIRST, **ended("2026-08-05"))
    assert links(ali, jd, again) == [None, RoundLink.SAME_OFFER_ELSEWHERE, RoundLink.NEW_PROCEDURE]


@pytest.mark.parametrize(
    "changed",
    [
        {"source": "ali_judicial"},
        {"starting_price": 100_000_01},
        {"starting_price": None},
        {"currency": None},
        {"case_number": "(2026)皖0111执9号"},
        {"round_kind": "second_auction"},
        {"starts_at": "2026-03-05", "ends_at": "2026-03-06"},
    ],
)
def test_an_attempt_elsewhere_needs_another_platform_one_price_one_time_and_nothing_against_it(
    changed: dict[str, object],
) -> None:
    case = {"case_number": "(2025)皖0111执1234号"}
    one = offer(1, **FIRST, **case, **ended("2026-03-01"))
    other = offer(2, **{"source": "jd_judicial", **FIRST, **case, **ended("2026-03-01"), **changed})
    assert RoundLink.SAME_OFFER_ELSEWHERE not in links(one, other)


def test_a_stated_predecessor_is_taken_as_given() -> None:
    first = offer(1, source="ua_prozorro", currency="UAH", seller_kind="bank", status="failed", starts_at="2026-01-10")
    twin = offer(2, source="ua_prozorro", currency="UAH", seller_kind="bank", status="failed", starts_at="2026-02-10")
    last = first._replace(listing_id=3, source_id="3", starts_at=at("2026-03-10"), previous_source_id="1")
    assert chain_rounds([first, twin, last])[2].previous_listing_id == 1


def test_a_round_whose_kind_and_number_differ_contradicts_itself() -> None:
    (step,) = chain_rounds([offer(1, round_kind="first_auction", round_number=3)])
    assert step.contradiction == "the source calls it round 1 and counts it as round 3"


def test_a_repeated_sell_off_contradicts_the_law_but_one_after_a_third_auction_does_not() -> None:
    third = offer(1, round_kind="third_auction", status="failed", **ended("2026-01-01"))
    sell_off = offer(2, round_kind="sell_off", status="failed", **ended("2026-02-10"))
    again = offer(3, round_kind="sell_off", status="failed", **ended("2026-05-10"))
    assert [bool(step.contradiction) for step in chain_rounds([third, sell_off, again])] == [False, False, True]


def test_a_gap_is_negative_where_two_attempts_overlap_and_unknown_without_dates() -> None:
    first = offer(1, **FIRST, starts_at="2026-03-01", ends_at="2026-03-10")
    assert chain_rounds([first, offer(2, **SECOND, starts_at="2026-03-08T12:00:00")])[1].gap_days == -2
    assert chain_rounds([first, offer(2, **SECOND, published_at="2026-03-20")])[1].gap_days is None


def test_no_offers_make_no_chain() -> None:
    assert chain_rounds([]) == []


DAYS = st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(lambda day: at(day.isoformat()))
SOME_DAY = st.none() | DAYS


@st.composite
def homes(draw: st.DrawFn) -> list[Offer]:
    """Offers of one home that tell as much or as little as they like."""
    return [
        offer(
            listing_id,
            source=draw(st.sampled_from(["ali_judicial", "jd_judicial", "tw_judicial"])),
            round_kind=draw(st.none() | st.sampled_from(RoundKind)),
            round_number=draw(st.none() | st.integers(0, 4)),
            status=draw(st.none() | st.sampled_from(RoundStatus)),
            seller_kind=draw(st.sampled_from([None, SellerKind.COURT, SellerKind.CITY_BANK, SellerKind.AGENT])),
            seller_name=draw(st.sampled_from([None, "合肥市中级人民法院", "徽商银行"])),
            case_number=draw(st.sampled_from([None, "(2020)皖01执1号", "(2021)皖01执2号"])),
            starting_price=draw(st.sampled_from([None, 0, 80_00, 100_00])),
            starts_at=draw(SOME_DAY),
            ends_at=draw(SOME_DAY),
            published_at=draw(SOME_DAY),
            first_seen_at=draw(DAYS),
        )
        for listing_id in range(1, draw(st.integers(1, 7)) + 1)
    ]


@given(homes(), st.randoms(use_true_random=False))
def test_the_order_in_which_offers_are_given_never_matters(chain: list[Offer], random: object) -> None:
    shuffled = list(chain)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert chain_rounds(shuffled) == chain_rounds(chain)


@given(homes())
def test_every_offer_has_exactly_one_step_and_every_step_follows_an_earlier_one(chain: list[Offer]) -> None:
    steps = chain_rounds(chain)
    assert sorted(step.listing_id for step in steps) == sorted(each.listing_id for each in chain)
    assert [step.position for step in steps] == list(range(1, len(chain) + 1))
    assert (steps[0].link, steps[0].previous_listing_id, steps[0].procedure) == (None, None, 1)
    for before, step in pairwise(steps):
        assert step.procedure - before.procedure in {0, 1}
        assert (step.procedure > before.procedure) == (step.link in {"new_procedure", "taken_by_creditor"})
        assert step.place >= 1
        assert step.previous_listing_id in {each.listing_id for each in steps[: step.position - 1]}


@pytest.mark.parametrize(("name", "chain"), EVERY_CHAIN, ids=[name for name, _ in EVERY_CHAIN])
def test_a_real_chain_is_the_same_in_reverse(name: str, chain: list[Offer]) -> None:
    assert chain_rounds(reversed(chain)) == chain_rounds(chain)


def test_of_attempts_without_days_the_sell_off_stands_last() -> None:
    """双南路62号附7号 in a list of 2020-11-25 that tells no day: first and second auction, sell-off, by their ids."""
    seen = {"first_seen_at": "2020-11-25", "seller_name": "重庆市渝北区人民法院"}
    sell_off = offer(1, source_id="572189316132", round_kind="sell_off", status="sold", **seen)
    second = offer(2, source_id="565464142501", round_kind="second_auction", status="failed", **seen)
    first = offer(3, source_id="562196709686", round_kind="first_auction", status="failed", **seen)
    assert places([sell_off, second, first]) == [
        ("562196709686", 1, 1, None),
        ("565464142501", 1, 2, "next_round"),
        ("572189316132", 1, 3, "sell_off_after_failure"),
    ]


def test_the_name_of_a_round_goes_before_its_number() -> None:
    (alone,) = chain_rounds([offer(3, round_kind="first_auction", round_number=3)])
    assert alone.place == 1
    first = offer(1, round_kind="first_auction", status="failed", **ended("2026-03-01"))
    second = offer(2, round_kind="second_auction", round_number=1, **ended("2026-04-01"))
    step = chain_rounds([first, second])[1]
    assert (step.place, step.link) == (2, "next_round")
    assert step.contradiction == "the source calls it round 2 and counts it as round 1"


def test_a_sell_off_that_is_counted_as_an_auction_contradicts_itself() -> None:
    (step,) = chain_rounds([offer(1, round_kind="sell_off", round_number=2)])
    assert step.contradiction == "the source calls it a sell-off and counts it as round 2"
