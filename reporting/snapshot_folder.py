"""The folder of a snapshot: where one may be written, and how it appears there whole or not at all."""

import glob
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from reporting.errors import WouldOverwrite

MANIFEST = "manifest.json"
FORMAT = "fapai-snapshot/2"
FORMATS = frozenset((FORMAT, "fapai-snapshot/1"))
UNFINISHED = ".fapai-export-"
"""What the names of temporary folders begin with; then come machine and process, to tell whether somebody is at it."""


def require_free_place(directory: Path, ours: Collection[str], force: bool) -> None:
    """Go on only where nothing or a former snapshot stands.

    Args:
        directory: where the snapshot is to stand.
        ours: the names that the files of a snapshot can have.
        force: other files may stand there too.

    Raises:
        WouldOverwrite: the folder holds anything else.
    """
    if not directory.exists():
        return
    if not directory.is_dir():
        raise WouldOverwrite(f"{directory} is a file: name a folder for the snapshot")
    is_ours = is_snapshot(directory)
    others = sorted(
        path.name
        for path in directory.iterdir()
        if not (is_ours and path.name in ours) and not path.name.startswith(UNFINISHED)
    )
    if others and not force:
        raise WouldOverwrite(
            f"{directory} holds something that is not a snapshot ({others[0]}): name another folder, or give --force"
        )


def is_snapshot(directory: Path) -> bool:
    """Whether the manifest in the folder is one of ours."""
    try:
        manifest = json.loads((directory / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") in FORMATS


@contextmanager
def temporary_folder(directory: Path) -> Iterator[Path]:
    """Inside the folder where it exists (it may be a file system of its own), else beside it."""
    place = directory if directory.exists() else directory.parent
    place.mkdir(parents=True, exist_ok=True)
    for somewhere in {directory, directory.parent}:
        _sweep(somewhere)
    folder = Path(tempfile.mkdtemp(prefix=f"{_ours()}{os.getpid()}-", dir=place))
    folder.chmod(0o777 & ~_umask())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ours() -> str:
    return f"{UNFINISHED}{socket.gethostname()}-"


def _sweep(place: Path) -> None:
    """Remove what a killed export of this machine has left: as much as a whole snapshot takes."""
    for folder in place.glob(f"{glob.escape(_ours())}*"):
        process = folder.name.removeprefix(_ours()).partition("-")[0]
        if process.isdigit() and not _is_running(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(process: int) -> bool:
    if os.name != "posix":  # elsewhere the question would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def move_files(folder: Path, directory: Path, ours: Collection[str]) -> None:
    """Put all files of a finished folder into place, the manifest, which vouches for the others, last.

    Files of a former snapshot that this one does not have (another format) go; of a foreign folder nothing goes.
    """
    if not directory.exists():
        folder.rename(directory)
        return
    written = {path.name for path in folder.iterdir()}
    gone = [name for name in ours if name not in written] if is_snapshot(directory) else []
    for name in sorted(written - {MANIFEST}):
        (folder / name).replace(directory / name)
    for name in gone:
        (directory / name).unlink(missing_ok=True)
    (folder / MANIFEST).replace(directory / MANIFEST)
