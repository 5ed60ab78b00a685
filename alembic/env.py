"""Runs the migrations on the connection that ``store.schema`` hands over, or on ``FAPAI_DB`` from the shell."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

from store.engine import default_url, open_engine
from store.models import Base
from store.types import UtcDateTime


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our own types as plain ones: a migration must not import the program."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    with open_engine(default_url()).connect().execution_options(writes=True) as own, own.begin():
        migrate(own)
