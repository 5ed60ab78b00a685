"""Addresses of channels hold tokens and passwords: they lie in a file of their own, readable by its owner only.

The database, a backup of it, the logs and what is printed hold only the name of a secret and the scheme of its address.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from uuid import uuid4

import orjson
from sqlalchemy import make_url

from reporting.alerts.errors import BadSecrets

OTHERS = 0o077


def secrets_path(database_url: str) -> Path:
    """Where secrets lie: ``FAPAI_SECRETS``, else beside the SQLite file, else in the data directory."""
    named = os.environ.get("FAPAI_SECRETS")
    if named:
        return Path(named)
    parsed = make_url(database_url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        return Path(str(parsed.database)).with_suffix(".secrets")
    from platformdirs import user_data_path

    return user_data_path("fapai") / "fapai.secrets"


def read_secrets(path: Path) -> dict[str, str]:
    """The addresses by the names of their secrets; none where there is no file yet.

    Raises:
        BadSecrets: the file cannot be read, holds something else, or others can read it.
    """
    try:
        if os.name == "posix" and path.stat().st_mode & OTHERS:
            raise BadSecrets(f"others can read the secrets in {path}: run chmod 600 on it")
        secrets = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSecrets(f"the secrets in {path} cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise BadSecrets(f"{path} holds no secrets of ours") from None
    if not isinstance(secrets, dict) or not all(isinstance(value, str) for value in secrets.values()):
        raise BadSecrets(f"{path} holds no secrets of ours")
    return secrets


def add_secrets(path: Path, added: Mapping[str, str]) -> None:
    """Add addresses. To be called inside the transaction that adds their channels: only one process has one at a time.

    Raises:
        BadSecrets: the file cannot be read or written.
    """
    if added:
        _write(path, {**read_secrets(path), **added})


def keep_secrets(path: Path, wanted: Collection[str]) -> None:
    """Forget the addresses that no channel names any more. To be called inside a write transaction, too.

    Raises:
        BadSecrets: the file cannot be read or written.
    """
    before = read_secrets(path)
    kept = {name: value for name, value in before.items() if name in wanted}
    if kept != before:
        _write(path, kept)


def _write(path: Path, secrets: Mapping[str, str]) -> None:
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as stream:
            stream.write(orjson.dumps(secrets, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BadSecrets(f"the secrets cannot be written to {path}: {error.strerror}") from None
