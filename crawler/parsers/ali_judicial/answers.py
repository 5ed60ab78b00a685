"""Answers of Alibaba's small endpoints: JSON wrapped in calls, JavaScript objects, texts assigned to variables."""

import re
from collections import deque
from typing import Any

import orjson

from crawler.errors import LayoutChanged
from crawler.page import Page
from crawler.parsers.ali_judicial.dialect import SOURCE
from crawler.parsers.ali_judicial.refusal import refusal
from crawler.parsers.html import page_text

LARGEST_ANSWER = 2_000_000  # characters; a notice of many pages has 60,000
CALL = re.compile(r"[\w$.]{0,80} ?\(")
CALL_END = re.compile(r"\)\s*;?\s*$")
ASSIGNED = re.compile(r"var \w{1,40} ?= ?(['\"])")
ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\n", "t": "\t", "b": "", "f": "", "v": ""}
SCRIPT_TOKEN = re.compile(  # an open text runs to the end: looked for again behind every quote, it would take hours
    r"""
    "[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)
    |'([^'\\]*+(?:\\.[^'\\]*+)*+)(?:'|\\?\Z)
    |(?<![\w$.])([A-Za-z_$][\w$]{0,40})(?=\s{0,10}:)
    """,
    re.DOTALL | re.VERBOSE,
)


def answer_text(page: Page) -> str:
    """The text of an answer.

    Raises:
        PageRefused: a status other than 200, a wall, or far more than any answer.
    """
    if page.http_status != 200 or len(page.body) > LARGEST_ANSWER:
        raise refusal(page) or LayoutChanged(
            f"HTTP status {page.http_status}, {len(page.body)} bytes", source=SOURCE, url=page.url
        )
    return page_text(page, SOURCE)


def read_answer(page: Page, *, is_script: bool = False) -> Any:
    """The object of an answer: ``{…}``, ``null({…})``, ``callback([…]);``; of a script also with bare names.

    Raises:
        PageRefused: a wall, or neither.
    """
    text = answer_text(page)
    written = without_call(text)
    try:
        return orjson.loads(as_json(written) if is_script else written)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise refusal(page) or LayoutChanged("no answer in a form that is known", source=SOURCE, url=page.url) from None


def without_call(text: str) -> str:
    """The argument of a call, or the text itself."""
    text = text.strip()
    found = CALL.match(text)
    end = CALL_END.search(text, max(0, len(text) - 100)) if found else None
    return text[found.end() : end.start()] if found and end else text


def as_json(script: str) -> str:
    """A JavaScript object with its bare names and single quotes made JSON's."""
    return SCRIPT_TOKEN.sub(_as_token, script)


def _as_token(found: re.Match[str]) -> str:
    if found[2] is not None:
        return f'"{found[2]}"'
    return orjson.dumps(unescaped(found[1])).decode() if found[1] is not None else found[0]


def read_assigned(text: str) -> str | None:
    """The text of ``var desc='…';``, with its escapes decoded; ``None`` where there is no such thing."""
    end = text.strip().rstrip(";").rstrip()
    found = ASSIGNED.match(end)
    if not found or not end.endswith(found[1]) or len(end) <= found.end():
        return None
    return unescaped(end[found.end() : -1])


def unescaped(text: str) -> str:
    """A JavaScript text as it reads; half a surrogate pair becomes a mark of doubt."""
    read = ESCAPED.sub(lambda found: _unescape(found[1]), text)
    return read.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescape(code: str) -> str:
    return chr(int(code[1:], 16)) if len(code) > 1 else ESCAPES.get(code, code)


def find_value(data: Any, name: str) -> Any:
    """The first value of that name that is not ``None``, outermost first; lists hold others and are not entered."""
    waiting = deque([data])
    while waiting:
        held = waiting.popleft()
        if isinstance(held, dict):
            if held.get(name) is not None:
                return held[name]
            waiting.extend(value for value in held.values() if isinstance(value, dict))
    return None


def yuan_of_fen(fen: object) -> str | None:
    """Yuan of an amount in fen, as text; ``None`` where none is told (absent, or 0)."""
    if isinstance(fen, str) and fen.isascii() and fen.isdigit():
        fen = int(fen[:20])
    if type(fen) is not int or fen <= 0:
        return None
    return f"{fen // 100}.{fen % 100:02}"
