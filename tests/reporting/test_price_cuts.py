"""The price cuts of real listings, against the same computed from the rows with plain dictionaries."""

import io
import json
from collections import defaultdict
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from sqlalchemy import Engine

from reporting.errors import WrongFilter
from reporting.filters import Filters, parse_filters
from reporting.price_cuts import PriceCutQuestion, PriceCutReport, price_cuts
from reporting.render import Format, render
from store.engine import reading
from tracking.price_changes import appraisal_changes, price_changes

Row = dict[str, str]
JSON_KEYS = "source source_id observed_at previous_price price cut_amount cut_percent title url"


def ask(engine: Engine, every: bool = False, **filters: object) -> PriceCutReport:
    with reading(engine) as connection:
        return price_cuts(connection, PriceCutQuestion(parse_filters(**filters), every=every))


def as_json(report: PriceCutReport) -> list[dict[str, object]]:
    stream = io.StringIO()
    render(report, Format.JSON, stream)
    return json.loads(stream.getvalue(), parse_float=Decimal)


def changes_by_hand(rows: list[Row], field: str = "price") -> list[tuple[str, str, Decimal, Decimal, str]]:
    """(day, id, before, now, title) whenever an id's figure differs from its last row."""
    last: dict[str, Decimal] = {}
    found = []
    for row in rows:
        figure = Decimal(row[field])
        if row["id"] in last and last[row["id"]] != figure:
            found.append((row["day"], row["id"], last[row["id"]], figure, f"{row['kind']}, {row['address']}"))
        last[row["id"]] = figure
    return found


def percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_every_cut_of_the_real_rows_is_told_and_nothing_else(caixa: Engine, caixa_rows: list[Row]):
    by_hand = sorted(each for each in changes_by_hand(caixa_rows) if each[3] < each[2])

    told = as_json(ask(caixa, every=True))

    assert len(by_hand) > 15, "the rows are worth testing with"
    assert [
        (cut["observed_at"], cut["source_id"], cut["previous_price"], cut["price"], cut["title"]) for cut in told
    ] == [(f"{day}T08:20:00+08:00", *rest) for day, *rest in by_hand]
    for cut in told:
        assert " ".join(cut) == JSON_KEYS
        assert cut["source"] == "br_caixa"
        assert cut["cut_amount"] == cut["previous_price"] - cut["price"]
        assert cut["cut_percent"] == percent(cut["cut_amount"], cut["previous_price"])
        assert cut["url"].endswith(f"={cut['source_id']}")


def test_prices_are_json_numbers_with_all_their_decimals(caixa: Engine):
    stream = io.StringIO()
    render(ask(caixa, every=True), Format.JSON, stream)

    assert (
        '"previous_price":233615.48,"price":196000.00,"cut_amount":37615.48,"cut_percent":16.10,' in stream.getvalue()
    )


def test_rises_and_appraisals_are_told_apart_from_cuts(caixa: Engine, caixa_rows: list[Row]):
    with reading(caixa) as connection:
        changes = list(price_changes(connection))
        appraisals = list(appraisal_changes(connection))

    by_hand = changes_by_hand(caixa_rows)
    assert sum(change.cut_amount < 0 for change in changes) == sum(now > before for _, _, before, now, _ in by_hand) > 0
    assert len(changes) == len(by_hand)
    assert len(appraisals) == len(changes_by_hand(caixa_rows, "appraisal"))


def test_relabels_and_an_outage_make_no_event(caixa: Engine, caixa_rows: list[Row]):
    """2021-08-08 has no rows, 2021-08-10 none of AC; on 2021-08-19 most labels changed."""
    days = {cut.observed_at.date() for cut in ask(caixa, every=True).cuts}
    labels = defaultdict(list)
    for row in caixa_rows:
        labels[row["id"]].append((row["round"], row["price"]))
    relabelled_only = [
        each for each, seen in labels.items() if len({price for _, price in seen}) == 1 and len(set(seen)) > 1
    ]

    assert date(2021, 8, 8) not in days
    assert relabelled_only
    assert not {cut.source_id for cut in ask(caixa, every=True).cuts} & set(relabelled_only)


def test_a_listing_stands_once_with_its_cut_from_the_highest_price(caixa: Engine, caixa_rows: list[Row]):
    seen: dict[str, list[Row]] = defaultdict(list)
    for row in caixa_rows:
        seen[row["id"]].append(row)
    by_hand = {}
    for source_id, rows in seen.items():
        prices = [Decimal(row["price"]) for row in rows]
        if prices[-1] < max(prices):
            by_hand[source_id] = (prices[-1], max(prices), percent(max(prices) - prices[-1], max(prices)), rows[-1])

    cuts = ask(caixa).cuts

    assert {cut.source_id for cut in cuts} == set(by_hand)
    for cut in cuts:
        price, highest, percentage, last = by_hand[cut.source_id]
        assert (cut.price, cut.highest_price, cut.cut_percent) == (price, highest, percentage)
        assert cut.cut_amount == highest - price
        assert cut.city == last["city"]
        assert cut.last_seen_at.date().isoformat() == last["day"], "not when it changed last"
        appraisal = Decimal(last["appraisal"])
        assert cut.appraisal_discount_percent == percent(appraisal - price, appraisal)
    assert list(cuts) == sorted(cuts, key=lambda cut: (-cut.cut_percent, -cut.cut_amount, cut.source_id))


