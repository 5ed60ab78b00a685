"""Sealing archived pages: notices name debtors, owners and their numbers, and no mask finds every one of them.

So the archive keeps pages as they came, but encrypted: AES-256-GCM with a key that lies elsewhere, in the user's own
configuration, so that a copied or shared archive tells nothing. Redacting the pages instead would lose for ever what
a mask takes wrongly, and leave what it misses. Who moves an archive to another machine moves the key as well.
"""

import binascii
import os
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from store.errors import CannotWrite, StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class NoKey(StoreError):
    """The key of the archive is missing, unreadable, or another one."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The key and the name by which records tell which one they need."""

    secret: bytes
    name: str

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """The key with its name, which tells nothing of the key."""
        return cls(secret, sha256(b"fapai archive key\0" + secret).hexdigest()[:16])

    def __repr__(self) -> str:
        return f"SealingKey({self.name})"

    def seal(self, body: bytes, context: bytes) -> bytes:
        """The body encrypted; ``context`` is not hidden, but must be the same for opening."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + _cipher(self.secret).encrypt(nonce, body, context)

    def unseal(self, sealed: bytes, context: bytes) -> bytes:
        """The body back.

        Raises:
            ValueError: it is not what was sealed with this key and context.
        """
        from cryptography.exceptions import InvalidTag

        try:
            return _cipher(self.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except InvalidTag:
            raise ValueError("not what was sealed") from None


def key_path() -> Path:
    """Where the key lies: ``FAPAI_ARCHIVE_KEY``, else in the user's configuration."""
    named = os.environ.get("FAPAI_ARCHIVE_KEY")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("fapai") / "archive.key"


def load_key() -> SealingKey:
    """The user's key.

    Raises:
        NoKey: there is none, or the file holds something else.
    """
    return _read_key(str(key_path()))


def load_or_make_key() -> SealingKey:
    """The user's key; made, readable by its owner only, where there is none yet.

    Raises:
        CannotWrite: it cannot be written.
        NoKey: the file holds something else.
    """
    path = key_path()
    if not path.exists():
        try:
            _make_key(path)
        except OSError as error:
            raise CannotWrite(f"the key of the archive cannot be written to {path}: {error.strerror}") from None
    return load_key()


@cache
def _read_key(path: str) -> SealingKey:
    try:
        secret = b64decode(Path(path).read_bytes().strip(), validate=True)
    except FileNotFoundError:
        raise NoKey(f"the key of the archive is missing: bring it to {path}, or name it in FAPAI_ARCHIVE_KEY") from None
    except OSError as error:
        raise NoKey(f"the key of the archive cannot be read: {path}: {error.strerror}") from None
    except binascii.Error:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise NoKey(f"{path} is no key of an archive")
    return SealingKey.of(secret)


def _make_key(path: Path) -> None:
    """Written aside and linked into place: of two programs that start at once, one makes the key of both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(b64encode(os.urandom(KEY_BYTES)) + b"\n")
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


@cache
def _cipher(secret: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(secret)
