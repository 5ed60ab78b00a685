"""Texts that hold objects one after the other: JSON lines, objects with commas between them, Python literals."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

BETWEEN = re.compile(r"[\s,]*")
TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[{}]|[^'"{}]+|['"]""", re.DOTALL)
LONGEST_LITERAL = 2**20
"""Characters of one Python object: the parser of the language needs a hundred times as much memory."""


class BrokenText(ValueError):
    """The text is not what it should be; names the place."""


def split_json(text: str) -> Iterator[Any]:
    """The JSON values of a text, with line breaks, blanks or commas between them.

    Raises:
        BrokenText: something that is no JSON, or nested too deeply.
    """
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    end = BETWEEN.match(text, 0).end()  # type: ignore[union-attr] # it matches nothing, too
    while end < len(text):
        try:
            value, end = decoder.raw_decode(text, end)
        except (ValueError, RecursionError) as error:
            raise BrokenText(f"no JSON at character {end}: {str(error)[:80]}") from None
        yield value
        end = BETWEEN.match(text, end).end()  # type: ignore[union-attr]


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def split_python(text: str) -> Iterator[Any]:
    """The dictionaries of a text as Python prints them, one after the other. Nothing is ever run.

    Raises:
        BrokenText: braces that do not match, or something that is no literal.
    """
    depth, start = 0, 0
    for token in TOKEN.finditer(text):
        sign = token[0]
        if sign == "{":
            start = token.start() if depth == 0 else start
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0:
                yield parse_python(text[start : token.end()], start)
        elif depth == 0 and sign.strip(" \t\r\n,"):
            raise BrokenText(f"no dictionary at character {token.start()}: {sign[:40]!r}")
    if depth:
        raise BrokenText(f"the dictionary at character {start} does not end")


def parse_python(literal: str, start: int = 0) -> Any:
    """One Python literal.

    Raises:
        BrokenText: it is none, too long or nested too deeply.
    """
    if len(literal) > LONGEST_LITERAL:
        raise BrokenText(f"a literal of {len(literal):,} characters at character {start}")
    try:
        return ast.literal_eval(literal)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise BrokenText(f"no Python literal at character {start}: {str(error)[:80]}") from None
