"""Traits as columns of a table that any engine can read, and back: what is handed over to a cluster.

A row is one listing: its traits as they are, the keys by which it is compared, those of its place, and what SQL
could not make of the name of its compound.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from itertools import islice
from os import PathLike
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from tracking.address.parts import NO_PARTS
from tracking.candidates import keys_of, place_keys_of
from tracking.errors import ExtraMissing
from tracking.link import LINKER_VERSION
from tracking.names import MARKS, split_phase
from tracking.offers import Offer
from tracking.traits import Traits, fold_compound, traits_of

Schema = Any
Table = Any
RecordBatch = Any
"""Of pyarrow, which has no types and comes with the extra alone."""

ROWS_PER_BATCH = 50_000
KEY = ("source", "source_id", "generation")
TRAIT_COLUMNS = tuple(
    column for field in Traits._fields if field != "parts" for column in (KEY if field == "key" else (field,))
)
CARRIED = (*TRAIT_COLUMNS, "lot")
"""What comes back from the engine."""

COMPARED = (*CARRIED, "folded", "stage", "block", "has_figure", "alike", "typed", "place_keys")
"""What the rules look at; the keys are beside it."""

SHORTEST_ALIKE = 3
"""Characters of the names that may differ in one; as in ``alike.likeness``."""


def write_traits(offers: Iterable[Offer], path: str | PathLike[str]) -> int:
    """Write the traits of offers as a Parquet file and return how many; one machine's share of a cluster's table.

    Raises:
        ExtraMissing: the extra ``link`` is not installed.
    """
    parquet = _arrow("pyarrow.parquet")
    count = 0
    with parquet.ParquetWriter(path, schema()) as writer:
        for batch in batches_of(map(traits_of, offers)):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def table_of(everything: Iterable[Traits]) -> Table:
    """All traits as a table in memory."""
    return _arrow("pyarrow").Table.from_batches(batches_of(everything), schema())


def batches_of(everything: Iterable[Traits]) -> Iterator[RecordBatch]:
    """The rows, some ten thousand at a time."""
    record_batch, wanted = _arrow("pyarrow").record_batch, schema()
    rows = iter(everything)
    while batch := list(islice(rows, ROWS_PER_BATCH)):
        yield record_batch(_columns_of(batch), schema=wanted)


def schema() -> Schema:
    """The columns with their types. Times are seconds since 1970, money minor units, areas 1/100 square metres."""
    arrow = _arrow("pyarrow")
    whole, text = arrow.int64(), arrow.string()
    types = {int: whole, float: arrow.float64(), str: text, tuple: arrow.list_(text)}
    told = get_type_hints(Traits) | {"source": str, "source_id": str, "generation": int}
    traits = [(name, types[_kind_of(told[name])]) for name in TRAIT_COLUMNS]
    keys = arrow.list_(whole)
    made = {"linker_version": whole, "has_figure": arrow.bool_()} | dict.fromkeys(
        ("lot", "folded", "stage", "block"), text
    )
    return arrow.schema([*traits, *made.items(), *((name, keys) for name in ("alike", "typed", "place_keys", "keys"))])


def _kind_of(hint: Any) -> Any:
    """``int`` of ``int | None``, ``tuple`` of ``tuple[str, ...]``."""
    kind = (
        next((each for each in get_args(hint) if each is not NoneType), hint) if isinstance(hint, UnionType) else hint
    )
    return get_origin(kind) or kind


def _columns_of(batch: Sequence[Traits]) -> dict[str, Any]:
    columns: dict[str, Any] = dict(zip(Traits._fields, zip(*batch, strict=True), strict=True))
    columns.update(zip(KEY, zip(*columns.pop("key"), strict=True), strict=True))
    columns["linker_version"] = [LINKER_VERSION] * len(batch)
    columns["lot"] = [parts.lot for parts in columns.pop("parts")]
    columns["members"] = [members or None for members in columns["members"]]
    names = [fold_compound(name) if name is not None else None for name in columns["compound"]]
    columns["folded"] = names
    columns["stage"], columns["block"] = zip(*map(split_phase, columns["phase"]), strict=True)
    columns["has_figure"] = [any(map(str.isdigit, wording or "")) for wording in columns["wording"]]
    columns["alike"] = [alike_keys_of(name) if name is not None else None for name in names]
    columns["typed"] = [alike_keys_of(name) if name is not None else None for name in columns["compound"]]
    columns["keys"] = list(map(keys_of, batch))
    columns["place_keys"] = list(map(place_keys_of, batch))
    return columns


@lru_cache(maxsize=100_000)
def alike_keys_of(name: str) -> list[int] | None:
    """64-bit keys of which two names of one length share one if they differ by one character, or by two swapped.

    No key comes of a character that tells parts of an estate apart (``alike.MARKS``): 东区 and 西区 share none.
    So the nearness that ``alike.likeness`` finds by distance becomes an overlap of two lists, which every
    engine knows; DuckDB counts distances in bytes, of which a Chinese character has three.
    """
    if len(name) < SHORTEST_ALIKE:
        return None
    texts = []
    for at, (here, after) in enumerate(zip(name, f"{name[1:]}\n", strict=True)):
        if here in MARKS:
            continue
        texts.append(f"{name[:at]}\n{name[at + 1 :]}")
        if after not in MARKS and after not in (here, "\n"):
            pair = "".join(sorted((here, after)))
            texts.append(f"{name[:at]}\n{pair}\n{name[at + 2 :]}")
    return [int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True) for text in texts]


def traits_in(columns: Mapping[str, Sequence[Any]]) -> Iterator[Traits]:
    """The traits out of the columns of a table; of the parts of the address, those that a rule compares."""
    told = dict(columns)
    told["key"] = list(zip(*(columns[name] for name in KEY), strict=True))
    told["members"] = [tuple(members or ()) for members in columns["members"]]
    told["parts"] = [NO_PARTS if lot is None else NO_PARTS._replace(lot=lot) for lot in columns["lot"]]
    return map(Traits._make, zip(*(told[name] for name in Traits._fields), strict=True))


def _arrow(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise extra_missing() from None


def extra_missing() -> ExtraMissing:
    """The error that says what to install."""
    return ExtraMissing("linking at scale needs the extra: pip install 'fapai[link]'")
