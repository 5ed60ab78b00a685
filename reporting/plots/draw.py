"""Plots as files: SVG by ECharts in an embedded JavaScript engine, PNG from that SVG. Neither asks a network."""

import json
import re
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from reporting.errors import ReportError, WrongFilter
from reporting.plots.options import FONTS, Option

SCRIPT = "echarts.common.min.js"
SIZE = (960, 560)
ZOOM = 2
"""Pixels of a PNG for one of the SVG: sharp in print and on dense screens."""

SCRIPTS = (
    ("Chinese", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]"), "法拍"),
    ("Japanese", re.compile(r"[\u3040-\u30ff]"), "かナ"),
    ("Korean", re.compile(r"[\uac00-\ud7af]"), "경매"),
)
"""A script, its letters, and two of them that differ wherever a font has glyphs for them."""


class ExtraMissing(ReportError):
    """Drawing was asked for without the packages that draw."""


class CannotDraw(ReportError):
    """The picture would not show what it should, or cannot be written."""


def check_plot_path(path: Path) -> None:
    """See before any work whether a plot can be asked for.

    Raises:
        WrongFilter: the name ends neither in ``.svg`` nor in ``.png``.
        ExtraMissing: the extra that draws is not installed.
    """
    if path.suffix.lower() not in {".svg", ".png"}:
        raise WrongFilter(f"--plot: {path.name!r} must end in .svg or .png")
    _engine()
    if path.suffix.lower() == ".png":
        _rasterizer()


def write_plot(option: Option, path: Path) -> None:
    """Draw into a file, by the ending of its name.

    Raises:
        WrongFilter: it ends neither in ``.svg`` nor in ``.png``.
        ExtraMissing: the extra that draws is not installed.
        CannotDraw: no font for a script in the picture (PNG), or the file cannot be written.
    """
    check_plot_path(path)
    svg = to_svg(option)
    content = svg.encode() if path.suffix.lower() == ".svg" else to_png(svg)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CannotDraw(f"--plot: cannot write {path}: {error.strerror}") from None


def to_svg(option: Option, size: tuple[int, int] = SIZE) -> str:
    """The option drawn in this many pixels; the same option gives the same text.

    Raises:
        ExtraMissing: the JavaScript engine is not installed.
    """
    width, height = size
    wanted = json.dumps({"renderer": "svg", "ssr": True, "width": width, "height": height})
    with _engine()() as engine:
        engine.eval(script_text())
        engine.eval(f"var chart = echarts.init(null, null, {wanted}); chart.setOption({json.dumps(option)})")
        svg = str(engine.eval("chart.renderToSVGString()"))
    title = escape(str(option["title"]["text"]))
    head, _, rest = svg.partition(">")
    return f'{head} role="img" aria-label="{title}"><title>{title}</title>{rest}'


def to_png(svg: str, *, only_fonts: list[str] | None = None) -> bytes:
    """The SVG as a PNG, ``ZOOM`` times as large.

    Args:
        svg: as ``to_svg`` gives it.
        only_fonts: files of fonts to use instead of the system's.

    Raises:
        ExtraMissing: the rasterizer is not installed.
        CannotDraw: the picture has letters of a script for which no font has glyphs.
    """
    fonts: dict[str, Any] = {}
    if only_fonts is not None:
        fonts = {"skip_system_fonts": True, "font_files": only_fonts}
    for script, letters, samples in SCRIPTS:
        if letters.search(svg) and not _has_glyphs(samples, fonts):
            raise CannotDraw(
                f"no font with {script} glyphs was found, and the PNG would show boxes: "
                "install one (Noto Sans CJK holds all), or write an .svg"
            )
    return bytes(_rasterizer()(svg_string=svg, zoom=ZOOM, **fonts))


def script_text() -> str:
    """ECharts as it was published: compared with the SHA-256 that is kept beside it.

    Raises:
        CannotDraw: the file is not the one that was vendored.
    """
    folder = files("reporting.plots") / "echarts"
    body = (folder / SCRIPT).read_bytes()
    if f"{sha256(body).hexdigest()}  {SCRIPT}" not in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        raise CannotDraw(f"{SCRIPT} was changed after it was installed: install fapai again")
    return body.decode()


def _has_glyphs(samples: str, fonts: dict[str, Any]) -> bool:
    """Whether two letters look different in the fonts of a plot: without glyphs both are the same box, or nothing.

    Another name would not do: "sans-serif" alone shows nothing where none of the fonts that it stands for is installed.
    """
    one, other = (
        _rasterizer()(
            svg_string=f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
            f'<text x="4" y="30" font-size="28" font-family="{FONTS}">{letter}</text></svg>',
            **fonts,
        )
        for letter in samples
    )
    return bool(one != other)


def _engine() -> Any:
    try:
        from py_mini_racer import MiniRacer
    except ImportError:
        raise ExtraMissing("--plot needs the extra that draws: pip install 'fapai[plots]'") from None
    return MiniRacer


def _rasterizer() -> Any:
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise ExtraMissing("--plot needs the extra that draws: pip install 'fapai[plots]'") from None
    return svg_to_bytes
