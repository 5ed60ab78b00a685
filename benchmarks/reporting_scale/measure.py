"""One export in a process of its own: ``python -m benchmarks.reporting_scale.measure WAY SOURCE FOLDER``.

Prints one JSON object: CPU seconds of this process and, for PostgreSQL, of the server process behind its connection,
and the peak of resident memory. Libraries are loaded before the clock starts.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event

from benchmarks.reporting_scale import peers
from reporting.export import export_snapshot
from store.engine import open_engine


def main() -> None:
    """Measure and print."""
    way, source, folder = sys.argv[1:]
    begun, servers = time.process_time(), []
    work = _work(way, source, Path(folder), servers)
    work()
    spent = time.process_time() - begun + sum(servers)
    print(json.dumps({"cpu": spent, "peak_mb": _peak_mb()}))


def _peak_mb() -> int:
    """Of this program alone: ``getrusage`` also knows what its parent held before it began."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def _work(way: str, source: str, folder: Path, servers: list[float]) -> Callable[[], object]:
    if way == "sqlite + csv":
        return lambda: peers.write_with_sqlite(Path(source), folder)
    if way == "duckdb over parquet":
        import duckdb  # noqa: F401

        return lambda: peers.write_with_duckdb(Path(source), folder)
    engine = open_engine(source)
    if engine.dialect.name == "postgresql":
        _count_servers(engine, servers)
    return lambda: (export_snapshot(engine, folder), engine.dispose())


def _count_servers(engine: Engine, spent: list[float]) -> None:
    """Add up what the server processes cost, read before each connection is closed."""

    @event.listens_for(engine, "close")
    def _closing(connection: object, _record: object) -> None:
        fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rsplit(")", 1)[1].split()  # type: ignore[attr-defined]
        spent.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))


if __name__ == "__main__":
    main()
