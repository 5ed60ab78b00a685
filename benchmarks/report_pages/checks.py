"""A report's figures beside the same figures by SQL; where two differ, the run fails."""

import math
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

Rows = Sequence[Mapping[str, Any]]  # of a report, as its JSON gives them
Figures = dict[str, dict[str, Any]]  # by group and column

ROUNDING = 0.0051
"""Reports give two decimals."""


class TotalsDiffer(Exception):
    """A report and the query say different things. The message names the command, the group and both figures."""


@dataclass(frozen=True, slots=True)
class Check:
    """A query, and how the report's rows are brought into its groups: by default each row is a group.

    ``said``: what the table must say beneath its rows, with the figures of ``said_sql``, which gives one row.
    """

    sql: str
    fold: Callable[[Rows], Figures] | None = None
    said: str = ""
    said_sql: str = ""

    def figures_of(self, rows: Rows) -> Figures:
        """The report's figures by group."""
        return (self.fold or by_group)(rows)


def by_group(rows: Rows) -> Figures:
    """Each row by its group."""
    return {row["group"] or "not told": dict(row) for row in rows}


def by_ratio(rows: Rows) -> Figures:
    """Each row by its group and ratio."""
    return {f"{row['group'] or 'not told'} {row['ratio']}": dict(row) for row in rows}


def by_number(rows: Rows) -> Figures:
    """Each row by its group and what is counted, as far as anything is told."""
    return {f"{row['group']} {row['number']}": dict(row) for row in rows if row["n"]}


def every_cut(rows: Rows) -> Figures:
    """How many cuts on how many listings, by how much together, and how many to half of the price or less."""
    listings = {(row["source"], row["source_id"]) for row in rows}
    amount, halved = (
        sum(row["cut_amount"] for row in rows),
        sum(2 * row["price"] <= row["previous_price"] for row in rows),
    )
    return {"all": {"cuts": len(rows), "listings": len(listings), "amount": amount, "halved": halved}}


def standing_cuts(rows: Rows) -> Figures:
    """How many listings are under their highest price, by how much together, how many by half, and the deepest cut."""
    amount, halved = (
        sum(row["cut_amount"] for row in rows),
        sum(2 * row["price"] <= row["highest_price"] for row in rows),
    )
    deepest = max((row["cut_percent"] for row in rows), default=0)
    return {"all": {"listings": len(rows), "amount": amount, "halved": halved, "deepest": deepest}}


def repeated_homes(rows: Rows) -> Figures:
    """How many homes of several listings, how many listings they have together, and the most of one home."""
    many = [row["listings"] for row in rows]
    return {"all": {"homes": len(rows), "listings": sum(many), "most": max(many, default=0)}}


def looked_at(rows: Rows) -> Figures:
    """Days with a look, days of these on which no page could be read, days without, pages, and the least of a day.

    The most is not asked for: SQL counts a listing twice that two looks of one day have.
    """
    seen = [row for row in rows if row["state"] != "gap"]
    gaps = sum(row["days"] for row in rows if row["state"] == "gap")
    unread = sum(row["state"] == "unhealthy" for row in seen)
    least = min(row["collected"] for row in seen if row["state"] != "unhealthy")
    pages = sum(row["pages"] for row in rows)
    return {"all": {"days": len(seen), "unread": unread, "gaps": gaps, "pages": pages, "least": least}}


def require_equal(told: Figures, counted: Figures, command: str) -> None:
    """Compare what a report tells with what a query counts: every figure that the query has.

    Raises:
        TotalsDiffer: a group or a figure is not the same.
    """
    if set(told) != set(counted):
        only = sorted(set(told) ^ set(counted), key=str)
        raise TotalsDiffer(f"{command}: only the report or only SQL has {', '.join(map(str, only[:5]))}")
    for group, figures in counted.items():
        for column, figure in figures.items():
            if not _is_equal(told[group][column], figure):
                raise TotalsDiffer(f"{command}: {group}, {column}: {told[group][column]}, by SQL {figure}")


def require_said(check: Check, database: Path, printed: str, as_of: date, command: str) -> None:
    """The totals in words beneath a printed table.

    Raises:
        TotalsDiffer: they are not those of the query.
    """
    if not check.said:
        return
    (figures,) = ask(database, check.said_sql, as_of).values()
    words = check.said.format_map(figures)
    if words not in re.sub(r"\s+", " ", printed):
        raise TotalsDiffer(f"{command}: it does not say, as SQL does: {words}")


def ask(database: Path, sql: str, as_of: date) -> Figures:
    """What a query answers, by its groups."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        rows = connection.execute(sql, {"now": f"{as_of} 16:00:00"}).fetchall()  # midnight in Shanghai
    finally:
        connection.close()
    return {row["grp"]: {name: row[name] for name in row.keys()[1:]} for row in rows}  # a row is no mapping


def _is_equal(told: Any, counted: Any) -> bool:
    if told is None or counted is None:
        return told is counted
    return math.isclose(told, counted, rel_tol=1e-12, abs_tol=ROUNDING if isinstance(counted, float) else 0)
