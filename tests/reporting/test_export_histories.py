"""The two large files of a snapshot: any words, any order of looks, and little memory."""

import csv
import io
from array import array
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine
from store_help import START, Look, begin, look, record_all, rows, statement

from reporting import snapshot_histories, snapshot_spool
from reporting.export import export_snapshot
from reporting.snapshot import LOOK_FIELDS, SAID_FIELDS, Edition, Profile, quote_text
from reporting.snapshot_histories import in_order_of_looks, quote_cells
from reporting.snapshot_looks import SEPARATOR, known_fields, look_lines
from reporting.snapshot_spool import Spool
from store.engine import reading
from store.rows import SAID
from store.terms import Currency, PropertyKind

WORDS = ["", "plain", "a, b", 'say "so"', "a\r\nb", "\x1f\t\\N\\t", "ÿþ ￿", "四川农信", "'=1", "\\.", "a\x0bb\x01"]
WORDS += ["{}", '{"a": "b, c"}', '{"', '"{""', '"', "{", '{"a\\": "\\\\"}\n']  # as sites send them, and nearly so


def table(folder: Path, name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_bytes().decode(encoding), newline="")))


def test_any_words_come_back_from_both_files_and_both_databases(engine: Engine, tmp_path: Path):
    """Among them what separates cells in COPY, in lines of a terminal, and the letters whose code is that of ours."""
    begin(engine)
    record_all(engine, [look(0, {str(n): statement(title=said, raw=said) for n, said in enumerate(WORDS)})])

    export_snapshot(engine, tmp_path / "out")

    observations = sorted(table(tmp_path / "out", "observation.csv"), key=lambda row: int(row["source_id"]))
    assert [row["title"] for row in observations] == WORDS
    assert [row["raw"] for row in observations] == WORDS
    listings = sorted(table(tmp_path / "out", "listing.csv"), key=lambda row: int(row["source_id"]))
    assert [row["title"] for row in listings] == WORDS


@pytest.mark.parametrize(
    "cells",
    [["a", "", 'b"', "c"], ["a,b", ",", "\r"], [""], ['"'], ["x", "y\n", "z"], ["", "", ""], ['"', "b", ""]],
)
def test_cells_found_in_a_line_are_quoted_as_one_by_one(cells: list[str]):
    line = SEPARATOR.join(cell.encode() for cell in cells)

    assert quote_cells(line).decode() == ",".join(map(quote_text, cells))


def test_amounts_below_zero_and_of_currencies_without_cents_keep_their_form(engine: Engine, tmp_path: Path):
    begin(engine)
    said = {
        "1": statement(asking_price=-5, floor_area=5, latitude=-1, longitude=180_000_000),
        "2": statement(asking_price=-12_345, floor_area=100, latitude=22_300_000, longitude=-500_000),
        "3": statement(asking_price=-7, currency=Currency.KRW, floor_area=12_345),
        "4": statement(asking_price=7, currency=None),
        "5": statement(asking_price=-500, appraisal_price=0),
    }
    record_all(engine, [look(0, said)])

    export_snapshot(engine, tmp_path / "out")

    by_id = {row["source_id"]: row for row in table(tmp_path / "out", "observation.csv")}
    assert [by_id[key]["asking_price"] for key in said] == ["-0.05", "-123.45", "-7", "0.07", "-5.00"]
    assert [by_id[key]["floor_area_sqm"] for key in said] == ["0.05", "1.00", "123.45", "", ""]
    assert [by_id[key]["latitude"] for key in said] == ["-0.000001", "22.300000", "", "", ""]
    assert [by_id[key]["longitude"] for key in said] == ["180.000000", "-0.500000", "", "", ""]
    assert by_id["5"]["appraisal_price"] == "0.00"


