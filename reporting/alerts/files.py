"""Files that other programs read while we write them: replaced as a whole, and only where they change."""

from pathlib import Path
from uuid import uuid4

from reporting.alerts.errors import BadChannel, NotTaken


def check_place(text: str) -> str:
    """The whole path of a file that can be written.

    Raises:
        BadChannel: there is no such folder, or something that is no file has the name.
    """
    path = Path(text).expanduser().absolute()
    if not path.parent.is_dir():
        raise BadChannel(f"there is no folder {path.parent}")
    if path.exists() and not path.is_file():
        raise BadChannel(f"{path} is no file")
    return str(path)


def replace_file(place: str, content: bytes) -> None:
    """Write a file unless it holds the same already; who reads it sees the old content or the new.

    Raises:
        NotTaken: it cannot be written.
    """
    path = Path(place)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        if path.exists() and path.read_bytes() == content:
            return
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise NotTaken(f"{path.name} cannot be written: {error.strerror}") from None
