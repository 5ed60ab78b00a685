"""Plots as files: what is vendored, what is drawn, and what is said where it cannot be."""

import builtins
import re
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from reporting.attempts import Outcome
from reporting.errors import WrongFilter
from reporting.plots import draw
from reporting.plots.draw import CannotDraw, ExtraMissing, to_png, to_svg, write_plot
from reporting.plots.funnel import Stage, plot_funnel

FUNNEL = plot_funnel(
    [
        Stage("一拍", {Outcome.SOLD: 1_174, Outcome.FAILED: 2_279}),
        Stage("二拍", {Outcome.SOLD: 601, Outcome.FAILED: 1_278}),
    ],
    title="合肥市 2020",
)
HOSTILE = '</text><script>alert("1")</script>\u202e\x07'
SVG = "{http://www.w3.org/2000/svg}"


def texts_of(svg: str) -> list[str]:
    """The words of an SVG as its parser sees them."""
    return ["".join(each.itertext()) for each in etree.fromstring(svg.encode()).iter(f"{SVG}text")]


def shapes_of(svg: str, color: str) -> int:
    return len(re.findall(rf'<path [^>]*fill="{color}"', svg))


def test_the_vendored_script_is_the_published_one_and_brings_its_licence():
    folder = files("reporting.plots") / "echarts"
    sums = dict(reversed(row.split()) for row in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    assert {name: sha256((folder / name).read_bytes()).hexdigest() for name in sums} == sums
    assert {each.name for each in folder.iterdir()} == {*sums, "SHA256SUMS"}
    assert "Apache License" in (folder / "LICENSE").read_text("utf-8")
    script = folder / "echarts.common.min.js"
    assert 'version:"6.1.0"' in script.read_text("utf-8")
    assert len(script.read_bytes()) < 1_200_000


def test_a_script_that_was_changed_is_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "echarts").mkdir()
    (tmp_path / "echarts" / "echarts.common.min.js").write_text("var echarts = {}")
    (tmp_path / "echarts" / "SHA256SUMS").write_text(f"{'0' * 64}  echarts.common.min.js\n")
    monkeypatch.setattr(draw, "files", lambda _: tmp_path)
    with pytest.raises(CannotDraw, match="was changed"):
        to_svg(FUNNEL)


def test_an_svg_shows_every_stage_with_its_counts():
    svg = to_svg(FUNNEL)
    shown = texts_of(svg)
    assert {"合肥市 2020", "一拍 n = 3,453", "二拍 n = 1,879", "1,174", "2,279", "601", "1,278"} <= set(shown)
    assert {"sold", "failed"} <= set(shown)
    assert "withdrawn" not in shown
    assert shapes_of(svg, "#1a7f37") == 2 + 1  # the stages and the legend
    assert 'aria-label="合肥市 2020"' in svg


def test_the_same_option_gives_the_same_bytes():
    assert to_svg(FUNNEL) == to_svg(FUNNEL)


def test_words_of_a_site_stay_words_in_an_svg():
    stages = [Stage(HOSTILE, {Outcome.SOLD: 3})]
    root = etree.fromstring(to_svg(plot_funnel(stages, title=HOSTILE)).encode())
    assert list(root.iter(f"{SVG}script", "script")) == []
    assert '</text><script>alert("1")</script>\ufffd\ufffd' in ["".join(each.itertext()) for each in root.iter()]


def test_a_png_has_twice_the_pixels_and_chinese_glyphs(tmp_path: Path):
    write_plot(FUNNEL, tmp_path / "funnel.png")
    body = (tmp_path / "funnel.png").read_bytes()
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")) == (1920, 1120)
    one, other = (to_png(to_svg(plot_funnel([], title=city))) for city in ("福州市", "杭州市"))
    assert one != other  # boxes would look the same


def test_a_png_without_chinese_glyphs_is_refused_and_one_without_chinese_words_is_not():
    with pytest.raises(CannotDraw, match=r"no font with Chinese glyphs was found.*\.svg"):
        to_png(to_svg(FUNNEL), only_fonts=[])
    assert to_png(to_svg(plot_funnel([], title="Florida 2025")), only_fonts=[])


def test_korean_words_need_korean_glyphs():
    with pytest.raises(CannotDraw, match="Korean"):
        to_png(to_svg(plot_funnel([], title="아파트")), only_fonts=[])


@pytest.mark.parametrize("name", ["funnel.pdf", "funnel", "svg"])
def test_another_kind_of_file_is_wrong_usage(name: str, tmp_path: Path):
    with pytest.raises(WrongFilter, match=r"must end in \.svg or \.png"):
        write_plot(FUNNEL, tmp_path / name)


def test_a_file_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path):
    with pytest.raises(CannotDraw, match=r"cannot write .*No such file"):
        write_plot(FUNNEL, tmp_path / "absent" / "funnel.svg")


@pytest.mark.parametrize(("package", "name"), [("py_mini_racer", "plot.svg"), ("resvg_py", "plot.png")])
def test_without_the_extra_the_sentence_names_it(
    package: str, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    real: Callable[..., Any] = builtins.__import__

    def without(wanted: str, *further: Any) -> Any:
        if wanted == package:
            raise ImportError(wanted)
        return real(wanted, *further)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExtraMissing, match=re.escape("pip install 'fapai[plots]'")):
        write_plot(FUNNEL, tmp_path / name)
    assert not (tmp_path / name).exists()
