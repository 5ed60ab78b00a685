"""Channels that take long: an answer without an end, a hundred that are slow, a feed that two runs write at once."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from xml.etree import ElementTree

import pytest
from sqlalchemy import Engine

from reporting.alerts import send
from reporting.alerts.apprise_channel import Postman
from reporting.alerts.compose import compose_messages
from reporting.alerts.errors import PerhapsTaken
from reporting.alerts.manage import Asked, create_watch
from reporting.alerts.notice import notice_news
from reporting.alerts.send import CLAIM, send_due
from store.engine import writing
from store.outbox import claim_delivery, note_failed
from store.terms import ChannelKind, DeliveryState
from tests.reporting.alerts.alert_help import AT_ONCE, Webhook, day, outbox, run, watch

NOON = day("07-20")
PassDays = Callable[[str, str], None]
NAMESPACE = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a channel that takes a message and drips its answer, a byte at a time, without an end."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def drip() -> None:
            try:
                visit, _ = server.accept()
                with visit:
                    visit.recv(65536)
                    visit.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    visit.settimeout(0.05)
                    while True:
                        visit.sendall(b"a")
                        try:
                            if not visit.recv(1):
                                return
                        except TimeoutError:
                            continue
            except OSError:
                return

        Thread(target=drip, daemon=True).start()
        yield f"json://127.0.0.1:{server.getsockname()[1]}/token-of-mine"


def test_a_channel_that_never_ends_its_answer_is_given_up(silent: str):
    with pytest.raises(PerhapsTaken, match=r"^no whole answer within 0\.5 seconds$"):
        Postman(patience=0.5).send(silent, "subject", "body", "key")


def test_a_channel_that_never_ends_its_answer_is_told_one_message_in_a_run_and_others_all(
    homes: Engine, secrets: Path, webhook: Webhook, silent: str, monkeypatch: pytest.MonkeyPatch, pass_days: PassDays
):
    monkeypatch.setattr(send, "Postman", lambda: Postman(patience=0.5))
    asked = [Asked(ChannelKind.APPRISE, address) for address in (silent, webhook.address)]
    create_watch(homes, secrets, "w", {}, AT_ONCE, asked, day("07-01"))
    for days in ("07-20", "07-28", "08-04"):
        if days != "07-20":
            pass_days(days, days)
        notice_news(homes, day(days))
        compose_messages(homes, day(days))
    waiting = len(outbox(homes)) // 2
    assert waiting > 2
    sent = run(homes, secrets, day("08-05")).sent
    assert (sent.taken, sent.failed) == (waiting, 1)
    assert len(webhook.got) == waiting
    unsure = [each for each in outbox(homes) if each.is_unsure]
    assert [each.error for each in unsure] == ["no whole answer within 0.5 seconds"]


def test_what_was_perhaps_taken_says_so_when_it_comes_again(homes: Engine, secrets: Path, webhook: Webhook):
    watch(homes, secrets, webhook.address)
    notice_news(homes, NOON)
    compose_messages(homes, NOON)
    (waiting,) = outbox(homes)
    with writing(homes) as connection:
        claim_delivery(connection, waiting.id, NOON, NOON + CLAIM)
        note_failed(connection, waiting.id, "no whole answer", NOON + timedelta(minutes=1), is_unsure=True)
    assert run(homes, secrets, NOON + timedelta(minutes=1)).sent.taken == 1
    assert webhook.got[0].message.startswith("This may have reached you before")


def test_a_claim_is_counted_from_when_its_own_turn_comes(
    homes: Engine, secrets: Path, monkeypatch: pytest.MonkeyPatch, webhook: Webhook
):
    """Two messages of four minutes each: while the second is sent nobody else may take it."""
    asked = [Asked(ChannelKind.APPRISE, f"{webhook.address}/{number}") for number in range(2)]
    create_watch(homes, secrets, "w", {}, AT_ONCE, asked, day("07-01"))
    notice_news(homes, NOON)
    compose_messages(homes, NOON)
    now, of_others = [NOON], []
    hand_over = send._hand_over

    def slowly(*arguments: object) -> None:
        now[0] += timedelta(minutes=4)
        of_others.append(send_due(homes, {}, lambda: now[0]).failed if len(of_others) == 1 else 0)
        hand_over(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(send, "_hand_over", slowly)
    taken = run_with(homes, secrets, lambda: now[0])
    assert (taken, of_others, webhook.asked) == (2, [0, 0], 2)
    assert [each.sent_at for each in outbox(homes)] == [NOON + timedelta(minutes=8), NOON + timedelta(minutes=4)]


def run_with(engine: Engine, secrets: Path, clock: Callable[[], datetime]) -> int:
    from reporting.alerts.run import run_alerts

    return run_alerts(engine, secrets, clock).sent.taken


def test_a_feed_that_two_runs_write_at_once_holds_the_messages_of_both(
    homes: Engine, secrets: Path, tmp_path: Path, pass_days: PassDays
):
    feed = tmp_path / "feed.xml"
    create_watch(homes, secrets, "w", {}, AT_ONCE, [Asked(ChannelKind.ATOM, str(feed))], day("07-01"))
    run(homes, secrets, NOON)
    for days in ("07-28", "08-04"):
        pass_days(days, days)
        notice_news(homes, day(days))
        compose_messages(homes, day(days))
    waiting = [each for each in outbox(homes) if each.state is DeliveryState.PENDING]
    assert len(waiting) > 1
    both = Barrier(2)

    def send_at_once() -> None:
        both.wait()
        send_due(homes, {}, lambda: day("08-05"))

    runs = [Thread(target=send_at_once) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert {each.state for each in outbox(homes)} == {DeliveryState.SENT}
    entries = ElementTree.fromstring(feed.read_bytes()).findall("atom:entry", NAMESPACE)
    assert len(entries) == len(outbox(homes))


@pytest.mark.parametrize("far", [timedelta(days=4), timedelta(days=4_000)])
def test_what_a_clock_far_ahead_has_put_off_is_sent(homes: Engine, secrets: Path, webhook: Webhook, far: timedelta):
    watch(homes, secrets, webhook.address)
    webhook.status = 503
    run(homes, secrets, NOON + far)
    webhook.status = 200
    assert run(homes, secrets, NOON).sent.taken == 1
