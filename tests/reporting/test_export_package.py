"""What lies beside the tables: a data package that other programs believe, codebooks, citation, licence notes."""

import json
import re
from pathlib import Path

import frictionless
import pytest
from sqlalchemy import Engine

from reporting.export import content_digest, export_snapshot
from reporting.export_docs.codebook import codebook
from reporting.export_docs.models import (
    is_always_told,
    licence_note,
    longest_of,
    meaning_of,
    model_column,
    vocabulary_of,
    words,
)
from reporting.export_docs.notes import citation
from reporting.filters import parse_as_of
from reporting.snapshot import Profile
from reporting.snapshot_files import fields_of_files
from reporting.snapshot_keys import ORDERS
from store import terms
from store.engine import open_engine
from store.terms import RoundStatus

EVERY_FILE = fields_of_files(with_runs=True)
EVERY_COLUMN = [(file, field) for file, fields in EVERY_FILE.items() for field in fields]


@pytest.fixture(params=Profile)
def snapshot(request: pytest.FixtureRequest, caixa: Engine, tmp_path: Path) -> Path:
    export_snapshot(caixa, tmp_path / "out", profile=request.param, with_runs=True, is_coarse=True)
    export_snapshot(caixa, tmp_path / "out", profile=request.param, with_runs=True)
    return tmp_path / "out"


def problems_of(folder: Path) -> list[str]:
    report = frictionless.validate(str(folder / "datapackage.json"))
    return [error.message for task in report.tasks for error in task.errors] + [each.message for each in report.errors]


def test_the_data_package_is_valid_with_every_row_type_constraint_and_key(snapshot: Path) -> None:
    assert problems_of(snapshot) == []


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (lambda text: text.replace(",state_bank,", ",state_banc,", 1), "constraint"),
        (lambda text: text.replace(",direct_sale,", ",,", 1).replace(",BRL,", ",CZK,", 1), "constraint"),
        (lambda text: re.sub(r"br_caixa,(\d+),1,", r"br_caixa,\g<1>9,1,", text, count=1), "foreign key|ForeignKey"),
        (lambda text: re.sub(r",BRL,", ",BRL,much", text, count=1), "type"),
    ],
)
def test_a_value_that_is_not_as_described_is_found(
    caixa: Engine, tmp_path: Path, wrong: "object", problem: str
) -> None:
    export_snapshot(caixa, tmp_path / "out")
    path = tmp_path / "out" / "observation.csv"
    body = path.read_bytes().decode()
    changed = wrong(body)  # type: ignore[operator]
    assert changed != body
    path.write_bytes(changed.encode())

    assert re.search(problem, " ".join(problems_of(tmp_path / "out")))


def test_the_package_names_version_two_types_and_vocabularies(caixa: Engine, tmp_path: Path) -> None:
    export_snapshot(caixa, tmp_path / "out")
    package = json.loads((tmp_path / "out" / "datapackage.json").read_bytes())
    resources = {each["path"]: each for each in package["resources"]}
    columns = {each["name"]: each for each in resources["listing.csv"]["schema"]["fields"]}

    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["sources"] == [{"title": "CAIXA", "description": f"br_caixa: {licence_note('br_caixa')}"}]
    assert columns["status"]["constraints"]["enum"] == [status.value for status in RoundStatus]
    assert (columns["asking_price"]["type"], columns["first_seen_at"]["type"]) == ("number", "datetime")
    assert columns["source_id"]["constraints"] == {"required": True, "maxLength": 120}
    assert columns["asking_price"]["title"] == "直售的一口价"
    assert resources["listing.csv"]["schema"]["primaryKey"] == ["source", "source_id", "generation"]


def test_nothing_is_promised_of_columns_that_the_coarse_edition_leaves_empty(caixa: Engine, tmp_path: Path) -> None:
    export_snapshot(caixa, tmp_path / "out", is_coarse=True)
    assert problems_of(tmp_path / "out") == []


