"""The templates: always escaped, nothing undefined passes silently."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block

from reporting.alerts.harmless import safe_link
from reporting.render import clean
from reporting.web.formats import DASH
from reporting.web.statics import asset_address

MOST_LETTERS = 600
"""Of one title, address or quoted sentence: the longest sentence of a recorded notice has 300."""

FOLDER = Path(__file__).with_name("templates")


@cache
def environment() -> Environment:
    """The environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    made.globals |= {"asset": asset_address, "DASH": DASH}
    made.filters |= {"clean": clean_words, "safe_link": safe_link}
    return made


def clean_words(words: str, most: int = MOST_LETTERS) -> str:
    """Words of a site without signs that are not seen, and cut where they go on for longer than anybody reads."""
    shown = clean(words[: 2 * most])
    return shown if len(shown) <= most and len(words) <= 2 * most else f"{shown[:most]}…"


def render_page(name: str, words: dict[str, Any]) -> str:
    """A whole page."""
    return environment().get_template(name).render(words)


def render_fragment(name: str, block: str, words: dict[str, Any]) -> str:
    """One block of a page."""
    return str(render_block(environment(), name, block, **words))
