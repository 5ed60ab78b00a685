"""Commands that bring pages in: crawl, capture, reparse."""

import csv
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from fapai import browse
from fapai.keeping import keep_rollups
from fapai.options import (
    UNHEALTHY,
    Database,
    Format,
    SeenAt,
    TableMapping,
    open_database,
    parse_instant,
    told_in_one_sentence,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.capture import FileResult
    from crawler.launch import Progress
    from crawler.recording import RunSummary

app = typer.Typer()
OUTSIDE = ZoneInfo("Asia/Shanghai")  # times are shown there, and kept in UTC
FILE_COLUMNS = ("origin", "outcome", "listings", "observed_at", "refused", "reason")
MAPPING_COLUMNS = ("name", "about", "format", "sources")

LineFormat = Annotated[
    Format | None,
    typer.Option("--format", help="csv, json: a line for each file, for programs.", show_default=False),
]


@app.command()
def crawl(
    sources: Annotated[list[str], typer.Argument(help="Names of sources; see: fapai sources", metavar="SOURCE...")],
    city: Annotated[list[str] | None, typer.Option(help="Only this city, province or state; repeatable.")] = None,
    max_pages: Annotated[int | None, typer.Option(min=1, help="At most so many list pages per source.")] = None,
    details: Annotated[bool, typer.Option(help="Also fetch what the lists link to.")] = True,
    listing: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only the pages about this listing; repeatable.")
    ] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Ask this server in place of the site.")] = None,
    browser: browse.Browser = False,
    browser_profile: browse.Profile = None,
    browser_cdp: browse.Address = None,
    headless: browse.Headless = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the crawler's log.")] = False,
    db: Database = None,
) -> None:
    """Crawl sources, politely, one after the other.

    With --browser in a Chromium whose window you see: on a terminal it opens the site's home page first and waits,
    so that you can log in yourself. It stops at the first captcha or login page.

    Example: fapai crawl br_caixa --city SP
    """
    from crawler.launch import run_crawl
    from crawler.leave_alone import may_crawl
    from crawler.orders import CrawlOrders

    if base_url is not None and not base_url.startswith(("http://", "https://")):
        raise typer.BadParameter("give an address that begins with http:// or https://", param_hint="--base-url")
    window = browse.browser_orders(browser, browser_profile, browser_cdp, headless)
    signal.signal(signal.SIGTERM, _end_like_ctrl_c)
    with told_in_one_sentence():
        check_sources(sources)
        engine = open_database(db, make_if_absent=True)
        url = engine.url.render_as_string(hide_password=False)
        summaries = []
        for source in sources:
            wanted = CrawlOrders(
                source,
                url,
                tuple(city or ()),
                max_pages,
                details,
                base_url,
                "INFO" if verbose else "WARNING",
                browser=window,
                listings=tuple((each, None) for each in listing or ()),
            )
            orders = may_crawl(engine, wanted)
            if isinstance(orders, str):
                typer.echo(orders)
                continue
            with _progress(source, is_told=window is None) as on_progress:
                summary = run_crawl(orders, on_progress, ask=browse.ask)
            typer.echo(describe_run(summary))
            summaries.append(summary)
        keep_rollups(engine)
    _show_next_step(summaries)
    if len(summaries) < len(sources) or any(summary.verdict != "ok" for summary in summaries):
        raise typer.Exit(UNHEALTHY)


@app.command()
def capture(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files, folders, patterns or zips.", metavar="PATH...")
    ] = None,
    mapping: TableMapping = None,
    observed_at: SeenAt = None,
    list_mappings: Annotated[bool, typer.Option("--list-mappings", help="Show the mappings that come along.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Name only files with trouble.")] = False,
    output: LineFormat = None,
    db: Database = None,
) -> None:
    """Read pages that were saved: HTML, JSON, WARC, HAR, MHTML, CSV; zips and folders of them.

    Example: fapai capture Lista_imoveis_SP.csv
    """
    from crawler.capture import Capture
    from crawler.intake.mapping import load_mapping
    from store.engine import archive_root

    if list_mappings:
        show_mappings(output)
        return
    if not paths:
        raise typer.BadParameter("give at least one file, folder or zip", param_hint="PATH...")
    at = parse_instant(observed_at) if observed_at else None
    if output is Format.CSV:
        _write_csv(FILE_COLUMNS)
    with told_in_one_sentence():
        table = load_mapping(mapping) if mapping else None
        engine = open_database(db, make_if_absent=True)
        root = archive_root(engine.url.render_as_string(hide_password=False))
        work = Capture(engine, root, paths, table, at)
        results = [_show_file(result, output, quiet=quiet) for result in work]
        keep_rollups(engine)
    _end_capture(results, work.summaries, output)