@pytest.mark.parametrize(("file", "field"), EVERY_COLUMN, ids=lambda each: getattr(each, "name", each))
def test_every_column_is_explained_in_both_languages(file: str, field: object) -> None:
    english, chinese = (meaning_of(file, field, language) for language in ("en", "zh"))  # type: ignore[arg-type]
    assert english.isascii()
    assert re.search("[\u4e00-\u9fff]", chinese)


def test_every_word_of_every_vocabulary_is_explained() -> None:
    used = {each for file, field in EVERY_COLUMN if (each := vocabulary_of(file, field))}
    assert {each.__name__ for each in used} == set(words("terms"))
    for vocabulary in used:
        assert list(words("terms")[vocabulary.__name__]) == [term.value for term in vocabulary]
        assert getattr(terms, vocabulary.__name__) is vocabulary


def test_no_word_is_left_of_a_column_that_is_gone() -> None:
    names = {field.name for _, field in EVERY_COLUMN}
    tables = {file.removesuffix(".csv") for file in EVERY_FILE}
    said = words("columns")
    assert set(said["columns"]) <= names
    assert set(said["tables"]) == tables
    own = {(table, name) for table in tables & set(said) for name in said[table]}
    assert own <= {(file.removesuffix(".csv"), field.name) for file, field in EVERY_COLUMN}
    assert set(ORDERS) == set(EVERY_FILE)


def test_what_the_models_know_of_a_column_is_found_through_its_name_in_the_file() -> None:
    columns = {(file, field.name): field for file, field in EVERY_COLUMN}
    area = columns["listing.csv", "floor_area_sqm"]
    assert str(model_column("listing.csv", area)) == "observation.floor_area"
    assert str(model_column("fact.csv", columns["fact.csv", "digest"])) == "fact.digest"
    assert longest_of("page.csv", columns["page.csv", "body_sha256"]) == 64
    assert is_always_told("bid.csv", columns["bid.csv", "amount"])
    assert not is_always_told("listing.csv", area)
    assert model_column("property.csv", columns["property.csv", "property_key"]) is None


def test_the_codebook_has_each_column_with_unit_and_origin() -> None:
    english, chinese = (codebook(EVERY_FILE, language) for language in ("en", "zh"))
    assert (
        "| `asking_price` | price asked in a direct sale | amount in the row's currency | observation.asking_price |"
        in english
    )
    assert "| `status` | where the attempt stands, as the site says | RoundStatus | observation.status |" in english
    assert "| `floor_area_sqm` | 建筑面积 | 平方米 | observation.floor_area |" in chinese
    assert "| `failed` | 流拍 |" in english
    assert "| `failed` | 流拍 |" in chinese
    assert all(f"## {file}\n" in text for file in EVERY_FILE for text in (english, chinese))


def test_the_citation_names_the_day_and_the_content(caixa: Engine, tmp_path: Path) -> None:
    report = export_snapshot(caixa, tmp_path / "all")
    dated = export_snapshot(caixa, tmp_path / "dated", parse_as_of("2021-08-12"))
    cited = [(tmp_path / name / "CITATION.cff").read_text("utf-8") for name in ("all", "dated")]

    assert "date-released: 2021-09-12\n" in cited[0]
    assert "date-released: 2021-08-12\n" in cited[1]
    assert f'value: "sha256:{content_digest(dated.files)}"' in cited[1]
    assert content_digest(report.files) != content_digest(dated.files)
    assert cited[0].startswith("cff-version: 1.2.0\n")
    assert "date-released" not in citation(None, "0.1.0", "0" * 64)


def test_a_source_whose_terms_nobody_has_read_gives_no_permission(caixa: Engine, tmp_path: Path) -> None:
    export_snapshot(caixa, tmp_path / "out")
    note = (tmp_path / "out" / "LICENCES.md").read_text("utf-8")
    assert "- CAIXA (`br_caixa`): no licence is known: nobody has read the terms" in note
    assert "Prozorro" not in note, "only sources of which something was seen"
    assert "with a reference to the source" in licence_note("ua_prozorro")


def test_an_empty_database_gives_a_valid_package_too(sqlite_template: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{sqlite_template}")
    export_snapshot(engine, tmp_path / "out")
    engine.dispose()
    assert problems_of(tmp_path / "out") == []
