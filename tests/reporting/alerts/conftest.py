"""A webhook, a place for secrets, and the bank's homes of 2021 as days that pass."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine
from store_help import Look

from tests.reporting.alerts.alert_help import Webhook, play


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as opened:
        yield opened


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    return tmp_path / "own.secrets"


@pytest.fixture
def homes(recorded: Callable[..., Engine], caixa_looks: Sequence[Look]) -> Engine:
    """The homes as they were seen on 2021-07-19, linked."""
    engine = recorded([])
    play(engine, caixa_looks, "07-19", "07-19")
    return engine


@pytest.fixture
def pass_days(homes: Engine, caixa_looks: Sequence[Look]) -> Callable[[str, str], None]:
    """Lets days of 2021 pass: what was seen from one to the other is recorded and linked."""
    return lambda since, until: play(homes, caixa_looks, since, until)
