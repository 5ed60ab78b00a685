"""Pairing: the companion in a browser shows a token that fapai has made. fapai keeps only what can check it.

A token is 256 random bits, so its plain SHA-256 is kept: nobody can guess it, and nothing slow (argon2) is needed as it
is for passwords. The hashes lie in a file of their own beside that of the channels, readable by its owner only.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe

from reporting.alerts.secret_file import add_secrets, keep_secrets, read_secrets, secrets_path

TOKEN_BYTES = 32
LONGEST_TOKEN = 100
KIND = "sha256:"


def pairings_path(database_url: str) -> Path:
    """Where the hashes lie: beside the secrets of the channels (``FAPAI_SECRETS`` moves both)."""
    secrets = secrets_path(database_url)
    return secrets.with_name(f"{secrets.name}.companion")


def make_token(path: Path, now: datetime, *, random: Callable[[int], str] = token_urlsafe) -> str:
    """A new token, told this once; those of before stay good. To be called inside a write transaction.

    Raises:
        BadSecrets: the file cannot be read or written.
    """
    token = random(TOKEN_BYTES)
    digest = _digest(token)
    add_secrets(path, {f"{now:%Y-%m-%dT%H:%M:%SZ} {digest[:8]}": f"{KIND}{digest}"})
    return token


def is_paired(path: Path, token: str) -> bool:
    """Whether a token is one of ours. The file is read each time: a pairing that was forgotten ends at once.

    Raises:
        BadSecrets: the file cannot be read.
    """
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        return False
    given = f"{KIND}{_digest(token)}"
    return any(compare_digest(given, known) for known in read_secrets(path).values())


def pairings(path: Path) -> list[str]:
    """What names each pairing: when it was made, and the first eight digits of its hash.

    Raises:
        BadSecrets: the file cannot be read.
    """
    return sorted(read_secrets(path))


def forget_pairings(path: Path) -> int:
    """End all pairings; gives how many there were.

    Raises:
        BadSecrets: the file cannot be read or written.
    """
    count = len(pairings(path))
    keep_secrets(path, ())
    return count


def pairing_line(port: int, token: str) -> str:
    """What a user copies into the companion's options: where fapai answers, and the token behind a #."""
    return f"http://127.0.0.1:{port}/#{token}"


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
