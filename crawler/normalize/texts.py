"""Texts and addresses: cleaned of what is not wording, masked, bounded."""

import html
import unicodedata
from collections.abc import Mapping

import orjson

from crawler.errors import RowRefused
from crawler.items import Word
from crawler.normalize.personal_numbers import MASK
from crawler.normalize.privacy import (
    mask_address,
    mask_named,
    mask_party,
    mask_personal,
    mask_title,
    may_name_persons,
    personal_names,
)

URL_STARTS = ("//", "http://", "https://")
LONGEST_TEXT = 2_000
"""Characters of a title or an address; longer ones are whole notices that slipped in."""

MASKED_AS = {
    "title": mask_title,
    "member.title": mask_title,
    "quote": mask_title,
    "holder": mask_party,
    "bidder": mask_party,
    "seller_name": mask_party,
}
"""Fields whose texts name persons without a word before it; all others are masked by what stands in them."""

DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
"""Controls, invisible format characters (bidirectional overrides, zero widths) and lone surrogates."""


def clean_text(field: str, text: str | None) -> str | None:
    """Give the wording as it stands: entities decoded, invisible characters gone, blanks collapsed, persons masked.

    Widths and forms of the characters stay (no NFKC). Nothing left is ``None``.

    Raises:
        RowRefused: longer than ``LONGEST_TEXT``.
    """
    if text is None:
        return None
    if "&" in text:
        text = html.unescape(text)
    if not text.isprintable():
        visible = (each for each in text if each.isspace() or unicodedata.category(each) not in DROPPED_CATEGORIES)
        text = "".join(visible)
    text = " ".join(text.split())
    if len(text) > LONGEST_TEXT:
        raise RowRefused(f"{field}: {len(text)} characters beginning {text[:40]!r}")
    return MASKED_AS.get(field, mask_personal)(text) or None


def clean_url(field: str, url: str | None) -> str | None:
    """Give the address with its scheme; ``//host/path`` is https. Persons in its query are masked.

    Raises:
        RowRefused: any scheme but http and https (javascript:, data:), or blanks and controls inside.
    """
    if url is None:
        return None
    address = f"https:{url}" if url.startswith("//") else url
    if not address.startswith(("https://", "http://")) or " " in address or not address.isprintable():
        raise RowRefused(f"{field}: not a web address: {url[:80]!r}")
    return mask_address(address) if "?" in address else address


def dump_words(words: Mapping[str, Word], known_clean: tuple[str | None, ...]) -> str | None:
    """Give the source's own words as one JSON object with sorted keys, persons masked; ``None`` if there are none.

    ``known_clean`` are texts that need no masking, the title first (it and the address were masked, the source id
    is one). A title that names somebody makes all words looked at as closely: they hold it again as it came.
    Web addresses keep all but the persons in their queries: the numbers in them are item ids. Fields that are
    named for a person or a number of one (联系人, mobile) are masked whatever form the value has.

    Raises:
        RowRefused: a value that JSON cannot carry.
    """
    if not words:
        return None
    shown = words if isinstance(words, dict) else dict(words)
    texts = [
        value
        for value in words.values()
        if type(value) is str and len(value) > 3 and not value.startswith(URL_STARTS) and value not in known_clean
    ]
    named = personal_names(tuple(words))
    names_somebody = any(text is not None and MASK in text for text in known_clean)
    if (
        named or names_somebody or (texts and may_name_persons("\n".join(texts)))
    ):  # one look for all: a third of the time
        shown = {name: _masked_word(name, value, name in named, known_clean) for name, value in words.items()}
    try:
        return orjson.dumps(shown, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError as error:
        raise RowRefused(f"words: {error}") from None


def _masked_word(name: str, value: Word, is_named: bool, known_clean: tuple[str | None, ...]) -> Word:
    if type(value) is int and is_named:
        masked = mask_named(name, str(value))
        return value if masked == str(value) else masked
    if type(value) is not str or value in known_clean:
        return value
    if value.startswith(URL_STARTS):
        return mask_address(value)
    return mask_named(name, value) if is_named else mask_title(value)
