"""What every answer of JD shares: values taken with care, and the words that are kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from crawler.errors import RowRefused
from crawler.items import FactItem, Word
from store.terms import Answer, FactKind

SCALARS = frozenset({str, int, float, bool, type(None)})
ITEM_PAGE = "https://paimai.jd.com/"
IMAGES = "https://img10.360buyimg.com/n0/"


def words_of(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Word]:
    """The values under these names, as far as they are there and say something.

    Raises:
        RowRefused: a list or an object stands where one value should be.
    """
    words = {name: value for name in names if (value := data.get(name)) is not None and value != ""}
    if not SCALARS.issuperset(map(type, words.values())):
        wrong = next(name for name, value in words.items() if type(value) not in SCALARS)
        raise RowRefused(f"{wrong} is no single value")
    return words


def text_of_word(word: Word) -> str | None:
    """A text without the blanks around it; nothing where the word is none or another kind of value."""
    return (word.strip() or None) if isinstance(word, str) else None


def first_price(*words: Word) -> Word:
    """The first that is a price: JD writes 0.0 for none."""
    return next((word for word in words if word not in {None, 0, "", "0", "0.0", "0.00"}), None)


def label_ids(value: object) -> tuple[str, ...]:
    """The labels of the asset's nature: ``labelSet`` of lists holds ids, ``labelList`` of details objects with them."""
    if isinstance(value, str):
        return tuple(value.split(","))
    if not isinstance(value, list):
        return ()
    ids = (each.get("id") if isinstance(each, dict) else each for each in value)
    return tuple(str(each) for each in ids if isinstance(each, int | str))


def loan_word(flag: Word, labels: tuple[str, ...]) -> Word:
    """Whether a loan is offered: label 1057, else the flag."""
    return "1" if "1057" in labels else None if flag is None else str(flag)


def flagged_facts(words: Mapping[str, Word]) -> tuple[FactItem, ...]:
    """What JD flags with 1. A flag of 0 is no word of the seller's: it stands on every item, pillows too."""
    kinds = {"purchaseRestriction": FactKind.PURCHASE_LIMIT, "isPriorPurchaser": FactKind.PRE_EMPTION}
    return tuple(
        FactItem(kind, Answer.YES, f"{name}: 1") for name, kind in kinds.items() if words.get(name) in {1, "1"}
    )


def image_address(path: object) -> str | None:
    """The address of a picture that JD names by its path (jfs/t1/…)."""
    if not isinstance(path, str) or not path.strip():
        return None
    written = path.strip()
    if written.startswith(("http://", "https://", "//")):
        return written
    return IMAGES + written.lstrip("/")
