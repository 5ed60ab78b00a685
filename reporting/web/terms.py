"""The words of facets for people."""

from collections.abc import Mapping
from enum import StrEnum

from reporting.render import clean
from reporting.web.board.lines import State
from reporting.web.languages import Words
from store.terms import PropertyKind, RoundKind, SellerKind

VOCABULARIES: Mapping[str, type[StrEnum]] = {
    "state": State,
    "kind": PropertyKind,
    "seller-kind": SellerKind,
    "round": RoundKind,
}


def facet_text(words: Words, name: str, word: str) -> str:
    """A word of a facet: a term where the facet has a vocabulary, else the word itself with capitals."""
    vocabulary = VOCABULARIES.get(name)
    if vocabulary is not None:
        return words.term(vocabulary(word))
    plain = clean(word)
    return plain.title() if name == "city" and plain.isascii() else plain
