"""What watches tell while linking joins homes and parts them: each thing once, and under the home that it is of now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reporting.alerts.compose import compose_messages
from reporting.alerts.manage import Asked, create_watch
from reporting.alerts.notice import notice_news
from store.engine import writing
from store.terms import ChannelKind, Judgement
from tests.reporting.alerts.alert_help import AT_ONCE, Webhook, outbox, run
from tests.reporting.buyer.buyer_help import DAY, court_flat, fill, record
from tracking.linking import link_database
from tracking.words import add_word

ONE = court_flat("福州市闽侯县南屿镇乌龙江南大道58号南屿滨江城49号楼2809单元", 800_000)
OTHER = court_flat("福州市闽侯县上街镇国宾大道268号融侨外滩12号楼1605单元", 900_000)


@pytest.fixture
def homes(new_engine: Callable[[], Engine], secrets: Path, webhook: Webhook) -> Engine:
    """Two homes, watched since their first day; the summary was sent."""
    engine = fill(new_engine(), {"1": ONE, "2": OTHER})
    create_watch(engine, secrets, "w", {"cut": "5%"}, AT_ONCE, [Asked(ChannelKind.APPRISE, webhook.address)], DAY)
    run(engine, secrets, DAY)
    webhook.got.clear()
    return engine


def say(engine: Engine, judgement: Judgement, at: datetime) -> None:
    with writing(engine) as connection:
        add_word(connection, ("s:1", "s:2"), judgement, "somebody", "", at)
        link_database(connection, at)


def cut(engine: Engine, yuan: int, days: int) -> datetime:
    """The other one is cheaper from a day on."""
    record(engine, {"2": OTHER._replace(starting_price=yuan * 100)}, days=days)
    at = DAY + timedelta(days=days, hours=1)
    with writing(engine) as connection:
        link_database(connection, at)
    return at


def test_joining_and_parting_two_homes_is_no_news(homes: Engine, secrets: Path, webhook: Webhook) -> None:
    for day, judgement in enumerate((Judgement.SAME, Judgement.DIFFERENT, Judgement.SAME), 1):
        at = DAY + timedelta(days=day)
        say(homes, judgement, at)
        run(homes, secrets, at)
    assert webhook.titles == []


def test_a_fall_of_homes_that_are_joined_is_told_once(homes: Engine, secrets: Path, webhook: Webhook) -> None:
    say(homes, Judgement.SAME, DAY + timedelta(days=1))
    at = cut(homes, 700_000, 2)
    run(homes, secrets, at)
    say(homes, Judgement.DIFFERENT, at + timedelta(hours=1))
    run(homes, secrets, at + timedelta(hours=2))
    assert len(webhook.titles) == 1
    assert "融侨外滩" in webhook.titles[0]


def test_news_of_a_listing_that_was_parted_before_they_were_told_are_told_of_its_own_home(
    homes: Engine, secrets: Path, webhook: Webhook
) -> None:
    say(homes, Judgement.SAME, DAY + timedelta(days=1))
    at = cut(homes, 700_000, 2)
    assert notice_news(homes, at) == 1
    say(homes, Judgement.DIFFERENT, at + timedelta(hours=1))
    assert compose_messages(homes, at + timedelta(hours=2)) == 1
    message = outbox(homes)[0]
    assert "融侨外滩" in message.subject
    assert "滨江城" not in message.subject + message.body
