"""What PostgreSQL's programs are told of a database: where it is by arguments, the password by the environment."""

import json
import sys
from pathlib import Path

import pytest

from store.backup import back_up
from store.engine import open_engine
from store.errors import StoreError

SPY = f"""#!{sys.executable}
import json, os, sys
json.dump([sys.argv[1:], os.environ.get("PGPASSWORD")], open(os.environ["SPY"], "w"))
sys.exit("no such server")
"""


@pytest.mark.parametrize("address", ["postgresql://u:geheim@h:1/db", "postgresql://u@h:1/db?password=geheim"])
def test_a_password_is_in_no_argument(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, seen = tmp_path / "pg_dump", tmp_path / "seen.json"
    program.write_text(SPY)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SPY", str(seen))
    with pytest.raises(StoreError, match="no such server"):
        back_up(open_engine(address), tmp_path / "copy")
    arguments, password = json.loads(seen.read_text())
    assert password == "geheim"
    assert arguments[-1].startswith("--dbname=postgresql://u@h:1/db")
    assert "geheim" not in " ".join(arguments)
