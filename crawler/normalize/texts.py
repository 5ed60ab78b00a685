"""Texts and addresses: cleaned of what is not wording, masked, bounded."""

import html
import unicodedata
from collections.abc import Mapping

import orjson

from crawler.errors import RowRefused
from crawler.items import Word
from crawler.normalize.privacy import mask_personal, may_name_persons

URL_STARTS = ("//", "http://", "https://")
LONGEST_TEXT = 2_000
"""Characters of a title or an address; longer ones are whole notices that slipped in."""

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
    return mask_personal(text) or None


def clean_url(field: str, url: str | None) -> str | None:
    """Give the address with its scheme; ``//host/path`` is https.

    Raises:
        RowRefused: any scheme but http and https (javascript:, data:), or blanks and controls inside.
    """
    if url is None:
        return None
    address = f"https:{url}" if url.startswith("//") else url
    if not address.startswith(("https://", "http://")) or " " in address or not address.isprintable():
        raise RowRefused(f"{field}: not a web address: {url[:80]!r}")
    return address


def dump_words(words: Mapping[str, Word], known_clean: tuple[str | None, ...]) -> str | None:
    """Give the source's own words as one JSON object with sorted keys, persons masked; ``None`` if there are none.

    ``known_clean`` are texts that need no masking (title and address were masked, the source id is one).
    Web addresses are left alone: the numbers in them are item ids.

    Raises:
        RowRefused: a value that JSON cannot carry.
    """
    if not words:
        return None
    texts = [
        value
        for value in words.values()
        if type(value) is str and len(value) > 3 and not value.startswith(URL_STARTS) and value not in known_clean
    ]
    shown = words if isinstance(words, dict) else dict(words)
    if texts and may_name_persons("\n".join(texts)):  # one look for all: a third of the time
        masks = {text: mask_personal(text) for text in texts}
        shown = {name: masks.get(value, value) if type(value) is str else value for name, value in words.items()}
    try:
        return orjson.dumps(shown, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError as error:
        raise RowRefused(f"words: {error}") from None
