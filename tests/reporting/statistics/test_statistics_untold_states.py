"""A list of what is for sale tells neither a state nor an end: what is open of it, on real lists of CAIXA (2021)."""

from datetime import timedelta

from sqlalchemy import Engine
from store_help import rows

from reporting.choices import By
from reporting.filters import parse_filters
from reporting.statistics.clearance import ClearanceQuestion, clearance
from reporting.statistics.cohort import CohortQuestion, cohort
from reporting.statistics.counts import CountQuestion, count
from reporting.statistics.cut_share import CutShareQuestion, cut_share
from reporting.statistics.funnel import FunnelQuestion, funnel
from store.terms import RoundKind, RoundStatus, SellerKind
from tests.reporting.statistics.statistics_help import DAY_0, FIRST, LATER, SELL_OFF, ask, figures, lot, make, text_of

UNTOLD = lot(5, FIRST, None, ends_at=None, seller_kind=SellerKind.STATE_BANK)  # no law bounds how long it lasts
NAMES = ("rounds", "open", "ended", "failed", "unknown", "n")


def test_a_home_that_left_a_list_of_sales_is_unknown_after_a_month_and_never_failed(caixa: Engine) -> None:
    """All of them 32 days after the last list; on its own day those that were not on a list for as long."""
    ((listings, old),) = rows(
        caixa, "SELECT count(*), count(CASE WHEN last_seen_at < '2021-08-10 00:00' THEN 1 END) FROM listing"
    )
    assert 0 < old < listings
    for day, unknown in (("2021-09-09", old), ("2021-11-01", listings)):
        found = ask(caixa, clearance, ClearanceQuestion(parse_filters(as_of=day), By.ALL))
        assert figures(found.rows, *NAMES) == {"all": (listings, listings - unknown, unknown, 0, unknown, 0)}
        assert f"unknown: {unknown:,} rounds never told their end" in text_of(found)


def test_whole_chains_of_untold_rounds_end_unknown_and_not_unsold(engine: Engine) -> None:
    make(engine, [(0, {("s", "1"): UNTOLD})], [[("s", "1")]])

    def standing(day: str) -> dict[str | None, tuple[object, ...]]:
        question = ClearanceQuestion(parse_filters(as_of=day, now=LATER), By.ALL, per_home=True)
        return figures(ask(engine, clearance, question).rows, "homes", "going_on", "unsold", "unknown")

    assert standing("2026-05-20") == {"all": (1, 1, 0, 0)}
    assert standing("2029-01-01") == {"all": (1, 0, 0, 1)}


def test_a_told_state_or_end_keeps_its_say(engine: Engine) -> None:
    """Ongoing by its own word it stays open, since nothing says that it ended; past its end it is over."""
    said = {
        ("s", "untold"): UNTOLD,
        ("s", "ongoing"): UNTOLD._replace(status=RoundStatus.ONGOING),
        ("s", "ended"): lot(5, FIRST, None),
    }
    make(engine, [(0, said)], [])
    for day, expected in (("2026-03-05", (3, 3, 0, 0, 0, 0)), ("2026-04-20", (3, 1, 2, 0, 2, 0))):
        found = ask(engine, clearance, ClearanceQuestion(parse_filters(as_of=day)))
        assert figures(found.rows, *NAMES) == {"first_auction": expected}
    words = text_of(ask(engine, count, CountQuestion(parse_filters(as_of="2026-04-20"))))
    assert "open: 1 of 1 open rounds were not seen for more than 31 days" in words
    assert "unknown: 1 rounds never told their end" in words


def test_what_was_only_announced_without_a_day_is_open_no_longer_than_it_is_seen(engine: Engine) -> None:
    """Florida's list of 2025: 1,802 cards without a day, "upcoming" in February and never shown again."""
    announced = lot(0, RoundKind.JUDICIAL_AUCTION, RoundStatus.UPCOMING, starts_at=None, ends_at=None)
    said = {("s", "undated"): announced, ("s", "dated"): announced._replace(starts_at=DAY_0 + timedelta(days=60))}
    make(engine, [(0, said)], [])
    for day, expected in (("2026-03-20", (2, 0)), ("2026-04-20", (1, 1)), ("2026-06-20", (0, 2))):
        found = ask(engine, clearance, ClearanceQuestion(parse_filters(as_of=day)))
        assert figures(found.rows, "open", "unknown") == {"judicial_auction": expected}


