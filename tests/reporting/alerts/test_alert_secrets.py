"""Addresses of channels lie in a file that only their owner reads, and nowhere else."""

import json
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from reporting.alerts.errors import BadChannel, BadSecrets, NoSuchWatch, WatchExists
from reporting.alerts.lists import list_watches, show_watch
from reporting.alerts.manage import Asked, change, create_watch, remove, try_channels
from reporting.alerts.secret_file import read_secrets, secrets_path
from reporting.errors import WrongFilter
from store.engine import reading
from store.models import Base
from store.terms import ChannelKind
from tests.reporting.alerts.alert_help import AT_ONCE, Webhook, day, outbox, run, watch
from tracking.words import UnknownListing

TOKEN = "token-of-mine"


def everything_in(engine: Engine) -> str:
    with reading(engine) as connection:
        return "\n".join(
            str(row)
            for table in Base.metadata.sorted_tables
            if table.name.startswith("watch") or table.name == "delivery"
            for row in connection.execute(select(table))
        )


def test_an_address_stands_in_the_file_alone_and_only_its_owner_reads_that(
    homes: Engine, secrets: Path, webhook: Webhook
):
    watch(homes, secrets, webhook.address)
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert list(json.loads(secrets.read_text()).values()) == [webhook.address]
    webhook.status = 500
    run(homes, secrets, day("07-20"))
    with reading(homes) as connection:
        shown = f"{list_watches(connection)}{show_watch(connection, 'w')}"
    assert TOKEN not in everything_in(homes) + shown
    assert "json://***" in shown


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660])
def test_secrets_that_others_can_read_are_not_used(homes: Engine, secrets: Path, webhook: Webhook, mode: int):
    watch(homes, secrets, webhook.address)
    secrets.chmod(mode)
    with pytest.raises(BadSecrets, match="others can read"):
        run(homes, secrets, day("07-20"))
    assert (webhook.asked, outbox(homes)) == (0, [])


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', "not json"])
def test_a_file_of_something_else_is_no_file_of_secrets(secrets: Path, content: str):
    secrets.write_text(content)
    secrets.chmod(0o600)
    with pytest.raises(BadSecrets, match="no secrets of ours"):
        read_secrets(secrets)


def test_a_removed_watch_leaves_no_secret_and_a_dropped_channel_neither(homes: Engine, secrets: Path, webhook: Webhook):
    watch(homes, secrets, webhook.address)
    other = Asked(ChannelKind.APPRISE, "jsons://hook.example/second")
    change(homes, secrets, "w", lambda words: words, {}, [other], [1])
    assert list(read_secrets(secrets).values()) == ["jsons://hook.example/second"]
    remove(homes, secrets, "w")
    assert read_secrets(secrets) == {}
    assert everything_in(homes) == ""


def test_a_message_whose_secret_is_gone_waits_and_says_why(homes: Engine, secrets: Path, webhook: Webhook):
    watch(homes, secrets, webhook.address)
    secrets.unlink()
    run(homes, secrets, day("07-20"))
    (waiting,) = outbox(homes)
    assert waiting.error == "its address is missing in the file of secrets"


@pytest.mark.parametrize(
    "address", ["", "nonsense", "http://hook.example/x", "mailto://", "json://", "tgram://only-a-token", "foo://x/y"]
)
def test_an_address_that_apprise_cannot_use_is_refused_when_it_is_added(homes: Engine, secrets: Path, address: str):
    with pytest.raises(BadChannel) as refused:
        watch(homes, secrets, address)
    assert "only-a-token" not in str(refused.value)
    assert everything_in(homes) == ""
    assert not secrets.exists()


def test_a_feed_needs_a_folder_that_is_there(homes: Engine, secrets: Path, tmp_path: Path):
    for place in (tmp_path / "missing" / "feed.xml", tmp_path):
        with pytest.raises(BadChannel):
            create_watch(homes, secrets, "w", {}, AT_ONCE, [Asked(ChannelKind.ATOM, str(place))], day("07-01"))


def test_names_are_unique_and_what_is_not_there_is_said(homes: Engine, secrets: Path, webhook: Webhook):
    watch(homes, secrets, webhook.address)
    with pytest.raises(WatchExists):
        watch(homes, secrets, webhook.address)
    with pytest.raises(NoSuchWatch):
        remove(homes, secrets, "other")
    with pytest.raises(WrongFilter, match="needs a channel"):
        change(homes, secrets, "w", lambda words: words, {}, [], [1])
    with pytest.raises(BadChannel, match="no channel 7"):
        change(homes, secrets, "w", lambda words: words, {}, [], [7])
    with pytest.raises(UnknownListing):
        change(homes, secrets, "w", lambda words: {"home": "br_caixa:1"}, {})
    with pytest.raises(WrongFilter, match="without filters"):
        change(homes, secrets, "w", lambda words: {"home": "br_caixa:10005011", "city": ["MACAPA"]}, {})
    assert len(read_secrets(secrets)) == 1


def test_a_test_tells_of_each_channel_whether_it_works(homes: Engine, secrets: Path, webhook: Webhook, tmp_path: Path):
    folder = tmp_path / "feeds"
    folder.mkdir()
    asked = [
        Asked(ChannelKind.APPRISE, webhook.address),
        Asked(ChannelKind.ATOM, str(folder / "feed.xml")),
        Asked(ChannelKind.ICALENDAR, str(tmp_path / "homes.ics")),
    ]
    create_watch(homes, secrets, "w", {"cut": "5%"}, AT_ONCE, asked, day("07-01"))
    assert [each.error for each in try_channels(homes, secrets, "w", day("07-20"))] == [None, None, None]
    (message,) = webhook.got
    assert message.title == "[w] a test"
    assert "--cut 5%" in message.message
    assert (folder / "feed.xml").exists()
    webhook.status = 403
    (folder / "feed.xml").unlink()
    folder.rmdir()
    errors = [each.error for each in try_channels(homes, secrets, "w", day("07-20"))]
    assert errors == ["answered with HTTP 403", "feed.xml cannot be written: No such file or directory", None]
    assert outbox(homes) == []


def test_secrets_lie_beside_the_database_or_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("FAPAI_SECRETS", raising=False)
    assert secrets_path(f"sqlite:///{tmp_path}/homes.sqlite") == tmp_path / "homes.secrets"
    assert secrets_path("postgresql://localhost/fapai").name == "fapai.secrets"
    monkeypatch.setenv("FAPAI_SECRETS", f"{tmp_path}{os.sep}elsewhere")
    assert secrets_path("postgresql://localhost/fapai") == tmp_path / "elsewhere"
