"""Every recorded file of the captures folder through ``fapai capture``: no row may disappear without a reason.

``python -m benchmarks.captures [FOLDER]`` (default ``../shared/captures``). One line for each form of file: rows in the
files, counted without our readers; listings, points, prices and bids stored; rows refused and skipped, with the
commonest reason. Exit 1 if rows are not accounted for, or a file stands in no line of ``GROUPS``.
"""

import argparse
import csv
import io
import json
import os
import re
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from crawler.capture import Capture, FileResult
from crawler.errors import BadMapping
from crawler.intake.mapped_context import SeriesRules
from crawler.intake.mapping import Mapping, load_mapping
from crawler.page import Page
from store.engine import open_engine, reading
from store.rows import BID, LISTING, LOT_MEMBER, MARKET_PRICE, SERIES_POINT
from store.schema import upgrade

NO_READING = {"skipped", "unreadable", "blocked", "login_required", "empty_shell", "layout_changed", "http_error"}


def count_csv(path: Path, encoding: str = "utf-8-sig", separator: str = ",") -> int:
    """Lines of a CSV below its first, blank lines left out."""
    with path.open(encoding=encoding, newline="") as stream:
        return sum(1 for line in csv.reader(stream, delimiter=separator) if line) - 1


def count_json(path: Path, *keys: str) -> int:
    """Elements of the list below the keys; ``*`` goes into every element."""
    return sum(1 for _ in _elements(json.loads(path.read_bytes()), keys))


def _elements(found: object, keys: tuple[str, ...]) -> Iterator[object]:
    if not keys:
        yield from found if isinstance(found, list) else [found]
    elif keys[0] == "*":
        for each in found.values() if isinstance(found, dict) else found:  # type: ignore[attr-defined]
            yield from _elements(each, keys[1:])
    else:
        yield from _elements(found[keys[0]], keys[1:])  # type: ignore[index]


def count_xlsx(path: Path) -> int:
    """Rows of the first sheet that hold a value, without the header."""
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    return sum(1 for row in re.findall(rb"<row\b.*?</row>", sheet, re.DOTALL) if b"<v>" in row or b"<t" in row) - 1


def count_marks(path: Path, mark: str) -> int:
    """How often a text stands in the file."""
    return path.read_text("utf-8").count(mark)


def count_zipped_csv(path: Path, above: int = 1, encoding: str = "utf-8-sig", separator: str = ",") -> dict[str, int]:
    """Lines of each CSV of an archive, without the ``above`` first ones and without blank lines."""
    counts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.lower().endswith(".csv"):
                text = archive.read(name).decode(encoding, "replace")
                lines = sum(1 for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(line))
                counts[name] = max(lines - above, 0)
    return counts


def count_negative_equity(path: Path) -> int:
    """Numbers of the quarters: each becomes a point."""
    return sum(len(record) - 1 for record in json.loads(path.read_bytes())["result"]["records"])


def count_zipped_json(path: Path) -> dict[str, int]:
    """Elements of the list in each JSON of an archive."""
    with zipfile.ZipFile(path) as archive:
        return {name: len(json.loads(archive.read(name))) for name in archive.namelist() if name.endswith(".json")}