def test_the_last_cut_and_the_days_between_are_told(caixa: Engine):
    """1555533682007: 233,615.48 on 07-19, 196,000 from 07-28, 156,800 on 09-05."""
    (cut,) = [cut for cut in ask(caixa).cuts if cut.source_id == "1555533682007"]

    assert (cut.price, cut.previous_price, cut.highest_price) == (156_800, 196_000, Decimal("233615.48"))
    assert (cut.last_cut_amount, cut.last_cut_percent, cut.last_cut_days) == (39_200, Decimal("20.00"), 39)
    assert (cut.cut_percent, cut.cut_days) == (Decimal("32.88"), 48)


def test_a_rise_after_a_deeper_cut_is_a_negative_last_cut(recorded, caixa_looks):
    """8065300009508: 112,001.34 on 08-04, 89,601.07 from 08-10; here 100,000 in the end."""
    page, said = caixa_looks[-1]
    risen = said["8065300009508"]._replace(asking_price=100_000_00)
    engine = recorded([*caixa_looks[:-1], (page, said | {"8065300009508": risen})])

    (cut,) = [cut for cut in ask(engine).cuts if cut.source_id == "8065300009508"]

    assert (cut.cut_amount, cut.cut_percent) == (Decimal("12001.34"), Decimal("10.72"))
    assert (cut.last_cut_amount, cut.last_cut_percent) == (Decimal("-10398.93"), Decimal("-11.61"))


@pytest.mark.parametrize("day", ["2021-07-19", "2021-07-28", "2021-08-08", "2021-08-12", "2021-09-05", "2021-09-12"])
def test_as_of_a_day_gives_what_was_told_on_that_day(caixa: Engine, recorded, caixa_looks, day: str):
    """The database that holds only what was seen by then answers the same without --as-of."""
    until = [look for look in caixa_looks if look[0].observed_at.date().isoformat() <= day]
    then = recorded(until)

    for every in (False, True):
        past, present = ask(caixa, every=every, as_of=day), ask(then, every=every)
        assert past.cuts == present.cuts
        assert (past.observed_from, past.observed_to) == (present.observed_from, present.observed_to)


def test_an_instant_as_of_holds_what_was_observed_at_it(caixa: Engine):
    at, just_before = "2021-09-05T08:20:00+08:00", "2021-09-05T08:19:59+08:00"
    on_the_day = [cut for cut in ask(caixa, every=True).cuts if cut.observed_at.date() == date(2021, 9, 5)]

    later, earlier = (ask(caixa, every=True, as_of=moment).cuts for moment in (at, just_before))

    assert on_the_day
    assert len(later) - len(earlier) == len(on_the_day)


def test_the_order_of_arrival_changes_no_answer(caixa: Engine, recorded, caixa_looks):
    backwards = recorded(caixa_looks[::-1], pages_per_commit=7)

    for every in (False, True):
        assert ask(backwards, every=every).cuts == ask(caixa, every=every).cuts


@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        ({"min_cut": "20%"}, lambda cut: cut.cut_amount * 100 >= 20 * cut.previous_price),
        ({"min_cut": "30000 BRL"}, lambda cut: cut.cut_amount >= 30_000),
        ({"min_cut": "3万BRL"}, lambda cut: cut.cut_amount >= 30_000),
        ({"max_price": "100000 brl"}, lambda cut: cut.price <= 100_000),
        ({"since": "2021-08-10"}, lambda cut: cut.observed_at >= datetime.fromisoformat("2021-08-10T00:00:00+08:00")),
        ({"source": ["br_caixa"]}, lambda cut: True),
        ({"source": ["rmfysszc"]}, lambda cut: False),
    ],
)
def test_a_filter_keeps_what_it_says(caixa: Engine, filters: dict[str, object], keeps):
    every = ask(caixa, every=True).cuts

    kept = ask(caixa, every=True, **filters).cuts

    assert kept == tuple(filter(keeps, every))


def test_filters_on_words_look_at_the_observation_of_the_cut(caixa: Engine, caixa_rows: list[Row]):
    cuts = ask(caixa, every=True).cuts
    row_of = {(row["day"], row["id"]): row for row in caixa_rows}

    def rows_of(kept):
        return [row_of[cut.observed_at.date().isoformat(), cut.source_id] for cut in kept]

    for field, word, filters in [
        ("round", "Venda Online", {"round_kind": ["online_sale"]}),
        ("kind", "Casa", {"kind": ["house"]}),
        ("city", "RIO BRANCO", {"city": ["rio branco"]}),
    ]:
        kept = rows_of(ask(caixa, every=True, **filters).cuts)
        assert kept == [row for row in rows_of(cuts) if row[field] == word]
        assert 0 < len(kept) < len(cuts)
    assert ask(caixa, every=True, seller_kind=["state_bank"]).cuts == cuts
    assert ask(caixa, every=True, seller_kind=["court"]).cuts == ()


def test_a_source_of_which_nothing_is_known_is_refused_with_the_nearest(caixa: Engine):
    with pytest.raises(WrongFilter, match="nothing is known of 'br_caxa', the nearest is 'br_caixa'"):
        ask(caixa, source=["br_caxa"])


def test_a_city_that_no_listing_is_in_is_noted_with_the_nearest(caixa: Engine):
    report = ask(caixa, city=["Boa Vsta"])

    assert report.cuts == ()
    assert report.notes == ("--city: no listing is in 'Boa Vsta'; the nearest is 'BOA VISTA'",)
    assert ask(caixa, city=["boa vista"]).notes == ()


def test_an_empty_database_has_an_empty_report(engine: Engine):
    with reading(engine) as connection:
        report = price_cuts(connection, PriceCutQuestion(Filters()))

    assert (report.cuts, report.observed_from, report.observed_to) == ((), None, None)
