"""What a browser posted, as a part of the page's address: some answers are told apart by nothing else."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

FORM_TYPE = "application/x-www-form-urlencoded"
LOGIN_FIELD = re.compile(r"passw|pwd|\bpass\b|login", re.IGNORECASE)
SECRET_FIELD = re.compile(
    r"token|secret|h5st|sign|cookie|session|auth|captcha|phone|mobile|uuid|\beid\b|\bpin\b", re.IGNORECASE
)
LONGEST_FORM, LONGEST_VALUE = 8_000, 1_000


def with_posted(url: str, request: Mapping[str, Any]) -> str:
    """The address of a recorded request with the form that it posted in the fragment, where a crawl writes it too.

    ``request`` is that of a HAR entry. A form with the field of a login is left out as a whole, of others the fields
    that stand for a person or a browser. An address that has a fragment, and a body of another kind, stay as they are.
    """
    posted = request.get("postData")
    if request.get("method") != "POST" or not isinstance(posted, Mapping) or "#" in url:
        return url
    if not str(posted.get("mimeType") or "").lower().startswith(FORM_TYPE):
        return url
    fields = list_fields(posted)
    if any(LOGIN_FIELD.search(name) for name, _ in fields):
        return url
    kept = [(name, value) for name, value in fields if not SECRET_FIELD.search(name) and len(value) <= LONGEST_VALUE]
    return f"{url}#{urlencode(kept)}" if kept else url


def list_fields(posted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The fields of a form by its text, else by the list that the browser made of it."""
    text, fields = posted.get("text"), posted.get("params")
    if isinstance(text, str) and text:
        return parse_qsl(text) if len(text) <= LONGEST_FORM else []
    if not isinstance(fields, list):
        return []
    pairs = ((each.get("name"), each.get("value")) for each in fields[:100] if isinstance(each, Mapping))
    return [(name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str)]
