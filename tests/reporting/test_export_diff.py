"""The difference between two snapshots: complete, named as people would name it, and enough to make B out of A."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from store_help import START, Look, begin, look, record_all, statement

from reporting.export import ALL_FILES, export_snapshot
from reporting.export_diff.apply import apply_changes
from reporting.export_diff.changes import Change, ChangeKind
from reporting.export_diff.compare import compare_snapshots
from reporting.export_diff.report import diff_snapshots
from reporting.export_diff.snapshots import NotASnapshot, open_snapshot
from reporting.filters import parse_as_of
from reporting.render import Format, render
from reporting.snapshot import Profile
from reporting.snapshot_keys import order_of_rows
from store.engine import open_engine, writing
from store.statement import Statement
from store.terms import Currency, Judgement, PropertyKind, SellerKind
from tracking.linking import link_database
from tracking.words import add_word

FLAT = statement(title="Casa, RUA A, N. 10", property_kind=PropertyKind.HOUSE, city="X", asking_price=100_00)
SHOP = statement(title="Loja, AVENIDA BRASIL, 5", property_kind=PropertyKind.SHOP, city="Y", asking_price=7_00)
WON = statement(title='=1, "아파트"\r\n', currency=Currency.KRW, asking_price=356_000_000, floor_area=8_497)
LOOKS: tuple[Look, ...] = (
    look(0, {"b": FLAT, "A:1": FLAT._replace(city="Z"), "é": WON}),
    look(5, {"b": FLAT._replace(bid_count=3)}, "s.detail"),
    look(5, {"b": FLAT._replace(asking_price=90_00)}, "S.card"),
    look(5.5, {"10": SHOP, "9": SHOP._replace(city="W")}),
    look(30, {"b": FLAT}),
    look(40, {"b": SHOP, "A:1": FLAT}),
    look(50, {"b": SHOP._replace(asking_price=6_00)}),
    look(60, {"A:1": FLAT, "é": WON, "b": SHOP._replace(asking_price=6_00)}),
)


def snapshot_of(
    new_url: Callable[[], str], looks: list[Look], folder: Path, profile: Profile = Profile.RESEARCH
) -> Path:
    engine = open_engine(new_url())
    begin(engine)
    record_all(engine, looks)
    link(engine)
    export_snapshot(engine, folder, profile=profile)
    engine.dispose()
    return folder


def link(engine: Engine) -> None:
    with writing(engine) as connection:
        link_database(connection, START)


def changes_of(one: Path, other: Path, file: str) -> list[Change]:
    difference = compare_snapshots(open_snapshot(one), open_snapshot(other))
    return [each for each in difference.changes if each.file == file]


@settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None, phases=[Phase.generate])
@given(
    before=st.sets(st.integers(0, len(LOOKS) - 1)),
    after=st.sets(st.integers(0, len(LOOKS) - 1)),
    profiles=st.tuples(st.sampled_from(Profile), st.sampled_from(Profile)),
)
def test_a_and_the_diff_give_b(
    new_sqlite_url: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
    before: set[int],
    after: set[int],
    profiles: tuple[Profile, Profile],
) -> None:
    folder = tmp_path_factory.mktemp("pair")
    one, other = (
        open_snapshot(snapshot_of(new_sqlite_url, [LOOKS[each] for each in sorted(chosen)], folder / name, profile))
        for name, chosen, profile in (("a", before, profiles[0]), ("b", after, profiles[1]))
    )

    difference = compare_snapshots(one, other)

    for name in other.files:
        assert apply_changes(one, name, difference.changes) == list(other.rows(name))
        total = difference.totals[name]
        assert total.is_reconciled
        assert (total.before, total.after) == (len(list(one.rows(name))), len(list(other.rows(name))))
    if before == after:
        assert difference.changes == []


def test_real_lists_of_two_days_differ_in_what_happened_between(caixa: Engine, tmp_path: Path) -> None:
    export_snapshot(caixa, tmp_path / "a", parse_as_of("2021-07-28"))
    export_snapshot(caixa, tmp_path / "b", parse_as_of("2021-08-12"))

    one, other = open_snapshot(tmp_path / "a"), open_snapshot(tmp_path / "b")
    difference = compare_snapshots(one, other)

    for name in other.files:
        assert apply_changes(one, name, difference.changes) == list(other.rows(name))
    names = [field.name for field in one.fields("listing.csv")]
    price, seen = names.index("asking_price"), names.index("last_changed_at")
    was, now = ({row[:3]: row for row in each.rows("listing.csv")} for each in (one, other))
    cut = {key for key in was.keys() & now.keys() if was[key][price] != now[key][price]}
    told = {
        each.key
        for each in difference.changes
        if each.file == "listing.csv" and "asking_price" in each.changed_columns(one.fields("listing.csv"))
    }
    assert told == cut != set()
    assert all(now[key][seen] > was[key][seen] for key in cut)
    added = {each.key for each in difference.changes if (each.file, each.kind) == ("listing.csv", ChangeKind.ADDED)}
    assert added == now.keys() - was.keys()


def test_a_listing_keeps_its_identity_when_an_older_thing_turns_up_under_its_id(
    new_sqlite_url: Callable[[], str], tmp_path: Path
) -> None:
    shop = [look(40, {"b": SHOP}), look(50, {"b": SHOP._replace(asking_price=6_00)})]
    one = snapshot_of(new_sqlite_url, shop, tmp_path / "a")
    other = snapshot_of(new_sqlite_url, [look(0, {"b": FLAT}), *shop], tmp_path / "b")

    told = {(each.kind, each.former_key, each.key) for each in changes_of(one, other, "listing.csv")}
    assert told == {
        (ChangeKind.REIDENTIFIED, ("s", "b", "1"), ("s", "b", "2")),
        (ChangeKind.ADDED, None, ("s", "b", "1")),
    }
    looks = [each.kind for each in changes_of(one, other, "observation.csv")]
    assert sorted(looks) == [ChangeKind.ADDED, ChangeKind.REIDENTIFIED, ChangeKind.REIDENTIFIED]


def home(title: str, **values: object) -> Statement:
    known = {
        "city": "合肥市",
        "region_code": "340104",
        "seller_kind": SellerKind.COURT,
        "seller_name": "合肥市中级人民法院",
    }
    return statement(title=title, currency=Currency.CNY, property_kind=PropertyKind.FLAT, **{**known, **values})


ONE = home("合肥市蜀山区望江西路99号天街花园3幢1205室", starting_price=100_00)
TWO = home("合肥市蜀山区长江西路8号翠湖花园2幢302室", starting_price=200_00)


@pytest.fixture
def homes(new_sqlite_url: Callable[[], str], tmp_path: Path) -> dict[str, Path]:
    """Snapshots of one database: apart, after a person told two listings to be one home, and apart again."""
    engine = open_engine(new_sqlite_url())
    begin(engine)
    record_all(engine, [look(1, {"2": ONE}), look(2, {"1": TWO})])
    folders = {}
    for hour, (name, judgement) in enumerate(
        (("apart", None), ("merged", Judgement.SAME), ("split", Judgement.DIFFERENT))
    ):
        if judgement:
            with writing(engine) as connection:
                add_word(connection, ("s:1", "s:2"), judgement, "a person", "", START + timedelta(hours=hour))
        link(engine)
        folders[name] = tmp_path / name
        export_snapshot(engine, folders[name])
    engine.dispose()
    return folders


def test_where_homes_merge_the_older_name_stays_and_the_other_leads_to_it(homes: dict[str, Path]) -> None:
    changes = changes_of(homes["apart"], homes["merged"], "property.csv")
    told = {(each.kind, each.former_key, each.key) for each in changes}
    assert told == {
        (ChangeKind.CHANGED, ("s:2:1",), ("s:2:1",)),
        (ChangeKind.REMOVED, ("s:1:1",), ("s:2:1",)),
    }
    (place,) = [each for each in changes_of(homes["apart"], homes["merged"], "auction_round.csv") if each.key[1] == "1"]
    fields = open_snapshot(homes["apart"]).fields("auction_round.csv")
    assert place.changed_columns(fields)["property_key"] == ("s:1:1", "s:2:1")


def test_where_a_home_falls_apart_the_new_one_says_what_it_was_part_of(homes: dict[str, Path]) -> None:
    changes = changes_of(homes["merged"], homes["split"], "property.csv")
    assert {(each.kind, each.former_key, each.key) for each in changes} == {
        (ChangeKind.CHANGED, ("s:2:1",), ("s:2:1",)),
        (ChangeKind.ADDED, ("s:2:1",), ("s:1:1",)),
    }


def test_a_home_of_which_an_earlier_look_turns_up_is_re_identified(
    new_sqlite_url: Callable[[], str], tmp_path: Path
) -> None:
    again = home("合肥市蜀山区望江西路99号天街花园3幢1205室", starting_price=80_00, bid_count=1)
    case = {"case_number": "(2025)皖0104执1234号", "appraisal_price": 150_00}
    later = [look(10, {"2": ONE._replace(**case)}), look(20, {"1": again._replace(**case)})]
    one = snapshot_of(new_sqlite_url, later, tmp_path / "a")
    other = snapshot_of(new_sqlite_url, [look(5, {"1": again._replace(**case)}), *later], tmp_path / "b")

    (change,) = changes_of(one, other, "property.csv")
    assert (change.kind, change.former_key, change.key) == (ChangeKind.REIDENTIFIED, ("s:2:1",), ("s:1:1",))


def test_the_report_gives_totals_and_the_consolidated_record(homes: dict[str, Path]) -> None:
    report = diff_snapshots(homes["apart"], homes["merged"])
    stream = io.StringIO()
    render(report, Format.JSON, stream)
    rows = json.loads(stream.getvalue())

    (gone,) = [row for row in rows if (row["table"], row["change"]) == ("property", "removed")]
    assert json.loads(gone["record"])["property_key"] == "s:1:1"
    assert (gone["former_key"], gone["key"]) == ("s:1:1", "s:2:1")
    (kept,) = [row for row in rows if (row["table"], row["change"]) == ("property", "changed")]
    assert json.loads(kept["record"])["listing_count"] == "2"
    assert json.loads(kept["before"])["listing_count"] == "1"
    notes = "\n".join(report.table().notes)
    assert "property.csv: 2 rows + 0 added - 1 removed = 1; 1 changed, 0 re-identified" in notes
    text = io.StringIO()
    render(report, Format.TABLE, text, width=160)
    assert "listing_count" in text.getvalue()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "no manifest.json that can be read"),
        (lambda folder: (folder / "manifest.json").write_text('{"format": "fapai-snapshot/1"}'), "of the format"),
        (lambda folder: (folder / "listing.csv").write_bytes(b"x"), "listing.csv is missing or was changed"),
        (lambda folder: (folder / "page.csv").unlink(), "page.csv is missing or was changed"),
    ],
)
def test_a_folder_that_is_not_what_its_manifest_says_is_refused(
    homes: dict[str, Path], spoil: Callable[[Path], object], words: str
) -> None:
    spoil(homes["merged"])
    with pytest.raises(NotASnapshot, match=words):
        diff_snapshots(homes["apart"], homes["merged"])


def test_rows_are_ordered_as_the_values_are_not_as_their_text() -> None:
    fields = ALL_FILES["observation.csv"]
    order = order_of_rows("observation.csv", fields)
    names = [field.name for field in fields]
    keys = [
        ("s", "10", "1", "2021-07-19T00:00:00Z", "a", "7"),
        ("s", "10", "1", "2021-07-19T00:00:00.500000Z", "a", "-12"),
        ("s", "10", "1", "2021-07-19T00:00:00.500000Z", "a", "9"),
        ("s", "10", "1", "2021-07-19T00:00:00.500000Z", "a", "10"),
        ("s", "10", "1", "2021-07-19T00:00:00.500000Z", "b", "0"),
        ("s", "10", "10", "2021-07-18T00:00:00Z", "a", "0"),
        ("s", "9", "1", "2021-07-18T00:00:00Z", "a", "0"),
        ("s", "é", "1", "2021-07-18T00:00:00Z", "a", "0"),
    ]
    columns = ("source", "source_id", "generation", "observed_at", "reader", "digest")
    rows = [tuple(dict(zip(columns, key, strict=True)).get(name, "") for name in names) for key in keys]
    assert sorted(rows[3:] + rows[:3], key=order) == rows
    by_home = order_of_rows("property.csv", ALL_FILES["property.csv"])
    homes = [(key,) for key in ("s:1:1", "s:1:2", "s:1:10", "s:10:1", "s:1:2:1", "s:9:1", "t:1:1")]
    assert sorted(homes[3:] + homes[:3], key=by_home) == homes