def count_taiwan_rows(path: Path) -> int:
    """Rows, the land under a building left out: it stands in the same case, on the same day, at the same price."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [
            (row["type"], (row["case_no"], row["auction_date"], row["min_price_ntd"])) for row in csv.DictReader(stream)
        ]
    buildings = {place for kind, place in rows if kind == "building"}
    return sum(1 for kind, place in rows if kind == "building" or place not in buildings)


def count_jsonl(path: Path) -> int:
    """Lines that are not blank."""
    return sum(1 for line in path.read_bytes().splitlines() if line.strip())


class Group(NamedTuple):
    """Files of one form: how they are read, and how their rows are counted without our readers.

    ``count_rows`` is ``None`` for pages whose rows only a reader can tell; ``unread`` says why a file is no table of
    ours; ``by_member``: several rows are homes of one lot, each a member of it.
    """

    files: str
    mapping: str | None = None
    count_rows: Callable[[Path], int | dict[str, int]] | None = None
    observed_at: str | None = None
    unread: str | None = None
    by_member: bool = False

    @property
    def seen_at(self) -> datetime | None:
        """When the files were made, where neither they nor their names tell: by the README beside them."""
        if self.observed_at is None:
            return None
        return datetime.fromisoformat(self.observed_at).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


GROUPS = (
    Group("ali/sf-home-2018-05/page.html", observed_at="2018-05-08"),
    Group("ali/sf-home-2018-05/blocks.json", count_rows=lambda path: count_json(path, "*"), observed_at="2018-05-08"),
    Group(
        "ali/sf-list-2020-10-hefei/items.json",
        count_rows=lambda path: count_json(path, "data"),
        observed_at="2020-10-11",
    ),
    Group("ali/sf-list-2020-10-hefei/as-found.txt", "ali-hefei-list-2020", lambda path: count_marks(path, '"id":')),
    Group("ali/detail-557630794279-failed-2018-03/*", observed_at="2018-03-13"),
    Group("ali/detail-text-2016_2024/items.json", count_rows=count_json, observed_at="2026-03-13"),
    Group(
        "ali/spa-list-cards-2026-08-31/cards.json",
        count_rows=lambda path: count_json(path, "*", "links"),
        observed_at="2026-08-31T16:00",
    ),
    Group("ali/raw-2026/list-cards-2026-08-28.json", "ali-cut-cards-2026", lambda path: count_json(path, "items")),
    Group("ali/raw-2026/list-cards-2026-09-01.json", count_rows=lambda path: count_json(path, "items")),
    Group("ali/raw-2026/detail-text-*.json", count_rows=lambda path: count_json(path, "记录")),
    Group("ali/raw-2026/area-floor-text.json", "ali-area-floor-2026", count_json),
    Group("ali/raw-2026/detail-*.json", count_rows=count_json),
    Group("ali/sold-daily-2025-12_2026-02/*.json", "ali-sold-daily", count_json),
    Group("ali/sold-repeat-addresses-2015_2026/*.csv", "ali-sold-repeats", count_csv),
    Group("ali/sf-taobao-2020-05/*.xlsx", "ali-sf-taobao-2020", count_xlsx),
    Group("ali/fujian-ali-2026-09-04/*.csv", "ali-fujian-2026", count_csv),
    Group("ali/rounds-and-bank-2017_2020/*.json", "ali-rounds-2017", count_json),
    Group("ali/sf-detail-2020-11-hefei/*.json", "ali-hefei-2020", lambda path: count_marks(path, '"Title"')),
    Group("ali/bid-records-2026-05/*.csv", "ali-bid-record", lambda path: count_csv(path, "gbk"), "2026-05-27"),
    Group("ali/zc-jiangsu-2020-08/tb.json", "zichan-ali-2020", lambda path: count_json(path, "tb")),
    Group("ali/zc-jiangsu-2020-08/tb.txt", unread="the same 64 rows as tb.json, printed for people"),
    Group("jd/fujian-jd-rounds-2026-08-09.csv", "jd-fujian-2026", count_csv),
    Group("jd/zichan-jiangsu-house-2020-08-23.json", "zichan-jd-2020", lambda path: count_json(path, "jd")),
    Group("jd/pmcrawl-guangzhou-2022-11-25.xlsx", "jd-pm-crawl-sheet", count_xlsx),
    Group("jd/pmcrawl-sued-assets-2022-11-20.txt", "jd-pm-crawl-text", lambda path: count_marks(path, "'_id':")),
    Group("jd/pmcrawl-area-ids-2022-10.txt", unread="the site's own ids of provinces and cities: no listings"),
    Group("jd/detail-api-samples-2022-12.json", observed_at="2022-12-01"),
    Group("jd/raw-2026/list-cards-*.json", "jd-cards-2026", lambda path: count_json(path, "*", "items")),
    Group("jd/raw-2026/detail-text-*.json", "jd-details-2026", count_json),
    Group("jd/raw-2026/page-snippets-*.json", "jd-snippets-2026", count_json),
    Group("rmfysszc/Finish-samples-2022-12.json", observed_at="2022-12-15"),
    Group("rmfysszc/ProjectHandle-*.json", observed_at="2022-11-15"),
    Group("rmfysszc/rounds-in-page1.csv", unread="drawn from page 1, which is read itself: expectations, no rows"),
    Group("cbex-otc/*.json", observed_at="2023-01-15"),
    Group("icbc-gf/category-codes-2022-12.json", unread="the site's own codes of categories: no listings"),
    Group("icbc-gf/*.json", observed_at="2023-01-11"),
    Group("tw-judicial/2026-W28-empty-crawl.json", observed_at="2026-07-12"),
    Group("tw-judicial/case-miaoli-15-rounds.json", observed_at="2026-07-12"),
    Group(
        "tw-judicial/rows-from-weekly-snapshots.csv",
        count_rows=count_taiwan_rows,
        observed_at="2026-07-12",
        by_member=True,
    ),
    Group("korea-courtauction/*.jsonl", count_rows=count_jsonl),
    Group("korea-courtauction/*.json", observed_at="2026-07-01"),
    Group("greece-eauction24/*.json", "greece-eauction24", lambda path: count_json(path, "*", "rounds")),
    Group("usa-realforeclose/*.zip", count_rows=count_zipped_json),
    Group("brazil-caixa/daily-2021/*.zip", "caixaaberta", count_zipped_csv),
    Group("brazil-caixa/rs-2026/*.zip", "scrap-imoveis-rs", count_zipped_csv),
    Group(
        "brazil-caixa/original-layout/2026*.zip",
        count_rows=partial(count_zipped_csv, above=2, encoding="latin-1", separator=";"),
    ),
    Group("brazil-caixa/original-layout/2025-07*.zip", observed_at="2025-07-06"),
    Group("lianjia-xiaoqu/*.csv", "lianjia-communities", lambda path: count_csv(path, separator=";")),
    Group("hk-centaline/*estates.csv", "hk-centaline-estates", count_csv, "2026-07-26"),
    Group("hk-centaline/*districts.csv", "hk-centaline-districts", count_csv, "2026-07-26"),
    Group("hk-centaline/*.json", "hk-centaline-listings", lambda path: count_json(path, "data")),
    Group("hk-rvd/rvd_price_index_quarterly.csv", "hk-rvd-price-index", count_csv, "2026-08-22"),
    Group("hk-rvd/rvd_rent_index_quarterly.csv", "hk-rvd-rent-index", count_csv, "2026-08-22"),
    Group("hk-rvd/rvd_avg_price_by_class_region_quarterly.csv", "hk-rvd-average-price", count_csv, "2026-08-22"),
    Group("hk-auction-news/*.json", "hk-auction-news", lambda path: count_json(path, "rows")),
    Group("hkma/*.json", count_rows=count_negative_equity, observed_at="2025-06-08"),
    Group("tw-stats/building_ownership_trend.csv", "taiwan-building-transfers", count_csv, "2026-08-01"),
    Group("tw-stats/housing_loan_default_rate.csv", "taiwan-loan-default", count_csv),
    Group("tw-stats/taiwan_building_transfer_count.csv", "taiwan-sales-count", count_csv, "2026-08-01"),
)


@dataclass(slots=True)
class Account:
    """What became of the rows of one group."""

    group: Group
    files: int = 0
    rows: int | None = None  # counted without our readers, in the files that were read
    rows_read: int = 0
    stored: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)  # files, by reason

    @property
    def lost(self) -> int:
        """Rows without a reason, or rows that were not in the files."""
        if self.rows is None:
            return 0
        return self.rows - self.rows_read - self.refused.total() - self.skipped.total()


def main() -> None:
    """Print the table; exit 1 if a row or a file is not accounted for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("FAPAI_CAPTURES", Path(__file__).parents[2] / "shared" / "captures"))
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    folder = parser.parse_args().folder
    if not folder.is_dir():
        print(f"no captured data at {folder}: nothing read (see benchmarks/README.md)")
        return
    known: set[Path] = set()
    troubles = []
    for group in GROUPS:
        paths = sorted(path for path in folder.glob(group.files) if path.name != "README.md" and path not in known)
        known.update(paths)
        account = take(group, paths)
        print("\n".join(describe(account)), flush=True)
        if account.lost:
            troubles.append(f"{group.files}: {account.lost} rows without a reason")
    strangers = sorted(
        path for path in folder.rglob("*") if path.is_file() and path not in known and path.suffix != ".md"
    )
    troubles += [f"{path.relative_to(folder)}: stands in no line of GROUPS" for path in strangers]
    if troubles:
        sys.exit("\n".join(["", *troubles]))


