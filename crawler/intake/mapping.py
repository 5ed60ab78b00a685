"""Mappings of foreign tables: where they are found, and which dialect a listing of theirs speaks."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from crawler.errors import BadMapping
from crawler.intake.mapped import MappedReader, Mapping
from crawler.intake.mapping_toml import build_mapping
from crawler.items import Dialect, ListingItem, Reader

__all__ = ["MappedReader", "Mapping", "MappingInfo", "dialect_for", "list_mappings", "load_mapping"]


class MappingInfo(NamedTuple):
    """What is told about a shipped mapping."""

    name: str
    about: str
    format: str
    sources: tuple[str, ...]


def load_mapping(name_or_path: str | Path) -> Mapping:
    """A shipped mapping by its name, or the user's own by the path of its TOML file.

    Raises:
        BadMapping: there is none of that name, or the file is not a valid mapping.
    """
    shipped = _list_shipped()
    name = str(name_or_path)
    if name in shipped:
        return build_mapping(shipped[name].read_text("utf-8"), f"{name}.toml")
    try:
        text = Path(name_or_path).read_text("utf-8")
    except OSError as error:
        raise BadMapping(name, "", f"{error.strerror}; shipped mappings: {', '.join(sorted(shipped))}") from None
    except UnicodeDecodeError:
        raise BadMapping(name, "", "not UTF-8") from None
    return build_mapping(text, name)


def list_mappings() -> list[MappingInfo]:
    """The shipped mappings in the order of their names."""
    mappings = [load_mapping(name) for name in sorted(_list_shipped())]
    return [MappingInfo(each.name, each.about, each.format, tuple(sorted(each.dialects))) for each in mappings]


def dialect_for(reader: Reader, item: ListingItem) -> Dialect:
    """How the words of ``item`` are to be converted: a mapped table may hold several sources."""
    if isinstance(reader, MappedReader) and item.source:
        return reader.mapping.dialects[item.source]
    return reader.dialect


def _list_shipped() -> dict[str, Traversable]:
    folder = resources.files("crawler") / "mappings"
    return {entry.name.removesuffix(".toml"): entry for entry in folder.iterdir() if entry.name.endswith(".toml")}
