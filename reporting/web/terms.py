"""The words of facets for people."""

from collections.abc import Mapping
from enum import StrEnum

from reporting.export_docs.models import LANGUAGES
from reporting.export_docs.models import words as codebook_words
from reporting.render import clean
from reporting.web.board.lines import State
from reporting.web.languages import Words
from store.terms import FactKind, PropertyKind, RoundKind, SellerKind

FACT = "fact "
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


def field_text(words: Words, field: str) -> str:
    """A field as the codebook of snapshots tells it, kinds of facts as terms; what neither knows as it is.

    ``field``: the name of a column, with or without ``_raw``, else ``fact`` and a kind; a share behind it stays.
    """
    name, _, share = field.partition(" ") if not field.startswith(FACT) else (field, "", "")
    if name.startswith(FACT) and name.removeprefix(FACT) in set(FactKind):
        return words.term(FactKind(name.removeprefix(FACT)))
    plain = name.removesuffix("_raw")
    columns = codebook_words("columns")["columns"]
    told = next((columns[each] for each in (plain, f"{plain}_sqm") if each in columns), None)
    text = name if told is None else str(told[LANGUAGES.index(words.language.value)])
    return f"{text} {share}".strip()
