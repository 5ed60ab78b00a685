"""Looking after the archive: is every page there, which bodies may go, and fewer, larger files.

A record is a gzip member of its own, so it is moved as it stands, sealed, without the key. New files are on the disk
before the database points to them, and old ones go after it does: a crash in between leaves files that nothing names,
which the next compaction takes away. Nothing of it runs while something is written (``store.backup.require_quiet``).
"""

import os
import zlib
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Engine, Select, bindparam, exists, func, or_, select, update
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from store.archive import PRUNED, ROTATE_AT, STUMBLES, Place, read_page
from store.backup import require_quiet
from store.engine import reading, writing
from store.errors import CannotWrite, StoreError
from store.rows import MARKET_PRICE, OBSERVATION, PAGE, QUARANTINED, SERIES_POINT, SOURCE
from store.terms import PageOutcome

Needed = dict[str, dict[int, tuple[str, list[int]]]]
"""By file and offset: digest of the body, and the ids of the pages that are seen there."""

ROWS_PER_STATEMENT = 1_000
CHUNK = 1 << 16
MOVE = (
    update(PAGE)
    .where(PAGE.c.id == bindparam("page_id"))
    .values(archive_file=bindparam("file"), archive_offset=bindparam("offset"))
)
READABLE = (PageOutcome.READ, PageOutcome.EMPTY)


class Compacted(NamedTuple):
    """Files and bytes before and after, and how many records were left out since nothing needs them."""

    files: int
    size: int
    files_after: int
    size_after: int
    dropped: int


class Prunable(NamedTuple):
    """Pages of one kind whose bodies may go. ``read``: of these, how many reparsing would need."""

    reader: str
    outcome: PageOutcome
    pages: int
    read: int


def archive_problems(engine: Engine, root: Path, *, is_thorough: bool) -> list[str]:
    """What is wrong with the pages of the archive, a line for each file.

    Args:
        engine: the database.
        root: the archive.
        is_thorough: read every body and compare its digest, in place of only looking whether its place is there.
    """
    place = PAGE.c
    query = select(place.archive_file, place.archive_offset).where(place.archive_file != PRUNED).distinct()
    by_file: dict[str, list[int]] = {}
    with reading(engine) as connection:
        for file, offset in connection.execute(query.order_by(place.archive_file, place.archive_offset)):
            by_file.setdefault(file, []).append(offset)
    problems = (_file_problem(root, file, offsets, is_thorough=is_thorough) for file, offsets in by_file.items())
    return [problem for problem in problems if problem is not None]


def _file_problem(root: Path, file: str, offsets: list[int], *, is_thorough: bool) -> str | None:
    try:
        size = (root / file).stat().st_size
    except OSError:
        return f"{len(offsets)} pages are missing with {file} of the archive"
    beyond = sum(offset >= size for offset in offsets)
    if beyond:
        return f"{beyond} pages are missing from the end of {file} of the archive"
    for offset in offsets if is_thorough else ():
        try:
            read_page(root, Place(file, offset))
        except StoreError as error:
            return str(error)
    return None


def prunable(
    engine: Engine, before: datetime, kinds: Collection[str], *, with_evidence: bool = False
) -> list[Prunable]:
    """What ``prune`` would take away, by kind of page and outcome."""
    is_read = PAGE.c.outcome.in_(READABLE)
    query = _chosen(before, kinds, with_evidence=with_evidence).with_only_columns(
        PAGE.c.reader, PAGE.c.outcome, func.count(), func.count().filter(is_read)
    )
    with reading(engine) as connection:
        rows = connection.execute(query.group_by(PAGE.c.reader, PAGE.c.outcome).order_by(PAGE.c.reader, PAGE.c.outcome))
        return [Prunable(*row) for row in rows]


def prune(
    engine: Engine, root: Path, before: datetime, kinds: Collection[str], *, with_evidence: bool = False
) -> Compacted:
    """Take the bodies of old pages away; their rows stay, with what they told.

    Args:
        engine: the database.
        root: the archive.
        before: only pages that were seen earlier.
        kinds: forms of pages ("list", as in the reader ``rmfysszc.list``), readers or outcomes; of these only.
        with_evidence: also pages that an observation, a number of context or a refused row was read from.

    Raises:
        CannotWrite: something is being written, or the archive cannot be.
    """
    require_quiet(engine)
    with writing(engine) as connection:
        chosen = list(connection.execute(_chosen(before, kinds, with_evidence=with_evidence)).scalars())
        for start in range(0, len(chosen), ROWS_PER_STATEMENT):
            those = PAGE.c.id.in_(chosen[start : start + ROWS_PER_STATEMENT])
            connection.execute(update(PAGE).where(those).values(archive_file=PRUNED, archive_offset=0))
    return compact(engine, root)


def compact(engine: Engine, root: Path) -> Compacted:
    """Write the archive anew in few large files for each year, without what no page needs.

    Raises:
        CannotWrite: something is being written, or the disk is full.
        StoreError: a file is damaged; nothing was changed then.
    """
    require_quiet(engine)
    old = sorted(path for path in root.rglob("*.warc.gz") if path.is_file())
    size = sum(path.stat().st_size for path in old)
    new: list[Path] = []
    try:
        with reading(engine) as connection:
            last, needed = _last_page(connection), _needed(connection)
        moves, dropped = _write_anew(root, old, new, needed)
        with writing(engine) as connection:
            _keep_out(connection)
            if _last_page(connection) != last:
                raise CannotWrite("pages came while the archive was written anew: nothing was changed, try again")
            for start in range(0, len(moves), ROWS_PER_STATEMENT):
                connection.execute(MOVE, moves[start : start + ROWS_PER_STATEMENT])
    except OSError as error:
        _remove(new)
        raise CannotWrite(f"the archive of pages cannot be written: {error.strerror}") from None
    except BaseException:
        _remove(new)
        raise
    _remove(old)
    return Compacted(len(old), size, len(new), sum(path.stat().st_size for path in new), dropped)


