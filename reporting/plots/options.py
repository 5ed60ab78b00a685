"""What all plots share: an option of ECharts is a plain dict, made without a browser and the same in one.

Only JSON goes in (no functions), so that the pages and the files are drawn from the same option. Titles are words of
sites: they are cleaned here, and ECharts escapes them where it writes SVG.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from reporting.render import clean

Option = dict[str, Any]

FONTS = (
    "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', "
    "'WenQuanYi Zen Hei', 'WenQuanYi Micro Hei', 'DejaVu Sans', Arial, sans-serif"
)
"""Those with Chinese glyphs first: a fallback for single glyphs may take Japanese forms."""

INK, FAINT, GRID = "#24292f", "#57606a", "#d0d7de"
BLUE, ORANGE, GREEN, RED, GREY, PURPLE = "#0969da", "#bc4c00", "#1a7f37", "#cf222e", "#6e7781", "#8250df"
"""At least 3 : 1 against white; no two neighbours in a plot differ by hue alone (labels and line styles too)."""

LONGEST_TITLE = 60
LONGEST_LINE = 130


def base_option(title: str, measure: str, *, left: int = 70, bottom: int = 60, legend: bool = True) -> Option:
    """Title, definition of the measure beneath it, margins and type: to be filled with axes and series.

    Args:
        title: what is shown, of whom.
        measure: the definition, with n.
        left: pixels for the labels of the vertical axis.
        bottom: pixels for those of the horizontal axis.
        legend: whether the series are named at the foot.
    """
    lines = _wrap(clean(measure), LONGEST_LINE)
    option: Option = {
        "animation": False,
        "aria": {"enabled": True},
        "backgroundColor": "#ffffff",
        "textStyle": {"fontFamily": FONTS, "color": INK},
        "title": {
            "text": shorten(title, LONGEST_TITLE),
            "subtext": "\n".join(lines),
            "left": 16,
            "top": 10,
            "textStyle": {"fontFamily": FONTS, "color": INK, "fontSize": 18},
            "subtextStyle": {"fontFamily": FONTS, "color": FAINT, "fontSize": 12, "lineHeight": 16},
        },
        "grid": {
            "left": left,
            "right": 40,
            "top": 72 + 16 * len(lines),
            "bottom": bottom + (28 if legend else 0),
        },
        "series": [],
    }
    if legend:
        option["legend"] = {"bottom": 6, "left": "center", "itemGap": 20, "textStyle": {"color": INK}}
    return option


def value_axis(name: str = "", *, percent: bool = False, name_gap: int = 48) -> Option:
    """A numeric axis. ``percent``: from 0 to 100 with the sign at its labels; ``name_gap``: pixels to its name."""
    axis: Option = {
        "type": "value",
        "name": name,
        "nameLocation": "middle",
        "nameGap": name_gap,
        "nameTextStyle": {"color": FAINT},
        "axisLabel": {"color": FAINT, "formatter": "{value}%" if percent else "{value}"},
        "splitLine": {"lineStyle": {"color": GRID}},
    }
    if percent:
        axis |= {"min": 0, "max": 100}
    return axis


def category_axis(names: Sequence[str], *, longest: int = 24, every: bool = False, turned: int = 0) -> Option:
    """An axis with a place for each name. ``every``: no label is left out; ``turned``: by so many degrees."""
    label: Option = {"color": FAINT, "rotate": turned}
    if every:
        label["interval"] = 0
    return {
        "type": "category",
        "data": [shorten(name, longest) for name in names],
        "axisLabel": label,
        "axisTick": {"alignWithLabel": True},
    }


def number(value: Decimal | float | None) -> float | None:
    """As JSON knows it; ``None`` stays: it is drawn as a gap."""
    return None if value is None else float(value)


def shorten(words: str, most: int) -> str:
    """Words of a site in one line without control characters, cut with … where they are long."""
    line = clean(words)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def counted(value: int | None, *, label: bool = True) -> Option | None:
    """A count as a point whose label has separators (24,821), or none."""
    if value is None:
        return None
    return {"value": value, "label": {"show": True, "formatter": f"{value:,}"} if label else {"show": False}}


def bars(name: str, values: Sequence[float | Option | None], color: str, **further: Any) -> Option:
    """A series of bars. A value that is ``None`` has no bar."""
    return {"type": "bar", "name": name, "data": list(values), "itemStyle": {"color": color}, **further}


def line(name: str, values: Sequence[Any], color: str, **further: Any) -> Option:
    """A series of points joined where they are neighbours: a gap stays one."""
    return {
        "type": "line",
        "name": name,
        "data": list(values),
        "connectNulls": False,
        "symbol": "circle",
        "itemStyle": {"color": color},
        "lineStyle": {"color": color, "width": 2},
        **further,
    }


def between(name: str, lows: Sequence[Any], heights: Sequence[Any], color: str, **further: Any) -> list[Option]:
    """A band: what is below it is not drawn. Points are ``value`` or ``[x, value]``; heights are above the lows."""
    hidden: Mapping[str, Any] = {"lineStyle": {"width": 0}, "symbol": "none", "silent": True, "stack": name, **further}
    return [
        line(f"{name}, below", lows, color, **hidden, tooltip={"show": False}),
        line(name, heights, color, **hidden, areaStyle={"color": color, "opacity": 0.18}),
    ]


def _wrap(words: str, width: int) -> list[str]:
    """Lines of at most so many characters, broken at blanks."""
    lines = [""]
    for word in words.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= width or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines
