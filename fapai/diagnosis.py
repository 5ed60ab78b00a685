"""What ``fapai doctor`` looks at."""

import importlib.util
import os
import sqlite3
import sys
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from store.archive import find_key
from store.engine import archive_root, default_url, names_missing_file, open_engine, reading
from store.errors import SchemaMismatch, StoreError
from store.health import source_health
from store.schema import SchemaState, integrity_problems, require_current, schema_state
from store.sealing import key_path
from store.terms import RunVerdict


class Finding(NamedTuple):
    """One thing looked at."""

    topic: str
    is_fine: bool
    words: str


def diagnose(db: str | None) -> list[Finding]:
    """Everything, the installation first. Never raises for what can be wrong."""
    findings = [
        Finding("python", sys.version_info >= (3, 11), ".".join(map(str, sys.version_info[:3]))),
        Finding("sqlite", sqlite3.sqlite_version_info >= (3, 35), f"{sqlite3.sqlite_version} (3.35 or newer)"),
        _contact(),
        Finding("fast event loop", True, "uvloop" if importlib.util.find_spec("uvloop") else "asyncio's own"),
    ]
    try:
        return findings + _database(db or default_url())
    except StoreError as failure:
        return [*findings, Finding("database", False, str(failure))]


def _contact() -> Finding:
    contact = os.environ.get("FAPAI_CONTACT")
    return Finding(
        "contact", True, contact or "none; set FAPAI_CONTACT so that sites can reach you before you crawl them"
    )


def _archive_key(root: Path) -> Finding:
    """Without it no archived page can be read again: to be found out before ``reparse`` is needed."""
    try:
        key = find_key(root)
    except StoreError as failure:
        return Finding("archive key", False, str(failure))
    return Finding("archive key", True, f"{key_path()}: " + ("the archive's" if key else "nothing is sealed yet"))


def _database(url: str) -> list[Finding]:
    is_missing = names_missing_file(url)
    engine = open_engine("sqlite://" if is_missing else url)
    shown = make_url(url).set(query={}).render_as_string()
    if is_missing or schema_state(engine) is SchemaState.ABSENT:
        return [Finding("database", True, f"{shown}: none yet; a crawl or a capture makes it")]
    try:
        require_current(engine)
    except SchemaMismatch as mismatch:
        return [Finding("database", False, f"{shown}: {mismatch}")]
    problems = integrity_problems(engine)
    findings = [Finding("database", not problems, problems[0] if problems else f"{shown}: sound")]
    root = archive_root(url)
    files = list(root.rglob("*.warc.gz")) if root.is_dir() else []
    size = sum(file.stat().st_size for file in files) / 1e6
    findings += [Finding("archive", True, f"{root}: {len(files)} files, {size:,.1f} MB"), _archive_key(root)]
    with reading(engine) as connection:
        for name, health in source_health(connection).items():
            fine = health.last_verdict in {RunVerdict.OK, RunVerdict.EMPTY, None}
            words = f"{health.listings:,} listings, last run {health.last_verdict or 'none of its own'}"
            words += f", {health.stale:,} not seen since the last healthy one" if health.stale else ""
            findings.append(Finding(name, fine, words + (f": {health.reason}" if health.reason else "")))
    return findings
