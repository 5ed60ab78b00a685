"""The table of ``fapai sources``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.items import SourceSpec
from crawler.sources import source_specs, spider_names
from reporting.tables import Column, Shape, Table
from store.engine import default_url, open_engine, reading
from store.health import SourceHealth, source_health
from store.schema import SchemaState, require_current, schema_state
from store.terms import Currency


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source: what it is, what its parsers are proven on, how it stands in the database."""

    source: str
    title: str
    about: str
    sale_kinds: str
    home_url: str
    crawled: str
    walled: str
    robots: str
    fixtures: str
    listings: int
    last_verdict: str | None
    last_run_at: datetime | None
    last_healthy_at: datetime | None
    paused_until: datetime | None = None
    robots_in_short: str = ""
    currency: Currency | None = None


@dataclass(frozen=True, slots=True)
class SourceList:
    """All sources by name."""

    rows: tuple[SourceRow, ...]

    def table(self) -> Table:
        """The list as rows and columns."""
        return Table(
            columns=(
                Column("source", Shape.WORD, "source"),
                Column("sale_kinds", Shape.TEXT, "sells by", least=16),
                Column("title", Shape.TEXT, "title", least=12, room=3),
                Column("about", Shape.TEXT, is_in_table=False),
                Column("home_url", Shape.WORD, is_in_table=False),
                Column("crawled", Shape.WORD, "by"),
                Column("walled", Shape.WORD, "wall"),
                Column("robots", Shape.TEXT, is_in_table=False),
                Column("robots_in_short", Shape.WORD, "robots.txt", room=2, is_in_file=False),
                Column("fixtures", Shape.WORD, "proven on"),
                Column("listings", Shape.COUNT, "listings"),
                Column("last_verdict", Shape.WORD, "last run", room=1),
                Column("last_run_at", Shape.DAY, "on", room=2),
                Column("last_healthy_at", Shape.DAY, "last healthy", room=1),
                Column("paused_until", Shape.DAY, is_in_table=False),
            ),
            rows=self.rows,
            measure="by: crawl = spider and saved pages, mapping = tables of others; proven on: kind of test pages",
            noun="sources",
            notes=[
                f"{row.source} refused us and is left alone until {row.paused_until:%Y-%m-%d %H:%M} UTC"
                for row in self.rows
                if row.paused_until is not None and row.paused_until > datetime.now(UTC)
            ],
        )


def list_sources(db: str | None) -> SourceList:
    """Every known source; how it stands where there is a database.

    Raises:
        StoreError: there is one, but it cannot be read.
    """
    health = _health(db)
    spiders = spider_names()
    rows = [_row(spec, spiders, health.get(name)) for name, spec in source_specs().items()]
    mapped = [_mapped_row(name, found) for name, found in health.items() if name not in source_specs()]
    return SourceList(tuple(rows + mapped))


def _mapped_row(name: str, health: SourceHealth) -> SourceRow:
    """A source that only tables read by a mapping tell of."""
    return SourceRow(
        name,
        name,
        "Known from tables read by a mapping.",
        "",
        "",
        "mapping",
        "",
        "",
        "",
        health.listings,
        health.last_verdict,
        health.last_run_at,
        health.last_healthy_at,
    )


def _row(spec: SourceSpec, spiders: set[str], health: SourceHealth | None) -> SourceRow:
    return SourceRow(
        spec.name,
        spec.title,
        spec.about,
        spec.sale_kinds,
        spec.home_url,
        "crawl" if spec.name in spiders else "capture",
        "walled" if spec.is_walled else "open",
        spec.robots,
        spec.fixtures,
        health.listings if health else 0,
        health.last_verdict if health else None,
        health.last_run_at if health else None,
        health.last_healthy_at if health else None,
        health.paused_until if health else None,
        re.split("[:;,]", spec.robots, maxsplit=1)[0],
    )


def _health(db: str | None) -> Mapping[str, SourceHealth]:
    """Health by source; empty where there is no database yet."""
    engine = open_engine(db or default_url())
    if schema_state(engine) is SchemaState.ABSENT:
        return {}
    require_current(engine)
    with reading(engine) as connection:
        return source_health(connection)
