"""Feeds and calendars: real rounds of Fujian as other programs read them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from sqlalchemy import Engine

from crawler.capture import Capture
from crawler.intake.mapping import load_mapping
from reporting.alerts.calendar_file import contents_of, revise
from reporting.alerts.feed import feed_of
from reporting.alerts.homes import Said, load_homes, numbers_of
from reporting.alerts.manage import Asked, create_watch
from store.engine import reading
from store.outbox import StoredDelivery
from store.terms import ChannelKind, DeliveryState
from store.watches import StoredEntry
from tests.reporting.alerts.alert_help import AT_ONCE, Webhook, day, link, outbox, run, watch

ROOT = Path(__file__).parents[3]
FUJIAN = ROOT / "fixtures" / "demo" / "jd-fujian-rounds-2026-09-04.csv"
NOW = datetime(2026, 9, 5, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
HAIHUA = "jd_judicial:311215642"
"""海城花苑 4-3204: failed on 2026-08-29 at 1,062,000, second auction from 2026-09-20 at 849,600."""


@pytest.fixture
def fujian(new_engine: Callable[[], Engine], tmp_path: Path) -> Engine:
    engine = new_engine()
    list(Capture(engine, tmp_path / "pages", [FUJIAN], load_mapping("jd-fujian-2026")))
    link(engine, NOW)
    return engine


def watch_files(engine: Engine, secrets: Path, tmp_path: Path, **words: object) -> tuple[Path, Path]:
    """A watch with a feed and a calendar."""
    feed, calendar = tmp_path / "feed.xml", tmp_path / "homes.ics"
    asked = [Asked(ChannelKind.ATOM, str(feed)), Asked(ChannelKind.ICALENDAR, str(calendar))]
    create_watch(engine, secrets, "泉州 & <b>", words, {**AT_ONCE, "language": "zh"}, asked, NOW - timedelta(days=1))
    return feed, calendar


def test_a_feed_tells_the_chain_so_far_with_links_and_reads_as_atom(fujian: Engine, secrets: Path, tmp_path: Path):
    feed, _ = watch_files(fujian, secrets, tmp_path, home=HAIHUA)
    run(fujian, secrets, NOW)
    root = ElementTree.parse(feed).getroot()
    (entry,) = root.findall(f"{ATOM}entry")
    content = entry.findtext(f"{ATOM}content")
    assert content is not None
    assert root.findtext(f"{ATOM}title") == "fapai: 泉州 & <b>"
    assert "历次：一拍 106.20万 (流拍) → 二拍 84.96万 (即将开始)" in content
    assert "2026-09-20 10:00开拍 (北京时间)" in content
    assert "https://paimai.jd.com/311215642" in content
    assert [each.tag.removeprefix(ATOM) for each in entry] == ["id", "title", "updated", "content"]
    assert str(entry.findtext(f"{ATOM}id")).startswith("urn:uuid:")


def test_a_deadline_is_told_for_the_round_that_comes(fujian: Engine, secrets: Path, webhook: Webhook):
    watch(fujian, secrets, webhook.address, {"home": HAIHUA, "deadline": "3d"})
    run(fujian, secrets, NOW)
    starts = datetime(2026, 9, 20, 2, tzinfo=UTC)
    for now in (starts - timedelta(days=3, seconds=1), starts - timedelta(days=3), starts - timedelta(days=1)):
        run(fujian, secrets, now)
    _, message = webhook.got
    assert message.title.startswith("[w] starts 2026-09-20 10:00 (Asia/Shanghai): ")


def test_the_same_messages_give_the_same_feed_and_only_the_last_hundred():
    def message(number: int) -> StoredDelivery:
        at = day("07-19") + timedelta(hours=number)
        key, words = f"{number:032x}", f"n. {number}\x00\x0b <&>"
        state = DeliveryState.SENT
        return StoredDelivery(
            number, key, words, words, at, 1, 1, ChannelKind.ATOM, "f", None, state, 1, at, False, at, None, "w"
        )

    messages = [message(number) for number in range(150, 0, -1)]
    feed = feed_of("w", 1, messages)
    assert feed == feed_of("w", 1, messages)
    titles = [each.text for each in ElementTree.fromstring(feed).iterfind(f".//{ATOM}entry/{ATOM}title")]
    assert (len(titles), titles[0], titles[-1]) == (100, "n. 150 <&>", "n. 51 <&>")
    assert feed_of("w", 1, []) == feed_of("w", 1, [])


def test_a_feed_that_was_lost_holds_all_messages_again_after_the_next(
    homes: Engine, secrets: Path, tmp_path: Path, pass_days: Callable[[str, str], None]
):
    feed = tmp_path / "feed.xml"
    create_watch(homes, secrets, "w", {"cut": "15%"}, AT_ONCE, [Asked(ChannelKind.ATOM, str(feed))], day("07-01"))
    run(homes, secrets, day("07-20"))
    feed.unlink()
    pass_days("07-28", "07-28")
    run(homes, secrets, day("07-28"))
    ids = [each.text for each in ElementTree.parse(feed).getroot().iterfind(f"{ATOM}entry/{ATOM}id")]
    assert len(ids) == len(set(ids)) == len(outbox(homes)) > 1


def test_a_calendar_holds_the_start_with_alarms_in_an_id_that_stays(fujian: Engine, secrets: Path, tmp_path: Path):
    _, file = watch_files(fujian, secrets, tmp_path, home=HAIHUA)
    run(fujian, secrets, NOW)
    written = file.read_bytes()
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    assert event["DTSTART"].dt == datetime(2026, 9, 20, 2, tzinfo=UTC)
    assert str(event["SUMMARY"]) == "开拍: 城东街道庄任社区海城花苑4、5号楼4-3204的房产"
    assert (int(event["SEQUENCE"]), str(event["STATUS"])) == (0, "CONFIRMED")
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [timedelta(days=-1), timedelta(hours=-1)]
    assert str(event["URL"]) == "https://paimai.jd.com/311215642"
    assert max(map(len, written.split(b"\r\n"))) <= 75
    run(fujian, secrets, NOW + timedelta(days=1))
    assert file.read_bytes() == written


def test_every_announced_start_of_a_search_is_in_its_calendar(fujian: Engine, secrets: Path, tmp_path: Path):
    _, file = watch_files(fujian, secrets, tmp_path)
    run(fujian, secrets, NOW)
    events = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    with FUJIAN.open(encoding="utf-8-sig") as rows:
        announced = sum(",即将开始," in row for row in rows)
    assert len({str(event["UID"]) for event in events}) == announced > 3


def content(at: str = "2026-09-20T02:00:00+00:00", **changed: object) -> dict[str, object]:
    return {"what": "start", "at": at, "summary": "s", "description": "d", "url": None, "is_cancelled": False} | changed


def entry(sequence: int = 0, **changed: object) -> StoredEntry:
    return StoredEntry("u", sequence, NOW - timedelta(days=1), content(**changed))  # type: ignore[arg-type]


def test_what_changes_gets_the_next_sequence_and_what_does_not_keeps_its_own():
    moved = content("2026-09-25T02:00:00+00:00")
    assert revise({"u": entry(3)}, {"u": content()}, NOW) == {"u": entry(3)}
    assert revise({"u": entry(3)}, {"u": moved}, NOW) == {"u": StoredEntry("u", 4, NOW, moved)}


def test_what_does_not_take_place_any_more_is_cancelled_once_and_is_back_when_it_does():
    cancelled = revise({"u": entry(3)}, {}, NOW)
    assert (cancelled["u"].sequence, cancelled["u"].content["is_cancelled"]) == (4, True)
    assert revise(cancelled, {}, NOW + timedelta(days=1)) == cancelled
    back = revise(cancelled, {"u": content()}, NOW)
    assert (back["u"].sequence, back["u"].content["is_cancelled"]) == (5, False)


def test_what_is_over_is_not_cancelled_and_leaves_after_a_month():
    after = datetime(2026, 9, 21, tzinfo=UTC)
    assert revise({"u": entry()}, {}, after) == {"u": entry()}
    assert revise({"u": entry()}, {}, after + timedelta(days=30)) == {}
    assert revise({"u": entry(at="2026-09-20")}, {}, NOW)["u"].content["is_cancelled"]


def test_a_deposit_and_a_day_without_an_hour_have_their_entries(fujian: Engine):
    with reading(fujian) as connection:
        number = numbers_of(connection, [f"{HAIHUA}:1"])[f"{HAIHUA}:1"]
        home = load_homes(connection, [number], NOW)[number]
    told_more = Said(None, 85_000_00, None, date(2026, 9, 21))
    home = replace(home, said={**home.said, home.last.listing_id: told_more})
    told = {each["what"]: each for _, each in contents_of(home, "zh")}
    assert told["deposit"]["summary"].startswith("竞买前需缴纳保证金8.50万: ")
    assert told["deposit"]["at"] == told["start"]["at"]
    assert told["end"]["at"] == "2026-09-21"
