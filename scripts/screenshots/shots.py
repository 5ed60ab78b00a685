"""Which pictures there are: every page in Chinese, on a desktop and a phone; the most looked at in English too.

A picture is named ``<page>-<language>-<screen>.png`` after the template of its page, so that a page without a picture
is noticed by a test.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reporting.web.languages import Language

PICTURES = "docs/screenshots"
MOST_BYTES, MOST_BYTES_OF_ALL = 300_000, 1_500_000

HOME = "/homes/jd_judicial:311215642"
"""A flat of two rounds: 106.20万, then 84.96万."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A window: its size in points, how tall a picture may grow, and how many pixels a point has."""

    name: str
    width: int
    height: int
    tallest: int
    scale: float = 1


DESKTOP, PHONE = Screen("desktop", 1280, 800, 1000), Screen("phone", 390, 844, 844, 1.5)


@dataclass(frozen=True, slots=True)
class View:
    """One page to look at. ``{snapshot}`` in its address is that of the snapshot that was made for it."""

    page: str
    address: str
    in_english: bool = False
    behind_password: bool = False


VIEWS = (
    View("today", "/", in_english=True),
    View("search", "/search?city=福州市&city=泉州市&sort=cut"),
    View("homes", HOME, in_english=True),
    View("outlook", f"{HOME}/outlook"),
    View("archived", "/pages/1"),
    View("review", "/review"),
    View("statistics", "/statistics", in_english=True),
    View("statistic", "/statistics/clearance?by=round"),
    View("watches", "/watches"),
    View("watch", "/watches/new?city=泉州市&kind=flat&min-cut=5%25"),
    View("watch_remove", "/watches/remove?name=泉州"),
    View("sources", "/sources"),
    View("source", "/sources/br_caixa"),
    View("export", "/export"),
    View("snapshot", "/export/{snapshot}"),
    View("login", "/login", behind_password=True),
    View("problem", "/search?max-price=cheap"),
)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    view: View
    language: Language
    screen: Screen

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.view.page}-{self.language}-{self.screen.name}.png"


def all_shots() -> Iterator[Shot]:
    """Every picture, page by page."""
    for view in VIEWS:
        yield Shot(view, Language.ZH, DESKTOP)
        yield Shot(view, Language.ZH, PHONE)
        if view.in_english:
            yield Shot(view, Language.EN, DESKTOP)
