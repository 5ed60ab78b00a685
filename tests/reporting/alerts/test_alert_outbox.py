"""The outbox: what is not taken is tried again, later and later, and given up visibly; nothing is sent by two."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reporting.alerts import apprise_channel
from reporting.alerts.compose import compose_messages
from reporting.alerts.errors import NotDead
from reporting.alerts.lists import list_outbox
from reporting.alerts.manage import Asked, change, retry
from reporting.alerts.notice import notice_news
from reporting.alerts.send import CLAIM, WAITS, retry_after
from store.engine import reading, writing
from store.outbox import claim_delivery, due_deliveries
from store.terms import ChannelKind, DeliveryState
from store.watches import change_watch, find_watch
from tests.reporting.alerts.alert_help import Webhook, day, outbox, run, watch

NOON = day("07-20")


@pytest.fixture
def waiting(homes: Engine, secrets: Path, webhook: Webhook) -> int:
    """A summary that waits in the outbox."""
    watch(homes, secrets, webhook.address)
    notice_news(homes, NOON)
    compose_messages(homes, NOON)
    (delivery,) = outbox(homes)
    return delivery.id


def test_what_is_not_taken_is_tried_again_later_and_later_then_given_up_with_the_reason(
    homes: Engine, secrets: Path, webhook: Webhook, waiting: int
):
    webhook.status = 503
    now, waits = NOON, []
    for _ in WAITS:
        run(homes, secrets, now)
        (delivery,) = outbox(homes)
        assert (delivery.state, delivery.error) == (DeliveryState.PENDING, "answered with HTTP 503")
        waits.append(delivery.due_at - now)
        run(homes, secrets, delivery.due_at - timedelta(seconds=1))
        now = delivery.due_at
    assert waits == list(WAITS)
    assert webhook.asked == len(WAITS)
    assert run(homes, secrets, now).sent.dead == 1
    run(homes, secrets, now + timedelta(days=30))
    (dead,) = outbox(homes)
    assert (dead.id, dead.state, webhook.asked) == (waiting, DeliveryState.DEAD, len(WAITS) + 1)
    with reading(homes) as connection:
        (row,) = list_outbox(connection, [DeliveryState.DEAD], "w", None).table().rows
    assert (row.error, row.attempts, row.state) == ("answered with HTTP 503", len(WAITS) + 1, "dead")


def test_a_message_that_was_given_up_can_be_tried_again(homes: Engine, secrets: Path, webhook: Webhook, waiting: int):
    webhook.status = 404
    now = NOON
    for _ in range(len(WAITS) + 1):
        run(homes, secrets, now)
        now += max(WAITS)
    webhook.status = 200
    retry(homes, waiting, now)
    assert run(homes, secrets, now).sent.taken == 1
    assert [each.state for each in outbox(homes)] == [DeliveryState.SENT]
    with pytest.raises(NotDead):
        retry(homes, waiting, now)


def test_where_nobody_answers_the_reason_names_no_address(homes: Engine, secrets: Path):
    watch(homes, secrets, "json://127.0.0.1:9/hook/token-of-mine")
    run(homes, secrets, NOON)
    (delivery,) = outbox(homes)
    assert delivery.error == "no answer, or a refusal"


def test_without_the_extra_messages_wait_and_calendars_are_told_as_a_problem(
    homes: Engine, secrets: Path, webhook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    watch(homes, secrets, webhook.address)
    asked = [Asked(ChannelKind.ICALENDAR, str(tmp_path / "homes.ics"))]
    change(homes, secrets, "w", lambda words: words, {}, asked)
    with monkeypatch.context() as patch:
        apprise_channel._apprise.cache_clear()
        for name in ("apprise", "icalendar"):
            patch.setitem(sys.modules, name, None)
        done = run(homes, secrets, NOON)
    (delivery,) = outbox(homes)
    assert delivery.error == "channels of Apprise need the extra: pip install 'fapai[alerts]'"
    assert done.problems == ["w: calendars need the extra: pip install 'fapai[alerts]'"]
    assert run(homes, secrets, NOON + WAITS[0]).problems == []
    assert len(webhook.got) == 1


def test_a_claim_keeps_others_away_until_it_ends_and_marks_what_comes_after_it(
    homes: Engine, secrets: Path, webhook: Webhook, waiting: int
):
    with writing(homes) as connection:
        assert claim_delivery(connection, waiting, NOON, NOON + CLAIM) is not None
        assert claim_delivery(connection, waiting, NOON, NOON + CLAIM) is None
    assert run(homes, secrets, NOON + CLAIM - timedelta(seconds=1)).sent.taken == 0
    assert run(homes, secrets, NOON + CLAIM).sent.taken == 1
    (message,) = webhook.got
    assert message.message.startswith("This may have reached you before")


def test_a_message_is_sent_with_the_same_key_and_number_however_often(
    homes: Engine, secrets: Path, webhook: Webhook, waiting: int
):
    for attempt in range(3):
        with writing(homes) as connection:
            claim_delivery(connection, waiting, NOON + attempt * CLAIM, NOON + (attempt + 1) * CLAIM)
    run(homes, secrets, NOON + 3 * CLAIM)
    (message,), (delivery,) = webhook.got, outbox(homes)
    assert message.key == f"{delivery.message_key}-1"
    assert message.message.endswith(f"fapai, message {delivery.message_key[:8]}")


def test_of_two_runs_that_begin_at_once_one_tells(
    homes: Engine,
    secrets: Path,
    webhook: Webhook,
    pass_days: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
):
    """The second looks while the first has looked and not yet written: it gives way."""
    from reporting.alerts import notice

    watch(homes, secrets, webhook.address, {"cut": "15%"})
    run(homes, secrets, NOON)
    pass_days("07-28", "07-28")
    note, others = notice._note, []

    def note_after_another(*arguments: object) -> int:
        if not others:
            others.append(None)
            assert run(homes, secrets, day("07-28")).news > 0
        return note(*arguments)

    monkeypatch.setattr(notice, "_note", note_after_another)
    before = len(webhook.got)
    assert run(homes, secrets, day("07-28")).news == 0
    told = [each.key for each in webhook.got[before:]]
    assert told
    assert len(told) == len(set(told))


def test_a_watch_that_was_changed_meanwhile_is_not_written_over(homes: Engine, secrets: Path, webhook: Webhook):
    watch(homes, secrets, webhook.address)
    with reading(homes) as connection:
        seen = find_watch(connection, "w")
    assert seen is not None
    change(homes, secrets, "w", lambda words: words, {"language": "zh"})
    with writing(homes) as connection:
        assert not change_watch(connection, seen, language="en")
    with reading(homes) as connection:
        now = find_watch(connection, "w")
    assert now is not None
    assert (now.language, now.version) == ("zh", seen.version + 1)


def test_nothing_is_sent_for_a_paused_watch(homes: Engine, secrets: Path, webhook: Webhook, waiting: int):
    change(homes, secrets, "w", lambda words: words, {"paused_at": NOON})
    with reading(homes) as connection:
        assert due_deliveries(connection, NOON) == []
    assert run(homes, secrets, NOON).sent.taken == 0
    change(homes, secrets, "w", lambda words: words, {"paused_at": None})
    assert run(homes, secrets, NOON).sent.taken == 1


def test_waits_grow_and_end():
    waits = [retry_after(attempt) for attempt in range(1, len(WAITS) + 2)]
    assert waits[:-1] == sorted(WAITS)
    assert waits[-1] is None
