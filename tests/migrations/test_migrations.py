"""The migrations make what the models say, go down as well as up, and travel with the installed package."""

import os
import re
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Enum, Table, inspect

from store.engine import open_engine, reading, writing
from store.models import Base
from store.schema import (
    SchemaState,
    known_revisions,
    migration_config,
    migrations_folder,
    require_current,
    schema_state,
)

ROOT = Path(__file__).parents[2]
TABLES = Base.metadata.sorted_tables
SCRIPTS = ScriptDirectory.from_config(migration_config())
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()]


def migrate(engine, direction, revision):
    config = migration_config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        direction(config, revision)


@pytest.fixture
def empty(empty_url):
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()


def test_there_is_one_newest_migration():
    assert len(SCRIPTS.get_heads()) == 1


def test_the_revisions_known_without_alembic_are_alembic_s_own():
    assert known_revisions() == tuple(reversed(REVISIONS))


def test_the_names_of_migrations_read_as_sentences_after_their_number():
    files = sorted(path.stem for path in (ROOT / "alembic" / "versions").glob("*.py"))

    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    assert all(re.fullmatch(r"\d{4}(_[a-z]+){3,}", name) for name in files)


def test_the_migrated_tables_are_those_of_the_models(engine):
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_database_guards_each_vocabulary_with_today_s_terms(engine, table: Table):
    """Alembic's own comparison does not look at CHECK constraints."""
    with reading(engine) as connection:
        checks = {
            check["name"]: sorted(re.findall(r"'([^']*)'", check["sqltext"]))
            for check in inspect(connection).get_check_constraints(table.name)
        }

    assert checks == {f"ck_{table.name}_{column}": sorted(terms) for column, terms in vocabularies(table).items()}


def vocabularies(table: Table) -> dict[str, type[StrEnum]]:
    return {column.name: column.type.enum_class for column in table.columns if isinstance(column.type, Enum)}


def test_every_vocabulary_is_looked_at():
    assert {terms.__name__ for table in TABLES for terms in vocabularies(table).values()} >= {
        "Currency",
        "PageOutcome",
        "PropertyKind",
        "RoundKind",
        "RoundStatus",
        "RunVerdict",
        "SellerKind",
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_and_constraints_carry_the_names_of_the_models(engine, table: Table):
    """Later migrations address them by name."""
    with reading(engine) as connection:
        found = inspect(connection)
        names = {found.get_pk_constraint(table.name)["name"]}
        names |= {key["name"] for key in found.get_foreign_keys(table.name)}
        names |= {key["name"] for key in found.get_unique_constraints(table.name)}
        names |= {key["name"] for key in found.get_check_constraints(table.name)}

    assert names == {str(constraint.name) for constraint in table.constraints}


def test_every_migration_goes_down_and_up_again(empty):
    for revision in reversed(REVISIONS):
        migrate(empty, command.upgrade, revision)
        migrate(empty, command.downgrade, "-1")
        migrate(empty, command.upgrade, revision)

    assert schema_state(empty) is SchemaState.CURRENT


def test_going_all_the_way_down_leaves_nothing_behind(empty):
    migrate(empty, command.upgrade, "head")
    migrate(empty, command.downgrade, "base")

    with reading(empty) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    assert schema_state(empty) is SchemaState.ABSENT
    require_current(empty, make_if_absent=True)


def test_rollups_of_version_0014_are_counted_anew_with_the_news_that_wait(empty):
    """Rows in the old form must not be taken for rows in the new one."""
    migrate(empty, command.upgrade, "0014")
    with writing(empty) as connection:
        for sql in ROLLUPS_OF_0014:
            connection.exec_driver_sql(sql)
    migrate(empty, command.upgrade, "0015")

    with reading(empty) as connection:
        counts = {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("rollup_mark", "rollup_listing", "rollup_sheet", "rollup_news")
        }
    assert counts == {"rollup_mark": 0, "rollup_listing": 0, "rollup_sheet": 0, "rollup_news": 1}


ROLLUPS_OF_0014 = (
    "INSERT INTO rollup_mark (id, definition, linker_version) VALUES (1, 'x', NULL)",
    "INSERT INTO rollup_news (kind, listing_ids) VALUES ('everything', '')",
    "INSERT INTO rollup_listing (listing_id, round_id, phase, is_followed, is_price_exact, words) "
    "VALUES (1, 1, 0, FALSE, TRUE, 'words')",
    "INSERT INTO rollup_sheet (family, scope, part, labels, counts, cut_sums) VALUES ('all', 'homes', 0, '[]', '', '')",
)


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty):
    with pytest.raises(ZeroDivisionError):
        fail_after_upgrade(empty)

    assert schema_state(empty) is SchemaState.ABSENT


def fail_after_upgrade(engine):
    config = migration_config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        raise ZeroDivisionError


def test_migrations_do_not_import_the_program():
    """A migration of today must still run when the models have moved on."""
    for path in (ROOT / "alembic" / "versions").glob("*.py"):
        assert not re.search(r"^\s*(from|import) (store|crawler|tracking)", path.read_text(), re.MULTILINE), path.name


INSTALLED = """
import sys
from pathlib import Path
from store.engine import open_engine
from store.schema import migrations_folder, schema_state, upgrade
engine = open_engine(sys.argv[1])
upgrade(engine)
print(migrations_folder(), schema_state(engine))
"""


@pytest.mark.parametrize("folder", ["site-packages", "100% sure"])
def test_an_installed_package_brings_its_own_migrations(tmp_path, folder):
    """As the wheel lays them out: no checkout, no working directory, no settings file."""
    site = tmp_path / folder
    shutil.copytree(ROOT / "store", site / "store", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "alembic", site / "store" / "migrations", ignore=shutil.ignore_patterns("__pycache__"))

    run = subprocess.run(
        [sys.executable, "-c", INSTALLED, f"sqlite:///{tmp_path / 'homes.sqlite'}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stderr == ""
    assert run.stdout.strip() == f"{site / 'store' / 'migrations'} current"


def test_a_checkout_uses_the_migrations_beside_it():
    assert migrations_folder() == ROOT / "alembic"


def test_the_alembic_command_works_from_the_checkout(tmp_path):
    """For whoever writes the next migration; the address comes from the environment."""
    env = {**os.environ, "FAPAI_DB": f"sqlite:///{tmp_path / 'homes.sqlite'}"}
    for arguments in (["upgrade", "head"], ["check"]):
        run = subprocess.run(
            [sys.executable, "-m", "alembic.config", *arguments],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr

    assert "No new upgrade operations detected" in run.stdout