def take(group: Group, paths: list[Path]) -> Account:
    """Capture the files of a group into a database of their own."""
    account = Account(group, len(paths))
    if group.unread:
        account.unread[group.unread] = len(paths)
        return account
    try:
        mapping = load_mapping(group.mapping) if group.mapping else None
    except BadMapping:
        account.unread[f"not yet read: no mapping is called {group.mapping}"] = len(paths)
        return account
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/captures.sqlite")
        upgrade(engine)
        results = list(Capture(engine, Path(folder, "pages"), paths, mapping, group.seen_at))
        with reading(engine) as connection:
            for name, table in (
                ("listings", LISTING),
                ("points", SERIES_POINT),
                ("prices", MARKET_PRICE),
                ("bids", BID),
                ("members", LOT_MEMBER),
            ):
                account.stored[name] = connection.execute(select(func.count()).select_from(table)).scalar_one()
            if group.by_member:
                lots = connection.execute(select(func.count(LOT_MEMBER.c.source_id.distinct()))).scalar_one()
                account.rows_read = account.stored["members"] - lots
        engine.dispose()
    add_results(account, results, mapping)
    if group.count_rows:
        account.rows = sum(rows_of(path, group.count_rows(path), results) for path in paths)
    if mapping and mapping.skips:
        for path in paths:
            account.skipped += skipped_rows(mapping, path)
    return account


