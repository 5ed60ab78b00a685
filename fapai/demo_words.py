"""What the demo tells while it plays: plain lines that fit a terminal of eighty columns."""

import shlex
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection, and_, select

from crawler.recording import RunSummary
from crawler.sources import source_specs
from reporting.export import SnapshotReport
from reporting.money import amount_of
from reporting.price_cuts import PriceCutReport
from reporting.render import Format, clean, money_text, render
from reporting.tables import Tabular
from store.rows import FACT, LISTING, OBSERVATION
from store.terms import FactKind, RunVerdict

PLAIN_WIDTH = 110
INDENT = 12


class Narrator:
    """Writes to a terminal in its width, elsewhere as plain text."""

    def __init__(self, stream: TextIO, width: int | None = None) -> None:
        self._stream = stream
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that knows no Chinese shows ? and goes on
        width = width or (None if stream.isatty() else PLAIN_WIDTH)
        self._told = ""
        self._console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)

    def open(self, stop_count: int, source_count: int, first: date, last: date) -> None:
        """What is about to happen."""
        self.head("Playing recorded pages from a server on this machine; no network is asked.")
        self.say(
            f"{stop_count} looks at {source_count} sources, {first} to {last}: real spiders crawl date by date into an "
            "empty database. The dates are those on which the pages were recorded. Changed: in any of its words; "
            "cheaper: the price was lower than at the look before."
        )

    def tell_source(self, source: str) -> None:
        """Whose pages come next."""
        self.head(f"{source_specs()[source].title}, {source}")

    def tell_recording(self, told: str) -> None:
        """How the next page was recorded, unless that was said last."""
        if told != self._told:
            self._told = told
            self.say(told)

    def tell_run(self, on: date, summary: RunSummary, known: int, cuts: int, *, is_outage: bool) -> None:
        """One line on one date; what was wrong beneath it.

        ``known``: listings of the source in the database; ``cuts``: prices found lower than at the look before.
        """
        seen, new, changed, refused = (
            summary.counters.get(name, 0) for name in ("listing/seen", "listing/new", "listing/changed", "row/refused")
        )
        line = f"{on}{seen:>6,} {'listing ' if seen == 1 else 'listings'}{new:>6,} new{changed:>6,} changed"
        line += f"{cuts:>6,} cheaper{refused:>6,} refused"
        self._console.print(Text(line), soft_wrap=True)
        if summary.verdict != RunVerdict.OK:
            self.say(f"{summary.verdict}: {summary.reason}", INDENT, "bold yellow")
        if is_outage:
            words = f"The recording broke off on this day: nothing is taken as removed, all {known:,} listings stay."
            self.say(words, INDENT, "yellow")

    def tell_cuts(self, report: PriceCutReport) -> None:
        """The report of price cuts, as ``fapai report price-cuts`` gives it."""
        self.head("Price cuts")
        self.tell_report(report)

    def tell_report(self, report: Tabular) -> None:
        """A report, as its command gives it."""
        self._stream.flush()
        render(report, Format.TABLE, self._stream, width=self._console.width)

    def tell_notice(self, connection: Connection) -> None:
        """What the notice of one home answers, each answer with its own sentence: of the home with the most."""
        facts = _longest_notice(connection)
        if not facts:
            return
        home = facts[0]
        self.head("What a notice tells")
        hammer, appraisal = (
            money_text(amount_of(price, home.currency), home.currency)
            for price in (home.hammer_price, home.appraisal_price)
        )
        self.say(
            f"{home.source} {home.source_id}, {clean(home.title)}: sold for {hammer}, appraised at {appraisal}. Its "
            f"notice answers {len(facts)} of {len(FactKind)} questions. A fact is what a notice says, not what is so, "
            "so it is kept with its sentence (table fact); where nothing is said there is no row:"
        )
        widest = max(len(f"  {fact.kind}  {fact.answer}  ") for fact in facts)
        for fact in facts:
            question, answer = (word.replace("_", " ") for word in (fact.kind, fact.answer))
            self.say(clean(fact.quote), widest, lead=f"  {question}: {answer}")

    def tell_snapshot(self, report: SnapshotReport) -> None:
        """The files of the snapshot with their rows."""
        self.head("Snapshot")
        widest = max(len(file.name) for file in report.files)
        for file in report.files:
            self._console.print(Text(f"  {file.name:{widest}}  {file.rows:>6,} rows"))

    def close(self, folder: Path, database_url: str, *, is_temporary: bool) -> None:
        """Where everything lies, and what to try next."""
        self.head("Where it lies")
        for name, what in (
            ("fapai.sqlite", "the database"),
            ("fapai.pages", "every page as it came, in WARC files"),
            ("snapshot", "the tables as CSV, with a manifest"),
        ):
            self._console.print(Text(f"  {folder / name}  {what}"), soft_wrap=True)
        if is_temporary:
            self.say("This folder is temporary: delete it when you are done. fapai demo --keep DIR takes another.")
        program, database = _program(), shlex.quote(database_url)
        self.head("Look at it in a browser, in Chinese and English; Ctrl-C ends it")
        self._console.print(Text(f"  {program} serve --db {database}"), soft_wrap=True)
        self.head("Try next")
        for command in (
            f"{program} report price-cuts --all --db {database}",
            f"{program} report price-cuts --min-cut 30% --as-of 2021-08-31 --db {database}",
            f"{program} link --explain jd_judicial:311018607 jd_judicial:311215642 --db {database}",
            f"{program} sources --db {database}",
        ):
            self._console.print(Text(f"  {command}"), soft_wrap=True)

    def head(self, words: str) -> None:
        """A heading, with a line left free above it."""
        self._console.print()
        self._console.print(Text(words, style="bold"))

    def say(self, words: str, indent: int = 0, style: str = "", lead: str = "") -> None:
        """A paragraph, wrapped and indented by hand: padding would fill plain lines with blanks.

        ``lead`` stands in the indentation of the first line.
        """
        for line in Text(words).wrap(self._console, self._console.width - indent):
            self._console.print(Text(lead.ljust(indent) + line.plain.rstrip(), style=style), soft_wrap=True)
            lead = ""


def _longest_notice(connection: Connection) -> Sequence[Any]:
    """The facts of the sold home that has the most, in the order of its notice, each with title and prices."""
    columns = OBSERVATION.c
    found = select(
        FACT.c.source,
        FACT.c.source_id,
        FACT.c.kind,
        FACT.c.answer,
        FACT.c.quote,
        columns.title,
        columns.currency,
        columns.hammer_price,
        columns.appraisal_price,
    )
    found = found.join(LISTING, and_(LISTING.c.source == FACT.c.source, LISTING.c.source_id == FACT.c.source_id))
    latest = and_(columns.id == LISTING.c.observation_id, columns.reader == FACT.c.reader)
    found = found.join(OBSERVATION, and_(latest, columns.digest == FACT.c.digest))
    found = found.where(columns.hammer_price.is_not(None), columns.appraisal_price.is_not(None))
    rows = connection.execute(found.order_by(FACT.c.source, FACT.c.source_id, FACT.c.position)).all()
    notices = [list(facts) for _, facts in groupby(rows, lambda row: (row.source, row.source_id))]
    return max(notices, key=len, default=[])


def _program() -> str:
    """How to call the program from here: by its name, its path, or through Python."""
    called = Path(sys.argv[0])
    if called.name != "fapai":
        return f"{shlex.quote(sys.executable)} -m fapai"
    return "fapai" if shutil.which("fapai") == str(called.absolute()) else shlex.quote(str(called))