def test_a_courts_auction_that_began_longer_ago_than_any_lasts_is_over(engine: Engine) -> None:
    """Lots of 人民法院诉讼资产网 tell their start alone; a sell-off may last for 60 days, a bank sets its own time."""
    bank = {"round_kind": RoundKind.DIRECT_SALE, "seller_kind": SellerKind.STATE_BANK}
    said = {
        ("s", "auction"): lot(5, FIRST, RoundStatus.UPCOMING, ends_at=None),
        ("s", "sell-off"): lot(5, SELL_OFF, RoundStatus.ONGOING, ends_at=None),
        ("s", "unnamed"): lot(5, None, RoundStatus.UPCOMING, ends_at=None),
        ("s", "bank"): lot(5, FIRST, RoundStatus.ONGOING, ends_at=None)._replace(**bank),
    }
    make(engine, [(0, said)], [])

    def open_on(day: str) -> set[str | None]:
        found = ask(engine, clearance, ClearanceQuestion(parse_filters(as_of=day)))
        assert sum(row.open + row.unknown for row in found.rows) == 4
        return {row.group for row in found.rows if row.open}

    assert open_on("2026-03-12") == {"first_auction", "sell_off", "direct_sale", None}
    assert open_on("2026-03-20") == {"sell_off", "direct_sale", None}
    assert open_on("2026-05-20") == {"direct_sale"}


def test_a_round_that_is_seen_elsewhere_stays_open(engine: Engine) -> None:
    """One platform dropped it, the other one still shows it in April."""
    words = UNTOLD._replace(starting_price=100_000_00)
    twins = {("s", "1"): words, ("t", "1"): words}
    make(engine, [(0, twins), (40, {("t", "1"): words})], [list(twins)])
    found = ask(engine, clearance, ClearanceQuestion(parse_filters(as_of="2026-04-20")))
    assert figures(found.rows, "rounds", "open", "unknown") == {"first_auction": (1, 1, 0)}


def test_untold_rounds_count_neither_as_sold_nor_as_unsold_in_cohort_and_funnel(engine: Engine) -> None:
    watched = {("s", "again"): lot(90, FIRST, RoundStatus.UPCOMING)}
    make(engine, [(0, {("s", "1"): UNTOLD}), (20, watched), (45, watched)], [[("s", "1")], [("s", "again")]])
    question = CohortQuestion(parse_filters(as_of="2026-05-20"))
    rows = ask(engine, cohort, question).rows
    assert [(row.group, row.days) for row in rows] == [
        (month, days) for month in ("2026-05", "2026-03") for days in (30, 60, 90, 180)
    ], "the newest month first, as in other tables"
    assert (rows[4].unknown, rows[4].n) == (1, 0)
    found = ask(engine, funnel, FunnelQuestion(parse_filters(as_of="2026-05-20")))
    columns = ("rounds", "open", "unknown", "n")
    assert figures(found.stages, *columns) == {"first_auction": (1, 1, 0, 0), "bank_sale": (1, 0, 1, 0)}


def test_the_cut_share_still_takes_an_untold_home_for_open_until_it_was_seen_last(caixa: Engine) -> None:
    """Of the homes known to be open on August 1: those seen in July and in August again, by the lists themselves."""
    found = ask(caixa, cut_share, CutShareQuestion(parse_filters(as_of="2021-11-01")))
    august = next(row for row in found.rows if row.group == "2021-08")
    ((expected,),) = rows(
        caixa,
        "SELECT count(*) FROM listing WHERE first_seen_at < '2021-07-31 16:00' AND last_seen_at >= '2021-07-31 16:00'",
    )
    assert august.n == expected > 0


def test_since_asks_for_what_was_seen_since_then_by_the_day_asked_for(engine: Engine) -> None:
    """Seen in March and in May: in April nobody knew that it would be seen again."""
    make(engine, [(0, {("s", "1"): UNTOLD}), (70, {("s", "1"): UNTOLD})], [])
    for day, expected in (("2026-04-20", []), ("2026-05-20", [1])):
        question = CountQuestion(parse_filters(as_of=day, since="2026-03-10"))
        assert [row.listings for row in ask(engine, count, question).rows] == expected