def _chosen(before: datetime, kinds: Collection[str], *, with_evidence: bool) -> Select[Any]:
    page = PAGE.c
    is_of_kind: list[ColumnElement[bool]] = [page.outcome.in_([each for each in PageOutcome if each in kinds])]
    is_of_kind += [or_(page.reader == kind, page.reader.like(f"%.{kind}")) for kind in sorted(kinds)]
    query = select(page.id).where(page.archive_file != PRUNED, page.observed_at < before, or_(*is_of_kind))
    if not with_evidence:
        for table in (OBSERVATION, SERIES_POINT, MARKET_PRICE, QUARANTINED):
            query = query.where(~exists().where(table.c.page_id == page.id))
    return query


def _keep_out(connection: Connection) -> None:
    """No run begins until we are done: each locks its source first. SQLite has one writer anyway."""
    connection.execute(select(SOURCE.c.name).order_by(SOURCE.c.name).with_for_update()).all()


def _last_page(connection: Connection) -> int | None:
    last: int | None = connection.execute(select(func.max(PAGE.c.id))).scalar_one()
    return last


def _needed(connection: Connection) -> Needed:
    """The pages by the place of their body: several looks at the same body share one."""
    page = PAGE.c
    query = select(page.id, page.archive_file, page.archive_offset, page.body_sha256)
    found: Needed = {}
    for page_id, file, offset, digest in connection.execute(query.where(page.archive_file != PRUNED)):
        found.setdefault(file, {}).setdefault(offset, (digest, []))[1].append(page_id)
    return found


def _write_anew(root: Path, old: list[Path], new: list[Path], needed: Needed) -> tuple[list[dict[str, Any]], int]:
    """Copy what is needed; gives where the pages will point, and how many records were left out."""
    digests = {digest for places in needed.values() for digest, _ in places.values()}
    moves: list[dict[str, Any]] = []
    dropped = 0
    for folder in sorted({path.parent for path in old}):
        writer = _Joined(folder, new)
        try:
            for path in (each for each in old if each.parent == folder):
                places = needed.pop(path.relative_to(root).as_posix(), {})
                for record in _records(path):
                    _, page_ids = places.pop(record.offset, ("", []))
                    if not page_ids and not record.is_seen_again(digests):
                        dropped += 1
                        continue
                    file, offset = writer.write(path, record)
                    name = file.relative_to(root).as_posix()
                    moves += [{"page_id": each, "file": name, "offset": offset} for each in page_ids]
                if places:
                    raise StoreError(
                        f"{len(places)} pages are missing from {path.name} of the archive: nothing changed"
                    )
        finally:
            writer.close()
    if needed:
        raise StoreError(f"{len(needed)} files are missing from the archive: nothing was changed")
    return moves, dropped


class _Record(NamedTuple):
    offset: int
    length: int
    kind: str
    digest: str

    def is_seen_again(self, digests: Collection[str]) -> bool:
        """Whether it notes that a body which is kept was seen once more."""
        return self.kind == "revisit" and self.digest in digests


def _records(path: Path) -> Iterator[_Record]:
    with path.open("rb") as stream:
        iterator = ArchiveIterator(stream, no_record_parse=True)
        begins = 0
        try:
            for record in iterator:
                headers = record.rec_headers
                _check_block(headers, b"".join(iter(partial(record.raw_stream.read, CHUNK), b"")))
                iterator.read_to_end(record)  # only then offset and length are those of the record
                place = iterator.get_record_offset(), iterator.get_record_length()
                begins = place[0]
                digest = headers.get_header("WARC-Payload-Digest") or ""
                yield _Record(*place, record.rec_type, digest.removeprefix("sha256:"))
            _check_end(path, begins)
        except (ArchiveLoadFailed, *STUMBLES):
            raise StoreError(f"the archive of pages is damaged in {path.name}: nothing was changed") from None


def _check_end(path: Path, begins: int) -> None:
    """The last record may be cut in what ends it: then nothing is missing of what it says, but of its check sum."""
    member = zlib.decompressobj(wbits=31)
    with path.open("rb") as stream:
        stream.seek(begins)
        for chunk in iter(partial(stream.read, CHUNK), b""):
            member.decompress(chunk)
    if not member.eof or member.unused_data:
        raise ArchiveLoadFailed("cut off")


def _check_block(headers: Any, block: bytes) -> None:
    stated, length = headers.get_header("WARC-Block-Digest"), headers.get_header("Content-Length") or ""
    is_whole = str(len(block)) == length.strip()
    if not is_whole or stated not in {None, f"sha256:{sha256(block).hexdigest()}"}:
        raise ArchiveLoadFailed("not the bytes that were archived")


class _Joined:
    """Writes records one behind the other, into a new file where one has grown large."""

    def __init__(self, folder: Path, new: list[Path]) -> None:
        self._folder, self._new = folder, new
        self._file: Any = None

    def write(self, source: Path, record: _Record) -> tuple[Path, int]:
        """Copy a record as it stands; gives where it lies now."""
        if self._file is None or self._file.tell() > ROTATE_AT:
            self.close()
            path = self._folder / f"archive-{uuid4().hex}.warc.gz"
            self._new.append(path)
            self._file = path.open("xb")
        place = self._new[-1], self._file.tell()
        with source.open("rb") as stream:
            stream.seek(record.offset)
            self._file.write(stream.read(record.length))
        return place

    def close(self) -> None:
        """Bring the file to the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None


def _remove(paths: Any) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