@app.command()
def reparse(
    source: Annotated[str | None, typer.Option(help="Only the pages of this source.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="FILE.toml", help="A mapping of your own that was used.")
    ] = None,
    db: Database = None,
) -> None:
    """Read the archived pages again with today's parsers, over what they gave before.

    Example: fapai reparse --source br_caixa
    """
    from crawler.errors import UnknownSource
    from crawler.intake.mapping import load_mapping
    from crawler.reparse import known_readers
    from crawler.reparse import reparse as read_again
    from store.engine import archive_root

    with told_in_one_sentence():
        engine = open_database(db)
        root = archive_root(engine.url.render_as_string(hide_password=False))
        counters = read_again(engine, root, source, known_readers([load_mapping(name) for name in mapping or ()]))
        if source and not counters:
            raise UnknownSource(f"no page of {source} is in the archive; see: fapai doctor")
        keep_rollups(engine)
    for name, count in sorted(counters.items()):
        typer.echo(f"{name:24} {count:>9,}")


def describe_run(summary: "RunSummary") -> str:
    """One line on a run."""
    from crawler.intake.arrived import make_printable

    counters = summary.counters
    pages = sum(count for name, count in counters.items() if name.startswith("page/"))
    seen = counters.get("listing/seen", 0)
    parts = [f"{seen:,} listing{'s' * (seen != 1)} on {pages:,} page{'s' * (pages != 1)}"]
    parts += [
        f"{counters[name]:,} {one if counters[name] == 1 else many}"
        for name, one, many in (
            ("listing/new", "new", "new"),
            ("listing/changed", "changed", "changed"),
            ("listing/late", "older than what was known", "older than what was known"),
            ("context/seen", "number of context", "numbers of context"),
            ("row/refused", "row refused", "rows refused"),
            ("row/no_sale", "row that sells nothing", "rows that sell nothing"),
            ("page/known", "page known already", "pages known already"),
        )
        if counters.get(name)
    ]
    line = f"{summary.source}: {summary.verdict}: {', '.join(parts)}"
    return make_printable(f"{line} ({summary.reason})" if summary.reason else line)


def next_step(summaries: "Sequence[RunSummary]") -> str | None:
    """What is left to do after runs: a crawl or a capture does not link. ``None`` where nothing new came."""
    is_new = any(
        summary.counters.get(f"listing/{word}") for summary in summaries for word in ("new", "changed", "late")
    )
    return "join what is new to its homes: fapai link" if is_new else None


def show_mappings(output: Format | None) -> None:
    """Name, about, format and sources of the shipped mappings."""
    from crawler.intake.mapping import list_mappings

    if output is Format.CSV:
        _write_csv(MAPPING_COLUMNS)
    for info in list_mappings():
        if output is Format.JSON:
            typer.echo(json.dumps(info._asdict(), ensure_ascii=False))
        elif output is Format.CSV:
            _write_csv((info.name, info.about, info.format, " ".join(info.sources)))
        else:
            typer.echo(f"{info.name:20} {info.format:5} {info.about} [{', '.join(info.sources)}]")


def _end_like_ctrl_c(_number: int, _frame: object) -> None:
    """A crawl that is told to end ends its page and closes its record; its process must not go on alone."""
    raise KeyboardInterrupt


def check_sources(names: "Sequence[str]") -> None:
    """Let pass names of sources that can be crawled.

    Raises:
        UnknownSource: one cannot; the nearest name is told.
    """
    from difflib import get_close_matches

    from crawler.errors import UnknownSource
    from crawler.sources import source_specs, spider_names

    known, specs = sorted(spider_names()), source_specs()
    for name in names:
        if name in specs and name not in known:
            raise UnknownSource(
                f"{name} is not crawled. robots.txt: {specs[name].robots}. Save its pages: fapai capture"
            )
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise UnknownSource(f"no source is called {name}: {hint}")


@contextmanager
def _progress(source: str, *, is_told: bool) -> "Iterator[Progress | None]":
    if not is_told or not sys.stderr.isatty():  # a window shows it, and the user may be asked at the terminal
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{source}: asking …") as status:
        yield lambda pages, listings: status.update(f"{source}: {pages:,} pages, {listings:,} listings")


def _show_file(result: "FileResult", output: Format | None, *, quiet: bool) -> "FileResult":
    seen_at = result.observed_at and result.observed_at.isoformat()
    if output is Format.JSON:
        typer.echo(json.dumps({**asdict(result), "observed_at": seen_at}, ensure_ascii=False))
    elif output is Format.CSV:
        _write_csv(
            (result.origin, result.outcome, result.listings, seen_at, len(result.refused), result.reason),
        )
    elif not quiet or result.is_trouble:
        local = result.observed_at and result.observed_at.astimezone(OUTSIDE)
        seen = f" {result.listings:,} listings, seen {local:%Y-%m-%d %H:%M}" if local else ""
        reason = f": {result.reason}" if result.reason else ""
        typer.echo(f"{result.outcome:15} {result.origin}{seen}{reason}")
        for position, source_id, why in result.refused:
            typer.echo(f"  row {position} refused, id {source_id or 'none'}: {why}")
    return result


def _show_next_step(summaries: "Sequence[RunSummary]") -> None:
    hint = next_step(summaries)
    if hint and sys.stdout.isatty():  # programs that read the lines need no advice
        typer.echo(hint)


def _write_csv(cells: "Sequence[object]") -> None:
    csv.writer(sys.stdout, lineterminator="\n").writerow(cells)


def _end_capture(results: "list[FileResult]", summaries: "Sequence[RunSummary]", output: Format | None) -> None:
    for summary in summaries:
        typer.echo(describe_run(summary), err=output in {Format.CSV, Format.JSON})
    _show_next_step(summaries)
    is_bad = any(summary.verdict not in {"ok", "empty"} for summary in summaries)  # also of pages that were known
    if is_bad or any(result.is_trouble for result in results):
        raise typer.Exit(UNHEALTHY)
    if not summaries:
        typer.echo(
            "fapai: none of these files is a page of a known source; see: fapai capture --list-mappings", err=True
        )
        raise typer.Exit(1)
