"""Statistics as files: the columns and figures of ``fapai report --format csv`` and ``json``."""

import csv
import io
from datetime import datetime
from enum import Enum
from typing import Any

from reporting.filters import outside_zone
from reporting.render import Format, render
from reporting.snapshot import guard_text
from reporting.tables import Tabular


def json_of(answer: Tabular) -> str:
    """An array of objects, a row each."""
    stream = io.StringIO()
    render(answer, Format.JSON, stream)
    return stream.getvalue()


def csv_of(answer: Tabular) -> bytes:
    """CSV (RFC 4180, UTF-8 with a mark for Excel); no word is taken for a formula."""
    table, stream = answer.table(), io.StringIO(newline="")
    writer = csv.writer(stream)
    columns = [column.name for column in table.columns if column.is_in_file]
    writer.writerow(columns)
    writer.writerows([_cell(getattr(row, name)) for name in columns] for row in table.rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(outside_zone()).isoformat()
    if isinstance(value, Enum):
        return value.value
    return guard_text(value) if isinstance(value, str) else value