def rows_of(path: Path, counted: int | dict[str, int], results: list[FileResult]) -> int:
    """The rows of a file, or of the members of an archive, as far as something in them was read."""
    read = {each.origin for each in results if each.outcome not in NO_READING}
    if isinstance(counted, int):
        return counted if str(path) in read else 0
    return sum(count for name, count in counted.items() if f"{path}!/{name}" in read)


def add_results(account: Account, results: list[FileResult], mapping: Mapping | None) -> None:
    """Add up what the capture says of each file."""
    for result in results:
        if result.outcome in NO_READING:
            account.unread[f"{result.outcome}: {result.reason}"] += 1
        account.refused.update(reason for _, _, reason in result.refused)
        account.rows_read += result.listings
    kind = mapping.kind if mapping else "listings"
    if kind == "market_price":
        account.rows_read = account.stored["prices"]
    elif kind == "bids":
        account.rows_read = account.stored["bids"]
    elif mapping and isinstance(mapping.context, SeriesRules):
        account.rows_read = account.stored["points"] // len(mapping.context.points)
    elif mapping is None and account.stored["points"]:
        account.rows_read = account.stored["points"]


def skipped_rows(mapping: Mapping, path: Path) -> Counter[str]:
    """The rows of a file that the mapping skips by name."""
    page = Page(path.read_bytes(), f"file:{path.name}", datetime.fromisoformat("2026-01-01T00:00+00:00"))
    looks = mapping.list_looks(page) or [page.observed_at]
    return sum((mapping.parse(replace(page, observed_at=look)).skipped for look in looks), Counter())


def describe(account: Account) -> list[str]:
    """The lines of the table for one group."""
    group, stored = account.group, ", ".join(f"{count:,} {name}" for name, count in account.stored.items() if count)
    rows = "" if account.rows is None else f"{account.rows:,} rows: "
    parts = [
        f"{account.rows_read:,} read",
        f"{account.refused.total():,} refused",
        f"{account.skipped.total():,} skipped",
    ]
    how = f" [{group.mapping}]" if group.mapping else ""
    lines = [f"{group.files}{how}: {account.files} files; {rows}{', '.join(parts)}; stored {stored or 'nothing'}"]
    for word, counts in (("refused", account.refused), ("skipped", account.skipped), ("files unread", account.unread)):
        lines += [f"    {word}: {count:,} x {reason[:150]}" for reason, count in counts.most_common(2)]
    if account.lost:
        lines.append(f"    LOST: {account.lost:,} rows")
    return lines


if __name__ == "__main__":
    main()
