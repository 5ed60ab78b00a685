"""What the pictures show: the demo's database, all other recorded pages in it, a watch, a snapshot, a pair in doubt."""

import base64
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from crawler.capture import Capture
from fapai.demo import ARCHIVE, DATABASE, play_demo, recorded_pages
from reporting.alerts.manage import Asked, create_watch
from reporting.web.settings import Settings
from store.engine import open_engine, writing
from store.pages import ReadPage
from store.rows import CRAWL_RUN, PAGE
from store.statement import Statement
from store.terms import ChannelKind, Currency, PageOutcome
from store.write import Recorder
from tracking.linking import link_database

NOW = datetime(2026, 9, 5, 4, tzinfo=UTC)
"""The day after the last recorded page, at noon in Shanghai: the same pictures on every day."""

NOT_PAGES = frozenset(("demo", "mappings", "notices", "tracking"))
SHOPS_OF = "jd_assets"
WATCH = "泉州"
HOURS = {"pace": "at_once", "speaks_at": "08:00", "speaks_on": 0, "zone": "Asia/Shanghai", "language": "zh"}


def make_world(folder: Path) -> Settings:
    """Play the demo into a folder, read the other recorded pages, and give what the web face is served from."""
    with redirect_stdout(StringIO()):
        play_demo(folder)
    engine = open_engine(f"sqlite:///{folder / DATABASE}")
    archive = folder / ARCHIVE
    session = folder / "recorded.har"
    session.write_text(json.dumps({"log": {"version": "1.2", "entries": list(_recorded_answers())}}), "utf-8")
    list(Capture(engine, archive, [session]))
    with writing(engine) as connection:
        _offer_two_shops(connection)
        link_database(connection, NOW)
        _bring_runs_to(connection, NOW - timedelta(hours=1))
    secrets, feeds = folder / "secrets", folder / "feeds"
    _add_watch(engine, secrets, folder)
    return Settings(engine, archive, secrets, feeds, clock=lambda: NOW)


def _offer_two_shops(connection: Connection) -> None:
    """Two offers of 2020 as a bank made them, put at the same time: the linker cannot know whether they are one."""
    common = {"city": "无锡市", "currency": Currency.CNY, "seller_name": "平安银行总行资产拍卖", "raw": "{}"}
    times = {"starts_at": NOW - timedelta(days=3), "ends_at": NOW + timedelta(days=2)}
    shops = {
        "1001": Statement(
            title="【二拍】-平安银行-江苏无锡汉江北路170号", asking_price=1_467_340_00, **common, **times
        ),
        "1002": Statement(title="【一拍】-平安银行-汉江北路170号房产", asking_price=2_096_200_00, **common, **times),
    }
    place = connection.execute(select(PAGE).order_by(PAGE.c.id.desc())).first()
    assert place is not None  # noqa: S101  # the demo has pages
    page = ReadPage(
        crawl_run_id=place.crawl_run_id,
        source=SHOPS_OF,
        reader=f"{SHOPS_OF}.list",
        url="https://auction.jd.com/getAssetsList.html?provinceId=12",
        observed_at=NOW - timedelta(days=2),
        recorded_at=NOW - timedelta(days=2),
        body_sha256=sha256(repr(shops).encode()).hexdigest(),
        content_type="application/json",
        http_status=200,
        archive_file=place.archive_file,
        archive_offset=place.archive_offset,
        outcome=PageOutcome.READ,
    )
    recorder = Recorder()
    recorder.record(connection, page, [(SHOPS_OF, each, said) for each, said in shops.items()], ())
    recorder.settle(connection)


def _bring_runs_to(connection: Connection, last: datetime) -> None:
    """Let the runs have been when the pages were recorded: the demo itself runs today."""
    runs = connection.execute(select(CRAWL_RUN.c.id, CRAWL_RUN.c.started_at, CRAWL_RUN.c.finished_at)).all()
    back = max(run.finished_at for run in runs if run.finished_at) - last
    for run in (each for each in runs if each.finished_at):
        times = {"started_at": run.started_at - back, "finished_at": run.finished_at - back}
        connection.execute(update(CRAWL_RUN).where(CRAWL_RUN.c.id == run.id).values(times))


def _add_watch(engine: Engine, secrets: Path, folder: Path) -> None:
    feeds = [Asked(ChannelKind.ATOM, str(folder / "feed.xml")), Asked(ChannelKind.ICALENDAR, str(folder / "feed.ics"))]
    words = {"city": [f"{WATCH}市"], "kind": ["flat"], "cut": "5%", "deadline": "3d"}
    create_watch(engine, secrets, WATCH, words, HOURS, feeds, NOW)


def _recorded_answers() -> Iterator[dict[str, Any]]:
    """The recorded cases of all sources as a browser would have saved them: address, time, body."""
    for path in sorted(recorded_pages().glob("*/*/*/meta.json")):
        meta = json.loads(path.read_text("utf-8"))
        is_page = path.parts[-4] not in NOT_PAGES and str(meta.get("url", "")).startswith("http") and "now" in meta
        if not is_page or not meta["kind"].startswith("recorded") or (path.parent / "expected_error.json").exists():
            continue
        if datetime.fromisoformat(meta["now"]) > NOW:
            continue
        (body,) = path.parent.glob("input.*")
        kind = "application/json" if body.suffix == ".json" else "text/html; charset=utf-8"
        content = {"mimeType": kind, "encoding": "base64", "text": base64.b64encode(body.read_bytes()).decode()}
        yield {
            "startedDateTime": meta["now"],
            "request": {"method": "GET", "url": meta["url"], "headers": []},
            "response": {"status": 200, "headers": [], "content": content},
        }