def test_looks_of_one_instant_stand_in_the_order_of_reader_and_digest(engine: Engine, tmp_path: Path):
    """Both orders differ from that of bytes: ``s`` is before ``s.list``, and digests are numbers below and above 0."""
    begin(engine)
    looks = [look(1, {"a": statement(bid_count=count)}, reader) for count in range(8) for reader in ("s", "s.list")]
    record_all(engine, looks[::-1])

    export_snapshot(engine, tmp_path / "out")

    order = [(row["reader"], int(row["digest"])) for row in table(tmp_path / "out", "observation.csv")]
    assert len(order) > 2
    assert order == sorted(order)
    assert min(digest for _, digest in order) < 0 < max(digest for _, digest in order)


def test_digests_of_one_instant_are_compared_as_numbers():
    def looked(reader: str, digest: int) -> list[bytes]:
        return [b"7", b"2026-01-01 00:00:00.000000", b"%s,%d,%s" % (reader.encode(), digest, b"0" * 64), b"", b"", b""]

    expected = [looked("s", -20), looked("s", -3), looked("s", 9), looked("s", 10), looked("s.list", 1)]

    assert in_order_of_looks(expected[::-1]) == expected


def test_lines_that_went_to_the_disk_give_the_same_bytes(
    caixa: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for profile in Profile:
        export_snapshot(caixa, tmp_path / f"whole-{profile}", profile=profile)
    monkeypatch.setattr(snapshot_spool, "IN_MEMORY", 2_000)
    monkeypatch.setattr(snapshot_histories, "LOOKS_A_HEAP", 7)
    for profile in Profile:
        export_snapshot(caixa, tmp_path / f"parts-{profile}", profile=profile)

        for path in (tmp_path / f"whole-{profile}").iterdir():
            assert (tmp_path / f"parts-{profile}" / path.name).read_bytes() == path.read_bytes()


def test_a_spool_gives_each_heap_back_as_it_was_laid_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(snapshot_spool, "IN_MEMORY", 10)
    lines = [(key % 5, f"{key} {'x' * (key % 7)}".encode()) for key in range(40)]
    with closing(Spool(tmp_path)) as spool:
        spool.put(iter(lines), array("i", [0, 1, 0, 3, 1]))

        assert [line for _, line in lines if _ in (0, 2)] == list(spool.take(0))
        assert list(spool.take(2)) == []
        assert [line for key, line in lines if key == 3] == list(spool.take(3))
        assert [line for key, line in lines if key in (1, 4)] == list(spool.take(1))
    assert list(tmp_path.iterdir()) == []


def test_columns_that_no_listing_knows_are_not_asked_for(engine: Engine):
    begin(engine)
    record_all(engine, [look(0, {"a": statement(title="Casa")}), look(1, {"a": statement(city="X", title="Casa")})])

    with reading(engine) as connection:
        assert known_fields(connection) == {"title", "city", "currency", "raw"}
        lines = [line for _, line in look_lines(connection, None, Edition())]

    read_as_one = 2  # the commas between reader, digest and page
    assert {line.count(SEPARATOR) for line in lines} == {len(LOOK_FIELDS) + len(SAID_FIELDS) - read_as_one}


def test_a_listing_knows_every_field_that_any_look_at_it_left_known(
    recorded: Callable[..., Engine], caixa_looks: list[Look]
):
    """What a snapshot asks for is what listings know: a look that knew more would lose a column."""
    bare = statement(title="Casa, RUA A, N. 10", asking_price=100_00, raw=None)
    told = bare._replace(city="X", ends_at=START, floor_area=7_000, latitude=1, bid_count=0, share="1/2")
    others = [
        look(1, {"a": told}),
        look(2, {"a": bare}, "s.detail"),
        look(3, {"a": bare._replace(status="sold")}),
        look(4, {"a": statement(title="Loja, AVENIDA BRASIL", property_kind=PropertyKind.SHOP, address="B")}),
    ]
    engine = recorded(caixa_looks[::-1], pages_per_commit=4)
    begin(engine)
    record_all(engine, others[1:] + others[:1])

    told_in = ", ".join(f"o.{name}" for name in SAID)
    found = rows(engine, f"SELECT l.known, {told_in} FROM observation o JOIN listing l ON l.id = o.listing_id")

    assert len(found) > 100
    for known, *state in found:
        bits = sum(1 << place for place, value in enumerate(state) if value is not None)
        assert bits & ~known == 0
